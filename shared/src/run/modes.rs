//! The closed sets of words among the options, and modes with a parameter.

use serde::{Deserialize, Serialize};

use super::{
    Reason,
    amounts::integer,
    values::{Name, words},
};

words! {
    /// Whether the image is fetched first.
    PullPolicy {
        /// Each time.
        Always = "always",
        /// If it is not here.
        Missing = "missing",
        /// Never: it must be here.
        Never = "never",
    }
    /// One of a program's three streams.
    AttachStream {
        /// What is typed.
        Stdin = "stdin",
        /// What it prints.
        Stdout = "stdout",
        /// What it complains.
        Stderr = "stderr",
    }
    /// What carries a port.
    Protocol {
        /// TCP.
        Tcp = "tcp",
        /// UDP.
        Udp = "udp",
        /// SCTP.
        Sctp = "sctp",
    }
    /// The host's or none but one's own.
    CgroupnsMode {
        /// The host's.
        Host = "host",
        /// One's own.
        Private = "private",
    }
    /// A namespace that can only be the host's instead of one's own.
    HostMode {
        /// The host's.
        Host = "host",
    }
    /// What keeps containers apart, on Windows.
    Isolation {
        /// The engine's own choice.
        Default = "default",
        /// Processes.
        Process = "process",
        /// A virtual machine.
        Hyperv = "hyperv",
    }
    /// What a process may use at most, as the kernel names it.
    UlimitName {
        /// Size of a core file.
        Core = "core",
        /// Seconds of processor.
        Cpu = "cpu",
        /// Bytes of data.
        Data = "data",
        /// Size of a file.
        Fsize = "fsize",
        /// Locks of files.
        Locks = "locks",
        /// Bytes locked in memory.
        Memlock = "memlock",
        /// Bytes of message queues.
        Msgqueue = "msgqueue",
        /// Niceness.
        Nice = "nice",
        /// Open files.
        Nofile = "nofile",
        /// Processes of the user.
        Nproc = "nproc",
        /// Bytes in memory.
        Rss = "rss",
        /// Real-time priority.
        Rtprio = "rtprio",
        /// Real-time processor.
        Rttime = "rttime",
        /// Waiting signals.
        Sigpending = "sigpending",
        /// Bytes of stack.
        Stack = "stack",
    }
}

impl Protocol {
    /// Reads it in any case.
    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        text.to_ascii_lowercase().parse()
    }
}

/// When the engine starts it again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Restart {
    /// Never.
    #[default]
    No,
    /// Whenever it ends, and when the engine starts.
    Always,
    /// The same, unless it was stopped by somebody.
    UnlessStopped,
    /// When it ends with a code other than 0.
    OnFailure {
        /// This many times; absent for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_retries: Option<u32>,
    },
}

impl std::str::FromStr for Restart {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        const WORDS: &[&str] = &["no", "on-failure", "on-failure:TIMES", "always", "unless-stopped"];
        match text {
            "" | "no" => Ok(Self::No),
            "always" => Ok(Self::Always),
            "unless-stopped" => Ok(Self::UnlessStopped),
            "on-failure" => Ok(Self::OnFailure { max_retries: None }),
            _ => {
                let times = text.strip_prefix("on-failure:").ok_or(Reason::OneOf(WORDS))?;
                Ok(Self::OnFailure { max_retries: Some(integer(times)?) })
            }
        }
    }
}

impl std::fmt::Display for Restart {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::No => formatter.write_str("no"),
            Self::Always => formatter.write_str("always"),
            Self::UnlessStopped => formatter.write_str("unless-stopped"),
            Self::OnFailure { max_retries: None } => formatter.write_str("on-failure"),
            Self::OnFailure { max_retries: Some(times) } => write!(formatter, "on-failure:{times}"),
        }
    }
}

/// Whose processes it sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PidMode {
    /// The host's.
    Host,
    /// Another container's.
    Container(Name),
}

impl std::str::FromStr for PidMode {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        match text {
            "host" => Ok(Self::Host),
            _ => match text.strip_prefix("container:") {
                Some(name) => Ok(Self::Container(name.parse()?)),
                None => Err(Reason::OneOf(&["host", "container:NAME"])),
            },
        }
    }
}

impl std::fmt::Display for PidMode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Host => formatter.write_str("host"),
            Self::Container(name) => write!(formatter, "container:{name}"),
        }
    }
}

/// Whose shared memory and queues it sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IpcMode {
    /// None, and no `/dev/shm`.
    None,
    /// Its own.
    Private,
    /// Its own, which others may join.
    Shareable,
    /// The host's.
    Host,
    /// Another container's.
    Container(Name),
}

impl std::str::FromStr for IpcMode {
    type Err = Reason;
    fn from_str(text: &str) -> Result<Self, Reason> {
        match text {
            "none" => Ok(Self::None),
            "private" => Ok(Self::Private),
            "shareable" => Ok(Self::Shareable),
            "host" => Ok(Self::Host),
            _ => match text.strip_prefix("container:") {
                Some(name) => Ok(Self::Container(name.parse()?)),
                None => Err(Reason::OneOf(&["none", "private", "shareable", "host", "container:NAME"])),
            },
        }
    }
}

impl std::fmt::Display for IpcMode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => formatter.write_str("none"),
            Self::Private => formatter.write_str("private"),
            Self::Shareable => formatter.write_str("shareable"),
            Self::Host => formatter.write_str("host"),
            Self::Container(name) => write!(formatter, "container:{name}"),
        }
    }
}

/// A change to the engine's protection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SecurityOption {
    /// Whether programs are kept from gaining rights, by `setuid` for example.
    NoNewPrivileges(bool),
    /// The filter of system calls. Profiles from a file are not taken: the file is on another machine.
    Seccomp(SeccompProfile),
    /// The AppArmor profile by its name on the host; `unconfined` for none.
    Apparmor(String),
    /// An SELinux label: `disable`, `type:NAME`, `user:NAME`, `role:NAME`, `level:LEVEL`.
    Label(String),
    /// Whether the kernel's masked and read-only paths are opened.
    UnmaskedPaths,
    /// Whether the container's control groups may be written from inside.
    WritableCgroups(bool),
}

words! {
    /// A filter of system calls.
    SeccompProfile {
        /// The one inside the engine.
        Builtin = "builtin",
        /// None.
        Unconfined = "unconfined",
    }
}

impl std::fmt::Display for SecurityOption {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoNewPrivileges(true) => formatter.write_str("no-new-privileges"),
            Self::NoNewPrivileges(false) => formatter.write_str("no-new-privileges=false"),
            Self::Seccomp(profile) => write!(formatter, "seccomp={profile}"),
            Self::Apparmor(profile) => write!(formatter, "apparmor={profile}"),
            Self::Label(label) => write!(formatter, "label={label}"),
            Self::UnmaskedPaths => formatter.write_str("systempaths=unconfined"),
            Self::WritableCgroups(on) => write!(formatter, "writable-cgroups={on}"),
        }
    }
}
