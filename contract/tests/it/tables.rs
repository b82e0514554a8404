//! Every table of an edition as a whole: complete, unique, nothing dangling, nothing unused.
//! Each rule is a function from tables to complaints, so that a broken table can show it bites.

use std::collections::BTreeSet;

use contract::{
    Call, Edition, EndpointRow, FieldRow, Host, Method, Problem, Provenance, Tables, Variant,
    Variants, When,
    answer::{Shape, SuccessRow},
    endpoint::{BodyKind, Gate, parameter},
    field::{Kind, Need, Place, Privacy},
    problem::{Family, ProblemRow},
    step::Step,
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
    ("each problem has rows, the last of which always fits", problems),
    ("each call can succeed, and its last success always holds", successes),
    ("rows of one field exclude each other", exclusive),
    ("problems are listed where they can happen", listed),
    ("a question about a refusal has a row for each answer", answered),
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
fn every_call_has_a_row_in_some_edition_and_every_step_has_its_calls() {
    let all = || Edition::served().filter_map(Edition::tables);
    for call in Call::ALL {
        assert!(all().any(|tables| tables.endpoint(*call).is_some()), "{call}");
    }
    for tables in all() {
        for row in tables.steps {
            let known = |call: &Call| tables.endpoint(*call).is_some();
            assert!(row.calls.iter().all(known), "{} {:?}", tables.edition, row.step);
        }
    }
    let steps = Edition::DEFAULT.tables().unwrap().steps;
    let listed: Vec<_> = steps.iter().map(|row| row.step).collect();
    assert_eq!(listed, Step::ALL, "the default edition has all eleven, in order");
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
        let mut in_rows: Vec<_> = fields_of(row, Place::Path).map(|field| field.name).collect();
        // Rows of one field under different readings stand side by side.
        in_rows.dedup();
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
            (fields_of(row, Place::Body).count() > 0, fields_of(row, Place::Form).count() > 0);
        let gate = match row.host {
            Host::Api => row.gate == Gate::Bearer,
            Host::Auth => true,
            Host::Identity | Host::Control => false,
        };
        let carries = match row.body {
            BodyKind::None => !body && !form,
            BodyKind::Json => body && !form && row.method == Method::Post,
            BodyKind::Form => form && !body && row.method == Method::Post,
        };
        gate && carries
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
        Place::Path | Place::Form | Place::Query => field.key != field.name,
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
    let rows = || tables.refusals().map(|row| row.problem);
    let listed: BTreeSet<_> = tables.endpoints.iter().flat_map(|row| row.problems).collect();
    let everywhere: BTreeSet<_> = Problem::EVERYWHERE.iter().collect();
    let wanted = listed.union(&everywhere);
    let missing = wanted.filter(|wanted| {
        let last = tables.refusals().filter(|row| row.problem == ***wanted).last();
        last.is_none_or(|row| !row.when.is_empty() || !row.calls.is_empty())
    });
    let unused = tables
        .problems
        .iter()
        .map(|row| row.problem)
        .filter(|row| !listed.contains(row) && !everywhere.contains(row))
        .collect::<Vec<_>>();
    // A row behind one that always fits is never read.
    let hidden = rows().enumerate().filter(|(index, problem)| {
        tables
            .refusals()
            .take(*index)
            .any(|row| row.problem == *problem && row.when.is_empty() && row.calls.is_empty())
    });
    [
        complaints(hidden, |(_, problem)| format!("{problem:?} has a row that is never read")),
        complaints(missing, |problem| format!("{problem:?} has no row that always fits")),
        complaints(unused, |problem| format!("{problem:?} is used by no endpoint")),
    ]
    .concat()
}

fn successes(tables: &Tables) -> Vec<String> {
    let bad = |row: &&EndpointRow| {
        let shapes = row.successes.iter().map(|success| success.shape);
        // A browser is sent on or shown a page, under every reading.
        if shapes.clone().eq([Shape::Redirect, Shape::Page]) {
            return row.successes.iter().any(|success| !success.when.is_empty());
        }
        let last = row.successes.last();
        let always = row.successes.iter().filter(|success| success.when.is_empty()).count();
        always != 1 || last.is_none_or(|success| !success.when.is_empty())
    };
    complaints(tables.endpoints.iter().filter(bad), |row| row.call.to_string())
}

/// Under any reading at most one row of a field holds, and under every reading one does; only what
/// stands beside others in a query or form may not be read at all under some.
fn exclusive(tables: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    for row in tables.endpoints {
        let names: BTreeSet<_> =
            row.fields.iter().map(|field| field.name.to_ascii_lowercase()).collect();
        for name in names {
            let same: Vec<_> =
                row.fields.iter().filter(|f| f.name.eq_ignore_ascii_case(&name)).collect();
            let asked: BTreeSet<_> =
                same.iter().flat_map(|field| field.when).map(|when| when.0).collect();
            let asked: Vec<_> = asked.into_iter().collect();
            let may_go = same.iter().all(|field| matches!(field.place, Place::Query | Place::Form));
            let allowed = if may_go { 0..=1 } else { 1..=1 };
            let held: Vec<_> = each_combination(tables.edition, &asked)
                .iter()
                .map(|variants| same.iter().filter(|f| variants.meet(f.when)).count())
                .collect();
            if !held.iter().all(|count| allowed.contains(count)) || !held.contains(&1) {
                found.push(format!("{} {name}", row.call));
            }
        }
    }
    found
}

/// Every combination of the readings of some questions.
fn each_combination(edition: Edition, asked: &[Variant]) -> Vec<Variants> {
    let mut all = vec![Variants::of(edition)];
    for variant in asked {
        let row = variant.row();
        let with = |variants: &Variants, reading: &str| {
            let mut variants = *variants;
            variants.choose(row.id, reading).unwrap();
            variants
        };
        all = all
            .iter()
            .flat_map(|variants| row.readings.iter().map(|reading| with(variants, reading.id)))
            .collect();
    }
    all
}

fn fields_of(row: &EndpointRow, place: Place) -> impl Iterator<Item = &'static FieldRow> {
    row.fields.iter().filter(move |field| field.place == place)
}

/// Whatever a refusal's rows ask, each reading leads to a row of its own, for some call.
fn answered(tables: &Tables) -> Vec<String> {
    let mut found = Vec::new();
    for problem in Problem::ALL {
        let rows = || tables.refusals().filter(|row| row.problem == *problem);
        let asked: BTreeSet<_> = rows().flat_map(|row| row.when).map(|when| when.0).collect();
        let asked: Vec<_> = asked.into_iter().collect();
        let calls: Vec<_> =
            rows().flat_map(|row| row.calls).copied().map(Some).chain([None]).collect();
        let all = each_combination(tables.edition, &asked);
        for variant in &asked {
            let tells_apart = |call: &Option<Call>, variants: &Variants| {
                // A handshake that breaks off leaves nobody to answer.
                let answers = |id: &str| (*variant, id) != (Variant::MtlsRefusal, "tls-alert");
                let readings = variant.row().readings.iter().filter(|known| answers(known.id));
                let read = readings.map(|reading| {
                    let mut variants = *variants;
                    variants.choose(variant.row().id, reading.id).unwrap();
                    tables.problem(*problem, *call, &variants).map(std::ptr::from_ref)
                });
                repeated(read).is_empty()
            };
            if !calls.iter().any(|call| all.iter().any(|variants| tells_apart(call, variants))) {
                found.push(format!("{problem:?} has no row for a reading of {variant:?}"));
            }
        }
    }
    found
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
        if fields_of(row, Place::Path).chain(fields_of(row, Place::Body)).next().is_some() {
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
    let odd = |row: &&EndpointRow| {
        row.successes.iter().any(|success| !(200..400).contains(&success.status))
    };
    let successes = tables.endpoints.iter().filter(odd);
    let refusals = tables.refusals().filter(|row| !(400..600).contains(&row.status));
    [
        complaints(successes, |row| row.call.to_string()),
        complaints(refusals, |row| format!("{:?} {}", row.problem, row.status)),
    ]
    .concat()
}

fn texts(tables: &Tables) -> Vec<String> {
    let strange = |row: &&ProblemRow| match row.family {
        Family::Empty | Family::F4 => !row.text.is_empty(),
        // An array of errors has the text of a broken rule, or none of its own.
        Family::F5 => row.text.trim() != row.text,
        Family::F1
        | Family::F2
        | Family::F2Short
        | Family::F3
        | Family::F7
        | Family::Plain
        | Family::OAuthDescribed
        | Family::Html => row.text.trim() != row.text || row.text.is_empty(),
        Family::OAuth | Family::Page => {
            row.text.is_empty() || !row.text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        }
    };
    complaints(tables.refusals().filter(strange), |row| format!("{:?}", row.problem))
}

const SOURCE: Provenance = Provenance::Assumed { reason: "a broken table for a test" };

const fn field(name: &'static str, place: Place, kind: Kind, need: Need) -> FieldRow {
    FieldRow {
        name,
        key: name,
        place,
        kind,
        need,
        privacy: Privacy::Public,
        when: &[],
        provenance: SOURCE,
    }
}

const FIELDS: &[FieldRow] = &[
    field("a.b", Place::Body, Kind::Text, Need::WhenFalse("flag")),
    field("a.b", Place::Body, Kind::Text, Need::Optional),
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
        successes: &[SuccessRow {
            status: 100,
            shape: Shape::Empty,
            when: &[When(Variant::JsonReading, "strict")],
            provenance: SOURCE,
        }],
        scope: None,
        problems: &[Problem::ServerError, Problem::InvalidCode, Problem::InvalidCode],
        shown: &[],
        provenance: SOURCE,
    }
}

const fn problem(problem: Problem, status: u16, family: Family) -> ProblemRow {
    ProblemRow {
        problem,
        calls: &[],
        when: &[],
        status,
        family,
        text: "Odd. ",
        provenance: SOURCE,
        carried: "why",
    }
}

#[test]
fn every_rule_has_something_it_fails_on() {
    static ENDPOINTS: &[EndpointRow] = &[endpoint("/User/{id}"), endpoint("/user/{name}")];
    static PROBLEMS: &[ProblemRow] = &[
        problem(Problem::WorldFull, 200, Family::Empty),
        problem(Problem::WorldFull, 503, Family::OAuth),
        ProblemRow {
            when: &[When(Variant::NotFoundBody, "empty")],
            ..problem(Problem::NothingFound, 404, Family::Empty)
        },
    ];
    let broken = Tables {
        edition: Edition::DEFAULT,
        endpoints: ENDPOINTS,
        problems: PROBLEMS,
        carried: &[],
        json_types: &[],
        steps: &[],
    };
    for (name, rule) in RULES {
        assert!(!rule(&broken).is_empty(), "'{name}' does not see a table that breaks it");
    }
}
