//! The grant: proof that this actor may do this operation on this target, now.
//!
//! Only this module makes one, in this order: authenticate, check the origin, ask for a required second factor,
//! resolve the name to the full id, decide, open the audit record. What the engine layer does, it does to the
//! target of a grant, so a container that is renamed meanwhile cannot swap it.

mod also;

use std::{marker::PhantomData, net::IpAddr, sync::Arc};

use axum::http::HeaderMap;
use parking_lot::Mutex;
use shared::{
    Access, ContainerId, ContainerRef, Endpoint, EnvironmentId, Guarded, Needs, Permission, Socket,
    audit::AuditResult,
    endpoint::{Operation, TargetRef},
};
use tower_sessions::Session;

use super::{audit::AuditRecord, place::Place, session::Actor, sight::Sight};
use crate::{Error, app::App, http::Hops, hub::Hub};

/// A guest at a public endpoint: where from, and the session that a sign-in fills.
pub struct Visitor {
    address: IpAddr,
    session: Session,
    agent: String,
}

impl Visitor {
    pub(crate) fn new(address: IpAddr, session: Session, agent: String) -> Self {
        Self { address, session, agent }
    }

    /// The client's address, past trusted proxies only.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The cookie's session, empty before the sign-in.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The browser's name for itself, shortened, for the list of sessions.
    #[must_use]
    pub fn agent(&self) -> &str {
        &self.agent
    }
}

/// What a path's names were resolved to.
#[derive(Clone, Default)]
struct Resolved {
    hub: Option<Arc<Hub>>,
    container: Option<ContainerId>,
    place: Place,
}

/// Proof that the actor may do `O` on the resolved target.
pub struct Grant<O> {
    actor: Actor,
    operation: O,
    resolved: Resolved,
    session: Session,
    address: IpAddr,
    confirmed: bool,
    hops: Hops,
    record: Option<AuditRecord>,
    note: Note,
}

/// What a handler adds to its audit row: whom it made, what it changed. Never a secret.
#[derive(Clone, Default)]
pub(crate) struct Note(Arc<Mutex<String>>);

impl Note {
    /// The note, before the reason of a failure if there is one.
    pub(crate) fn with(&self, reason: &str) -> String {
        let note = self.0.lock();
        match (note.is_empty(), reason.is_empty()) {
            (true, _) => reason.to_owned(),
            (false, true) => note.clone(),
            (false, false) => format!("{note}: {reason}"),
        }
    }
}

impl<O: Operation> Grant<O> {
    /// Adds to the audit row what the path does not tell: whom, or what of it. Never a secret.
    pub fn note(&self, text: impl Into<String>) {
        *self.note.0.lock() = text.into();
    }

    pub(crate) fn notes(&self) -> Note {
        self.note.clone()
    }

    /// Who acts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The operation with the path's parameters.
    #[must_use]
    pub fn target(&self) -> &O {
        &self.operation
    }

    /// The cookie's session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The client's address.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The hosts that the request says it came through: for trying other proxies.
    #[must_use]
    pub fn hops(&self) -> &Hops {
        &self.hops
    }

    /// The environment's hub.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the path names no environment.
    pub fn hub(&self) -> Result<&Arc<Hub>, Error> {
        self.resolved.hub.as_ref().ok_or(Error::NotFound("environment"))
    }

    /// The container's full id: what the engine layer acts on.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the path names no container.
    pub fn container(&self) -> Result<&ContainerId, Error> {
        self.resolved.container.as_ref().ok_or(Error::NotFound("container"))
    }

    /// Refuses what asks again who is at the keyboard, unless the session has just proved it: where that
    /// depends on more than the operation, which declares it otherwise.
    ///
    /// # Errors
    /// [`Error::ConfirmationNeeded`]; [`Error::NotForTokens`] for a token, which cannot prove it.
    pub fn require_confirmed(&self) -> Result<(), Error> {
        match self.confirmed {
            true => Ok(()),
            false if self.actor.token().is_some() => Err(Error::NotForTokens),
            false => Err(Error::ConfirmationNeeded),
        }
    }

    /// Who acts, as they are now. To be asked before the next step of what has waited for the engine: what was
    /// decided then may not hold any more.
    ///
    /// # Errors
    /// [`Error::SignedOut`] when the session or token has ended; what the decision says when it is another now.
    pub async fn require_still(&self, app: &App) -> Result<Actor, Error> {
        let actor = app.sessions.recheck(&self.actor).await.ok_or(Error::SignedOut)?;
        permit_factor::<O>(&actor)?;
        self.resolved.place.permit(actor.access(), O::NEEDS)?;
        Ok(actor)
    }

    /// What it is about: for a lease, and for decisions on the same target.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.resolved.place
    }

    /// What the actor sees of the environment: what a list is filtered by.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the path names no environment.
    pub fn sight(&self) -> Result<Sight, Error> {
        Ok(self.actor.sight(self.hub()?.id()))
    }

    /// Takes the audit record, to be finished with the result.
    pub(crate) fn take_record(&mut self) -> Option<AuditRecord> {
        self.record.take()
    }
}

/// A request as far as the grant looks at it.
pub(crate) struct Asked<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) token: Option<&'a str>,
    pub(crate) session: Session,
    pub(crate) address: IpAddr,
    pub(crate) hops: Hops,
}

/// Whether an operation changes something: it is audited and must come from the console's own pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Reads,
    Mutates,
    /// A WebSocket: its origin is checked even where it only watches.
    Watches,
}

/// Grants an endpoint or says why not.
pub(crate) async fn grant<E: Endpoint + Guarded>(
    app: &App,
    endpoint: E,
    asked: Asked<'_>,
) -> Result<Grant<E>, Error> {
    let effect = if E::METHOD.mutates() { Effect::Mutates } else { Effect::Reads };
    decide(app, endpoint, asked, effect).await
}

/// Grants a WebSocket or says why not.
pub(crate) async fn grant_socket<S: Socket + Guarded>(
    app: &App,
    socket: S,
    asked: Asked<'_>,
) -> Result<Grant<S>, Error> {
    let effect = if S::MUTATES { Effect::Mutates } else { Effect::Watches };
    decide(app, socket, asked, effect).await
}

async fn decide<O: Operation>(
    app: &App,
    operation: O,
    asked: Asked<'_>,
    effect: Effect,
) -> Result<Grant<O>, Error> {
    // A browser shows a token only to whoever wrote the request, and so another site cannot have it do so.
    if effect != Effect::Reads && asked.token.is_none() {
        app.origin.check(asked.headers)?;
    }
    let named = operation.target();
    let actor = match authenticate(app, &asked).await {
        Ok(actor) => actor,
        Err(error) => {
            if effect == Effect::Mutates || asked.token.is_some() {
                app.audit
                    .refused(None, asked.address, O::NAME, describe(&named, None), &error.to_string())
                    .await;
            }
            return Err(error);
        }
    };
    let confirmed = !app.sessions.confirmed_for(&actor).is_zero();
    let outcome = permit_factor::<O>(&actor)
        .and_then(|()| permit_token(&actor, O::NEEDS, O::CONFIRMS, effect))
        .and_then(|()| resolve(app, &named, &actor))
        .and_then(|resolved| resolved.place.permit(actor.access(), O::NEEDS).map(|()| resolved))
        // Last, so that nobody is asked again for what they may not do.
        .and_then(|resolved| {
            let asks = O::CONFIRMS && !confirmed;
            if asks { Err(Error::ConfirmationNeeded) } else { Ok(resolved) }
        });
    match outcome {
        Ok(resolved) => {
            let record = if effect == Effect::Mutates {
                let target = describe(&named, resolved.container.as_ref());
                Some(app.audit.begin(Some(&actor), asked.address, O::NAME, target).await?)
            } else {
                None
            };
            Ok(Grant {
                actor,
                operation,
                resolved,
                session: asked.session,
                address: asked.address,
                confirmed,
                hops: asked.hops,
                record,
                note: Note::default(),
            })
        }
        Err(error) => {
            if effect == Effect::Mutates || matches!(error, Error::Forbidden { .. } | Error::NotForTokens) {
                let target = describe(&named, None);
                app.audit.refused(Some(&actor), asked.address, O::NAME, target, &error.to_string()).await;
            }
            Err(error)
        }
    }
}

/// Who a request comes from: the session of its cookie, or the token that it shows.
async fn authenticate(app: &App, asked: &Asked<'_>) -> Result<Actor, Error> {
    let Some(token) = asked.token else { return app.sessions.authenticate(&asked.session).await };
    if asked.session.id().is_some() {
        return Err(Error::TokenAndCookie);
    }
    match app.sessions.authenticate_token(token, asked.address).await {
        Err(Error::BadToken) => Err(app.limits.wrong_token(asked.address).err().unwrap_or(Error::BadToken)),
        outcome => outcome,
    }
}

/// Refuses whoever lacks the second factor that their role requires, unless it takes this to set one up. Before
/// anything is looked for, so that they learn nothing of what there is.
fn permit_factor<O: Operation>(actor: &Actor) -> Result<(), Error> {
    if O::BEFORE_FACTOR { Ok(()) } else { actor.require_factor() }
}

/// Refuses tokens where only people may act.
fn permit_token(actor: &Actor, needs: Needs, confirms: bool, effect: Effect) -> Result<(), Error> {
    if actor.token().is_none() || needs.takes_tokens(effect == Effect::Mutates, confirms) {
        Ok(())
    } else {
        Err(Error::NotForTokens)
    }
}

/// Names to full ids, from the hub's memory: a refused request never reaches the engine. Only what the actor
/// sees is found, so that a name or the beginning of an id tells nothing of the rest.
fn resolve(app: &App, named: &TargetRef, actor: &Actor) -> Result<Resolved, Error> {
    let Some(environment) = &named.environment else { return Ok(Resolved::default()) };
    let hub = hub(app, environment, actor.access())?;
    let Some(name) = &named.container else {
        let place = Place::Environment(environment.clone());
        return Ok(Resolved { hub: Some(hub), container: None, place });
    };
    let (container, place) = container(&hub, name, actor)?;
    Ok(Resolved { hub: Some(hub), container: Some(container), place })
}

fn hub(app: &App, environment: &EnvironmentId, access: &Access) -> Result<Arc<Hub>, Error> {
    let known = app.hubs.get(environment).filter(|_| access.knows(environment));
    known.ok_or(Error::NotFound("environment"))
}

fn container(hub: &Hub, name: &ContainerRef, actor: &Actor) -> Result<(ContainerId, Place), Error> {
    hub.require_connected()?;
    let found = hub.inventory().resolve(name, &actor.sight(hub.id()));
    let row = found.ok_or(Error::NotFound("container"))?;
    let stack = row.stack_for_access().map(str::to_owned);
    Ok((row.id.clone(), Place::Container(hub.id().clone(), row.id.clone(), stack)))
}

fn describe(named: &TargetRef, container: Option<&ContainerId>) -> String {
    let mut text = String::new();
    if let Some(environment) = &named.environment {
        text.push_str(environment.as_str());
    }
    if let Some(name) = &named.container {
        text.push('/');
        text.push_str(name.as_str());
    }
    if let Some(id) = container {
        text.push_str(" (");
        text.push_str(id.short());
        text.push(')');
    }
    let mut number = |what: &str, id: Option<i64>| {
        if let Some(id) = id {
            let blank = if text.is_empty() { "" } else { " " };
            text.push_str(&format!("{blank}{what} {id}"));
        }
    };
    number("team", named.team.map(|id| id.0));
    number("user", named.user.map(|id| id.0));
    number("role", named.role.map(|id| id.0));
    number("grant", named.grant.map(|id| id.0));
    number("token", named.token.map(|id| id.0));
    number("job", named.job.map(|id| id.0));
    text
}

/// What the console itself does with an engine, in nobody's name: keep the inventory, feed shared streams.
/// Made in few places, each with its reason, so that they can be read in one search.
pub struct SystemGrant {
    reason: &'static str,
}

impl SystemGrant {
    pub(crate) fn new(reason: &'static str) -> Self {
        Self { reason }
    }

    /// Why the console acts by itself.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

/// Proof for one topic of the live socket. Not tied to a type of operation, since a topic is data.
pub struct TopicGrant {
    hub: Arc<Hub>,
    container: Option<ContainerId>,
    sight: Sight,
    _private: PhantomData<()>,
}

impl TopicGrant {
    /// The environment's hub.
    #[must_use]
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// What the topic may tell of.
    #[must_use]
    pub fn sight(&self) -> &Sight {
        &self.sight
    }

    /// The container, for topics of one.
    ///
    /// # Errors
    /// [`Error::NotFound`] for topics of a whole environment.
    pub fn container(&self) -> Result<&ContainerId, Error> {
        self.container.as_ref().ok_or(Error::NotFound("container"))
    }
}

/// Decides on a topic of an environment, for an actor that was just checked. It tells of what they see.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::FactorRequired`], or [`Error::NotFound`] for what does not exist.
pub fn grant_topic(
    app: &App,
    actor: &Actor,
    environment: &EnvironmentId,
    needs: Permission,
) -> Result<TopicGrant, Error> {
    actor.require_factor()?;
    let hub = hub(app, environment, actor.access())?;
    Place::Environment(environment.clone()).permit(actor.access(), Needs::Within(needs))?;
    Ok(TopicGrant { sight: actor.sight(environment), hub, container: None, _private: PhantomData })
}

/// Decides on a topic of one container.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::FactorRequired`], or [`Error::NotFound`] for what does not exist.
pub fn grant_container_topic(
    app: &App,
    actor: &Actor,
    environment: &EnvironmentId,
    id: &ContainerId,
    needs: Permission,
) -> Result<TopicGrant, Error> {
    actor.require_factor()?;
    let access = actor.access();
    let hub = hub(app, environment, access)?;
    let sight = actor.sight(environment);
    // A topic outlives the engine's absence, so a container that was known is enough.
    let place = match hub.inventory().get(id).filter(|row| sight.shows(row)) {
        Some(row) => {
            let stack = row.stack_for_access().map(str::to_owned);
            Place::Container(environment.clone(), id.clone(), stack)
        }
        None => container(&hub, &ContainerRef::from(id), actor)?.1,
    };
    place.permit(access, Needs::Permission(needs))?;
    Ok(TopicGrant { hub, container: Some(id.clone()), sight, _private: PhantomData })
}

/// How a handler's outcome stands in the audit.
pub(crate) fn audit_result(error: Option<&Error>) -> (AuditResult, String) {
    match error {
        None => (AuditResult::Done, String::new()),
        Some(
            error @ (Error::Forbidden { .. }
            | Error::ForbiddenFields { .. }
            | Error::ConfirmationNeeded
            | Error::FactorRequired
            | Error::BadCredentials
            | Error::BadCode
            | Error::TooManyAttempts { .. }
            | Error::ForeignOrigin
            | Error::NotForTokens
            | Error::SignedOut),
        ) => (AuditResult::Refused, error.to_string()),
        Some(error) => (AuditResult::Failed, error.to_string()),
    }
}
