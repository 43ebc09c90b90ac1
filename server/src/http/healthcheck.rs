//! `longshore healthcheck`: asks the console of the same configuration whether it serves, for container
//! engines whose image holds neither a shell nor `curl`.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
};
use tokio_rustls::TlsConnector;

use crate::config::{Config, Listen, Tls};

const REQUEST: &[u8] = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n";
const LIMIT: Duration = Duration::from_secs(3);

/// Asks, at the configuration's own address.
///
/// # Errors
/// Why the console is not healthy.
pub async fn check(config: &Config) -> Result<(), String> {
    let reply = tokio::time::timeout(LIMIT, ask(config))
        .await
        .map_err(|_elapsed| "the console does not answer".to_owned())?
        .map_err(|error| format!("the console does not answer: {error}"))?;
    let reply = String::from_utf8_lossy(&reply);
    if reply.split_whitespace().nth(1) == Some("200") {
        Ok(())
    } else {
        Err("the console is not healthy".to_owned())
    }
}

async fn ask(config: &Config) -> std::io::Result<Vec<u8>> {
    match &config.listen {
        Listen::Unix(path) => exchange(UnixStream::connect(path).await?).await,
        Listen::Tcp(address) => {
            let ip = if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { address.ip() };
            let address = SocketAddr::new(ip, address.port());
            // The server may have been told by a flag that this process was not given.
            if config.tls == Tls::Off {
                match plain(address).await {
                    Ok(reply) if !reply.is_empty() => Ok(reply),
                    _ => encrypted(address).await,
                }
            } else {
                match encrypted(address).await {
                    Ok(reply) => Ok(reply),
                    Err(_) => plain(address).await,
                }
            }
        }
    }
}

async fn plain(address: SocketAddr) -> std::io::Result<Vec<u8>> {
    exchange(TcpStream::connect(address).await?).await
}

async fn encrypted(address: SocketAddr) -> std::io::Result<Vec<u8>> {
    let name = ServerName::try_from("localhost").map_err(std::io::Error::other)?;
    exchange(connector()?.connect(name, TcpStream::connect(address).await?).await?).await
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<Vec<u8>> {
    stream.write_all(REQUEST).await?;
    let mut reply = vec![0; 64];
    let length = stream.read(&mut reply).await?;
    reply.truncate(length);
    Ok(reply)
}

fn connector() -> std::io::Result<TlsConnector> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OwnAddress(provider)))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Takes whatever certificate is served: this connection goes to the console's own loopback address and
/// carries nothing, so it is not asked whose it is, only whether it serves.
#[derive(Debug)]
struct OwnAddress(Arc<CryptoProvider>);

impl ServerCertVerifier for OwnAddress {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
