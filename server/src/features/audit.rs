//! Reading the audit.

use shared::audit::{AuditQuery, AuditRow, ListAudit};

use crate::{Error, access::grant::Grant, app::App, http::Api};

/// Mounts it.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<ListAudit>(list)
}

async fn list(app: App, _grant: Grant<ListAudit>, query: AuditQuery, (): ()) -> Result<Vec<AuditRow>, Error> {
    app.audit.list(&query).await
}
