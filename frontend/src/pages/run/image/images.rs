//! The images that the engine has, and whether the one that was typed is among them. The engine is not asked
//! for each key: the list is read once, and again when the console says that it changed.

use leptos::prelude::*;
use shared::{
    ApiError, Empty,
    images::{ImageDetails, ImageQuery, ImageReference, ImageSummary, InspectImage, ListImages},
    live::{Event, Topic},
    run::words::quote,
};

use crate::{
    api,
    components::{containers_store::ContainersStore, reading::Reading},
    live::{self, Message},
    pages::run::form::use_form,
};

/// Whether the image is here.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pages::run) enum Presence {
    /// The list is not read yet, or could not be.
    Unknown,
    /// Nothing was typed.
    Empty,
    /// It is.
    Here(ImageSummary),
    /// It is not, and could be pulled.
    Missing(ImageReference),
    /// It is not, and no registry could have it: an id, or no name at all.
    Unnamed,
}

/// What an image has, as the form says it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Details(pub(super) ImageDetails);

impl Details {
    /// What runs unless it is told otherwise, as in a shell line.
    pub(super) fn words(&self) -> String {
        let words = self.0.entrypoint.iter().chain(&self.0.command);
        words.map(|word| quote(word)).collect::<Vec<_>>().join(" ")
    }
}

/// See the module. A handle that is freely copied.
#[derive(Clone, Copy)]
pub(in crate::pages::run) struct Images {
    list: Reading<Vec<ImageSummary>>,
    details: Reading<Details>,
    presence: Memo<Presence>,
}

impl Images {
    /// For the page.
    pub(in crate::pages::run) fn provide() -> Self {
        let store = ContainersStore::use_store();
        let form = use_form();
        let list = Reading::<Vec<ImageSummary>>::new();
        Effect::new(move || {
            let environment = store.environment();
            list.forget();
            let topic = environment.clone();
            // Told at once, and after each reconnect.
            live::subscribe_here(
                move || Topic::Images { environment: topic.clone() },
                move |message| {
                    let environment = environment.clone();
                    match message {
                        Message::Event(Event::Images { .. }) => {
                            list.start(api::call(ListImages { environment }, Empty {}, ()));
                        }
                        Message::Ended(error) => list.start(async move { Err(error) }),
                        Message::Event(_) | Message::Log(..) => {}
                    }
                },
            );
        });
        let presence = Memo::new(move |_| {
            let typed = form.image.with(|image| image.trim().to_owned());
            list.with(|list| presence(&typed, list.map(Vec::as_slice)))
        });
        let details = Reading::new();
        let id = Memo::new(move |_| match presence.get() {
            Presence::Here(image) => Some(image.id),
            _ => None,
        });
        Effect::new(move || {
            details.forget();
            let Some(image) = id.get().and_then(|id| id.parse().ok()) else { return };
            let environment = store.environment();
            details.start(async move {
                let query = ImageQuery { image };
                api::call(InspectImage { environment }, query, ()).await.map(Details)
            });
        });
        let images = Self { list, details, presence };
        provide_context(images);
        images
    }

    /// Whether the image that was typed is here; tracked.
    pub(super) fn presence(self) -> Presence {
        self.presence.get()
    }

    /// The image that would have to be pulled, if it is one.
    pub(in crate::pages::run) fn missing_untracked(self) -> Option<ImageReference> {
        match self.presence.get_untracked() {
            Presence::Missing(reference) => Some(reference),
            _ => None,
        }
    }

    /// Looks at the list; tracked.
    pub(super) fn with<R>(self, look: impl FnOnce(Option<&Vec<ImageSummary>>) -> R) -> R {
        self.list.with(look)
    }

    /// Why the list could not be read; tracked.
    pub(super) fn failure(self) -> Option<ApiError> {
        self.list.failure()
    }

    /// What the image has, once read; tracked.
    pub(super) fn details(self) -> Option<Details> {
        self.details.value()
    }

    /// Why that could not be read; tracked.
    pub(super) fn details_failure(self) -> Option<ApiError> {
        self.details.failure()
    }

    /// Whether that is being read.
    pub(super) fn details_pending(self) -> Signal<bool> {
        self.details.pending()
    }
}

fn presence(typed: &str, list: Option<&[ImageSummary]>) -> Presence {
    let Some(list) = list else { return Presence::Unknown };
    if typed.is_empty() {
        return Presence::Empty;
    }
    if let Some(image) = list.iter().find(|image| image.is(typed)) {
        return Presence::Here(image.clone());
    }
    typed.parse().map_or(Presence::Unnamed, Presence::Missing)
}

/// The images of the page.
pub(in crate::pages::run) fn use_images() -> Images {
    use_context::<Images>().unwrap_or_else(Images::provide)
}
