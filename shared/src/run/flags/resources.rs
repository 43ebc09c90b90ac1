//! Flags of limits.

use super::{Flag, Kind, Reach, Section, many, number, one, switch, text};
use crate::run::Field;

pub(super) const FLAGS: &[Flag] = &[
    Flag::of(
        Section::Resources,
        Field::Memory,
        Kind::Value,
        "memory",
        |d, v| one(&mut d.spec.resources.memory, v),
        |s, out| out.one(s.resources.memory.as_ref()),
    )
    .short('m')
    .described(),
    Flag::of(
        Section::Resources,
        Field::MemoryReservation,
        Kind::Value,
        "memory-reservation",
        |d, v| one(&mut d.spec.resources.memory_reservation, v),
        |s, out| out.one(s.resources.memory_reservation.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::MemorySwap,
        Kind::Value,
        "memory-swap",
        |d, v| one(&mut d.spec.resources.memory_swap, v),
        |s, out| out.one(s.resources.memory_swap.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::MemorySwappiness,
        Kind::Value,
        "memory-swappiness",
        |d, v| number(&mut d.spec.resources.memory_swappiness, v),
        |s, out| out.one(s.resources.memory_swappiness.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::KernelMemory,
        Kind::Value,
        "kernel-memory",
        |d, v| one(&mut d.spec.resources.kernel_memory, v),
        |s, out| out.one(s.resources.kernel_memory.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::ShmSize,
        Kind::Value,
        "shm-size",
        |d, v| one(&mut d.spec.resources.shm_size, v),
        |s, out| out.one(s.resources.shm_size.as_ref()),
    )
    .reach(Reach::Sometimes),
    Flag::of(
        Section::Resources,
        Field::OomKillDisable,
        Kind::Switch,
        "oom-kill-disable",
        |d, v| switch(&mut d.spec.resources.oom_kill_disable, v),
        |s, out| out.switch(s.resources.oom_kill_disable),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::OomScoreAdj,
        Kind::Value,
        "oom-score-adj",
        |d, v| number(&mut d.spec.resources.oom_score_adj, v),
        |s, out| out.one(s.resources.oom_score_adj.as_ref()),
    )
    .reach(Reach::Sometimes),
    Flag::of(
        Section::Resources,
        Field::Cpus,
        Kind::Value,
        "cpus",
        |d, v| one(&mut d.spec.resources.cpus, v),
        |s, out| out.one(s.resources.cpus.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::CpuShares,
        Kind::Value,
        "cpu-shares",
        |d, v| number(&mut d.spec.resources.cpu_shares, v),
        |s, out| out.one(s.resources.cpu_shares.as_ref()),
    )
    .short('c'),
    Flag::of(
        Section::Resources,
        Field::CpuPeriod,
        Kind::Value,
        "cpu-period",
        |d, v| number(&mut d.spec.resources.cpu_period, v),
        |s, out| out.one(s.resources.cpu_period.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::CpuQuota,
        Kind::Value,
        "cpu-quota",
        |d, v| number(&mut d.spec.resources.cpu_quota, v),
        |s, out| out.one(s.resources.cpu_quota.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::CpuRtPeriod,
        Kind::Value,
        "cpu-rt-period",
        |d, v| number(&mut d.spec.resources.cpu_rt_period, v),
        |s, out| out.one(s.resources.cpu_rt_period.as_ref()),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::CpuRtRuntime,
        Kind::Value,
        "cpu-rt-runtime",
        |d, v| number(&mut d.spec.resources.cpu_rt_runtime, v),
        |s, out| out.one(s.resources.cpu_rt_runtime.as_ref()),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::CpusetCpus,
        Kind::Value,
        "cpuset-cpus",
        |d, v| text(&mut d.spec.resources.cpuset_cpus, v),
        |s, out| out.one(s.resources.cpuset_cpus.as_ref()),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::CpusetMems,
        Kind::Value,
        "cpuset-mems",
        |d, v| text(&mut d.spec.resources.cpuset_mems, v),
        |s, out| out.one(s.resources.cpuset_mems.as_ref()),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::PidsLimit,
        Kind::Value,
        "pids-limit",
        |d, v| number(&mut d.spec.resources.pids_limit, v),
        |s, out| out.one(s.resources.pids_limit.as_ref()),
    )
    .reach(Reach::Sometimes),
    Flag::of(
        Section::Resources,
        Field::Ulimits,
        Kind::List,
        "ulimit",
        |d, v| many(&mut d.spec.resources.ulimits, v),
        |s, out| out.many(&s.resources.ulimits),
    )
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Resources,
        Field::BlkioWeight,
        Kind::Value,
        "blkio-weight",
        |d, v| number(&mut d.spec.resources.blkio_weight, v),
        |s, out| out.one(s.resources.blkio_weight.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::BlkioWeightDevice,
        Kind::List,
        "blkio-weight-device",
        |d, v| many(&mut d.spec.resources.blkio_weight_device, v),
        |s, out| out.many(&s.resources.blkio_weight_device),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::DeviceReadBps,
        Kind::List,
        "device-read-bps",
        |d, v| many(&mut d.spec.resources.device_read_bps, v),
        |s, out| out.many(&s.resources.device_read_bps),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::DeviceWriteBps,
        Kind::List,
        "device-write-bps",
        |d, v| many(&mut d.spec.resources.device_write_bps, v),
        |s, out| out.many(&s.resources.device_write_bps),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::DeviceReadIops,
        Kind::List,
        "device-read-iops",
        |d, v| many(&mut d.spec.resources.device_read_iops, v),
        |s, out| out.many(&s.resources.device_read_iops),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::DeviceWriteIops,
        Kind::List,
        "device-write-iops",
        |d, v| many(&mut d.spec.resources.device_write_iops, v),
        |s, out| out.many(&s.resources.device_write_iops),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Resources,
        Field::CpuCount,
        Kind::Value,
        "cpu-count",
        |d, v| number(&mut d.spec.resources.cpu_count, v),
        |s, out| out.one(s.resources.cpu_count.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::CpuPercent,
        Kind::Value,
        "cpu-percent",
        |d, v| number(&mut d.spec.resources.cpu_percent, v),
        |s, out| out.one(s.resources.cpu_percent.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::IoMaxbandwidth,
        Kind::Value,
        "io-maxbandwidth",
        |d, v| one(&mut d.spec.resources.io_maxbandwidth, v),
        |s, out| out.one(s.resources.io_maxbandwidth.as_ref()),
    ),
    Flag::of(
        Section::Resources,
        Field::IoMaxiops,
        Kind::Value,
        "io-maxiops",
        |d, v| number(&mut d.spec.resources.io_maxiops, v),
        |s, out| out.one(s.resources.io_maxiops.as_ref()),
    ),
];
