//! The rules that administrators set for everybody: sessions, passwords, second factors, failed sign-ins,
//! proxies, how long the audit is kept.

use serde::{Deserialize, Serialize};

use crate::{Permission, RoleId, access::RoleRef, endpoint, users::PASSWORD_MIN_CHARACTERS};

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
/// Days that rows of the audit are kept.
pub const AUDIT_DAYS: Bounds = Bounds::new(30, 400, 36_500);
/// Of those, the newest so many rows; 0 for all.
pub const AUDIT_ROWS: Bounds = Bounds::new(0, 0, 1_000_000_000);
/// The most words that new passwords may not be made of, trusted proxies, and roles that require something.
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
    /// Whoever holds one of these roles anywhere, by themselves or by a team, needs a second factor: without
    /// one they may set it up, and nothing else.
    pub factor_roles: Vec<RoleRef>,
    /// Failed sign-ins to one account from one address before waiting begins: 3 to 20.
    pub account_attempts: u32,
    /// Failed sign-ins from one address, whatever the account, before waiting begins: 10 to 1,000.
    pub address_attempts: u32,
    /// Minutes that nobody waits longer than: 1 to 60.
    pub wait_minutes: u32,
    /// Proxies whose word on the client's address is believed, beside those that the console was started with:
    /// addresses, or networks such as `172.16.0.0/12`.
    pub trusted_proxies: Vec<String>,
    /// Days that rows of the audit are kept: 30 to 36,500. What is older is removed.
    pub audit_days: u32,
    /// Of those, the newest so many rows, though those of the last 30 days are kept all the same; 0 for all.
    pub audit_rows: u32,
}

impl Default for SecurityPolicy {
    fn default() -> Self {
        Self {
            idle_minutes: IDLE_MINUTES.usual,
            session_hours: SESSION_HOURS.usual,
            password_characters: PASSWORD_CHARACTERS.usual,
            refused_words: Vec::new(),
            factor_roles: Vec::new(),
            account_attempts: ACCOUNT_ATTEMPTS.usual,
            address_attempts: ADDRESS_ATTEMPTS.usual,
            wait_minutes: WAIT_MINUTES.usual,
            trusted_proxies: Vec::new(),
            audit_days: AUDIT_DAYS.usual,
            audit_rows: AUDIT_ROWS.usual,
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
    pub factor_roles: Option<Vec<RoleRef>>,
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
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_days: Option<u32>,
    /// See [`SecurityPolicy`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_rows: Option<u32>,
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
    /// Too many words, roles or proxies.
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
            factor_roles: change.factor_roles.clone().unwrap_or_else(|| self.factor_roles.clone()),
            account_attempts: change.account_attempts.unwrap_or(self.account_attempts),
            address_attempts: change.address_attempts.unwrap_or(self.address_attempts),
            wait_minutes: change.wait_minutes.unwrap_or(self.wait_minutes),
            trusted_proxies: words(&change.trusted_proxies, &self.trusted_proxies),
            audit_days: change.audit_days.unwrap_or(self.audit_days),
            audit_rows: change.audit_rows.unwrap_or(self.audit_rows),
        }
    }

    /// The numbers, each with its name and its bounds.
    #[must_use]
    pub fn numbers(&self) -> [(&'static str, u32, Bounds); 8] {
        [
            ("idle_minutes", self.idle_minutes, IDLE_MINUTES),
            ("session_hours", self.session_hours, SESSION_HOURS),
            ("password_characters", self.password_characters, PASSWORD_CHARACTERS),
            ("account_attempts", self.account_attempts, ACCOUNT_ATTEMPTS),
            ("address_attempts", self.address_attempts, ADDRESS_ATTEMPTS),
            ("wait_minutes", self.wait_minutes, WAIT_MINUTES),
            ("audit_days", self.audit_days, AUDIT_DAYS),
            ("audit_rows", self.audit_rows, AUDIT_ROWS),
        ]
    }

    /// Whether a second factor is required of who holds these roles. It goes by the role, not by what a role
    /// may: another role that may the same does not count.
    #[must_use]
    pub fn requires_factor(&self, mut roles: impl Iterator<Item = RoleRef>) -> bool {
        roles.any(|role| self.factor_roles.contains(&role))
    }

    /// Checks all but the proxies, whose addresses only the server reads, and whether a custom role exists.
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
        for (field, entries) in [
            ("refused_words", self.refused_words.len()),
            ("factor_roles", self.factor_roles.len()),
            ("trusted_proxies", self.trusted_proxies.len()),
        ] {
            if entries > ENTRIES_MAX {
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
        let roles = |of: &Self| of.factor_roles.iter().map(RoleRef::to_string).collect::<Vec<_>>();
        for (field, between, was, is) in [
            ("refused_words", " ", before.refused_words.clone(), self.refused_words.clone()),
            ("factor_roles", ", ", roles(before), roles(self)),
            ("trusted_proxies", " ", before.trusted_proxies.clone(), self.trusted_proxies.clone()),
        ] {
            if was != is {
                all.push((field, format!("[{}]", was.join(between)), format!("[{}]", is.join(between))));
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
    /// The custom roles there are, for naming those that require something.
    pub roles: Vec<NamedRole>,
}

/// A custom role, as others name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamedRole {
    /// Its number.
    pub id: RoleId,
    /// Its name.
    pub name: String,
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
    /// Changes the policy; what is absent stays. Takes effect at once, on open sessions and streams too. 422
    /// naming the field that is outside its bounds, and for requiring of oneself a second factor that one does
    /// not have.
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
#[path = "policy_tests.rs"]
mod tests;
