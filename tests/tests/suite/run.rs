//! Making containers: what is refused before the engine is asked, and what the engine refuses.

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine, TestEngine, client::Refusal, console::local, eventually,
    folder::unique,
};
use serde_json::json;
use shared::{
    ContainerRef, Empty, ErrorCode, Permission, Role, Scope,
    audit::{AuditQuery, AuditResult, ListAudit},
    containers::{ListContainers, ReadOwner},
    endpoint::Operation,
    run::{CreateContainer, CreateOptions, CreatedContainer, Field, RunSpec, flags, host_needs, parse},
    users::{AddMember, CreateTeam, NewGrant, NewMember, Subject, TeamNaming},
};

use crate::{
    run_corpus,
    support::{self, act},
};

fn endpoint() -> CreateContainer {
    CreateContainer { environment: local() }
}

async fn create(client: &Client, command: &str, start: bool) -> Result<CreatedContainer, Refusal> {
    let parsed = parse(command);
    assert_eq!(parsed.notes, [], "{command}");
    client.call(&endpoint(), CreateOptions { start, ..CreateOptions::default() }, parsed.spec).await
}

async fn send(client: &Client, body: &str) -> Refusal {
    let request = client.request("POST", &endpoint().path()).json_bytes(body.as_bytes().to_vec());
    request.send().await.refusal()
}

/// Removes what a test made.
struct Made(TestEngine, String);

impl Drop for Made {
    fn drop(&mut self) {
        let _ = self.0.try_docker(&["rm", "--force", "--volumes", &self.1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_made_started_and_audited() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let name = format!("made-{}", unique());
    let secret = format!("canary-{}", unique());
    let command = format!("docker run -d --name {name} -e TOKEN={secret} -l a=b busybox sleep 60");
    let created = create(&admin, &command, true).await.unwrap();
    let _made = Made(engine.clone(), created.id.to_string());
    assert_eq!((created.name.as_str(), created.not_started), (name.as_str(), None));
    // The reply comes when the list has it.
    let row = support::row(&admin, &created.id).await.expect("the new container is in the list");
    assert_eq!(row.state, shared::containers::ContainerState::Running);
    let state =
        engine.docker(&["inspect", "--format", "{{.State.Status}} {{index .Config.Labels \"a\"}}", &name]);
    assert_eq!(state, "running b");
    let audit = admin.call(&ListAudit {}, AuditQuery::default(), ()).await.unwrap().rows;
    let entry = audit.iter().find(|row| row.action == CreateContainer::NAME).expect("an audit row");
    assert_eq!(entry.result, AuditResult::Done);
    let text = format!("{entry:?}");
    assert!(text.contains(&name) && text.contains("busybox"), "{text}");
    assert!(!text.contains(&secret) && !console.printed().contains(&secret), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_create_in_one_stack_creates_there_alone_and_owns_it() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let stack = format!("stack-{}", unique());
    let scope = Scope::Stack { environment: local(), stack: stack.clone() };
    let deployer = console.user_with("deployer", vec![NewGrant { role: Role::Deployer.into(), scope }]).await;
    let label = format!("com.docker.compose.project={stack}");

    for elsewhere in ["docker create busybox", "docker create -l com.docker.compose.project=other busybox"] {
        let refusal = create(&deployer, elsewhere, false).await.unwrap_err();
        assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden), "{elsewhere}");
    }
    let taken = format!("taken-{}", unique());
    let _hidden = Made(engine.clone(), engine.docker(&["create", "--name", &taken, "busybox"]));
    let refusal = create(&deployer, &format!("docker create --name {taken} -l {label} busybox"), false).await;
    let refusal = refusal.unwrap_err();
    assert_eq!((refusal.status, refusal.error.field.as_deref()), (409, Some("general.name")));
    assert!(!refusal.error.message.contains("by container \""), "{}", refusal.error);

    // A label of the person's own takes nothing away.
    let command = format!("docker create -l {label} -l io.longshore.created=no -l a=b busybox sleep 60");
    let created = create(&deployer, &command, false).await.unwrap();
    let _made = Made(engine.clone(), created.id.to_string());
    assert!(support::row(&deployer, &created.id).await.is_some(), "its maker sees it");
    let labels = "{{index .Config.Labels \"io.longshore.created\"}} {{index .Config.Labels \"a\"}}";
    assert_eq!(engine.docker(&["inspect", "--format", labels, created.id.as_str()]), "true b");
    let other = console.user_with("other", Vec::new()).await;
    assert!(other.call(&ListContainers { environment: local() }, Empty {}, ()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_made_up_is_told() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let created = create(&console.admin().await, "docker create busybox", false).await.unwrap();
    let _made = Made(engine.clone(), created.id.to_string());
    let name = engine.docker(&["inspect", "--format", "{{.Name}}", created.id.as_str()]);
    assert_eq!(format!("/{}", created.name), name);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_refuses_names_its_field() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let taken = engine.create("taken", &["busybox"]);
    let name = &taken.name;
    for (command, kind, field) in [
        (format!("docker run --name {name} busybox"), (409, ErrorCode::Conflict), "general.name"),
        ("docker run no-such-image:1".to_owned(), (404, ErrorCode::NotFound), "image"),
    ] {
        let refusal = create(&admin, &command, true).await.unwrap_err();
        assert_eq!(refusal.kind(), kind, "{command}: {}", refusal.error);
        assert_eq!(refusal.error.field.as_deref(), Some(field), "{command}: {}", refusal.error);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_leaves_the_container_and_says_so() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let port = 20_000 + std::process::id() % 10_000;
    let holder = engine.run("holder", &["-p", &format!("{port}:80"), "busybox", "sleep", "60"]);
    assert_eq!(holder.state(), "running");
    let created =
        create(&admin, &format!("docker run -d -p 80 -p {port}:80 busybox sleep 60"), true).await.unwrap();
    let _made = Made(engine.clone(), created.id.to_string());
    let failure = created.not_started.expect("it does not run");
    assert!(failure.message.contains(&created.name), "{}", failure.message);
    if !engine.is_podman() {
        assert_eq!(failure.field.as_deref(), Some("network.ports[1]"), "{}", failure.message);
    }
    let state = engine.docker(&["inspect", "--format", "{{.State.Running}}", created.id.as_str()]);
    assert_eq!(state, "false");
    eventually("the list has it", async || support::row(&admin, &created.id).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_networks_are_joined_on_every_engine() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let names = [format!("one-{}", unique()), format!("two-{}", unique())];
    for name in &names {
        engine.docker(&["network", "create", name]);
    }
    let command = format!(
        "docker run -d --network name={},alias=first --network name={},alias=second busybox sleep 60",
        names[0], names[1]
    );
    let created = create(&console.admin().await, &command, true).await.unwrap();
    let made = Made(engine.clone(), created.id.to_string());
    assert_eq!(created.not_started, None);
    let format = "{{range $name, $net := .NetworkSettings.Networks}}{{$name}}={{$net.Aliases}} {{end}}";
    let joined = engine.docker(&["inspect", "--format", format, created.id.as_str()]);
    for (name, alias) in [(&names[0], "first"), (&names[1], "second")] {
        let found = joined.split('=').any(|part| part.contains(name.as_str())) && joined.contains(alias);
        assert!(found, "{joined}");
    }
    drop(made);
    for name in &names {
        engine.docker(&["network", "rm", name]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_doubled_and_wrong_fields_are_refused_before_the_engine() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    for (body, field) in [
        (r#"{"image":"busybox","Image":"other"}"#, "Image"),
        (r#"{"image":"busybox","image":"other"}"#, "image"),
        (r#"{"image":"busybox","HostConfig":{"Privileged":true}}"#, "HostConfig"),
        (r#"{"image":"busybox","security":{"privileged":false,"privileged":true}}"#, "privileged"),
        (r#"{"image":"busybox","security":{"Privileged":true}}"#, "Privileged"),
        (
            r#"{"image":"busybox","storage":{"volumes":[{"kind":"named","volume":"a","target":"/a","path":"/"}]}}"#,
            "path",
        ),
        (
            r#"{"image":"busybox","storage":{"mounts":[{"target":"/a","target":"/b","kind":{"type":"tmpfs"}}]}}"#,
            "target",
        ),
        (r#"{"command":["x"]}"#, "image"),
        (r#"{"image":"busybox","general":{"auto_remove":true,"restart":"always"}}"#, "general.auto_remove"),
        (r#"{"image":""}"#, "image"),
    ] {
        let refusal = send(&admin, body).await;
        assert_eq!(refusal.kind(), (422, ErrorCode::Invalid), "{body}: {}", refusal.error);
        assert_eq!(refusal.error.field.as_deref(), Some(field), "{body}: {}", refusal.error);
    }
    for body in ["", "[]", "{", r#"{"image":1}"#, r#"{"image":"busybox","security":{"cap_add":["a b"]}}"#] {
        assert_eq!(send(&admin, body).await.kind(), (422, ErrorCode::Invalid), "{body}");
    }
    assert_eq!(fake.asked(), Vec::<String>::new());
}

/// Whoever may create, and holds no host access.
fn creators() -> Vec<Role> {
    let may = |role: &Role| role.allows(Permission::ContainerCreate) && !role.allows(Permission::HostAccess);
    Role::ALL.into_iter().filter(may).collect()
}

/// The corpus has every flag, and so every field that reaches the host.
fn reaching() -> Vec<RunSpec> {
    let specs: Vec<RunSpec> = run_corpus::lines().iter().map(run_corpus::spec).collect();
    let reaching: Vec<RunSpec> = specs.into_iter().filter(|spec| !host_needs(spec).is_empty()).collect();
    let covered: Vec<Field> = reaching.iter().flat_map(host_needs).map(|need| need.place.field).collect();
    for flag in flags::flags().filter(|flag| flag.reach != flags::Reach::Inside) {
        let windows = matches!(flag.field(), Some(Field::Isolation) | None);
        assert!(
            windows || flag.field().is_some_and(|field| covered.contains(&field)),
            "--{} reaches the host in no line of the corpus",
            flag.long
        );
    }
    reaching
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_reach_the_host_need_host_access() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let specs = reaching();
    assert!(specs.len() > 80, "{}", specs.len());
    let creators = creators();
    assert!(creators.contains(&Role::Deployer));
    for role in creators {
        let client = console.user(role).await;
        let before = fake.asked().len();
        for spec in &specs {
            let refusal = client
                .call(&endpoint(), CreateOptions { start: true, ..CreateOptions::default() }, spec.clone())
                .await
                .unwrap_err();
            assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden), "{spec:?}");
            let first = host_needs(spec).remove(0).place.to_string();
            assert_eq!(refusal.error.field.as_deref(), Some(first.as_str()));
            assert!(refusal.error.message.contains("host access"), "{}", refusal.error);
        }
        assert_eq!(fake.asked().len(), before, "refused, but the engine was asked");
        let safe = parse("docker run -d -p 8080:80 -v data:/data --memory 64m busybox").spec;
        client
            .call(&endpoint(), CreateOptions { start: false, ..CreateOptions::default() }, safe)
            .await
            .unwrap();
        assert!(fake.asked()[before..].contains(&"POST /containers/create".to_owned()));
    }
    // Who may not create is refused whatever is sent.
    for role in Role::ALL.into_iter().filter(|role| !role.allows(Permission::ContainerCreate)) {
        let before = fake.asked().len();
        let client = console.user(role).await;
        let body = json!({"image": "busybox"});
        let request = client.request("POST", &endpoint().path()).json(&body);
        assert_eq!(request.send().await.refusal().kind(), (403, ErrorCode::Forbidden));
        assert_eq!(fake.asked().len(), before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_for_a_team_belongs_to_it_and_for_another_nothing_is_made() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let mut teams = Vec::new();
    for _ in 0..2 {
        let naming = TeamNaming { name: unique() };
        teams.push(admin.call(&CreateTeam {}, Empty {}, naming).await.unwrap().id);
    }
    let (own, other) = (teams[0], teams[1]);
    let (maker, name) = console.new_user(Role::Deployer).await;
    let (mate, mate_name) = console.new_user_with("mate", Vec::new()).await;
    for user in [maker, mate] {
        admin.call(&AddMember { team: own }, Empty {}, NewMember { user }).await.unwrap();
    }
    let client = console.sign_in(&name).await.unwrap();
    let make = async |container: &str, team| {
        let spec = parse(&format!("docker run --name {container} busybox sleep 60")).spec;
        client.call(&endpoint(), CreateOptions { team: Some(team), ..CreateOptions::default() }, spec).await
    };
    let refused = format!("refused-{}", unique());
    let refusal = make(&refused, other).await.unwrap_err();
    assert_eq!((refusal.status, refusal.error.field.as_deref()), (422, Some("owner")));
    assert!(!engine.try_docker(&["inspect", &refused]).status.success(), "nothing was made");

    let created = make(&format!("ours-{}", unique()), own).await.unwrap();
    let _made = Made(engine.clone(), created.id.to_string());
    let read = ReadOwner { environment: local(), container: ContainerRef::from(&created.id) };
    let owner = act(&client, read, Empty {}).await.unwrap().owner;
    assert_eq!(owner, Some(Subject::Team(own)));
    // Another of the team, who holds nothing else, has it too.
    let mate = console.sign_in(&mate_name).await.unwrap();
    let seen = support::list(&mate).await.containers;
    assert_eq!(seen.iter().map(|row| &row.id).collect::<Vec<_>>(), [&created.id]);
}
