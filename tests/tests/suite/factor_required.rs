//! A second factor that a role requires: what is left without one, and when that begins and ends.

use std::{collections::BTreeSet, time::Duration};

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine, LiveSocket,
    client::path_and_query,
    console::{local, sign_in},
    eventually,
    folder::unique,
    sockets::{Arrival, handshake, open},
};
use shared::{
    Empty, Endpoint, ErrorCode, Needs, Permission, Role, RoleId, Scope, Socket, UserId,
    access::{PermissionSet, RoleRef},
    account::{RemoveFactor, RenewRecoveryCodes},
    audit::{AuditQuery, AuditResult, ListAudit},
    containers::{StopContainer, StopOptions},
    endpoint::Operation,
    environments::ReadEnvironment,
    live::{Event, ServerFrame, Topic},
    policy::{PolicyChange, UpdatePolicy},
    session::{ReadSession, SignOut},
    terminal::TerminalOutput,
    tokens::CreateToken,
    users::{
        AddMember, CreateRole, CreateTeam, GiveGrant, Giving, ListUsers, NewGrant, NewMember, NewRole,
        ResetFactor, Subject, TeamNaming,
    },
};

use crate::{
    account::enrol,
    everybody::{Things, body, new_token, query},
    support::{act, list, shell},
};

/// What is open without the second factor, said here a second time.
const OPEN: [&str; 12] = [
    "ReadSession",
    "SignOut",
    "ConfirmIdentity",
    "EndConfirmation",
    "ChangePassword",
    "ListSessions",
    "EndSession",
    "EndOtherSessions",
    "ReadFactor",
    "BeginFactor",
    "ConfirmFactor",
    "UpdatePreferences",
];

const SECOND: Duration = Duration::from_secs(1);

async fn start() -> (FakeEngine, Console) {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    (fake, console)
}

/// Requires a second factor for these roles and no others. Gives the field of a refusal.
async fn require(admin: &Client, roles: &[RoleRef]) -> Result<(), Option<String>> {
    let change = PolicyChange { factor_roles: Some(roles.to_vec()), ..PolicyChange::default() };
    let outcome = admin.call(&UpdatePolicy {}, Empty {}, change).await;
    outcome.map(drop).map_err(|refusal| refusal.error.field)
}

async fn stop(client: &Client) -> Result<(), (u16, ErrorCode)> {
    let stop = StopContainer { environment: local(), container: "web-1".parse().unwrap() };
    act(client, stop, StopOptions::default()).await.map_err(|refusal| refusal.kind())
}

const REFUSED: Result<(), (u16, ErrorCode)> = Err((403, ErrorCode::FactorRequired));

/// Name, whether it changes something, and the refusal's code if there was one.
type Asked = (&'static str, bool, Option<ErrorCode>);

async fn ask<E: Endpoint>(client: &Client, things: Things) -> Option<Asked> {
    // Nobody has to be anybody for these; and signing out is tried last, by itself.
    if E::NEEDS == Needs::Public || E::NAME == "SignOut" {
        return None;
    }
    let endpoint: E = things.operation();
    let query: E::Query = serde_json::from_value(query(E::NAME)).unwrap();
    let mut request = client.request(E::METHOD.as_str(), &path_and_query(&endpoint, &query));
    if let Some(body) = body(E::NAME, things) {
        request = request.json(&body);
    }
    let response = request.send().await;
    let code = (!response.status.is_success()).then(|| response.refusal().error.code);
    Some((E::NAME, E::METHOD.mutates(), code))
}

async fn knock<S: Socket>(client: &Client, things: Things) -> (&'static str, u16) {
    let socket: S = things.operation();
    let query: S::Query = serde_json::from_str("{}").unwrap();
    let opened = open(client, handshake(client, &socket, &query)).await;
    (S::NAME, opened.err().map_or(101, |status| status.as_u16()))
}

macro_rules! with_each_endpoint {
    ($($endpoint:ty),* $(,)?) => {
        async fn ask_all(client: &Client, things: Things) -> Vec<Asked> {
            [$(ask::<$endpoint>(client, things).await),*].into_iter().flatten().collect()
        }
        fn open_by_declaration() -> BTreeSet<&'static str> {
            [$(<$endpoint>::BEFORE_FACTOR.then_some(<$endpoint>::NAME)),*].into_iter().flatten().collect()
        }
    };
}
macro_rules! with_each_socket {
    ($($socket:ty),* $(,)?) => {
        async fn knock_at_all(client: &Client, things: Things) -> Vec<(&'static str, u16)> {
            vec![$(knock::<$socket>(client, things).await),*]
        }
    };
}
shared::for_each_endpoint!(with_each_endpoint);
shared::for_each_socket!(with_each_socket);

#[tokio::test(flavor = "multi_thread")]
async fn without_the_factor_only_the_named_few_answer_and_the_engine_is_not_asked() {
    assert_eq!(open_by_declaration(), BTreeSet::from(OPEN));
    let (fake, console) = start().await;
    let admin = console.admin().await;
    let things = Things::make(&console).await;
    // Somebody who may do everything, so that nothing but the factor stands in the way.
    let (_, name) = console.new_user(Role::Admin).await;
    let client = console.sign_in(&name).await.unwrap();
    let token = serde_json::from_value(new_token()).unwrap();
    let script = client.with_token(&client.call(&CreateToken {}, Empty {}, token).await.unwrap().text);
    enrol(&admin).await;
    require(&admin, &[Role::Admin.into()]).await.unwrap();

    let before = fake.calls().len();
    for (who, is_script) in [(&client, false), (&script, true)] {
        for (name, _, code) in ask_all(who, things).await {
            if !OPEN.contains(&name) {
                assert_eq!(code, Some(ErrorCode::FactorRequired), "{name}, script: {is_script}");
            } else if is_script {
                let expected = (name != "ReadSession").then_some(ErrorCode::NotForTokens);
                assert_eq!(code, expected, "{name}");
            } else {
                // These were asked without a body, for a session of nobody, or after giving up the proof.
                let right = [ErrorCode::Invalid, ErrorCode::NotFound, ErrorCode::ConfirmationNeeded];
                assert!(code.is_none_or(|code| right.contains(&code)), "{name}: {code:?}");
            }
        }
        for (name, status) in knock_at_all(who, things).await {
            assert_eq!(status, if name == "Live" { 101 } else { 403 }, "{name}, script: {is_script}");
        }
    }
    assert_eq!(fake.calls().len(), before, "the engine was not asked");

    let mutations = ask_all(&client, things).await.into_iter().filter(|(_, mutates, _)| *mutates);
    let expected: BTreeSet<_> =
        mutations.map(|(name, ..)| name).filter(|name| !OPEN.contains(name)).collect();
    let mut recorded = BTreeSet::new();
    let mut query = AuditQuery { actor: Some(name.clone()), ..AuditQuery::default() };
    loop {
        let page = act(&admin, ListAudit {}, query.clone()).await.unwrap();
        let refused = page.rows.iter().filter(|row| {
            row.result == AuditResult::Refused && row.detail.starts_with("your role requires a second factor")
        });
        recorded.extend(refused.map(|row| row.action.clone()));
        query.before = page.older;
        if query.before.is_none() {
            break;
        }
    }
    let missing: Vec<_> = expected.into_iter().filter(|name| !recorded.contains(*name)).collect();
    assert!(missing.is_empty(), "not in the audit: {missing:?}");
    act(&client, SignOut {}, Empty {}).await.expect("leaving is always possible");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sets_it_up_goes_on_in_the_same_session_and_keeps_it() {
    let (_fake, console) = start().await;
    let admin = console.admin().await;
    let (user, name) = console.new_user(Role::Operator).await;
    let token = serde_json::from_value(new_token()).unwrap();
    let first = console.sign_in(&name).await.unwrap();
    let script = first.with_token(&first.call(&CreateToken {}, Empty {}, token).await.unwrap().text);
    require(&admin, &[Role::Operator.into()]).await.unwrap();
    let client = console.anonymous();
    let session = sign_in(&client, &name, longshore_tests::console::PASSWORD).await.unwrap();
    assert!(session.lacks_factor(), "signing in is possible");
    assert_eq!(stop(&client).await, REFUSED);
    let lacking = async || {
        let users = act(&admin, ListUsers {}, Empty {}).await.unwrap();
        let lacking: Vec<_> =
            users.into_iter().filter(|user| user.lacks_factor()).map(|user| user.id).collect();
        lacking
    };
    assert_eq!(lacking().await, [user]);

    enrol(&client).await;
    assert_ne!(stop(&client).await, REFUSED, "at once, without signing in again");
    let look = || ReadEnvironment { environment: local() };
    act(&script, look(), Empty {}).await.unwrap();
    assert_eq!(lacking().await, [UserId(0); 0]);
    let session = act(&client, ReadSession {}, Empty {}).await.unwrap();
    assert!(session.factor_required && session.has_factor);
    act(&client, RenewRecoveryCodes {}, Empty {}).await.unwrap();
    let refusal = act(&client, RemoveFactor {}, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (409, ErrorCode::Conflict));
    assert!(refusal.error.message.contains("requires"), "{refusal}");

    // Taken off by an administrator, for who lost theirs: it is to be set up again.
    let user_now = act(&admin, ResetFactor { user }, Empty {}).await.unwrap();
    assert!(user_now.lacks_factor());
    assert_eq!(stop(&client).await, Err((401, ErrorCode::SignedOut)));
    let refusal = act(&script, look(), Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (403, ErrorCode::FactorRequired));
    let client = console.sign_in(&name).await.unwrap();
    assert_eq!(stop(&client).await, REFUSED);
    require(&admin, &[]).await.unwrap();
    assert_ne!(stop(&client).await, REFUSED, "not required any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn open_streams_end_at_once_when_the_policy_begins_to_require_it() {
    let (_fake, console) = start().await;
    let admin = console.admin().await;
    let client = console.user(Role::EnvironmentAdmin).await;
    let token = serde_json::json!({
        "name": unique(), "expires_at": now_ms() + 86_400_000,
        "permissions": ["container_view"], "at": "everything",
    });
    let token = serde_json::from_value(token).unwrap();
    let script = client.with_token(&client.call(&CreateToken {}, Empty {}, token).await.unwrap().text);
    let cursor = list(&client).await.cursor;
    let containers = || Topic::Containers { environment: local(), cursor };
    let mut terminal = shell(&client).await;
    let (mut page, mut scripts) = (LiveSocket::open(&client).await, LiveSocket::open(&script).await);
    page.subscribe(1, Topic::Session).await;
    page.subscribe(2, containers()).await;
    page.subscribe(3, Topic::OwnLoad).await;
    scripts.subscribe(2, containers()).await;
    page.event(1, "the session is told", |_| Some(())).await;
    scripts.subscribe(3, Topic::Environment { environment: local() }).await;
    scripts.event(3, "the environment is told", |_| Some(())).await;

    require(&admin, &[Role::EnvironmentAdmin.into()]).await.unwrap();
    let ended = async |socket: &mut LiveSocket, wanted: &[u32]| {
        let mut left: BTreeSet<u32> = wanted.iter().copied().collect();
        let all = socket.until("the topics end", |arrival| match arrival {
            Arrival::Frame(ServerFrame::Ended { id, error }) => {
                assert_eq!(error.code, ErrorCode::FactorRequired);
                left.remove(&id);
                left.is_empty().then_some(())
            }
            _ => None,
        });
        tokio::time::timeout(SECOND, all).await.expect("at once");
    };
    ended(&mut page, &[2, 3]).await;
    ended(&mut scripts, &[2, 3]).await;
    let told = page.event(1, "the session is told", |event| match event {
        Event::Session { session } => session.lacks_factor().then_some(()),
        _ => None,
    });
    // It was told before the topics were, or is the next thing that is.
    let _told_before = tokio::time::timeout(SECOND, told).await;
    match tokio::time::timeout(SECOND, terminal.next()).await.expect("at once") {
        Some(TerminalOutput::Failed { error, .. }) => assert_eq!(error.code, ErrorCode::FactorRequired),
        other => panic!("{other:?}"),
    }
    terminal.closed_within(SECOND).await;
    page.subscribe(4, containers()).await;
    ended(&mut page, &[4]).await;

    enrol(&client).await;
    page.event(1, "the session has it", |event| match event {
        Event::Session { session } => (session.has_factor && !session.lacks_factor()).then_some(()),
        _ => None,
    })
    .await;
    page.subscribe(5, Topic::Environment { environment: local() }).await;
    page.event(5, "the same socket goes on", |_| Some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_grant_of_such_a_role_ends_them_as_well_also_through_a_team_and_a_custom_role() {
    let (_fake, console) = start().await;
    let admin = console.admin().await;
    let new = NewRole { name: unique(), permissions: PermissionSet::of(&[Permission::ContainerLogs]) };
    let role = RoleRef::Custom(admin.call(&CreateRole {}, Empty {}, new).await.unwrap().id);
    require(&admin, &[Role::Deployer.into(), role]).await.unwrap();
    let team = admin.call(&CreateTeam {}, Empty {}, TeamNaming { name: unique() }).await.unwrap().id;
    let stack = Scope::Stack { environment: local(), stack: "elsewhere".to_owned() };
    let give = async |subject: Subject, role: RoleRef| {
        let giving = Giving { subject, role, scope: stack.clone() };
        admin.call(&GiveGrant {}, Empty {}, giving).await.map(drop).unwrap();
    };
    give(Subject::Team(team), role).await;
    for through_team in [false, true] {
        let viewer = NewGrant::everywhere(Role::Viewer);
        let (user, name) = console.new_user_with("viewer", vec![viewer]).await;
        let client = console.sign_in(&name).await.unwrap();
        let mut page = LiveSocket::open(&client).await;
        page.subscribe(2, Topic::Environment { environment: local() }).await;
        page.event(2, "the environment is told", |_| Some(())).await;
        if through_team {
            admin.call(&AddMember { team }, Empty {}, NewMember { user }).await.map(drop).unwrap();
        } else {
            give(Subject::User(user), Role::Deployer.into()).await;
        }
        let ended = page.until("the topic ends", |arrival| match arrival {
            Arrival::Frame(ServerFrame::Ended { id: 2, error }) => Some(error.code),
            _ => None,
        });
        let code = tokio::time::timeout(SECOND, ended).await.expect("at once");
        assert_eq!(code, ErrorCode::FactorRequired);
        assert_eq!(stop(&client).await, REFUSED);
        let users = act(&admin, ListUsers {}, Empty {}).await.unwrap();
        assert!(users.into_iter().any(|one| one.id == user && one.lacks_factor()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_requires_of_themselves_what_they_do_not_have() {
    let (_fake, console) = start().await;
    let admin = console.admin().await;
    let at_the_field = || Err(Some("factor_roles".to_owned()));
    assert_eq!(require(&admin, &[Role::Admin.into()]).await, at_the_field());
    assert_eq!(require(&admin, &[RoleRef::Custom(RoleId(99))]).await, at_the_field(), "there is none");
    assert_eq!(require(&admin, &vec![Role::Viewer.into(); 101]).await, at_the_field(), "too many");
    let session = act(&admin, ReadSession {}, Empty {}).await.unwrap();
    assert!(!session.factor_required, "nothing was changed");
    enrol(&admin).await;
    require(&admin, &[Role::Admin.into()]).await.unwrap();
    let refusal = act(&admin, ResetFactor { user: session.user }, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (409, ErrorCode::Conflict), "not this way either");
    let rows = act(&admin, ListAudit {}, AuditQuery::default()).await.unwrap().rows;
    assert!(rows.iter().any(|row| row.detail == "factor_roles: [] → [admin]"));
    assert!(rows.iter().any(|row| row.action == "UpdatePolicy" && row.result == AuditResult::Failed));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hosts_administrator_takes_it_back() {
    let (_fake, console) = start().await;
    let admin = console.admin().await;
    let client = console.user(Role::Operator).await;
    require(&admin, &[Role::Operator.into()]).await.unwrap();
    assert_eq!(stop(&client).await, REFUSED);
    let (code, said) = crate::admin_command::admin(&console, &["reset-policy"], "");
    assert_eq!(code, Some(0), "{said}");
    eventually("the console that runs knows", async || (stop(&client).await != REFUSED).then_some(())).await;
}

fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}
