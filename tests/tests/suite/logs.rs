//! Logs: what a reader gets, from where to where, and whatever a program prints.

use longshore_tests::{
    Console, LiveSocket, LogReader, TestContainer, TestEngine, console::local, eventually,
};
use shared::{
    ErrorCode, Role,
    containers::ContainerState,
    live::{ServerFrame, Topic},
    logs::{DownloadLogs, LINE_MAX_BYTES, LogQuery, LogStream},
};

use crate::support::{on, shown};

/// A container that ran this script to its end, known to the console.
async fn ran(console: &Console, options: &[&str], script: &str) -> TestContainer {
    let args: Vec<_> = options.iter().copied().chain(["busybox", "sh", "-c", script]).collect();
    let container = TestEngine::from_env().run("log", &args);
    shown(console, &container, ContainerState::Exited).await;
    container
}

async fn read_to_end(console: &Console, container: &TestContainer, query: LogQuery) -> LogReader {
    let client = console.admin().await;
    let mut reader = LogReader::open(&client, &container.container_id(), query).await;
    reader.until("the log's end", |reader| reader.ended).await;
    reader
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_follow_as_they_are_printed_and_their_stream_is_told() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let operator = console.user(Role::Operator).await;
    let script = "echo first; echo wrong >&2; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo last";
    let container = engine.run("follow", &["busybox", "sh", "-c", script]);
    shown(&console, &container, ContainerState::Running).await;
    let mut reader = LogReader::open(&operator, &container.container_id(), LogQuery::default()).await;
    reader.until("what was printed before", |reader| reader.lines.len() == 2).await;
    assert!(!reader.ended);

    container.exec(&["touch", "/tmp/go"]);
    reader.until("the end of the container", |reader| reader.ended).await;
    assert_eq!(reader.texts().iter().filter(|text| *text == "last").count(), 1);
    assert_eq!(reader.texts().last().map(String::as_str), Some("last"));
    for line in &reader.lines {
        let expected = if line.text == b"wrong" { LogStream::Stderr } else { LogStream::Stdout };
        assert_eq!(line.stream, expected, "{:?}", line.text);
        assert_eq!(line.cut, 0);
        assert!(line.nanos > 1_600_000_000_000_000_000, "the engine's time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tail_since_and_until_choose_the_lines() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let container = ran(&console, &[], "for i in 1 2 3 4 5 6; do echo line $i; sleep 0.05; done").await;

    let all = read_to_end(&console, &container, LogQuery::default()).await;
    assert_eq!(all.texts(), ["line 1", "line 2", "line 3", "line 4", "line 5", "line 6"]);

    let tail = read_to_end(&console, &container, LogQuery { tail: Some(2), ..LogQuery::default() }).await;
    assert_eq!(tail.texts(), ["line 5", "line 6"]);
    let none = read_to_end(&console, &container, LogQuery { tail: Some(0), ..LogQuery::default() }).await;
    assert_eq!(none.texts(), Vec::<String>::new());

    // Milliseconds that lie between the third and the fourth line.
    let between = (all.lines[2].nanos / 1_000_000 + all.lines[3].nanos / 1_000_000) / 2 + 1;
    let since =
        read_to_end(&console, &container, LogQuery { since: Some(between), ..LogQuery::default() }).await;
    assert_eq!(since.texts(), ["line 4", "line 5", "line 6"]);
    let until =
        read_to_end(&console, &container, LogQuery { until: Some(between), ..LogQuery::default() }).await;
    assert_eq!(until.texts(), ["line 1", "line 2", "line 3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_with_an_end_ends_though_the_container_runs_on() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let client = console.admin().await;
    let container = engine.run("bounded", &["busybox", "sh", "-c", "echo once; sleep 3600"]);
    shown(&console, &container, ContainerState::Running).await;
    eventually("it has printed", async || {
        engine.docker(&["logs", &container.id]).contains("once").then_some(())
    })
    .await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let query = LogQuery { until: Some(i64::try_from(now).unwrap()), ..LogQuery::default() };
    let mut reader = LogReader::open(&client, &container.container_id(), query).await;
    reader.until("the end at `until`", |reader| reader.ended).await;
    assert_eq!(reader.texts(), ["once"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminals_output_is_one_stream_even_if_it_looks_like_a_frame() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    // Eight bytes that would be the header of a frame, on a stream that has none.
    let script =
        r"printf '\001\000\000\000\377\377\377\377 looks like a header\n'; echo plain; echo wrong >&2";
    let container = ran(&console, &["-t"], script).await;
    let reader = read_to_end(&console, &container, LogQuery::default()).await;
    let texts: Vec<_> = reader
        .lines
        .iter()
        .map(|line| line.text.strip_suffix(b"\r").unwrap_or(&line.text).to_vec())
        .collect();
    assert_eq!(texts.len(), 3, "{:?}", reader.texts());
    assert!(texts[0].ends_with(b" looks like a header"), "{:?}", reader.texts());
    assert_eq!(texts[1], b"plain");
    assert_eq!(texts[2], b"wrong");
    assert!(reader.lines.iter().all(|line| line.stream == LogStream::Stdout));
}

#[tokio::test(flavor = "multi_thread")]
async fn any_bytes_arrive_as_they_were() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let script = r"printf '\000\001\033[31mred\033[0m\t\342\202\254\n'; echo end";
    let container = ran(&console, &[], script).await;
    let reader = read_to_end(&console, &container, LogQuery::default()).await;
    assert_eq!(reader.lines[0].text, b"\x00\x01\x1b[31mred\x1b[0m\t\xe2\x82\xac");
    assert_eq!(reader.lines[1].text, b"end");
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_text_do_not_end_the_stream() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    // The engine's own log format replaces what is no UTF-8; the lines around it must stay whole.
    let container = ran(&console, &[], r"echo before; printf '\377\376\200bad\n'; echo after").await;
    let texts = read_to_end(&console, &container, LogQuery::default()).await.texts();
    assert_eq!((texts.len(), texts[0].as_str(), texts[2].as_str()), (3, "before", "after"));
    assert!(texts[1].ends_with("bad"), "{texts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_ten_megabytes_is_cut_and_says_so() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let length = 10 * 1024 * 1024;
    let container = ran(&console, &[], "head -c 10485760 /dev/zero | tr '\\0' x; echo; echo after").await;
    let reader = read_to_end(&console, &container, LogQuery::default()).await;
    let (after, long) = reader.lines.split_last().expect("lines");
    assert_eq!(after.text, b"after");
    assert!(
        long.iter()
            .all(|line| line.text.len() <= LINE_MAX_BYTES && line.text.iter().all(|byte| *byte == b'x'))
    );
    let (kept, cut) =
        long.iter().fold((0, 0), |(kept, cut), line| (kept + line.text.len() as u64, cut + line.cut));
    assert_eq!(kept + cut, length, "in {} pieces", long.len());
    assert!(cut > 0, "it was cut");
    assert_eq!(long.len(), 1, "one line stays one line");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_without_a_newline_at_the_end_is_a_line() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let container = ran(&console, &[], "echo whole; printf unfinished").await;
    assert_eq!(read_to_end(&console, &container, LogQuery::default()).await.texts(), ["whole", "unfinished"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_the_log_as_text() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let operator = console.user(Role::Operator).await;
    let container =
        ran(&console, &[], "i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done; printf end").await;
    let whole = operator.send(&on!(DownloadLogs, container), &LogQuery::default(), &()).await;
    assert_eq!(whole.status, 200);
    assert!(whole.header("content-type").starts_with("text/plain"), "{}", whole.header("content-type"));
    assert!(
        whole.header("content-disposition").starts_with("attachment"),
        "{}",
        whole.header("content-disposition")
    );
    assert_eq!(whole.text().trim_end(), engine.docker(&["logs", &container.id]));

    let query = LogQuery { tail: Some(3), timestamps: true, ..LogQuery::default() };
    let stamped = operator.send(&on!(DownloadLogs, container), &query, &()).await.text();
    let lines: Vec<_> = stamped.trim_end().lines().collect();
    assert_eq!(lines.len(), 3, "{stamped}");
    assert!(lines[0].starts_with("20") && lines[0].ends_with(" line 498"), "{stamped}");

    let viewer = console.user(Role::Viewer).await;
    let refusal = viewer.send(&on!(DownloadLogs, container), &LogQuery::default(), &()).await.refusal();
    assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden));
    let bad = operator
        .get(&format!("{}?nonsense=1", shared::endpoint::Operation::path(&on!(DownloadLogs, container))))
        .await;
    assert_eq!(bad.refusal().kind(), (422, ErrorCode::Invalid));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_may_not_be_read_or_is_not_there_ends_with_the_reason() {
    let engine = TestEngine::from_env();
    let console = Console::of(&engine).await;
    let container = ran(&console, &[], "echo secret").await;
    let gone = engine.create("gone", &["busybox"]).container_id();
    let viewer = console.user(Role::Viewer).await;
    let admin = console.admin().await;
    for (client, id, code) in
        [(&viewer, container.container_id(), ErrorCode::Forbidden), (&admin, gone, ErrorCode::NotFound)]
    {
        let mut socket = LiveSocket::open(client).await;
        let to = Topic::Logs { environment: local(), container: id, query: LogQuery::default(), after: None };
        socket.subscribe(4, to).await;
        let error = socket
            .until("the subscription's end", |arrival| match arrival {
                longshore_tests::sockets::Arrival::Frame(ServerFrame::Ended { id: 4, error }) => Some(error),
                longshore_tests::sockets::Arrival::Logs(batch, _) => panic!("lines came: {batch:?}"),
                _ => None,
            })
            .await;
        assert_eq!(error.code, code, "{error}");
    }
}
