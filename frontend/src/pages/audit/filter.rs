//! The filter: who, what, on what, with which result, when. It stands in the address.

use leptos::{ev, prelude::*};
use shared::{
    UnixMillis,
    audit::{AuditFilter, AuditResult},
};

use super::words::{ACTIONS, action_word, result_word};
use crate::{
    i18n::{t, t_string, use_i18n},
    paths::use_query_param,
    ui::{
        button::{Button, Variant},
        icon::{Icon, IconView},
    },
};

/// One part of the filter, as the address has it.
#[derive(Clone, Copy)]
struct Part {
    value: Memo<Option<String>>,
    set: SignalSetter<Option<String>>,
}

impl Part {
    fn of(key: &'static str) -> Self {
        let (value, set) = use_query_param::<String>(key);
        Self { value, set }
    }

    fn text(self) -> String {
        self.value.get().unwrap_or_default()
    }

    fn choose(self, text: &str) {
        let text = text.trim();
        self.set.set((!text.is_empty()).then(|| text.to_owned()));
    }

    fn moment(self) -> Option<UnixMillis> {
        self.value.get()?.parse().ok().map(UnixMillis)
    }
}

/// The filter in the address.
#[derive(Clone, Copy)]
pub(super) struct Filter {
    who: Part,
    what: Part,
    on: Part,
    result: Part,
    since: Part,
    until: Part,
}

impl Filter {
    /// The one of this page.
    pub(super) fn of_address() -> Self {
        Self {
            who: Part::of("who"),
            what: Part::of("what"),
            on: Part::of("on"),
            result: Part::of("result"),
            since: Part::of("since"),
            until: Part::of("until"),
        }
    }

    /// As it is now; tracked. A result or a moment that is none lets everything through.
    pub(super) fn now(self) -> AuditFilter {
        AuditFilter {
            actor: self.who.value.get(),
            action: self.what.value.get(),
            target: self.on.value.get(),
            result: self.result.value.get().and_then(|name| AuditResult::parse(&name)),
            since: self.since.moment(),
            until: self.until.moment(),
        }
    }

    /// Whether anything is filtered; tracked.
    pub(super) fn is_set(self) -> bool {
        self.now() != AuditFilter::default()
    }

    /// Lets everything through.
    pub(super) fn clear(self) {
        for part in [self.who, self.what, self.on, self.result, self.since, self.until] {
            part.choose("");
        }
    }
}

/// The toolbar.
#[component]
pub(super) fn FilterBar(filter: Filter) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="toolbar audit-filter" role="search" aria-label=t!(i18n, audit.filter.region)>
            <TextPart part=filter.who label=t!(i18n, audit.filter.who) icon=Icon::User />
            <ActionPart part=filter.what />
            <TextPart part=filter.on label=t!(i18n, audit.filter.on) icon=Icon::Filter />
            <ResultPart part=filter.result />
            <MomentPart part=filter.since label=t!(i18n, audit.filter.since) />
            <MomentPart part=filter.until label=t!(i18n, audit.filter.until) />
            <Show when=move || filter.is_set()>
                <Button
                    label=t!(i18n, audit.filter.clear)
                    variant=Variant::Ghost
                    on_press=move || filter.clear()
                />
            </Show>
        </div>
    }
}

/// A text, taken over when the field is left or Enter is pressed: each change is read anew.
#[component]
fn TextPart(part: Part, #[prop(into)] label: Signal<String>, icon: Icon) -> impl IntoView {
    view! {
        <div class="input-group">
            <IconView icon=icon small=true />
            <input
                class="input"
                type="search"
                size="14"
                autocapitalize="none"
                spellcheck="false"
                placeholder=label
                aria-label=label
                prop:value=move || part.text()
                on:change=move |event| part.choose(&event_target_value(&event))
            />
        </div>
    }
}

#[component]
fn ActionPart(part: Part) -> impl IntoView {
    let i18n = use_i18n();
    // One that is not known here stands in the list all the same while it is chosen.
    let other = move || part.value.get().filter(|name| !ACTIONS.contains(&name.as_str()));
    view! {
        <span class="select">
            <select
                aria-label=t!(i18n, audit.filter.what)
                on:change=move |event| part.choose(&event_target_value(&event))
            >
                <option value="" selected=move || part.value.get().is_none()>
                    {t!(i18n, audit.filter.any_action)}
                </option>
                {ACTIONS
                    .iter()
                    .map(|name| {
                        view! {
                            <option value=*name selected=move || part.text() == *name>
                                {move || action_word(i18n, name)}
                            </option>
                        }
                    })
                    .collect_view()}
                {move || {
                    other()
                        .map(|name| {
                            view! {
                                <option value=name.clone() selected=true>
                                    {name.clone()}
                                </option>
                            }
                        })
                }}
            </select>
            <IconView icon=Icon::ChevronDown />
        </span>
    }
}

#[component]
fn ResultPart(part: Part) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <span class="select">
            <select
                aria-label=t!(i18n, audit.filter.result)
                on:change=move |event| part.choose(&event_target_value(&event))
            >
                <option value="" selected=move || part.value.get().is_none()>
                    {t!(i18n, audit.filter.any_result)}
                </option>
                {AuditResult::ALL
                    .into_iter()
                    .map(|result| {
                        view! {
                            <option
                                value=result.as_str()
                                selected=move || part.text() == result.as_str()
                            >
                                {move || result_word(i18n, result)}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <IconView icon=Icon::ChevronDown />
        </span>
    }
}

#[component]
fn MomentPart(part: Part, #[prop(into)] label: Signal<String>) -> impl IntoView {
    let change = move |event: ev::Event| {
        let at = js_sys::Date::parse(&event_target_value(&event));
        part.choose(&if at.is_finite() { (at as i64).to_string() } else { String::new() });
    };
    view! {
        <label class="audit-moment">
            <span>{label}</span>
            <input
                class="input"
                type="datetime-local"
                prop:value=move || part.moment().map(to_field).unwrap_or_default()
                on:change=change
            />
        </label>
    }
}

/// A moment as the browser's field writes it, in the person's own zone.
fn to_field(at: UnixMillis) -> String {
    let date = js_sys::Date::new(&(at.0 as f64).into());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes()
    )
}

/// Said where the filter leaves nothing.
pub(super) fn nothing_text(i18n: crate::i18n::I18n) -> String {
    t_string!(i18n, audit.filter.nothing_text)
}
