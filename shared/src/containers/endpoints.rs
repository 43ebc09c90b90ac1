//! What can be asked of containers. Each action's effect is that of the `docker` command of its name
//! (<https://docs.docker.com/reference/cli/docker/container/>).

use serde::{Deserialize, Serialize};

use super::{ContainerInspect, ContainerList};
use crate::{ContainerRef, Empty, EnvironmentId, Permission, endpoint, users::Subject};

/// How to stop or restart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StopOptions {
    /// Seconds to wait before it is killed; absent for the container's own (10 unless it says otherwise),
    /// 0 kills at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<u32>,
}

/// How to kill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KillOptions {
    /// A signal's name, `SIGHUP`; absent for `SIGKILL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
}

/// How to remove.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RemoveOptions {
    /// Kill it first if it runs.
    #[serde(default)]
    pub force: bool,
    /// Remove the anonymous volumes that only it uses, too.
    #[serde(default)]
    pub volumes: bool,
}

/// The new name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewName {
    /// Two characters or more: letters, digits and `_.-`, the first a letter or digit.
    pub name: ContainerRef,
}

endpoint! {
    /// Lists the containers that the person sees, from the hub's memory: asks no engine. 503 until the engine
    /// was reached.
    ListContainers { environment: EnvironmentId }
    Get "/api/v1/environments/{environment}/containers", query: Empty, body: (), reply: ContainerList,
    needs: within Permission::ContainerView
}

endpoint! {
    /// Everything about one container. Environment values are masked for who may not see them.
    /// 404 if unknown or hidden.
    InspectContainer { environment: EnvironmentId, container: ContainerRef }
    Get "/api/v1/environments/{environment}/containers/{container}", query: Empty, body: (),
    reply: ContainerInspect, needs: Permission::ContainerLogs
}

endpoint! {
    /// Starts a container. 404 if unknown or hidden, 409 if it runs already.
    StartContainer { environment: EnvironmentId, container: ContainerRef }
    Post "/api/v1/environments/{environment}/containers/{container}/start", query: Empty, body: (), reply: (),
    needs: Permission::ContainerOperate
}

endpoint! {
    /// Stops a container, after `timeout_seconds` by force. 404 if unknown or hidden, 409 if it does not run.
    StopContainer { environment: EnvironmentId, container: ContainerRef }
    Post "/api/v1/environments/{environment}/containers/{container}/stop", query: StopOptions, body: (), reply: (),
    needs: Permission::ContainerOperate
}

endpoint! {
    /// Stops a container if it runs, and starts it. 404 if unknown or hidden.
    RestartContainer { environment: EnvironmentId, container: ContainerRef }
    Post "/api/v1/environments/{environment}/containers/{container}/restart", query: StopOptions, body: (),
    reply: (), needs: Permission::ContainerOperate
}

endpoint! {
    /// Freezes a container's processes. 404 if unknown or hidden, 409 if it does not run.
    PauseContainer { environment: EnvironmentId, container: ContainerRef }
    Post "/api/v1/environments/{environment}/containers/{container}/pause", query: Empty, body: (), reply: (),
    needs: Permission::ContainerOperate
}

endpoint! {
    /// Thaws a paused container. 404 if unknown or hidden, 409 if it is not paused.
    UnpauseContainer { environment: EnvironmentId, container: ContainerRef }
    Post "/api/v1/environments/{environment}/containers/{container}/unpause", query: Empty, body: (), reply: (),
    needs: Permission::ContainerOperate
}

endpoint! {
    /// Sends a signal, `SIGKILL` unless told. 404 if unknown or hidden, 409 if it does not run, 422 for a
    /// signal that does not exist.
    KillContainer { environment: EnvironmentId, container: ContainerRef }
    Post "/api/v1/environments/{environment}/containers/{container}/kill", query: KillOptions, body: (), reply: (),
    needs: Permission::ContainerOperate
}

endpoint! {
    /// Gives a container another name. 404 if unknown or hidden, 409 if the name is taken.
    RenameContainer { environment: EnvironmentId, container: ContainerRef }
    Post "/api/v1/environments/{environment}/containers/{container}/rename", query: Empty, body: NewName,
    reply: (), needs: Permission::ContainerManage
}

endpoint! {
    /// Removes a container. 404 if unknown or hidden, 409 if it runs and `force` is not given.
    RemoveContainer { environment: EnvironmentId, container: ContainerRef }
    Delete "/api/v1/environments/{environment}/containers/{container}", query: RemoveOptions, body: (), reply: (),
    needs: Permission::ContainerManage
}

/// To whom something is to belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOwner {
    /// A user, a team, or nobody.
    pub owner: Option<Subject>,
}

/// Whose something is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ownership {
    /// A user or a team; nobody's where it was made past the console.
    pub owner: Option<Subject>,
    /// Their name.
    pub name: Option<String>,
}

endpoint! {
    /// Tells to whom a container belongs. 404 if unknown or hidden.
    ReadOwner { environment: EnvironmentId, container: ContainerRef }
    Get "/api/v1/environments/{environment}/containers/{container}/owner", query: Empty, body: (),
    reply: Ownership, needs: Permission::ContainerView
}

endpoint! {
    /// Gives a container to a user, a team or nobody. An owner may do everything with it but what needs host
    /// access, so 403 for whoever may not do that themselves. 404 if unknown or hidden, 422 for an unknown
    /// user or team.
    TransferOwnership { environment: EnvironmentId, container: ContainerRef }
    Post "/api/v1/environments/{environment}/containers/{container}/owner", query: Empty, body: NewOwner,
    reply: Ownership, needs: Permission::ContainerManage, confirms: yes
}
