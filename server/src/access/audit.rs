//! The record of what was done, tried and refused. Reading it is in `audit_read.rs`, whether it is whole in
//! `audit_verify.rs`, what came last in `audit_live.rs`.
//!
//! Fails closed: what cannot be recorded is not done. What strangers cause is bounded, so that nobody can
//! fill the disk by being refused. Nothing secret goes into a row; that is the caller's care.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use shared::{
    UnixMillis,
    audit::{AuditFilter, AuditPage, AuditQuery, AuditResult, AuditRow, AuditVerification},
    live::Cursor,
};
use tokio::sync::watch;

use super::{
    audit_live::{After, Progress, Recent},
    audit_read::Reading,
    audit_verify::verify,
    clock::Clock,
    session::Actor,
};
use crate::{
    Error,
    store::{NewAuditRow, Store, StoreError},
};

/// Rows a minute that people without a session can cause; further refusals are counted and summed up.
const ANONYMOUS_A_MINUTE: u32 = 60;
const MINUTE_MS: i64 = 60_000;
/// Characters of an action.
const NAME_CHARACTERS: usize = 100;
/// Characters of a target or a detail.
const TEXT_CHARACTERS: usize = 500;
/// Rows of a page, unless told, and at most.
const PAGE: u32 = 100;
const PAGE_AT_MOST: u32 = 500;

/// The audit. A handle.
#[derive(Clone)]
pub struct Audit(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    strangers: Mutex<Strangers>,
    recent: Recent,
    /// Locked while the chain is walked: what the last walk found.
    verified: tokio::sync::Mutex<()>,
    verification: Mutex<Option<AuditVerification>>,
}

/// Refusals of people without a session, in the minute that began at `since`.
#[derive(Default)]
struct Strangers {
    since: i64,
    written: u32,
    left_out: u64,
}

/// An action that was begun. Dropped without [`AuditRecord::finish`], its row says for ever that it was
/// begun and that nobody knows how it ended.
#[must_use]
pub struct AuditRecord {
    audit: Audit,
    id: i64,
}

impl Audit {
    /// The audit in this database. The clock is best the wall's.
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        // Only to tell one run from another: a cursor of the last run must not fit this one.
        let recent = Recent::new((clock.now().0 & 0x7fff_ffff) as u32);
        Self(Arc::new(Inner {
            store,
            clock,
            strangers: Mutex::new(Strangers::default()),
            recent,
            verified: tokio::sync::Mutex::new(()),
            verification: Mutex::new(None),
        }))
    }

    /// Now, by the clock that stamps the rows: what is recorded elsewhere about an action bears the same.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        self.0.clock.now()
    }

    /// Records that an action begins.
    ///
    /// # Errors
    /// When it cannot be recorded: then the action must not be done.
    pub async fn begin(
        &self,
        actor: Option<&Actor>,
        address: IpAddr,
        action: &'static str,
        target: String,
    ) -> Result<AuditRecord, Error> {
        let id = self.add(actor, Some(address), action, &target, AuditResult::Started, "").await?;
        Ok(AuditRecord { audit: self.clone(), id })
    }

    /// Records that the console itself begins something, in nobody's name.
    ///
    /// # Errors
    /// When it cannot be recorded: then it must not be done.
    pub async fn begin_of_console(&self, action: &str, target: &str) -> Result<AuditRecord, Error> {
        let id = self.add(None, None, action, target, AuditResult::Started, "").await?;
        Ok(AuditRecord { audit: self.clone(), id })
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    /// Records a refusal. Nothing was done, so a failure to record it is only logged.
    pub async fn refused(
        &self,
        actor: Option<&Actor>,
        address: IpAddr,
        action: &'static str,
        target: String,
        detail: &str,
    ) {
        if actor.is_none() && !self.admit_stranger().await {
            return;
        }
        let added = self.add(actor, Some(address), action, &target, AuditResult::Refused, detail).await;
        if let Err(error) = added {
            log_lost(&error, action);
        }
    }

    /// Records how something ended that was begun under a row of its own. It is done by now, so a failure to
    /// record is only logged.
    pub async fn record(
        &self,
        actor: &str,
        address: Option<IpAddr>,
        action: &str,
        target: &str,
        result: AuditResult,
        detail: &str,
    ) {
        let row = self.row(actor, address, action, target, result, detail);
        if let Err(error) = row.await {
            log_lost(&error, action);
        }
    }

    /// A page of the audit, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, query: &AuditQuery) -> Result<AuditPage, Error> {
        if let Some(left_out) = self.end_of_minute() {
            self.sum_up(left_out).await;
        }
        let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE_AT_MOST);
        self.take_in_others(Duration::ZERO).await?;
        // Before the rows are read: what comes meanwhile is told twice rather than never.
        let cursor = self.0.recent.cursor();
        let mut reading = self.read(query.filter(), query.before).await?;
        let rows = reading.next(&self.0.store, limit).await?;
        let verification = self.0.verification.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(AuditPage { cursor, rows, older: reading.older(), verification })
    }

    /// Begins to read the rows of a filter, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(&self, filter: AuditFilter, before: Option<i64>) -> Result<Reading, Error> {
        Ok(Reading::begin(&self.0.store, filter, before).await?)
    }

    /// The next rows of a reading.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&self, reading: &mut Reading, limit: u32) -> Result<Vec<AuditRow>, Error> {
        Ok(reading.next(&self.0.store, limit).await?)
    }

    /// What was recorded after a cursor.
    #[must_use]
    pub fn after(&self, cursor: Cursor) -> After {
        self.0.recent.after(cursor)
    }

    /// Has what another process recorded told too, unless that was looked for within that time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_in_others(&self, within: Duration) -> Result<(), StoreError> {
        self.0.recent.take_in_others(&self.0.store, within).await
    }

    /// Rises when something is recorded.
    #[must_use]
    pub fn revisions(&self) -> watch::Receiver<u64> {
        self.0.recent.revisions()
    }

    /// How far a verification is; `None` while there is none.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Option<Progress>> {
        self.0.recent.progress()
    }

    /// Walks along the chain, one walk at a time.
    ///
    /// # Errors
    /// [`Error::Conflict`] while another walk is under way; when the database fails.
    pub async fn verify(&self) -> Result<AuditVerification, Error> {
        let Ok(_one) = self.0.verified.try_lock() else {
            return Err(Error::Conflict("the audit is being verified already; wait for that".to_owned()));
        };
        let recent = &self.0.recent;
        let outcome =
            verify(&self.0.store, self.now(), |done, of| recent.tell_progress(Some((done, of)))).await;
        recent.tell_progress(None);
        let found = outcome?;
        if let Some(fault) = found.faults.first() {
            let faults = found.faults.len();
            tracing::error!(%fault, faults, "the audit is not as it was written");
        }
        *self.0.verification.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
        Ok(found)
    }

    async fn add(
        &self,
        actor: Option<&Actor>,
        address: Option<IpAddr>,
        action: &str,
        target: &str,
        result: AuditResult,
        detail: &str,
    ) -> Result<i64, Error> {
        let actor = actor.map(Actor::in_audit).unwrap_or_default();
        self.row(&actor, address, action, target, result, detail).await
    }

    async fn row(
        &self,
        actor: &str,
        address: Option<IpAddr>,
        action: &str,
        target: &str,
        result: AuditResult,
        detail: &str,
    ) -> Result<i64, Error> {
        let row = NewAuditRow {
            at: self.0.clock.now(),
            actor,
            address: &address.map(|address| address.to_canonical().to_string()).unwrap_or_default(),
            action: shorten(action, NAME_CHARACTERS),
            target: shorten(target, TEXT_CHARACTERS),
            result,
            detail: shorten(detail, TEXT_CHARACTERS),
        };
        let id = self.0.store.add_audit(&row).await?;
        self.0.recent.add(AuditRow {
            id,
            at: row.at,
            actor: row.actor.to_owned(),
            address: row.address.to_owned(),
            action: row.action.to_owned(),
            target: row.target.to_owned(),
            result: row.result,
            detail: row.detail.to_owned(),
        });
        Ok(id)
    }

    /// Whether another stranger's refusal gets a row of its own; otherwise it is counted.
    async fn admit_stranger(&self) -> bool {
        if let Some(left_out) = self.end_of_minute() {
            self.sum_up(left_out).await;
        }
        let mut strangers = self.0.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if strangers.written < ANONYMOUS_A_MINUTE {
            strangers.written = strangers.written.saturating_add(1);
            true
        } else {
            strangers.left_out = strangers.left_out.saturating_add(1);
            false
        }
    }

    /// Begins another minute when one has passed; returns how many refusals the last one left out.
    fn end_of_minute(&self) -> Option<u64> {
        let now = self.0.clock.now().0;
        let mut strangers = self.0.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if now.abs_diff(strangers.since) < MINUTE_MS.unsigned_abs() {
            return None;
        }
        let ended = std::mem::replace(&mut *strangers, Strangers { since: now, ..Strangers::default() });
        (ended.left_out > 0).then_some(ended.left_out)
    }

    async fn sum_up(&self, left_out: u64) {
        let detail = format!("{left_out} more requests without a session were refused within a minute");
        if let Err(error) = self.add(None, None, "RefusedStrangers", "", AuditResult::Refused, &detail).await
        {
            log_lost(&error, "RefusedStrangers");
        }
    }
}

impl AuditRecord {
    /// The row's number.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Records how it ended. The action is done by now, so a failure to record is only logged, and the
    /// row still tells that it was begun.
    pub async fn finish(self, result: AuditResult, detail: &str) {
        let detail = shorten(detail, TEXT_CHARACTERS);
        match self.audit.0.store.finish_audit(self.id, result, detail).await {
            Ok(Some(row)) => self.audit.0.recent.add(row),
            Ok(None) => {}
            Err(error) => {
                tracing::error!(
                    row = self.id,
                    ?result,
                    error = chain(&error),
                    "the audit could not be finished"
                );
            }
        }
    }
}

fn log_lost(error: &Error, action: &str) {
    tracing::error!(action, error = chain(error), "a row could not be written to the audit");
}

fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {}", chain(cause)))
}

/// The first `most` characters.
fn shorten(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{super::clock::testing::TestClock, *};
    use crate::store::testing;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    async fn audit() -> (Audit, Store, TestClock, testing::TempFolder) {
        let (store, folder) = testing::store().await;
        let time = TestClock::new();
        (Audit::new(store.clone(), time.clock()), store, time, folder)
    }

    async fn all(audit: &Audit) -> Vec<AuditRow> {
        audit.list(&AuditQuery { limit: Some(500), ..AuditQuery::default() }).await.unwrap().rows
    }

    #[tokio::test]
    async fn a_row_tells_who_what_where_and_how_it_ended() {
        let (audit, _store, time, _folder) = audit().await;
        let ann = Actor::for_test("ann");
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
        let record = audit.begin(Some(&ann), mapped, "StopContainer", "local/web".to_owned()).await.unwrap();
        let row = all(&audit).await.remove(0);
        assert_eq!((row.actor.as_str(), row.address.as_str()), ("ann", "192.0.2.1"));
        assert_eq!((row.action.as_str(), row.target.as_str()), ("StopContainer", "local/web"));
        assert_eq!((row.result, row.at), (AuditResult::Started, time.clock().now()));
        record.finish(AuditResult::Failed, &"ä".repeat(2_000)).await;
        let row = all(&audit).await.remove(0);
        assert_eq!((row.result, row.detail.chars().count()), (AuditResult::Failed, 500));
        audit.refused(Some(&ann), HERE, "RenameContainer", "x".repeat(9_999), "no").await;
        assert_eq!(all(&audit).await[0].target.len(), 500);
    }

    #[tokio::test]
    async fn what_cannot_be_recorded_is_not_begun() {
        let (audit, store, _time, _folder) = audit().await;
        store.break_audit().await;
        let begun = audit.begin(None, HERE, "StopContainer", String::new()).await;
        assert!(matches!(begun, Err(Error::Store(_))));
        audit.refused(None, HERE, "StopContainer", String::new(), "no").await;
    }

    #[tokio::test]
    async fn strangers_cannot_fill_the_audit() {
        let (audit, _store, time, _folder) = audit().await;
        let ann = Actor::for_test("ann");
        for _ in 0..100 {
            audit.refused(None, HERE, "SignIn", String::new(), "no").await;
        }
        assert_eq!(all(&audit).await.len(), 60);
        audit.refused(Some(&ann), HERE, "StopContainer", String::new(), "no").await;
        assert_eq!(all(&audit).await.len(), 61, "people with a session are recorded one by one");
        time.pass(Duration::from_secs(60));
        let rows = all(&audit).await;
        assert_eq!(rows.len(), 62);
        assert!(rows[0].detail.starts_with("40 more"), "{}", rows[0].detail);
        audit.refused(None, HERE, "SignIn", String::new(), "no").await;
        assert_eq!(all(&audit).await.len(), 63);
    }

    #[tokio::test]
    async fn a_page_is_bounded() {
        let (audit, _store, _time, _folder) = audit().await;
        let ann = Actor::for_test("ann");
        for _ in 0..501 {
            audit.refused(Some(&ann), HERE, "StopContainer", String::new(), "no").await;
        }
        let length = async |limit| {
            audit.list(&AuditQuery { limit, ..AuditQuery::default() }).await.unwrap().rows.len()
        };
        assert_eq!(length(None).await, 100);
        assert_eq!(length(Some(u32::MAX)).await, 500);
        assert_eq!(length(Some(0)).await, 1);
    }
}
