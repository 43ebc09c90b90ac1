//! The policy and preferences: bounds, what counts at once, who is told, what is recorded.

use std::time::Duration;

use longshore_tests::{Client, Console, ConsoleOptions, FakeEngine, LiveSocket, console::PASSWORD};
use shared::{
    Empty, ErrorCode, Role,
    audit::{AuditQuery, AuditResult, ListAudit},
    live::{Event, Topic},
    policy::{
        IDLE_MINUTES, PolicyChange, PolicyReply, ProxiesToTry, ReadPolicy, SecurityPolicy, TryProxies,
        UpdatePolicy,
    },
    preferences::{Language, Preferences, Theme, UpdatePreferences, Zone},
    session::ReadSession,
    users::{CreateUser, NewUser},
};

use crate::support::act;

async fn start() -> (FakeEngine, Console) {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    (fake, console)
}

async fn set(admin: &Client, change: PolicyChange) -> Result<PolicyReply, (u16, Option<String>)> {
    let outcome = admin.call(&UpdatePolicy {}, Empty {}, change).await;
    outcome.map_err(|refusal| (refusal.status, refusal.error.field))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_out_of_bounds_is_told_at_its_field_and_changes_nothing() {
    let (_fake, console) = start().await;
    let admin = console.admin().await;
    let none = PolicyChange::default;
    let one = |text: &str| Some(vec![text.to_owned()]);
    let cases = [
        (PolicyChange { idle_minutes: Some(IDLE_MINUTES.least - 1), ..none() }, "idle_minutes"),
        (PolicyChange { session_hours: Some(0), ..none() }, "session_hours"),
        (PolicyChange { session_hours: Some(1), ..none() }, "idle_minutes"),
        (PolicyChange { password_characters: Some(7), ..none() }, "password_characters"),
        (PolicyChange { refused_words: one("a b"), ..none() }, "refused_words"),
        (PolicyChange { account_attempts: Some(21), ..none() }, "account_attempts"),
        (PolicyChange { address_attempts: Some(9), ..none() }, "address_attempts"),
        (PolicyChange { wait_minutes: Some(61), ..none() }, "wait_minutes"),
        (PolicyChange { audit_days: Some(29), ..none() }, "audit_days"),
        (PolicyChange { audit_days: Some(36_501), ..none() }, "audit_days"),
        (PolicyChange { trusted_proxies: one("proxy.example"), ..none() }, "trusted_proxies"),
        (PolicyChange { trusted_proxies: one("0.0.0.0/0"), ..none() }, "trusted_proxies"),
    ];
    for (change, field) in cases {
        assert_eq!(
            set(&admin, change.clone()).await.err(),
            Some((422, Some(field.to_owned()))),
            "{change:?}"
        );
    }
    let reply = act(&admin, ReadPolicy {}, Empty {}).await.unwrap();
    assert_eq!(reply.policy, SecurityPolicy::default());
    assert_eq!((reply.your_address.as_str(), reply.started_with.len()), ("127.0.0.1", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_recorded_with_what_was_and_new_passwords_go_by_it() {
    let (_fake, console) = start().await;
    let admin = console.admin().await;
    let change = PolicyChange {
        password_characters: Some(30),
        refused_words: Some(vec!["zyxgate".to_owned()]),
        ..PolicyChange::default()
    };
    set(&admin, change).await.unwrap();
    let rows = act(&admin, ListAudit {}, AuditQuery::default()).await.unwrap();
    let row = rows.rows.iter().find(|row| row.action == "UpdatePolicy").unwrap();
    assert_eq!(row.result, AuditResult::Done);
    assert_eq!(row.detail, "password_characters: 12 → 30, refused_words: [] → [zyxgate]");
    let make = async |password: &str| {
        let new = NewUser { name: "bob".to_owned(), grants: Vec::new(), password: password.to_owned() };
        admin.call(&CreateUser {}, Empty {}, new).await.map(drop).map_err(|refusal| refusal.error.message)
    };
    assert!(make(PASSWORD).await.unwrap_err().contains("30 characters"));
    assert!(make("zyxgateZYXGATEzyxgateZYXGATE2025").await.unwrap_err().contains("guessed"));
    make("lavender tractor owl bench, and more").await.unwrap();
    let session = act(&admin, ReadSession {}, Empty {}).await.unwrap();
    assert_eq!(session.password_characters, 30, "the page tells it before it is sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_failed_sign_ins_are_free_at_once() {
    let (_fake, console) = start().await;
    let admin = console.admin().await;
    let (_, name) = console.new_user(Role::Viewer).await;
    set(&admin, PolicyChange { account_attempts: Some(3), ..PolicyChange::default() }).await.unwrap();
    let stranger = console.anonymous();
    for attempt in 0..4 {
        let refusal = longshore_tests::console::sign_in(&stranger, &name, "wrong").await.unwrap_err();
        let expected = if attempt < 3 { 401 } else { 429 };
        assert_eq!(refusal.status, expected, "attempt {attempt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn proxies_are_tried_before_they_are_trusted_and_then_believed() {
    let (_fake, console) = start().await;
    let admin = console.admin().await;
    let forwarded = "203.0.113.7";
    let tried = async |proxies: &str| {
        let path = format!("/api/v1/policy/proxies?proxies={}", shared::endpoint::segment(proxies));
        let reply = admin.request("GET", &path).header("x-forwarded-for", forwarded).send().await;
        if reply.status.is_success() {
            Ok(reply.json::<shared::policy::TriedProxies>().your_address)
        } else {
            Err(reply.refusal().error.message)
        }
    };
    assert_eq!(tried("").await, Ok("127.0.0.1".to_owned()));
    assert_eq!(tried("127.0.0.1, 10.0.0.0/8").await, Ok(forwarded.to_owned()));
    assert!(tried("10.0.0.1, here").await.unwrap_err().starts_with("here:"));
    let address = async || {
        let read = admin.request("GET", "/api/v1/policy").header("x-forwarded-for", forwarded).send().await;
        read.json::<PolicyReply>().your_address
    };
    assert_eq!(address().await, "127.0.0.1", "trying changes nothing");
    let trust =
        PolicyChange { trusted_proxies: Some(vec!["127.0.0.1".to_owned()]), ..PolicyChange::default() };
    set(&admin, trust).await.unwrap();
    assert_eq!(address().await, forwarded);
    act(&admin, TryProxies {}, ProxiesToTry::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_is_for_administrators_and_what_is_unknown_is_refused() {
    let (_fake, console) = start().await;
    let client = console.user(Role::EnvironmentAdmin).await;
    let refusal = act(&client, ReadPolicy {}, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden));
    let admin = console.admin().await;
    let unknown = admin.request("PATCH", "/api/v1/policy").json(&serde_json::json!({"idle": 1})).send().await;
    assert_eq!(unknown.refusal().error.field.as_deref(), Some("idle"));
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_come_with_the_next_sign_in_and_to_open_pages() {
    let (_fake, console) = start().await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let first = console.sign_in(&name).await.unwrap();
    let second = console.sign_in(&name).await.unwrap();
    let mut open = LiveSocket::open(&second).await;
    open.subscribe(1, Topic::Session).await;
    let french = Preferences { language: Some(Language::Fr), ..Preferences::default() };
    let dark = Preferences { theme: Some(Theme::Dark), zone: Some(Zone::Utc), ..Preferences::default() };
    first.call(&UpdatePreferences {}, Empty {}, french).await.unwrap();
    let all = first.call(&UpdatePreferences {}, Empty {}, dark).await.unwrap();
    assert_eq!(all, french.changed(dark), "what a change leaves out stays");
    let told = open.event(1, "the open page is told", |event| match event {
        Event::Session { session } => (session.preferences == all).then_some(()),
        _ => None,
    });
    tokio::time::timeout(Duration::from_secs(5), told).await.expect("soon");
    let third = console.sign_in(&name).await.unwrap();
    assert_eq!(act(&third, ReadSession {}, Empty {}).await.unwrap().preferences, all);
    let other = console.user(Role::Viewer).await;
    assert_eq!(act(&other, ReadSession {}, Empty {}).await.unwrap().preferences, Preferences::default());
}
