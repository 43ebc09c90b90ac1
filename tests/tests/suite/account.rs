//! One's own account: the password, the sessions, the second factor, and being asked again. The codes are
//! made by a library that is not the console's own.

use std::time::{Duration, SystemTime};

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine, LiveSocket,
    console::{PASSWORD, local, sign_in},
    eventually,
};
use shared::{
    Empty, ErrorCode, Role,
    account::{
        BeginFactor, ChangePassword, ConfirmFactor, ConfirmIdentity, EndConfirmation, EndOtherSessions,
        EndSession, FactorCode, ListSessions, PasswordChange, Proof, ReadFactor, RemoveFactor,
        RenewRecoveryCodes,
    },
    audit::{AuditQuery, AuditResult, ListAudit},
    run::{CreateContainer, CreateOptions},
    session::{FinishSignIn, ReadSession},
    users::{ResetFactor, UpdateUser, UserChange},
};
use totp_rs::{Builder, Secret};

use crate::support::act;

async fn console() -> (FakeEngine, Console) {
    let fake = FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    (fake, console)
}

/// A person with an authenticator app.
pub(crate) struct Phone {
    secret: String,
}

impl Phone {
    /// The secret, as it is typed into an app.
    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }

    /// The code of a time step, counted from the present one.
    pub(crate) async fn code(&self, step: i64) -> FactorCode {
        let app = Builder::new().with_secret(Secret::try_from_base32(&self.secret).unwrap()).build().unwrap();
        // Not at the very end of a step, when the server may be in the next one.
        let now = eventually("there is time in this step", async || {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
            (now % 30 < 26).then_some(now)
        })
        .await;
        FactorCode { code: app.generate(now.checked_add_signed(step * 30).unwrap()).to_string() }
    }
}

/// Enrols with the code before the present one, so that the present and the next one are left.
pub(crate) async fn enrol(client: &Client) -> (Phone, Vec<String>) {
    let setup = act(client, BeginFactor {}, Empty {}).await.unwrap();
    assert!(setup.address.contains(&setup.secret) && setup.qr.side > 20);
    let phone = Phone { secret: setup.secret };
    let codes = client.call(&ConfirmFactor {}, Empty {}, phone.code(-1).await).await.unwrap();
    (phone, codes.codes)
}

async fn finish(client: &Client, code: FactorCode) -> Result<String, (u16, ErrorCode)> {
    let reply = client.call(&FinishSignIn {}, Empty {}, code).await;
    reply.map(|session| session.name).map_err(|refusal| refusal.kind())
}

#[tokio::test(flavor = "multi_thread")]
async fn line_09_a_new_password_ends_other_sessions() {
    let (_fake, console) = console().await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let client = console.sign_in(&name).await.unwrap();
    let other = console.sign_in(&name).await.unwrap();
    let mut socket = LiveSocket::open(&other).await;
    let new = "another long pass phrase";
    let change = async |current: &str, new: &str| {
        let body = PasswordChange { current: current.to_owned(), new: new.to_owned() };
        client.call(&ChangePassword {}, Empty {}, body).await
    };
    let refusal = change("not my password at all", new).await.unwrap_err();
    assert_eq!(refusal.kind(), (401, ErrorCode::BadCredentials));
    let refusal = change(PASSWORD, "short").await.unwrap_err();
    assert_eq!((refusal.kind(), refusal.error.field.as_deref()), ((422, ErrorCode::Invalid), Some("new")));
    act(&other, ReadSession {}, Empty {}).await.expect("nothing was changed");

    change(PASSWORD, new).await.unwrap();
    socket.closed_within(Duration::from_secs(1)).await;
    assert_eq!(act(&other, ReadSession {}, Empty {}).await.unwrap_err().status, 401);
    act(&client, ReadSession {}, Empty {}).await.expect("where it was changed, one stays");
    assert_eq!(console.sign_in(&name).await.unwrap_err().status, 401);
    sign_in(&console.anonymous(), &name, new).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn line_09_sessions_are_listed_and_ended_with_their_sockets() {
    let (_fake, console) = console().await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let client = console.sign_in(&name).await.unwrap();
    let other = console.sign_in(&name).await.unwrap();
    let stranger = console.user(Role::Admin).await;
    let mut socket = LiveSocket::open(&other).await;
    let list = act(&client, ListSessions {}, Empty {}).await.unwrap();
    assert_eq!(list.iter().filter(|one| one.this).count(), 1);
    let id = list.iter().find(|one| !one.this).unwrap().id.clone();
    let end = EndSession { session: id };
    let refusal = act(&stranger, end.clone(), Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (404, ErrorCode::NotFound), "it is nobody else's to end");
    act(&client, end, Empty {}).await.unwrap();
    socket.closed_within(Duration::from_secs(1)).await;
    assert_eq!(act(&other, ReadSession {}, Empty {}).await.unwrap_err().status, 401);
    console.sign_in(&name).await.unwrap();
    console.sign_in(&name).await.unwrap();
    assert_eq!(act(&client, EndOtherSessions {}, Empty {}).await.unwrap().ended, 2);
    assert_eq!(act(&client, ListSessions {}, Empty {}).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn line_24_a_code_is_asked_for_used_once_and_bound_to_the_browser() {
    let (_fake, console) = console().await;
    let (_, name) = console.new_user(Role::Operator).await;
    let client = console.sign_in(&name).await.unwrap();
    let (phone, recovery) = enrol(&client).await;
    assert!(act(&client, ReadSession {}, Empty {}).await.unwrap().has_factor);

    let browser = console.anonymous();
    let refusal = sign_in(&browser, &name, PASSWORD).await.unwrap_err();
    assert_eq!(refusal.kind(), (401, ErrorCode::FactorNeeded));
    assert_eq!(act(&browser, ReadSession {}, Empty {}).await.unwrap_err().status, 401, "it is no session");
    let other = console.anonymous();
    assert_eq!(finish(&other, phone.code(0).await).await, Err((401, ErrorCode::SignedOut)));
    assert_eq!(finish(&browser, phone.code(-1).await).await, Err((401, ErrorCode::BadCode)), "used");
    assert_eq!(finish(&browser, phone.code(0).await).await, Ok(name.clone()));
    assert_eq!(finish(&browser, phone.code(1).await).await, Err((401, ErrorCode::SignedOut)), "done");
    act(&browser, ReadSession {}, Empty {}).await.unwrap();

    sign_in(&other, &name, PASSWORD).await.unwrap_err();
    let again = console.anonymous();
    sign_in(&again, &name, PASSWORD).await.unwrap_err();
    let code = phone.code(1).await;
    let (first, second) = tokio::join!(finish(&other, code.clone()), finish(&again, code));
    assert!(first.is_ok() != second.is_ok(), "of two at once one is used: {first:?} {second:?}");

    let late = if first.is_ok() { &again } else { &other };
    let code = FactorCode { code: recovery[0].to_lowercase() };
    assert_eq!(finish(late, code.clone()).await, Ok(name.clone()));
    sign_in(late, &name, PASSWORD).await.unwrap_err();
    assert_eq!(finish(late, code).await, Err((401, ErrorCode::BadCode)), "each for one use");
    assert_eq!(act(&client, ReadFactor {}, Empty {}).await.unwrap().recovery_codes, 9);
    let renewed = act(&client, RenewRecoveryCodes {}, Empty {}).await.unwrap().codes;
    assert!(renewed.len() == 10 && renewed[0] != recovery[0]);

    let rows = console.admin().await.call(&ListAudit {}, AuditQuery::default(), ()).await.unwrap();
    let told =
        |action: &str, result| rows.rows.iter().any(|row| row.action == action && row.result == result);
    assert!(told("FinishSignIn", AuditResult::Refused) && told("FinishSignIn", AuditResult::Done));
    assert!(told("ConfirmFactor", AuditResult::Done));
    let text = serde_json::to_string(&rows).unwrap();
    assert!(!text.contains(&phone.secret) && !text.contains(&recovery[0]), "nothing secret is recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn line_26_the_secret_is_not_in_the_data_folders_files() {
    let (_fake, console) = console().await;
    let client = console.user(Role::Viewer).await;
    let setup = act(&client, BeginFactor {}, Empty {}).await.unwrap();
    let secret = Secret::try_from_base32(&setup.secret).unwrap();
    let raw: Vec<u8> = secret.as_ref().to_vec();
    for file in std::fs::read_dir(console.data().path()).unwrap() {
        let file = file.unwrap().path();
        if !file.is_file() {
            continue;
        }
        let bytes = std::fs::read(&file).unwrap();
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        assert!(!holds(&raw) && !holds(setup.secret.as_bytes()), "{}", file.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_resets_a_lost_factor() {
    let (_fake, console) = console().await;
    let (id, name) = console.new_user(Role::Viewer).await;
    let client = console.sign_in(&name).await.unwrap();
    enrol(&client).await;
    let half = console.anonymous();
    sign_in(&half, &name, PASSWORD).await.unwrap_err();
    let admin = console.admin().await;
    assert!(!act(&admin, ResetFactor { user: id }, Empty {}).await.unwrap().has_factor);
    assert_eq!(act(&client, ReadSession {}, Empty {}).await.unwrap_err().status, 401, "sessions end");
    assert_eq!(
        finish(&half, FactorCode { code: "123456".to_owned() }).await,
        Err((401, ErrorCode::SignedOut))
    );
    console.sign_in(&name).await.unwrap();
    let refusal = act(&admin, ResetFactor { user: id }, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (409, ErrorCode::Conflict));
}

#[tokio::test(flavor = "multi_thread")]
async fn line_10_who_is_at_the_keyboard_is_asked_again_before_the_factor_changes() {
    let (_fake, console) = console().await;
    let client = console.user(Role::Viewer).await;
    act(&client, BeginFactor {}, Empty {}).await.expect("a sign-in has just proved it");
    assert_eq!(act(&client, EndConfirmation {}, Empty {}).await.unwrap().confirmed_seconds, 0);
    let refusal = act(&client, BeginFactor {}, Empty {}).await.map(drop).unwrap_err();
    assert_eq!(refusal.kind(), (403, ErrorCode::ConfirmationNeeded));
    let prove = async |proof: Proof| client.call(&ConfirmIdentity {}, Empty {}, proof).await;
    let refusal = prove(Proof::Password("not my password at all".to_owned())).await.unwrap_err();
    assert_eq!(refusal.kind(), (401, ErrorCode::BadCredentials));
    assert!(act(&client, BeginFactor {}, Empty {}).await.is_err(), "a wrong proof proves nothing");
    let session = prove(Proof::Password(PASSWORD.to_owned())).await.unwrap();
    assert!((290..=300).contains(&session.confirmed_seconds), "{}", session.confirmed_seconds);

    let (phone, _) = enrol(&client).await;
    act(&client, EndConfirmation {}, Empty {}).await.unwrap();
    assert_eq!(act(&client, RemoveFactor {}, Empty {}).await.unwrap_err().status, 403);
    let refusal = prove(Proof::Password(PASSWORD.to_owned())).await.unwrap_err();
    assert_eq!(refusal.kind(), (422, ErrorCode::Invalid), "with a second factor, the password is not enough");
    prove(Proof::Code(phone.code(0).await.code)).await.unwrap();
    act(&client, RemoveFactor {}, Empty {}).await.unwrap();
    assert!(!act(&client, ReadSession {}, Empty {}).await.unwrap().has_factor);
}

#[tokio::test(flavor = "multi_thread")]
async fn line_10_who_is_at_the_keyboard_is_asked_again_before_users_and_host_access_change() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let (user, _) = console.new_user(Role::Viewer).await;
    let viewer = console.user(Role::Viewer).await;
    act(&admin, EndConfirmation {}, Empty {}).await.unwrap();
    let before = fake.calls().len();
    let run = async |command: &str| {
        let spec = shared::run::parse(command).spec;
        let create = CreateContainer { environment: local() };
        admin.call(&create, CreateOptions::default(), spec).await.map(drop)
    };
    let refusal = run("docker run -v /:/host busybox").await.unwrap_err();
    assert_eq!(refusal.kind(), (403, ErrorCode::ConfirmationNeeded));
    assert_eq!(fake.calls().len(), before, "the engine was not asked");
    let allowed = run("docker run busybox").await;
    assert!(!allowed.is_err_and(|refusal| refusal.kind().1 == ErrorCode::ConfirmationNeeded));
    let change = UserChange { disabled: Some(true), ..UserChange::default() };
    let refusal = admin.call(&UpdateUser { user }, Empty {}, change.clone()).await.unwrap_err();
    assert_eq!(refusal.kind(), (403, ErrorCode::ConfirmationNeeded));
    let refusal = viewer.call(&UpdateUser { user }, Empty {}, change.clone()).await.map(drop).unwrap_err();
    assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden), "nobody is asked for what they may not do");
    let proof = Proof::Password(PASSWORD.to_owned());
    admin.call(&ConfirmIdentity {}, Empty {}, proof).await.unwrap();
    assert!(admin.call(&UpdateUser { user }, Empty {}, change).await.unwrap().disabled);
    let rows = admin.call(&ListAudit {}, AuditQuery::default(), ()).await.unwrap();
    let refused = rows.rows.iter().filter(|row| row.result == AuditResult::Refused);
    let actions: Vec<_> = refused.map(|row| row.action.as_str()).collect();
    assert!(actions.contains(&"CreateContainer") && actions.contains(&"UpdateUser"), "{actions:?}");
}
