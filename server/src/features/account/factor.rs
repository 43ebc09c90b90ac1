//! One's own second factor.

use shared::{
    Empty,
    account::{
        BeginFactor, ConfirmFactor, FactorCode, FactorSetup, FactorState, ReadFactor, RecoveryCodes,
        RemoveFactor, RenewRecoveryCodes,
    },
};

use crate::{
    Error,
    access::{factor, grant::Grant, owners::decided, policy::Policy},
    app::App,
    http::Api,
    store::Store,
};

pub(super) fn mount(api: Api) -> Api {
    api.mount::<ReadFactor>(read)
        .mount::<BeginFactor>(begin)
        .mount::<ConfirmFactor>(confirm)
        .mount::<RenewRecoveryCodes>(renew)
        .mount::<RemoveFactor>(remove)
}

async fn read(app: App, grant: Grant<ReadFactor>, _: Empty, (): ()) -> Result<FactorState, Error> {
    Ok(app.store.read_factor(grant.actor().user).await?)
}

async fn begin(app: App, grant: Grant<BeginFactor>, _: Empty, (): ()) -> Result<FactorSetup, Error> {
    app.factors.begin(grant.actor()).await
}

async fn confirm(
    app: App,
    grant: Grant<ConfirmFactor>,
    _: Empty,
    typed: FactorCode,
) -> Result<RecoveryCodes, Error> {
    let user = grant.actor().user;
    let codes = app.factors.confirm(user, &typed.code).await?;
    app.sessions.user_changed(user, &[]);
    Ok(codes)
}

async fn renew(app: App, grant: Grant<RenewRecoveryCodes>, _: Empty, (): ()) -> Result<RecoveryCodes, Error> {
    app.factors.renew_recovery_codes(grant.actor().user).await
}

/// Not while a role requires it. The session that removes it goes on; the others, which it protected, do not.
async fn remove(app: App, grant: Grant<RemoveFactor>, _: Empty, (): ()) -> Result<(), Error> {
    let actor = grant.actor();
    let check = |policy: &Policy| {
        if policy.standing(actor.user).factor_required { Err(factor::required()) } else { Ok(()) }
    };
    let act = |store: Store, ()| async move { store.remove_factor(actor.user, Some(&actor.session)).await };
    let ended = decided(&app, check, act).await?.ok_or_else(factor::none)?;
    app.sessions.user_changed(actor.user, &ended);
    Ok(())
}
