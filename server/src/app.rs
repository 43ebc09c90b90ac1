//! The state that handlers get.

use std::{ops::Deref, sync::Arc};

use crate::{
    access::{
        audit::Audit, factor::Factors, limits::SignInLimits, password::Hasher, seal::Keys, session::Sessions,
        setup::SetupCode,
    },
    config::Config,
    http::{OriginPolicy, TrustedProxies},
    hub::Hubs,
    jobs::Jobs,
    own_load::LoadMeter,
    store::Store,
};

/// A handle to everything; cloning it is cheap.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What is in it.
pub struct Parts {
    /// The checked configuration.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// Hashes and checks passwords, few at a time.
    pub hasher: Hasher,
    /// Sessions.
    pub sessions: Sessions,
    /// What secrets are sealed with.
    pub keys: Keys,
    /// Second factors.
    pub factors: Factors,
    /// Slows down guessing.
    pub limits: SignInLimits,
    /// The first run's code.
    pub setup: SetupCode,
    /// The record of what is done.
    pub audit: Audit,
    /// The environments.
    pub hubs: Hubs,
    /// Long operations.
    pub jobs: Jobs,
    /// Whether a request comes from the console's own pages.
    pub origin: OriginPolicy,
    /// Whose word on a client's address is believed.
    pub proxies: TrustedProxies,
    /// What the console itself uses.
    pub load: LoadMeter,
    /// Version and build, so that a page notices that it is older than its server.
    pub build: String,
}

impl App {
    /// Wraps it.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
