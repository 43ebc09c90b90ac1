//! Grants: a role, given to a user or a team, somewhere.

use serde::{Deserialize, Serialize};

use crate::{
    GrantId, Permission, Scope, TeamId, UnixMillis, UserId,
    access::{Held, Reason, RoleRef},
    endpoint,
};

/// Who can hold grants, and own things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A user.
    User(UserId),
    /// A team: each of its members.
    Team(TeamId),
}

/// A grant to give.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    /// What.
    pub role: RoleRef,
    /// Where.
    #[serde(rename = "at")]
    pub scope: Scope,
}

impl NewGrant {
    /// A role on everything.
    #[must_use]
    pub fn everywhere(role: crate::Role) -> Self {
        Self { role: role.into(), scope: Scope::Everything }
    }
}

/// One grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// Its number; never used twice.
    pub id: GrantId,
    /// To whom.
    pub subject: Subject,
    /// What.
    pub role: RoleRef,
    /// Where.
    #[serde(rename = "at")]
    pub scope: Scope,
    /// Who gave it: a name, which outlives the user; empty for the console itself.
    pub given_by: String,
    /// When.
    pub given_at: UnixMillis,
}

/// To whom which grant is to be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Giving {
    /// To whom.
    pub subject: Subject,
    /// What.
    pub role: RoleRef,
    /// Where.
    #[serde(rename = "at")]
    pub scope: Scope,
}

/// One permission that somebody holds, where, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explained {
    /// What they can do.
    pub permission: Permission,
    /// Where.
    #[serde(rename = "at")]
    pub scope: Scope,
    /// The grant or the ownership behind it.
    pub reason: Reason,
}

/// What is held, permission by permission.
#[must_use]
pub fn explain(held: &[Held]) -> Vec<Explained> {
    let mut lines: Vec<Explained> = held
        .iter()
        .flat_map(|held| {
            let all = held.permissions.closed();
            let permissions = if held.scope == Scope::Everything { all } else { all.below() };
            permissions.iter().map(|permission| Explained {
                permission,
                scope: held.scope.clone(),
                reason: held.reason.clone(),
            })
        })
        .collect();
    lines.sort_by(|a, b| (a.permission, &a.scope).cmp(&(b.permission, &b.scope)));
    lines
}

endpoint! {
    /// Lists the grants of all users and teams.
    ListGrants {}
    Get "/api/v1/grants", query: crate::Empty, body: (), reply: Vec<Grant>, needs: Permission::UserManage
}

endpoint! {
    /// Gives a role to a user or a team. Takes effect at once. 403 for a role of which the giver does not hold
    /// everything at that place, 409 if they have exactly this already, 422 naming what is unknown.
    GiveGrant {}
    Post "/api/v1/grants", query: crate::Empty, body: Giving, reply: Grant,
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Takes a grant back. Takes effect on open sessions and streams at once. 403 for one of which the taker
    /// does not hold everything, 409 if nobody could administer any more.
    TakeGrant { grant: GrantId }
    Delete "/api/v1/grants/{grant}", query: crate::Empty, body: (), reply: (),
    needs: Permission::UserManage, confirms: yes
}
