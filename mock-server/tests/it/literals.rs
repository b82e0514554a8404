//! Every literal error text that the provider's pages show, asked for over real sockets in the
//! edition that shows it: one test for each text and call, named after both.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certs::Role;
use contract::{Edition, Provenance, Variants, message::MessageKind};
use mock_server::MockServer;
use serde_json::{Value, json};

use crate::client::{Answer, Client, builder, request};

/// A server of an edition with one merchant's token, and users as a case needs them.
struct Stand {
    server: MockServer,
    client: Client,
    token: String,
    old: bool,
}

impl Stand {
    async fn of(edition: Edition) -> Self {
        let settings = builder().settings(|meant| {
            meant.edition = edition;
            meant.variants = Variants::of(edition);
        });
        let server = settings.start().await.unwrap();
        let client = Client::of(Role::MerchantA);
        let old = edition == Edition::E2024_06;
        let token = if old {
            by_password(&server, &client).await
        } else {
            client.token(server.bound().auth).await
        };
        Self { server, client, token, old }
    }

    /// Paths are those of 2025-09; 2024-06 has the user's calls at its identity server.
    async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let (prefix, listener) = match self.old {
            true => ("/api/v1", self.server.bound().auth),
            false => ("", self.server.bound().api),
        };
        let headers =
            format!("Content-Type: application/json\r\nAuthorization: Bearer {}\r\n", self.token);
        let text = request(method, &format!("{prefix}{path}"), &headers, body);
        self.client.send(listener, &text).await.unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &body.to_string()).await
    }

    async fn user(&self, email: &str) -> i64 {
        let made = self.post("/User", json!({ "merchantId": 1001, "email": email })).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["id"].as_i64().unwrap()
    }

    /// A user whose address is confirmed.
    async fn confirmed(&self, email: &str) -> i64 {
        let id = self.user(email).await;
        if self.old {
            self.post("/User/email/send-confirmation", json!({ "id": id, "email": email })).await;
        }
        let token = self.code(MessageKind::EmailConfirmation);
        let done = self.post("/User/email/confirm", json!({ "id": id, "token": token })).await;
        assert_eq!(done.status, 200, "{done:?}");
        id
    }

    fn code(&self, kind: MessageKind) -> String {
        self.server.workspace().look(|world| {
            let mut messages = world.messages().newest_first();
            messages.find(|message| message.kind == kind).unwrap().code.to_string()
        })
    }
}

async fn by_password(server: &MockServer, client: &Client) -> String {
    let ready = server.ready();
    let basic = STANDARD.encode(format!("{}:{}", ready.client_id, ready.client_secret));
    let headers = format!(
        "Content-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic {basic}\r\n"
    );
    let pairs = [
        ("grant_type", "password"),
        ("username", &*ready.username),
        ("password", &*ready.password),
    ];
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    let form = form.extend_pairs(pairs).finish();
    let text = request("POST", "/connect/token", &headers, &form);
    let answer = client.send(server.bound().auth, &text).await.unwrap();
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

const STRANGER: i64 = 999_999;
const PHONE: &str = "+359880000001";

/// The envelope of a family: `type`, `title`, `traceId` as far as it has them.
#[derive(Clone, Copy)]
enum Envelope {
    /// Model validation.
    Validation,
    /// A broken rule.
    Rule,
    /// A broken rule without `type` and `traceId`.
    Short,
}

fn check(answer: &Answer, (envelope, key, texts): (Envelope, &str, &[&str])) {
    assert_eq!(answer.status, 400, "{answer:?}");
    let kind = answer.header("content-type").unwrap();
    assert_eq!(kind, "application/problem+json; charset=utf-8");
    let body = answer.json();
    assert_eq!(body["errors"], json!({ key: texts }), "{body}");
    assert_eq!(body["status"], 400);
    let title = match envelope {
        Envelope::Validation => "One or more validation errors occurred.",
        Envelope::Rule | Envelope::Short => "Bad Request",
    };
    assert_eq!(body["title"], title);
    let whole = !matches!(envelope, Envelope::Short);
    assert_eq!(body["traceId"].is_string(), whole, "{body}");
    assert_eq!(body["type"].is_string(), whole, "{body}");
}

macro_rules! literals {
    ($($name:ident: $edition:ident, $envelope:ident, $key:literal, [$($text:literal),+],
        |$stand:ident| $ask:expr;)+) => {
        /// Each literal with the edition in which it was asked for.
        const LITERALS: &[(Edition, &str)] = &[$($((Edition::$edition, $text)),+),+];

        $(#[tokio::test]
        async fn $name() {
            let $stand = Stand::of(Edition::$edition).await;
            let answer: Answer = $ask.await;
            check(&answer, (Envelope::$envelope, $key, &[$($text),+]));
        })+
    };
}

literals! {
    invalid_email_address_on_create: E2025_09, Validation, "Email", ["Invalid email address"],
        |stand| stand.post("/User", json!({ "merchantId": 1001, "email": "not-an-email" }));
    invalid_email_address_on_send_confirmation: E2025_09, Validation, "Email",
        ["Invalid email address"], |stand| async {
            let id = stand.user("a@example.org").await;
            let body = json!({ "id": id, "email": "not-an-email" });
            stand.post("/User/email/send-confirmation", body).await
        };
    the_email_field_is_required_then_email_address_is_required: E2025_09, Validation, "Email",
        ["The Email field is required.", "Email address is required"],
        |stand| stand.post("/User", json!({ "merchantId": 1001, "email": "" }));
    invalid_token_dot: E2025_09, Short, "Error", ["Invalid token."], |stand| async {
        let id = stand.user("a@example.org").await;
        stand.post("/User/email/confirm", json!({ "id": id, "token": "wrong" })).await
    };
    the_token_field_is_required_when_missing: E2025_09, Validation, "Token",
        ["The Token field is required."], |stand| async {
            let id = stand.user("a@example.org").await;
            stand.post("/User/email/confirm", json!({ "id": id })).await
        };
    the_token_field_is_required_when_null: E2025_09, Validation, "Token",
        ["The Token field is required."], |stand| async {
            let id = stand.user("a@example.org").await;
            stand.post("/User/email/confirm", json!({ "id": id, "token": null })).await
        };
    the_token_field_is_required_when_empty: E2025_09, Validation, "Token",
        ["The Token field is required."], |stand| async {
            let id = stand.user("a@example.org").await;
            stand.post("/User/email/confirm", json!({ "id": id, "token": "" })).await
        };
    the_token_field_is_required_in_2024: E2024_06, Validation, "Token",
        ["The Token field is required."], |stand| async {
            let id = stand.user("a@example.org").await;
            stand.post("/User/email/confirm", json!({ "id": id })).await
        };
    user_not_found_on_email_confirm: E2024_06, Rule, "Error", ["UserNotFound"], |stand| {
        stand.post("/User/email/confirm", json!({ "id": STRANGER, "token": "000000" }))
    };
    user_not_found_on_send_code: E2024_06, Rule, "Error", ["UserNotFound"], |stand| {
        let body = json!({ "id": STRANGER, "phoneNumber": PHONE });
        stand.post("/User/phone-number/send-code", body)
    };
    user_not_found_on_verify: E2024_06, Rule, "Error", ["UserNotFound"], |stand| {
        stand.post("/User/phone-number/verify", json!({ "id": STRANGER, "code": "000000" }))
    };
    user_not_found_on_status: E2024_06, Rule, "Error", ["UserNotFound"],
        |stand| stand.send("GET", "/User/999999/status", "");
    phone_already_registered_in_one_word: E2024_06, Rule, "Error", ["PhoneAlreadyRegistered"],
        |stand| taken_phone(&stand);
    phone_already_registered_in_words: E2025_09, Rule, "Error", ["Phone already registered"],
        |stand| taken_phone(&stand);
    the_code_field_is_required: E2025_09, Validation, "Code", ["The Code field is required."],
        |stand| async {
            let id = stand.user("a@example.org").await;
            stand.post("/User/phone-number/verify", json!({ "id": id, "code": "" })).await
        };
    the_code_field_is_required_in_2024: E2024_06, Validation, "Code",
        ["The Code field is required."], |stand| async {
            let id = stand.user("a@example.org").await;
            stand.post("/User/phone-number/verify", json!({ "id": id })).await
        };
    invalid_code_dot: E2025_09, Rule, "Error", ["Invalid code."], |stand| async {
        let id = stand.confirmed("a@example.org").await;
        let phone = json!({ "id": id, "phoneNumber": PHONE });
        assert_eq!(stand.post("/User/phone-number/send-code", phone).await.status, 204);
        let right = stand.code(MessageKind::PhoneVerification);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        stand.post("/User/phone-number/verify", json!({ "id": id, "code": wrong })).await
    };
}

async fn taken_phone(stand: &Stand) -> Answer {
    let owner = stand.confirmed("a@example.org").await;
    let first = json!({ "id": owner, "phoneNumber": PHONE });
    let sent = stand.post("/User/phone-number/send-code", first).await;
    assert!(matches!(sent.status, 200 | 204), "{sent:?}");
    let other = stand.confirmed("b@example.org").await;
    let second = json!({ "id": other, "phoneNumber": PHONE });
    stand.post("/User/phone-number/send-code", second).await
}

/// The oldest form, whose text the page shows for two statuses.
#[tokio::test]
async fn error_code_and_error_message() {
    let stand = Stand::of(Edition::E2024_06).await;
    let answer = stand.post("/User", json!({ "merchantId": 1001, "email": "not-an-email" })).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("content-type").unwrap(), "application/json; charset=utf-8");
    assert_eq!(answer.body, r#"{"errorCode":400,"errorMessage":"Bad Request"}"#);
}

/// Texts that no request can earn, because only a broken server writes them, or that belong to the
/// framework's own envelope.
const NOT_ASKED_FOR: &[(&str, &str)] = &[
    ("Server Error", "a scenario puts it there: nothing a client sends makes the mock fail"),
    ("One or more validation errors occurred.", "the title of every validation body above"),
    ("Bad Request", "the flat form above"),
    ("Email does not match", "the page shows the form of the refusal, an array, and no text"),
    ("Email already registered", "the page shows the form of the refusal, an array, and no text"),
    ("An error occurred while processing your request.", "as Server Error, in a newer edition"),
];

#[test]
fn every_documented_text_of_the_tables_has_a_test() {
    let asked: BTreeSet<_> = LITERALS.iter().copied().collect();
    let mut missing = Vec::new();
    for tables in Edition::served().filter_map(Edition::tables) {
        for row in tables.refusals() {
            let Provenance::Documented { edition, .. } = row.provenance else { continue };
            let excused = NOT_ASKED_FOR.iter().any(|(text, _)| *text == row.text);
            let own = edition == tables.edition && !row.text.is_empty() && !excused;
            if own && !asked.contains(&(edition, row.text)) {
                missing.push(format!("{edition} {}: {:?}", row.problem.name(), row.text));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
