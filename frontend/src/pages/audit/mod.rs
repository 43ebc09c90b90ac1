//! The audit: what was done, tried and refused, newest first and as it comes; filtered, exported, verified.

mod filter;
mod row;
mod store;
mod verify;
mod words;

use leptos::prelude::*;
use shared::{
    Permission,
    audit::{AuditExport, AuditFormat, ExportAudit},
};

use crate::{
    api,
    components::{
        error_text::error_text,
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_string, use_i18n},
    pages::allowed::ForHolders,
    ui::{
        badge::Tone,
        button::{Button, IconButton},
        empty_state::EmptyState,
        icon::{Icon, IconView},
        notice::Notice,
        progress::Busy,
    },
};
use filter::{Filter, FilterBar, nothing_text};
use row::AuditRowView;
use store::AuditStore;
use verify::VerificationLine;

/// The page.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let i18n = use_i18n();
    use_breadcrumb(move || vec![Crumb { label: t_string!(i18n, audit.title), href: None }]);
    view! {
        <ForHolders
            needs=Permission::AuditView
            title=t!(i18n, audit.title)
            forbidden=t!(i18n, audit.forbidden)
            why=|i18n, role| t_string!(i18n, audit.forbidden_text, role)
        >
            <Audit />
        </ForHolders>
    }
}

/// The audit, for who may read it.
#[component]
fn Audit() -> impl IntoView {
    let i18n = use_i18n();
    let filter = Filter::of_address();
    let wanted = Memo::new(move |_| filter.now());
    let store = AuditStore::new(wanted);
    let is_empty = move || store.rows.with(|rows| rows.as_ref().is_some_and(Vec::is_empty));
    let nothing = move || {
        let is_filtered = filter.is_set();
        let title =
            if is_filtered { t_string!(i18n, audit.filter.nothing) } else { t_string!(i18n, audit.empty) };
        let text = if is_filtered { nothing_text(i18n) } else { t_string!(i18n, audit.empty_text) };
        (title, text)
    };
    view! {
        <div class="page-header">
            <h1 class="page-title">{t!(i18n, audit.title)}</h1>
            <span class="muted wide-only">{t!(i18n, audit.text)}</span>
            <div class="page-actions">
                <Button
                    label=t!(i18n, audit.verify.button)
                    icon=Icon::Shield
                    pending=Signal::derive(move || store.verifying.with(Option::is_some))
                    on_press=move || store.verify()
                />
                <ExportLink
                    href=move || export_address(wanted.get(), AuditFormat::Csv)
                    label=t!(i18n, audit.export.csv)
                    name="CSV"
                />
                <ExportLink
                    href=move || export_address(wanted.get(), AuditFormat::Jsonl)
                    label=t!(i18n, audit.export.jsonl)
                    name="JSON Lines"
                />
                <IconButton
                    label=t!(i18n, audit.refresh)
                    icon=Icon::Restart
                    pending=store.pending
                    on_press=move || store.read()
                />
            </div>
        </div>
        <FilterBar filter />
        <VerificationLine store />
        {move || {
            store
                .failure
                .get()
                .map(|error| {
                    view! {
                        <div class="page-body">
                            <Notice
                                tone=Tone::Danger
                                title=t!(i18n, audit.failed)
                                text=move || error_text(i18n, &error)
                            >
                                <Button
                                    label=t!(i18n, common.retry)
                                    on_press=move || store.retry()
                                    pending=store.pending
                                />
                            </Notice>
                        </div>
                    }
                })
        }}
        <Show when=move || store.pending.get() && store.rows.with(Option::is_none)>
            <div class="page-body late">
                <Busy label=t!(i18n, common.loading) />
            </div>
        </Show>
        <Show when=move || is_empty() && !store.has_older()>
            <EmptyState
                icon=Icon::Audit
                title=Signal::derive(move || nothing().0)
                text=Signal::derive(move || nothing().1)
            />
        </Show>
        <Show when=move || store.rows.with(Option::is_some) && (!is_empty() || store.has_older())>
            <Rows store />
        </Show>
    }
}

/// The rows, and what leads to older ones.
#[component]
fn Rows(store: AuditStore) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(None);
    let rows = move || store.rows.get().unwrap_or_default();
    view! {
        <div class="table-frame" role="region" tabindex="0" aria-label=t!(i18n, audit.title)>
            <table class="table" role="table" data-columns="audit" aria-label=t!(i18n, audit.title)>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col" data-col="time">{t!(i18n, audit.time)}</th>
                        <th role="columnheader" scope="col" data-col="result">{t!(i18n, audit.result)}</th>
                        <th role="columnheader" scope="col" data-col="actor">{t!(i18n, audit.actor)}</th>
                        <th role="columnheader" scope="col" data-col="action">{t!(i18n, audit.action)}</th>
                        <th role="columnheader" scope="col" data-col="target">{t!(i18n, audit.target)}</th>
                        <th role="columnheader" scope="col" data-col="address">{t!(i18n, audit.address)}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For each=rows key=|row| (row.id, row.result.as_str(), row.detail.clone()) let:row>
                        <AuditRowView row open />
                    </For>
                </tbody>
            </table>
            <div class="audit-end">
                <Show when=move || store.has_older() fallback=move || view! { <span>{t!(i18n, audit.end)}</span> }>
                    <Button
                        label=t!(i18n, audit.more)
                        on_press=move || store.read_older()
                        pending=store.pending
                    />
                </Show>
            </div>
        </div>
    }
}

/// A file with all rows of the filter.
#[component]
fn ExportLink(
    #[prop(into)] href: Signal<String>,
    #[prop(into)] label: Signal<String>,
    name: &'static str,
) -> impl IntoView {
    view! {
        <a class="button" rel="external" download="" href=href aria-label=label title=label>
            <IconView icon=Icon::Download />
            <span class="button-label">{name}</span>
        </a>
    }
}

fn export_address(filter: shared::audit::AuditFilter, format: AuditFormat) -> String {
    api::address(&ExportAudit {}, &AuditExport::of(filter, format))
}
