//! Requests that are typed by the rows and by nothing else: a healthy one with any value in one of
//! its fields. Whatever the value, the answer is one that a client can read.

use contract::{EndpointRow, FieldRow, Tables, trace::Line};
use serde_json::Value;

use crate::{
    Plan, Settled, always, exam, finding::Findings, steps::described, stories, story::Deed,
    view::View,
};

/// A request with a value in a field.
#[must_use]
pub fn ask(row: &EndpointRow, field: &FieldRow, value: Value) -> Deed {
    Deed::Ask(Box::new(stories::bare(row.call).with(field.name, value)))
}

/// The rows whose requests can be typed: what a merchant sends by itself.
pub fn rows(tables: &'static Tables, plan: &Plan) -> Vec<&'static EndpointRow> {
    let is_merchants = |row: &&EndpointRow| {
        stories::with_token(plan).contains(&row.call) || Some(row.call) == plan.token_call()
    };
    let has_fields = |row: &&EndpointRow| !row.fields.is_empty();
    tables.endpoints.iter().filter(is_merchants).filter(has_fields).collect()
}

/// Judges what came back.
#[must_use]
pub fn judge(lines: &[Line], plan: Plan, tables: &'static Tables) -> Settled {
    let mut findings = Findings::default();
    let view = View::new(lines, plan, tables);
    if exam::acts(lines).is_empty() || view.all().is_empty() {
        findings.missing("nothing was asked");
    }
    let asked = view.all().iter().filter(|seen| seen.exchange.call.is_some());
    for seen in asked.filter(|seen| seen.exchange.status == 0 || seen.exchange.status >= 500) {
        let wanted = "any value is answered, and not with a server error";
        findings.broken(wanted, described(seen.exchange), seen.number);
    }
    always::refusals_are_json(&view, &mut findings);
    findings.settle()
}
