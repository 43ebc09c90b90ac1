//! What can be wrong with a spec, in words.

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// No image is named.
    NoImage,
    /// An image's name has no blanks and no capitals before its tag.
    ImageGrammar,
    /// Two characters or more: letters, digits and `_.-`, the first a letter or digit.
    NameGrammar,
    /// A path in the container begins with `/`.
    NotAbsolute,
    /// A mount at `/` would hide the whole container.
    RootTarget,
    /// Something else is mounted there already.
    TargetTwice,
    /// The name is there already; the last would win.
    NameTwice,
    /// What removes itself cannot be started again.
    RemoveAndRestart,
    /// In the background nothing is attached.
    DetachAndAttach,
    /// The host's ports are as many as the container's, or the container has one.
    RangesDiffer,
    /// A container's port begins at 1.
    PortZero,
    /// More ports than anybody opens on purpose.
    TooManyPorts,
    /// The port of the host is there already.
    HostPortTwice,
    /// Ports have no effect without a network of its own.
    PortsWithoutNetwork,
    /// At least 6 MB.
    MemoryTooSmall,
    /// Memory and swap together are at least the memory.
    SwapBelowMemory,
    /// A limit of swap needs one of memory.
    SwapWithoutMemory,
    /// At most the memory.
    ReservationAboveMemory,
    /// 0 to 100, or -1.
    Swappiness,
    /// 10 to 1000, or 0.
    BlkioWeight,
    /// -1000 to 1000.
    OomScore,
    /// 1000 to 1,000,000 microseconds.
    CpuPeriod,
    /// 1000 microseconds or more, or -1.
    CpuQuota,
    /// Processors are given in one way only.
    CpusAndQuota,
    /// The soft limit is at most the hard one.
    UlimitOrder,
    /// Numbers and ranges: `0-3`, `0,1`.
    Cpuset,
    /// A check that is switched off has no settings.
    HealthDisabled,
    /// A millisecond or more.
    TooShort,
    /// Not below zero.
    Negative,
    /// The network is there already.
    NetworkTwice,
    /// `host`, `none` and `container:` stand alone.
    NetworkAlone,
    /// Only networks made by somebody have fixed addresses and aliases.
    DefaultNetwork,
    /// The host's own name cannot be changed from inside.
    HostnameOfHost,
    /// Without a log there is nothing to set.
    LogNone,
    /// A mount of the host's folders needs one.
    SourceMissing,
    /// It needs the mount to be read-only.
    NeedsReadOnly,
    /// It needs the propagation `rprivate`.
    NeedsRprivate,
    /// These exclude each other.
    Contradiction,
    /// Two characters or more.
    TooShortName,
    /// `os/architecture[/variant]`.
    Platform,
    /// A signal's name or number.
    Signal,
    /// It has control characters in it.
    Control,
    /// -1 or more.
    StopTimeout,
}

impl Problem {
    /// Whether an engine would refuse it. What is only without effect is said, and may be sent.
    #[must_use]
    pub fn blocks(self) -> bool {
        !matches!(self, Self::PortsWithoutNetwork | Self::NameTwice | Self::HostPortTwice)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::NoImage => "an image is needed",
            Self::ImageGrammar => "that is not an image's name",
            Self::NameGrammar => {
                "a name has two characters or more: letters, digits and _.-, the first a letter or digit"
            }
            Self::NotAbsolute => "a path in the container begins with /",
            Self::RootTarget => "nothing can be mounted at /",
            Self::TargetTwice => "something else is mounted there already",
            Self::NameTwice => "the name is given twice",
            Self::RemoveAndRestart => "what removes itself when it ends cannot be started again",
            Self::DetachAndAttach => "in the background nothing can be attached",
            Self::RangesDiffer => "the host's ports must be as many as the container's",
            Self::PortZero => "a container's port begins at 1",
            Self::TooManyPorts => "4096 ports at most can be opened",
            Self::HostPortTwice => "the port of the host is given twice",
            Self::PortsWithoutNetwork => "ports have no effect without a network of its own",
            Self::MemoryTooSmall => "an engine takes 6 MB of memory or more",
            Self::SwapBelowMemory => "memory and swap together are at least the memory",
            Self::SwapWithoutMemory => "a limit of swap needs a limit of memory",
            Self::ReservationAboveMemory => "what it should keep to is at most the memory",
            Self::Swappiness => "0 to 100 is taken, or -1",
            Self::BlkioWeight => "10 to 1000 is taken, or 0",
            Self::OomScore => "-1000 to 1000 is taken",
            Self::CpuPeriod => "1000 to 1000000 microseconds is taken",
            Self::CpuQuota => "1000 microseconds or more is taken, or -1",
            Self::CpusAndQuota => "processors are given in one way only",
            Self::UlimitOrder => "the soft limit is at most the hard one",
            Self::Cpuset => "numbers and ranges are taken, such as 0-3 or 0,1",
            Self::HealthDisabled => "a check that is switched off has no settings",
            Self::TooShort => "a millisecond or more is taken",
            Self::Negative => "it cannot be below zero",
            Self::NetworkTwice => "the network is given twice",
            Self::NetworkAlone => "this network cannot be combined with another",
            Self::DefaultNetwork => "only a network that somebody made has fixed addresses and aliases",
            Self::HostnameOfHost => "a container with the host's own name cannot have another",
            Self::LogNone => "without a log there is nothing to set",
            Self::SourceMissing => "the folder of the host is missing, or does not begin with /",
            Self::NeedsReadOnly => "this needs the mount to be read-only",
            Self::NeedsRprivate => "this needs the propagation rprivate",
            Self::Contradiction => "these exclude each other",
            Self::TooShortName => "a volume's name has two characters or more",
            Self::Platform => "a platform is OS/ARCHITECTURE, such as linux/arm64",
            Self::Signal => "a signal is a name such as SIGINT, or a number",
            Self::Control => "it has control characters in it",
            Self::StopTimeout => "seconds, or -1 for ever",
        })
    }
}
