//! The table of grants.

use shared::{
    GrantId, RoleId, Scope, TeamId, UnixMillis, UserId,
    access::RoleRef,
    users::{Grant, NewGrant, Subject},
};

use super::{
    Store, StoreError,
    access::{AccessChange, AccessRefusal, AccessWrite},
    attempted, users,
};

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    user_id: Option<i64>,
    team_id: Option<i64>,
    role: Option<String>,
    role_id: Option<i64>,
    kind: String,
    environment: String,
    resource: String,
    given_by: String,
    given_at: i64,
}

impl Row {
    fn grant(self) -> Result<Grant, StoreError> {
        let subject = subject(self.user_id, self.team_id).ok_or_else(|| unknown("holder of a grant", ""))?;
        let role = match (self.role, self.role_id) {
            (Some(name), _) => RoleRef::Builtin(users::role(name)?),
            (None, Some(id)) => RoleRef::Custom(RoleId(id)),
            (None, None) => return Err(unknown("role", "")),
        };
        let scope = scope(&self.kind, &self.environment, self.resource)?;
        Ok(Grant {
            id: GrantId(self.id),
            subject,
            role,
            scope,
            given_by: self.given_by,
            given_at: UnixMillis(self.given_at),
        })
    }
}

fn unknown(what: &'static str, value: &str) -> StoreError {
    StoreError::Unknown { what, value: value.to_owned() }
}

/// The scope of three columns.
pub(super) fn scope(kind: &str, environment: &str, resource: String) -> Result<Scope, StoreError> {
    let id = || environment.parse().map_err(|_bad| unknown("environment", environment));
    Ok(match kind {
        "everything" => Scope::Everything,
        "environment" => Scope::Environment { environment: id()? },
        "stack" => Scope::Stack { environment: id()?, stack: resource },
        "container" => {
            let container = resource.parse().map_err(|_bad| unknown("container", &resource))?;
            Scope::Container { environment: id()?, container }
        }
        other => return Err(unknown("scope", other)),
    })
}

/// The three columns of a scope: its kind, its environment, and what in it.
pub(super) fn scope_columns(scope: &Scope) -> [&str; 3] {
    let (kind, resource) = match scope {
        Scope::Everything => ("everything", ""),
        Scope::Environment { .. } => ("environment", ""),
        Scope::Stack { stack, .. } => ("stack", stack.as_str()),
        Scope::Container { container, .. } => ("container", container.as_str()),
    };
    [kind, scope.environment().map_or("", |environment| environment.as_str()), resource]
}

/// The user or the team of two columns, of which one is filled.
pub(super) fn subject(user: Option<i64>, team: Option<i64>) -> Option<Subject> {
    user.map(|id| Subject::User(UserId(id))).or_else(|| team.map(|id| Subject::Team(TeamId(id))))
}

/// The two columns of a user or a team.
pub(super) fn columns(subject: Option<Subject>) -> (Option<i64>, Option<i64>) {
    match subject {
        Some(Subject::User(id)) => (Some(id.0), None),
        Some(Subject::Team(id)) => (None, Some(id.0)),
        None => (None, None),
    }
}

/// Grants to take and to give, at once.
#[derive(Debug, Default)]
pub struct GrantsChange<'a> {
    /// Taken first.
    pub take: &'a [GrantId],
    /// Given.
    pub give: &'a [NewGrant],
    /// Who gives: a name; empty for the console itself.
    pub by: &'a str,
    /// Now.
    pub at: UnixMillis,
}

impl Store {
    /// All grants, in the order in which they were given.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_grants(&self) -> Result<Vec<Grant>, StoreError> {
        sqlx::query_as::<_, Row>(
            "SELECT id, user_id, team_id, role, role_id, kind, environment, resource, given_by, given_at \
             FROM role_grants ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(attempted("list the grants"))?
        .into_iter()
        .map(Row::grant)
        .collect()
    }

    /// Takes and gives grants of one user or team.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn change_grants(
        &self,
        subject: Subject,
        change: &GrantsChange<'_>,
    ) -> Result<AccessChange<()>, StoreError> {
        let mut write = self.access_write("change grants").await?;
        let there = match subject {
            Subject::User(id) => write.is_there("SELECT COUNT(*) FROM users WHERE id = $1", id.0).await?,
            Subject::Team(id) => write.is_there("SELECT COUNT(*) FROM teams WHERE id = $1", id.0).await?,
        };
        if !there {
            return write.refuse(AccessRefusal::Unknown("user or team")).await;
        }
        if let Err(why) = apply(&mut write, subject, change).await? {
            return write.refuse(why).await;
        }
        write.finish(()).await
    }
}

/// Takes and gives inside a transaction.
pub(super) async fn apply(
    write: &mut AccessWrite,
    subject: Subject,
    change: &GrantsChange<'_>,
) -> Result<AccessChange<()>, StoreError> {
    let what = write.what();
    let (user, team) = columns(Some(subject));
    for grant in change.take {
        let taken = sqlx::query(
            "DELETE FROM role_grants WHERE id = $1 AND COALESCE(user_id, 0) = $2 AND COALESCE(team_id, 0) = $3",
        )
        .bind(grant.0)
        .bind(user.unwrap_or(0))
        .bind(team.unwrap_or(0))
        .execute(write.on())
        .await
        .map_err(attempted(what))?;
        if taken.rows_affected() == 0 {
            return Ok(Err(AccessRefusal::Unknown("grant")));
        }
    }
    for grant in change.give {
        let (name, role) = match grant.role {
            RoleRef::Builtin(role) => (Some(role.as_str()), None),
            RoleRef::Custom(role) => (None, Some(role.0)),
        };
        if let Some(role) = role
            && !write.is_there("SELECT COUNT(*) FROM roles WHERE id = $1", role).await?
        {
            return Ok(Err(AccessRefusal::Unknown("role")));
        }
        let [kind, environment, resource] = scope_columns(&grant.scope);
        let given = sqlx::query(
            "INSERT INTO role_grants \
             (user_id, team_id, role, role_id, kind, environment, resource, given_by, given_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        )
        .bind(user)
        .bind(team)
        .bind(name)
        .bind(role)
        .bind(kind)
        .bind(environment)
        .bind(resource)
        .bind(change.by)
        .bind(change.at.0)
        .execute(write.on())
        .await
        .map_err(attempted(what))?;
        if given.rows_affected() == 0 {
            return Ok(Err(AccessRefusal::Taken));
        }
    }
    Ok(Ok(()))
}
