//! The console as a child process, on a port and in a data folder of its own.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use shared::{
    Empty, EnvironmentId, Role, UserId,
    environments::{EngineStatus, ReadEnvironment},
    session::{Credentials, Session, SignIn},
    setup::{CompleteSetup, FirstAdmin},
    users::{CreateUser, NewGrant, NewUser},
};

use crate::{
    Client, TestEngine,
    client::Refusal,
    eventually,
    folder::{Folder, unique},
};

/// The password of every user that the harness makes.
pub const PASSWORD: &str = "six tall cranes at dawn";

/// The environment that the console makes of its `--docker-host`.
///
/// # Panics
/// Never: it is a name.
#[must_use]
pub fn local() -> EnvironmentId {
    "local".parse().expect("a name")
}

/// How to start the console.
#[derive(Clone, Debug)]
pub struct ConsoleOptions {
    /// The engine; `None` leaves the flag out.
    pub docker_host: Option<String>,
    /// Where it listens; a port of its own choice unless told.
    pub listen: String,
    /// Without `--plain-http`.
    pub tls: bool,
    /// Further arguments of `serve`.
    pub args: Vec<String>,
    /// Further variables of the environment.
    pub env: Vec<(String, String)>,
    /// The data folder, for a console that goes on where another stopped.
    pub data: Arc<Folder>,
}

impl ConsoleOptions {
    /// Before this engine, over plain HTTP.
    #[must_use]
    pub fn before(docker_host: &str) -> Self {
        Self {
            docker_host: Some(docker_host.to_owned()),
            listen: "127.0.0.1:0".to_owned(),
            tls: false,
            args: Vec::new(),
            env: Vec::new(),
            data: Arc::new(Folder::new()),
        }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// With TLS, which is the default of the console itself.
    #[must_use]
    pub fn tls(mut self) -> Self {
        self.tls = true;
        self
    }

    /// The command, not yet run.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.arg("serve").args(["--listen", &self.listen, "--data"]).arg(self.data.path());
        if let Some(host) = &self.docker_host {
            command.args(["--docker-host", host]);
        }
        if !self.tls {
            command.arg("--plain-http");
        }
        command
            .args(&self.args)
            .env_remove("DOCKER_HOST")
            .envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

/// The binary under test: `LONGSHORE_BIN`, else the workspace's debug build.
#[must_use]
pub fn binary() -> PathBuf {
    std::env::var_os("LONGSHORE_BIN").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/debug/longshore"),
        PathBuf::from,
    )
}

/// A console that runs; dropping it kills it.
#[derive(Debug)]
pub struct Console {
    child: Child,
    options: ConsoleOptions,
    /// Where it said that it is, without a slash at the end.
    pub url: String,
    printed: Arc<Mutex<Vec<String>>>,
    admin: tokio::sync::OnceCell<Client>,
}

impl Console {
    /// Starts it and waits until it says where it is.
    ///
    /// # Panics
    /// When it does not, with what it printed instead.
    pub async fn start(options: ConsoleOptions) -> Self {
        Self::start_command(options.command(), options).await
    }

    /// As [`Self::start`], with a command that was changed.
    ///
    /// # Panics
    /// When it does not start, with what it printed instead.
    pub async fn start_command(mut command: Command, options: ConsoleOptions) -> Self {
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", binary().display()));
        let printed = Arc::new(Mutex::new(Vec::new()));
        collect(child.stdout.take().expect("piped"), Arc::clone(&printed));
        collect(child.stderr.take().expect("piped"), Arc::clone(&printed));
        let mut console =
            Self { child, options, url: String::new(), printed, admin: tokio::sync::OnceCell::new() };
        let url = eventually("the console says where it is", async || {
            let ended = console.child.try_wait().expect("a child process");
            assert!(ended.is_none(), "the console ended with {ended:?}:\n{}", console.printed());
            console.said("Longshore is at ")
        })
        .await;
        url.trim_end_matches('/').clone_into(&mut console.url);
        console
    }

    /// Before the private engine, over plain HTTP, and waits until it is connected.
    pub async fn of(engine: &TestEngine) -> Self {
        Self::connected(ConsoleOptions::before(engine.host())).await
    }

    /// Starts it and waits until it has its engine. Makes the administrator for it.
    pub async fn connected(options: ConsoleOptions) -> Self {
        let console = Self::start(options).await;
        console.wait_connected().await;
        console
    }

    /// Stops it as a service manager does and starts it again on the same data; on another port.
    ///
    /// # Panics
    /// When it does not end within ten seconds, or does not start again.
    pub async fn restart(&mut self) {
        self.terminate().await;
        self.start_again().await;
    }

    /// Starts it again on the same data after it has ended, or was killed.
    ///
    /// # Panics
    /// When it does not start again.
    pub async fn restart_ended(&mut self) {
        eventually("the console is gone", async || self.child.try_wait().expect("a child")).await;
        self.start_again().await;
    }

    async fn start_again(&mut self) {
        let admin = self.admin.get().cloned();
        *self = Self::start(self.options.clone()).await;
        if let Some(admin) = admin {
            let _ = self.admin.set(admin.moved_to(&self.url));
        }
    }

    /// Sends SIGTERM and waits for the end.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn terminate(&mut self) {
        self.signal("TERM");
        eventually("the console ends when it is told to", async || self.child.try_wait().expect("a child"))
            .await;
    }

    /// Sends a signal by name, `STOP`.
    ///
    /// # Panics
    /// When there is no `kill` command.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(status.expect("the kill command").success(), "kill -{name}");
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens, past any proxy; for consoles that were told where.
    #[must_use]
    pub fn direct_url(&self) -> String {
        format!("{}://{}", if self.options.tls { "https" } else { "http" }, self.options.listen)
    }

    /// Its data folder, for another console.
    #[must_use]
    pub fn shared_data(&self) -> &Arc<Folder> {
        &self.options.data
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> &Folder {
        &self.options.data
    }

    /// All that it printed so far.
    ///
    /// # Panics
    /// When another thread failed while it noted a line.
    #[must_use]
    pub fn printed(&self) -> String {
        self.printed.lock().unwrap().join("\n")
    }

    /// What follows these words in what it printed.
    ///
    /// # Panics
    /// When another thread failed while it noted a line.
    #[must_use]
    pub fn said(&self, words: &str) -> Option<String> {
        let printed = self.printed.lock().unwrap();
        printed.iter().find_map(|line| line.split_once(words)).map(|(_, rest)| rest.trim().to_owned())
    }

    /// The setup code.
    pub async fn setup_code(&self) -> String {
        eventually("the console prints a setup code", async || self.said("Setup code: ")).await
    }

    /// A browser without a session.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url)
    }

    /// The administrator; the first call makes them with the setup code.
    ///
    /// # Panics
    /// When the setup is refused.
    pub async fn admin(&self) -> Client {
        self.admin
            .get_or_init(async || {
                let client = self.anonymous();
                let code = self.setup_code().await;
                let admin = FirstAdmin { code, name: "admin".to_owned(), password: PASSWORD.to_owned() };
                client
                    .call(&CompleteSetup {}, Empty {}, admin)
                    .await
                    .unwrap_or_else(|refusal| panic!("the setup: {refusal}"));
                client
            })
            .await
            .clone()
    }

    /// A new user of that role on everything, signed in.
    ///
    /// # Panics
    /// When making them or signing in is refused.
    pub async fn user(&self, role: Role) -> Client {
        let (_, name) = self.new_user(role).await;
        self.sign_in(&name).await.unwrap_or_else(|refusal| panic!("signing in as {name}: {refusal}"))
    }

    /// A new user of that role on everything, not signed in: number and name.
    ///
    /// # Panics
    /// When making them is refused.
    pub async fn new_user(&self, role: Role) -> (UserId, String) {
        self.new_user_with(role.as_str(), vec![NewGrant::everywhere(role)]).await
    }

    /// A new user with these grants, signed in.
    ///
    /// # Panics
    /// When making them or signing in is refused.
    pub async fn user_with(&self, label: &str, grants: Vec<NewGrant>) -> Client {
        let (_, name) = self.new_user_with(label, grants).await;
        self.sign_in(&name).await.unwrap_or_else(|refusal| panic!("signing in as {name}: {refusal}"))
    }

    /// A new user with these grants, not signed in: number and name.
    ///
    /// # Panics
    /// When making them is refused.
    pub async fn new_user_with(&self, label: &str, grants: Vec<NewGrant>) -> (UserId, String) {
        let name = format!("{label}-{}", unique());
        let user = NewUser { name: name.clone(), grants, password: PASSWORD.to_owned() };
        let made = self.admin().await.call(&CreateUser {}, Empty {}, user).await;
        (made.unwrap_or_else(|refusal| panic!("making {name}: {refusal}")).id, name)
    }

    /// A new browser signed in under that name with the harness's password.
    ///
    /// # Errors
    /// When signing in is refused.
    pub async fn sign_in(&self, name: &str) -> Result<Client, Refusal> {
        let client = self.anonymous();
        sign_in(&client, name, PASSWORD).await?;
        Ok(client)
    }

    /// The environment's status, as the administrator reads it.
    ///
    /// # Panics
    /// When reading it is refused.
    pub async fn status(&self) -> EngineStatus {
        let read = self.admin().await.call(&ReadEnvironment { environment: local() }, Empty {}, ()).await;
        read.unwrap_or_else(|refusal| panic!("reading the environment: {refusal}")).status
    }

    /// Waits until the engine is connected.
    pub async fn wait_connected(&self) {
        eventually("the console is connected to its engine", async || {
            matches!(self.status().await, EngineStatus::Connected { .. }).then_some(())
        })
        .await;
    }
}

/// An address on loopback that nobody listens on at the moment.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

/// Signs a browser in.
///
/// # Errors
/// When it is refused.
pub async fn sign_in(client: &Client, name: &str, password: &str) -> Result<Session, Refusal> {
    let credentials = Credentials { name: name.to_owned(), password: password.to_owned() };
    client.call(&SignIn {}, Empty {}, credentials).await
}

/// Runs the console until it ends by itself; gives its exit code and what it printed.
///
/// # Panics
/// When it still runs after twenty seconds.
#[must_use]
pub fn run_to_end(mut command: Command) -> (Option<i32>, String) {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the console");
    let printed = Arc::new(Mutex::new(Vec::new()));
    let readers = [
        collect(child.stdout.take().expect("piped"), Arc::clone(&printed)),
        collect(child.stderr.take().expect("piped"), Arc::clone(&printed)),
    ];
    for _ in 0..1000 {
        if let Some(status) = child.try_wait().expect("a child process") {
            for reader in readers {
                let _ = reader.join();
            }
            return (status.code(), printed.lock().unwrap().join("\n"));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    panic!("the console did not end:\n{}", printed.lock().unwrap().join("\n"));
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("what the console printed:\n{}", self.printed());
        }
    }
}

fn collect(
    pipe: impl std::io::Read + Send + 'static,
    into: Arc<Mutex<Vec<String>>>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            into.lock().unwrap().push(line);
        }
    })
}
