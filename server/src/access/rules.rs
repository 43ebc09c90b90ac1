//! The rules of proving who is at the keyboard: how long, and how often it may be tried.
//!
//! Does not belong here: what an administrator sets (`settings.rs`), and bounds on memory.

use std::time::Duration;

/// How long and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// For so long after it was proved who is at the keyboard, it is not asked again.
    pub confirmed: Duration,
    /// So long after the password was right, the code of the second factor may come.
    pub half_sign_in: Duration,
    /// Wrong codes of one user, from wherever, after which waiting begins. Only who knows the password can
    /// try them, so it locks out nobody whose password is safe.
    pub free_codes: i64,
    /// The first such wait; each further wrong code doubles it.
    pub code_wait: Duration,
    /// No such wait is longer.
    pub longest_code_wait: Duration,
}

/// The rules in force.
pub const RULES: Rules = Rules {
    confirmed: Duration::from_secs(5 * 60),
    half_sign_in: Duration::from_secs(5 * 60),
    free_codes: 10,
    code_wait: Duration::from_secs(30),
    longest_code_wait: Duration::from_secs(15 * 60),
};
