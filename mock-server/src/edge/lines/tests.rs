//! Entries made by hand, so that each kind of line is seen once.

use std::{sync::Arc, time::Duration};

use contract::{
    Edition, Problem,
    message::MessageKind,
    problem::{FieldErrors, Refusal, Text},
    trace::Leg,
};
use serde_json::json;
use sim::{
    Envelope, Reply,
    command::{Bearer, RimRequest, TokenRequest},
    outcome::{Asked as Kept, Grant, SessionLink, TraceId},
};

use super::*;

const TRACE: TraceId = TraceId { trace: 1, span: 2 };
const LATER: u64 = 5;

fn later() -> Instant {
    Instant::STEPPED_START + Duration::from_secs(LATER)
}

/// An entry as the world keeps it of a user that exists.
fn entry(command: Command, answer: Answer) -> Entry {
    let (path, user) = match &command {
        Command::Api(request) => {
            (request.path.clone(), request.ask.as_ref().ok().and_then(Ask::user))
        }
        Command::Rim(request) => (Some(request.path.clone()), None),
        _ => (None, None),
    };
    Entry {
        step: 7,
        at: later(),
        due: Vec::new(),
        asked: Kept {
            envelope: Envelope::own(command),
            bearer: None,
            body: None,
            path: path.map(Into::into),
            subject: user.map_or(Subject::Nobody, Subject::User),
        },
        answer,
        happenings: Vec::new(),
        play: None,
    }
}

fn api(call: Call, ask: Result<Ask, Refusal>, path: Option<&str>) -> Command {
    Command::Api(ApiRequest {
        call,
        bearer: Bearer::Issued(1),
        ask,
        path: path.map(str::to_owned),
        media_type: Some("application/json".to_owned()),
        body: None,
    })
}

fn lines_of(entry: &Entry) -> Vec<Line> {
    lines(Edition::E2025_09.tables().unwrap(), &Variants::default(), entry)
}

fn exchange_of(entry: &Entry) -> Exchange {
    let mut lines = lines_of(entry).into_iter();
    match (lines.next(), lines.next()) {
        (Some(Line::Decision(Decision { what: Decided::Exchange(exchange), .. })), None) => {
            *exchange
        }
        other => panic!("{other:?}"),
    }
}

fn poll() -> Entry {
    let ask = Ask::IdentificationStatus { user: 9, user_type: 1, completed: true };
    let url = Some(SessionLink { leg: Leg::Signing, session: 3, secret: 0xDEAD });
    let status = contract::status::IdentificationStatus::SignSessionIdSuccessfullyCreated;
    let answer = Answer::Reply(Reply::Identification { status, url });
    entry(api(Call::IdentificationStatus, Ok(ask), None), answer)
}

#[test]
fn what_fell_due_comes_first_and_what_was_caused_last() {
    let moved = Happening::Moved {
        user: 9,
        session: 3,
        from: Some("signing-processing"),
        to: "signed",
        by: "time",
    };
    let sent =
        Happening::Sent { user: 9, kind: MessageKind::PhoneVerification, ordinal: 2, fate: None };
    let entry =
        Entry { due: vec![(Instant::STEPPED_START, moved)], happenings: vec![sent], ..poll() };
    let told: Vec<_> = lines_of(&entry)
        .into_iter()
        .map(|line| match line {
            Line::Decision(Decision { step: 7, at, what }) => {
                let what = serde_json::to_value(what).unwrap();
                (at, what.as_object().unwrap().keys().next().unwrap().clone())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            (Instant::STEPPED_START, "moved".to_owned()),
            (later(), "exchange".to_owned()),
            (later(), "sent".to_owned()),
        ]
    );
}

#[test]
fn an_exchange_has_its_ids_in_the_path_and_labels_in_the_body() {
    let exchange = exchange_of(&poll());
    assert_eq!(exchange.path, "/Enrollment/9/1/true/get-identification-process-status");
    assert_eq!((exchange.user, exchange.method.as_str()), (Some(9), "GET"));
    assert_eq!((exchange.status, exchange.row.as_deref()), (200, Some("success")));
    assert_eq!(
        exchange.answer,
        Some(json!({
            "videoIdentificationUrl": "<session#3 signing>",
            "videoIdentificationStatus": "SIGN_SESSION_ID_SUCCESSFULLY_CREATED",
            "message": ""
        }))
    );
}

#[test]
fn a_path_that_could_not_be_read_is_shown_as_the_decoder_shows_it() {
    let texts = vec![Text::quoting("The value '", "hunter2", "' is not valid.")];
    let errors = vec![FieldErrors { key: "id".to_owned(), texts }];
    let refusal = Refusal::of_fields(Problem::Validation, errors);
    let path = "/User/<unlisted 7 characters>/status";
    let command = api(Call::UserStatus, Err(refusal.clone()), Some(path));
    let exchange = exchange_of(&entry(command, Answer::Refused(refusal, TRACE)));
    assert_eq!((exchange.path.as_str(), exchange.user), (path, None));
    assert_eq!((exchange.status, exchange.row.as_deref()), (400, Some("validation")));
    let answer = exchange.answer.unwrap();
    assert_eq!(answer["errors"], json!({"id": ["The value '<quoted>' is not valid."]}));
}

#[test]
fn a_strangers_member_names_stay_out_of_the_answer() {
    for (variants, call) in
        [("problem", Call::SendEmailConfirmation), ("array", Call::SendEmailConfirmation)]
    {
        let texts = vec![Text::plain("broken")];
        let errors = ["714982", "additionalData.data"]
            .map(|key| FieldErrors { key: key.to_owned(), texts: texts.clone() });
        let refusal = Refusal::of_fields(Problem::MalformedJson, errors.to_vec());
        let command = api(call, Err(refusal.clone()), None);
        let entry = entry(command, Answer::Refused(refusal, TRACE));
        let mut chosen = Variants::default();
        chosen.choose("send-confirmation-errors", variants).unwrap();
        let lines = lines(Edition::E2025_09.tables().unwrap(), &chosen, &entry);
        let text = lines[0].to_json();
        assert!(!text.contains("714982"), "{text}");
        assert!(text.contains("<unlisted six digits>") && text.contains("additionalData.data"));
    }
}

#[test]
fn a_token_is_a_label_and_its_headers_are_kept() {
    let grant = Grant {
        number: 4,
        jti: 0xBEEF,
        client_id: "client".to_owned(),
        scopes: vec!["Tenn.CRM".to_owned()],
        issued_at: later(),
        expires_at: later() + Duration::from_secs(3600),
        confirmation: "THUMBPRINT".to_owned(),
        person: None,
    };
    let request = TokenRequest {
        call: Call::MtlsToken,
        method: "POST".to_owned(),
        media_type: None,
        form: None,
        basic: None,
    };
    let answer = Answer::Reply(Reply::Token(Arc::new(grant)));
    let mut entry = entry(Command::Token(request), answer);
    entry.asked.body = Some(Box::new(json!({"grant_type": "client_credentials"})));
    let exchange = exchange_of(&entry);
    assert_eq!((exchange.host, exchange.path.as_str()), (Host::Auth, "/connect/mtls/token"));
    assert_eq!(exchange.request, Some(json!({"grant_type": "client_credentials"})));
    assert_eq!(
        exchange.answer,
        Some(json!({
            "access_token": "<token#4>", "expires_in": 3600, "token_type": "Bearer",
            "scope": "Tenn.CRM"
        }))
    );
    let headers: Vec<_> = exchange.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(headers, ["cache-control", "pragma"]);
}

#[test]
fn requests_that_no_row_serves_are_told_as_they_came() {
    let refusal = Refusal::with_header(Problem::MethodNotAllowed, "GET".to_owned());
    let command = Command::Rim(RimRequest {
        host: Host::Api,
        call: Some(Call::UserStatus),
        method: "DELETE".to_owned(),
        path: "/User/7/status".to_owned(),
        refusal: refusal.clone(),
    });
    let exchange = exchange_of(&entry(command, Answer::Refused(refusal, TRACE)));
    assert_eq!((exchange.method.as_str(), exchange.status, exchange.answer), ("DELETE", 405, None));
    assert_eq!(exchange.headers, [("allow".to_owned(), "GET".to_owned())]);
}

#[test]
fn documents_are_labels_and_the_clock_makes_no_exchange() {
    let discovery =
        exchange_of(&entry(Command::Open(Call::Discovery), Answer::Reply(Reply::Discovery)));
    assert_eq!(discovery.answer, Some(json!("<discovery>")));
    assert_eq!(lines_of(&entry(Command::Advance, Answer::Reply(Reply::Done))), []);
}

#[test]
fn an_exchange_names_the_reading_and_the_page_that_gave_its_answer_its_form() {
    let refused = || {
        let refusal = Refusal::new(Problem::UserNotFound);
        let ask = Ask::UserStatus { user: 9 };
        entry(api(Call::UserStatus, Ok(ask), None), Answer::Refused(refusal, TRACE))
    };
    let under = |reading: &str| {
        let mut variants = Variants::of(Edition::E2025_09);
        variants.choose("unknown-user", reading).unwrap();
        let lines = lines(Edition::E2025_09.tables().unwrap(), &variants, &refused());
        let Some(Line::Decision(Decision { what: Decided::Exchange(exchange), .. })) =
            lines.into_iter().next()
        else {
            panic!("no exchange");
        };
        (exchange.status, exchange.readings.join(" "), exchange.source.unwrap())
    };
    let (status, readings, source) = under("not-found");
    assert_eq!(status, 404);
    assert!(readings.contains("not-found"), "{readings}");
    assert!(source.starts_with("documented: ") || source.starts_with("assumed: "), "{source}");
    assert_ne!(under("bad-request").1, readings);
    let success = exchange_of(&poll());
    assert!(success.source.unwrap().starts_with("documented: 2025-09"));
}
