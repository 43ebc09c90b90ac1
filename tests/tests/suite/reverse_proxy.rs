//! Behind a real nginx, at a sub-path: pages, cookies, sockets, and whose address is believed.

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

/// An nginx of this test alone, on loopback, as the documents say to set one up.
struct Nginx {
    child: Child,
    _folder: Folder,
}

impl Nginx {
    async fn start(listen: &str, upstream: &str) -> Self {
        let folder = Folder::new();
        let prefix = folder.path().display();
        let config = format!(
            "daemon off; pid {prefix}/nginx.pid; error_log {prefix}/error.log; events {{}}\n\
             http {{ access_log off; client_body_temp_path {prefix}/a; proxy_temp_path {prefix}/b;\n\
             fastcgi_temp_path {prefix}/c; uwsgi_temp_path {prefix}/d; scgi_temp_path {prefix}/e;\n\
             map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}\n\
             server {{ listen {listen};\n\
             location /tools/dock/ {{\n\
               proxy_pass {upstream}; proxy_http_version 1.1; proxy_buffering off;\n\
               proxy_set_header Host $http_host;\n\
               proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n\
               proxy_set_header X-Forwarded-Proto $scheme;\n\
               proxy_set_header Upgrade $http_upgrade;\n\
               proxy_set_header Connection $connection_upgrade;\n\
             }} }} }}\n"
        );
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        let child = Command::new("nginx")
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(folder.join("nginx.conf"))
            .arg("-e")
            .arg(folder.join("error.log"))
            .stdout(Stdio::null())
            .spawn()
            .expect("nginx is installed: Debian's nginx-light");
        eventually("nginx listens", async || tokio::net::TcpStream::connect(listen).await.ok()).await;
        Self { child, _folder: folder }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // An orderly end, so that its workers end with it.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

async fn behind_nginx(args: &[&str]) -> (Console, Nginx, Client) {
    let engine = TestEngine::from_env();
    let listen = free_address();
    let public = format!("http://{listen}/tools/dock");
    let mut options = ConsoleOptions::before(engine.host()).arg("--public-url").arg(&public);
    options.listen = free_address();
    for arg in args {
        options = options.arg(*arg);
    }
    let console = Console::start(options).await;
    assert_eq!(console.url, public, "it prints the public address");
    let nginx = Nginx::start(&listen, &console.direct_url()).await;
    console.wait_connected().await;
    let client = console.admin().await;
    (console, nginx, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_under_a_sub_path() {
    let (console, _nginx, admin) = behind_nginx(&["--trusted-proxy", "127.0.0.1"]).await;
    act(&admin, ReadSession {}, Empty {}).await.unwrap();
    let container = running(&console, "subpath").await;
    let mut watcher = Watcher::of(&admin).await;
    TestEngine::from_env().docker(&["pause", &container.id]);
    watcher.state(&container.container_id(), ContainerState::Paused).await;
    TestEngine::from_env().docker(&["unpause", &container.id]);
    watcher.state(&container.container_id(), ContainerState::Running).await;
    let query =
        TerminalQuery { command: Some("echo through nginx".to_owned()), columns: 80, rows: 24, user: None };
    let mut terminal = TerminalSocket::open(&admin, &on!(OpenTerminal, container), &query).await;
    terminal.until("through nginx").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_their_assets_are_found_under_the_sub_path() {
    let (_console, _nginx, admin) = behind_nginx(&[]).await;
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
                link.strip_prefix("/tools/dock").unwrap_or_else(|| panic!("{link} leaves the sub-path"));
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
    let (console, _nginx, admin) = behind_nginx(&["--trusted-proxy", "127.0.0.1"]).await;
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
    let (console, _nginx, admin) = behind_nginx(&[]).await;
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
