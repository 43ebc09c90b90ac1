//! A group's part of the table: its heading with the sums, and those of its rows that are in sight.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::{ContainerId, containers::Condition};

use super::{
    figures::{is_measured, use_figures},
    list::use_list,
    row::Row,
    table::{Spacer, TableContext},
    view::{Column, GroupKey},
    window::{Block, Part},
};
use crate::{
    i18n::{I18n, t, t_count, t_string, use_i18n},
    ui::{
        format,
        icon::{Icon, IconView},
        state::{StateGlyph, condition_key, condition_word},
    },
};

#[component]
pub(super) fn GroupBody(key: GroupKey) -> impl IntoView {
    let Some(context) = use_context::<TableContext>() else { return ().into_any() };
    let for_part = key.clone();
    let part = Memo::new(move |_| {
        context.window.with(|window| window.parts.iter().find(|part| part.key == for_part).cloned())
    });
    let number = move |pick: fn(&Part) -> f64| {
        Signal::derive(move || part.with(|part| part.as_ref().map(pick).unwrap_or_default()))
    };
    let rows = move || {
        part.get()
            .map(|part| {
                part.rows.into_iter().enumerate().map(|(index, id)| (part.first + index + 1, id)).collect()
            })
            .unwrap_or_else(Vec::new)
    };
    let heading = (key != GroupKey::All).then(|| view! { <Heading key=key.clone() /> });
    view! {
        <tbody role="rowgroup">
            {heading}
            <Spacer pixels=number(|part| part.before) />
            <For each=rows key=|(_, id)| id.clone() children=move |(index, id)| view! { <Row id=id index=index /> } />
            <Spacer pixels=number(|part| part.after) />
        </tbody>
    }
    .into_any()
}

/// What a group is called; tracked.
pub(super) fn group_name(i18n: I18n, key: &GroupKey) -> String {
    match key {
        GroupKey::Stack(name) | GroupKey::Image(name) => name.clone(),
        GroupKey::NoStack => t_string!(i18n, containers.group.no_stack),
        GroupKey::State(condition) => condition_word(i18n, *condition, None),
        GroupKey::All => t_string!(i18n, containers.title),
    }
}

#[component]
fn Heading(key: GroupKey) -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let Some(context) = use_context::<TableContext>() else { return ().into_any() };
    let key = StoredValue::new(key);
    let block = Memo::new(move |_| {
        context.layout.with(|layout| {
            layout.blocks.iter().find(|block| key.with_value(|key| block.key == *key)).cloned()
        })
    });
    let ids = move || block.with(|block| block.as_ref().map(|block| block.rows.clone()).unwrap_or_default());
    let open = Memo::new(move |_| block.with(|block| block.as_ref().is_some_and(|block| block.open)));
    let name = move || key.with_value(|key| group_name(i18n, key));
    let selected = Memo::new(move |_| {
        let ids = ids();
        (list.selected_of(&ids), ids.len())
    });
    let position =
        move || block.with(|block| block.as_ref().map(|block: &Block| (block.position + 1).to_string()));
    let is_stack = key.with_value(|key| matches!(key, GroupKey::Stack(_)));
    let toggle_name = move || {
        if open.get() {
            t_string!(i18n, containers.group.close, name = name())
        } else {
            t_string!(i18n, containers.group.open, name = name())
        }
    };
    view! {
        <tr role="row" class="group-row" aria-rowindex=position>
            <td role="cell" class="cell-check">
                <input
                    class="check"
                    type="checkbox"
                    aria-label=move || t_count!(i18n, selected.get().1, containers.group.select_all, name = name())
                    prop:checked=move || { let (on, all) = selected.get(); on > 0 && on == all }
                    prop:indeterminate=move || { let (on, all) = selected.get(); on > 0 && on < all }
                    on:change=move |event| list.select_all(&untrack(ids), event_target_checked(&event))
                />
            </td>
            <th role="rowheader" scope="rowgroup">
                <button
                    class="group-toggle"
                    type="button"
                    aria-expanded=move || open.get().to_string()
                    title=toggle_name
                    on:click=move |_| key.with_value(|key| list.toggle_group(key))
                >
                    <IconView icon=Icon::ChevronRight />
                    {is_stack.then(|| view! { <IconView icon=Icon::Stack small=true /> })}
                    <span class="truncate">{name}</span>
                </button>
                {is_stack.then(|| view! { <span class="faint">{t!(i18n, containers.group.compose)}</span> })}
            </th>
            {move || {
                let ids = Signal::derive(ids);
                let cell = |column| view! { <HeadingCell column=column ids=ids /> }.into_any();
                context.columns.get().into_iter().map(cell).collect_view()
            }}
            <td role="cell" class="row-actions"></td>
        </tr>
    }
    .into_any()
}

#[component]
fn HeadingCell(column: Column, ids: Signal<Vec<ContainerId>>) -> impl IntoView {
    match column {
        Column::State | Column::Name => ().into_any(),
        Column::Image => view! {
            <td role="cell" data-col="image"><Counts ids=ids /></td>
        }
        .into_any(),
        Column::Cpu | Column::Memory => view! {
            <td role="cell" data-col=column.key()><Sum column=column ids=ids /></td>
        }
        .into_any(),
        Column::Ports | Column::Created | Column::Networks | Column::Command | Column::Labels => {
            view! { <td role="cell" data-col=column.key()></td> }.into_any()
        }
    }
}

/// How many of the group are in which state.
#[component]
fn Counts(ids: Signal<Vec<ContainerId>>) -> impl IntoView {
    let list = use_list();
    let counts = Memo::new(move |_| {
        let mut counts: BTreeMap<Condition, u64> = BTreeMap::new();
        for row in ids.get().iter().filter_map(|id| list.store.row(id)) {
            *counts.entry(row.with(|row| row.condition())).or_default() += 1;
        }
        counts.into_iter().rev().collect::<Vec<_>>()
    });
    view! {
        <span class="state-counts">
            {move || {
                let count = |(condition, count)| view! { <Count condition=condition count=count /> }.into_any();
                counts.get().into_iter().map(count).collect_view()
            }}
        </span>
    }
}

#[component]
fn Count(condition: Condition, count: u64) -> impl IntoView {
    let i18n = use_i18n();
    let word = move || condition_word(i18n, condition, None);
    let title = move || {
        t_string!(i18n, containers.group.count_of, count = format::count(i18n, count), state = word())
    };
    view! {
        <span class="state" data-state=condition_key(condition) title=title>
            <StateGlyph state=condition_key(condition) />
            {move || format::count(i18n, count)}
            <span class="visually-hidden">{word}</span>
        </span>
    }
}

/// The sum of the group's figures, when all of them are known.
#[component]
fn Sum(column: Column, ids: Signal<Vec<ContainerId>>) -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    let figures = use_figures();
    let sum = move || {
        let figures = figures?;
        figures.arrivals();
        let mut total: Option<u64> = None;
        for id in ids.get() {
            if !list.store.row(&id)?.with(|row| is_measured(row.state)) {
                continue;
            }
            let sample = figures.follows(&id).then(|| figures.latest(&id)).flatten()?;
            let figure = if column == Column::Memory { sample.memory } else { u64::from(sample.cpu_millis) };
            total = Some(total.unwrap_or_default().saturating_add(figure));
        }
        total
    };
    let text = move || {
        sum().map(|sum| match column {
            Column::Memory => format::memory(i18n, sum),
            _ => format::processor(i18n, u32::try_from(sum).unwrap_or(u32::MAX)),
        })
    };
    view! {
        <span class="metric">
            <span class="metric-value muted">{text}</span>
        </span>
    }
}
