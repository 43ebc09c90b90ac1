//! Whether the process lives and can serve: for container engines and load balancers, without a session,
//! and without telling anything else.

use axum::{extract::State, http::StatusCode};

use crate::app::App;

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers too. The engine is not asked: the console works without one, and says so.
pub(super) async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.store.has_users().await.is_ok() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}
