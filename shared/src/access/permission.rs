//! What a person may or may not do, one by one, and sets of them.

use serde::{Deserialize, Serialize};

/// Something a person may or may not do. Decisions are made of these, never of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// Create containers, of the fields that do not reach the host.
    ContainerCreate,
    /// Open a terminal, attach.
    ContainerExec,
    /// See environment values in clear.
    ContainerEnvironment,
    /// Pull images.
    ImagePull,
    /// See and end the jobs of others.
    JobManage,
    /// Use the fields that amount to root on the host.
    HostAccess,
    /// Manage users, teams, roles and grants.
    UserManage,
    /// Change the console's own settings.
    SettingsManage,
    /// Read the audit.
    AuditView,
}

impl Permission {
    /// All of them, in the order of the documents.
    pub const ALL: [Self; 14] = [
        Self::EnvironmentView,
        Self::ContainerView,
        Self::ContainerLogs,
        Self::ContainerOperate,
        Self::ContainerManage,
        Self::ContainerCreate,
        Self::ContainerExec,
        Self::ContainerEnvironment,
        Self::ImagePull,
        Self::JobManage,
        Self::HostAccess,
        Self::UserManage,
        Self::SettingsManage,
        Self::AuditView,
    ];

    /// The name on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnvironmentView => "environment_view",
            Self::ContainerView => "container_view",
            Self::ContainerLogs => "container_logs",
            Self::ContainerOperate => "container_operate",
            Self::ContainerManage => "container_manage",
            Self::ContainerCreate => "container_create",
            Self::ContainerExec => "container_exec",
            Self::ContainerEnvironment => "container_environment",
            Self::ImagePull => "image_pull",
            Self::JobManage => "job_manage",
            Self::HostAccess => "host_access",
            Self::UserManage => "user_manage",
            Self::SettingsManage => "settings_manage",
            Self::AuditView => "audit_view",
        }
    }

    /// The permission of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == name)
    }

    /// Whether it is about the console as a whole, so that only a grant on everything gives it.
    #[must_use]
    pub fn is_of_console(self) -> bool {
        matches!(self, Self::UserManage | Self::SettingsManage | Self::AuditView)
    }

    /// What holding it brings along: nobody can act on what they cannot see.
    #[must_use]
    pub fn implies(self) -> PermissionSet {
        match self {
            Self::EnvironmentView | Self::UserManage | Self::SettingsManage | Self::AuditView => {
                PermissionSet::EMPTY
            }
            Self::ContainerView | Self::ImagePull | Self::JobManage | Self::HostAccess => {
                PermissionSet::of(&[Self::EnvironmentView])
            }
            Self::ContainerLogs
            | Self::ContainerOperate
            | Self::ContainerManage
            | Self::ContainerCreate
            | Self::ContainerExec
            | Self::ContainerEnvironment => PermissionSet::of(&[Self::EnvironmentView, Self::ContainerView]),
        }
    }

    const fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// Several permissions. On the wire a list, in the order of the documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Permission>", into = "Vec<Permission>")]
pub struct PermissionSet(u32);

impl PermissionSet {
    /// None.
    pub const EMPTY: Self = Self(0);

    /// Of these.
    #[must_use]
    pub fn of(permissions: &[Permission]) -> Self {
        permissions.iter().copied().collect()
    }

    /// Whether the permission is among them.
    #[must_use]
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether all of the others are among them.
    #[must_use]
    pub fn covers(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Both together.
    #[must_use]
    pub fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Those that are in both.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// With what each of them implies.
    #[must_use]
    pub fn closed(self) -> Self {
        self.iter().fold(self, |all, permission| all.with(permission.implies()))
    }

    /// Without those that are about the console as a whole: what is left of a grant below everything.
    #[must_use]
    pub fn below(self) -> Self {
        self.iter().filter(|permission| !permission.is_of_console()).collect()
    }

    /// One after the other, in the order of the documents.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.into_iter().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

impl From<Vec<Permission>> for PermissionSet {
    fn from(permissions: Vec<Permission>) -> Self {
        permissions.into_iter().collect()
    }
}

impl From<PermissionSet> for Vec<Permission> {
    fn from(set: PermissionSet) -> Self {
        set.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_wire() {
        for permission in Permission::ALL {
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.as_str());
            assert_eq!(Permission::parse(permission.as_str()), Some(permission));
        }
    }

    #[test]
    fn a_set_is_a_list_on_the_wire() {
        let set = PermissionSet::of(&[Permission::AuditView, Permission::ContainerView]);
        let json = serde_json::to_string(&set).unwrap();
        assert_eq!(json, r#"["container_view","audit_view"]"#);
        assert_eq!(serde_json::from_str::<PermissionSet>(&json).unwrap(), set);
    }

    #[test]
    fn whoever_may_act_may_see() {
        let set = PermissionSet::of(&[Permission::ContainerExec]).closed();
        assert!(set.contains(Permission::ContainerView) && set.contains(Permission::EnvironmentView));
        assert!(!set.contains(Permission::ContainerLogs));
        for permission in Permission::ALL {
            let closed = permission.implies();
            assert_eq!(closed, closed.closed(), "what {permission:?} implies is complete");
        }
    }
}
