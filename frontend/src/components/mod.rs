//! Components that know the domain: they use the API, the live connection and the router.

pub(crate) mod confirm;
pub(crate) mod container_actions;
pub(crate) mod containers_store;
pub(crate) mod engine_status;
pub(crate) mod error_text;
pub(crate) mod exit_text;
pub(crate) mod jobs;
pub(crate) mod jobs_news;
pub(crate) mod language;
pub(crate) mod launch;
pub(crate) mod log_view;
pub(crate) mod palette;
pub(crate) mod palette_open;
pub(crate) mod password_words;
pub(crate) mod preferring;
pub(crate) mod reading;
pub(crate) mod reading_state;
pub(crate) mod session_commands;
pub(crate) mod shell;
pub(crate) mod terminal;
pub(crate) mod theme;
