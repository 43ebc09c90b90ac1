//! Where things are: the folders of the repository and of what is built. No decisions, no I/O beyond
//! finding the root.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The paths of this checkout.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The workspace that this xtask was built in.
    pub(crate) fn find() -> Self {
        let own = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = own.parent().map_or_else(|| own.clone(), Path::to_path_buf);
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Self { root, target }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the repository.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Cargo's target folder, or a path in it.
    pub(crate) fn target(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// What xtask keeps for itself between runs: stamps, half-finished products, locks.
    pub(crate) fn own(&self, relative: &str) -> PathBuf {
        self.target.join("longshore").join(relative)
    }

    /// A program that npm installed for the frontend.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        self.root.join("frontend/node_modules/.bin").join(name)
    }
}
