//! Where a grant holds, and what an action is about.
//!
//! **When a container counts as part of a stack.** A stack scope means the Compose project that a
//! container's label names, and whoever makes a container chooses its labels. So the label counts only for
//! containers that were made past the console, by somebody who commands the engine itself and could do
//! anything anyway. A container that the console made bears [`CREATED_LABEL`], which its maker can neither
//! leave out nor take off; of such a one the label of the stack is not believed, and it is part of a stack
//! only if the console recorded so, which it does for makers who may create in that stack. A record is
//! told to the decision as a scope of that one container. The label that an image brings along is the
//! maker's choice too, and covered by the same rule.

use serde::{Deserialize, Serialize};

use crate::{ContainerId, EnvironmentId};

/// The label that the console puts on each container it makes.
pub const CREATED_LABEL: &str = "io.longshore.created";

/// Where a grant holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// Everywhere, the console itself included.
    Everything,
    /// In one environment.
    Environment {
        /// Which.
        environment: EnvironmentId,
    },
    /// In one stack; see this module for what counts as part of it.
    Stack {
        /// Of which environment.
        environment: EnvironmentId,
        /// The Compose project's name.
        stack: String,
    },
    /// On one container. Another of the same name is another container.
    Container {
        /// Of which environment.
        environment: EnvironmentId,
        /// The full id.
        container: ContainerId,
    },
}

impl Scope {
    /// The environment it lies in.
    #[must_use]
    pub fn environment(&self) -> Option<&EnvironmentId> {
        match self {
            Self::Everything => None,
            Self::Environment { environment }
            | Self::Stack { environment, .. }
            | Self::Container { environment, .. } => Some(environment),
        }
    }

    /// What it is about, as the target of a decision. A container's stack is not known here.
    #[must_use]
    pub fn target(&self) -> Target<'_> {
        match self {
            Self::Everything => Target::Console,
            Self::Environment { environment } => Target::Environment(environment),
            Self::Stack { environment, stack } => Target::Stack { environment, stack },
            Self::Container { environment, container } => {
                Target::Container { environment, container, stack: None }
            }
        }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everything => formatter.write_str("everything"),
            Self::Environment { environment } => write!(formatter, "environment {environment}"),
            Self::Stack { environment, stack } => write!(formatter, "stack {environment}/{stack}"),
            Self::Container { environment, container } => {
                write!(formatter, "container {environment}/{}", container.short())
            }
        }
    }
}

/// What an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// The console itself: users, settings, the audit.
    Console,
    /// A whole environment.
    Environment(&'a EnvironmentId),
    /// A stack, with what is to be made in it.
    Stack {
        /// Of which environment.
        environment: &'a EnvironmentId,
        /// Its name.
        stack: &'a str,
    },
    /// A container.
    Container {
        /// Of which environment.
        environment: &'a EnvironmentId,
        /// Its full id.
        container: &'a ContainerId,
        /// The stack that it counts as part of.
        stack: Option<&'a str>,
    },
}

impl<'a> Target<'a> {
    /// The environment it lies in.
    #[must_use]
    pub fn environment(self) -> Option<&'a EnvironmentId> {
        match self {
            Self::Console => None,
            Self::Environment(environment)
            | Self::Stack { environment, .. }
            | Self::Container { environment, .. } => Some(environment),
        }
    }
}

/// Whether a text may name a stack: what Compose takes as a project's name
/// (<https://docs.docker.com/compose/how-tos/project-name/>), and what older ones made.
#[must_use]
pub fn is_stack_name(name: &str) -> bool {
    (1..=255).contains(&name.len())
        && name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}
