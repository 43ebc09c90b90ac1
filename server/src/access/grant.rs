//! The grant: proof that this actor may do this operation on this target, now.
//!
//! Only this module makes one, in this order: authenticate, check the origin, resolve the name to the full
//! id, decide, open the audit record. What the engine layer does, it does to the target of a grant, so a
//! container that is renamed meanwhile cannot swap it.

use std::{marker::PhantomData, net::IpAddr, sync::Arc};

use axum::http::HeaderMap;
use parking_lot::Mutex;
use shared::{
    ContainerId, ContainerRef, Endpoint, EnvironmentId, Guarded, Needs, Permission, Role, Socket,
    audit::AuditResult,
    endpoint::{Operation, TargetRef},
};
use tower_sessions::Session;

use super::{audit::AuditRecord, session::Actor};
use crate::{Error, app::App, hub::Hub};

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
}

/// Proof that the actor may do `O` on the resolved target.
pub struct Grant<O> {
    actor: Actor,
    operation: O,
    resolved: Resolved,
    session: Session,
    address: IpAddr,
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

    /// Whether the actor holds a further permission here: what decides on masking.
    #[must_use]
    pub fn also(&self, permission: Permission) -> bool {
        self.actor.role.allows(permission)
    }

    /// Takes the audit record, to be finished with the result.
    pub(crate) fn take_record(&mut self) -> Option<AuditRecord> {
        self.record.take()
    }
}

/// A request as far as the grant looks at it.
pub(crate) struct Asked<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) session: Session,
    pub(crate) address: IpAddr,
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
    if effect != Effect::Reads {
        app.origin.check(asked.headers)?;
    }
    let named = operation.target();
    let actor = match app.sessions.authenticate(&asked.session).await {
        Ok(actor) => actor,
        Err(error) => {
            if effect == Effect::Mutates {
                app.audit
                    .refused(None, asked.address, O::NAME, describe(&named, None), &error.to_string())
                    .await;
            }
            return Err(error);
        }
    };
    let outcome = resolve(app, &named).and_then(|resolved| permit::<O>(actor.role).map(|()| resolved));
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
                record,
                note: Note::default(),
            })
        }
        Err(error) => {
            if effect == Effect::Mutates || matches!(error, Error::Forbidden { .. }) {
                let target = describe(&named, None);
                app.audit.refused(Some(&actor), asked.address, O::NAME, target, &error.to_string()).await;
            }
            Err(error)
        }
    }
}

fn permit<O: Operation>(role: Role) -> Result<(), Error> {
    match O::NEEDS {
        Needs::Public | Needs::Session => Ok(()),
        Needs::Permission(needs) if role.allows(needs) => Ok(()),
        Needs::Permission(needs) => Err(Error::Forbidden { needs }),
    }
}

/// Names to full ids, from the hub's memory: a refused request never reaches the engine.
fn resolve(app: &App, named: &TargetRef) -> Result<Resolved, Error> {
    let Some(environment) = &named.environment else { return Ok(Resolved::default()) };
    let hub = hub(app, environment)?;
    let container = match &named.container {
        Some(name) => Some(container(&hub, name)?),
        None => None,
    };
    Ok(Resolved { hub: Some(hub), container })
}

fn hub(app: &App, environment: &EnvironmentId) -> Result<Arc<Hub>, Error> {
    app.hubs.get(environment).ok_or(Error::NotFound("environment"))
}

fn container(hub: &Hub, name: &ContainerRef) -> Result<ContainerId, Error> {
    hub.require_connected()?;
    hub.inventory().resolve(name).ok_or(Error::NotFound("container"))
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
    if let Some(user) = named.user {
        text.push_str("user ");
        text.push_str(&user.to_string());
    }
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
    _private: PhantomData<()>,
}

impl TopicGrant {
    /// The environment's hub.
    #[must_use]
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// The container, for topics of one.
    ///
    /// # Errors
    /// [`Error::NotFound`] for topics of a whole environment.
    pub fn container(&self) -> Result<&ContainerId, Error> {
        self.container.as_ref().ok_or(Error::NotFound("container"))
    }
}

/// Decides on a topic for an actor that was just checked.
///
/// # Errors
/// [`Error::Forbidden`], or [`Error::NotFound`] for what does not exist.
pub fn grant_topic(
    app: &App,
    actor: &Actor,
    environment: &EnvironmentId,
    container_id: Option<&ContainerId>,
    needs: Permission,
) -> Result<TopicGrant, Error> {
    if !actor.role.allows(needs) {
        return Err(Error::Forbidden { needs });
    }
    let hub = hub(app, environment)?;
    let container = match container_id {
        // A topic outlives the engine's absence, so a container that was known is enough.
        Some(id) if hub.inventory().get(id).is_some() => Some(id.clone()),
        Some(id) => Some(container(&hub, &ContainerRef::from(id))?),
        None => None,
    };
    Ok(TopicGrant { hub, container, _private: PhantomData })
}

/// How a handler's outcome stands in the audit.
pub(crate) fn audit_result(error: Option<&Error>) -> (AuditResult, String) {
    match error {
        None => (AuditResult::Done, String::new()),
        Some(error @ (Error::Forbidden { .. } | Error::ForeignOrigin | Error::SignedOut)) => {
            (AuditResult::Refused, error.to_string())
        }
        Some(error) => (AuditResult::Failed, error.to_string()),
    }
}
