//! Workspaces side by side in one process: none knows of another, a copy goes on where its
//! original stood, and a dropped one leaves nothing behind.

use std::sync::{Arc, Weak};

use certs::Role;
use contract::Instant;
use mock_server::{
    MockServer,
    clock::{Backwards, ClockMode},
    serve::{Wanted, workspaces::Added},
    workspace::Workspace,
};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::client::{Answer, Client, plain, read_all, request, server};

async fn ask(server: &MockServer, method: &str, path: &str, body: &str) -> Answer {
    plain(server.bound().control, method, path, body).await
}

fn add(server: &MockServer, wanted: Wanted) -> Added {
    server.workspaces().add(wanted).unwrap()
}

/// A token and a user of the first merchant.
async fn live(added: &Added) -> (String, i32) {
    live_as(added, "anna@example.org").await
}

async fn live_as(added: &Added, email: &str) -> (String, i32) {
    let client = Client::of(Role::MerchantA);
    let token = client.token(added.bound.auth).await;
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    let body = json!({ "merchantId": 1001, "email": email }).to_string();
    let answer = client.send(added.bound.api, &request("POST", "/User", &headers, &body)).await;
    let answer = answer.unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
    (token, answer.json()["id"].as_i64().unwrap().try_into().unwrap())
}

/// The text of the newest message.
fn mail(added: &Added) -> String {
    added.workspace.look(|world| {
        world.messages().newest_first().next().map(sim::inbox::Message::text).unwrap_or_default()
    })
}

async fn status_of(added: &Added, (token, user): &(String, i32)) -> u16 {
    let headers = format!("Authorization: Bearer {token}\r\n");
    let path = format!("/User/{user}/status");
    Client::of(None).get(added.bound.api, &path, &headers).await.status
}

#[tokio::test]
async fn none_knows_of_another() {
    let server = server().await;
    let one = add(&server, Wanted::named("one"));
    let same = add(&server, Wanted::named("same"));
    let other = add(&server, Wanted::default().seed(99).clock(ClockMode::Real));
    assert_eq!((&*one.name, &*other.name), ("one", "w1"));
    let here = live(&one).await;
    assert_eq!(status_of(&one, &here).await, 200);
    assert_eq!(status_of(&same, &here).await, 401, "a token of another workspace is foreign");
    assert_eq!(other.workspace.look(sim::World::user_count), 0);
    live(&other).await;
    live(&same).await;
    assert_eq!(mail(&same), mail(&one), "the seed decides, and it is the same");
    assert_ne!(mail(&other), mail(&one));
    let later = |now: Instant, _| Ok::<_, Backwards>(now + std::time::Duration::from_secs(9));
    one.workspace.advance(later).unwrap();
    assert_eq!(same.workspace.now(), Instant::STEPPED_START);
    one.workspace.reset();
    assert_eq!(same.workspace.look(sim::World::user_count), 1);
}

#[tokio::test]
async fn each_follows_its_own_edition_and_readings() {
    let server = server().await;
    let newest = Wanted::named("newest").edition("2026-05").unwrap();
    let newest = add(&server, newest.variant("mtls-refusal", "http-400-json").unwrap());
    assert_eq!(newest.workspace.edition().name(), "2026-05");
    let form = [("grant_type", "client_credentials")];
    let refused = |at| async move {
        Client::of(None).post_form(at, "/connect/mtls/token", &form).await.status
    };
    assert_eq!(refused(newest.bound.auth).await, 400);
    assert_eq!(refused(server.bound().auth).await, 403);
}

#[tokio::test]
async fn ten_copies_go_on_where_the_original_stood() {
    let server = server().await;
    let original = add(&server, Wanted::named("original"));
    let anna = live(&original).await;
    let lines = original.workspace.trace(None).len();
    let copies: Vec<_> =
        (0..10).map(|_| add(&server, Wanted::default().copy_of("original"))).collect();
    let moment = original.workspace.now();
    for copy in &copies {
        assert_eq!(copy.workspace.now(), moment);
        assert_eq!(copy.workspace.trace(None).len(), lines, "with what led there");
        assert_eq!(status_of(copy, &anna).await, 200, "its tokens are good here too");
        assert_ne!(copy.bound.api, original.bound.api);
        let landing = copy.workspace.look(|world| world.merchant(1001).unwrap().success.clone());
        let own = copy.workspace.origins().control.clone();
        assert_eq!(landing, format!("{own}/landing/success"));
    }
    let next: Vec<_> = {
        let mut next = Vec::new();
        for copy in &copies {
            next.push(live_as(copy, "bela@example.org").await.1);
        }
        next
    };
    assert!(next.iter().all(|user| *user == next[0] && *user != anna.1), "{next:?}");
    assert_eq!(original.workspace.look(sim::World::user_count), 1, "the original stands still");
}

#[tokio::test]
async fn a_dropped_one_leaves_nothing_behind() {
    let server = server().await;
    drop(add(&server, Wanted::named("first")));
    server.workspaces().remove("first").unwrap().await;
    let before = tasks();
    for round in 0..5 {
        let added = add(&server, Wanted::named(format!("round-{round}")));
        let anna = live(&added).await;
        let mut idle = Client::of(None).connect(added.bound.api).await.unwrap();
        assert_eq!(status_of(&added, &anna).await, 200);
        let (gone, at) = (Arc::downgrade(&added.workspace), added.bound);
        drop(added);
        server.workspaces().remove(&format!("round-{round}")).unwrap().await;
        assert_eq!(read_all(&mut idle).await.unwrap(), b"", "idle connections end");
        drop(idle);
        until(|| gone.upgrade().is_none()).await;
        for at in [at.api, at.auth, at.identity, at.control] {
            assert!(TcpStream::connect(at).await.is_err());
        }
        assert!(server.workspaces().get(&format!("round-{round}")).is_none());
    }
    until(|| tasks() <= before).await;
    assert_eq!(server.workspaces().all().len(), 1);
}

#[tokio::test]
async fn a_client_that_stands_at_the_door_keeps_no_workspace_alive() {
    let server = server().await;
    let added = add(&server, Wanted::named("door"));
    let silent = TcpStream::connect(added.bound.api).await.unwrap();
    let gone: Weak<Workspace> = Arc::downgrade(&added.workspace);
    drop(added);
    server.workspaces().remove("door").unwrap().await;
    until(|| gone.upgrade().is_none()).await;
    drop(silent);
}

async fn until(done: impl Fn() -> bool) {
    while !done() {
        tokio::task::yield_now().await;
    }
}

/// Whoever holds a socket here does so in a task.
fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

#[tokio::test]
async fn the_control_listener_adds_shows_copies_and_drops() {
    let server = server().await;
    let ask_for = json!({ "name": "ci-42", "seed": 5, "clock": "x10", "scenario": "slow-person" });
    let made = ask(&server, "POST", "/v1/workspaces", &ask_for.to_string()).await;
    assert_eq!(made.status, 200, "{made:?}");
    let made = made.json();
    let told = |name: &str| made[name].clone();
    assert_eq!(
        (told("seed"), told("clock"), told("scenario")),
        (5.into(), "x10".into(), "slow-person".into())
    );
    let own: url::Url = made["control"].as_str().unwrap().parse().unwrap();
    let own = std::net::SocketAddr::from(([127, 0, 0, 1], own.port().unwrap()));
    let health = plain(own, "GET", "/v1/health", "").await;
    assert_eq!(health.status, 200, "it has a control listener of its own");
    let copy = plain(own, "POST", "/v1/workspaces", r#"{"copyOf":"ci-42"}"#).await.json();
    assert_eq!((copy["name"].clone(), copy["seed"].clone()), ("w1".into(), 5.into()));
    let list = ask(&server, "GET", "/v1/workspaces", "").await.json();
    let names: Vec<_> =
        list["workspaces"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["ci-42", "main", "w1"]);
    assert_eq!(ask(&server, "POST", "/v1/workspaces/ci-42/reset", "").await.status, 200);
    let gone = plain(own, "DELETE", "/v1/workspaces/ci-42", "").await;
    assert_eq!(gone.status, 200, "one may drop the workspace in which one stands");
    assert_eq!(ask(&server, "GET", "/v1/workspaces/ci-42", "").await.status, 404);
}

#[tokio::test]
async fn what_cannot_be_added_is_refused_with_the_reason_and_nothing_changes() {
    let server = server().await;
    let busy = server.bound().api.port();
    let cases: [(Value, u16, &str); 12] = [
        (json!({ "name": "main" }), 409, "a workspace 'main' already"),
        (json!({ "name": "a/b" }), 400, "'a/b' cannot be a name"),
        (json!({ "name": "" }), 400, "cannot be a name"),
        (json!({ "edition": "1999-01" }), 400, "unknown edition '1999-01'"),
        (json!({ "clock": "fast" }), 400, "'fast' is no clock"),
        (json!({ "scenario": "slow-persn" }), 400, "did you mean 'slow-person'"),
        (json!({ "variants": { "nobody": "x" } }), 400, "nobody"),
        (json!({ "seed": -1 }), 400, "integer `-1`"),
        (json!({ "speed": 1 }), 400, "unknown field `speed`"),
        (json!({ "copyOf": "nobody" }), 404, "no workspace 'nobody'"),
        (json!({ "copyOf": "main", "seed": 3 }), 400, "a copy goes on as the original does"),
        (json!({ "ports": { "api": busy } }), 409, "Another program has this port"),
    ];
    for (wanted, status, why) in cases {
        let answer = ask(&server, "POST", "/v1/workspaces", &wanted.to_string()).await;
        assert_eq!(answer.status, status, "{wanted}: {answer:?}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(why), "{wanted}: {detail}");
    }
    let main = ask(&server, "DELETE", "/v1/workspaces/main", "").await;
    assert_eq!(main.status, 400, "{main:?}");
    assert_eq!(ask(&server, "DELETE", "/v1/workspaces/nobody", "").await.status, 404);
    assert_eq!(server.workspaces().all().len(), 1);
}
