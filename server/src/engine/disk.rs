//! What takes room: `docker system df`
//! (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/System/operation/SystemDataUsage>).

use serde_json::Value;
use shared::{
    ByteCount, UnixMillis,
    environments::{DiskPart, DiskUsage, ReadDiskUsage},
};

use super::{Engine, EngineError};
use crate::access::grant::Grant;

/// The engine walks every volume and layer for it.
const SECONDS: u64 = 120;

impl Engine {
    /// Measures; costs the engine seconds on a full host.
    pub(crate) async fn disk_usage(
        &self,
        _grant: &Grant<ReadDiskUsage>,
        now: UnixMillis,
    ) -> Result<DiskUsage, EngineError> {
        let usage: Value = self.read_json_within("engine", "/system/df", SECONDS).await?;
        Ok(read(&usage, now))
    }
}

fn list<'a>(usage: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    usage.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn number(item: &Value, path: &str) -> i64 {
    item.pointer(path).and_then(Value::as_i64).unwrap_or(0)
}

/// Negative sizes mean "not known" to the engine.
fn bytes(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn part(items: impl Iterator<Item = (u64, bool)>) -> DiskPart {
    let mut part = DiskPart::default();
    for (size, used) in items {
        part.count = part.count.saturating_add(1);
        part.size.0 = part.size.0.saturating_add(size);
        if !used {
            part.unused = part.unused.saturating_add(1);
            part.reclaimable.0 = part.reclaimable.0.saturating_add(size);
        }
    }
    part
}

fn read(usage: &Value, now: UnixMillis) -> DiskUsage {
    let mut images = part(list(usage, "Images").map(|image| {
        let own = number(image, "/Size").saturating_sub(number(image, "/SharedSize").max(0));
        (bytes(own), number(image, "/Containers") > 0)
    }));
    // As `docker system df` counts: what all layers take, less what only used images have.
    if let Some(layers) = usage.get("LayersSize").and_then(Value::as_i64) {
        let used = images.size.0.saturating_sub(images.reclaimable.0);
        images.size = ByteCount(bytes(layers));
        images.reclaimable = ByteCount(bytes(layers).saturating_sub(used));
    }
    let build_cache = usage.get("BuildCache").filter(|cache| !cache.is_null()).map(|_| {
        part(list(usage, "BuildCache").map(|entry| {
            let used = entry.get("InUse").and_then(Value::as_bool).unwrap_or(false);
            let shared = entry.get("Shared").and_then(Value::as_bool).unwrap_or(false);
            (if shared { 0 } else { bytes(number(entry, "/Size")) }, used)
        }))
    });
    DiskUsage {
        images,
        containers: part(list(usage, "Containers").map(|container| {
            let running = container.get("State").and_then(Value::as_str) == Some("running");
            (bytes(number(container, "/SizeRw")), running)
        })),
        volumes: part(list(usage, "Volumes").map(|volume| {
            (bytes(number(volume, "/UsageData/Size")), number(volume, "/UsageData/RefCount") > 0)
        })),
        build_cache,
        measured_at: now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_sizes_count_nothing() {
        let usage = serde_json::json!({
            "LayersSize": 100,
            "Images": [{ "Size": 80, "SharedSize": 30, "Containers": 1 }, { "Size": 50, "SharedSize": 30, "Containers": 0 }],
            "Volumes": [{ "UsageData": { "Size": -1, "RefCount": -1 } }],
        });
        let disk = read(&usage, UnixMillis(0));
        assert_eq!((disk.images.count, disk.images.size.0, disk.images.reclaimable.0), (2, 100, 50));
        assert_eq!((disk.volumes.count, disk.volumes.size.0), (1, 0));
        assert_eq!(disk.build_cache, None);
    }
}
