//! What is wrong, what was not taken over, what reaches the host: the words for each.

use shared::run::{HostReason, NoteKind, Problem, Reason, words::Unknown};

use crate::i18n::{I18n, t_string};

/// What is wrong with a field; tracked.
pub(super) fn problem_words(i18n: I18n, problem: Problem) -> String {
    match problem {
        Problem::NoImage => t_string!(i18n, run.problem.no_image),
        Problem::ImageGrammar => t_string!(i18n, run.problem.image_grammar),
        Problem::NameGrammar => t_string!(i18n, run.problem.name_grammar),
        Problem::NotAbsolute => t_string!(i18n, run.problem.not_absolute),
        Problem::RootTarget => t_string!(i18n, run.problem.root_target),
        Problem::TargetTwice => t_string!(i18n, run.problem.target_twice),
        Problem::NameTwice => t_string!(i18n, run.problem.name_twice),
        Problem::RemoveAndRestart => t_string!(i18n, run.problem.remove_and_restart),
        Problem::DetachAndAttach => t_string!(i18n, run.problem.detach_and_attach),
        Problem::RangesDiffer => t_string!(i18n, run.problem.ranges_differ),
        Problem::PortZero => t_string!(i18n, run.problem.port_zero),
        Problem::TooManyPorts => t_string!(i18n, run.problem.too_many_ports),
        Problem::HostPortTwice => t_string!(i18n, run.problem.host_port_twice),
        Problem::PortsWithoutNetwork => t_string!(i18n, run.problem.ports_without_network),
        Problem::MemoryTooSmall => t_string!(i18n, run.problem.memory_too_small),
        Problem::SwapBelowMemory => t_string!(i18n, run.problem.swap_below_memory),
        Problem::SwapWithoutMemory => t_string!(i18n, run.problem.swap_without_memory),
        Problem::ReservationAboveMemory => t_string!(i18n, run.problem.reservation_above_memory),
        Problem::Swappiness => t_string!(i18n, run.problem.swappiness),
        Problem::BlkioWeight => t_string!(i18n, run.problem.blkio_weight),
        Problem::OomScore => t_string!(i18n, run.problem.oom_score),
        Problem::CpuPeriod => t_string!(i18n, run.problem.cpu_period),
        Problem::CpuQuota => t_string!(i18n, run.problem.cpu_quota),
        Problem::CpusAndQuota => t_string!(i18n, run.problem.cpus_and_quota),
        Problem::UlimitOrder => t_string!(i18n, run.problem.ulimit_order),
        Problem::Cpuset => t_string!(i18n, run.problem.cpuset),
        Problem::HealthDisabled => t_string!(i18n, run.problem.health_disabled),
        Problem::TooShort => t_string!(i18n, run.problem.too_short),
        Problem::Negative => t_string!(i18n, run.problem.negative),
        Problem::NetworkTwice => t_string!(i18n, run.problem.network_twice),
        Problem::NetworkAlone => t_string!(i18n, run.problem.network_alone),
        Problem::DefaultNetwork => t_string!(i18n, run.problem.default_network),
        Problem::HostnameOfHost => t_string!(i18n, run.problem.hostname_of_host),
        Problem::LogNone => t_string!(i18n, run.problem.log_none),
        Problem::SourceMissing => t_string!(i18n, run.problem.source_missing),
        Problem::NeedsReadOnly => t_string!(i18n, run.problem.needs_read_only),
        Problem::NeedsRprivate => t_string!(i18n, run.problem.needs_rprivate),
        Problem::Contradiction => t_string!(i18n, run.problem.contradiction),
        Problem::TooShortName => t_string!(i18n, run.problem.too_short_name),
        Problem::Platform => t_string!(i18n, run.problem.platform),
        Problem::Signal => t_string!(i18n, run.problem.signal),
        Problem::Control => t_string!(i18n, run.problem.control),
        Problem::StopTimeout => t_string!(i18n, run.problem.stop_timeout),
    }
}

/// Why a text is no value; tracked.
pub(super) fn reason_words(i18n: I18n, reason: Reason) -> String {
    match reason {
        Reason::Number => t_string!(i18n, run.reason.number),
        Reason::Size => t_string!(i18n, run.reason.size),
        Reason::Duration => t_string!(i18n, run.reason.duration),
        Reason::Decimal => t_string!(i18n, run.reason.decimal),
        Reason::Switch => t_string!(i18n, run.reason.switch),
        Reason::Address => t_string!(i18n, run.reason.address),
        Reason::Port => t_string!(i18n, run.reason.port),
        Reason::Mac => t_string!(i18n, run.reason.mac),
        Reason::OneOf(words) => t_string!(i18n, run.reason.one_of, words = words.join(", ")),
        Reason::Form(form) => t_string!(i18n, run.reason.form, form = form),
        Reason::AbsolutePath => t_string!(i18n, run.reason.absolute_path),
        Reason::Empty => t_string!(i18n, run.reason.empty),
        Reason::UnknownKey => t_string!(i18n, run.reason.unknown_key),
        Reason::Contradiction => t_string!(i18n, run.reason.contradiction),
    }
}

/// Why words of a command are not in the form, or not as they were meant; tracked.
pub(super) fn note_words(i18n: I18n, kind: NoteKind) -> String {
    match kind {
        NoteKind::UnknownFlag => t_string!(i18n, run.note.unknown_flag),
        NoteKind::MissingValue => t_string!(i18n, run.note.missing_value),
        NoteKind::NotKnownHere(Unknown::Variable) => t_string!(i18n, run.note.variable),
        NoteKind::NotKnownHere(Unknown::Substitution) => t_string!(i18n, run.note.substitution),
        NoteKind::NotKnownHere(Unknown::Home) => t_string!(i18n, run.note.home),
        NoteKind::NotKnownHere(Unknown::Pattern) => t_string!(i18n, run.note.pattern),
        NoteKind::ShellValue => t_string!(i18n, run.note.shell_value),
        NoteKind::YourFile => t_string!(i18n, run.note.your_file),
        NoteKind::NoEffect => t_string!(i18n, run.note.no_effect),
        NoteKind::LeftOut => t_string!(i18n, run.note.left_out),
        NoteKind::Overridden => t_string!(i18n, run.note.overridden),
        NoteKind::GlobalOption => t_string!(i18n, run.note.global_option),
        NoteKind::Prefix => t_string!(i18n, run.note.prefix),
        NoteKind::OtherCommand => t_string!(i18n, run.note.other_command),
        NoteKind::Redirection => t_string!(i18n, run.note.redirection),
        NoteKind::UnclosedQuote => t_string!(i18n, run.note.unclosed_quote),
        NoteKind::NotDockerRun => t_string!(i18n, run.note.not_docker_run),
        NoteKind::MissingImage => t_string!(i18n, run.note.missing_image),
        NoteKind::BadValue(reason) => reason_words(i18n, reason),
    }
}

/// How a field reaches the host; tracked.
pub(super) fn host_words(i18n: I18n, reason: &HostReason) -> String {
    match reason {
        HostReason::Privileged => t_string!(i18n, run.reach.privileged),
        HostReason::Capability(what) => t_string!(i18n, run.reach.capability, what = what.clone()),
        HostReason::HostPath(what) => t_string!(i18n, run.reach.host_path, what = what.clone()),
        HostReason::EngineSocket(what) => t_string!(i18n, run.reach.engine_socket, what = what.clone()),
        HostReason::Propagation => t_string!(i18n, run.reach.propagation),
        HostReason::VolumeDriver => t_string!(i18n, run.reach.volume_driver),
        HostReason::ForeignMount => t_string!(i18n, run.reach.foreign_mount),
        HostReason::ImageFiles => t_string!(i18n, run.reach.image_files),
        HostReason::VolumesOfOther(what) => t_string!(i18n, run.reach.volumes_of_other, what = what.clone()),
        HostReason::Memory => t_string!(i18n, run.reach.memory),
        HostReason::HostNamespace => t_string!(i18n, run.reach.host_namespace),
        HostReason::OtherNamespace(what) => t_string!(i18n, run.reach.other_namespace, what = what.clone()),
        HostReason::UnknownNetwork(what) => t_string!(i18n, run.reach.unknown_network, what = what.clone()),
        HostReason::NetworkDriver => t_string!(i18n, run.reach.network_driver),
        HostReason::LowPort(port) => t_string!(i18n, run.reach.low_port, what = port.to_string()),
        HostReason::HostAddress => t_string!(i18n, run.reach.host_address),
        HostReason::AllPorts => t_string!(i18n, run.reach.all_ports),
        HostReason::NameServers => t_string!(i18n, run.reach.name_servers),
        HostReason::HostGateway => t_string!(i18n, run.reach.host_gateway),
        HostReason::Link(what) => t_string!(i18n, run.reach.link, what = what.clone()),
        HostReason::Group(what) => t_string!(i18n, run.reach.group, what = what.clone()),
        HostReason::Protection(what) => t_string!(i18n, run.reach.protection, what = what.clone()),
        HostReason::Device(what) => t_string!(i18n, run.reach.device, what = what.clone()),
        HostReason::CgroupParent => t_string!(i18n, run.reach.cgroup_parent),
        HostReason::Runtime => t_string!(i18n, run.reach.runtime),
        HostReason::Kernel(what) => t_string!(i18n, run.reach.kernel, what = what.clone()),
        HostReason::Annotation(what) => t_string!(i18n, run.reach.annotation, what = what.clone()),
        HostReason::Resources => t_string!(i18n, run.reach.resources),
        HostReason::Log(what) => t_string!(i18n, run.reach.log, what = what.clone()),
        HostReason::StorageDriver => t_string!(i18n, run.reach.storage_driver),
    }
}

/// What does the same with less; tracked.
pub(super) fn safer_words(i18n: I18n, flag: &str, reason: &HostReason) -> String {
    match reason {
        HostReason::Privileged => t_string!(i18n, run.safer.privileged),
        HostReason::Capability(_) => t_string!(i18n, run.safer.capability),
        HostReason::HostPath(_) => t_string!(i18n, run.safer.volume),
        HostReason::EngineSocket(_) => t_string!(i18n, run.safer.engine_socket),
        HostReason::Propagation => t_string!(i18n, run.safer.propagation),
        HostReason::VolumeDriver => t_string!(i18n, run.safer.volume_driver),
        HostReason::ForeignMount => t_string!(i18n, run.safer.foreign_mount),
        HostReason::ImageFiles => t_string!(i18n, run.safer.image_files),
        HostReason::VolumesOfOther(_) => t_string!(i18n, run.safer.volumes_of_other),
        HostReason::Memory => t_string!(i18n, run.safer.memory),
        HostReason::HostNamespace if flag == "network" => t_string!(i18n, run.safer.network),
        HostReason::HostNamespace => t_string!(i18n, run.safer.host_namespace),
        HostReason::OtherNamespace(_) => t_string!(i18n, run.safer.other_namespace),
        HostReason::UnknownNetwork(_) => t_string!(i18n, run.safer.unknown_network),
        HostReason::NetworkDriver => t_string!(i18n, run.safer.network_driver),
        HostReason::LowPort(_) => t_string!(i18n, run.safer.port),
        HostReason::HostAddress => t_string!(i18n, run.safer.address),
        HostReason::AllPorts => t_string!(i18n, run.safer.all_ports),
        HostReason::NameServers => t_string!(i18n, run.safer.name_servers),
        HostReason::HostGateway => t_string!(i18n, run.safer.host_gateway),
        HostReason::Link(_) => t_string!(i18n, run.safer.link),
        HostReason::Group(_) => t_string!(i18n, run.safer.group),
        HostReason::Protection(_) => t_string!(i18n, run.safer.protection),
        HostReason::Device(_) => t_string!(i18n, run.safer.device),
        HostReason::CgroupParent => t_string!(i18n, run.safer.cgroup_parent),
        HostReason::Runtime => t_string!(i18n, run.safer.runtime),
        HostReason::Kernel(_) => t_string!(i18n, run.safer.kernel),
        HostReason::Annotation(_) => t_string!(i18n, run.safer.annotation),
        HostReason::Resources => t_string!(i18n, run.safer.resources),
        HostReason::Log(_) => t_string!(i18n, run.safer.log),
        HostReason::StorageDriver => t_string!(i18n, run.safer.storage_driver),
    }
}
