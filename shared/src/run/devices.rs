//! Devices, graphics cards, and the limits that name a device or a resource of the kernel.

use serde::{Deserialize, Serialize};

use super::{
    Reason, Size,
    amounts::integer,
    csv,
    modes::UlimitName,
    values::{CdiDevice, DevicePath, DevicePermissions, HostPath, Item, KeyValue, is_cdi, is_permissions},
};

/// A device of the host that the container gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Device {
    /// By its path.
    Path {
        /// On the host.
        host: DevicePath,
        /// In the container; absent for the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        container: Option<HostPath>,
        /// What may be done with it; absent for everything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        permissions: Option<DevicePermissions>,
    },
    /// By its name in the Container Device Interface.
    Cdi {
        /// `vendor.com/class=name`.
        name: CdiDevice,
    },
}

impl std::str::FromStr for Device {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        if is_cdi(text) {
            return Ok(Self::Cdi { name: text.parse()? });
        }
        let parts: Vec<&str> = text.split(':').collect();
        let (host, container, permissions) = match parts.as_slice() {
            [host] => (host, None, None),
            [host, permissions] if is_permissions(permissions) => (host, None, Some(permissions.parse()?)),
            [host, container] => (host, Some(container.parse()?), None),
            [host, container, permissions] => (host, Some(container.parse()?), Some(permissions.parse()?)),
            _ => return Err(Reason::Form("HOST[:CONTAINER][:rwm]")),
        };
        Ok(Self::Path { host: host.parse()?, container, permissions })
    }
}

impl std::fmt::Display for Device {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cdi { name } => name.fmt(formatter),
            Self::Path { host, container, permissions } => {
                host.fmt(formatter)?;
                if let Some(container) = container {
                    write!(formatter, ":{container}")?;
                }
                match permissions {
                    Some(permissions) => write!(formatter, ":{permissions}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Which graphics cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GpuChoice {
    /// All.
    All,
    /// So many.
    Count(u32),
    /// These.
    Devices(Vec<Item>),
}

/// A request for graphics cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GpuRequest {
    /// Which.
    pub choice: GpuChoice,
    /// Whose driver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// What they must be able to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<Item>,
    /// What the driver is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<KeyValue>,
}

fn items(text: &str) -> Result<Vec<Item>, Reason> {
    if text.is_empty() { Ok(Vec::new()) } else { text.split(',').map(str::parse).collect() }
}

fn count(text: &str) -> Result<GpuChoice, Reason> {
    if matches!(text, "all" | "-1") { Ok(GpuChoice::All) } else { Ok(GpuChoice::Count(integer(text)?)) }
}

impl std::str::FromStr for GpuRequest {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        const FORM: Reason = Reason::Form("all, NUMBER, or device=ID,capabilities=...");
        if text.is_empty() {
            return Err(Reason::Empty);
        }
        let mut choices = Vec::new();
        let (mut driver, mut capabilities, mut options) = (None, Vec::new(), Vec::new());
        for field in csv::split(text).ok_or(FORM)? {
            match field.split_once('=') {
                None => choices.push(count(&field)?),
                Some(("count", value)) => choices.push(count(value)?),
                Some(("device", value)) => choices.push(GpuChoice::Devices(items(value)?)),
                Some(("driver", value)) => driver = Some(value.to_owned()),
                Some(("capabilities", value)) => capabilities = items(value)?,
                Some(("options", value)) => {
                    let pairs = csv::split(value).ok_or(FORM)?;
                    options = pairs.iter().map(|pair| pair.parse()).collect::<Result<_, _>>()?;
                }
                Some(_) => return Err(Reason::UnknownKey),
            }
        }
        let choice = choices.pop().unwrap_or(GpuChoice::Count(1));
        if !choices.is_empty() {
            return Err(Reason::Contradiction);
        }
        Ok(Self { choice, driver, capabilities, options })
    }
}

fn join_items(items: &[Item]) -> String {
    items.iter().map(Item::as_str).collect::<Vec<_>>().join(",")
}

impl std::fmt::Display for GpuRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let alone = self.driver.is_none() && self.capabilities.is_empty() && self.options.is_empty();
        let mut fields = Vec::new();
        match &self.choice {
            GpuChoice::All if alone => fields.push("all".to_owned()),
            GpuChoice::Count(count) if alone => fields.push(count.to_string()),
            GpuChoice::All => fields.push("count=all".to_owned()),
            GpuChoice::Count(count) => fields.push(format!("count={count}")),
            GpuChoice::Devices(devices) => fields.push(format!("device={}", join_items(devices))),
        }
        fields.extend(self.driver.iter().map(|driver| format!("driver={driver}")));
        if !self.capabilities.is_empty() {
            fields.push(format!("capabilities={}", join_items(&self.capabilities)));
        }
        if !self.options.is_empty() {
            let pairs: Vec<String> = self.options.iter().map(ToString::to_string).collect();
            fields.push(format!("options={}", csv::join(&pairs)));
        }
        formatter.write_str(&csv::join(&fields))
    }
}

/// What a process may use at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Ulimit {
    /// Of what.
    pub name: UlimitName,
    /// The limit; -1 for none.
    pub soft: i64,
    /// How far a process may raise it; absent for not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard: Option<i64>,
}

impl std::str::FromStr for Ulimit {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let (name, limits) = text.split_once('=').ok_or(Reason::Form("NAME=SOFT[:HARD]"))?;
        let (soft, hard) = match limits.split_once(':') {
            Some((soft, hard)) => (soft, Some(integer(hard)?)),
            None => (limits, None),
        };
        Ok(Self { name: name.parse()?, soft: integer(soft)?, hard })
    }
}

impl std::fmt::Display for Ulimit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}={}", self.name, self.soft)?;
        match self.hard {
            Some(hard) => write!(formatter, ":{hard}"),
            None => Ok(()),
        }
    }
}

fn device_and<T: std::str::FromStr<Err = Reason>>(text: &str) -> Result<(DevicePath, T), Reason> {
    let (path, value) = text.split_once(':').ok_or(Reason::Form("DEVICE:VALUE"))?;
    Ok((path.parse()?, value.parse()?))
}

/// A whole number in the command line's spelling.
struct Whole(u64);

impl std::str::FromStr for Whole {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        integer(text).map(Self)
    }
}

/// A device's share of what all may read and write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceWeight {
    /// Its path on the host.
    pub device: DevicePath,
    /// 10 to 1000.
    pub weight: u16,
}

impl std::str::FromStr for DeviceWeight {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let (device, Whole(weight)) = device_and(text)?;
        Ok(Self { device, weight: weight.try_into().map_err(|_error| Reason::Number)? })
    }
}

impl std::fmt::Display for DeviceWeight {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.device, self.weight)
    }
}

/// Bytes a second that a device may give or take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceRate {
    /// Its path on the host.
    pub device: DevicePath,
    /// Bytes a second.
    pub rate: Size,
}

impl std::str::FromStr for DeviceRate {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let (device, rate) = device_and(text)?;
        Ok(Self { device, rate })
    }
}

impl std::fmt::Display for DeviceRate {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.device, self.rate)
    }
}

/// Operations a second that a device may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeviceOperations {
    /// Its path on the host.
    pub device: DevicePath,
    /// Operations a second.
    pub rate: u64,
}

impl std::str::FromStr for DeviceOperations {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let (device, Whole(rate)) = device_and(text)?;
        Ok(Self { device, rate })
    }
}

impl std::fmt::Display for DeviceOperations {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.device, self.rate)
    }
}
