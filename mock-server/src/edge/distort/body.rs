//! Bodies that a scenario damages or makes strange. Each change is a pure function of the answer,
//! so the trace shows what the client gets. What cannot be done changes nothing and is said.

use contract::scenario::fault::{BodyChange, BodyFault};
use serde_json::{Value, json};

use super::members::Members;
use crate::edge::encode::Encoded;

/// How much a huge body holds besides what it should.
pub const HUGE: usize = 1 << 20;

/// A status that no page names.
pub const UNKNOWN_STATUS: &str = "ON_HOLD";

/// A member that no page names.
pub const UNKNOWN_MEMBER: &str = "unexpectedMember";

/// The answer with its body changed, or `None` where such a body cannot be changed so.
#[must_use]
pub fn changed(encoded: &Encoded, fault: &BodyFault) -> Option<Encoded> {
    let with = |body: Vec<u8>| Encoded { body, ..encoded.clone() };
    let body = &encoded.body;
    match fault.kind {
        BodyChange::WrongMediaType => encoded
            .media_type
            .map(|_| Encoded { media_type: Some("text/plain; charset=utf-8"), ..encoded.clone() }),
        BodyChange::Html => Some(Encoded {
            media_type: Some("text/html"),
            body: GATEWAY.as_bytes().to_vec(),
            ..encoded.clone()
        }),
        _ if body.is_empty() => None,
        BodyChange::Empty => Some(with(Vec::new())),
        BodyChange::Broken => Some(with(body[..body.len() - 1].to_vec())),
        BodyChange::Truncated => Some(with(body[..body.len() / 2].to_vec())),
        kind => {
            let members = Members::of(body).filter(|members| !members.0.is_empty())?;
            bent(members, kind, fault.member.as_deref()).map(with)
        }
    }
}

fn bent(mut members: Members, kind: BodyChange, member: Option<&str>) -> Option<Vec<u8>> {
    let named = |members: &Members| match member {
        None => Some(0),
        Some(name) => members.0.iter().position(|(known, _)| known == name),
    };
    let has = |members: &Members, name: &str| members.0.iter().any(|(known, _)| known == name);
    match kind {
        BodyChange::Huge => members.set("padding", &json!("x".repeat(HUGE))),
        BodyChange::UnknownMember => members.set(UNKNOWN_MEMBER, &json!({ "since": "tomorrow" })),
        BodyChange::MissingMember => {
            let at = named(&members)?;
            members.0.remove(at);
        }
        BodyChange::WrongType => {
            let at = named(&members)?;
            let (name, value) = (members.0[at].0.clone(), other_type(members.0[at].1.get()));
            members.set(&name, &value);
        }
        BodyChange::DuplicateKey => {
            let at = named(&members)?;
            let (name, value) = &members.0[at];
            let again = (name.clone(), other_type(value.get()));
            members.0.push((again.0, serde_json::value::to_raw_value(&again.1).ok()?));
        }
        BodyChange::UnknownStatus if has(&members, STATUS) => {
            members.set(STATUS, &json!(UNKNOWN_STATUS));
        }
        BodyChange::NullUrl if has(&members, URL) => members.set(URL, &Value::Null),
        _ => return None,
    }
    Some(members.body())
}

const STATUS: &str = "videoIdentificationStatus";
const URL: &str = "videoIdentificationUrl";

/// A value of another JSON type that says something like it.
fn other_type(value: &str) -> Value {
    match serde_json::from_str(value) {
        Ok(Value::Null) => json!({}),
        Ok(Value::Bool(flag)) => json!(flag.to_string()),
        Ok(Value::Number(number)) => json!(number.to_string()),
        Ok(Value::String(_)) => json!(7),
        Ok(Value::Array(_)) => json!("[]"),
        Ok(Value::Object(_)) | Err(_) => json!([]),
    }
}

/// What a proxy in front shows when it loses the service behind it.
const GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n\
    </html>\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"videoIdentificationUrl":"https://x/","videoIdentificationStatus":"STARTED","message":""}"#;

    fn answer(body: &str) -> Encoded {
        let media_type = (!body.is_empty()).then_some("application/json; charset=utf-8");
        Encoded { status: 200, media_type, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    fn text(kind: BodyChange, member: Option<&str>, body: &str) -> Option<String> {
        let fault = BodyFault { kind, member: member.map(str::to_owned) };
        changed(&answer(body), &fault).map(|answer| String::from_utf8(answer.body).unwrap())
    }

    #[test]
    fn every_change_does_what_it_says() {
        let small = r#"{"id":7,"ok":true}"#;
        for (kind, member, body, expected) in [
            (BodyChange::Broken, None, small, r#"{"id":7,"ok":true"#),
            (BodyChange::Truncated, None, small, r#"{"id":7,""#),
            (BodyChange::Empty, None, small, ""),
            (BodyChange::DuplicateKey, None, small, r#"{"id":7,"ok":true,"id":"7"}"#),
            (BodyChange::DuplicateKey, Some("ok"), small, r#"{"id":7,"ok":true,"ok":"true"}"#),
            (BodyChange::WrongType, None, small, r#"{"id":"7","ok":true}"#),
            (BodyChange::WrongType, Some("ok"), small, r#"{"id":7,"ok":"true"}"#),
            (BodyChange::MissingMember, None, small, r#"{"ok":true}"#),
            (BodyChange::MissingMember, Some("ok"), small, r#"{"id":7}"#),
            (
                BodyChange::UnknownMember,
                None,
                small,
                r#"{"id":7,"ok":true,"unexpectedMember":{"since":"tomorrow"}}"#,
            ),
            (BodyChange::WrongMediaType, None, small, small),
            (BodyChange::Html, None, "", GATEWAY),
        ] {
            assert_eq!(text(kind, member, body).as_deref(), Some(expected), "{kind:?}");
        }
        let status = text(BodyChange::UnknownStatus, None, BODY).unwrap();
        assert_eq!(status, BODY.replace("STARTED", UNKNOWN_STATUS));
        let url = text(BodyChange::NullUrl, None, BODY).unwrap();
        assert_eq!(url, BODY.replace("\"https://x/\"", "null"));
        assert!(text(BodyChange::Huge, None, small).unwrap().len() > HUGE);
        let fault = BodyFault { kind: BodyChange::WrongMediaType, member: None };
        let kind = changed(&answer(small), &fault).unwrap().media_type;
        assert_eq!(kind, Some("text/plain; charset=utf-8"));
    }

    #[test]
    fn what_cannot_be_changed_is_left_alone() {
        for kind in BodyChange::ALL {
            let possible = text(*kind, None, "").is_some();
            assert_eq!(possible, *kind == BodyChange::Html, "{kind:?} of an empty body");
        }
        for kind in [
            BodyChange::DuplicateKey,
            BodyChange::WrongType,
            BodyChange::MissingMember,
            BodyChange::Huge,
            BodyChange::UnknownMember,
            BodyChange::UnknownStatus,
            BodyChange::NullUrl,
        ] {
            assert_eq!(text(kind, None, "[1]"), None, "{kind:?} of an array");
            assert_eq!(text(kind, None, "{}"), None, "{kind:?} of an empty object");
        }
        assert_eq!(text(BodyChange::MissingMember, Some("x"), BODY), None);
        assert_eq!(text(BodyChange::UnknownStatus, None, r#"{"id":1}"#), None);
    }
}
