//! The part of the page about one edition: an overview, how refusals look, and a short section
//! for each call.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{head, row, under};
use crate::{
    EndpointRow, FieldRow, Problem, Tables,
    answer::{MemberRow, Presence, Shape, SuccessRow},
    endpoint::{BodyKind, Gate},
    field::{Kind, Need},
    problem::Family,
};

pub(super) fn overview(tables: &'static Tables, out: &mut String) {
    head(&["call", "address", "host", "shows", "success", "refusals", "source"], out);
    for endpoint in tables.endpoints {
        let name = endpoint.call.name();
        let link = format!("[{name}](#{})", anchor(tables, name));
        let address = address(endpoint);
        let successes = statuses(endpoint.succeeds().iter().map(|row| row.status));
        let refused = tables.refused(endpoint);
        let refusals = statuses(refused.iter().map(|refused| refused.row.status));
        let source = endpoint.provenance.word();
        let host = endpoint.host.name();
        row(&[&link, &address, host, gate(endpoint.gate), &successes, &refusals, source], out);
    }
}

fn address(endpoint: &EndpointRow) -> String {
    format!("`{} {}`", endpoint.method.name(), endpoint.path)
}

const fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Bearer => "bearer token",
        Gate::Certificate => "client certificate",
        Gate::Open => "nothing",
    }
}

fn statuses(all: impl Iterator<Item = u16>) -> String {
    let all: std::collections::BTreeSet<_> = all.collect();
    all.iter().map(u16::to_string).collect::<Vec<_>>().join(", ")
}

/// Headings repeat in every edition, so each has an anchor of its own.
fn anchor(tables: &Tables, name: &str) -> String {
    format!("{}-{name}", tables.edition)
}

/// How every refusal of the edition looks; which call has which stands in its section.
pub(super) fn refusals(tables: &'static Tables, out: &mut String) {
    let _ = writeln!(out, "\n### How refusals of {} look\n", tables.edition);
    head(&["refusal", "of", "status", "body", "text", "under", "source"], out);
    let rows = Problem::ALL
        .iter()
        .flat_map(|problem| tables.refusals().filter(move |row| row.problem == *problem));
    for one in rows {
        let calls: Vec<_> = one.calls.iter().map(|call| call.name()).collect();
        let calls = if calls.is_empty() { "any call".to_owned() } else { calls.join(", ") };
        let text = if one.text.is_empty() { String::new() } else { format!("`{}`", one.text) };
        row(
            &[
                one.problem.name(),
                &calls,
                &one.status.to_string(),
                family(one.family),
                &text,
                &under(one.when),
                &one.provenance.to_string(),
            ],
            out,
        );
    }
}

const fn family(family: Family) -> &'static str {
    match family {
        Family::F1 => "problem with errors by field",
        Family::F2 => "problem with one error",
        Family::F2Short => "the same without type and traceId",
        Family::F3 => "errorCode and errorMessage",
        Family::F4 => "problem with null members",
        Family::F5 => "array of errors",
        Family::F7 => "problem with errors by JSON path",
        Family::Plain => "problem",
        Family::OAuth => "OAuth error",
        Family::OAuthDescribed => "OAuth error with description",
        Family::Html => "HTML page",
        Family::Page => "page of the identity server",
        Family::Empty => "none",
    }
}

pub(super) fn sections(tables: &'static Tables, out: &mut String) {
    for endpoint in tables.endpoints {
        let name = endpoint.call.name();
        let _ = writeln!(
            out,
            "\n### {name}\n\n<a id=\"{}\"></a>{}, {}. {}.\n",
            anchor(tables, name),
            address(endpoint),
            asks(endpoint),
            sentence(&endpoint.provenance.to_string()),
        );
        fields(endpoint, out);
        for success in endpoint.succeeds() {
            tell_success(success, out);
        }
        tell_refusals(tables, endpoint, out);
    }
}

fn asks(endpoint: &EndpointRow) -> String {
    let body = match endpoint.body {
        BodyKind::None => "no body",
        BodyKind::Json => "a JSON body",
        BodyKind::Form => "a form",
    };
    let scope = endpoint.scope.map(|scope| format!(", scope `{scope}`")).unwrap_or_default();
    format!("{}{scope}, {body}", gate(endpoint.gate))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn fields(endpoint: &EndpointRow, out: &mut String) {
    if endpoint.fields.is_empty() {
        return;
    }
    head(&["field", "holds", "needed", "under", "source"], out);
    for field in endpoint.fields {
        let name = format!("`{}`", field.name);
        row(
            &[&name, &kind(field), &need(field), &under(field.when), &field.provenance.to_string()],
            out,
        );
    }
    out.push('\n');
}

fn kind(field: &FieldRow) -> String {
    match field.kind {
        Kind::Int32 { min } => format!("integer from {min}"),
        Kind::ZeroOrOne => "0 or 1".to_owned(),
        Kind::Boolean => "true or false".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Email => "e-mail address".to_owned(),
        Kind::Phone => "phone number, E.164".to_owned(),
        Kind::Marker(marker) => format!("`{marker}`"),
        Kind::Code(list) => format!("code of {}", list.call()),
        Kind::NumberedCode(list) => format!("code of {}, as a number", list.call()),
        Kind::Object => "object".to_owned(),
        Kind::Texts => "array of texts".to_owned(),
    }
}

fn need(field: &FieldRow) -> String {
    match field.need {
        Need::Required => "yes".to_owned(),
        Need::Optional => "no".to_owned(),
        Need::WhenFalse(flag) => {
            format!("when {} is false", flag.rsplit('.').next().unwrap_or(flag))
        }
    }
}

fn tell_success(success: &SuccessRow, out: &mut String) {
    let holds = match success.shape {
        Shape::Empty => "no body".to_owned(),
        Shape::Redirect => "a redirect".to_owned(),
        Shape::Page => "a page".to_owned(),
        Shape::Object([]) => "an empty object".to_owned(),
        Shape::Object(rows) => members(rows),
        Shape::List(rows) => format!("an array of {}", members(rows)),
    };
    let when = if success.when.is_empty() {
        String::new()
    } else {
        format!(" under {}", under(success.when))
    };
    let _ = writeln!(out, "- **{}**{when}: {holds} ({})", success.status, success.provenance);
}

fn members(rows: &[MemberRow]) -> String {
    let names = rows.iter().map(|row| match row.presence {
        Presence::Always => format!("`{}`", row.name),
        Presence::Nullable => format!("`{}` or null", row.name),
        Presence::Optional => format!("perhaps `{}`", row.name),
    });
    names.collect::<Vec<_>>().join(", ")
}

/// By status: which refusals, and which of them the call's own page shows.
fn tell_refusals(tables: &'static Tables, endpoint: &EndpointRow, out: &mut String) {
    let mut by_status: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for refused in tables.refused(endpoint) {
        let name = refused.row.problem.name();
        let shown = endpoint.shown.iter().any(|(problem, _)| *problem == refused.row.problem);
        let name = if shown { format!("{name} (on its page)") } else { name.to_owned() };
        let names = by_status.entry(refused.row.status).or_default();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for (status, names) in by_status {
        let _ = writeln!(out, "- **{status}**: {}", names.join(", "));
    }
}
