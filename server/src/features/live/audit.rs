//! The audit as it is written, for who may read it.

use axum::extract::ws::Message;
use shared::{
    Needs, Permission,
    live::{Cursor, Enclosed, Event, ServerFrame},
};
use tokio::{
    sync::mpsc,
    time::{Duration, MissedTickBehavior, interval},
};

use super::send;
use crate::{
    Error,
    access::{audit::Audit, audit_live::After, place::Place, session::Actor},
};

/// How often it is looked for what another process recorded, while somebody looks at the audit.
const OTHERS: Duration = Duration::from_secs(2);

/// Decides whether the actor may have the topic.
pub(super) fn decide(actor: &Actor) -> Result<(), Error> {
    Place::default().permit(actor.access(), Needs::Permission(Permission::AuditView))
}

/// Runs until the browser is gone, or is too far behind and was told so.
pub(super) async fn follow(audit: Audit, id: u32, out: mpsc::Sender<Message>, mut cursor: Cursor) {
    let mut revisions = audit.revisions();
    let mut progress = audit.progress();
    let mut others = interval(OTHERS);
    others.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        revisions.mark_unchanged();
        let event = match audit.after(cursor) {
            After::Reset => {
                let _gone = send(&out, &ServerFrame::Event { id, event: Event::Reset }).await;
                return;
            }
            After::Rows(next, rows) => {
                cursor = next;
                let rows = (!rows.is_empty()).then(|| Enclosed::new(&rows)).and_then(Result::ok);
                rows.map(|rows| Event::Audit { cursor, rows })
            }
        };
        if let Some(event) = event
            && !send(&out, &ServerFrame::Event { id, event }).await
        {
            return;
        }
        tokio::select! {
            _ = others.tick() => {
                // However many look, it is looked for once.
                if let Err(error) = audit.take_in_others(OTHERS / 2).await {
                    tracing::warn!(%error, "what other processes recorded could not be read");
                }
            }
            changed = revisions.changed() => if changed.is_err() { return },
            changed = progress.changed() => {
                if changed.is_err() {
                    return;
                }
                let now = *progress.borrow_and_update();
                if let Some((done, of)) = now
                    && !send(&out, &ServerFrame::Event { id, event: Event::AuditProgress { done, of } }).await
                {
                    return;
                }
            }
        }
    }
}
