//! What it costs to be somebody with two hundred grants instead of an administrator.

use longshore_tests::console::local;
use shared::{Role, Scope, containers::ContainerList, users::NewGrant};

use crate::{
    Bench,
    fleet::SIZE,
    line::Line,
    list::{LIST, times},
    table::{Budget, Table, percentile},
};

const GRANTS: usize = 200;

pub(crate) async fn measure(bench: &Bench, table: &mut Table) {
    let console = bench.console().await;
    let admin = console.admin().await;
    let mut admins = Line::open(&admin).await;
    let list: ContainerList = serde_json::from_slice(&admins.get(LIST).await).expect("the list");
    // Each stack, and single containers until there are enough: together all of the fleet.
    let stacks: std::collections::BTreeSet<_> =
        list.containers.iter().filter_map(|row| row.stack.clone()).collect();
    let stacks = stacks.into_iter().map(|stack| Scope::Stack { environment: local(), stack });
    let ones = list
        .containers
        .iter()
        .map(|row| Scope::Container { environment: local(), container: row.id.clone() });
    let grant = |scope| NewGrant { role: Role::Operator.into(), scope };
    let grants: Vec<_> = stacks.chain(ones).take(GRANTS).map(grant).collect();
    assert_eq!(grants.len(), GRANTS);
    let scoped = console.user_with("scoped", grants).await;
    let mut scoped = Line::open(&scoped).await;
    let seen: ContainerList = serde_json::from_slice(&scoped.get(LIST).await).expect("the list");
    assert!(seen.containers.len() >= SIZE, "the grants reach all: {}", seen.containers.len());

    let rounds = if bench.quick { 200 } else { 1000 };
    let one = format!("{LIST}/{}", list.containers.first().expect("a container").id);
    for (what, path, rounds) in [("list", LIST, rounds), ("one by its id", &one, rounds / 4)] {
        // In turns, so that whatever else the machine does falls on both.
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..4 {
            theirs.extend(times(&mut admins, path, rounds / 4).await);
            ours.extend(times(&mut scoped, path, rounds / 4).await);
        }
        let (theirs, ours) = (percentile(&mut theirs, 0.5), percentile(&mut ours, 0.5));
        table.row(
            &format!("{what}, {SIZE} containers and {GRANTS} grants: more than for an administrator"),
            ours - theirs,
            "ms",
            Budget::AtMost(1.0),
            format!("{ours:.2} ms against {theirs:.2} ms"),
        );
    }
}
