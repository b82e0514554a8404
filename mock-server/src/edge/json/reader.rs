//! The reader itself: one pass over the text with one character of foresight, and no recursion
//! deeper than the limit. It stops at the first thing that is wrong.

use std::str::Chars;

use contract::problem::Text;

use super::{MAX_DEPTH, Malformed, Node, Value, path::Path};

/// Reads one value and nothing after it.
pub(super) fn read(text: &str) -> Result<Node, Malformed> {
    let mut reader =
        Reader { rest: text.chars(), line: 1, position: 0, begun: false, path: Path::default() };
    reader.skip_space();
    let node = reader.value()?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(node),
        Some(other) => Err(reader
            .found("Additional text encountered after finished reading JSON content: ", other)),
    }
}

struct Reader<'a> {
    rest: Chars<'a>,
    line: u32,
    position: u32,
    /// Whether the first token is complete.
    begun: bool,
    path: Path,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<Node, Malformed> {
        let plain = match self.peek() {
            None => return Err(self.ended()),
            Some('{') => return self.object(),
            Some('[') => return self.array(),
            Some('"') => Value::Text(self.text()?),
            Some('t') => self.word("true", "boolean", Value::Flag(true))?,
            Some('f') => self.word("false", "boolean", Value::Flag(false))?,
            Some('n') if matches!(self.rest.clone().nth(1), None | Some('u')) => {
                self.word("null", "null", Value::Null)?
            }
            Some('-' | '0'..='9') => self.number()?,
            Some(other) => {
                let sentence = "Unexpected character encountered while parsing value: ";
                return Err(self.found(sentence, other));
            }
        };
        self.begun = true;
        self.path.count();
        Ok(self.node(plain))
    }

    fn object(&mut self) -> Result<Node, Malformed> {
        self.open()?;
        self.path.enter_object();
        let opened = self.node(Value::Null);
        let mut members = Vec::new();
        self.skip_space();
        if self.peek() != Some('}') {
            loop {
                let name = self.name()?;
                self.path.name(&name);
                self.skip_space();
                members.push((name, self.value()?));
                if self.is_last('}')? {
                    break;
                }
            }
        }
        self.next();
        self.path.leave();
        Ok(Node { value: Value::Object(members), ..opened })
    }

    fn array(&mut self) -> Result<Node, Malformed> {
        self.open()?;
        self.path.enter_array();
        let opened = self.node(Value::Null);
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() != Some(']') {
            loop {
                self.skip_space();
                items.push(self.value()?);
                if self.is_last(']')? {
                    break;
                }
            }
        }
        self.next();
        self.path.leave();
        Ok(Node { value: Value::Array(items), ..opened })
    }

    /// The opening sign of a container.
    fn open(&mut self) -> Result<(), Malformed> {
        self.next();
        self.begun = true;
        self.path.count();
        if self.path.depth() >= MAX_DEPTH {
            let sentence = format!("The reader's MaxDepth of {MAX_DEPTH} has been exceeded.");
            return Err(self.complaint(&sentence, None, ""));
        }
        Ok(())
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
            Some(']' | '}') => Err(self.closed_wrongly(closing)),
            Some(other) => {
                let sentence = "After parsing a value an unexpected character was encountered: ";
                Err(self.found(sentence, other))
            }
            None => Err(self.ended()),
        }
    }

    fn name(&mut self) -> Result<String, Malformed> {
        self.skip_space();
        match self.peek() {
            Some('"') => {}
            Some(other) => return Err(self.found("Invalid property identifier character: ", other)),
            None => return Err(self.ended()),
        }
        let name = self.text()?;
        self.skip_space();
        match self.peek() {
            Some(':') => {
                self.next();
                Ok(name)
            }
            Some(other) => {
                let sentence =
                    "Invalid character after parsing property name. Expected ':' but got: ";
                Err(self.found(sentence, other))
            }
            None => Err(self.ended()),
        }
    }

    fn text(&mut self) -> Result<String, Malformed> {
        self.next();
        let mut units: Vec<u16> = Vec::new();
        loop {
            match self.next() {
                None => return Err(self.unterminated()),
                Some('"') => return Ok(String::from_utf16_lossy(&units)),
                Some('\\') => units.push(self.escape()?),
                Some(other) => units.extend_from_slice(other.encode_utf16(&mut [0; 2])),
            }
        }
    }

    /// One UTF-16 unit; two of them may make one character.
    fn escape(&mut self) -> Result<u16, Malformed> {
        let Some(sign) = self.next() else { return Err(self.unterminated()) };
        Ok(match sign {
            '"' | '\\' | '/' => sign as u16,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => return self.hex(),
            other => return Err(self.found("Bad JSON escape sequence: \\", other)),
        })
    }

    fn hex(&mut self) -> Result<u16, Malformed> {
        let digits: String = self.rest.clone().take(4).collect();
        if digits.chars().count() < 4 {
            let sentence = "Unexpected end while parsing Unicode escape sequence.";
            return Err(self.complaint(sentence, None, ""));
        }
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(self.complaint("Invalid Unicode escape sequence: \\u", Some(digits), "."));
        }
        for _ in 0..4 {
            self.next();
        }
        Ok(u16::from_str_radix(&digits, 16).unwrap_or_default())
    }

    fn word(&mut self, word: &str, kind: &str, value: Value) -> Result<Value, Malformed> {
        let wrong = format!("Error parsing {kind} value.");
        if self.rest.clone().take(word.len()).count() < word.len() {
            while self.next().is_some() {}
            return Err(self.complaint(ENDED, None, ""));
        }
        for expected in word.chars() {
            if self.peek() != Some(expected) {
                return Err(self.complaint(&wrong, None, ""));
            }
            self.next();
        }
        match self.peek() {
            Some(next) if !is_separator(next) => Err(self.complaint(&wrong, None, "")),
            _ => Ok(value),
        }
    }

    fn number(&mut self) -> Result<Value, Malformed> {
        let mut text = String::new();
        loop {
            match self.peek() {
                Some(sign @ ('0'..='9' | 'a'..='f' | 'A'..='F' | 'x' | 'X' | '+' | '-' | '.')) => {
                    text.push(sign);
                    self.next();
                }
                Some(other) if !is_separator(other) => {
                    let sentence = "Unexpected character encountered while parsing number: ";
                    return Err(self.found(sentence, other));
                }
                _ => break,
            }
        }
        // The grammar is JSON's own; serde_json knows it.
        if serde_json::from_str::<serde_json::Number>(&text).is_ok() {
            return Ok(Value::Number(text));
        }
        Err(self.complaint("Input string '", Some(text), "' is not a valid number."))
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
        let lone_return = next == '\r' && self.peek() != Some('\n');
        if next == '\n' || lone_return {
            self.line += 1;
            self.position = 0;
        } else {
            // The platform counts UTF-16 units.
            self.position += if next.len_utf16() == 2 { 2 } else { 1 };
        }
        Some(next)
    }

    fn node(&self, value: Value) -> Node {
        Node { value, line: self.line, position: self.position }
    }

    fn ended(&self) -> Malformed {
        let sentence = match self.path.is_in_object() {
            None => ENDED,
            Some(true) => "Unexpected end when deserializing object.",
            Some(false) => "Unexpected end when deserializing array.",
        };
        self.complaint(sentence, None, "")
    }

    fn unterminated(&self) -> Malformed {
        self.complaint("Unterminated string. Expected delimiter: \".", None, "")
    }

    /// An array closed like an object or the other way round. The library has left the container
    /// when it complains.
    fn closed_wrongly(&mut self, closing: char) -> Malformed {
        let (token, kind) =
            if closing == '}' { ("EndArray", "Object") } else { ("EndObject", "Array") };
        self.next();
        self.path.leave();
        let sentence = format!("JsonToken {token} is not valid for closing JsonType {kind}.");
        self.complaint(&sentence, None, "")
    }

    /// A complaint about one character.
    fn found(&self, before: &str, found: char) -> Malformed {
        self.complaint(before, Some(found.to_string()), ".")
    }

    /// A sentence with its place. What the caller sent is marked as a quote, also in the path.
    fn complaint(&self, before: &str, quote: Option<String>, after: &str) -> Malformed {
        let path = self.path.text();
        // Before its first token the library says line 0, unless it has read part of a line.
        let line = if self.begun || self.position > 0 { self.line } else { 0 };
        let at = format!(", line {line}, position {}.", self.position);
        let sentence = match (quote, super::is_plain_path(&path)) {
            (None, true) => Text::plain(format!("{before}{after} Path '{path}'{at}")),
            (None, false) => {
                Text::quoting(&format!("{before}{after} Path '"), path.clone(), format!("'{at}"))
            }
            (Some(quote), true) => {
                Text::quoting(before, quote, format!("{after} Path '{path}'{at}"))
            }
            (Some(quote), false) => {
                Text::quoting(before, format!("{quote}{after} Path '{path}'"), at)
            }
        };
        Malformed { path, sentence }
    }
}

const ENDED: &str = "Unexpected end when reading JSON.";

/// What may follow a word or number.
fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, ',' | '}' | ']')
}
