//! The table of what the console made, and whose it is.

use shared::{ContainerId, EnvironmentId, users::Subject};

use super::{
    Store, StoreError,
    access::{AccessChange, AccessRefusal, AccessWrite, Owned},
    attempted,
    grants::{columns, subject},
};

const KIND: &str = "container";

impl Store {
    /// All of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_owned(&self) -> Result<Vec<Owned>, StoreError> {
        type Row = (String, String, Option<i64>, Option<i64>, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT environment, resource, user_id, team_id, stack FROM owners WHERE kind = $1 \
             ORDER BY environment, resource",
        )
        .bind(KIND)
        .fetch_all(&self.pool)
        .await
        .map_err(attempted("list the owners"))?;
        rows.into_iter()
            .map(|(environment, container, user, team, stack)| {
                let unknown = |what, value: &str| StoreError::Unknown { what, value: value.to_owned() };
                Ok(Owned {
                    environment: environment.parse().map_err(|_bad| unknown("environment", &environment))?,
                    container: container.parse().map_err(|_bad| unknown("container", &container))?,
                    owner: subject(user, team),
                    stack,
                })
            })
            .collect()
    }

    /// Records what the console made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_made(&self, made: &Owned) -> Result<AccessChange<()>, StoreError> {
        const WHAT: &str = "record an owner";
        let mut write = self.access_write(WHAT).await?;
        if let Some(owner) = made.owner
            && !is_there(&mut write, owner).await?
        {
            return write.refuse(AccessRefusal::Unknown("user or team")).await;
        }
        let (user, team) = columns(made.owner);
        sqlx::query(
            "INSERT INTO owners (environment, kind, resource, user_id, team_id, stack) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (environment, kind, resource) DO UPDATE \
             SET user_id = excluded.user_id, team_id = excluded.team_id, stack = excluded.stack",
        )
        .bind(made.environment.as_str())
        .bind(KIND)
        .bind(made.container.as_str())
        .bind(user)
        .bind(team)
        .bind(&made.stack)
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?;
        write.finish(()).await
    }

    /// Gives a thing to somebody else, whether or not the console made it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_owner(
        &self,
        environment: &EnvironmentId,
        container: &ContainerId,
        owner: Option<Subject>,
    ) -> Result<AccessChange<()>, StoreError> {
        const WHAT: &str = "change an owner";
        let mut write = self.access_write(WHAT).await?;
        if let Some(owner) = owner
            && !is_there(&mut write, owner).await?
        {
            return write.refuse(AccessRefusal::Unknown("user or team")).await;
        }
        let (user, team) = columns(owner);
        sqlx::query(
            "INSERT INTO owners (environment, kind, resource, user_id, team_id) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (environment, kind, resource) DO UPDATE \
             SET user_id = excluded.user_id, team_id = excluded.team_id",
        )
        .bind(environment.as_str())
        .bind(KIND)
        .bind(container.as_str())
        .bind(user)
        .bind(team)
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?;
        write.finish(()).await
    }

    /// Forgets a thing that is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_owned(
        &self,
        environment: &EnvironmentId,
        container: &ContainerId,
    ) -> Result<AccessChange<()>, StoreError> {
        const WHAT: &str = "forget an owner";
        let mut write = self.access_write(WHAT).await?;
        sqlx::query("DELETE FROM owners WHERE environment = $1 AND kind = $2 AND resource = $3")
            .bind(environment.as_str())
            .bind(KIND)
            .bind(container.as_str())
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        write.finish(()).await
    }
}

async fn is_there(write: &mut AccessWrite, owner: Subject) -> Result<bool, StoreError> {
    match owner {
        Subject::User(id) => write.is_there("SELECT COUNT(*) FROM users WHERE id = $1", id.0).await,
        Subject::Team(id) => write.is_there("SELECT COUNT(*) FROM teams WHERE id = $1", id.0).await,
    }
}
