//! Flags of volumes, the log, the health check and devices.

use super::{Flag, Kind, Reach, Refusal, Section, bad_pair, many, number, one, switch, text};
use crate::run::{Field, values::KeyValue};

fn pair(list: &mut Vec<KeyValue>, text: &str) -> Result<(), Refusal> {
    if text.contains('=') { many(list, text) } else { Err(bad_pair()) }
}

pub(super) const FLAGS: &[Flag] = &[
    Flag::of(
        Section::Volumes,
        Field::Volumes,
        Kind::List,
        "volume",
        |d, v| many(&mut d.spec.storage.volumes, v),
        |s, out| out.many(&s.storage.volumes),
    )
    .short('v')
    .reach(Reach::Sometimes)
    .described(),
    Flag::of(
        Section::Volumes,
        Field::Mounts,
        Kind::List,
        "mount",
        |d, v| many(&mut d.spec.storage.mounts, v),
        |s, out| out.many(&s.storage.mounts),
    )
    .reach(Reach::Sometimes)
    .described(),
    Flag::of(
        Section::Volumes,
        Field::Tmpfs,
        Kind::List,
        "tmpfs",
        |d, v| many(&mut d.spec.storage.tmpfs, v),
        |s, out| out.many(&s.storage.tmpfs),
    )
    .reach(Reach::Sometimes)
    .described(),
    Flag::of(
        Section::Volumes,
        Field::VolumesFrom,
        Kind::List,
        "volumes-from",
        |d, v| many(&mut d.spec.storage.volumes_from, v),
        |s, out| out.many(&s.storage.volumes_from),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Volumes,
        Field::VolumeDriver,
        Kind::Value,
        "volume-driver",
        |d, v| text(&mut d.spec.storage.volume_driver, v),
        |s, out| out.one(s.storage.volume_driver.as_ref()),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Volumes,
        Field::StorageOptions,
        Kind::List,
        "storage-opt",
        |d, v| pair(&mut d.spec.storage.storage_options, v),
        |s, out| out.many(&s.storage.storage_options),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Security,
        Field::ReadOnly,
        Kind::Switch,
        "read-only",
        |d, v| switch(&mut d.spec.storage.read_only, v),
        |s, out| out.switch(s.storage.read_only),
    )
    .described(),
    Flag::of(
        Section::Health,
        Field::HealthDisabled,
        Kind::Switch,
        "no-healthcheck",
        |d, v| switch(&mut d.spec.health.disabled, v),
        |s, out| out.switch(s.health.disabled),
    ),
    Flag::of(
        Section::Health,
        Field::HealthCommand,
        Kind::Value,
        "health-cmd",
        |d, v| text(&mut d.spec.health.command, v),
        |s, out| out.one(s.health.command.as_ref()),
    ),
    Flag::of(
        Section::Health,
        Field::HealthInterval,
        Kind::Value,
        "health-interval",
        |d, v| one(&mut d.spec.health.interval, v),
        |s, out| out.one(s.health.interval.as_ref()),
    ),
    Flag::of(
        Section::Health,
        Field::HealthTimeout,
        Kind::Value,
        "health-timeout",
        |d, v| one(&mut d.spec.health.timeout, v),
        |s, out| out.one(s.health.timeout.as_ref()),
    ),
    Flag::of(
        Section::Health,
        Field::HealthStartPeriod,
        Kind::Value,
        "health-start-period",
        |d, v| one(&mut d.spec.health.start_period, v),
        |s, out| out.one(s.health.start_period.as_ref()),
    ),
    Flag::of(
        Section::Health,
        Field::HealthStartInterval,
        Kind::Value,
        "health-start-interval",
        |d, v| one(&mut d.spec.health.start_interval, v),
        |s, out| out.one(s.health.start_interval.as_ref()),
    ),
    Flag::of(
        Section::Health,
        Field::HealthRetries,
        Kind::Value,
        "health-retries",
        |d, v| number(&mut d.spec.health.retries, v),
        |s, out| out.one(s.health.retries.as_ref()),
    ),
    Flag::of(
        Section::Logging,
        Field::LogDriver,
        Kind::Value,
        "log-driver",
        |d, v| text(&mut d.spec.logging.driver, v),
        |s, out| out.one(s.logging.driver.as_ref()),
    )
    .reach(Reach::Sometimes)
    .described(),
    Flag::of(
        Section::Logging,
        Field::LogOptions,
        Kind::List,
        "log-opt",
        |d, v| many(&mut d.spec.logging.options, v),
        |s, out| out.many(&s.logging.options),
    )
    .reach(Reach::Sometimes),
    Flag::of(
        Section::Security,
        Field::Devices,
        Kind::List,
        "device",
        |d, v| many(&mut d.spec.devices.devices, v),
        |s, out| out.many(&s.devices.devices),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Security,
        Field::DeviceCgroupRules,
        Kind::List,
        "device-cgroup-rule",
        |d, v| many(&mut d.spec.devices.cgroup_rules, v),
        |s, out| out.many(&s.devices.cgroup_rules),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Security,
        Field::Gpus,
        Kind::List,
        "gpus",
        |d, v| many(&mut d.spec.devices.gpus, v),
        |s, out| out.many(&s.devices.gpus),
    )
    .reach(Reach::Host)
    .described(),
];
