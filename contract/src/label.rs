//! Labels stand where secrets stood. A trace shows `<sms-code#2 newest, six digits>` and never
//! the digits, so that a judge can still tell the right code from an old one.

use std::fmt;

/// What is known about one secret or personal value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// What it is: `token#1`, `sms-code#2`, `unknown#1`, `personal`.
    pub name: String,
    /// What is known about it, each a few words: `newest`, `expired`, `six digits`.
    pub facts: Vec<String>,
}

impl Label {
    /// A label.
    #[must_use]
    pub fn new(name: impl Into<String>, facts: &[&str]) -> Self {
        Self { name: name.into(), facts: facts.iter().map(|fact| (*fact).to_owned()).collect() }
    }

    /// The label of a value that describes a person: only its form is told.
    #[must_use]
    pub fn personal(value: &str) -> Self {
        Self::new("personal", &[&form(value)])
    }

    /// The label of a value that nobody listed as showable.
    #[must_use]
    pub fn unlisted(value: &str) -> Self {
        Self::new("unlisted", &[&form(value)])
    }

    /// Reads what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let inner = text.strip_prefix('<')?.strip_suffix('>')?;
        let (name, facts) = inner.split_once(' ').unwrap_or((inner, ""));
        let facts = facts.split(", ").filter(|fact| !fact.is_empty()).map(str::to_owned).collect();
        Some(Self { name: name.to_owned(), facts })
    }

    /// Whether a fact is known.
    #[must_use]
    pub fn says(&self, fact: &str) -> bool {
        self.facts.iter().any(|known| known == fact)
    }
}

/// The form of a text, without the text: `empty`, `six digits`, `e-mail`, `e.164`, `9 characters`.
#[must_use]
pub fn form(value: &str) -> String {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.chars().count() {
        0 => "empty".to_owned(),
        6 if digits => "six digits".to_owned(),
        count if digits => format!("{count} digits"),
        _ if crate::field::is_email(value) => "e-mail".to_owned(),
        _ if crate::field::is_e164(value) => "e.164".to_owned(),
        count => format!("{count} characters"),
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}", self.name)?;
        for (index, fact) in self.facts.iter().enumerate() {
            write!(f, "{}{fact}", if index == 0 { " " } else { ", " })?;
        }
        f.write_str(">")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let label = Label::new("sms-code#2", &["superseded", "six digits"]);
        assert_eq!(label.to_string(), "<sms-code#2 superseded, six digits>");
        assert_eq!(Label::parse(&label.to_string()), Some(label));
        assert_eq!(Label::parse("475013"), None);
    }

    #[test]
    fn tells_the_form_and_never_the_value() {
        for (value, told) in [
            ("", "empty"),
            ("004711", "six digits"),
            ("1000", "4 digits"),
            ("anna@example.org", "e-mail"),
            ("+359881234567", "e.164"),
            ("Vitosha 1", "9 characters"),
        ] {
            assert_eq!(form(value), told);
            let shown = Label::personal(value).to_string();
            assert!(value.is_empty() || !shown.contains(value), "{shown}");
        }
    }
}
