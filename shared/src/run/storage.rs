//! Volumes, folders of the host, memory: what can be mounted, in Docker's short and long form.
//!
//! The two forms are kept apart, since the engine treats them differently: a folder of the host that is
//! missing is made for `-v`, and is an error for `--mount`
//! (<https://docs.docker.com/engine/storage/bind-mounts/#differences-between---mount-and---volume>).

use serde::{Deserialize, Serialize};

use super::{
    Reason, Size,
    values::{HostPath, Item, KeyValue, Part, VolumeName, words},
};

words! {
    /// How a volume is mounted by `-v`.
    VolumeOption {
        /// It may be written.
        ReadWrite = "rw",
        /// It may only be read.
        ReadOnly = "ro",
        /// Relabelled for SELinux, shared among containers.
        Shared = "z",
        /// Relabelled for SELinux, for this container alone.
        Unshared = "Z",
        /// The image's files are not copied in.
        NoCopy = "nocopy",
        /// Mounts below appear on both sides.
        PropagationShared = "shared",
        /// Mounts below appear inside.
        PropagationSlave = "slave",
        /// Mounts below do not appear.
        PropagationPrivate = "private",
        /// As shared, for all below.
        PropagationRshared = "rshared",
        /// As slave, for all below.
        PropagationRslave = "rslave",
        /// As private, for all below.
        PropagationRprivate = "rprivate",
        /// Both sides always agree.
        Consistent = "consistent",
        /// The host may be ahead.
        Cached = "cached",
        /// The container may be ahead.
        Delegated = "delegated",
    }
    /// Whether mounts below a mounted folder appear on the other side.
    Propagation {
        /// No.
        Private = "private",
        /// No, for all below.
        Rprivate = "rprivate",
        /// Both ways.
        Shared = "shared",
        /// Both ways, for all below.
        Rshared = "rshared",
        /// Inside only.
        Slave = "slave",
        /// Inside only, for all below.
        Rslave = "rslave",
    }
    /// What becomes of mounts below a mounted folder.
    BindRecursive {
        /// They are there.
        Enabled = "enabled",
        /// They are not.
        Disabled = "disabled",
        /// They are there, and writable where the folder is read-only.
        Writable = "writable",
        /// They are there, and read-only too, or it fails.
        Readonly = "readonly",
    }
    /// How closely both sides agree, on Docker Desktop.
    Consistency {
        /// The engine's own choice.
        Default = "default",
        /// Always.
        Consistent = "consistent",
        /// The host may be ahead.
        Cached = "cached",
        /// The container may be ahead.
        Delegated = "delegated",
    }
}

/// What `-v` mounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Volume {
    /// A new volume without a name.
    Anonymous {
        /// Where in the container.
        target: Part,
    },
    /// A volume, made if it is missing.
    Named {
        /// Its name.
        volume: VolumeName,
        /// Where in the container.
        target: Part,
        /// How.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        options: Vec<VolumeOption>,
    },
    /// A folder or file of the host.
    Host {
        /// On the host.
        path: HostPath,
        /// Where in the container.
        target: Part,
        /// How.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        options: Vec<VolumeOption>,
    },
}

impl Volume {
    /// Whether it is a new volume without a name.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        matches!(self, Self::Anonymous { .. })
    }

    /// Where in the container.
    #[must_use]
    pub fn target(&self) -> &str {
        match self {
            Self::Anonymous { target } | Self::Named { target, .. } | Self::Host { target, .. } => {
                target.as_str()
            }
        }
    }
}

fn options(text: &str) -> Result<Vec<VolumeOption>, Reason> {
    text.split(',').map(str::parse).collect()
}

fn join(options: &[VolumeOption]) -> String {
    options.iter().map(|option| option.as_str()).collect::<Vec<_>>().join(",")
}

impl std::str::FromStr for Volume {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let parts: Vec<&str> = text.split(':').collect();
        let (source, target, options) = match parts.as_slice() {
            [target] => return Ok(Self::Anonymous { target: target.parse()? }),
            [source, target] => (source, target.parse()?, Vec::new()),
            [source, target, rest] => (source, target.parse()?, options(rest)?),
            _ => return Err(Reason::Form("[SOURCE:]TARGET[:OPTIONS]")),
        };
        if source.starts_with('/') {
            Ok(Self::Host { path: source.parse()?, target, options })
        } else {
            Ok(Self::Named { volume: source.parse()?, target, options })
        }
    }
}

impl std::fmt::Display for Volume {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (source, target, options) = match self {
            Self::Anonymous { target } => return target.fmt(formatter),
            Self::Named { volume, target, options } => (volume.as_str(), target, options),
            Self::Host { path, target, options } => (path.as_str(), target, options),
        };
        write!(formatter, "{source}:{target}")?;
        if options.is_empty() { Ok(()) } else { write!(formatter, ":{}", join(options)) }
    }
}

/// The volumes of another container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct VolumesFrom {
    /// The other one.
    pub container: Part,
    /// How.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<VolumeOption>,
}

impl std::str::FromStr for VolumesFrom {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        match text.split_once(':') {
            Some((container, rest)) => Ok(Self { container: container.parse()?, options: options(rest)? }),
            None => Ok(Self { container: text.parse()?, options: Vec::new() }),
        }
    }
}

impl std::fmt::Display for VolumesFrom {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.container.fmt(formatter)?;
        if self.options.is_empty() { Ok(()) } else { write!(formatter, ":{}", join(&self.options)) }
    }
}

/// A folder in memory: `--tmpfs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Tmpfs {
    /// Where in the container.
    pub target: Part,
    /// As `mount` takes them: `size=64m`, `noexec`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Item>,
}

impl std::str::FromStr for Tmpfs {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        let (target, options) = text.split_once(':').unwrap_or((text, ""));
        let options = match options {
            "" => Vec::new(),
            options => options.split(',').map(str::parse).collect::<Result<_, _>>()?,
        };
        Ok(Self { target: target.parse()?, options })
    }
}

impl std::fmt::Display for Tmpfs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.target.fmt(formatter)?;
        if self.options.is_empty() {
            return Ok(());
        }
        let options: Vec<&str> = self.options.iter().map(Item::as_str).collect();
        write!(formatter, ":{}", options.join(","))
    }
}

/// What `--mount` mounts, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum MountKind {
    /// A volume.
    Volume {
        /// Its name; absent for a new one without a name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// A folder inside the volume.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subpath: Option<String>,
        /// The image's files are not copied in.
        #[serde(default, skip_serializing_if = "super::spec::is_default")]
        no_copy: bool,
        /// Labels of a new volume.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        labels: Vec<KeyValue>,
        /// Who stores a new volume.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        driver: Option<String>,
        /// What that driver is told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        driver_options: Vec<KeyValue>,
    },
    /// A folder or file of the host.
    Bind {
        /// On the host.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// Whether mounts below appear.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        propagation: Option<Propagation>,
        /// What becomes of mounts below.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recursive: Option<BindRecursive>,
    },
    /// A folder in memory.
    Tmpfs {
        /// At most this large; absent for half of the host's memory.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<Size>,
        /// Its permissions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<u32>,
    },
    /// The files of an image.
    Image {
        /// The image.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
        /// A folder inside it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subpath: Option<String>,
    },
    /// A named pipe, on Windows.
    Npipe {
        /// On the host.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// A cluster volume of Swarm.
    Cluster {
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
}

/// One `--mount`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MountSpec {
    /// Where in the container.
    pub target: String,
    /// What.
    pub kind: MountKind,
    /// It may only be read.
    #[serde(default, skip_serializing_if = "super::spec::is_default")]
    pub read_only: bool,
    /// How closely both sides agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistency: Option<Consistency>,
}
