//! The one place that sends a request to the API. Every exchange is written into the trace, with
//! labels where secrets stood, whatever becomes of it.

use std::sync::Arc;

use contract::{
    Call, EndpointRow, Host, Instant,
    label::Label,
    redact,
    trace::{Decided, Exchange},
};
use judge::story::Certificate;
use reqwest::header::{HeaderMap, HeaderName};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::{
    clock::Clock,
    http,
    labels::{Family, Labeler},
    recorder::Recorder,
};

/// Answer headers that a requirement speaks of.
const KEPT_HEADERS: [&str; 5] =
    ["allow", "cache-control", "pragma", "retry-after", "www-authenticate"];

/// The merchant's connection to the target.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Shows the client certificate.
    pub http: reqwest::Client,
    /// Where exchanges are written down.
    pub recorder: Arc<Recorder>,
    /// By which moments are told.
    pub clock: Clock,
}

/// One request.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// How the call looks.
    pub row: &'static EndpointRow,
    /// The host that is asked.
    pub host: Host,
    /// Where it goes, with every path parameter filled in.
    pub url: Url,
    /// The user it is about, if it names one.
    pub user: Option<i32>,
    /// The access token, if the call needs one.
    pub bearer: Option<&'a str>,
    /// The client and its secret, if the call shows them.
    pub basic: Option<(&'a str, &'a str)>,
    /// The media type of a JSON document.
    pub json_type: &'static str,
    /// What it carries.
    pub payload: &'a Payload,
    /// What is odd about it.
    pub manner: &'a Manner,
    /// Which client certificate the wire shows.
    pub shows: Certificate,
}

/// How a request departs from what its row says, if it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// Another method.
    pub method: Option<String>,
    /// Another media type.
    pub media_type: Option<String>,
    /// Another body than its payload.
    pub body: Option<String>,
}

/// What a request carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// Nothing.
    Nothing,
    /// A JSON document.
    Json(Value),
    /// A form.
    Form(Vec<(String, String)>),
}

/// One answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, within the limit.
    pub body: Vec<u8>,
}

impl Wire {
    /// Sends a request, writes the exchange down, and returns the answer.
    ///
    /// # Errors
    /// One sentence when no whole answer arrived.
    pub async fn send(&self, out: Outgoing<'_>) -> Result<Answer, String> {
        let (at, began) = (self.clock.now(), std::time::Instant::now());
        let result = self.exchange(&out).await;
        self.recorder.waited(began.elapsed(), result.is_ok());
        self.write_down(at, &out, &result);
        result
    }

    async fn exchange(&self, out: &Outgoing<'_>) -> Result<Answer, String> {
        let method = reqwest::Method::from_bytes(out.method().as_bytes())
            .map_err(|error| format!("no method: {error}"))?;
        let mut request =
            self.http.request(method, out.url.clone()).header("accept", "application/json");
        if let Some(token) = out.bearer {
            request = request.bearer_auth(token);
        }
        if let Some((client, secret)) = out.basic {
            request = request.basic_auth(client, Some(secret));
        }
        if let (Some(kind), Some(body)) = (out.media_type(), out.body()) {
            request = request.header("content-type", kind).body(body);
        }
        let response = request.send().await.map_err(|error| http::sentence(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer { status, headers, body: http::bounded(response).await? })
    }

    fn write_down(&self, at: Instant, out: &Outgoing<'_>, result: &Result<Answer, String>) {
        let exchange = self.recorder.labels(|labels| written(out, result, labels));
        self.recorder.record(at, Decided::Exchange(Box::new(exchange)));
    }
}

impl Outgoing<'_> {
    fn method(&self) -> &str {
        self.manner.method.as_deref().unwrap_or_else(|| self.row.method.name())
    }

    fn body(&self) -> Option<String> {
        self.manner.body.clone().or_else(|| self.payload.encoded())
    }

    fn media_type(&self) -> Option<&str> {
        if self.manner.media_type.is_some() {
            return self.manner.media_type.as_deref();
        }
        match self.payload {
            Payload::Nothing => None,
            Payload::Json(_) => Some(self.json_type),
            Payload::Form(_) => Some("application/x-www-form-urlencoded"),
        }
    }
}

impl Payload {
    /// The bytes of it.
    #[must_use]
    pub fn encoded(&self) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Json(body) => Some(body.to_string()),
            Self::Form(fields) => {
                Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish())
            }
        }
    }

    /// The members of it.
    #[must_use]
    pub fn as_json(&self) -> Option<Value> {
        match self {
            Self::Nothing => None,
            Self::Json(body) => Some(body.clone()),
            Self::Form(fields) => {
                let members =
                    fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(&**value)));
                Some(Value::Object(members.collect()))
            }
        }
    }
}

impl Answer {
    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An exchange as the trace keeps it.
fn written(out: &Outgoing<'_>, result: &Result<Answer, String>, labels: &mut Labeler) -> Exchange {
    let row = out.row;
    let request = match &out.manner.body {
        Some(body) => Some(Value::String(Label::unlisted(body).to_string())),
        None => out.payload.as_json().map(|body| redact::request(row, &body, labels)),
    };
    let answer = result.as_ref().ok();
    Exchange {
        call: Some(row.call),
        host: out.host,
        method: out.method().to_owned(),
        path: labels.path(out.url.path()),
        user: out.user,
        bearer: out.bearer.map(|token| labels.label(token).to_string()),
        certificate: shown_certificate(out),
        media_type: out.media_type().map(str::to_owned),
        request,
        noticed: Vec::new(),
        status: answer.map_or(0, |answer| answer.status),
        answer_type: answer.and_then(|answer| media_type(&answer.headers)),
        answer: answer.and_then(|answer| shown_body(row.call, &answer.body, labels)),
        headers: answer.map(|answer| kept_headers(&answer.headers, labels)).unwrap_or_default(),
        row: None,
        readings: Vec::new(),
        source: None,
        advice: None,
        scenario: None,
        rules: Vec::new(),
        failure: result.as_ref().err().cloned(),
    }
}

/// The role of the client certificate, where one is asked for.
fn shown_certificate(out: &Outgoing<'_>) -> Option<String> {
    match out.shows {
        _ if out.row.host != Host::Auth => None,
        Certificate::None => None,
        Certificate::Own => Some("merchant".to_owned()),
        other => Some(other.name().to_owned()),
    }
}

/// The media type without its parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("content-type")?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// The answer's body; a text that is not JSON shows its form only.
fn shown_body(call: Call, body: &[u8], labels: &mut Labeler) -> Option<Value> {
    if body.is_empty() {
        return None;
    }
    let Ok(json) = serde_json::from_slice::<Value>(body) else {
        let label = Label::unlisted(&String::from_utf8_lossy(body));
        return Some(Value::String(label.to_string()));
    };
    Some(redact::answer(&json, &mut |member, text| {
        learned(call, member, text, labels);
        labels.hidden(text)
    }))
}

fn learned(call: Call, member: &str, text: &str, labels: &mut Labeler) {
    match (member, call) {
        ("access_token", _) => labels.learn(Family::Token, text),
        ("videoIdentificationUrl", Call::Initiate) => {
            labels.learn(Family::IdentificationUrl, text);
        }
        ("videoIdentificationUrl", _) => labels.learn(Family::SigningUrl, text),
        _ => {}
    }
}

fn kept_headers(headers: &HeaderMap, labels: &Labeler) -> Vec<(String, String)> {
    let kept = KEPT_HEADERS.into_iter().flat_map(|name| {
        headers.get_all(name).iter().map(move |value| {
            let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            let shown = labels.hidden(&text).map_or(text, |label| label.to_string());
            (name.to_owned(), shown)
        })
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use contract::{
        Edition, Variants,
        trace::{self, Header, Line, Observer},
    };
    use serde_json::json;

    use super::*;
    use crate::fake::{Fake, reply, text};

    fn wire() -> Wire {
        let header = Header {
            version: trace::VERSION,
            observer: Observer::Runner,
            edition: Edition::DEFAULT,
            seed: None,
            clock: "stepped".to_owned(),
            variants: Variants::default(),
        };
        let recorder = Arc::new(Recorder::create(None, header).unwrap());
        Wire { http: http::client(None).unwrap(), recorder, clock: Clock::manual() }
    }

    fn row(call: Call) -> &'static EndpointRow {
        Edition::DEFAULT.tables().unwrap().endpoint(call).unwrap()
    }

    fn exchanges(wire: &Wire) -> Vec<Exchange> {
        let lines = wire.recorder.lines().into_iter();
        let found = lines.filter_map(|line| match line {
            Line::Decision(decision) => match decision.what {
                Decided::Exchange(exchange) => Some(*exchange),
                _ => None,
            },
            _ => None,
        });
        found.collect()
    }

    #[tokio::test]
    async fn secrets_leave_labels_behind() {
        let fake = Fake::start(|_| {
            reply(200, &json!({ "access_token": "SECRET-TOKEN", "expires_in": 60 }))
                .with("Cache-Control", "no-store")
        })
        .await;
        let wire = wire();
        let payload = Payload::Form(vec![
            ("client_id".to_owned(), "merchant".to_owned()),
            ("IdentityServer:MTLS:X509Certificate".to_owned(), "ABCDEF0123456789".to_owned()),
        ]);
        let out = Outgoing {
            row: row(Call::MtlsToken),
            host: row(Call::MtlsToken).host,
            url: fake.url("/connect/mtls/token"),
            user: None,
            bearer: None,
            basic: None,
            json_type: "application/json",
            payload: &payload,
            manner: &Manner::default(),
            shows: Certificate::Own,
        };
        wire.send(out).await.unwrap();
        let sent = &fake.seen()[0].body;
        assert!(sent.contains("IdentityServer%3AMTLS%3AX509Certificate=ABCDEF"), "{sent}");

        let payload = Payload::Json(json!({ "id": 5, "code": "714982" }));
        wire.recorder.labels(|labels| {
            let family = Family::Code(contract::message::MessageKind::PhoneVerification);
            labels.learn(family, "714982")
        });
        let out = Outgoing {
            row: row(Call::VerifyPhone),
            host: row(Call::VerifyPhone).host,
            url: fake.url("/User/phone-number/verify"),
            user: Some(5),
            bearer: Some("SECRET-TOKEN"),
            basic: None,
            json_type: "application/json",
            payload: &payload,
            manner: &Manner::default(),
            shows: Certificate::Own,
        };
        wire.send(out).await.unwrap();
        assert_eq!(fake.seen()[1].bearer.as_deref(), Some("SECRET-TOKEN"));

        let written = exchanges(&wire);
        let text: String = wire.recorder.lines().iter().map(Line::to_json).collect();
        for secret in ["SECRET-TOKEN", "ABCDEF0123456789", "714982"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        let answer = written[0].answer.as_ref().unwrap();
        assert_eq!(answer["access_token"], "<token#1 newest>");
        assert_eq!(written[0].headers, [("cache-control".to_owned(), "no-store".to_owned())]);
        assert_eq!(written[1].bearer.as_deref(), Some("<token#1 newest>"));
        let request = written[1].request.as_ref().unwrap();
        assert_eq!(request["code"], "<sms-code#1 newest, six digits>");
    }

    #[tokio::test]
    async fn an_exchange_that_fails_is_written_down_too() {
        let wire = wire();
        let out = Outgoing {
            row: row(Call::CreateUser),
            host: row(Call::CreateUser).host,
            url: "http://127.0.0.1:1/User".parse().unwrap(),
            user: None,
            bearer: Some("x"),
            basic: None,
            json_type: "application/json",
            payload: &Payload::Json(json!({ "merchantId": 1 })),
            manner: &Manner::default(),
            shows: Certificate::Own,
        };
        let sentence = wire.send(out).await.unwrap_err();
        assert!(sentence.starts_with("could not connect: "), "{sentence}");
        let written = exchanges(&wire);
        assert_eq!(written[0].status, 0);
        assert_eq!(written[0].failure.as_deref(), Some(&*sentence));
    }

    #[tokio::test]
    async fn bodies_are_bounded_and_text_shows_its_form_only() {
        let huge = "x".repeat(http::LARGEST_BODY + 1);
        let fake = Fake::start(move |request| match request.target.as_str() {
            "/huge" => text(200, &huge),
            _ => text(200, "my secret page"),
        })
        .await;
        let wire = wire();
        for (path, fits) in [("/huge", false), ("/page", true)] {
            let out = Outgoing {
                row: row(Call::UserStatus),
                host: row(Call::UserStatus).host,
                url: fake.url(path),
                user: Some(1),
                bearer: None,
                basic: None,
                json_type: "application/json",
                payload: &Payload::Nothing,
                manner: &Manner::default(),
                shows: Certificate::Own,
            };
            assert_eq!(wire.send(out).await.is_ok(), fits, "{path}");
        }
        let page = exchanges(&wire)[1].answer.clone().unwrap();
        assert_eq!(page, "<unlisted 14 characters>");
    }
}
