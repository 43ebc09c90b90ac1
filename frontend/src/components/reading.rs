//! One read of the server: its value, why it failed, whether it is under way. What was read before stays
//! while it is read again, and a reply that comes too late is ignored.

use std::future::Future;

use leptos::{prelude::*, task::spawn_local};
use shared::ApiError;

/// A read that can be repeated. A handle that is freely copied.
#[derive(Debug)]
pub(crate) struct Reading<T: Send + Sync + 'static> {
    value: RwSignal<Option<T>>,
    failure: RwSignal<Option<ApiError>>,
    pending: RwSignal<bool>,
    generation: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Reading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Reading<T> {}

impl<T: Clone + Send + Sync + 'static> Reading<T> {
    /// Nothing was read yet.
    pub(crate) fn new() -> Self {
        Self {
            value: RwSignal::new(None),
            failure: RwSignal::new(None),
            pending: RwSignal::new(false),
            generation: StoredValue::new(0),
        }
    }

    /// Reads; what is under way already is given up.
    pub(crate) fn start(self, reply: impl Future<Output = Result<T, ApiError>> + 'static) {
        let generation = self.next();
        self.pending.set(true);
        spawn_local(async move {
            let reply = reply.await;
            // The page may be gone by now, or have asked for something else.
            if self.generation.try_get_value() != Some(generation) {
                return;
            }
            match reply {
                Ok(value) => {
                    self.failure.set(None);
                    self.value.set(Some(value));
                }
                Err(error) => self.failure.set(Some(error)),
            }
            self.pending.set(false);
        });
    }

    /// Forgets what was read, and gives up what is under way.
    pub(crate) fn forget(self) {
        self.next();
        self.value.set(None);
        self.failure.set(None);
        self.pending.set(false);
    }

    /// Changes what was read.
    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        self.value.update(|value| {
            if let Some(value) = value {
                change(value);
            }
        });
    }

    /// What was read last; tracked.
    pub(crate) fn value(self) -> Option<T> {
        self.value.get()
    }

    /// Looks at what was read last; tracked.
    pub(crate) fn with<R>(self, look: impl FnOnce(Option<&T>) -> R) -> R {
        self.value.with(|value| look(value.as_ref()))
    }

    /// Why the last read failed, if it did; tracked.
    pub(crate) fn failure(self) -> Option<ApiError> {
        self.failure.get()
    }

    /// Whether it is being read.
    pub(crate) fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    fn next(self) -> u32 {
        let generation = self.generation.get_value().wrapping_add(1);
        self.generation.set_value(generation);
        generation
    }
}
