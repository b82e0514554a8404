//! The open questions by topic, and the index by [`Variant`]; a test holds the two together.
//! Whoever adds a question adds the tests that tell its readings apart.

mod answers;
mod codes;
mod edge;
mod flow;
mod identification;
mod members;
mod tokens;

use super::{Reading, Variant, VariantRow};
use crate::Provenance;

const TOPICS: [&[VariantRow]; 7] = [
    answers::ROWS,
    flow::ROWS,
    codes::ROWS,
    identification::ROWS,
    members::ROWS,
    tokens::ROWS,
    edge::ROWS,
];

/// Every row, at the place of its [`Variant`].
pub(super) static ROWS: [&VariantRow; Variant::ALL.len()] = indexed();

const fn indexed() -> [&'static VariantRow; Variant::ALL.len()] {
    let mut rows = [&TOPICS[0][0]; Variant::ALL.len()];
    let (mut topic, mut row) = (0, 0);
    while topic < TOPICS.len() {
        if row == TOPICS[topic].len() {
            (topic, row) = (topic + 1, 0);
            continue;
        }
        let found = &TOPICS[topic][row];
        rows[found.variant as usize] = found;
        row += 1;
    }
    rows
}

/// The same reading in every edition.
const fn everywhere(reading: &'static str) -> [&'static str; 3] {
    [reading; 3]
}

const fn reading(id: &'static str, meaning: &'static str, provenance: Provenance) -> Reading {
    Reading { id, meaning, provenance }
}
