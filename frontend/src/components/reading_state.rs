//! What every list that is read shows beside its value: that it failed, with another try, and that it is
//! being read for the first time.

use leptos::prelude::*;

use crate::{
    components::{error_text::error_text, reading::Reading},
    i18n::{t, use_i18n},
    ui::{badge::Tone, button::Button, notice::Notice, progress::Busy},
};

/// The state of a read. Nothing while its value is there and no newer read failed.
#[component]
pub(crate) fn ReadingState<T: Clone + Send + Sync + 'static>(
    /// The read.
    reading: Reading<T>,
    /// That it failed.
    #[prop(into)]
    failed: Signal<String>,
    /// Reads again.
    read: impl Fn() + Copy + Send + Sync + 'static,
    /// The class of what is around it, by where it stands: `page-body`, `card-body`.
    #[prop(optional)]
    around: &'static str,
) -> impl IntoView {
    let waits = Signal::derive(move || reading.pending().get() && reading.with(|value| value.is_none()));
    let failure = Signal::derive(move || reading.failure());
    let read = Callback::new(move |()| read());
    view! { <State failure waits pending=reading.pending() failed read around /> }
}

/// The same whatever is read.
#[component]
fn State(
    failure: Signal<Option<shared::ApiError>>,
    waits: Signal<bool>,
    pending: Signal<bool>,
    failed: Signal<String>,
    read: Callback<()>,
    around: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        {move || {
            failure
                .get()
                .map(|error| {
                    view! {
                        <div class=around>
                            <Notice tone=Tone::Danger title=failed text=move || error_text(i18n, &error)>
                                <Button label=t!(i18n, common.retry) on_press=move || read.run(()) pending />
                            </Notice>
                        </div>
                    }
                })
        }}
        <Show when=move || waits.get()>
            <div class=format!("{around} late")>
                <Busy label=t!(i18n, common.loading) />
            </div>
        </Show>
    }
}
