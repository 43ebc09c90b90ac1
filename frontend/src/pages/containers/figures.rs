//! Processor and memory of the rows in sight: one subscription that follows what is drawn.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use leptos::prelude::*;
use shared::{
    ContainerId,
    containers::ContainerState,
    live::{Event, Sample, Topic},
};

use crate::{
    components::containers_store::ContainersStore,
    live::{self, Message, Subscription},
    ui::sparkline::POINTS,
};

/// The topic takes no more.
pub(super) const MOST: usize = 200;
/// After a gap of so many milliseconds a line begins anew.
const GAP_MS: i64 = 10_000;
/// Rows change quickly while somebody scrolls.
const SETTLE: Duration = Duration::from_millis(120);

/// Whether there is anything to measure: not between two restarts.
pub(super) fn is_measured(state: ContainerState) -> bool {
    matches!(state, ContainerState::Running | ContainerState::Paused)
}

/// The last figures of one container.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Series {
    pub(super) latest: Option<Sample>,
    pub(super) cpu: VecDeque<f64>,
    pub(super) memory: VecDeque<f64>,
    at: i64,
}

impl Series {
    fn push(&mut self, at: i64, sample: Sample) {
        if at.saturating_sub(self.at) > GAP_MS {
            self.cpu.clear();
            self.memory.clear();
        }
        self.at = at;
        for (line, value) in
            [(&mut self.cpu, f64::from(sample.cpu_millis)), (&mut self.memory, sample.memory as f64)]
        {
            if line.len() == POINTS {
                line.pop_front();
            }
            line.push_back(value);
        }
        self.latest = Some(sample);
    }
}

/// The figures of the page. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(super) struct Figures {
    store: ContainersStore,
    series: StoredValue<HashMap<ContainerId, ArcRwSignal<Series>>>,
    wanted: RwSignal<Vec<ContainerId>>,
    arrivals: RwSignal<u64>,
}

impl Figures {
    /// Follows the figures of whatever is wanted, as long as the page is shown.
    pub(super) fn provide(wanted: Memo<Vec<ContainerId>>) -> Self {
        let settled = RwSignal::new(Vec::new());
        let figures = Self {
            store: ContainersStore::use_store(),
            series: StoredValue::new(HashMap::new()),
            wanted: settled,
            arrivals: RwSignal::new(0),
        };
        provide_context(figures);
        let subscription: StoredValue<Option<Subscription>, LocalStorage> = StoredValue::new_local(None);
        let timer: StoredValue<Option<TimeoutHandle>> = StoredValue::new(None);
        Effect::new(move |first: Option<()>| {
            let mut ids = wanted.get();
            ids.truncate(MOST);
            timer.with_value(|timer| {
                if let Some(timer) = timer {
                    timer.clear();
                }
            });
            let follow = move || figures.follow(subscription, ids.clone());
            if first.is_none() {
                follow();
            } else {
                timer.set_value(set_timeout_with_handle(follow, SETTLE).ok());
            }
        });
        figures
    }

    fn follow(self, subscription: StoredValue<Option<Subscription>, LocalStorage>, ids: Vec<ContainerId>) {
        // The page may be gone since the timer was set.
        if self.wanted.try_get_untracked().is_none_or(|wanted| wanted == ids) {
            return;
        }
        self.wanted.set(ids.clone());
        let store = self.store;
        self.series.update_value(|series| series.retain(|id, _| store.row(id).is_some()));
        let environment = store.environment_untracked();
        let topic = move || Topic::Stats { environment: environment.clone(), containers: ids.clone() };
        subscription.update_value(|subscription| match subscription {
            Some(subscription) => subscription.update(topic),
            None => *subscription = Some(live::subscribe(topic, move |message| self.on_message(message))),
        });
    }

    fn on_message(self, message: Message) {
        if let Message::Event(Event::Stats { at, samples }) = message {
            for sample in samples {
                let signal = self.of(&sample.container);
                signal.update(|series| series.push(at.0, sample));
            }
            self.arrivals.update(|count| *count = count.wrapping_add(1));
        }
    }

    /// One container's figures, to draw and to follow.
    pub(super) fn of(self, id: &ContainerId) -> ArcRwSignal<Series> {
        let present = self.series.with_value(|series| series.get(id).cloned());
        present.unwrap_or_else(|| {
            let signal = ArcRwSignal::new(Series::default());
            self.series.update_value(|series| {
                series.insert(id.clone(), signal.clone());
            });
            signal
        })
    }

    /// One container's last figures, without following them.
    pub(super) fn latest(self, id: &ContainerId) -> Option<Sample> {
        self.series.with_value(|series| {
            series.get(id).and_then(|series| series.with_untracked(|series| series.latest.clone()))
        })
    }

    /// Changes whenever figures arrive; tracked.
    pub(super) fn arrivals(self) -> u64 {
        self.arrivals.get()
    }

    /// Whether figures of that container are being followed; tracked.
    pub(super) fn follows(self, id: &ContainerId) -> bool {
        self.wanted.with(|wanted| wanted.contains(id))
    }
}

/// The figures of the page.
pub(super) fn use_figures() -> Option<Figures> {
    use_context::<Figures>()
}
