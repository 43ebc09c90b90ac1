//! What happened to the session that is shown: a line below the screen, with the one thing to do next.

use leptos::prelude::*;
use shared::{ApiError, ErrorCode};

use super::{
    Terminals,
    ask::Program,
    session::{Session, State},
};
use crate::{
    components::{
        containers_store::ContainersStore,
        error_text::error_text,
        launch::{self, Refused},
    },
    i18n::{I18n, t, t_string, use_i18n},
    paths,
    ui::{
        button::{Button, Variant},
        format,
        icon::{Icon, IconView},
    },
};

/// The notice, if there is something to tell.
#[component]
pub(super) fn Notices(terminals: Terminals, session: Session) -> impl IntoView {
    let i18n = use_i18n();
    let go = paths::use_go();
    let store = ContainersStore::use_store();
    // One with --rm is removed at its end, or when it could not be started: no session can be had there.
    let is_here =
        Memo::new(move |_| store.find(terminals.container.with(|one| one.id.clone()).as_str()).is_some());
    move || {
        let state = session.state.get();
        let program = session.ask.with_value(|ask| ask.program.clone());
        let (title, text) = words(i18n, &state, &program, &terminals.container.with(|one| one.name.clone()))?;
        let is_launch = program == Program::Start;
        let (button, icon) = match &state {
            State::Asked => (Some(t_string!(i18n, terminal.attach_now)), Icon::Plug),
            State::Opening | State::Running { .. } => (None, Icon::Plug),
            State::Failed { .. } if is_launch => {
                (is_here.get().then(|| t_string!(i18n, common.retry)), Icon::Restart)
            }
            State::Exited { .. } | State::Failed { .. } | State::Lost { .. } | State::NotLoaded => {
                (is_here.get().then(|| t_string!(i18n, terminal.again)), Icon::Restart)
            }
        };
        let press = move || {
            if session.terminal().is_none() {
                // Only a new page can load what could not be loaded.
                let _ = window().location().reload();
                return;
            }
            let notice = untrack(|| t_string!(i18n, terminal.new_session));
            session.again(&notice, terminals.runs());
        };
        let back = match state.clone() {
            State::Failed { error, .. } if is_launch => {
                let go = go.clone();
                let press = move || {
                    let path = paths::run(&terminals.environment.get_value());
                    if let Some(launch) = session.take_launch() {
                        launch::give_back(Refused { launch, error: error.clone() });
                    }
                    go(&path);
                };
                Some(view! {
                    <Button label=t!(i18n, terminal.back_to_form) variant=Variant::Primary on_press=press />
                })
            }
            _ => None,
        };
        Some(view! {
            <div class="terminal-notice" role="status">
                {if state == State::Opening {
                    view! { <span class="spinner"></span> }.into_any()
                } else {
                    view! { <IconView icon=Icon::Warning small=true /> }.into_any()
                }}
                <strong>{title}</strong>
                <span>{text}</span>
                {(back.is_some() || button.is_some())
                    .then(|| {
                        view! {
                            <span class="cluster">
                                {back}
                                {button
                                    .map(|label| {
                                        view! { <Button label=Signal::stored(label) icon=icon on_press=press /> }
                                    })}
                            </span>
                        }
                    })}
            </div>
        })
    }
}

fn words(i18n: I18n, state: &State, program: &Program, name: &str) -> Option<(String, String)> {
    Some(match state {
        State::Running { input: false, .. } if program.is_attached() => {
            (t_string!(i18n, terminal.attached_now), t_string!(i18n, terminal.attached_output))
        }
        State::Running { .. } if program.is_attached() => {
            (t_string!(i18n, terminal.attached_now), t_string!(i18n, terminal.attached_text))
        }
        State::Running { .. } => return None,
        State::Opening => (t_string!(i18n, terminal.opening), String::new()),
        State::Asked => (t_string!(i18n, terminal.attach_title), t_string!(i18n, terminal.attach_text)),
        State::Exited { code: Some(code) } => {
            (t_string!(i18n, terminal.exited, code = code.to_string()), exit_words(i18n, *code))
        }
        State::Exited { code: None } => (t_string!(i18n, terminal.ended), String::new()),
        State::Failed { no_shell: true, .. } => {
            (t_string!(i18n, terminal.no_shell), t_string!(i18n, terminal.no_shell_text))
        }
        State::Failed { error, no_shell: false } if *program == Program::Start => {
            (t_string!(i18n, run.not_started, name = name.to_owned()), refusal_text(i18n, error))
        }
        State::Failed { error, no_shell: false } => {
            (t_string!(i18n, terminal.failed), error_text(i18n, error))
        }
        State::Lost { at } => {
            let time = format::time(i18n, *at);
            (t_string!(i18n, terminal.lost, time = time), t_string!(i18n, terminal.lost_text))
        }
        State::NotLoaded => (t_string!(i18n, terminal.not_loaded), t_string!(i18n, terminal.not_loaded_text)),
    })
}

/// Why a container was not started: in the engine's own words where it was the engine that would not.
fn refusal_text(i18n: I18n, error: &ApiError) -> String {
    match error.code {
        ErrorCode::NotFound | ErrorCode::Conflict | ErrorCode::Invalid | ErrorCode::EngineRefused => {
            t_string!(i18n, run.engine_says, message = error.told().to_owned())
        }
        _ => error_text(i18n, error),
    }
}

/// What the codes of shells and of the engine itself mean.
fn exit_words(i18n: I18n, code: i64) -> String {
    match code {
        126 => t_string!(i18n, terminal.exit.not_executable),
        127 => t_string!(i18n, terminal.exit.not_found),
        130 => t_string!(i18n, terminal.exit.interrupted),
        137 => t_string!(i18n, terminal.exit.killed),
        _ => String::new(),
    }
}
