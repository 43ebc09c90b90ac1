//! The only code that names JavaScript of our own: one module per library, each with create, update, dispose.
//!
//! Belongs here: loading a bundled module when it is first needed, and the typed calls into it. Does not: plain
//! DOM (`web_sys` where it is used), and what the calls are for.

pub(crate) mod modules;
pub(crate) mod search;
pub(crate) mod terminal;
