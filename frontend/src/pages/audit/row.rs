//! One row of the audit, and all of its fields once it is opened.

use leptos::prelude::*;
use shared::audit::{AuditResult, AuditRow};

use super::words::{action_word, result_icon, result_word};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{
        clock::Ago,
        format,
        icon::{Icon, IconView},
    },
};

/// The row; `open` is the number of the one that is opened.
#[component]
pub(super) fn AuditRowView(
    /// What was recorded.
    row: AuditRow,
    /// Which one is open.
    open: RwSignal<Option<i64>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = row.id;
    let is_open = Memo::new(move |_| open.get() == Some(id));
    let toggle = move |_| open.update(|open| *open = if *open == Some(id) { None } else { Some(id) });
    let action = row.action.clone();
    let whole = StoredValue::new(row.clone());
    view! {
        <tr role="row" data-open=move || is_open.get().then_some("")>
            <td role="cell" data-col="time">
                <Ago at=row.at />
            </td>
            <td role="cell" data-col="result">
                <span
                    class="audit-result"
                    data-result=row.result.as_str()
                    title=move || (row.result == AuditResult::Started).then(|| t_string!(i18n, audit.started_hint))
                >
                    <IconView icon=result_icon(row.result) small=true />
                    {move || result_word(i18n, row.result)}
                </span>
            </td>
            <td role="cell" data-col="actor">
                {if row.actor.is_empty() {
                    view! { <span class="faint">{t!(i18n, audit.nobody)}</span> }.into_any()
                } else {
                    view! { <span class="truncate" title=row.actor.clone()>{row.actor.clone()}</span> }.into_any()
                }}
            </td>
            <td role="cell" data-col="action" title=row.action>
                <button
                    class="audit-open"
                    type="button"
                    aria-expanded=move || is_open.get().to_string()
                    on:click=toggle
                >
                    <IconView
                        icon=Signal::derive(move || {
                            if is_open.get() { Icon::ChevronDown } else { Icon::ChevronRight }
                        })
                        small=true
                    />
                    <span>{move || action_word(i18n, &action)}</span>
                </button>
            </td>
            <td role="cell" data-col="target">
                <span class="audit-target">
                    {(!row.target.is_empty())
                        .then(|| view! { <code title=row.target.clone()>{row.target.clone()}</code> })}
                    {(!row.detail.is_empty()).then(|| view! { <span>{row.detail}</span> })}
                </span>
            </td>
            <td role="cell" data-col="address">
                <code>{row.address}</code>
            </td>
            <Show when=move || is_open.get()>
                <td role="cell" data-col="whole">
                    <Whole row=whole.get_value() />
                </td>
            </Show>
        </tr>
    }
}

/// All of its fields as they were recorded.
#[component]
fn Whole(row: AuditRow) -> impl IntoView {
    let i18n = use_i18n();
    let at = row.at;
    let or_none = move |text: String| {
        if text.is_empty() {
            view! { <span class="faint">"–"</span> }.into_any()
        } else {
            view! { <code>{text}</code> }.into_any()
        }
    };
    view! {
        <dl class="facts audit-whole">
            <dt>{t!(i18n, audit.number)}</dt>
            <dd><code>{row.id}</code></dd>
            <dt>{t!(i18n, audit.time)}</dt>
            <dd>
                <time datetime=format::machine_time(at)>
                    {move || format::date_time_exact(i18n, at)}
                </time>
            </dd>
            <dt>{t!(i18n, audit.actor)}</dt>
            <dd>{or_none(row.actor)}</dd>
            <dt>{t!(i18n, audit.address)}</dt>
            <dd>{or_none(row.address)}</dd>
            <dt>{t!(i18n, audit.action)}</dt>
            <dd>{or_none(row.action)}</dd>
            <dt>{t!(i18n, audit.target)}</dt>
            <dd>{or_none(row.target)}</dd>
            <dt>{t!(i18n, audit.result)}</dt>
            <dd>{move || result_word(i18n, row.result)}</dd>
            <dt>{t!(i18n, audit.detail)}</dt>
            <dd>{or_none(row.detail)}</dd>
        </dl>
    }
}
