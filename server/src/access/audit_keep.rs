//! How long the audit is kept: old rows are removed a few at a time, off every request's way.
//!
//! Nothing is removed from an audit that is not as it was written, since that would remove what shows it.

use std::time::Duration;

use shared::{
    UnixMillis,
    audit::AuditResult,
    policy::{AUDIT_DAYS, SecurityPolicy},
};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    audit::Audit,
    audit_export::moment,
    clock::millis,
    session::{SessionChange, Sessions},
};
use crate::Error;

/// How often it is looked whether there are old rows.
const EVERY: Duration = Duration::from_secs(6 * 60 * 60);
/// Between two batches: others write too.
const PAUSE: Duration = Duration::from_millis(20);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Rows of so many days; those of the last 30 are never removed.
    pub days: u32,
    /// And of those the newest so many, though never fewer than are younger than that.
    pub rows: Option<u64>,
}

impl Keep {
    /// As the policy has it.
    #[must_use]
    pub fn of(policy: &SecurityPolicy) -> Self {
        let rows = (policy.audit_rows > 0).then_some(u64::from(policy.audit_rows));
        Self { days: policy.audit_days, rows }
    }
}

/// Removes what is old by the policy: now, when it is changed, and from time to time, for as long as the process
/// lives.
pub fn start(audit: Audit, sessions: Sessions) {
    let mut changes = sessions.changes();
    tokio::spawn(async move {
        loop {
            let keep = match sessions.policies().now().await {
                Ok(_) => Keep::of(&sessions.settings().now().policy),
                Err(error) => {
                    tracing::error!(%error, "old rows of the audit are not removed: the policy cannot be read");
                    tokio::time::sleep(EVERY).await;
                    continue;
                }
            };
            if let Err(error) = prune(&audit, keep).await {
                tracing::error!(%error, "old rows of the audit could not be removed");
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = other_policy(&sessions, &mut changes, keep) => {}
            }
        }
    });
}

/// Waits until something else is to be kept.
async fn other_policy(sessions: &Sessions, changes: &mut Receiver<SessionChange>, keep: Keep) {
    loop {
        match changes.recv().await {
            Ok(SessionChange::Policy) | Err(RecvError::Lagged(_)) => {
                if Keep::of(&sessions.settings().now().policy) != keep {
                    return;
                }
            }
            Ok(SessionChange::Ended(_) | SessionChange::User(_) | SessionChange::Access(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// Removes what is old, and tells how many rows that were.
///
/// # Errors
/// When the database fails; what was removed until then stays so.
pub async fn prune(audit: &Audit, keep: Keep) -> Result<u64, Error> {
    let now = audit.now();
    let before = |days: u32| UnixMillis(now.0.saturating_sub(millis(DAY.saturating_mul(days))));
    let oldest = before(keep.days.max(AUDIT_DAYS.least));
    let store = audit.store();
    let first = store.first_audit_row_to_keep(oldest, keep.rows, before(AUDIT_DAYS.least)).await?;
    let (lowest, end) = store.audit_range(None, None).await?;
    if lowest >= first || end == 0 {
        return Ok(0);
    }
    if let Some(fault) = audit.verify().await?.faults.first() {
        tracing::error!(%fault, "old rows of the audit are not removed: it is not as it was written");
        return Ok(0);
    }
    let record = audit.begin_of_console("PruneAudit", &format!("rows before {first}")).await?;
    let mut removed = 0_u64;
    let outcome = loop {
        match store.prune_audit(first).await {
            Ok(batch) => {
                removed = removed.saturating_add(batch.rows);
                if !batch.more {
                    break Ok(removed);
                }
            }
            Err(error) => break Err(error),
        }
        tokio::time::sleep(PAUSE).await;
    };
    let result = if outcome.is_ok() { AuditResult::Done } else { AuditResult::Failed };
    let detail = format!("{removed} rows removed; kept is what began after {}", moment(oldest));
    record.finish(result, &detail).await;
    Ok(outcome?)
}

#[cfg(test)]
mod tests {
    use super::{super::clock::testing::TestClock, *};
    use crate::{
        access::session::Actor,
        store::{NewAuditRow, Store, testing},
    };

    async fn with_rows() -> (Audit, Store, TestClock, testing::TempFolder) {
        let (store, folder) = testing::store().await;
        let time = TestClock::new();
        let audit = Audit::new(store.clone(), time.clock());
        for _ in 0..3 {
            refuse(&audit).await;
        }
        (audit, store, time, folder)
    }

    async fn refuse(audit: &Audit) {
        let here = std::net::Ipv4Addr::LOCALHOST.into();
        audit.refused(Some(&Actor::for_test("ann")), here, "StopContainer", String::new(), "no").await;
    }

    #[tokio::test]
    async fn old_rows_go_and_that_is_a_row() {
        let (audit, store, time, _folder) = with_rows().await;
        let keep = Keep { days: 40, rows: None };
        time.pass(DAY * 40 - Duration::from_secs(1));
        refuse(&audit).await;
        assert_eq!(prune(&audit, keep).await.unwrap(), 0, "not a second too early");
        assert_eq!(store.list_audit(i64::MAX, 9).await.unwrap().len(), 4);
        time.pass(Duration::from_secs(2));
        assert_eq!(prune(&audit, keep).await.unwrap(), 3);
        let rows = store.list_audit(i64::MAX, 9).await.unwrap();
        assert_eq!(
            rows.iter().map(|row| row.action.as_str()).collect::<Vec<_>>(),
            ["PruneAudit", "StopContainer"]
        );
        assert!(rows[0].detail.starts_with("3 rows removed"), "{}", rows[0].detail);
        assert_eq!(audit.verify().await.unwrap().faults, []);
    }

    #[tokio::test]
    async fn young_rows_stay_whatever_is_asked_for() {
        let (audit, _store, time, _folder) = with_rows().await;
        time.pass(DAY * 29);
        assert_eq!(prune(&audit, Keep { days: 1, rows: Some(1) }).await.unwrap(), 0);
        time.pass(DAY * 2);
        assert_eq!(prune(&audit, Keep { days: 400, rows: Some(1) }).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn another_policy_counts_at_once() {
        let (audit, store, time, _folder) = with_rows().await;
        time.pass(DAY * 60);
        let sessions = Sessions::new(store.clone(), time.clock());
        start(audit.clone(), sessions.clone());
        // Told before it has begun, while it looks, or after: it is noticed.
        let change = |before: &SecurityPolicy, _: &_| {
            Ok::<_, Error>(SecurityPolicy { audit_days: AUDIT_DAYS.least, ..before.clone() })
        };
        store.change_policy(change).await.unwrap();
        sessions.policy_changed().await;
        let pruned = async {
            loop {
                let rows = store.list_audit(i64::MAX, 9).await.unwrap();
                if rows.len() == 1 && rows[0].result == AuditResult::Done {
                    return rows[0].detail.clone();
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        let detail = tokio::time::timeout(Duration::from_secs(20), pruned).await.unwrap();
        assert!(detail.starts_with("3 rows removed"), "{detail}");
    }

    #[tokio::test]
    async fn nothing_goes_from_an_audit_that_was_changed() {
        let (audit, store, time, _folder) = with_rows().await;
        time.pass(DAY * 500);
        store.tamper("UPDATE audit SET actor = 'bob' WHERE id = 1").await;
        assert_eq!(prune(&audit, Keep { days: 400, rows: None }).await.unwrap(), 0);
        assert_eq!(store.list_audit(i64::MAX, 9).await.unwrap().len(), 3);
        let new = NewAuditRow {
            at: audit.now(),
            actor: "",
            address: "",
            action: "A",
            target: "",
            result: AuditResult::Refused,
            detail: "",
        };
        store.add_audit(&new).await.unwrap();
    }
}
