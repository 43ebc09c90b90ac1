//! Sessions: who a request comes from, for how long, and who must hear when that ends.
//!
//! The row in the database is the session: no row, no session, whatever the cookie or a late write-back
//! says. A change to a user or a session inside this process counts at once; one made by another process
//! on the same database, within a second.

use std::{
    net::IpAddr,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use sha2::{Digest, Sha256};
use shared::{UnixMillis, UserId, policy::SESSION_HOURS, session::SessionEnd};
use tokio::sync::broadcast;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer,
    cookie::SameSite,
    session::{self, Id},
    session_store,
};

pub use super::{actor::Actor, session_rows::SessionRows};
use super::{
    clock::{Clock, millis},
    credentials::Verified,
    policy::Policies,
    session_cache::Cache,
    session_rows::{ADDRESS, AGENT, SERIAL, USER},
    settings::Settings,
};
pub use crate::store::SessionKey;
use crate::{
    Error,
    store::{SessionRow, Store, StoreError},
};

/// How long a browser keeps the cookie: the longest session that the policy can allow. The server goes by the
/// policy and the session's row.
const COOKIE: Duration = Duration::from_secs(SESSION_HOURS.most as u64 * 60 * 60);
/// How often it is written down that a session is in use.
const TOUCH: Duration = Duration::from_secs(60);
/// How often sessions that nobody came back to are removed.
const TIDY: Duration = Duration::from_secs(10 * 60);
/// How long an API token that expired stays in its owner's list.
const TOKENS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Changes that a slow listener may be behind before it is told to look at everything again.
const CHANGES: usize = 256;

/// What open streams must hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// This session has ended: whatever it opened closes.
    Ended(SessionKey),
    /// This user changed: [`Sessions::recheck`] each actor of theirs.
    User(UserId),
    /// The policy changed: [`Sessions::recheck`] everybody.
    Policy,
    /// Grants, teams, roles or owners changed, to this version: [`Sessions::look_up`] everybody.
    Access(i64),
}

/// The sessions. A handle.
#[derive(Clone, Debug)]
pub struct Sessions(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    policies: Policies,
    clock: Clock,
    changes: broadcast::Sender<SessionChange>,
    cache: std::sync::Mutex<Cache>,
    tidied_at: AtomicI64,
}

impl Sessions {
    /// The sessions in this database. The clock is best a steady one.
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        let (changes, _) = broadcast::channel(CHANGES);
        let cache = std::sync::Mutex::new(Cache::default());
        let policies = Policies::new(store.clone());
        let tidied_at = AtomicI64::new(i64::MIN);
        Self(Arc::new(Inner { store, policies, clock, changes, cache, tidied_at }))
    }

    /// The layer that reads and sets the cookie. `secure` is whether the console's public address is
    /// https: over http, browsers refuse a cookie that is marked secure.
    #[must_use]
    pub fn layer(&self, secure: bool) -> SessionManagerLayer<SessionRows> {
        SessionManagerLayer::new(SessionRows::new(self.clone()))
            // The prefix binds the cookie to this host, path / and https.
            .with_name(if secure { "__Host-longshore" } else { "longshore" })
            .with_secure(secure)
            .with_http_only(true)
            .with_same_site(SameSite::Strict)
            .with_path("/")
            .with_expiry(Expiry::OnInactivity(time::Duration::seconds_f64(COOKIE.as_secs_f64())))
    }

    /// Signs a person in whose password was just checked: ends the session that the cookie had, and makes
    /// one with a new id.
    ///
    /// # Errors
    /// [`Error::BadCredentials`] if the user was disabled, or given another password, since the check.
    pub async fn begin(
        &self,
        session: &Session,
        verified: &Verified,
        address: IpAddr,
        agent: &str,
    ) -> Result<Actor, Error> {
        session.cycle_id().await.map_err(failed)?;
        session.clear().await;
        session.insert(USER, verified.user.0).await.map_err(failed)?;
        session.insert(SERIAL, verified.serial).await.map_err(failed)?;
        session.insert(ADDRESS, address.to_canonical().to_string()).await.map_err(failed)?;
        session.insert(AGENT, agent).await.map_err(failed)?;
        session.save().await.map_err(failed)?;
        let key = session.id().map(key);
        let row = match &key {
            Some(key) => self.find(key).await?,
            None => None,
        };
        match key.zip(row) {
            Some((key, row)) => Ok(self.actor(key, row).await?),
            None => {
                session.flush().await.map_err(failed)?;
                Err(Error::BadCredentials)
            }
        }
    }

    /// How long the actor's session may still do what is asked for again.
    #[must_use]
    pub fn confirmed_for(&self, actor: &Actor) -> Duration {
        let left = actor.confirmed_until.0.saturating_sub(self.0.clock.now().0);
        Duration::from_millis(u64::try_from(left).unwrap_or(0))
    }

    /// What the browser is told about them.
    #[must_use]
    pub fn to_wire(&self, actor: &Actor, build: &str) -> shared::session::Session {
        shared::session::Session {
            user: actor.user,
            name: actor.name.clone(),
            access: actor.standing.access.clone(),
            teams: actor.standing.teams.clone(),
            preferences: actor.preferences,
            password_characters: actor.standing.password_characters,
            has_factor: actor.has_factor,
            factor_required: actor.factor_required(),
            confirmed_seconds: u32::try_from(self.confirmed_for(actor).as_secs()).unwrap_or(u32::MAX),
            build: build.to_owned(),
        }
    }

    /// Who the cookie's session belongs to; notes that it is in use.
    ///
    /// # Errors
    /// [`Error::SignedOut`] without a session, with one that ended, or for a disabled user.
    pub async fn authenticate(&self, session: &Session) -> Result<Actor, Error> {
        // Reading a value loads the row; without one, this also has the cookie removed.
        let user: Option<i64> = session.get(USER).await.map_err(failed)?;
        let (Some(_), Some(id)) = (user, session.id()) else { return Err(Error::SignedOut) };
        let key = key(id);
        let row = self.find(&key).await?.ok_or(Error::SignedOut)?;
        self.touch(&key, &row).await;
        self.tidy().await;
        Ok(self.actor(key, row).await?)
    }

    /// The actor as they are now, or `None` when their session has ended: for streams, which do not
    /// count as use. A database that cannot be read ends them too.
    pub async fn recheck(&self, actor: &Actor) -> Option<Actor> {
        let found = match self.find(&actor.session).await {
            Ok(Some(row)) => self.actor(actor.session, row).await.map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        match found {
            Ok(actor) => actor,
            Err(error) => {
                tracing::warn!(%error, "a stream is closed: its session could not be checked");
                None
            }
        }
    }

    /// Why a session is over that was the actor's: for whoever held it, and nobody else.
    pub async fn why_over(&self, actor: &Actor) -> SessionEnd {
        match self.0.store.is_disabled(actor.user).await {
            Ok(None) => SessionEnd::Removed,
            Ok(Some(true)) => SessionEnd::Disabled,
            Ok(Some(false)) => SessionEnd::Over,
            Err(error) => {
                tracing::warn!(%error, "why a session is over could not be read");
                SessionEnd::Over
            }
        }
    }

    /// Signs out: ends the session, removes the cookie, and has the session's streams closed.
    ///
    /// # Errors
    /// When the database fails; then the session has not ended.
    pub async fn end(&self, session: &Session) -> Result<(), Error> {
        session.flush().await.map_err(failed)
    }

    /// Tells of every session that ends and every user that changes. A listener that fell behind
    /// (`RecvError::Lagged`) must recheck all of its actors.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<SessionChange> {
        self.0.changes.subscribe()
    }

    /// To be called after a user was changed: what was remembered is forgotten, and streams hear of it.
    pub fn user_changed(&self, user: UserId, ended: &[SessionKey]) {
        self.ended(ended);
        self.tell(SessionChange::User(user));
    }

    /// To be called after sessions were ended: what was remembered is forgotten, and their streams end.
    pub(super) fn ended(&self, ended: &[SessionKey]) {
        self.forget();
        for key in ended {
            self.tell(SessionChange::Ended(*key));
        }
    }

    /// To be called after an API token was revoked: what it opened closes.
    pub fn token_revoked(&self, key: SessionKey) {
        self.ended(&[key]);
    }

    /// To be called after the policy was changed: it is read, and every session and stream is looked at by it.
    pub async fn policy_changed(&self) {
        self.access_changed().await;
        self.tell(SessionChange::Policy);
    }

    /// The policy, as it is now.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        self.0.policies.settings()
    }

    /// Now, by the clock that sessions and tokens end by.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        self.0.clock.now()
    }

    /// To be called after grants, teams, roles or owners were changed: what was remembered is forgotten, what
    /// everybody holds is read once, and all streams look it up.
    pub async fn access_changed(&self) {
        self.forget();
        let version = match self.0.policies.now().await {
            Ok(policy) => policy.version(),
            // Then each of them tries to read it, and ends where it cannot.
            Err(error) => {
                tracing::warn!(%error, "who may do what could not be read after a change of it");
                i64::MAX
            }
        };
        self.tell(SessionChange::Access(version));
    }

    /// The actor with what they hold at that version: for streams, after [`SessionChange::Access`]. Asks the
    /// database for nothing once the version is there, however many streams there are. `None` when it cannot
    /// be had.
    pub async fn look_up(&self, actor: &Actor, version: i64) -> Option<Actor> {
        match self.0.policies.at(version).await {
            Ok(policy) => Some(actor.standing_as(policy.standing_of(actor))),
            Err(error) => {
                tracing::warn!(%error, "a stream is closed: what its person holds could not be read");
                None
            }
        }
    }

    /// How long until the actor's session or token ends whatever happens, and a moment more: looked at then,
    /// it has ended.
    #[must_use]
    pub fn left(&self, actor: &Actor) -> Duration {
        let left = actor.expires_at.0.saturating_sub(self.0.clock.now().0);
        Duration::from_millis(u64::try_from(left).unwrap_or(0).saturating_add(10))
    }

    /// Who holds what.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.0.policies
    }

    pub(super) async fn actor(&self, key: SessionKey, row: SessionRow) -> Result<Actor, StoreError> {
        let policy = self.0.policies.at(row.access_version).await?;
        let standing = policy.standing_with(row.user, row.token.as_deref());
        Ok(Actor::new(key, row, standing))
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The live session or API token of that key.
    pub(super) async fn find(&self, key: &SessionKey) -> Result<Option<SessionRow>, StoreError> {
        let now = self.0.clock.now();
        let generation = {
            let cache = self.0.cache.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(row) = cache.get(key, now.0) {
                return Ok(Some(row));
            }
            cache.generation()
        };
        let found = match self.0.store.find_session(key).await? {
            Some(row) => Some(row),
            None => self.0.store.find_token(key).await?,
        };
        let Some(mut row) = found else { return Ok(None) };
        // With what it says of the policy, too, where that was changed by another process.
        self.0.policies.at(row.access_version).await?;
        let settings = self.settings().now();
        if row.token.is_none() {
            row.expires_at = UnixMillis(row.created_at.0.saturating_add(millis(settings.absolute())));
        }
        let over = now >= row.expires_at;
        if row.token.is_some() {
            // It stays in its owner's list, as one that has expired.
            if over {
                return Ok(None);
            }
        } else if over || now.0.saturating_sub(row.seen_at.0) >= millis(settings.idle()) {
            self.remove(key).await?;
            return Ok(None);
        }
        let mut cache = self.0.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.put(*key, row.clone(), now.0, generation);
        Ok(Some(row))
    }

    /// Ends a session. Whatever opened streams hears of it.
    pub(super) async fn remove(&self, key: &SessionKey) -> Result<(), StoreError> {
        let was_there = self.0.store.delete_session(key).await?;
        self.ended(if was_there { std::slice::from_ref(key) } else { &[] });
        Ok(())
    }

    /// A full disk must not stop anybody from reading, so a failure is only logged.
    async fn touch(&self, key: &SessionKey, row: &SessionRow) {
        let now = self.0.clock.now();
        if now.0.abs_diff(row.seen_at.0) < millis(TOUCH).unsigned_abs() {
            return;
        }
        match self.0.store.touch_session(key, now).await {
            Ok(()) => self.forget(),
            Err(error) => tracing::warn!(%error, "a session's use could not be noted"),
        }
    }

    /// Removes sessions that nobody came back to.
    pub(super) async fn tidy(&self) {
        let now = self.0.clock.now();
        let last = self.0.tidied_at.load(Ordering::Relaxed);
        let due = now.0.saturating_sub(last) >= millis(TIDY);
        if !due
            || self.0.tidied_at.compare_exchange(last, now.0, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        let before = |age: Duration| UnixMillis(now.0.saturating_sub(millis(age)));
        let settings = self.settings().now();
        match self.0.store.delete_old_sessions(before(settings.absolute()), before(settings.idle())).await {
            Ok(ended) if ended.is_empty() => {}
            Ok(ended) => self.ended(&ended),
            Err(error) => tracing::warn!(%error, "old sessions could not be removed"),
        }
        if let Err(error) = self.0.store.delete_old_tokens(before(TOKENS_KEPT)).await {
            tracing::warn!(%error, "old API tokens could not be removed");
        }
    }

    pub(super) fn forget(&self) {
        self.0.cache.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn tell(&self, change: SessionChange) {
        // Nobody listening is no failure.
        let _ = self.0.changes.send(change);
    }
}

/// The key of the cookie's id.
pub(super) fn key(id: Id) -> SessionKey {
    SessionKey::new(Sha256::digest(id.0.to_le_bytes()).into())
}

pub(super) fn failed(error: session::Error) -> Error {
    match error {
        session::Error::Store(session_store::Error::Backend(text)) => StoreError::Session(text).into(),
        error => Error::Internal(error.to_string()),
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
