//! What somebody sees of an environment: what every list, count and topic is filtered by.
//!
//! Made from a person's access only, so that a list shows exactly what a request by id would find.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use shared::{
    ContainerId, EnvironmentId, Permission, Target,
    access::{Access, Seen},
    containers::ContainerSummary,
};

use super::{grant::SystemGrant, own};

/// See the module. Cheap to clone, equal where the same is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight(Arc<Looked>);

#[derive(Debug, PartialEq, Eq)]
struct Looked {
    seen: Seen,
    /// The console's own container, for who may not reach the host through it.
    hidden: Option<ContainerId>,
    fingerprint: u32,
}

impl Sight {
    /// What this access shows of the environment.
    pub(crate) fn of(access: &Access, environment: &EnvironmentId) -> Self {
        Self::without(access, environment, own::container())
    }

    fn without(access: &Access, environment: &EnvironmentId, own: Option<&ContainerId>) -> Self {
        let seen = access.seen(environment);
        let hidden = own.filter(|container| {
            let target = Target::Container { environment, container, stack: None };
            !access.holds(Permission::HostAccess, target)
        });
        let fingerprint = fingerprint(&seen, hidden);
        Self(Arc::new(Looked { seen, hidden: hidden.cloned(), fingerprint }))
    }

    /// Everything, for what the console does in nobody's name.
    pub(crate) fn of_console(_grant: &SystemGrant) -> Self {
        Self(Arc::new(Looked { seen: Seen::Everything, hidden: None, fingerprint: 0 }))
    }

    /// Everything, for tests of what is not about sight.
    #[cfg(test)]
    pub(crate) fn whole() -> Self {
        Self(Arc::new(Looked { seen: Seen::Everything, hidden: None, fingerprint: 0 }))
    }

    /// Whether all containers are seen, but for the console's own.
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
        if self.0.hidden.as_ref() == Some(container) {
            return false;
        }
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

fn fingerprint(seen: &Seen, hidden: Option<&ContainerId>) -> u32 {
    let mut hasher = DefaultHasher::new();
    match (seen, hidden) {
        (Seen::Everything, None) => return 0,
        (Seen::Everything, Some(_)) => hidden.hash(&mut hasher),
        (Seen::Only { stacks, containers, both }, _) => (stacks, containers, both, hidden).hash(&mut hasher),
    }
    let hash = hasher.finish();
    u32::try_from((hash ^ (hash >> 32)) & u64::from(u32::MAX)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use shared::{
        Role, Scope,
        access::{Held, Reason},
    };

    use super::*;

    #[test]
    fn the_consoles_own_container_is_seen_by_who_may_reach_the_host() {
        let environment: EnvironmentId = "local".parse().unwrap();
        let own: ContainerId = "4f".repeat(32).parse().unwrap();
        let other: ContainerId = "5e".repeat(32).parse().unwrap();
        let sight = |role: Role, scope: Scope| {
            let held = Held {
                permissions: role.permissions(),
                scope,
                reason: Reason::Owner { team: None },
                only_in: None,
            };
            Sight::without(&Access::new(vec![held]), &environment, Some(&own))
        };
        let all = |role| sight(role, Scope::Everything);
        assert!(all(Role::Admin).shows_at(&own, None));
        assert_eq!(all(Role::Admin).fingerprint(), 0);
        for role in [Role::Viewer, Role::Operator, Role::Deployer, Role::EnvironmentAdmin] {
            assert!(!all(role).shows_at(&own, None) && all(role).shows_at(&other, None), "{role:?}");
            assert_ne!(all(role).fingerprint(), 0);
        }
        let scope = Scope::Container { environment: environment.clone(), container: own.clone() };
        assert!(!sight(Role::Operator, scope).shows_at(&own, None), "a grant on it does not do either");
    }
}
