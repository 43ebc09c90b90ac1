//! One's own preferences. They are told with the session.

use shared::{
    Empty,
    preferences::{Preferences, UpdatePreferences},
};

use crate::{Error, access::grant::Grant, app::App, http::Api};

/// Mounts it.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<UpdatePreferences>(update)
}

async fn update(
    app: App,
    grant: Grant<UpdatePreferences>,
    _: Empty,
    change: Preferences,
) -> Result<Preferences, Error> {
    let user = grant.actor().user;
    let all = app.store.change_preferences(user, change).await?.ok_or(Error::SignedOut)?;
    app.sessions.user_changed(user, &[]);
    Ok(all)
}
