//! `mock-server spec explain`: which rows can produce an answer, under which readings, and for each
//! where it is documented or why it is assumed.

use std::fmt::Write as _;

use contract::{
    Call, Edition, EndpointRow, FieldRow, Problem, Tables, Variants, When,
    answer::{Shape, SuccessRow},
    field::{Fault, Place},
    problem::Text,
    reach::Refused,
};

use super::{nearest::nearest, tables};
use crate::edge::route::{Route, Routes};

/// What somebody wants explained.
#[derive(Clone, Debug)]
pub struct Question {
    /// A method and a path, a path alone, or the name of a call.
    pub what: String,
    /// Only answers of this status.
    pub status: Option<u16>,
    /// In which edition.
    pub edition: Edition,
}

/// Every row that can answer, in words.
///
/// # Errors
/// A sentence that names the nearest known path or call, or the statuses that there are.
pub fn explain(question: &Question) -> Result<String, String> {
    let tables = tables(question.edition)?;
    let rows = find(tables, &question.what)?;
    let told: Vec<_> = rows.iter().map(|row| tell(tables, row, question.status)).collect();
    if let Some(status) = question.status
        && told.iter().all(Option::is_none)
    {
        return Err(no_such_status(tables, &rows, status));
    }
    Ok(told.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

fn find(tables: &'static Tables, what: &str) -> Result<Vec<&'static EndpointRow>, String> {
    let what = what.trim();
    let (method, path) = match what.split_once(char::is_whitespace) {
        Some((method, path)) => (Some(method.to_ascii_uppercase()), path.trim()),
        None => (None, what),
    };
    let method_fits =
        |row: &&EndpointRow| method.as_deref().is_none_or(|method| method == row.method.name());
    let by_name = |row: &&EndpointRow| row.call.name() == path || fits(tables, row, path);
    let rows: Vec<_> = tables.endpoints.iter().filter(method_fits).filter(by_name).collect();
    if rows.is_empty() { Err(unknown(tables, what)) } else { Ok(rows) }
}

/// Whether a path is a row's template, or leads to it.
fn fits(tables: &Tables, row: &EndpointRow, path: &str) -> bool {
    let routes = Routes::new(tables, &Variants::of(tables.edition), row.host);
    let found = routes.find(row.method.name(), path);
    let leads = matches!(found, Route::Found { row: found, .. } if found.call == row.call);
    row.path.eq_ignore_ascii_case(path) || leads
}

fn unknown(tables: &Tables, what: &str) -> String {
    let addresses =
        tables.endpoints.iter().map(|row| format!("{} {}", row.method.name(), row.path));
    let names = tables.endpoints.iter().map(|row| row.call.name().to_owned());
    let known: Vec<_> = if what.contains('/') { addresses.collect() } else { names.collect() };
    let elsewhere = Call::ALL.iter().any(|call| call.name() == what);
    let nearest = nearest(what, known).unwrap_or_default();
    let edition = tables.edition;
    if elsewhere {
        format!("edition {edition} has no call '{what}'; the nearest one is '{nearest}'")
    } else {
        format!("edition {edition} knows no '{what}'; did you mean '{nearest}'?")
    }
}

fn no_such_status(tables: &Tables, rows: &[&EndpointRow], status: u16) -> String {
    let mut known: Vec<_> = rows.iter().flat_map(|row| statuses(tables, row)).collect();
    known.sort_unstable();
    known.dedup();
    let nearest = known.iter().min_by_key(|known| known.abs_diff(status)).copied();
    let known: Vec<_> = known.iter().map(u16::to_string).collect();
    format!(
        "no answer of this call has status {status}; the nearest is {}, and there are {}",
        nearest.unwrap_or_default(),
        known.join(", ")
    )
}

fn statuses(tables: &Tables, row: &EndpointRow) -> Vec<u16> {
    let successes = row.succeeds().into_iter().map(|row| row.status);
    let refusals = tables.refused(row).into_iter().map(|refused| refused.row.status);
    let mut all: Vec<_> = successes.chain(refusals).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// One call with its answers; nothing if none has the status.
fn tell(tables: &Tables, row: &EndpointRow, status: Option<u16>) -> Option<String> {
    let mut text = format!(
        "{} {} ({}, {} host), edition {}\n  {}\n",
        row.method.name(),
        row.path,
        row.call,
        row.host,
        tables.edition,
        row.provenance
    );
    let wanted = |known: &u16| status.is_none_or(|status| status == *known);
    let statuses: Vec<_> = statuses(tables, row).into_iter().filter(wanted).collect();
    if statuses.is_empty() {
        return None;
    }
    for status in statuses {
        // Writing to a text never fails.
        let _ = writeln!(text, "\n{status}");
        for success in row.succeeds().into_iter().filter(|row| row.status == status) {
            tell_success(success, &mut text);
        }
        let refused = tables.refused(row).into_iter().filter(|one| one.row.status == status);
        for refused in refused {
            tell_refusal(row, &refused, &mut text);
        }
    }
    Some(text)
}

fn tell_success(row: &SuccessRow, out: &mut String) {
    let holds = match row.shape {
        Shape::Empty => "no body".to_owned(),
        Shape::Redirect => "a redirect without a body".to_owned(),
        Shape::Page => "an HTML page".to_owned(),
        Shape::Object([]) => "an empty object".to_owned(),
        Shape::Object(members) => {
            members.iter().map(|member| member.name).collect::<Vec<_>>().join(", ")
        }
        Shape::List(members) => {
            let names: Vec<_> = members.iter().map(|member| member.name).collect();
            format!("an array of {}", names.join(", "))
        }
    };
    let _ = writeln!(out, "  success: {holds}{}\n    {}", under(row.when), row.provenance);
}

fn tell_refusal(endpoint: &EndpointRow, refused: &Refused, out: &mut String) {
    let row = refused.row;
    let text = if row.text.is_empty() { String::new() } else { format!(" '{}'", row.text) };
    let _ = writeln!(
        out,
        "  {}: {:?}{text}{}\n    that this call answers so: {}\n    how the answer looks: {}",
        row.problem.name(),
        row.family,
        under(row.when),
        refused.provenance,
        row.provenance
    );
    if row.problem == Problem::Validation {
        for field in endpoint.fields.iter().filter(|field| field.place != Place::Form) {
            tell_field(field, out);
        }
    }
}

fn tell_field(field: &FieldRow, out: &mut String) {
    let _ = writeln!(out, "    {}{} [{}]", field.name, under(field.when), field.provenance);
    if matches!(field.place, Place::Path | Place::Query) {
        let _ = writeln!(out, "      unreadable: The value '...' is not valid.");
    }
    for telling in field.tellings() {
        let texts: Vec<_> = telling.texts.iter().map(Text::full).collect();
        let fault = match telling.row.fault {
            Fault::Missing => "missing",
            Fault::Malformed => "malformed",
            Fault::OutOfRange => "out of range",
        };
        let _ = writeln!(
            out,
            "      {fault}: {}{} [{}]",
            texts.join(" / "),
            under(telling.row.when),
            telling.row.provenance
        );
    }
}

fn under(when: &[When]) -> String {
    let readings: Vec<_> = when.iter().map(ToString::to_string).collect();
    if readings.is_empty() { String::new() } else { format!(", under {}", readings.join(" and ")) }
}

#[cfg(test)]
mod tests {
    use contract::Host;

    use super::*;

    fn ask(what: &str, status: impl Into<Option<u16>>) -> Result<String, String> {
        let edition = Edition::DEFAULT;
        explain(&Question { what: what.to_owned(), status: status.into(), edition })
    }

    #[test]
    fn a_validation_is_told_with_its_fields_sentences_and_sources() {
        let text = ask("POST /User", 400).unwrap();
        for told in [
            "validation: F1",
            "documented: 2025-09, create-user, 400 response",
            "missing: The Email field is required. / Email address is required",
            "under email-at-creation=nullable",
            "under validation-wording=fluent",
            "email-already-registered: F2 'Email already registered'",
            "assumed: ",
        ] {
            assert!(text.contains(told), "{told}: {text}");
        }
        assert!(!text.contains("\n201") && !text.contains("unauthorized"), "{text}");
    }

    #[test]
    fn names_templates_and_real_paths_lead_to_the_same_call() {
        let by_name = ask("user-status", None).unwrap();
        for what in ["GET /User/{id}/status", "get /user/7/status", "/User/{id}/status"] {
            assert_eq!(ask(what, None).unwrap(), by_name, "{what}");
        }
        assert!(by_name.contains("isEmailVerified") && by_name.contains("\n404"), "{by_name}");
    }

    #[test]
    fn every_answer_of_every_call_can_be_explained() {
        for tables in Edition::served().filter_map(Edition::tables) {
            for row in tables.endpoints {
                let what = format!("{} {}", row.method.name(), row.path);
                for status in statuses(tables, row) {
                    let edition = tables.edition;
                    let question = Question { what: what.clone(), status: Some(status), edition };
                    let text = explain(&question).unwrap();
                    let sources =
                        text.matches("documented: ").count() + text.matches("assumed: ").count();
                    assert!(sources >= 2, "{text}");
                }
            }
        }
    }

    #[test]
    fn strangers_are_told_the_nearest() {
        for (what, status, told) in [
            ("POST /Usr", None, "'POST /User'"),
            ("creat-user", None, "'create-user'"),
            ("DELETE /User", None, "'POST /User'"),
            ("POST /User", Some(418), "the nearest is 415"),
            ("", None, "did you mean"),
        ] {
            let error = ask(what, status).unwrap_err();
            assert!(error.contains(told), "{what}: {error}");
        }
    }

    #[test]
    fn hosts_are_told_apart() {
        let text = ask("mtls-token", None).unwrap();
        assert!(text.contains(&format!("{} host", Host::Auth)), "{text}");
    }
}
