//! A container that was made to be started once a terminal is attached to it: what the form hands to the
//! terminal, and gets back when the engine will not start it.
//!
//! In memory alone: a reload starts nothing, and what was typed is kept nowhere else.

use std::cell::RefCell;

use shared::{ApiError, ContainerId, EnvironmentId, TeamId, UserId, run::RunSpec};

/// A container that was made and is not started yet.
pub(crate) struct Launch {
    /// Where.
    pub(crate) environment: EnvironmentId,
    /// Which.
    pub(crate) container: ContainerId,
    /// What it is called.
    pub(crate) name: String,
    /// What it was made of.
    pub(crate) spec: RunSpec,
    /// The team that it belongs to, if not its maker.
    pub(crate) team: Option<TeamId>,
    /// Who made it: nobody else is to start it, or to see what was typed.
    pub(crate) by: Option<UserId>,
}

/// One that could not be started, and why.
pub(crate) struct Refused {
    /// What was to be started.
    pub(crate) launch: Launch,
    /// Why it was not.
    pub(crate) error: ApiError,
}

thread_local! {
    static MADE: RefCell<Option<Launch>> = const { RefCell::new(None) };
    static REFUSED: RefCell<Option<Refused>> = const { RefCell::new(None) };
}

/// Leaves it to the terminal that opens next.
pub(crate) fn hand_over(launch: Launch) {
    MADE.set(Some(launch));
}

/// What was left to the terminal of this container. Whatever was left is gone then.
pub(crate) fn take(container: &ContainerId, by: Option<UserId>) -> Option<Launch> {
    MADE.take().filter(|launch| launch.container == *container && launch.by == by)
}

/// Gives it back to the form that opens next.
pub(crate) fn give_back(refused: Refused) {
    REFUSED.set(Some(refused));
}

/// What was given back to the form of this environment. Whatever was given back is gone then.
pub(crate) fn take_back(environment: &EnvironmentId, by: Option<UserId>) -> Option<Refused> {
    REFUSED.take().filter(|Refused { launch, .. }| launch.environment == *environment && launch.by == by)
}
