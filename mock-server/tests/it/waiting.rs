//! Waiting for messages and for news, and what happens by itself when its moment comes.

use contract::{scenario::Given, status::IdentificationStatus};
use http_body_util::BodyExt as _;
use mock_server::clock::ClockMode;
use serde_json::json;
use sim::{Command, Envelope, command::ScriptRequest};

use crate::{
    client::{builder, server},
    control::Control,
};

/// A user in some state; the first has the number 100001.
fn give(control: &Control, state: &str) {
    let given: Given = serde_json::from_value(json!({ "state": state })).unwrap();
    control.server.workspace().step(Envelope::own(Command::Script(ScriptRequest::Given(given))));
}

#[tokio::test]
async fn a_message_that_is_there_is_given_at_once() {
    let control = Control::new().await;
    give(&control, "phone-verified");
    let path = "/v1/messages/next?userId=100001&kind=phone-verification";
    let (status, message) = control.send("GET", path, "").await;
    assert_eq!((status.as_u16(), &message["kind"]), (200, &json!("phone-verification")));
    assert_eq!(message["code"].as_str().unwrap().len(), 6);
    assert_eq!(message["link"], json!(null));
}

#[tokio::test]
async fn a_message_is_waited_for() {
    let control = Control::new().await;
    give(&control, "registered");
    let waits = control.send("GET", "/v1/messages/next?channel=email&after=1", "");
    let comes = async { give(&control, "registered") };
    let ((status, message), ()) = tokio::join!(waits, comes);
    assert_eq!((status.as_u16(), &message["userId"]), (200, &json!(100_002)));
}

#[tokio::test]
async fn what_never_comes_is_told() {
    let control = Control::new().await;
    give(&control, "registered");
    for (query, status, told) in [
        ("after=1&timeoutMs=0", 404, "within 0 ms"),
        ("userId=5&timeoutMs=0", 404, "No such message"),
        ("timeoutMs=60001", 400, "60000"),
        ("kind=letter", 400, "phone-verification"),
        ("channel=fax", 400, "email or sms"),
        ("after=-1", 400, "after is a number"),
        ("user=1", 400, "unknown query"),
    ] {
        let (got, body) = control.send("GET", &format!("/v1/messages/next?{query}"), "").await;
        assert_eq!(got.as_u16(), status, "{query}: {body}");
        assert!(body["detail"].as_str().unwrap().contains(told), "{query}: {body}");
    }
}

#[tokio::test]
async fn nobody_waits_longer_than_the_server_runs() {
    let control = Control::new().await;
    let waits = control.send("GET", "/v1/messages/next?timeoutMs=60000", "");
    let stops = async { control.closing.begin() };
    let ((status, _), ()) = tokio::join!(waits, stops);
    assert_eq!(status.as_u16(), 404);
}

#[tokio::test]
async fn news_come_as_events_and_end_with_the_server() {
    let control = Control::of(server().await);
    let mut body = control.get("/v1/events").await.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    assert!(first.starts_with("event: change\ndata: "), "{first}");
    give(&control, "registered");
    let second = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_ne!(first.as_bytes(), &second[..], "something has changed");
    control.closing.begin();
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn what_is_due_happens_although_nobody_asks() {
    let settings = builder().clock(ClockMode::Times(100_000));
    let control = Control::of(settings.start().await.unwrap());
    let workspace = control.server.workspace();
    let mut news = workspace.watch();
    give(&control, "identification-processing");
    let status = |world: &sim::World| world.user(100_001)?.session.map(|session| session.status);
    while workspace.look(status) == Some(IdentificationStatus::Processing) {
        news.changed().await.unwrap();
    }
    assert!(workspace.look(sim::World::steps_taken) >= 2);
}
