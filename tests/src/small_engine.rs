//! An engine of one test's own, on a disk of a few megabytes: what is to fill a disk, or wants the engine set
//! up otherwise, must not be felt by the tests beside it.

use std::process::{Command, Stdio};

use crate::{TestEngine, folder::Folder};

/// The engine; dropping it stops it and removes its disk.
#[derive(Debug)]
pub struct SmallEngine {
    engine: TestEngine,
    disk: Folder,
}

impl SmallEngine {
    /// Starts one of the kind that is tested. Docker tries each layer once, where it usually tries five times,
    /// with pauses that rise.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start(megabytes: u32) -> Self {
        let disk = Folder::new();
        let size = format!("size={megabytes}m");
        run(Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(disk.path()));
        let folder = disk.join("e");
        std::fs::create_dir(&folder).expect("a folder");
        std::fs::write(folder.join("daemon.json"), r#"{"max-download-attempts": 1}"#).expect("written");
        let engine = TestEngine::from_env().at(&folder);
        let small = Self { engine, disk };
        run(small.script("start").arg(small.engine.kind()));
        small
    }

    /// It, as every other one.
    #[must_use]
    pub fn engine(&self) -> &TestEngine {
        &self.engine
    }

    fn script(&self, verb: &str) -> Command {
        let mut command = Command::new("bash");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/engine/engine.sh");
        command.arg(script).arg(verb).arg(self.engine.folder());
        command
    }
}

impl Drop for SmallEngine {
    fn drop(&mut self) {
        for command in [&mut self.script("stop"), Command::new("umount").arg(self.disk.path())] {
            let ended = command.stdin(Stdio::null()).output();
            if !ended.is_ok_and(|output| output.status.success()) {
                println!("{} was left behind", self.disk.path().display());
            }
        }
    }
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("a command");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
