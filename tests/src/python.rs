//! A Python with the packages of a requirements file: made once a machine and file, in the user's cache.

use std::{
    collections::hash_map::DefaultHasher,
    fs::{self, File},
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
};

/// The interpreter of an environment that has what `requirements` lists, each file by its hash. Whoever asks
/// while another makes it waits.
///
/// # Panics
/// When it cannot be made: without `python3`, its `venv`, or a package index.
#[must_use]
pub fn with(requirements: &Path) -> PathBuf {
    let text = fs::read_to_string(requirements).expect("the list of requirements");
    let version = run(Command::new("python3").arg("--version"));
    let mut hasher = DefaultHasher::new();
    (&text, &version).hash(&mut hasher);
    let tools = cache().join("longshore-tools");
    fs::create_dir_all(&tools).unwrap();
    let folder = tools.join(format!("python-{:016x}", hasher.finish()));
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    let python = folder.join("bin/python");
    let ready = folder.join("ready");
    if !ready.exists() {
        // What was begun and not finished is begun again.
        let _ = fs::remove_dir_all(&folder);
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--require-hashes"]);
        run(pip.args(["--only-binary", ":all:", "--requirement"]).arg(requirements));
        File::create(&ready).unwrap();
    }
    python
}

fn cache() -> PathBuf {
    let named = std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    named.or(home).unwrap_or_else(std::env::temp_dir)
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
