//! How long a socket may live: it ends when the session does, and looks again when grants change and at
//! least every half minute.

use std::time::Duration;

use shared::{Needs, endpoint::Operation};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, sleep_until},
};

use crate::{
    access::{
        grant::{Grant, Place},
        session::{Actor, SessionChange},
    },
    app::App,
};

const RECHECK: Duration = Duration::from_secs(30);

/// The right to keep a socket open.
pub struct Lease {
    app: App,
    actor: Actor,
    needs: Needs,
    place: Place,
    changes: Receiver<SessionChange>,
    due: Instant,
}

/// What a look at the session found.
#[derive(Debug)]
pub enum LeaseNews {
    /// The name or what they hold is another now, and the socket may go on.
    Changed(Actor),
    /// The session is over.
    SignedOut,
    /// What they hold does not allow the socket any more.
    Forbidden,
}

impl Lease {
    /// For as long as what was just granted would be granted again.
    #[must_use]
    pub fn new<O: Operation>(app: &App, grant: &Grant<O>) -> Self {
        Self {
            app: app.clone(),
            actor: grant.actor().clone(),
            needs: O::NEEDS,
            place: grant.place().clone(),
            changes: app.sessions.changes(),
            due: Instant::now() + RECHECK,
        }
    }

    /// Who holds it, as last seen.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Waits until there is news. Safe to drop and call again.
    pub async fn news(&mut self) -> LeaseNews {
        loop {
            let concerns = tokio::select! {
                change = self.changes.recv() => match change {
                    Ok(SessionChange::Ended(session)) => session == self.actor.session,
                    Ok(SessionChange::User(user)) => user == self.actor.user,
                    Ok(SessionChange::Access) => true,
                    Err(RecvError::Lagged(_)) => true,
                    Err(RecvError::Closed) => return LeaseNews::SignedOut,
                },
                () = sleep_until(self.due) => true,
            };
            if !concerns {
                continue;
            }
            self.due = Instant::now() + RECHECK;
            let Some(actor) = self.app.sessions.recheck(&self.actor).await else {
                return LeaseNews::SignedOut;
            };
            if self.place.permit(actor.access(), self.needs).is_err() {
                return LeaseNews::Forbidden;
            }
            if actor != self.actor {
                self.actor = actor.clone();
                return LeaseNews::Changed(actor);
            }
        }
    }
}
