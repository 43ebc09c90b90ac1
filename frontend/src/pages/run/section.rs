//! A section of the form: its head tells what it holds, its rarely used flags are folded.

use leptos::{ev, prelude::*};
use shared::run::flags::{Flag, Section, flags};

use super::{
    field::FlagField,
    flag_words::{section_word, sentence},
    form::{Fold, use_form},
    image::{CommandField, ImageField},
    lines::EnvLines,
    reading::rank,
};
use crate::{
    i18n::{I18n, t, t_count, use_i18n},
    ui::{
        badge::{Badge, Tone},
        icon::{Icon, IconView},
        text::lower,
    },
};

/// The id of a section's element.
pub(super) fn id(section: Section) -> &'static str {
    match section {
        Section::General => "run-general",
        Section::Command => "run-command",
        Section::Ports => "run-ports",
        Section::Volumes => "run-volumes",
        Section::Environment => "run-environment",
        Section::Network => "run-network",
        Section::Resources => "run-resources",
        Section::Health => "run-health",
        Section::Restart => "run-restart",
        Section::Security => "run-security",
        Section::Logging => "run-logging",
    }
}

/// Whether a flag answers to what is looked for; tracked.
pub(super) fn answers(i18n: I18n, flag: &Flag, wanted: &str) -> bool {
    let named = |name: &str| format!("--{name}").contains(wanted);
    named(flag.long)
        || flag.aliases.iter().any(|alias| named(alias))
        || flag.short.is_some_and(|letter| wanted == format!("-{letter}").to_ascii_lowercase())
        || lower(&sentence(i18n, flag)).contains(wanted)
}

/// The section.
#[component]
pub(super) fn SectionView(section: Section) -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let wanted = Memo::new(move |_| form.filter.with(|filter| lower(filter.trim())));
    let all: Vec<&'static Flag> = flags().filter(|flag| flag.section == section).collect();
    let answering = {
        let all = all.clone();
        Memo::new(move |_| {
            wanted.with(|wanted| all.iter().filter(|flag| answers(i18n, flag, wanted)).count())
        })
    };
    let filtered = move || wanted.with(|wanted| !wanted.is_empty());
    let head = Memo::new(move |_| {
        form.reading.with(|reading| reading.heads.get(&section).cloned().unwrap_or_default())
    });
    // An image that nobody has typed yet is no mistake.
    let troubles = Memo::new(move |_| {
        let expected = usize::from(section == Section::General && form.is_fresh());
        head.with(|head| head.troubles.saturating_sub(expected))
    });
    let open = form.fold(Fold::Section(section));
    let rare_open = form.fold(Fold::Rare(section));
    let (mut common, rare): (Vec<&Flag>, Vec<&Flag>) = all.into_iter().partition(|flag| rank(flag).is_some());
    common.sort_by_key(|flag| rank(flag));
    let has_rare = !rare.is_empty();
    let fields = move |list: Vec<&'static Flag>| {
        list.into_iter()
            .map(|flag| {
                let shown = Memo::new(move |_| wanted.with(|wanted| answers(i18n, flag, wanted)));
                view! {
                    <div class="run-field" hidden=move || !shown.get()>
                        <FlagField flag />
                    </div>
                }
            })
            .collect_view()
    };
    let only = move || match section {
        Section::General => Some(view! { <ImageField /> }.into_any()),
        Section::Command => Some(view! { <CommandField /> }.into_any()),
        _ => None,
    };
    view! {
        <details
            class="form-section"
            id=id(section)
            open=move || if filtered() { answering.get() > 0 } else { open.get() }
            hidden=move || filtered() && answering.get() == 0
            on:toggle=move |event| remember(&event, !filtered(), open)
        >
            <summary>
                <IconView icon=Icon::ChevronRight />
                <h2>{move || section_word(i18n, section)}</h2>
                <span class="form-summary">{move || head.with(|head| head.values.join(", "))}</span>
                <span class="cluster">
                    <Show when=move || head.with(|head| head.host)>
                        <Badge tone=Tone::Host icon=Icon::ShieldAlert label=t!(i18n, run.host.mark) />
                    </Show>
                    <Show when=move || { troubles.get() > 0 }>
                        <Badge
                            tone=Tone::Danger
                            label=move || t_count!(i18n, troubles.get(), run.trouble)
                        />
                    </Show>
                    <Show when=move || head.with(|head| head.set > 0)>
                        <Badge label=move || t_count!(i18n, head.with(|head| head.set), run.set) />
                    </Show>
                </span>
            </summary>
            <div class="form-section-body">
                <div class="run-fields" hidden=filtered>
                    {only()}
                </div>
                <div class="run-fields">{fields(common)}</div>
                <Show when=move || section == Section::Environment && !filtered()>
                    <EnvLines />
                </Show>
                <details
                    class="fold run-rare"
                    hidden=!has_rare
                    open=move || filtered() || rare_open.get()
                    on:toggle=move |event| remember(&event, !filtered(), rare_open)
                >
                    <summary hidden=filtered>
                        <IconView icon=Icon::ChevronRight small=true />
                        {t!(i18n, run.more)}
                        <Show when=move || head.with(|head| head.rare > 0)>
                            <Badge label=move || t_count!(i18n, head.with(|head| head.rare), run.set) />
                        </Show>
                    </summary>
                    <div class="run-fields">{fields(rare)}</div>
                </details>
            </div>
        </details>
    }
}

/// Keeps what the person folds; not what the filter does.
fn remember(event: &ev::Event, by_person: bool, open: RwSignal<bool>) {
    let now = event_target::<web_sys::Element>(event).has_attribute("open");
    if by_person && open.get_untracked() != now {
        open.set(now);
    }
}
