//! Behind a real nginx and a real Caddy, set up as the README says, at a sub-path: pages, cookies, sockets, and whose address is believed.

use std::process::{Child, Command, Stdio};

use longshore_tests::{
    Client, Console, ConsoleOptions, LiveSocket, TerminalSocket, TestEngine,
    console::{PASSWORD, free_address, sign_in},
    eventually,
    folder::Folder,
};
use shared::{
    Empty, Role,
    audit::{AuditQuery, ListAudit},
    containers::ContainerState,
    live::{ClientFrame, ServerFrame},
    session::ReadSession,
    terminal::{OpenTerminal, TerminalQuery},
};

use crate::{
    pages::{holds_pages, links},
    support::{Watcher, act, on, running},
};

/// The proxies that the documents tell how to set up, and that can be had here.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Nginx,
    Caddy,
}

impl Kind {
    /// The lines of the README, with this test's addresses in place of the example's.
    fn site(self, listen: &str, upstream: &str) -> String {
        match self {
            Self::Nginx => {
                let location = documented("nginx").replace("http://longshore:9443", upstream);
                format!("server {{ listen {listen};\n{location}\n}}")
            }
            Self::Caddy => documented("Caddy")
                .replace("docker.example.org", &format!("http://{listen}"))
                .replace("longshore:9443", upstream),
        }
    }

    /// Starts it in the foreground, with all that it writes in this folder.
    fn command(self, folder: &Folder, site: &str) -> Command {
        let prefix = folder.path().display();
        match self {
            Self::Nginx => {
                let config = format!(
                    "daemon off; pid {prefix}/nginx.pid; error_log {prefix}/error.log; events {{}}\n\
                     http {{ access_log off; client_body_temp_path {prefix}/a; proxy_temp_path {prefix}/b;\n\
                     fastcgi_temp_path {prefix}/c; uwsgi_temp_path {prefix}/d; scgi_temp_path {prefix}/e;\n\
                     {site}\n}}\n"
                );
                let file = folder.join("nginx.conf");
                std::fs::write(&file, config).unwrap();
                let mut command = Command::new("nginx");
                command
                    .arg("-p")
                    .arg(folder.path())
                    .arg("-c")
                    .arg(file)
                    .arg("-e")
                    .arg(folder.join("error.log"));
                command
            }
            Self::Caddy => {
                let file = folder.join("Caddyfile");
                std::fs::write(&file, format!("{{\n admin off\n}}\n{site}\n")).unwrap();
                let mut command = Command::new("caddy");
                command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
                for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
                    command.env(variable, folder.path());
                }
                command
            }
        }
    }
}

/// The block of the README below that name.
fn documented(name: &str) -> String {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let below = readme.split_once(&format!("**{name}**")).expect("the README tells of it").1;
    let fenced = below.split("```").nth(1).expect("lines to copy");
    fenced.split_once('\n').expect("lines after the language").1.to_owned()
}

/// A proxy of this test alone, on loopback.
struct ReverseProxy {
    child: Child,
    _folder: Folder,
}

impl ReverseProxy {
    async fn start(kind: Kind, listen: &str, upstream: &str) -> Self {
        let folder = Folder::new();
        let mut command = kind.command(&folder, &kind.site(listen, upstream));
        let started = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = started.unwrap_or_else(|error| panic!("{kind:?} is installed: {error}"));
        eventually("the proxy listens", async || tokio::net::TcpStream::connect(listen).await.ok()).await;
        Self { child, _folder: folder }
    }
}

impl Drop for ReverseProxy {
    fn drop(&mut self) {
        // An orderly end, so that its workers end with it.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

async fn behind(kind: Kind, args: &[&str]) -> (Console, ReverseProxy, Client) {
    let engine = TestEngine::from_env();
    let listen = free_address();
    let public = format!("http://{listen}/console");
    let mut options = ConsoleOptions::before(engine.host()).arg("--public-url").arg(&public);
    options.listen = free_address();
    for arg in args {
        options = options.arg(*arg);
    }
    let console = Console::start(options).await;
    assert_eq!(console.url, public, "it prints the public address");
    let proxy = ReverseProxy::start(kind, &listen, &console.direct_url()).await;
    console.wait_connected().await;
    let client = console.admin().await;
    (console, proxy, client)
}

/// The list, a live change, a terminal.
async fn works_under_a_sub_path(kind: Kind) {
    let (console, _proxy, admin) = behind(kind, &["--trusted-proxy", "127.0.0.1"]).await;
    act(&admin, ReadSession {}, Empty {}).await.unwrap();
    let container = running(&console, "subpath").await;
    let mut watcher = Watcher::of(&admin).await;
    TestEngine::from_env().docker(&["pause", &container.id]);
    watcher.state(&container.container_id(), ContainerState::Paused).await;
    TestEngine::from_env().docker(&["unpause", &container.id]);
    watcher.state(&container.container_id(), ContainerState::Running).await;
    let query = TerminalQuery {
        command: Some("echo through the proxy".to_owned()),
        columns: 80,
        rows: 24,
        user: None,
    };
    let mut terminal = TerminalSocket::open(&admin, &on!(OpenTerminal, container), &query).await;
    terminal.until("through the proxy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_under_a_sub_path_of_nginx() {
    works_under_a_sub_path(Kind::Nginx).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_under_a_sub_path_of_caddy() {
    works_under_a_sub_path(Kind::Caddy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_their_assets_are_found_under_the_sub_path() {
    let (_console, _proxy, admin) = behind(Kind::Nginx, &[]).await;
    if !holds_pages(&admin).await {
        return;
    }
    for path in ["/", "/environments/local/containers/web/logs"] {
        let page = admin.get(path).await;
        assert_eq!(page.status, 200, "{path} works when loaded anew");
        let links = links(&page.text());
        assert!(links.len() > 2, "{}", page.text());
        for link in links {
            let inside =
                link.strip_prefix("/console").unwrap_or_else(|| panic!("{link} leaves the sub-path"));
            let reply = admin.get(inside).await;
            assert_eq!(reply.status, 200, "{link}");
            assert!(!reply.header("content-type").starts_with("text/html"), "{link} is a page instead");
        }
    }
}

/// From where the last sign-in of that name came, by the audit.
async fn audited_address(client: &Client, name: &str) -> String {
    let rows = act(client, ListAudit {}, AuditQuery::default()).await.unwrap().rows;
    let found =
        rows.iter().find(|row| row.action == "SignIn" && (row.actor == name || row.target.contains(name)));
    found.unwrap_or_else(|| panic!("no sign-in of {name} in {rows:#?}")).address.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clients_address_comes_from_a_trusted_proxy_only() {
    let (console, _proxy, admin) = behind(Kind::Nginx, &["--trusted-proxy", "127.0.0.1"]).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    let forged = |client: &Client| {
        client
            .request("POST", "/api/v1/session")
            .header("x-forwarded-for", "203.0.113.9")
            .json(&serde_json::json!({"name": name, "password": PASSWORD}))
            .send()
    };
    // nginx appends the real peer behind what the client wrote; both hops are loopback here, and the
    // nearest one that is no trusted proxy is what the client wrote.
    assert_eq!(forged(&console.anonymous()).await.status, 200);
    assert_eq!(audited_address(&admin, &name).await, "203.0.113.9");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_address_is_not_believed() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let (_, name) = console.new_user(Role::Viewer).await;
    for header in ["x-forwarded-for", "x-real-ip", "forwarded"] {
        let reply = console
            .anonymous()
            .request("POST", "/api/v1/session")
            .header(header, "203.0.113.9")
            .json(&serde_json::json!({"name": name, "password": PASSWORD}))
            .send()
            .await;
        assert_eq!(reply.status, 200);
        assert_eq!(audited_address(&console.admin().await, &name).await, "127.0.0.1", "{header}");
    }
    // Nor does it give anybody fresh attempts.
    let mut last = 0;
    for attempt in 0..8 {
        last = console
            .anonymous()
            .request("POST", "/api/v1/session")
            .header("x-forwarded-for", &format!("203.0.113.{attempt}"))
            .json(&serde_json::json!({"name": name, "password": "some wrong password"}))
            .send()
            .await
            .status
            .as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_address_decides_which_origin_is_its_own() {
    let (console, _proxy, admin) = behind(Kind::Nginx, &[]).await;
    let mut socket = LiveSocket::open(&admin).await;
    socket.send(&ClientFrame::Ping).await;
    socket
        .until("a pong", |arrival| {
            (arrival == longshore_tests::sockets::Arrival::Frame(ServerFrame::Pong)).then_some(())
        })
        .await;
    let direct = console.direct_url();
    let refused =
        longshore_tests::sockets::handshake(&admin.moved_to(&direct), &shared::live::Live {}, &Empty {});
    let status = longshore_tests::sockets::open(&admin.moved_to(&direct), refused).await.err();
    assert_eq!(status.map(|status| status.as_u16()), Some(403), "from the address behind the proxy");
    let refusal = sign_in(&Client::new(&direct), "admin", PASSWORD).await.unwrap_err();
    assert_eq!(refusal.status, 403, "{refusal}");
}
