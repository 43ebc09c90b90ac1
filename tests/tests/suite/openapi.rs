//! The OpenAPI document: every declared endpoint is in it, and it changes only on purpose.

use longshore_tests::{Console, ConsoleOptions, FakeEngine, snapshot};
use serde_json::Value;
use shared::{Endpoint, endpoint::Operation};

macro_rules! declared {
    ($($endpoint:ty),* $(,)?) => {
        fn declared() -> Vec<(&'static str, &'static str, &'static str)> {
            vec![$((<$endpoint>::NAME, <$endpoint>::METHOD.as_str(), <$endpoint>::PATH)),*]
        }
    };
}

shared::for_each_endpoint!(declared);

/// What is meant by `$ref`, anywhere in it.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("$ref").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(references)).collect()
        }
        Value::Array(list) => list.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_has_every_endpoint_and_is_as_checked_in() {
    let fake = FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let reply = console.anonymous().get("/api/v1/openapi.json").await;
    assert_eq!(reply.status, 200);
    let mut document: Value = reply.json();
    for (name, method, path) in declared() {
        let operation = &document["paths"][path][method.to_ascii_lowercase()];
        assert_eq!(operation["operationId"], name, "{method} {path}");
        assert!(operation["responses"].as_object().is_some_and(|responses| !responses.is_empty()), "{name}");
    }
    for reference in references(&document) {
        let named = document.pointer(reference.trim_start_matches('#'));
        assert!(named.is_some(), "{reference} is used and not there");
    }
    // The version is another thing's business.
    document["info"]["version"] = Value::from("0");
    snapshot::check("openapi.json", &(serde_json::to_string_pretty(&document).unwrap() + "\n"));
}
