//! What a person sees and may do who was granted part of an environment: the same in the list, live, in the
//! counts, and by name, id and the beginning of an id.

use std::time::Duration;

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine, LiveSocket, TestEngine,
    console::local,
    fake_engine::{JOB, WEB, row, row_of},
    folder::unique,
    sockets::Arrival,
};
use shared::{
    ContainerId, Empty, ErrorCode, Role, Scope,
    containers::{InspectContainer, ListContainers, StopContainer, StopOptions},
    environments::ReadEnvironment,
    live::{Event, ServerFrame, Topic},
    logs::LogQuery,
    users::{GiveGrant, Giving, Grant, NewGrant, Subject, TakeGrant, UpdateUser, UserChange},
};

use crate::support::{Watcher, act, list, shell};

/// The id of `hidden-1`, of the stack `blog`. It begins as `web-1`'s does.
const HIDDEN: &str = "1111444444444444444444444444444444444444444444444444444444444444";

fn stack(name: &str) -> Scope {
    Scope::Stack { environment: local(), stack: name.to_owned() }
}

fn grant(role: Role, scope: Scope) -> Vec<NewGrant> {
    vec![NewGrant { role: role.into(), scope }]
}

/// An engine with `web-1` of the stack `shop`, `hidden-1` of `blog`, and `job-1` of none.
async fn three() -> (FakeEngine, Console) {
    let fake = FakeEngine::start();
    fake.set_containers(vec![
        row_of("shop", WEB, "web-1"),
        row_of("blog", HIDDEN, "hidden-1"),
        row(JOB, "job-1", "exited", "Exited (0) 2 minutes ago"),
    ]);
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    (fake, console)
}

async fn names(client: &Client) -> Vec<String> {
    let mut names: Vec<_> = list(client).await.containers.into_iter().map(|row| row.name).collect();
    names.sort();
    names
}

async fn stop(client: &Client, container: &str) -> (u16, Option<ErrorCode>) {
    let stop = StopContainer { environment: local(), container: container.parse().unwrap() };
    match act(client, stop, StopOptions::default()).await {
        Ok(()) => (200, None),
        Err(refusal) => (refusal.status, Some(refusal.error.code)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sees_only_what_is_granted() {
    let (_fake, console) = three().await;
    let one = Scope::Container { environment: local(), container: JOB.parse().unwrap() };
    let both = [grant(Role::Viewer, stack("shop")), grant(Role::Operator, one.clone())].concat();
    let cases = [
        (grant(Role::Viewer, Scope::Everything), vec!["hidden-1", "job-1", "web-1"]),
        (
            grant(Role::Viewer, Scope::Environment { environment: local() }),
            vec!["hidden-1", "job-1", "web-1"],
        ),
        (grant(Role::Viewer, stack("shop")), vec!["web-1"]),
        (grant(Role::Viewer, one), vec!["job-1"]),
        (both, vec!["job-1", "web-1"]),
        (grant(Role::Admin, stack("elsewhere")), vec![]),
    ];
    for (grants, expected) in cases {
        let client = console.user_with("scoped", grants.clone()).await;
        assert_eq!(names(&client).await, expected, "{grants:?}");
        let read = act(&client, ReadEnvironment { environment: local() }, Empty {}).await.unwrap();
        assert_eq!(read.counts.total as usize, expected.len(), "{grants:?}");
    }
    let nobody = console.user_with("ungranted", Vec::new()).await;
    let refusal = act(&nobody, ListContainers { environment: local() }, Empty {}).await.unwrap_err();
    assert_eq!(refusal.kind(), (404, ErrorCode::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_is_not_found_by_name_id_or_beginning() {
    let (fake, console) = three().await;
    let client = console.user_with("scoped", grant(Role::Operator, stack("shop"))).await;
    let before = fake.calls().len();
    for hidden in ["hidden-1", HIDDEN, "11114", &HIDDEN[..12], "job-1", JOB, "2222"] {
        assert_eq!(stop(&client, hidden).await, (404, Some(ErrorCode::NotFound)), "{hidden}");
        let inspect = InspectContainer { environment: local(), container: hidden.parse().unwrap() };
        let refusal = act(&client, inspect, Empty {}).await.unwrap_err();
        assert_eq!(refusal.kind(), (404, ErrorCode::NotFound), "{hidden}");
        assert!(!refusal.error.message.contains("hidden-1"), "{refusal}");
    }
    assert_eq!(fake.calls().len(), before, "the engine was not asked");
    // `1111` begins two ids, of which the person knows one; for whoever sees both it is ambiguous.
    assert_eq!(stop(&client, "1111").await, (200, None));
    let admin = console.admin().await;
    assert_eq!(stop(&admin, "1111").await.0, 404);
    let read = act(&client, ReadEnvironment { environment: local() }, Empty {}).await.unwrap();
    let facts = read.engine.expect("what the engine is");
    assert!(!facts.version.is_empty() && facts.images.is_none() && facts.data_folder.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_and_figures_tell_nothing_of_what_is_hidden() {
    let (fake, console) = three().await;
    let client = console.user_with("scoped", grant(Role::Operator, stack("shop"))).await;
    let mut watcher = Watcher::of(&client).await;
    let other = "5".repeat(64);
    let ids = [HIDDEN.parse::<ContainerId>().unwrap(), JOB.parse().unwrap(), WEB.parse().unwrap()];
    watcher.socket.subscribe(2, Topic::Stats { environment: local(), containers: ids.to_vec() }).await;
    // A hidden one comes, a hidden one goes, then one of theirs comes: the first thing that is told.
    fake.set_containers(vec![
        row_of("shop", WEB, "web-1"),
        row(JOB, "job-1", "exited", "Exited (0) 2 minutes ago"),
        row_of("blog", &other, "hidden-2"),
    ]);
    fake.emit("create", &other, "hidden-2");
    fake.emit("destroy", HIDDEN, "hidden-1");
    let admin = console.admin().await;
    longshore_tests::eventually("the hub knows", async || {
        (names(&admin).await == ["hidden-2", "job-1", "web-1"]).then_some(())
    })
    .await;
    let theirs = "6".repeat(64);
    fake.set_containers(vec![row_of("shop", WEB, "web-1"), row_of("shop", &theirs, "web-2")]);
    fake.emit("create", &theirs, "web-2");
    fake.emit("destroy", JOB, "job-1");
    let told = watcher
        .socket
        .event(1, "the new one of theirs", |event| match event {
            Event::Containers { changed, removed, .. } => Some((changed, removed)),
            _ => None,
        })
        .await;
    let (changed, removed) = told;
    assert_eq!(changed.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["web-2"]);
    assert!(removed.is_empty(), "{removed:?}");
    let stats = fake.asked().into_iter().filter(|call| call.ends_with("/stats")).collect::<Vec<_>>();
    assert!(stats.iter().all(|call| call.contains(WEB)), "{stats:?}");
}

async fn give(admin: &Client, subject: Subject, role: Role, scope: Scope) -> Grant {
    admin.call(&GiveGrant {}, Empty {}, Giving { subject, role: role.into(), scope }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_is_given_and_taken_shows_in_an_open_page() {
    let (_fake, console) = three().await;
    let admin = console.admin().await;
    let (user, name) = console.new_user_with("live", grant(Role::Viewer, stack("shop"))).await;
    let client = console.sign_in(&name).await.unwrap();
    let mut watcher = Watcher::of(&client).await;
    watcher.socket.subscribe(2, Topic::Session).await;
    watcher.socket.subscribe(3, Topic::Environment { environment: local() }).await;

    let given = give(&admin, Subject::User(user), Role::Operator, stack("blog")).await;
    let (mut may, mut counted) = (false, false);
    watcher
        .socket
        .until("the page knows what it may, and counts more", |arrival| {
            match arrival {
                Arrival::Frame(ServerFrame::Event { id: 2, event: Event::Session { session } }) => {
                    may = session.may(shared::Permission::ContainerOperate, stack("blog").target());
                }
                Arrival::Frame(ServerFrame::Event { id: 3, event: Event::Environment { environment } }) => {
                    counted = environment.counts.total == 2;
                }
                _ => {}
            }
            (may && counted).then_some(())
        })
        .await;
    assert_eq!(names(&client).await, ["hidden-1", "web-1"]);

    let cursor = list(&client).await.cursor;
    watcher.socket.subscribe(4, Topic::Containers { environment: local(), cursor }).await;
    let hidden: ContainerId = HIDDEN.parse().unwrap();
    let query = LogQuery::default();
    watcher
        .socket
        .subscribe(5, Topic::Logs { environment: local(), container: hidden, query, after: None })
        .await;
    let taken = std::time::Instant::now();
    act(&admin, TakeGrant { grant: given.id }, Empty {}).await.unwrap();
    let (mut reset, mut ended) = (false, None);
    watcher
        .socket
        .until("the list begins again and the log ends", |arrival| {
            match arrival {
                Arrival::Frame(ServerFrame::Event { id: 4, event: Event::Reset }) => reset = true,
                Arrival::Frame(ServerFrame::Ended { id: 5, error }) => ended = Some(error.code),
                _ => {}
            }
            (reset && ended.is_some()).then_some(())
        })
        .await;
    assert_eq!(ended, Some(ErrorCode::NotFound), "it is not even there any more");
    assert!(taken.elapsed() < Duration::from_secs(1), "{:?}", taken.elapsed());
    assert_eq!(names(&client).await, ["web-1"]);
    assert_eq!(stop(&client, "hidden-1").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_ends_with_the_grant_the_team_or_the_user_behind_it() {
    use shared::users::{AddMember, CreateTeam, NewMember, RemoveMember, RemoveUser, TeamNaming};
    let (_fake, console) = three().await;
    let admin = console.admin().await;
    let second = Duration::from_secs(1);

    let (user, name) = console.new_user_with("by-grant", Vec::new()).await;
    let client = console.sign_in(&name).await.unwrap();
    let given = give(&admin, Subject::User(user), Role::EnvironmentAdmin, stack("shop")).await;
    let mut terminal = shell(&client).await;
    let _unrelated = give(&admin, Subject::User(user), Role::Viewer, stack("blog")).await;
    terminal.type_bytes(b"still here").await;
    terminal.until("still here").await;
    act(&admin, TakeGrant { grant: given.id }, Empty {}).await.unwrap();
    terminal.closed_within(second).await;

    let (user, name) = console.new_user_with("by-team", Vec::new()).await;
    let client = console.sign_in(&name).await.unwrap();
    let team = admin.call(&CreateTeam {}, Empty {}, TeamNaming { name: unique() }).await.unwrap().id;
    give(&admin, Subject::Team(team), Role::EnvironmentAdmin, stack("shop")).await;
    admin.call(&AddMember { team }, Empty {}, NewMember { user }).await.unwrap();
    let mut terminal = shell(&client).await;
    act(&admin, RemoveMember { team, user }, Empty {}).await.unwrap();
    terminal.closed_within(second).await;

    for remove in [false, true] {
        let grants = grant(Role::EnvironmentAdmin, stack("shop"));
        let (user, name) = console.new_user_with("by-user", grants).await;
        let client = console.sign_in(&name).await.unwrap();
        let mut terminal = shell(&client).await;
        let mut live = LiveSocket::open(&client).await;
        if remove {
            act(&admin, RemoveUser { user }, Empty {}).await.unwrap();
        } else {
            let change = UserChange { disabled: Some(true), ..UserChange::default() };
            admin.call(&UpdateUser { user }, Empty {}, change).await.map(drop).unwrap();
        }
        terminal.closed_within(second).await;
        live.closed_within(second).await;
        let refusal = console.sign_in(&name).await.unwrap_err();
        let stranger = console.sign_in("nobody-of-this-name").await.unwrap_err();
        assert_eq!((refusal.kind(), &refusal.error.message), (stranger.kind(), &stranger.error.message));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_docker_made_is_its_peoples() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let project = format!("shop{}", unique().replace('-', ""));
    let label = format!("com.docker.compose.project={project}");
    let idle = ["busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait; done"];
    let mine = engine.run("mine", &[&["--label", label.as_str()][..], &idle].concat());
    let forged_label = format!("{}=1", shared::access::CREATED_LABEL);
    let forged =
        engine.run("forged", &[&["--label", label.as_str(), "--label", &forged_label][..], &idle].concat());
    let other = engine.idle("other");
    let client = console.user_with("scoped", grant(Role::Operator, stack(&project))).await;
    longshore_tests::eventually("their container is listed", async || {
        (names(&client).await == [mine.name.clone()]).then_some(())
    })
    .await;
    let admin = console.admin().await;
    longshore_tests::eventually("the others are there", async || {
        let all = names(&admin).await;
        (all.contains(&forged.name) && all.contains(&other.name)).then_some(())
    })
    .await;
    assert_eq!(
        names(&client).await,
        std::slice::from_ref(&mine.name),
        "what the console made is of no stack by its label"
    );
    for hidden in [&other, &forged] {
        assert_eq!(stop(&client, &hidden.name).await.0, 404);
        assert_eq!(stop(&client, &hidden.id[..12]).await.0, 404);
        assert_eq!(hidden.state(), "running");
    }
    assert_eq!(stop(&client, &mine.name).await.0, 200);
    assert_eq!(mine.state(), "exited");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_breaks_off_with_the_grant_behind_it() {
    use http_body_util::BodyExt;
    use shared::endpoint::Operation;
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    // More than lies between the console and a client that does not read.
    let line = "x".repeat(1000);
    let script = format!("yes {line} | head -n 40000");
    let container = engine.run("long", &["busybox", "sh", "-c", &script]);
    crate::support::shown(&console, &container, shared::containers::ContainerState::Exited).await;
    let (user, name) = console.new_user_with("reader", Vec::new()).await;
    let one = Scope::Container { environment: local(), container: container.container_id() };
    let given = give(&admin, Subject::User(user), Role::Operator, one).await;
    let client = console.sign_in(&name).await.unwrap();
    let download = shared::logs::DownloadLogs { environment: local(), container: container.reference() };
    let mut body = client.request("GET", &download.path()).stream().await.into_body();
    body.frame().await.expect("it begins").expect("a piece");
    act(&admin, TakeGrant { grant: given.id }, Empty {}).await.unwrap();
    let mut broken = false;
    while let Some(piece) = body.frame().await {
        broken |= piece.is_err();
        if broken {
            break;
        }
    }
    assert!(broken, "the whole log came");
}
