//! The table of custom roles.

use shared::{
    Permission, RoleId,
    access::PermissionSet,
    users::{CustomRole, NewRole, RoleChange},
};

use super::{
    Store, StoreError,
    access::{AccessChange, AccessRefusal},
    attempted,
    teams::key,
};

pub(super) fn text(permissions: PermissionSet) -> String {
    permissions.iter().map(Permission::as_str).collect::<Vec<_>>().join(" ")
}

pub(super) fn parse(text: &str) -> Result<PermissionSet, StoreError> {
    let permission = |name: &str| {
        Permission::parse(name)
            .ok_or_else(|| StoreError::Unknown { what: "permission", value: name.to_owned() })
    };
    text.split_whitespace().map(permission).collect()
}

impl Store {
    /// All custom roles, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_roles(&self) -> Result<Vec<CustomRole>, StoreError> {
        let rows: Vec<(i64, String, String, i64)> = sqlx::query_as(
            "SELECT id, name, permissions, \
             (SELECT COUNT(*) FROM role_grants WHERE role_grants.role_id = roles.id) \
             FROM roles ORDER BY name_key",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(attempted("list the roles"))?;
        rows.into_iter()
            .map(|(id, name, permissions, grants)| {
                Ok(CustomRole {
                    id: RoleId(id),
                    name,
                    permissions: parse(&permissions)?,
                    grants: u32::try_from(grants).unwrap_or(u32::MAX),
                })
            })
            .collect()
    }

    /// Makes a custom role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_role(&self, new: &NewRole) -> Result<AccessChange<RoleId>, StoreError> {
        const WHAT: &str = "make a role";
        let mut write = self.access_write(WHAT).await?;
        let id: Option<i64> = sqlx::query_scalar(
            "INSERT INTO roles (name, name_key, permissions) VALUES ($1, $2, $3) \
             ON CONFLICT (name_key) DO NOTHING RETURNING id",
        )
        .bind(&new.name)
        .bind(key(&new.name))
        .bind(text(new.permissions))
        .fetch_optional(write.on())
        .await
        .map_err(attempted(WHAT))?;
        match id {
            Some(id) => write.finish(RoleId(id)).await,
            None => write.refuse(AccessRefusal::Taken).await,
        }
    }

    /// Changes a custom role.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_role(&self, id: RoleId, change: &RoleChange) -> Result<AccessChange<()>, StoreError> {
        const WHAT: &str = "change a role";
        let mut write = self.access_write(WHAT).await?;
        let others = "SELECT COUNT(*) FROM roles WHERE name_key = $1 AND id <> $2";
        if let Some(name) = &change.name
            && write.is_taken(others, name, id.0).await?
        {
            return write.refuse(AccessRefusal::Taken).await;
        }
        let changed = sqlx::query(
            "UPDATE roles SET name = COALESCE($2, name), name_key = COALESCE($3, name_key), \
             permissions = COALESCE($4, permissions) WHERE id = $1",
        )
        .bind(id.0)
        .bind(&change.name)
        .bind(change.name.as_deref().map(key))
        .bind(change.permissions.map(text))
        .execute(write.on())
        .await
        .map_err(attempted(WHAT))?;
        match changed.rows_affected() {
            0 => write.refuse(AccessRefusal::Unknown("role")).await,
            _ => write.finish(()).await,
        }
    }

    /// Removes a custom role that no grant gives.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_role(&self, id: RoleId) -> Result<AccessChange<()>, StoreError> {
        const WHAT: &str = "remove a role";
        let mut write = self.access_write(WHAT).await?;
        let grants: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM role_grants WHERE role_id = $1")
            .bind(id.0)
            .fetch_one(write.on())
            .await
            .map_err(attempted(WHAT))?;
        if grants > 0 {
            return write.refuse(AccessRefusal::InUse(grants)).await;
        }
        let removed = sqlx::query("DELETE FROM roles WHERE id = $1")
            .bind(id.0)
            .execute(write.on())
            .await
            .map_err(attempted(WHAT))?;
        match removed.rows_affected() {
            0 => write.refuse(AccessRefusal::Unknown("role")).await,
            _ => write.finish(()).await,
        }
    }
}
