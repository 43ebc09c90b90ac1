//! Making a container.

use serde::{Deserialize, Serialize};

use super::RunSpec;
use crate::{ContainerId, EnvironmentId, Permission, endpoint};

/// What is done once it is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateOptions {
    /// Start it, as `docker run` does; otherwise it is only made, as by `docker create`.
    #[serde(default)]
    pub start: bool,
}

/// A container that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedContainer {
    /// Its id.
    pub id: ContainerId,
    /// Its name, given or made up by the engine.
    pub name: String,
    /// What the engine would not do, in its own words.
    pub warnings: Vec<String>,
    /// Why it was made and does not run, where that was asked for: a port that is taken, a device that is
    /// missing. The container is there and can be started later or removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_started: Option<NotStarted>,
}

/// Why a new container does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotStarted {
    /// In words.
    pub message: String,
    /// The field of the spec that caused it, where that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

endpoint! {
    /// Makes a container, as `docker run` and `docker create` do, and starts it if asked. The image must be
    /// here: it is not pulled. 403 with the field that needs the permission `host_access`; 404 for an image,
    /// network or container that is not here; 409 if the name is taken; 422 with the field that is wrong.
    CreateContainer { environment: EnvironmentId }
    Post "/api/v1/environments/{environment}/containers", query: CreateOptions, body: RunSpec,
    reply: CreatedContainer, needs: within Permission::ContainerCreate
}
