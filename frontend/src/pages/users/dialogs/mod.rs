//! The dialogs, and what they have in common: errors that stand at their fields.

mod add;
mod factor;
mod password;
mod role;

use leptos::prelude::*;
use shared::{ApiError, ErrorCode};

pub(super) use add::AddUserDialog;
pub(super) use factor::FactorDialog;
pub(super) use password::PasswordDialog;
pub(super) use role::RoleDialog;

use crate::{
    components::error_text::error_text,
    i18n::{I18n, t_string},
};

/// What is wrong, and where.
#[derive(Clone, Copy)]
struct Problems {
    name: RwSignal<Option<String>>,
    password: RwSignal<Option<String>>,
    whole: RwSignal<Option<String>>,
}

impl Problems {
    fn new() -> Self {
        Self { name: RwSignal::new(None), password: RwSignal::new(None), whole: RwSignal::new(None) }
    }

    fn clear(self) {
        self.name.set(None);
        self.password.set(None);
        self.whole.set(None);
    }

    /// Puts a refusal where it belongs.
    fn take(self, i18n: I18n, error: &ApiError, name: &str) {
        untrack(|| match (error.code, error.field.as_deref()) {
            (ErrorCode::Invalid, Some("name")) => self.name.set(Some(t_string!(i18n, users.name_bad))),
            (ErrorCode::Invalid, Some("password")) => {
                self.password.set(Some(t_string!(i18n, users.password_common)));
            }
            (ErrorCode::Conflict, Some("name")) => self.name.set(Some(t_string!(i18n, users.name_taken))),
            (ErrorCode::Conflict, _) => {
                self.whole.set(Some(t_string!(i18n, users.last_admin, name = name.to_owned())));
            }
            _ => self.whole.set(Some(error_text(i18n, error))),
        });
    }
}
