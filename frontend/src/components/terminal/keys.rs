//! Keys that a phone's keyboard lacks.

use leptos::{ev, prelude::*};

use super::{
    Terminals,
    session::{Modifier, Session},
};
use crate::i18n::{t, use_i18n};

/// The row of keys; shown where fingers are what one has.
#[component]
pub(super) fn Keys(terminals: Terminals) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="terminal-keys" role="toolbar" aria-label=t!(i18n, terminal.keys)>
            <Key terminals label="Esc" sends="\u{1b}" />
            <Key terminals label="Tab" sends="\t" />
            <ModifierKey terminals label="Ctrl" modifier=Modifier::Control />
            <ModifierKey terminals label="Alt" modifier=Modifier::Alt />
            <Arrow terminals label="↑" letter='A' />
            <Arrow terminals label="↓" letter='B' />
            <Arrow terminals label="←" letter='D' />
            <Arrow terminals label="→" letter='C' />
            <Key terminals label="|" sends="|" />
            <Key terminals label="/" sends="/" />
            <Key terminals label="~" sends="~" />
        </div>
    }
}

#[component]
fn Key(terminals: Terminals, label: &'static str, sends: &'static str) -> impl IntoView {
    view! {
        <button class="button" type="button" on:pointerdown=keep_focus on:click=move |_| send(terminals, |_| sends.to_owned())>
            {label}
        </button>
    }
}

#[component]
fn Arrow(terminals: Terminals, label: &'static str, letter: char) -> impl IntoView {
    let sequence = move |session: Session| {
        let application = session.terminal().is_some_and(|terminal| terminal.application_cursor_keys());
        format!("\u{1b}{}{letter}", if application { 'O' } else { '[' })
    };
    view! {
        <button class="button" type="button" on:pointerdown=keep_focus on:click=move |_| send(terminals, sequence)>
            {label}
        </button>
    }
}

#[component]
fn ModifierKey(terminals: Terminals, label: &'static str, modifier: Modifier) -> impl IntoView {
    let held = move || terminals.active().is_some_and(|session| session.modifier.get() == modifier);
    view! {
        <button
            class="button"
            type="button"
            data-toggle=""
            aria-pressed=move || held().to_string()
            on:pointerdown=keep_focus
            on:click=move |_| {
                if let Some(session) = untrack(|| terminals.active()) {
                    session
                        .modifier
                        .update(|held| *held = if *held == modifier { Modifier::None } else { modifier });
                }
            }
        >
            {label}
        </button>
    }
}

/// The keyboard stays with the terminal.
fn keep_focus(event: ev::PointerEvent) {
    event.prevent_default();
}

fn send(terminals: Terminals, text: impl Fn(Session) -> String) {
    if let Some(session) = untrack(|| terminals.active())
        && let Some(terminal) = session.terminal()
    {
        terminal.type_text(&text(session));
        terminal.focus();
    }
}
