//! The audit as a file: comma-separated values or a JSON object a line.
//!
//! Belongs here: what a row looks like in a file. Does not: which rows (`audit_read.rs`), and the stream.

use shared::{
    UnixMillis,
    audit::{AuditFilter, AuditFormat, AuditRow},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Rows that are read, and written into one piece of a file, at once.
pub const PIECE: u32 = 500;

/// What a file begins with.
#[must_use]
pub fn head(format: AuditFormat) -> &'static str {
    match format {
        AuditFormat::Csv => "id,time,who,from,what,on,result,detail\r\n",
        AuditFormat::Jsonl => "",
    }
}

/// Appends a row.
pub fn write_row(text: &mut String, format: AuditFormat, row: &AuditRow) {
    match format {
        AuditFormat::Csv => {
            let (id, at) = (row.id.to_string(), moment(row.at));
            let cells = [
                &id,
                &at,
                &row.actor,
                &row.address,
                &row.action,
                &row.target,
                row.result.as_str(),
                &row.detail,
            ];
            for (index, cell) in cells.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_cell(text, cell);
            }
            text.push_str("\r\n");
        }
        AuditFormat::Jsonl => {
            text.push_str(&serde_json::to_string(row).unwrap_or_default());
            text.push('\n');
        }
    }
}

/// The filter in a few words, for the row that an export is itself.
#[must_use]
pub fn in_words(filter: &AuditFilter, format: AuditFormat) -> String {
    let AuditFilter { actor, action, target, result, since, until } = filter;
    let mut words = vec![match format {
        AuditFormat::Csv => "csv".to_owned(),
        AuditFormat::Jsonl => "jsonl".to_owned(),
    }];
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.push(format!("{name}={value}"));
        }
    };
    add("who", actor.clone());
    add("what", action.clone());
    add("on", target.clone());
    add("result", result.map(|result| result.as_str().to_owned()));
    add("since", since.map(moment));
    add("until", until.map(moment));
    words.join(" ")
}

/// A moment as people and programs read it.
#[must_use]
pub fn moment(at: UnixMillis) -> String {
    let nanos = i128::from(at.0).saturating_mul(1_000_000);
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_default()
}

/// A cell as RFC 4180 has it. A spreadsheet takes what begins like a formula for one, so such a cell begins
/// with an apostrophe (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn write_cell(text: &mut String, cell: &str) {
    let is_formula =
        cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r', '\n']);
    let is_plain = !is_formula && !cell.contains(['"', ',', '\r', '\n']);
    if is_plain {
        text.push_str(cell);
        return;
    }
    text.push('"');
    if is_formula {
        text.push('\'');
    }
    for character in cell.chars() {
        if character == '"' {
            text.push('"');
        }
        text.push(character);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use shared::audit::AuditResult;

    use super::*;

    fn row(target: &str) -> AuditRow {
        AuditRow {
            id: 3,
            at: UnixMillis(1_700_000_000_000),
            actor: "ann".to_owned(),
            address: "::1".to_owned(),
            action: "StopContainer".to_owned(),
            target: target.to_owned(),
            result: AuditResult::Done,
            detail: String::new(),
        }
    }

    #[test]
    fn cells_are_quoted_and_no_formula() {
        let cell = |target: &str| {
            let mut text = String::new();
            write_row(&mut text, AuditFormat::Csv, &row(target));
            let rest = text.strip_prefix("3,2023-11-14T22:13:20Z,ann,::1,StopContainer,").unwrap().to_owned();
            rest.strip_suffix(",done,\r\n").unwrap().to_owned()
        };
        assert_eq!(cell("local/web"), "local/web");
        assert_eq!(cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(cell("a\r\nb"), "\"a\r\nb\"");
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1"] {
            assert!(cell(formula).starts_with("\"'"), "{formula:?}");
        }
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }

    #[test]
    fn a_json_line_is_the_row() {
        let mut text = String::new();
        write_row(&mut text, AuditFormat::Jsonl, &row("a\nb"));
        assert_eq!(text.lines().count(), 1);
        assert_eq!(serde_json::from_str::<AuditRow>(&text).unwrap(), row("a\nb"));
    }

    #[test]
    fn a_filter_is_told_in_words() {
        let filter = AuditFilter {
            actor: Some("ann".to_owned()),
            result: Some(AuditResult::Refused),
            since: Some(UnixMillis(0)),
            ..AuditFilter::default()
        };
        assert_eq!(
            in_words(&filter, AuditFormat::Csv),
            "csv who=ann result=refused since=1970-01-01T00:00:00Z"
        );
    }
}
