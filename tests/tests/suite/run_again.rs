//! Another container like one: who may read what it was made of, and what of it they see. That it makes the
//! same container again is in `run_corpus`.

use longshore_tests::{
    Answer, Client, Console, ConsoleOptions, FakeEngine, TestEngine, client::Refusal, console::local,
    eventually, fake_engine::WEB, folder::unique,
};
use shared::{
    ContainerRef, Empty, ErrorCode, Role, Scope,
    environments::ReadEnvironment,
    run::{ExistingSpec, ReadRunSpec, Unsaid, line},
    users::NewGrant,
};

/// A container that goes with the test.
struct Made(TestEngine, String);

impl Made {
    fn new(engine: &TestEngine, args: &[&str]) -> Self {
        let id = engine.docker(&[&["create"][..], args].concat());
        Self(engine.clone(), id.lines().last().unwrap_or_default().to_owned())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        let _ = self.0.try_docker(&["rm", "--force", "--volumes", &self.1]);
    }
}

async fn read(client: &Client, made: &Made) -> Result<ExistingSpec, Refusal> {
    let container: ContainerRef = made.1.parse().unwrap();
    client.call(&ReadRunSpec { environment: local(), container }, Empty {}, ()).await
}

async fn known(console: &Console, made: &Made) -> Client {
    let admin = console.admin().await;
    eventually("the container is in the list", async || match read(&admin, made).await {
        Err(refusal) if refusal.status == 404 => None,
        outcome => Some(outcome.map(drop)),
    })
    .await
    .ok();
    admin
}

#[tokio::test(flavor = "multi_thread")]
async fn podman_does_not_tell_it_and_that_is_said() {
    let engine = TestEngine::from_env();
    if !engine.is_podman() {
        return;
    }
    let console = Console::of(&engine).await;
    let made = Made::new(&engine, &["busybox", "true"]);
    let admin = console.admin().await;
    let refusal = eventually("the container is in the list", async || {
        read(&admin, &made).await.err().filter(|refusal| refusal.status != 404)
    });
    assert_eq!(refusal.await.kind(), (501, ErrorCode::EngineUnable));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_cannot_tell_it_is_not_asked_and_the_page_knows() {
    let fake = FakeEngine::start();
    let version = serde_json::json!({
        "Version": "5.8.6", "ApiVersion": "1.41", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64",
        "Components": [{"Name": "Podman Engine", "Version": "5.8.6", "Details": {}}],
    });
    fake.answer("/version", Answer::Json(200, version));
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let admin = console.admin().await;
    let environment = admin.call(&ReadEnvironment { environment: local() }, Empty {}, ()).await.unwrap();
    assert_eq!(environment.engine.map(|engine| engine.kind.tells_choices()), Some(false));
    let container: ContainerRef = WEB.parse().unwrap();
    let endpoint = ReadRunSpec { environment: local(), container };
    let refusal = admin.call(&endpoint, Empty {}, ()).await.unwrap_err();
    assert_eq!(refusal.kind(), (501, ErrorCode::EngineUnable));
    assert_eq!(fake.asked(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_one_may_not_see_is_not_told_and_its_name_is() {
    let engine = TestEngine::from_env();
    if engine.is_podman() {
        return;
    }
    let console = Console::of(&engine).await;
    let canary = format!("canary-{}", unique());
    let token = format!("TOKEN={canary}");
    let made = Made::new(&engine, &["-e", &token, "-e", "EMPTY=", "--hostname", "box", "busybox", "env"]);
    let admin = known(&console, &made).await;
    let open = read(&admin, &made).await.unwrap();
    assert_eq!(open.hidden, Vec::<String>::new());
    assert_eq!(line(&open.spec), format!("docker run -e {token} -e EMPTY= -h box busybox env"));

    let deployer = console.user(Role::Deployer).await;
    let path = shared::endpoint::Operation::path(&ReadRunSpec {
        environment: local(),
        container: made.1.parse().unwrap(),
    });
    let text = deployer.get(&path).await.text();
    assert!(!text.contains(&canary) && !text.contains("•"), "{text}");
    let masked = read(&deployer, &made).await.unwrap();
    assert_eq!(masked.hidden, ["TOKEN", "EMPTY"]);
    assert_eq!(line(&masked.spec), "docker run -h box busybox env");
    assert!(!console.printed().contains(&canary));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_creates_nothing_reads_nothing_and_what_is_hidden_is_not_there() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let made = Made::new(&engine, &["busybox"]);
    known(&console, &made).await;
    for role in [Role::Viewer, Role::Operator] {
        let refusal = read(&console.user(role).await, &made).await.unwrap_err();
        assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden), "{role:?}");
    }
    let scope = Scope::Stack { environment: local(), stack: format!("stack-{}", unique()) };
    let elsewhere = vec![NewGrant { role: Role::Deployer.into(), scope }];
    let elsewhere = console.user_with("elsewhere", elsewhere).await;
    assert_eq!(read(&elsewhere, &made).await.unwrap_err().kind(), (404, ErrorCode::NotFound));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_has_another_name_by_now_is_told() {
    let engine = TestEngine::from_env();
    if engine.is_podman() {
        return;
    }
    let console = Console::of(&engine).await;
    let tag = format!("again-{}:1", unique());
    engine.docker(&["tag", "busybox", &tag]);
    let made = Made::new(&engine, &[&tag, "true"]);
    let admin = known(&console, &made).await;
    assert_eq!(read(&admin, &made).await.unwrap().unsaid, []);
    engine.docker(&["rmi", "--no-prune", &tag]);
    let existing = read(&admin, &made).await.unwrap();
    assert_eq!(existing.unsaid, [Unsaid::ImageMoved { image: tag }]);
}
