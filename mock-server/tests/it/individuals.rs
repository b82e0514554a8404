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
        Client::of(None).send(self.listener(path), &text).await.unwrap()
    }

    async fn get(&self, path: &str) -> Answer {
        let headers = format!("Authorization: Bearer {}\r\n", self.token);
        Client::of(None).get(self.listener(path), path, &headers).await
    }

    /// The user's calls are the identity server's in this edition, enrolment is the gateway's.
    fn listener(&self, path: &str) -> std::net::SocketAddr {
        let bound = self.server.bound();
        if path.starts_with("/api/v1/User") { bound.auth } else { bound.api }
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

/// A server of 2026-05 with a finalised user of its own merchant.
async fn finalized() -> (MockServer, Client, String) {
    let edition = Edition::E2026_05;
    let settings = builder().settings(|meant| {
        meant.edition = edition;
        meant.variants = Variants::of(edition);
    });
    let server = settings.start().await.unwrap();
    let client = Client::of(certs::Role::MerchantA);
    let token = client.token(server.bound().auth).await;
    (server, client, token)
}

/// Walks the flow of 2026-05 to its end.
async fn finalize(server: &MockServer, client: &Client, token: &str) {
    let world = server.workspace();
    let post = async |path: &str, body: Value| {
        let headers =
            format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
        let text = request("POST", path, &headers, &body.to_string());
        let answer = client.send(server.bound().api, &text).await.unwrap();
        assert!(answer.status < 300, "{path}: {answer:?}");
        answer
    };
    let code = |kind| {
        world.look(|world| {
            let mut messages = world.messages().newest_first();
            messages.find(|message| message.kind == kind).unwrap().code.to_string()
        })
    };
    let made = post("/User", json!({ "merchantId": 1001, "email": "anna@example.org" })).await;
    let id = made.json()["id"].as_i64().unwrap();
    let mailed = code(MessageKind::EmailConfirmation);
    post("/User/email/confirm", json!({ "id": id, "token": mailed })).await;
    let phone = json!({ "id": id, "phoneNumber": "+359880000001" });
    post("/User/phone-number/send-code", phone).await;
    let sent = code(MessageKind::PhoneVerification);
    post("/User/phone-number/verify", json!({ "id": id, "code": sent })).await;
    let data = json!({
        "userId": id, "isCorrespondenceAddressSame": true, "sourceOfFundId": "1",
        "taxResidences": "BG", "accountPurposeCode": "1", "mainActivityCode": "1",
    });
    let marker = "EnrollAdditionalData";
    let form = json!({ "id": id, "additionalData": { "type": marker, "data": data } });
    post("/User/add-additional-data", form).await;
    post("/Enrollment/initiate-external-identification", json!({ "userId": id })).await;
    for _ in 0..2 {
        let user = i32::try_from(id).unwrap();
        let command = sim::Command::Person { user, deed: sim::command::Deed::Complete };
        world.step(sim::Envelope::own(command));
        let later = world.now() + std::time::Duration::from_secs(4);
        world.clock().advance_to(later).unwrap();
    }
    post("/Enrollment/finalize-external-identification", json!({ "userId": id })).await;
}

#[tokio::test]
async fn a_post_code_is_looked_up_and_stays_out_of_the_trace() {
    let (server, client, token) = finalized().await;
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let ask = async |zip: &str, country: &str| {
        let path = format!("/User/{zip}/{country}/postal-code-by-country");
        client.get(server.bound().api, &path, &bearer).await
    };
    assert_eq!(ask("7391", "BG").await.json(), json!([{ "zip": "7391", "country": "BG" }]));
    assert_eq!(ask("73917", "BG").await.json(), json!([]));
    let trace = server.workspace().trace(None).join("\n");
    assert!(!trace.contains("7391"), "{trace}");
}

#[tokio::test]
async fn documents_are_files_for_a_few_minutes() {
    let (server, client, token) = finalized().await;
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let path = "/api/v1/KycSubmission/700001/documents/download";
    assert_eq!(client.get(server.bound().api, path, &bearer).await.status, 404);
    finalize(&server, &client, &token).await;
    let answer = client.get(server.bound().api, path, &bearer).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = answer.json();
    assert_eq!(body["expiresAt"].as_str().unwrap().len(), "2026-05-29T13:15:00Z".len());
    let links: Vec<_> = body["links"].as_array().unwrap().clone();
    let kinds: Vec<_> = links.iter().map(|link| link["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["ID_FRONT", "ID_BACK", "SIGNED_PROFILE"]);
    let fetch = async |link: &Value| {
        let url: url::Url = link["url"].as_str().unwrap().parse().unwrap();
        Client::of(None).get(server.bound().identity, url.path(), "").await
    };
    for (link, media_type) in links.iter().zip(["image/jpeg", "image/jpeg", "application/pdf"]) {
        let file = fetch(link).await;
        assert_eq!((file.status, file.header("content-type")), (200, Some(media_type)));
    }
    let trace = server.workspace().trace(None).join("\n");
    for link in &links {
        let secret = link["url"].as_str().unwrap().rsplit('/').next().unwrap();
        assert!(!trace.contains(secret), "{trace}");
    }
    let later = server.workspace().now() + std::time::Duration::from_secs(300);
    server.workspace().clock().advance_to(later).unwrap();
    assert_eq!(fetch(&links[0]).await.status, 404);
}
