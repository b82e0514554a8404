//! Everything that has to do with time follows the workspace's clock, however it runs: one test for
//! each thing, under a stepped, a fast and a real clock. Nobody waits: the clock is moved.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::Role;
use contract::{Instant, message::MessageKind, scenario::read};
use mock_server::{
    MockServer,
    clock::{Backwards, ClockMode},
    scenario::Named,
};
use serde_json::{Value, json};

use crate::client::{Answer, Client, builder, plain, request};

const MODES: [ClockMode; 3] = [ClockMode::Stepped, ClockMode::Times(10), ClockMode::Real];

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);

/// The first user.
const ANNA: i32 = 100_001;

/// A server whose users all go through one scenario.
struct Stand {
    server: MockServer,
    client: Client,
    token: String,
}

impl Stand {
    async fn of(mode: ClockMode) -> Self {
        Self::with(mode, "").await
    }

    async fn with(mode: ClockMode, text: &str) -> Self {
        let text = format!("title = \"t\"\nwhy = \"w\"\n{text}");
        let scenario = read(&text).unwrap_or_else(|wrong| panic!("{}", wrong[0].of_file("t")));
        let scenario = Arc::new(scenario.scenario);
        let named = Named { name: "s".to_owned(), scenario, path: None };
        let settings = builder().clock(mode).settings(|meant| meant.scenario = Some(named));
        let server = settings.start().await.unwrap();
        let client = Client::of(Role::MerchantA);
        let token = client.token(server.bound().auth).await;
        Self { server, client, token }
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let token = &self.token;
        let headers =
            format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let text = request(method, path, &headers, &body);
        self.client.send(self.server.bound().api, &text).await.unwrap()
    }

    async fn create(&self) -> Answer {
        self.send("POST", "/User", &json!({ "merchantId": 1001, "email": "a@example.org" })).await
    }

    async fn status(&self) -> Answer {
        self.send("GET", &format!("/User/{ANNA}/status"), &Value::Null).await
    }

    async fn poll(&self) -> Value {
        let path = format!("/Enrollment/{ANNA}/0/true/get-identification-process-status");
        self.send("GET", &path, &Value::Null).await.json()["videoIdentificationStatus"].clone()
    }

    async fn confirm(&self, code: &str) -> u16 {
        let body = json!({ "id": ANNA, "token": code });
        self.send("POST", "/User/email/confirm", &body).await.status
    }

    fn code(&self, kind: MessageKind) -> Option<String> {
        self.server.workspace().look(|world| {
            let mut newest = world.messages().newest_first();
            newest.find(|message| message.kind == kind).map(|message| message.code.to_string())
        })
    }

    fn now(&self) -> Instant {
        self.server.workspace().now()
    }

    fn pass(&self, span: Duration) {
        let later = |now, _| Ok::<_, Backwards>(now + span);
        self.server.workspace().advance(later).unwrap();
    }
}

/// A claim of a token.
fn claim(token: &str, name: &str) -> i64 {
    let payload = token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    claims[name].as_i64().unwrap()
}

#[tokio::test]
async fn tokens_begin_and_end_by_the_clock() {
    for mode in MODES {
        let stand = Stand::of(mode).await;
        stand.pass(YEAR);
        let before = stand.now().seconds();
        let token = stand.client.token(stand.server.bound().auth).await;
        let (nbf, exp) = (claim(&token, "nbf"), claim(&token, "exp"));
        assert!((before..before + 600).contains(&nbf), "{mode}: {nbf} {before}");
        assert_eq!(exp - nbf, 3600, "{mode}");
        let stand = Stand { token, ..stand };
        assert_eq!(stand.status().await.status, 404, "{mode}: there is no user");
        stand.pass(HOUR * 2);
        assert_eq!(stand.status().await.status, 401, "{mode}");
    }
}

#[tokio::test]
async fn codes_end_by_the_clock() {
    for mode in MODES {
        let stand = Stand::of(mode).await;
        assert_eq!(stand.create().await.status, 201, "{mode}");
        let code = stand.code(MessageKind::EmailConfirmation).unwrap();
        stand.pass(HOUR * 24 * 7);
        let stand = Stand { token: stand.client.token(stand.server.bound().auth).await, ..stand };
        assert_eq!(stand.confirm(&code).await, 400, "{mode}: it is too late");
        let again = json!({ "id": ANNA, "email": "a@example.org" });
        let sent = stand.send("POST", "/User/email/send-confirmation", &again).await;
        assert!(sent.status < 300, "{mode}: {sent:?}");
        let code = stand.code(MessageKind::EmailConfirmation).unwrap();
        assert_eq!(stand.confirm(&code).await, 200, "{mode}: a new one is good");
    }
}

#[tokio::test]
async fn sessions_and_their_addresses_end_by_the_clock() {
    let given = "[[given]]\nstate = \"identifying\"\nemail = \"a@example.org\"\n\
                 [person]\nby = \"page\"\n";
    for mode in MODES {
        let stand = Stand::with(mode, given).await;
        assert_eq!(stand.poll().await, "STARTED", "{mode}");
        stand.pass(HOUR * 24 * 30);
        let stand = Stand { token: stand.client.token(stand.server.bound().auth).await, ..stand };
        assert_ne!(stand.poll().await, "STARTED", "{mode}: nobody can come back to it");
    }
}

#[tokio::test]
async fn timelines_move_by_the_clock() {
    let script = "[[given]]\nstate = \"identifying\"\nemail = \"a@example.org\"\n\
        [[timeline.identification]]\nstatus = \"PROCESSING\"\nafter = \"10m\"\n";
    for mode in MODES {
        let stand = Stand::with(mode, script).await;
        assert_eq!(stand.poll().await, "STARTED", "{mode}");
        stand.pass(MINUTE * 11);
        assert_eq!(stand.poll().await, "PROCESSING", "{mode}");
    }
}

#[tokio::test]
async fn late_messages_come_by_the_clock() {
    let rule = "[[rule]]\nid = \"r\"\nwhen = { call = \"create-user\", nth = 1 }\n\
                then = { message = { late = \"1h\" } }\n";
    for mode in MODES {
        let stand = Stand::with(mode, rule).await;
        assert_eq!(stand.create().await.status, 201, "{mode}");
        assert_eq!(stand.code(MessageKind::EmailConfirmation), None, "{mode}");
        let next = stand.server.workspace().look(sim::World::next_due).unwrap();
        assert!(next > stand.now() + MINUTE * 50, "{mode}: it is scheduled");
        stand.pass(HOUR);
        assert!(stand.code(MessageKind::EmailConfirmation).is_some(), "{mode}");
    }
}

#[tokio::test]
async fn rules_last_by_the_clock() {
    let rule = "[[rule]]\nid = \"r\"\nwhen = { call = \"user-status\" }\n\
                then = { answer = { status = 503 } }\nuntil = { for = \"10m\" }\n";
    for mode in MODES {
        let stand = Stand::with(mode, rule).await;
        assert_eq!(stand.create().await.status, 201, "{mode}");
        assert_eq!(stand.status().await.status, 503, "{mode}");
        stand.pass(MINUTE * 11);
        assert_eq!(stand.status().await.status, 200, "{mode}");
    }
}

#[tokio::test]
async fn retry_after_is_a_date_of_the_clock() {
    let rule = "[[rule]]\nid = \"r\"\nwhen = { call = \"create-user\", nth = 1 }\nthen = { answer \
                = { status = 429, retry-after = \"2h\", retry-after-date = true } }\n";
    for mode in MODES {
        let stand = Stand::with(mode, rule).await;
        stand.pass(MINUTE * 30);
        let year = stand.now().http_date()[12..16].to_owned();
        let answer = stand.create().await;
        let (retry, date) = (answer.header("retry-after").unwrap(), answer.header("date").unwrap());
        let hour = |text: &str| text[17..19].parse::<u32>().unwrap();
        assert_eq!((hour(date) + 2) % 24, hour(retry), "{mode}: {date} {retry}");
        assert!(date.contains(&year), "{mode}: {date}");
    }
}

#[tokio::test]
async fn the_date_header_is_the_clocks() {
    for mode in MODES {
        let stand = Stand::of(mode).await;
        stand.pass(YEAR * 5);
        let year = stand.now().http_date()[12..16].to_owned();
        let bound = *stand.server.bound();
        let path = "/.well-known/openid-configuration";
        for (at, path) in [(bound.auth, path), (bound.api, "/x"), (bound.identity, "/x")] {
            let answer = Client::of(None).get(at, path, "").await;
            assert_eq!(&answer.header("date").unwrap()[12..16], year, "{mode} {path}");
        }
    }
}

#[tokio::test]
async fn client_certificates_are_judged_by_the_clock() {
    for mode in MODES {
        let stand = Stand::of(mode).await;
        stand.pass(YEAR * 50);
        let form = [("grant_type", "client_credentials"), ("client_id", "merchant-a-client")];
        let at = stand.server.bound().auth;
        let answer = stand.client.post_form(at, "/connect/mtls/token", &form).await;
        assert_eq!(answer.status, 403, "{mode}: it has expired by then: {answer:?}");
    }
}

#[tokio::test]
async fn a_delay_ends_when_the_clock_is_moved_beyond_it() {
    let rule = "[[rule]]\nid = \"r\"\nwhen = { call = \"user-status\", nth = 1 }\n\
                then = { delay = \"12h\" }\n";
    for mode in MODES {
        let stand = Stand::with(mode, rule).await;
        assert_eq!(stand.create().await.status, 201, "{mode}");
        let asked = stand.now();
        let moving = async {
            while stand.server.workspace().trace(None).iter().all(|line| !line.contains("12h")) {
                tokio::task::yield_now().await;
            }
            if mode != ClockMode::Stepped {
                stand.pass(HOUR * 12);
            }
        };
        let (answer, ()) = tokio::join!(stand.status(), moving);
        assert_eq!(answer.status, 200, "{mode}");
        assert!(stand.now() >= asked + HOUR * 12, "{mode}");
    }
}

#[tokio::test]
async fn a_delay_ends_when_everything_begins_anew() {
    let rule = "[[rule]]\nid = \"r\"\nwhen = { call = \"user-status\", nth = 1 }\n\
                then = { delay = \"12h\" }\n";
    let stand = Stand::with(ClockMode::Real, rule).await;
    stand.pass(MINUTE * 30);
    assert_eq!(stand.create().await.status, 201);
    let anew = async {
        while stand.server.workspace().trace(None).iter().all(|line| !line.contains("12h")) {
            tokio::task::yield_now().await;
        }
        stand.server.workspace().reset();
    };
    let (answer, ()) = tokio::join!(stand.status(), anew);
    assert_eq!(answer.status, 200, "it was decided before");
}

#[tokio::test]
async fn the_verbs_set_the_clock_move_it_on_and_to_what_is_next() {
    let rule = "[[rule]]\nid = \"r\"\nwhen = { call = \"create-user\", nth = 1 }\n\
                then = { message = { late = \"1h\" } }\n";
    for mode in MODES {
        let stand = Stand::with(mode, rule).await;
        let at = stand.server.bound().control;
        let now = |answer: &Answer| Instant::parse(answer.json()["now"].as_str().unwrap()).unwrap();
        let later = stand.now() + YEAR;
        let body = json!({ "now": later.to_string() }).to_string();
        let set = plain(at, "PUT", "/v1/clock", &body).await;
        assert!(now(&set) >= later, "{mode}: {set:?}");
        assert_eq!(plain(at, "POST", "/v1/clock/next", "").await.status, 409, "nothing is due");
        let stand = Stand { token: stand.client.token(stand.server.bound().auth).await, ..stand };
        assert_eq!(stand.create().await.status, 201, "{mode}");
        let schedule = plain(at, "GET", "/v1/clock/schedule", "").await;
        assert!(schedule.body.contains("a message arrives"), "{mode}: {schedule:?}");
        let next = plain(at, "POST", "/v1/clock/next", "").await;
        assert!(now(&next) >= later + HOUR, "{mode}: {next:?}");
        assert!(stand.code(MessageKind::EmailConfirmation).is_some(), "{mode}");
        let ahead = plain(at, "POST", "/v1/clock/advance", "{\"byMs\":60000}").await;
        assert!(now(&ahead) >= now(&next) + MINUTE, "{mode}");
        for (body, why) in [
            ("{\"now\":\"2001-01-01T00:00:00Z\"}", "time never goes back"),
            ("{\"now\":\"tomorrow\"}", "not a moment"),
            ("{\"now\":\"2999-01-01T00:00:00Z\"}", "more than ten years"),
            ("{}", "missing field `now`"),
        ] {
            let refused = plain(at, "PUT", "/v1/clock", body).await;
            assert_eq!(refused.status, 400, "{mode} {body}");
            assert!(refused.body.contains(why), "{mode} {body}: {refused:?}");
        }
    }
}
