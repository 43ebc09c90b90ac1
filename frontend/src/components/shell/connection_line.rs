//! A line in the page while the connection to the console is lost, or when the console was updated. Nothing
//! is covered: what was there stays readable.

use leptos::prelude::*;

use crate::{
    i18n::{t, t_string, use_i18n},
    live::{self, Connection},
    session::use_session,
    ui::{
        button::{Button, Size},
        clock, format,
        icon::{Icon, IconView},
    },
};

/// A drop that heals within that time is not worth a line.
const PATIENCE_MS: f64 = 1_500.0;

#[component]
pub(super) fn ConnectionLine() -> impl IntoView {
    let i18n = use_i18n();
    let connection = live::connection();
    let shown = RwSignal::new(None::<f64>);
    Effect::new(move || match connection.get() {
        Connection::Lost { since } => {
            let wait = std::time::Duration::from_millis(PATIENCE_MS as u64);
            set_timeout(
                move || {
                    if matches!(live::connection().get_untracked(), Connection::Lost { .. }) {
                        // The page may be gone.
                        let _ = shown.try_set(Some(since));
                    }
                },
                wait,
            );
        }
        Connection::Opening | Connection::Connected => shown.set(None),
    });
    let session = use_session();
    let first_build = StoredValue::new(None::<String>);
    let updated = Memo::new(move |_| {
        let build = session.session().map(|session| session.build);
        match (first_build.get_value(), build) {
            (None, build) => {
                first_build.set_value(build);
                false
            }
            (Some(first), Some(build)) => first != build,
            (Some(_), None) => false,
        }
    });
    let lost = move || {
        shown.get().map(|since| {
            let duration =
                move || format::duration(i18n, ((clock::now() - since) as i64).max(format::SECOND));
            view! {
                <p class="connection-line" role="status">
                    <IconView icon=Icon::PlugOff small=true />
                    <span>{move || t_string!(i18n, shell.connection_lost, duration = duration())}</span>
                </p>
            }
        })
    };
    let update = move || {
        updated.get().then(|| {
            view! {
                <p class="connection-line" data-tone="info" role="status">
                    <IconView icon=Icon::Update small=true />
                    <span>{t!(i18n, shell.build_changed)}</span>
                    <Button
                        label=t!(i18n, common.reload)
                        size=Size::Small
                        on_press=|| {
                            // Nothing to do when the browser refuses.
                            let _ = window().location().reload();
                        }
                    />
                </p>
            }
        })
    };
    view! {
        {lost}
        {update}
    }
}
