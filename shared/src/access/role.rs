//! Roles: names for sets of permissions. The built-in ones are here; custom ones are kept by the server.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Permission, PermissionSet};
use crate::RoleId;

/// A built-in role. What it is worth depends on the scope at which it is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees.
    Viewer,
    /// Sees, reads logs, starts and stops.
    Operator,
    /// Also creates, renames and removes.
    Deployer,
    /// Also opens terminals and sees environment values.
    EnvironmentAdmin,
    /// May do everything.
    Admin,
}

impl Role {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 5] =
        [Self::Viewer, Self::Operator, Self::Deployer, Self::EnvironmentAdmin, Self::Admin];

    /// What it holds. Each role holds what the lesser ones hold.
    #[must_use]
    pub fn permissions(self) -> PermissionSet {
        use Permission::{
            ContainerCreate, ContainerEnvironment, ContainerExec, ContainerLogs, ContainerManage,
            ContainerOperate, ContainerView, EnvironmentView, ImagePull, JobManage,
        };
        let (lesser, more): (Option<Self>, &[Permission]) = match self {
            Self::Viewer => (None, &[EnvironmentView, ContainerView]),
            Self::Operator => (Some(Self::Viewer), &[ContainerLogs, ContainerOperate]),
            Self::Deployer => (Some(Self::Operator), &[ContainerManage, ContainerCreate, ImagePull]),
            Self::EnvironmentAdmin => {
                (Some(Self::Deployer), &[ContainerExec, ContainerEnvironment, JobManage])
            }
            Self::Admin => (None, &Permission::ALL),
        };
        lesser.map_or(PermissionSet::EMPTY, Self::permissions).with(PermissionSet::of(more))
    }

    /// Whether the role holds the permission.
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        self.permissions().contains(permission)
    }

    /// The least role that holds the permission: what a disabled button names.
    #[must_use]
    pub fn least(permission: Permission) -> Self {
        Self::ALL.into_iter().find(|role| role.allows(permission)).unwrap_or(Self::Admin)
    }

    /// The name in the store and in the URL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Deployer => "deployer",
            Self::EnvironmentAdmin => "environment_admin",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// What a grant gives: a built-in role, or a custom one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoleRef {
    /// A built-in role.
    Builtin(Role),
    /// A custom role.
    Custom(RoleId),
}

impl fmt::Display for RoleRef {
    /// For the audit: `admin`, `role 3`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Builtin(role) => formatter.write_str(role.as_str()),
            Self::Custom(id) => write!(formatter, "role {id}"),
        }
    }
}

impl From<Role> for RoleRef {
    fn from(role: Role) -> Self {
        Self::Builtin(role)
    }
}

/// What an owner holds on what is theirs. No host access: whoever made a thing with it needs it again.
#[must_use]
pub fn owner_permissions() -> PermissionSet {
    use Permission::{
        ContainerEnvironment, ContainerExec, ContainerLogs, ContainerManage, ContainerOperate, ContainerView,
        EnvironmentView,
    };
    PermissionSet::of(&[
        EnvironmentView,
        ContainerView,
        ContainerLogs,
        ContainerOperate,
        ContainerManage,
        ContainerExec,
        ContainerEnvironment,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_holds_what_the_lesser_ones_hold() {
        for pair in Role::ALL.windows(2) {
            let (lesser, greater) = (pair[0].permissions(), pair[1].permissions());
            assert!(greater.covers(lesser) && greater != lesser, "{pair:?}");
        }
        for permission in Permission::ALL {
            assert!(Role::Admin.allows(permission));
        }
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(role.permissions(), role.permissions().closed());
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
    }

    #[test]
    fn the_least_role_is_named() {
        assert_eq!(Role::least(Permission::ContainerOperate), Role::Operator);
        assert_eq!(Role::least(Permission::ContainerManage), Role::Deployer);
        assert_eq!(Role::least(Permission::ContainerExec), Role::EnvironmentAdmin);
        assert_eq!(Role::least(Permission::HostAccess), Role::Admin);
        assert!(!owner_permissions().contains(Permission::HostAccess));
    }
}
