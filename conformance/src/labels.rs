//! Every secret and every personal value that the runner has met, each with a name. What enters
//! the trace passes here, so that no secret does.

use std::{collections::HashMap, fmt};

use contract::{FieldRow, label::Label, message::MessageKind, redact::Discretion};
use url::Url;

/// A kind of value that must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// An access token.
    Token,
    /// The code of such a message.
    Code(MessageKind),
    /// The address at which the person identifies.
    IdentificationUrl,
    /// The address at which the person signs.
    SigningUrl,
    /// The thumbprint of the client certificate.
    Thumbprint,
    /// A secret or a name that the merchant shows to get a token.
    Credential,
    /// A value that describes a person.
    Personal,
}

/// The register of names. A run may be long, so nothing is looked for one by one.
#[derive(Default)]
pub struct Labeler {
    known: Vec<Known>,
    by_value: HashMap<String, usize>,
    /// Those that are long enough to be found inside other texts, by how they begin.
    by_head: HashMap<[u8; HEAD], Vec<usize>>,
    addresses: Vec<usize>,
    counts: HashMap<Family, usize>,
    strangers: HashMap<String, usize>,
}

/// A value with a name.
struct Known {
    family: Family,
    value: String,
    /// The how manyth of its family, from 1.
    ordinal: usize,
}

/// Values this short could be part of anything; only the whole text counts.
const SHORT: usize = 8;

/// So many bytes are enough to tell most values apart.
const HEAD: usize = SHORT + 1;

impl Family {
    const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Code(kind) => kind.code_name(),
            Self::IdentificationUrl => "identification-url",
            Self::SigningUrl => "signing-url",
            Self::Thumbprint => "thumbprint",
            Self::Credential => "credential",
            Self::Personal => "personal",
        }
    }

    const fn is_address(self) -> bool {
        matches!(self, Self::IdentificationUrl | Self::SigningUrl)
    }
}

impl fmt::Debug for Labeler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Labeler").finish_non_exhaustive()
    }
}

impl Labeler {
    /// Remembers a value. One that is known keeps its first name.
    pub fn learn(&mut self, family: Family, value: &str) {
        if value.is_empty() || self.by_value.contains_key(value) {
            return;
        }
        let place = self.known.len();
        let ordinal = self.counts.entry(family).or_default();
        *ordinal += 1;
        self.known.push(Known { family, value: value.to_owned(), ordinal: *ordinal });
        self.by_value.insert(value.to_owned(), place);
        if let Some(head) = value.as_bytes().first_chunk::<HEAD>() {
            self.by_head.entry(*head).or_default().push(place);
        }
        if family.is_address() {
            self.addresses.push(place);
        }
    }

    /// The label of a value that was learned.
    #[must_use]
    pub fn known(&self, value: &str) -> Option<Label> {
        let Known { family, ordinal, .. } = &self.known[*self.by_value.get(value)?];
        if *family == Family::Personal {
            return Some(Label::personal(value));
        }
        let newest = self.counts.get(family) == Some(ordinal);
        let age = if newest { "newest" } else { "superseded" };
        let name = format!("{}#{ordinal}", family.name());
        Some(match family {
            own if own.is_address() => Label::new(name, &[&scheme(value)]),
            Family::Code(_) => Label::new(name, &[age, &contract::label::form(value)]),
            Family::Credential => Label::new(name, &[]),
            _ => Label::new(name, &[age]),
        })
    }

    /// The label of any value: a stranger gets a number.
    pub fn label(&mut self, value: &str) -> Label {
        if let Some(label) = self.known(value) {
            return label;
        }
        let next = self.strangers.len() + 1;
        let number = *self.strangers.entry(value.to_owned()).or_insert(next);
        Label::new(format!("unknown#{number}"), &[])
    }

    /// The label with which a field of a request is shown.
    pub fn field(&mut self, row: &FieldRow, value: &str) -> Label {
        if row.name.contains("X509Certificate") {
            self.learn(Family::Thumbprint, value);
        }
        self.label(value)
    }

    /// A text of an answer: `None` when it may be shown as it is.
    #[must_use]
    pub fn hidden(&self, text: &str) -> Option<Label> {
        self.known(text).or_else(|| {
            let holds = self.holds_a_secret(text.as_bytes());
            holds.then(|| Label::new("quoted", &["holds a secret"]))
        })
    }

    fn holds_a_secret(&self, text: &[u8]) -> bool {
        (0..text.len()).any(|at| {
            let rest = &text[at..];
            let begin = rest.first_chunk::<HEAD>().and_then(|head| self.by_head.get(head));
            let mut begin = begin.into_iter().flatten();
            begin.any(|place| rest.starts_with(self.known[*place].value.as_bytes()))
        })
    }

    /// A path: ids and plain words stay, everything else becomes a label.
    #[must_use]
    pub fn path(&self, path: &str) -> String {
        let segments = path.split('/').map(|segment| {
            let plain = is_plain(segment) && self.known(segment).is_none();
            if plain { segment.to_owned() } else { self.segment(segment).to_string() }
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// A long segment that is part of a known address takes that address's name.
    fn segment(&self, segment: &str) -> Label {
        let addresses = self.addresses.iter().map(|place| &self.known[*place].value);
        let mut owners = addresses.filter(|value| segment.len() > SHORT && value.contains(segment));
        let owner = owners.next().and_then(|value| self.known(value));
        owner.unwrap_or_else(|| Label::unlisted(segment))
    }
}

impl Discretion for Labeler {
    fn secret(&mut self, field: &'static FieldRow, text: &str) -> Label {
        self.field(field, text)
    }

    /// The runner sends numbers that it chose or was given; only a learned secret is none.
    fn is_shared_id(&self, number: &str) -> bool {
        self.known(number).is_none()
    }
}

fn is_plain(segment: &str) -> bool {
    let word = segment.len() <= 40
        && segment.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-._".contains(&byte));
    let id = segment.len() <= 10 && segment.bytes().all(|byte| byte.is_ascii_digit());
    word || id
}

fn scheme(value: &str) -> String {
    Url::parse(value).map_or_else(|_| "not a URL".to_owned(), |url| url.scheme().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learned_is_not_shown() {
        let mut labels = Labeler::default();
        labels.learn(Family::Token, "open sesame");
        labels.label("a stranger");
        assert_eq!(format!("{labels:?}"), "Labeler { .. }");
    }

    #[test]
    fn the_newest_is_told_from_the_older() {
        let mut labels = Labeler::default();
        labels.learn(Family::Code(MessageKind::PhoneVerification), "111111");
        labels.learn(Family::Code(MessageKind::PhoneVerification), "222222");
        labels.learn(Family::Code(MessageKind::PhoneVerification), "111111");
        assert_eq!(labels.label("111111").to_string(), "<sms-code#1 superseded, six digits>");
        assert_eq!(labels.label("222222").to_string(), "<sms-code#2 newest, six digits>");
        assert_eq!(labels.label("333333").to_string(), "<unknown#1>");
        assert_eq!(labels.label("444444").to_string(), "<unknown#2>");
        assert_eq!(labels.label("333333").to_string(), "<unknown#1>");
    }

    #[test]
    fn addresses_tell_their_scheme_and_lend_their_name_to_paths() {
        let mut labels = Labeler::default();
        let id = "0123456789abcdef0123456789abcdef";
        labels.learn(Family::IdentificationUrl, &format!("https://127.0.0.1:9/session/{id}"));
        labels.learn(Family::SigningUrl, "nowhere");
        assert_eq!(labels.path(&format!("/session/{id}")), "/session/<identification-url#1 https>");
        assert_eq!(labels.label("nowhere").to_string(), "<signing-url#1 not a URL>");
        assert_eq!(labels.path("/User/2072/status"), "/User/2072/status");
        assert_eq!(labels.path("/x/a@b"), "/x/<unlisted 3 characters>");
    }

    #[test]
    fn secrets_inside_other_text_are_hidden() {
        let mut labels = Labeler::default();
        labels.learn(Family::Token, "abcdefghijkl");
        labels.learn(Family::Personal, "anna@example.org");
        labels.learn(Family::Token, "");
        assert!(labels.hidden("Bearer abcdefghijkl").is_some());
        assert_eq!(labels.hidden("anna@example.org").unwrap().name, "personal");
        assert_eq!(labels.hidden("Bad Request"), None);
    }
}
