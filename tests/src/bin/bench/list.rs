//! The list of a thousand containers: against asking the engine, and against a file of the same bytes.

use std::{
    process::{Child, Command, Stdio},
    time::Instant,
};

use longshore_tests::{Client, console::free_address, eventually, folder::Folder};

use crate::{
    Bench,
    fleet::SIZE,
    line::Line,
    table::{Budget, Table, millis, percentile},
};

pub(crate) const LIST: &str = "/api/v1/environments/local/containers";

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    let console = bench.console().await;
    let client = console.admin().await;
    let mut console_line = Line::open(&client).await;
    let body = console_line.get(LIST).await;
    let listed: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert!(listed["containers"].as_array().is_some_and(|rows| rows.len() >= SIZE), "all are listed");

    let mut engine_line = Line::open(&Client::unix(bench.engine.socket())).await;
    let mut engine =
        times(&mut engine_line, "/containers/json?all=true", if bench.quick { 10 } else { 40 }).await;
    let rounds = if bench.quick { 300 } else { 2000 };
    let mut console = times(&mut console_line, LIST, rounds).await;
    let file_server = FileServer::start(&body).await;
    let mut file_line = Line::open(&file_server.client).await;
    let mut file = times(&mut file_line, "/list.json", rounds).await;

    for part in [0.50, 0.99] {
        let name = format!("p{:.0}", part * 100.0);
        let (ours, theirs, files) =
            (percentile(&mut console, part), percentile(&mut engine, part), percentile(&mut file, part));
        let note = format!("{ours:.2} ms against the engine's {theirs:.1} ms, {} KB", body.len() / 1000);
        table.row(
            &format!("list of {SIZE}, {name}: faster than asking the engine"),
            theirs / ours,
            "×",
            Budget::AtLeast(40.0),
            note,
        );
        let note = format!("{ours:.2} ms against nginx's {files:.2} ms");
        table.row(
            &format!("list of {SIZE}, {name}: time of the same bytes as a file"),
            ours / files,
            "×",
            Budget::AtMost(2.0),
            note,
        );
    }
}

pub(crate) async fn times(line: &mut Line, path: &str, rounds: usize) -> Vec<f64> {
    for _ in 0..rounds.min(20) {
        line.get(path).await;
    }
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let start = Instant::now();
        line.get(path).await;
        times.push(millis(start.elapsed()));
    }
    times
}

/// An nginx that serves one file, kept in memory by the system.
struct FileServer {
    child: Child,
    client: Client,
    _folder: Folder,
}

impl FileServer {
    async fn start(body: &[u8]) -> Self {
        let folder = Folder::new();
        let address = free_address();
        let prefix = folder.path().display();
        std::fs::create_dir_all(folder.join("www")).expect("a folder");
        std::fs::write(folder.join("www/list.json"), body).expect("a file");
        let config = format!(
            "daemon off; user root; pid {prefix}/pid; error_log {prefix}/error.log; events {{}}\n\
             http {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000;\n\
             client_body_temp_path {prefix}/a; proxy_temp_path {prefix}/b; fastcgi_temp_path {prefix}/c;\n\
             uwsgi_temp_path {prefix}/d; scgi_temp_path {prefix}/e;\n\
             server {{ listen {address}; root {prefix}/www; }} }}\n"
        );
        std::fs::write(folder.join("nginx.conf"), config).expect("a file");
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
        eventually("nginx listens", async || tokio::net::TcpStream::connect(&address).await.ok()).await;
        Self { child, client: Client::new(&format!("http://{address}")), _folder: folder }
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}
