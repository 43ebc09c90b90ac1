//! How many jobs are under way that the person sees, and that one began or ended: what the top bar shows, and
//! what tells the parts that list jobs to read them again.

use leptos::prelude::*;
use shared::live::{Event, Topic};

use crate::{
    components::containers_store::ContainersStore,
    live::{self, Message},
};

/// See the module. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(crate) struct JobsNews {
    running: RwSignal<u32>,
    revision: RwSignal<Option<u64>>,
}

impl JobsNews {
    /// For the frame of the page.
    pub(crate) fn provide() -> Self {
        let store = ContainersStore::use_store();
        let news = Self { running: RwSignal::new(0), revision: RwSignal::new(None) };
        Effect::new(move || {
            let environment = store.environment();
            live::subscribe_here(
                move || Topic::Jobs { environment: environment.clone() },
                move |message| {
                    if let Message::Event(Event::Jobs { running, revision }) = message {
                        news.running.set(running);
                        news.revision.set(Some(revision));
                    }
                },
            );
        });
        provide_context(news);
        news
    }

    /// How many are under way; tracked.
    pub(crate) fn running(self) -> u32 {
        self.running.get()
    }

    /// Another one after each beginning and end; nothing while nothing was told. Tracked.
    pub(crate) fn revision(self) -> Option<u64> {
        self.revision.get()
    }
}

/// The news of the page.
pub(crate) fn use_jobs_news() -> JobsNews {
    use_context::<JobsNews>().unwrap_or_else(JobsNews::provide)
}
