//! Nothing secret is written where it can be read: each secret that the console is told, or makes, is looked for
//! in all that it logs, at the most talkative level, in the audit, and in the data folder's files.

use std::{collections::BTreeMap, path::Path, process::Command, sync::Arc};

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine, TerminalSocket,
    console::{local, sign_in},
};
use memchr::memmem;
use shared::{
    Empty, Role, Scope,
    access::PermissionSet,
    account::{ChangePassword, ConfirmIdentity, PasswordChange, Proof, RenewRecoveryCodes},
    audit::{AuditExport, AuditFormat, AuditQuery, ExportAudit, ListAudit},
    containers::{InspectContainer, ListContainers},
    run::{CreateContainer, CreateOptions},
    session::{FinishSignIn, ReadSession, SignOut},
    setup::{CompleteSetup, FirstAdmin},
    terminal::{OpenTerminal, TerminalQuery},
    tokens::{CreateToken, NewToken},
    users::{CreateUser, NewGrant, NewUser},
};

use crate::{
    account::enrol,
    support::{act, tomorrow},
};

/// What must be found nowhere, by what it is.
#[derive(Default)]
struct Canaries(BTreeMap<String, Vec<Vec<u8>>>);

impl Canaries {
    fn text(&mut self, what: &str, value: &str) {
        self.bytes(what, value.as_bytes());
    }

    /// Adds it in each of the forms in which it could have been written.
    fn bytes(&mut self, what: &str, value: &[u8]) {
        let list: Vec<_> = value.iter().map(u8::to_string).collect();
        let escaped = |letters: fn(u8) -> String| value.iter().copied().map(letters).collect::<String>();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
        let percent: String = value
            .iter()
            .map(|byte| if plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02X}") })
            .collect();
        let mut forms = vec![
            value.to_vec(),
            HEXLOWER.encode(value).into_bytes(),
            HEXUPPER.encode(value).into_bytes(),
            list.join(", ").into_bytes(),
            list.join(",").into_bytes(),
            percent.replace("%20", "+").into_bytes(),
            percent.to_lowercase().into_bytes(),
            percent.into_bytes(),
            escaped(|byte| format!("%{byte:02X}")).into_bytes(),
            escaped(|byte| format!("%{byte:02x}")).into_bytes(),
            escaped(|byte| format!("\\x{byte:02x}")).into_bytes(),
        ];
        // As part of something longer it looks different by where it begins.
        for before in 0..3 {
            let whole = [&vec![0; before], value].concat();
            let (first, last) = ((before * 8).div_ceil(6), whole.len() * 8 / 6);
            for text in [BASE64.encode(&whole), BASE64URL_NOPAD.encode(&whole)] {
                forms.push(text.as_bytes()[first..last].to_vec());
            }
        }
        self.0.entry(what.to_owned()).or_default().extend(forms);
    }

    /// What of them is in there.
    fn found_in(&self, there: &[u8]) -> Vec<&str> {
        let holds = |form: &Vec<u8>| memmem::find(there, form).is_some();
        self.0.iter().filter(|(_, forms)| forms.iter().any(holds)).map(|(what, _)| what.as_str()).collect()
    }
}

/// The value of the session's cookie, and the number behind it.
fn cookie(canaries: &mut Canaries, what: &str, client: &Client) {
    let cookies = client.cookie_header();
    let (_, value) = cookies.split_once('=').expect("a cookie");
    canaries.text(what, value);
    canaries.bytes(what, &BASE64URL_NOPAD.decode(value.as_bytes()).expect("letters of base64"));
}

/// All files of a folder, by name.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

#[test]
fn a_canary_is_found_in_whatever_form() {
    let mut canaries = Canaries::default();
    canaries.text("it", "six {tall} cranes");
    for text in [
        "at the end: six {tall} cranes",
        "c2l4IHt0YWxsfSBjcmFuZXM=",
        &BASE64.encode(b"1six {tall} cranes and more"),
        &BASE64.encode(b"12six {tall} cranes and more"),
        "736978207b74616c6c7d206372616e6573",
        "name=six+%7Btall%7D+cranes",
        "name=six%20%7btall%7d%20cranes",
        "[115, 105, 120, 32, 123, 116, 97, 108, 108, 125, 32, 99, 114, 97, 110, 101, 115]",
    ] {
        assert_eq!(canaries.found_in(text.as_bytes()), ["it"], "{text}");
    }
    assert!(canaries.found_in(b"six tall cranes").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn line_30_no_secret_is_in_the_log_the_audit_or_the_data_folder_in_the_open() {
    let fake = FakeEngine::start();
    let mut options = ConsoleOptions::before(&fake.host()).tls();
    options.env.push(("LONGSHORE_LOG".to_owned(), "trace".to_owned()));
    let mut console = Console::start(options).await;
    let mut canaries = Canaries::default();
    let mut secret = |what: &str, value: &str| {
        canaries.text(what, value);
        value.to_owned()
    };
    let first = secret("the first password", "canary: gulls over pier 41");
    let second = secret("the second password", "canary: herons over pier 42");
    let wrong = secret("a wrong password", "canary: terns over pier 43");
    let others = secret("a password made for somebody else", "canary: plovers over pier 44");
    let wrong_code = secret("a wrong setup code", "KXQW-PLMV-BTRN");
    let variable = secret("a container's variable", "canary/variable/45?=&");
    let argument = secret("a variable of a terminal's command", "canary-argument-46");
    let typed = secret("what is typed into a terminal", "canary-typed-47");
    let bearer = secret("a token that is none", "lsh_canary48canary48canary48");
    let basic = secret("what a proxy is told", "canary49:canary49");

    let admin = console.anonymous();
    let code = console.setup_code().await;
    let set_up =
        |code: &str| FirstAdmin { code: code.to_owned(), name: "admin".to_owned(), password: first.clone() };
    admin.call(&CompleteSetup {}, Empty {}, set_up(&wrong_code)).await.unwrap_err();
    admin.call(&CompleteSetup {}, Empty {}, set_up(&code)).await.unwrap();
    cookie(&mut canaries, "the session of the setup", &admin);
    console_is_connected(&admin).await;
    sign_in(&console.anonymous(), "admin", &wrong).await.unwrap_err();
    admin.call(&ConfirmIdentity {}, Empty {}, Proof::Password(wrong.clone())).await.unwrap_err();
    let change = PasswordChange { current: first.clone(), new: second.clone() };
    admin.call(&ChangePassword {}, Empty {}, change).await.unwrap();
    admin.call(&ConfirmIdentity {}, Empty {}, Proof::Password(second.clone())).await.unwrap();
    let grants = vec![NewGrant::everywhere(Role::Viewer)];
    let user = NewUser { name: "other".to_owned(), grants, password: others };
    admin.call(&CreateUser {}, Empty {}, user).await.unwrap();

    let (phone, recovery) = enrol(&admin).await;
    let raw = BASE32_NOPAD.decode(phone.secret().as_bytes()).unwrap();
    canaries.text("the second factor's secret", phone.secret());
    canaries.bytes("the second factor's secret", &raw);
    for code in recovery.iter().chain(&act(&admin, RenewRecoveryCodes {}, Empty {}).await.unwrap().codes) {
        canaries.text("a recovery code", code);
        canaries.text("a recovery code without its blanks", &code.replace(['-', ' '], ""));
    }
    let again = console.anonymous();
    sign_in(&again, "admin", &second).await.unwrap_err();
    again.call(&FinishSignIn {}, Empty {}, phone.code(0).await).await.unwrap();
    cookie(&mut canaries, "the session of a sign-in", &again);
    cookie(&mut canaries, "the session that was given another id", &admin);
    // Over HTTP/2 too, whose library writes a log of its own.
    let cookies = again.cookie_header();
    over_http2(&console, "cookie", &cookies);

    let new = NewToken {
        name: "script".to_owned(),
        expires_at: tomorrow(),
        permissions: PermissionSet::of(&shared::Permission::ALL),
        scope: Scope::Everything,
    };
    let token = again.call(&CreateToken {}, Empty {}, new).await.unwrap().text;
    canaries.text("an API token", &token);
    let script = console.anonymous().with_token(&token);
    act(&script, ListContainers { environment: local() }, Empty {}).await.unwrap();
    over_http2(&console, "authorization", &format!("Bearer {token}"));
    act(&console.anonymous().with_token(&bearer), ReadSession {}, Empty {}).await.unwrap_err();
    let basic = format!("Basic {}", BASE64.encode(basic.as_bytes()));
    again.request("GET", "/api/v1/session").header("authorization", &basic).send().await;

    let spec = shared::run::parse(&format!("docker run --name known -e 'KEY={variable}' busybox")).spec;
    again.call(&CreateContainer { environment: local() }, CreateOptions::default(), spec).await.unwrap();
    let web = InspectContainer { environment: local(), container: "web-1".parse().unwrap() };
    let seen = act(&again, web, Empty {}).await.unwrap();
    assert!(
        serde_json::to_string(&seen).unwrap().contains("hunter2"),
        "the engine told it, and it was shown"
    );
    canaries.text("a variable that the engine told", "hunter2");
    let open = OpenTerminal { environment: local(), container: "web-1".parse().unwrap() };
    let command = Some(format!("env KEY={argument} cat"));
    let query = TerminalQuery { command, columns: 80, rows: 24, user: None };
    let mut terminal = TerminalSocket::open(&again, &open, &query).await;
    terminal.next().await.expect("it starts");
    terminal.type_bytes(typed.as_bytes()).await;
    terminal.until(&typed).await;
    drop(terminal);

    let rows = act(&again, ListAudit {}, AuditQuery::default()).await.unwrap();
    let listed = serde_json::to_string(&rows).unwrap();
    assert!(listed.contains("known from busybox"), "it is the audit of all this");
    assert_eq!(canaries.found_in(listed.as_bytes()), [""; 0], "in the audit");
    for format in [AuditFormat::Csv, AuditFormat::Jsonl] {
        let query = AuditExport { format, ..AuditExport::default() };
        let export = again.send::<ExportAudit>(&ExportAudit {}, &query, &()).await;
        assert!(export.status.is_success() && export.body.len() > 1_000, "{}", export.text());
        assert_eq!(canaries.found_in(&export.body), [""; 0], "in an export");
    }
    // What is in the write-ahead log now is looked at, and what is in the database itself afterwards.
    let data = Arc::clone(console.shared_data());
    let in_files = |canaries: &Canaries| {
        for (name, bytes) in files(data.path()) {
            assert_eq!(canaries.found_in(&bytes), [""; 0], "in {name}");
        }
    };
    in_files(&canaries);
    act(&again, SignOut {}, Empty {}).await.unwrap();
    console.terminate().await;
    in_files(&canaries);

    let log = console.printed();
    for sign in ["TRACE", "known"] {
        assert!(log.contains(sign), "the log tells much: {sign}");
    }
    assert_eq!(canaries.found_in(log.as_bytes()), [""; 0], "in the log");
    // It is printed for whoever started the console, once, and is worth nothing any more.
    let mut printed = Canaries::default();
    printed.text("the setup code", &code);
    assert_eq!(printed.found_in(log.as_bytes()), ["the setup code"]);
    let rest = log.replacen(&format!("Setup code: {code}"), "", 1);
    assert_eq!(printed.found_in(rest.as_bytes()), [""; 0], "in the log, beside where it is told");
    for (name, bytes) in files(data.path()) {
        assert_eq!(printed.found_in(&bytes), [""; 0], "in {name}");
    }
}

async fn console_is_connected(admin: &Client) {
    longshore_tests::eventually("the console is connected to its engine", async || {
        act(admin, ListContainers { environment: local() }, Empty {}).await.ok()
    })
    .await;
}

fn over_http2(console: &Console, header: &str, value: &str) {
    let output = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--insecure",
            "--http2",
            "--write-out",
            "%{http_version} %{http_code}",
        ])
        .args(["--output", "/dev/null", "--header", &format!("{header}: {value}")])
        .arg(format!("{}/api/v1/session", console.url))
        .output()
        .expect("curl");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "2 200", "{output:?}");
}
