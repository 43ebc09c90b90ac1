//! `longshore audit`: whether the audit is as it was written, and the audit as a file.

use std::io::Write as _;

use clap::{Args, Subcommand, ValueEnum};
use shared::{
    UnixMillis,
    audit::{AuditFilter, AuditFormat, AuditResult},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{DataFolder, KeyFile, chain, open_recorded, say};
use crate::{
    Error,
    access::{
        audit::Audit,
        audit_export::{self, PIECE},
        audit_verify,
        clock::Clock,
        seal::Keys,
    },
    hub,
    store::{ChainKey, Store},
};

#[derive(Subcommand)]
pub(super) enum AuditCommand {
    /// Say whether every row of the audit is there as it was written, and name each that is not; exits 0 or 1. Works beside a console
    /// that runs, and on a copy of its data folder.
    Verify {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        keys: KeyFile,
    },
    /// Print the audit, newest first. This is itself a row.
    Export {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        keys: KeyFile,
        /// How it is written.
        #[arg(long, value_enum, default_value = "csv")]
        format: Format,
        #[command(flatten)]
        filter: Filter,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// Comma-separated values.
    Csv,
    /// A JSON object a line.
    Jsonl,
}

/// Which rows; all unless told.
#[derive(Args)]
pub(super) struct Filter {
    /// Of this user.
    #[arg(long)]
    who: Option<String>,
    /// Of this operation: StopContainer.
    #[arg(long)]
    what: Option<String>,
    /// On what: a part of its name or id.
    #[arg(long)]
    on: Option<String>,
    /// That ended so: started, done, refused or failed.
    #[arg(long, value_parser = result)]
    result: Option<AuditResult>,
    /// Begun then or later: 2026-01-31T00:00:00Z.
    #[arg(long, value_parser = moment)]
    since: Option<UnixMillis>,
    /// Begun before then.
    #[arg(long, value_parser = moment)]
    until: Option<UnixMillis>,
}

fn result(text: &str) -> Result<AuditResult, String> {
    AuditResult::parse(text).ok_or_else(|| "this is none of started, done, refused, failed".to_owned())
}

fn moment(text: &str) -> Result<UnixMillis, String> {
    let moment = OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_error| "this is no moment such as 2026-01-31T00:00:00Z".to_owned())?;
    Ok(UnixMillis(i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)))
}

pub(super) async fn run(command: AuditCommand) -> Result<(), String> {
    match command {
        AuditCommand::Verify { data, keys } => verify(&data, &keys).await,
        AuditCommand::Export { data, keys, format, filter } => {
            let Filter { who, what, on, result, since, until } = filter;
            let filter = AuditFilter { actor: who, action: what, target: on, result, since, until };
            let format = match format {
                Format::Csv => AuditFormat::Csv,
                Format::Jsonl => AuditFormat::Jsonl,
            };
            export(&data, &keys, filter, format).await
        }
    }
}

async fn verify(data: &DataFolder, keys: &KeyFile) -> Result<(), String> {
    let store = Store::open_to_read(&data.data).await.map_err(|error| chain(&error))?;
    // Never made anew here: nothing was written under a key that there is not.
    let keys = Keys::open(&keys.of(data), true).map_err(|error| chain(&error))?;
    let store = store.with_chain_to_read(ChainKey::new(keys.derive("audit")), &data.data);
    let found = audit_verify::verify(&store, hub::now(), |_, _| {}).await.map_err(|error| chain(&error))?;
    store.close().await;
    if !found.faults.is_empty() {
        for fault in &found.faults {
            say(&fault.to_string());
        }
        let more = if found.more_faults { "at least " } else { "" };
        return Err(format!(
            "the audit is not as it was written: {more}{} faults; {} entries are right",
            found.faults.len(),
            found.entries
        ));
    }
    let older = match found.older {
        0 => String::new(),
        older => format!(", {older} of them from before there was a chain"),
    };
    say(&format!("The audit is as it was written: {} entries, {} rows{older}.", found.entries, found.rows));
    Ok(())
}

async fn export(
    data: &DataFolder,
    keys: &KeyFile,
    filter: AuditFilter,
    format: AuditFormat,
) -> Result<(), String> {
    let store = open_recorded(data, keys).await?;
    let audit = Audit::new(store.clone(), Clock::wall());
    let words = format!("{}, from the command line", audit_export::in_words(&filter, format));
    let record = audit.begin_of_console("ExportAudit", &words).await.map_err(|error| chain(&error))?;
    let outcome = print(&audit, filter, format, record.id()).await;
    let (result, detail) = match &outcome {
        Ok(rows) => (AuditResult::Done, format!("{rows} rows")),
        Err(error) => (AuditResult::Failed, error.clone()),
    };
    record.finish(result, &detail).await;
    store.close().await;
    outcome.map(drop)
}

async fn print(audit: &Audit, filter: AuditFilter, format: AuditFormat, before: i64) -> Result<u64, String> {
    let failed = |error: Error| chain(&error);
    let mut out = std::io::stdout();
    let mut write = |text: &str| {
        out.write_all(text.as_bytes()).map_err(|error| format!("the audit could not be printed: {error}"))
    };
    let mut reading = audit.read(filter, Some(before)).await.map_err(failed)?;
    let mut count = 0_u64;
    write(audit_export::head(format))?;
    while !reading.is_over() {
        let rows = audit.next(&mut reading, PIECE).await.map_err(failed)?;
        let mut text = String::new();
        for row in &rows {
            audit_export::write_row(&mut text, format, row);
        }
        count = count.saturating_add(rows.len() as u64);
        write(&text)?;
    }
    Ok(count)
}
