//! The rules of path parameters, body members and form fields, one row each, and the sentences
//! with which a broken rule is named.

use crate::{
    Provenance, Variant, Variants,
    lists::CodeList,
    problem::Text,
    provenance::{assumed, d25},
    variant::When,
};

/// One field of one call.
#[derive(Clone, Copy, Debug)]
pub struct FieldRow {
    /// The name on the wire; nested members with dots, e.g. `additionalData.data.userId`.
    pub name: &'static str,
    /// The key under which `errors` names it.
    pub key: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What it may be.
    pub kind: Kind,
    /// Whether it must be there.
    pub need: Need,
    /// Whether a trace may show it.
    pub privacy: Privacy,
    /// The readings under which the row holds.
    pub when: &'static [When],
    /// Where the row comes from.
    pub provenance: Provenance,
}

/// Where a field stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the JSON body.
    Body,
    /// In the form.
    Form,
    /// In the query.
    Query,
}

/// What a field may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A 32-bit integer of at least `min`.
    Int32 {
        /// The smallest value.
        min: i32,
    },
    /// The integer 0 or 1.
    ZeroOrOne,
    /// `true` or `false`.
    Boolean,
    /// Any number.
    Number,
    /// Text; a required one may not be empty.
    Text,
    /// An e-mail address; may not be empty where it is given.
    Email,
    /// A phone number in E.164 with its plus sign.
    Phone,
    /// Exactly this text.
    Marker(&'static str),
    /// A code of one of the lists.
    Code(CodeList),
    /// A code of one of the lists, as a number.
    NumberedCode(CodeList),
    /// A JSON object.
    Object,
    /// A JSON array of texts; a required one may not be empty.
    Texts,
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Missing and null are refused.
    Required,
    /// May be missing or null.
    Optional,
    /// Required when the named boolean member is `false`.
    WhenFalse(&'static str),
}

/// Whether a trace may show a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// Yes: numbers, flags and fixed markers.
    Public,
    /// No: a code, token or thumbprint. It becomes a label that tells right from wrong.
    Secret,
    /// No: it describes a person. It becomes a label that tells its form.
    Personal,
}

/// How a field breaks its rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is missing, null or empty although it is needed.
    Missing,
    /// It has the wrong form.
    Malformed,
    /// It is a number outside its range.
    OutOfRange,
}

impl FieldRow {
    /// The largest text we accept in a JSON body, in characters; the provider names no
    /// limit.
    pub const MAX_TEXT: usize = 1024;

    /// The largest e-mail address, in bytes (RFC 5321 section 4.5.3.1.3, less the brackets).
    pub const MAX_EMAIL: usize = 254;

    /// Whether it names a user, which may be a text under one reading.
    #[must_use]
    pub fn names_user(&self) -> bool {
        let named = self.name == "id" || self.name.ends_with("userId");
        named && matches!(self.kind, Kind::Int32 { .. })
    }

    /// What is said about a broken rule.
    #[must_use]
    pub fn sentences(&self, fault: &Fault, variants: &Variants) -> Vec<Text> {
        let row = SENTENCES
            .iter()
            .find(|row| row.fault == *fault && row.of.covers(self.kind) && variants.meet(row.when));
        row.map(|row| self.filled(row)).unwrap_or_default()
    }

    /// Every way in which a broken rule of this field can be told, under whichever readings.
    #[must_use]
    pub fn tellings(&self) -> Vec<Telling> {
        let faults = [Fault::Missing, Fault::Malformed, Fault::OutOfRange];
        let told = faults.iter().filter(|fault| self.can(fault)).flat_map(|fault| {
            let rows = SENTENCES.iter();
            let rows = rows.filter(move |row| row.fault == *fault && row.of.covers(self.kind));
            // What always holds is the last to speak.
            let open = rows.clone().position(|row| row.when.is_empty());
            rows.take(open.map_or(usize::MAX, |at| at + 1))
        });
        told.map(|row| Telling { row, texts: self.filled(row) }).collect()
    }

    /// Whether a fault can happen to a field of this kind; a wrong JSON type is no fault of it.
    fn can(&self, fault: &Fault) -> bool {
        match (fault, self.kind) {
            (Fault::Missing, Kind::Email) => true,
            (Fault::Missing, _) => self.place != Place::Path && self.need != Need::Optional,
            (Fault::OutOfRange, kind) => matches!(kind, Kind::Int32 { .. }),
            (Fault::Malformed, kind) => {
                !matches!(kind, Kind::Int32 { .. } | Kind::Object | Kind::Boolean | Kind::Number)
            }
        }
    }

    fn filled(&self, row: &SentenceRow) -> Vec<Text> {
        let min = match self.kind {
            Kind::Int32 { min } => min,
            _ => 0,
        };
        let filled = |text: &&str| {
            let text = text.replace("{key}", self.key).replace("{name}", &spaced(self.key));
            let text = text.replace("{min}", &min.to_string());
            Text::plain(text.replace("{max}", &i32::MAX.to_string()))
        };
        row.texts.iter().map(filled).collect()
    }
}

/// One way in which a broken rule of a field is told.
#[derive(Clone, Debug)]
pub struct Telling {
    /// The row that speaks.
    pub row: &'static SentenceRow,
    /// Its sentences, filled in.
    pub texts: Vec<Text>,
}

/// What is said about one kind of broken rule. `{key}`, `{min}` and `{max}` stand for the field's.
#[derive(Debug)]
pub struct SentenceRow {
    /// How the rule is broken.
    pub fault: Fault,
    /// Of which fields.
    pub of: Of,
    /// The readings under which it is said so.
    pub when: &'static [When],
    /// The sentences, in order.
    pub texts: &'static [&'static str],
    /// Where they come from.
    pub provenance: Provenance,
}

/// Which fields a sentence speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// E-mail addresses.
    Email,
    /// Phone numbers.
    Phone,
    /// Numbers with a range.
    Int32,
    /// Any field that no earlier row covers.
    Any,
}

impl Of {
    const fn covers(self, kind: Kind) -> bool {
        match self {
            Self::Email => matches!(kind, Kind::Email),
            Self::Phone => matches!(kind, Kind::Phone),
            Self::Int32 => matches!(kind, Kind::Int32 { .. }),
            Self::Any => true,
        }
    }
}

/// Every sentence about a field; the first row that fits speaks.
pub const SENTENCES: &[SentenceRow] = &[
    said(
        Fault::Missing,
        Of::Email,
        &["The {key} field is required.", "Email address is required"],
        d25("create-user", "400 response, empty e-mail"),
    ),
    said(
        Fault::Missing,
        Of::Any,
        &["The {key} field is required."],
        d25("verify-the-phone-number", "400 response, missing code"),
    ),
    said(
        Fault::Malformed,
        Of::Email,
        &["Invalid email address"],
        d25("create-user", "400 response"),
    ),
    fluent(Fault::Malformed, Of::Phone, &["'{name}' is not in the correct format."]),
    said(
        Fault::Malformed,
        Of::Phone,
        &["Invalid phone number"],
        assumed("worded like the documented 'Invalid email address'"),
    ),
    fluent(Fault::OutOfRange, Of::Int32, &["'{name}' must be between {min} and {max}."]),
    said(
        Fault::OutOfRange,
        Of::Int32,
        &["The field {key} must be between {min} and {max}."],
        assumed("the framework's own sentence for a range; no page shows one"),
    ),
    fluent(Fault::OutOfRange, Of::Any, &["'{name}' is not valid."]),
    said(
        Fault::OutOfRange,
        Of::Any,
        &["The field {key} is invalid."],
        assumed("the framework's own sentence; no page shows one"),
    ),
    fluent(Fault::Malformed, Of::Any, &["'{name}' is not valid."]),
    said(
        Fault::Malformed,
        Of::Any,
        &["The field {key} is invalid."],
        assumed("the framework's own sentence; no page shows one"),
    ),
];

const fn said(
    fault: Fault,
    of: Of,
    texts: &'static [&'static str],
    provenance: Provenance,
) -> SentenceRow {
    SentenceRow { fault, of, when: &[], texts, provenance }
}

/// FluentValidation's sentences, which a neighbouring service of the platform shows.
const fn fluent(fault: Fault, of: Of, texts: &'static [&'static str]) -> SentenceRow {
    let provenance = assumed("worded as a neighbouring service of the platform words its own");
    let when = &[When(Variant::ValidationWording, "fluent")];
    SentenceRow { fault, of, when, texts, provenance }
}

/// A key as FluentValidation writes it: the last part, in words.
fn spaced(key: &str) -> String {
    let mut words = String::new();
    for character in key.rsplit('.').next().unwrap_or(key).chars() {
        if character.is_uppercase() && words.ends_with(|last: char| last.is_lowercase()) {
            words.push(' ');
        }
        words.push(character);
    }
    words
}

/// Whether a text is an e-mail address that we accept: one `@`, a local part, and a domain of
/// dot-separated labels. It is the practical form of RFC 5321, without quoted local parts.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_fits = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(is_local_character);
    let labels_fit = domain.contains('.') && domain.split('.').all(is_domain_label);
    text.len() <= FieldRow::MAX_EMAIL && local_fits && labels_fit
}

/// Whether a text is E.164: a plus sign, then 7 to 15 digits that do not start with 0.
#[must_use]
pub fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_local_character(character: char) -> bool {
    character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(character)
}

fn is_domain_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|character| character.is_alphanumeric() || character == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_addresses_from_other_text() {
        for good in ["a@b.bg", "anna+tag@example.org", "иван@пример.бг", "o'neil@x-y.example"]
        {
            assert!(is_email(good), "{good}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        for bad in ["", "a", "@b.c", "a@", "a@b", "a@@b.c", "a b@c.d", "a@-b.c", ".a@b.c", &long] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn tells_e164_from_other_numbers() {
        for good in ["+359881234567", "+1234567", "+123456789012345"] {
            assert!(is_e164(good), "{good}");
        }
        for bad in
            ["", "+", "359881234567", "+0881234567", "+359 88 123", "+123456", "+1234567890123456"]
        {
            assert!(!is_e164(bad), "{bad}");
        }
    }
}
