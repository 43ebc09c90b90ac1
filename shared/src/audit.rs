//! The record of what was done, tried and refused.

use serde::{Deserialize, Serialize};

use crate::{Empty, Permission, UnixMillis, endpoint, live::Cursor};

/// How an action ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditResult {
    /// Begun; no end was recorded (yet, or because the console stopped).
    Started,
    /// Done.
    Done,
    /// Not allowed; nothing was done.
    Refused,
    /// Tried, and it failed.
    Failed,
}

impl AuditResult {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Started, Self::Done, Self::Refused, Self::Failed];

    /// The name on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// The result of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.as_str() == name)
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditRow {
    /// Rises by one.
    pub id: i64,
    /// When it began.
    pub at: UnixMillis,
    /// Who: a user's name, or empty when nobody was signed in.
    pub actor: String,
    /// From where: the client's address.
    pub address: String,
    /// What: an operation's name, `StopContainer`.
    pub action: String,
    /// On what: `local/web-1`, with the full id where there is one.
    pub target: String,
    /// How it ended.
    pub result: AuditResult,
    /// Why it failed or was refused, in one sentence without anything secret.
    pub detail: String,
}

/// Which rows are wanted. What is absent lets everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this user, however the name is written; empty for nobody.
    pub actor: Option<String>,
    /// Of this operation: `StopContainer`.
    pub action: Option<String>,
    /// On what: a part of the target, in small or capital letters.
    pub target: Option<String>,
    /// That ended so.
    pub result: Option<AuditResult>,
    /// Begun then or later.
    pub since: Option<UnixMillis>,
    /// Begun before then.
    pub until: Option<UnixMillis>,
}

impl AuditFilter {
    /// Whether a row is wanted: what the store's statement says, for rows that come by themselves.
    #[must_use]
    pub fn matches(&self, row: &AuditRow) -> bool {
        let same = |text: &str, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(text))
        };
        let holds = |text: &str, wanted: &Option<String>| {
            wanted
                .as_ref()
                .is_none_or(|wanted| text.to_ascii_lowercase().contains(&wanted.to_ascii_lowercase()))
        };
        same(&row.actor, &self.actor)
            && self.action.as_ref().is_none_or(|action| *action == row.action)
            && holds(&row.target, &self.target)
            && self.result.is_none_or(|result| result == row.result)
            && self.since.is_none_or(|since| row.at >= since)
            && self.until.is_none_or(|until| row.at < until)
    }
}

/// Which part of the audit to read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// Only rows with a smaller id: the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// At most so many, 100 unless told, 500 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<AuditResult>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<UnixMillis>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMillis>,
}

impl AuditQuery {
    /// A page of a filter.
    #[must_use]
    pub fn of(filter: AuditFilter, before: Option<i64>, limit: Option<u32>) -> Self {
        let AuditFilter { actor, action, target, result, since, until } = filter;
        Self { before, limit, actor, action, target, result, since, until }
    }

    /// Which rows.
    #[must_use]
    pub fn filter(&self) -> AuditFilter {
        let Self { before: _, limit: _, actor, action, target, result, since, until } = self.clone();
        AuditFilter { actor, action, target, result, since, until }
    }
}

/// A page of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// Where the topic `audit` goes on from here.
    pub cursor: Cursor,
    /// The rows, newest first. A rare filter may have none on a page that has older ones.
    pub rows: Vec<AuditRow>,
    /// What to ask for with `before` for the next page; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older: Option<i64>,
    /// What the last verification since the console's start found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification: Option<AuditVerification>,
}

/// What a walk along the audit's chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditVerification {
    /// When it was done.
    pub at: UnixMillis,
    /// Entries of the chain that are as they were written.
    pub entries: u64,
    /// Rows that they vouch for.
    pub rows: u64,
    /// Rows among them from before there was a chain: it vouches for them only since then.
    pub older: u64,
    /// What is wrong, each break by itself, in the order of the chain; at most [`FAULTS_MAX`].
    pub faults: Vec<AuditFault>,
    /// There were as many, and the walk ended there.
    pub more_faults: bool,
}

/// The most faults that one walk tells.
pub const FAULTS_MAX: usize = 1_000;

/// What is wrong with the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum AuditFault {
    /// A row is not what was written.
    RowChanged {
        /// Its number.
        row: i64,
    },
    /// A row is missing.
    RowMissing {
        /// Its number.
        row: i64,
    },
    /// A row was not written by the console.
    RowForeign {
        /// Its number.
        row: i64,
    },
    /// An entry of the chain is missing.
    EntryMissing {
        /// Its number.
        entry: i64,
    },
    /// An entry of the chain is not what was written, or another stands in its place.
    EntryChanged {
        /// Its number.
        entry: i64,
    },
    /// The newest entries are missing.
    EndMissing {
        /// The last one there is.
        entry: i64,
        /// The last one that was written.
        written: i64,
    },
    /// The console found entries missing while it wrote, and wrote that down.
    Gap {
        /// The entry that says so.
        entry: i64,
        /// Its row.
        row: i64,
    },
    /// The file that says where the chain ends is missing, or was not written by this console.
    NoHead,
    /// What says where the chain begins was not written by this console.
    BadCheckpoint,
}

impl std::fmt::Display for AuditFault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::RowChanged { row } => write!(formatter, "row {row} is not what was written"),
            Self::RowMissing { row } => write!(formatter, "row {row} is missing"),
            Self::RowForeign { row } => write!(formatter, "row {row} was not written by the console"),
            Self::EntryMissing { entry } => write!(formatter, "entry {entry} of the chain is missing"),
            Self::EntryChanged { entry } => {
                write!(formatter, "entry {entry} of the chain is not what was written")
            }
            Self::EndMissing { entry, written } => {
                write!(formatter, "the chain ends at entry {entry}, but {written} were written")
            }
            Self::Gap { entry, row } => {
                write!(formatter, "entry {entry} (row {row}) tells that entries before it were missing")
            }
            Self::NoHead => {
                formatter.write_str("the file that says where the chain ends is missing or foreign")
            }
            Self::BadCheckpoint => formatter.write_str("what says where the chain begins is foreign"),
        }
    }
}

/// How an export is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AuditFormat {
    /// Comma-separated values, for a spreadsheet.
    #[default]
    Csv,
    /// A JSON object a line.
    Jsonl,
}

/// What to export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AuditExport {
    /// How.
    #[serde(default)]
    pub format: AuditFormat,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<AuditResult>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<UnixMillis>,
    /// See [`AuditFilter`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMillis>,
}

impl AuditExport {
    /// All of a filter.
    #[must_use]
    pub fn of(filter: AuditFilter, format: AuditFormat) -> Self {
        let AuditFilter { actor, action, target, result, since, until } = filter;
        Self { format, actor, action, target, result, since, until }
    }

    /// Which rows.
    #[must_use]
    pub fn filter(&self) -> AuditFilter {
        let Self { format: _, actor, action, target, result, since, until } = self.clone();
        AuditFilter { actor, action, target, result, since, until }
    }
}

endpoint! {
    /// Lists the audit, newest first. Its changes are the topic `audit`.
    ListAudit {}
    Get "/api/v1/audit", query: AuditQuery, body: (), reply: AuditPage, needs: Permission::AuditView
}

endpoint! {
    /// Exports all rows of a filter, newest first, as a file. The export is itself a row.
    ExportAudit {}
    Get "/api/v1/audit/export", query: AuditExport, body: (), reply: String, needs: Permission::AuditView
}

endpoint! {
    /// Walks along the audit's chain and says what it found; progress is told by the topic `audit`. 409 while
    /// somebody else has it done.
    VerifyAudit {}
    Post "/api/v1/audit/verify", query: Empty, body: (), reply: AuditVerification, needs: Permission::AuditView
}
