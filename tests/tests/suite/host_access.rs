//! Fields and containers that reach the host, on a real engine: refused with the field and the permission named,
//! and nothing was done; with host access it is done.

use std::time::Duration;

use longshore_tests::{
    Client, Console, ConsoleOptions, TerminalSocket, TestContainer, TestEngine, console::local,
    folder::unique,
};
use shared::{
    Empty, ErrorCode, Permission, Role, Scope,
    access::RoleRef,
    containers::{
        ContainerState, InspectContainer, PauseContainer, RestartContainer, StartContainer, StopOptions,
        UnpauseContainer,
    },
    run::{CreateContainer, CreateOptions, RunSpec, host_needs, parse},
    terminal::{AttachContainer, AttachQuery, OpenTerminal, TerminalOutput, TerminalQuery},
    users::NewGrant,
};

use crate::{
    run_corpus,
    support::{act, list, on, shown},
};

const IDLE: [&str; 4] = ["busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait; done"];

async fn create(client: &Client, spec: &RunSpec) -> Result<String, longshore_tests::client::Refusal> {
    let endpoint = CreateContainer { environment: local() };
    client
        .call(&endpoint, CreateOptions { start: false, ..CreateOptions::default() }, spec.clone())
        .await
        .map(|made| made.id.to_string())
}

fn containers(engine: &TestEngine, name: &str) -> Vec<String> {
    let filter = format!("name=^/?{name}$");
    let listed = engine.docker(&["ps", "-aq", "--no-trunc", "--filter", &filter]);
    listed.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_field_that_reaches_the_host_is_refused_to_each_role_without_and_made_for_who_has_it() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let keeper = console.user(Role::EnvironmentAdmin).await;
    let mut without = Vec::new();
    for role in Role::ALL.into_iter().filter(|role| !role.allows(Permission::HostAccess)) {
        without.push((role, console.user(role).await));
    }
    let lines = run_corpus::lines();
    let mut specs: Vec<RunSpec> = lines.iter().map(run_corpus::spec).collect();
    specs.retain(|spec| !host_needs(spec).is_empty());
    assert!(specs.len() > 80, "{}", specs.len());
    let mut made = 0;
    for mut spec in specs {
        let name = format!("matrix-{}", unique());
        spec.general.name = Some(name.clone());
        let first = host_needs(&spec).remove(0).place.to_string();
        for (role, client) in &without {
            let refusal = create(client, &spec).await.unwrap_err();
            assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden), "{role:?} {spec:?}");
            if role.allows(Permission::ContainerCreate) {
                assert_eq!(refusal.error.field.as_deref(), Some(first.as_str()), "{role:?}");
                assert!(refusal.error.message.contains("host access"), "{}", refusal.error);
            }
        }
        assert_eq!(
            containers(&engine, &name),
            Vec::<String>::new(),
            "refused, and made all the same: {spec:?}"
        );
        // What this engine cannot do at all is none of who may.
        match create(&admin, &spec).await {
            Ok(id) => {
                made += 1;
                assert_eq!(containers(&engine, &name), [id.as_str()]);
                engine.docker(&["rm", "-f", "-v", &id]);
            }
            Err(refusal) => assert_ne!(refusal.status, 403, "{refusal:?}"),
        }
    }
    println!("{made} were made with host access");
    assert!(made > 40, "{made}");
    let safe = parse(&format!("docker run --name matrix-{} busybox", unique())).spec;
    let id = create(&keeper, &safe).await.unwrap();
    engine.docker(&["rm", "-f", &id]);
}

fn reaching(engine: &TestEngine) -> Vec<(String, TestContainer)> {
    let options: &[&[&str]] = &[
        &["--volume", "/tmp:/host"],
        &["--mount", "type=bind,source=/tmp,target=/host,readonly"],
        &["--cap-add", "SYS_PTRACE"],
        &["--pid", "host"],
        &["--ipc", "host"],
        &["--uts", "host"],
        &["--network", "host"],
        &["--device", "/dev/null:/dev/other"],
        &["--security-opt", "seccomp=unconfined"],
        &["--group-add", "777"],
    ];
    let untold: &[&[&str]] = &[
        &["--security-opt", "systempaths=unconfined"],
        &["--sysctl", "net.ipv4.ip_unprivileged_port_start=0"],
    ];
    let options = if engine.is_podman() {
        println!("skipped: this engine does not tell of {untold:?}");
        options.to_vec()
    } else {
        [options, untold].concat()
    };
    let make = |option: &&[&str]| (option.join(" "), engine.run("reaching", &[option, &IDLE[..]].concat()));
    options.iter().map(make).collect()
}

async fn terminal_refused(client: &Client, container: &TestContainer, attach: bool) -> String {
    let mut socket = if attach {
        TerminalSocket::open(
            client,
            &on!(AttachContainer, container),
            &AttachQuery { columns: 80, rows: 24, start: false },
        )
        .await
    } else {
        let query = TerminalQuery { command: Some("true".to_owned()), columns: 80, rows: 24, user: None };
        TerminalSocket::open(client, &on!(OpenTerminal, container), &query).await
    };
    match socket.next().await {
        Some(TerminalOutput::Failed { error, .. }) if error.code == ErrorCode::Forbidden => error.message,
        other => format!("not refused: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_reaches_the_host_is_started_and_entered_only_with_host_access() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let operator = console.user(Role::Operator).await;
    let keeper = console.user(Role::EnvironmentAdmin).await;
    for (option, container) in reaching(&engine) {
        shown(&console, &container, ContainerState::Running).await;
        let started = || container.inspect("{{.State.StartedAt}}");
        let before = started();
        for client in [&operator, &keeper] {
            let refused = act(client, on!(RestartContainer, container), StopOptions::default()).await;
            let refused = refused.unwrap_err();
            assert_eq!(refused.kind(), (403, ErrorCode::Forbidden), "{option}");
            assert!(refused.error.message.contains("host_access"), "{option}: {}", refused.error);
        }
        assert_eq!(started(), before, "{option}: refused, and restarted all the same");
        for attach in [false, true] {
            let said = terminal_refused(&keeper, &container, attach).await;
            assert!(said.contains("host_access"), "{option}: {said}");
        }
        // Stopping takes nothing from anybody but the container.
        act(&operator, on!(PauseContainer, container), Empty {}).await.unwrap();
        shown(&console, &container, ContainerState::Paused).await;
        let refused = act(&operator, on!(UnpauseContainer, container), Empty {}).await.unwrap_err();
        assert_eq!(refused.status, 403, "{option}");
        assert_eq!(container.state(), "paused");
        engine.docker(&["unpause", &container.id]);
        engine.docker(&["kill", &container.id]);
        shown(&console, &container, ContainerState::Exited).await;
        let refused = act(&keeper, on!(StartContainer, container), Empty {}).await.unwrap_err();
        assert_eq!(refused.status, 403, "{option}");
        let query = AttachQuery { columns: 80, rows: 24, start: true };
        let mut socket = TerminalSocket::open(&keeper, &on!(AttachContainer, container), &query).await;
        let said = socket.next().await;
        assert!(
            matches!(&said, Some(TerminalOutput::Failed { error, .. }) if error.message.contains("host_access")),
            "{option}: {said:?}"
        );
        assert_eq!(container.state(), "exited");
        act(&admin, on!(StartContainer, container), Empty {}).await.unwrap();
        assert_eq!(container.state(), "running", "{option}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deployer_makes_they_may_start_again() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let deployer = console.user(Role::Deployer).await;
    let volume = format!("own-{}", unique());
    let lines = [
        format!("docker run -p 18080:80 -v {volume}:/data -m 64m --init --read-only busybox true"),
        "docker run --tmpfs /tmp:size=1m --cap-drop ALL --security-opt no-new-privileges busybox true"
            .to_owned(),
        "docker run --network none busybox true".to_owned(),
    ];
    for line in lines {
        let id = create(&deployer, &parse(&line).spec).await.unwrap();
        let start = StartContainer { environment: local(), container: id.parse().unwrap() };
        let outcome = act(&deployer, start, Empty {}).await;
        engine.docker(&["rm", "-f", "-v", &id]);
        outcome.unwrap_or_else(|refusal| panic!("{line}: {refusal:?}"));
    }
    let _unused = engine.try_docker(&["volume", "rm", &volume]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_that_stands_for_a_place_of_the_host_is_one() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let deployer = console.user(Role::Deployer).await;
    let keeper = console.user(Role::EnvironmentAdmin).await;
    let volume = format!("place-{}", unique());
    let options = ["--opt", "type=none", "--opt", "o=bind", "--opt", "device=/tmp"];
    engine.docker(&[&["volume", "create"][..], &options, &[&volume]].concat());
    let name = format!("place-{}", unique());
    for line in [
        format!("docker run --name {name} -v {volume}:/data busybox"),
        format!("docker run --name {name} --mount type=volume,source={volume},target=/data busybox"),
    ] {
        let refusal = create(&deployer, &parse(&line).spec).await.unwrap_err();
        assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden));
        assert!(refusal.error.field.is_some_and(|field| field.starts_with("storage.")), "{line}");
        assert_eq!(containers(&engine, &name), Vec::<String>::new());
    }
    let mount = format!("{volume}:/data");
    let container = engine.run("place", &[&["-v", &mount][..], &IDLE[..]].concat());
    shown(&console, &container, ContainerState::Running).await;
    let said = terminal_refused(&keeper, &container, false).await;
    assert!(said.contains("host_access"), "{said}");
    drop(container);
    engine.docker(&["volume", "rm", &volume]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consoles_own_container_and_its_volume_are_for_administrators() {
    let engine = TestEngine::from_env();
    let volume = format!("own-{}", unique());
    let mount = format!("{volume}:/data");
    let own = engine.run("own", &[&["-v", &mount][..], &IDLE[..]].concat());
    let other = engine.run("other", &[&["-v", &mount][..], &IDLE[..]].concat());
    let options = ConsoleOptions::before(engine.host()).arg("--own-container").arg(&own.id);
    let console = Console::connected(options).await;
    let admin = console.admin().await;
    shown(&console, &own, ContainerState::Running).await;
    shown(&console, &other, ContainerState::Running).await;
    let id = own.container_id();
    let scope = Scope::Container { environment: local(), container: id.clone() };
    let role = RoleRef::Builtin(Role::EnvironmentAdmin);
    let granted = console.user_with("granted", vec![NewGrant { role, scope }]).await;
    let everywhere = console.user(Role::EnvironmentAdmin).await;
    for client in [&everywhere, &granted] {
        for reference in [own.name.as_str(), &own.id, &own.id[..12]] {
            let inspect = InspectContainer { environment: local(), container: reference.parse().unwrap() };
            assert_eq!(act(client, inspect, Empty {}).await.unwrap_err().status, 404, "{reference}");
            let stop = RestartContainer { environment: local(), container: reference.parse().unwrap() };
            assert_eq!(act(client, stop, StopOptions::default()).await.unwrap_err().status, 404);
        }
        assert!(list(client).await.containers.iter().all(|row| row.id != id));
    }
    assert!(list(&admin).await.containers.iter().any(|row| row.id == id));
    act(&admin, on!(InspectContainer, own), Empty {}).await.unwrap();

    let name = format!("thief-{}", unique());
    let spec = parse(&format!("docker run --name {name} -v {volume}:/loot busybox")).spec;
    let refusal = create(&everywhere, &spec).await.unwrap_err();
    assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden));
    assert_eq!(refusal.error.field.as_deref(), Some("storage.volumes[0]"));
    assert_eq!(containers(&engine, &name), Vec::<String>::new());
    let said = terminal_refused(&everywhere, &other, false).await;
    assert!(said.contains("host_access"), "what mounts it too: {said}");
    let made = create(&admin, &spec).await.unwrap();
    engine.docker(&["rm", "-f", &made]);
    drop((own, other));
    tokio::time::timeout(Duration::from_secs(20), async {
        while !engine.try_docker(&["volume", "rm", &volume]).status.success() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}
