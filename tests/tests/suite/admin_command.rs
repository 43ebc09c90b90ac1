//! `longshore admin`: what the host's administrator does when nobody can get in, beside a console that runs.

use std::process::{Command, Stdio};

use longshore_tests::{
    Console, ConsoleOptions, FakeEngine,
    console::{PASSWORD, binary, sign_in},
    eventually,
};
use shared::{
    Empty, Role,
    audit::{AuditQuery, AuditResult, ListAudit},
    session::{FinishSignIn, ReadSession},
};

use crate::{account::enrol, support::act};

/// Exit code and all that was printed.
pub(crate) fn admin(console: &Console, args: &[&str], typed: &str) -> (Option<i32>, String) {
    use std::io::Write;
    let mut command = Command::new(binary());
    command.arg("admin").args(args).arg("--data").arg(console.data().path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the console's binary");
    child.stdin.take().expect("piped").write_all(typed.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_disabled_enabled_and_made_administrators() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let client = console.sign_in(&name).await.unwrap();

    let (code, said) = admin(&console, &["list-users"], "");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains(&format!("{name}\tactive\tviewer on everything")), "{said}");
    assert!(!said.contains("argon2"), "{said}");

    assert_eq!(admin(&console, &["make-admin", &name], "").0, Some(0));
    eventually("the console that runs knows", async || {
        let session = act(&client, ReadSession {}, Empty {}).await.ok()?;
        (session.role() == Some(Role::Admin)).then_some(())
    })
    .await;
    assert_eq!(admin(&console, &["disable", &name.to_uppercase()], "").0, Some(0));
    eventually("their session has ended", async || act(&client, ReadSession {}, Empty {}).await.err()).await;
    assert_eq!(console.sign_in(&name).await.unwrap_err().status, 401);
    let (code, said) = admin(&console, &["disable", "admin"], "");
    assert_ne!(code, Some(0));
    assert!(said.contains("no administrator"), "{said}");
    assert_eq!(admin(&console, &["enable", &name], "").0, Some(0));
    let client = console.sign_in(&name).await.unwrap();

    let rows = act(&client, ListAudit {}, AuditQuery::default()).await.unwrap().rows;
    let told = |action: &str, result| rows.iter().any(|row| row.action == action && row.result == result);
    assert!(told("MakeAdmin", AuditResult::Done) && told("EnableUser", AuditResult::Done));
    assert!(told("DisableUser", AuditResult::Done) && told("DisableUser", AuditResult::Failed));
    let (code, said) = admin(&console, &["enable", "nobody"], "");
    assert!(code != Some(0) && said.contains("no such user"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_did_appears_on_an_open_page_of_the_audit() {
    use longshore_tests::LiveSocket;
    use shared::live::{Event, Topic};
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let client = console.admin().await;
    let cursor = act(&client, ListAudit {}, AuditQuery::default()).await.unwrap().cursor;
    let mut page = LiveSocket::open(&client).await;
    page.subscribe(1, Topic::Audit { cursor }).await;
    assert_eq!(admin(&console, &["disable", &name], "").0, Some(0));
    let row = page.event(1, "the command's row", |event| match event {
        Event::Audit { rows, .. } => {
            let mut rows = rows.open().unwrap().into_iter();
            rows.find(|row| row.action == "DisableUser" && row.result == AuditResult::Done)
        }
        _ => None,
    });
    assert_eq!(row.await.target, name);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_comes_from_a_file_or_standard_input() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let new = "five quiet tugs by noon";
    assert_eq!(admin(&console, &["reset-password", &name], &format!("{new}\n")).0, Some(0));
    assert_eq!(console.sign_in(&name).await.unwrap_err().status, 401, "the old one");
    sign_in(&console.anonymous(), &name, new).await.unwrap();

    let file = console.data().path().join("password");
    std::fs::write(&file, PASSWORD).unwrap();
    let path = file.to_str().unwrap();
    assert_eq!(admin(&console, &["reset-password", &name, "--password-file", path], "").0, Some(0));
    console.sign_in(&name).await.unwrap();
    let (code, said) = admin(&console, &["reset-password", &name], "short\n");
    assert!(code != Some(0) && said.contains("12 characters"), "{said}");
    let (code, said) = admin(&console, &["reset-password", &name, "--password-file", "/nowhere"], "");
    assert!(code != Some(0) && said.contains("/nowhere"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policy_is_put_back_while_nobody_can_sign_in() {
    use shared::policy::{PolicyChange, ReadPolicy, SecurityPolicy, UpdatePolicy};
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let client = console.admin().await;
    let change = PolicyChange { idle_minutes: Some(5), wait_minutes: Some(60), ..PolicyChange::default() };
    client.call(&UpdatePolicy {}, Empty {}, change).await.unwrap();
    let (code, said) = admin(&console, &["reset-policy"], "");
    assert_eq!(code, Some(0), "{said}");
    eventually("the console that runs knows", async || {
        let reply = act(&client, ReadPolicy {}, Empty {}).await.ok()?;
        (reply.policy == SecurityPolicy::default()).then_some(())
    })
    .await;
    let rows = act(&client, ListAudit {}, AuditQuery::default()).await.unwrap();
    assert!(rows.rows.iter().any(|row| row.action == "ResetPolicy" && row.result == AuditResult::Done));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_factor_is_reset_and_the_key_is_changed_beside_a_running_console() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let client = console.sign_in(&name).await.unwrap();
    let (phone, _) = enrol(&client).await;
    let browser = console.anonymous();
    for (turn, values) in [(0, "1 values"), (1, "1 values")] {
        let (code, said) = admin(&console, &["rotate-key"], "");
        assert!(code == Some(0) && said.contains(values), "{said}");
        // The console that runs opens what was sealed under the new key.
        sign_in(&browser, &name, PASSWORD).await.unwrap_err();
        browser.call(&FinishSignIn {}, Empty {}, phone.code(turn).await).await.unwrap();
    }
    let (code, said) = admin(&console, &["reset-factor", &name], "");
    assert_eq!(code, Some(0), "{said}");
    console.sign_in(&name).await.expect("the password is enough");
    let (code, said) = admin(&console, &["reset-factor", &name], "");
    assert!(code != Some(0) && said.contains("no second factor"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_does_not_start_without_the_key_of_what_is_sealed() {
    let fake = FakeEngine::start();
    let mut console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    enrol(&console.sign_in(&name).await.unwrap()).await;
    console.terminate().await;
    let key = console.data().path().join("secret.key");
    let aside = console.data().path().join("aside");
    let serve = || {
        let mut command = Command::new(binary());
        command.arg("serve").arg("--data").arg(console.data().path()).args(["--listen", "127.0.0.1:0"]);
        let output = command.output().expect("the console's binary");
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(serve().contains("chmod 600"));
    std::fs::rename(&key, &aside).unwrap();
    let said = serve();
    assert!(said.contains("secret.key") && said.contains("is missing"), "{said}");
    assert!(!key.exists(), "no other key is made in its place");

    assert!(said.contains("reset-factor"), "the way out where it is lost: {said}");
    assert_eq!(admin(&console, &["reset-factor", &name], "").0, Some(0));
    console.restart_ended().await;
    console.sign_in(&name).await.unwrap();
}
