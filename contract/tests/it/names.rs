//! Names and ids: unique, in one style, and the same in JSON as in flags and sentences.

use std::{collections::BTreeSet, fmt::Debug};

use contract::{
    Call, Edition, Host, Method, Problem, Variant,
    lifecycle::Lifecycle,
    lists::CodeList,
    message::{Channel, MessageKind},
    status::IdentificationStatus,
    step::Step,
    trace::Observer,
};
use serde::{Serialize, de::DeserializeOwned};

/// Each value is read back from its name, and no two share one.
fn check<T>(all: &[T], name: impl Fn(T) -> String)
where
    T: Copy + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let mut seen = BTreeSet::new();
    for value in all {
        let name = name(*value);
        assert_eq!(serde_json::to_value(value).unwrap(), name, "{value:?}");
        assert_eq!(serde_json::from_value::<T>(name.clone().into()).unwrap(), *value);
        assert!(seen.insert(name), "{value:?} shares its name");
    }
}

#[test]
fn json_and_people_read_the_same_names() {
    check(Call::ALL, |call| call.name().to_owned());
    check(Host::ALL, |host| host.name().to_owned());
    check(Problem::ALL, |problem| problem.name().to_owned());
    check(Edition::ALL, |edition| edition.name().to_owned());
    check(IdentificationStatus::ALL, |status| status.name().to_owned());
    check(Lifecycle::ALL, |code| code.title(Edition::DEFAULT).to_lowercase().replace(' ', "-"));
}

#[test]
fn ids_are_unique_and_in_kebab_case() {
    let mut ids: Vec<Vec<String>> = vec![
        Call::ALL.iter().map(|call| call.name().to_owned()).collect(),
        Host::ALL.iter().map(|host| host.name().to_owned()).collect(),
        Problem::ALL.iter().map(|problem| problem.name().to_owned()).collect(),
        Variant::ALL.iter().map(|variant| variant.row().id.to_owned()).collect(),
        MessageKind::ALL.iter().map(|kind| kind.code_name().to_owned()).collect(),
        Step::ALL.iter().map(written).collect(),
        CodeList::ALL.iter().map(written).collect(),
        MessageKind::ALL.iter().map(written).collect(),
        [Channel::Email, Channel::Sms].iter().map(written).collect(),
        [Observer::Mock, Observer::Runner].iter().map(written).collect(),
    ];
    ids.extend(Variant::ALL.iter().map(|variant| {
        variant.row().readings.iter().map(|reading| reading.id.to_owned()).collect()
    }));
    for table in ids {
        assert_eq!(table.iter().collect::<BTreeSet<_>>().len(), table.len(), "{table:?}");
        assert!(table.iter().all(|id| is_kebab(id)), "{table:?}");
    }
}

#[test]
fn the_style_of_ids_is_checked() {
    assert!(is_kebab("http-403-empty") && is_kebab("api"));
    for wrong in ["", "Api", "a--b", "-a", "a-", "a_b", "a b", "4a"] {
        assert!(!is_kebab(wrong), "{wrong}");
    }
}

#[test]
fn methods_are_written_as_on_the_request_line() {
    assert_eq!([Method::Get, Method::Post].map(Method::name), ["GET", "POST"]);
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn is_kebab(id: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    id.starts_with(|first: char| first.is_ascii_lowercase()) && id.split('-').all(part)
}
