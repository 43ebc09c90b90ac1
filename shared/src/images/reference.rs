//! How an image is named: `registry/path:tag@digest`
//! (<https://github.com/distribution/reference/blob/main/reference.go>).

use crate::checked_text::checked_text;

/// Why a text names no image that could be pulled, or no platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadReference(&'static str);

impl std::fmt::Display for BadReference {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for BadReference {}

checked_text! {
    BadReference;
    /// An image that a registry has: `nginx`, `ghcr.io/acme/shop:1.2`, `nginx@sha256:…`. An id is none.
    ImageReference, |text| Parts::of(text).is_some(),
        BadReference("an image is named NAME[:TAG][@DIGEST], in lower case, such as ghcr.io/acme/shop:1.2");
    /// What the engine calls an image that it has: a name as above, an id, or the beginning of one.
    ImageName, |text| Parts::of(text).is_some() || is_id(text),
        BadReference("an image is named NAME[:TAG][@DIGEST], or by its id");
    /// A platform: `linux/arm64`.
    Platform, is_platform, BadReference("a platform is OS/ARCHITECTURE, such as linux/arm64");
}

/// The registry that a name without one means.
pub const DEFAULT_REGISTRY: &str = "docker.io";
/// The folder that a name of one word means there.
const DEFAULT_FOLDER: &str = "library/";
/// Characters of a name without tag and digest.
const NAME_MOST: usize = 255;

/// A name taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts<'a> {
    registry: Option<&'a str>,
    path: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        let (registry, path) = match name.split_once('/') {
            // Only what looks like a host is one: `acme/shop` is of the default registry.
            Some((first, path)) if first.contains(['.', ':']) || first == "localhost" || has_upper(first) => {
                (Some(first), path)
            }
            _ => (None, name),
        };
        let valid = name.len() <= NAME_MOST
            && registry.is_none_or(is_registry)
            && path.split('/').all(is_component)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest)
            && !(registry.is_none() && is_hex(path) && path.len() == 64);
        valid.then_some(Self { registry, path, tag, digest })
    }

    fn registry(&self) -> &'a str {
        match self.registry {
            None | Some("index.docker.io") => DEFAULT_REGISTRY,
            Some(registry) => registry,
        }
    }

    /// As Docker's command line writes it: without what is meant anyway.
    fn familiar(&self) -> String {
        let mut text = match self.registry() {
            DEFAULT_REGISTRY => {
                let short = self.path.strip_prefix(DEFAULT_FOLDER).filter(|path| !path.contains('/'));
                short.unwrap_or(self.path).to_owned()
            }
            registry => format!("{registry}/{}", self.path),
        };
        for (sign, part) in [(':', self.tag), ('@', self.digest)] {
            if let Some(part) = part {
                text.push(sign);
                text.push_str(part);
            }
        }
        if self.tag.is_none() && self.digest.is_none() {
            text.push_str(":latest");
        }
        text
    }
}

impl ImageReference {
    /// The same image always in the same words: `docker.io/library/nginx` is `nginx:latest`.
    #[must_use]
    pub fn familiar(&self) -> String {
        familiar(self.as_str())
    }

    /// The registry that has it.
    #[must_use]
    pub fn registry(&self) -> &str {
        Parts::of(self.as_str()).map_or(DEFAULT_REGISTRY, |parts| parts.registry())
    }

    /// What the engine's API takes apart: the name, and its tag or digest, `latest` where there is neither,
    /// since without one all tags would be pulled.
    #[must_use]
    pub fn name_and_tag(&self) -> (String, String) {
        let text = self.as_str();
        let Some(parts) = Parts::of(text) else { return (text.to_owned(), "latest".to_owned()) };
        let name = match parts.registry {
            Some(registry) => format!("{registry}/{}", parts.path),
            None => parts.path.to_owned(),
        };
        // Of a tag and a digest the digest decides, as for the engine.
        let tag = parts.digest.or(parts.tag).unwrap_or("latest");
        (name, tag.to_owned())
    }
}

/// A name in the words of [`ImageReference::familiar`]; what is no name stays as it is.
#[must_use]
pub fn familiar(text: &str) -> String {
    Parts::of(text).map_or_else(|| text.to_owned(), |parts| parts.familiar())
}

/// Whether a text can only be an id or the beginning of one.
fn is_id(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    (1..=64).contains(&hex.len()) && is_hex(hex)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn has_upper(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// A host with or without a port.
fn is_registry(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let label = |label: &str| {
        let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
        edge(label.bytes().next())
            && edge(label.bytes().last())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let valid = match address {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(label),
    };
    valid && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Letters and digits in lower case, with single separators between them: `.`, `_`, `__`, any number of `-`.
fn is_component(text: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edge = |byte: Option<u8>| byte.is_some_and(alphanumeric);
    let separator =
        |run: &str| run.is_empty() || matches!(run, "." | "_" | "__") || run.bytes().all(|b| b == b'-');
    edge(text.bytes().next())
        && edge(text.bytes().last())
        && text.split(|letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit()).all(separator)
}

fn is_tag(text: &str) -> bool {
    text.len() <= 128
        && text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| match algorithm {
        "sha256" => hex.len() == 64 && is_hex(hex),
        "sha512" => hex.len() == 128 && is_hex(hex),
        _ => false,
    })
}

fn is_platform(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    (1..=3).contains(&parts.len())
        && parts.iter().all(|part| {
            (1..=32).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(text: &str) -> ImageReference {
        text.parse().unwrap()
    }

    #[test]
    fn what_names_an_image() {
        let digest = format!("a@sha256:{}", "0".repeat(64));
        for good in [
            "nginx",
            "nginx:1.27",
            "acme/shop",
            "ghcr.io/acme/shop:v1.2-rc.1",
            "localhost/a",
            "127.0.0.1:5000/a/b:c",
            "[::1]:5000/a",
            "a__b/c--d",
            "HOST.example/a",
            digest.as_str(),
        ] {
            assert!(good.parse::<ImageReference>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "Nginx",
            "nginx:",
            ":1",
            "a//b",
            "a/../b",
            "../a",
            "a b",
            "a?b",
            "a#b",
            "a%2fb",
            "-a",
            "a-",
            "a___b",
            "a@sha256:0",
            "host:0/a",
            "a:b/c/",
            "ghcr.io/",
            "a\nb",
            "é",
            "h:1/../x",
            &"a".repeat(64),
        ] {
            assert!(bad.parse::<ImageReference>().is_err(), "{bad:?}");
        }
        assert!("sha256:0123ab".parse::<ImageName>().is_ok() && "0123ab".parse::<ImageName>().is_ok());
        assert!("linux/arm64/v8".parse::<Platform>().is_ok() && "linux&x=1".parse::<Platform>().is_err());
    }

    #[test]
    fn the_same_image_has_one_name() {
        for (text, same) in [
            ("nginx", "nginx:latest"),
            ("docker.io/library/nginx", "nginx:latest"),
            ("index.docker.io/library/nginx:1", "nginx:1"),
            ("library/nginx", "nginx:latest"),
            ("docker.io/acme/shop", "acme/shop:latest"),
            ("ghcr.io/library/nginx", "ghcr.io/library/nginx:latest"),
            ("localhost:5000/a:b", "localhost:5000/a:b"),
        ] {
            assert_eq!(reference(text).familiar(), same, "{text}");
        }
        assert_eq!(reference("nginx").registry(), "docker.io");
        assert_eq!(reference("127.0.0.1:5000/a").registry(), "127.0.0.1:5000");
    }

    #[test]
    fn the_engine_is_always_told_which_one() {
        let parts = |text: &str| {
            let (name, tag) = reference(text).name_and_tag();
            format!("{name} {tag}")
        };
        let digest = format!("sha256:{}", "a".repeat(64));
        assert_eq!(parts("nginx"), "nginx latest");
        assert_eq!(parts("127.0.0.1:5000/a/b"), "127.0.0.1:5000/a/b latest");
        assert_eq!(parts("h:1/a:b"), "h:1/a b");
        assert_eq!(parts(&format!("nginx:1@{digest}")), format!("nginx {digest}"));
    }
}
