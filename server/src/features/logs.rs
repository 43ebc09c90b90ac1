//! The download of a log: streamed from the engine to the browser, held nowhere.

use std::fmt::Write as _;

use axum::body::Body;
use bytes::{BufMut, Bytes, BytesMut};
use futures_util::stream;
use shared::logs::{DownloadLogs, LogQuery, LogStream};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::sync::mpsc;

use crate::{
    Error,
    access::grant::Grant,
    app::App,
    engine::{LogReader, RawLine},
    http::{Api, Download, Lease, LeaseNews},
};

/// Mounts it.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<DownloadLogs>(download)
}

async fn download(app: App, grant: Grant<DownloadLogs>, query: LogQuery, (): ()) -> Result<Download, Error> {
    let hub = grant.hub()?;
    let name = hub.inventory().get(grant.container()?).ok_or(Error::NotFound("container"))?.name.clone();
    let news = Lease::new(&app, &grant).watch();
    let reader = hub.read_log(&grant, &query).await?;
    // The engine may have taken its time, and the first lines are there already.
    grant.require_still(&app).await?;
    let timestamps = query.timestamps;
    let chunks = stream::unfold(Some((reader, news)), move |open| next_chunk(open, timestamps));
    Ok(Download {
        file_name: format!("{name}.log"),
        content_type: "text/plain; charset=utf-8",
        body: Body::from_stream(chunks),
    })
}

type Open = (LogReader, mpsc::Receiver<LeaseNews>);
type Step = Option<(Result<Bytes, std::io::Error>, Option<Open>)>;

async fn next_chunk(open: Option<Open>, timestamps: bool) -> Step {
    let (mut reader, mut news) = open?;
    let lines = tokio::select! {
        biased;
        () = lost(&mut news) => return Some((Err(std::io::Error::other(Error::SignedOut)), None)),
        lines = reader.next() => lines,
    };
    match lines {
        Ok(Some(lines)) => Some((Ok(text(&lines, timestamps)), Some((reader, news)))),
        Ok(None) => None,
        // The download breaks off, which a browser shows as failed: never a short file that looks whole.
        Err(error) => Some((Err(std::io::Error::other(error)), None)),
    }
}

/// Waits until the person may not read it any more.
async fn lost(news: &mut mpsc::Receiver<LeaseNews>) {
    while let Some(LeaseNews::Changed(_)) = news.recv().await {}
}

fn text(lines: &[RawLine], timestamps: bool) -> Bytes {
    let mut out = BytesMut::with_capacity(lines.iter().map(|line| line.text.len().saturating_add(48)).sum());
    for line in lines {
        if timestamps {
            let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(line.nanos))
                .unwrap_or(OffsetDateTime::UNIX_EPOCH);
            out.put_slice(at.format(&Rfc3339).unwrap_or_default().as_bytes());
            out.put_slice(match line.stream {
                LogStream::Stdout => b" stdout ",
                LogStream::Stderr => b" stderr ",
            });
        }
        out.put_slice(&line.text);
        if line.cut > 0 {
            let mut mark = String::new();
            let _infallible = write!(mark, " [{} bytes cut]", line.cut);
            out.put_slice(mark.as_bytes());
        }
        out.put_u8(b'\n');
    }
    out.freeze()
}
