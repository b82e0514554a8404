//! Where in a JSON text the reader stands, written as Newtonsoft.Json writes it: `a.b[0].c`, and
//! `['...']` around names that would be mistaken for something else.

use std::fmt::Write as _;

/// The way down to the current value.
#[derive(Debug, Default)]
pub(super) struct Path(Vec<Step>);

/// One level: an object's latest member or an array's latest item, once it has one.
#[derive(Debug)]
enum Step {
    Member(Option<String>),
    Index(Option<usize>),
}

/// A name longer than this is cut in paths: nobody's member is longer.
const LONGEST_NAME: usize = 64;

impl Path {
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }

    pub(super) fn enter_object(&mut self) {
        self.0.push(Step::Member(None));
    }

    pub(super) fn enter_array(&mut self) {
        self.0.push(Step::Index(None));
    }

    pub(super) fn leave(&mut self) {
        self.0.pop();
    }

    /// The reader has read a member's name and its colon.
    pub(super) fn name(&mut self, name: &str) {
        if let Some(Step::Member(latest)) = self.0.last_mut() {
            *latest = Some(name.chars().take(LONGEST_NAME).collect());
        }
    }

    /// The reader has read a plain value, or the opening sign of a container. Only then does the
    /// library count an item, so that a broken one is placed at the one before it.
    pub(super) fn count(&mut self) {
        if let Some(Step::Index(latest)) = self.0.last_mut() {
            *latest = Some(latest.map_or(0, |index| index + 1));
        }
    }

    /// Whether the reader is directly inside an object (`Some(true)`) or an array.
    pub(super) fn is_in_object(&self) -> Option<bool> {
        self.0.last().map(|step| matches!(step, Step::Member(_)))
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for step in &self.0 {
            // Writing to a String cannot fail.
            let _ = match step {
                Step::Member(None) | Step::Index(None) => Ok(()),
                Step::Index(Some(index)) => write!(text, "[{index}]"),
                Step::Member(Some(name)) if name.contains(is_special) => {
                    write!(text, "['{}']", name.escape_default())
                }
                Step::Member(Some(name)) if text.is_empty() => write!(text, "{name}"),
                Step::Member(Some(name)) => write!(text, ".{name}"),
            };
        }
        text
    }
}

/// Whether a path holds only plain words and indexes, so that a trace may show it. Other names are
/// a stranger's words, in which anything may stand.
#[must_use]
pub fn is_plain_path(path: &str) -> bool {
    path.is_empty() || path.split('.').all(is_plain_step)
}

fn is_plain_step(step: &str) -> bool {
    let (name, indexes) = step.split_at(step.find('[').unwrap_or(step.len()));
    let plain = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'-';
    let mut indexes = indexes.split(['[', ']']).filter(|index| !index.is_empty());
    name.len() <= 40
        && name.bytes().all(plain)
        && indexes.all(|index| index.len() <= 5 && index.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_special(character: char) -> bool {
    character.is_control()
        || matches!(character, '.' | ' ' | '\'' | '/' | '"' | '[' | ']' | '(' | ')' | '\\')
        || matches!(character, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_names_stand_in_brackets() {
        let mut path = Path::default();
        path.enter_object();
        assert_eq!(path.text(), "");
        path.name("a");
        path.enter_array();
        assert_eq!(path.text(), "a");
        path.count();
        path.count();
        path.enter_object();
        path.name("it's\n");
        assert_eq!(path.text(), "a[1]['it\\'s\\n']");
        path.leave();
        path.leave();
        assert_eq!((path.text(), path.depth()), ("a".to_owned(), 1));
    }

    #[test]
    fn only_plain_words_are_plain() {
        for plain in ["", "email", "additionalData.data.userId", "a[0][12].b", "[3]"] {
            assert!(is_plain_path(plain), "{plain}");
        }
        for strange in ["714982", "['a b']", "a.004711", "anna@example.org", "a[714982]"] {
            assert!(!is_plain_path(strange), "{strange}");
        }
    }
}
