//! The pasted line against Docker's own command line: for each line of the corpus both make a container, and
//! the engine says the same of the two.

use std::{collections::BTreeSet, process::Output, sync::Arc};

use longshore_tests::{Client, Console, TestEngine, client::Refusal, console::local};
use serde_json::Value;
use shared::{
    ContainerRef, Empty,
    access::CREATED_LABEL,
    run::{
        CreateContainer, CreateOptions, CreatedContainer, NoteKind, ReadRunSpec, RunSpec, flags,
        line as print, parse,
    },
};
use tokio::{sync::Semaphore, task::JoinSet};

/// The lines themselves.
pub(crate) const CORPUS: &str = include_str!("run_corpus.txt");

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Same,
    /// Both refuse it.
    Refused,
    /// Part of it is left out, and named.
    Part,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) command: &'static str,
    kind: Kind,
}

pub(crate) fn lines() -> Vec<Line> {
    let lines = CORPUS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let kind = |line: &'static str| match line.split_once(' ') {
        Some(("!", command)) => (Kind::Refused, command),
        Some(("?", command)) => (Kind::Part, command),
        _ => (Kind::Same, line),
    };
    lines.map(kind).map(|(kind, command)| Line { command, kind }).collect()
}

/// What the console makes of a line. Of what it cannot take over, only what has no effect is allowed.
pub(crate) fn spec(line: &Line) -> RunSpec {
    let parsed = parse(line.command);
    for note in &parsed.notes {
        let harmless = matches!(note.kind, NoteKind::NoEffect | NoteKind::YourFile);
        let named = line.kind == Kind::Part && note.kind == NoteKind::LeftOut;
        assert!(harmless || named, "{}: {note:?}", line.command);
    }
    parsed.spec
}

/// Runs the line in a shell as `docker create`, which takes all but four of the flags of `docker run`.
const AS_CREATE: &str = r#"
docker() {
    local args=()
    [ "$1" = container ] && shift
    shift
    while [ $# -gt 0 ]; do
        case "$1" in
            -d|--detach|--detach=true|--sig-proxy=*) ;;
            --detach-keys) shift ;;
            -dit|-itd) args+=(-it) ;;
            *) args+=("$1") ;;
        esac
        shift
    done
    command docker create "${args[@]}"
}
"#;

fn by_command_line(engine: &TestEngine, line: &Line) -> Output {
    let mut shell = std::process::Command::new("bash");
    shell.env("DOCKER_HOST", engine.host()).env_remove("DOCKER_CONTEXT").stdin(std::process::Stdio::null());
    shell.args(["-c", &format!("{AS_CREATE}\n{}", line.command)]).output().expect("bash is there")
}

async fn by_console(client: &Client, spec: &RunSpec) -> Result<CreatedContainer, Refusal> {
    let endpoint = CreateContainer { environment: local() };
    client.call(&endpoint, CreateOptions { start: false, ..CreateOptions::default() }, spec.clone()).await
}

/// What the engine says of a container, without what differs between any two.
async fn said(engine: &TestEngine, id: &str, spec: &RunSpec) -> Value {
    let document: Value = Client::unix(engine.socket()).get(&format!("/containers/{id}/json")).await.json();
    let name = document["Name"].as_str().unwrap().to_owned();
    let mut text = document.to_string().replace(id, "ID").replace(&id[..12], "ID");
    if spec.general.name.is_none() {
        text = text.replace(name.trim_start_matches('/'), "NAME");
    }
    for mount in document["Mounts"].as_array().into_iter().flatten() {
        if let Some(anonymous) = mount["Name"].as_str().filter(|name| name.len() == 64) {
            text = text.replace(anonymous, "ANONYMOUS");
        }
    }
    let mut document: Value = serde_json::from_str(&text).unwrap();
    for gone in
        ["Created", "GraphDriver", "Storage", "State", "HostnamePath", "LogPath", "ImageManifestDescriptor"]
    {
        document.as_object_mut().unwrap().remove(gone);
    }
    // The console marks what it makes.
    if let Some(labels) = document["Config"]["Labels"].as_object_mut() {
        labels.remove(CREATED_LABEL);
    }
    // `docker create` attaches what `docker run -d` does not.
    if spec.general.detach {
        for gone in ["AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce"] {
            document["Config"].as_object_mut().unwrap().remove(gone);
        }
    }
    // Docker's command line lifts Podman's limit of processes without being told to.
    if engine.is_podman() {
        if spec.resources.pids_limit.is_none() {
            document["HostConfig"].as_object_mut().unwrap().remove("PidsLimit");
        }
        // It has chosen the free ports already.
        if spec.network.publish_all || spec.network.ports.iter().any(|port| port.host.is_none()) {
            document["HostConfig"].as_object_mut().unwrap().remove("PortBindings");
            document["NetworkSettings"].as_object_mut().unwrap().remove("Ports");
        }
        if let Some(annotations) = document["HostConfig"]["Annotations"].as_object_mut() {
            annotations.retain(|name, _| !name.starts_with("io.podman.annotations."));
        }
    }
    // The file is the command line's own.
    document["HostConfig"].as_object_mut().unwrap().remove("ContainerIDFile");
    for option in document["HostConfig"]["SecurityOpt"].as_array_mut().into_iter().flatten() {
        *option = Value::from(plain(option.as_str().unwrap()));
    }
    for list in ["Binds", "SecurityOpt", "CapAdd", "CapDrop", "Ulimits"] {
        sort(&mut document["HostConfig"][list]);
    }
    sort(&mut document["Config"]["Env"]);
    if let Some(mounts) = document["Mounts"].as_array_mut() {
        for mount in &mut *mounts {
            // Where the engine keeps it.
            if mount["Type"] == "image" {
                mount["Source"] = Value::from("kept");
            }
        }
        mounts.sort_by_key(|mount| mount["Destination"].to_string());
    }
    prune(&mut document);
    document
}

/// A security option in the one spelling that the console has: `no-new-privileges`, `NAME=VALUE`.
fn plain(option: &str) -> String {
    let (name, value) = option.split_at(option.find(['=', ':']).unwrap_or(option.len()));
    match (name, value.get(1..).unwrap_or_default()) {
        ("no-new-privileges", "true") | (_, "") => name.to_owned(),
        (name, value) => format!("{name}={value}"),
    }
}

fn sort(list: &mut Value) {
    if let Some(list) = list.as_array_mut() {
        list.sort_by_key(Value::to_string);
    }
}

/// Takes out what is empty: an absent list and an empty one are the same, but for the masked paths.
fn prune(value: &mut Value) {
    let empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(prune);
            map.retain(|name, value| {
                matches!(name.as_str(), "MaskedPaths" | "ReadonlyPaths") || !empty(value)
            });
        }
        Value::Array(list) => list.iter_mut().for_each(prune),
        _ => {}
    }
}

/// Where two documents differ, as `path: left | right`.
fn differences(path: &str, left: &Value, right: &Value, found: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            for name in left.keys().chain(right.keys()).collect::<BTreeSet<_>>() {
                let side = |map: &serde_json::Map<String, Value>| map.get(name).cloned().unwrap_or_default();
                differences(&format!("{path}.{name}"), &side(left), &side(right), found);
            }
        }
        _ if left == right => {}
        _ => found.push(format!("{path}: docker {left} | console {right}")),
    }
}

async fn remove(engine: &TestEngine, id: &str) {
    let path = format!("/containers/{id}?force=1&v=1");
    let response = Client::unix(engine.socket()).request("DELETE", &path).bare().send().await;
    assert!(response.status.is_success(), "{}", response.text());
}

/// What came of a line.
enum Outcome {
    Same,
    BothRefuse(String),
    Wrong(String),
}

async fn compare(engine: &TestEngine, client: &Client, line: &Line) -> Outcome {
    let spec = spec(line);
    let shell = tokio::task::spawn_blocking({
        let (engine, line) = (engine.clone(), line.clone());
        move || by_command_line(&engine, &line)
    });
    let output = shell.await.unwrap();
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let docker = if output.status.success() {
        let id = printed.lines().last().unwrap_or_default().to_owned();
        let document = said(engine, &id, &spec).await;
        remove(engine, &id).await;
        Ok(document)
    } else {
        Err(words)
    };
    let console = match by_console(client, &spec).await {
        Ok(created) => {
            let document = said(engine, created.id.as_str(), &spec).await;
            remove(engine, created.id.as_str()).await;
            Ok(document)
        }
        Err(refusal) => Err(refusal),
    };
    match (docker, console) {
        (Ok(docker), Ok(console)) => {
            let mut found = Vec::new();
            differences("", &docker, &console, &mut found);
            if found.is_empty() { Outcome::Same } else { Outcome::Wrong(found.join("\n    ")) }
        }
        // Podman answers much that is wrong as if it had failed itself.
        (Err(words), Err(refusal)) if refusal.status < 500 || refusal.status == 501 || engine.is_podman() => {
            Outcome::BothRefuse(format!("docker: {words} | console: {}", refusal.error.message))
        }
        (Err(words), Err(refusal)) => Outcome::Wrong(format!("docker: {words} | console: {refusal:?}")),
        (Ok(_), Err(refusal)) => Outcome::Wrong(format!("only the console refuses: {:?}", refusal.error)),
        (Err(words), Ok(_)) => Outcome::Wrong(format!("only docker refuses: {words}")),
    }
}

/// Whether the two tell an engine of another kind different things, with a reason.
fn told_otherwise(engine: &TestEngine, command: &str) -> bool {
    let words: &[&str] = if engine.is_docker20() {
        // The command line leaves the folder of a volume out without a word, and can give neither several
        // networks nor a hardware address, as the console can.
        &["volume-subpath", "mac-address", "corpus-net2"]
    } else if engine.is_podman() {
        // The console goes by the version of Docker's API that Podman says, and by Docker's own limits.
        &["volume-subpath", "type=image", "gw-priority", "--name x ", "-m 1m "]
    } else {
        &[]
    };
    words.iter().any(|word| command.contains(word))
}

/// What the lines name is there once, for one test at a time.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// What the lines name.
fn prepare(engine: &TestEngine) {
    tidy(engine);
    for (name, four, six) in
        [("corpus-net", "10.77.0.0/16", "fd77::/64"), ("corpus-net2", "10.78.0.0/16", "fd78::/64")]
    {
        engine.docker(&["network", "create", "--ipv6", "--subnet", four, "--subnet", six, name]);
    }
    engine.docker(&["volume", "create", "corpus-volume"]);
    engine.docker(&["create", "--name", "corpus-other", "-v", "/shared", "busybox"]);
}

fn tidy(engine: &TestEngine) {
    for args in [
        &["rm", "--force", "--volumes", "corpus-other"][..],
        &["network", "rm", "corpus-net", "corpus-net2"],
        &["volume", "rm", "corpus-volume", "corpus-made", "corpus-opts", "corpus-driven", "corpus-pg"],
    ] {
        let _ = engine.try_docker(args);
    }
    // Folders that an engine makes where a line mounts them, and the file of the command line.
    for folder in ["/tmp/corpus-missing", "/tmp/corpus blank"] {
        let _ = std::fs::remove_dir(folder);
    }
    let _ = std::fs::remove_file("/tmp/corpus-cid");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_makes_the_same_container_as_the_command_line() {
    let engine = TestEngine::from_env();
    let _turn = TURN.lock().await;
    prepare(&engine);
    let console = Arc::new(Console::of(&engine).await);
    let client = console.admin().await;
    let places = Arc::new(Semaphore::new(6));
    let mut running = JoinSet::new();
    for line in lines() {
        let (engine, client, places) = (engine.clone(), client.clone(), Arc::clone(&places));
        running.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            let outcome = compare(&engine, &client, &line).await;
            (line, outcome)
        });
    }
    let another = engine.is_docker20() || engine.is_podman();
    let (mut same, mut wrong) = (0, Vec::new());
    while let Some(done) = running.join_next().await {
        let (line, outcome) = done.unwrap();
        match outcome {
            Outcome::Same if line.kind == Kind::Same || engine.is_podman() => same += 1,
            Outcome::Wrong(_) if line.kind == Kind::Part => {}
            Outcome::Same => wrong.push(format!("{}\n    nothing differs", line.command)),
            Outcome::BothRefuse(words) if line.kind == Kind::Refused || another => {
                println!("{}\n    {words}", line.command);
            }
            Outcome::Wrong(words) if told_otherwise(&engine, line.command) => {
                println!("{}\n    {words}", line.command);
            }
            Outcome::BothRefuse(words) | Outcome::Wrong(words) => {
                wrong.push(format!("{}\n    {words}", line.command));
            }
        }
    }
    tidy(&engine);
    wrong.sort();
    assert!(wrong.is_empty(), "{} lines differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(same >= 150, "{same} lines were compared");
}

/// A container of the line, read back and made again: how the two differ; false where the engine is too old to
/// make the first.
async fn again(engine: &TestEngine, client: &Client, line: &Line) -> Result<bool, String> {
    let mut spec = spec(line);
    spec.general.name = None;
    let made = match by_console(client, &spec).await {
        Ok(made) => made,
        Err(refusal) if refusal.status == 501 => return Ok(false),
        Err(refusal) => return Err(format!("made: {refusal:?}")),
    };
    let first = said(engine, made.id.as_str(), &spec).await;
    let endpoint = ReadRunSpec { environment: local(), container: ContainerRef::from(&made.id) };
    let read = client.call(&endpoint, Empty {}, ()).await;
    remove(engine, made.id.as_str()).await;
    let existing = read.map_err(|refusal| format!("read: {refusal:?}"))?;
    let words = print(&existing.spec);
    let made = by_console(client, &existing.spec).await;
    let made = made.map_err(|refusal| format!("made again: {refusal:?}\n    {words}"))?;
    let second = said(engine, made.id.as_str(), &spec).await;
    remove(engine, made.id.as_str()).await;
    let mut found = Vec::new();
    differences("", &first, &second, &mut found);
    found.extend(existing.unsaid.iter().map(|unsaid| format!("not said: {unsaid:?}")));
    // The same network by two names, which Docker 20.10 tells apart.
    found.retain(|difference| {
        let mode = difference.strip_prefix(".HostConfig.NetworkMode: ").filter(|_| engine.is_docker20());
        !mode.is_some_and(|mode| {
            matches!(
                mode,
                r#"docker "bridge" | console "default""# | r#"docker "default" | console "bridge""#
            )
        })
    });
    if found.is_empty() { Ok(true) } else { Err(format!("{}\n    {words}", found.join("\n    "))) }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_back_makes_the_same_container_again() {
    let engine = TestEngine::from_env();
    if engine.is_podman() {
        // It is refused there, see `run_again`.
        return;
    }
    let _turn = TURN.lock().await;
    prepare(&engine);
    let console = Arc::new(Console::of(&engine).await);
    let client = console.admin().await;
    let places = Arc::new(Semaphore::new(6));
    let mut running = JoinSet::new();
    for line in lines().into_iter().filter(|line| line.kind != Kind::Refused) {
        let (engine, client, places) = (engine.clone(), client.clone(), Arc::clone(&places));
        running.spawn(async move {
            let _place = places.acquire_owned().await.unwrap();
            let outcome = again(&engine, &client, &line).await;
            (line, outcome)
        });
    }
    let (mut same, mut wrong) = (0, Vec::new());
    while let Some(done) = running.join_next().await {
        match done.unwrap() {
            (_, Ok(compared)) => same += usize::from(compared),
            (line, Err(words)) => wrong.push(format!("{}\n    {words}", line.command)),
        }
    }
    tidy(&engine);
    wrong.sort();
    assert!(wrong.is_empty(), "{} lines differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(same >= 150, "{same} lines were compared");
}

/// The flags that the command line tells of: `-p, --publish list`.
fn told(help: &str) -> Vec<(Option<char>, String)> {
    help.lines()
        .filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().take(2).collect();
            let short = words.first()?.strip_prefix('-').and_then(|word| word.strip_suffix(','));
            let letter = short.filter(|text| text.len() == 1).and_then(|text| text.chars().next());
            let long = if letter.is_some() { words.get(1)? } else { words.first()? };
            let name = long.strip_prefix("--")?;
            (line.starts_with("  ") && !line.starts_with("                "))
                .then(|| (letter, name.to_owned()))
        })
        .collect()
}

#[test]
fn every_flag_of_the_command_line_is_known_and_in_the_corpus() {
    let engine = TestEngine::from_env();
    let mut flags_told = told(&engine.docker(&["run", "--help"]));
    flags_told.extend(told(&engine.docker(&["create", "--help"])));
    assert!(flags_told.len() > 180, "{flags_told:?}");
    for (letter, name) in flags_told {
        let flag = flags::by_long(&name).unwrap_or_else(|| panic!("--{name} is not known"));
        assert_eq!(flag.short, letter, "--{name}");
        let given = |word: &str| word == format!("--{name}") || word.starts_with(&format!("--{name}="));
        let used = CORPUS.split_whitespace().any(given);
        assert!(used || name == "help", "--{name} is in no line of the corpus");
    }
}
