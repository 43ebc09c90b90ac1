//! Signing in and out.
//!
//! The reply to a refused sign-in is the same in text, status and time whatever was wrong.

use shared::{
    Empty,
    endpoint::Operation,
    session::{Credentials, ReadSession, Session, SignIn, SignOut},
};

use crate::{
    Error,
    access::{
        credentials::{self, Checked},
        grant::{Grant, Visitor, audit_result},
    },
    app::App,
    http::Api,
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount_public::<SignIn>(sign_in).mount::<ReadSession>(read).mount::<SignOut>(sign_out)
}

async fn sign_in(app: App, visitor: Visitor, _: Empty, typed: Credentials) -> Result<Session, Error> {
    let address = visitor.address();
    let attempt = match app.limits.attempt(address, &typed.name) {
        Ok(attempt) => attempt,
        Err(error) => {
            app.audit.refused(None, address, SignIn::NAME, String::new(), &error.to_string()).await;
            return Err(error);
        }
    };
    let verified = match credentials::check(&app.store, &app.hasher, &typed).await? {
        Checked::Right(verified) => verified,
        Checked::Wrong { known_name } => {
            let error = Error::BadCredentials;
            let target = known_name.unwrap_or_default();
            app.audit.refused(None, address, SignIn::NAME, target, &error.to_string()).await;
            return Err(error);
        }
    };
    let record = app.audit.begin(None, address, SignIn::NAME, verified.name.clone()).await?;
    let outcome = app.sessions.begin(visitor.session(), &verified, address, visitor.agent()).await;
    let (result, detail) = audit_result(outcome.as_ref().err());
    record.finish(result, &detail).await;
    let actor = outcome?;
    attempt.succeeded();
    Ok(actor.to_wire(&app.build))
}

async fn read(app: App, grant: Grant<ReadSession>, _: Empty, (): ()) -> Result<Session, Error> {
    Ok(grant.actor().to_wire(&app.build))
}

async fn sign_out(app: App, grant: Grant<SignOut>, _: Empty, (): ()) -> Result<(), Error> {
    app.sessions.end(grant.session()).await
}
