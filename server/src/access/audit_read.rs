//! Reading the audit: pages of a filter, newest first, each of bounded work however many rows there are.

use shared::audit::{AuditFilter, AuditRow};

use crate::store::{Store, StoreError};

/// Rows that one statement looks through at most.
const WINDOW: i64 = 50_000;
/// Statements of a page, where an index finds the rows.
const WINDOWS: u32 = 40;
/// The same, where a text must be looked for in each row.
const WINDOWS_OF_TEXT: u32 = 5;

/// A reading of the audit, from the newest row of a filter to its oldest.
#[derive(Debug)]
pub struct Reading {
    filter: AuditFilter,
    /// What was not read yet: from the first number to below the second.
    left: (i64, i64),
}

impl Reading {
    /// Begins below that number, or with the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(store: &Store, filter: AuditFilter, before: Option<i64>) -> Result<Self, StoreError> {
        let (from, end) = store.audit_range(filter.since, filter.until).await?;
        let end = before.map_or(end, |before| end.min(before));
        Ok(Self { filter, left: (from, end) })
    }

    /// The next rows, at most `limit`. Fewer, even none, do not mean that there are no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, store: &Store, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let windows = if self.filter.target.is_some() { WINDOWS_OF_TEXT } else { WINDOWS };
        let mut rows = Vec::new();
        for _ in 0..windows {
            let wanted = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
            if wanted == 0 || self.is_over() {
                break;
            }
            let (from, end) = self.left;
            let start = from.max(end.saturating_sub(WINDOW));
            let found = store.list_audit_of(&self.filter, start, end, wanted).await?;
            let is_full = found.len() >= wanted as usize;
            let next = if is_full { found.last().map_or(start, |row| row.id) } else { start };
            self.left = (from, next);
            rows.extend(found);
        }
        Ok(rows)
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.left.1 <= self.left.0
    }

    /// Where it goes on, if anything is left.
    #[must_use]
    pub fn older(&self) -> Option<i64> {
        (!self.is_over()).then_some(self.left.1)
    }
}

#[cfg(test)]
mod tests {
    use shared::{UnixMillis, audit::AuditResult};

    use super::*;
    use crate::store::{NewAuditRow, testing};

    const ACTORS: [&str; 4] = ["ann", "Bob", "", "a_b"];
    const TARGETS: [&str; 4] = ["local/web (abc)", "local/100%", "", "LOCAL/WEB_2"];

    async fn filled() -> (Store, testing::TempFolder) {
        let (store, folder) = testing::store().await;
        for number in 0..240_usize {
            let row = NewAuditRow {
                // Sometimes backwards, as clocks are put right.
                at: UnixMillis(((number * 7) % 240) as i64),
                actor: ACTORS[number % 4],
                address: "::1",
                action: ["StopContainer", "SignIn", "RemoveUser"][number % 3],
                target: TARGETS[(number / 4) % 4],
                result: AuditResult::ALL[(number / 2) % 4],
                detail: "",
            };
            store.add_audit(&row).await.unwrap();
        }
        (store, folder)
    }

    async fn all(store: &Store, filter: &AuditFilter, limit: u32) -> Vec<AuditRow> {
        let mut reading = Reading::begin(store, filter.clone(), None).await.unwrap();
        let mut rows = Vec::new();
        while !reading.is_over() {
            rows.extend(reading.next(store, limit).await.unwrap());
        }
        rows
    }

    #[tokio::test]
    async fn the_statement_and_the_rule_of_the_page_choose_the_same_rows() {
        let (store, _folder) = filled().await;
        let everything = all(&store, &AuditFilter::default(), 500).await;
        assert_eq!(everything.len(), 240);
        let text = |text: &str| Some(text.to_owned());
        let at = |at| Some(UnixMillis(at));
        let none = AuditFilter::default;
        let filters = [
            AuditFilter { actor: text("ANN"), ..none() },
            AuditFilter { actor: text(""), ..none() },
            AuditFilter { action: text("SignIn"), ..none() },
            AuditFilter { target: text("web"), ..none() },
            AuditFilter { target: text("100%"), ..none() },
            AuditFilter { target: text("b_2"), ..none() },
            AuditFilter { target: text("!"), ..none() },
            AuditFilter { result: Some(AuditResult::Refused), ..none() },
            AuditFilter {
                actor: text("ann"),
                action: text("SignIn"),
                result: Some(AuditResult::Done),
                ..none()
            },
            AuditFilter { action: text("SignIn"), result: Some(AuditResult::Failed), ..none() },
            AuditFilter { action: text("SignIn"), result: Some(AuditResult::Done), ..none() },
            AuditFilter { since: at(50), until: at(60), ..none() },
            AuditFilter { since: at(500), ..none() },
            AuditFilter { until: at(0), ..none() },
            AuditFilter { actor: text("a_b"), target: text("local"), until: at(200), ..none() },
        ];
        for filter in filters {
            let expected: Vec<_> = everything.iter().filter(|row| filter.matches(row)).cloned().collect();
            for limit in [1, 7, 500] {
                assert_eq!(all(&store, &filter, limit).await, expected, "{filter:?} by {limit}");
            }
        }
    }

    #[tokio::test]
    async fn a_page_says_where_the_next_one_begins() {
        let (store, _folder) = filled().await;
        let filter = AuditFilter { action: Some("SignIn".to_owned()), ..AuditFilter::default() };
        let mut reading = Reading::begin(&store, filter.clone(), None).await.unwrap();
        let first = reading.next(&store, 50).await.unwrap();
        let mut reading = Reading::begin(&store, filter.clone(), reading.older()).await.unwrap();
        let second = reading.next(&store, 50).await.unwrap();
        assert_eq!((first.len(), second.len(), reading.older()), (50, 30, None));
        assert!(first.last().unwrap().id > second.first().unwrap().id);
    }
}
