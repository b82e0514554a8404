//! What is noticed about a request beyond what the API reads of it, when clients are judged: values
//! in places that do not need them, equal bodies, examples, living people. Only kinds and numbers
//! leave this file, never a value.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Mutex, PoisonError},
};

use contract::{
    EndpointRow,
    endpoint::BodyKind,
    trace::client::{Noticed, Secret},
};
use http::{HeaderMap, header};
use sim::World;

use super::{
    form,
    json::{self, Node, Value},
};

/// Numbers for bodies and trace contexts: equal ones have equal numbers.
#[derive(Debug, Default)]
pub struct Noticer {
    bodies: Mutex<HashMap<u64, u32>>,
    contexts: Mutex<HashMap<u128, u32>>,
}

/// A request, as far as it is looked at.
pub(super) struct Look<'a> {
    /// The call, where it is one and its body was read.
    pub(super) row: Option<&'a EndpointRow>,
    /// Path and query.
    pub(super) address: &'a str,
    /// The query alone.
    pub(super) query: &'a str,
    /// All headers.
    pub(super) headers: &'a HeaderMap,
    /// The trace id of its `traceparent`.
    pub(super) context: Option<u128>,
    /// The body.
    pub(super) body: &'a [u8],
}

/// Members of the provider's own example bodies that no client can have by chance
/// (2025-09 ADD).
const EXAMPLES: &[(&str, &str)] =
    &[("enrollIP", "203.0.113.24"), ("enrollLatitude", "42.6975"), ("enrollLongitude", "23.3241")];

/// Where values that only one field needs may stand all the same.
const OWN_HEADERS: &[&str] = &["authorization", "cookie", "content-length", "host"];

/// Domains that are set aside for tests (RFC 2606, RFC 6761).
const TEST_DOMAINS: &[&str] =
    &["example.com", "example.net", "example.org", "example", "test", "invalid", "localhost"];

/// Numbers that only tests use here: Bulgarian mobile numbers with four zeros or one of the
/// ranges that regulators set aside for fiction.
const TEST_NUMBERS: &[&str] = &["3598800", "1555", "44770090"];

impl Noticer {
    /// What there is to notice.
    pub(super) fn look(&self, look: &Look<'_>, world: &World) -> Vec<Noticed> {
        let mut noticed = Vec::new();
        self.body(look, &mut noticed);
        if let Some(context) = look.context {
            noticed.push(Noticed::TraceContext(numbered(&self.contexts, context)));
        }
        if look.headers.get_all(header::AUTHORIZATION).iter().count() > 1 {
            noticed.push(Noticed::BearerTwice);
        }
        if form::parse(look.query.as_bytes()).iter().any(|(name, _)| name == "access_token") {
            noticed.push(Noticed::BearerInAddress);
        }
        let bearer = bearer(look.headers);
        let found = |text: &str| secret_in(text, bearer, world);
        noticed.extend(found(look.address).map(Noticed::SecretInAddress));
        let headers = look.headers.iter();
        let foreign = headers.filter(|(name, _)| !OWN_HEADERS.contains(&name.as_str()));
        noticed.extend(foreign.filter_map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            Some(Noticed::SecretInHeader(name.to_string(), found(&text)?))
        }));
        noticed
    }

    fn body(&self, look: &Look<'_>, noticed: &mut Vec<Noticed>) {
        let Some(row) = look.row.filter(|_| !look.body.is_empty()) else { return };
        let mut hasher = DefaultHasher::new();
        look.body.hash(&mut hasher);
        noticed.push(Noticed::Body(numbered(&self.bodies, hasher.finish())));
        match row.body {
            BodyKind::None => noticed.push(Noticed::BodyUnwanted(look.body.len() as u64)),
            BodyKind::Form => {}
            BodyKind::Json => match std::str::from_utf8(look.body) {
                Err(_) => noticed.push(Noticed::NotUtf8),
                Ok(_) => {
                    if let Ok(node) = json::read(look.body) {
                        members("", &node, noticed);
                    }
                }
            },
        }
    }
}

/// What is noticed of a request for a page for people.
pub(crate) fn page(headers: &HeaderMap, query: &str, world: &World) -> Vec<Noticed> {
    let mut noticed = Vec::new();
    let own = form::parse(query.as_bytes());
    if own.iter().any(|(name, _)| name != "lang") {
        noticed.push(Noticed::AddressAltered);
    }
    let token =
        headers.values().any(|value| value.as_bytes().windows(3).any(|some| some == b"eyJ"));
    if headers.contains_key(header::AUTHORIZATION) || token || query.contains("eyJ") {
        noticed.push(Noticed::BearerOnPage);
    }
    noticed.extend(secret_in(query, None, world).map(Noticed::SecretInAddress));
    noticed
}

fn numbered<K: std::hash::Hash + Eq>(known: &Mutex<HashMap<K, u32>>, key: K) -> u32 {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let next = u32::try_from(known.len() + 1).unwrap_or(u32::MAX);
    *known.entry(key).or_insert(next)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    text.split_once(' ').map(|(_, token)| token.trim()).filter(|token| token.len() >= 8)
}

fn secret_in(text: &str, bearer: Option<&str>, world: &World) -> Option<Secret> {
    if text.len() < 4 {
        return None;
    }
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let is_token = bearer.is_some_and(|bearer| decoded.contains(bearer));
    if is_token || decoded.contains("eyJ") && decoded.matches('.').count() >= 2 {
        return Some(Secret::Token);
    }
    world.private_in(&decoded)
}

fn members(path: &str, node: &Node, noticed: &mut Vec<Noticed>) {
    match &node.value {
        Value::Object(inside) => {
            for (index, (name, below)) in inside.iter().enumerate() {
                if inside[..index].iter().any(|(before, _)| before == name) {
                    noticed.push(Noticed::DuplicateMember(plain(name)));
                }
                if name == "access_token" {
                    noticed.push(Noticed::BearerInBody);
                }
                members(name, below, noticed);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(path, item, noticed)),
        Value::Text(text) => {
            leaf(path, text, noticed);
            let person = match path {
                "email" => !text.is_empty() && !is_test_address(text),
                "phoneNumber" => !TEST_NUMBERS
                    .iter()
                    .any(|range| text.trim_start_matches('+').starts_with(range)),
                _ => false,
            };
            if person {
                noticed.push(Noticed::RealPerson(path.to_owned()));
            }
        }
        Value::Number(number) => leaf(path, number, noticed),
        Value::Null | Value::Flag(_) => {}
    }
}

fn leaf(path: &str, written: &str, noticed: &mut Vec<Noticed>) {
    if EXAMPLES.contains(&(path, written)) {
        noticed.push(Noticed::Example(path.to_owned()));
    }
}

/// A member's name, if it is one that a trace may show.
fn plain(name: &str) -> String {
    if json::is_plain_path(name) { name.to_owned() } else { "a member".to_owned() }
}

fn is_test_address(text: &str) -> bool {
    let domain = text.rsplit('@').next().unwrap_or_default().to_lowercase();
    TEST_DOMAINS.iter().any(|known| {
        domain.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_body(body: &[u8]) -> Vec<Noticed> {
        let mut noticed = Vec::new();
        if let Ok(node) = json::read(body) {
            members("", &node, &mut noticed);
        }
        noticed
    }

    #[test]
    fn a_body_shows_examples_people_and_members_that_stand_twice() {
        let all = in_body(
            br#"{"a":1,"a":2,"email":"ivan@gmail.com","x":{"enrollLatitude":42.6975},"phoneNumber":"+359888123456"}"#,
        );
        let expected = [
            Noticed::DuplicateMember("a".to_owned()),
            Noticed::RealPerson("email".to_owned()),
            Noticed::Example("enrollLatitude".to_owned()),
            Noticed::RealPerson("phoneNumber".to_owned()),
        ];
        assert_eq!(all, expected);
        let clean = br#"{"email":"a@shop.example","phoneNumber":"+359880012345"}"#;
        assert_eq!(in_body(clean), []);
    }

    #[test]
    fn only_reserved_domains_are_for_tests() {
        for good in ["a@example.org", "a@b.example.com", "a@x.test", "a@localhost"] {
            assert!(is_test_address(good), "{good}");
        }
        for bad in ["a@gmail.com", "a@notexample.org", "a@test.bg"] {
            assert!(!is_test_address(bad), "{bad}");
        }
    }

    #[test]
    fn equal_bodies_have_equal_numbers() {
        let noticer = Noticer::default();
        let number = |key| numbered(&noticer.bodies, key);
        assert_eq!([number(7), number(9), number(7)], [1, 2, 1]);
    }
}
