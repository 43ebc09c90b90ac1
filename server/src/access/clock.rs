//! Time as an argument, so that tests can move it.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use shared::UnixMillis;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// What the system says now: for what people read.
    #[must_use]
    pub fn wall() -> Self {
        Self(Arc::new(|| since_epoch(SystemTime::now())))
    }

    /// What the system said at the start, and what has passed since: for what expires. A system clock
    /// that is put right, or wrong, neither signs everybody out nor revives a session.
    #[must_use]
    pub fn steady() -> Self {
        let (wall, start) = (since_epoch(SystemTime::now()), Instant::now());
        Self(Arc::new(move || wall.saturating_add(millis(start.elapsed()))))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        UnixMillis((self.0)())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Clock({})", self.now().0)
    }
}

/// A duration as the difference of two [`UnixMillis`].
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn since_epoch(time: SystemTime) -> i64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, millis)
}

#[cfg(test)]
pub(crate) mod testing {
    //! A clock that stands until it is moved.

    use std::{
        sync::{
            Arc,
            atomic::{AtomicI64, Ordering},
        },
        time::Duration,
    };

    use super::{Clock, millis};

    #[derive(Clone)]
    pub(crate) struct TestClock(Arc<AtomicI64>);

    impl TestClock {
        pub(crate) fn new() -> Self {
            Self(Arc::new(AtomicI64::new(1_700_000_000_000)))
        }

        pub(crate) fn clock(&self) -> Clock {
            let time = self.0.clone();
            Clock(Arc::new(move || time.load(Ordering::Relaxed)))
        }

        pub(crate) fn pass(&self, duration: Duration) {
            self.0.fetch_add(millis(duration), Ordering::Relaxed);
        }
    }
}
