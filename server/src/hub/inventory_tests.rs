//! Tests of the inventory: cursors, what is seen of it, and the lists that are kept.

use super::*;

fn container(letter: &str, state: ContainerState) -> ContainerSummary {
    ContainerSummary {
        id: letter.repeat(64).parse().unwrap(),
        name: format!("{letter}-web"),
        image: "i".to_owned(),
        image_id: String::new(),
        state,
        health: None,
        exit_code: None,
        created_at: UnixMillis(1),
        since: Some(UnixMillis(5)),
        ports: Vec::new(),
        stack: None,
        service: None,
        made_here: false,
        command: String::new(),
        networks: Vec::new(),
        labels: BTreeMap::new(),
    }
}

fn cursor(inventory: &Inventory) -> Cursor {
    Cursor { run: inventory.run, revision: inventory.state.read().revision }
}

#[test]
fn a_cursor_gets_what_came_after_it_once() {
    let inventory = Inventory::new();
    inventory.replace(vec![container("a", ContainerState::Running), container("b", ContainerState::Running)]);
    let before = cursor(&inventory);
    inventory.apply(vec![container("a", ContainerState::Paused)], &[]);
    inventory.apply(vec![container("a", ContainerState::Running)], &["b".repeat(64).parse().unwrap()]);
    let Changes::Some { cursor, changed, removed } = inventory.after(before, &Sight::whole()) else {
        panic!("reset")
    };
    assert_eq!((changed.len(), removed.len()), (1, 1));
    let Changes::Some { changed, removed, .. } = inventory.after(cursor, &Sight::whole()) else {
        panic!("reset")
    };
    assert!(changed.is_empty() && removed.is_empty());
}

#[test]
fn what_did_not_change_is_no_revision() {
    let inventory = Inventory::new();
    inventory.replace(vec![container("a", ContainerState::Running)]);
    let before = cursor(&inventory);
    let mut later = container("a", ContainerState::Running);
    later.since = Some(UnixMillis(6));
    inventory.replace(vec![later]);
    assert_eq!(before, cursor(&inventory));
}

#[test]
fn another_run_or_a_forgotten_revision_is_a_reset() {
    let inventory = Inventory::new();
    assert!(matches!(
        inventory.after(Cursor { run: inventory.run ^ 1, revision: 0 }, &Sight::whole()),
        Changes::Reset
    ));
    for _ in 0..=HISTORY / 2 {
        inventory.apply(vec![container("a", ContainerState::Running)], &[]);
        inventory.apply(vec![container("a", ContainerState::Paused)], &[]);
    }
    assert!(matches!(
        inventory.after(Cursor { run: inventory.run, revision: 0 }, &Sight::whole()),
        Changes::Reset
    ));
}

#[test]
fn names_ids_and_prefixes() {
    let inventory = Inventory::new();
    inventory.replace(vec![container("a", ContainerState::Running), container("b", ContainerState::Running)]);
    let resolve = |name: &str| inventory.resolve(&name.parse().unwrap(), &Sight::whole());
    assert!(resolve("a-web").is_some() && resolve("aaaa").is_some() && resolve(&"b".repeat(64)).is_some());
    assert!(resolve("c").is_none() && resolve("web").is_none());
}

#[test]
fn the_prepared_list_is_made_once_a_revision() {
    let inventory = Inventory::new();
    inventory.replace(vec![container("a", ContainerState::Running)]);
    assert!(Arc::ptr_eq(&inventory.prepared(&Sight::whole()), &inventory.prepared(&Sight::whole())));
    let list: shared::containers::ContainerList =
        serde_json::from_slice(&inventory.prepared(&Sight::whole()).json()).unwrap();
    assert_eq!(list.containers.len(), 1);
}

/// Sees the stack and these containers.
fn only(stack: &str, containers: &[&str]) -> Sight {
    let environment: shared::EnvironmentId = "local".parse().unwrap();
    let reason = || shared::access::Reason::Owner { team: None };
    let permissions = shared::Role::Viewer.permissions();
    let mut held: Vec<_> = containers
        .iter()
        .map(|letter| shared::access::Held {
            permissions,
            scope: shared::Scope::Container {
                environment: environment.clone(),
                container: letter.repeat(64).parse().unwrap(),
            },
            only_in: None,
            reason: reason(),
        })
        .collect();
    held.push(shared::access::Held {
        permissions,
        scope: shared::Scope::Stack { environment: environment.clone(), stack: stack.to_owned() },
        only_in: None,
        reason: reason(),
    });
    Sight::of(&shared::Access::new(held), &environment)
}

fn of_stack(letter: &str, stack: &str, state: ContainerState) -> ContainerSummary {
    ContainerSummary { stack: Some(stack.to_owned()), ..container(letter, state) }
}

/// `a` is of the stack shop, `b` of blog, `c` of none.
fn mixed() -> Inventory {
    let inventory = Inventory::new();
    inventory.replace(vec![
        of_stack("a", "shop", ContainerState::Running),
        of_stack("b", "blog", ContainerState::Running),
        container("c", ContainerState::Running),
    ]);
    inventory
}

fn letters(list: &PreparedList) -> Vec<String> {
    let list: shared::containers::ContainerList = serde_json::from_slice(&list.json()).unwrap();
    list.containers.iter().map(|row| row.id.as_str()[..1].to_owned()).collect()
}

#[test]
fn a_list_counts_and_names_show_only_what_is_seen() {
    let inventory = mixed();
    let shop = only("shop", &["c"]);
    assert_eq!(letters(&inventory.prepared(&shop)), ["a", "c"]);
    assert_eq!(inventory.counts(&shop).total, 2);
    assert_eq!(inventory.counts(&Sight::whole()).total, 3);
    let resolve = |name: &str| inventory.resolve(&name.parse().unwrap(), &shop).map(|row| row.name.clone());
    assert_eq!(resolve("a-web").as_deref(), Some("a-web"));
    for hidden in ["b-web".to_owned(), "b".to_owned(), "b".repeat(64)] {
        assert_eq!(resolve(&hidden), None, "{hidden}");
    }
}

#[test]
fn a_beginning_that_is_ambiguous_only_with_what_is_hidden_is_not() {
    let inventory = Inventory::new();
    let mut hidden = container("a", ContainerState::Running);
    hidden.id = format!("{}b", "a".repeat(63)).parse().unwrap();
    inventory.replace(vec![of_stack("a", "shop", ContainerState::Running), hidden]);
    let resolve =
        |sight: &Sight| inventory.resolve(&"aaaa".parse().unwrap(), sight).map(|row| row.id.clone());
    assert_eq!(resolve(&Sight::whole()), None);
    assert_eq!(resolve(&only("shop", &[])), Some("a".repeat(64).parse().unwrap()));
}

#[test]
fn changes_tell_only_of_what_is_seen_and_of_what_leaves_it() {
    let inventory = mixed();
    let shop = only("shop", &[]);
    let before = inventory.cursor(inventory.state.read().revision, &shop);
    inventory.apply(
        vec![
            of_stack("a", "other", ContainerState::Running),
            of_stack("d", "shop", ContainerState::Running),
            of_stack("e", "blog", ContainerState::Running),
        ],
        &["b".repeat(64).parse().unwrap(), "c".repeat(64).parse().unwrap()],
    );
    let Changes::Some { cursor, changed, removed } = inventory.after(before, &shop) else { panic!("reset") };
    assert_eq!(changed.iter().map(|row| &row.id.as_str()[..1]).collect::<Vec<_>>(), ["d"]);
    assert_eq!(
        removed.iter().map(|id| &id.as_str()[..1]).collect::<Vec<_>>(),
        ["a"],
        "it left, unlike b and c"
    );
    inventory.apply(Vec::new(), &["d".repeat(64).parse().unwrap(), "e".repeat(64).parse().unwrap()]);
    let Changes::Some { removed, .. } = inventory.after(cursor, &shop) else { panic!("reset") };
    assert_eq!(removed.iter().map(|id| &id.as_str()[..1]).collect::<Vec<_>>(), ["d"]);
}

#[test]
fn a_cursor_of_another_view_is_a_reset() {
    let inventory = mixed();
    let revision = inventory.state.read().revision;
    let shop = inventory.cursor(revision, &only("shop", &[]));
    assert!(matches!(inventory.after(shop, &only("shop", &[])), Changes::Some { .. }));
    for other in [only("blog", &[]), only("shop", &["b"]), Sight::whole()] {
        assert!(matches!(inventory.after(shop, &other), Changes::Reset), "{other:?}");
    }
}

#[test]
fn what_the_console_made_is_of_no_stack_by_its_label() {
    let inventory = mixed();
    let forged = ContainerSummary { made_here: true, ..of_stack("d", "shop", ContainerState::Running) };
    inventory.apply(vec![forged], &[]);
    assert_eq!(letters(&inventory.prepared(&only("shop", &[]))), ["a"]);
    assert_eq!(letters(&inventory.prepared(&only("shop", &["d"]))), ["a", "d"]);
}

#[test]
fn lists_of_different_views_are_kept_apart_and_not_too_many() {
    let inventory = mixed();
    let (shop, whole) = (only("shop", &[]), Sight::whole());
    let (first, all) = (inventory.prepared(&shop), inventory.prepared(&whole));
    assert!(Arc::ptr_eq(&first, &inventory.prepared(&only("shop", &[]))), "equal views share one");
    assert!(Arc::ptr_eq(&all, &inventory.prepared(&whole)));
    for number in 0..KEPT {
        let _other = inventory.prepared(&only(&format!("stack{number}"), &[]));
        let _asked = inventory.prepared(&whole);
    }
    assert_eq!(inventory.prepared.lock().len(), KEPT);
    assert!(Arc::ptr_eq(&all, &inventory.prepared(&whole)), "what is asked for stays");
    assert!(!Arc::ptr_eq(&first, &inventory.prepared(&shop)));
}
