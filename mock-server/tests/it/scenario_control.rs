//! Scenarios over the control listener and over a client's own requests: chosen, loaded, healed,
//! explained. What cannot take effect is refused, and the running world stays as it is.

use certs::Role;
use serde_json::{Value, json};

use crate::{
    client::{Answer, Client, request},
    control::Control,
};

/// A control listener with a client of the same mock.
struct Stand {
    control: Control,
    client: Client,
    token: String,
}

impl Stand {
    async fn new() -> Self {
        let control = Control::new().await;
        let client = Client::of(Role::MerchantA);
        let token = client.token(control.server.bound().auth).await;
        Self { control, client, token }
    }

    async fn tell(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let (status, value) = self.control.send(method, path, body).await;
        (status.as_u16(), value)
    }

    async fn ask(&self, method: &str, path: &str, (header, body): (&str, &str)) -> Answer {
        let token = &self.token;
        let headers =
            format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n{header}");
        let text = request(method, path, &headers, body);
        self.client.send(self.control.server.bound().api, &text).await.unwrap()
    }

    async fn create(&self, email: &str) -> i64 {
        let body = json!({ "merchantId": 1001, "email": email }).to_string();
        let made = self.ask("POST", "/User", ("", &body)).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["id"].as_i64().unwrap()
    }

    async fn status(&self, user: i64, header: &str) -> Answer {
        self.ask("GET", &format!("/User/{user}/status"), (header, "")).await
    }
}

const BUSY: &str = "title = \"t\"\nwhy = \"w\"\n[[rule]]\nid = \"busy\"\n\
    when = { call = \"user-status\", from = 1 }\nthen = { answer = { status = 503 } }\n\
    until = { times = 9 }\n";

#[tokio::test]
async fn a_loaded_scenario_is_chosen_for_one_user_and_healed() {
    let stand = Stand::new().await;
    assert_eq!(stand.tell("PUT", "/v1/scenarios/mine", BUSY).await.0, 200);
    let (_, listed) = stand.tell("GET", "/v1/scenarios", "").await;
    let all = listed["scenarios"].as_array().unwrap();
    assert!(all.len() > 60);
    assert!(all.iter().any(|one| one["name"] == "mine" && one["rules"] == json!(["busy"])));
    let (anna, boris) = (stand.create("a@example.org").await, stand.create("b@example.org").await);
    let choice = json!({ "scenario": "mine", "userId": anna }).to_string();
    assert_eq!(stand.tell("POST", "/v1/scenario", &choice).await.0, 200);
    assert_eq!(stand.status(anna, "").await.status, 503);
    assert_eq!(stand.status(boris, "").await.status, 200);
    assert_eq!(stand.tell("POST", "/v1/faults/heal", "").await.0, 200);
    assert_eq!(stand.status(anna, "").await.status, 200);
}

#[tokio::test]
async fn json_says_the_same_as_toml() {
    let stand = Stand::new().await;
    let scenario = contract::scenario::read(BUSY).unwrap().scenario;
    let body = serde_json::to_string(&scenario).unwrap();
    assert_eq!(stand.tell("PUT", "/v1/scenarios/mine", &body).await.0, 200);
    let user = stand.create("anna+mine@example.org").await;
    assert_eq!(stand.status(user, "").await.status, 503);
}

#[tokio::test]
async fn what_cannot_take_effect_is_refused_and_nothing_changes() {
    let stand = Stand::new().await;
    let broken = BUSY.replace("user-status", "user-state");
    for (method, path, body, told) in [
        ("PUT", "/v1/scenarios/mine", broken.as_str(), "`user-state`"),
        ("PUT", "/v1/scenarios/Mine!", BUSY, "lower-case"),
        ("PUT", "/v1/scenarios/mine", "{\"title\":\"t\"}", "missing field `why`"),
        ("PUT", "/v1/scenarios/mine", "{\"title\":\"\",\"why\":\"w\"}", "title: 'title' is empty"),
        ("POST", "/v1/scenario", "{\"scenario\":\"nobody\"}", "no scenario 'nobody'"),
        ("POST", "/v1/scenario", "{\"scenario\":\"happy\",\"userId\":5}", "no user 5"),
        ("POST", "/v1/scenario", "{\"scenario\":\"happy\",\"merchantId\":5}", "no merchant 5"),
        ("POST", "/v1/scenario", "{\"scenario\":\"happy-2026-05\"}", "edition 2026-05"),
        ("POST", "/v1/scenario", "{\"scenario\":\"happy\",\"next\":true,\"userId\":1}", "one of"),
        ("POST", "/v1/scenario", "{\"scenaro\":\"happy\"}", "`scenaro`"),
        ("POST", "/v1/users/5/timeline", "", "no user 5"),
        ("POST", "/v1/users/x/timeline", "", "'x'"),
        ("GET", "/v1/explain/99999", "", "no step 99999"),
    ] {
        let (status, value) = stand.tell(method, path, body).await;
        assert!((400..500).contains(&status), "{method} {path}: {value}");
        let detail = value["detail"].as_str().unwrap();
        assert!(detail.contains(told), "{method} {path}: {detail}");
    }
    let user = stand.create("anna+mine@example.org").await;
    assert_eq!(stand.status(user, "").await.status, 200, "nothing was loaded");
}

#[tokio::test]
async fn a_client_may_ask_why_and_otherwise_the_bytes_stay_faithful() {
    let stand = Stand::new().await;
    let text = BUSY.replace("from = 1", "from = 2").replace("times = 9", "times = 1");
    assert_eq!(stand.tell("PUT", "/v1/scenarios/mine", &text).await.0, 200);
    let user = stand.create("anna+mine@example.org").await;
    let plain = stand.status(user, "").await;
    assert!(plain.header("x-mock-row").is_none());
    let faulty = stand.status(user, "X-Mock-Explain: 1\r\n").await;
    assert_eq!(faulty.header("x-mock-row"), Some("scripted"));
    assert_eq!(faulty.header("x-mock-fault"), Some("mine/busy answer"));
    let good = stand.status(user, "X-Mock-Explain: 1\r\n").await;
    assert_eq!((good.status, good.header("x-mock-row")), (200, Some("success")));
    assert!(good.header("x-mock-source").unwrap().starts_with("documented: 2025-09"));
}

#[tokio::test]
async fn a_step_is_explained_with_its_rules_and_what_to_do() {
    let stand = Stand::new().await;
    stand.tell("PUT", "/v1/scenarios/mine", &BUSY.replace("user-status", "finalize")).await;
    let user = stand.create("anna@example.org").await;
    let body = json!({ "userId": user }).to_string();
    let refused =
        stand.ask("POST", "/Enrollment/finalize-external-identification", ("", &body)).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    let lines = stand.control.server.workspace().trace(None);
    let step = lines
        .iter()
        .filter(|line| line.contains("\"call\":\"finalize\""))
        .find_map(|line| serde_json::from_str::<Value>(line).unwrap()["step"].as_u64())
        .unwrap();
    let (status, told) = stand.tell("GET", &format!("/v1/explain/{step}"), "").await;
    assert_eq!(status, 200);
    assert!(told["row"].as_str().unwrap().starts_with("not-signed-yet"), "{told}");
    let advice = told["advice"].as_str().unwrap();
    assert!(advice.contains("step 9 of the documented order"), "{advice}");
    assert!(told["story"][0].as_str().unwrap().contains("finalize -> 400"), "{told}");
    // With a scenario, each rule about such requests says why it happened or not.
    let choice = json!({ "scenario": "mine", "userId": user }).to_string();
    stand.tell("POST", "/v1/scenario", &choice).await;
    stand.ask("POST", "/Enrollment/finalize-external-identification", ("", &body)).await;
    let (_, told) = stand.tell("GET", &format!("/v1/explain/{}", step + 2), "").await;
    assert_eq!(told["rules"], json!(["busy happened, 1 time"]), "{told}");
}

#[tokio::test]
async fn what_is_scheduled_is_listed_and_a_timeline_goes_on_by_hand() {
    let stand = Stand::new().await;
    let text = "title = \"t\"\nwhy = \"w\"\n[[rule]]\nid = \"late\"\n\
        when = { call = \"create-user\", nth = 1 }\nthen = { message = { late = \"30s\" } }\n";
    stand.tell("PUT", "/v1/scenarios/mine", text).await;
    let user = stand.create("anna+mine@example.org").await;
    let (_, schedule) = stand.tell("GET", "/v1/clock/schedule", "").await;
    assert_eq!(
        schedule["scheduled"],
        json!([{ "at": "2026-01-01T00:00:30.000Z", "what": "a message arrives", "userId": user }])
    );
    let messages = format!("/v1/messages?userId={user}");
    assert_eq!(stand.tell("GET", &messages, "").await.1["messages"], json!([]));
    stand.tell("POST", "/v1/clock/advance", "{\"toNext\":true}").await;
    let (_, inbox) = stand.tell("GET", &messages, "").await;
    assert_eq!(inbox["messages"].as_array().unwrap().len(), 1);
    let (status, told) = stand.tell("POST", &format!("/v1/users/{user}/timeline"), "").await;
    assert_eq!(status, 400);
    assert!(told["detail"].as_str().unwrap().contains("no timeline"), "{told}");
}

#[tokio::test]
async fn a_reserved_number_chooses_its_scenario() {
    let stand = Stand::new().await;
    let user = stand.create("anna@example.org").await;
    let code = stand
        .control
        .server
        .workspace()
        .look(|world| world.messages().newest_first().next().unwrap().code.to_string());
    let confirm = json!({ "id": user, "token": code }).to_string();
    stand.ask("POST", "/User/email/confirm", ("", &confirm)).await;
    // The number of sms-twice.
    let body = json!({ "id": user, "phoneNumber": "+359880200005" }).to_string();
    let sent = stand.ask("POST", "/User/phone-number/send-code", ("", &body)).await;
    assert_eq!(sent.status, 204, "{sent:?}");
    let (_, schedule) = stand.tell("GET", "/v1/clock/schedule", "").await;
    assert_eq!(schedule["scheduled"][0]["what"], "a message arrives", "{schedule}");
}

#[tokio::test]
async fn a_saved_file_is_for_users_to_come_and_a_broken_one_changes_nothing() {
    use mock_server::scenario::{Named, watch};
    let first = contract::scenario::read(BUSY).unwrap().scenario;
    let named = Named { name: "mine".to_owned(), scenario: first.into(), path: None };
    let builder = crate::client::builder();
    let server =
        builder.settings(|meant| meant.scenario = Some(named.clone())).start().await.unwrap();
    let client = Client::of(Role::MerchantA);
    let token = client.token(server.bound().auth).await;
    let create = async |email: &str| {
        let body = json!({ "merchantId": 1001, "email": email }).to_string();
        let headers =
            format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
        let text = request("POST", "/User", &headers, &body);
        let made = client.send(server.bound().api, &text).await.unwrap();
        made.json()["id"].as_i64().unwrap()
    };
    let status = async |user: i64| {
        let headers = format!("Authorization: Bearer {token}\r\n");
        client.get(server.bound().api, &format!("/User/{user}/status"), &headers).await.status
    };
    let old = create("a@example.org").await;
    assert_eq!(status(old).await, 503);
    let broken = BUSY.replace("when", "whem");
    let watch::Saved::Wrong(why) = watch::take(server.workspace(), &named, &broken) else {
        panic!("taken");
    };
    assert!(why.contains("unknown field `whem`") && why.contains("mine:5:"), "{why}");
    assert_eq!(status(create("b@example.org").await).await, 503, "the one before stays");
    let changed = BUSY.replace("503", "504");
    assert_eq!(watch::take(server.workspace(), &named, &changed), watch::Saved::Loaded);
    assert_eq!(status(create("c@example.org").await).await, 504);
    assert_eq!(status(old).await, 503, "who has the old one keeps it");
}

#[tokio::test]
async fn given_users_are_there_from_the_start_and_again_and_the_mock_follows_their_redirects() {
    use mock_server::scenario::Named;
    let text = "title = \"t\"\nwhy = \"w\"\n[person]\npace = \"1s\"\n\
        [[given]]\nstate = \"identifying\"\nemail = \"anna@example.org\"\n";
    let scenario = contract::scenario::read(text).unwrap().scenario;
    let named = Named { name: "given".to_owned(), scenario: scenario.into(), path: None };
    let builder = crate::client::builder();
    let server = builder.settings(|meant| meant.scenario = Some(named)).start().await.unwrap();
    let workspace = server.workspace();
    let email = || workspace.look(|world| world.user(100_001).and_then(|user| user.email));
    assert_eq!(email().as_deref(), Some("anna@example.org"));
    let later = |now: contract::Instant, _| {
        let ten = std::time::Duration::from_secs(10);
        Ok::<_, mock_server::clock::Backwards>(now + ten)
    };
    workspace.advance(later).unwrap();
    // The merchant's address is the control listener's own landing page, until it is set.
    let visited = || workspace.trace(None).into_iter().find(|line| line.contains("\"visited\""));
    while visited().is_none() {
        tokio::task::yield_now().await;
    }
    let line = visited().unwrap();
    assert!(line.contains("\"leg\":\"identification\",\"status\":200"), "{line}");
    workspace.reset();
    assert_eq!(email().as_deref(), Some("anna@example.org"), "and again after a reset");
}
