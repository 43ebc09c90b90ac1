//! Ten thousand requests made from the console's own OpenAPI document, by `tests/bad_input/send.py`: right ones
//! and wrong ones, as nobody, as a viewer and as an administrator.
//!
//! Before the recording fake engine, since what is asked for is done: a real one would be filled with what
//! the administrator makes, and could not tell whether the others had it asked for anything. It answers
//! everything, and so no status of 500 or more is right here.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine, TestEngine,
    console::PASSWORD,
    fake_engine::{JOB, WEB, row, row_of},
    python,
};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::{
    Empty, GrantId, Role, UserId,
    account::{ConfirmIdentity, Proof},
    audit::VerifyAudit,
    session::ReadSession,
    users::{ListGrants, ListUsers, Subject},
};

use crate::{everybody::Things, support::act, world::world};

/// As each of the three.
const REQUESTS: u32 = 3_400;
const SEED: u64 = 6_238;

/// These would end what the requests are made with: the session itself, and its proof of who is at the keyboard.
/// Both are made and refused in `access.rs` and `account.rs`.
const LEFT_OUT: [&str; 2] = ["SignOut", "EndConfirmation"];

/// What `send.py` tells.
#[derive(Debug, Deserialize)]
struct Outcome {
    sent: u32,
    /// How often each status came.
    statuses: std::collections::BTreeMap<String, u32>,
    /// How often each operation was done.
    reached: std::collections::BTreeMap<String, u32>,
    findings: Vec<Value>,
    found: usize,
}

/// What the paths name, and what they never do.
struct Names {
    known: Value,
    spared: Value,
}

impl Names {
    async fn of(console: &Console, spared: &[UserId]) -> Self {
        let mut known = json!({
            "environment": ["local", "elsewhere"],
            "container": [WEB, "web-1", &WEB[..12], "job-1", "2", "no-such-container"],
            "session": ["0".repeat(64), "0"],
        });
        // More than one, since the administrator removes them.
        for _ in 0..4 {
            let Things { user, team, role, grant, token, job } = Things::make(console).await;
            for (name, id) in [
                ("user", user.0),
                ("team", team.0),
                ("role", role.0),
                ("grant", grant.0),
                ("token", token.0),
                ("job", job.0),
            ] {
                let none = json!(["0", "-1", "9223372036854775808"]);
                let of = known.as_object_mut().unwrap().entry(name).or_insert(none);
                of.as_array_mut().unwrap().push(json!(id.to_string()));
            }
        }
        let grants = act(&console.admin().await, ListGrants {}, Empty {}).await.unwrap();
        let of_spared = |subject: &Subject| matches!(subject, Subject::User(user) if spared.contains(user));
        let grants: Vec<GrantId> =
            grants.into_iter().filter_map(|grant| of_spared(&grant.subject).then_some(grant.id)).collect();
        let spared = json!({
            "user": spared.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "grant": grants.iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        Self { known, spared }
    }
}

fn send(who: &str, client: &Client, names: &Names, seed: u64) -> Outcome {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("bad_input");
    let python = python::with(&folder.join("requirements.txt"));
    let mut headers = json!({
        "origin": client.origin(), "x-longshore": "1", "sec-fetch-site": "same-origin",
    });
    let cookies = client.cookie_header();
    if !cookies.is_empty() {
        headers["cookie"] = Value::from(cookies);
    }
    let task = json!({
        "url": client.origin(), "requests": REQUESTS, "seed": seed, "headers": headers,
        "known": names.known, "spared": names.spared, "left_out": LEFT_OUT,
    });
    let said = run(&python, &folder.join("send.py"), &task);
    serde_json::from_slice(&said).unwrap_or_else(|error| panic!("as {who}: {error}"))
}

fn run(python: &Path, program: &Path, task: &Value) -> Vec<u8> {
    let mut child = Command::new(python)
        .args(["-B", "-I"])
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the Python that was just made");
    child.stdin.take().expect("piped").write_all(task.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {why}", program.display());
    output.stdout
}

/// Calls that change something, and the terminals that a viewer may not open.
fn mutations(fake: &FakeEngine, since: usize) -> Vec<String> {
    fake.calls()[since..]
        .iter()
        .filter(|call| !matches!(&*call.head.method, "GET" | "HEAD"))
        .map(|call| call.name())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_bad_requests_break_nothing_and_do_nothing_that_is_not_allowed() {
    let engine = TestEngine::from_env();
    if engine.is_podman() || engine.is_docker20() {
        tell("bad input: the same with every engine, so it is sent in the run with docker28 alone");
        return;
    }
    let begun = Instant::now();
    let fake = FakeEngine::start();
    fake.set_containers(vec![
        row_of("shop", WEB, "web-1"),
        row(JOB, "job-1", "exited", "Exited (0) 2 minutes ago"),
    ]);
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let root = console.admin().await;
    let (viewer, viewer_name) = console.new_user(Role::Viewer).await;
    let (admin, admin_name) = console.new_user(Role::Admin).await;
    let first = act(&root, ReadSession {}, Empty {}).await.unwrap().user;
    let names = Names::of(&console, &[first, viewer, admin]).await;

    // All at once, since the wrong sign-ins among the requests make later ones from here wait.
    let askers = [
        ("nobody", None, console.anonymous()),
        ("a viewer", Some(viewer), console.sign_in(&viewer_name).await.unwrap()),
        ("an admin", Some(admin), console.sign_in(&admin_name).await.unwrap()),
    ];
    let mut sent = Vec::new();
    for (place, (who, id, client)) in askers.into_iter().enumerate() {
        if id.is_some() {
            // The others may have taken longer than the proof of the sign-in holds.
            let proof = Proof::Password(PASSWORD.to_owned());
            client.call(&ConfirmIdentity {}, Empty {}, proof).await.unwrap();
        }
        let before = world(&root, id).await;
        let calls = fake.calls().len();
        let outcome =
            tokio::task::block_in_place(|| send(who, &client, &names, SEED + 1_000_000 * place as u64));
        assert!(outcome.sent >= REQUESTS, "{who} sent {}", outcome.sent);
        assert_eq!(
            outcome.found,
            0,
            "as {who}: {}",
            serde_json::to_string_pretty(&outcome.findings).unwrap()
        );
        for (name, count) in &outcome.reached {
            println!("as {who}: {name} was done {count} times");
        }
        let seen: Vec<_> =
            outcome.statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        sent.push(format!("{} as {who} ({})", outcome.sent, seen.join(", ")));
        if who == "an admin" {
            assert!(mutations(&fake, calls).len() >= 20, "what an administrator asks for is done");
            assert_ne!(world(&root, id).await, before);
        } else {
            assert_eq!(mutations(&fake, calls), Vec::<String>::new(), "as {who} the engine was asked for it");
            assert_eq!(world(&root, id).await, before, "as {who}");
        }
        if id.is_some() {
            act(&client, ReadSession {}, Empty {}).await.expect("the session was the same to the end");
        }
    }

    assert_eq!(console.anonymous().get("/readyz").await.status, 200);
    console.wait_connected().await;
    assert_eq!(act(&root, VerifyAudit {}, Empty {}).await.unwrap().faults, [], "the audit is right");
    assert!(!act(&root, ListUsers {}, Empty {}).await.unwrap().is_empty());
    let log = console.printed();
    for word in ["panic", "request failed", "ERROR"] {
        assert!(!log.contains(word), "{word} in the console's log:\n{log}");
    }
    tell(&format!("bad input: {}, nothing found, in {} s", sent.join("; "), begun.elapsed().as_secs()));
}

/// A line that is shown though the test passes.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
