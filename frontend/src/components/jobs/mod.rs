//! Jobs as pages show them: followed over the live connection, drawn, ended. Loaded with the parts that use it.

mod follow;
mod progress;
mod words;

pub(crate) use follow::{Followed, note_end};
pub(crate) use progress::JobProgress;
pub(crate) use words::{failure_advice, failure_words, state_icon, state_tone, state_word, work_word};
