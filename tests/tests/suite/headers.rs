//! What every reply bears: cookie attributes, the content policy, and what may be kept where.

use longshore_tests::{Client, Console, ConsoleOptions, FakeEngine, console::PASSWORD};
use serde_json::json;

async fn console(tls: bool) -> (FakeEngine, Console) {
    let fake = FakeEngine::start();
    let options = ConsoleOptions::before(&fake.host());
    let console = Console::start(if tls { options.tls() } else { options }).await;
    (fake, console)
}

async fn session_cookie(console: &Console) -> String {
    console.admin().await;
    let reply = console
        .anonymous()
        .request("POST", "/api/v1/session")
        .json(&json!({"name": "admin", "password": PASSWORD}))
        .send()
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 1);
    cookies[0].to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_the_cookie_is_bound_to_this_host() {
    let (_fake, console) = console(true).await;
    let cookie = session_cookie(&console).await;
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    let attributes: Vec<_> = cookie.split(';').skip(1).map(str::trim).collect();
    for wanted in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(attributes.contains(&wanted), "{wanted} in {cookie}");
    }
    assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{cookie}");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_plain_http_it_has_all_that_such_a_cookie_can_have() {
    let (_fake, console) = console(false).await;
    let cookie = session_cookie(&console).await;
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    assert!(!cookie.starts_with("__Host-"), "browsers refuse the prefix without TLS: {cookie}");
}

async fn some_replies(client: &Client) -> Vec<longshore_tests::Response> {
    let mut replies = Vec::new();
    for path in [
        "/",
        "/containers",
        "/no-such-page",
        "/api/v1/setup",
        "/api/v1/session",
        "/api/v1/nothing",
        "/healthz",
        "/readyz",
        "/api/v1/openapi.json",
    ] {
        replies.push(client.get(path).await);
    }
    replies.push(client.request("POST", "/api/v1/session").json(&json!({})).send().await);
    replies.push(client.request("POST", "/api/v1/users").bare().send().await);
    replies
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_is_protected() {
    let (_fake, console) = console(false).await;
    for reply in some_replies(&console.anonymous()).await {
        let policy = reply.header("content-security-policy");
        for wanted in ["default-src 'none'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(wanted), "{}: {wanted} in {policy:?}", reply.name);
        }
        let scripts =
            policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap_or_default();
        assert_eq!(
            scripts.split_whitespace().collect::<Vec<_>>(),
            ["script-src", "'self'", "'wasm-unsafe-eval'"]
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(!policy.contains('*') && !policy.contains("http"), "nothing from elsewhere: {policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{}", reply.name);
        assert_eq!(reply.header("referrer-policy"), "no-referrer", "{}", reply.name);
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{}", reply.name);
        assert_eq!(reply.header("access-control-allow-origin"), "", "{}", reply.name);
        assert_eq!(reply.header("strict-transport-security"), "", "not without TLS");
        assert_eq!(reply.header("server"), "", "{}", reply.name);
        if reply.name.contains("/api/") {
            assert_eq!(reply.header("cache-control"), "no-store", "{}", reply.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_browsers_are_told_to_stay_with_it() {
    let (_fake, console) = console(true).await;
    for reply in some_replies(&console.anonymous()).await {
        assert!(reply.header("strict-transport-security").starts_with("max-age="), "{}", reply.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_site_may_read_a_reply() {
    let (_fake, console) = console(false).await;
    let admin = console.admin().await;
    for method in ["GET", "OPTIONS"] {
        let reply = admin
            .request(method, "/api/v1/environments")
            .header("origin", "https://evil.example")
            .header("access-control-request-method", "POST")
            .send()
            .await;
        for name in [
            "access-control-allow-origin",
            "access-control-allow-credentials",
            "access-control-allow-methods",
        ] {
            assert_eq!(reply.header(name), "", "{method}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_without_a_session_and_nothing_else() {
    let (_fake, console) = console(false).await;
    let client = console.anonymous();
    for path in ["/healthz", "/readyz"] {
        let reply = client.request("GET", path).bare().send().await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.body.len() < 20, "{path}: {}", reply.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_has_one_shape_and_an_id_that_is_in_the_log() {
    let (_fake, console) = console(false).await;
    let client = console.anonymous();
    for (method, path) in [
        ("GET", "/api/v1/session"),
        ("GET", "/api/v1/nothing"),
        ("PUT", "/api/v1/session"),
        ("POST", "/api/v1/users"),
    ] {
        let reply = client.request(method, path).send().await;
        assert!(reply.header("content-type").starts_with("application/json"), "{method} {path}");
        let refusal = reply.refusal();
        assert!(!refusal.error.message.is_empty(), "{method} {path}");
        assert!(!reply.header("x-request-id").is_empty(), "{method} {path}");
        assert_eq!(refusal.error.request_id, reply.header("x-request-id"), "{method} {path}");
    }
}
