//! Which rows can ever answer: a row behind others that fit whenever it fits never does.
//! Documents and explanations list what this module finds, so that they promise nothing more.

use crate::{
    Call, EndpointRow, Problem, Provenance, Tables, Variant, Variants, When,
    answer::{Shape, SuccessRow},
    problem::ProblemRow,
};

/// One way in which a call can be refused.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    /// How the refusal looks.
    pub row: &'static ProblemRow,
    /// Where it comes from that this call can refuse so.
    pub provenance: Provenance,
}

impl Tables {
    /// Every way in which a call can be refused, in the order of [`Problem::ALL`]. A path that
    /// leads nowhere is no call's affair: see [`Tables::refused_outside`].
    #[must_use]
    pub fn refused(&self, endpoint: &EndpointRow) -> Vec<Refused> {
        let listed = |problem: &&Problem| {
            let everywhere =
                **problem != Problem::RouteNotFound && Problem::EVERYWHERE.contains(problem);
            everywhere || endpoint.problems.contains(problem)
        };
        let refused = Problem::ALL.iter().filter(listed).flat_map(|problem| {
            let rows = self.refusals().filter(|row| row.problem == *problem);
            let rows: Vec<_> = rows.filter(|row| row.is_of(Some(endpoint.call))).collect();
            first_fits(&rows, |row| row.when)
        });
        refused.map(|row| Refused { row, provenance: endpoint.refusal(row) }).collect()
    }

    /// The questions whose readings choose how a refusal of a call looks.
    pub fn choosing_refusal(
        &self,
        problem: Problem,
        call: Option<Call>,
    ) -> impl Iterator<Item = &'static When> {
        let rows = self.refusals().filter(move |row| row.problem == problem && row.is_of(call));
        rows.flat_map(|row| row.when)
    }

    /// How a request is refused that leads to no call.
    #[must_use]
    pub fn refused_outside(&self) -> Vec<&'static ProblemRow> {
        let outside =
            [Problem::RouteNotFound, Problem::MalformedRequest, Problem::ServerError].into_iter();
        let refused = outside.flat_map(|problem| {
            let rows = self.refusals().filter(|row| row.problem == problem && row.is_of(None));
            first_fits(&rows.collect::<Vec<_>>(), |row| row.when)
        });
        refused.collect()
    }
}

impl EndpointRow {
    /// Every way in which the call can succeed.
    #[must_use]
    pub fn succeeds(&self) -> Vec<&'static SuccessRow> {
        let (browsed, read): (Vec<_>, Vec<_>) = self.successes.iter().partition(is_browsed);
        browsed.into_iter().chain(first_fits(&read, |row| row.when)).collect()
    }

    /// Every way in which the call can succeed under given readings.
    #[must_use]
    pub fn succeeds_under(&self, variants: &Variants) -> Vec<&'static SuccessRow> {
        let (browsed, read): (Vec<_>, Vec<_>) = self.successes.iter().partition(is_browsed);
        let first = read.into_iter().find(|row| variants.meet(row.when));
        browsed.into_iter().chain(first).collect()
    }

    /// The questions whose readings choose how the success looks.
    pub fn choosing_success(&self) -> impl Iterator<Item = &'static When> {
        self.successes.iter().flat_map(|row| row.when)
    }
}

/// What a browser gets depends on how far the person is, not on a reading.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "partition hands a reference")]
const fn is_browsed(row: &&SuccessRow) -> bool {
    matches!(row.shape, Shape::Redirect | Shape::Page)
}

/// Every choice of readings that a set of conditions can tell apart.
#[must_use]
pub fn choices<'a>(conditions: impl IntoIterator<Item = &'a When>) -> Vec<Variants> {
    let mut asked: Vec<Variant> = conditions.into_iter().map(|When(variant, _)| *variant).collect();
    asked.sort_unstable();
    asked.dedup();
    asked.into_iter().fold(vec![Variants::default()], |known, variant| {
        let row = variant.row();
        let chosen = |reading: &'static str| {
            known.iter().filter_map(move |variants| {
                let mut variants = *variants;
                variants.choose(row.id, reading).ok().map(|()| variants)
            })
        };
        row.readings.iter().flat_map(|reading| chosen(reading.id)).collect()
    })
}

/// The rows that fit before all others under some choice of readings.
fn first_fits<T>(rows: &[&'static T], when: fn(&T) -> &'static [When]) -> Vec<&'static T> {
    let choices = choices(rows.iter().flat_map(|row| when(row)));
    let firsts =
        choices.iter().filter_map(|variants| rows.iter().position(|row| variants.meet(when(row))));
    let firsts: std::collections::BTreeSet<_> = firsts.collect();
    firsts.into_iter().map(|index| rows[index]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Call, Edition};

    #[test]
    fn a_row_behind_others_that_always_fit_is_left_out() {
        const OPEN: &[When] = &[];
        static ROWS: [&[When]; 4] = [
            &[When(Variant::PathCase, "exact")],
            &[When(Variant::PathCase, "insensitive")],
            OPEN,
            &[When(Variant::TrailingSlash, "refused")],
        ];
        let found = first_fits(&ROWS.iter().collect::<Vec<_>>(), |row| row);
        assert_eq!(found.len(), 2, "{found:?}");
    }

    #[test]
    fn the_readings_of_one_refusal_are_all_found() {
        let tables = Edition::DEFAULT.tables().unwrap();
        let refused = tables.refused(tables.endpoint(Call::ConfirmEmail).unwrap());
        let unknown = refused.iter().filter(|refused| refused.row.problem == Problem::UserNotFound);
        let statuses: Vec<_> = unknown.map(|refused| refused.row.status).collect();
        assert_eq!(statuses, [400, 400, 404, 404, 404]);
    }
}
