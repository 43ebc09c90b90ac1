//! What decisions are made of, read as a whole, and the transaction that every change of it goes through.
//!
//! Belongs here: what the tables of grants, teams, roles and owners have in common. Each of them has its
//! file beside this one.

use shared::{
    ContainerId, EnvironmentId, Scope, UserId,
    access::TeamName,
    policy::SecurityPolicy,
    users::{CustomRole, Grant, Subject},
};
use sqlx::SqliteConnection;

use super::{Store, StoreError, attempted, teams, write::Write};

/// Everything that decides who may do what, at one version.
#[derive(Debug)]
pub struct AccessRows {
    /// At least what this version says.
    pub version: i64,
    /// Users by number.
    pub users: Vec<UserId>,
    /// Teams by number.
    pub teams: Vec<TeamName>,
    /// Who belongs to which team.
    pub members: Vec<(TeamName, UserId)>,
    /// Custom roles.
    pub roles: Vec<CustomRole>,
    /// All grants.
    pub grants: Vec<Grant>,
    /// What the console made.
    pub owned: Vec<Owned>,
    /// The policy.
    pub policy: SecurityPolicy,
}

/// A thing that the console made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// Of which environment.
    pub environment: EnvironmentId,
    /// The container.
    pub container: ContainerId,
    /// Whose it is.
    pub owner: Option<Subject>,
    /// The stack it was made in.
    pub stack: Option<String>,
}

impl Owned {
    /// Whether it was made in that stack.
    #[must_use]
    pub fn is_in(&self, environment: &EnvironmentId, stack: &str) -> bool {
        self.environment == *environment && self.stack.as_deref() == Some(stack)
    }

    /// It, as the place of a grant.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::Container { environment: self.environment.clone(), container: self.container.clone() }
    }
}

/// Why a change of grants, teams, roles or users was not made. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessRefusal {
    /// Nobody who could administer would be left.
    LastAdmin,
    /// This is not there: "team".
    Unknown(&'static str),
    /// The name is taken, or they have exactly this already.
    Taken,
    /// So many grants give the role.
    InUse(i64),
    /// Something was changed since it was decided: see [`Store::decided_at`].
    Stale,
}

/// How a change ended, when the database did not fail.
pub type AccessChange<T> = Result<T, AccessRefusal>;

/// A transaction that changes who may do what. It is committed only if somebody is left who can administer,
/// where there was somebody before; of two that race for that, the second sees what the first did.
pub(super) struct AccessWrite {
    write: Write,
    had_admin: bool,
    stale: bool,
    what: &'static str,
}

impl Store {
    /// The same database, for changes that were decided on what it said at this version: they are refused
    /// where it says something else by now. Whoever checked what a person holds thereby acts on exactly that.
    #[must_use]
    pub fn decided_at(&self, version: i64) -> Self {
        Self { decided_at: Some(version), ..self.clone() }
    }

    /// The version of what decides.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_version(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("SELECT version FROM access_version")
            .fetch_one(&self.pool)
            .await
            .map_err(attempted("read the grants' version"))
    }

    /// Everything that decides who may do what.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access(&self) -> Result<AccessRows, StoreError> {
        // The version first: what changes meanwhile is then only taken for older than it is.
        let version = self.access_version().await?;
        let users: Vec<i64> = sqlx::query_scalar("SELECT id FROM users ORDER BY id")
            .fetch_all(&self.pool)
            .await
            .map_err(attempted("list the users"))?;
        Ok(AccessRows {
            version,
            users: users.into_iter().map(UserId).collect(),
            teams: self.team_names().await?,
            members: self.members().await?,
            roles: self.list_roles().await?,
            grants: self.list_grants().await?,
            owned: self.list_owned().await?,
            policy: self.policy().await?,
        })
    }

    pub(super) async fn access_write(&self, what: &'static str) -> Result<AccessWrite, StoreError> {
        let mut write = self.write(what).await?;
        let had_admin = has_admin(write.on()).await.map_err(attempted(what))?;
        let version: i64 = sqlx::query_scalar("SELECT version FROM access_version")
            .fetch_one(write.on())
            .await
            .map_err(attempted(what))?;
        let stale = self.decided_at.is_some_and(|decided| decided != version);
        Ok(AccessWrite { write, had_admin, stale, what })
    }
}

impl AccessWrite {
    pub(super) fn on(&mut self) -> &mut SqliteConnection {
        self.write.on()
    }

    /// Makes it last, unless the last administrator went with it, or it was decided on what is no more.
    pub(super) async fn finish<T>(mut self, done: T) -> Result<AccessChange<T>, StoreError> {
        let what = self.what;
        if self.stale {
            return self.refuse(AccessRefusal::Stale).await;
        }
        if self.had_admin && !has_admin(self.on()).await.map_err(attempted(what))? {
            return self.refuse(AccessRefusal::LastAdmin).await;
        }
        sqlx::query("UPDATE access_version SET version = version + 1")
            .execute(self.on())
            .await
            .map_err(attempted(what))?;
        self.write.commit().await?;
        Ok(Ok(done))
    }

    /// Undoes it.
    pub(super) async fn refuse<T>(self, why: AccessRefusal) -> Result<AccessChange<T>, StoreError> {
        self.write.undo().await?;
        Ok(Err(why))
    }

    /// Whether a row of that number is in a table, named by the whole statement.
    pub(super) async fn is_there(&mut self, statement: &'static str, id: i64) -> Result<bool, StoreError> {
        let what = self.what;
        let found: i64 =
            sqlx::query_scalar(statement).bind(id).fetch_one(self.on()).await.map_err(attempted(what))?;
        Ok(found > 0)
    }

    /// Whether another row than that of this number bears the title, in a table named by the whole statement.
    pub(super) async fn is_taken(
        &mut self,
        statement: &'static str,
        title: &str,
        id: i64,
    ) -> Result<bool, StoreError> {
        let what = self.what;
        let count = sqlx::query_scalar::<_, i64>(statement).bind(teams::key(title)).bind(id);
        Ok(count.fetch_one(self.on()).await.map_err(attempted(what))? > 0)
    }

    pub(super) fn what(&self) -> &'static str {
        self.what
    }
}

/// Whether anybody who can sign in administers everything, by a grant of their own or of a team.
async fn has_admin(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let found: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM users WHERE NOT disabled AND EXISTS ( \
           SELECT 1 FROM role_grants AS given WHERE given.role = 'admin' AND given.kind = 'everything' \
           AND (given.user_id = users.id OR given.team_id IN \
             (SELECT team_id FROM team_members WHERE team_members.user_id = users.id)))",
    )
    .fetch_one(connection)
    .await?;
    Ok(found > 0)
}
