//! Where a WebSocket may be opened from: this console's own page and nowhere else.

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine,
    console::PASSWORD,
    fake_engine::WEB,
    sockets::{handshake, open},
};
use serde_json::json;
use shared::{
    Empty, Socket,
    endpoint::Operation,
    live::Live,
    setup::{CompleteSetup, FirstAdmin},
};

fn origins(own: &str) -> Vec<(&'static str, Option<String>, bool)> {
    let host = own.split_once("://").unwrap().1;
    let port = host.rsplit_once(':').unwrap().1;
    vec![
        ("its own", Some(own.to_owned()), true),
        ("absent", None, false),
        ("null", Some("null".to_owned()), false),
        ("empty", Some(String::new()), false),
        ("another site", Some("https://evil.example".to_owned()), false),
        ("a sibling domain", Some(format!("http://sibling.127.0.0.1:{port}")), false),
        ("a domain that begins alike", Some(format!("{own}.evil.example")), false),
        ("another port", Some("http://127.0.0.1:1".to_owned()), false),
        ("no port", Some("http://127.0.0.1".to_owned()), false),
        ("another scheme", Some(format!("https://{host}")), false),
        ("a path behind it", Some(format!("{own}/x")), false),
        ("two of them", Some(format!("{own} https://evil.example")), false),
    ]
}

async fn try_socket<S: Socket>(client: &Client) {
    let socket: S = serde_json::from_value(json!({"environment": "local", "container": WEB})).unwrap();
    let query = || serde_json::from_value::<<S as Operation>::Query>(json!({})).unwrap();
    for (what, origin, allowed) in origins(client.origin()) {
        let mut request = handshake(client, &socket, &query());
        match origin {
            Some(origin) => drop(request.headers_mut().insert("origin", origin.parse().unwrap())),
            None => drop(request.headers_mut().remove("origin")),
        }
        let status = open(client, request).await.err().map_or(101, |status| status.as_u16());
        assert_eq!(status, if allowed { 101 } else { 403 }, "{} from {what}", S::NAME);
    }
}

macro_rules! try_sockets {
    ($($socket:ty),* $(,)?) => {
        async fn every_socket(client: &Client) {
            $(try_socket::<$socket>(client).await;)*
        }
    };
}

shared::for_each_socket!(try_sockets);

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_opens_from_the_consoles_own_page_only() {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    every_socket(&console.admin().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_host_does_not_make_an_origin_right() {
    let fake = FakeEngine::start();
    let public = "http://console.example";
    let mut options = ConsoleOptions::before(&fake.host()).arg("--public-url").arg(public);
    options.listen = longshore_tests::console::free_address();
    let console = Console::start(options).await;
    let client = Client::new(&console.direct_url()).with_origin(public);
    let code = console.setup_code().await;
    let admin = FirstAdmin { code, name: "admin".to_owned(), password: PASSWORD.to_owned() };
    client.call(&CompleteSetup {}, Empty {}, admin).await.unwrap();
    assert!(open(&client, handshake(&client, &Live {}, &Empty {})).await.is_ok(), "its own origin");
    let mut request = handshake(&client, &Live {}, &Empty {});
    request.headers_mut().insert("host", "evil.example".parse().unwrap());
    request.headers_mut().insert("origin", "http://evil.example".parse().unwrap());
    assert_eq!(open(&client, request).await.err().map(|status| status.as_u16()), Some(403));
}
