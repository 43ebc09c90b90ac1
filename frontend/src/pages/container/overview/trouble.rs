//! What is wrong with the container, in words, and what to do next. Nothing when nothing is.

use leptos::prelude::*;
use shared::{
    ByteCount, Permission,
    containers::{Condition, ExitCause, exit_cause},
};

use super::super::{subject::Subject, tab::Tab};
use crate::{
    components::exit_text::{exit_advice, exit_title},
    i18n::{I18n, t, t_count, t_string, use_i18n},
    session::use_session,
    ui::{badge::Tone, notice::Notice},
};

/// What the notice is made of.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    condition: Condition,
    /// Code, cause, and the memory limit where it is known.
    exit: Option<(i64, ExitCause, Option<ByteCount>)>,
    /// What the engine said when it could not start it.
    said: Option<String>,
    /// Failed checks in a row.
    failures: Option<i64>,
}

/// The notice.
#[component]
pub(super) fn Trouble(
    /// The container.
    subject: Subject,
) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let found = Memo::new(move |_| find(subject));
    let logs = move || Tab::Logs.path(&subject.environment.get(), &subject.name());
    move || {
        found.get().map(|found| {
            let tone = match found.condition {
                Condition::Unhealthy | Condition::Restarting => Tone::Warning,
                _ => Tone::Danger,
            };
            let (title, text) = (found.clone(), found);
            view! {
                <Notice tone=tone title=move || words(i18n, &title).0 text=move || words(i18n, &text).1>
                    <Show when=move || subject.may(session, Permission::ContainerLogs)>
                        <a class="button" data-size="small" href=logs>
                            {t!(i18n, container.see_logs)}
                        </a>
                    </Show>
                </Notice>
            }
        })
    }
}

fn find(subject: Subject) -> Option<Found> {
    let (condition, code) = subject.with_row(|row| (row.condition(), row.exit_code))?;
    let details = subject.details.with(|inspect| {
        inspect.map(|inspect| {
            let details = &inspect.details;
            let failures = details.health.as_ref().map(|health| health.failing_streak);
            (details.out_of_memory, details.memory_limit, details.error.clone(), failures)
        })
    });
    let (out_of_memory, limit, said, failures) = details.unwrap_or_default();
    let said = said.filter(|said| !said.is_empty());
    let exit = code.filter(|code| *code != 0).map(|code| (code, exit_cause(code, out_of_memory), limit));
    let wrong = match condition {
        Condition::Unhealthy | Condition::Restarting | Condition::Failed | Condition::Dead => true,
        Condition::Created => said.is_some(),
        Condition::Exited
        | Condition::Paused
        | Condition::Starting
        | Condition::Healthy
        | Condition::Running
        | Condition::Removing => false,
    };
    wrong.then_some(Found { condition, exit, said, failures })
}

fn words(i18n: I18n, found: &Found) -> (String, String) {
    let exit = found.exit.map(|(code, cause, limit)| exit_title(i18n, code, cause, limit));
    let said = found.said.as_ref().map(|said| format!("{}: {said}", t_string!(i18n, container.engine_said)));
    let advice = found.exit.and_then(|(_, cause, _)| exit_advice(i18n, cause));
    let (title, detail) = match found.condition {
        Condition::Unhealthy => {
            let failures = found.failures.filter(|failures| *failures > 0);
            let failures = failures.map(|failures| t_count!(i18n, failures, container.health.failures));
            (t_string!(i18n, container.unhealthy_title), failures)
        }
        Condition::Restarting => {
            (t_string!(i18n, container.restart_loop), exit.map(|exit| format!("{exit}.")))
        }
        Condition::Dead => {
            (t_string!(i18n, common.condition.dead), Some(t_string!(i18n, overview.attention.dead)))
        }
        _ => match exit {
            Some(exit) => (exit, None),
            None => (t_string!(i18n, container.exit.engine_failed), None),
        },
    };
    let text: Vec<String> = [detail, said, advice].into_iter().flatten().collect();
    (title, text.join(" "))
}
