//! What is said of a container.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ByteCount, ContainerId, EnvironmentId, Target, UnixMillis};

/// The state in the engine's own words
/// (<https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerList>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContainerState {
    /// Made, never started.
    Created,
    /// Its process runs.
    Running,
    /// Its processes are frozen.
    Paused,
    /// Ended, and its policy starts it again.
    Restarting,
    /// Being removed.
    Removing,
    /// Ended.
    Exited,
    /// Could not be removed or stopped properly.
    Dead,
}

/// The health check's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// No verdict yet.
    Starting,
    /// The last check passed.
    Healthy,
    /// The last checks failed.
    Unhealthy,
}

/// How a container is drawn: state, health and exit code in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// Runs and its check fails.
    Unhealthy,
    /// Is restarted by its policy.
    Restarting,
    /// Ended with another code than 0.
    Failed,
    /// Dead.
    Dead,
    /// Frozen.
    Paused,
    /// Runs, no verdict of the check yet.
    Starting,
    /// Runs, and the check passes.
    Healthy,
    /// Runs, without a check.
    Running,
    /// Being removed.
    Removing,
    /// Never started.
    Created,
    /// Ended with 0.
    Exited,
}

/// One port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Port {
    /// In the container.
    pub private: u16,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// On the host; absent when only exposed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<u16>,
    /// The host's addresses it listens on, without duplicates; empty when not published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// A row of the list. Kept small: a thousand of them are sent at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContainerSummary {
    /// The full id.
    pub id: ContainerId,
    /// The name, without the slash the engine puts before it.
    pub name: String,
    /// The image as it was asked for.
    pub image: String,
    /// The image's id.
    pub image_id: String,
    /// The state.
    pub state: ContainerState,
    /// The health check's verdict; absent without a check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
    /// The last exit code; absent while running or when the engine did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i64>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// Since when it is in this state, as exactly as the engine's list tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<UnixMillis>,
    /// Ports, published and exposed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<Port>,
    /// The Compose project it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// The Compose service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The console made it: then its label does not make it part of a stack, see [`crate::access::Scope`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub made_here: bool,
    /// The command line.
    pub command: String,
    /// Its networks' names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<String>,
    /// Labels, for the filter; at most 64 of at most 256 bytes each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl ContainerSummary {
    /// The stack that it counts as part of when it is decided who may do what with it.
    #[must_use]
    pub fn stack_for_access(&self) -> Option<&str> {
        if self.made_here { None } else { self.stack.as_deref() }
    }

    /// It, as the target of a decision.
    #[must_use]
    pub fn target<'a>(&'a self, environment: &'a EnvironmentId) -> Target<'a> {
        Target::Container { environment, container: &self.id, stack: self.stack_for_access() }
    }
}

/// The whole list at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContainerList {
    /// Where the topic `containers` goes on from here.
    pub cursor: crate::live::Cursor,
    /// All containers the person may see, running or not.
    pub containers: Vec<ContainerSummary>,
}

/// Everything the engine tells of one container: facts that were read, and the raw document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContainerInspect {
    /// The list's row, at this moment.
    pub summary: ContainerSummary,
    /// The facts that people look for.
    pub details: ContainerDetails,
    /// The engine's own document (`docker inspect`), with environment values masked for who may not
    /// see them.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub raw: serde_json::Value,
    /// The values of the environment were replaced, in `details` and in `raw`.
    pub masked: bool,
}

/// The facts of a container's page. What the engine leaves out is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContainerDetails {
    /// A terminal was allocated (`-t`): its output is one raw stream.
    pub tty: bool,
    /// Its standard input is open (`-i`).
    pub open_stdin: bool,
    /// Command as run.
    pub command: Vec<String>,
    /// Entry point as run.
    pub entrypoint: Vec<String>,
    /// Folder the command starts in.
    pub working_dir: Option<String>,
    /// User the command runs as; empty is root or the image's.
    pub user: Option<String>,
    /// Host name inside.
    pub host_name: Option<String>,
    /// Process id on the engine's host.
    pub pid: Option<i64>,
    /// When it was last started.
    pub started_at: Option<UnixMillis>,
    /// When it last ended.
    pub finished_at: Option<UnixMillis>,
    /// Ended because memory ran out.
    pub out_of_memory: bool,
    /// What the engine said when it could not be started.
    pub error: Option<String>,
    /// How often its policy restarted it.
    pub restart_count: Option<i64>,
    /// `no`, `always`, `unless-stopped`, `on-failure:5`.
    pub restart_policy: Option<String>,
    /// Removed by the engine when it ends (`--rm`).
    pub auto_remove: bool,
    /// `KEY=value` pairs.
    pub env: Vec<EnvVar>,
    /// Mounts.
    pub mounts: Vec<Mount>,
    /// Networks and its addresses there.
    pub networks: Vec<NetworkAttachment>,
    /// `bridge`, `host`, `none`, `container:...`.
    pub network_mode: Option<String>,
    /// Memory limit; absent for none.
    pub memory_limit: Option<ByteCount>,
    /// Processors limit, in thousandths of one; absent for none.
    pub cpu_limit_millis: Option<u64>,
    /// Most processes; absent for none.
    pub pids_limit: Option<i64>,
    /// Log driver.
    pub log_driver: Option<String>,
    /// Runs with all privileges of the host.
    pub privileged: bool,
    /// The root file system is read-only.
    pub read_only: bool,
    /// Added capabilities.
    pub cap_add: Vec<String>,
    /// Dropped capabilities.
    pub cap_drop: Vec<String>,
    /// Security options.
    pub security_options: Vec<String>,
    /// Health check: failures in a row and the last output.
    pub health: Option<HealthDetails>,
    /// The runtime, `runc`.
    pub runtime: Option<String>,
    /// Platform, `linux`.
    pub platform: Option<String>,
}

/// One variable of the environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// Its value; absent for who may not see it.
    pub value: Option<String>,
}

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mount {
    /// `bind`, `volume`, `tmpfs`...
    pub kind: String,
    /// A volume's name, or a path on the host.
    pub source: String,
    /// Where it appears in the container.
    pub target: String,
    /// Whether the container may write there.
    pub writable: bool,
}

/// One network the container is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NetworkAttachment {
    /// The network's name.
    pub name: String,
    /// Its IPv4 address there.
    pub ipv4: Option<String>,
    /// Its IPv6 address there.
    pub ipv6: Option<String>,
    /// Its hardware address there.
    pub mac: Option<String>,
    /// Other names it answers to there.
    pub aliases: Vec<String>,
}

/// What the health check said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthDetails {
    /// The verdict.
    pub status: Health,
    /// Failures in a row.
    pub failing_streak: i64,
    /// When the last check ended.
    pub last_at: Option<UnixMillis>,
    /// Exit code of the last check.
    pub last_exit_code: Option<i64>,
    /// What the last check printed, at most 4 KB.
    pub last_output: Option<String>,
}

impl ContainerSummary {
    /// State, health and exit code in one word.
    #[must_use]
    pub fn condition(&self) -> Condition {
        match (self.state, self.health) {
            (ContainerState::Running, Some(Health::Healthy)) => Condition::Healthy,
            (ContainerState::Running, Some(Health::Unhealthy)) => Condition::Unhealthy,
            (ContainerState::Running, Some(Health::Starting)) => Condition::Starting,
            (ContainerState::Running, None) => Condition::Running,
            (ContainerState::Paused, _) => Condition::Paused,
            (ContainerState::Restarting, _) => Condition::Restarting,
            (ContainerState::Removing, _) => Condition::Removing,
            (ContainerState::Created, _) => Condition::Created,
            (ContainerState::Dead, _) => Condition::Dead,
            (ContainerState::Exited, _) if self.exit_code.unwrap_or(0) == 0 => Condition::Exited,
            (ContainerState::Exited, _) => Condition::Failed,
        }
    }
}
