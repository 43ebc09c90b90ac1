//! Permissions, roles and places in words.

use shared::{
    Permission, Scope,
    access::{Reason, RoleRef},
    users::CustomRole,
};

use crate::{
    components::{containers_store::ContainersStore, error_text::role_name},
    i18n::{I18n, t_string},
};

/// A permission; tracked.
pub(in crate::pages) fn permission_word(i18n: I18n, permission: Permission) -> String {
    match permission {
        Permission::EnvironmentView => t_string!(i18n, access.permissions.environment_view),
        Permission::ContainerView => t_string!(i18n, access.permissions.container_view),
        Permission::ContainerLogs => t_string!(i18n, access.permissions.container_logs),
        Permission::ContainerOperate => t_string!(i18n, access.permissions.container_operate),
        Permission::ContainerManage => t_string!(i18n, access.permissions.container_manage),
        Permission::ContainerCreate => t_string!(i18n, access.permissions.container_create),
        Permission::ContainerExec => t_string!(i18n, access.permissions.container_exec),
        Permission::ContainerEnvironment => t_string!(i18n, access.permissions.container_environment),
        Permission::ImagePull => t_string!(i18n, access.permissions.image_pull),
        Permission::JobManage => t_string!(i18n, access.permissions.job_manage),
        Permission::HostAccess => t_string!(i18n, access.permissions.host_access),
        Permission::UserManage => t_string!(i18n, access.permissions.user_manage),
        Permission::SettingsManage => t_string!(i18n, access.permissions.settings_manage),
        Permission::AuditView => t_string!(i18n, access.permissions.audit_view),
    }
}

/// A role, built in or custom; tracked.
pub(super) fn role_word(i18n: I18n, role: RoleRef, roles: &[CustomRole]) -> String {
    match role {
        RoleRef::Builtin(role) => role_name(i18n, Some(role)),
        RoleRef::Custom(id) => roles
            .iter()
            .find(|role| role.id == id)
            .map_or_else(|| t_string!(i18n, access.role_unknown), |role| role.name.clone()),
    }
}

/// A place, a container by its name where the list knows it; tracked.
pub(in crate::pages) fn scope_word(i18n: I18n, scope: &Scope, store: ContainersStore) -> String {
    match scope {
        Scope::Everything => t_string!(i18n, access.scopes.everything),
        Scope::Environment { environment } => {
            t_string!(i18n, access.scopes.environment, name = environment.to_string())
        }
        Scope::Stack { stack, .. } => t_string!(i18n, access.scopes.stack, name = stack.clone()),
        Scope::Container { container, .. } => {
            let known = store.all().into_iter().find(|row| row.id == *container);
            let name = known.map_or_else(|| container.short().to_owned(), |row| row.name.clone());
            t_string!(i18n, access.scopes.container, name = name)
        }
    }
}

/// A role at a place; tracked.
pub(super) fn grant_word(
    i18n: I18n,
    role: RoleRef,
    scope: &Scope,
    roles: &[CustomRole],
    store: ContainersStore,
) -> String {
    let (role, place) = (role_word(i18n, role, roles), scope_word(i18n, scope, store));
    t_string!(i18n, access.on, role = role, place = place)
}

/// Why somebody holds something; tracked.
pub(super) fn reason_word(i18n: I18n, reason: &Reason, roles: &[CustomRole]) -> String {
    match reason {
        Reason::Grant { role, team: None, .. } => {
            t_string!(i18n, access.through_grant, role = role_word(i18n, *role, roles))
        }
        Reason::Grant { role, team: Some(team), .. } => {
            let role = role_word(i18n, *role, roles);
            t_string!(i18n, access.through_team, team = team.name.clone(), role = role)
        }
        Reason::Owner { team: None } => t_string!(i18n, access.through_owner),
        Reason::Owner { team: Some(team) } => {
            t_string!(i18n, access.through_team_owner, team = team.name.clone())
        }
    }
}
