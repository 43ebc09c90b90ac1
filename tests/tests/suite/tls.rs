//! TLS, which is the default: a certificate of its own at the first start, kept for the next.

use longshore_tests::{Client, Console, ConsoleOptions, FakeEngine, LiveSocket};
use shared::{Empty, session::ReadSession};

use crate::support::act;

async fn console() -> (FakeEngine, Console) {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host()).tls()).await;
    (fake, console)
}

/// The certificate that the console shows, as bytes.
async fn certificate(console: &Console) -> Vec<u8> {
    let address = console.url.strip_prefix("https://").expect("TLS is the default");
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let stream = longshore_tests::tls::connect(stream).await;
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_console_works_over_its_own_certificate() {
    let (_fake, console) = console().await;
    assert!(console.url.starts_with("https://127.0.0.1:"), "{}", console.url);
    let admin = console.admin().await;
    act(&admin, ReadSession {}, Empty {}).await.unwrap();
    assert!(admin.cookie_header().starts_with("__Host-"), "{}", admin.cookie_header());
    let mut socket = LiveSocket::open(&admin).await;
    socket.send(&shared::live::ClientFrame::Ping).await;
    socket.next().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_is_kept() {
    let (_fake, mut console) = console().await;
    let first = certificate(&console).await;
    console.restart().await;
    assert_eq!(certificate(&console).await, first);
    for entry in walk(console.data().path()) {
        let text = String::from_utf8_lossy(&std::fs::read(&entry).unwrap()).into_owned();
        if text.contains("PRIVATE KEY") {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&entry).unwrap().permissions());
            assert_eq!(mode & 0o077, 0, "{}", entry.display());
        }
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map_while(Result::ok) {
        if entry.path().is_dir() { files.extend(walk(&entry.path())) } else { files.push(entry.path()) }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_on_the_tls_port_gives_nothing_away() {
    let (_fake, console) = console().await;
    console.admin().await;
    let plain = Client::new(&console.url.replace("https", "http"));
    if let Ok(response) = plain.request("GET", "/api/v1/setup").try_stream().await {
        assert!(!response.status().is_success(), "{}", response.status());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn own_files_are_used_and_taken_up_when_they_change() {
    let fake = FakeEngine::start();
    // Two certificates from two consoles that signed their own.
    let (_fake_a, a) = console().await;
    let (_fake_b, b) = console().await;
    let pair = |console: &Console| {
        let find = |what: &str| {
            walk(console.data().path())
                .into_iter()
                .find(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains(what))
                .unwrap_or_else(|| panic!("no file with {what}"))
        };
        (std::fs::read(find("BEGIN CERTIFICATE")).unwrap(), std::fs::read(find("PRIVATE KEY")).unwrap())
    };
    let options = ConsoleOptions::before(&fake.host()).tls();
    let (certificate_file, key_file) = (options.data.join("own.pem"), options.data.join("own-key.pem"));
    let write = |(certificate, key): (Vec<u8>, Vec<u8>)| {
        std::fs::write(&certificate_file, certificate).unwrap();
        std::fs::write(&key_file, key).unwrap();
    };
    write(pair(&a));
    let options = options
        .arg("--tls-cert")
        .arg(certificate_file.to_str().unwrap())
        .arg("--tls-key")
        .arg(key_file.to_str().unwrap());
    let console = Console::start(options).await;
    let (shown_a, shown_b) = (certificate(&a).await, certificate(&b).await);
    assert_eq!(certificate(&console).await, shown_a);
    write(pair(&b));
    longshore_tests::eventually_within(
        std::time::Duration::from_secs(90),
        "the new certificate is shown",
        async || (certificate(&console).await == shown_b).then_some(()),
    )
    .await;
}
