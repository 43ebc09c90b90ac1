//! An engine behind TLS, as `dockerd --tlsverify` serves it: whoever has no certificate of its authority is
//! refused in the handshake, and what passes goes to the engine's own socket.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tokio::net::{TcpListener, UnixStream};
use tokio_rustls::TlsAcceptor;

use crate::folder::Folder;

/// Serves until it is dropped.
#[derive(Debug)]
pub struct TlsFront {
    folder: Folder,
    address: String,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

impl TlsFront {
    /// Before the engine at this socket.
    ///
    /// # Panics
    /// When a certificate cannot be made or no port be had.
    pub async fn start(upstream: &Path) -> Self {
        let folder = Folder::new();
        let authority = authority();
        let (cert, key) = signed(&authority, "127.0.0.1", ExtendedKeyUsagePurpose::ServerAuth);
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).expect("ours")).expect("ours");
        let provider = Arc::new(ring::default_provider());
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_client_cert_verifier(clients.build().expect("a verifier"))
            .with_single_cert(
                vec![CertificateDer::from_pem_slice(cert.as_bytes()).expect("ours")],
                PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("ours"),
            )
            .expect("a pair");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let upstream = upstream.to_owned();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, upstream) = (acceptor.clone(), upstream.clone());
                tokio::spawn(async move {
                    let Ok(mut client) = acceptor.accept(stream).await else { return };
                    let Ok(mut engine) = UnixStream::connect(upstream).await else { return };
                    let _ended = tokio::io::copy_bidirectional(&mut client, &mut engine).await;
                });
            }
        });
        let front = Self { folder, address, task };
        let mine = front.certificates("mine");
        write(&mine, &authority, &signed(&authority, "console", ExtendedKeyUsagePurpose::ClientAuth));
        front
    }

    /// What `DOCKER_HOST` is for it.
    #[must_use]
    pub fn host(&self) -> String {
        format!("tcp://{}", self.address)
    }

    /// The folder that `DOCKER_CERT_PATH` names for whoever is let in.
    #[must_use]
    pub fn accepted(&self) -> PathBuf {
        self.certificates("mine")
    }

    /// The same from an authority of the same name that the engine does not know.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn of_strangers(&self) -> PathBuf {
        let (folder, stranger) = (self.certificates("strangers"), authority());
        write(&folder, &stranger, &signed(&stranger, "console", ExtendedKeyUsagePurpose::ClientAuth));
        folder
    }

    /// The engine's authority, and a certificate of another one: the engine refuses it.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn unknown_client(&self) -> PathBuf {
        let folder = self.of_strangers();
        std::fs::copy(self.accepted().join("ca.pem"), folder.join("ca.pem")).expect("a copy");
        folder
    }

    fn certificates(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    }
}

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate")
}

fn signed(authority: &Authority, name: &str, usage: ExtendedKeyUsagePurpose) -> (String, String) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.extended_key_usages = vec![usage];
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, authority).expect("a signature");
    (certificate.pem(), key.serialize_pem())
}

fn write(folder: &Path, authority: &Authority, (cert, key): &(String, String)) {
    let files = [("ca.pem", authority.pem()), ("cert.pem", cert.clone()), ("key.pem", key.clone())];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("written");
    }
}
