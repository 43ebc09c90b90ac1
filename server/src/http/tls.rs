//! The certificate: self-signed and kept in the data folder, or the user's own files, read again when
//! they change.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum_server::tls_rustls::RustlsConfig;
use rcgen::{CertificateParams, DnType, KeyPair};

use crate::config::{Config, Tls};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// The certificate to serve; `None` without TLS.
pub(super) async fn config(config: &Config) -> Result<Option<RustlsConfig>, String> {
    let (cert, key) = match &config.tls {
        Tls::Off => return Ok(None),
        Tls::SelfSigned => self_signed(&config.data)?,
        Tls::Files { cert, key } => (cert.clone(), key.clone()),
    };
    // Chosen once for the process; a second choice changes nothing.
    let _already = rustls::crypto::ring::default_provider().install_default();
    let loaded = load(&cert, &key).await?;
    let served = RustlsConfig::from_config(loaded);
    tokio::spawn(reload(served.clone(), cert, key));
    Ok(Some(served))
}

async fn load(cert: &Path, key: &Path) -> Result<Arc<rustls::ServerConfig>, String> {
    let loaded = RustlsConfig::from_pem_file(cert, key).await.map_err(|error| {
        format!("the certificate {} with the key {} cannot be used: {error}", cert.display(), key.display())
    })?;
    Ok(loaded.get_inner())
}

async fn reload(served: RustlsConfig, cert: PathBuf, key: PathBuf) {
    let mut seen = changed_at(&cert, &key).await;
    loop {
        tokio::time::sleep(LOOK).await;
        let now = changed_at(&cert, &key).await;
        if now == seen {
            continue;
        }
        seen = now;
        match load(&cert, &key).await {
            Ok(loaded) => {
                served.reload_from_config(loaded);
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::warn!("the old certificate is served on: {error}"),
        }
    }
}

async fn changed_at(cert: &Path, key: &Path) -> (Option<SystemTime>, Option<SystemTime>) {
    let at =
        async |path: &Path| tokio::fs::metadata(path).await.and_then(|metadata| metadata.modified()).ok();
    (at(cert).await, at(key).await)
}

/// Makes the pair once. Browsers ask about it at the first visit and then remember it, so it is kept.
fn self_signed(data: &Path) -> Result<(PathBuf, PathBuf), String> {
    let (cert, key) = (data.join("tls-cert.pem"), data.join("tls-key.pem"));
    if cert.exists() && key.exists() {
        return Ok((cert, key));
    }
    let failed = |error: &dyn std::fmt::Display| {
        format!("a certificate could not be made in {}: {error}", data.display())
    };
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if let Ok(host) = std::fs::read_to_string("/proc/sys/kernel/hostname") {
        let host = host.trim();
        if !host.is_empty() && host.is_ascii() {
            names.push(host.to_owned());
        }
    }
    let mut params = CertificateParams::new(names).map_err(|error| failed(&error))?;
    params.distinguished_name.push(DnType::CommonName, "Longshore");
    let now = time::OffsetDateTime::now_utc();
    params.not_before = now - time::Duration::days(1);
    params.not_after = now + time::Duration::days(3650);
    let pair = KeyPair::generate().map_err(|error| failed(&error))?;
    let certificate = params.self_signed(&pair).map_err(|error| failed(&error))?;
    write_private(&key, &pair.serialize_pem()).map_err(|error| failed(&error))?;
    write_private(&cert, &certificate.pem()).map_err(|error| failed(&error))?;
    Ok((cert, key))
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}
