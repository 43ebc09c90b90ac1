//! Telling by content whether something must be built again: faster than asking cargo, npm and esbuild one
//! after the other, and not fooled by the times of a fresh checkout.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use sha2::{Digest, Sha256};

use crate::error::{AtPath, Result};

/// Folders that hold no sources.
const SKIPPED: [&str; 3] = ["node_modules", "target", "results"];

/// A hash of all files under `paths`, with their names; a path that is missing counts as empty.
pub(crate) fn of_sources(paths: &[PathBuf]) -> Result<String> {
    let mut hash = Sha256::new();
    for path in paths {
        for file in files_under(path)? {
            let content = fs::read(&file).at(&file)?;
            hash.update(file.to_string_lossy().as_bytes());
            hash.update((content.len() as u64).to_le_bytes());
            hash.update(&content);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// A hash of one content.
pub(crate) fn of_bytes(content: &[u8]) -> String {
    hex(&Sha256::digest(content))
}

/// Cheap to take, and other once a file was written again: length and time.
pub(crate) fn of_state(file: &Path) -> Option<String> {
    let state = fs::metadata(file).ok()?;
    let modified = state.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{}-{}", state.len(), modified.as_nanos()))
}

/// All files under a file or folder, in a fixed order.
pub(crate) fn files_under(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![path.to_path_buf()];
    while let Some(path) = open.pop() {
        if path.is_file() {
            found.push(path);
            continue;
        }
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.at(&path)?,
        };
        for entry in entries {
            let entry = entry.at(&path)?;
            if !SKIPPED.iter().any(|name| entry.file_name() == *name) {
                open.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether `stamp` holds this fingerprint.
pub(crate) fn is_fresh(stamp: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|kept| kept == fingerprint)
}

/// Keeps a fingerprint for the next time.
pub(crate) fn keep(stamp: &Path, fingerprint: &str) -> Result<()> {
    if let Some(folder) = stamp.parent() {
        fs::create_dir_all(folder).at(folder)?;
    }
    fs::write(stamp, fingerprint).at(stamp)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_a_renamed_and_a_new_file_change_the_fingerprint() {
        let folder = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        fs::write(folder.join("a"), "1").unwrap();
        let sources = [folder.clone(), folder.join("missing")];
        let first = of_sources(&sources).unwrap();
        fs::write(folder.join("node_modules/x"), "not a source").unwrap();
        assert_eq!(of_sources(&sources).unwrap(), first);

        fs::write(folder.join("a"), "2").unwrap();
        let changed = of_sources(&sources).unwrap();
        fs::rename(folder.join("a"), folder.join("b")).unwrap();
        let renamed = of_sources(&sources).unwrap();
        fs::write(folder.join("c"), "").unwrap();
        let added = of_sources(&sources).unwrap();
        assert!(first != changed && changed != renamed && renamed != added);
        fs::remove_dir_all(folder).unwrap();
    }
}
