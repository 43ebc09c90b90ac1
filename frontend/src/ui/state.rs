//! The state of a container: shape, word, colour, in that order.

use leptos::prelude::*;
use shared::containers::Condition;

use crate::i18n::{I18n, t_string};

/// The name of a condition in style sheets, in the sprite and in the address.
pub(crate) fn condition_key(condition: Condition) -> &'static str {
    match condition {
        Condition::Unhealthy => "unhealthy",
        Condition::Restarting => "restarting",
        Condition::Failed => "failed",
        Condition::Dead => "dead",
        Condition::Paused => "paused",
        Condition::Starting => "starting",
        Condition::Healthy => "healthy",
        Condition::Running => "running",
        Condition::Removing | Condition::Exited => "exited",
        Condition::Created => "created",
    }
}

/// The word for a condition; tracked.
pub(crate) fn condition_word(i18n: I18n, condition: Condition, exit_code: Option<i64>) -> String {
    match (condition, exit_code) {
        (Condition::Unhealthy, _) => t_string!(i18n, common.condition.unhealthy),
        (Condition::Restarting, _) => t_string!(i18n, common.condition.restarting),
        (Condition::Failed, Some(code)) => t_string!(i18n, common.condition.failed, code = code.to_string()),
        (Condition::Failed, None) => t_string!(i18n, common.condition.failed_no_code),
        (Condition::Dead, _) => t_string!(i18n, common.condition.dead),
        (Condition::Paused, _) => t_string!(i18n, common.condition.paused),
        (Condition::Starting, _) => t_string!(i18n, common.condition.starting),
        (Condition::Healthy, _) => t_string!(i18n, common.condition.healthy),
        (Condition::Running, _) => t_string!(i18n, common.condition.running),
        (Condition::Removing, _) => t_string!(i18n, common.condition.removing),
        (Condition::Created, _) => t_string!(i18n, common.condition.created),
        (Condition::Exited, _) => t_string!(i18n, common.condition.finished),
    }
}

/// The glyph alone, inside an element of the class `state`; the word must stand beside it or be read aloud.
#[component]
pub(crate) fn StateGlyph(
    /// `running`, `healthy`... as [`condition_key`] names them.
    #[prop(into)]
    state: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <svg class="state-glyph" viewBox="0 0 12 12" aria-hidden="true">
            <use href=move || format!("#s-{}", state.get())></use>
        </svg>
    }
}

/// Glyph, word, and a note such as the time in that state.
#[component]
pub(crate) fn StateView(
    /// The condition.
    #[prop(into)]
    condition: Signal<Condition>,
    /// The word.
    #[prop(into)]
    word: Signal<String>,
    /// What stands behind the word; empty for nothing.
    #[prop(into, optional)]
    note: Signal<String>,
) -> impl IntoView {
    let key = Signal::derive(move || condition_key(condition.get()));
    view! {
        <span class="state" data-state=key>
            <StateGlyph state=key />
            <span class="state-word">{word}</span>
            <Show when=move || note.with(|note| !note.is_empty())>
                <span class="state-note" title=note>{note}</span>
            </Show>
        </span>
    }
}
