//! The list of containers: live, grouped, filtered by the address, acted on one by one or many at once.

mod bulk_bar;
mod cells;
mod columns;
mod figures;
mod group;
mod list;
mod nothing;
mod row;
mod row_menu;
mod table;
mod toolbar;
mod view;
mod window;

use crate::{
    components::{
        container_actions::BulkResults,
        containers_store::{ContainersStore, ListStatus},
        engine_status::EngineNotice,
        error_text::why_not_create,
        shell::{Crumb, use_breadcrumb},
    },
    i18n::{t, t_string, use_i18n},
    paths,
    session::use_session,
    ui::{
        button::{Button, Variant},
        format,
        icon::Icon,
    },
};
use bulk_bar::BulkBar;
use leptos::prelude::*;
use list::List;
use nothing::{NoRows, NotRead};
use table::Table;
use toolbar::Toolbar;

/// The page.
#[component]
pub(crate) fn ContainersPage() -> impl IntoView {
    let i18n = use_i18n();
    let store = ContainersStore::use_store();
    let session = use_session();
    let go = paths::use_go();
    let list = List::provide();
    use_breadcrumb(move || vec![Crumb { label: t_string!(i18n, containers.title), href: None }]);
    let total = Memo::new(move |_| store.ids().len());
    let shown = Memo::new(move |_| list.shown().len());
    let count = move || {
        let (shown, total) = (shown.get(), total.get());
        let number = |count: usize| format::count(i18n, count as u64);
        if list.is_filtered() {
            t_string!(i18n, containers.shown_of, shown = number(shown), total = number(total))
        } else {
            number(total)
        }
    };
    let ready = Memo::new(move |_| store.status() == ListStatus::Ready);
    let body = Memo::new(move |_| match (ready.get(), total.get(), shown.get()) {
        (false, _, _) => Body::NotRead,
        (true, 0, _) => Body::None,
        (true, _, 0) => Body::NoMatch,
        (true, _, _) => Body::Table,
    });
    view! {
        <div
            class="containers-page"
            on:pointerenter=move |_| row_menu::prepare()
            on:focusin=move |_| row_menu::prepare()
        >
            <div class="page-header">
                <h1 class="page-title">{t!(i18n, containers.title)}</h1>
                <Show when=move || ready.get()>
                    <span class="page-count" role="status">{count}</span>
                </Show>
                <div class="page-actions">
                    <Button
                        label=t!(i18n, containers.run)
                        icon=Icon::Plus
                        variant=Variant::Primary
                        disabled_why=move || why_not_create(i18n, session, &store.environment())
                        on_press=move || go(&paths::run(&store.environment_untracked()))
                    />
                </div>
            </div>
            <Show when=move || body.get() != Body::NotRead>
                <EngineNotice />
            </Show>
            <Show when=move || matches!(body.get(), Body::Table | Body::NoMatch)>
                <Toolbar />
            </Show>
            {move || match body.get() {
                Body::NotRead => view! { <NotRead /> }.into_any(),
                Body::None => view! { <NoRows filtered=false /> }.into_any(),
                Body::NoMatch => view! { <NoRows filtered=true /> }.into_any(),
                Body::Table => view! { <Table /> }.into_any(),
            }}
            <BulkBar />
            <BulkResults />
        </div>
    }
}

/// What stands below the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    NotRead,
    None,
    NoMatch,
    Table,
}
