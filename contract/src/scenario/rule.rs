//! A rule: when something is asked, what goes otherwise, and for how long.
//! Every rule has an end.

use std::fmt;

use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{SeqAccess, Visitor, value::StrDeserializer},
};
use serde_json::Value;

use super::{Span, State, Then};
use crate::{Call, Problem, trace::Leg};

/// One rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// Its name within the scenario: lower-case words joined by hyphens.
    pub id: String,
    /// Which requests it is about. All conditions must hold.
    pub when: Match,
    /// What happens to them.
    pub then: Then,
    /// When it is over. Needed unless `when.nth` picks one request.
    #[serde(default, skip_serializing_if = "Until::is_never")]
    pub until: Until,
}

/// Conditions on a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Match {
    /// The call, or one of several.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(schema_with = "one_or_many_schema::<Call>")]
    pub call: Vec<Call>,
    /// While the user is in this phase: until there is something to sign, or after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Leg>,
    /// While the user has come exactly so far, or to one of several.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<State>")]
    pub state: Vec<State>,
    /// For users whose address fits; `*` stands for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// For requests with this header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<HeaderIs>,
    /// For requests that carry this member with this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberIs>,
    /// For requests that do not carry this member; nested members with dots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<String>,
    /// For requests that the world refuses so, by the refusal's name, or in one of several ways.
    /// They have been processed then.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "one_or_many_schema::<Problem>")]
    pub refused: Vec<Problem>,
    /// For requests that the world grants. They have been processed then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub granted: bool,
    /// Only the n-th request that fits, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u32>,
    /// The n-th request that fits and all after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u32>,
    /// Every n-th request that fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u32>,
    /// By chance, drawn from the seed: above 0, at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

/// A header that a request must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HeaderIs {
    /// Its name, whatever the case.
    pub name: String,
    /// Its whole value; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A member that a request must carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MemberIs {
    /// Its name; nested members with dots.
    pub name: String,
    /// Its value; any when left out. A field of a form is a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

impl MemberIs {
    /// Whether a body has it.
    #[must_use]
    pub fn is_in(&self, body: &Value) -> bool {
        let found = self.name.split('.').try_fold(body, |below, name| below.get(name));
        found.is_some_and(|found| self.value.as_ref().is_none_or(|value| value == found))
    }
}

/// When a rule is over. The first bound that is reached counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Until {
    /// After it has happened so often.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// So long after it has happened first.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// Never more often than this in a row: the next request that fits is spared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_a_row: Option<u32>,
}

impl Match {
    /// Whether it asks for what the world makes of a request, so that it can be looked at only
    /// afterwards.
    #[must_use]
    pub fn is_about_the_answer(&self) -> bool {
        self.granted || !self.refused.is_empty()
    }
}

impl Until {
    /// Whether nothing ends it.
    #[must_use]
    pub const fn is_never(&self) -> bool {
        self.times.is_none() && self.span.is_none() && self.in_a_row.is_none()
    }
}

/// A pattern in which `*` stands for anything; case does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    first: Box<str>,
    middle: Vec<Box<str>>,
    /// None where the pattern has no star.
    last: Option<Box<str>>,
}

impl Pattern {
    /// Reads a pattern; every text is one.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        let pattern = pattern.to_lowercase();
        let mut parts = pattern.split('*').map(Box::from);
        let first = parts.next().unwrap_or_default();
        let mut middle: Vec<Box<str>> = parts.collect();
        let last = middle.pop();
        Self { first, middle, last }
    }

    /// Whether a text in lower case fits.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        let Some(mut rest) = text.strip_prefix(&*self.first) else { return false };
        let Some(last) = &self.last else { return rest.is_empty() };
        for part in &self.middle {
            let Some(at) = rest.find(&**part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(&**last)
    }
}

/// Whether a text fits a pattern.
#[must_use]
pub fn fits(pattern: &str, text: &str) -> bool {
    Pattern::new(pattern).fits(&text.to_lowercase())
}

/// One word, or a list of them.
pub(super) fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct OneOrMany<T>(std::marker::PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a word or a list of words")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::deserialize(StrDeserializer::new(text)).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
            let mut many = Vec::new();
            while let Some(item) = items.next_element()? {
                many.push(item);
            }
            Ok(many)
        }
    }

    deserializer.deserialize_any(OneOrMany(std::marker::PhantomData))
}

fn one_or_many_schema<T: JsonSchema>(
    generator: &mut schemars::SchemaGenerator,
) -> schemars::Schema {
    let one = generator.subschema_for::<T>();
    schemars::json_schema!({
        "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_what_it_describes() {
        for (pattern, text) in [
            ("anna@example.org", "Anna@Example.org"),
            ("*", ""),
            ("*@example.org", "anna@example.org"),
            ("anna*@*.org", "anna+x@mail.example.org"),
            ("a*a", "aa"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("anna", "anna@example.org"),
            ("a*a", "a"),
            ("*@x", "x@y"),
            ("", "a"),
            ("a*b*c", "acb"),
        ] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
