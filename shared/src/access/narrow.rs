//! Narrowing: what is left of somebody's access for a token of theirs.
//!
//! Belongs here: the intersection of what a person holds with what a token was made for. It is a list of
//! [`Held`] like any other, so that every decision on a token is the decision on a person. Never more than the
//! person holds now, whatever the token says.

use serde::{Deserialize, Serialize};

use super::{Access, Held, PermissionSet, Scope};

/// What a token is for, at most.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Narrowing {
    /// To do what; what these imply is included.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Permission>))]
    pub permissions: PermissionSet,
    /// Where.
    #[serde(rename = "at")]
    pub scope: Scope,
}

impl Narrowing {
    /// The permissions that nobody with this access holds anywhere within: a token for them is worth nothing.
    #[must_use]
    pub fn beyond(&self, access: &Access) -> PermissionSet {
        let left = access.narrowed(self.permissions, std::slice::from_ref(&self.scope));
        self.permissions.iter().filter(|permission| !left.somewhere(*permission)).collect()
    }
}

impl Access {
    /// What is left of it for whoever may do only this, and only at these places. Several places, since what
    /// the console made in a stack is told to the decision container by container.
    #[must_use]
    pub fn narrowed(&self, permissions: PermissionSet, places: &[Scope]) -> Self {
        let permissions = permissions.closed();
        let pairs = self.held().iter().flat_map(|held| places.iter().map(move |place| (held, place)));
        Self::new(pairs.filter_map(|(held, place)| meet(held, permissions, place)).collect())
    }
}

/// What is in both.
fn meet(held: &Held, permissions: PermissionSet, place: &Scope) -> Option<Held> {
    let permissions = held.permissions.closed().and(permissions);
    let (scope, only_in) = meeting_place(held, place)?;
    (!permissions.is_empty()).then(|| Held { permissions, scope, only_in, reason: held.reason.clone() })
}

fn meeting_place(held: &Held, place: &Scope) -> Option<(Scope, Option<String>)> {
    let same_environment = match (held.scope.environment(), place.environment()) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    };
    if !same_environment {
        return None;
    }
    let only_in = held.only_in.as_ref();
    match (&held.scope, place) {
        (scope, Scope::Everything | Scope::Environment { .. }) if *scope != Scope::Everything => {
            Some((scope.clone(), held.only_in.clone()))
        }
        (Scope::Everything | Scope::Environment { .. }, _) => Some((place.clone(), None)),
        (Scope::Stack { stack, .. }, Scope::Stack { stack: other, .. }) => {
            (stack == other).then(|| (place.clone(), None))
        }
        (Scope::Stack { stack, .. }, Scope::Container { .. }) => Some((place.clone(), Some(stack.clone()))),
        (scope @ Scope::Container { .. }, Scope::Stack { stack, .. }) => {
            only_in.is_none_or(|only_in| only_in == stack).then(|| (scope.clone(), Some(stack.clone())))
        }
        (Scope::Container { container, .. }, Scope::Container { container: other, .. }) => {
            (container == other).then(|| (place.clone(), held.only_in.clone()))
        }
        // Both are caught above: a place that holds all of what is held.
        (_, Scope::Everything | Scope::Environment { .. }) => None,
    }
}

#[cfg(test)]
#[path = "narrow_tests.rs"]
mod tests;
