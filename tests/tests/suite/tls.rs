//! TLS, which is the default: a certificate of its own at the first start, kept for the next.

use longshore_tests::{Client, Console, ConsoleOptions, FakeEngine, LiveSocket};
use shared::{Empty, session::ReadSession};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

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

/// A page that is left while it fetches gives all of that up at once: what comes next is answered all the same.
#[tokio::test(flavor = "multi_thread")]
async fn many_requests_that_are_given_up_at_once_do_not_end_the_connection() {
    const GIVEN_UP: u32 = 100;
    let (headers, reset, goaway) = (1_u8, 3, 7);
    let (_fake, console) = console().await;
    let address = console.url.strip_prefix("https://").expect("TLS is the default");
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let mut stream = longshore_tests::tls::connect(stream).await;
    // RFC 9113: the preface, empty settings, then frames: length, kind, flags, stream.
    let mut said = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    let mut frame = |kind: u8, flags: u8, number: u32, body: &[u8]| {
        said.extend_from_slice(&u32::try_from(body.len()).unwrap().to_be_bytes()[1..]);
        said.extend_from_slice(&[kind, flags]);
        said.extend_from_slice(&number.to_be_bytes());
        said.extend_from_slice(body);
    };
    // RFC 7541: GET, /, https by their places in the table, and a name.
    let request = b"\x82\x84\x87\x41\x09localhost";
    let ends = 0x1 | 0x4;
    let number = |index: u32| 2 * index + 1;
    for index in 0..GIVEN_UP {
        frame(headers, ends, number(index), request);
        frame(reset, 0, number(index), &8_u32.to_be_bytes());
    }
    frame(headers, ends, number(GIVEN_UP), request);
    stream.write_all(&said).await.unwrap();
    let answered = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        loop {
            let mut head = [0_u8; 9];
            stream.read_exact(&mut head).await.expect("the connection stays");
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut body = vec![0; usize::try_from(length).unwrap()];
            stream.read_exact(&mut body).await.unwrap();
            assert_ne!(head[3], goaway, "{body:?}");
            if (head[3], &head[5..]) == (headers, &number(GIVEN_UP).to_be_bytes()[..]) {
                return;
            }
        }
    });
    answered.await.expect("the last request is answered");
}
