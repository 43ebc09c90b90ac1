//! One's own account: the password, the sessions, the second factor, and proving again who is at the keyboard.
//!
//! Belongs here: the handlers, and what they have in common: a proof is checked at the pace of sign-ins.

mod confirmation;
mod factor;
mod password;
mod sessions;

use shared::{endpoint::Operation, session::Credentials};

use crate::{
    Error,
    access::{
        credentials::{self, Checked},
        grant::Grant,
    },
    app::App,
    http::Api,
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    let api = password::mount(api);
    let api = sessions::mount(api);
    let api = factor::mount(api);
    confirmation::mount(api)
}

/// Checks the password of whoever asks, as a sign-in does.
async fn check_password<O: Operation>(app: &App, grant: &Grant<O>, password: String) -> Result<(), Error> {
    let name = grant.actor().name.clone();
    let attempt = app.limits.attempt(grant.address(), &name)?;
    match credentials::check(&app.store, &app.hasher, &Credentials { name, password }).await? {
        Checked::Right(_) => {
            attempt.succeeded();
            Ok(())
        }
        Checked::Wrong { .. } => Err(Error::BadCredentials),
    }
}

/// Uses up a code of whoever asks, at the pace of sign-ins.
async fn use_code<O: Operation>(app: &App, grant: &Grant<O>, code: &str) -> Result<(), Error> {
    let actor = grant.actor();
    let attempt = app.limits.attempt(grant.address(), &actor.name)?;
    app.factors.use_code(actor.user, code).await?;
    attempt.succeeded();
    Ok(())
}
