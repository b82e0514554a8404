//! A workspace in a file: a snapshot from which ten others go on, and the record of a run, which
//! is decided again to the byte.

use std::{os::unix::fs::PermissionsExt as _, path::Path};

use certs::Role;
use contract::Instant;
use mock_server::{
    MockServer,
    clock::Backwards,
    record,
    serve::{Wanted, workspaces::Added},
    workspace::{TraceClass, Workspace},
};
use serde_json::json;

use crate::client::{Client, builder, plain, request, server};

/// A user of the first merchant, and what the API says to the second of that address.
async fn create(bound: &mock_server::origins::Bound, token: &str, email: &str) -> (u16, i64) {
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    let body = json!({ "merchantId": 1001, "email": email }).to_string();
    let text = request("POST", "/User", &headers, &body);
    let answer = Client::of(None).send(bound.api, &text).await.unwrap();
    let id = if answer.status == 201 { answer.json()["id"].as_i64() } else { None };
    (answer.status, id.unwrap_or_default())
}

fn decisions(workspace: &Workspace) -> Vec<String> {
    workspace.trace(Some(TraceClass::Decision))
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A server that records, after something has happened in it.
async fn recorded(dir: &Path) -> MockServer {
    let text = "title = \"t\"\nwhy = \"w\"\n\
        [[given]]\nstate = \"identifying\"\nemail = \"given@example.org\"\n\
        [[rule]]\nid = \"r\"\nwhen = { call = \"create-user\", probability = 0.9847240330389403 }\n\
        then = { delay = { uniform = { from = \"1s\", to = \"9s\" } } }\nuntil = { times = 9 }\n";
    let scenario = contract::scenario::read(text).unwrap().scenario.into();
    let named = mock_server::scenario::Named { name: "s".to_owned(), scenario, path: None };
    let server = builder().settings(|meant| {
        meant.scenario = Some(named);
        meant.record_file = Some(dir.join("run.jsonl"));
        meant.trace_file = Some(dir.join("trace.jsonl"));
    });
    let server = server.start().await.unwrap();
    happens(&server).await;
    server
}

async fn happens(server: &MockServer) {
    let token = Client::of(Role::MerchantA).token(server.bound().auth).await;
    for email in ["anna@example.org", "bela@example.org", "anna@example.org"] {
        create(server.bound(), &token, email).await;
    }
    create(server.bound(), "no token", "x@example.org").await;
    let later = |now: Instant, _| Ok::<_, Backwards>(now + std::time::Duration::from_secs(3600));
    server.workspace().advance(later).unwrap();
    server.workspace().flush();
}

#[tokio::test]
async fn a_recorded_run_is_decided_again_to_the_byte() {
    let dir = tempfile::tempdir().unwrap();
    let (run, trace) = (dir.path().join("run.jsonl"), dir.path().join("trace.jsonl"));
    let server = recorded(dir.path()).await;
    assert_eq!(mode(&run), 0o600, "it holds real codes");
    assert!(decisions(server.workspace()).len() > 10);
    assert_eq!(record::replay(&run).unwrap(), decisions(server.workspace()));
    let told = record::told(&run, Some(&trace));
    assert_eq!(told.code, 0, "{}", told.text);
    server.workspace().reset();
    happens(&server).await;
    assert_eq!(record::replay(&run).unwrap(), decisions(server.workspace()), "after a reset too");
}

#[tokio::test]
async fn a_record_that_is_not_that_of_the_trace_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let (run, trace) = (dir.path().join("run.jsonl"), dir.path().join("trace.jsonl"));
    drop(recorded(dir.path()).await);
    let text = std::fs::read_to_string(&run).unwrap();
    let less: Vec<_> = text.lines().collect();
    std::fs::write(&run, less[..less.len() - 2].join("\n") + "\n").unwrap();
    let told = record::told(&run, Some(&trace));
    assert_eq!(told.code, 1, "{}", told.text);
    std::fs::write(&run, text.replace("bela@example.org", "anna@example.org")).unwrap();
    let told = record::told(&run, Some(&trace));
    assert!(told.code == 1 && told.text.contains("differs\nwas: "), "{}", told.text);
    for (broken, why) in [
        (String::new(), "it is empty"),
        ("{}\n".to_owned(), "line 1 is not the beginning of a record"),
        (text.replacen("\"record\":1", "\"record\":9", 1), "version 9"),
        (text[..text.len() - 9].to_owned(), "this is no command"),
        (text.clone() + "what?\n", "this is no command"),
    ] {
        std::fs::write(&run, broken).unwrap();
        let told = record::told(&run, None);
        assert_eq!(told.code, 2, "{}", told.text);
        assert!(told.text.contains(why), "{why}: {}", told.text);
    }
    assert_eq!(record::told(&dir.path().join("none"), None).code, 2);
}

#[tokio::test]
async fn ten_workspaces_go_on_from_one_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mid-flow.json");
    let server = server().await;
    let token = Client::of(Role::MerchantA).token(server.bound().auth).await;
    assert_eq!(create(server.bound(), &token, "anna@example.org").await, (201, 100_001));
    let later = |now: Instant, _| Ok::<_, Backwards>(now + std::time::Duration::from_secs(60));
    server.workspace().advance(later).unwrap();
    let body = json!({ "file": path }).to_string();
    let control = server.bound().control;
    assert_eq!(plain(control, "POST", "/v1/snapshot", &body).await.status, 200);
    assert_eq!(mode(&path), 0o600, "it holds real codes and tokens");
    let again = plain(control, "POST", "/v1/snapshot", &body).await;
    assert_eq!(again.status, 409, "no file is written over: {again:?}");
    // Elsewhere, with other settings, and after the original is gone.
    drop(server);
    let other = builder().seed(99).start().await.unwrap();
    let mut traces = Vec::new();
    for _ in 0..10 {
        let Added { workspace, bound, .. } =
            other.workspaces().add(Wanted::default().snapshot(&path)).unwrap();
        assert_eq!(workspace.now(), Instant::STEPPED_START + std::time::Duration::from_secs(60));
        assert_eq!(workspace.look(|world| world.settings().seed), 7);
        assert_eq!(create(&bound, &token, "anna@example.org").await.0, 400, "she is there");
        assert_eq!(create(&bound, &token, "bela@example.org").await, (201, 100_002));
        traces.push(decisions(&workspace));
    }
    assert!(traces.iter().all(|trace| *trace == traces[0]), "all go the same way");
}

#[tokio::test]
async fn what_is_no_snapshot_is_refused_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let server = server().await;
    let path = dir.path().join("good.json");
    mock_server::snapshot::write(&path, server.workspace().save()).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for (broken, why) in [
        (String::new(), "it is none, or damaged"),
        (text[..text.len() / 2].to_owned(), "it is none, or damaged"),
        (text.replacen("\"snapshot\":1", "\"snapshot\":2", 1), "of version 2"),
        (text.replacen("\"world\":{", "\"world\":{\"colour\":1,", 1), "unknown field `colour`"),
    ] {
        let path = dir.path().join("bad.json");
        std::fs::write(&path, broken).unwrap();
        let error = server.workspaces().add(Wanted::default().snapshot(&path)).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
    let missing = Wanted::default().snapshot(dir.path().join("none"));
    let error = server.workspaces().add(missing).unwrap_err().to_string();
    assert!(error.contains("cannot read it"), "{error}");
    let both = Wanted::default().snapshot(&path).seed(3);
    let error = server.workspaces().add(both).unwrap_err().to_string();
    assert!(error.contains("goes on as the original does"), "{error}");
}
