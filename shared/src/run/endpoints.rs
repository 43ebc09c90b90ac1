//! Making a container.

use serde::{Deserialize, Serialize};

use super::RunSpec;
use crate::{ContainerId, ContainerRef, Empty, EnvironmentId, Permission, TeamId, endpoint};

/// What is done once it is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateOptions {
    /// Start it, as `docker run` does; otherwise it is only made, as by `docker create`.
    #[serde(default)]
    pub start: bool,
    /// The team of one's own that it is to belong to; otherwise it belongs to its maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
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

/// What a container was made of, as far as `docker run` can say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExistingSpec {
    /// What is chosen for it: not its name, nor what its image or the engine gave it.
    pub spec: RunSpec,
    /// Variables whose values the person may not see, and that are not in the spec.
    pub hidden: Vec<String>,
    /// What it has and the spec does not say, or not quite so.
    pub unsaid: Vec<Unsaid>,
}

/// Something of a container that `docker run` cannot say, or that would not be the same again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Unsaid {
    /// The flag has no such value.
    Value {
        /// The flag, without its dashes.
        flag: String,
        /// What the engine tells.
        text: String,
    },
    /// A variable of the image that it does not have.
    NoVariable {
        /// Which.
        name: String,
    },
    /// Its health check runs without a shell; the spec has the same words for one.
    HealthWords {
        /// The words, for a shell.
        command: String,
    },
    /// Its entrypoint has several words; the spec has all but the first before its command.
    EntrypointWords,
    /// The image's name means another image by now.
    ImageMoved {
        /// The name.
        image: String,
    },
    /// Its image is no longer here, so that all it got from it is in the spec.
    ImageGone {
        /// The name.
        image: String,
    },
}

endpoint! {
    /// What another container like this one would be made of: its choices, without what it got from its image,
    /// and what cannot be said so. Values of environment variables are left out, and their names told, for who
    /// may not see them. 403 for who may not inspect it, 404 if unknown or hidden.
    ReadRunSpec { environment: EnvironmentId, container: ContainerRef }
    Get "/api/v1/environments/{environment}/containers/{container}/run-spec", query: Empty, body: (),
    reply: ExistingSpec, needs: Permission::ContainerCreate
}
