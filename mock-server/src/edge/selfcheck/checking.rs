//! The check itself: status, headers, media type and body of an answer against the document.
//! Validators are compiled when they are first needed and kept for the life of the process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use contract::{Call, Edition, Tables, openapi};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::edge::encode::Encoded;

/// The answer if the document declares it; otherwise a 500 that says what is undeclared.
pub(crate) fn checked(tables: &'static Tables, call: Option<Call>, encoded: Encoded) -> Encoded {
    static KNOWN: [OnceLock<Checker>; Edition::ALL.len()] =
        [const { OnceLock::new() }; Edition::ALL.len()];
    let known = &KNOWN[tables.edition as usize];
    let checker = known.get_or_init(|| Checker::new(openapi::document(tables)));
    replaced(&checker.complaints(call, &encoded), call, encoded)
}

fn replaced(complaints: &[String], call: Option<Call>, encoded: Encoded) -> Encoded {
    if complaints.is_empty() {
        return encoded;
    }
    let call = call.map_or("no call", Call::name);
    let what = complaints.join("; ");
    tracing::error!(call, status = encoded.status, what, "undeclared answer");
    let status = encoded.status;
    Encoded {
        status: 500,
        media_type: Some("text/plain; charset=utf-8"),
        headers: Vec::new(),
        body: format!("undeclared answer of {call} with status {status}: {what}\n").into_bytes(),
    }
}

type Key = (Option<Call>, u16, String);

/// A document with what was compiled from it.
struct Checker {
    document: Value,
    validators: Mutex<HashMap<Key, Arc<Validator>>>,
}

impl Checker {
    fn new(document: Value) -> Self {
        Self { document, validators: Mutex::default() }
    }

    /// What the document does not declare of an answer.
    fn complaints(&self, call: Option<Call>, encoded: &Encoded) -> Vec<String> {
        let responses = self.responses(call);
        let response = &responses[encoded.status.to_string()];
        if !response.is_object() {
            return vec![format!("status {} is undeclared", encoded.status)];
        }
        let mut complaints = self.header_complaints(call, encoded, &response["headers"]);
        complaints.extend(self.body_complaint(call, encoded, response));
        complaints
    }

    fn responses(&self, call: Option<Call>) -> &Value {
        let Some(call) = call else { return &self.document["x-any-other-path"]["responses"] };
        let paths = self.document["paths"].as_object().into_iter().flat_map(Map::values);
        let mut operations = paths.filter_map(Value::as_object).flat_map(Map::values);
        let own = operations.find(|operation| operation["operationId"] == call.name());
        own.map_or(&Value::Null, |operation| &operation["responses"])
    }

    fn header_complaints(
        &self,
        call: Option<Call>,
        encoded: &Encoded,
        declared: &Value,
    ) -> Vec<String> {
        let none = Map::new();
        let declared = declared.as_object().unwrap_or(&none);
        let sent =
            |name: &str| encoded.headers.iter().find(|(sent, _)| sent.eq_ignore_ascii_case(name));
        let missing = declared
            .iter()
            .filter(|(name, header)| header["required"] == true && sent(name.as_str()).is_none());
        let missing = missing.map(|(name, _)| format!("the header {name} is missing"));
        let wrong = encoded.headers.iter().filter_map(|(name, value)| {
            let found = declared.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            let Some((_, header)) = found else {
                return Some(format!("the header {name} is undeclared"));
            };
            let key = (call, encoded.status, format!("header {name}"));
            self.complaint(key, &header["schema"], &json!(value))
                .map(|told| format!("the header {name}: {told}"))
        });
        missing.chain(wrong).collect()
    }

    fn body_complaint(
        &self,
        call: Option<Call>,
        encoded: &Encoded,
        response: &Value,
    ) -> Option<String> {
        let Some(media_type) = encoded.media_type else {
            let rows = response["x-rows"].as_array();
            let may_be_empty = rows.into_iter().flatten().any(|row| row["body"] == false);
            let is_declared = encoded.body.is_empty() && may_be_empty;
            return (!is_declared).then(|| "a body without type, or none at all".to_owned());
        };
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let declared = &response["content"][essence];
        if !declared.is_object() {
            return Some(format!("the media type {essence} is undeclared"));
        }
        let body = if essence.ends_with("json") {
            match serde_json::from_slice(&encoded.body) {
                Ok(body) => body,
                Err(error) => return Some(format!("the body is no JSON: {error}")),
            }
        } else {
            String::from_utf8_lossy(&encoded.body).into_owned().into()
        };
        self.complaint((call, encoded.status, essence.to_owned()), &declared["schema"], &body)
            .map(|told| format!("the body: {told}"))
    }

    fn complaint(&self, key: Key, schema: &Value, value: &Value) -> Option<String> {
        let validator = match self.validator(key, schema) {
            Ok(validator) => validator,
            Err(error) => return Some(format!("its schema cannot be used: {error}")),
        };
        validator
            .validate(value)
            .err()
            .map(|error| format!("{error} at '{}'", error.instance_path()))
    }

    fn validator(&self, key: Key, schema: &Value) -> Result<Arc<Validator>, String> {
        let known = || self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&key) {
            return Ok(Arc::clone(found));
        }
        let compiled = jsonschema::validator_for(&self.alone(schema));
        let compiled = Arc::new(compiled.map_err(|error| error.to_string())?);
        known().insert(key, Arc::clone(&compiled));
        Ok(compiled)
    }

    /// A schema with those components that it refers to.
    fn alone(&self, schema: &Value) -> Value {
        let mut needed = Map::new();
        self.gather(schema, &mut needed);
        json!({ "allOf": [schema], "components": { "schemas": needed } })
    }

    fn gather(&self, schema: &Value, needed: &mut Map<String, Value>) {
        match schema {
            Value::Object(members) => {
                let name = members.get("$ref").and_then(Value::as_str);
                let name = name.and_then(|name| name.strip_prefix("#/components/schemas/"));
                if let Some(name) = name {
                    let component = &self.document["components"]["schemas"][name];
                    needed.insert(name.to_owned(), component.clone());
                }
                members.values().for_each(|member| self.gather(member, needed));
            }
            Value::Array(items) => items.iter().for_each(|item| self.gather(item, needed)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json; charset=utf-8");

    fn encoded(status: u16, media_type: Option<&'static str>, body: &str) -> Encoded {
        Encoded { status, media_type, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    fn with_header(encoded: Encoded, name: &'static str, value: &str) -> Encoded {
        Encoded { headers: vec![(name, value.to_owned())], ..encoded }
    }

    fn told(call: impl Into<Option<Call>>, encoded: Encoded) -> Encoded {
        checked(Edition::DEFAULT.tables().unwrap(), call.into(), encoded)
    }

    #[test]
    fn declared_answers_pass_as_they_are() {
        let bad_token = with_header(encoded(401, None, ""), "www-authenticate", "Bearer");
        for (call, answer) in [
            (Some(Call::CreateUser), encoded(201, JSON, r#"{"id":2072}"#)),
            (Some(Call::SendPhoneCode), encoded(204, None, "")),
            (Some(Call::SendPhoneCode), encoded(200, JSON, "{}")),
            (Some(Call::CreateUser), bad_token),
            (None, encoded(404, None, "")),
        ] {
            assert_eq!(told(call, answer.clone()), answer);
        }
    }

    #[test]
    fn undeclared_answers_become_a_500_that_says_what_is_undeclared() {
        let created = || encoded(201, JSON, r#"{"id":2072}"#);
        let allowing = |value| with_header(encoded(405, None, ""), "allow", value);
        for (answer, complaint) in [
            (encoded(418, None, ""), "status 418"),
            (encoded(201, JSON, r#"{"id":2072,"name":"x"}"#), "name"),
            (encoded(201, JSON, r#"{"id":"2072"}"#), "/id"),
            (encoded(201, JSON, r#"{"id":99999999999}"#), "/id"),
            (encoded(201, JSON, "{}"), "\"id\""),
            (encoded(201, JSON, "{"), "no JSON"),
            (encoded(201, Some("text/html"), "<html>"), "text/html"),
            (encoded(201, None, ""), "none at all"),
            (encoded(500, None, "oops"), "a body without type"),
            (with_header(created(), "x-powered-by", "mock"), "x-powered-by is undeclared"),
            (encoded(405, None, ""), "Allow is missing"),
            (allowing("whatever"), "the header allow"),
            (encoded(400, JSON, r#"{"errors":{"Colour":["x"]},"title":"x"}"#), "the body"),
        ] {
            let told = told(Call::CreateUser, answer);
            let text = String::from_utf8(told.body).unwrap();
            assert_eq!((told.status, told.media_type), (500, Some("text/plain; charset=utf-8")));
            assert!(
                text.contains(complaint) && text.contains("create-user"),
                "{complaint}: {text}"
            );
        }
        assert_eq!(told(None, created()).status, 500);
    }

    #[test]
    fn no_call_of_any_edition_is_let_through() {
        for tables in Edition::served().filter_map(Edition::tables) {
            for row in tables.endpoints {
                let undeclared = checked(tables, Some(row.call), encoded(418, None, ""));
                assert_eq!(undeclared.status, 500, "{} {}", tables.edition, row.call);
            }
        }
    }

    #[test]
    fn pages_and_challenges_are_held_to_their_headers() {
        let tables = Edition::E2026_05.tables().unwrap();
        let guarded = |names: &[&'static str]| {
            let known = [
                ("content-security-policy", "default-src 'none'; style-src 'self'"),
                ("referrer-policy", "no-referrer"),
                ("x-content-type-options", "nosniff"),
                ("cache-control", "no-store, no-cache, max-age=0"),
                ("pragma", "no-cache"),
            ];
            let mut page = encoded(200, Some("text/html; charset=utf-8"), "<!DOCTYPE html>");
            let kept = known.into_iter().filter(|(name, _)| !names.contains(name));
            page.headers = kept.map(|(name, value)| (name, value.to_owned())).collect();
            page
        };
        for call in [Call::Authorize, Call::EndSession] {
            let status = |answer| checked(tables, Some(call), answer).status;
            assert_eq!(status(guarded(&[])), 200, "{call}");
            for lost in ["content-security-policy", "x-content-type-options", "cache-control"] {
                assert_eq!(status(guarded(&[lost])), 500, "{call} without {lost}");
            }
            assert_eq!(status(encoded(302, None, "")), 500, "{call}: nowhere to go");
            let mut strange = guarded(&[]);
            strange.headers.push(("set-cookie", "tracker=1".to_owned()));
            assert_eq!(status(strange), 500, "{call}: a cookie of another name");
        }
        let claims = |answer| checked(tables, Some(Call::UserInfo), answer).status;
        let challenged =
            |status, value| with_header(encoded(status, None, ""), "www-authenticate", value);
        assert_eq!(claims(encoded(401, None, "")), 500, "a challenge is missing");
        assert_eq!(claims(challenged(401, "Bearer error=\"invalid_token\"")), 401);
        assert_eq!(claims(challenged(403, "Bearer error=\"insufficient_scope\"")), 403);
        assert_eq!(claims(challenged(403, "Basic")), 500);
    }

    #[test]
    fn a_call_that_the_edition_lacks_has_no_declared_answer() {
        let checker = Checker::new(json!({ "paths": {} }));
        assert_eq!(checker.complaints(Some(Call::CreateUser), &encoded(200, None, "")).len(), 1);
    }
}
