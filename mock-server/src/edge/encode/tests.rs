//! What every answer looks like, and that a reading changes it.
//! The rows are asked as a whole, so that a new one is tested on the day it is written.

use contract::{Edition, When, lists::CodeList, status::IdentificationStatus};
use serde_json::{Value, json};

use super::*;

const TRACE: TraceId = TraceId { trace: 0xABC, span: 0xDEF };

fn context(call: Option<Call>, variants: &Variants) -> Context<'_> {
    let tables = Edition::E2025_09.tables().unwrap();
    Context { tables, variants, call, names: &TraceNames }
}

fn refused(problem: Problem, call: Option<Call>, variants: &Variants) -> Encoded {
    let texts = vec![Text::quoting("The value '", "x", "' is not valid.")];
    let errors = vec![FieldErrors { key: "Email".to_owned(), texts }];
    let refusal = Refusal { problem, errors, header: Some("head".to_owned()) };
    encode(&context(call, variants), &Answer::Refused(refusal, TRACE))
}

fn text(encoded: &Encoded) -> &str {
    std::str::from_utf8(&encoded.body).unwrap()
}

#[test]
fn every_problem_has_its_status_and_no_undeclared_member() {
    let tables = Edition::E2025_09.tables().unwrap();
    for row in tables.refusals() {
        let problem = row.problem;
        let mut variants = Variants::default();
        for When(variant, reading) in row.when {
            variants.choose(variant.row().id, reading).unwrap();
        }
        let call = row.calls.first().copied();
        let encoded = refused(problem, call, &variants);
        let found = tables.problem(problem, call, &variants).unwrap();
        assert!(std::ptr::eq(found, row), "{problem:?} {:?} is never read", row.when);
        assert_eq!(encoded.status, row.status, "{problem:?}");
        let members: Vec<String> = match serde_json::from_slice::<Value>(&encoded.body) {
            Ok(Value::Object(body)) => body.keys().cloned().collect(),
            _ => Vec::new(),
        };
        let expected: &[&str] = match row.family {
            Family::F1 | Family::F2 | Family::F7 if row.status == 400 => {
                &["errors", "status", "title", "traceId", "type"]
            }
            Family::F2Short => &["errors", "status", "title"],
            Family::F4 => {
                &["ANY_ADDITIONAL_PROPERTY", "detail", "instance", "status", "title", "type"]
            }
            Family::Plain if matches!(row.status, 429 | 503) => &["status", "title", "traceId"],
            Family::Plain => &["status", "title", "traceId", "type"],
            Family::OAuth if problem == Problem::InvalidGrant => &["error", "error_description"],
            Family::OAuth => &["error"],
            Family::OAuthDescribed => &["error", "error_description"],
            Family::F3 => &["errorCode", "errorMessage"],
            _ => &[],
        };
        assert_eq!(members, expected, "{problem:?}");
        assert_eq!(encoded.media_type.is_none(), encoded.body.is_empty(), "{problem:?}");
    }
}

#[test]
fn members_stand_in_the_providers_order() {
    let body = refused(Problem::PhoneAlreadyRegistered, None, &Variants::default());
    assert_eq!(
        text(&body),
        "{\"errors\":{\"Error\":[\"Phone already registered\"]},\
         \"type\":\"https://tools.ietf.org/html/rfc7231#section-6.5.1\",\
         \"title\":\"Bad Request\",\"status\":400,\
         \"traceId\":\"00-00000000000000000000000000000abc-0000000000000def-00\"}"
    );
    let short = refused(Problem::InvalidToken, None, &Variants::default());
    assert_eq!(
        text(&short),
        "{\"errors\":{\"Error\":[\"Invalid token.\"]},\"status\":400,\"title\":\"Bad Request\"}"
    );
}

#[test]
fn a_trace_leaves_out_what_the_caller_sent() {
    let body = refused(Problem::Validation, None, &Variants::default());
    assert!(text(&body).contains("The value '<quoted>' is not valid."), "{}", text(&body));
}

#[test]
fn readings_change_the_body() {
    let with = |id: &str, reading: &str| {
        let mut variants = Variants::default();
        variants.choose(id, reading).unwrap();
        variants
    };
    let details = refused(Problem::UserNotFound, None, &with("not-found-body", "problem-details"));
    assert!(text(&details).contains("\"title\":\"Not Found\",\"status\":404"));
    assert!(refused(Problem::UserNotFound, None, &with("not-found-body", "empty")).body.is_empty());
    let array = with("send-confirmation-errors", "array");
    let call = Some(Call::SendEmailConfirmation);
    assert_eq!(
        text(&refused(Problem::EmailMismatch, call, &array)),
        "[{\"propertyName\":\"Error\",\"errorMessage\":\"Email does not match\"}]"
    );
    assert!(text(&refused(Problem::EmailMismatch, None, &array)).starts_with('{'));
    let json = refused(Problem::CertificateRefused, None, &with("mtls-refusal", "http-400-json"));
    assert_eq!(json.status, 400);
    assert!(json.headers.is_empty() && text(&json).contains("mTLS authentication failed."));
    let html = refused(Problem::CertificateRefused, None, &with("mtls-refusal", "http-400-html"));
    assert_eq!((html.status, html.media_type), (400, Some("text/html")));
}

#[test]
fn headers_of_refusals() {
    let none = Variants::default();
    let headers = |problem| refused(problem, None, &none).headers;
    assert_eq!(headers(Problem::Unauthorized), [("www-authenticate", "head".to_owned())]);
    assert_eq!(headers(Problem::MethodNotAllowed), [("allow", "head".to_owned())]);
    assert_eq!(headers(Problem::InvalidScope), not_cached());
    assert!(headers(Problem::InvalidCode).is_empty());
}

#[test]
fn replies() {
    let variants = Variants::default();
    let reply = |call, reply| encode(&context(Some(call), &variants), &Answer::Reply(reply));
    let link = SessionLink { leg: Leg::Signing, session: 2, secret: 9 };
    let status = IdentificationStatus::SignSessionIdSuccessfullyCreated;
    let poll = reply(Call::IdentificationStatus, Reply::Identification { status, url: Some(link) });
    assert_eq!(
        serde_json::from_slice::<Value>(&poll.body).unwrap(),
        json!({
            "videoIdentificationUrl": "<session#2 signing>",
            "videoIdentificationStatus": "SIGN_SESSION_ID_SUCCESSFULLY_CREATED",
            "message": ""
        })
    );
    let created = reply(Call::CreateUser, Reply::UserCreated { id: 7 });
    assert_eq!((created.status, text(&created)), (201, "{\"id\":7}"));
    let sent = reply(Call::SendPhoneCode, Reply::Done);
    assert_eq!((sent.status, sent.media_type, text(&sent)), (204, None, ""));
    let end = reply(Call::Finalize, Reply::Finalized { correlation: 0x1234, individual: 5 });
    assert_eq!(
        text(&end),
        "{\"correlationId\":\"00000000-0000-0000-0000-000000001234\",\"individualId\":5}"
    );
    let list = reply(Call::FinancingMethod, Reply::List(CodeList::FinancingMethod));
    let list: Vec<wire::ListEntry> = serde_json::from_slice(&list.body).unwrap();
    assert_eq!(list[2].value, "3");
}
