//! The record of what was done, tried and refused.

use serde::{Deserialize, Serialize};

use crate::{Permission, UnixMillis, endpoint};

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
}

endpoint! {
    /// Lists the audit, newest first.
    ListAudit {}
    Get "/api/v1/audit", query: AuditQuery, body: (), reply: Vec<AuditRow>, needs: Permission::AuditView
}
