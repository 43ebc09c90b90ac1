//! Whether the audit is as it was written: what the last look found, and one that is under way.

use leptos::prelude::*;
use shared::audit::{AuditFault, AuditVerification};

use super::store::AuditStore;
use crate::{
    components::error_text::error_text,
    i18n::{I18n, t, t_count, t_string, use_i18n},
    ui::{
        badge::Tone,
        clock::Ago,
        format,
        icon::{Icon, IconView},
        notice::Notice,
        progress::Progress,
    },
};

/// Faults that are told one by one; the command line names all.
const SHOWN: usize = 10;

/// The line below the title.
#[component]
pub(super) fn VerificationLine(store: AuditStore) -> impl IntoView {
    let i18n = use_i18n();
    let progress = Memo::new(move |_| store.verifying.get());
    let share = move || progress.get().filter(|(_, of)| *of > 0).map(|(done, of)| done as f64 / of as f64);
    view! {
        <Show when=move || progress.with(Option::is_some)>
            <div class="audit-verified" role="status">
                <span>{t!(i18n, audit.verify.running)}</span>
                <Progress value=Signal::derive(share) label=t!(i18n, audit.verify.running) />
            </div>
        </Show>
        {move || {
            store
                .unverified
                .get()
                .map(|error| {
                    view! {
                        <div class="page-body">
                            <Notice
                                tone=Tone::Danger
                                title=t!(i18n, audit.verify.failed)
                                text=move || error_text(i18n, &error)
                            />
                        </div>
                    }
                })
        }}
        {move || {
            let found = store.verification.get().filter(|_| progress.with(Option::is_none))?;
            Some(
                if found.faults.is_empty() {
                    view! { <Right found /> }.into_any()
                } else {
                    view! { <Wrong found /> }.into_any()
                },
            )
        }}
    }
}

#[component]
fn Right(found: AuditVerification) -> impl IntoView {
    let i18n = use_i18n();
    let (at, rows, older) = (found.at, found.rows, found.older);
    view! {
        <p class="audit-verified" role="status" data-verified="">
            <IconView icon=Icon::CheckCircle small=true />
            <span>{move || t_count!(i18n, rows, audit.verify.right)}</span>
            <Show when=move || { older > 0 }>
                <span>{move || t_count!(i18n, older, audit.verify.older)}</span>
            </Show>
            <Ago at=at />
        </p>
    }
}

#[component]
fn Wrong(found: AuditVerification) -> impl IntoView {
    let i18n = use_i18n();
    let text = move || {
        let mut parts: Vec<String> =
            found.faults.iter().take(SHOWN).map(|fault| fault_text(i18n, fault)).collect();
        if found.faults.len() > SHOWN {
            let more = found.faults.len().saturating_sub(SHOWN);
            parts.push(t_count!(i18n, more, audit.verify.more));
        }
        parts.push(t_string!(i18n, audit.verify.advice));
        parts.join(" ")
    };
    view! {
        <div class="page-body">
            <Notice tone=Tone::Danger title=t!(i18n, audit.verify.wrong) text />
        </div>
    }
}

fn fault_text(i18n: I18n, fault: &AuditFault) -> String {
    let number = |value: i64| format::count(i18n, value.unsigned_abs());
    match *fault {
        AuditFault::RowChanged { row } => t_string!(i18n, audit.fault.row_changed, row = number(row)),
        AuditFault::RowMissing { row } => t_string!(i18n, audit.fault.row_missing, row = number(row)),
        AuditFault::RowForeign { row } => t_string!(i18n, audit.fault.row_foreign, row = number(row)),
        AuditFault::EntryMissing { entry } => {
            t_string!(i18n, audit.fault.entry_missing, entry = number(entry))
        }
        AuditFault::EntryChanged { entry } => {
            t_string!(i18n, audit.fault.entry_changed, entry = number(entry))
        }
        AuditFault::EndMissing { entry, written } => {
            t_string!(i18n, audit.fault.end_missing, entry = number(entry), written = number(written))
        }
        AuditFault::Gap { entry: _, row } => t_string!(i18n, audit.fault.gap, row = number(row)),
        AuditFault::NoHead => t_string!(i18n, audit.fault.no_head),
        AuditFault::BadCheckpoint => t_string!(i18n, audit.fault.bad_checkpoint),
    }
}
