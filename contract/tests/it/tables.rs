//! Every table of an edition as a whole: complete, unique, nothing dangling, nothing unused.
//! Each rule is a function from tables to complaints, so that a broken table can show it bites.

use std::collections::BTreeSet;

use contract::{
    Call, Edition, EndpointRow, FieldRow, Host, Method, Problem, Provenance, Tables,
    endpoint::{BodyKind, Gate, parameter},
    field::{Kind, Need, Place, Privacy},
    problem::{Family, ProblemRow},
};

type Rule = fn(&Tables) -> Vec<String>;

const RULES: &[(&str, Rule)] = &[
    ("each call has one row", calls),
    ("addresses are unique", addresses),
    ("paths parse and their parameters are fields", paths),
    ("fields fit their body", places),
    ("nested members have parents", parents),
    ("keys are names in the framework's case", keys),
    ("conditions name a flag", conditions),
    ("each problem has one row", problems),
    ("problems are listed where they can happen", listed),
    ("statuses are of their class", statuses),
    ("texts are there where the family has one", texts),
];

#[test]
fn every_served_edition_keeps_every_rule() {
    assert!(Edition::served().any(|edition| edition == Edition::DEFAULT));
    for tables in Edition::served().filter_map(Edition::tables) {
        for (name, rule) in RULES {
            let complaints = rule(tables);
            assert!(complaints.is_empty(), "{}: {name}: {complaints:#?}", tables.edition);
        }
    }
}

#[test]
fn every_call_has_a_row_in_the_default_edition() {
    let tables = Edition::E2025_09.tables().unwrap();
    for call in Call::ALL {
        assert!(tables.endpoint(*call).is_some(), "{call}");
    }
}

fn complaints<T>(items: impl IntoIterator<Item = T>, tell: impl Fn(T) -> String) -> Vec<String> {
    items.into_iter().map(tell).collect()
}

fn repeated<T: Ord + Clone>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.into_iter().filter(|item| !seen.insert(item.clone())).collect()
}

fn calls(tables: &Tables) -> Vec<String> {
    complaints(repeated(tables.endpoints.iter().map(|row| row.call)), |call| format!("{call}"))
}

/// Two templates that match the same path are one address, whatever their parameters are called.
fn addresses(tables: &Tables) -> Vec<String> {
    let shape = |row: &EndpointRow| {
        let segments = row.segments().map(|segment| match parameter(segment) {
            Some(_) => "{}".to_owned(),
            None => segment.to_ascii_lowercase(),
        });
        (row.host, row.method, segments.collect::<Vec<_>>().join("/"))
    };
    complaints(repeated(tables.endpoints.iter().map(shape)), |shape| format!("{shape:?}"))
}

fn paths(tables: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    for row in tables.endpoints {
        let literal = |segment: &str| {
            !segment.is_empty()
                && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        };
        let in_path: Vec<_> = row.segments().filter_map(parameter).collect();
        let in_rows: Vec<_> = row.fields_in(Place::Path).map(|field| field.name).collect();
        let parses = row.path.starts_with('/')
            && row.segments().all(|segment| literal(parameter(segment).unwrap_or(segment)));
        if !parses || in_path != in_rows {
            found.push(format!("{}: {} against {in_rows:?}", row.call, row.path));
        }
    }
    found
}

fn places(tables: &Tables) -> Vec<String> {
    let fits = |row: &&EndpointRow| {
        let (body, form) =
            (row.fields_in(Place::Body).count() > 0, row.fields_in(Place::Form).count() > 0);
        let gate = match row.host {
            Host::Api => row.gate == Gate::Bearer,
            Host::Auth => row.gate != Gate::Bearer,
            Host::Identity | Host::Control => false,
        };
        let carries = match row.body {
            BodyKind::None => !body && !form,
            BodyKind::Json => body && !form && row.method == Method::Post,
            BodyKind::Form => form && !body && row.method == Method::Post,
        };
        let names = repeated(row.fields.iter().map(|field| field.name.to_ascii_lowercase()));
        gate && carries && names.is_empty()
    };
    complaints(tables.endpoints.iter().filter(|row| !fits(row)), |row| row.call.to_string())
}

fn fields(tables: &Tables) -> impl Iterator<Item = (&EndpointRow, &'static FieldRow)> {
    tables.endpoints.iter().flat_map(|row| row.fields.iter().map(move |field| (row, field)))
}

fn parents(tables: &Tables) -> Vec<String> {
    let orphan = |(row, field): &(&EndpointRow, &FieldRow)| {
        let Some((parent, _)) = field.name.rsplit_once('.') else { return false };
        field.place == Place::Body
            && row.field(parent).is_none_or(|parent| parent.kind != Kind::Object)
    };
    complaints(fields(tables).filter(orphan), |(row, field)| format!("{} {}", row.call, field.name))
}

fn keys(tables: &Tables) -> Vec<String> {
    let strange = |(_, field): &(&EndpointRow, &FieldRow)| match field.place {
        Place::Path | Place::Form => field.key != field.name,
        Place::Body => field.key != pascal(field.name),
    };
    complaints(fields(tables).filter(strange), |(row, field)| format!("{} {}", row.call, field.key))
}

fn pascal(name: &str) -> String {
    let capital = |part: &str| part[..1].to_ascii_uppercase() + &part[1..];
    name.split('.').map(capital).collect::<Vec<_>>().join(".")
}

fn conditions(tables: &Tables) -> Vec<String> {
    let dangling = |(row, field): &(&EndpointRow, &FieldRow)| match field.need {
        Need::WhenFalse(flag) => row.field(flag).is_none_or(|flag| flag.kind != Kind::Boolean),
        Need::Required | Need::Optional => false,
    };
    complaints(fields(tables).filter(dangling), |(row, field)| {
        format!("{} {}: {:?}", row.call, field.name, field.need)
    })
}

fn problems(tables: &Tables) -> Vec<String> {
    let rows = || tables.problems.iter().map(|row| row.problem);
    let listed: BTreeSet<_> = tables.endpoints.iter().flat_map(|row| row.problems).collect();
    let everywhere: BTreeSet<_> = Problem::EVERYWHERE.iter().collect();
    let wanted = listed.union(&everywhere);
    let missing = wanted.filter(|wanted| !rows().any(|row| row == ***wanted));
    let unused =
        rows().filter(|row| !listed.contains(row) && !everywhere.contains(row)).collect::<Vec<_>>();
    [
        complaints(repeated(rows()), |problem| format!("{problem:?} twice")),
        complaints(missing, |problem| format!("{problem:?} has no row")),
        complaints(unused, |problem| format!("{problem:?} is used by no endpoint")),
    ]
    .concat()
}

/// What follows from the other columns of a row must stand in its list of problems.
fn listed(tables: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    for row in tables.endpoints {
        let mut expected = Vec::new();
        match row.gate {
            Gate::Bearer => expected.push(Problem::Unauthorized),
            Gate::Certificate => expected.push(Problem::CertificateRefused),
            Gate::Open => {}
        }
        if row.body == BodyKind::Json {
            expected.extend([Problem::UnsupportedMediaType, Problem::MalformedJson]);
        }
        if row.fields_in(Place::Path).chain(row.fields_in(Place::Body)).next().is_some() {
            expected.push(Problem::Validation);
        }
        let missing = expected.iter().filter(|problem| !row.problems.contains(problem));
        found.extend(complaints(missing, |problem| format!("{} lacks {problem:?}", row.call)));
        let too_much = row.problems.iter().filter(|problem| Problem::EVERYWHERE.contains(problem));
        found.extend(complaints(too_much, |problem| format!("{} repeats {problem:?}", row.call)));
        found.extend(complaints(repeated(row.problems), |problem| {
            format!("{} lists {problem:?} twice", row.call)
        }));
    }
    found
}

fn statuses(tables: &Tables) -> Vec<String> {
    let successes = tables.endpoints.iter().filter(|row| !(200..300).contains(&row.success));
    let refusals = tables.problems.iter().filter(|row| !(400..600).contains(&row.status));
    [
        complaints(successes, |row| format!("{} {}", row.call, row.success)),
        complaints(refusals, |row| format!("{:?} {}", row.problem, row.status)),
    ]
    .concat()
}

fn texts(tables: &Tables) -> Vec<String> {
    let strange = |row: &&ProblemRow| match row.family {
        Family::Empty | Family::F4 => !row.text.is_empty(),
        Family::F1 | Family::F2 | Family::F2Short | Family::F7 | Family::Plain => {
            row.text.trim() != row.text || row.text.is_empty()
        }
        Family::OAuth => {
            row.text.is_empty() || !row.text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        }
    };
    complaints(tables.problems.iter().filter(strange), |row| format!("{:?}", row.problem))
}

const SOURCE: Provenance = Provenance::Assumed { reason: "a broken table for a test" };

const fn field(name: &'static str, place: Place, kind: Kind, need: Need) -> FieldRow {
    FieldRow { name, key: name, place, kind, need, privacy: Privacy::Public, provenance: SOURCE }
}

const FIELDS: &[FieldRow] = &[
    field("a.b", Place::Body, Kind::Text, Need::WhenFalse("flag")),
    field("flag", Place::Form, Kind::Text, Need::Required),
];

const fn endpoint(path: &'static str) -> EndpointRow {
    EndpointRow {
        call: Call::CreateUser,
        host: Host::Api,
        method: Method::Post,
        path,
        gate: Gate::Bearer,
        body: BodyKind::Json,
        fields: FIELDS,
        success: 302,
        problems: &[Problem::ServerError, Problem::InvalidCode, Problem::InvalidCode],
        shown: &[],
        provenance: SOURCE,
    }
}

const fn problem(problem: Problem, status: u16, family: Family) -> ProblemRow {
    ProblemRow { problem, status, family, text: "Odd. ", provenance: SOURCE, carried: "why" }
}

#[test]
fn every_rule_has_something_it_fails_on() {
    static ENDPOINTS: &[EndpointRow] = &[endpoint("/User/{id}"), endpoint("/user/{name}")];
    static PROBLEMS: &[ProblemRow] = &[
        problem(Problem::WorldFull, 200, Family::Empty),
        problem(Problem::WorldFull, 503, Family::OAuth),
    ];
    let broken = Tables { edition: Edition::DEFAULT, endpoints: ENDPOINTS, problems: PROBLEMS };
    for (name, rule) in RULES {
        assert!(!rule(&broken).is_empty(), "'{name}' does not see a table that breaks it");
    }
}
