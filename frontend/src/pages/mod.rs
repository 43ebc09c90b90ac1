//! One folder a page: the page loads and lays out; each tab, table, form and dialog is its own file.

pub(crate) mod audit;
mod auth_frame;
pub(crate) mod container;
pub(crate) mod containers;
pub(crate) mod not_found;
pub(crate) mod overview;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod users;
