//! The pages that the binary holds: kept by browsers as long as they may be, compressed, and nothing else
//! of the file system.

use longshore_tests::{Client, Console, ConsoleOptions, FakeEngine};

/// A console and a browser, or nothing in a build without pages, which says so.
pub(crate) async fn with_pages() -> Option<(FakeEngine, Console, Client)> {
    let fake = FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let client = console.anonymous();
    if holds_pages(&client).await { Some((fake, console, client)) } else { None }
}

/// Whether the console holds pages; says so where it does not.
pub(crate) async fn holds_pages(client: &Client) -> bool {
    let reply = client.get("/").await;
    if reply.status == 404 && reply.text().contains("holds no pages") {
        println!("skipped: this build of the console holds no pages; `cargo xtask test` tests one that does");
        return false;
    }
    true
}

/// The addresses that the page names, whole.
pub(crate) fn links(page: &str) -> Vec<String> {
    let found = ["src=\"", "href=\""].iter().flat_map(|attribute| page.split(attribute).skip(1));
    found
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| !link.starts_with("data:"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_are_kept_for_good_and_the_page_is_not() {
    let Some((_fake, _console, client)) = with_pages().await else { return };
    for path in [
        "/",
        "/environments/local/containers/web/logs",
        "/sign-in",
        "/account",
        "/commands",
        "/policy",
        "/teams",
    ] {
        let page = client.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.header("content-type").starts_with("text/html"), "{path}");
        assert_eq!(page.header("cache-control"), "no-cache", "{path}");
        assert!(!page.text().contains("{{"), "the base is filled in: {}", page.text());
    }
    let links = links(&client.get("/environments/local/containers").await.text());
    assert!(links.len() > 2, "{links:?}");
    for link in links {
        assert!(link.starts_with("/assets/"), "{link} works from every depth");
        let reply = client.get(&link).await;
        assert_eq!(reply.status, 200, "{link}");
        assert!(reply.header("cache-control").contains("immutable"), "{link}");
        assert!(!reply.header("content-type").starts_with("text/html"), "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_compresses_is_sent_compressed() {
    let Some((_fake, _console, client)) = with_pages().await else { return };
    let page = client.get("/").await.text();
    let module = links(&page).into_iter().find(|link| link.ends_with(".wasm")).expect("the module");
    let plain = client.get(&module).await;
    assert!(plain.body.starts_with(b"\0asm"), "whoever accepts no coding gets the module itself");
    assert_eq!(plain.header("content-encoding"), "");
    for coding in ["br", "gzip"] {
        let reply = client.request("GET", &module).header("accept-encoding", coding).send().await;
        assert_eq!(reply.header("content-encoding"), coding);
        assert!(
            reply.body.len() * 2 < plain.body.len(),
            "{coding}: {} of {}",
            reply.body.len(),
            plain.body.len()
        );
        assert!(reply.header("vary").to_ascii_lowercase().contains("accept-encoding"));
        assert_eq!(reply.header("content-type"), "application/wasm");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_no_way_out_of_the_pages() {
    let fake = FakeEngine::start();
    let console = Console::start(ConsoleOptions::before(&fake.host())).await;
    let client = console.anonymous();
    for path in [
        "/assets/../../../../etc/passwd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "/assets//etc/passwd",
        "/assets/no-such-thing.js",
        "/assets/index.html",
    ] {
        let reply = client.get(path).await;
        assert!(!reply.text().contains("root:"), "{path}");
        assert!(
            !path.starts_with("/assets/") || reply.status == 404 || reply.status == 400,
            "{path}: {}",
            reply.status
        );
    }
}
