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

/// The fields, in the order of the page.
const FIELDS: [&str; 10] = [
    "idle_minutes",
    "session_hours",
    "password_characters",
    "refused_words",
    "account_attempts",
    "address_attempts",
    "wait_minutes",
    "trusted_proxies",
    "audit_days",
    "audit_rows",
];

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

/// All fields.
#[derive(Clone, Copy)]
pub(super) struct Drafts([Draft; 10], FactorRoles);

impl Drafts {
    pub(super) fn new(policy: &SecurityPolicy) -> Self {
        let texts = FIELDS.map(|id| Draft {
            id,
            value: RwSignal::new(text_of(policy, id)),
            error: RwSignal::new(None),
        });
        let chosen = RwSignal::new(policy.factor_roles.clone());
        Self(texts, FactorRoles { chosen, error: RwSignal::new(None) })
    }

    pub(super) fn all(self) -> [Draft; 10] {
        self.0
    }

    pub(super) fn factor_roles(self) -> FactorRoles {
        self.1
    }

    /// Where it is told what is wrong with the field of that name.
    pub(super) fn error_of(self, field: Option<&str>) -> Option<RwSignal<Option<String>>> {
        if field == Some(factor_roles::ID) {
            return Some(self.1.error);
        }
        self.0.into_iter().find(|draft| field == Some(draft.id)).map(|draft| draft.error)
    }

    /// The change that they make, or nothing where one of them is wrong, which is then told there.
    pub(super) fn change(self, i18n: I18n) -> Option<PolicyChange> {
        let mut right = true;
        self.1.error.set(None);
        let numbers = self.0.map(|draft| {
            draft.error.set(None);
            let bounds = bounds_of(draft.id)?;
            let typed = draft.value.get_untracked().trim().parse().ok();
            let number = typed.filter(|value| bounds.hold(*value));
            if number.is_none() {
                right = false;
                draft.error.set(untrack(|| draft.bounds_in_words(i18n)));
            }
            number
        });
        let [
            idle_minutes,
            session_hours,
            password_characters,
            _,
            account_attempts,
            address_attempts,
            wait_minutes,
            _,
            audit_days,
            audit_rows,
        ] = numbers;
        let [_, _, _, words, _, _, _, proxies, _, _] = self.0;
        right.then(|| PolicyChange {
            idle_minutes,
            session_hours,
            password_characters,
            refused_words: Some(words.entries()),
            factor_roles: Some(self.1.chosen.get_untracked()),
            account_attempts,
            address_attempts,
            wait_minutes,
            trusted_proxies: Some(proxies.entries()),
            audit_days,
            audit_rows,
        })
    }
}

impl Draft {
    /// What is typed, one by one.
    pub(super) fn entries(self) -> Vec<String> {
        let text = self.value.get_untracked();
        text.split([',', ' ', '\n']).filter(|part| !part.is_empty()).map(str::to_owned).collect()
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
