//! The table: a real one with its roles, of which only the rows in sight are in the page.

use leptos::{ev, html, prelude::*};
use shared::ContainerId;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

use super::{
    columns::{column_word, template, that_fit},
    figures::{Figures, MOST, is_measured},
    group::GroupBody,
    list::{List, use_list},
    row_menu::RowMenu,
    view::{Column, GroupKey},
    window::{Heights, Layout, Sight, Window, in_sight},
};
use crate::{
    i18n::{t, t_count, use_i18n},
    ui::icon::{Icon, IconView},
    ui::text,
};

/// What the table's parts share.
#[derive(Clone, Copy)]
pub(super) struct TableContext {
    pub(super) layout: Memo<Layout>,
    pub(super) window: Memo<Window>,
    /// The columns that are drawn.
    pub(super) columns: Memo<Vec<Column>>,
    /// Whose menu is open.
    pub(super) menu_of: RwSignal<Option<ContainerId>>,
}

/// What was measured of the frame.
#[derive(Clone, Copy)]
struct Measures {
    sight: RwSignal<Sight>,
    heights: RwSignal<Heights>,
    width_rem: RwSignal<f64>,
}

#[component]
pub(super) fn Table() -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let frame = NodeRef::<html::Div>::new();
    let measures = Measures {
        sight: RwSignal::new(Sight { top: 0.0, height: 900.0 }),
        heights: RwSignal::new(Heights::default()),
        width_rem: RwSignal::new(80.0),
    };
    observe(frame, measures);
    let wanted = RwSignal::new(Vec::new());
    let figures = Figures::provide(Memo::new(move |_| wanted.get()));
    let groups = Memo::new(move |_| list.groups(figures));
    let layout =
        Memo::new(move |_| Layout::new(groups.get(), |key| list.is_open(key), measures.heights.get()));
    let drawn = Memo::new(move |_| {
        layout.with(|layout| in_sight(layout, measures.sight.get(), measures.heights.get()))
    });
    Effect::new(move || wanted.set(rows_to_follow(list, layout, drawn)));
    // What a person chose stays, and the table scrolls; only the usual columns give way.
    let columns = Memo::new(move |_| {
        let columns = list.columns();
        if list.has_chosen_columns() { columns } else { that_fit(&columns, measures.width_rem.get()) }
    });
    let context = TableContext { layout, window: drawn, columns, menu_of: RwSignal::new(None) };
    provide_context(context);
    let grid = move || columns.with(|columns| template(columns, measures.width_rem.get()));
    let keys = move || {
        drawn.with(|window| window.parts.iter().map(|part| part.key.clone()).collect::<Vec<GroupKey>>())
    };
    let spacer = move |pixels: Signal<f64>| view! { <Spacer pixels=pixels /> };
    view! {
        <div
            class="page-body table-frame"
            data-flush=""
            data-selecting=move || list.is_selecting().then_some("")
            node_ref=frame
            tabindex="0"
            role="region"
            aria-label=t!(i18n, containers.table)
            on:scroll=move |_| look(frame, measures)
        >
            <table
                class="table"
                role="table"
                data-columns="containers"
                data-without-state=move || (!columns.read().contains(&Column::State)).then_some("")
                aria-label=t!(i18n, containers.table)
                aria-rowcount=move || (layout.read().count + 1).to_string()
                style=("--_columns", grid)
            >
                <Head />
                <tbody role="presentation" class="row-spacer">{spacer(Signal::derive(move || drawn.read().before))}</tbody>
                <For each=keys key=Clone::clone let(key)>
                    <GroupBody key=key />
                </For>
                <tbody role="presentation" class="row-spacer">{spacer(Signal::derive(move || drawn.read().after))}</tbody>
            </table>
        </div>
        <RowMenu />
    }
}

/// Room for rows that are not in the page.
#[component]
pub(super) fn Spacer(#[prop(into)] pixels: Signal<f64>) -> impl IntoView {
    view! {
        <tr
            role="presentation"
            class="row-spacer"
            aria-hidden="true"
            hidden=move || pixels.get() <= 0.0
            style:block-size=move || format!("{}px", text::plain(pixels.get()))
        ></tr>
    }
}

/// The running rows in sight; when sorted by figures, also those that may belong there.
fn rows_to_follow(list: List, layout: Memo<Layout>, drawn: Memo<Window>) -> Vec<ContainerId> {
    let alive =
        |id: &ContainerId| list.store.row(id).is_some_and(|row| row.with(|row| is_measured(row.state)));
    let mut ids: Vec<ContainerId> =
        drawn.read().parts.iter().flat_map(|part| part.rows.iter()).filter(|id| alive(id)).cloned().collect();
    if matches!(list.sort().column, Column::Cpu | Column::Memory) {
        let present: std::collections::HashSet<ContainerId> = ids.iter().cloned().collect();
        layout.with(|layout| {
            let others = layout.blocks.iter().flat_map(|block| block.rows.iter());
            let room = MOST.saturating_sub(ids.len());
            ids.extend(others.filter(|id| !present.contains(*id) && alive(id)).take(room).cloned());
        });
    }
    ids
}

#[component]
fn Head() -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let Some(context) = use_context::<TableContext>() else { return ().into_any() };
    let all = move || -> Vec<ContainerId> {
        context
            .layout
            .with(|layout| layout.blocks.iter().flat_map(|block| block.rows.iter().cloned()).collect())
    };
    let state = Memo::new(move |_| {
        let all = all();
        (list.selected_of(&all), all.len())
    });
    view! {
        <thead role="rowgroup">
            <tr role="row" aria-rowindex="1">
                <th role="columnheader" class="cell-check">
                    <input
                        class="check"
                        type="checkbox"
                        aria-label=move || t_count!(i18n, state.get().1, containers.select_all)
                        prop:checked=move || { let (on, all) = state.get(); on > 0 && on == all }
                        prop:indeterminate=move || { let (on, all) = state.get(); on > 0 && on < all }
                        on:change=move |event| list.select_all(&untrack(all), event_target_checked(&event))
                    />
                </th>
                {move || {
                    let cell = |column| view! { <HeadCell column=column /> }.into_any();
                    context.columns.get().into_iter().map(cell).collect_view()
                }}
                <th role="columnheader">
                    <span class="visually-hidden">{t!(i18n, containers.columns.actions)}</span>
                </th>
            </tr>
        </thead>
    }
    .into_any()
}

#[component]
fn HeadCell(column: Column) -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let direction = move || {
        let sort = list.sort();
        (sort.column == column).then_some(if sort.descending { "descending" } else { "ascending" })
    };
    view! {
        <th role="columnheader" scope="col" data-col=column.key() aria-sort=direction>
            <button type="button" on:click=move |_| list.sort_by(column)>
                {move || column_word(i18n, column)}
                <IconView icon=Icon::SortAscending small=true />
            </button>
        </th>
    }
}

/// Notes where the frame is scrolled to.
fn look(frame: NodeRef<html::Div>, measures: Measures) {
    if let Some(frame) = frame.get_untracked() {
        let sight = Sight { top: f64::from(frame.scroll_top()), height: f64::from(frame.client_height()) };
        if measures.sight.get_untracked() != sight {
            measures.sight.set(sight);
        }
    }
}

/// Measures the frame and its rows, now and whenever its size changes.
fn observe(frame: NodeRef<html::Div>, measures: Measures) {
    Effect::new(move || {
        let Some(element) = frame.get() else { return };
        let callback = Closure::<dyn FnMut()>::new(move || measure(frame, measures));
        let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        request_animation_frame(move || measure(frame, measures));
        let kept = StoredValue::new_local((observer, callback));
        on_cleanup(move || {
            // The value may be disposed of first.
            let _ = kept.try_with_value(|(observer, _)| observer.disconnect());
        });
    });
    let handle = window_event_listener(ev::resize, move |_| measure(frame, measures));
    on_cleanup(move || handle.remove());
}

fn measure(frame: NodeRef<html::Div>, measures: Measures) {
    let Some(Some(element)) = frame.try_get_untracked() else { return };
    let rem = root_font_size();
    let width = f64::from(element.client_width()) / rem;
    if (measures.width_rem.get_untracked() - width).abs() > 0.01 {
        measures.width_rem.set(width);
    }
    look(frame, measures);
    let old = measures.heights.get_untracked();
    let height = |selector: &str| -> Option<f64> {
        let found: Element = element.query_selector(selector).ok()??;
        Some(found.get_bounding_client_rect().height()).filter(|height| *height > 0.0)
    };
    let heights = Heights {
        row: height("tbody > tr[data-row]").unwrap_or(old.row),
        group: height("tbody > .group-row").unwrap_or(old.group),
    };
    if heights != old {
        measures.heights.set(heights);
    }
}

fn root_font_size() -> f64 {
    document()
        .document_element()
        .and_then(|root| window().get_computed_style(&root).ok().flatten())
        .and_then(|style| style.get_property_value("font-size").ok())
        .map(|size| js_sys::parse_float(&size))
        .filter(|size| size.is_finite())
        .unwrap_or(16.0)
}
