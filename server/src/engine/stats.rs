//! A running container's figures: `GET /containers/{id}/stats`, one document about each second
//! (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerStats>).

use std::collections::HashMap;

use bytes::Bytes;
use http::Method;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::{Deserialize, de::IgnoredAny};
use shared::{ContainerId, live::Sample};

use super::{Engine, EngineError, transport};
use crate::access::grant::SystemGrant;

const DOCUMENT_MAX_BYTES: usize = 1024 * 1024;

/// An open stream of figures.
pub struct StatsStream {
    body: Incoming,
    buffer: Vec<u8>,
    container: ContainerId,
    before: Option<Processor>,
}

#[derive(Clone, Copy)]
struct Processor {
    used: u64,
    system: u64,
}

impl Engine {
    /// Opens it. The hub keeps one for each container that somebody looks at.
    pub(crate) async fn stats(
        &self,
        _grant: &SystemGrant,
        container: &ContainerId,
    ) -> Result<StatsStream, EngineError> {
        let path = format!("/containers/{container}/stats?stream=1");
        let request = self.request(Method::GET, &path, transport::full(Bytes::new()))?;
        let reply = self.send("container", request).await?;
        Ok(StatsStream {
            body: reply.into_body(),
            buffer: Vec::new(),
            container: container.clone(),
            before: None,
        })
    }
}

impl StatsStream {
    /// The next figures; `None` when the container has ended.
    ///
    /// # Errors
    /// What broke the stream.
    pub async fn next(&mut self) -> Result<Option<Sample>, EngineError> {
        loop {
            while let Some(end) = memchr::memchr(b'\n', &self.buffer) {
                let document = serde_json::from_slice(self.buffer.get(..end).unwrap_or_default());
                self.buffer.drain(..=end);
                if let Ok(document) = document
                    && let Some(sample) = self.sample(&document)
                {
                    return Ok(Some(sample));
                }
            }
            if self.buffer.len() > DOCUMENT_MAX_BYTES {
                return Err(EngineError::Malformed { detail: "figures without an end".to_owned() });
            }
            match self.body.frame().await {
                Some(Ok(frame)) => {
                    if let Some(data) = frame.data_ref() {
                        self.buffer.extend_from_slice(data);
                    }
                }
                Some(Err(error)) => return Err(EngineError::from_chain(&error)),
                None => return Ok(None),
            }
        }
    }

    /// The first document of a stream may lack the one before it: it has no processor share.
    fn sample(&mut self, document: &Document) -> Option<Sample> {
        let cpu = document.cpu_stats.as_ref()?;
        let now = cpu.processor()?;
        let before = self.before.replace(now).or_else(|| {
            let before = document.precpu_stats.as_ref()?;
            before.system_cpu_usage.and(before.processor())
        })?;
        let memory = document.memory_stats.as_ref();
        // `docker stats` leaves out the cache that the kernel can take back.
        let cache = memory
            .and_then(|memory| memory.stats.as_ref())
            .and_then(|stats| stats.total_inactive_file.or(stats.inactive_file))
            .unwrap_or(0);
        let networks = document.networks.iter().flat_map(HashMap::values);
        let traffic = |bytes: fn(&Network) -> Option<u64>| {
            networks.clone().filter_map(bytes).fold(0_u64, u64::saturating_add)
        };
        Some(Sample {
            container: self.container.clone(),
            cpu_millis: share(before, now, cpu.processors()),
            memory: memory.and_then(|memory| memory.usage).unwrap_or(0).saturating_sub(cache),
            memory_limit: memory.and_then(|memory| memory.limit).unwrap_or(0),
            network_in: traffic(|network| network.rx_bytes),
            network_out: traffic(|network| network.tx_bytes),
            block_in: document.block("read"),
            block_out: document.block("write"),
            pids: document.pids_stats.as_ref().and_then(|pids| pids.current).unwrap_or(0),
        })
    }
}

/// What is read of the engine's document: it comes ten times as large, for each container each second.
/// Engines leave out any of it, or write null.
#[derive(Debug, Deserialize)]
struct Document {
    cpu_stats: Option<Cpu>,
    precpu_stats: Option<Cpu>,
    memory_stats: Option<Memory>,
    networks: Option<HashMap<String, Network>>,
    blkio_stats: Option<Blocks>,
    pids_stats: Option<Pids>,
}

#[derive(Debug, Deserialize)]
struct Cpu {
    cpu_usage: Option<CpuUsage>,
    system_cpu_usage: Option<u64>,
    online_cpus: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct CpuUsage {
    total_usage: Option<u64>,
    percpu_usage: Option<Vec<IgnoredAny>>,
}

#[derive(Debug, Deserialize)]
struct Memory {
    usage: Option<u64>,
    limit: Option<u64>,
    stats: Option<MemoryDetail>,
}

#[derive(Debug, Deserialize)]
struct MemoryDetail {
    total_inactive_file: Option<u64>,
    inactive_file: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Network {
    rx_bytes: Option<u64>,
    tx_bytes: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Blocks {
    io_service_bytes_recursive: Option<Vec<Block>>,
}

#[derive(Debug, Deserialize)]
struct Block {
    op: Option<String>,
    value: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Pids {
    current: Option<u32>,
}

impl Cpu {
    fn processor(&self) -> Option<Processor> {
        let used = self.cpu_usage.as_ref()?.total_usage?;
        Some(Processor { used, system: self.system_cpu_usage.unwrap_or(0) })
    }

    fn processors(&self) -> u64 {
        let each = self.cpu_usage.as_ref().and_then(|usage| usage.percpu_usage.as_ref());
        self.online_cpus
            .filter(|count| *count > 0)
            .or_else(|| u64::try_from(each?.len()).ok().filter(|count| *count > 0))
            .unwrap_or(1)
    }
}

impl Document {
    fn block(&self, operation: &str) -> u64 {
        self.blkio_stats
            .iter()
            .flat_map(|blocks| blocks.io_service_bytes_recursive.iter().flatten())
            .filter(|block| block.op.as_ref().is_some_and(|op| op.eq_ignore_ascii_case(operation)))
            .filter_map(|block| block.value)
            .fold(0_u64, u64::saturating_add)
    }
}

fn share(before: Processor, now: Processor, processors: u64) -> u32 {
    let used = u128::from(now.used.saturating_sub(before.used));
    let system = u128::from(now.system.saturating_sub(before.system));
    let millis = (used * u128::from(processors) * 1000).checked_div(system).unwrap_or(0);
    u32::try_from(millis).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_engine_leaves_out_is_missed_alone() {
        let texts = [
            r#"{"cpu_stats":{"cpu_usage":{"total_usage":7,"percpu_usage":[3,4]},"system_cpu_usage":9},"precpu_stats":{"cpu_usage":{"total_usage":0}},"memory_stats":{"usage":50,"limit":18446744073709551615,"stats":{"inactive_file":20,"pgfault":1}},"networks":{"eth0":{"rx_bytes":1,"tx_bytes":2,"rx_errors":0},"eth1":{"rx_bytes":10,"tx_bytes":null}},"blkio_stats":{"io_service_bytes_recursive":[{"major":8,"op":"Read","value":5},{"op":"write","value":6},{"op":"read","value":7}]},"pids_stats":{}}"#,
            r#"{"cpu_stats":{"cpu_usage":{"total_usage":1}},"memory_stats":{},"networks":null,"blkio_stats":{"io_service_bytes_recursive":null}}"#,
            r#"{"cpu_stats":{"cpu_usage":{"percpu_usage":null}}}"#,
            "{}",
        ];
        let [full, sparse, unused, empty] = texts.map(|text| serde_json::from_str::<Document>(text).unwrap());
        let cpu = full.cpu_stats.as_ref().unwrap();
        assert_eq!(cpu.processor().map(|now| (now.used, now.system)), Some((7, 9)));
        assert_eq!(cpu.processors(), 2);
        assert_eq!((full.block("read"), full.block("write")), (12, 6));
        assert_eq!(full.networks.unwrap().values().filter_map(|network| network.rx_bytes).sum::<u64>(), 11);
        assert!(sparse.cpu_stats.unwrap().processor().is_some());
        assert!(unused.cpu_stats.unwrap().processor().is_none());
        assert!(empty.cpu_stats.is_none());
    }

    #[test]
    fn half_of_two_processors_is_one() {
        let before = Processor { used: 0, system: 0 };
        assert_eq!(share(before, Processor { used: 500, system: 1000 }, 2), 1000);
        assert_eq!(share(before, before, 2), 0);
    }
}
