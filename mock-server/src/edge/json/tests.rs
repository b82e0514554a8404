//! Broken texts with the library's exact sentences, then what may not be refused.

use super::*;

fn complaint(text: &str) -> String {
    read(text.as_bytes()).unwrap_err().sentence.full()
}

/// Text, sentence, and the place in the form `path:line:position`.
const BROKEN: &[(&str, &str, &str)] = &[
    ("x", "Unexpected character encountered while parsing value: x.", ":0:0"),
    (" x", "Unexpected character encountered while parsing value: x.", ":1:1"),
    ("\nx", "Unexpected character encountered while parsing value: x.", ":0:0"),
    ("\u{1}", "Unexpected character encountered while parsing value: \u{1}.", ":0:0"),
    ("{\"a\":x}", "Unexpected character encountered while parsing value: x.", "a:1:5"),
    ("[x", "Unexpected character encountered while parsing value: x.", ":1:1"),
    ("[1,x", "Unexpected character encountered while parsing value: x.", "[0]:1:3"),
    (
        "{\"a\":{\"b\":[{\"c\":?}]}}",
        "Unexpected character encountered while parsing value: ?.",
        "a.b[0].c:1:16",
    ),
    ("{\"a b\":x}", "Unexpected character encountered while parsing value: x.", "['a b']:1:7"),
    (
        "{\n\"a\"\n}",
        "Invalid character after parsing property name. Expected ':' but got: }.",
        ":3:0",
    ),
    (
        "{\"a\":1,\"b\"}",
        "Invalid character after parsing property name. Expected ':' but got: }.",
        "a:1:10",
    ),
    ("{\"email\": \"anna@exa", "Unterminated string. Expected delimiter: \".", "email:1:19"),
    ("{\"a\": \"x\\", "Unterminated string. Expected delimiter: \".", "a:1:9"),
    ("{\"a", "Unterminated string. Expected delimiter: \".", ":1:3"),
    ("{", "Unexpected end when deserializing object.", ":1:1"),
    ("{\"a\": 1", "Unexpected end when deserializing object.", "a:1:7"),
    ("{\"a\":[1,", "Unexpected end when deserializing array.", "a[0]:1:8"),
    (" ", "Unexpected end when reading JSON.", ":1:1"),
    ("{\"a\": tr", "Unexpected end when reading JSON.", "a:1:8"),
    (
        "{\"a\": 1 \"b\": 2}",
        "After parsing a value an unexpected character was encountered: \".",
        "a:1:8",
    ),
    ("{\"a\":[1]]", "JsonToken EndArray is not valid for closing JsonType Object.", ":1:9"),
    ("[{\"a\":1},2}", "JsonToken EndObject is not valid for closing JsonType Array.", ":1:11"),
    ("{a: 1}", "Invalid property identifier character: a.", ":1:1"),
    ("{'a': 1}", "Invalid property identifier character: '.", ":1:1"),
    ("{\"a\": 1,}", "Invalid property identifier character: }.", "a:1:8"),
    ("[1,]", "Unexpected character encountered while parsing value: ].", "[0]:1:3"),
    ("/**/1", "Unexpected character encountered while parsing value: /.", ":0:0"),
    ("{} x", "Additional text encountered after finished reading JSON content: x.", ":1:3"),
    ("7\nx", "Additional text encountered after finished reading JSON content: x.", ":2:0"),
    ("{\"a\": 01}", "Input string '01' is not a valid number.", "a:1:8"),
    ("{\"a\": -}", "Input string '-' is not a valid number.", "a:1:7"),
    ("{\"a\": 1.e}", "Input string '1.e' is not a valid number.", "a:1:9"),
    ("{\"a\": 12g}", "Unexpected character encountered while parsing number: g.", "a:1:8"),
    ("{\"a\": trux}", "Error parsing boolean value.", "a:1:9"),
    ("{\"a\": truex}", "Error parsing boolean value.", "a:1:10"),
    ("[nope]", "Unexpected character encountered while parsing value: n.", ":1:1"),
    ("{\"a\": nuul}", "Error parsing null value.", "a:1:8"),
    ("{\"a\": \"\\x\"}", "Bad JSON escape sequence: \\x.", "a:1:9"),
    ("{\"a\": \"\\u12G4\"}", "Invalid Unicode escape sequence: \\u12G4.", "a:1:9"),
    ("\"\\u12", "Unexpected end while parsing Unicode escape sequence.", ":1:3"),
];

#[test]
fn says_what_the_library_says() {
    for (text, sentence, place) in BROKEN {
        let mut place = place.rsplitn(3, ':');
        let (position, line, path) =
            (place.next().unwrap(), place.next().unwrap(), place.next().unwrap());
        let expected = format!("{sentence} Path '{path}', line {line}, position {position}.");
        assert_eq!(complaint(text), expected, "{text}");
        assert_eq!(read(text.as_bytes()).unwrap_err().path, path, "{text}");
    }
}

#[test]
fn a_trace_shows_nothing_that_the_caller_wrote() {
    let discreet = |text: &str| read(text.as_bytes()).unwrap_err().sentence.discreet();
    for (text, shown) in [
        ("{\"a\":x}", "parsing value: <quoted>. Path 'a', line 1, position 5."),
        ("{\"714982\":x}", "parsing value: <quoted>, line 1, position 10."),
        ("{\"714982\":\"", "delimiter: \". Path '<quoted>', line 1, position 11."),
        ("{\"a\":71498x}", "Input string '<quoted>' is not a valid number. Path 'a', line 1,"),
    ] {
        let found = discreet(text);
        assert!(found.contains(shown) && !found.contains("7149"), "{found}");
    }
}

#[test]
fn depth_is_bounded() {
    let deep = "[".repeat(100_000);
    let path = "[0]".repeat(MAX_DEPTH);
    let expected = format!(
        "The reader's MaxDepth of 64 has been exceeded. Path '{path}', line 1, position 65."
    );
    assert_eq!(complaint(&deep), expected);
    let allowed = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(read(allowed.as_bytes()).is_ok());
}

#[test]
fn reads_values() {
    let node =
        read(br#" {"a": [1, -2.5e3, null, true], "B": {"c": "\u0041\ud83d\ude00\n"}} "#).unwrap();
    let expected = serde_json::json!({"a": [1, -2500.0, null, true], "B": {"c": "A\u{1F600}\n"}});
    assert_eq!(node.to_value(), expected);
    let (found, sent) = node.find("b.C").unwrap();
    assert_eq!((found.value.clone(), sent.as_str()), (Value::Text("A\u{1F600}\n".into()), "B.c"));
}

#[test]
fn the_last_duplicate_wins_and_positions_are_those_after_the_token() {
    let node = read(br#"{"id": "abc", "id": 7, "data": { "x": [] }}"#).unwrap();
    let (id, _) = node.find("id").unwrap();
    assert_eq!(id.value, Value::Number("7".into()));
    assert_eq!((id.line, id.position), (1, 21));
    assert_eq!(node.find("data").unwrap().0.position, 32);
    assert_eq!(node.position, 1);
}

#[test]
fn broken_bytes_are_refused_and_broken_surrogates_replaced() {
    for body in [&b"{\"a\": \"\xff\"}"[..], b"\xff", b"\"\xed\xa0\x80\""] {
        let refused = read(body).unwrap_err();
        assert_eq!(
            (refused.path.as_str(), refused.sentence.full().as_str()),
            ("", "The input was not valid.")
        );
    }
    assert_eq!(read(b"\"\\ud800\"").unwrap().value, Value::Text("\u{fffd}".into()));
    assert_eq!(read("\u{feff}7".as_bytes()).unwrap().value, Value::Number("7".into()));
}
