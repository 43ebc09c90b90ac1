//! Reading changes nothing: every GET there is, as the one who may do everything.

use longshore_tests::{Client, client::path_and_query};
use shared::{
    Endpoint, Method,
    audit::{AuditQuery, ListAudit},
};

use crate::{
    everybody::{Everybody, query},
    support::act,
    world::world,
};

/// Asks for it as a link does, too: without what only the console's own page sends.
async fn read<E: Endpoint>(everybody: &Everybody) -> Option<&'static str> {
    if E::METHOD != Method::Get {
        return None;
    }
    let endpoint: E = everybody.operation();
    let query: E::Query = serde_json::from_value(query(E::NAME)).unwrap();
    let path = path_and_query(&endpoint, &query);
    let cookies = everybody.admin.cookie_header();
    let page = everybody.admin.request("GET", &path);
    for request in [
        page.clone(),
        page.clone().bare().header("cookie", &cookies),
        page.header("x-http-method-override", "DELETE"),
    ] {
        let reply = request.send().await;
        assert!(reply.status.is_success(), "{}: {} {}", E::NAME, reply.status, reply.text());
    }
    Some(E::NAME)
}

macro_rules! read_each {
    ($($endpoint:ty),* $(,)?) => {
        async fn read_all(everybody: &Everybody) -> Vec<&'static str> {
            let mut names = Vec::new();
            $(names.extend(read::<$endpoint>(everybody).await);)*
            names
        }
    };
}
shared::for_each_endpoint!(read_each);

/// Actions of the audit's rows, the newest first.
async fn actions(admin: &Client) -> Vec<String> {
    let page = act(admin, ListAudit {}, AuditQuery::default()).await.unwrap();
    page.rows.into_iter().map(|row| format!("{} {}", row.id, row.action)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn line_12_no_get_changes_the_engine_or_the_console() {
    let everybody = Everybody::assemble().await;
    let before = (world(&everybody.admin, None).await, actions(&everybody.admin).await);
    let calls = everybody.fake.calls().len();
    let names = read_all(&everybody).await;
    assert!(names.len() >= 25 && names.contains(&"InspectContainer"), "{names:?}");
    let asked =
        everybody.fake.calls()[calls..].iter().map(|call| call.head.method.clone()).collect::<Vec<_>>();
    assert!(asked.iter().all(|method| method == "GET" || method == "HEAD"), "{asked:?}");
    assert!(!asked.is_empty(), "some of them ask the engine");
    assert_eq!(world(&everybody.admin, None).await, before.0);
    // What leaves the console as a file is told in the audit, which is all that it changes.
    let mut rows = actions(&everybody.admin).await;
    rows.retain(|row| !row.ends_with(" ExportAudit"));
    let before: Vec<_> = before.1.into_iter().take(rows.len()).collect();
    assert_eq!(rows, before);
}
