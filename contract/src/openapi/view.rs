//! Of which readings a document speaks: of all that there are, or of those that a workspace has.
//! Under given readings each refusal and each success has one form, so nothing is left open.

use crate::{
    EndpointRow, Problem, Tables, Variant, Variants, When, answer::SuccessRow, problem::ProblemRow,
    reach::Refused,
};

/// An edition as a document shows it.
pub(super) struct View<'a> {
    pub(super) tables: &'a Tables,
    /// None for every reading.
    pub(super) readings: Option<Variants>,
}

impl View<'_> {
    /// Whether a row can hold.
    pub(super) fn holds(&self, when: &[When]) -> bool {
        self.readings.is_none_or(|variants| variants.meet(when))
    }

    /// Whether a question can be read so.
    pub(super) fn reads(&self, variant: Variant, reading: &'static str) -> bool {
        self.holds(&[When(variant, reading)])
    }

    /// Every form of every refusal.
    pub(super) fn refusals(&self) -> impl Iterator<Item = &'static ProblemRow> {
        self.tables.refusals().filter(|row| self.holds(row.when))
    }

    pub(super) fn refused(&self, endpoint: &EndpointRow) -> Vec<Refused> {
        self.only(self.tables.refused(endpoint), |refused| refused.row)
    }

    pub(super) fn refused_outside(&self) -> Vec<&'static ProblemRow> {
        self.only(self.tables.refused_outside(), |row| row)
    }

    pub(super) fn succeeds(&self, endpoint: &EndpointRow) -> Vec<&'static SuccessRow> {
        match &self.readings {
            Some(variants) => endpoint.succeeds_under(variants),
            None => endpoint.succeeds(),
        }
    }

    /// Under given readings the first form that fits is the only one.
    fn only<T>(&self, rows: Vec<T>, row: fn(&T) -> &'static ProblemRow) -> Vec<T> {
        let mut seen: Vec<Problem> = Vec::new();
        let mut first = |problem| {
            let new = !seen.contains(&problem);
            seen.push(problem);
            new
        };
        let fits = |one: &T| self.holds(row(one).when);
        let shown = |one: &T| fits(one) && (self.readings.is_none() || first(row(one).problem));
        rows.into_iter().filter(shown).collect()
    }
}
