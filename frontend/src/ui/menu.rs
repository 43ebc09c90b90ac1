//! Menus: a native popover under its button. The browser closes it on Escape and on a press elsewhere.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::ui::{
    button::Press,
    icon::{Icon, IconView},
    lazy::{Lazy, Load},
    toast::use_toasts,
};

/// The id of the menu that an item stands in.
#[derive(Clone, Copy)]
struct MenuId(&'static str);

/// The popover. A button opens it by `popovertarget=<id>`.
#[component]
pub(crate) fn Menu(
    /// Its id.
    id: &'static str,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
    /// Opens towards the end rather than the start.
    #[prop(optional)]
    align_start: bool,
    /// Its items, where their code is loaded when it is opened.
    #[prop(optional, into)]
    items: Option<Load>,
    /// Its items otherwise.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    provide_context(MenuId(id));
    let opened = RwSignal::new(false);
    let items = StoredValue::new(items);
    let open = move || {
        if !opened.get_untracked() {
            opened.set(true);
        }
    };
    let loaded = move || {
        let items = if opened.get() { items.try_update_value(Option::take).flatten() } else { None };
        items.map(|items| view! { <Lazy load=items floating=true /> })
    };
    view! {
        <div
            class="menu"
            id=id
            popover="auto"
            role="group"
            aria-label=label
            data-align=align_start.then_some("start")
            on:toggle=move |_| open()
            on:keydown=move |event| move_focus(&event)
        >
            {loaded}
            {children.map(|children| children())}
        </div>
    }
}

/// Something to do; the menu closes.
#[component]
pub(crate) fn MenuItem(
    /// What it does.
    #[prop(into)]
    label: Signal<String>,
    /// Before the words.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// Destroys something.
    #[prop(optional)]
    danger: bool,
    /// Why it may not be pressed now.
    #[prop(optional, into)]
    disabled_why: Signal<Option<String>>,
    /// What it does.
    #[prop(into)]
    on_press: Press,
) -> impl IntoView {
    let menu = use_context::<MenuId>().map(|menu| menu.0);
    let toasts = use_toasts();
    view! {
        <button
            class="menu-item"
            type="button"
            data-variant=danger.then_some("danger")
            popovertarget=menu
            popovertargetaction="hide"
            aria-disabled=move || disabled_why.with(Option::is_some).then_some("true")
            title=move || disabled_why.get()
            on:click=move |event| {
                match disabled_why.get_untracked() {
                    Some(why) => {
                        event.prevent_default();
                        toasts.why(why);
                    }
                    None => on_press.run(),
                }
            }
        >
            {icon.map(|icon| view! { <IconView icon=icon /> })}
            {label}
        </button>
    }
}

/// A place to go to.
#[component]
pub(crate) fn MenuLink(
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
    /// Before the words.
    #[prop(optional, into)]
    icon: Option<Icon>,
) -> impl IntoView {
    view! {
        <a class="menu-item" href=href on:click=move |event| close_around(event.target())>
            {icon.map(|icon| view! { <IconView icon=icon /> })}
            {label}
        </a>
    }
}

/// A line between groups of items.
#[component]
pub(crate) fn MenuRule() -> impl IntoView {
    view! { <div class="menu-rule"></div> }
}

/// Closes the popover of that id, if it is open.
pub(crate) fn close(id: &str) {
    if let Some(menu) = document().get_element_by_id(id).and_then(|menu| menu.dyn_into::<HtmlElement>().ok())
    {
        // Fails when it is closed already.
        let _ = menu.hide_popover();
    }
}

fn close_around(target: Option<web_sys::EventTarget>) {
    let element = target.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if let Some(menu) = element.and_then(|element| element.closest("[popover]").ok().flatten()) {
        close(&menu.id());
    }
}

/// The arrows walk through the items.
fn move_focus(event: &ev::KeyboardEvent) {
    let step: i64 = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let Some(menu) = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return;
    };
    let Ok(items) = menu.query_selector_all(".menu-item:not([hidden])") else { return };
    let count = i64::from(items.length());
    if count == 0 {
        return;
    }
    event.prevent_default();
    let focused = document().active_element();
    let here = (0..items.length()).find(|&index| {
        items.item(index).zip(focused.as_ref()).is_some_and(|(item, focused)| item.contains(Some(focused)))
    });
    let next = match here {
        Some(here) => (i64::from(here) + step).rem_euclid(count),
        None if step > 0 => 0,
        None => count - 1,
    };
    let next = u32::try_from(next).ok().and_then(|next| items.item(next));
    if let Some(item) = next.and_then(|item| item.dyn_into::<HtmlElement>().ok()) {
        // A label's focus goes to its checkbox.
        let target = item
            .query_selector("input")
            .ok()
            .flatten()
            .and_then(|input| input.dyn_into::<HtmlElement>().ok());
        let _ = target.unwrap_or(item).focus();
    }
}
