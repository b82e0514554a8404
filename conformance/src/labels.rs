//! Every secret and every personal value that the runner has met, each with a name. What enters
//! the trace passes here, so that no secret does.

use std::fmt;

use contract::{FieldRow, label::Label, message::MessageKind, redact::Discretion};
use url::Url;

/// A kind of value that must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// The register of names.
#[derive(Default)]
pub struct Labeler {
    known: Vec<(Family, String)>,
    strangers: Vec<String>,
}

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

    /// Values this short could be part of anything; only the whole text counts.
    const SHORT: usize = 8;
}

impl fmt::Debug for Labeler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Labeler").finish_non_exhaustive()
    }
}

impl Labeler {
    /// Remembers a value. One that is known keeps its first name.
    pub fn learn(&mut self, family: Family, value: &str) {
        if !value.is_empty() && !self.known.iter().any(|(_, known)| known == value) {
            self.known.push((family, value.to_owned()));
        }
    }

    /// The label of a value that was learned.
    #[must_use]
    pub fn known(&self, value: &str) -> Option<Label> {
        let (family, _) = self.known.iter().find(|(_, known)| known == value)?;
        if *family == Family::Personal {
            return Some(Label::personal(value));
        }
        let mut siblings = self.known.iter().filter(|(other, _)| other == family);
        let ordinal = siblings.by_ref().position(|(_, known)| known == value)? + 1;
        let age = if siblings.next().is_none() { "newest" } else { "superseded" };
        let name = format!("{}#{ordinal}", family.name());
        Some(match family {
            Family::IdentificationUrl | Family::SigningUrl => Label::new(name, &[&scheme(value)]),
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
        let place = self.strangers.iter().position(|known| known == value).unwrap_or_else(|| {
            self.strangers.push(value.to_owned());
            self.strangers.len() - 1
        });
        Label::new(format!("unknown#{}", place + 1), &[])
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
        let holds = |secret: &String| secret.len() > Family::SHORT && text.contains(secret);
        self.known(text).or_else(|| {
            let found = self.known.iter().any(|(_, secret)| holds(secret));
            found.then(|| Label::new("quoted", &["holds a secret"]))
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
        let mut owners = self.known.iter().filter(|(family, value)| {
            matches!(family, Family::IdentificationUrl | Family::SigningUrl)
                && segment.len() > Family::SHORT
                && value.contains(segment)
        });
        let owner = owners.next().and_then(|(_, value)| self.known(value));
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
