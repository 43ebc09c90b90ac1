//! Flags of rights and namespaces.

use super::{Flag, Kind, Reach, Refusal, Section, bad_pair, many, one, switch, text};
use crate::run::{
    Field, Reason,
    amounts::boolean,
    modes::{SeccompProfile, SecurityOption},
    values::{Capability, KeyValue},
};

fn capability(list: &mut Vec<Capability>, text: &str) -> Result<(), Refusal> {
    list.push(Capability::parse(text)?);
    Ok(())
}

fn sysctl(list: &mut Vec<KeyValue>, text: &str) -> Result<(), Refusal> {
    if text.contains('=') { many(list, text) } else { Err(bad_pair()) }
}

/// `NAME=VALUE`, in older lines `NAME:VALUE`.
fn security(list: &mut Vec<SecurityOption>, text: &str) -> Result<(), Refusal> {
    const KNOWN: Reason = Reason::OneOf(&[
        "no-new-privileges",
        "seccomp",
        "apparmor",
        "label",
        "systempaths",
        "writable-cgroups",
    ]);
    let (name, value) = text
        .split_once('=')
        .or_else(|| text.split_once(':'))
        .map_or((text, None), |(name, value)| (name, Some(value)));
    let option = match (name, value) {
        ("no-new-privileges", None) => SecurityOption::NoNewPrivileges(true),
        ("no-new-privileges", Some(value)) => SecurityOption::NoNewPrivileges(boolean(value)?),
        ("writable-cgroups", None) => SecurityOption::WritableCgroups(true),
        ("writable-cgroups", Some(value)) => SecurityOption::WritableCgroups(boolean(value)?),
        ("seccomp", Some(value)) => match value.parse::<SeccompProfile>() {
            Ok(profile) => SecurityOption::Seccomp(profile),
            Err(_other) => return Err(Refusal::YourFile),
        },
        ("apparmor", Some(value)) => SecurityOption::Apparmor(value.to_owned()),
        ("label", Some(value)) => SecurityOption::Label(value.to_owned()),
        ("systempaths", Some("unconfined")) => SecurityOption::UnmaskedPaths,
        ("systempaths", _) => return Err(Reason::OneOf(&["systempaths=unconfined"]).into()),
        _ => return Err(KNOWN.into()),
    };
    list.push(option);
    Ok(())
}

pub(super) const FLAGS: &[Flag] = &[
    Flag::of(
        Section::Security,
        Field::Privileged,
        Kind::Switch,
        "privileged",
        |d, v| switch(&mut d.spec.security.privileged, v),
        |s, out| out.switch(s.security.privileged),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Security,
        Field::CapAdd,
        Kind::List,
        "cap-add",
        |d, v| capability(&mut d.spec.security.cap_add, v),
        |s, out| out.many(&s.security.cap_add),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Security,
        Field::CapDrop,
        Kind::List,
        "cap-drop",
        |d, v| capability(&mut d.spec.security.cap_drop, v),
        |s, out| out.many(&s.security.cap_drop),
    ),
    Flag::of(
        Section::Security,
        Field::SecurityOptions,
        Kind::List,
        "security-opt",
        |d, v| security(&mut d.spec.security.options, v),
        |s, out| out.many(&s.security.options),
    )
    .reach(Reach::Sometimes)
    .described(),
    Flag::of(
        Section::Security,
        Field::Userns,
        Kind::Value,
        "userns",
        |d, v| one(&mut d.spec.security.userns, v),
        |s, out| out.one(s.security.userns.as_ref()),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Security,
        Field::Pid,
        Kind::Value,
        "pid",
        |d, v| one(&mut d.spec.security.pid, v),
        |s, out| out.one(s.security.pid.as_ref()),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Security,
        Field::Ipc,
        Kind::Value,
        "ipc",
        |d, v| one(&mut d.spec.security.ipc, v),
        |s, out| out.one(s.security.ipc.as_ref()),
    )
    .reach(Reach::Sometimes)
    .described(),
    Flag::of(
        Section::Security,
        Field::Uts,
        Kind::Value,
        "uts",
        |d, v| one(&mut d.spec.security.uts, v),
        |s, out| out.one(s.security.uts.as_ref()),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Security,
        Field::Cgroupns,
        Kind::Value,
        "cgroupns",
        |d, v| one(&mut d.spec.security.cgroupns, v),
        |s, out| out.one(s.security.cgroupns.as_ref()),
    )
    .reach(Reach::Sometimes),
    Flag::of(
        Section::Security,
        Field::CgroupParent,
        Kind::Value,
        "cgroup-parent",
        |d, v| text(&mut d.spec.security.cgroup_parent, v),
        |s, out| out.one(s.security.cgroup_parent.as_ref()),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Security,
        Field::Runtime,
        Kind::Value,
        "runtime",
        |d, v| text(&mut d.spec.security.runtime, v),
        |s, out| out.one(s.security.runtime.as_ref()),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Security,
        Field::Isolation,
        Kind::Value,
        "isolation",
        |d, v| one(&mut d.spec.security.isolation, v),
        |s, out| out.one(s.security.isolation.as_ref()),
    )
    .reach(Reach::Sometimes)
    .described(),
    Flag::of(
        Section::Security,
        Field::Sysctls,
        Kind::List,
        "sysctl",
        |d, v| sysctl(&mut d.spec.security.sysctls, v),
        |s, out| out.many(&s.security.sysctls),
    )
    .reach(Reach::Host)
    .described(),
];
