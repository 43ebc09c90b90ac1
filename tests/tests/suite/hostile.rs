//! What an engine's strings may hold: markup, quotes, escapes. To the API they are data; that a browser
//! shows them as text is checked in `browser/`.

use longshore_tests::{Console, ConsoleOptions, FakeEngine, TestEngine, fake_engine};
use serde_json::json;
use shared::{
    Empty,
    containers::{ContainerState, InspectContainer},
};

use crate::support::{act, list, on, shown};

const MARKUP: &str = r#"<img src=x onerror=alert(1)>"'`;$(id)&amp;{{x}}"#;

#[tokio::test(flavor = "multi_thread")]
async fn labels_and_variables_pass_through_as_they_are() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let admin = console.admin().await;
    let (label, variable) = (format!("evil={MARKUP}"), format!("EVIL={MARKUP}\u{202e}\u{1b}[31m"));
    let container = engine.create("hostile", &["-l", &label, "-e", &variable, "busybox", "echo", MARKUP]);
    let row = shown(&console, &container, ContainerState::Created).await;
    assert_eq!(row.labels.get("evil").map(String::as_str), Some(MARKUP));
    let inspected = act(&admin, on!(InspectContainer, container), Empty {}).await.unwrap();
    let value = inspected.details.env.iter().find(|found| found.name == "EVIL").unwrap().value.clone();
    assert_eq!(value.as_deref(), variable.strip_prefix("EVIL="));
    assert!(inspected.details.command.iter().any(|word| word == MARKUP), "{:?}", inspected.details.command);
    let reply = admin.send(&on!(InspectContainer, container), &Empty {}, &()).await;
    assert!(reply.header("content-type").starts_with("application/json"));
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_images_that_no_engine_would_make_are_still_only_data() {
    let fake = FakeEngine::start();
    let mut evil = fake_engine::row(fake_engine::WEB, MARKUP, "running", MARKUP);
    evil["Image"] = json!(MARKUP);
    evil["Labels"] =
        json!({(MARKUP): MARKUP, "com.docker.compose.project": "../../etc", "long": "x".repeat(10_000)});
    let mut strange = fake_engine::row(fake_engine::JOB, "strange", "a-state-of-tomorrow", "");
    strange["Ports"] = json!([{"PrivatePort": 80, "Type": "quic"}, {"PrivatePort": 0}]);
    fake.set_containers(vec![evil, strange]);
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    let rows = list(&console.admin().await).await.containers;
    let evil = rows.iter().find(|row| row.id.as_str() == fake_engine::WEB).expect("it is listed");
    assert_eq!((evil.name.as_str(), evil.image.as_str()), (MARKUP, MARKUP));
    assert!(evil.labels.values().all(|value| value.len() <= 256), "kept small");
    assert_eq!(rows.len(), 2, "a state that is not known yet hides nothing: {rows:?}");
}
