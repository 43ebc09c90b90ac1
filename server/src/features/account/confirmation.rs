//! Proving again who is at the keyboard, and giving that up.

use shared::{
    Empty,
    account::{ConfirmIdentity, EndConfirmation, Proof},
    session::Session,
};

use super::{check_password, use_code};
use crate::{Error, access::grant::Grant, app::App, http::Api};

pub(super) fn mount(api: Api) -> Api {
    api.mount::<ConfirmIdentity>(confirm).mount::<EndConfirmation>(end)
}

async fn confirm(app: App, grant: Grant<ConfirmIdentity>, _: Empty, proof: Proof) -> Result<Session, Error> {
    match proof {
        Proof::Code(code) => use_code(&app, &grant, &code).await?,
        // Read anew: the actor may be a second old.
        Proof::Password(_) if app.store.has_factor(grant.actor().user).await? => {
            return Err(Error::invalid("code", "you have a second factor; a code of it is needed"));
        }
        Proof::Password(password) => check_password(&app, &grant, password).await?,
    }
    let actor = app.sessions.confirm(grant.actor()).await?;
    Ok(app.sessions.to_wire(&actor, &app.build))
}

async fn end(app: App, grant: Grant<EndConfirmation>, _: Empty, (): ()) -> Result<Session, Error> {
    let actor = app.sessions.end_confirmation(grant.actor()).await?;
    Ok(app.sessions.to_wire(&actor, &app.build))
}
