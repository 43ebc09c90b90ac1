//! Signing in and out.
//!
//! The reply to a refused sign-in is the same in text, status and time whatever was wrong.

use shared::{
    Empty,
    account::FactorCode,
    endpoint::Operation,
    session::{Credentials, FinishSignIn, ReadSession, Session, SignIn, SignOut},
};

use crate::{
    Error,
    access::{
        credentials::{self, Checked, Verified},
        grant::{Grant, Visitor, audit_result},
        limits::Attempt,
    },
    app::App,
    http::Api,
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount_public::<SignIn>(sign_in)
        .mount_public::<FinishSignIn>(finish_sign_in)
        .mount::<ReadSession>(read)
        .mount::<SignOut>(sign_out)
}

async fn sign_in(app: App, visitor: Visitor, _: Empty, typed: Credentials) -> Result<Session, Error> {
    let address = visitor.address();
    // With what holds now for failed sign-ins, wherever it was changed.
    app.sessions.policies().now().await?;
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
    if app.store.has_factor(verified.user).await? {
        app.sessions.begin_half(visitor.session(), &verified).await?;
        let error = Error::FactorNeeded;
        app.audit.refused(None, address, SignIn::NAME, verified.name, &error.to_string()).await;
        attempt.undone();
        return Err(error);
    }
    begin::<SignIn>(&app, &visitor, verified, attempt).await
}

/// The half of a sign-in that comes after the password: in the same browser, with a code that was not used.
async fn finish_sign_in(app: App, visitor: Visitor, _: Empty, typed: FactorCode) -> Result<Session, Error> {
    let half = app.sessions.half(visitor.session()).await?.ok_or(Error::SignedOut)?;
    let (user, name) = (half.verified.user, half.verified.name.clone());
    let outcome = async {
        let attempt = app.limits.attempt(visitor.address(), &name)?;
        app.factors.use_code(user, &typed.code).await?;
        Ok::<_, Error>((app.sessions.use_half(half).await?, attempt))
    }
    .await;
    match outcome {
        Ok((verified, attempt)) => begin::<FinishSignIn>(&app, &visitor, verified, attempt).await,
        Err(error) => {
            let address = visitor.address();
            app.audit.refused(None, address, FinishSignIn::NAME, name, &error.to_string()).await;
            Err(error)
        }
    }
}

/// Makes the session of somebody who has proved all that is asked of them.
async fn begin<O: Operation>(
    app: &App,
    visitor: &Visitor,
    verified: Verified,
    attempt: Attempt,
) -> Result<Session, Error> {
    let address = visitor.address();
    let record = app.audit.begin(None, address, O::NAME, verified.name.clone()).await?;
    let outcome = app.sessions.begin(visitor.session(), &verified, address, visitor.agent()).await;
    let (result, detail) = audit_result(outcome.as_ref().err());
    record.finish(result, &detail).await;
    let actor = outcome?;
    attempt.succeeded();
    Ok(app.sessions.to_wire(&actor, &app.build))
}

async fn read(app: App, grant: Grant<ReadSession>, _: Empty, (): ()) -> Result<Session, Error> {
    Ok(app.sessions.to_wire(grant.actor(), &app.build))
}

async fn sign_out(app: App, grant: Grant<SignOut>, _: Empty, (): ()) -> Result<(), Error> {
    app.sessions.end(grant.session()).await
}
