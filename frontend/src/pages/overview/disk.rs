//! What takes room on the engine's disk: measured when the page opens and when asked, since the engine
//! needs a while for it.

use leptos::prelude::*;
use shared::{
    Empty, EnvironmentId, Permission, Target,
    environments::{DiskPart, DiskUsage, ReadDiskUsage},
};

use crate::{
    api,
    components::{error_text::error_text, reading::Reading},
    i18n::{I18n, t, t_count, t_string, use_i18n},
    session::use_session,
    ui::{
        button::{Button, Size},
        clock::Ago,
        format,
    },
};

/// The card.
#[component]
pub(super) fn DiskCard(
    /// Whose disk.
    environment: Memo<EnvironmentId>,
    /// Whether the engine answers.
    connected: Memo<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let usage = Reading::<DiskUsage>::new();
    let measure = move || {
        usage.start(api::call(ReadDiskUsage { environment: environment.get_untracked() }, Empty {}, ()));
    };
    // Of whoever sees only part of the environment, the card says so instead of asking.
    let session = use_session();
    let allowed =
        Memo::new(move |_| session.may(Permission::EnvironmentView, Target::Environment(&environment.get())));
    Effect::new(move |last: Option<(EnvironmentId, bool)>| {
        let now = (environment.get(), connected.get() && allowed.get());
        if last.as_ref().is_none_or(|last| last.0 != now.0) {
            usage.forget();
        }
        if now.1 && last.as_ref() != Some(&now) {
            measure();
        }
        now
    });

    view! {
        <section class="card" data-span="8" aria-labelledby="disk-title" aria-busy=move || usage.pending().get().to_string()>
            <div class="card-head">
                <h2 id="disk-title">{t!(i18n, overview.disk.title)}</h2>
                <span class="card-count">
                    {move || {
                        usage
                            .value()
                            .map(|usage| {
                                t_string!(i18n, overview.disk.total, size = format::disk(i18n, total(&usage)))
                            })
                    }}
                </span>
            </div>
            <div class="card-body stack">
                {move || match (usage.value(), usage.failure()) {
                    (Some(usage), _) => view! { <Shares usage /> }.into_any(),
                    (None, Some(error)) => {
                        view! {
                            <p>
                                <strong>{t!(i18n, overview.disk.failed)}</strong>
                                " "
                                <span class="muted">{move || error_text(i18n, &error)}</span>
                            </p>
                        }
                            .into_any()
                    }
                    (None, None) if !allowed.get() => {
                        view! { <p class="muted">{t!(i18n, overview.disk.partial)}</p> }.into_any()
                    }
                    (None, None) if connected.get() => {
                        view! { <p class="muted late">{t!(i18n, overview.disk.measuring)}</p> }.into_any()
                    }
                    (None, None) => {
                        view! { <p class="muted">{t!(i18n, overview.disk.waiting)}</p> }.into_any()
                    }
                }}
            </div>
            <div class="card-foot">
                {move || {
                    usage
                        .value()
                        .map(|usage| {
                            let measured_at = usage.measured_at;
                            view! {
                                <span>{reclaim(i18n, &usage)}</span>
                                <span class="faint">
                                    <Ago at=measured_at />
                                </span>
                            }
                        })
                }} <span class="push">
                    <Button
                        label=t!(i18n, overview.disk.measure)
                        size=Size::Small
                        pending=usage.pending()
                        disabled_why=Signal::derive(move || {
                            if allowed.get() {
                                (!connected.get()).then(|| t_string!(i18n, overview.disk.waiting))
                            } else {
                                Some(t_string!(i18n, overview.disk.partial))
                            }
                        })
                        on_press=measure
                    />
                </span>
            </div>
        </section>
    }
}

/// The bar and the table of kinds.
#[component]
fn Shares(
    /// What was measured.
    usage: DiskUsage,
) -> impl IntoView {
    let i18n = use_i18n();
    let whole = total(&usage).max(1) as f64;
    let kinds = kinds(&usage);
    let mut from = 0.0;
    let bar: Vec<_> = kinds
        .iter()
        .filter(|(_, part)| part.size.0 > 0)
        .map(|(kind, part)| {
            let width = part.size.0 as f64 * 100.0 / whole;
            let x = from;
            from += width;
            view! {
                <rect
                    class=kind.class()
                    x=format!("{x:.3}%")
                    width=format!("{:.3}%", (width - 0.25).max(0.2))
                    height="100%"
                ></rect>
            }
        })
        .collect();
    let size = total(&usage);
    view! {
        <svg
            class="share-bar"
            role="img"
            aria-label=move || t_string!(i18n, overview.disk.bar, size = format::disk(i18n, size))
        >
            {bar}
        </svg>
        <table class="mini-table" aria-labelledby="disk-title">
            <thead>
                <tr>
                    <th scope="col">{t!(i18n, overview.disk.kind)}</th>
                    <th scope="col">{t!(i18n, overview.disk.number)}</th>
                    <th scope="col">{t!(i18n, overview.disk.size)}</th>
                    <th scope="col">{t!(i18n, overview.disk.reclaimable)}</th>
                    <th scope="col">
                        <span class="visually-hidden">{t!(i18n, overview.disk.note)}</span>
                    </th>
                </tr>
            </thead>
            <tbody>
                {kinds
                    .into_iter()
                    .map(|(kind, part)| {
                        view! {
                            <tr>
                                <th scope="row">
                                    <span class="share-key" data-share=kind.share()></span>
                                    {move || kind.word(i18n)}
                                </th>
                                <td>{move || format::count(i18n, u64::from(part.count))}</td>
                                <td>{move || format::disk(i18n, part.size.0)}</td>
                                <td>{move || format::disk(i18n, part.reclaimable.0)}</td>
                                <td>
                                    {move || {
                                        (part.unused > 0)
                                            .then(|| t_count!(i18n, part.unused, overview.disk.unused))
                                    }}
                                </td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Images,
    Containers,
    Volumes,
    BuildCache,
}

impl Kind {
    fn share(self) -> &'static str {
        match self {
            Self::Volumes => "1",
            Self::Images => "2",
            Self::BuildCache => "3",
            Self::Containers => "4",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Volumes => "share-1",
            Self::Images => "share-2",
            Self::BuildCache => "share-3",
            Self::Containers => "share-4",
        }
    }

    fn word(self, i18n: I18n) -> String {
        match self {
            Self::Volumes => t_string!(i18n, overview.disk.volumes),
            Self::Images => t_string!(i18n, overview.disk.images),
            Self::BuildCache => t_string!(i18n, overview.disk.build_cache),
            Self::Containers => t_string!(i18n, overview.disk.containers),
        }
    }
}

/// The kinds that the engine has, the largest first.
fn kinds(usage: &DiskUsage) -> Vec<(Kind, DiskPart)> {
    let mut kinds = vec![
        (Kind::Volumes, usage.volumes),
        (Kind::Images, usage.images),
        (Kind::Containers, usage.containers),
    ];
    kinds.extend(usage.build_cache.map(|part| (Kind::BuildCache, part)));
    kinds.sort_by_key(|(_, part)| std::cmp::Reverse(part.size));
    kinds
}

fn total(usage: &DiskUsage) -> u64 {
    kinds(usage).iter().map(|(_, part)| part.size.0).sum()
}

fn reclaim(i18n: I18n, usage: &DiskUsage) -> String {
    match kinds(usage).iter().map(|(_, part)| part.reclaimable.0).sum::<u64>() {
        0 => t_string!(i18n, overview.disk.reclaim_none),
        size => t_string!(i18n, overview.disk.reclaim, size = format::disk(i18n, size)),
    }
}
