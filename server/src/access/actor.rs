//! Who acts, as they were when it was decided: an answer, not a question. Who that is of a request, and whether
//! it is so still, is `session.rs`'.

use std::sync::Arc;

use shared::{Access, EnvironmentId, UnixMillis, UserId, access::TeamName, preferences::Preferences};

use super::{policy::Standing, sight::Sight};
use crate::{
    Error,
    store::{SessionKey, SessionRow, UsedToken},
};

/// Who acts: a person with a live session. Only [`Sessions`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The user.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their session, or what stands in its place: the token.
    pub session: SessionKey,
    /// When that ends whatever happens.
    pub expires_at: UnixMillis,
    /// A code of a second factor is asked for at their sign-in.
    pub has_factor: bool,
    pub(super) confirmed_until: UnixMillis,
    pub(super) preferences: Preferences,
    token: Option<Arc<UsedToken>>,
    pub(super) standing: Arc<Standing>,
}

impl Actor {
    pub(super) fn new(session: SessionKey, row: SessionRow, standing: Arc<Standing>) -> Self {
        let SessionRow { user, name, expires_at, has_factor, confirmed_until, preferences, token, .. } = row;
        Self { user, name, session, expires_at, has_factor, confirmed_until, preferences, token, standing }
    }

    /// The same with what they hold now.
    pub(super) fn standing_as(&self, standing: Arc<Standing>) -> Self {
        Self { standing, ..self.clone() }
    }

    /// What they held when this was read.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.standing.access
    }

    /// What they saw of an environment when this was read.
    #[must_use]
    pub fn sight(&self, environment: &EnvironmentId) -> Sight {
        self.standing.sight(environment)
    }

    /// The API token that they came with, if they did not sign in.
    #[must_use]
    pub fn token(&self) -> Option<&UsedToken> {
        self.token.as_deref()
    }

    /// What the audit calls them: `ann`, or `ann (token: ci)`.
    #[must_use]
    pub fn in_audit(&self) -> String {
        match &self.token {
            None => self.name.clone(),
            Some(token) => format!("{} (token: {})", self.name, token.name),
        }
    }

    /// A role of theirs requires a second factor.
    #[must_use]
    pub fn factor_required(&self) -> bool {
        self.standing.factor_required
    }

    /// Refuses whoever has no second factor though a role of theirs requires one.
    ///
    /// # Errors
    /// [`Error::FactorRequired`].
    pub fn require_factor(&self) -> Result<(), Error> {
        if self.standing.factor_required && !self.has_factor { Err(Error::FactorRequired) } else { Ok(()) }
    }

    /// The teams they belonged to when this was read.
    #[must_use]
    pub fn teams(&self) -> &[TeamName] {
        &self.standing.teams
    }

    /// An actor without a session, for tests.
    #[cfg(test)]
    pub(crate) fn for_test(name: &str) -> Self {
        let session = SessionKey::new([0; 32]);
        Self {
            user: UserId(0),
            name: name.to_owned(),
            session,
            expires_at: UnixMillis(i64::MAX),
            has_factor: false,
            confirmed_until: UnixMillis(0),
            preferences: Preferences::default(),
            token: None,
            standing: Arc::default(),
        }
    }

    /// The same with a role on everything.
    #[cfg(test)]
    pub(crate) fn holding(mut self, role: shared::Role) -> Self {
        let held = shared::access::Held {
            permissions: role.permissions(),
            scope: shared::Scope::Everything,
            only_in: None,
            reason: shared::access::Reason::Owner { team: None },
        };
        Arc::make_mut(&mut self.standing).access = Access::new(vec![held]);
        self
    }
}
