//! Who holds what: the tables of grants, teams, roles and owners, with the policy, as one picture in memory, so that deciding
//! costs no query.
//!
//! The picture bears the version that the database had. Whoever is authenticated comes with the version
//! that was read with their session: a newer one has the picture made anew. So a change inside this process
//! counts at once, and one of another process within a second, as for sessions.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use shared::{
    Access, ContainerId, EnvironmentId, RoleId, Scope, TeamId, TokenId, UserId,
    access::{Held, Narrowing, PermissionSet, Reason, RoleRef, TeamName, owner_permissions},
    policy::SecurityPolicy,
    users::{Grant, Subject},
};

use super::{session::Actor, settings::Settings, sight::Sight};
use crate::store::{AccessRows, Owned, Store, StoreError, UsedToken};

/// What one person holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Permissions, where, and why.
    pub access: Access,
    /// Their teams.
    pub teams: Vec<TeamName>,
    /// The least characters of a new password: for the page, which tells it before it is sent.
    pub password_characters: u32,
    /// A role of theirs requires a second factor. By a token too, however narrow.
    pub factor_required: bool,
    /// What they see of the environments in which they hold something.
    sights: HashMap<EnvironmentId, Sight>,
}

impl Standing {
    fn new(access: Access, teams: Vec<TeamName>, policy: &SecurityPolicy) -> Self {
        let factor_required = policy.requires_factor(access.roles());
        let password_characters = policy.password_characters;
        let sights = sights(&access);
        Self { access, teams, password_characters, factor_required, sights }
    }

    /// What is left of it for a token.
    fn narrowed(&self, narrowing: &Narrowing, places: &[Scope]) -> Self {
        let access = self.access.narrowed(narrowing.permissions, places);
        let sights = sights(&access);
        Self { access, sights, ..self.clone() }
    }

    /// What they see of an environment. Made once, however often it is asked for.
    #[must_use]
    pub fn sight(&self, environment: &EnvironmentId) -> Sight {
        self.sights.get(environment).cloned().unwrap_or_else(|| Sight::of(&self.access, environment))
    }
}

fn sights(access: &Access) -> HashMap<EnvironmentId, Sight> {
    access.environments().map(|id| (id.clone(), Sight::of(access, id))).collect()
}

/// Everybody's.
#[derive(Debug)]
pub struct Policy {
    version: i64,
    people: HashMap<UserId, Arc<Standing>>,
    teams: HashMap<TeamId, TeamName>,
    roles: HashMap<RoleId, PermissionSet>,
    grants: Vec<Grant>,
    owned: HashMap<(EnvironmentId, ContainerId), Owned>,
    /// What is left for each token that was used, made when it is first asked for.
    narrowed: Mutex<HashMap<TokenId, Arc<Standing>>>,
}

/// The picture, kept fresh. A handle.
#[derive(Clone, Debug)]
pub struct Policies(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    settings: Settings,
    current: RwLock<Option<Arc<Policy>>>,
    reading: tokio::sync::Mutex<()>,
}

impl Policies {
    pub(super) fn new(store: Store) -> Self {
        let (current, reading) = (RwLock::new(None), tokio::sync::Mutex::new(()));
        Self(Arc::new(Inner { store, settings: Settings::default(), current, reading }))
    }

    /// The policy, as of the picture that was read last.
    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The picture at this version or a later one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn at(&self, version: i64) -> Result<Arc<Policy>, StoreError> {
        if let Some(policy) = self.remembered(version) {
            return Ok(policy);
        }
        // However many ask for the new one, it is read once.
        let _alone = self.0.reading.lock().await;
        if let Some(policy) = self.remembered(version) {
            return Ok(policy);
        }
        let rows = self.0.store.access().await?;
        self.0.settings.set(&rows.policy);
        let policy = Arc::new(Policy::of(rows));
        *self.0.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&policy));
        Ok(policy)
    }

    /// The picture as the database is now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn now(&self) -> Result<Arc<Policy>, StoreError> {
        self.at(self.0.store.access_version().await?).await
    }

    fn remembered(&self, version: i64) -> Option<Arc<Policy>> {
        let current = self.0.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|policy| policy.version >= version).cloned()
    }
}

impl Policy {
    fn of(rows: AccessRows) -> Self {
        let roles = rows.roles.iter().map(|role| (role.id, role.permissions)).collect();
        let mut policy = Self {
            version: rows.version,
            people: HashMap::new(),
            teams: rows.teams.into_iter().map(|team| (team.id, team)).collect(),
            roles,
            grants: rows.grants,
            owned: HashMap::new(),
            narrowed: Mutex::default(),
        };
        let mut teams: HashMap<UserId, Vec<TeamName>> = HashMap::new();
        for (team, user) in rows.members {
            teams.entry(user).or_default().push(team);
        }
        for user in rows.users {
            let teams = teams.remove(&user).unwrap_or_default();
            let access = Access::new(policy.held(&teams, Some(user), &rows.owned));
            policy.people.insert(user, Arc::new(Standing::new(access, teams, &rows.policy)));
        }
        let place = |owned: Owned| ((owned.environment.clone(), owned.container.clone()), owned);
        policy.owned = rows.owned.into_iter().map(place).collect();
        policy
    }

    /// What the database's version was.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// What a user holds. Nothing, if there is no such user.
    #[must_use]
    pub fn standing(&self, user: UserId) -> Arc<Standing> {
        self.people.get(&user).cloned().unwrap_or_default()
    }

    /// What somebody holds who was authenticated, by their token where they came with one.
    #[must_use]
    pub fn standing_of(&self, actor: &Actor) -> Arc<Standing> {
        self.standing_with(actor.user, actor.token())
    }

    pub(super) fn standing_with(&self, user: UserId, token: Option<&UsedToken>) -> Arc<Standing> {
        let whole = self.standing(user);
        let Some(token) = token else { return whole };
        let mut narrowed = self.narrowed.lock().unwrap_or_else(PoisonError::into_inner);
        let standing = narrowed.entry(token.id).or_insert_with(|| {
            let places = self.places(&token.narrowing.scope);
            Arc::new(whole.narrowed(&token.narrowing, &places))
        });
        Arc::clone(standing)
    }

    /// A scope, with the containers that the console made in it where it is a stack: see [`Scope`].
    fn places(&self, scope: &Scope) -> Vec<Scope> {
        let mut places = vec![scope.clone()];
        if let Scope::Stack { environment, stack } = scope {
            let made = self.owned.values().filter(|thing| thing.is_in(environment, stack));
            places.extend(made.map(Owned::scope));
        }
        places
    }

    /// What each member of a team holds by it.
    #[must_use]
    pub fn of_team(&self, team: TeamId) -> Access {
        let names: Vec<TeamName> = self.teams.get(&team).cloned().into_iter().collect();
        let owned: Vec<Owned> = self.owned.values().cloned().collect();
        Access::new(self.held(&names, None, &owned))
    }

    /// The permissions of a role; none of one that is unknown.
    #[must_use]
    pub fn permissions(&self, role: RoleRef) -> PermissionSet {
        match role {
            RoleRef::Builtin(role) => role.permissions(),
            RoleRef::Custom(id) => self.roles.get(&id).copied().unwrap_or_default(),
        }
    }

    /// All grants.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The grants of one user or team, without those of the user's teams.
    pub fn grants_of(&self, subject: Subject) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |grant| grant.subject == subject)
    }

    /// What is recorded of a container.
    #[must_use]
    pub fn owned(&self, environment: &EnvironmentId, container: &ContainerId) -> Option<&Owned> {
        self.owned.get(&(environment.clone(), container.clone()))
    }

    /// The name of a team.
    #[must_use]
    pub fn team_name(&self, team: TeamId) -> Option<String> {
        self.teams.get(&team).map(|team| team.name.clone())
    }

    fn held(&self, teams: &[TeamName], user: Option<UserId>, owned: &[Owned]) -> Vec<Held> {
        let team = |id: TeamId| teams.iter().find(|team| team.id == id).cloned();
        let through = |subject: Subject| match subject {
            Subject::User(id) => (Some(id) == user).then_some(None),
            Subject::Team(id) => team(id).map(Some),
        };
        let mut held: Vec<Held> = Vec::new();
        for grant in &self.grants {
            let Some(team) = through(grant.subject) else { continue };
            held.push(Held {
                permissions: self.permissions(grant.role),
                scope: grant.scope.clone(),
                only_in: None,
                reason: Reason::Grant { grant: grant.id, role: grant.role, team },
            });
        }
        // What the console made in a stack is known by its record, not by its label: see `Scope`.
        let recorded: Vec<Held> = held.iter().flat_map(|held| recorded(held, owned)).collect();
        held.extend(recorded);
        for thing in owned {
            let Some(team) = thing.owner.and_then(through) else { continue };
            let (environment, container) = (thing.environment.clone(), thing.container.clone());
            held.push(Held {
                permissions: owner_permissions(),
                scope: Scope::Container { environment, container },
                only_in: None,
                reason: Reason::Owner { team },
            });
        }
        held
    }
}

/// What a grant on a stack gives on the containers that were made in it.
fn recorded(held: &Held, owned: &[Owned]) -> Vec<Held> {
    let Scope::Stack { environment, stack } = &held.scope else { return Vec::new() };
    let inside = owned.iter().filter(|thing| thing.is_in(environment, stack));
    inside.map(|thing| Held { scope: thing.scope(), ..held.clone() }).collect()
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
