//! Networks, hosts, links: what an option of the network holds.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::{
    Reason,
    amounts::integer,
    csv,
    values::{HostName, KeyValue, Name, Part},
};

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
