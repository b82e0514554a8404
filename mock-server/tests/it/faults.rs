//! Faults over real sockets: what a client sees on the wire, and what the trace says was done.
//! The clock is stepped, so nobody waits for a delay; a cut is a cut in any clock.

use std::io;

use certs::Role;
use contract::{
    Instant,
    scenario::read,
    trace::{Decided, Decision, Line, Transported},
};
use mock_server::{MockServer, workspace::TraceClass};
use serde_json::Value;
use sim::{
    Command, Envelope,
    command::{ScriptRequest, Whom},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::client::{Answer, Client, Wire, builder, read_all, request, server};

const STATUS: &str = "/User/100001/status";

/// A server whose users all go through one rule about their status.
struct Stand {
    server: MockServer,
    client: Client,
    token: String,
}

impl Stand {
    async fn with(then: &str) -> Self {
        Self::on(server().await, then).await
    }

    async fn on(server: MockServer, then: &str) -> Self {
        let client = Client::of(Role::MerchantA);
        let token = client.token(server.bound().auth).await;
        let stand = Self { server, client, token };
        let body = r#"{"merchantId":1001,"email":"anna@example.org"}"#;
        let created = stand.send("POST", "/User", body).await.unwrap();
        assert_eq!(created.status, 201, "{created:?}");
        let text = format!(
            "title = \"t\"\nwhy = \"w\"\n[[rule]]\nid = \"r\"\n\
             when = {{ call = \"user-status\", nth = 1 }}\nthen = {{ {then} }}\n"
        );
        let scenario = read(&text).unwrap_or_else(|wrong| panic!("{}", wrong[0].of_file("t")));
        let name = "s".to_owned();
        stand.script(ScriptRequest::Load { name, scenario: scenario.scenario.into() });
        let scenario = Some("s".to_owned());
        stand.script(ScriptRequest::Choose { whom: Whom::Default, scenario });
        stand
    }

    fn script(&self, request: ScriptRequest) {
        self.server.workspace().step(Envelope::own(Command::Script(request)));
    }

    fn request(&self, method: &str, path: &str, body: &str) -> String {
        let token = &self.token;
        let headers =
            format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
        request(method, path, &headers, body)
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        self.client.send(self.server.bound().api, &self.request(method, path, body)).await
    }

    async fn status(&self) -> Answer {
        self.send("GET", STATUS, "").await.unwrap()
    }

    /// Asks for the status on a connection that may go on.
    async fn ask_on(&self, wire: &mut Wire) {
        let text = self.request("GET", STATUS, "").replace("Connection: close\r\n", "");
        wire.write_all(text.as_bytes()).await.unwrap();
        wire.flush().await.unwrap();
    }

    async fn connect(&self) -> Wire {
        self.client.connect(self.server.bound().api).await.unwrap()
    }

    /// What the trace says of faults: effect and whether it was done.
    fn faults(&self) -> Vec<(String, bool)> {
        let lines = self.server.workspace().trace(Some(TraceClass::Transport));
        let faults = lines.iter().filter_map(|line| match serde_json::from_str(line).unwrap() {
            Line::Transport(transport) => match transport.what {
                Transported::Fault { fault, effect, delivered, .. } => {
                    assert_eq!(fault, "s/r");
                    Some((effect, delivered))
                }
                _ => None,
            },
            _ => None,
        });
        faults.collect()
    }

    /// The newest answer as the trace has it.
    fn last_answer(&self) -> Value {
        let lines = self.server.workspace().trace(Some(TraceClass::Decision));
        let mut answers =
            lines.iter().rev().filter_map(|line| match serde_json::from_str(line).unwrap() {
                Line::Decision(Decision { what: Decided::Exchange(exchange), .. }) => {
                    exchange.answer
                }
                _ => None,
            });
        answers.next().unwrap()
    }

    fn waited(&self) -> i64 {
        self.server.workspace().now().millis() - Instant::STEPPED_START.millis()
    }
}

/// A body as a trace shows it.
fn shown(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| body.into())
}

/// Everything that comes until the connection ends, and how it ends.
async fn read_until_end(wire: &mut Wire) -> (String, Option<io::ErrorKind>) {
    let mut bytes = Vec::new();
    let end = wire.read_to_end(&mut bytes).await.err().map(|error| error.kind());
    (String::from_utf8(bytes).unwrap(), end)
}

#[tokio::test]
async fn a_reset_is_a_genuine_one_at_its_place() {
    for (cut, head, body) in [
        ("reset-before-headers", false, 0),
        ("reset-after-headers", true, 0),
        ("reset-mid-body", true, 1),
    ] {
        let stand = Stand::with(&format!("cut = \"{cut}\"")).await;
        let mut wire = stand.connect().await;
        stand.ask_on(&mut wire).await;
        let (text, end) = read_until_end(&mut wire).await;
        assert_eq!(end, Some(io::ErrorKind::ConnectionReset), "{cut}: {text}");
        assert_eq!(text.starts_with("HTTP/1.1 200"), head, "{cut}: {text}");
        let got = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let whole = stand.status().await.body;
        let wanted = whole.len() / 2 * body;
        assert_eq!(got, &whole[..wanted], "{cut}");
        assert_eq!(stand.faults(), [(format!("cut {cut}"), true)]);
    }
}

#[tokio::test]
async fn a_close_is_orderly_at_its_place() {
    for (cut, body) in [("close", None), ("close-mid-body", Some(1))] {
        let stand = Stand::with(&format!("cut = \"{cut}\"")).await;
        let mut wire = stand.connect().await;
        stand.ask_on(&mut wire).await;
        let (text, end) = read_until_end(&mut wire).await;
        assert_eq!(end, None, "{cut}: {text}");
        let whole = stand.status().await.body;
        match body {
            None => assert_eq!(text, ""),
            Some(half) => {
                let (head, body) = text.split_once("\r\n\r\n").unwrap();
                let length = format!("content-length: {}", whole.len());
                assert!(head.to_lowercase().contains(&length), "{head}");
                assert_eq!(body, &whole[..whole.len() / 2 * half]);
            }
        }
        assert_eq!(stand.faults(), [(format!("cut {cut}"), true)]);
    }
}

#[tokio::test]
async fn an_idle_connection_closes_without_having_said_so() {
    let stand = Stand::with("cut = \"close-idle\"").await;
    let mut wire = stand.connect().await;
    stand.ask_on(&mut wire).await;
    let (text, end) = read_until_end(&mut wire).await;
    assert_eq!(end, None);
    let answer = Answer::read(text.as_bytes());
    assert_eq!((answer.status, answer.header("connection")), (200, None));
    assert_eq!(answer.body, stand.status().await.body);
    assert_eq!(stand.faults(), [("cut close-idle".to_owned(), true)]);
}

#[tokio::test]
async fn a_cut_request_was_processed_all_the_same() {
    let stand = Stand::with("cut = \"close\"").await;
    let mut wire = stand.connect().await;
    let body = r#"{"id":100001,"email":"anna@example.org"}"#;
    let sent = || stand.server.workspace().look(|world| world.messages().newest_first().count());
    let before = sent();
    let text = "title = \"t\"\nwhy = \"w\"\n[[rule]]\nid = \"r\"\n\
        when = { call = \"send-email-confirmation\", nth = 1 }\nthen = { cut = \"close\" }\n";
    let scenario = read(text).unwrap().scenario.into();
    stand.script(ScriptRequest::Load { name: "s".to_owned(), scenario });
    let text = stand.request("POST", "/User/email/send-confirmation", body);
    wire.write_all(text.as_bytes()).await.unwrap();
    assert_eq!(read_all(&mut wire).await.unwrap(), b"");
    assert_eq!(sent(), before + 1);
}

#[tokio::test]
async fn a_slow_body_comes_byte_by_byte_and_a_stepped_clock_moves_with_it() {
    let stand = Stand::with("slow = 1").await;
    let answer = stand.status().await;
    let length = i64::try_from(answer.body.len()).unwrap();
    assert_eq!(answer.json()["status"], 50);
    assert_eq!(stand.waited(), (length - 1) * 1000);
    assert_eq!(stand.faults(), [("slow 1 bytes a second".to_owned(), true)]);
}

#[tokio::test]
async fn a_delay_moves_a_stepped_clock_and_nobody_waits() {
    let stand = Stand::with("delay = \"1h\"").await;
    assert_eq!(stand.status().await.status, 200);
    assert_eq!(stand.waited(), 3_600_000);
    assert_eq!(stand.faults(), [("delay 1h".to_owned(), true)]);
    // Time passes after the answer was decided: the next one sees it, this one did not.
    let lines = stand.server.workspace().trace(Some(TraceClass::Decision));
    let armed = lines.iter().find(|line| line.contains("\"armed\"")).unwrap();
    assert!(armed.contains("2026-01-01T00:00:00.000Z"), "{armed}");
}

#[tokio::test]
async fn a_changed_body_is_what_the_client_and_the_trace_see() {
    for (body, holds) in [
        ("\"truncated\"", "{\"isEmailVerified\":false,"),
        ("{ kind = \"missing-member\", member = \"status\" }", "{\"isEmailVerified\":false,"),
        ("\"broken\"", "\"status\":50"),
        ("\"empty\"", ""),
        ("\"duplicate-key\"", "\"isEmailVerified\":\"false\"}"),
        ("\"wrong-type\"", "{\"isEmailVerified\":\"false\","),
        ("\"wrong-media-type\"", "\"status\":50}"),
        ("\"huge\"", "xxxx"),
        ("\"unknown-member\"", "\"unexpectedMember\":{\"since\":\"tomorrow\"}"),
        ("\"html\"", "502 Bad Gateway"),
    ] {
        let stand = Stand::with(&format!("body = {body}")).await;
        let answer = stand.status().await;
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains(holds), "{body}: {answer:?}");
        let length = answer.header("content-length").unwrap().parse::<usize>().unwrap();
        assert_eq!(length, answer.body.len());
        if !answer.body.is_empty() {
            assert_eq!(stand.last_answer(), shown(&answer.body), "{body}");
        }
        assert!(stand.faults().iter().all(|(_, delivered)| *delivered));
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_said_to_be_undone() {
    let stand = Stand::with("body = { kind = \"missing-member\", member = \"colour\" }").await;
    assert_eq!(stand.status().await.status, 200);
    assert_eq!(stand.faults(), [("body missing-member colour".to_owned(), false)]);
}

async fn real() -> MockServer {
    let real = builder().settings(|meant| meant.clock = mock_server::clock::ClockMode::Real);
    real.start().await.unwrap()
}

/// Each with an answer that has no body.
#[tokio::test]
async fn a_body_that_is_not_there_is_neither_slow_nor_cut_in_the_middle() {
    for what in ["cut = \"reset-mid-body\"", "cut = \"close-mid-body\"", "slow = 1"] {
        let answer = "body = { kind = \"empty\" }";
        let stand = Stand::with(&format!("{answer}, {what}")).await;
        let mut wire = stand.connect().await;
        stand.ask_on(&mut wire).await;
        let last = stand.request("GET", STATUS, "");
        wire.write_all(last.as_bytes()).await.unwrap();
        let done = |(effect, done): &(String, bool)| !effect.starts_with("body") && *done;
        let (text, end) = read_until_end(&mut wire).await;
        assert_eq!((text.matches("HTTP/1.1 200").count(), end), (2, None), "{what}: {text}");
        assert!(!stand.faults().iter().any(done), "{what}: {:?}", stand.faults());
        assert!(!stand.faults().is_empty());
    }
}

#[tokio::test]
async fn a_client_that_leaves_during_a_delay_got_nothing_and_the_trace_says_so() {
    let stand = Stand::on(real().await, "delay = \"1h\"").await;
    let mut wire = stand.connect().await;
    stand.ask_on(&mut wire).await;
    let asked = || stand.last_answer()["isPhoneNumberVerified"].is_boolean();
    while !asked() {
        tokio::task::yield_now().await;
    }
    drop(wire);
    while stand.faults().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(stand.faults(), [("delay 1h".to_owned(), false)]);
}

#[tokio::test]
async fn another_answer_has_the_form_that_was_asked_for() {
    for (answer, status, holds, retry) in [
        ("status = 503, family = \"html\", retry-after = \"30s\"", 503, "nginx", Some("30")),
        (
            "status = 429, retry-after = \"30s\", retry-after-date = true",
            429,
            "",
            Some("Thu, 01 Jan 2026 00:00:30 GMT"),
        ),
        ("status = 418, family = \"problem-details\", text = \"Tea\"", 418, "\"Tea\"", None),
        (
            "status = 400, family = \"validation\", text = \"Id: No.\"",
            400,
            "{\"errors\":{\"Id\":[\"No.\"]}",
            None,
        ),
        (
            "status = 400, family = \"business-rule\", text = \"No.\"",
            400,
            "\"Error\":[\"No.\"]",
            None,
        ),
        (
            "status = 500, family = \"error-code\", text = \"x\"",
            500,
            "{\"errorCode\":500,\"errorMessage\":\"x\"}",
            None,
        ),
        ("status = 404, family = \"all-null\"", 404, "\"title\":null", None),
        (
            "status = 400, family = \"error-array\", text = \"x\"",
            400,
            "\"errorMessage\":\"x\"",
            None,
        ),
        ("status = 503, family = \"oauth\"", 503, "temporarily_unavailable", None),
        ("problem = \"user-not-found\"", 404, "", None),
    ] {
        let stand = Stand::with(&format!("answer = {{ {answer} }}")).await;
        let got = stand.status().await;
        assert_eq!(got.status, status, "{answer}: {got:?}");
        assert!(got.body.contains(holds), "{answer}: {got:?}");
        assert_eq!(got.header("retry-after"), retry, "{answer}");
        assert_eq!(stand.status().await.status, 200, "only the first one");
    }
}

#[tokio::test]
async fn the_date_header_follows_the_clock_of_the_workspace() {
    let stand = Stand::with("delay = \"1h\"").await;
    let date = |answer: &Answer| answer.header("date").map(str::to_owned);
    let early = stand.send("GET", "/User/source-of-funds", "").await.unwrap();
    assert_eq!(date(&early).as_deref(), Some("Thu, 01 Jan 2026 00:00:00 GMT"));
    // It is late by the delay that a rule brings.
    assert_eq!(date(&stand.status().await).as_deref(), Some("Thu, 01 Jan 2026 01:00:00 GMT"));
    let path = "/.well-known/openid-configuration";
    let discovery = stand.client.get(stand.server.bound().auth, path, "").await;
    assert_eq!(date(&discovery).as_deref(), Some("Thu, 01 Jan 2026 01:00:00 GMT"));
    let page = Client::of(None).get(stand.server.bound().identity, "/identification/0", "").await;
    assert_eq!(date(&page).as_deref(), Some("Thu, 01 Jan 2026 01:00:00 GMT"), "{page:?}");
}

#[tokio::test]
async fn an_idle_connection_closes_after_an_answer_without_a_body_too() {
    let stand = Stand::with("body = \"empty\", cut = \"close-idle\"").await;
    let mut wire = stand.connect().await;
    stand.ask_on(&mut wire).await;
    let (text, end) = read_until_end(&mut wire).await;
    assert_eq!((text.starts_with("HTTP/1.1 200"), end), (true, None), "{text}");
    let faults = [("body empty".to_owned(), true), ("cut close-idle".to_owned(), true)];
    assert!(faults.iter().all(|fault| stand.faults().contains(fault)), "{:?}", stand.faults());
}
