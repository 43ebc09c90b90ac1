//! Every endpoint and every socket, for everybody: what the role allows and nothing else, and on each
//! refusal the engine has not been asked. The table that comes out is checked in.

use std::fmt::Write;

use longshore_tests::{
    Client,
    client::{Response, path_and_query},
    fake_engine::Call,
    sockets::{handshake, open},
};
use shared::{
    Empty, Endpoint, Method, Needs, Role, Socket,
    endpoint::Operation,
    users::{NewGrant, UserChange},
};

use crate::everybody::{Everybody, Reach, Things, Who, body, refusal};

fn query<O: Operation>() -> O::Query {
    serde_json::from_value(crate::everybody::query(O::NAME)).unwrap()
}

async fn ask<E: Endpoint>(client: &Client, things: Things) -> Response {
    let endpoint: E = things.operation();
    let mut request = client.request(E::METHOD.as_str(), &path_and_query(&endpoint, &query::<E>()));
    if let Some(body) = body(E::NAME, things) {
        request = request.json(&body);
    }
    request.send().await
}

/// What came out, by operation: a paragraph of the table each, grown in two rounds.
#[derive(Default)]
struct Table(std::collections::BTreeMap<String, Vec<(Who, u16)>>);

impl Table {
    fn note(&mut self, operation: String, who: Who, status: u16) {
        self.0.entry(operation).or_default().push((who, status));
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (operation, statuses) in &self.0 {
            let of = |who| statuses.iter().find(|(other, _)| *other == who).map_or(0, |(_, status)| *status);
            let nobody = of(Who::Nobody);
            if let [_] = statuses[..] {
                writeln!(text, "{operation}\n    anybody:{nobody}").unwrap();
                continue;
            }
            writeln!(text, "{operation}\n    no session:{nobody} no grant:{}", of(Who::Ungranted)).unwrap();
            for reach in Reach::ALL {
                write!(text, "    {:11}", format!("{reach:?}").to_lowercase()).unwrap();
                for role in Role::ALL {
                    write!(text, " {}:{}", role.as_str(), of(Who::Holder(role, reach))).unwrap();
                }
                text.push('\n');
            }
        }
        text
    }
}

/// The refused come first, for all operations: what was allowed keeps the engine busy after it was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Round {
    Refused,
    Allowed,
}

/// Nothing was asked of the engine since it had heard so many calls.
fn assert_silent(everybody: &Everybody, before: usize, what: &str) {
    let asked: Vec<_> = everybody.fake.calls()[before..].iter().map(Call::name).collect();
    assert!(asked.is_empty(), "{what} was refused, but the engine was asked {asked:?}");
}

async fn sweep_endpoint<E: Endpoint>(everybody: &Everybody, round: Round, table: &mut Table) {
    // These end sessions, the sweep's own too, or what asks for proving again who asks; a token is revoked by
    // its owner: they have their own tests.
    if matches!(E::NAME, "SignOut" | "EndSession" | "EndConfirmation" | "RevokeToken") {
        return;
    }
    for (who, client) in &everybody.people {
        // What anybody may do is limited in how often they may.
        if E::NEEDS == Needs::Public && *who != Who::Nobody {
            continue;
        }
        let refusal = refusal(*who, &everybody.operation::<E>());
        if refusal.is_none() != (round == Round::Allowed) {
            continue;
        }
        let what = format!("{} as {who:?}", E::NAME);
        // What is removed or changed is another one each time.
        let used = E::METHOD.mutates() && !E::FIELDS.contains(&"container") && round == Round::Allowed;
        let things = if used { Things::make(&everybody.console).await } else { everybody.things };
        let before = everybody.fake.calls().len();
        let response = ask::<E>(client, things).await;
        let status = response.status.as_u16();
        match refusal {
            None => {
                let refused = matches!(status, 401 | 403) && E::NEEDS != Needs::Public;
                assert!(!refused && status != 404 && status < 500, "{what}: {status} {}", response.text());
            }
            Some(expected) => {
                assert_eq!(status, expected, "{what}: {}", response.text());
                response.refusal();
                assert_silent(everybody, before, &what);
            }
        }
        table.note(format!("{} {} {}", E::METHOD.as_str(), E::PATH, E::NAME), *who, status);
    }
}

async fn sweep_socket<S: Socket>(everybody: &Everybody, round: Round, table: &mut Table) {
    let socket: S = everybody.operation();
    for (who, client) in &everybody.people {
        let refusal = refusal(*who, &socket);
        if refusal.is_none() != (round == Round::Allowed) {
            continue;
        }
        let what = format!("{} as {who:?}", S::NAME);
        let before = everybody.fake.calls().len();
        let opened = open(client, handshake(client, &socket, &query::<S>())).await;
        let status = opened.as_ref().err().map_or(101, http::StatusCode::as_u16);
        assert_eq!(status, refusal.unwrap_or(101), "{what}");
        if refusal.is_some() {
            assert_silent(everybody, before, &what);
        }
        table.note(format!("SOCKET {} {}", S::PATH, S::NAME), *who, status);
    }
}

macro_rules! sweep_endpoints {
    ($($endpoint:ty),* $(,)?) => {
        async fn every_endpoint(everybody: &Everybody, round: Round, table: &mut Table) {
            $(sweep_endpoint::<$endpoint>(everybody, round, table).await;)*
        }
        /// Method and path of all of them.
        fn declared() -> Vec<(&'static str, Method, &'static str)> {
            vec![$((<$endpoint>::NAME, <$endpoint>::METHOD, <$endpoint>::PATH)),*]
        }
        async fn every_mutation(everybody: &Everybody, client: &Client, change: impl Fn(longshore_tests::client::Request) -> longshore_tests::client::Request, refused: impl Fn(&str, Response)) {
            $(
                if <$endpoint>::METHOD.mutates() {
                    let endpoint: $endpoint = everybody.operation();
                    let mut request = client.request(<$endpoint>::METHOD.as_str(), &path_and_query(&endpoint, &query::<$endpoint>()));
                    if let Some(body) = body(<$endpoint>::NAME, everybody.things) {
                        request = request.json(&body);
                    }
                    refused(<$endpoint>::NAME, change(request).send().await);
                }
            )*
        }
    };
}

macro_rules! sweep_sockets {
    ($($socket:ty),* $(,)?) => {
        async fn every_socket(everybody: &Everybody, round: Round, table: &mut Table) {
            $(sweep_socket::<$socket>(everybody, round, table).await;)*
        }
    };
}

shared::for_each_endpoint!(sweep_endpoints);
shared::for_each_socket!(sweep_sockets);

#[tokio::test(flavor = "multi_thread")]
async fn each_role_may_what_is_declared_where_it_reaches_and_a_refusal_never_reaches_the_engine() {
    let everybody = Everybody::assemble().await;
    let mut table = Table::default();
    for round in [Round::Refused, Round::Allowed] {
        every_endpoint(&everybody, round, &mut table).await;
        every_socket(&everybody, round, &mut table).await;
    }
    longshore_tests::snapshot::check("access.txt", &table.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_from_another_site_or_without_the_consoles_header_is_refused_before_the_engine() {
    let everybody = Everybody::assemble().await;
    let before = everybody.fake.calls().len();
    type Change = fn(longshore_tests::client::Request) -> longshore_tests::client::Request;
    let changes: [(&str, Change); 7] = [
        ("no own header", |request| request.without("x-longshore")),
        ("another origin", |request| request.header("origin", "https://evil.example")),
        ("origin null", |request| request.header("origin", "null")),
        ("a sibling domain", |request| request.header("origin", "http://other.127.0.0.1")),
        ("another port", |request| request.header("origin", "http://127.0.0.1:1")),
        ("another scheme", |request| {
            let origin = "https://127.0.0.1:9";
            request.header("origin", origin)
        }),
        ("cross-site by its own word", |request| request.header("sec-fetch-site", "cross-site")),
    ];
    for (what, change) in changes {
        every_mutation(&everybody, &everybody.admin, change, |name, response| {
            assert_eq!(response.status, 403, "{name} with {what}: {}", response.text());
            assert_eq!(response.refusal().error.code, shared::ErrorCode::ForeignOrigin, "{name} with {what}");
        })
        .await;
    }
    assert_eq!(everybody.fake.calls().len(), before, "the engine was not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_spellings_of_a_path_are_no_other_route() {
    let everybody = Everybody::assemble().await;
    let spellings = [
        "/api/v1//environments/local/containers/web-1/stop",
        "//api/v1/environments/local/containers/web-1/stop",
        "/api//v1/environments/local/containers/web-1/stop",
        "/api/v1/environments/local/containers/web-1/stop/",
        "/api/v1/environments/local/containers//web-1/stop",
        "/api/v1/environments/local/containers/./web-1/stop",
        "/api/v1/environments/x/../local/containers/web-1/stop",
        "/api/v1/environments/%2e%2e/local/containers/web-1/stop",
        "/api/v1/environments/local/containers/web-1/%73top",
        "/api/v1/environments/local/containers/web-1%2fstop",
        "/api/v1/environments/local/containers/web-1/..%2fweb-1/stop",
        "/api/v1/environments/local/containers/%2e%2e/stop",
        "/api/v1/environments/local/containers/web-1%00/stop",
        "/API/v1/environments/local/containers/web-1/stop",
        "/api/V1/environments/local/containers/web-1/stop",
        "/api/v1/Environments/local/containers/web-1/stop",
        "/api/v1/environments/local/containers/web-1/STOP",
        "/api/v1/environments/local/containers/web-1/stop;x=1",
        "/api/v2/environments/local/containers/web-1/stop",
        "/environments/local/containers/web-1/stop",
        "/v1.51/containers/web-1/stop",
        "/containers/web-1/stop",
        "/api/v1/environments/local/containers/web-1/../../../../../v1.51/containers/web-1/stop",
    ];
    let before = everybody.fake.calls().len();
    for (who, client) in everybody.all() {
        for path in spellings {
            for method in ["GET", "POST", "DELETE"] {
                let response = client.request(method, path).send().await;
                let status = response.status.as_u16();
                // Another route would do it (2xx). The one that is also a page's address, a tab of a
                // container's, is the page, which is the same for everybody and holds nothing.
                if method == "GET"
                    && path.starts_with("/environments/")
                    && response.header("content-type").starts_with("text/html")
                {
                    continue;
                }
                assert!(
                    matches!(status, 400 | 401 | 403 | 404 | 405 | 422),
                    "{method} {path} as {who:?}: {status} {}",
                    response.text()
                );
            }
        }
    }
    assert_eq!(everybody.fake.calls().len(), before, "the engine was not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_is_not_declared_does_nothing() {
    let everybody = Everybody::assemble().await;
    let declared = declared();
    let before = everybody.fake.calls().len();
    for (name, _, pattern) in &declared {
        let path = pattern
            .replace("{environment}", "local")
            .replace("{container}", "web-1")
            .replace("{user}", &everybody.things.user.to_string())
            .replace("{team}", &everybody.things.team.to_string())
            .replace("{role}", &everybody.things.role.to_string())
            .replace("{grant}", &everybody.things.grant.to_string())
            .replace("{token}", &everybody.things.token.to_string())
            .replace("{job}", &everybody.things.job.to_string());
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "FROBNICATE"] {
            if declared.iter().any(|(_, known, at)| at == pattern && known.as_str() == method)
                || method == "CONNECT"
            {
                continue;
            }
            let response = everybody.admin.request(method, &path).send().await;
            assert!(
                matches!(response.status.as_u16(), 404 | 405),
                "{method} {path} ({name}): {} {}",
                response.status,
                response.text()
            );
            assert_eq!(response.header("access-control-allow-origin"), "", "{method} {path}");
        }
    }
    assert_eq!(everybody.fake.calls().len(), before, "the engine was not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_doubled_keys_and_wrong_types_are_422_and_the_engine_is_not_asked() {
    let everybody = Everybody::assemble().await;
    let stop = "/api/v1/environments/local/containers/web-1/stop";
    let rename = "/api/v1/environments/local/containers/web-1/rename";
    let before = everybody.fake.calls().len();
    for path in [
        format!("{stop}?signal=9"),
        format!("{stop}?timeout_seconds=-1"),
        format!("{stop}?timeout_seconds=soon"),
    ] {
        let response = everybody.admin.request("POST", &path).send().await;
        assert_eq!(response.status, 422, "{path}: {}", response.text());
        response.refusal();
    }
    let bodies = [
        r#"{"name": "good", "other": 1}"#,
        r#"{"name": "good", "name": "bad"}"#,
        r#"{"name": 7}"#,
        r#"{"name": "../x"}"#,
        r#"{"Name": "good"}"#,
        r"{}",
        r"[]",
        r"{",
        "null",
        "\u{feff}{\"name\": \"good\"}",
        "",
    ];
    for body in bodies {
        let response = everybody.admin.request("POST", rename).json_bytes(body).send().await;
        assert_eq!(response.status, 422, "{body}: {}", response.text());
        response.refusal();
    }
    let long = format!(r#"{{"name": "{}"}}"#, "a".repeat(200 * 1024));
    let response = everybody.admin.request("POST", rename).json_bytes(long).send().await;
    assert_eq!(response.status, 413, "{}", response.text());
    assert_eq!(everybody.fake.calls().len(), before, "the engine was not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_taken_away_is_gone_at_once() {
    let everybody = Everybody::assemble().await;
    let (id, name) = everybody.console.new_user(Role::Operator).await;
    let client = everybody.console.sign_in(&name).await.unwrap();
    type Stop = shared::containers::StopContainer;
    assert_eq!(ask::<Stop>(&client, everybody.things).await.status.as_u16() / 100, 2);
    let change =
        UserChange { grants: Some(vec![NewGrant::everywhere(Role::Viewer)]), ..UserChange::default() };
    everybody.admin.call(&shared::users::UpdateUser { user: id }, Empty {}, change).await.map(drop).unwrap();
    let before = everybody.fake.calls().len();
    let status = ask::<Stop>(&client, everybody.things).await.status;
    assert!(status == 403 || status == 401, "{status}");
    assert_eq!(everybody.fake.calls().len(), before, "the engine was not asked");
}
