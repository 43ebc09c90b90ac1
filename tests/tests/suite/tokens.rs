//! API tokens: what a script may with one, and what ends it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine, LiveSocket, TestEngine,
    client::path_and_query,
    console::local,
    eventually,
    fake_engine::{JOB, WEB, row, row_of},
    folder::unique,
    sockets::{handshake, open},
};
use shared::{
    ContainerId, Empty, Endpoint, ErrorCode, Needs, Permission, Role, Scope, Socket, UnixMillis,
    access::PermissionSet,
    audit::{AuditQuery, AuditResult, ListAudit},
    containers::{StopContainer, StopOptions},
    endpoint::Operation,
    live::Topic,
    session::ReadSession,
    tokens::{CreateToken, ListTokens, ListUserTokens, MadeToken, NewToken, RevokeToken, RevokeUserToken},
    users::{NewGrant, UpdateUser, UserChange},
};

use crate::{
    everybody::{Everybody, body, query},
    support::{Watcher, act, list, shell},
};

const SECOND: Duration = Duration::from_secs(1);

fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn new(permissions: PermissionSet, scope: Scope) -> NewToken {
    let expires_at = UnixMillis(now_ms() + 86_400_000);
    NewToken { name: unique(), expires_at, permissions, scope }
}

async fn make(owner: &Client, new: NewToken) -> MadeToken {
    owner.call(&CreateToken {}, Empty {}, new).await.unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// A script with a token of that person for these permissions.
async fn script(owner: &Client, permissions: &[Permission], scope: Scope) -> Client {
    let made = make(owner, new(PermissionSet::of(permissions), scope)).await;
    owner.with_token(&made.text)
}

fn stack(name: &str) -> Scope {
    Scope::Stack { environment: local(), stack: name.to_owned() }
}

fn one(id: &str) -> Scope {
    Scope::Container { environment: local(), container: id.parse().unwrap() }
}

async fn stop(client: &Client, container: &str) -> (u16, Option<ErrorCode>) {
    let stop = StopContainer { environment: local(), container: container.parse().unwrap() };
    match act(client, stop, StopOptions::default()).await {
        Ok(()) => (200, None),
        Err(refusal) => (refusal.status, Some(refusal.error.code)),
    }
}

async fn names(client: &Client) -> Vec<String> {
    let mut names: Vec<_> = list(client).await.containers.into_iter().map(|row| row.name).collect();
    names.sort();
    names
}

/// An engine with `web-1` of the stack `shop`, and `job-1` of none.
async fn two() -> (FakeEngine, Console) {
    let fake = FakeEngine::start();
    fake.set_containers(vec![
        row_of("shop", WEB, "web-1"),
        row(JOB, "job-1", "exited", "Exited (0) 2 minutes ago"),
    ]);
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    (fake, console)
}

/// Status and code of every operation with a token.
struct Asked {
    name: &'static str,
    needs: Needs,
    mutates: bool,
    confirms: bool,
    status: u16,
    code: Option<ErrorCode>,
}

async fn ask<E: Endpoint>(everybody: &Everybody, script: &Client) -> Asked {
    let endpoint: E = everybody.operation();
    let query: E::Query = serde_json::from_value(query(E::NAME)).unwrap();
    let mut request = script.request(E::METHOD.as_str(), &path_and_query(&endpoint, &query));
    if let Some(body) = body(E::NAME, everybody.things) {
        request = request.json(&body);
    }
    let response = request.send().await;
    let code = (!response.status.is_success()).then(|| response.refusal().error.code);
    let status = response.status.as_u16();
    Asked {
        name: E::NAME,
        needs: E::NEEDS,
        mutates: E::METHOD.mutates(),
        confirms: E::CONFIRMS,
        status,
        code,
    }
}

async fn knock<S: Socket>(everybody: &Everybody, script: &Client) -> Asked {
    let socket: S = everybody.operation();
    let query: S::Query = serde_json::from_str("{}").unwrap();
    let opened = open(script, handshake(script, &socket, &query)).await;
    let status = opened.err().map_or(101, |status| status.as_u16());
    Asked { name: S::NAME, needs: S::NEEDS, mutates: S::MUTATES, confirms: S::CONFIRMS, status, code: None }
}

macro_rules! with_each_endpoint {
    ($($endpoint:ty),* $(,)?) => {
        async fn ask_all(everybody: &Everybody, script: &Client) -> Vec<Asked> {
            vec![$(ask::<$endpoint>(everybody, script).await),*]
        }
    };
}
macro_rules! with_each_socket {
    ($($socket:ty),* $(,)?) => {
        async fn knock_all(everybody: &Everybody, script: &Client) -> Vec<Asked> {
            vec![$(knock::<$socket>(everybody, script).await),*]
        }
    };
}
shared::for_each_endpoint!(with_each_endpoint);
shared::for_each_socket!(with_each_socket);

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_holds_nothing_is_refused_everything_and_the_engine_is_not_asked() {
    let everybody = Everybody::assemble().await;
    let (user, name) = everybody.console.new_user(Role::Admin).await;
    let owner = everybody.console.sign_in(&name).await.unwrap();
    let script = script(&owner, &Permission::ALL, Scope::Everything).await;
    let nothing = UserChange { grants: Some(Vec::new()), ..UserChange::default() };
    everybody.admin.call(&UpdateUser { user }, Empty {}, nothing).await.unwrap();
    let before = everybody.fake.calls().len();
    let mut asked = ask_all(&everybody, &script).await;
    asked.extend(knock_all(&everybody, &script).await);
    for Asked { name, needs, mutates, confirms, status, .. } in asked {
        match needs {
            Needs::Public => {}
            Needs::Session => assert!(matches!(status, 101 | 200), "{name}: {status}"),
            _ if !needs.takes_tokens(mutates, confirms) => assert_eq!(status, 403, "{name}"),
            // Lists of what each sees are found, and forbidden; what is hidden is not found.
            _ => assert!(matches!(status, 403 | 404), "{name}: {status}"),
        }
    }
    assert_eq!(everybody.fake.calls().len(), before, "the engine was not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_token_does_not_touch_accounts() {
    let everybody = Everybody::assemble().await;
    let script = script(&everybody.admin, &Permission::ALL, Scope::Everything).await;
    let before = act(&everybody.admin, shared::users::ListUsers {}, Empty {}).await.unwrap();
    for Asked { name, needs, mutates, confirms, status, code } in ask_all(&everybody, &script).await {
        let kind = (status, code);
        if needs.takes_tokens(mutates, confirms) {
            let refused = needs != Needs::Public && matches!(status, 401 | 403 | 404);
            assert!(!refused && status < 500, "{name}: {kind:?}");
        } else {
            assert_eq!(kind, (403, Some(ErrorCode::NotForTokens)), "{name}");
        }
    }
    let after = act(&everybody.admin, shared::users::ListUsers {}, Empty {}).await.unwrap();
    assert_eq!(before.len(), after.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_narrowed_list_is_the_filtered_list() {
    let (fake, console) = two().await;
    let owner = console.user(Role::Operator).await;
    let scoped = vec![NewGrant { role: Role::Operator.into(), scope: stack("shop") }];
    let of_shop = console.user_with("shop", scoped).await;
    let (everything, operate) = (Scope::Everything, Permission::ContainerOperate);
    let cases = [
        (&owner, everything.clone(), vec!["job-1", "web-1"]),
        (&owner, stack("shop"), vec!["web-1"]),
        (&owner, one(JOB), vec!["job-1"]),
        (&owner, stack("elsewhere"), vec![]),
        (&of_shop, everything, vec!["web-1"]),
        (&of_shop, one(WEB), vec!["web-1"]),
    ];
    for (owner, scope, expected) in cases {
        let script = script(owner, &[operate], scope.clone()).await;
        assert_eq!(names(&script).await, expected, "{scope}");
        for (name, id) in [("web-1", WEB), ("job-1", JOB)] {
            let (status, code) = stop(&script, name).await;
            if expected.contains(&name) {
                assert!(status < 300 || status == 409, "{scope} {name}: {status} {code:?}");
                continue;
            }
            let before = fake.calls().len();
            assert_eq!((status, code), (404, Some(ErrorCode::NotFound)), "{scope} {name}");
            assert_eq!(stop(&script, &id[..12]).await.0, 404, "{scope} {name}");
            assert_eq!(fake.calls().len(), before, "the engine was not asked");
        }
        let read = shared::environments::ReadEnvironment { environment: local() };
        let counted = act(&script, read, Empty {}).await.unwrap().counts.total;
        assert_eq!(counted as usize, expected.len(), "{scope}");
    }
    // Changes are told by the same sight as the list.
    let script = script(&owner, &[operate], stack("shop")).await;
    let mut watcher = Watcher::of(&script).await;
    let (hidden, theirs) = ("5".repeat(64), "6".repeat(64));
    fake.set_containers(vec![
        row_of("shop", WEB, "web-1"),
        row_of("blog", &hidden, "hidden-1"),
        row_of("shop", &theirs, "web-2"),
    ]);
    fake.emit("create", &hidden, "hidden-1");
    fake.emit("create", &theirs, "web-2");
    let row = watcher.row("the first that is told", |_| true).await;
    assert_eq!(row.name, "web-2");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_may_not_be_made_for_is_told_at_its_field() {
    let (_fake, console) = two().await;
    let scoped = vec![NewGrant { role: Role::Operator.into(), scope: stack("shop") }];
    let owner = console.user_with("shop", scoped).await;
    let operate = PermissionSet::of(&[Permission::ContainerOperate]);
    let right = || new(operate, stack("shop"));
    let unknown = "nowhere".parse().unwrap();
    let cases = [
        (NewToken { name: " x".to_owned(), ..right() }, "name"),
        (NewToken { expires_at: UnixMillis(now_ms() - 1), ..right() }, "expires_at"),
        (NewToken { expires_at: UnixMillis(now_ms() + 367 * 86_400_000), ..right() }, "expires_at"),
        (NewToken { permissions: PermissionSet::EMPTY, ..right() }, "permissions"),
        (new(PermissionSet::of(&[Permission::ContainerExec]), stack("shop")), "permissions"),
        (new(operate, stack("blog")), "permissions"),
        (new(operate, stack("../x")), "at"),
        (new(operate, Scope::Environment { environment: unknown }), "at"),
        // It is there, and hidden: not told apart from what is not.
        (new(operate, one(JOB)), "at"),
        (new(operate, one(&"7".repeat(64))), "at"),
    ];
    for (new, field) in cases {
        let refusal = owner.call(&CreateToken {}, Empty {}, new.clone()).await.err().expect("refused");
        assert_eq!(refusal.kind(), (422, ErrorCode::Invalid), "{new:?}");
        assert_eq!(refusal.error.field.as_deref(), Some(field), "{new:?}: {refusal}");
    }
    let made = make(&owner, NewToken { name: "ci".to_owned(), ..right() }).await;
    let again = NewToken { name: "ci".to_owned(), ..right() };
    let refusal = owner.call(&CreateToken {}, Empty {}, again).await.err().expect("refused");
    assert_eq!(refusal.kind(), (409, ErrorCode::Conflict));
    let listed = act(&owner, ListTokens {}, Empty {}).await.unwrap();
    assert_eq!(listed, [made.token], "the text is in no reply but the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_beside_a_token_is_refused_and_foreign_pages_gain_nothing() {
    let (fake, console) = two().await;
    let owner = console.user(Role::Operator).await;
    let script = script(&owner, &[Permission::ContainerOperate], Scope::Everything).await;
    let path = StopContainer { environment: local(), container: "web-1".parse().unwrap() }.path();
    let before = fake.calls().len();
    let both = script.request("POST", &path).header("cookie", &owner.cookie_header()).send().await;
    let refusal = both.refusal();
    assert_eq!(refusal.kind(), (422, ErrorCode::Invalid));
    assert!(refusal.error.message.contains("cookie"), "{refusal}");
    // A cookie alone still needs the page's headers; a made-up token does not stand in for them.
    let bare = owner.request("POST", &path).bare().header("cookie", &owner.cookie_header()).send().await;
    assert_eq!(bare.refusal().kind(), (403, ErrorCode::ForeignOrigin));
    let basic = owner.request("GET", "/api/v1/session").header("authorization", "Basic YTpi").send().await;
    assert_eq!(basic.status, 200, "what a proxy asks for is not ours");
    assert_eq!(fake.calls().len(), before, "the engine was not asked");
    // With the token alone no header of the page is asked, and none does harm.
    let foreign = script.request("POST", &path).header("origin", "https://other.example").send().await;
    assert!(foreign.status.is_success(), "{}", foreign.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tokens_are_slowed_down_and_recorded_and_right_ones_are_not() {
    let (_fake, console) = two().await;
    let admin = console.admin().await;
    let made = make(&admin, new(PermissionSet::of(&[Permission::ContainerView]), Scope::Everything)).await;
    let right = admin.with_token(&made.text);
    let mut last = (0, ErrorCode::Internal);
    for text in ["", "lsh_", "x", &made.text[..52]].into_iter().cycle().take(40) {
        let refusal = act(&admin.with_token(text), ReadSession {}, Empty {}).await.unwrap_err();
        last = refusal.kind();
        assert!(matches!(last, (401, ErrorCode::BadToken) | (429, ErrorCode::TooManyAttempts)), "{refusal}");
    }
    assert_eq!(last, (429, ErrorCode::TooManyAttempts));
    act(&right, ReadSession {}, Empty {}).await.unwrap();
    let rows = act(&admin, ListAudit {}, AuditQuery::default()).await.unwrap();
    let wrong: Vec<_> =
        rows.rows.iter().filter(|row| row.actor.is_empty() && row.action == "ReadSession").collect();
    assert!(wrong.len() >= 30, "{}", wrong.len());
    assert!(wrong.iter().all(|row| row.result == AuditResult::Refused && row.address == "127.0.0.1"));
    let everything = format!("{rows:?}{}", console.printed());
    assert!(!everything.contains(&made.text[4..]), "no token is written down");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_opened_closes_when_it_is_revoked_or_expires() {
    let (_fake, console) = two().await;
    let admin = console.admin().await;
    let (user, name) = console.new_user(Role::EnvironmentAdmin).await;
    let owner = console.sign_in(&name).await.unwrap();
    let exec = PermissionSet::of(&[Permission::ContainerExec]);
    for by in ["owner", "administrator", "password", "clock"] {
        let mut wanted = new(exec, stack("shop"));
        if by == "clock" {
            wanted.expires_at = UnixMillis(now_ms() + 2_500);
        }
        let made = make(&owner, wanted).await;
        let script = owner.with_token(&made.text);
        let (mut terminal, mut live) = (shell(&script).await, LiveSocket::open(&script).await);
        let token = made.token.id;
        match by {
            "owner" => act(&owner, RevokeToken { token }, Empty {}).await.unwrap(),
            "administrator" => {
                let theirs = act(&admin, ListUserTokens { user }, Empty {}).await.unwrap();
                assert!(theirs[0].used_at.is_some() && theirs[0].used_from.as_deref() == Some("127.0.0.1"));
                act(&admin, RevokeUserToken { user, token: theirs[0].id }, Empty {}).await.unwrap();
            }
            "password" => {
                let password = Some("another four unrelated words".to_owned());
                let change = UserChange { password, ..UserChange::default() };
                admin.call(&UpdateUser { user }, Empty {}, change).await.map(drop).unwrap();
                console_sign_in(&owner, &name).await;
            }
            _ => {}
        }
        terminal.closed_within(3 * SECOND).await;
        live.closed_within(SECOND).await;
        let refusal = act(&script, ReadSession {}, Empty {}).await.unwrap_err();
        assert_eq!(refusal.kind(), (401, ErrorCode::BadToken), "{by}");
    }
    let theirs = act(&admin, ListUserTokens { user }, Empty {}).await.unwrap();
    assert_eq!(theirs.len(), 1, "the one that expired is still in the list");
    let refusal = act(&admin, RevokeToken { token: theirs[0].id }, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (404, ErrorCode::NotFound), "it is not the administrator's own");
}

async fn console_sign_in(client: &Client, name: &str) {
    let signed_in = longshore_tests::console::sign_in(client, name, "another four unrelated words").await;
    signed_in.map(drop).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_is_taken_is_taken_from_the_token_too() {
    let (_fake, console) = two().await;
    let admin = console.admin().await;
    let (user, name) = console.new_user(Role::EnvironmentAdmin).await;
    let owner = console.sign_in(&name).await.unwrap();
    let script = script(&owner, &[Permission::ContainerExec], Scope::Everything).await;
    let mut terminal = shell(&script).await;
    let mut live = LiveSocket::open(&script).await;
    live.subscribe(1, Topic::Environment { environment: local() }).await;
    let viewer = vec![NewGrant::everywhere(Role::Viewer)];
    let change = UserChange { grants: Some(viewer), ..UserChange::default() };
    admin.call(&UpdateUser { user }, Empty {}, change).await.map(drop).unwrap();
    terminal.closed_within(SECOND).await;
    assert_eq!(names(&script).await, ["job-1", "web-1"], "what is left of it goes on");
    let disabled = UserChange { disabled: Some(true), ..UserChange::default() };
    admin.call(&UpdateUser { user }, Empty {}, disabled).await.map(drop).unwrap();
    live.closed_within(SECOND).await;
    let enabled = UserChange { disabled: Some(false), ..UserChange::default() };
    admin.call(&UpdateUser { user }, Empty {}, enabled).await.map(drop).unwrap();
    let refusal = act(&script, ReadSession {}, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (401, ErrorCode::BadToken), "it does not come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_names_the_token_and_the_container_is_its_owners() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let (_, name) = console.new_user(Role::Deployer).await;
    let owner = console.sign_in(&name).await.unwrap();
    let create = PermissionSet::of(&[Permission::ContainerCreate, Permission::ContainerManage]);
    let made = make(&owner, NewToken { name: "ci".to_owned(), ..new(create, stack("shop")) }).await;
    let script = owner.with_token(&made.text);
    let spec = |stack: &str| {
        let label = serde_json::json!([{"name": "com.docker.compose.project", "value": stack}]);
        let idle = serde_json::json!(["sleep", "3600"]);
        let spec = serde_json::json!({"image": "busybox", "command": idle, "general": {"labels": label}});
        serde_json::from_value(spec).unwrap()
    };
    let run = shared::run::CreateContainer { environment: local() };
    let refusal = script.call(&run, serde_json::from_str("{}").unwrap(), spec("blog")).await.err();
    assert_eq!(refusal.expect("another stack").status, 403);
    let created = script.call(&run, serde_json::from_str("{}").unwrap(), spec("shop")).await.unwrap();
    let id: ContainerId = created.id.clone();
    eventually("the token sees what it made", async || {
        let rows = list(&script).await.containers;
        (rows.len() == 1 && rows[0].id == id).then_some(())
    })
    .await;
    let remove = shared::containers::RemoveContainer { environment: local(), container: (&id).into() };
    act(&script, remove, serde_json::from_str("{\"force\": true}").unwrap()).await.unwrap();
    let rows = act(&console.admin().await, ListAudit {}, AuditQuery::default()).await.unwrap();
    let actor = format!("{name} (token: ci)");
    for (action, result) in [
        ("CreateContainer", AuditResult::Refused),
        ("CreateContainer", AuditResult::Done),
        ("RemoveContainer", AuditResult::Done),
    ] {
        let found =
            rows.rows.iter().any(|row| row.actor == actor && row.action == action && row.result == result);
        assert!(found, "{action} {result:?} in {rows:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn line_25_a_token_in_an_address_opens_nothing() {
    let (_fake, console) = two().await;
    let owner = console.user(Role::Operator).await;
    let made = make(&owner, new(PermissionSet::of(&[Permission::ContainerView]), Scope::Everything)).await;
    let text = &made.text;
    let stranger = console.anonymous();
    for name in ["token", "access_token", "api_key", "key", "auth", "authorization", "bearer", "longshore"] {
        for path in ["/api/v1/session", "/api/v1/environments/local/containers", "/api/v1/live"] {
            let reply = stranger.get(&format!("{path}?{name}={text}")).await;
            // Asked for who it is before what it asks, or the other way round: it is never let in.
            assert!(matches!(reply.status.as_u16(), 401 | 403 | 422), "{path} {name}: {}", reply.status);
        }
    }
    for header in ["x-api-key", "x-auth-token", "private-token", "cookie"] {
        let value = if header == "cookie" { format!("longshore={text}") } else { text.clone() };
        let reply = stranger.request("GET", "/api/v1/session").header(header, &value).send().await;
        assert_eq!(reply.status, 401, "{header}: {}", reply.text());
    }
}
