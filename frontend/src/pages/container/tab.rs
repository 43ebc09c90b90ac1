//! The views of a container, as the address names them.

use shared::{EnvironmentId, Permission};

use crate::{
    i18n::{I18n, t_string},
    paths,
};

/// A view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    /// All facts.
    Overview,
    /// Its log.
    Logs,
    /// A shell in it.
    Terminal,
    /// The engine's document.
    Inspect,
}

impl Tab {
    /// All of them, in the order of the page.
    pub(super) const ALL: [Self; 4] = [Self::Overview, Self::Logs, Self::Terminal, Self::Inspect];

    /// The view of that name; the overview for what is none.
    pub(super) fn parse(name: &str) -> Self {
        match name {
            "logs" => Self::Logs,
            "terminal" => Self::Terminal,
            "inspect" => Self::Inspect,
            _ => Self::Overview,
        }
    }

    /// Its address.
    pub(super) fn path(self, environment: &EnvironmentId, container: &str) -> String {
        match self {
            Self::Overview => paths::container(environment, container),
            Self::Logs => paths::container_tab(environment, container, "logs"),
            Self::Terminal => paths::container_tab(environment, container, "terminal"),
            Self::Inspect => paths::container_tab(environment, container, "inspect"),
        }
    }

    /// What it is called; tracked.
    pub(super) fn word(self, i18n: I18n) -> String {
        match self {
            Self::Overview => t_string!(i18n, container.tabs.overview),
            Self::Logs => t_string!(i18n, container.tabs.logs),
            Self::Terminal => t_string!(i18n, container.tabs.terminal),
            Self::Inspect => t_string!(i18n, container.tabs.inspect),
        }
    }

    /// What it needs beyond seeing the container.
    pub(super) fn needs(self) -> Option<Permission> {
        match self {
            Self::Overview => None,
            Self::Logs | Self::Inspect => Some(Permission::ContainerLogs),
            Self::Terminal => Some(Permission::ContainerExec),
        }
    }
}
