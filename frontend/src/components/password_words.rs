//! What a new password must be, in words, by the policy in force.

use leptos::prelude::*;
use shared::{
    policy::PASSWORD_CHARACTERS,
    users::{PasswordProblem, check_password},
};

use crate::{
    i18n::{I18n, t_string},
    session::SessionContext,
    ui::format,
};

/// The least characters of a password, by the policy.
fn least_characters(session: SessionContext) -> u32 {
    session.session().map_or(PASSWORD_CHARACTERS.usual, |session| session.password_characters)
}

/// What a new password must be.
pub(crate) fn password_hint(i18n: I18n, session: SessionContext) -> impl Fn() -> String + Copy {
    move || {
        let count = format::count(i18n, u64::from(least_characters(session)));
        t_string!(i18n, users.password_hint, count = count)
    }
}

/// What is wrong with a password, in words.
pub(crate) fn password_problem(i18n: I18n, session: SessionContext, password: &str) -> Option<String> {
    let least = untrack(|| least_characters(session));
    untrack(|| match check_password(password, usize::try_from(least).unwrap_or(usize::MAX)) {
        Ok(()) => None,
        Err(PasswordProblem::TooShort) => {
            Some(t_string!(i18n, users.password_short, count = format::count(i18n, u64::from(least))))
        }
        Err(PasswordProblem::TooLong) => Some(t_string!(i18n, users.password_long)),
    })
}
