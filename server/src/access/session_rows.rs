//! The cookie layer's view of the sessions: what tower-sessions creates, loads, saves and deletes.
//!
//! Saving writes nothing. Everything that a session holds is there from its sign-in on, and a request
//! that ends after its session did must not bring it back.

use std::{collections::HashMap, pin::Pin};

use serde_json::Value;
use shared::{UnixMillis, UserId};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use super::{
    clock::millis,
    rules::RULES,
    session::{Sessions, key},
};
use crate::store::{NewSession, StoreError};

pub(super) const USER: &str = "user";
/// The user of a sign-in whose second factor is awaited.
pub(super) const HALF: &str = "half";
pub(super) const SERIAL: &str = "serial";
pub(super) const ADDRESS: &str = "address";
pub(super) const AGENT: &str = "agent";
/// Browsers call themselves at length.
const AGENT_CHARACTERS: usize = 200;

type Later<'f, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'f>>;

/// The sessions, as the cookie layer wants them.
#[derive(Clone, Debug)]
pub struct SessionRows(Sessions);

impl SessionRows {
    pub(super) fn new(sessions: Sessions) -> Self {
        Self(sessions)
    }

    /// Inserts the row. Where the database declines (the user changed since the password was checked),
    /// there is none, and so no session: [`Sessions::begin`] looks.
    async fn insert(&self, record: &Record) -> Result<()> {
        let number = |name: &str| record.data.get(name).and_then(Value::as_i64);
        let text = |name: &str| record.data.get(name).and_then(Value::as_str).unwrap_or_default();
        if let (Some(user), Some(serial)) = (number(HALF), number(SERIAL)) {
            let half = self.0.new_half(key(record.id), UserId(user), serial);
            let now = self.0.clock().now();
            return self.0.store().create_half_session(&half, now).await.map_err(backend);
        }
        let (Some(user), Some(serial)) = (number(USER), number(SERIAL)) else {
            return Err(Error::Encode("only a sign-in makes a session".to_owned()));
        };
        let at = self.0.clock().now();
        let new = NewSession {
            key: key(record.id),
            user: UserId(user),
            serial,
            at,
            expires_at: UnixMillis(at.0.saturating_add(millis(self.0.settings().now().absolute()))),
            confirmed_until: UnixMillis(at.0.saturating_add(millis(RULES.confirmed))),
            address: text(ADDRESS).to_owned(),
            agent: text(AGENT).chars().take(AGENT_CHARACTERS).collect(),
        };
        self.0.store().create_session(&new).await.map_err(backend)?;
        Ok(())
    }

    async fn read(&self, id: Id) -> Result<Option<Record>> {
        if let Some(row) = self.0.find(&key(id)).await.map_err(backend)? {
            return record(id, USER, row.user, row.expires_at).map(Some);
        }
        let half = self.0.store().find_half_session(&key(id), self.0.clock().now()).await.map_err(backend)?;
        half.map(|(half, _)| record(id, HALF, half.user, half.expires_at)).transpose()
    }
}

// The trait is made with async-trait, and the lifetimes are what that expects.
impl SessionStore for SessionRows {
    fn create<'life0, 'life1, 'f>(&'life0 self, record: &'life1 mut Record) -> Later<'f, ()>
    where
        'life0: 'f,
        'life1: 'f,
        Self: 'f,
    {
        Box::pin(self.insert(record))
    }

    fn save<'life0, 'life1, 'f>(&'life0 self, _record: &'life1 Record) -> Later<'f, ()>
    where
        'life0: 'f,
        'life1: 'f,
        Self: 'f,
    {
        Box::pin(std::future::ready(Ok(())))
    }

    fn load<'life0, 'life1, 'f>(&'life0 self, id: &'life1 Id) -> Later<'f, Option<Record>>
    where
        'life0: 'f,
        'life1: 'f,
        Self: 'f,
    {
        Box::pin(self.read(*id))
    }

    fn delete<'life0, 'life1, 'f>(&'life0 self, id: &'life1 Id) -> Later<'f, ()>
    where
        'life0: 'f,
        'life1: 'f,
        Self: 'f,
    {
        Box::pin(async {
            self.0.store().delete_half_session(&key(*id)).await.map_err(backend)?;
            self.0.remove(&key(*id)).await.map_err(backend)
        })
    }
}

fn record(id: Id, kind: &str, user: UserId, expires_at: UnixMillis) -> Result<Record> {
    let data = HashMap::from([(kind.to_owned(), Value::from(user.0))]);
    let expiry_date = time::OffsetDateTime::from_unix_timestamp(expires_at.0.div_euclid(1_000))
        .map_err(|error| Error::Decode(error.to_string()))?;
    Ok(Record { id, data, expiry_date })
}

/// The cookie layer's errors are texts: this one keeps the cause.
fn backend(error: StoreError) -> Error {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Error::Backend(format!("{error}{cause}"))
}
