//! A running container's figures: `GET /containers/{id}/stats`, one document about each second
//! (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerStats>).

use bytes::Bytes;
use http::Method;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;
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
                let document: Vec<u8> = self.buffer.drain(..=end).collect();
                if let Ok(document) = serde_json::from_slice::<Value>(&document)
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
    fn sample(&mut self, document: &Value) -> Option<Sample> {
        let number = |path: &str| document.pointer(path).and_then(Value::as_u64);
        let now = Processor {
            used: number("/cpu_stats/cpu_usage/total_usage")?,
            system: number("/cpu_stats/system_cpu_usage").unwrap_or(0),
        };
        let before = self.before.replace(now).or_else(|| {
            Some(Processor {
                used: number("/precpu_stats/cpu_usage/total_usage")?,
                system: number("/precpu_stats/system_cpu_usage")?,
            })
        })?;
        let processors = number("/cpu_stats/online_cpus")
            .filter(|count| *count > 0)
            .or_else(|| {
                let list = document.pointer("/cpu_stats/cpu_usage/percpu_usage")?.as_array()?;
                u64::try_from(list.len()).ok()
            })
            .unwrap_or(1);
        // `docker stats` leaves out the cache that the kernel can take back.
        let cache = number("/memory_stats/stats/total_inactive_file")
            .or_else(|| number("/memory_stats/stats/inactive_file"))
            .unwrap_or(0);
        let (network_in, network_out) = network(document);
        let (block_in, block_out) = block(document);
        Some(Sample {
            container: self.container.clone(),
            cpu_millis: share(before, now, processors),
            memory: number("/memory_stats/usage").unwrap_or(0).saturating_sub(cache),
            memory_limit: number("/memory_stats/limit").unwrap_or(0),
            network_in,
            network_out,
            block_in,
            block_out,
            pids: number("/pids_stats/current").and_then(|pids| u32::try_from(pids).ok()).unwrap_or(0),
        })
    }
}

fn share(before: Processor, now: Processor, processors: u64) -> u32 {
    let used = u128::from(now.used.saturating_sub(before.used));
    let system = u128::from(now.system.saturating_sub(before.system));
    let millis = (used * u128::from(processors) * 1000).checked_div(system).unwrap_or(0);
    u32::try_from(millis).unwrap_or(u32::MAX)
}

fn network(document: &Value) -> (u64, u64) {
    let sum = |key: &str| {
        document
            .get("networks")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(_, network)| network.get(key)?.as_u64())
            .fold(0_u64, u64::saturating_add)
    };
    (sum("rx_bytes"), sum("tx_bytes"))
}

fn block(document: &Value) -> (u64, u64) {
    let sum = |operation: &str| {
        document
            .pointer("/blkio_stats/io_service_bytes_recursive")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(|entry| {
                entry.get("op").and_then(Value::as_str).is_some_and(|op| op.eq_ignore_ascii_case(operation))
            })
            .filter_map(|entry| entry.get("value")?.as_u64())
            .fold(0_u64, u64::saturating_add)
    };
    (sum("read"), sum("write"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_two_processors_is_one() {
        let before = Processor { used: 0, system: 0 };
        assert_eq!(share(before, Processor { used: 500, system: 1000 }, 2), 1000);
        assert_eq!(share(before, before, 2), 0);
    }
}
