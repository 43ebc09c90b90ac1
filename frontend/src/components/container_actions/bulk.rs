//! One action on many containers: a few at a time, with a result for each.

use leptos::{prelude::*, task::spawn_local};
use shared::{ApiError, ContainerId};

use super::{ContainerActions, Order, Target, use_actions, words};
use crate::{
    components::error_text::error_text,
    i18n::{t, t_count, t_string, use_i18n},
    ui::{
        badge::Tone,
        button::IconButton,
        copy::CommandLine,
        format,
        icon::{Icon, IconView},
        lazy::{Lazy, part},
        progress::Progress,
        toast::Toast,
    },
};

/// So many calls are under way at once: enough to be quick, few enough to leave the engine to others.
const AT_ONCE: usize = 6;

/// How far one of many has come.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Waiting,
    Running,
    Done,
    Failed(ApiError),
}

/// An action on many, under way or over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bulk {
    order: Order,
    items: Vec<(Target, Step)>,
}

impl Bulk {
    fn over(&self) -> usize {
        self.items.iter().filter(|(_, step)| matches!(step, Step::Done | Step::Failed(_))).count()
    }

    fn failed(&self) -> usize {
        self.items.iter().filter(|(_, step)| matches!(step, Step::Failed(_))).count()
    }

    fn is_over(&self) -> bool {
        self.over() == self.items.len()
    }
}

impl ContainerActions {
    /// Does it to all of them; the results stand at the foot of the page.
    pub(super) fn carry_out_many(self, order: Order, targets: Vec<Target>) {
        let items = targets.into_iter().map(|target| (target, Step::Waiting)).collect();
        self.bulk.set(Some(Bulk { order: order.clone(), items }));
        for _ in 0..AT_ONCE {
            let order = order.clone();
            spawn_local(async move {
                while let Some(target) = self.take_next() {
                    let step = match self.perform(&order, &target).await {
                        Ok(()) => Step::Done,
                        Err(error) => Step::Failed(error),
                    };
                    self.note(&target.id, step);
                }
            });
        }
    }

    fn take_next(self) -> Option<Target> {
        self.bulk
            .try_update(|bulk| {
                let (target, step) =
                    bulk.as_mut()?.items.iter_mut().find(|(_, step)| *step == Step::Waiting)?;
                *step = Step::Running;
                Some(target.clone())
            })
            .flatten()
    }

    fn note(self, id: &ContainerId, result: Step) {
        let finished = self.bulk.try_update(|bulk| {
            let bulk = bulk.as_mut()?;
            if let Some((_, step)) = bulk.items.iter_mut().find(|(target, _)| target.id == *id) {
                *step = result;
            }
            (bulk.is_over() && bulk.failed() == 0).then(|| bulk.clone())
        });
        // When all went well there is nothing to read: a toast says so, and the list is gone.
        if let Some(Some(bulk)) = finished {
            self.bulk.set(None);
            let targets: Vec<Target> = bulk.items.into_iter().map(|(target, _)| target).collect();
            let count = format::count(self.i18n, targets.len() as u64);
            self.toasts.show(Toast {
                tone: Tone::Success,
                text: words::many_done(self.i18n, bulk.order.action(), count),
                command: Some(words::command(&bulk.order, &targets)),
                ..Toast::default()
            });
        }
    }
}

/// The results of the last action on many, while it is under way and as long as something failed.
#[component]
pub(crate) fn BulkResults() -> impl IntoView {
    let actions = use_actions();
    let any = Memo::new(move |_| actions.bulk.with(Option::is_some));
    move || any.get().then(|| view! { <Lazy load=results floating=true /> })
}

part! { actions: fn results() { view! { <AllResults /> } } }

#[component]
fn AllResults() -> impl IntoView {
    let actions = use_actions();
    move || actions.bulk.get().map(|bulk| view! { <Results bulk=bulk /> })
}

#[component]
fn Results(bulk: Bulk) -> impl IntoView {
    let i18n = use_i18n();
    let actions = use_actions();
    let (over, failed, total) = (bulk.over(), bulk.failed(), bulk.items.len());
    let action = bulk.order.action();
    let ended = bulk.is_over();
    let targets: Vec<Target> = bulk.items.iter().map(|(target, _)| target.clone()).collect();
    let command = words::command(&bulk.order, &targets);
    let number = move |count: usize| format::count(i18n, count as u64);
    let line = move || {
        if ended {
            t_count!(i18n, failed, actions.result.some_failed, total = number(total))
        } else {
            t_string!(i18n, actions.result.progress, done = number(over), total = number(total))
        }
    };
    view! {
        <section class="bulk-results" aria-label=t!(i18n, actions.result.title)>
            <div class="bulk-results-head">
                <strong>{move || words::many(i18n, action, number(total))}</strong>
                <span class="muted" role="status">{line}</span>
                <span class="push">
                    <IconButton
                        icon=Icon::X
                        label=t!(i18n, actions.result.dismiss)
                        on_press=move || actions.bulk.set(None)
                    />
                </span>
            </div>
            {(!ended)
                .then(|| {
                    let value = over as f64 / total as f64;
                    view! { <Progress value=Some(value) label=move || words::many(i18n, action, number(total)) /> }
                })}
            <ul class="bulk-results-list" tabindex="0">
                {bulk.items.into_iter().map(|(target, step)| view! { <Result target=target step=step /> }).collect_view()}
            </ul>
            <CommandLine command=command />
        </section>
    }
}

#[component]
fn Result(target: Target, step: Step) -> impl IntoView {
    let i18n = use_i18n();
    let (icon, tone) = match step {
        Step::Waiting => (Icon::Clock, None),
        Step::Running => (Icon::Update, None),
        Step::Done => (Icon::Check, Some("success")),
        Step::Failed(_) => (Icon::XCircle, Some("danger")),
    };
    let words = move || match &step {
        Step::Waiting => t_string!(i18n, actions.result.waiting),
        Step::Running => t_string!(i18n, actions.result.running),
        Step::Done => t_string!(i18n, actions.result.done),
        Step::Failed(error) => error_text(i18n, error),
    };
    view! {
        <li data-tone=tone>
            <IconView icon=icon small=true />
            <code class="truncate">{target.name}</code>
            <span>{words}</span>
        </li>
    }
}
