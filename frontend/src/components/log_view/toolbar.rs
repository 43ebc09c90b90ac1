//! Above the lines: following, searching, levels.

use gloo_timers::callback::Timeout;
use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::{
    Parts,
    log::{Figures, SearchTrouble},
    store::Group,
};
use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    ui::{
        button::{IconButton, Press},
        format,
        icon::{Icon, IconView},
    },
};

/// A search begins so long after the last key, in milliseconds.
const TYPING_MS: u32 = 250;

/// The toolbar.
#[component]
pub(super) fn Toolbar(parts: Parts) -> impl IntoView {
    view! {
        <div class="toolbar" data-ruled="">
            <FollowButton parts />
            <SearchBox parts />
            <Levels parts />
        </div>
    }
}

#[component]
fn FollowButton(parts: Parts) -> impl IntoView {
    let i18n = use_i18n();
    let following = parts.shown.following;
    view! {
        <button
            class="button"
            type="button"
            aria-pressed=move || following.get().to_string()
            title=move || {
                if following.get() { t_string!(i18n, logs.follow_stop) } else { t_string!(i18n, logs.follow_hint) }
            }
            on:click=move |_| parts.act(|log| log.set_following(!following.get_untracked()))
        >
            <Show
                when=move || following.get()
                fallback=move || {
                    view! {
                        <IconView icon=Icon::ChevronDown small=true />
                        <span>{t!(i18n, logs.follow)}</span>
                    }
                }
            >
                <span class="live">{t!(i18n, logs.following)}</span>
            </Show>
        </button>
    }
}

#[component]
fn SearchBox(parts: Parts) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = parts.chosen;
    let input = NodeRef::<html::Input>::new();
    let typed = StoredValue::new_local(None::<Timeout>);
    let look = move || {
        typed.set_value(None);
        if let Some(input) = input.get_untracked() {
            chosen.look_for(input.value());
        }
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            let waits = typed.with_value(Option::is_some);
            look();
            if !waits {
                parts.act(|log| log.step(!event.shift_key()));
            }
        }
        "Escape" => {
            if let Some(input) = input.get_untracked() {
                input.set_value("");
            }
            look();
        }
        _ => {}
    };
    let trouble = parts.shown.trouble;
    let has_text = Signal::derive(move || chosen.search.with(|search| !search.text.is_empty()));
    let no_text = Signal::derive(move || (!has_text.get()).then(|| t_string!(i18n, logs.search.no_text)));
    let no_hits = Signal::derive(move || {
        (parts.shown.figures.with(|figures| figures.hits) == 0).then(|| t_string!(i18n, logs.search.no_hits))
    });
    view! {
        <div class="input-group" data-grow="">
            <IconView icon=Icon::Search small=true />
            <input
                class="input"
                data-mono=""
                type="search"
                node_ref=input
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=t!(i18n, logs.search.placeholder)
                aria-label=t!(i18n, logs.search.label)
                aria-invalid=move || trouble.with(Option::is_some).then_some("true")
                prop:value=move || chosen.search.with(|search| search.text.clone())
                on:input=move |_| typed.set_value(Some(Timeout::new(TYPING_MS, look)))
                on:keydown=on_key
            />
            <span class="input-end">
                <span class="log-hits" aria-live="polite">
                    {move || hits_text(i18n, parts, has_text.get())}
                </span>
                <IconButton
                    label=t!(i18n, logs.search.previous)
                    icon=Icon::ChevronUp
                    disabled_why=no_hits
                    on_press=move || parts.act(|log| log.step(false))
                />
                <IconButton
                    label=t!(i18n, logs.search.next)
                    icon=Icon::ChevronDown
                    disabled_why=no_hits
                    on_press=move || parts.act(|log| log.step(true))
                />
                <IconButton
                    label=t!(i18n, logs.search.only)
                    icon=Icon::Filter
                    pressed=Signal::from(chosen.hits_only)
                    disabled_why=no_text
                    on_press=move || chosen.toggle_hits_only()
                />
                <TextToggle
                    text="Aa"
                    label=t!(i18n, logs.search.case)
                    on=Signal::derive(move || chosen.search.with(|search| search.case))
                    on_press=move || chosen.toggle_case()
                />
                <TextToggle
                    text=".*"
                    label=t!(i18n, logs.search.regex)
                    on=Signal::derive(move || chosen.search.with(|search| search.regex))
                    on_press=move || chosen.toggle_regex()
                />
            </span>
        </div>
    }
}

/// A toggle that is drawn as the thing itself.
#[component]
fn TextToggle(
    text: &'static str,
    #[prop(into)] label: Signal<String>,
    on: Signal<bool>,
    #[prop(into)] on_press: Press,
) -> impl IntoView {
    view! {
        <button
            class="button"
            type="button"
            data-variant="ghost"
            data-icon=""
            data-toggle=""
            aria-label=label
            title=label
            aria-pressed=move || on.get().to_string()
            on:click=move |_| on_press.run()
        >
            <code>{text}</code>
        </button>
    }
}

/// How many hits, or why there are none; tracked.
fn hits_text(i18n: I18n, parts: Parts, has_text: bool) -> String {
    if let Some(trouble) = parts.shown.trouble.get() {
        return match trouble {
            SearchTrouble::Invalid(_) => t_string!(i18n, logs.search.invalid),
            SearchTrouble::TooSlow => t_string!(i18n, logs.search.too_slow),
            SearchTrouble::Unable => t_string!(i18n, logs.search.unable),
        };
    }
    if !has_text {
        return String::new();
    }
    let Figures { hits, hit, searching, .. } = parts.shown.figures.get();
    let count = format::count(i18n, hits as u64);
    let text = match hit {
        Some(hit) => {
            t_string!(i18n, logs.search.hit_of, hit = format::count(i18n, hit as u64), count = count)
        }
        None => count,
    };
    if searching { format!("{text}…") } else { text }
}

#[component]
fn Levels(parts: Parts) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="chips" role="group" aria-label=t!(i18n, logs.level.label)>
            {Group::ALL.into_iter().map(|group| view! { <LevelChip parts group /> }).collect_view()}
        </div>
    }
}

#[component]
fn LevelChip(parts: Parts, group: Group) -> impl IntoView {
    let i18n = use_i18n();
    let chosen = parts.chosen;
    let count = Memo::new(move |_| parts.shown.figures.with(|figures| figures.counts.of(group)));
    let label = move || match group {
        Group::Error => t_string!(i18n, logs.level.error),
        Group::Warn => t_string!(i18n, logs.level.warn),
        Group::Info => t_string!(i18n, logs.level.info),
        Group::Debug => t_string!(i18n, logs.level.debug),
        Group::Other => t_string!(i18n, logs.level.other),
    };
    view! {
        <button
            class="chip"
            type="button"
            data-level=group.name()
            aria-pressed=move || (!chosen.hidden.get().has(group)).to_string()
            on:click=move |_| chosen.toggle_group(group)
        >
            {label}
            <Show when=move || count.get() != 0>
                <span class="chip-count">{move || format::count(i18n, u64::from(count.get()))}</span>
            </Show>
        </button>
    }
}
