//! Ports: published to the host, or only said to be listened on.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Reason, amounts::integer, modes::Protocol};

/// One port, or several that follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PortRange(u16, u16);

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for PortRange {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        String::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for PortRange {
    fn name() -> std::borrow::Cow<'static, str> {
        "PortRange".into()
    }
}

impl PortRange {
    /// From the first to the last.
    ///
    /// # Errors
    /// [`Reason::Port`] when the last is below the first.
    pub fn new(first: u16, last: u16) -> Result<Self, Reason> {
        if first <= last { Ok(Self(first, last)) } else { Err(Reason::Port) }
    }

    /// The lowest.
    #[must_use]
    pub fn first(self) -> u16 {
        self.0
    }

    /// The highest.
    #[must_use]
    pub fn last(self) -> u16 {
        self.1
    }

    /// How many.
    #[must_use]
    pub fn count(self) -> u32 {
        u32::from(self.1) - u32::from(self.0) + 1
    }
}

impl std::str::FromStr for PortRange {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let port = |text: &str| integer::<u16>(text).map_err(|_reason| Reason::Port);
        match text.split_once('-') {
            Some((first, last)) => Self::new(port(first)?, port(last)?),
            None => port(text).and_then(|only| Self::new(only, only)),
        }
    }
}

impl std::fmt::Display for PortRange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 == self.1 {
            write!(formatter, "{}", self.0)
        } else {
            write!(formatter, "{}-{}", self.0, self.1)
        }
    }
}

impl TryFrom<String> for PortRange {
    type Error = Reason;
    fn try_from(text: String) -> Result<Self, Reason> {
        text.parse()
    }
}

impl From<PortRange> for String {
    fn from(range: PortRange) -> Self {
        range.to_string()
    }
}

/// A port of the container that the host passes on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PublishedPort {
    /// The host's address that listens; absent for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub host_ip: Option<IpAddr>,
    /// The host's ports; absent for a free one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<PortRange>,
    /// The container's ports: as many as the host's, or one.
    pub container: PortRange,
    /// TCP unless told.
    pub protocol: Protocol,
}

const PUBLISH: Reason = Reason::Form("[[ADDRESS:]HOST-PORT:]CONTAINER-PORT[/PROTOCOL]");

impl std::str::FromStr for PublishedPort {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        if text.contains('=') {
            return Self::from_pairs(text);
        }
        let (text, protocol) = match text.split_once('/') {
            Some((text, protocol)) => (text, Protocol::parse(protocol)?),
            None => (text, Protocol::Tcp),
        };
        let (rest, container) = text.rsplit_once(':').map_or((None, text), |(rest, port)| (Some(rest), port));
        let container = container.parse()?;
        let Some(rest) = rest else { return Ok(Self { host_ip: None, host: None, container, protocol }) };
        let (address, host) = rest.rsplit_once(':').map_or(("", rest), |(address, port)| (address, port));
        let host = if host.is_empty() { None } else { Some(host.parse()?) };
        let address = address.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(address);
        let host_ip = match address {
            "" => None,
            address => Some(address.parse().map_err(|_error| Reason::Address)?),
        };
        Ok(Self { host_ip, host, container, protocol })
    }
}

impl PublishedPort {
    /// `published=8080,target=80,protocol=tcp`.
    fn from_pairs(text: &str) -> Result<Self, Reason> {
        let (mut host, mut container, mut protocol) = (None, None, Protocol::Tcp);
        for pair in text.split(',') {
            match pair.split_once('=').ok_or(PUBLISH)? {
                ("published", value) => host = Some(value.parse()?),
                ("target", value) => container = Some(value.parse()?),
                ("protocol", value) => protocol = Protocol::parse(value)?,
                _ => return Err(Reason::UnknownKey),
            }
        }
        Ok(Self { host_ip: None, host, container: container.ok_or(PUBLISH)?, protocol })
    }
}

impl std::fmt::Display for PublishedPort {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host_ip {
            Some(IpAddr::V6(address)) => write!(formatter, "[{address}]:")?,
            Some(IpAddr::V4(address)) => write!(formatter, "{address}:")?,
            None => {}
        }
        match self.host {
            Some(host) => write!(formatter, "{host}:")?,
            None if self.host_ip.is_some() => formatter.write_str(":")?,
            None => {}
        }
        write!(formatter, "{}", self.container)?;
        if self.protocol == Protocol::Tcp { Ok(()) } else { write!(formatter, "/{}", self.protocol) }
    }
}

/// A port that the container is said to listen on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExposedPort {
    /// Which.
    pub ports: PortRange,
    /// TCP unless told.
    pub protocol: Protocol,
}

impl std::str::FromStr for ExposedPort {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let (ports, protocol) = match text.split_once('/') {
            Some((ports, protocol)) => (ports, Protocol::parse(protocol)?),
            None => (text, Protocol::Tcp),
        };
        Ok(Self { ports: ports.parse()?, protocol })
    }
}

impl std::fmt::Display for ExposedPort {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.ports)?;
        if self.protocol == Protocol::Tcp { Ok(()) } else { write!(formatter, "/{}", self.protocol) }
    }
}
