//! `docker run`: everything it can be told, as one structure; read from a pasted line, printed as a line,
//! checked without an engine.
//!
//! Belongs here: what both sides and the tests need to agree on, all of it pure. Does not: asking whether a
//! name or a port is free, and who may do what, beyond naming the fields that need host access.

mod amounts;
mod blame;
mod check;
mod csv;
mod devices;
mod endpoints;
mod field;
mod fields;
mod file_lines;
pub mod flags;
mod foreign;
mod held;
mod host_access;
mod modes;
mod mount_text;
mod network;
mod note;
mod parse;
mod ports;
mod print;
mod problem;
mod spec;
mod storage;
mod values;
pub mod words;

#[cfg(test)]
mod generate;
#[cfg(test)]
mod run_tests;

pub use amounts::{NanoCpus, Nanos, Size, SwapLimit};
pub use blame::blamed;
pub use check::{Finding, check};
pub use devices::{Device, DeviceOperations, DeviceRate, DeviceWeight, GpuChoice, GpuRequest, Ulimit};
pub use endpoints::{
    CreateContainer, CreateOptions, CreatedContainer, ExistingSpec, NotStarted, ReadRunSpec, Unsaid,
};
pub use field::{Field, Place};
pub use fields::{ReadFields, Typed, command_text, command_words, from_fields, to_fields};
pub use file_lines::{FileLines, file_lines};
pub use held::{Held, HeldPort, ReadHeld};
pub use host_access::{HostNeed, Reason as HostReason, host_needs, is_network_by_name, is_protecting_option};
pub use modes::{
    AttachStream, CgroupnsMode, HostMode, IpcMode, Isolation, PidMode, Protocol, PullPolicy, Restart,
    SeccompProfile, SecurityOption, UlimitName,
};
pub use network::{ExtraHost, HostAddress, JoinedNetwork, Link, MacAddress};
pub use note::{Note, NoteKind};
pub use parse::{Parsed, parse};
pub use ports::{ExposedPort, PortRange, PublishedPort};
pub use print::{Argument, arguments, create_words, line, lines, words};
pub use problem::Problem;
pub use spec::{
    Devices, General, HealthSpec, Logging, Network, Process, Resources, RunSpec, Security, Storage,
};
pub use storage::{
    BindRecursive, Consistency, MountKind, MountSpec, Propagation, Tmpfs, Volume, VolumeOption, VolumesFrom,
};
pub use values::{
    Capability, CdiDevice, DeviceCgroupRule, DevicePath, DevicePermissions, HostName, HostPath, Item, Key,
    KeyValue, Label, LabelKey, Name, Part, Reason, VolumeName,
};
