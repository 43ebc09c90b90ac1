//! From an order to its endpoint.

use shared::{
    ApiError, ContainerRef, Empty, EnvironmentId,
    containers::{
        ContainerAction, KillContainer, KillOptions, NewName, PauseContainer, RemoveContainer, RemoveOptions,
        RenameContainer, RestartContainer, StartContainer, StopContainer, StopOptions, UnpauseContainer,
    },
};

use super::{Order, Target};
use crate::api;

pub(super) async fn call(environment: EnvironmentId, order: &Order, target: &Target) -> Result<(), ApiError> {
    let container = ContainerRef::from(&target.id);
    match order {
        Order::Plain(ContainerAction::Start) => {
            api::call(StartContainer { environment, container }, Empty {}, ()).await
        }
        Order::Plain(ContainerAction::Stop) => {
            api::call(StopContainer { environment, container }, StopOptions::default(), ()).await
        }
        Order::Plain(ContainerAction::Restart) => {
            api::call(RestartContainer { environment, container }, StopOptions::default(), ()).await
        }
        Order::Plain(ContainerAction::Pause) => {
            api::call(PauseContainer { environment, container }, Empty {}, ()).await
        }
        Order::Plain(ContainerAction::Unpause) => {
            api::call(UnpauseContainer { environment, container }, Empty {}, ()).await
        }
        Order::Plain(ContainerAction::Kill) => {
            api::call(KillContainer { environment, container }, KillOptions::default(), ()).await
        }
        Order::Rename(name) => {
            let name = NewName { name: name.clone() };
            api::call(RenameContainer { environment, container }, Empty {}, name).await
        }
        Order::Remove(options) => api::call(RemoveContainer { environment, container }, *options, ()).await,
        // Neither is ever made: each has an order of its own.
        Order::Plain(ContainerAction::Rename) => Ok(()),
        Order::Plain(ContainerAction::Remove) => {
            api::call(RemoveContainer { environment, container }, RemoveOptions::default(), ()).await
        }
    }
}
