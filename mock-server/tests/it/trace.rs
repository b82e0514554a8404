//! The trace of a workspace: the same decisions in every run, no secret, and a file like the ring.

use certs::Role;
use contract::trace::{self, Decided, Line, Transported};
use mock_server::{MockServer, config::Limits, workspace::TraceClass};

use crate::client::{Client, builder, minted, request, server};

async fn visit(server: &MockServer) -> String {
    let client = Client::of(Role::MerchantA);
    let token = client.token(server.bound().auth).await;
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    let body = r#"{"merchantId":1001,"email":"anna@example.org"}"#;
    for text in [
        request("POST", "/User", &headers, body),
        request("GET", "/anna@example.org", &headers, ""),
        request("SECRETWORD", "/User", "X: y\r\n", ""),
    ] {
        client.send(server.bound().api, &text).await.unwrap();
    }
    token
}

#[tokio::test]
async fn two_runs_of_one_seed_decide_the_same_bytes() {
    let (one, other) = (server().await, server().await);
    visit(&one).await;
    visit(&other).await;
    let decisions = |server: &MockServer| server.workspace().trace(Some(TraceClass::Decision));
    assert_eq!(decisions(&one), decisions(&other));
    assert!(decisions(&one).len() > 4);
}

#[tokio::test]
async fn no_secret_enters_the_trace() {
    let server = server().await;
    let token = visit(&server).await;
    let workspace = server.workspace();
    let code = workspace.look(|world| world.messages().newest_first().next().unwrap().code.clone());
    let text = workspace.trace(Some(TraceClass::Decision)).join("\n");
    let (_, signature) = token.rsplit_once('.').unwrap();
    let thumbprint = &minted().thumbprint(Role::MerchantA).sha1;
    for secret in [signature, thumbprint, "anna@", "SECRETWORD", &*code, "127.0.0.1"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    trace::read(&text).unwrap();
    // Transport lines hold numbers that may look like a code, but nothing of a request.
    let text = workspace.trace(Some(TraceClass::Transport)).join("\n");
    for secret in [signature, thumbprint, "anna@", "SECRETWORD", "127.0.0.1"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn the_file_holds_what_the_ring_holds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/trace.jsonl");
    let server = builder().trace_file(&path).start().await.unwrap();
    visit(&server).await;
    let workspace = std::sync::Arc::clone(server.workspace());
    server.stop().await;
    let lines = workspace.trace(None);
    let file = std::fs::read_to_string(&path).unwrap();
    assert_eq!(file.lines().collect::<Vec<_>>(), lines);
    assert!(lines.len() > 10, "{lines:?}");
    workspace.reset();
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1, "the header alone");
}

#[tokio::test]
async fn a_full_ring_says_what_it_lost() {
    let limits = Limits { trace_lines: 3, ..Limits::default() };
    let server = builder().limits(limits).start().await.unwrap();
    visit(&server).await;
    let workspace = std::sync::Arc::clone(server.workspace());
    server.stop().await;
    let lines = trace::read(&workspace.trace(None).join("\n")).unwrap();
    assert_eq!(lines.len(), 1 + 1 + 3, "{lines:?}");
    let Line::Transport(told) = &lines[1] else { panic!("{lines:?}") };
    let Transported::Evicted { lines: evicted } = told.what else { panic!("{told:?}") };
    assert!(evicted >= 10, "{evicted}");
}

#[tokio::test]
async fn every_answer_that_was_delivered_belongs_to_a_step() {
    let server = server().await;
    visit(&server).await;
    let lines = trace::read(&server.workspace().trace(None).join("\n")).unwrap();
    let mut exchanges: Vec<_> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Decision(decision) => match &decision.what {
                Decided::Exchange(exchange) => Some((decision.step, exchange.status)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    exchanges.retain(|exchange| {
        !lines.iter().any(|line| match line {
            Line::Transport(line) => match line.what {
                Transported::Delivered { step, status, .. } => (step, status) == *exchange,
                _ => false,
            },
            _ => false,
        })
    });
    assert_eq!(exchanges, [], "answers without a delivery");
}
