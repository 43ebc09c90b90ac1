//! The command line.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    access::{
        audit::Audit,
        clock::Clock,
        limits::SignInLimits,
        password::{Cost, Hasher},
        session::Sessions,
        setup::{self, SetupCode},
    },
    app::{App, Parts},
    config::{Config, ServeFlags, Tls},
    http::{self, OriginPolicy},
    hub::{self, Hubs},
    store::Store,
};

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
    /// Print the OpenAPI document.
    Openapi,
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Give a user another password, read from standard input, and end their sessions.
    ResetPassword {
        /// The folder of the database.
        #[arg(long, env = "LONGSHORE_DATA", default_value = "data")]
        data: PathBuf,
        /// The user's name.
        name: String,
    },
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
            Command::Admin(AdminCommand::ResetPassword { data, name }) => reset_password(data, name).await,
            Command::Openapi => {
                say(&format!("{:#}", http::openapi_document()));
                Ok(())
            }
        }
    });
    // Streams that wait for an engine would hold the process up.
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
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
    let app = assemble(config).await?;
    let served = http::serve(app.clone()).await;
    app.store.close().await;
    served
}

async fn assemble(config: Config) -> Result<App, String> {
    let store = Store::open(&config.data).await.map_err(|error| chain(&error))?;
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
    Ok(App::new(Parts {
        sessions: Sessions::new(store.clone(), Clock::steady()),
        limits: SignInLimits::new(Clock::steady()),
        audit: Audit::new(store.clone(), Clock::wall()),
        hubs: Hubs::start(vec![(environment, config.docker_host.clone())]),
        origin: OriginPolicy::new(config.public_url.as_ref(), config.tls != Tls::Off),
        proxies: config.trusted_proxies.clone(),
        build: env!("CARGO_PKG_VERSION").to_owned(),
        store,
        hasher,
        setup,
        config,
    }))
}

async fn healthcheck(flags: ServeFlags) -> Result<(), String> {
    let config = Config::check(flags).map_err(|mistakes| mistakes.join("\nlongshore: "))?;
    http::check_health(&config).await
}

async fn reset_password(data: PathBuf, name: String) -> Result<(), String> {
    let password = tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin()))
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| format!("the password could not be read from standard input: {error}"))?;
    let password = password.strip_suffix('\n').unwrap_or(&password);
    let store = Store::open(&data).await.map_err(|error| chain(&error))?;
    let hasher = Hasher::new(Cost::STANDARD).map_err(|error| error.to_string())?;
    crate::access::reset_password(&store, &hasher, &name, password, hub::now())
        .await
        .map_err(|error| chain(&error))?;
    store.close().await;
    say(&format!("{name} has another password; their sessions have ended."));
    Ok(())
}

fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {}", chain(cause)))
}
