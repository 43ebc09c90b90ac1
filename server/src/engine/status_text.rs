//! Reads the engine's human status, `Exited (137) 3 hours ago`, where its list tells nothing better.
//!
//! The list of all containers has no exit code and no time of the last change; asking for each container
//! would cost one call per row. The words are made by the engine from the exact values
//! (<https://github.com/docker/go-units>), in English on every engine.

/// What the words tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StatusText {
    /// The code in `Exited (137) ...`.
    pub(super) exit_code: Option<i64>,
    /// How long ago, in milliseconds, as coarsely as it is told.
    pub(super) ago_ms: Option<i64>,
}

/// Reads it; what is not understood is absent.
pub(super) fn read(status: &str) -> StatusText {
    let exit_code = status
        .strip_prefix("Exited (")
        .or_else(|| status.strip_prefix("Restarting ("))
        .and_then(|rest| rest.split(')').next())
        .and_then(|code| code.parse().ok());
    let words: Vec<&str> = status.split_whitespace().filter(|word| !word.starts_with('(')).collect();
    StatusText { exit_code, ago_ms: ago(&words) }
}

fn ago(words: &[&str]) -> Option<i64> {
    const SECOND: i64 = 1000;
    const MINUTE: i64 = 60 * SECOND;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    words.windows(2).find_map(|pair| {
        let [number, unit] = pair else { return None };
        let unit = match unit.trim_end_matches('s') {
            "second" => SECOND,
            "minute" => MINUTE,
            "hour" => HOUR,
            "day" => DAY,
            "week" => 7 * DAY,
            "month" => 30 * DAY,
            "year" => 365 * DAY,
            _ => return None,
        };
        match *number {
            "a" | "an" | "than" => Some(unit),
            number => number.parse::<i64>().ok().and_then(|number| number.checked_mul(unit)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engines_words() {
        for (words, exit_code, ago_ms) in [
            ("Exited (137) 3 hours ago", Some(137), Some(3 * 3_600_000)),
            ("Exited (0) About an hour ago", Some(0), Some(3_600_000)),
            ("Exited (1) Less than a second ago", Some(1), Some(1000)),
            ("Up 12 days (healthy)", None, Some(12 * 86_400_000)),
            ("Up About a minute (Paused)", None, Some(60_000)),
            ("Restarting (1) 5 seconds ago", Some(1), Some(5000)),
            ("Created", None, None),
            ("", None, None),
        ] {
            assert_eq!(read(words), StatusText { exit_code, ago_ms }, "{words}");
        }
    }
}
