//! Buttons. One that may not be pressed stays reachable and says why.

use std::rc::Rc;

use leptos::prelude::*;

use crate::ui::{
    icon::{Icon, IconView},
    toast::{Toasts, use_toasts},
};

/// What a press does. One type for all of them, so that a button is compiled once and not once per use.
pub(crate) struct Press(Rc<dyn Fn()>);

impl Press {
    /// Does it.
    pub(crate) fn run(&self) {
        (self.0)();
    }
}

impl<F: Fn() + 'static> From<F> for Press {
    fn from(run: F) -> Self {
        Self(Rc::new(run))
    }
}

/// How a button looks: see the style sheet of the same name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Variant {
    /// The normal one.
    #[default]
    Normal,
    /// The one thing to do in this view.
    Primary,
    /// In toolbars.
    Ghost,
    /// At a row's end.
    Link,
    /// Destroys; only inside the dialog that asks.
    Danger,
}

impl Variant {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Normal => None,
            Self::Primary => Some("primary"),
            Self::Ghost => Some("ghost"),
            Self::Link => Some("link"),
            Self::Danger => Some("danger"),
        }
    }
}

/// How large a button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Size {
    /// In a row.
    Small,
    /// In a toolbar.
    #[default]
    Normal,
    /// In a form.
    Large,
}

impl Size {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Small => Some("small"),
            Self::Normal => None,
            Self::Large => Some("large"),
        }
    }
}

/// A button with words, and an icon before them if there is one.
#[component]
pub(crate) fn Button(
    /// What it does: a verb.
    #[prop(into)]
    label: Signal<String>,
    /// How it looks.
    #[prop(optional)]
    variant: Variant,
    /// How large it is.
    #[prop(optional)]
    size: Size,
    /// Before the words.
    #[prop(optional, into)]
    icon: Option<Icon>,
    /// Why it may not be pressed now.
    #[prop(optional, into)]
    disabled_why: Signal<Option<String>>,
    /// Whether what it does is under way.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// What it does.
    #[prop(into)]
    on_press: Press,
) -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <button
            class="button"
            type="button"
            data-variant=variant.name()
            data-size=size.name()
            aria-disabled=move || is_disabled(disabled_why, pending)
            aria-busy=move || pending.get().then_some("true")
            title=move || disabled_why.get()
            on:click=move |_| press(toasts, disabled_why, pending, &on_press)
        >
            {move || lead(pending.get(), icon, size == Size::Small)}
            <span class="button-label">{label}</span>
        </button>
    }
}

/// A square button: its name is read aloud and shown as a title.
#[component]
pub(crate) fn IconButton(
    /// What it does, and to what.
    #[prop(into)]
    label: Signal<String>,
    /// The drawing.
    #[prop(into)]
    icon: Signal<Icon>,
    /// How large it is.
    #[prop(optional)]
    size: Size,
    /// Shown in a row even without hover.
    #[prop(optional)]
    always: bool,
    /// Whether a toggle is on; absent for what is none.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// Why it may not be pressed now.
    #[prop(optional, into)]
    disabled_why: Signal<Option<String>>,
    /// Whether what it does is under way.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// What it does.
    #[prop(into)]
    on_press: Press,
) -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <button
            class="button"
            type="button"
            data-variant="ghost"
            data-size=size.name()
            data-icon=""
            data-always=always.then_some("")
            data-toggle=pressed.map(|_| "")
            aria-label=label
            aria-pressed=move || pressed.map(|pressed| pressed.get().to_string())
            aria-disabled=move || is_disabled(disabled_why, pending)
            aria-busy=move || pending.get().then_some("true")
            title=move || disabled_why.get().unwrap_or_else(|| label.get())
            on:click=move |_| press(toasts, disabled_why, pending, &on_press)
        >
            {move || lead(pending.get(), Some(icon.get()), size == Size::Small)}
        </button>
    }
}

/// Sends the form it stands in.
#[component]
pub(crate) fn SubmitButton(
    /// What it does: a verb.
    #[prop(into)]
    label: Signal<String>,
    /// How it looks.
    #[prop(default = Variant::Primary)]
    variant: Variant,
    /// As wide as the form.
    #[prop(optional)]
    block: bool,
    /// Whether the form is under way.
    #[prop(optional, into)]
    pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            class="button"
            type="submit"
            data-variant=variant.name()
            data-size="large"
            data-block=block.then_some("")
            aria-disabled=move || pending.get().then_some("true")
            aria-busy=move || pending.get().then_some("true")
        >
            {move || lead(pending.get(), None, false)}
            <span class="button-label">{label}</span>
        </button>
    }
}

fn is_disabled(why: Signal<Option<String>>, pending: Signal<bool>) -> Option<&'static str> {
    (pending.get() || why.with(Option::is_some)).then_some("true")
}

/// Does it, or says why it cannot be done: a finger does not rest on a button to read its title.
fn press(toasts: Toasts, why: Signal<Option<String>>, pending: Signal<bool>, on_press: &Press) {
    if pending.get_untracked() {
        return;
    }
    match why.get_untracked() {
        None => on_press.run(),
        Some(why) => toasts.why(why),
    }
}

fn lead(pending: bool, icon: Option<Icon>, small: bool) -> Option<AnyView> {
    if pending {
        return Some(view! { <span class="spinner" aria-hidden="true"></span> }.into_any());
    }
    icon.map(|icon| view! { <IconView icon=icon small=small /> }.into_any())
}
