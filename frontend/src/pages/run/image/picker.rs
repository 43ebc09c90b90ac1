//! The image's field: those that are here are offered while one types, with their size and age.

use leptos::{ev, prelude::*};
use shared::images::ImageSummary;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::images::use_images;
use crate::{
    components::error_text::error_text,
    i18n::{t, t_string, use_i18n},
    pages::run::{form::use_form, notes::is_wrong, reading::Spot},
    ui::{clock::now, format, text::lower},
};

const LIST: &str = "run-images";
/// Images that are offered at once.
const MOST: usize = 50;

/// One that is offered.
#[derive(Clone, Debug, PartialEq)]
struct Offer {
    name: String,
    image: ImageSummary,
}

fn option_id(index: usize) -> String {
    format!("{LIST}-{index}")
}

/// Those whose name has all of the words, and none when the name is whole already.
fn offers(typed: &str, images: &[ImageSummary]) -> Vec<Offer> {
    let wanted = lower(typed.trim());
    if !wanted.is_empty() && images.iter().any(|image| image.is(typed.trim())) {
        return Vec::new();
    }
    let named = images.iter().flat_map(|image| {
        image.tags.iter().map(move |tag| Offer { name: tag.clone(), image: image.clone() })
    });
    let fits = |offer: &Offer| wanted.split_whitespace().all(|word| lower(&offer.name).contains(word));
    named.filter(fits).take(MOST).collect()
}

/// See the module.
#[component]
pub(super) fn ImagePicker() -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let images = use_images();
    let open = RwSignal::new(false);
    let mark = RwSignal::new(None::<usize>);
    let offered = Memo::new(move |_| {
        if !open.get() {
            return Vec::new();
        }
        let typed = form.image.get();
        images.with(|images| offers(&typed, images.map(Vec::as_slice).unwrap_or_default()))
    });
    let shown = Memo::new(move |_| offered.with(|offers| !offers.is_empty()));
    let pick = move |name: String| {
        form.image.set(name);
        open.set(false);
        mark.set(None);
    };
    let step = move |by: isize| {
        let count = offered.with_untracked(Vec::len);
        if count == 0 {
            return;
        }
        let next = match mark.get_untracked() {
            None if by < 0 => count - 1,
            None => 0,
            Some(index) => (index + count).saturating_add_signed(by) % count,
        };
        mark.set(Some(next));
        request_animation_frame(move || {
            if let Some(option) = document().get_element_by_id(&option_id(next)) {
                let options = ScrollIntoViewOptions::new();
                options.set_block(ScrollLogicalPosition::Nearest);
                option.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let marked = || {
            let index = mark.get_untracked()?;
            offered.with_untracked(|offers| offers.get(index).map(|offer| offer.name.clone()))
        };
        match event.key().as_str() {
            "ArrowDown" | "ArrowUp" => {
                event.prevent_default();
                if !open.get_untracked() {
                    open.set(true);
                }
                step(if event.key() == "ArrowDown" { 1 } else { -1 });
            }
            "Enter" if !event.ctrl_key() && !event.meta_key() => {
                if let Some(name) = marked() {
                    event.prevent_default();
                    pick(name);
                }
            }
            "Escape" if shown.get_untracked() => {
                event.prevent_default();
                open.set(false);
                mark.set(None);
            }
            _ => {}
        }
    };
    view! {
        <div class="image-picker">
            <input
                class="input"
                data-mono=""
                id="run-image"
                role="combobox"
                aria-expanded=move || shown.get().to_string()
                aria-controls=LIST
                aria-autocomplete="list"
                aria-activedescendant=move || mark.get().filter(|_| shown.get()).map(option_id)
                placeholder="nginx:latest"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                required
                aria-describedby="run-image-note"
                aria-invalid=move || is_wrong(form, Spot::Image).then_some("true")
                prop:value=form.image
                on:input=move |event| {
                    form.image.set(event_target_value(&event));
                    mark.set(None);
                    open.set(true);
                }
                on:click=move |_| open.set(true)
                on:blur=move |_| {
                    open.set(false);
                    mark.set(None);
                }
                on:keydown=on_key
            />
            <div
                class="image-offers"
                id=LIST
                role="listbox"
                aria-label=t!(i18n, run.pick.offers)
                hidden=move || !shown.get()
                // The field keeps the keyboard.
                on:mousedown=move |event| event.prevent_default()
            >
                {move || {
                    offered
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(index, offer)| {
                            let Offer { name, image } = offer;
                            let picked = name.clone();
                            view! {
                                <div
                                    class="image-offer"
                                    id=option_id(index)
                                    role="option"
                                    aria-selected=move || (mark.get() == Some(index)).to_string()
                                    on:click=move |_| pick(picked.clone())
                                >
                                    <span class="mono truncate">{name}</span>
                                    <span class="num">{move || format::disk(i18n, image.size.0)}</span>
                                    <span class="image-age">
                                        {move || image.created.map(|at| format::ago(i18n, at, now()))}
                                    </span>
                                </div>
                            }
                        })
                        .collect_view()
                }}
            </div>
        </div>
        {move || {
            images
                .failure()
                .map(|error| {
                    let why = error_text(i18n, &error);
                    view! { <p class="field-hint">{t_string!(i18n, run.pick.unread, why = why)}</p> }
                })
        }}
    }
}
