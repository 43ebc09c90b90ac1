//! How long a socket may live: it ends when the session does, and looks again when grants change and at
//! least every half minute.

use std::time::Duration;

use shared::{Needs, endpoint::Operation};
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        mpsc,
    },
    time::{Instant, sleep_until},
};

use crate::{
    Error,
    access::{
        grant::Grant,
        place::Place,
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
    before_factor: bool,
    place: Place,
    changes: Receiver<SessionChange>,
    due: Instant,
    stale: Stale,
}

/// What was told and not looked into yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stale {
    /// Nothing.
    Fresh,
    /// Somebody's grants changed, to this version.
    Grants(i64),
    /// The session, and all else.
    Whole,
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
    /// A second factor is required of them by now, and they have none.
    FactorRequired,
}

/// When the session or token is to be looked at whatever happens: it ends on the second.
fn due(app: &App, actor: &Actor) -> Instant {
    Instant::now() + app.sessions.left(actor).min(RECHECK)
}

impl Lease {
    /// For as long as what was granted would be granted again. Looks first of all: what was taken between the
    /// grant and now was told to nobody here.
    #[must_use]
    pub fn new<O: Operation>(app: &App, grant: &Grant<O>) -> Self {
        let due = due(app, grant.actor());
        Self {
            app: app.clone(),
            actor: grant.actor().clone(),
            needs: O::NEEDS,
            before_factor: O::BEFORE_FACTOR,
            place: grant.place().clone(),
            changes: app.sessions.changes(),
            due,
            stale: Stale::Whole,
        }
    }

    /// Looks on in a task of its own, so that whatever its socket is busy with cannot hold it up. The task
    /// ends with the receiver, or with the lease: then its last news is sent.
    #[must_use]
    pub fn watch(mut self) -> mpsc::Receiver<LeaseNews> {
        let (told, news) = mpsc::channel(1);
        tokio::spawn(async move {
            loop {
                let news = tokio::select! {
                    news = self.news() => news,
                    () = told.closed() => return,
                };
                let over = !matches!(news, LeaseNews::Changed(_));
                if told.send(news).await.is_err() || over {
                    return;
                }
            }
        });
        news
    }

    /// Waits until it is over, and says why.
    pub async fn lost(&mut self) -> Error {
        loop {
            match (self.news().await, self.needs) {
                (LeaseNews::Changed(_), _) => {}
                (LeaseNews::FactorRequired, _) => return Error::FactorRequired,
                (LeaseNews::Forbidden, Needs::Permission(needs) | Needs::Within(needs)) => {
                    return Error::Forbidden { needs };
                }
                (LeaseNews::Forbidden | LeaseNews::SignedOut, _) => return Error::SignedOut,
            }
        }
    }

    /// Waits until there is news. Safe to drop and call again.
    pub async fn news(&mut self) -> LeaseNews {
        loop {
            if self.stale != Stale::Fresh {
                if let Some(news) = self.look().await {
                    return news;
                }
                continue;
            }
            self.stale = tokio::select! {
                change = self.changes.recv() => match change {
                    Ok(SessionChange::Ended(session)) if session == self.actor.session => Stale::Whole,
                    Ok(SessionChange::User(user)) if user == self.actor.user => Stale::Whole,
                    Ok(SessionChange::Ended(_) | SessionChange::User(_)) => Stale::Fresh,
                    Ok(SessionChange::Access(version)) => Stale::Grants(version),
                    Ok(SessionChange::Policy) | Err(RecvError::Lagged(_)) => Stale::Whole,
                    Err(RecvError::Closed) => return LeaseNews::SignedOut,
                },
                () = sleep_until(self.due) => Stale::Whole,
            };
        }
    }

    async fn look(&mut self) -> Option<LeaseNews> {
        let found = match self.stale {
            Stale::Fresh => return None,
            Stale::Grants(version) => self.app.sessions.look_up(&self.actor, version).await,
            Stale::Whole => {
                let found = self.app.sessions.recheck(&self.actor).await;
                self.due = due(&self.app, &self.actor);
                found
            }
        };
        // Only now: whoever drops this before has it looked into again.
        self.stale = Stale::Fresh;
        let Some(actor) = found else { return Some(LeaseNews::SignedOut) };
        if !self.before_factor && actor.require_factor().is_err() {
            return Some(LeaseNews::FactorRequired);
        }
        if self.place.permit(actor.access(), self.needs).is_err() {
            return Some(LeaseNews::Forbidden);
        }
        if actor == self.actor {
            return None;
        }
        self.actor = actor.clone();
        Some(LeaseNews::Changed(actor))
    }
}
