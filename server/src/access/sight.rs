//! What somebody sees of an environment: what every list, count and topic is filtered by.
//!
//! Made from a person's access only, so that a list shows exactly what a request by id would find.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use shared::{
    ContainerId, EnvironmentId,
    access::{Access, Seen},
    containers::ContainerSummary,
};

use super::grant::SystemGrant;

/// See the module. Cheap to clone, equal where the same is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight(Arc<Looked>);

#[derive(Debug, PartialEq, Eq)]
struct Looked {
    seen: Seen,
    fingerprint: u32,
}

impl Sight {
    /// What this access shows of the environment.
    pub(crate) fn of(access: &Access, environment: &EnvironmentId) -> Self {
        let seen = access.seen(environment);
        let fingerprint = fingerprint(&seen);
        Self(Arc::new(Looked { seen, fingerprint }))
    }

    /// Everything, for what the console does in nobody's name.
    pub(crate) fn of_console(_grant: &SystemGrant) -> Self {
        Self(Arc::new(Looked { seen: Seen::Everything, fingerprint: 0 }))
    }

    /// Everything, for tests of what is not about sight.
    #[cfg(test)]
    pub(crate) fn whole() -> Self {
        Self(Arc::new(Looked { seen: Seen::Everything, fingerprint: 0 }))
    }

    /// Whether all containers are seen.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self.0.seen, Seen::Everything)
    }

    /// Whether this one is.
    #[must_use]
    pub fn shows(&self, container: &ContainerSummary) -> bool {
        self.shows_at(&container.id, container.stack_for_access())
    }

    /// Whether one of that id, that counts as part of that stack, is.
    #[must_use]
    pub fn shows_at(&self, container: &ContainerId, stack: Option<&str>) -> bool {
        match &self.0.seen {
            Seen::Everything => true,
            Seen::Only { stacks, containers, both } => {
                containers.contains(container)
                    || stack.is_some_and(|stack| {
                        stacks.contains(stack) || both.contains(&(container.clone(), stack.to_owned()))
                    })
            }
        }
    }

    /// A number that differs where something else is seen; 0 for everything. It goes into cursors: the
    /// changes that follow a list are those of what the list showed.
    #[must_use]
    pub fn fingerprint(&self) -> u32 {
        self.0.fingerprint
    }
}

fn fingerprint(seen: &Seen) -> u32 {
    match seen {
        Seen::Everything => 0,
        Seen::Only { stacks, containers, both } => {
            let mut hasher = DefaultHasher::new();
            (stacks, containers, both).hash(&mut hasher);
            let hash = hasher.finish();
            u32::try_from((hash ^ (hash >> 32)) & u64::from(u32::MAX)).unwrap_or(u32::MAX).max(1)
        }
    }
}
