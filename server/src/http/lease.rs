//! How long a socket may live: it ends when the session does, and looks again when the role changes and at
//! least every half minute.

use std::time::Duration;

use shared::Needs;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, sleep_until},
};

use crate::{
    access::session::{Actor, SessionChange},
    app::App,
};

const RECHECK: Duration = Duration::from_secs(30);

/// The right to keep a socket open.
pub struct Lease {
    app: App,
    actor: Actor,
    needs: Needs,
    changes: Receiver<SessionChange>,
    due: Instant,
}

/// What a look at the session found.
#[derive(Debug)]
pub enum LeaseNews {
    /// The role or the name is another now, and the socket may go on.
    Changed(Actor),
    /// The session is over.
    SignedOut,
    /// The role does not allow the socket any more.
    Forbidden,
}

impl Lease {
    /// For an actor whose grant was just made.
    #[must_use]
    pub fn new(app: &App, actor: Actor, needs: Needs) -> Self {
        Self {
            app: app.clone(),
            actor,
            needs,
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
            if let Needs::Permission(permission) = self.needs
                && !actor.role.allows(permission)
            {
                return LeaseNews::Forbidden;
            }
            if actor.role != self.actor.role || actor.name != self.actor.name {
                self.actor = actor.clone();
                return LeaseNews::Changed(actor);
            }
        }
    }
}
