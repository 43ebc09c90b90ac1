//! The tables of teams and of their members.

use std::collections::HashMap;

use shared::{
    TeamId, UserId,
    access::TeamName,
    users::{Subject, Team},
};

use super::{
    Store, StoreError,
    access::{AccessChange, AccessRefusal},
    attempted,
};

/// What makes two titles the same.
pub(super) fn key(name: &str) -> String {
    name.to_lowercase()
}

impl Store {
    /// The teams' names, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn team_names(&self) -> Result<Vec<TeamName>, StoreError> {
        let rows: Vec<(i64, String)> = sqlx::query_as("SELECT id, name FROM teams ORDER BY name_key")
            .fetch_all(&self.pool)
            .await
            .map_err(attempted("list the teams"))?;
        Ok(rows.into_iter().map(|(id, name)| TeamName { id: TeamId(id), name }).collect())
    }

    /// Who belongs to which team, by the team's name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn members(&self) -> Result<Vec<(TeamName, UserId)>, StoreError> {
        let rows: Vec<(i64, String, i64)> = sqlx::query_as(
            "SELECT teams.id, teams.name, team_members.user_id FROM team_members \
             JOIN teams ON teams.id = team_members.team_id ORDER BY teams.name_key, team_members.user_id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(attempted("list the members of teams"))?;
        let member = |(id, name, user)| (TeamName { id: TeamId(id), name }, UserId(user));
        Ok(rows.into_iter().map(member).collect())
    }

    /// All teams with their members and grants, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_teams(&self) -> Result<Vec<Team>, StoreError> {
        let mut members: HashMap<TeamId, Vec<UserId>> = HashMap::new();
        for (team, user) in self.members().await? {
            members.entry(team.id).or_default().push(user);
        }
        let grants = self.list_grants().await?;
        let teams = self.team_names().await?.into_iter().map(|TeamName { id, name }| Team {
            id,
            name,
            members: members.remove(&id).unwrap_or_default(),
            grants: grants.iter().filter(|grant| grant.subject == Subject::Team(id)).cloned().collect(),
        });
        Ok(teams.collect())
    }

    /// One team.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read_team(&self, id: TeamId) -> Result<Option<Team>, StoreError> {
        Ok(self.list_teams().await?.into_iter().find(|team| team.id == id))
    }

    /// Makes a team.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_team(&self, name: &str) -> Result<AccessChange<TeamId>, StoreError> {
        const WHAT: &str = "make a team";
        let mut write = self.access_write(WHAT).await?;
        let id: Option<i64> = sqlx::query_scalar(
            "INSERT INTO teams (name, name_key) VALUES ($1, $2) ON CONFLICT (name_key) DO NOTHING RETURNING id",
        )
        .bind(name)
        .bind(key(name))
        .fetch_optional(write.on())
        .await
        .map_err(attempted(WHAT))?;
        match id {
            Some(id) => write.finish(TeamId(id)).await,
            None => write.refuse(AccessRefusal::Taken).await,
        }
    }

    /// Gives a team another name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rename_team(&self, id: TeamId, name: &str) -> Result<AccessChange<()>, StoreError> {
        const WHAT: &str = "rename a team";
        let mut write = self.access_write(WHAT).await?;
        let others = "SELECT COUNT(*) FROM teams WHERE name_key = $1 AND id <> $2";
        if write.is_taken(others, name, id.0).await? {
            return write.refuse(AccessRefusal::Taken).await;
        }
        let renamed = sqlx::query("UPDATE teams SET name = $2, name_key = $3 WHERE id = $1")
            .bind(id.0)
            .bind(name)
            .bind(key(name))
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        match renamed.rows_affected() {
            0 => write.refuse(AccessRefusal::Unknown("team")).await,
            _ => write.finish(()).await,
        }
    }

    /// Removes a team, its grants with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_team(&self, id: TeamId) -> Result<AccessChange<()>, StoreError> {
        const WHAT: &str = "remove a team";
        let mut write = self.access_write(WHAT).await?;
        let removed = sqlx::query("DELETE FROM teams WHERE id = $1")
            .bind(id.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        match removed.rows_affected() {
            0 => write.refuse(AccessRefusal::Unknown("team")).await,
            _ => write.finish(()).await,
        }
    }

    /// Takes a user into a team; whoever is in it stays in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_member(&self, team: TeamId, user: UserId) -> Result<AccessChange<()>, StoreError> {
        const WHAT: &str = "take a user into a team";
        let mut write = self.access_write(WHAT).await?;
        if !write.is_there("SELECT COUNT(*) FROM teams WHERE id = $1", team.0).await? {
            return write.refuse(AccessRefusal::Unknown("team")).await;
        }
        if !write.is_there("SELECT COUNT(*) FROM users WHERE id = $1", user.0).await? {
            return write.refuse(AccessRefusal::Unknown("user")).await;
        }
        sqlx::query("INSERT INTO team_members (team_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(team.0)
            .bind(user.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        write.finish(()).await
    }

    /// Takes a user out of a team.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_member(&self, team: TeamId, user: UserId) -> Result<AccessChange<()>, StoreError> {
        const WHAT: &str = "take a user out of a team";
        let mut write = self.access_write(WHAT).await?;
        let removed = sqlx::query("DELETE FROM team_members WHERE team_id = $1 AND user_id = $2")
            .bind(team.0)
            .bind(user.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        match removed.rows_affected() {
            0 => write.refuse(AccessRefusal::Unknown("member")).await,
            _ => write.finish(()).await,
        }
    }
}
