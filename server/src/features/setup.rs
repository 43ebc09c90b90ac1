//! The first run: the administrator is made by whoever holds the setup code.

use shared::{
    Empty, UserId,
    endpoint::Operation,
    session::Session,
    setup::{CompleteSetup, FirstAdmin, ReadSetup, SetupState},
};

use crate::{
    Error,
    access::{
        credentials::Verified,
        grant::{Visitor, audit_result},
        password_rules::{check_new_password, check_user_name},
    },
    app::App,
    http::Api,
};

/// Mounts it.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount_public::<ReadSetup>(read).mount_public::<CompleteSetup>(complete)
}

async fn read(app: App, _: Visitor, _: Empty, (): ()) -> Result<SetupState, Error> {
    Ok(SetupState { needed: !app.store.has_users().await? })
}

async fn complete(app: App, visitor: Visitor, _: Empty, admin: FirstAdmin) -> Result<Session, Error> {
    let address = visitor.address();
    if let Err(error) = check_code(&app, &visitor, &admin.code) {
        app.audit.refused(None, address, CompleteSetup::NAME, String::new(), &error.to_string()).await;
        return Err(error);
    }
    check_user_name(&admin.name)?;
    check_new_password(&app.sessions.settings().now().policy, &admin.password, &admin.name)?;
    let hash = app.hasher.hash(&admin.password).await?;
    let record = app.audit.begin(None, address, CompleteSetup::NAME, admin.name.clone()).await?;
    let outcome = create(&app, &admin.name, &hash).await;
    let (result, detail) = audit_result(outcome.as_ref().err());
    record.finish(result, &detail).await;
    let verified = Verified::newly_made(outcome?, &admin.name);
    let actor = app.sessions.begin(visitor.session(), &verified, address, visitor.agent()).await?;
    Ok(app.sessions.to_wire(&actor, &app.build))
}

fn check_code(app: &App, visitor: &Visitor, code: &str) -> Result<(), Error> {
    let attempt = app.limits.attempt_setup(visitor.address())?;
    app.setup.check(code)?;
    attempt.succeeded();
    Ok(())
}

/// Of two who hold the code, the database lets one be first.
async fn create(app: &App, name: &str, hash: &str) -> Result<UserId, Error> {
    let made = app.store.create_first_admin(name, hash, app.audit.now()).await?;
    app.setup.spend();
    made.ok_or_else(|| Error::Conflict("somebody else has set this console up; sign in instead".to_owned()))
}
