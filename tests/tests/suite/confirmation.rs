//! What is declared to ask again, asks again: every such endpoint, and nobody gets past it. And what a sign-in
//! tells of who exists, by the clock: nothing.

use std::time::{Duration, Instant};

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine,
    client::{Refusal, path_and_query},
};
use serde_json::json;
use shared::{
    Empty, Endpoint, ErrorCode, Needs, Permission, Role,
    account::{EndConfirmation, EndSession, ListSessions},
    endpoint::Operation,
    session::ReadSession,
    users::{UpdateUser, UserChange},
};

use crate::{
    everybody::{Things, body},
    support::act,
};

/// Asks as the page does, and gives what was refused.
async fn refused<E: Endpoint>(client: &Client, things: Things) -> Option<Refusal> {
    let endpoint: E = things.operation();
    let query = serde_json::from_value(json!({})).unwrap();
    let mut request = client.request(E::METHOD.as_str(), &path_and_query(&endpoint, &query));
    if let Some(body) = body(E::NAME, things) {
        request = request.json(&body);
    }
    let response = request.send().await;
    (!response.status.is_success()).then(|| response.refusal())
}

#[tokio::test(flavor = "multi_thread")]
async fn line_10_every_endpoint_that_is_declared_to_ask_again_does() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let viewer = console.user(Role::Viewer).await;
    let things = Things::make(&console).await;
    for client in [&admin, &viewer] {
        act(client, EndConfirmation {}, Empty {}).await.unwrap();
    }
    let before = fake.calls().len();
    let mut asked = Vec::new();
    macro_rules! sweep {
        ($($endpoint:ty),* $(,)?) => { $(
            if <$endpoint as Operation>::CONFIRMS {
                let name = <$endpoint as Operation>::NAME;
                let refusal = refused::<$endpoint>(&admin, things).await.unwrap_or_else(|| panic!("{name} was done"));
                assert_eq!(refusal.kind(), (403, ErrorCode::ConfirmationNeeded), "{name}");
                // Who may not at all is not asked, and so learns that first.
                let refusal = refused::<$endpoint>(&viewer, things).await.unwrap_or_else(|| panic!("{name} was done"));
                assert_eq!(refusal.status, 403, "{name}");
                asked.push(name);
            } else if <$endpoint as Endpoint>::METHOD.mutates() {
                let needs = <$endpoint as Operation>::NEEDS;
                let administers = [Permission::UserManage, Permission::SettingsManage].map(Needs::Permission);
                assert!(!administers.contains(&needs), "{} asks again", <$endpoint as Operation>::NAME);
            }
        )* };
    }
    shared::for_each_endpoint!(sweep);
    assert_eq!(fake.calls().len(), before, "the engine was not asked");
    for name in ["UpdateUser", "GiveGrant", "RemoveFactor", "CreateToken", "TransferOwnership"] {
        assert!(asked.contains(&name), "{name} asks again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_while_it_is_used_is_over_once_that_is_said() {
    let fake = FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    for _ in 0..5 {
        let client = console.sign_in(&name).await.unwrap();
        let used = console.sign_in(&name).await.unwrap();
        let busy: Vec<_> = (0..4)
            .map(|_| {
                let used = used.clone();
                tokio::spawn(async move { while act(&used, ReadSession {}, Empty {}).await.is_ok() {} })
            })
            .collect();
        let list = act(&client, ListSessions {}, Empty {}).await.unwrap();
        for other in list.into_iter().filter(|one| !one.this) {
            act(&client, EndSession { session: other.id }, Empty {}).await.unwrap();
        }
        let refusal = act(&used, ReadSession {}, Empty {}).await.unwrap_err();
        assert_eq!(refusal.kind(), (401, ErrorCode::SignedOut));
        for one in busy {
            one.await.unwrap();
        }
    }
}

/// How long a refused sign-in takes, each from an address of its own, so that no limit is met.
async fn time(client: &Client, name: &str, address: u32) -> Duration {
    let [_, a, b, c] = address.to_be_bytes();
    let request = client
        .request("POST", "/api/v1/session")
        .header("x-forwarded-for", &format!("10.{a}.{b}.{c}"))
        .json(&json!({"name": name, "password": "five quiet tugs by noon"}));
    let start = Instant::now();
    let response = request.send().await;
    let took = start.elapsed();
    assert_eq!(response.refusal().kind(), (401, ErrorCode::BadCredentials), "{name}");
    took
}

/// How far apart two samples are in rank, in standard deviations: the test of Mann and Whitney.
fn apart(first: &[Duration], second: &[Duration]) -> f64 {
    let count = |one: &Duration| second.iter().filter(|other| *other < one).count();
    let wins = first.iter().map(count).sum::<usize>() as f64;
    let (n, m) = (first.len() as f64, second.len() as f64);
    (wins - n * m / 2.0) / (n * m * (n + m + 1.0) / 12.0).sqrt()
}

#[tokio::test(flavor = "multi_thread")]
async fn line_23_a_sign_in_takes_as_long_for_unknown_and_disabled_users() {
    let fake = FakeEngine::start();
    let options = ConsoleOptions::before(&fake.host()).arg("--trusted-proxy").arg("127.0.0.1");
    let console = Console::start(options).await;
    let (_, known) = console.new_user(Role::Viewer).await;
    let (id, disabled) = console.new_user(Role::Viewer).await;
    let change = UserChange { disabled: Some(true), ..UserChange::default() };
    console.admin().await.call(&UpdateUser { user: id }, Empty {}, change).await.unwrap();
    // As long as the others.
    let unknown = known.replace("viewer", "nobody");
    assert_ne!(known, unknown);
    let client = console.anonymous();
    let names = [&known, &unknown, &disabled];
    let mut address = 0;
    // A busy machine may set two samples apart once. A difference that is there shows each time, and the more
    // the more is asked.
    let mut told_apart = Vec::new();
    for samples in [80, 120, 240] {
        let mut took = [const { Vec::new() }; 3];
        for round in 0..samples {
            // In turn, and each first as often as the others: what the machine does meanwhile meets all.
            for place in 0..3 {
                let which = (round + place) % 3;
                address += 1;
                took[which].push(time(&client, names[which], address).await);
            }
        }
        let [known, unknown, disabled] = took;
        let found = [("unknown", apart(&known, &unknown)), ("disabled", apart(&known, &disabled))];
        if found.iter().all(|(_, apart)| apart.abs() < 4.0) {
            return;
        }
        told_apart.push(found);
    }
    panic!("users are told apart by the time, in standard deviations: {told_apart:.1?}");
}

#[test]
fn a_difference_in_time_is_seen() {
    let times =
        |least: u64| (0..80).map(|one| Duration::from_micros(least + one * 7 % 40)).collect::<Vec<_>>();
    assert!(apart(&times(1_000), &times(1_000)).abs() < 1.0);
    assert!(apart(&times(1_000), &times(1_020)) < -4.0, "half of what they vary by");
    assert!(apart(&times(1_020), &times(1_000)) > 4.0);
}
