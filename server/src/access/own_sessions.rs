//! What a person does with their own sessions: list and end them, prove again who is at the keyboard, and
//! the half of a sign-in that comes before its second factor.

use shared::{
    UnixMillis, UserId,
    account::{BadSessionId, OwnSession, SessionId},
};
use tower_sessions::Session;

use super::{
    agent,
    clock::millis,
    credentials::Verified,
    rules::RULES,
    session::{Actor, SessionKey, Sessions, failed, key},
    session_rows::{HALF, SERIAL},
};
use crate::{
    Error,
    store::{HalfSession, ListedSession},
};

/// Somebody whose password was right and whose second factor is awaited.
#[derive(Debug)]
pub struct Half {
    /// Who: what a session is made from, once the factor is there.
    pub verified: Verified,
    half: HalfSession,
}

impl Sessions {
    /// The sessions of whoever asks, the last used first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_own(&self, actor: &Actor) -> Result<Vec<OwnSession>, Error> {
        let (now, settings) = (self.clock().now(), self.settings().now());
        let before = |age| UnixMillis(now.0.saturating_sub(millis(age)));
        let (made, seen) = (before(settings.absolute()), before(settings.idle()));
        let rows = self.store().list_sessions(actor.user, made, seen).await?;
        rows.into_iter().map(|row| told(row, &actor.session)).collect()
    }

    /// Ends one of the sessions of whoever asks; its streams end at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] for any other; when the database fails.
    pub async fn end_own(&self, actor: &Actor, session: &SessionId) -> Result<(), Error> {
        let key = session_key(session).ok_or(Error::NotFound("session"))?;
        if !self.store().delete_session_of(actor.user, &key).await? {
            return Err(Error::NotFound("session"));
        }
        self.ended(&[key]);
        Ok(())
    }

    /// Ends all sessions of whoever asks but the one that asks; gives their number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_others(&self, actor: &Actor) -> Result<usize, Error> {
        let ended = self.store().delete_other_sessions(actor.user, &actor.session).await?;
        self.ended(&ended);
        Ok(ended.len())
    }

    /// The session may do what is asked for again, for a while.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm(&self, actor: &Actor) -> Result<Actor, Error> {
        let until = self.clock().now().0.saturating_add(millis(RULES.confirmed));
        self.set_confirmed(actor, UnixMillis(until)).await
    }

    /// It may not any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_confirmation(&self, actor: &Actor) -> Result<Actor, Error> {
        self.set_confirmed(actor, UnixMillis(0)).await
    }

    async fn set_confirmed(&self, actor: &Actor, until: UnixMillis) -> Result<Actor, Error> {
        self.store().confirm_session(&actor.session, until).await?;
        self.user_changed(actor.user, &[]);
        self.recheck(actor).await.ok_or(Error::SignedOut)
    }

    /// Keeps a sign-in whose password was right, for this browser alone, until the second factor comes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_half(&self, session: &Session, verified: &Verified) -> Result<(), Error> {
        session.cycle_id().await.map_err(failed)?;
        session.clear().await;
        session.insert(HALF, verified.user.0).await.map_err(failed)?;
        session.insert(SERIAL, verified.serial).await.map_err(failed)?;
        session.save().await.map_err(failed)
    }

    /// The sign-in of this browser whose second factor is awaited.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn half(&self, session: &Session) -> Result<Option<Half>, Error> {
        // Reading a value loads the row.
        let half: Option<i64> = session.get(HALF).await.map_err(failed)?;
        let (Some(_), Some(id)) = (half, session.id()) else { return Ok(None) };
        let found = self.store().find_half_session(&key(id), self.clock().now()).await?;
        Ok(found.map(|(half, name)| {
            let verified = Verified { user: half.user, name, serial: half.serial };
            Half { verified, half }
        }))
    }

    /// Uses it up. Of two at once, one does.
    ///
    /// # Errors
    /// [`Error::SignedOut`] if it is not there any more; when the database fails.
    pub async fn use_half(&self, half: Half) -> Result<Verified, Error> {
        if self.store().delete_half_session(&half.half.key).await? {
            Ok(half.verified)
        } else {
            Err(Error::SignedOut)
        }
    }

    /// A row for the half of a sign-in.
    pub(super) fn new_half(&self, key: SessionKey, user: UserId, serial: i64) -> HalfSession {
        let expires_at = self.clock().now().0.saturating_add(millis(RULES.half_sign_in));
        HalfSession { key, user, serial, expires_at: UnixMillis(expires_at) }
    }
}

fn told(row: ListedSession, this: &SessionKey) -> Result<OwnSession, Error> {
    let id = session_id(&row.key).map_err(|error| Error::Internal(error.to_string()))?;
    let words = agent::words(&row.agent);
    Ok(OwnSession {
        id,
        address: row.address,
        browser: words.browser,
        system: words.system,
        agent: row.agent,
        made_at: row.made_at,
        seen_at: row.seen_at,
        this: row.key == *this,
    })
}

fn session_id(key: &SessionKey) -> Result<SessionId, BadSessionId> {
    data_encoding::HEXLOWER.encode(key.digest()).parse()
}

fn session_key(id: &SessionId) -> Option<SessionKey> {
    let digest = data_encoding::HEXLOWER.decode(id.as_str().as_bytes()).ok()?;
    digest.try_into().ok().map(SessionKey::new)
}

#[cfg(test)]
#[path = "own_sessions_tests.rs"]
mod tests;
