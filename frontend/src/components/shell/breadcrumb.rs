//! Where the page is: the environment first, then what the page adds.

use leptos::prelude::*;

use crate::{
    components::containers_store::ContainersStore,
    i18n::{t, use_i18n},
    paths,
};

/// One step of the way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Crumb {
    /// What it is called.
    pub(crate) label: String,
    /// Where it leads; absent for the page itself.
    pub(crate) href: Option<String>,
}

#[derive(Clone, Copy)]
struct Crumbs(RwSignal<Vec<Crumb>>);

/// Gives the pages a place to say where they are.
pub(super) fn provide() {
    provide_context(Crumbs(RwSignal::new(Vec::new())));
}

/// Says where the page is, as long as it is shown; the last step is the page itself. It is the tab's title
/// as well.
pub(crate) fn use_breadcrumb(crumbs: impl Fn() -> Vec<Crumb> + Send + Sync + 'static) {
    let place = use_context::<Crumbs>();
    let store = ContainersStore::use_store();
    Effect::new(move || {
        let crumbs = crumbs();
        let environment =
            store.summary().map_or_else(|| store.environment().to_string(), |summary| summary.name);
        let page = crumbs.last().map_or_else(String::new, |crumb| format!("{} · ", crumb.label));
        document().set_title(&format!("{page}{environment} · Longshore"));
        if let Some(Crumbs(place)) = place {
            place.set(crumbs);
        }
    });
}

#[component]
pub(super) fn Breadcrumb() -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    let crumbs = use_context::<Crumbs>().map(|crumbs| crumbs.0);
    let name =
        move || store.summary().map_or_else(|| store.environment().to_string(), |summary| summary.name);
    view! {
        <nav aria-label=t!(i18n, shell.breadcrumb)>
            <ol class="breadcrumb">
                <li>
                    <a href=move || paths::overview(&store.environment())>{name}</a>
                </li>
                {move || {
                    crumbs
                        .map(|crumbs| crumbs.get())
                        .unwrap_or_default()
                        .into_iter()
                        .map(|crumb| match crumb.href {
                            Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
                            None => view! { <li><span aria-current="page">{crumb.label}</span></li> }.into_any(),
                        })
                        .collect_view()
                }}
            </ol>
        </nav>
    }
}
