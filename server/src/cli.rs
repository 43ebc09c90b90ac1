//! The command line.

mod audit;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Parser, Subcommand};

use shared::{access::RoleRef, users::User};

use crate::{
    Error,
    access::{
        audit::Audit,
        audit_keep,
        clock::Clock,
        factor::Factors,
        host_admin,
        limits::SignInLimits,
        own, owners,
        password::{Cost, Hasher},
        seal::{self, Keys},
        session::Sessions,
        setup::{self, SetupCode},
    },
    app::{App, Parts},
    config::{Config, ServeFlags, Tls},
    http::{self, OriginPolicy},
    hub::{self, Hubs},
    jobs::Jobs,
    store::{ChainKey, FolderLock, Store},
};

/// How long a console that is told to stop may still need: its open requests, then its jobs.
const STOPPING_MOST: Duration = Duration::from_secs(7);

#[derive(Parser)]
#[command(name = "longshore", version, about = "A web console for Docker.")]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the console.
    Serve(Box<ServeFlags>),
    /// Ask the console in this container or on this host whether it serves; exits 0 or 1.
    Healthcheck(Box<ServeFlags>),
    /// For administrators of the host, when nobody can sign in.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// The audit: whether it is as it was written, and as a file.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Print the OpenAPI document.
    Openapi,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// List the users: name, whether they may sign in, and their grants.
    ListUsers {
        #[command(flatten)]
        data: DataFolder,
    },
    /// Give a user another password, and end their sessions.
    ResetPassword {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        keys: KeyFile,
        /// The user's name.
        name: String,
        /// The file with the password; standard input unless told.
        #[arg(long)]
        password_file: Option<PathBuf>,
    },
    /// Give a user the role admin on everything.
    MakeAdmin {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        keys: KeyFile,
        /// The user's name.
        name: String,
    },
    /// Let a user sign in again.
    Enable {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        keys: KeyFile,
        /// The user's name.
        name: String,
    },
    /// Put the policy back to what it usually is: sessions, passwords, failed sign-ins, proxies.
    ResetPolicy {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        keys: KeyFile,
    },
    /// Refuse a user's sign-ins, and end their sessions.
    Disable {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        keys: KeyFile,
        /// The user's name.
        name: String,
    },
    /// Remove a user's second factor, for somebody who lost theirs, and end their sessions.
    ResetFactor {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        keys: KeyFile,
        /// The user's name.
        name: String,
    },
    /// Make another key, and seal every secret in the database under it.
    RotateKey {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        keys: KeyFile,
    },
}

/// Where the console keeps its data.
#[derive(Args)]
struct DataFolder {
    /// The folder of the database.
    #[arg(long, env = "LONGSHORE_DATA", default_value = "data")]
    data: PathBuf,
}

/// Where the keys are that secrets are sealed with.
#[derive(Args)]
struct KeyFile {
    /// The file with the keys; `secret.key` in the data folder unless told.
    #[arg(long, env = "LONGSHORE_KEY_FILE")]
    key_file: Option<PathBuf>,
}

impl KeyFile {
    fn of(&self, data: &DataFolder) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| data.data.join(seal::KEY_FILE))
    }
}

/// Runs the command line that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let line = Line::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("LONGSHORE_LOG").unwrap_or_else(|_error| {
        tracing_subscriber::EnvFilter::new("info,sqlx=warn,tower_sessions_core=error")
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        // It would be told on the same stream: whoever reads it no more would end the task that logs.
        .log_internal_errors(false)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime cannot be started: {error}")),
    };
    let outcome = runtime.block_on(async {
        match line.command {
            Command::Serve(flags) => serve(*flags).await,
            Command::Healthcheck(flags) => healthcheck(*flags).await,
            Command::Admin(command) => admin(command).await,
            Command::Audit(command) => audit::run(command).await,
            Command::Openapi => {
                say(&format!("{:#}", http::openapi_document()));
                Ok(())
            }
        }
    });
    // Streams that wait for an engine would hold the process up.
    runtime.shutdown_timeout(Duration::from_millis(500));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    #[expect(clippy::print_stderr, reason = "the command line's own answer")]
    {
        eprintln!("longshore: {message}");
    }
    ExitCode::FAILURE
}

/// Prints for people and for whatever reads the address and the setup code.
pub(crate) fn say(message: &str) {
    // Whoever started the console may read no more; it goes on all the same.
    let _unread = writeln!(std::io::stdout(), "{message}");
}

async fn serve(flags: ServeFlags) -> Result<(), String> {
    let config = Config::check(flags).map_err(|mistakes| mistakes.join("\nlongshore: "))?;
    // Before anything there is read or changed, and until nothing is any more.
    let lock = FolderLock::take(&config.data, STOPPING_MOST).await.map_err(|error| chain(&error))?;
    let app = assemble(config).await?;
    owners::forget_removed(&app);
    audit_keep::start(app.audit.clone(), app.sessions.clone());
    let served = http::serve(app.clone()).await;
    app.jobs.stop().await;
    app.store.close().await;
    drop(lock);
    served
}

async fn assemble(config: Config) -> Result<App, String> {
    if let Some(own) = own::find(config.own_container.clone()) {
        tracing::info!(
            container = own.short(),
            "the console runs in a container, which it keeps to administrators"
        );
    }
    let store = Store::open(&config.data).await.map_err(|error| chain(&error))?;
    let keys = open_keys(&store, &config.key_file).await?;
    let store = recorded(store, &keys, &config.data).await?;
    let hasher = Hasher::new(Cost::STANDARD).map_err(|error| error.to_string())?;
    if let Some(file) = &config.admin_password_file {
        setup::admin_from_file(&store, &hasher, file, hub::now()).await.map_err(|error| chain(&error))?;
    }
    let has_users = store.has_users().await.map_err(|error| chain(&error))?;
    let setup = if has_users {
        SetupCode::none(Clock::steady())
    } else {
        let (setup, code) = SetupCode::issue(&mut rand::rng(), Clock::steady());
        say(&format!("Setup code: {code}\n(works once, within 30 minutes; the page asks for it)"));
        setup
    };
    let environment = "local".parse().map_err(|_bad| "the environment's id is wrong".to_owned())?;
    let sessions = Sessions::new(store.clone(), Clock::steady());
    // With it the policy is read, before the first request.
    sessions.policies().now().await.map_err(|error| chain(&error))?;
    let audit = Audit::new(store.clone(), Clock::wall());
    let jobs = Jobs::open(store.clone(), audit.clone()).await.map_err(|error| chain(&error))?;
    Ok(App::new(Parts {
        limits: SignInLimits::following(Clock::steady(), sessions.settings().clone()),
        sessions,
        factors: Factors::new(store.clone(), keys.clone(), Clock::wall()),
        audit,
        jobs,
        hubs: Hubs::start(vec![(environment, config.docker_host.clone())]),
        origin: OriginPolicy::new(config.public_url.as_ref(), config.tls != Tls::Off),
        proxies: config.trusted_proxies.clone(),
        load: crate::own_load::LoadMeter::default(),
        build: env!("CARGO_PKG_VERSION").to_owned(),
        store,
        keys,
        hasher,
        setup,
        config,
    }))
}

async fn healthcheck(flags: ServeFlags) -> Result<(), String> {
    let config = Config::check(flags).map_err(|mistakes| mistakes.join("\nlongshore: "))?;
    http::check_health(&config).await
}

async fn admin(command: AdminCommand) -> Result<(), String> {
    let failed = |error: Error| chain(&error);
    match command {
        AdminCommand::ListUsers { data } => {
            let store = open(&data).await?;
            for user in host_admin::list(&store).await.map_err(failed)? {
                say(&line_of(&user));
            }
            store.close().await;
        }
        AdminCommand::ResetPassword { data, keys, name, password_file } => {
            let password = read_password(password_file).await?;
            let store = open_recorded(&data, &keys).await?;
            let hasher = Hasher::new(Cost::STANDARD).map_err(|error| error.to_string())?;
            host_admin::reset_password(&store, &hasher, &name, &password, hub::now())
                .await
                .map_err(failed)?;
            store.close().await;
            say(&format!("{name} has another password; their sessions have ended."));
        }
        AdminCommand::MakeAdmin { data, keys, name } => {
            let store = open_recorded(&data, &keys).await?;
            host_admin::make_admin(&store, &name, hub::now()).await.map_err(failed)?;
            store.close().await;
            say(&format!("{name} is an administrator of everything."));
        }
        AdminCommand::Enable { data, keys, name } => {
            let store = open_recorded(&data, &keys).await?;
            host_admin::enable(&store, &name, hub::now()).await.map_err(failed)?;
            store.close().await;
            say(&format!("{name} may sign in."));
        }
        AdminCommand::ResetPolicy { data, keys } => {
            let store = open_recorded(&data, &keys).await?;
            host_admin::reset_policy(&store, hub::now()).await.map_err(failed)?;
            store.close().await;
            say("The policy is as it usually is.");
        }
        AdminCommand::Disable { data, keys, name } => {
            let store = open_recorded(&data, &keys).await?;
            host_admin::disable(&store, &name, hub::now()).await.map_err(failed)?;
            store.close().await;
            say(&format!("{name} may not sign in any more; their sessions have ended."));
        }
        AdminCommand::ResetFactor { data, keys, name } => {
            let store = open(&data).await?;
            // Another one where it is lost: what nothing opens any more is removed by this very command.
            let keys = Keys::open(&keys.of(&data), false).map_err(|error| chain(&error))?;
            let store = recorded(store, &keys, &data.data).await?;
            host_admin::reset_factor(&store, &name, hub::now()).await.map_err(failed)?;
            store.close().await;
            say(&format!("{name} signs in without a second factor; their sessions have ended."));
        }
        AdminCommand::RotateKey { data, keys } => {
            let file = keys.of(&data);
            let store = open(&data).await?;
            let keys = open_keys(&store, &file).await?;
            let store = recorded(store, &keys, &data.data).await?;
            let values = host_admin::rotate_key(&store, &keys, hub::now()).await.map_err(failed)?;
            store.close().await;
            say(&format!(
                "{} holds another key, which {values} values are sealed under now. The key before it stays in \
                 the file until the next time; keep a copy of the file apart from the database.",
                file.display()
            ));
        }
    }
    Ok(())
}

async fn open_keys(store: &Store, file: &Path) -> Result<Keys, String> {
    let sealed = store.has_sealed().await.map_err(|error| chain(&error))?;
    Keys::open(file, sealed).map_err(|error| chain(&error))
}

/// The store with its audit, under the key from the file.
async fn recorded(store: Store, keys: &Keys, folder: &Path) -> Result<Store, String> {
    let key = ChainKey::new(keys.derive("audit"));
    store.chained(key, folder, hub::now()).await.map_err(|error| chain(&error))
}

async fn open_recorded(data: &DataFolder, keys: &KeyFile) -> Result<Store, String> {
    let store = open(data).await?;
    let keys = open_keys(&store, &keys.of(data)).await?;
    recorded(store, &keys, &data.data).await
}

async fn open(folder: &DataFolder) -> Result<Store, String> {
    Store::open(&folder.data).await.map_err(|error| chain(&error))
}

/// A password from a file or standard input: never from the command line, which other users can see. One
/// newline at the end does not count.
async fn read_password(file: Option<PathBuf>) -> Result<String, String> {
    let read = tokio::task::spawn_blocking(move || match file {
        Some(file) => std::fs::read_to_string(&file)
            .map_err(|error| format!("the password file {} cannot be read: {error}", file.display())),
        None => std::io::read_to_string(std::io::stdin())
            .map_err(|error| format!("the password could not be read from standard input: {error}")),
    });
    let text = read.await.map_err(|error| error.to_string())??;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

/// A user on one line, as `longshore admin list-users` prints.
fn line_of(user: &User) -> String {
    let grants = user.grants.iter().map(|grant| match grant.role {
        RoleRef::Builtin(role) => format!("{} on {}", role.as_str(), grant.scope),
        RoleRef::Custom(role) => format!("role {role} on {}", grant.scope),
    });
    let teams = user.teams.iter().map(|team| format!("team {}", team.name));
    let held = grants.chain(teams).collect::<Vec<_>>().join(", ");
    let standing = if user.disabled { "disabled" } else { "active" };
    format!("{}\t{standing}\t{}", user.name, if held.is_empty() { "nothing" } else { &held })
}

fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {}", chain(cause)))
}
