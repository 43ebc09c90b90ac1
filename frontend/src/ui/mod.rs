//! Primitives: they know neither the API nor the router nor what a container is (but for its state's word).

pub(crate) mod badge;
pub(crate) mod button;
pub(crate) mod chip;
pub(crate) mod choice;
pub(crate) mod clock;
pub(crate) mod copy;
pub(crate) mod dialog;
pub(crate) mod download;
pub(crate) mod empty_state;
pub(crate) mod field;
pub(crate) mod form_dialog;
pub(crate) mod format;
pub(crate) mod icon;
pub(crate) mod lazy;
pub(crate) mod menu;
pub(crate) mod notice;
pub(crate) mod progress;
pub(crate) mod sparkline;
pub(crate) mod state;
pub(crate) mod storage;
pub(crate) mod tabs;
pub(crate) mod text;
pub(crate) mod toast;
