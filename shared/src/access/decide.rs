//! The decision: what a person holds, against what they want to do to what. Used by the server for each
//! request and topic, and by the browser for each button.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::{Permission, PermissionSet, Role, RoleRef, Scope, Target};
use crate::{ContainerId, EnvironmentId, GrantId, TeamId};

/// A team, as others name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TeamName {
    /// Its number.
    pub id: TeamId,
    /// Its name.
    pub name: String,
}

/// Why somebody holds something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A grant, of their own or of a team.
    Grant {
        /// Its number.
        grant: GrantId,
        /// The role that it gives.
        role: RoleRef,
        /// The team whose grant it is; absent for their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamName>,
    },
    /// The thing is theirs, or their team's.
    Owner {
        /// The team that owns it; absent for their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamName>,
    },
}

/// Permissions that somebody holds at one place, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Held {
    /// What.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Permission>))]
    pub permissions: PermissionSet,
    /// Where.
    #[serde(rename = "at")]
    pub scope: Scope,
    /// Of a container: only while it counts as part of this stack. What is left of a grant on a stack that
    /// was narrowed to a container, and the other way round.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_in: Option<String>,
    /// Why.
    pub reason: Reason,
}

/// How a decision ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Allowed,
    /// They may not, and may know that the thing exists.
    Forbidden,
    /// They may not even know that it exists: it is not found.
    Hidden,
}

/// All that one person holds. Grants add up, and nothing takes away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Held>", into = "Vec<Held>")]
pub struct Access {
    held: Vec<Held>,
    index: Index,
}

/// The same, for looking up in time that does not grow with the number of grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Index {
    everything: PermissionSet,
    environments: BTreeMap<EnvironmentId, Inside>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Inside {
    whole: PermissionSet,
    stacks: HashMap<String, PermissionSet>,
    containers: HashMap<ContainerId, PermissionSet>,
    /// On containers while they count as part of a stack.
    both: HashMap<(ContainerId, String), PermissionSet>,
    /// On anything in it.
    anywhere: PermissionSet,
}

/// Which containers of an environment somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// All.
    Everything,
    /// Those of these stacks, and these.
    Only {
        /// Stacks by name.
        stacks: BTreeSet<String>,
        /// Containers by id.
        containers: BTreeSet<ContainerId>,
        /// Containers by id while they are of that stack.
        both: BTreeSet<(ContainerId, String)>,
    },
}

impl Access {
    /// Of what is held.
    #[must_use]
    pub fn new(held: Vec<Held>) -> Self {
        let mut index = Index::default();
        for one in &held {
            index.add(one);
        }
        Self { held, index }
    }

    /// What is held, piece by piece.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.held
    }

    /// The roles that were granted to them, by themselves or by a team, at whatever place.
    pub fn roles(&self) -> impl Iterator<Item = RoleRef> {
        self.held.iter().filter_map(|held| match held.reason {
            Reason::Grant { role, .. } => Some(role),
            Reason::Owner { .. } => None,
        })
    }

    /// Whether they may do this to the target.
    #[must_use]
    pub fn holds(&self, permission: Permission, target: Target<'_>) -> bool {
        self.at(target).contains(permission)
    }

    /// Whether they may do this to the target, and if not, whether they may know of it.
    #[must_use]
    pub fn decide(&self, permission: Permission, target: Target<'_>) -> Decision {
        if self.holds(permission, target) {
            return Decision::Allowed;
        }
        let known = match target {
            Target::Console => true,
            Target::Environment(environment) => self.knows(environment),
            Target::Stack { .. } | Target::Container { .. } => self.holds(Permission::ContainerView, target),
        };
        if known { Decision::Forbidden } else { Decision::Hidden }
    }

    /// Whether they may do this to something within: what a list needs that shows each only its own.
    #[must_use]
    pub fn decide_within(&self, permission: Permission, environment: Option<&EnvironmentId>) -> Decision {
        match environment {
            Some(environment) if self.anywhere(environment).contains(permission) => Decision::Allowed,
            Some(environment) if self.knows(environment) => Decision::Forbidden,
            Some(_) => Decision::Hidden,
            None if self.somewhere(permission) => Decision::Allowed,
            None => Decision::Forbidden,
        }
    }

    /// Whether they may do this to anything at all.
    #[must_use]
    pub fn somewhere(&self, permission: Permission) -> bool {
        self.index.everything.contains(permission)
            || (!permission.is_of_console()
                && self.index.environments.values().any(|inside| inside.anywhere.contains(permission)))
    }

    /// Whether they hold anything in the environment, and so may know that it exists.
    #[must_use]
    pub fn knows(&self, environment: &EnvironmentId) -> bool {
        self.anywhere(environment).contains(Permission::EnvironmentView)
    }

    /// What they hold on the target.
    #[must_use]
    pub fn at(&self, target: Target<'_>) -> PermissionSet {
        let everything = self.index.everything;
        let Some(inside) = target.environment().and_then(|id| self.index.environments.get(id)) else {
            return everything;
        };
        let whole = everything.with(inside.whole);
        match target {
            Target::Console | Target::Environment(_) => whole,
            Target::Stack { stack, .. } => whole.with(inside.stack(stack)),
            Target::Container { container, stack, .. } => whole
                .with(stack.map_or(PermissionSet::EMPTY, |stack| inside.stack(stack)))
                .with(inside.containers.get(container).copied().unwrap_or_default())
                .with(stack.map_or(PermissionSet::EMPTY, |stack| inside.both(container, stack))),
        }
    }

    /// Whether they hold all of these wherever the scope reaches: whether they may give or take them there.
    /// What is about the console as a whole is worth nothing below everything, and not asked for there.
    #[must_use]
    pub fn covers(&self, permissions: PermissionSet, scope: &Scope) -> bool {
        let permissions = if *scope == Scope::Everything { permissions } else { permissions.below() };
        self.at(scope.target()).covers(permissions)
    }

    /// Whether they hold all that the other holds: whether they may act on that person.
    #[must_use]
    pub fn covers_all(&self, other: &Self) -> bool {
        other.held.iter().all(|held| self.covers(held.permissions.closed(), &held.scope))
    }

    /// Through what they hold the permission on the target.
    pub fn reasons(&self, permission: Permission, target: Target<'_>) -> impl Iterator<Item = &Held> {
        self.held.iter().filter(move |held| Self::new(vec![(*held).clone()]).holds(permission, target))
    }

    /// Which containers of the environment they see.
    #[must_use]
    pub fn seen(&self, environment: &EnvironmentId) -> Seen {
        let view = Permission::ContainerView;
        if self.holds(view, Target::Environment(environment)) {
            return Seen::Everything;
        }
        let nothing = Inside::default();
        let inside = self.index.environments.get(environment).unwrap_or(&nothing);
        let stacks = inside.stacks.iter().filter(|(_, held)| held.contains(view));
        let containers = inside.containers.iter().filter(|(_, held)| held.contains(view));
        let both = inside.both.iter().filter(|(_, held)| held.contains(view));
        Seen::Only {
            stacks: stacks.map(|(name, _)| name.clone()).collect(),
            containers: containers.map(|(id, _)| id.clone()).collect(),
            both: both.map(|(place, _)| place.clone()).collect(),
        }
    }

    /// The environments in which something is held that is not held on everything.
    pub fn environments(&self) -> impl Iterator<Item = &EnvironmentId> {
        self.index.environments.keys()
    }

    /// The greatest built-in role that they hold on everything: what a page calls them.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        Role::ALL.into_iter().rev().find(|role| self.index.everything.covers(role.permissions()))
    }

    fn anywhere(&self, environment: &EnvironmentId) -> PermissionSet {
        let inside = self.index.environments.get(environment);
        self.index.everything.with(inside.map_or(PermissionSet::EMPTY, |inside| inside.anywhere))
    }
}

impl Index {
    fn add(&mut self, held: &Held) {
        let (permissions, scope) = (held.permissions.closed(), &held.scope);
        let Some(environment) = scope.environment() else {
            self.everything = self.everything.with(permissions);
            return;
        };
        let permissions = permissions.below();
        let inside = self.environments.entry(environment.clone()).or_default();
        inside.anywhere = inside.anywhere.with(permissions);
        let at = match (scope, &held.only_in) {
            (Scope::Everything | Scope::Environment { .. }, _) => &mut inside.whole,
            (Scope::Stack { stack, .. }, _) => inside.stacks.entry(stack.clone()).or_default(),
            (Scope::Container { container, .. }, None) => {
                inside.containers.entry(container.clone()).or_default()
            }
            (Scope::Container { container, .. }, Some(stack)) => {
                inside.both.entry((container.clone(), stack.clone())).or_default()
            }
        };
        *at = at.with(permissions);
    }
}

impl Inside {
    fn stack(&self, name: &str) -> PermissionSet {
        self.stacks.get(name).copied().unwrap_or_default()
    }

    fn both(&self, container: &ContainerId, stack: &str) -> PermissionSet {
        // Hardly anybody holds any: the key is only made where somebody does.
        if self.both.is_empty() {
            return PermissionSet::EMPTY;
        }
        self.both.get(&(container.clone(), stack.to_owned())).copied().unwrap_or_default()
    }
}

impl From<Vec<Held>> for Access {
    fn from(held: Vec<Held>) -> Self {
        Self::new(held)
    }
}

impl From<Access> for Vec<Held> {
    fn from(access: Access) -> Self {
        access.held
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
