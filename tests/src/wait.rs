//! Waiting for a condition, which is the only kind of waiting that a test does.

use std::time::{Duration, Instant};

/// How long a condition may take before the test fails: generous, since other work may share the machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Asks again and again until the answer is there.
///
/// # Panics
/// Naming `what`, when it did not come within [`PATIENCE`].
pub async fn eventually<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    eventually_within(PATIENCE, what, ask).await
}

/// As [`eventually`], with a limit that is part of what is tested.
///
/// # Panics
/// Naming `what`, when it did not come in time.
pub async fn eventually_within<T>(limit: Duration, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(start.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
