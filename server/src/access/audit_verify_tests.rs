use super::*;
use crate::store::{NewAuditRow, testing};

const AT: UnixMillis = UnixMillis(1_000);

fn row(action: &str, result: AuditResult) -> NewAuditRow<'_> {
    let detail = if result == AuditResult::Refused { "not allowed" } else { "" };
    NewAuditRow { at: AT, actor: "ann", address: "::1", action, target: "local/web", result, detail }
}

/// Rows 1 to 5: done, refused, begun and never ended, failed, refused. Entries: 1 and 2, 3, 4, 5 and 6, 7.
async fn written() -> (Store, testing::TempFolder) {
    let (store, folder) = testing::store().await;
    write_some(&store).await;
    (store, folder)
}

async fn write_some(store: &Store) {
    let done = store.add_audit(&row("A", AuditResult::Started)).await.unwrap();
    store.finish_audit(done, AuditResult::Done, "").await.unwrap();
    store.add_audit(&row("B", AuditResult::Refused)).await.unwrap();
    store.add_audit(&row("C", AuditResult::Started)).await.unwrap();
    let failed = store.add_audit(&row("D", AuditResult::Started)).await.unwrap();
    store.finish_audit(failed, AuditResult::Failed, "it broke").await.unwrap();
    store.add_audit(&row("E", AuditResult::Refused)).await.unwrap();
}

async fn faults(store: &Store) -> Vec<AuditFault> {
    verify(store, AT, |_, _| {}).await.unwrap().faults
}

/// The first.
async fn fault(store: &Store) -> Option<AuditFault> {
    faults(store).await.into_iter().next()
}

async fn reopened(store: Store, folder: &testing::TempFolder) -> Store {
    store.close().await;
    let store = Store::open(folder.path()).await.unwrap();
    store.chained(testing::key(), folder.path(), AT).await.unwrap()
}

#[tokio::test]
async fn what_was_written_is_verified() {
    let (store, folder) = testing::store().await;
    let empty = verify(&store, AT, |_, _| {}).await.unwrap();
    assert_eq!((empty.entries, empty.rows, empty.faults), (0, 0, vec![]));
    write_some(&store).await;
    let found = verify(&store, AT, |_, _| {}).await.unwrap();
    assert_eq!((found.entries, found.rows, found.older, found.faults), (7, 5, 0, vec![]));
    let store = reopened(store, &folder).await;
    assert_eq!(fault(&store).await, None);
    store.add_audit(&row("F", AuditResult::Refused)).await.unwrap();
    assert_eq!(verify(&store, AT, |_, _| {}).await.unwrap().entries, 8);
}

#[tokio::test]
async fn each_change_of_a_row_is_found() {
    let changes: [(&'static str, i64); 11] = [
        ("UPDATE audit SET at = at + 1 WHERE id = 2", 2),
        ("UPDATE audit SET actor = 'bob' WHERE id = 2", 2),
        ("UPDATE audit SET actor = 'bob' WHERE id = 3", 3),
        ("UPDATE audit SET address = '' WHERE id = 1", 1),
        ("UPDATE audit SET action = 'Z' WHERE id = 4", 4),
        ("UPDATE audit SET target = 'local/db' WHERE id = 5", 5),
        ("UPDATE audit SET detail = '' WHERE id = 4", 4),
        ("UPDATE audit SET detail = 'it was nothing' WHERE id = 3", 3),
        ("UPDATE audit SET result = 'done', detail = '' WHERE id = 4", 4),
        ("UPDATE audit SET result = 'done' WHERE id = 3", 3),
        ("UPDATE audit SET result = 'nonsense' WHERE id = 1", 1),
    ];
    for (change, row) in changes {
        let (store, _folder) = written().await;
        store.tamper(change).await;
        assert_eq!(faults(&store).await, [AuditFault::RowChanged { row }], "{change}");
    }
    let (store, _folder) = written().await;
    store.tamper("UPDATE audit SET result = 'started', detail = '' WHERE id = 4").await;
    assert_eq!(faults(&store).await, [AuditFault::RowChanged { row: 4 }], "an end taken back");
}

#[tokio::test]
async fn rows_that_go_come_or_change_places_are_found() {
    let changes: [(&'static str, AuditFault); 6] = [
        ("DELETE FROM audit WHERE id = 1", AuditFault::RowMissing { row: 1 }),
        ("DELETE FROM audit WHERE id = 5", AuditFault::RowMissing { row: 5 }),
        ("UPDATE audit SET id = 9 WHERE id = 5", AuditFault::RowMissing { row: 5 }),
        (
            "UPDATE audit SET id = 99 WHERE id = 2; UPDATE audit SET id = 2 WHERE id = 5; \
             UPDATE audit SET id = 5 WHERE id = 99",
            AuditFault::RowChanged { row: 2 },
        ),
        (
            "INSERT INTO audit VALUES (6, 1000, 'ann', '::1', 'X', '', 'done', '')",
            AuditFault::RowForeign { row: 6 },
        ),
        (
            "INSERT INTO audit VALUES (-1, 1000, 'ann', '::1', 'X', '', 'done', '')",
            AuditFault::RowForeign { row: -1 },
        ),
    ];
    for (change, expected) in changes {
        let (store, _folder) = written().await;
        store.tamper(change).await;
        assert_eq!(fault(&store).await, Some(expected), "{change}");
    }
}

#[tokio::test]
async fn each_change_of_the_chain_is_found() {
    let changes: [(&'static str, AuditFault); 11] = [
        ("DELETE FROM audit_chain WHERE seq = 4", AuditFault::EntryMissing { entry: 4 }),
        ("DELETE FROM audit_chain WHERE seq = 1", AuditFault::EntryMissing { entry: 1 }),
        (
            "DELETE FROM audit WHERE id = 2; DELETE FROM audit_chain WHERE seq = 3; \
             UPDATE audit_chain SET seq = seq - 1 WHERE seq > 3",
            AuditFault::EntryChanged { entry: 3 },
        ),
        ("UPDATE audit_chain SET row_id = 4 WHERE seq = 3", AuditFault::EntryChanged { entry: 3 }),
        ("UPDATE audit_chain SET kind = 'gap' WHERE seq = 3", AuditFault::EntryChanged { entry: 3 }),
        ("UPDATE audit_chain SET kind = 'other' WHERE seq = 3", AuditFault::EntryChanged { entry: 3 }),
        ("UPDATE audit_chain SET mac = x'00' WHERE seq = 3", AuditFault::EntryChanged { entry: 3 }),
        ("UPDATE audit_chain SET content = x'00' WHERE seq = 3", AuditFault::EntryChanged { entry: 3 }),
        (
            "UPDATE audit_chain SET seq = 100 WHERE seq = 3; UPDATE audit_chain SET seq = 3 WHERE seq = 7; \
             UPDATE audit_chain SET seq = 7 WHERE seq = 100",
            AuditFault::EntryChanged { entry: 3 },
        ),
        ("DELETE FROM audit; DELETE FROM audit_chain", AuditFault::EndMissing { entry: 0, written: 7 }),
        (
            "INSERT INTO audit_checkpoint VALUES (1, 3, (SELECT mac FROM audit_chain WHERE seq = 3), 3, x'00'); \
             DELETE FROM audit WHERE id < 3; DELETE FROM audit_chain WHERE seq <= 3",
            AuditFault::BadCheckpoint,
        ),
    ];
    for (change, expected) in changes {
        let (store, _folder) = written().await;
        store.tamper(change).await;
        assert_eq!(fault(&store).await, Some(expected), "{change}");
    }
}

#[tokio::test]
async fn an_end_that_is_cut_off_is_found_and_stays_found() {
    const CUT: &str = "DELETE FROM audit WHERE id = 5; DELETE FROM audit_chain WHERE seq = 7";
    let (store, folder) = written().await;
    store.tamper(CUT).await;
    let expected = Some(AuditFault::EndMissing { entry: 6, written: 7 });
    assert_eq!(fault(&store).await, expected);
    let store = reopened(store, &folder).await;
    assert_eq!(fault(&store).await, expected, "a start does not make it right");
    // Writing on does not either: it says so itself.
    store.add_audit(&row("F", AuditResult::Refused)).await.unwrap();
    assert!(matches!(fault(&store).await, Some(AuditFault::Gap { entry: 8, .. })));
    let rows = store.list_audit(i64::MAX, 9).await.unwrap();
    let told = rows.iter().find(|row| row.action == "FindAuditGap").unwrap();
    assert_eq!(told.detail, "the chain ended at entry 6, but entry 7 had been written");

    // The same while the console runs, which remembers how far it was.
    let (store, _folder) = written().await;
    store.tamper(CUT).await;
    store.add_audit(&row("F", AuditResult::Refused)).await.unwrap();
    assert!(matches!(fault(&store).await, Some(AuditFault::Gap { entry: 8, .. })));
}

#[tokio::test]
async fn the_heads_file_is_missed() {
    let (store, folder) = written().await;
    let file = folder.path().join("longshore.audit-head");
    let kept = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(fault(&store).await, Some(AuditFault::NoHead));
    std::fs::write(&file, vec![0; kept.len()]).unwrap();
    assert_eq!(fault(&store).await, Some(AuditFault::NoHead));
    std::fs::remove_file(&file).unwrap();
    let store = reopened(store, &folder).await;
    store.add_audit(&row("F", AuditResult::Refused)).await.unwrap();
    assert!(matches!(fault(&store).await, Some(AuditFault::Gap { .. })), "nor is it made anew in silence");
}

#[tokio::test]
async fn a_crash_between_an_entry_and_the_head_is_no_tampering() {
    let (store, folder) = written().await;
    let file = folder.path().join("longshore.audit-head");
    let earlier = std::fs::read(&file).unwrap();
    store.add_audit(&row("F", AuditResult::Refused)).await.unwrap();
    store.add_audit(&row("G", AuditResult::Refused)).await.unwrap();
    std::fs::write(&file, earlier).unwrap();
    assert_eq!(fault(&store).await, None);
    let store = reopened(store, &folder).await;
    store.add_audit(&row("H", AuditResult::Refused)).await.unwrap();
    assert_eq!(fault(&store).await, None);
}

#[tokio::test]
async fn another_process_may_write_between() {
    let (console, folder) = written().await;
    let command = Store::open(folder.path()).await.unwrap();
    let command = command.chained(testing::key(), folder.path(), AT).await.unwrap();
    for store in [&command, &console, &console, &command, &console] {
        store.add_audit(&row("X", AuditResult::Refused)).await.unwrap();
        assert_eq!(fault(&console).await, None);
    }
}

#[tokio::test]
async fn another_key_verifies_nothing() {
    let (store, folder) = written().await;
    store.close().await;
    let store = Store::open(folder.path()).await.unwrap();
    let store = store.with_chain_to_read(ChainKey::new([8; 32]), folder.path());
    assert_eq!(fault(&store).await, Some(AuditFault::EntryChanged { entry: 1 }));
}

#[tokio::test]
async fn rows_from_before_the_chain_are_taken_in_and_said_to_be_older() {
    let folder = testing::TempFolder::new();
    let store = Store::open(folder.path()).await.unwrap();
    store.tamper("INSERT INTO audit VALUES (3, 1, '', '', 'A', '', 'done', ''), (8, 2, '', '', 'B', '', 'started', '')").await;
    let store = store.chained(testing::key(), folder.path(), AT).await.unwrap();
    store.add_audit(&row("C", AuditResult::Refused)).await.unwrap();
    let found = verify(&store, AT, |_, _| {}).await.unwrap();
    assert_eq!(
        (found.rows, found.older, found.faults),
        (4, 2, vec![]),
        "the two, what says so, and the new one"
    );
    store.tamper("UPDATE audit SET actor = 'eve' WHERE id = 3").await;
    assert_eq!(fault(&store).await, Some(AuditFault::RowChanged { row: 3 }));
}

#[tokio::test]
async fn what_is_pruned_leaves_a_chain_that_can_be_verified() {
    let (store, folder) = testing::store().await;
    let long = store.add_audit(&row("Long", AuditResult::Started)).await.unwrap();
    for number in 0..1_200 {
        let new = NewAuditRow { at: UnixMillis(2_000 + number), ..row("X", AuditResult::Refused) };
        store.add_audit(&new).await.unwrap();
    }
    let first = store.first_audit_row_to_keep(UnixMillis(3_000), None, UnixMillis(0)).await.unwrap();
    let mut removed = 0;
    loop {
        let batch = store.prune_audit(first).await.unwrap();
        removed += batch.rows;
        assert_eq!(fault(&store).await, None, "after each batch");
        if !batch.more {
            break;
        }
    }
    assert_eq!(removed, 1_001);
    assert_eq!(store.prune_audit(first).await.unwrap().rows, 0);
    assert!(store.finish_audit(long, AuditResult::Done, "").await.unwrap().is_none());
    let store = reopened(store, &folder).await;
    store.add_audit(&row("After", AuditResult::Refused)).await.unwrap();
    let found = verify(&store, AT, |_, _| {}).await.unwrap();
    assert_eq!((found.rows, found.faults), (201, vec![]));
    store.tamper("UPDATE audit_checkpoint SET first_row = first_row + 1").await;
    assert_eq!(fault(&store).await, Some(AuditFault::BadCheckpoint));
}

#[tokio::test]
async fn the_end_of_a_pruned_row_stays_in_the_chain() {
    let (store, _folder) = testing::store().await;
    let long = store.add_audit(&row("Long", AuditResult::Started)).await.unwrap();
    let young = NewAuditRow { at: UnixMillis(9_000), ..row("Young", AuditResult::Refused) };
    store.add_audit(&young).await.unwrap();
    store.finish_audit(long, AuditResult::Done, "").await.unwrap();
    store.prune_audit(long + 1).await.unwrap();
    let found = verify(&store, AT, |_, _| {}).await.unwrap();
    assert_eq!((found.entries, found.rows, found.faults), (2, 1, vec![]));
}

#[tokio::test]
async fn so_many_rows_are_kept_but_never_fewer_than_are_young() {
    let (store, _folder) = testing::store().await;
    for at in 1..=10 {
        store.add_audit(&NewAuditRow { at: UnixMillis(at), ..row("X", AuditResult::Refused) }).await.unwrap();
    }
    let first = async |older, rows, surplus| {
        store.first_audit_row_to_keep(UnixMillis(older), rows, UnixMillis(surplus)).await.unwrap()
    };
    assert_eq!(first(0, None, 0).await, 1);
    assert_eq!(first(4, None, 0).await, 4);
    assert_eq!(first(0, Some(3), 100).await, 8);
    assert_eq!(first(0, Some(3), 5).await, 5, "rows 5 and later are too young to be surplus");
    assert_eq!(first(9, Some(3), 5).await, 9);
    assert_eq!(first(100, None, 0).await, 11);
}

#[tokio::test]
async fn one_break_hides_no_other() {
    use AuditFault::{EndMissing, EntryChanged, EntryMissing, Gap, RowChanged, RowForeign, RowMissing};
    let cases: [(&'static str, &[AuditFault]); 7] = [
        (
            "UPDATE audit SET actor = 'bob' WHERE id IN (1, 4); DELETE FROM audit WHERE id = 2",
            &[RowChanged { row: 1 }, RowMissing { row: 2 }, RowChanged { row: 4 }],
        ),
        // What it vouched for is looked at from the other side: a row without an entry.
        (
            "DELETE FROM audit_chain WHERE seq IN (3, 7)",
            &[
                EntryMissing { entry: 3 },
                RowForeign { row: 2 },
                RowForeign { row: 5 },
                EndMissing { entry: 6, written: 7 },
            ],
        ),
        // An entry that follows a changed one is right, whether the MAC before it was changed or what it is of.
        ("UPDATE audit_chain SET mac = zeroblob(32) WHERE seq = 3", &[EntryChanged { entry: 3 }]),
        ("UPDATE audit_chain SET content = zeroblob(32) WHERE seq = 3", &[EntryChanged { entry: 3 }]),
        (
            "UPDATE audit_chain SET content = zeroblob(32) WHERE seq = 3; \
             UPDATE audit SET detail = 'x' WHERE id = 5",
            &[EntryChanged { entry: 3 }, RowChanged { row: 5 }],
        ),
        ("UPDATE audit_chain SET mac = x'00' WHERE seq = 7", &[EntryChanged { entry: 7 }]),
        (
            "INSERT INTO audit VALUES (6, 1000, '', '', 'X', '', 'done', ''), (7, 1000, '', '', 'X', '', 'done', '')",
            &[RowForeign { row: 6 }, RowForeign { row: 7 }],
        ),
    ];
    for (change, expected) in cases {
        let (store, _folder) = written().await;
        store.tamper(change).await;
        assert_eq!(faults(&store).await, expected, "{change}");
    }
    // After a gap that the console itself wrote down.
    let (store, _folder) = written().await;
    store.tamper("DELETE FROM audit WHERE id = 5; DELETE FROM audit_chain WHERE seq = 7").await;
    for action in ["F", "G", "H"] {
        store.add_audit(&row(action, AuditResult::Refused)).await.unwrap();
    }
    let gap = Gap { entry: 8, row: 6 };
    assert_eq!(faults(&store).await, std::slice::from_ref(&gap));
    store.tamper("UPDATE audit SET actor = 'bob' WHERE action = 'G'").await;
    assert_eq!(faults(&store).await, [gap, RowChanged { row: 8 }]);
}

#[tokio::test]
async fn the_faults_that_are_told_are_bounded() {
    let (store, folder) = testing::store().await;
    for _ in 0..=FAULTS_MAX {
        store.add_audit(&row("X", AuditResult::Refused)).await.unwrap();
    }
    store.close().await;
    let store = Store::open(folder.path()).await.unwrap();
    let store = store.with_chain_to_read(ChainKey::new([8; 32]), folder.path());
    let found = verify(&store, AT, |_, _| {}).await.unwrap();
    assert_eq!((found.faults.len(), found.more_faults, found.entries), (FAULTS_MAX, true, 0));
}
