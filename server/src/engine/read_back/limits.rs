//! A container's limits.

use serde_json::Value;

use super::said::{Said, flag, items, number, set, text};

pub(super) fn read(said: &mut Said, host: &Value) {
    memory(said, host);
    said.maybe("cpus", set(host, "NanoCpus").map(decimal));
    for (field, name) in [
        ("CpuShares", "cpu-shares"),
        ("CpuPeriod", "cpu-period"),
        ("CpuQuota", "cpu-quota"),
        ("CpuRealtimePeriod", "cpu-rt-period"),
        ("CpuRealtimeRuntime", "cpu-rt-runtime"),
        ("PidsLimit", "pids-limit"),
        ("BlkioWeight", "blkio-weight"),
        ("CpuCount", "cpu-count"),
        ("CpuPercent", "cpu-percent"),
        ("IOMaximumIOps", "io-maxiops"),
        ("IOMaximumBandwidth", "io-maxbandwidth"),
    ] {
        said.number(name, set(host, field));
    }
    said.maybe("cpuset-cpus", text(host, "CpusetCpus"));
    said.maybe("cpuset-mems", text(host, "CpusetMems"));
    for limit in items(host, "Ulimits") {
        let name = text(limit, "Name").unwrap_or_default();
        let soft = number(limit, "Soft").unwrap_or(0);
        let hard = number(limit, "Hard").unwrap_or(soft);
        said.flag("ulimit", format!("{name}={soft}:{hard}"));
    }
    for (field, value, name) in [
        ("BlkioWeightDevice", "Weight", "blkio-weight-device"),
        ("BlkioDeviceReadBps", "Rate", "device-read-bps"),
        ("BlkioDeviceWriteBps", "Rate", "device-write-bps"),
        ("BlkioDeviceReadIOps", "Rate", "device-read-iops"),
        ("BlkioDeviceWriteIOps", "Rate", "device-write-iops"),
    ] {
        for device in items(host, field) {
            let path = text(device, "Path").unwrap_or_default();
            said.flag(name, format!("{path}:{}", number(device, value).unwrap_or(0)));
        }
    }
}

fn memory(said: &mut Said, host: &Value) {
    let memory = set(host, "Memory");
    said.number("memory", memory);
    said.number("memory-reservation", set(host, "MemoryReservation"));
    // Twice the memory is what the engine gives by itself.
    let doubled = memory.and_then(|bytes| bytes.checked_mul(2));
    said.number("memory-swap", set(host, "MemorySwap").filter(|bytes| Some(*bytes) != doubled));
    said.number("memory-swappiness", number(host, "MemorySwappiness"));
    said.number("kernel-memory", set(host, "KernelMemory"));
    said.switch("oom-kill-disable", flag(host, "OomKillDisable"));
    said.number("oom-score-adj", set(host, "OomScoreAdj"));
}

/// Billionths as a decimal number.
fn decimal(billionths: i64) -> String {
    let text = format!("{}.{:09}", billionths / 1_000_000_000, billionths % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
