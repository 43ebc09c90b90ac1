//! `cargo xtask dev`: build, serve, and on each change of a source build again and reload.
//!
//! Changes are found by looking at the times of all sources twice a second: there are some hundred files,
//! and it works on every file system. The browser learns of a new build by `js/dev-reload.js`.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    process::Child,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::{
    bundle,
    error::{AtPath, Error, Result},
    fingerprint, process, server,
    site::{self, Kind},
    steps::Steps,
    workspace::Workspace,
};

const LOOK_EVERY: Duration = Duration::from_millis(500);
const COMMON: [&str; 3] = ["shared", "Cargo.toml", "Cargo.lock"];
const SERVER: [&str; 1] = ["server"];
const SITE: [&str; 2] = ["frontend", "style"];

/// The running server, ended with us.
#[derive(Default)]
struct Server(Option<Child>);

impl Server {
    fn stop(&mut self) {
        if let Some(mut child) = self.0.take() {
            process::stop(&mut child);
        }
    }

    /// Whether it ended by itself since it was last asked, having said why.
    fn has_ended(&mut self) -> bool {
        let ended = self.0.as_mut().is_some_and(|child| !matches!(child.try_wait(), Ok(None)));
        if ended {
            self.0 = None;
        }
        ended
    }

    fn start(&mut self, workspace: &Workspace, flags: &[String]) -> Result<()> {
        self.stop();
        let mut command = process::command(workspace.target("debug/longshore"));
        command.arg("serve").arg("--assets").arg(site::folder(workspace, Kind::Dev)).args(flags);
        self.0 = Some(process::start(&mut command)?);
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs until Ctrl-C. A build that fails leaves the last good one running.
pub(crate) fn dev(workspace: &Workspace, flags: &[String]) -> Result<()> {
    let mut server = Server::default();
    let (mut built_server, mut built_site) = (None, None);
    loop {
        let (wanted_server, wanted_site) = (times(workspace, &SERVER)?, times(workspace, &SITE)?);
        let server_changed = built_server != Some(wanted_server);
        let site_changed = built_site != Some(wanted_site);
        if server_changed || site_changed {
            (built_server, built_site) = (Some(wanted_server), Some(wanted_site));
            match rebuild(workspace, server_changed, site_changed) {
                Ok(()) => {
                    if server_changed || server.0.is_none() {
                        server.start(workspace, flags)?;
                    }
                    write_build_id(workspace)?;
                    println!("• Ready; waiting for changes");
                }
                Err(error @ (Error::Interrupted | Error::Need(_))) => return Err(error),
                Err(error) => println!("• {error}; waiting for changes"),
            }
        }
        if server.has_ended() {
            println!("• The server has ended; waiting for changes");
        }
        process::pause(LOOK_EVERY)?;
    }
}

fn rebuild(workspace: &Workspace, with_server: bool, with_site: bool) -> Result<()> {
    let mut steps = Steps::default();
    if with_server {
        steps.step("Compiling the server", || server::debug(workspace))?;
    }
    if with_site {
        site::build(workspace, &mut steps, Kind::Dev)?;
    }
    Ok(())
}

/// Written last, when the new server is the one that answers.
fn write_build_id(workspace: &Workspace) -> Result<()> {
    let file = site::folder(workspace, Kind::Dev).join(bundle::FOLDER).join(site::BUILD_ID);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis());
    fs::write(&file, now.to_string()).at(&file)
}

/// Other once a file came, went or was written.
fn times(workspace: &Workspace, folders: &[&str]) -> Result<u64> {
    let mut hash = DefaultHasher::new();
    for folder in folders.iter().chain(&COMMON) {
        for file in fingerprint::files_under(&workspace.path(folder))? {
            fingerprint::of_state(&file).hash(&mut hash);
            file.hash(&mut hash);
        }
    }
    Ok(hash.finish())
}
