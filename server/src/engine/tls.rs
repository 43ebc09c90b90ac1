//! TLS towards an engine, as Docker's own command line speaks it: its certificate must come from `ca.pem`,
//! and `cert.pem` with `key.pem` say who we are
//! (<https://docs.docker.com/engine/security/protect-access/>).

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};
use shared::environments::UnreachableReason;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::EngineError;

/// What a connection to one engine needs.
#[derive(Clone)]
pub(super) struct EngineTls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl EngineTls {
    /// Reads the files of a folder. Read at each connection of the hub, so that renewed ones count.
    ///
    /// # Errors
    /// [`EngineError::Unreachable`] that names the file.
    pub(super) fn read(address: &str, certificates: &Path) -> Result<Self, EngineError> {
        let host = address.rsplit_once(':').map_or(address, |(host, _port)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).map_err(|error| failed(format!("{address}: {error}")))?;
        let mut roots = RootCertStore::empty();
        for root in chain(&certificates.join("ca.pem"))? {
            roots.add(root).map_err(|error| failed(format!("ca.pem: {error}")))?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.to_string()))?
            .with_root_certificates(roots);
        let (cert, key) = (certificates.join("cert.pem"), certificates.join("key.pem"));
        let config = if cert.exists() || key.exists() {
            let key =
                PrivateKeyDer::from_pem_file(&key).map_err(|error| unreadable(&key, &error.to_string()))?;
            config.with_client_auth_cert(chain(&cert)?, key).map_err(|error| failed(error.to_string()))?
        } else {
            config.with_no_client_auth()
        };
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }

    /// Shakes hands over a connection.
    pub(super) async fn connect(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.connector.connect(self.name.clone(), stream).await
    }
}

fn chain(file: &PathBuf) -> Result<Vec<CertificateDer<'static>>, EngineError> {
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(file, &error.to_string()))?;
    if certificates.is_empty() {
        return Err(unreadable(file, "there is no certificate in it"));
    }
    Ok(certificates)
}

fn unreadable(file: &Path, cause: &str) -> EngineError {
    failed(format!("{}: {cause}", file.display()))
}

fn failed(detail: String) -> EngineError {
    EngineError::Unreachable { reason: UnreachableReason::TlsFailed, detail }
}
