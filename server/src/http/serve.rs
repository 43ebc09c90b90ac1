//! Listens, says where, and stops in order.

use std::{net::SocketAddr, path::Path, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
};
use axum_server::{Handle, accept::NoDelayAcceptor, tls_rustls::RustlsAcceptor};
use tower::Layer;
use tower::util::MapRequestLayer;

use super::{address::SOCKET_PEER, router::under, tls};
use crate::{
    app::App,
    cli::say,
    config::{Listen, Tls},
};

/// How long open requests may take to end when the console is told to stop. Streams end at once.
const GRACE: Duration = Duration::from_secs(3);

/// So many requests that a browser gave up may wait to be looked at: it leaves a page with all that the page
/// was fetching, and a busy server finds the requests and their ends in one read. Past this the connection is
/// closed, since a flood of them is an attack (CVE-2023-44487); by default that is past 20, a page's parts.
const GIVEN_UP_MOST: usize = 256;

/// Serves until told to stop.
///
/// # Errors
/// One sentence that says what to do: the port is taken, the certificate cannot be used.
pub async fn serve(app: App) -> Result<(), String> {
    let (routes, _) = super::router(&app);
    let service = under(&app.config.base_path, routes);
    match &app.config.listen {
        Listen::Tcp(address) => tcp(&app, *address, service).await,
        Listen::Unix(path) => unix(&app, path, service).await,
    }
}

async fn tcp(app: &App, address: SocketAddr, service: Router) -> Result<(), String> {
    let certificate = tls::config(&app.config).await?;
    let listener = std::net::TcpListener::bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{address} is taken by another program; stop it, or choose another with --listen")
        }
        std::io::ErrorKind::PermissionDenied => {
            format!("{address} may not be listened on by this user; choose a port above 1023 with --listen")
        }
        _ => format!("{address} cannot be listened on: {error}"),
    })?;
    listener.set_nonblocking(true).map_err(|error| error.to_string())?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    let handle = Handle::new();
    // Before it is said that it runs: whoever was told may end it at once.
    tokio::spawn(stop_on_signal(signal(), handle.clone()));
    greet(app, Some(bound));
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    let mut server = axum_server::from_tcp(listener).map_err(|error| error.to_string())?.handle(handle);
    server.http_builder().http2().max_pending_accept_reset_streams(GIVEN_UP_MOST);
    // What is small and last, an echoed key or an exit code, would otherwise wait until the browser has
    // confirmed what went before.
    let served = match certificate {
        Some(certificate) => {
            let acceptor = RustlsAcceptor::new(certificate).acceptor(NoDelayAcceptor);
            server.acceptor(acceptor).serve(service).await
        }
        None => server.acceptor(NoDelayAcceptor).serve(service).await,
    };
    served.map_err(|error| error.to_string())
}

async fn unix(app: &App, path: &Path, service: Router) -> Result<(), String> {
    // A socket that an earlier run left behind would refuse the new one.
    if std::os::unix::net::UnixStream::connect(path).is_err() {
        let _absent = std::fs::remove_file(path);
    }
    let listener = tokio::net::UnixListener::bind(path)
        .map_err(|error| format!("{} cannot be listened on: {error}", path.display()))?;
    let told = signal();
    greet(app, None);
    let local = MapRequestLayer::new(|mut request: Request| {
        request.extensions_mut().insert(ConnectInfo(SOCKET_PEER));
        request
    });
    let service = local.layer(service);
    let served = axum::serve(listener, tower::make::Shared::new(service)).with_graceful_shutdown(told).await;
    let _gone = std::fs::remove_file(path);
    served.map_err(|error| error.to_string())
}

fn greet(app: &App, bound: Option<SocketAddr>) {
    say(&format!("Longshore is at {}", app.config.address(bound)));
    if app.config.tls == Tls::SelfSigned {
        say("(its certificate is self-signed: the browser asks once whether to trust it)");
    }
}

async fn stop_on_signal(told: impl Future<Output = ()>, handle: Handle<SocketAddr>) {
    told.await;
    handle.graceful_shutdown(Some(GRACE));
    tracing::info!("stopping");
}

/// Listens from now on; ends when told to end.
fn signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    async {
        match signals {
            (Ok(mut terminate), Ok(mut interrupt)) => {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            _ => std::future::pending().await,
        }
    }
}
