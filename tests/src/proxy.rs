//! A socket between the console and an engine, where requests are counted and the line can be cut, held
//! up and restored.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::watch,
    task::JoinHandle,
};

use crate::{
    folder::Folder,
    http_wire::{Head, Piece, Reader},
};

/// Numbers for connections.
static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);

/// What the line does at the moment. Connections end when `generation` changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    generation: u64,
    flows: bool,
}

/// The proxy; dropping it ends every connection and removes its socket.
#[derive(Debug)]
pub struct Proxy {
    folder: Folder,
    upstream: PathBuf,
    line: watch::Sender<Line>,
    seen: Arc<Mutex<Vec<Head>>>,
    /// The last request of each connection that the console holds open.
    serving: Arc<Mutex<HashMap<usize, Head>>>,
    listening: Mutex<Option<JoinHandle<()>>>,
}

impl Proxy {
    /// A proxy before the engine at this socket.
    ///
    /// # Panics
    /// When its socket cannot be made.
    #[must_use]
    pub fn start(upstream: &Path) -> Self {
        let (line, _) = watch::channel(Line { generation: 0, flows: true });
        let proxy = Self {
            folder: Folder::new(),
            upstream: upstream.to_owned(),
            line,
            seen: Arc::default(),
            serving: Arc::default(),
            listening: Mutex::new(None),
        };
        proxy.restore();
        proxy
    }

    /// The `DOCKER_HOST` to give to the console.
    #[must_use]
    pub fn host(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Its socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.join("engine.sock")
    }

    /// Every request so far, oldest first.
    ///
    /// # Panics
    /// When another thread failed while it noted one.
    #[must_use]
    pub fn requests(&self) -> Vec<Head> {
        self.seen.lock().unwrap().clone()
    }

    /// How many requests there were so far.
    ///
    /// # Panics
    /// When another thread failed while it noted one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// How many requests there were whose path (without version and query) this holds for.
    #[must_use]
    pub fn count_of(&self, matches: impl Fn(&str) -> bool) -> usize {
        self.requests().iter().filter(|head| matches(head.path())).count()
    }

    /// How many connections the console holds open whose last request this holds for; what the engine still
    /// does on one that the console has let go is its own.
    ///
    /// # Panics
    /// When another thread failed while it noted one.
    #[must_use]
    pub fn open_for(&self, matches: impl Fn(&Head) -> bool) -> usize {
        self.serving.lock().unwrap().values().filter(|head| matches(head)).count()
    }

    /// Ends every connection there is; new ones are taken at once.
    pub fn cut(&self) {
        self.line.send_modify(|line| line.generation += 1);
    }

    /// Holds everything up, as an engine that hangs: connections are taken and nothing passes.
    pub fn pause(&self) {
        self.line.send_modify(|line| line.flows = false);
    }

    /// Lets everything that was held up pass.
    pub fn resume(&self) {
        self.line.send_modify(|line| line.flows = true);
    }

    /// As an engine that died: connections end, the socket is gone.
    ///
    /// # Panics
    /// When another thread failed while it changed the same.
    pub fn down(&self) {
        if let Some(task) = self.listening.lock().unwrap().take() {
            task.abort();
        }
        let _ = std::fs::remove_file(self.socket());
        self.cut();
    }

    /// Listens again.
    ///
    /// # Panics
    /// When its socket cannot be made.
    pub fn restore(&self) {
        let mut listening = self.listening.lock().unwrap();
        if listening.is_some() {
            return;
        }
        let listener = UnixListener::bind(self.socket()).expect("the proxy's socket");
        let (upstream, line) = (self.upstream.clone(), self.line.clone());
        let (seen, serving) = (Arc::clone(&self.seen), Arc::clone(&self.serving));
        *listening = Some(tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (noted, serving) = (Arc::clone(&seen), Arc::clone(&serving));
                let number = CONNECTIONS.fetch_add(1, Ordering::Relaxed);
                let (lasts, left) = (Arc::clone(&serving), Arc::clone(&serving));
                let note = move |heads: Vec<Head>| {
                    if let Some(last) = heads.last() {
                        lasts.lock().unwrap().insert(number, last.clone());
                    }
                    noted.lock().unwrap().extend(heads);
                };
                let let_go = move || drop(left.lock().unwrap().remove(&number));
                let connection = connection(client, upstream.clone(), line.subscribe(), note, let_go);
                tokio::spawn(async move {
                    connection.await;
                    serving.lock().unwrap().remove(&number);
                });
            }
        }));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.down();
    }
}

async fn connection(
    client: UnixStream,
    upstream: PathBuf,
    mut line: watch::Receiver<Line>,
    note: impl Fn(Vec<Head>),
    let_go: impl Fn(),
) {
    let generation = line.borrow_and_update().generation;
    let (mut until_cut, held) = (line.clone(), line.clone());
    let forward = async move {
        let Ok(engine) = UnixStream::connect(&upstream).await else { return };
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_engine, mut to_engine) = engine.into_split();
        let mut reader = Reader::default();
        let (mut held_up, mut held_down) = (held.clone(), held);
        let up = async {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
                let heads = reader.push(&buffer[..length]).into_iter().filter_map(|piece| match piece {
                    Piece::Head(head) => Some(head),
                    Piece::Body(_) | Piece::End | Piece::Raw(_) => None,
                });
                note(heads.collect());
                flowing(&mut held_up).await;
                if to_engine.write_all(&buffer[..length]).await.is_err() {
                    break;
                }
            }
            let_go();
            // A terminal's end of input is only one half of it: the other may still print.
            let _ = to_engine.shutdown().await;
        };
        let down = async {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(length @ 1..) = from_engine.read(&mut buffer).await {
                flowing(&mut held_down).await;
                if to_client.write_all(&buffer[..length]).await.is_err() {
                    break;
                }
            }
            let _ = to_client.shutdown().await;
        };
        tokio::join!(up, down);
    };
    tokio::select! {
        () = forward => {}
        _ = until_cut.wait_for(|line| line.generation != generation) => {}
    }
}

async fn flowing(line: &mut watch::Receiver<Line>) {
    let _ = line.wait_for(|line| line.flows).await;
}
