//! How large the binary, the image and what the browser loads are.

use crate::{
    Bench, process,
    table::{Budget, Table},
};

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    let binary = longshore_tests::console::binary();
    let size = std::fs::metadata(&binary).expect("the binary").len();
    table.row("binary", size as f64 / 1e6, "MB", Budget::AtMost(20.0), binary.display().to_string());
    if let Ok(image) = std::env::var("LONGSHORE_IMAGE") {
        let size: f64 = bench
            .engine
            .docker(&["image", "inspect", "--format", "{{.Size}}", &image])
            .parse()
            .expect("a size");
        table.row("container image", size / 1e6, "MB", Budget::AtMost(25.0), image);
    }
    let console = process::any(bench).await;
    let client = console.anonymous();
    let page = client.get("/").await.text();
    let mut all = 0;
    for link in
        page.split('"').filter(|text| text.starts_with("/assets/")).collect::<std::collections::BTreeSet<_>>()
    {
        let reply = client.request("GET", link).header("accept-encoding", "br, gzip").send().await;
        let coding = reply.header("content-encoding").to_owned();
        all += reply.body.len();
        table.row(&format!("  {link}"), reply.body.len() as f64 / 1000.0, "KB", Budget::None, coding);
    }
    table.row("assets that the first page names", all as f64 / 1000.0, "KB", Budget::None, "fonts included");
}
