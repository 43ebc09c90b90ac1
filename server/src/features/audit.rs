//! Reading the audit, exporting it, and having its chain verified.

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use shared::{
    Empty,
    audit::{
        AuditExport, AuditFormat, AuditPage, AuditQuery, AuditResult, AuditVerification, ExportAudit,
        ListAudit, VerifyAudit,
    },
    endpoint::Operation,
};
use tokio::sync::mpsc;

use crate::{
    Error,
    access::{
        audit::{Audit, AuditRecord},
        audit_export::{self, PIECE},
        audit_read::Reading,
        grant::Grant,
    },
    app::App,
    http::{Api, Download, Lease, LeaseNews},
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<ListAudit>(list).mount::<ExportAudit>(export).mount::<VerifyAudit>(verify)
}

async fn list(app: App, _grant: Grant<ListAudit>, query: AuditQuery, (): ()) -> Result<AuditPage, Error> {
    app.audit.list(&query).await
}

async fn verify(app: App, grant: Grant<VerifyAudit>, _: Empty, (): ()) -> Result<AuditVerification, Error> {
    let found = app.audit.verify().await?;
    grant.note(match found.faults.as_slice() {
        [] => format!("{} rows are as they were written", found.rows),
        [fault] => fault.to_string(),
        [fault, more @ ..] => format!("{fault}, and {} more", more.len()),
    });
    Ok(found)
}

async fn export(app: App, grant: Grant<ExportAudit>, query: AuditExport, (): ()) -> Result<Download, Error> {
    let (filter, format) = (query.filter(), query.format);
    let words = audit_export::in_words(&filter, format);
    let record = app.audit.begin(Some(grant.actor()), grant.address(), ExportAudit::NAME, words).await?;
    // Its own row and what comes after it are not in it.
    let before = Some(record.id());
    let mut open = Open {
        audit: app.audit.clone(),
        record: Some(record),
        reading: None,
        news: Lease::new(&app, &grant).watch(),
        format,
        rows: 0,
    };
    open.reading = Some(open.audit.read(filter, before).await?);
    let (ending, content_type) = match format {
        AuditFormat::Csv => ("csv", "text/csv; charset=utf-8"),
        AuditFormat::Jsonl => ("jsonl", "application/x-ndjson"),
    };
    let head = Bytes::from_static(audit_export::head(format).as_bytes());
    let pieces = stream::unfold((Some(open), Some(head)), |(open, head)| async {
        match head {
            Some(head) => Some((Ok(head), (open, None))),
            None => open?.next().await.map(|(piece, open)| (piece, (open, None))),
        }
    });
    let file_name = format!("audit-{}.{ending}", app.audit.now().0 / 1000);
    Ok(Download { file_name, content_type, body: Body::from_stream(pieces) })
}

/// An export under way. It reads on when the browser has taken what was read.
struct Open {
    audit: Audit,
    record: Option<AuditRecord>,
    reading: Option<Reading>,
    news: mpsc::Receiver<LeaseNews>,
    format: AuditFormat,
    rows: u64,
}

type Piece = Result<Bytes, std::io::Error>;

impl Open {
    /// The next piece. An export that fails breaks off: never a short file that looks whole.
    async fn next(mut self) -> Option<(Piece, Option<Self>)> {
        let mut reading = self.reading.take()?;
        if reading.is_over() {
            if let Some(record) = self.record.take() {
                record.finish(AuditResult::Done, &format!("{} rows", self.rows)).await;
            }
            return None;
        }
        let read = tokio::select! {
            biased;
            () = lost(&mut self.news) => Err(Error::SignedOut),
            rows = self.audit.next(&mut reading, PIECE) => rows,
        };
        match read {
            Ok(rows) => {
                let mut text = String::new();
                for row in &rows {
                    audit_export::write_row(&mut text, self.format, row);
                }
                self.rows = self.rows.saturating_add(rows.len() as u64);
                self.reading = Some(reading);
                Some((Ok(Bytes::from(text)), Some(self)))
            }
            Err(error) => Some((Err(std::io::Error::other(error)), None)),
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(record) = self.record.take() {
            let detail = format!("broke off after {} rows", self.rows);
            tokio::spawn(async move { record.finish(AuditResult::Failed, &detail).await });
        }
    }
}

/// Waits until the person may not read it any more.
async fn lost(news: &mut mpsc::Receiver<LeaseNews>) {
    while let Some(LeaseNews::Changed(_)) = news.recv().await {}
}
