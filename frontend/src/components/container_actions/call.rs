//! From an order to its endpoint.

use shared::{
    ApiError, ContainerRef, Empty, EnvironmentId,
    containers::{
        ContainerAction, KillContainer, KillOptions, NewName, PauseContainer, RemoveContainer, RemoveOptions,
        RenameContainer, RestartContainer, StartContainer, StopContainer, StopOptions, UnpauseContainer,
    },
};

use super::{Order, Target};
use crate::api::{self, Prepared};

/// Does it. All of these endpoints reply with nothing.
pub(super) async fn call(environment: EnvironmentId, order: &Order, target: &Target) -> Result<(), ApiError> {
    prepare(environment, order, target).ask().await.map(|_| ())
}

fn prepare(environment: EnvironmentId, order: &Order, target: &Target) -> Prepared {
    let container = ContainerRef::from(&target.id);
    let stop = StopOptions::default;
    match order {
        Order::Plain(ContainerAction::Start) => {
            api::prepare(StartContainer { environment, container }, Empty {}, ())
        }
        Order::Plain(ContainerAction::Stop) => {
            api::prepare(StopContainer { environment, container }, stop(), ())
        }
        Order::Plain(ContainerAction::Restart) => {
            api::prepare(RestartContainer { environment, container }, stop(), ())
        }
        Order::Plain(ContainerAction::Pause) => {
            api::prepare(PauseContainer { environment, container }, Empty {}, ())
        }
        Order::Plain(ContainerAction::Unpause) => {
            api::prepare(UnpauseContainer { environment, container }, Empty {}, ())
        }
        Order::Plain(ContainerAction::Kill) => {
            api::prepare(KillContainer { environment, container }, KillOptions::default(), ())
        }
        Order::Rename(name) => {
            let name = NewName { name: name.clone() };
            api::prepare(RenameContainer { environment, container }, Empty {}, name)
        }
        Order::Remove(options) => api::prepare(RemoveContainer { environment, container }, *options, ()),
        // Neither is ever called: both ask for more first, and have an order of their own.
        Order::Plain(ContainerAction::Rename) => {
            let name = NewName { name: container.clone() };
            api::prepare(RenameContainer { environment, container }, Empty {}, name)
        }
        Order::Plain(ContainerAction::Remove) => {
            api::prepare(RemoveContainer { environment, container }, RemoveOptions::default(), ())
        }
    }
}
