//! The policy as it is typed: a text for each field, and the change that they make.

use leptos::prelude::*;
use shared::{
    ApiError, ErrorCode,
    policy::{Bounds, PolicyChange, SecurityPolicy},
};

use super::factor_roles::{self, FactorRoles};
use crate::{
    components::error_text::error_text,
    i18n::{I18n, t_string},
    ui::format,
};

/// What stands in one field, and what is wrong with it.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    /// The field's name, and its input's id.
    pub(super) id: &'static str,
    /// What is typed.
    pub(super) value: RwSignal<String>,
    /// What is wrong.
    pub(super) error: RwSignal<Option<String>>,
}

/// All fields, named as the policy's.
#[derive(Clone, Copy)]
pub(super) struct Drafts {
    pub(super) idle_minutes: Draft,
    pub(super) session_hours: Draft,
    pub(super) password_characters: Draft,
    pub(super) refused_words: Draft,
    pub(super) factor_roles: FactorRoles,
    pub(super) account_attempts: Draft,
    pub(super) address_attempts: Draft,
    pub(super) wait_minutes: Draft,
    pub(super) trusted_proxies: Draft,
    pub(super) audit_days: Draft,
    pub(super) audit_rows: Draft,
}

impl Drafts {
    pub(super) fn new(policy: &SecurityPolicy) -> Self {
        let chosen = RwSignal::new(policy.factor_roles.clone());
        let draft = |id| Draft { id, value: RwSignal::new(text_of(policy, id)), error: RwSignal::new(None) };
        Self {
            idle_minutes: draft("idle_minutes"),
            session_hours: draft("session_hours"),
            password_characters: draft("password_characters"),
            refused_words: draft("refused_words"),
            factor_roles: FactorRoles { chosen, error: RwSignal::new(None) },
            account_attempts: draft("account_attempts"),
            address_attempts: draft("address_attempts"),
            wait_minutes: draft("wait_minutes"),
            trusted_proxies: draft("trusted_proxies"),
            audit_days: draft("audit_days"),
            audit_rows: draft("audit_rows"),
        }
    }

    /// Where it is told what is wrong with each field, by its name.
    fn errors(self) -> [(&'static str, RwSignal<Option<String>>); 11] {
        let of = |draft: Draft| (draft.id, draft.error);
        [
            of(self.idle_minutes),
            of(self.session_hours),
            of(self.password_characters),
            of(self.refused_words),
            (factor_roles::ID, self.factor_roles.error),
            of(self.account_attempts),
            of(self.address_attempts),
            of(self.wait_minutes),
            of(self.trusted_proxies),
            of(self.audit_days),
            of(self.audit_rows),
        ]
    }

    /// Where it is told what is wrong with the field of that name.
    pub(super) fn error_of(self, field: Option<&str>) -> Option<RwSignal<Option<String>>> {
        self.errors().into_iter().find(|(name, _)| field == Some(name)).map(|(_, error)| error)
    }

    /// The change that they make, or nothing where one of them is wrong, which is then told there.
    pub(super) fn change(self, i18n: I18n) -> Option<PolicyChange> {
        for (_, error) in self.errors() {
            error.set(None);
        }
        let change = PolicyChange {
            idle_minutes: self.idle_minutes.number(i18n),
            session_hours: self.session_hours.number(i18n),
            password_characters: self.password_characters.number(i18n),
            refused_words: Some(self.refused_words.entries()),
            factor_roles: Some(self.factor_roles.chosen.get_untracked()),
            account_attempts: self.account_attempts.number(i18n),
            address_attempts: self.address_attempts.number(i18n),
            wait_minutes: self.wait_minutes.number(i18n),
            trusted_proxies: Some(self.trusted_proxies.entries()),
            audit_days: self.audit_days.number(i18n),
            audit_rows: self.audit_rows.number(i18n),
        };
        let right = self.errors().iter().all(|(_, error)| error.with_untracked(Option::is_none));
        right.then_some(change)
    }
}

impl Draft {
    /// What is typed, one by one.
    pub(super) fn entries(self) -> Vec<String> {
        let text = self.value.get_untracked();
        text.split([',', ' ', '\n']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// The number that is typed, or nothing where it is none that may be, which is then told there.
    fn number(self, i18n: I18n) -> Option<u32> {
        let bounds = bounds_of(self.id)?;
        let typed = self.value.get_untracked().trim().parse().ok();
        let number = typed.filter(|value| bounds.hold(*value));
        if number.is_none() {
            self.error.set(untrack(|| self.bounds_in_words(i18n)));
        }
        number
    }

    /// Between what a number may be; tracked.
    pub(super) fn bounds_in_words(self, i18n: I18n) -> Option<String> {
        let bounds = bounds_of(self.id)?;
        let number = |value: u32| format::count(i18n, u64::from(value));
        Some(t_string!(
            i18n,
            policy.bounds,
            least = number(bounds.least),
            most = number(bounds.most),
            usual = number(bounds.usual)
        ))
    }
}

fn text_of(policy: &SecurityPolicy, field: &str) -> String {
    match field {
        "refused_words" => policy.refused_words.join(", "),
        "trusted_proxies" => policy.trusted_proxies.join(", "),
        _ => {
            let number = policy.numbers().into_iter().find(|(name, ..)| *name == field);
            number.map_or_else(String::new, |(_, value, _)| value.to_string())
        }
    }
}

fn bounds_of(field: &str) -> Option<Bounds> {
    let usual = SecurityPolicy::default();
    usual.numbers().into_iter().find(|(name, ..)| *name == field).map(|(_, _, bounds)| bounds)
}

/// What the console said of a field, in words.
pub(super) fn wrong(i18n: I18n, error: &ApiError) -> String {
    match (error.code, error.field.as_deref()) {
        (ErrorCode::Invalid, Some("idle_minutes")) => t_string!(i18n, policy.idle_longer),
        (ErrorCode::Invalid, Some("refused_words")) => t_string!(i18n, policy.words_bad),
        (ErrorCode::Invalid, Some(factor_roles::ID)) => t_string!(i18n, policy.factor_own),
        (ErrorCode::Invalid, Some("trusted_proxies" | "proxies")) => t_string!(i18n, policy.proxies_bad),
        _ => error_text(i18n, error),
    }
}
