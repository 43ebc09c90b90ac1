//! Changing one's own password.

use shared::{
    Empty,
    account::{ChangePassword, PasswordChange},
};

use super::check_password;
use crate::{
    Error,
    access::{grant::Grant, owners::refused, password_rules::check_new_password},
    app::App,
    http::Api,
    store::UserUpdate,
};

pub(super) fn mount(api: Api) -> Api {
    api.mount::<ChangePassword>(change)
}

async fn change(
    app: App,
    grant: Grant<ChangePassword>,
    _: Empty,
    typed: PasswordChange,
) -> Result<(), Error> {
    let actor = grant.actor();
    // The new one first: a person who has to choose another one has not used up an attempt.
    check_new_password(&app.sessions.settings().now().policy, &typed.new, &actor.name).map_err(of_new)?;
    check_password(&app, &grant, typed.current).await?;
    let hash = app.hasher.hash(&typed.new).await?;
    let update =
        UserUpdate { password_hash: Some(&hash), keep: Some(&actor.session), ..UserUpdate::default() };
    let (_, ended) = app.store.update_user(actor.user, &update).await?.map_err(refused)?;
    app.sessions.user_changed(actor.user, &ended);
    Ok(())
}

/// The body has two passwords; the rules speak of one.
fn of_new(error: Error) -> Error {
    match error {
        Error::Invalid { message, .. } => Error::invalid("new", message),
        other => other,
    }
}
