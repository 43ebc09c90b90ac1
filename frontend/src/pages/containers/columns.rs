//! Columns: the menu to choose them, their names, their widths, and which leave when the table is narrow.

use leptos::prelude::*;

use super::{list::use_list, view::Column};
use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    ui::{
        icon::{Icon, IconView},
        lazy::part,
        menu::{Menu, MenuItem, MenuRule},
        text::plain,
    },
};

const MENU: &str = "columns-menu";

/// Below this width (rem) a row is two lines, and the style sheet alone places its cells.
const PHONE_REM: f64 = 40.0;
/// Below this width (rem) the lines beside the figures leave.
const SPARKLINE_REM: f64 = 54.0;
/// Below this width (rem) the actions lie over the row's end.
const ROOMY_REM: f64 = 66.0;

#[component]
pub(super) fn ColumnsMenu() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <button class="button wide-only" type="button" popovertarget=MENU>
            <IconView icon=Icon::Columns />
            {t!(i18n, containers.columns.title)}
        </button>
        <Menu id=MENU label=t!(i18n, containers.columns.title) items=choices />
    }
}

part! { actions: fn choices() { view! { <Choices /> } } }

#[component]
fn Choices() -> impl IntoView {
    let i18n = use_i18n();
    let list = use_list();
    view! {
        <p class="menu-label">{t!(i18n, containers.columns.title)}</p>
        {Column::ALL
            .iter()
            .copied()
            .filter(|column| *column != Column::Name)
            .map(|column| {
                view! {
                    <label class="menu-item">
                        <input
                            class="check"
                            type="checkbox"
                            prop:checked=move || list.columns().contains(&column)
                            on:change=move |_| list.toggle_column(column)
                        />
                        {move || column_word(i18n, column)}
                    </label>
                }
            })
            .collect_view()}
        <MenuRule />
        <MenuItem label=t!(i18n, containers.columns.reset) icon=Icon::Undo on_press=move || list.reset_columns() />
    }
}

/// A column's name; tracked.
pub(super) fn column_word(i18n: I18n, column: Column) -> String {
    match column {
        Column::State => t_string!(i18n, containers.columns.state),
        Column::Name => t_string!(i18n, containers.columns.name),
        Column::Image => t_string!(i18n, containers.columns.image),
        Column::Cpu => t_string!(i18n, containers.columns.cpu),
        Column::Memory => t_string!(i18n, containers.columns.memory),
        Column::Ports => t_string!(i18n, containers.columns.ports),
        Column::Created => t_string!(i18n, containers.columns.created),
        Column::Networks => t_string!(i18n, containers.columns.networks),
        Column::Command => t_string!(i18n, containers.columns.command),
        Column::Labels => t_string!(i18n, containers.columns.labels),
    }
}

/// The least width of a column in rem, and its share of what is left.
fn width(column: Column, table_rem: f64) -> (f64, f64) {
    let roomy = table_rem >= ROOMY_REM;
    match column {
        Column::State if roomy => (12.75, 0.95),
        Column::State => (10.5, 1.0),
        Column::Name if roomy => (10.5, 1.25),
        Column::Name => (9.0, 1.25),
        Column::Image if roomy => (12.0, 1.62),
        Column::Image => (9.0, 1.35),
        Column::Cpu if table_rem < SPARKLINE_REM => (4.5, 0.0),
        Column::Cpu => (7.0, 0.0),
        Column::Memory if table_rem < SPARKLINE_REM => (5.5, 0.0),
        Column::Memory => (8.25, 0.0),
        Column::Ports => (6.25, 0.6),
        Column::Created => (6.5, 0.0),
        Column::Networks => (7.0, 0.6),
        Column::Command | Column::Labels => (9.0, 1.0),
    }
}

const CHECK_REM: f64 = 2.625;

fn actions_rem(table_rem: f64) -> f64 {
    if table_rem >= ROOMY_REM { 7.25 } else { 2.5 }
}

/// The columns that fit, of those chosen. On a phone the style sheet shows what matters.
pub(super) fn that_fit(chosen: &[Column], table_rem: f64) -> Vec<Column> {
    let mut columns = chosen.to_vec();
    if table_rem < PHONE_REM {
        return columns;
    }
    let needed = |columns: &[Column]| {
        CHECK_REM
            + actions_rem(table_rem)
            + columns.iter().map(|column| width(*column, table_rem).0).sum::<f64>()
    };
    for leaving in Column::LEAVING {
        if needed(&columns) <= table_rem {
            break;
        }
        columns.retain(|column| *column != leaving);
    }
    columns
}

/// The grid's template for these columns; empty on a phone, where the style sheet has its own.
pub(super) fn template(columns: &[Column], table_rem: f64) -> String {
    if table_rem < PHONE_REM {
        return String::new();
    }
    let mut template = format!("{}rem", plain(CHECK_REM));
    for column in columns {
        let (least, share) = width(*column, table_rem);
        if share > 0.0 {
            template.push_str(&format!(" minmax({}rem, {}fr)", plain(least), plain(share)));
        } else {
            template.push_str(&format!(" {}rem", plain(least)));
        }
    }
    template.push_str(&format!(" {}rem", plain(actions_rem(table_rem))));
    template
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missed_least_leaves_first() {
        let all: Vec<Column> = Column::ALL.to_vec();
        assert_eq!(that_fit(&all, 200.0), all);
        assert!(!that_fit(&all, 90.0).contains(&Column::Labels));
        assert_eq!(that_fit(&Column::USUAL, 72.0), Column::USUAL);
        assert!(!that_fit(&Column::USUAL, 49.0).contains(&Column::Ports));
    }
}
