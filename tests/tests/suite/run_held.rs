//! What a form is checked against while somebody types: from memory, and only what the person sees.

use longshore_tests::{
    Client, Console, ConsoleOptions, Proxy, TestEngine, console::local, eventually, folder::unique,
};
use shared::{
    ContainerId, Empty, ErrorCode, Role, Scope,
    run::{Held, HeldPort, ReadHeld},
    users::NewGrant,
};

/// What goes with the test: a container or a volume.
struct Made(TestEngine, &'static [&'static str], String);

impl Drop for Made {
    fn drop(&mut self) {
        let _ = self.0.try_docker(&[self.1, &[self.2.as_str()]].concat());
    }
}

fn create(engine: &TestEngine, args: &[&str]) -> (Made, ContainerId) {
    let printed = engine.docker(&[&["create"][..], args].concat());
    let id = printed.lines().last().unwrap_or_default().to_owned();
    (Made(engine.clone(), &["rm", "--force"], id.clone()), id.parse().unwrap())
}

async fn held(client: &Client) -> Held {
    client.call(&ReadHeld { environment: local() }, Empty {}, ()).await.unwrap()
}

fn of<'a>(held: &'a Held, id: &ContainerId) -> Vec<&'a HeldPort> {
    held.ports.iter().filter(|port| port.container == *id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ports_of_what_does_not_run_are_asked_for_once() {
    let engine = TestEngine::from_env();
    let proxy = Proxy::start(&engine.socket());
    let console = Console::connected(ConsoleOptions::before(&proxy.host())).await;
    let admin = console.admin().await;
    let mut args = vec!["-p", "127.0.0.1:18080:80"];
    if !engine.is_podman() {
        // Podman does not take a range to choose from.
        args.extend(["-p", "18081-18090:81"]);
    }
    args.push("busybox");
    let (made, id) = create(&engine, &args);
    let port =
        eventually("its port is held", async || of(&held(&admin).await, &id).first().copied().cloned()).await;
    assert_eq!((port.port, port.protocol.as_str(), port.address.as_str()), (18080, "tcp", "127.0.0.1"));
    // Another test's container may come or go just then.
    let known = async || Some(held(&admin).await).filter(|held| held.unknown == 0);
    let first = eventually("nothing is unknown", known).await;
    assert_eq!(of(&first, &id).len(), 1);
    let path = format!("/containers/{id}/json");
    let asked = || proxy.count_of(|line| line.contains(&path));
    assert_eq!(asked(), 1);
    for _ in 0..5 {
        held(&admin).await;
    }
    assert_eq!(asked(), 1, "a form that is typed in asks the engine nothing");
    drop(made);
    eventually("it is forgotten", async || of(&held(&admin).await, &id).is_empty().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_asked_for_again_only_when_one_came_or_went() {
    let engine = TestEngine::from_env();
    let proxy = Proxy::start(&engine.socket());
    let console = Console::connected(ConsoleOptions::before(&proxy.host())).await;
    let admin = console.admin().await;
    let name = format!("named-{}", unique());
    let has = async |wanted: bool| {
        eventually("the names are as they are", async || {
            let held = held(&admin).await;
            let both = [held.volumes.unwrap_or_default(), held.networks.unwrap_or_default()];
            both.iter().all(|names| names.contains(&name) == wanted).then_some(())
        })
        .await;
    };
    has(false).await;
    engine.docker(&["volume", "create", &name]);
    let _volume = Made(engine.clone(), &["volume", "rm"], name.clone());
    engine.docker(&["network", "create", &name]);
    let network = Made(engine.clone(), &["network", "rm"], name.clone());
    has(true).await;
    // Another test's volume may come meanwhile; a question alone costs nothing.
    let asked = || proxy.count_of(|line| line.contains("/volumes") || line.contains("/networks"));
    eventually("thirty questions that cost the engine none", async || {
        let before = asked();
        for _ in 0..30 {
            held(&admin).await;
        }
        (asked() == before).then_some(())
    })
    .await;
    engine.docker(&["volume", "rm", &name]);
    drop(network);
    has(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_for_who_sees_the_whole_environment() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let volume = format!("held-{}", unique());
    engine.docker(&["volume", "create", &volume]);
    let _volume = Made(engine.clone(), &["volume", "rm"], volume.clone());
    let stack = format!("stack-{}", unique());
    let label = format!("com.docker.compose.project={stack}");
    let (_hidden, hidden) = create(&engine, &["-p", "18100:80", "busybox"]);
    let (_seen, seen) = create(&engine, &["-p", "18101:80", "-l", &label, "busybox"]);

    let deployer = console.user(Role::Deployer).await;
    eventually("the volume is there", async || {
        let held = held(&deployer).await;
        let named = held.volumes.is_some_and(|names| names.contains(&volume));
        (named && held.networks.is_some_and(|names| names.iter().any(|name| name == "bridge"))).then_some(())
    })
    .await;
    let scope = Scope::Stack { environment: local(), stack };
    let part = console.user_with("part", vec![NewGrant { role: Role::Deployer.into(), scope }]).await;
    eventually("the port of the stack is held", async || {
        (!of(&held(&part).await, &seen).is_empty()).then_some(())
    })
    .await;
    let held = held(&part).await;
    assert_eq!(of(&held, &hidden), Vec::<&HeldPort>::new());
    assert_eq!((held.volumes, held.networks), (None, None));
    let viewer = console.user(Role::Viewer).await;
    let refusal = viewer.call(&ReadHeld { environment: local() }, Empty {}, ()).await.unwrap_err();
    assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden));
}
