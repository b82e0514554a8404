//! All cases, group by group. A case is played in a world of its own, and the rows say in which of
//! them they are looked for.

mod journeys;
mod outages;
mod polling;
mod refusals;
mod tokens;
mod transport;
mod values;

use super::case::{Case, Feature, Group, Human};

const CALM: Human = Human::CALM;

const fn case(
    name: &'static str,
    group: Group,
    seconds: u32,
    title: &'static str,
    scenario: &'static str,
) -> Case {
    Case { name, group, title, scenario, human: CALM, needs: &[], worlds: &[], seconds }
}

const fn with(human: Human, needs: &'static [Feature], case: Case) -> Case {
    Case { human, needs, ..case }
}

/// The case in which nothing goes wrong.
pub const HEALTHY: &Case = &case("healthy", Group::Healthy, 30, "Nothing goes wrong.", "");

/// Every case but the healthy one, group by group.
pub fn all() -> impl Iterator<Item = &'static Case> {
    let tables: [&'static [Case]; 7] = [
        transport::CASES,
        tokens::CASES,
        values::CASES,
        journeys::CASES,
        polling::CASES,
        refusals::CASES,
        outages::CASES,
    ];
    tables.into_iter().flatten()
}

/// The case of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Case> {
    std::iter::once(HEALTHY).chain(all()).find(|case| case.name == name)
}
