//! What the container uses at the moment, for the limits: measured while the page shows it and it runs.

use leptos::prelude::*;
use shared::{
    containers::ContainerState,
    live::{Event, Sample, Topic},
};

use super::subject::{Standing, Subject};
use crate::live::{self, Message, Subscription};

/// The last figures; absent while there are none.
#[derive(Clone, Copy)]
pub(super) struct Figures(RwSignal<Option<Sample>>);

impl Figures {
    /// Follows the figures of the page's container.
    pub(super) fn follow(subject: Subject) -> Self {
        let latest = RwSignal::new(None::<Sample>);
        let topic = StoredValue::new_local(None::<Subscription>);
        let measured = Memo::new(move |_| {
            let runs =
                subject.with_row(|row| matches!(row.state, ContainerState::Running | ContainerState::Paused));
            (subject.standing.get() == Standing::Here && runs == Some(true)).then(|| subject.id()).flatten()
        });
        Effect::new(move || {
            latest.set(None);
            let environment = subject.environment.get();
            let subscription = measured.get().map(|id| {
                live::subscribe(
                    move || Topic::Stats { environment: environment.clone(), containers: vec![id.clone()] },
                    move |message| {
                        if let Message::Event(Event::Stats { samples, .. }) = message {
                            latest.set(samples.into_iter().next());
                        }
                    },
                )
            });
            topic.set_value(subscription);
        });
        on_cleanup(move || {
            // Unsubscribes: the page is gone.
            let _ = topic.try_update_value(Option::take);
        });
        Self(latest)
    }

    /// The last figures; tracked.
    pub(super) fn latest(self) -> Option<Sample> {
        self.0.get()
    }
}
