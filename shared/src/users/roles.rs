//! Custom roles: names for sets of permissions beside the built-in roles.

use serde::{Deserialize, Serialize};

use crate::{Permission, RoleId, access::PermissionSet, endpoint};

/// A custom role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomRole {
    /// Its number; never used twice.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// What it gives, with what that implies.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Permission>))]
    pub permissions: PermissionSet,
    /// How many grants give it.
    pub grants: u32,
}

/// A role to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// 1 to 64 characters.
    pub name: String,
    /// At least one.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Permission>))]
    pub permissions: PermissionSet,
}

/// What to change of a role; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Other permissions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<Permission>>))]
    pub permissions: Option<PermissionSet>,
}

endpoint! {
    /// Lists the custom roles.
    ListRoles {}
    Get "/api/v1/roles", query: crate::Empty, body: (), reply: Vec<CustomRole>, needs: Permission::UserManage
}

endpoint! {
    /// Makes a custom role. 409 if the name is taken, 422 naming the field that is wrong.
    CreateRole {}
    Post "/api/v1/roles", query: crate::Empty, body: NewRole, reply: CustomRole,
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Changes a custom role, and with it all grants that give it, at once. 403 if the one who acts does not
    /// hold all of it, before and after, wherever it is given.
    UpdateRole { role: RoleId }
    Patch "/api/v1/roles/{role}", query: crate::Empty, body: RoleChange, reply: CustomRole,
    needs: Permission::UserManage, confirms: yes
}

endpoint! {
    /// Removes a custom role. 409 while a grant gives it.
    RemoveRole { role: RoleId }
    Delete "/api/v1/roles/{role}", query: crate::Empty, body: (), reply: (),
    needs: Permission::UserManage, confirms: yes
}
