//! Teams: users who hold grants and own things together.

use serde::{Deserialize, Serialize};

use super::Grant;
use crate::{Permission, TeamId, UserId, endpoint};

/// A team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Team {
    /// Its number; never used twice.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// Who belongs to it.
    pub members: Vec<UserId>,
    /// What each of them holds by it.
    pub grants: Vec<Grant>,
}

/// A team to make, or its new name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TeamNaming {
    /// 1 to 64 characters.
    pub name: String,
}

/// Who is to belong to a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The user.
    pub user: UserId,
}

/// Whether a text may name a team or a role: 1 to 64 characters, none of them invisible, no blank at an end.
#[must_use]
pub fn is_title(name: &str) -> bool {
    (1..=64).contains(&name.chars().count()) && name.trim() == name && !name.chars().any(char::is_control)
}

endpoint! {
    /// Lists the teams with their members and grants.
    ListTeams {}
    Get "/api/v1/teams", query: crate::Empty, body: (), reply: Vec<Team>, needs: Permission::UserManage
}

endpoint! {
    /// Makes a team without members. 409 if the name is taken.
    CreateTeam {}
    Post "/api/v1/teams", query: crate::Empty, body: TeamNaming, reply: Team,
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Gives a team another name. 409 if it is taken.
    UpdateTeam { team: TeamId }
    Patch "/api/v1/teams/{team}", query: crate::Empty, body: TeamNaming, reply: Team,
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Removes a team with its grants; what it owned belongs to nobody. Takes effect at once. 403 for a team
    /// that holds more than the one who acts, 409 if nobody could administer any more.
    RemoveTeam { team: TeamId }
    Delete "/api/v1/teams/{team}", query: crate::Empty, body: (), reply: (),
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Takes a user into a team, who then holds what it holds. 403 for a team that holds more than the one
    /// who acts.
    AddMember { team: TeamId }
    Post "/api/v1/teams/{team}/members", query: crate::Empty, body: NewMember, reply: Team,
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Takes a user out of a team. Takes effect at once. 403 for a team that holds more than the one who
    /// acts, 409 if nobody could administer any more.
    RemoveMember { team: TeamId, user: UserId }
    Delete "/api/v1/teams/{team}/members/{user}", query: crate::Empty, body: (), reply: Team,
    needs: Permission::UserManage, confirms: yes
}
