//! Refusals that no request has brought about, but a scenario: what their headers and `errors` say
//! then, so that they have the form of their row all the same.

use contract::{
    Call, EndpointRow, Problem,
    field::Place,
    problem::{Family, FieldErrors, Refusal, Text},
};

use crate::world::World;

/// Seconds after which to try again, where a scenario does not say.
const RETRY_AFTER: &str = "1";

impl World {
    /// A refusal of a call as its row has it, about the call's first field where it must be about
    /// one.
    pub(super) fn staged(&self, problem: Problem, call: Option<Call>) -> Refusal {
        let tables = self.settings.edition.tables();
        let endpoint = call.and_then(|call| tables?.endpoint(call));
        let row = tables.and_then(|all| all.problem(problem, call, &self.settings.variants));
        let errors = match row.map(|row| (row.family, row.text)) {
            Some((Family::F1, _) | (Family::F5, "")) => vec![missing(field_of(endpoint))],
            Some((Family::F7, _)) => {
                let text = "Unexpected end when reading JSON. Path '', line 1, position 1.";
                vec![errors("", text), missing("request")]
            }
            _ => Vec::new(),
        };
        Refusal { problem, errors, header: header(problem, endpoint) }
    }
}

fn header(problem: Problem, endpoint: Option<&EndpointRow>) -> Option<String> {
    match problem {
        Problem::Unauthorized => Some("Bearer error=\"invalid_token\"".to_owned()),
        Problem::Throttled => Some(RETRY_AFTER.to_owned()),
        Problem::MethodNotAllowed => {
            let methods = endpoint?.methods().iter().map(|method| method.name());
            Some(methods.collect::<Vec<_>>().join(", "))
        }
        _ => None,
    }
}

fn field_of(endpoint: Option<&EndpointRow>) -> &'static str {
    let fields = endpoint.map_or(&[][..], |endpoint| endpoint.fields);
    let in_body = fields.iter().find(|field| field.place == Place::Body);
    in_body.or_else(|| fields.first()).map_or("request", |field| field.key)
}

fn missing(key: &str) -> FieldErrors {
    errors(key, &format!("The {key} field is required."))
}

fn errors(key: &str, text: &str) -> FieldErrors {
    FieldErrors { key: key.to_owned(), texts: vec![Text::plain(text)] }
}
