//! What the console itself uses, for the foot of its pages. Read from `/proc`, only while somebody looks,
//! once for everybody who does.

use std::{
    fs,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use shared::live::OwnLoad;
use tokio::{sync::watch, task::AbortHandle, time::sleep};

/// How long each figure of the processor is an average of.
const EVERY: Duration = Duration::from_secs(5);
/// The first is there sooner.
const FIRST: Duration = Duration::from_secs(1);
/// Linux tells times of processes in hundredths of a second, on every architecture.
const MILLIS_A_TICK: u64 = 10;

/// Takes samples while somebody looks.
#[derive(Default)]
pub struct LoadMeter {
    sampler: Mutex<Weak<Sampler>>,
}

struct Sampler {
    latest: watch::Receiver<Option<OwnLoad>>,
    task: AbortHandle,
}

impl Drop for Sampler {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A look at the console's load; dropping the last one ends the sampling.
pub struct LoadHandle {
    _sampler: Arc<Sampler>,
    seen: watch::Receiver<Option<OwnLoad>>,
}

impl LoadHandle {
    /// The next figures; `None` where the system does not tell any.
    pub async fn next(&mut self) -> Option<OwnLoad> {
        loop {
            self.seen.changed().await.ok()?;
            if let Some(load) = *self.seen.borrow_and_update() {
                return Some(load);
            }
        }
    }
}

impl LoadMeter {
    /// Looks at the figures.
    #[must_use]
    pub fn watch(&self) -> LoadHandle {
        let mut running = self.sampler.lock();
        if let Some(sampler) = running.upgrade() {
            let mut seen = sampler.latest.clone();
            seen.mark_changed();
            return LoadHandle { _sampler: sampler, seen };
        }
        let (sender, latest) = watch::channel(None);
        let task = tokio::spawn(sample(sender)).abort_handle();
        let sampler = Arc::new(Sampler { latest: latest.clone(), task });
        *running = Arc::downgrade(&sampler);
        LoadHandle { _sampler: sampler, seen: latest }
    }
}

async fn sample(latest: watch::Sender<Option<OwnLoad>>) {
    let mut every = FIRST;
    while let Some(before) = processor_millis() {
        let since = Instant::now();
        sleep(every).await;
        every = EVERY;
        let (Some(now), Some(memory)) = (processor_millis(), memory()) else { return };
        let elapsed = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        let cpu = now.saturating_sub(before).saturating_mul(1000) / elapsed;
        latest.send_replace(Some(OwnLoad { cpu_millis: u32::try_from(cpu).unwrap_or(u32::MAX), memory }));
    }
}

/// Processor time that this process has used.
fn processor_millis() -> Option<u64> {
    ticks(&fs::read_to_string("/proc/self/stat").ok()?)?.checked_mul(MILLIS_A_TICK)
}

/// User and system time of a line of `/proc/PID/stat`; the name in it may hold blanks and parentheses.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    user.checked_add(system)
}

/// Bytes of memory that this process holds.
fn memory() -> Option<u64> {
    resident(&fs::read_to_string("/proc/self/status").ok()?)
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_tells_is_read() {
        let stat = "7 (a) b) (c) R 1 7 7 0 -1 4194304 100 0 0 0 31 11 0 0 20 0 1 0 5 1 1";
        assert_eq!(ticks(stat), Some(42));
        assert_eq!(ticks("7 (a"), None);
        assert_eq!(resident("Name:\tx\nVmRSS:\t   16384 kB\n"), Some(16 * 1024 * 1024));
        assert_eq!(resident("Name:\tx\n"), None);
    }

    #[tokio::test]
    async fn one_sampler_serves_all_and_ends_with_the_last() {
        let meter = LoadMeter::default();
        let (mut one, mut other) = (meter.watch(), meter.watch());
        let load = one.next().await.unwrap();
        assert!(load.memory > 1024 * 1024, "{load:?}");
        assert_eq!(other.next().await.unwrap(), load);
        drop((one, other));
        assert!(meter.sampler.lock().upgrade().is_none());
    }
}
