//! Puts the house together: the features' endpoints, the sockets on a router of their own, the pages.

use axum::{
    Json, Router,
    extract::Request,
    http::{StatusCode, Uri, uri::PathAndQuery},
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::get,
};
use serde_json::Value;
use tower::{ServiceBuilder, util::MapRequestLayer};
use tower_http::catch_panic::CatchPanicLayer;

use super::{
    assets, health, layers,
    mount::{Api, Mounted},
};
use crate::{Error, app::App, features};

/// Everything that is served, and the list of operations in it.
#[expect(
    clippy::disallowed_methods,
    reason = "the pages, the health checks and the OpenAPI document are no operations"
)]
pub fn router(app: &App) -> (Router, Vec<Mounted>) {
    let api = Api::new();
    let api = features::setup::mount(api);
    let api = features::session::mount(api);
    let api = features::account::mount(api);
    let api = features::users::mount(api);
    let api = features::tokens::mount(api);
    let api = features::preferences::mount(api);
    let api = features::policy::mount(api);
    let api = features::audit::mount(api);
    let api = features::environments::mount(api);
    let api = features::containers::mount(api);
    let api = features::run::mount(api);
    let api = features::images::mount(api);
    let api = features::jobs::mount(api);
    let api = features::logs::mount(api);
    let api = features::live::mount(api);
    let api = features::terminal::mount(api);
    let (operations, mounted) = api.into_parts();
    let document: Value = super::openapi_document();
    let router = operations
        .method_not_allowed_fallback(unknown_method)
        .layer(app.sessions.layer(app.config.secure()))
        .route("/api/v1/openapi.json", get(move || async move { Json(document) }))
        .route("/api", axum::routing::any(unknown))
        .route("/api/{*rest}", axum::routing::any(unknown))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .fallback(assets::serve)
        .layer(CatchPanicLayer::custom(layers::panicked))
        .layer(from_fn_with_state(app.clone(), layers::protect))
        .layer(from_fn(layers::identify))
        .with_state(app.clone());
    (router, mounted)
}

/// Takes the public sub-path off, so that a proxy may pass it on or not.
pub(super) fn under(base_path: &str, router: Router) -> Router {
    let prefix = base_path.trim_end_matches('/').to_owned();
    if prefix.is_empty() {
        return router;
    }
    let strip = MapRequestLayer::new(move |mut request: Request| {
        if let Some(rest) = request
            .uri()
            .path_and_query()
            .map(PathAndQuery::as_str)
            .and_then(|path| path.strip_prefix(&prefix))
            && (rest.is_empty() || rest.starts_with('/') || rest.starts_with('?'))
        {
            let rest = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
            let mut parts = request.uri().clone().into_parts();
            if let Ok(rest) = rest.parse::<PathAndQuery>() {
                parts.path_and_query = Some(rest);
                if let Ok(uri) = Uri::from_parts(parts) {
                    *request.uri_mut() = uri;
                }
            }
        }
        request
    });
    // The layer must run before routing, so the router becomes an inner service.
    Router::new().fallback_service(ServiceBuilder::new().layer(strip).service(router))
}

async fn unknown_method(request: Request) -> Response {
    let mut reply = unknown(request).await;
    *reply.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    reply
}

async fn unknown(request: Request) -> Response {
    let id = request.extensions().get::<layers::RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    Error::NotFound("endpoint").into_reply(&id)
}
