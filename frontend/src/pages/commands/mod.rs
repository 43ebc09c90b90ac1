//! The commands of this session: each with its copy button, all of them as a script.

mod script;

use leptos::prelude::*;
use shared::{
    Permission, Target,
    commands::{Outcome, Said},
};

use crate::{
    components::{
        session_commands::{self, commands},
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_count, t_string, use_i18n},
    paths,
    session::use_session,
    ui::{
        button::{Button, IconButton},
        copy::CopyButton,
        download,
        empty_state::EmptyState,
        format,
        icon::{Icon, IconView},
    },
};

/// The page.
#[component]
pub(crate) fn CommandsPage() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let environment = paths::use_environment();
    use_breadcrumb(move || vec![Crumb { label: t_string!(i18n, commands.title), href: None }]);
    let record = commands();
    let kept = record.clone();
    let said = Memo::new(move |_| kept.read().said.iter().rev().cloned().collect::<Vec<_>>());
    let kept = record.clone();
    let left_out = Memo::new(move |_| kept.read().left_out);
    let is_empty = Memo::new(move |_| said.with(Vec::is_empty));
    let masks =
        move || !session.may(Permission::ContainerEnvironment, Target::Environment(&environment.get()));
    let whole = record.clone();
    let all = Signal::derive(move || script::lines(&whole.read()));
    let save = move || download::save_text(script::FILE, &script::text(i18n, &record.read_untracked()));
    view! {
        <div class="page-header">
            <h1 class="page-title">{t!(i18n, commands.title)}</h1>
            <Show when=move || !is_empty.get()>
                <div class="page-actions">
                    <CopyButton text=all label=move || Some(t_string!(i18n, commands.copy_all)) />
                    <Button label=t!(i18n, commands.save) icon=Icon::Download on_press=save.clone() />
                    <IconButton
                        label=t!(i18n, commands.forget)
                        icon=Icon::Trash
                        on_press=session_commands::forget
                    />
                </div>
            </Show>
        </div>
        <div class="page-body">
            <p class="muted">
                {t!(i18n, commands.text)} " "
                <Show when=masks>{t!(i18n, commands.masked)}</Show>
            </p>
            <Show
                when=move || !is_empty.get()
                fallback=move || {
                    view! {
                        <EmptyState
                            icon=Icon::History
                            title=t!(i18n, commands.empty)
                            text=t!(i18n, commands.empty_text)
                        />
                    }
                }
            >
                <ol class="said-list" reversed aria-label=t!(i18n, commands.title)>
                    <For
                        each=move || said.get()
                        key=|said| (said.at.0, said.line(), said.outcome.clone())
                        let:said
                    >
                        <SaidLine said />
                    </For>
                </ol>
            </Show>
            <Show when=move || { left_out.get() > 0 }>
                <p class="muted">{move || t_count!(i18n, left_out.get(), commands.left_out)}</p>
            </Show>
        </div>
    }
}

/// One command, when it was done, and how it ended.
#[component]
fn SaidLine(said: Said) -> impl IntoView {
    let i18n = use_i18n();
    let (icon, tone) = match said.outcome {
        Outcome::Done => (Icon::Check, "done"),
        Outcome::Begun(_) => (Icon::Activity, "done"),
        Outcome::Failed(_) => (Icon::XCircle, "failed"),
        Outcome::Unknown => (Icon::Warning, "failed"),
        Outcome::ByHand => (Icon::Terminal, "by-hand"),
    };
    let line = said.line();
    let outcome = said.outcome.clone();
    let words = move || match &outcome {
        Outcome::Done => t_string!(i18n, commands.done),
        Outcome::Begun(_) => t_string!(i18n, commands.begun),
        Outcome::Failed(reason) => t_string!(i18n, commands.failed, reason = reason.clone()),
        Outcome::Unknown => t_string!(i18n, commands.unknown),
        Outcome::ByHand => t_string!(i18n, commands.by_hand),
    };
    let at = said.at;
    view! {
        <li class="said" data-outcome=tone>
            <IconView icon=icon small=true />
            <code>{line.clone()}</code>
            <CopyButton text=line label=move || Some(t_string!(i18n, common.copy_command)) />
            <p>
                <time datetime=format::machine_time(at) title=move || format::date_time_exact(i18n, at)>
                    {move || format::time_exact(i18n, at)}
                </time>
                " " <span>{words}</span>
            </p>
        </li>
    }
}
