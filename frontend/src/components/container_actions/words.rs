//! The words and drawings of each action, and the `docker` command it amounts to.

use shared::{
    commands,
    containers::{ContainerAction, ContainerState},
};

use super::{Order, Target};
use crate::{
    i18n::{I18n, t_string},
    ui::icon::Icon,
};

/// The drawing of an action.
pub(crate) fn action_icon(action: ContainerAction) -> Icon {
    match action {
        ContainerAction::Start | ContainerAction::Unpause => Icon::Play,
        ContainerAction::Stop => Icon::Stop,
        ContainerAction::Restart => Icon::Restart,
        ContainerAction::Pause => Icon::Pause,
        ContainerAction::Kill => Icon::Kill,
        ContainerAction::Rename => Icon::Paste,
        ContainerAction::Remove => Icon::Trash,
    }
}

/// What a button for it is called; tracked.
pub(crate) fn action_label(i18n: I18n, action: ContainerAction) -> String {
    match action {
        ContainerAction::Start => t_string!(i18n, actions.label.start),
        ContainerAction::Stop => t_string!(i18n, actions.label.stop),
        ContainerAction::Restart => t_string!(i18n, actions.label.restart),
        ContainerAction::Pause => t_string!(i18n, actions.label.pause),
        ContainerAction::Unpause => t_string!(i18n, actions.label.unpause),
        ContainerAction::Kill => t_string!(i18n, actions.label.kill),
        ContainerAction::Rename => t_string!(i18n, actions.label.rename),
        ContainerAction::Remove => t_string!(i18n, actions.label.remove),
    }
}

/// What a button without words is called; tracked.
pub(crate) fn action_of(i18n: I18n, action: ContainerAction, name: &str) -> String {
    match action {
        ContainerAction::Start => t_string!(i18n, actions.of.start, name = name),
        ContainerAction::Stop => t_string!(i18n, actions.of.stop, name = name),
        ContainerAction::Restart => t_string!(i18n, actions.of.restart, name = name),
        ContainerAction::Pause => t_string!(i18n, actions.of.pause, name = name),
        ContainerAction::Unpause => t_string!(i18n, actions.of.unpause, name = name),
        ContainerAction::Kill => t_string!(i18n, actions.of.kill, name = name),
        ContainerAction::Rename => t_string!(i18n, actions.of.rename, name = name),
        ContainerAction::Remove => t_string!(i18n, actions.of.remove, name = name),
    }
}

/// What is said when it was done; tracked.
pub(super) fn done(i18n: I18n, action: ContainerAction, name: &str) -> String {
    match action {
        ContainerAction::Start => t_string!(i18n, actions.done.start, name = name),
        ContainerAction::Stop => t_string!(i18n, actions.done.stop, name = name),
        ContainerAction::Restart => t_string!(i18n, actions.done.restart, name = name),
        ContainerAction::Pause => t_string!(i18n, actions.done.pause, name = name),
        ContainerAction::Unpause => t_string!(i18n, actions.done.unpause, name = name),
        ContainerAction::Kill => t_string!(i18n, actions.done.kill, name = name),
        ContainerAction::Rename => t_string!(i18n, actions.done.rename, name = name),
        ContainerAction::Remove => t_string!(i18n, actions.done.remove, name = name),
    }
}

/// What is said when it failed; tracked.
pub(super) fn failed(i18n: I18n, action: ContainerAction, name: &str) -> String {
    match action {
        ContainerAction::Start => t_string!(i18n, actions.failed.start, name = name),
        ContainerAction::Stop => t_string!(i18n, actions.failed.stop, name = name),
        ContainerAction::Restart => t_string!(i18n, actions.failed.restart, name = name),
        ContainerAction::Pause => t_string!(i18n, actions.failed.pause, name = name),
        ContainerAction::Unpause => t_string!(i18n, actions.failed.unpause, name = name),
        ContainerAction::Kill => t_string!(i18n, actions.failed.kill, name = name),
        ContainerAction::Rename => t_string!(i18n, actions.failed.rename, name = name),
        ContainerAction::Remove => t_string!(i18n, actions.failed.remove, name = name),
    }
}

/// What is said while it is done to many; tracked.
pub(super) fn many(i18n: I18n, action: ContainerAction, count: String) -> String {
    match action {
        ContainerAction::Start => t_string!(i18n, actions.many.start, count = count),
        ContainerAction::Stop => t_string!(i18n, actions.many.stop, count = count),
        ContainerAction::Restart => t_string!(i18n, actions.many.restart, count = count),
        ContainerAction::Pause => t_string!(i18n, actions.many.pause, count = count),
        ContainerAction::Unpause => t_string!(i18n, actions.many.unpause, count = count),
        ContainerAction::Kill => t_string!(i18n, actions.many.kill, count = count),
        ContainerAction::Rename => t_string!(i18n, actions.many.rename, count = count),
        ContainerAction::Remove => t_string!(i18n, actions.many.remove, count = count),
    }
}

/// What is said when it was done to many; tracked.
pub(super) fn many_done(i18n: I18n, action: ContainerAction, count: String) -> String {
    match action {
        ContainerAction::Start => t_string!(i18n, actions.many_done.start, count = count),
        ContainerAction::Stop => t_string!(i18n, actions.many_done.stop, count = count),
        ContainerAction::Restart => t_string!(i18n, actions.many_done.restart, count = count),
        ContainerAction::Pause => t_string!(i18n, actions.many_done.pause, count = count),
        ContainerAction::Unpause => t_string!(i18n, actions.many_done.unpause, count = count),
        ContainerAction::Kill => t_string!(i18n, actions.many_done.kill, count = count),
        ContainerAction::Rename => t_string!(i18n, actions.many_done.rename, count = count),
        ContainerAction::Remove => t_string!(i18n, actions.many_done.remove, count = count),
    }
}

/// Why a state does not allow an action; tracked.
pub(super) fn why_state(i18n: I18n, action: ContainerAction, state: ContainerState) -> String {
    use ContainerState::{Created, Dead, Exited, Paused, Removing, Restarting, Running};
    match (action, state) {
        (_, Removing) => t_string!(i18n, actions.why.removing),
        (_, Dead) => t_string!(i18n, actions.why.dead),
        (ContainerAction::Unpause, Created | Running | Restarting | Exited | Paused) => {
            t_string!(i18n, actions.why.not_paused)
        }
        (ContainerAction::Start | ContainerAction::Pause, Paused) => t_string!(i18n, actions.why.paused),
        (ContainerAction::Start, Created | Running | Restarting | Exited) => {
            t_string!(i18n, actions.why.running)
        }
        (_, Created | Running | Restarting | Exited | Paused) => t_string!(i18n, actions.why.not_running),
    }
}

/// The words of the command that an order amounts to.
pub(super) fn command_words(order: &Order, targets: &[Target]) -> Vec<String> {
    let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
    match (order, names.as_slice()) {
        (Order::Remove(options), names) => commands::remove(*options, names),
        (Order::Rename(new), [name]) => commands::rename(name, new.as_str()),
        (Order::Plain(_) | Order::Rename(_), names) => {
            commands::on_containers(order.action().command(), &[], names)
        }
    }
}

/// The command that an order amounts to, as a shell takes it.
pub(super) fn command(order: &Order, targets: &[Target]) -> String {
    commands::line(&command_words(order, targets))
}
