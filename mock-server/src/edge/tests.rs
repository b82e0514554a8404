//! Decoding and encoding together: the sentences that the provider's pages show, byte for byte.

use contract::{
    Call, Edition, Problem, Variants,
    problem::{Refusal, Text},
    wire,
};
use sim::{
    Answer,
    outcome::{Grant, SessionLink, TraceId},
};

use super::{
    decode::{Raw, decode},
    encode::{Context, Names, encode},
};

/// Names as a client gets them; these answers have only sentences.
struct Plain;

impl Names for Plain {
    fn url(&self, _: &SessionLink) -> String {
        unreachable!("no session in a refusal")
    }

    fn token(&self, _: &Grant) -> String {
        unreachable!("no token in a refusal")
    }

    fn discovery(&self) -> String {
        unreachable!("no document in a refusal")
    }

    fn jwks(&self) -> String {
        unreachable!("no document in a refusal")
    }

    fn text(&self, text: &Text) -> String {
        text.full()
    }
}

fn answer(call: Call, refusal: Refusal) -> (u16, String) {
    let trace =
        TraceId { trace: 0x515d_7188_d11b_c727_bd3a_370e_e0cd_1616, span: 0x2be0_49b5_80ab_15d0 };
    let tables = Edition::E2025_09.tables().unwrap();
    let variants = Variants::default();
    let context = Context { tables, variants: &variants, call: Some(call), names: &Plain };
    let encoded = encode(&context, &Answer::Refused(refusal, trace));
    assert_eq!(encoded.media_type, Some("application/problem+json; charset=utf-8"));
    (encoded.status, String::from_utf8(encoded.body).unwrap())
}

fn refused(call: Call, body: &str) -> Refusal {
    let row = Edition::E2025_09.tables().unwrap().endpoint(call).unwrap();
    let raw = Raw { media_type: Some("application/json"), body: body.as_bytes() };
    decode(row, &[], &raw, &Variants::default()).ask.unwrap_err()
}

fn errors(errors: &str, title: &str) -> String {
    format!(
        "{{\"errors\":{errors},\"type\":\"https://tools.ietf.org/html/rfc7231#section-6.5.1\",\
         \"title\":\"{title}\",\"status\":400,\
         \"traceId\":\"00-515d7188d11bc727bd3a370ee0cd1616-2be049b580ab15d0-00\"}}"
    )
}

#[test]
fn refused_fields_are_worded_as_on_the_pages() {
    let address = r#"{"Email":["Invalid email address"]}"#;
    let no_address = r#"{"Email":["The Email field is required.","Email address is required"]}"#;
    let no_token = r#"{"Token":["The Token field is required."]}"#;
    let no_code = r#"{"Code":["The Code field is required."]}"#;
    for (call, sent, shown) in [
        (Call::CreateUser, r#"{"merchantId":9101,"email":"client.name"}"#, address),
        (Call::SendEmailConfirmation, r#"{"id":123,"email":"client.name"}"#, address),
        (Call::CreateUser, r#"{"merchantId":9101,"email":""}"#, no_address),
        (Call::ConfirmEmail, r#"{"id":123}"#, no_token),
        (Call::ConfirmEmail, r#"{"id":123,"token":null}"#, no_token),
        (Call::ConfirmEmail, r#"{"id":123,"token":""}"#, no_token),
        (Call::VerifyPhone, r#"{"id":123,"code":""}"#, no_code),
    ] {
        let expected = errors(shown, "One or more validation errors occurred.");
        assert_eq!(answer(call, refused(call, sent)), (400, expected), "{call} {sent}");
    }
}

#[test]
fn broken_json_is_worded_as_on_the_pages() {
    let sentence = "Invalid character after parsing property name. Expected ':' but got: }. \
                    Path '', line 3, position 0.";
    let shown =
        format!("{{\"\":[\"{sentence}\"],\"request\":[\"The request field is required.\"]}}");
    assert_eq!(
        answer(Call::Finalize, refused(Call::Finalize, "{\r\n  \"userId\"\r\n}")),
        (400, errors(&shown, "One or more validation errors occurred."))
    );
}

#[test]
fn broken_rules_are_worded_as_on_the_pages() {
    for (call, problem, text) in [
        (Call::SendPhoneCode, Problem::PhoneAlreadyRegistered, "Phone already registered"),
        (Call::VerifyPhone, Problem::InvalidCode, "Invalid code."),
    ] {
        let expected = errors(&format!("{{\"Error\":[\"{text}\"]}}"), "Bad Request");
        assert_eq!(answer(call, Refusal::new(problem)), (400, expected), "{problem:?}");
    }
    let short = r#"{"errors":{"Error":["Invalid token."]},"status":400,"title":"Bad Request"}"#;
    let token = answer(Call::ConfirmEmail, Refusal::new(Problem::InvalidToken));
    assert_eq!(token, (400, short.to_owned()));
    let missing = answer(Call::SendPhoneCode, Refusal::new(Problem::UserNotFound));
    assert_eq!(missing, (404, wire::ALL_NULL_PROBLEM.to_owned()));
}
