//! All rows, in the order of the catalogue.
//! A row without a judge says why nobody can see it from here.

mod data;
mod duplicates;
mod errors;
mod order;
mod polling;
mod redirects;
mod resilience;
mod shape;
mod tokens;
mod transport;

use super::row::{Cases, Level, Row, Watch};
use crate::client::{case::Feature, row::Notes, view::View};

const fn row(
    id: &'static str,
    level: Level,
    cases: Cases,
    watch: fn(&View<'_>, &mut Notes),
    (text, source): (&'static str, &'static str),
) -> Row {
    Row { id, level, text, source, cases, needs: &[], watch: Watch::Trace(watch), companions: &[] }
}

const fn needing(needs: &'static [Feature], row: Row) -> Row {
    Row { needs, ..row }
}

const fn along(companions: &'static [&'static str], row: Row) -> Row {
    Row { companions, ..row }
}

/// Every row.
pub fn all() -> impl Iterator<Item = &'static Row> {
    let tables: [&'static [Row]; 10] = [
        transport::ROWS,
        tokens::ROWS,
        shape::ROWS,
        order::ROWS,
        polling::ROWS,
        redirects::ROWS,
        errors::ROWS,
        duplicates::ROWS,
        data::ROWS,
        resilience::ROWS,
    ];
    tables.into_iter().flatten()
}

/// The row of this id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Row> {
    all().find(|row| row.id == id)
}
