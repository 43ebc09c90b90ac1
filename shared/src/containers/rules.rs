//! Which state allows which action: the button and the server ask the same function.

use serde::{Deserialize, Serialize};

use super::ContainerState;
use crate::Permission;

/// What can be done to a container from the list and from its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ContainerAction {
    /// `docker start`
    Start,
    /// `docker stop`
    Stop,
    /// `docker restart`
    Restart,
    /// `docker pause`
    Pause,
    /// `docker unpause`
    Unpause,
    /// `docker kill`
    Kill,
    /// `docker rename`
    Rename,
    /// `docker rm`
    Remove,
}

impl ContainerAction {
    /// All of them, in the menu's order.
    pub const ALL: [Self; 8] = [
        Self::Start,
        Self::Stop,
        Self::Restart,
        Self::Pause,
        Self::Unpause,
        Self::Kill,
        Self::Rename,
        Self::Remove,
    ];

    /// The permission it needs.
    #[must_use]
    pub fn needs(self) -> Permission {
        match self {
            Self::Start | Self::Stop | Self::Restart | Self::Pause | Self::Unpause | Self::Kill => {
                Permission::ContainerOperate
            }
            Self::Rename | Self::Remove => Permission::ContainerManage,
        }
    }

    /// The `docker` command it amounts to.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Restart => "restart",
            Self::Pause => "pause",
            Self::Unpause => "unpause",
            Self::Kill => "kill",
            Self::Rename => "rename",
            Self::Remove => "rm",
        }
    }

    /// Whether the state allows it. Removing a running container is allowed, by force, and says so.
    #[must_use]
    pub fn allowed_in(self, state: ContainerState) -> bool {
        use ContainerState::{Created, Dead, Exited, Paused, Removing, Restarting, Running};
        match self {
            Self::Start => matches!(state, Created | Exited),
            Self::Stop => matches!(state, Running | Paused | Restarting),
            Self::Kill => matches!(state, Running | Paused | Restarting),
            Self::Restart => matches!(state, Running | Restarting | Exited | Created | Paused),
            Self::Pause => matches!(state, Running),
            Self::Unpause => matches!(state, Paused),
            Self::Rename => !matches!(state, Removing | Dead),
            Self::Remove => !matches!(state, Removing),
        }
    }
}

impl ContainerState {
    /// Whether a process of it exists, so that it has figures, a terminal, and needs force to remove.
    #[must_use]
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Running | Self::Paused | Self::Restarting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_and_stop_never_both() {
        use ContainerState::{Created, Dead, Exited, Paused, Removing, Restarting, Running};
        for state in [Created, Running, Paused, Restarting, Removing, Exited, Dead] {
            assert!(
                !(ContainerAction::Start.allowed_in(state) && ContainerAction::Stop.allowed_in(state)),
                "{state:?}"
            );
        }
        assert!(!ContainerAction::Pause.allowed_in(Paused));
        assert!(ContainerAction::Unpause.allowed_in(Paused));
    }
}
