//! The audit: what was done, tried and refused, newest first, read page by page.

mod row;

use leptos::prelude::*;
use shared::{
    Permission, Target,
    audit::{AuditQuery, AuditRow, ListAudit},
};

use crate::{
    api,
    components::{
        error_text::{error_text, role_name},
        reading::Reading,
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_string, use_i18n},
    pages::allowed::Allowed,
    session::use_session,
    ui::{
        badge::Tone,
        button::{Button, IconButton},
        empty_state::EmptyState,
        icon::Icon,
        notice::Notice,
        progress::Busy,
    },
};
use row::AuditRowView;

/// How many rows are read at once.
const PAGE: u32 = 100;

/// The page.
#[component]
pub(crate) fn AuditPage() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    use_breadcrumb(move || vec![Crumb { label: t_string!(i18n, audit.title), href: None }]);
    let why = move || {
        let role = session.session().and_then(|session| session.role());
        t_string!(i18n, audit.forbidden_text, role = role_name(i18n, role))
    };
    view! {
        <Allowed
            when=move || session.may(Permission::AuditView, Target::Console)
            title=t!(i18n, audit.title)
            forbidden=t!(i18n, audit.forbidden)
            why=why
        >
            <Audit />
        </Allowed>
    }
}

/// What was read of the audit.
#[derive(Clone, Debug, Default, PartialEq)]
struct Record {
    rows: Vec<AuditRow>,
    /// There is nothing older.
    whole: bool,
}

/// The audit, for who may read it.
#[component]
fn Audit() -> impl IntoView {
    let i18n = use_i18n();
    let record = Reading::<Record>::new();
    let read = move || record.start(older(Record::default()));
    let more = move || {
        if let Some(so_far) = untrack(|| record.value()) {
            record.start(older(so_far));
        }
    };
    let retry = move || if record.with(|record| record.is_some()) { more() } else { read() };
    read();
    let rows = move || record.value().map(|record| record.rows).unwrap_or_default();
    let is_empty = move || record.with(|record| record.is_some_and(|record| record.rows.is_empty()));
    let is_whole = move || record.with(|record| record.is_some_and(|record| record.whole));
    let has_rows = move || record.with(|record| record.is_some_and(|record| !record.rows.is_empty()));

    view! {
        <div class="page-header">
            <h1 class="page-title">{t!(i18n, audit.title)}</h1>
            <span class="muted wide-only">{t!(i18n, audit.text)}</span>
            <div class="page-actions">
                <IconButton
                    label=t!(i18n, audit.refresh)
                    icon=Icon::Restart
                    pending=record.pending()
                    on_press=read
                />
            </div>
        </div>
        {move || {
            record
                .failure()
                .map(|error| {
                    view! {
                        <div class="page-body">
                            <Notice
                                tone=Tone::Danger
                                title=t!(i18n, audit.failed)
                                text=move || error_text(i18n, &error)
                            >
                                <Button label=t!(i18n, common.retry) on_press=retry pending=record.pending() />
                            </Notice>
                        </div>
                    }
                })
        }}
        <Show when=move || record.pending().get() && record.with(|record| record.is_none())>
            <div class="page-body late">
                <Busy label=t!(i18n, common.loading) />
            </div>
        </Show>
        <Show when=is_empty>
            <EmptyState icon=Icon::Audit title=t!(i18n, audit.empty) text=t!(i18n, audit.empty_text) />
        </Show>
        <Show when=has_rows>
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
                        <For each=rows key=|row| (row.id, row.detail.clone()) let:row>
                            <AuditRowView row />
                        </For>
                    </tbody>
                </table>
                <div class="audit-end">
                    <Show
                        when=is_whole
                        fallback=move || {
                            view! {
                                <Button label=t!(i18n, audit.more) on_press=more pending=record.pending() />
                            }
                        }
                    >
                        <span>{t!(i18n, audit.end)}</span>
                    </Show>
                </div>
            </div>
        </Show>
    }
}

/// Reads the next page behind what was read.
async fn older(mut record: Record) -> Result<Record, shared::ApiError> {
    let before = record.rows.last().map(|row| row.id);
    let query = AuditQuery { before, limit: Some(PAGE), ..AuditQuery::default() };
    let page = api::call(ListAudit {}, query, ()).await?;
    record.whole = page.older.is_none();
    record.rows.extend(page.rows);
    Ok(record)
}
