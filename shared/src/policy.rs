//! The rules that administrators set for everybody: sessions, passwords, failed sign-ins, proxies.

use serde::{Deserialize, Serialize};

use crate::{Permission, endpoint, users::PASSWORD_MIN_CHARACTERS};

/// What a number of the policy may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least.
    pub least: u32,
    /// The most.
    pub most: u32,
    /// What it is unless somebody chose another.
    pub usual: u32,
}

impl Bounds {
    const fn new(least: u32, usual: u32, most: u32) -> Self {
        Self { least, most, usual }
    }

    /// Whether a number is within.
    #[must_use]
    pub fn hold(self, value: u32) -> bool {
        (self.least..=self.most).contains(&value)
    }
}

/// Minutes without use after which a session ends.
pub const IDLE_MINUTES: Bounds = Bounds::new(5, 12 * 60, 30 * 24 * 60);
/// Hours after which a session ends, used or not.
pub const SESSION_HOURS: Bounds = Bounds::new(1, 7 * 24, 90 * 24);
/// The least characters of a new password.
pub const PASSWORD_CHARACTERS: Bounds = Bounds::new(8, PASSWORD_MIN_CHARACTERS as u32, 64);
/// Failed sign-ins to one account from one address before waiting begins.
pub const ACCOUNT_ATTEMPTS: Bounds = Bounds::new(3, 5, 20);
/// Failed sign-ins from one address, whatever the account, before waiting begins.
pub const ADDRESS_ATTEMPTS: Bounds = Bounds::new(10, 30, 1_000);
/// Minutes that nobody waits longer than after failed sign-ins.
pub const WAIT_MINUTES: Bounds = Bounds::new(1, 5, 60);
/// The most words that new passwords may not be made of, and trusted proxies.
pub const ENTRIES_MAX: usize = 100;

/// The policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SecurityPolicy {
    /// Minutes without use after which a session ends: 5 to 43,200.
    pub idle_minutes: u32,
    /// Hours after which a session ends, used or not: 1 to 2,160.
    pub session_hours: u32,
    /// The least characters of a new password: 8 to 64.
    pub password_characters: u32,
    /// Words beside the usual ones that new passwords may not be made of: the company's name.
    pub refused_words: Vec<String>,
    /// Failed sign-ins to one account from one address before waiting begins: 3 to 20.
    pub account_attempts: u32,
    /// Failed sign-ins from one address, whatever the account, before waiting begins: 10 to 1,000.
    pub address_attempts: u32,
    /// Minutes that nobody waits longer than: 1 to 60.
    pub wait_minutes: u32,
    /// Proxies whose word on the client's address is believed, beside those that the console was started with:
    /// addresses, or networks such as `172.16.0.0/12`.
    pub trusted_proxies: Vec<String>,
}

impl Default for SecurityPolicy {
    fn default() -> Self {
        Self {
            idle_minutes: IDLE_MINUTES.usual,
            session_hours: SESSION_HOURS.usual,
            password_characters: PASSWORD_CHARACTERS.usual,
            refused_words: Vec::new(),
            account_attempts: ACCOUNT_ATTEMPTS.usual,
            address_attempts: ADDRESS_ATTEMPTS.usual,
            wait_minutes: WAIT_MINUTES.usual,
            trusted_proxies: Vec::new(),
        }
    }
}

/// A change of the policy; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyChange {
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_minutes: Option<u32>,
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_hours: Option<u32>,
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_characters: Option<u32>,
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_words: Option<Vec<String>>,
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_attempts: Option<u32>,
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_attempts: Option<u32>,
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_minutes: Option<u32>,
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_proxies: Option<Vec<String>>,
}

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyProblem {
    /// A number is outside its bounds.
    Outside {
        /// Which field.
        field: &'static str,
        /// Its bounds.
        bounds: Bounds,
    },
    /// A session would end by age before it could end by being idle.
    IdleLongerThanSession,
    /// Too many words or proxies.
    TooMany {
        /// Which field.
        field: &'static str,
    },
    /// A word is too short to be kept out of passwords, or too long: 3 to 64 letters or digits.
    Word(String),
}

impl PolicyProblem {
    /// The field that is wrong.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Outside { field, .. } | Self::TooMany { field } => field,
            Self::IdleLongerThanSession => "idle_minutes",
            Self::Word(_) => "refused_words",
        }
    }
}

impl SecurityPolicy {
    /// It, with a change.
    #[must_use]
    pub fn changed(&self, change: &PolicyChange) -> Self {
        let words = |of: &Option<Vec<String>>, were: &Vec<String>| of.clone().unwrap_or_else(|| were.clone());
        Self {
            idle_minutes: change.idle_minutes.unwrap_or(self.idle_minutes),
            session_hours: change.session_hours.unwrap_or(self.session_hours),
            password_characters: change.password_characters.unwrap_or(self.password_characters),
            refused_words: words(&change.refused_words, &self.refused_words),
            account_attempts: change.account_attempts.unwrap_or(self.account_attempts),
            address_attempts: change.address_attempts.unwrap_or(self.address_attempts),
            wait_minutes: change.wait_minutes.unwrap_or(self.wait_minutes),
            trusted_proxies: words(&change.trusted_proxies, &self.trusted_proxies),
        }
    }

    /// The numbers, each with its name and its bounds.
    #[must_use]
    pub fn numbers(&self) -> [(&'static str, u32, Bounds); 6] {
        [
            ("idle_minutes", self.idle_minutes, IDLE_MINUTES),
            ("session_hours", self.session_hours, SESSION_HOURS),
            ("password_characters", self.password_characters, PASSWORD_CHARACTERS),
            ("account_attempts", self.account_attempts, ACCOUNT_ATTEMPTS),
            ("address_attempts", self.address_attempts, ADDRESS_ATTEMPTS),
            ("wait_minutes", self.wait_minutes, WAIT_MINUTES),
        ]
    }

    /// Checks all but the proxies, whose addresses only the server reads.
    ///
    /// # Errors
    /// The first problem.
    pub fn check(&self) -> Result<(), PolicyProblem> {
        for (field, value, bounds) in self.numbers() {
            if !bounds.hold(value) {
                return Err(PolicyProblem::Outside { field, bounds });
            }
        }
        if u64::from(self.idle_minutes) > u64::from(self.session_hours) * 60 {
            return Err(PolicyProblem::IdleLongerThanSession);
        }
        for (field, entries) in
            [("refused_words", &self.refused_words), ("trusted_proxies", &self.trusted_proxies)]
        {
            if entries.len() > ENTRIES_MAX {
                return Err(PolicyProblem::TooMany { field });
            }
        }
        let is_word = |word: &&String| {
            (3..=64).contains(&word.chars().count()) && word.chars().all(char::is_alphanumeric)
        };
        match self.refused_words.iter().find(|word| !is_word(word)) {
            Some(word) => Err(PolicyProblem::Word(word.clone())),
            None => Ok(()),
        }
    }

    /// What differs from another: field, what it was there, what it is here. For the audit.
    #[must_use]
    pub fn differences(&self, before: &Self) -> Vec<(&'static str, String, String)> {
        let numbers = before.numbers().into_iter().zip(self.numbers());
        let mut all: Vec<_> = numbers
            .filter(|(was, is)| was.1 != is.1)
            .map(|(was, is)| (is.0, was.1.to_string(), is.1.to_string()))
            .collect();
        for (field, was, is) in [
            ("refused_words", &before.refused_words, &self.refused_words),
            ("trusted_proxies", &before.trusted_proxies, &self.trusted_proxies),
        ] {
            if was != is {
                all.push((field, format!("[{}]", was.join(" ")), format!("[{}]", is.join(" "))));
            }
        }
        all
    }
}

/// The policy, and what goes with it on its page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PolicyReply {
    /// The policy.
    pub policy: SecurityPolicy,
    /// The proxies that the console was started with: they stay trusted, whatever the policy says.
    pub started_with: Vec<String>,
    /// The address that this request came from, by the proxies that are trusted now.
    pub your_address: String,
}

/// Proxies to try.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProxiesToTry {
    /// Addresses or networks, with commas between them.
    #[serde(default)]
    pub proxies: String,
}

/// What would be with other proxies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TriedProxies {
    /// The address that this request would have come from.
    pub your_address: String,
}

endpoint! {
    /// Reads the policy.
    ReadPolicy {}
    Get "/api/v1/policy", query: crate::Empty, body: (), reply: PolicyReply, needs: Permission::SettingsManage
}

endpoint! {
    /// Changes the policy; what is absent stays. Takes effect at once, on open sessions too. 422 naming the
    /// field that is outside its bounds.
    UpdatePolicy {}
    Patch "/api/v1/policy", query: crate::Empty, body: PolicyChange, reply: PolicyReply,
    needs: Permission::SettingsManage, confirms: yes
}

endpoint! {
    /// Tells which address one would come from, were these proxies trusted beside those that the console was
    /// started with. Changes nothing. 422 for what is no address or network, or one that is too wide.
    TryProxies {}
    Get "/api/v1/policy/proxies", query: ProxiesToTry, body: (), reply: TriedProxies,
    needs: Permission::SettingsManage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_is_allowed() {
        let usual = SecurityPolicy::default();
        assert_eq!(usual.check(), Ok(()));
        assert_eq!(serde_json::from_str::<SecurityPolicy>("{}").unwrap(), usual);
        assert!(usual.differences(&usual).is_empty());
    }

    #[test]
    fn each_number_has_two_ends() {
        for (index, (field, _, bounds)) in SecurityPolicy::default().numbers().into_iter().enumerate() {
            for (value, allowed) in [
                (bounds.least, true),
                (bounds.most, true),
                (bounds.least - 1, false),
                (bounds.most + 1, false),
                (u32::MAX, false),
            ] {
                // The longest session leaves room for each idle time, and the shortest idle time for each session.
                let mut change = PolicyChange {
                    session_hours: Some(SESSION_HOURS.most),
                    idle_minutes: Some(IDLE_MINUTES.least),
                    ..PolicyChange::default()
                };
                let fields = [
                    &mut change.idle_minutes,
                    &mut change.session_hours,
                    &mut change.password_characters,
                    &mut change.account_attempts,
                    &mut change.address_attempts,
                    &mut change.wait_minutes,
                ];
                *fields.into_iter().nth(index).unwrap() = Some(value);
                let checked = SecurityPolicy::default().changed(&change).check();
                let expected = if allowed { Ok(()) } else { Err(PolicyProblem::Outside { field, bounds }) };
                assert_eq!(checked, expected, "{field} {value}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        let check = |change: PolicyChange| SecurityPolicy::default().changed(&change).check();
        let short = PolicyChange { session_hours: Some(1), ..PolicyChange::default() };
        assert_eq!(check(short), Err(PolicyProblem::IdleLongerThanSession));
        for word in ["ab", "two words", "", &"x".repeat(65)] {
            let words =
                PolicyChange { refused_words: Some(vec![word.to_owned()]), ..PolicyChange::default() };
            assert_eq!(check(words), Err(PolicyProblem::Word(word.to_owned())));
        }
        let many = Some(vec!["10.0.0.1".to_owned(); ENTRIES_MAX + 1]);
        let many = PolicyChange { trusted_proxies: many, ..PolicyChange::default() };
        assert_eq!(check(many), Err(PolicyProblem::TooMany { field: "trusted_proxies" }));
    }

    #[test]
    fn a_change_is_told_with_what_was() {
        let before = SecurityPolicy::default();
        let change = PolicyChange {
            idle_minutes: Some(30),
            trusted_proxies: Some(vec!["10.0.0.1".to_owned()]),
            ..PolicyChange::default()
        };
        let told = before.changed(&change).differences(&before);
        let row = |field, was: &str, is: &str| (field, was.to_owned(), is.to_owned());
        assert_eq!(told, [row("idle_minutes", "720", "30"), row("trusted_proxies", "[]", "[10.0.0.1]")]);
    }
}
