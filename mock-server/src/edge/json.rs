//! A JSON reader that says what Newtonsoft.Json would say: where a text is broken, in that
//! library's sentences, with its lines (from 1) and positions (characters read on the line).
//!
//! It exists because the provider's own 400 for broken JSON quotes those sentences, and no crate
//! gives them. It reads strict JSON; comments, single quotes, bare names and trailing commas, which
//! Newtonsoft.Json would let pass, are refused here (assumed: no client sends them on purpose).

use contract::problem::Text;

/// A value and where the reader stood right after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The line, from 1.
    pub line: u32,
    /// Characters read on that line.
    pub position: u32,
}

/// A JSON value. Numbers keep their text; objects keep every member, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number, as it was written.
    Number(String),
    /// A text.
    Text(String),
    /// An array.
    Array(Vec<Node>),
    /// An object.
    Object(Vec<(String, Node)>),
}

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The JSON path at which the reader stood; empty at the root.
    pub path: String,
    /// The sentence.
    pub sentence: Text,
}

/// How deep values may nest; the library's default.
pub const MAX_DEPTH: usize = 64;

/// Reads one JSON value. Bytes that are no UTF-8 become replacement characters, as the platform's
/// text reader makes them.
///
/// # Errors
/// Where and why it is not JSON.
pub fn read(body: &[u8]) -> Result<Node, Malformed> {
    let text = String::from_utf8_lossy(body);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader =
        Reader { rest: text.chars(), line: 1, position: 0, begun: false, path: Vec::new() };
    reader.skip_space();
    let node = reader.value()?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(node),
        Some(other) => Err(reader.unexpected(
            "Additional text encountered after finished reading JSON content: ",
            other,
        )),
    }
}

impl Node {
    /// The value under a dotted path, names compared without case and the last of duplicates
    /// winning, both as the library does. With it comes the path as it was sent.
    #[must_use]
    pub fn find(&self, dotted: &str) -> Option<(&Self, String)> {
        let mut node = self;
        let mut sent = Vec::new();
        for name in dotted.split('.') {
            let Value::Object(members) = &node.value else { return None };
            let mut backwards = members.iter().rev();
            let (known, below) = backwards.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
            sent.push(known.as_str());
            node = below;
        }
        Some((node, sent.join(".")))
    }

    /// As a [`serde_json::Value`], for the trace and for storage.
    #[must_use]
    pub fn to_value(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Flag(flag) => (*flag).into(),
            Value::Number(text) => serde_json::from_str(text).unwrap_or(serde_json::Value::Null),
            Value::Text(text) => text.as_str().into(),
            Value::Array(items) => items.iter().map(Self::to_value).collect(),
            Value::Object(members) => {
                let members = members.iter().map(|(name, node)| (name.clone(), node.to_value()));
                serde_json::Value::Object(members.collect())
            }
        }
    }
}

struct Reader<'a> {
    rest: std::str::Chars<'a>,
    line: u32,
    position: u32,
    begun: bool,
    path: Vec<Step>,
}

/// One level of the path: an array's index, or an object's latest member, if it has one yet.
enum Step {
    Member(Option<String>),
    Index(usize),
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Node, Malformed> {
        let value = match self.peek() {
            None => return Err(self.ended()),
            Some('{') => self.object()?,
            Some('[') => self.array()?,
            Some('"') => Value::Text(self.text()?),
            Some('t') => self.word("true", "boolean", Value::Flag(true))?,
            Some('f') => self.word("false", "boolean", Value::Flag(false))?,
            Some('n') => self.word("null", "null", Value::Null)?,
            Some('-' | '0'..='9') => self.number()?,
            Some(other) => {
                return Err(self
                    .unexpected("Unexpected character encountered while parsing value: ", other));
            }
        };
        Ok(Node { value, line: self.line, position: self.position })
    }

    fn object(&mut self) -> Result<Value, Malformed> {
        self.enter(Step::Member(None))?;
        let mut members = Vec::new();
        self.skip_space();
        if self.peek() != Some('}') {
            loop {
                let name = self.name()?;
                if let Some(Step::Member(latest)) = self.path.last_mut() {
                    *latest = Some(name.clone());
                }
                self.skip_space();
                members.push((name, self.value()?));
                if self.is_last('}')? {
                    break;
                }
            }
        }
        self.next();
        self.path.pop();
        Ok(Value::Object(members))
    }

    fn array(&mut self) -> Result<Value, Malformed> {
        self.enter(Step::Index(0))?;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() != Some(']') {
            loop {
                self.skip_space();
                items.push(self.value()?);
                if self.is_last(']')? {
                    break;
                }
                if let Some(Step::Index(index)) = self.path.last_mut() {
                    *index += 1;
                }
            }
        }
        self.next();
        self.path.pop();
        Ok(Value::Array(items))
    }

    /// After a member or item: whether the closing sign follows. A comma is eaten.
    fn is_last(&mut self, closing: char) -> Result<bool, Malformed> {
        self.skip_space();
        match self.peek() {
            Some(sign) if sign == closing => Ok(true),
            Some(',') => {
                self.next();
                Ok(false)
            }
            None => Err(self.ended()),
            Some(other) => {
                let sentence = "After parsing a value an unexpected character was encountered: ";
                Err(self.unexpected(sentence, other))
            }
        }
    }

    fn name(&mut self) -> Result<String, Malformed> {
        self.skip_space();
        match self.peek() {
            Some('"') => {}
            None => return Err(self.ended()),
            Some(other) => {
                return Err(self.unexpected("Invalid property identifier character: ", other));
            }
        }
        let name = self.text()?;
        self.skip_space();
        match self.peek() {
            Some(':') => {
                self.next();
                Ok(name)
            }
            None => Err(self.ended()),
            Some(other) => {
                let sentence =
                    "Invalid character after parsing property name. Expected ':' but got: ";
                Err(self.unexpected(sentence, other))
            }
        }
    }

    fn text(&mut self) -> Result<String, Malformed> {
        self.next();
        let mut units: Vec<u16> = Vec::new();
        loop {
            match self.next() {
                None => {
                    let sentence = "Unterminated string. Expected delimiter: \".";
                    return Err(self.complaint(sentence, None));
                }
                Some('"') => return Ok(String::from_utf16_lossy(&units)),
                Some('\\') => units.push(self.escape()?),
                Some(other) => units.extend_from_slice(other.encode_utf16(&mut [0; 2])),
            }
        }
    }

    /// One UTF-16 unit; two of them may make one character.
    fn escape(&mut self) -> Result<u16, Malformed> {
        let Some(sign) = self.next() else {
            return Err(self.complaint("Unterminated string. Expected delimiter: \".", None));
        };
        Ok(match sign {
            '"' | '\\' | '/' => sign as u16,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => return self.hex(),
            other => {
                return Err(self.complaint("Bad JSON escape sequence: \\", Some(other.to_string())));
            }
        })
    }

    fn hex(&mut self) -> Result<u16, Malformed> {
        let digits: String = (0..4).map_while(|_| self.next()).collect();
        let all_hex = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u16::from_str_radix(&digits, 16) {
            Ok(unit) if all_hex => Ok(unit),
            _ => Err(self.complaint("Invalid Unicode escape sequence: \\u", Some(digits))),
        }
    }

    fn word(&mut self, word: &str, kind: &str, value: Value) -> Result<Value, Malformed> {
        for expected in word.chars() {
            if self.next() != Some(expected) {
                return Err(self.complaint(&format!("Error parsing {kind} value."), None));
            }
        }
        match self.peek() {
            Some(more) if more.is_alphanumeric() => {
                Err(self.complaint(&format!("Error parsing {kind} value."), None))
            }
            _ => Ok(value),
        }
    }

    fn number(&mut self) -> Result<Value, Malformed> {
        let mut text = String::new();
        while let Some(sign @ ('0'..='9' | '+' | '-' | '.' | 'a'..='z' | 'A'..='Z')) = self.peek() {
            text.push(sign);
            self.next();
        }
        // The grammar is JSON's own; serde_json knows it.
        if serde_json::from_str::<serde_json::Number>(&text).is_ok() {
            return Ok(Value::Number(text));
        }
        let tail = format!("' is not a valid number.{}", self.place());
        let sentence = Text::quoting("Input string '", text, tail);
        Err(Malformed { path: self.path_text(), sentence })
    }

    fn enter(&mut self, step: Step) -> Result<(), Malformed> {
        self.next();
        if self.path.len() >= MAX_DEPTH {
            let sentence = format!("The reader's MaxDepth of {MAX_DEPTH} has been exceeded.");
            return Err(self.complaint(&sentence, None));
        }
        self.path.push(step);
        Ok(())
    }

    fn skip_space(&mut self) {
        while let Some(' ' | '\t' | '\r' | '\n') = self.peek() {
            self.next();
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.next()?;
        self.begun = true;
        let lone_return = next == '\r' && self.peek() != Some('\n');
        if next == '\n' || lone_return {
            self.line += 1;
            self.position = 0;
        } else {
            self.position += if next.len_utf16() == 2 { 2 } else { 1 };
        }
        Some(next)
    }

    fn ended(&self) -> Malformed {
        let sentence = match self.path.last() {
            None => "Unexpected end when reading JSON.",
            Some(Step::Member(_)) => "Unexpected end when deserializing object.",
            Some(Step::Index(_)) => "Unexpected end when deserializing array.",
        };
        self.complaint(sentence, None)
    }

    fn unexpected(&self, before: &str, found: char) -> Malformed {
        self.complaint(before, Some(found.to_string()))
    }

    /// A sentence with its place. A quote ends with a full stop, as the library writes it.
    fn complaint(&self, before: &str, quote: Option<String>) -> Malformed {
        let sentence = match quote {
            None => Text::plain(format!("{before}{}", self.place())),
            Some(quote) => Text::quoting(before, quote, format!(".{}", self.place())),
        };
        Malformed { path: self.path_text(), sentence }
    }

    fn place(&self) -> String {
        // Before its first character the library says line 0.
        let line = if self.begun { self.line } else { 0 };
        format!(" Path '{}', line {line}, position {}.", self.path_text(), self.position)
    }

    fn path_text(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            match step {
                Step::Index(index) => text.push_str(&format!("[{index}]")),
                Step::Member(None) => {}
                Step::Member(Some(name)) if text.is_empty() => text.push_str(&discreet(name)),
                Step::Member(Some(name)) => text.push_str(&format!(".{}", discreet(name))),
            }
        }
        text
    }
}

/// A member's name in a path: a name that could not be one of ours is not echoed at length.
fn discreet(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().sentence.full()
    }

    #[test]
    fn says_what_the_library_says() {
        for (text, expected) in [
            (
                "x",
                "Unexpected character encountered while parsing value: x. Path '', line 0, position 0.",
            ),
            (
                "{\"a\":x}",
                "Unexpected character encountered while parsing value: x. Path 'a', line 1, position 5.",
            ),
            (
                "{\n\"a\"\n}",
                "Invalid character after parsing property name. Expected ':' but got: }. Path '', line 3, position 0.",
            ),
            (
                "{\"email\": \"anna@exa",
                "Unterminated string. Expected delimiter: \". Path 'email', line 1, position 19.",
            ),
            (
                "{\"a\": 1",
                "Unexpected end when deserializing object. Path 'a', line 1, position 7.",
            ),
            (
                "{\"a\":[1,",
                "Unexpected end when deserializing array. Path 'a[1]', line 1, position 8.",
            ),
            (
                "{\"a\": 1 \"b\": 2}",
                "After parsing a value an unexpected character was encountered: \". Path 'a', line 1, position 8.",
            ),
            ("{a: 1}", "Invalid property identifier character: a. Path '', line 1, position 1."),
            (
                "{\"a\": 1,}",
                "Invalid property identifier character: }. Path 'a', line 1, position 8.",
            ),
            (
                "{} x",
                "Additional text encountered after finished reading JSON content: x. Path '', line 1, position 3.",
            ),
            (
                "{\"a\": 01}",
                "Input string '01' is not a valid number. Path 'a', line 1, position 8.",
            ),
            ("{\"a\": tru}", "Error parsing boolean value. Path 'a', line 1, position 10."),
            ("{\"a\": \"\\x\"}", "Bad JSON escape sequence: \\x. Path 'a', line 1, position 9."),
            (
                "{\"a\": \"\\u12G4\"}",
                "Invalid Unicode escape sequence: \\u12G4. Path 'a', line 1, position 13.",
            ),
            (
                "{\"a\":{\"b\":[{\"c\":?}]}}",
                "Unexpected character encountered while parsing value: ?. Path 'a.b[0].c', line 1, position 16.",
            ),
            (" ", "Unexpected end when reading JSON. Path '', line 1, position 1."),
        ] {
            assert_eq!(complaint(text), expected, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = "[".repeat(100_000);
        assert!(complaint(&deep).starts_with("The reader's MaxDepth of 64 has been exceeded."));
        let allowed = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(read(allowed.as_bytes()).is_ok());
    }

    #[test]
    fn reads_values() {
        let node = read(br#" {"a": [1, -2.5e3, null, true], "B": {"c": "\u0041\ud83d\ude00\n"}} "#)
            .unwrap();
        let expected =
            serde_json::json!({"a": [1, -2500.0, null, true], "B": {"c": "A\u{1F600}\n"}});
        assert_eq!(node.to_value(), expected);
        let (found, sent) = node.find("b.C").unwrap();
        assert_eq!(
            (found.value.clone(), sent.as_str()),
            (Value::Text("A\u{1F600}\n".into()), "B.c")
        );
    }

    #[test]
    fn the_last_duplicate_wins_and_positions_are_those_after_the_value() {
        let node = read(br#"{"id": "abc", "id": 7}"#).unwrap();
        let (found, _) = node.find("id").unwrap();
        assert_eq!(found.value, Value::Number("7".into()));
        assert_eq!((found.line, found.position), (1, 21));
    }

    #[test]
    fn broken_bytes_do_no_harm() {
        assert!(read(b"{\"a\": \"\xff\"}").is_ok());
        assert!(read(b"\xff").is_err());
        assert!(read(b"{\"a\": \"\\ud800\"}").is_ok());
    }
}
