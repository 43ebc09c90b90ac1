//! The limits in a new container's document.

use serde::Serialize;
use shared::run::{DeviceOperations, DeviceRate, DeviceWeight, Resources, Size, SwapLimit, Ulimit};

use super::create_body::{bytes, or_empty};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Limits<'a> {
    memory: i64,
    memory_reservation: i64,
    memory_swap: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_swappiness: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kernel_memory: Option<i64>,
    oom_kill_disable: bool,
    nano_cpus: i64,
    cpu_shares: i64,
    cpu_period: i64,
    cpu_quota: i64,
    cpu_realtime_period: i64,
    cpu_realtime_runtime: i64,
    cpuset_cpus: &'a str,
    cpuset_mems: &'a str,
    cgroup_parent: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pids_limit: Option<i64>,
    ulimits: Vec<UlimitEntry>,
    blkio_weight: u16,
    blkio_weight_device: Vec<WeightDevice<'a>>,
    blkio_device_read_bps: Vec<ThrottleDevice<'a>>,
    blkio_device_write_bps: Vec<ThrottleDevice<'a>>,
    #[serde(rename = "BlkioDeviceReadIOps")]
    blkio_device_read_iops: Vec<ThrottleDevice<'a>>,
    #[serde(rename = "BlkioDeviceWriteIOps")]
    blkio_device_write_iops: Vec<ThrottleDevice<'a>>,
    cpu_count: i64,
    cpu_percent: i64,
    #[serde(rename = "IOMaximumIOps")]
    io_maximum_iops: u64,
    #[serde(rename = "IOMaximumBandwidth")]
    io_maximum_bandwidth: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UlimitEntry {
    name: &'static str,
    soft: i64,
    hard: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WeightDevice<'a> {
    path: &'a str,
    weight: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ThrottleDevice<'a> {
    path: &'a str,
    rate: u64,
}

pub(super) fn limits<'a>(resources: &'a Resources, cgroup_parent: &'a str) -> Limits<'a> {
    Limits {
        memory: bytes(resources.memory),
        memory_reservation: bytes(resources.memory_reservation),
        memory_swap: match resources.memory_swap {
            None => 0,
            Some(SwapLimit::Unlimited) => -1,
            Some(SwapLimit::Bytes(size)) => size.signed(),
        },
        memory_swappiness: resources.memory_swappiness,
        kernel_memory: resources.kernel_memory.map(Size::signed),
        oom_kill_disable: resources.oom_kill_disable,
        nano_cpus: resources.cpus.map_or(0, shared::run::NanoCpus::signed),
        cpu_shares: resources.cpu_shares.unwrap_or(0),
        cpu_period: resources.cpu_period.unwrap_or(0),
        cpu_quota: resources.cpu_quota.unwrap_or(0),
        cpu_realtime_period: resources.cpu_rt_period.unwrap_or(0),
        cpu_realtime_runtime: resources.cpu_rt_runtime.unwrap_or(0),
        cpuset_cpus: or_empty(resources.cpuset_cpus.as_ref()),
        cpuset_mems: or_empty(resources.cpuset_mems.as_ref()),
        cgroup_parent,
        pids_limit: resources.pids_limit,
        ulimits: resources.ulimits.iter().map(ulimit).collect(),
        blkio_weight: resources.blkio_weight.unwrap_or(0),
        blkio_weight_device: resources.blkio_weight_device.iter().map(weight).collect(),
        blkio_device_read_bps: resources.device_read_bps.iter().map(rate).collect(),
        blkio_device_write_bps: resources.device_write_bps.iter().map(rate).collect(),
        blkio_device_read_iops: resources.device_read_iops.iter().map(operations).collect(),
        blkio_device_write_iops: resources.device_write_iops.iter().map(operations).collect(),
        cpu_count: resources.cpu_count.unwrap_or(0),
        cpu_percent: resources.cpu_percent.unwrap_or(0),
        io_maximum_iops: resources.io_maxiops.unwrap_or(0),
        io_maximum_bandwidth: resources.io_maxbandwidth.map_or(0, Size::bytes),
    }
}

fn ulimit(limit: &Ulimit) -> UlimitEntry {
    UlimitEntry { name: limit.name.as_str(), soft: limit.soft, hard: limit.hard.unwrap_or(limit.soft) }
}

fn weight(device: &DeviceWeight) -> WeightDevice<'_> {
    WeightDevice { path: device.device.as_str(), weight: device.weight }
}

fn rate(device: &DeviceRate) -> ThrottleDevice<'_> {
    ThrottleDevice { path: device.device.as_str(), rate: device.rate.bytes() }
}

fn operations(device: &DeviceOperations) -> ThrottleDevice<'_> {
    ThrottleDevice { path: device.device.as_str(), rate: device.rate }
}
