//! What `make fuzz-api` excuses: every exception names rows that are in the tables, and the
//! settings of schemathesis switch nothing off.

use std::path::Path;

use contract::{Call, Edition, Problem, Tables, Variant};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    check: String,
    calls: Vec<String>,
    problem: String,
    variant: Option<String>,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    stranger: bool,
    why: String,
}

fn text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz-api");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn exceptions(text: &str) -> Vec<Exception> {
    toml::from_str::<File>(text).unwrap().exception
}

fn every() -> impl Iterator<Item = &'static Tables> {
    Edition::served().filter_map(Edition::tables)
}

/// What an exception cites that no table has.
fn dangling(exception: &Exception) -> Vec<String> {
    let mut found = Vec::new();
    let problem = Problem::ALL.iter().find(|problem| problem.name() == exception.problem);
    for name in &exception.calls {
        let call = Call::ALL.iter().find(|call| call.name() == name);
        let rows = || every().filter_map(|tables| Some((tables, tables.endpoint(*call?)?)));
        let refuses = rows().any(|(tables, row)| {
            let own = tables.refused(row).into_iter().map(|refused| refused.row);
            let all = own.chain(tables.refused_outside());
            all.into_iter().any(|refused| Some(&refused.problem) == problem)
        });
        if !refuses {
            found.push(format!("{name} is never refused with {}", exception.problem));
        }
        let named = |key: &String| rows().any(|(_, row)| row.fields.iter().any(|f| f.key == *key));
        let unknown = exception.keys.iter().filter(|key| !named(key));
        found.extend(unknown.map(|key| format!("{name} has no field {key}")));
    }
    let variant = exception.variant.iter();
    let unknown = variant.filter(|id| !Variant::ALL.iter().any(|known| known.row().id == **id));
    found.extend(unknown.map(|id| format!("no variant {id}")));
    found
}

#[test]
fn every_exception_cites_rows_that_are_there() {
    let exceptions = exceptions(&text("exceptions.toml"));
    assert!(exceptions.len() > 10);
    for exception in &exceptions {
        assert_eq!(dangling(exception), Vec::<String>::new(), "{}", exception.why);
        let is_told = exception.why.len() > 20 && !exception.calls.is_empty();
        assert!(is_told, "{} of {:?}", exception.check, exception.calls);
        // Nobody else's absence is excused for a user that was made.
        let of_users = exception.check == "ensure_resource_availability";
        assert_eq!(exception.stranger, of_users, "{}", exception.why);
    }
}

#[test]
fn an_exception_that_cites_nothing_is_found() {
    let text = r#"
        [[exception]]
        check = "positive_data_acceptance"
        calls = ["confirm-email", "no-such-call"]
        problem = "not-signed-yet"
        variant = "no-such-variant"
        keys = ["Code"]
        why = "nothing"
    "#;
    let found = dangling(&exceptions(text)[0]);
    let expected = [
        "confirm-email is never refused with not-signed-yet",
        "confirm-email has no field Code",
        "no-such-call is never refused with not-signed-yet",
        "no-such-call has no field Code",
        "no variant no-such-variant",
    ];
    assert_eq!(found, expected);
}

#[test]
fn no_check_and_no_phase_is_switched_off() {
    let settings: toml::Table = toml::from_str(&text("schemathesis.toml")).unwrap();
    assert!(!settings.contains_key("checks") && !settings.contains_key("operations"));
    let phases = settings["phases"].as_table().unwrap();
    let off = phases.values().filter(|phase| phase.get("enabled").is_some());
    assert_eq!(off.count(), 0, "every phase is on unless it is switched off");
}
