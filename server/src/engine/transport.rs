//! How bytes get to the engine: a Unix socket or TCP under one HTTP client that bollard and the raw
//! streams share.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::Stream;
use http_body_util::{Either, Full, StreamBody};
use hyper::{
    Uri,
    body::{Frame, Incoming},
};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{Connected, Connection},
    },
    rt::{TokioExecutor, TokioIo},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, UnixStream},
};
use tokio_rustls::client::TlsStream;

use super::{DockerHost, EngineError, tls::EngineTls, unix::UnixWire};

/// The body of a request: the type that bollard uses.
pub(super) type Body =
    Either<Full<Bytes>, StreamBody<Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, io::Error>> + Send>>>>;

/// One pool of connections to one engine.
pub(super) type HttpClient = Client<Connector, Body>;

/// A new pool. Idle connections are kept for a minute: an engine that restarts drops them anyway.
///
/// # Errors
/// When the certificates for it cannot be read.
pub(super) fn client(host: &DockerHost) -> Result<HttpClient, EngineError> {
    let tls = match host {
        DockerHost::Tls { address, certificates } => Some(EngineTls::read(address, certificates)?),
        DockerHost::Unix(_) | DockerHost::Tcp(_) => None,
    };
    Ok(Client::builder(TokioExecutor::new())
        .pool_idle_timeout(std::time::Duration::from_secs(60))
        .pool_max_idle_per_host(8)
        .build(Connector { host: host.clone(), tls }))
}

/// A body of bytes.
pub(super) fn full(bytes: impl Into<Bytes>) -> Body {
    Either::Left(Full::new(bytes.into()))
}

/// Sends a request.
pub(super) async fn send(
    client: &HttpClient,
    request: http::Request<Body>,
) -> Result<http::Response<Incoming>, EngineError> {
    client.request(request).await.map_err(|error| EngineError::from_chain(&error))
}

#[derive(Clone)]
pub(super) struct Connector {
    host: DockerHost,
    tls: Option<EngineTls>,
}

impl tower::Service<Uri> for Connector {
    type Response = TokioIo<Wire>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let (host, tls) = (self.host.clone(), self.tls.clone());
        Box::pin(async move {
            let wire = match host {
                DockerHost::Unix(path) => Wire::Unix(UnixWire::new(UnixStream::connect(path).await?)),
                DockerHost::Tcp(address) | DockerHost::Tls { address, .. } => {
                    let stream = TcpStream::connect(address).await?;
                    stream.set_nodelay(true)?;
                    match tls {
                        Some(tls) => Wire::Tls(Box::new(tls.connect(stream).await?)),
                        None => Wire::Tcp(stream),
                    }
                }
            };
            Ok(TokioIo::new(wire))
        })
    }
}

/// An open connection.
pub(super) enum Wire {
    Unix(UnixWire),
    Tcp(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Unix(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tcp(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Unix(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tcp(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Unix(stream) => Pin::new(stream).poll_flush(context),
            Self::Tcp(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
