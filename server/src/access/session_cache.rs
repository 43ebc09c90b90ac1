//! Rows of sessions, remembered for a second, so that a page's burst of requests reads the database once.
//!
//! Whatever changes a user or a session clears it. A read that began before such a change does not put
//! its result in after it: that is what the generation is for.

use std::collections::HashMap;

use crate::store::{SessionKey, SessionRow};

/// How long another process's change may go unnoticed.
const FRESH_MS: u64 = 1_000;
/// The most rows remembered.
const CAPACITY: usize = 1_024;

/// The rows, and when each was read.
#[derive(Debug, Default)]
pub(super) struct Cache {
    rows: HashMap<SessionKey, (SessionRow, i64)>,
    generation: u64,
}

impl Cache {
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn get(&self, key: &SessionKey, now: i64) -> Option<SessionRow> {
        let (row, read_at) = self.rows.get(key)?;
        (now.abs_diff(*read_at) < FRESH_MS && now < row.expires_at.0).then(|| row.clone())
    }

    /// Remembers a row, unless something was changed since its `generation`.
    pub(super) fn put(&mut self, key: SessionKey, row: SessionRow, now: i64, generation: u64) {
        if generation != self.generation {
            return;
        }
        if self.rows.len() >= CAPACITY {
            self.rows.clear();
        }
        self.rows.insert(key, (row, now));
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.generation = self.generation.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use shared::{UnixMillis, UserId};

    use super::*;

    #[test]
    fn a_read_from_before_a_change_is_not_remembered() {
        let mut cache = Cache::default();
        let key = SessionKey::new([1; 32]);
        let row = SessionRow {
            user: UserId(1),
            name: "ann".to_owned(),
            access_version: 1,
            has_factor: false,
            confirmed_until: UnixMillis(0),
            created_at: UnixMillis(0),
            seen_at: UnixMillis(0),
            preferences: shared::preferences::Preferences::default(),
            expires_at: UnixMillis(9_000),
            token: None,
        };
        let generation = cache.generation();
        cache.put(key, row.clone(), 0, generation);
        assert!(cache.get(&key, 999).is_some());
        assert!(cache.get(&key, 1_000).is_none());
        cache.clear();
        cache.put(key, row, 0, generation);
        assert!(cache.get(&key, 0).is_none());
    }
}
