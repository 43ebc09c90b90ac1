//! Ports, networks, hosts: what an option of the network holds.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::{
    Reason,
    amounts::integer,
    csv,
    modes::Protocol,
    values::{HostName, KeyValue, Name, Part},
};

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

/// A hardware address of six bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct MacAddress([u8; 6]);

impl std::str::FromStr for MacAddress {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let separator = if text.contains('-') { '-' } else { ':' };
        let bytes: Option<Vec<u8>> = text
            .split(separator)
            .map(|part| if part.len() == 2 { u8::from_str_radix(part, 16).ok() } else { None })
            .collect();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(Reason::Mac)
    }
}

impl std::fmt::Display for MacAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c, d, e, f] = self.0;
        write!(formatter, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
    }
}

impl From<[u8; 6]> for MacAddress {
    fn from(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<String> for MacAddress {
    type Error = Reason;
    fn try_from(text: String) -> Result<Self, Reason> {
        text.parse()
    }
}

impl From<MacAddress> for String {
    fn from(mac: MacAddress) -> Self {
        mac.to_string()
    }
}

/// A network it is in, and how. The first one's name may also be `host`, `none` or `container:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct JoinedNetwork {
    /// The network's name.
    pub name: Name,
    /// Other names it answers to there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Name>,
    /// A fixed IPv4 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub ipv4: Option<Ipv4Addr>,
    /// A fixed IPv6 address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub ipv6: Option<Ipv6Addr>,
    /// Link-local addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub link_local: Vec<IpAddr>,
    /// The hardware address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<MacAddress>,
    /// What the network's driver is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub driver_options: Vec<KeyValue>,
    /// The network with the highest one has the way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway_priority: Option<i64>,
}

impl JoinedNetwork {
    /// In that network, with nothing chosen.
    #[must_use]
    pub fn plain(name: Name) -> Self {
        Self {
            name,
            aliases: Vec::new(),
            ipv4: None,
            ipv6: None,
            link_local: Vec::new(),
            mac: None,
            driver_options: Vec::new(),
            gateway_priority: None,
        }
    }

    /// Whether anything is chosen besides the network.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::plain(self.name.clone())
    }
}

impl std::str::FromStr for JoinedNetwork {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        if !text.contains('=') {
            return Ok(Self::plain(text.parse()?));
        }
        let mut name = None;
        let mut network = Self::plain("x".parse()?);
        for field in csv::split(text).ok_or(Reason::Form("name=NETWORK,alias=NAME,ip=ADDRESS,..."))? {
            let (key, value) = field.split_once('=').ok_or(Reason::UnknownKey)?;
            let trimmed = value.trim();
            let address = Reason::Address;
            match key.trim() {
                "name" => name = Some(trimmed.parse()?),
                "alias" => network.aliases.push(trimmed.parse()?),
                "ip" => network.ipv4 = Some(trimmed.parse().map_err(|_error| address)?),
                "ip6" => network.ipv6 = Some(trimmed.parse().map_err(|_error| address)?),
                "link-local-ip" => network.link_local.push(trimmed.parse().map_err(|_error| address)?),
                "mac-address" => network.mac = Some(trimmed.parse()?),
                "driver-opt" => network.driver_options.push(value.parse()?),
                "gw-priority" => network.gateway_priority = Some(integer(trimmed)?),
                _ => return Err(Reason::UnknownKey),
            }
        }
        network.name = name.ok_or(Reason::Form("name=NETWORK,..."))?;
        Ok(network)
    }
}

impl std::fmt::Display for JoinedNetwork {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_plain() && !self.name.as_str().contains('=') {
            return self.name.fmt(formatter);
        }
        let mut fields = vec![format!("name={}", self.name)];
        fields.extend(self.aliases.iter().map(|alias| format!("alias={alias}")));
        fields.extend(self.ipv4.map(|address| format!("ip={address}")));
        fields.extend(self.ipv6.map(|address| format!("ip6={address}")));
        fields.extend(self.link_local.iter().map(|address| format!("link-local-ip={address}")));
        fields.extend(self.mac.map(|mac| format!("mac-address={mac}")));
        fields.extend(self.driver_options.iter().map(|option| format!("driver-opt={option}")));
        fields.extend(self.gateway_priority.map(|priority| format!("gw-priority={priority}")));
        formatter.write_str(&csv::join(&fields))
    }
}

/// What a name of the container's list of hosts stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HostAddress {
    /// The host itself, as the engine knows it.
    HostGateway,
    /// This address.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    Ip(IpAddr),
}

/// A line in the container's list of hosts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExtraHost {
    /// The name.
    pub name: HostName,
    /// What it stands for.
    pub address: HostAddress,
}

impl std::str::FromStr for ExtraHost {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let (name, address) =
            text.split_once('=').or_else(|| text.split_once(':')).ok_or(Reason::Form("NAME:ADDRESS"))?;
        let bare = address.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(address);
        let address = match bare {
            "host-gateway" => HostAddress::HostGateway,
            address => HostAddress::Ip(address.parse().map_err(|_error| Reason::Address)?),
        };
        Ok(Self { name: name.parse()?, address })
    }
}

impl std::fmt::Display for ExtraHost {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.address {
            HostAddress::HostGateway => write!(formatter, "{}:host-gateway", self.name),
            HostAddress::Ip(address) => write!(formatter, "{}:{address}", self.name),
        }
    }
}

/// Another container by a name of one's own, as networks do it without.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The other one.
    pub container: Part,
    /// What it is called inside; absent for its own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Part>,
}

impl std::str::FromStr for Link {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        match text.split_once(':') {
            Some((container, alias)) => {
                Ok(Self { container: container.parse()?, alias: Some(alias.parse()?) })
            }
            None => Ok(Self { container: text.parse()?, alias: None }),
        }
    }
}

impl std::fmt::Display for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.alias {
            Some(alias) => write!(formatter, "{}:{alias}", self.container),
            None => self.container.fmt(formatter),
        }
    }
}
