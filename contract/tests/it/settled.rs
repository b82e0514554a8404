//! Every disagreement and every silence of the pages is in the hands of some open question, or says
//! why it cannot show on the wire.

use std::collections::BTreeSet;

use contract::{
    Variant,
    gap::{CONTRADICTIONS, FAMILIES, UNKNOWNS, UnknownRow, ids, settling},
};

#[test]
fn ids_are_numbered_without_a_gap() {
    let numbered = |letter: char, last: usize| (1..=last).map(move |n| format!("{letter}{n}"));
    let expected: Vec<_> = numbered('C', 26)
        .chain(["M1".to_owned()])
        .chain(numbered('U', 20))
        .chain(numbered('F', 7))
        .collect();
    assert_eq!(ids().collect::<Vec<_>>(), expected);
}

#[test]
fn every_gap_is_settled_or_cannot_show() {
    let unsettled = CONTRADICTIONS.iter().map(|row| row.id).filter(|id| is_open(id));
    let unknown = UNKNOWNS.iter().filter(|row| is_lost(row)).map(|row| row.id);
    assert_eq!(unsettled.chain(unknown).collect::<Vec<_>>(), [""; 0]);
}

fn is_open(id: &str) -> bool {
    settling(id).next().is_none()
}

fn is_lost(row: &UnknownRow) -> bool {
    is_open(row.id) && row.unseen.is_none()
}

#[test]
fn a_gap_that_nobody_settles_is_seen() {
    let row = UnknownRow { id: "U99", topic: "none", ask: "What?", unseen: None };
    assert!(is_open("C99") && is_lost(&row));
    assert!(!is_lost(&UnknownRow { unseen: Some("no call reaches it"), ..row }));
}

#[test]
fn questions_settle_known_gaps_only() {
    let known: BTreeSet<_> = ids().collect();
    for row in Variant::ALL.iter().map(|variant| variant.row()) {
        let strangers: Vec<_> = row.settles.iter().filter(|id| !known.contains(*id)).collect();
        assert!(strangers.is_empty() && !row.settles.is_empty(), "{}: {strangers:?}", row.id);
    }
}

#[test]
fn rows_are_written_in_full() {
    for row in CONTRADICTIONS {
        assert!(!row.topic.is_empty() && row.sides[0] != row.sides[1], "{}", row.id);
        let told = |side: &&str| side.split_whitespace().count() >= 3 && !side.ends_with('.');
        assert!(row.sides.iter().all(told), "{}", row.id);
    }
    for row in UNKNOWNS {
        assert!(!row.topic.is_empty() && row.ask.ends_with('?'), "{}", row.id);
        assert_eq!(row.ask.matches('?').count(), 1, "{}: one question", row.id);
        assert!(row.unseen.is_none_or(|why| why.split_whitespace().count() >= 4), "{}", row.id);
    }
    assert!(FAMILIES.iter().all(|row| !row.looks.is_empty()));
}
