//! The dialogs, and what they have in common: a form whose errors stand at their fields.

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
    i18n::{I18n, t, t_string, use_i18n},
    ui::{badge::Tone, button::Button, dialog::Dialog, notice::Notice},
};

const FORM: &str = "user-form";

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

/// The frame that the three have in common: a form in a dialog.
#[component]
fn FormDialog(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] submit: Signal<String>,
    #[prop(into)] pending: Signal<bool>,
    problem: RwSignal<Option<String>>,
    close: impl Fn() + Copy + Send + Sync + 'static,
    on_submit: impl Fn() + Send + Sync + 'static,
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let actions = move || {
        view! {
            <Button label=t!(i18n, common.cancel) on_press=close />
            <button
                class="button"
                type="submit"
                form=FORM
                data-variant="primary"
                aria-disabled=move || pending.get().then_some("true")
                aria-busy=move || pending.get().then_some("true")
            >
                {move || pending.get().then(|| view! { <span class="spinner" aria-hidden="true"></span> })}
                {submit}
            </button>
        }
    };
    view! {
        <Dialog title=title on_close=close actions=actions>
            <form
                class="stack"
                id=FORM
                novalidate=true
                on:submit=move |event| {
                    event.prevent_default();
                    if !pending.get_untracked() {
                        on_submit();
                    }
                }
            >
                {children()}
                {move || {
                    problem
                        .get()
                        .map(|problem| view! { <Notice tone=Tone::Danger title=problem text=String::new() /> })
                }}
            </form>
        </Dialog>
    }
}
