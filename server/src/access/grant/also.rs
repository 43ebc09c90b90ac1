//! What else is done to the target of a grant: a further permission, a second operation with a record of its own.

use shared::{Permission, endpoint::Operation};

use super::{
    super::{audit::AuditRecord, session::Actor},
    Grant, describe,
};
use crate::{Error, app::App};

impl<O: Operation> Grant<O> {
    /// Whether the actor holds a further permission on the same target: what decides on masking.
    #[must_use]
    pub fn also(&self, permission: Permission) -> bool {
        self.actor.access().holds(permission, self.resolved.place.target())
    }

    /// As [`Self::require_still`], for an operation on the same target that this one does too.
    ///
    /// # Errors
    /// The same, for either of the two.
    pub async fn require_still_for<E: Operation>(&self, app: &App) -> Result<Actor, Error> {
        let actor = self.require_still(app).await?;
        self.resolved.place.permit(actor.access(), E::NEEDS)?;
        Ok(actor)
    }

    /// Opens the audit record of an operation on the same target that this one does too.
    ///
    /// # Errors
    /// When it cannot be recorded: then it must not be done.
    pub(crate) async fn begin_also<E: Operation>(&self, app: &App) -> Result<AuditRecord, Error> {
        let target = describe(&self.operation.target(), self.resolved.container.as_ref());
        app.audit.begin(Some(&self.actor), self.address, E::NAME, target).await
    }
}
