//! Links: what the answer of one call holds that others ask for. They lead from the call that
//! makes a thing to every call with a field that names it, so no call has to be listed.

use serde_json::{Map, Value, json};

use super::{provenance, view::View};
use crate::{
    Call, EndpointRow, FieldRow, Provenance,
    answer::{Shape, SuccessRow},
    field::Place,
    provenance::assumed,
};

/// What one call makes and others name.
#[derive(Debug)]
pub struct LinkRow {
    /// The call that makes it.
    pub from: Call,
    /// The member of its answer that holds the name.
    pub member: &'static str,
    /// Whether a field names it.
    pub names: fn(&FieldRow) -> bool,
    /// Where the row comes from.
    pub provenance: Provenance,
}

const USER: Provenance = assumed("every page names the user by the id that its creation answers");
const INDIVIDUAL: Provenance = assumed("the documents are asked for by the individual's number");

/// Every link.
pub const LINKS: &[LinkRow] = &[
    LinkRow { from: Call::CreateUser, member: "id", names: FieldRow::names_user, provenance: USER },
    LinkRow {
        from: Call::Finalize,
        member: "individualId",
        names: |field| field.name == "individualId",
        provenance: INDIVIDUAL,
    },
    LinkRow {
        from: Call::EnrollIndividual,
        member: "individualId",
        names: |field| field.name == "individualId",
        provenance: INDIVIDUAL,
    },
];

/// The links of one success, by name.
pub(super) fn of_success(
    view: &View<'_>,
    from: &EndpointRow,
    success: &SuccessRow,
) -> Map<String, Value> {
    let Shape::Object(members) = success.shape else { return Map::new() };
    let has = |row: &&LinkRow| members.iter().any(|member| member.name == row.member);
    let rows = LINKS.iter().filter(|row| row.from == from.call).filter(has);
    let links = rows.flat_map(|row| view.tables.endpoints.iter().map(move |to| (row, to)));
    links.filter_map(|(row, to)| Some((to.call.name().to_owned(), link(view, row, to)?))).collect()
}

fn link(view: &View<'_>, row: &LinkRow, to: &EndpointRow) -> Option<Value> {
    let value = format!("$response.body#/{}", row.member);
    let mut link = json!({
        "operationId": to.call.name(),
        "x-provenance": provenance(&row.provenance),
    });
    let named = to.fields.iter().filter(|field| (row.names)(field) && view.holds(field.when));
    let mut found = false;
    for field in named {
        found = true;
        match field.place {
            Place::Path => link["parameters"][format!("path.{}", field.name)] = json!(value),
            Place::Query => link["parameters"][format!("query.{}", field.name)] = json!(value),
            Place::Body | Place::Form => {
                let inside = field.name.split('.');
                let at = inside.fold(&mut link["requestBody"], |at, part| &mut at[part]);
                *at = json!(value);
            }
        }
    }
    found.then_some(link)
}
