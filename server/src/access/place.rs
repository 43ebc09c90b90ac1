//! What an operation is about, and the decision on it in the server's words.
//!
//! Belongs here: from what the shared decision says to what a person is told. Does not: finding the thing by
//! its name, and proof that it was decided (`grant.rs`).

use shared::{Access, ContainerId, EnvironmentId, Needs, Target, access::Decision};

use crate::Error;

/// What an operation is about, once resolved: it can be decided on again as long as a stream lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The console.
    #[default]
    Console,
    /// An environment.
    Environment(EnvironmentId),
    /// A container, with the stack that it counts as part of.
    Container(EnvironmentId, ContainerId, Option<String>),
}

impl Place {
    /// It, as the target of a decision.
    #[must_use]
    pub fn target(&self) -> Target<'_> {
        match self {
            Self::Console => Target::Console,
            Self::Environment(environment) => Target::Environment(environment),
            Self::Container(environment, container, stack) => {
                Target::Container { environment, container, stack: stack.as_deref() }
            }
        }
    }

    /// Decides on what an operation needs here.
    ///
    /// # Errors
    /// [`Error::Forbidden`], or [`Error::NotFound`] for what must stay hidden.
    pub fn permit(&self, access: &Access, needs: Needs) -> Result<(), Error> {
        let (needs, decision) = match needs {
            Needs::Public | Needs::Session | Needs::Account => return Ok(()),
            Needs::Permission(needs) => (needs, access.decide(needs, self.target())),
            Needs::Within(needs) => (needs, access.decide_within(needs, self.target().environment())),
        };
        match (decision, self) {
            (Decision::Allowed, _) => Ok(()),
            (Decision::Forbidden, _) => Err(Error::Forbidden { needs }),
            (Decision::Hidden, Self::Container(..)) => Err(Error::NotFound("container")),
            (Decision::Hidden, _) => Err(Error::NotFound("environment")),
        }
    }
}
