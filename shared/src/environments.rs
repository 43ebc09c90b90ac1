//! Environments: the engines that the console manages, and what they tell of themselves.

use serde::{Deserialize, Serialize};

use crate::{ByteCount, EnvironmentId, Permission, UnixMillis, endpoint};

/// Whether the engine answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EngineStatus {
    /// Not reached yet since the console started.
    Connecting,
    /// Answers, and its events arrive.
    Connected {
        /// Since when.
        since: UnixMillis,
    },
    /// Reached before or expected, but does not answer; it is tried again by itself.
    Unreachable {
        /// Since when.
        since: UnixMillis,
        /// Why.
        reason: UnreachableReason,
        /// The cause in the words of the system, for people who know it.
        detail: String,
    },
}

/// Why an engine does not answer; each has its own advice on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnreachableReason {
    /// There is no socket at that path.
    NoSocket,
    /// The socket may not be opened by the console's user.
    PermissionDenied,
    /// Nothing listens there.
    Refused,
    /// It took the connection but does not answer.
    NotResponding,
    /// The connection was lost.
    Lost,
    /// It answers something that is not the Engine API.
    NotAnEngine,
    /// One of the two does not accept the other's certificate, or ours cannot be read.
    TlsFailed,
}

/// Which engine it is; decides what the page calls it and what it hides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EngineKind {
    /// Docker Engine (or Moby).
    #[default]
    Docker,
    /// Podman through its Docker-compatible API.
    Podman,
}

impl EngineKind {
    /// Whether its inspection tells what a container was made of apart from its own defaults, so that another
    /// like it can be made.
    #[must_use]
    pub fn tells_choices(self) -> bool {
        self != Self::Podman
    }

    /// Whether the last lines of a log can be asked for while it is written. Podman fails where it comes upon
    /// a line that is not whole yet.
    #[must_use]
    pub fn tells_last_lines(self) -> bool {
        self != Self::Podman
    }
}

/// One environment in a list or at the head of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvironmentSummary {
    /// Its id, `local`.
    pub id: EnvironmentId,
    /// Its name for people: the host's name once known.
    pub name: String,
    /// Whether it answers.
    pub status: EngineStatus,
    /// What the engine told of itself when it was last reached.
    pub engine: Option<EngineFacts>,
    /// Containers by state.
    pub counts: ContainerCounts,
}

/// Containers by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContainerCounts {
    /// All of them.
    pub total: u32,
    /// Running, and their health check passes.
    pub healthy: u32,
    /// Running without a health check, or before its first result.
    pub running: u32,
    /// Running, and their health check fails.
    pub unhealthy: u32,
    /// Being restarted by their policy.
    pub restarting: u32,
    /// Paused.
    pub paused: u32,
    /// Exited with another code than 0, or dead.
    pub failed: u32,
    /// Exited with 0.
    pub finished: u32,
    /// Created and never started.
    pub created: u32,
}

/// What `docker version` and `docker info` tell. What an engine leaves out is absent, not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineFacts {
    /// Docker or Podman.
    pub kind: EngineKind,
    /// `28.5.2`.
    pub version: String,
    /// The API version that was negotiated, `1.51`.
    pub api_version: String,
    /// The host's name.
    pub host_name: Option<String>,
    /// `Debian GNU/Linux 12 (bookworm)`.
    pub operating_system: Option<String>,
    /// `6.1.0-32-amd64`.
    pub kernel: Option<String>,
    /// `x86_64`.
    pub architecture: Option<String>,
    /// Logical processors.
    pub processors: Option<u32>,
    /// Memory of the host.
    pub memory: Option<ByteCount>,
    /// `overlay2`.
    pub storage_driver: Option<String>,
    /// `json-file`.
    pub logging_driver: Option<String>,
    /// `2` and `systemd`.
    pub cgroup_version: Option<String>,
    /// `cgroupfs` or `systemd`.
    pub cgroup_driver: Option<String>,
    /// `apparmor`, `seccomp`, `rootless`...
    pub security_options: Vec<String>,
    /// `runc`...
    pub runtimes: Vec<String>,
    /// The runtime that is used unless told.
    pub default_runtime: Option<String>,
    /// `inactive`, `active`...
    pub swarm: Option<String>,
    /// Where the engine keeps its data on the host.
    pub data_folder: Option<String>,
    /// The engine's own warnings, one sentence each.
    pub warnings: Vec<String>,
    /// Images on the host.
    pub images: Option<u32>,
}

impl EngineFacts {
    /// What somebody is told who sees only part of the environment: what the engine is, and nothing of what
    /// others have on it.
    #[must_use]
    pub fn for_part(&self) -> Self {
        Self {
            images: None,
            data_folder: None,
            warnings: Vec::new(),
            security_options: Vec::new(),
            runtimes: Vec::new(),
            swarm: None,
            ..self.clone()
        }
    }
}

/// What of a kind takes room on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiskPart {
    /// How many.
    pub count: u32,
    /// How many of them nothing uses.
    pub unused: u32,
    /// What they take.
    pub size: ByteCount,
    /// What removing the unused would free.
    pub reclaimable: ByteCount,
}

/// What `docker system df` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiskUsage {
    /// Images, shared layers counted once.
    pub images: DiskPart,
    /// The writable layers of containers.
    pub containers: DiskPart,
    /// Volumes of the `local` driver.
    pub volumes: DiskPart,
    /// Build cache; absent where the engine has none.
    pub build_cache: Option<DiskPart>,
    /// When it was measured; the engine needs a while for it, so it is kept for a minute.
    pub measured_at: UnixMillis,
}

endpoint! {
    /// Lists the environments in which the person holds something. Asks no engine.
    ListEnvironments {}
    Get "/api/v1/environments", query: crate::Empty, body: (), reply: Vec<EnvironmentSummary>,
    needs: within Permission::EnvironmentView
}

endpoint! {
    /// One environment: whether it answers, its engine's facts, its containers by state, of those that the
    /// person sees. Asks no engine. 404 if unknown, or if they hold nothing in it.
    ReadEnvironment { environment: EnvironmentId }
    Get "/api/v1/environments/{environment}", query: crate::Empty, body: (), reply: EnvironmentSummary,
    needs: within Permission::EnvironmentView
}

endpoint! {
    /// What takes room on the engine's disk, measured at most once a minute
    /// (<https://docs.docker.com/reference/cli/docker/system/df/>).
    ReadDiskUsage { environment: EnvironmentId }
    Get "/api/v1/environments/{environment}/disk", query: crate::Empty, body: (), reply: DiskUsage,
    needs: Permission::EnvironmentView
}
