//! What is done to a container. Each takes the grant of its own operation, so that no other can be used.

use std::time::Duration;

use bollard::query_parameters::{
    KillContainerOptionsBuilder, RemoveContainerOptionsBuilder, RenameContainerOptionsBuilder,
    RestartContainerOptionsBuilder, StartContainerOptions, StopContainerOptionsBuilder,
};
use shared::{
    ContainerRef,
    containers::{
        KillContainer, PauseContainer, RemoveContainer, RemoveOptions, RenameContainer, RestartContainer,
        StartContainer, StopContainer, UnpauseContainer,
    },
    endpoint::Operation,
};

use super::{Engine, EngineError};
use crate::access::grant::Grant;

/// Seconds beyond the engine's own wait that an action may take.
const GRACE_SECONDS: u64 = 60;
/// The longest stop time-out that is taken: an hour.
const STOP_MAX_SECONDS: u32 = 3600;

fn id<O: Operation>(grant: &Grant<O>) -> Result<&str, EngineError> {
    grant
        .container()
        .map(shared::ContainerId::as_str)
        .map_err(|_error| EngineError::NotFound { what: "container", message: String::new() })
}

fn translate(error: bollard::errors::Error) -> EngineError {
    EngineError::from_bollard("container", error)
}

fn seconds(timeout: Option<u32>) -> Option<i32> {
    timeout.map(|seconds| i32::try_from(seconds.min(STOP_MAX_SECONDS)).unwrap_or(i32::MAX))
}

impl Engine {
    /// A client that waits as long as the engine may for a container's end.
    fn patient(&self, timeout: Option<u32>) -> bollard::Docker {
        let wait = timeout.map_or(STOP_MAX_SECONDS, |seconds| seconds.min(STOP_MAX_SECONDS));
        self.docker.clone().with_timeout(Duration::from_secs(u64::from(wait).saturating_add(GRACE_SECONDS)))
    }

    /// `docker start`
    pub(crate) async fn start_container(&self, grant: &Grant<StartContainer>) -> Result<(), EngineError> {
        self.patient(Some(0))
            .start_container(id(grant)?, None::<StartContainerOptions>)
            .await
            .map_err(translate)
    }

    /// `docker stop`
    pub(crate) async fn stop_container(
        &self,
        grant: &Grant<StopContainer>,
        timeout: Option<u32>,
    ) -> Result<(), EngineError> {
        let mut options = StopContainerOptionsBuilder::default();
        if let Some(seconds) = seconds(timeout) {
            options = options.t(seconds);
        }
        self.patient(timeout).stop_container(id(grant)?, Some(options.build())).await.map_err(translate)
    }

    /// `docker restart`
    pub(crate) async fn restart_container(
        &self,
        grant: &Grant<RestartContainer>,
        timeout: Option<u32>,
    ) -> Result<(), EngineError> {
        let mut options = RestartContainerOptionsBuilder::default();
        if let Some(seconds) = seconds(timeout) {
            options = options.t(seconds);
        }
        self.patient(timeout).restart_container(id(grant)?, Some(options.build())).await.map_err(translate)
    }

    /// `docker pause`
    pub(crate) async fn pause_container(&self, grant: &Grant<PauseContainer>) -> Result<(), EngineError> {
        self.patient(Some(0)).pause_container(id(grant)?).await.map_err(translate)
    }

    /// `docker unpause`
    pub(crate) async fn unpause_container(&self, grant: &Grant<UnpauseContainer>) -> Result<(), EngineError> {
        self.patient(Some(0)).unpause_container(id(grant)?).await.map_err(translate)
    }

    /// `docker kill --signal`
    pub(crate) async fn kill_container(
        &self,
        grant: &Grant<KillContainer>,
        signal: Option<&str>,
    ) -> Result<(), EngineError> {
        let options = KillContainerOptionsBuilder::default().signal(signal.unwrap_or("SIGKILL")).build();
        self.patient(Some(0)).kill_container(id(grant)?, Some(options)).await.map_err(translate)
    }

    /// `docker rename`
    pub(crate) async fn rename_container(
        &self,
        grant: &Grant<RenameContainer>,
        name: &ContainerRef,
    ) -> Result<(), EngineError> {
        let options = RenameContainerOptionsBuilder::default().name(name.as_str()).build();
        self.docker.rename_container(id(grant)?, options).await.map_err(translate)
    }

    /// `docker rm`
    pub(crate) async fn remove_container(
        &self,
        grant: &Grant<RemoveContainer>,
        options: RemoveOptions,
    ) -> Result<(), EngineError> {
        let options =
            RemoveContainerOptionsBuilder::default().force(options.force).v(options.volumes).build();
        self.patient(None).remove_container(id(grant)?, Some(options)).await.map_err(translate)
    }
}
