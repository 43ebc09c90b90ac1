//! Parts of the page whose code is loaded when they are first shown.
//!
//! Belongs here: declaring such a part, showing it, and saying so when it cannot be had. A part is everything
//! that only its own function reaches; `cargo xtask` takes it out of the first download.

use std::{future::Future, pin::Pin, sync::Arc};

use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, reactive::computed::ScopedFuture, task::spawn_local, wasm_split::SplitLoaderError};

use crate::{
    api::RETRY_MS,
    i18n::{t, t_string, use_i18n},
    interop::modules::{self, NotLoaded},
    ui::{button::Button, empty_state::EmptyState, icon::Icon, progress::Busy, toast::use_toasts},
};

/// The part's view, or that its code could not be loaded.
pub(crate) type Part = Result<AnyView, SplitLoaderError>;

/// A part on its way.
pub(crate) type Loading = Pin<Box<dyn Future<Output = Part>>>;

/// Begins to load a part: `terminal_tab`, or `move || logs_tab(subject)`.
#[derive(Clone)]
pub(crate) struct Load(Arc<dyn Fn() -> Loading + Send + Sync>);

impl<F: Fn() -> Loading + Send + Sync + 'static> From<F> for Load {
    fn from(load: F) -> Self {
        Self(Arc::new(load))
    }
}

/// Declares a part: `part! { terminal: fn terminal_tab(subject: Subject) { view! { ... } } }`. The name before
/// the colon is that of the file; parts of one name come in one. Calling the function loads and draws. `act`
/// in place of `fn` is for what is done rather than drawn.
macro_rules! part {
    ($file:ident: fn $name:ident($($argument:ident: $type:ty),*) $body:block) => {
        #[allow(unsafe_code, reason = "a part is joined to the rest by symbols that the linker knows by name")]
        mod $name {
            use super::*;

            #[leptos::wasm_split::wasm_split(
                $file,
                fallible,
                preload(fetch),
                wasm_split_path = ::leptos::wasm_split
            )]
            fn $name($($argument: $type),*) -> $crate::ui::lazy::Part {
                $crate::ui::icon::bring_later_icons();
                Ok($body.into_any())
            }

            /// Fetches the code, where it is likely to be wanted soon.
            #[allow(dead_code, reason = "not every part is foreseen")]
            pub(super) fn prepare() {
                ::leptos::task::spawn_local(async {
                    // What could not be fetched is tried again, and told, when it is wanted.
                    let _ = fetch().await;
                });
            }

            pub(super) fn load($($argument: $type),*) -> $crate::ui::lazy::Loading {
                Box::pin($name($($argument),*))
            }
        }
        use $name::load as $name;
    };
    ($file:ident: act $name:ident($($argument:ident: $type:ty),*) $body:block) => {
        #[allow(unsafe_code, reason = "a part is joined to the rest by symbols that the linker knows by name")]
        mod $name {
            use super::*;

            #[leptos::wasm_split::wasm_split($file, fallible, wasm_split_path = ::leptos::wasm_split)]
            pub(super) fn $name($($argument: $type),*) -> Result<(), ::leptos::wasm_split::SplitLoaderError> {
                $body;
                Ok(())
            }
        }
        use $name::$name;
    };
}

pub(crate) use part;

/// What the parts look like.
const STYLE: &str = "later.css";

/// Where a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Its code is on the way.
    Loading,
    /// It waits to be put in its place.
    Loaded,
    /// Its code did not come.
    Failed,
}

/// Shows a part; while its code comes, that it comes.
#[component]
pub(crate) fn Lazy(
    /// Which.
    #[prop(into)]
    load: Load,
    /// Whether it floats over the page: nothing stands in its place meanwhile, and a failure is a toast.
    #[prop(optional)]
    floating: bool,
) -> impl IntoView {
    let standing = RwSignal::new(Standing::Loading);
    let loaded = StoredValue::new_local(None::<AnyView>);
    let begin = move || {
        standing.set(Standing::Loading);
        let load = load.clone();
        // In this place's scope, so that the part finds what the page provides and goes with it.
        let drawing = ScopedFuture::new_untracked(async move {
            let first = fetch(&load).await;
            if first.is_ok() {
                return first;
            }
            // As a call that only reads.
            TimeoutFuture::new(RETRY_MS).await;
            fetch(&load).await
        });
        spawn_local(async move {
            let part = drawing.await;
            // The place may be gone by now.
            let now = if part.is_ok() { Standing::Loaded } else { Standing::Failed };
            if loaded.try_update_value(|place| *place = part.ok()).is_some() {
                let _ = standing.try_set(now);
            }
        });
    };
    begin();
    let begin = StoredValue::new(begin);
    let i18n = use_i18n();
    let toasts = floating.then(use_toasts);
    Effect::new(move || {
        if let Some(toasts) = toasts
            && standing.get() == Standing::Failed
        {
            toasts.failure(t_string!(i18n, common.part.title), t_string!(i18n, common.part.text));
        }
    });
    move || match standing.get() {
        Standing::Loading | Standing::Failed if floating => ().into_any(),
        Standing::Loading => view! { <Waiting /> }.into_any(),
        Standing::Loaded => loaded.try_update_value(Option::take).flatten().into_any(),
        Standing::Failed => {
            view! { <Failed on_retry=move || begin.with_value(|begin| begin()) /> }.into_any()
        }
    }
}

async fn fetch(load: &Load) -> Result<AnyView, NotLoaded> {
    let style = modules::style(STYLE);
    let part = (load.0)().await.map_err(|_| NotLoaded);
    style.await.and(part)
}

#[component]
fn Waiting() -> impl IntoView {
    let i18n = use_i18n();
    view! { <div class="page-body late"><Busy label=t!(i18n, common.loading) /></div> }
}

/// The console was left or replaced by another version, whose parts have other names.
#[component]
fn Failed(on_retry: impl Fn() + Send + Sync + Clone + 'static) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <EmptyState icon=Icon::PlugOff title=t!(i18n, common.part.title) text=t!(i18n, common.part.text)>
            <Button label=t!(i18n, common.retry) on_press=on_retry />
            <Button label=t!(i18n, common.reload) on_press=reload />
        </EmptyState>
    }
}

fn reload() {
    // Fails only where the page may not navigate itself.
    let _ = window().location().reload();
}
