//! Roles and permissions, and the pure decision which role holds which permission.

use serde::{Deserialize, Serialize};

/// Something a person may or may not do. Grants are made of these, never of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See the environment: engine facts, counts, disk use.
    EnvironmentView,
    /// See containers, their state and their figures.
    ContainerView,
    /// Read logs, and inspect with environment values masked.
    ContainerLogs,
    /// Start, stop, restart, pause, unpause, kill.
    ContainerOperate,
    /// Rename and remove.
    ContainerManage,
    /// Open a terminal, attach, see environment values.
    ContainerExec,
    /// Manage users.
    UserManage,
    /// Read the audit.
    AuditView,
}

impl Permission {
    /// All of them, in the order of the documents.
    pub const ALL: [Self; 8] = [
        Self::EnvironmentView,
        Self::ContainerView,
        Self::ContainerLogs,
        Self::ContainerOperate,
        Self::ContainerManage,
        Self::ContainerExec,
        Self::UserManage,
        Self::AuditView,
    ];
}

/// What a person is to the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees.
    Viewer,
    /// Sees, reads logs, starts and stops.
    Operator,
    /// May do everything.
    Admin,
}

impl Role {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Admin];

    /// Whether the role holds the permission.
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        use Permission::{
            AuditView, ContainerExec, ContainerLogs, ContainerManage, ContainerOperate, ContainerView,
            EnvironmentView, UserManage,
        };
        match (self, permission) {
            (Self::Admin, _) | (_, EnvironmentView | ContainerView) => true,
            (Self::Operator, ContainerLogs | ContainerOperate) => true,
            (Self::Operator, ContainerManage | ContainerExec | UserManage | AuditView) => false,
            (
                Self::Viewer,
                ContainerLogs | ContainerOperate | ContainerManage | ContainerExec | UserManage | AuditView,
            ) => false,
        }
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
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_holds_what_the_lesser_ones_hold() {
        for permission in Permission::ALL {
            assert!(Role::Operator.allows(permission) || !Role::Viewer.allows(permission));
            assert!(Role::Admin.allows(permission));
        }
        assert_eq!(Role::least(Permission::ContainerExec), Role::Admin);
        assert_eq!(Role::least(Permission::ContainerOperate), Role::Operator);
    }
}
