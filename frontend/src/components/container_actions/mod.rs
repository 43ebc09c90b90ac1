//! What can be done to containers, from the list, a container's page and the palette alike: the rules, the
//! calls, the questions before, the words after.
//!
//! `shared::containers` says which state allows what, the session says who may; both are asked here, so that
//! every button gives the same answer.

mod bulk;
mod call;
mod dialogs;
mod words;

use std::{collections::HashMap, sync::Arc};

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ContainerId, ContainerRef,
    commands::plain,
    containers::{ContainerAction, ContainerState, ContainerSummary, RemoveOptions},
};

pub(crate) use bulk::BulkResults;
pub(crate) use dialogs::ActionDialogs;
pub(crate) use words::{action_icon, action_label, action_of};

use crate::{
    components::{
        containers_store::ContainersStore,
        error_text::{error_text, why_not},
        session_commands::note,
    },
    i18n::{I18n, t_string, use_i18n},
    session::{SessionContext, use_session},
    ui::{
        badge::Tone,
        lazy::part,
        toast::{Toast, ToastAction, Toasts, use_toasts},
    },
};
use bulk::Bulk;

/// A container as it was when something was asked of it: the name stays in the question even if the
/// container is renamed meanwhile, the id is what is acted on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    /// Which.
    pub(crate) id: ContainerId,
    /// Its name then.
    pub(crate) name: String,
    /// Its state then.
    pub(crate) state: ContainerState,
}

impl From<&ContainerSummary> for Target {
    fn from(row: &ContainerSummary) -> Self {
        Self { id: row.id.clone(), name: row.name.clone(), state: row.state }
    }
}

/// What exactly is done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Order {
    /// An action without options.
    Plain(ContainerAction),
    /// Another name.
    Rename(ContainerRef),
    /// Removal.
    Remove(RemoveOptions),
}

impl Order {
    fn action(&self) -> ContainerAction {
        match self {
            Self::Plain(action) => *action,
            Self::Rename(_) => ContainerAction::Rename,
            Self::Remove(_) => ContainerAction::Remove,
        }
    }
}

/// A question that is open.
#[derive(Clone, Debug, PartialEq)]
enum Question {
    Rename(Target),
    Remove(Vec<Target>),
}

/// The actions of the page. A handle that is freely copied and may be kept across an `await`.
#[derive(Clone, Copy)]
pub(crate) struct ContainerActions {
    i18n: I18n,
    store: ContainersStore,
    session: SessionContext,
    toasts: Toasts,
    pending: RwSignal<HashMap<ContainerId, ContainerAction>>,
    question: RwSignal<Option<Question>>,
    bulk: RwSignal<Option<Bulk>>,
}

impl ContainerActions {
    /// Gives the page its actions. [`ActionDialogs`] must stand somewhere in it.
    pub(crate) fn provide() -> Self {
        let actions = Self {
            i18n: use_i18n(),
            store: ContainersStore::use_store(),
            session: use_session(),
            toasts: use_toasts(),
            pending: RwSignal::new(HashMap::new()),
            question: RwSignal::new(None),
            bulk: RwSignal::new(None),
        };
        provide_context(actions);
        actions
    }

    /// What is being done to a container at the moment; tracked.
    pub(crate) fn pending(self, id: &ContainerId) -> Option<ContainerAction> {
        self.pending.with(|pending| pending.get(id).copied())
    }

    /// Why this cannot be done to a container by this person; tracked. `None`: it can.
    pub(crate) fn why_not(self, action: ContainerAction, row: &ContainerSummary) -> Option<String> {
        let environment = self.store.environment();
        why_not(self.i18n, self.session, action.needs(), row.target(&environment)).or_else(|| {
            (!action.allowed_in(row.state)).then(|| words::why_state(self.i18n, action, row.state))
        })
    }

    /// Why this cannot be done to any of the selected; tracked.
    pub(crate) fn why_not_any(
        self,
        action: ContainerAction,
        rows: &[Arc<ContainerSummary>],
    ) -> Option<String> {
        let environment = self.store.environment();
        let why = |row: &Arc<ContainerSummary>| {
            why_not(self.i18n, self.session, action.needs(), row.target(&environment))
        };
        if let Some(first) = rows.first().and_then(why)
            && rows.iter().all(|row| why(row).is_some())
        {
            return Some(first);
        }
        let possible = rows.iter().any(|row| action.allowed_in(row.state) && why(row).is_none());
        (!possible).then(|| t_string!(self.i18n, actions.why.none))
    }

    /// Does it to one container, after asking where something would be lost or a name is needed.
    pub(crate) fn request(self, action: ContainerAction, target: Target) {
        match action {
            ContainerAction::Rename => self.question.set(Some(Question::Rename(target))),
            ContainerAction::Remove => self.question.set(Some(Question::Remove(vec![target]))),
            ContainerAction::Start
            | ContainerAction::Stop
            | ContainerAction::Restart
            | ContainerAction::Pause
            | ContainerAction::Unpause
            | ContainerAction::Kill => self.run(Order::Plain(action), target),
        }
    }

    /// Does it to many, leaving out those whose state does not allow it.
    pub(crate) fn request_many(self, action: ContainerAction, targets: Vec<Target>) {
        let targets: Vec<Target> =
            targets.into_iter().filter(|target| action.allowed_in(target.state)).collect();
        match (action, targets.as_slice()) {
            (_, []) => {}
            (_, [target]) => self.request(action, target.clone()),
            (ContainerAction::Remove, _) => self.question.set(Some(Question::Remove(targets))),
            (_, _) => self.run_many(Order::Plain(action), targets),
        }
    }

    fn run(self, order: Order, target: Target) {
        spawn_local(async move {
            if run_now(self, order, target).await.is_err() {
                self.not_loaded();
            }
        });
    }

    fn run_many(self, order: Order, targets: Vec<Target>) {
        spawn_local(async move {
            if run_many_now(self, order, targets).await.is_err() {
                self.not_loaded();
            }
        });
    }

    fn not_loaded(self) {
        let (title, text) = (t_string!(self.i18n, common.part.title), t_string!(self.i18n, common.part.text));
        self.toasts.failure(title, text);
    }

    /// What [`ContainerActions::run`] does, once its code is there.
    fn carry_out(self, order: Order, target: Target) {
        spawn_local(async move {
            let action = order.action();
            match self.perform(&order, &target).await {
                Ok(()) => {
                    self.toasts.show(Toast {
                        tone: Tone::Success,
                        text: words::done(self.i18n, action, &target.name),
                        command: Some(words::command(&order, std::slice::from_ref(&target))),
                        action: self.undo(&order, &target),
                        ..Toast::default()
                    });
                }
                Err(error) => self.toasts.show(Toast {
                    tone: Tone::Danger,
                    text: words::failed(self.i18n, action, &target.name),
                    detail: error_text(self.i18n, &error),
                    command: Some(words::command(&order, std::slice::from_ref(&target))),
                    ..Toast::default()
                }),
            }
        });
    }

    /// Calls, and marks the container as busy meanwhile.
    async fn perform(self, order: &Order, target: &Target) -> Result<(), shared::ApiError> {
        let environment = self.store.environment_untracked();
        self.pending.update(|pending| {
            pending.insert(target.id.clone(), order.action());
        });
        let reply = call::call(environment.clone(), order, target).await;
        let words = plain(words::command_words(order, std::slice::from_ref(target)));
        note(self.i18n, environment, words, reply.as_ref().err());
        // The page may be gone by now.
        let _ = self.pending.try_update(|pending| pending.remove(&target.id));
        reply
    }

    /// The way back, where there is one.
    fn undo(self, order: &Order, target: &Target) -> Option<ToastAction> {
        let back = match order {
            Order::Plain(ContainerAction::Start) if target.state == ContainerState::Exited => {
                Order::Plain(ContainerAction::Stop)
            }
            Order::Plain(ContainerAction::Stop | ContainerAction::Kill) => {
                Order::Plain(ContainerAction::Start)
            }
            Order::Plain(ContainerAction::Pause) => Order::Plain(ContainerAction::Unpause),
            Order::Plain(ContainerAction::Unpause) => Order::Plain(ContainerAction::Pause),
            Order::Rename(_) => Order::Rename(target.name.parse().ok()?),
            Order::Plain(_) | Order::Remove(_) => return None,
        };
        let mut target = target.clone();
        if let Order::Rename(name) = order {
            target.name = name.to_string();
        }
        Some(ToastAction {
            label: t_string!(self.i18n, actions.undo),
            run: Arc::new(move || self.run(back.clone(), target.clone())),
        })
    }
}

part! {
    actions: act run_now(actions: ContainerActions, order: Order, target: Target) {
        actions.carry_out(order, target);
    }
}

part! {
    actions: act run_many_now(actions: ContainerActions, order: Order, targets: Vec<Target>) {
        actions.carry_out_many(order, targets);
    }
}

/// The actions of the page.
pub(crate) fn use_actions() -> ContainerActions {
    use_context::<ContainerActions>().unwrap_or_else(ContainerActions::provide)
}
