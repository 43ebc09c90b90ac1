//! One's own sessions.

use shared::{
    Empty,
    account::{EndOtherSessions, EndSession, EndedSessions, ListSessions, OwnSession},
};

use crate::{Error, access::grant::Grant, app::App, http::Api};

pub(super) fn mount(api: Api) -> Api {
    api.mount::<ListSessions>(list).mount::<EndSession>(end).mount::<EndOtherSessions>(end_others)
}

async fn list(app: App, grant: Grant<ListSessions>, _: Empty, (): ()) -> Result<Vec<OwnSession>, Error> {
    app.sessions.list_own(grant.actor()).await
}

async fn end(app: App, grant: Grant<EndSession>, _: Empty, (): ()) -> Result<(), Error> {
    app.sessions.end_own(grant.actor(), &grant.target().session).await
}

async fn end_others(
    app: App,
    grant: Grant<EndOtherSessions>,
    _: Empty,
    (): (),
) -> Result<EndedSessions, Error> {
    let ended = app.sessions.end_others(grant.actor()).await?;
    grant.note(format!("{ended} ended"));
    Ok(EndedSessions { ended: u32::try_from(ended).unwrap_or(u32::MAX) })
}
