//! The recovery codes, shown once.

use leptos::prelude::*;
use shared::account::RecoveryCodes;

use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{
        badge::Tone,
        button::{Button, Variant},
        copy::CopyButton,
        notice::Notice,
    },
};

#[component]
pub(super) fn Recovery(
    codes: RecoveryCodes,
    /// They were kept.
    done: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let text = codes.codes.join("\n");
    let rows = codes.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
    view! {
        <Notice
            tone=Tone::Warning
            title=t!(i18n, account.factor.codes_title)
            text=t!(i18n, account.factor.codes_text)
        />
        <ul class="recovery-codes" aria-label=t!(i18n, account.factor.codes_title)>{rows}</ul>
        <div class="cluster">
            <Button label=t!(i18n, account.factor.codes_kept) variant=Variant::Primary on_press=done />
            <CopyButton text label=move || Some(t_string!(i18n, account.factor.copy_codes)) />
        </div>
    }
}
