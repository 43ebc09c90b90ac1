//! Flags and environment to a checked configuration; every mistake is told at once.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use shared::ContainerId;
use url::Url;

use crate::{
    access::{seal, settings::parse_network},
    engine::DockerHost,
    http::{Assets, TrustedProxies},
};

/// What `longshore serve` takes.
#[derive(Args, Clone, Debug)]
pub struct ServeFlags {
    /// Where to listen: `address:port`, or `unix:/path/to/socket`.
    #[arg(long, env = "LONGSHORE_LISTEN", default_value = "127.0.0.1:9443")]
    pub listen: String,
    /// The folder for the database and the certificate.
    #[arg(long, env = "LONGSHORE_DATA", default_value = "data")]
    pub data: PathBuf,
    /// The file with the keys that secrets are sealed with; `secret.key` in the data folder unless told.
    #[arg(long, env = "LONGSHORE_KEY_FILE")]
    pub key_file: Option<PathBuf>,
    /// The engine: `unix:///path` or `tcp://host:port`.
    #[arg(long, env = "DOCKER_HOST", default_value = "unix:///var/run/docker.sock")]
    pub docker_host: String,
    /// Speak TLS to an engine behind TCP, and check its certificate: any value but an empty one, as with
    /// Docker's own command line.
    #[arg(long, env = "DOCKER_TLS_VERIFY", num_args = 0..=1, default_missing_value = "1")]
    pub docker_tls_verify: Option<String>,
    /// The folder with ca.pem, cert.pem and key.pem for it; `~/.docker` unless told.
    #[arg(long, env = "DOCKER_CERT_PATH")]
    pub docker_cert_path: Option<PathBuf>,
    /// Serve without TLS, for a reverse proxy on the same host.
    #[arg(long, env = "LONGSHORE_PLAIN_HTTP")]
    pub plain_http: bool,
    /// The address in the browser's bar, when a proxy makes it another: `https://host/sub/path`.
    #[arg(long, env = "LONGSHORE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// A proxy (or network of them) whose X-Forwarded-For is believed; may be given several times.
    #[arg(long = "trusted-proxy", env = "LONGSHORE_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,
    /// A certificate chain in PEM; read again when the file changes.
    #[arg(long, env = "LONGSHORE_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Its key in PEM.
    #[arg(long, env = "LONGSHORE_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Makes the administrator `admin` with the password in this file, if there is no user yet.
    #[arg(long, env = "LONGSHORE_ADMIN_PASSWORD_FILE")]
    pub admin_password_file: Option<PathBuf>,
    /// The full id of the container that the console runs in, where it does not find that out by itself.
    #[arg(long, env = "LONGSHORE_OWN_CONTAINER")]
    pub own_container: Option<String>,
    /// Serve the pages from this folder instead of from the binary.
    #[arg(long, env = "LONGSHORE_ASSETS", hide = true)]
    pub assets: Option<PathBuf>,
}

/// Where the console listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// TCP.
    Tcp(SocketAddr),
    /// A Unix socket, without TLS.
    Unix(PathBuf),
}

/// The certificate to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// None: a proxy does it.
    Off,
    /// Self-signed, kept in the data folder.
    SelfSigned,
    /// The user's own files.
    Files {
        /// Chain.
        cert: PathBuf,
        /// Key.
        key: PathBuf,
    },
}

/// The checked configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the console listens.
    pub listen: Listen,
    /// The folder for everything that is kept.
    pub data: PathBuf,
    /// The file with the keys that secrets are sealed with.
    pub key_file: PathBuf,
    /// The engine.
    pub docker_host: DockerHost,
    /// The certificate.
    pub tls: Tls,
    /// The address in the browser's bar, where it differs.
    pub public_url: Option<Url>,
    /// The path that every link begins with; begins and ends with a slash.
    pub base_path: String,
    /// Whose word on the client's address is believed.
    pub trusted_proxies: TrustedProxies,
    /// Makes the first administrator.
    pub admin_password_file: Option<PathBuf>,
    /// The container that the console runs in, as it was told.
    pub own_container: Option<ContainerId>,
    /// The pages.
    pub assets: Assets,
}

impl Config {
    /// Checks the flags.
    ///
    /// # Errors
    /// Every mistake there is, one sentence each.
    pub fn check(flags: ServeFlags) -> Result<Self, Vec<String>> {
        let mut mistakes = Vec::new();
        let mut note = |mistake: String| mistakes.push(mistake);
        let listen = match flags.listen.strip_prefix("unix:") {
            Some(path) => Listen::Unix(PathBuf::from(path)),
            None => Listen::Tcp(flags.listen.parse().unwrap_or_else(|_error| {
                note(format!("--listen {}: this is not address:port, such as 0.0.0.0:9443", flags.listen));
                SocketAddr::from(([127, 0, 0, 1], 9443))
            })),
        };
        let verified = flags.docker_tls_verify.is_some_and(|value| !value.is_empty());
        let certificates = verified.then(|| {
            let path = flags.docker_cert_path.filter(|path| !path.as_os_str().is_empty());
            path.unwrap_or_else(|| {
                PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".docker")
            })
        });
        let docker_host = DockerHost::parse(&flags.docker_host, certificates).unwrap_or_else(|mistake| {
            note(format!("--docker-host (or DOCKER_HOST): {mistake}"));
            DockerHost::Unix(PathBuf::new())
        });
        let public_url = flags.public_url.as_deref().and_then(|text| match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Some(url),
            _ => {
                note(format!("--public-url {text}: this is not an address such as https://host/sub/path"));
                None
            }
        });
        let networks = flags
            .trusted_proxies
            .iter()
            .filter_map(|text| {
                let network = parse_network(text);
                if network.is_none() {
                    note(format!("--trusted-proxy {text}: this is neither an address nor a network such as 172.16.0.0/12"));
                }
                network
            })
            .collect();
        let tls = match (flags.tls_cert, flags.tls_key) {
            (Some(cert), Some(key)) => Tls::Files { cert, key },
            _ if flags.plain_http || matches!(listen, Listen::Unix(_)) => Tls::Off,
            _ => Tls::SelfSigned,
        };
        if flags.plain_http && matches!(tls, Tls::Files { .. }) {
            note("--plain-http and --tls-cert exclude each other".to_owned());
        }
        let own_container = flags.own_container.as_deref().and_then(|text| {
            let id = text.parse::<ContainerId>();
            if id.is_err() {
                note(format!("--own-container {text}: this is not a container's full id"));
            }
            id.ok()
        });
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let base_path = public_url
            .as_ref()
            .map_or_else(|| "/".to_owned(), |url| format!("{}/", url.path().trim_end_matches('/')));
        Ok(Self {
            listen,
            key_file: flags.key_file.unwrap_or_else(|| flags.data.join(seal::KEY_FILE)),
            data: flags.data,
            docker_host,
            tls,
            public_url,
            base_path,
            trusted_proxies: TrustedProxies::new(networks),
            admin_password_file: flags.admin_password_file,
            own_container,
            assets: flags.assets.map_or(Assets::Embedded, Assets::Folder),
        })
    }

    /// Whether the browser speaks TLS to whatever stands in front: decides on the cookie and on HSTS.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.public_url.as_ref().map_or(self.tls != Tls::Off, |url| url.scheme() == "https")
    }

    /// The address to print, for the port that was really taken.
    #[must_use]
    pub fn address(&self, bound: Option<SocketAddr>) -> String {
        if let Some(url) = &self.public_url {
            return url.to_string();
        }
        let scheme = if self.tls == Tls::Off { "http" } else { "https" };
        match (bound, &self.listen) {
            (Some(bound), _) if bound.ip().is_unspecified() => {
                format!("{scheme}://localhost:{}", bound.port())
            }
            (Some(bound), _) => format!("{scheme}://{bound}"),
            (None, Listen::Unix(path)) => format!("unix:{}", path.display()),
            (None, Listen::Tcp(address)) => format!("{scheme}://{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: ServeFlags,
    }

    fn check(arguments: &[&str]) -> Result<Config, Vec<String>> {
        Config::check(Line::parse_from([&["x"], arguments].concat()).flags)
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let mistakes = check(&[
            "--listen",
            "x",
            "--docker-host",
            "ssh://y",
            "--public-url",
            "z",
            "--trusted-proxy",
            "w",
        ])
        .unwrap_err();
        assert_eq!(mistakes.len(), 4);
    }

    #[test]
    fn a_public_address_decides_on_the_cookie_and_the_path() {
        let config = check(&["--plain-http", "--public-url", "https://h/sub/path"]).unwrap();
        assert!(config.secure());
        assert_eq!(config.base_path, "/sub/path/");
        assert!(!check(&["--plain-http"]).unwrap().secure());
        assert_eq!(check(&[]).unwrap().base_path, "/");
    }
}
