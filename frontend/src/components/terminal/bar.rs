//! Above the screen: sessions as tabs, what a new one runs and as whom, and what can be done with the text.

use leptos::{ev, html, prelude::*};

use super::{
    SESSIONS_MAX, Terminals,
    ask::{Ask, Program},
    session::{Session, State},
    tab_name,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{
        button::{Button, IconButton},
        download,
        icon::{Icon, IconView},
    },
};

const SHELL: &str = "";
const ATTACH: &str = ":attach";
const OTHER: &str = ":other";
const SHELLS: [&str; 3] = ["bash", "sh", "ash"];

/// The bar.
#[component]
pub(super) fn Bar(terminals: Terminals, section: NodeRef<html::Section>) -> impl IntoView {
    let i18n = use_i18n();
    let full = Signal::derive(move || {
        (terminals.sessions.with(Vec::len) >= SESSIONS_MAX).then(|| t_string!(i18n, terminal.too_many))
    });
    view! {
        <div class="terminal-bar">
            <div class="file-tabs" role="tablist" aria-label=t!(i18n, terminal.sessions)>
                <For each=move || terminals.sessions.get() key=|session| session.number let:session>
                    <SessionTab terminals session />
                </For>
            </div>
            <IconButton
                label=t!(i18n, terminal.new)
                icon=Icon::Plus
                disabled_why=full
                on_press=move || terminals.open()
            />
            <span class="terminal-options push">
                <ProgramChoice terminals />
                <UserChoice terminals />
                <span class="toolbar-rule"></span>
                <Tools terminals section />
            </span>
        </div>
        {move || {
            terminals
                .active()
                .map(|session| {
                    view! {
                        <Show when=move || session.finding.get()>
                            <FindBar session />
                        </Show>
                    }
                })
        }}
    }
}

#[component]
fn SessionTab(terminals: Terminals, session: Session) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <button
            type="button"
            role="tab"
            aria-selected=move || (terminals.active.get() == session.number).to_string()
            aria-controls=format!("terminal-{}", session.number)
            data-ended=move || session.state.with(State::is_over).then_some("")
            on:click=move |_| terminals.show(session)
        >
            <IconView icon=Icon::Terminal small=true />
            {move || tab_name(session, i18n)}
        </button>
    }
}

#[component]
fn ProgramChoice(terminals: Terminals) -> impl IntoView {
    let i18n = use_i18n();
    let ask = terminals.ask;
    let typed = RwSignal::new(false);
    let chosen = move || match ask.with(|ask| ask.program.clone()) {
        Program::Shell => SHELL.to_owned(),
        Program::Attach | Program::Start => ATTACH.to_owned(),
        Program::Command(line) if SHELLS.contains(&line.as_str()) && !typed.get() => line,
        Program::Command(_) => OTHER.to_owned(),
    };
    let choose = move |event: ev::Event| {
        let value = event_target_value(&event);
        typed.set(value == OTHER);
        ask.update(|ask| {
            ask.program = match value.as_str() {
                SHELL => Program::Shell,
                ATTACH => Program::Attach,
                OTHER => Program::Command(String::new()),
                shell => Program::Command(shell.to_owned()),
            };
        });
    };
    let line = move || match ask.with(|ask| ask.program.clone()) {
        Program::Command(line) => line,
        Program::Shell | Program::Attach | Program::Start => String::new(),
    };
    view! {
        <span class="select" data-quiet="">
            <select aria-label=t!(i18n, terminal.program) on:change=choose prop:value=chosen>
                <option value=SHELL>{t!(i18n, terminal.shell)}</option>
                {SHELLS.map(|shell| view! { <option value=shell>{shell}</option> })}
                <option value=OTHER>{t!(i18n, terminal.other_command)}</option>
                <option value=ATTACH>{t!(i18n, terminal.attach)}</option>
            </select>
            <IconView icon=Icon::ChevronDown />
        </span>
        <Show when=move || chosen() == OTHER>
            <TextEntry
                terminals
                label=t!(i18n, terminal.command)
                placeholder="psql -U postgres"
                value=Signal::derive(line)
                on_change=move |line: String| ask.update(|ask| ask.program = Program::Command(line))
            />
        </Show>
    }
}

#[component]
fn UserChoice(terminals: Terminals) -> impl IntoView {
    let i18n = use_i18n();
    let ask = terminals.ask;
    let typed = RwSignal::new(false);
    let chosen = move || match ask.with(|ask| ask.user.clone()).as_str() {
        _ if typed.get() => OTHER,
        "" => "",
        "root" => "root",
        _ => OTHER,
    };
    let choose = move |event: ev::Event| {
        let value = event_target_value(&event);
        typed.set(value == OTHER);
        ask.update(|ask| ask.user = if value == OTHER { String::new() } else { value });
    };
    let is_exec = move || !ask.with(|ask| ask.program.is_attached());
    view! {
        <Show when=is_exec>
            <span class="select" data-quiet="">
                <select aria-label=t!(i18n, terminal.user) on:change=choose prop:value=chosen>
                    <option value="">{t!(i18n, terminal.own_user)}</option>
                    <option value="root">{t!(i18n, terminal.root)}</option>
                    <option value=OTHER>{t!(i18n, terminal.other_user)}</option>
                </select>
                <IconView icon=Icon::ChevronDown />
            </span>
            <Show when=move || chosen() == OTHER>
                <TextEntry
                    terminals
                    label=t!(i18n, terminal.user_name)
                    placeholder="1000:1000"
                    value=Signal::derive(move || ask.with(|ask| ask.user.clone()))
                    on_change=move |user: String| ask.update(|ask| ask.user = user)
                />
            </Show>
        </Show>
    }
}

/// What no choice offers, typed; Enter opens the session.
#[component]
fn TextEntry(
    terminals: Terminals,
    #[prop(into)] label: Signal<String>,
    placeholder: &'static str,
    value: Signal<String>,
    on_change: impl Fn(String) + 'static,
) -> impl IntoView {
    view! {
        <input
            class="input terminal-entry"
            data-mono=""
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            aria-label=label
            placeholder=placeholder
            prop:value=value
            on:input=move |event| on_change(event_target_value(&event))
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Enter" {
                    event.prevent_default();
                    terminals.open();
                }
            }
        />
    }
}

/// What can be done with the session that is shown.
#[component]
fn Tools(terminals: Terminals, section: NodeRef<html::Section>) -> impl IntoView {
    let i18n = use_i18n();
    let none = Signal::derive(move || terminals.active().is_none().then(|| t_string!(i18n, terminal.none)));
    let save = move || {
        if let Some(terminal) = untrack(|| terminals.active()).and_then(Session::terminal) {
            let name =
                terminals.container.with_untracked(|container| format!("{}-terminal.txt", container.name));
            download::save_text(&name, &terminal.text());
            terminal.focus();
        }
    };
    let enlarge = move || {
        let Some(section) = section.get_untracked() else { return };
        if document().fullscreen_element().is_some() {
            document().exit_fullscreen();
        } else {
            // Refused by some phones, which have no room to win.
            let _ = section.request_fullscreen();
        }
    };
    view! {
        <IconButton
            label=t!(i18n, terminal.find)
            icon=Icon::Search
            disabled_why=none
            on_press=move || {
                if let Some(session) = untrack(|| terminals.active()) {
                    session.finding.update(|finding| *finding = !*finding);
                }
            }
        />
        <IconButton label=t!(i18n, terminal.save) icon=Icon::Download disabled_why=none on_press=save />
        <IconButton
            label=t!(i18n, terminal.screen_reader)
            icon=Icon::Eye
            pressed=Signal::from(terminals.screen_reader)
            on_press=move || terminals.toggle_screen_reader()
        />
        <IconButton label=t!(i18n, terminal.full_screen) icon=Icon::Expand on_press=enlarge />
        <Button
            label=t!(i18n, terminal.end)
            icon=Icon::X
            disabled_why=none
            on_press=move || {
                if let Some(session) = untrack(|| terminals.active()) {
                    terminals.close(session);
                }
            }
        />
    }
}

/// Searching what was printed.
#[component]
fn FindBar(session: Session) -> impl IntoView {
    let i18n = use_i18n();
    let text = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Always possible for an element in the page.
            let _ = input.focus();
        }
    });
    let find = move |backwards: bool| {
        if let Some(terminal) = session.terminal() {
            let text = text.get_untracked();
            if text.is_empty() {
                terminal.end_find();
            } else {
                terminal.find(&text, backwards);
            }
        }
    };
    let close = move || {
        session.finding.set(false);
        if let Some(terminal) = session.terminal() {
            terminal.end_find();
            terminal.focus();
        }
    };
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            find(event.shift_key());
        }
        "Escape" => close(),
        _ => {}
    };
    let hits = move || match session.found.get() {
        _ if text.with(String::is_empty) => String::new(),
        (Some(hit), count) => {
            t_string!(i18n, terminal.hit_of, hit = (hit + 1).to_string(), count = count.to_string())
        }
        (None, 0) => t_string!(i18n, terminal.no_hits),
        (None, count) => count.to_string(),
    };
    view! {
        <div class="terminal-find" role="search">
            <div class="input-group" data-grow="">
                <IconView icon=Icon::Search small=true />
                <input
                    class="input"
                    data-mono=""
                    type="search"
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=t!(i18n, terminal.find)
                    node_ref=input
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        find(false);
                    }
                    on:keydown=on_key
                />
                <span class="input-end">
                    <span aria-live="polite">{hits}</span>
                    <IconButton label=t!(i18n, terminal.previous) icon=Icon::ChevronUp on_press=move || find(true) />
                    <IconButton label=t!(i18n, terminal.next) icon=Icon::ChevronDown on_press=move || find(false) />
                </span>
            </div>
            <IconButton label=t!(i18n, common.close) icon=Icon::X on_press=close />
        </div>
    }
}

impl Ask {
    /// As whom, for the foot; empty for the container's own user.
    pub(super) fn user(&self) -> &str {
        &self.user
    }
}
