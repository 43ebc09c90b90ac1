//! What of an environment is taken or there, as far as the list of containers does not tell it.

use serde::{Deserialize, Serialize};

use crate::{ContainerId, Empty, EnvironmentId, Permission, endpoint};

/// A port of the host that a container binds once it is started. Engines tell in their list only of those
/// that are bound already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldPort {
    /// Whose.
    pub container: ContainerId,
    /// The port of the host.
    pub port: u16,
    /// `tcp`, `udp`, `sctp`.
    pub protocol: String,
    /// The address of the host; empty for all of them.
    pub address: String,
}

/// What a form is checked against beside the list of containers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = HeldNames))]
pub struct Held {
    /// Ports of containers that do not run.
    pub ports: Vec<HeldPort>,
    /// Containers that do not run and whose ports are not known yet: another question may tell.
    pub unknown: u32,
    /// The volumes by name; absent for who sees only a part of the environment, and where
    /// the engine does not tell.
    pub volumes: Option<Vec<String>>,
    /// The networks by name; absent likewise.
    pub networks: Option<Vec<String>>,
}

endpoint! {
    /// What a new container is checked against while it is typed: ports that containers hold which do not run,
    /// volumes, networks. From memory: the engine is asked once for each container that does not run, and for
    /// the names after an event said that they changed. 404 if the environment is unknown.
    ReadHeld { environment: EnvironmentId }
    Get "/api/v1/environments/{environment}/held", query: Empty, body: (), reply: Held,
    needs: within Permission::ContainerCreate
}
