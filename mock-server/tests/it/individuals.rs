//! The calls about individuals over the wire, in the editions that have them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use contract::{Edition, Variants, message::MessageKind};
use mock_server::MockServer;
use serde_json::{Value, json};

use crate::client::{Answer, Client, builder, request};

/// A server of an edition and a token of its first merchant.
struct Stand {
    server: MockServer,
    token: String,
}

impl Stand {
    async fn of_2024_06() -> Self {
        let edition = Edition::E2024_06;
        let settings = builder().settings(|meant| {
            meant.edition = edition;
            meant.variants = Variants::of(edition);
        });
        let server = settings.start().await.unwrap();
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
        let answer = Client::of(None).send(server.bound().auth, &text).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        Self { server, token }
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let headers =
            format!("Content-Type: application/json\r\nAuthorization: Bearer {}\r\n", self.token);
        let text = request("POST", path, &headers, &body.to_string());
        Client::of(None).send(self.server.bound().api, &text).await.unwrap()
    }

    async fn get(&self, path: &str) -> Answer {
        let headers = format!("Authorization: Bearer {}\r\n", self.token);
        Client::of(None).get(self.server.bound().api, path, &headers).await
    }

    fn code(&self, kind: MessageKind) -> String {
        self.server.workspace().look(|world| {
            let mut messages = world.messages().newest_first();
            messages.find(|message| message.kind == kind).unwrap().code.to_string()
        })
    }

    /// A user of 2024-06 with e-mail and phone verified.
    async fn verified(&self) -> i64 {
        let email = "anna@example.org";
        let made = self.post("/api/v1/User", &json!({ "merchantId": 1001, "email": email })).await;
        let id = made.json()["id"].as_i64().unwrap();
        self.post("/api/v1/User/email/send-confirmation", &json!({ "id": id, "email": email }))
            .await;
        let token = self.code(MessageKind::EmailConfirmation);
        self.post("/api/v1/User/email/confirm", &json!({ "id": id, "token": token })).await;
        let phone = json!({ "id": id, "phoneNumber": "+359880000001" });
        self.post("/api/v1/User/phone-number/send-code", &phone).await;
        let code = self.code(MessageKind::PhoneVerification);
        self.post("/api/v1/User/phone-number/verify", &json!({ "id": id, "code": code })).await;
        let status = self.get(&format!("/api/v1/User/{id}/status")).await.json();
        assert_eq!(status, json!({ "isEmailVerified": true, "isPhoneNumberVerified": true }));
        id
    }
}

const ENROLL: &str = "/api/v1/enrollment/individual";

fn individual(user: i64) -> Value {
    json!({
        "userId": user,
        "firstName": "Invented",
        "lastName": "Person",
        "birthDate": "1990-01-01",
        "sourceOfFundId": 1,
        "nationalIdNumber": "0000000000",
        "residenceAddress": {
            "countryId": "BG", "city": "Testville", "zipCode": "1000", "addressLine": "1 Test St"
        },
        "primaryLanguage": "BUL",
        "nationalities": ["BG"],
        "taxResidences": ["BG"],
        "termsAndConditionsAcceptanceDate": "2024-06-01",
        "privacyPolicyAcceptanceDate": "2024-06-01",
        "tariffAcceptanceDate": "2024-06-01",
        "gender": "F",
        "accountPurposeCode": "1",
        "mainActivityCode": "1",
        "financingMethodCode": "1",
    })
}

#[tokio::test]
async fn an_individual_is_enrolled_once() {
    let stand = Stand::of_2024_06().await;
    let user = stand.verified().await;
    let answer = stand.post(ENROLL, &individual(user)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["individualId"], 700_001);
    assert_eq!(body["correlationId"].as_str().unwrap().len(), 36);
    let again = stand.post(ENROLL, &individual(user)).await;
    let told = json!({ "Error": ["Individual already enrolled"] });
    assert_eq!((again.status, &again.json()["errors"]), (400, &told));
    let trace = stand.server.workspace().trace(None).join("\n");
    for personal in ["Invented", "Testville", "0000000000", "1 Test St"] {
        assert!(!trace.contains(personal), "{personal} in {trace}");
    }
}

#[tokio::test]
async fn a_wrong_individual_is_told_what_is_wrong() {
    let stand = Stand::of_2024_06().await;
    let mut broken = individual(1);
    broken["firstName"] = Value::Null;
    let answer = stand.post(ENROLL, &broken).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(answer.json()["errors"]["FirstName"].is_array(), "{answer:?}");
    let answer = stand.post(ENROLL, &individual(424_242)).await;
    let told = json!({ "Error": ["UserNotFound"] });
    assert_eq!((answer.status, &answer.json()["errors"]), (400, &told));
}
