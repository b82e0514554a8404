//! A path as the framework's server hands it to the routing (Kestrel; assumed): percent-encoding
//! is undone once, dot segments are resolved, and an encoded slash stays as it was sent.

use std::borrow::Cow;

/// The path to route by, or `None` for one that no server should accept: it holds an encoded zero.
#[must_use]
pub fn normal(raw: &str) -> Option<Cow<'_, str>> {
    let path = if raw.contains('%') { Cow::Owned(decoded(raw)?) } else { Cow::Borrowed(raw) };
    // Looked for in one sweep, since every request comes through here and hardly any has one.
    let dotted =
        path.contains("/.") && path.split('/').any(|segment| matches!(segment, "." | ".."));
    Some(if dotted { Cow::Owned(without_dots(&path)) } else { path })
}

/// What cannot be decoded, be it no hex or no UTF-8, stays as it is.
fn decoded(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match character(rest) {
            Some(('\0', _)) => return None,
            Some((character, length)) => {
                text.push(character);
                length
            }
            None => {
                text.push('%');
                1
            }
        };
        rest = &rest[length..];
    }
    text.push_str(rest);
    Some(text)
}

/// The character that stands encoded at the front, and how much of the text it takes.
fn character(text: &str) -> Option<(char, usize)> {
    let mut bytes = Vec::with_capacity(4);
    for group in text.as_bytes().chunks(3).take(4) {
        let &[b'%', high, low] = group else { break };
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|n| u8::try_from(n).ok());
        let (Some(high), Some(low)) = (digit(high), digit(low)) else { break };
        bytes.push(high << 4 | low);
        if let Ok(found) = std::str::from_utf8(&bytes) {
            let found = found.chars().next()?;
            return (found != '/').then_some((found, bytes.len() * 3));
        }
    }
    None
}

fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "." => {}
            // The first is the empty one before the leading slash.
            ".." if kept.len() > 1 => drop(kept.pop()),
            ".." => {}
            other => kept.push(other),
        }
    }
    if path.ends_with("/.") || path.ends_with("/..") {
        kept.push("");
    }
    kept.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_as_the_framework_reads_them() {
        for (raw, read) in [
            ("/User", "/User"),
            ("/%55ser", "/User"),
            ("/User/%31/status", "/User/1/status"),
            ("/User/%7Bid%7D/status", "/User/{id}/status"),
            ("/a%2Fb%2fc", "/a%2Fb%2fc"),
            ("/%D0%B8%d0%b2", "/\u{438}\u{432}"),
            ("/%2531", "/%31"),
            ("/%", "/%"),
            ("/%4", "/%4"),
            ("/%zz%41", "/%zzA"),
            ("/%FF%41", "/%FFA"),
            ("/%D0", "/%D0"),
            ("/User/./1/../2/status", "/User/2/status"),
            ("/../../User", "/User"),
            ("/User/%2e%2e/x", "/x"),
            ("/User/.", "/User/"),
            ("*", "*"),
        ] {
            assert_eq!(normal(raw).unwrap(), read, "{raw}");
        }
        assert_eq!(normal("/User/%00"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(raw in "(/|[%./]|[0-9A-Fa-f]{1,3}|\\PC){0,40}") {
            let read = normal(&raw);
            proptest::prop_assert!(read.is_none_or(|path| !path.contains('\0')));
        }
    }
}
