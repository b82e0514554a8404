//! Parts of an answer that a scenario replaces: status, headers, members of the JSON object.
//! What is not named stays as it is, in its order.

use contract::scenario::fault::{PATCHABLE, Patch};

use super::members::Members;
use crate::edge::encode::Encoded;

/// The answer with its parts replaced, and whether all of them could be: there are no members to
/// replace where the body is no JSON object.
#[must_use]
pub fn patched(encoded: Encoded, patch: &Patch) -> (Encoded, bool) {
    let Encoded { status, mut media_type, mut headers, body } = encoded;
    for (name, value) in &patch.headers {
        let name = name.to_lowercase();
        let Some(name) = PATCHABLE.iter().find(|known| **known == name) else { continue };
        headers.retain(|(known, _)| known != name);
        if *name == "content-type" {
            media_type = None;
        }
        if !value.is_empty() {
            headers.push((name, value.clone()));
        }
    }
    let wanted = !patch.set.is_empty() || !patch.remove.is_empty();
    let members = wanted.then(|| Members::of(&body)).flatten();
    let done = !wanted || members.is_some();
    let body = members.map_or(body, |mut members| {
        members.0.retain(|(name, _)| !patch.remove.contains(name));
        patch.set.iter().for_each(|(name, value)| members.set(name, value));
        members.body()
    });
    (Encoded { status: patch.status.unwrap_or(status), media_type, headers, body }, done)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer() -> Encoded {
        Encoded {
            status: 201,
            media_type: Some("application/json"),
            headers: vec![("cache-control", "no-store".to_owned())],
            body: br#"{"id":100001,"a":{"z":1,"b":2}}"#.to_vec(),
        }
    }

    fn patch(value: serde_json::Value) -> Patch {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn members_are_replaced_in_place_and_the_rest_keeps_its_bytes() {
        let patch = patch(json!({ "set": { "id": "x", "new": null }, "remove": ["gone"] }));
        let body = patched(answer(), &patch).0.body;
        assert_eq!(String::from_utf8_lossy(&body), r#"{"id":"x","a":{"z":1,"b":2},"new":null}"#);
        let patch = self::patch(json!({ "remove": ["id"] }));
        let body = patched(answer(), &patch).0.body;
        assert_eq!(String::from_utf8_lossy(&body), r#"{"a":{"z":1,"b":2}}"#);
    }

    #[test]
    fn status_and_headers_are_replaced_or_taken_away() {
        let patch = patch(json!({
            "status": 200,
            "headers": { "Cache-Control": "", "content-type": "text/plain", "retry-after": "9" }
        }));
        let (patched, done) = patched(answer(), &patch);
        assert!(done);
        assert_eq!((patched.status, patched.media_type), (200, None));
        let wanted = [("content-type", "text/plain"), ("retry-after", "9")];
        assert_eq!(patched.headers, wanted.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(patched.body, answer().body);
    }

    #[test]
    fn a_body_that_is_no_object_stays() {
        let patch = patch(json!({ "set": { "id": 1 } }));
        for body in ["", "[]", "<html>", "7"] {
            let encoded = Encoded { body: body.as_bytes().to_vec(), ..answer() };
            assert_eq!(patched(encoded.clone(), &patch), (encoded, false), "{body}");
        }
    }
}
