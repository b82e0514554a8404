//! What a client cannot make large or slow. Every refusal reaches the client.

use std::time::Duration;

use certs::Role;
use mock_server::{MockServer, config::Limits, workspace::TraceClass};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::client::{Answer, Client, builder, read_all, request};

async fn server(limits: Limits) -> MockServer {
    builder().limits(limits).start().await.unwrap()
}

const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn a_body_that_says_it_is_too_large_gets_413_even_if_it_is_sent() {
    let server = server(Limits { body_bytes: 1000, ..Limits::default() }).await;
    for size in [1001, 4_000_000] {
        let text = request("POST", "/User", JSON, &"x".repeat(size));
        let answer = Client::of(None).send(server.bound().api, &text).await.unwrap();
        assert_eq!((answer.status, &*answer.body), (413, ""), "{size}");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    let text = request("POST", "/User", JSON, &"x".repeat(1000));
    let answer = Client::of(None).send(server.bound().api, &text).await.unwrap();
    assert_eq!(answer.status, 401, "within the limit, the token is looked at");
}

#[tokio::test]
async fn a_chunked_body_is_counted_as_it_comes() {
    let server = server(Limits { body_bytes: 1000, ..Limits::default() }).await;
    let mut wire = Client::of(None).connect(server.bound().api).await.unwrap();
    let head = "POST /User HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    wire.write_all(head.as_bytes()).await.unwrap();
    for _ in 0..40 {
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        wire.write_all(chunk.as_bytes()).await.unwrap();
    }
    wire.flush().await.unwrap();
    let answer = Answer::read(&read_all(&mut wire).await.unwrap());
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn forms_have_a_limit_of_their_own() {
    let server = server(Limits { form_bytes: 100, ..Limits::default() }).await;
    let long = "x".repeat(200);
    let client = Client::of(Role::MerchantA);
    let answer =
        client.post_form(server.bound().auth, "/connect/mtls/token", &[("client_id", &long)]).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_large_head_gets_431() {
    let server = server(Limits { header_bytes: 8192, ..Limits::default() }).await;
    let headers = format!("X-Long: {}\r\n", "x".repeat(9000));
    let answer = Client::of(None).get(server.bound().api, "/User/1/status", &headers).await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_gets_408() {
    let server = server(Limits { body_time: Duration::from_millis(20), ..Limits::default() }).await;
    let half = |path: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf")
    };
    for (listener, path) in [
        (server.bound().api, "/User"),
        (server.bound().auth, "/connect/mtls/token"),
        (server.bound().identity, "/session/0123456789abcdef0123456789abcdef"),
    ] {
        let answer = Client::of(None).send(listener, &half(path)).await.unwrap();
        assert_eq!((answer.status, answer.header("connection")), (408, Some("close")), "{path}");
    }
    let mut plain = TcpStream::connect(server.bound().control).await.unwrap();
    plain.write_all(half("/v1/clock/advance").as_bytes()).await.unwrap();
    let answer = Answer::read(&read_all(&mut plain).await.unwrap());
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
}

#[tokio::test]
async fn a_head_that_does_not_arrive_is_not_waited_for() {
    let server =
        server(Limits { header_time: Duration::from_millis(20), ..Limits::default() }).await;
    for listener in [server.bound().api, server.bound().auth, server.bound().identity] {
        let mut wire = Client::of(None).connect(listener).await.unwrap();
        wire.write_all(b"GET / HTTP/1.1\r\nHost:").await.unwrap();
        wire.flush().await.unwrap();
        assert_eq!(read_all(&mut wire).await.unwrap_or_default(), b"", "closed without an answer");
    }
    let mut plain = TcpStream::connect(server.bound().control).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    assert_eq!(read_all(&mut plain).await.unwrap_or_default(), b"");
}

#[tokio::test]
async fn a_connection_beyond_the_limit_is_closed_at_once_and_counted() {
    let server = server(Limits { connections: 1, ..Limits::default() }).await;
    let seated = Client::of(None).connect(server.bound().api).await.unwrap();
    assert!(Client::of(None).connect(server.bound().api).await.is_err());
    assert_eq!(server.turned_away(), 1);
    Client::of(None).connect(server.bound().auth).await.unwrap();
    drop(seated);
}

#[tokio::test]
async fn an_unread_body_does_not_swallow_a_refusal() {
    let server = server(Limits::default()).await;
    let body = "x".repeat(4_000_000);
    for (method, path, status) in [("POST", "/nowhere", 404), ("PUT", "/User", 405)] {
        let text = request(method, path, "", &body);
        let answer = Client::of(None).send(server.bound().api, &text).await.unwrap();
        assert_eq!(answer.status, status);
    }
    let head = request("HEAD", "/User/1/status", "", "");
    let answer = Client::of(None).send(server.bound().api, &head).await.unwrap();
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
}

#[tokio::test]
async fn a_refused_head_is_heard_however_much_of_it_is_still_to_come() {
    let server = server(Limits { header_bytes: 8192, ..Limits::default() }).await;
    for size in [70_000, 8_000_000] {
        let text = format!("GET /User HTTP/1.1\r\nX-Long: {}\r\n\r\n", "x".repeat(size));
        let answer = Client::of(None).send(server.bound().api, &text).await.unwrap();
        assert_eq!(answer.status, 431, "{size} over TLS");
        let mut plain = TcpStream::connect(server.bound().control).await.unwrap();
        plain.write_all(text.as_bytes()).await.unwrap();
        let answer = Answer::read(&read_all(&mut plain).await.unwrap());
        assert_eq!(answer.status, 431, "{size} in plain text");
    }
}

const CHUNKED: &str = "POST /User HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

#[tokio::test]
async fn a_body_that_is_badly_framed_gets_400() {
    let server = server(Limits::default()).await;
    let text = format!("{CHUNKED}no length at all\r\n");
    let answer = Client::of(None).send(server.bound().api, &text).await.unwrap();
    assert_eq!((answer.status, &*answer.body), (400, ""));
    assert_eq!(answer.header("connection"), Some("close"));
    let last = server.workspace().trace(Some(TraceClass::Decision)).pop().unwrap();
    assert!(last.contains("\"malformed-request\""), "{last}");
}

#[tokio::test]
async fn a_client_that_goes_away_is_not_answered_and_changes_nothing() {
    let server = server(Limits::default()).await;
    let steps = || server.workspace().trace(Some(TraceClass::Decision)).len();
    let before = steps();
    for head in [CHUNKED, "POST /User HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"] {
        let mut wire = Client::of(None).connect(server.bound().api).await.unwrap();
        wire.write_all(head.as_bytes()).await.unwrap();
        wire.shutdown().await.unwrap();
        // The server has noticed when it hangs up.
        let _ = read_all(&mut wire).await;
    }
    let told = server.workspace().trace(Some(TraceClass::Transport));
    let aborted = told.iter().filter(|line| line.contains("\"aborted\"")).count();
    assert_eq!((steps(), aborted), (before, 2), "{told:?}");
}

#[tokio::test]
async fn a_body_that_still_arrives_when_the_server_stops_gets_408() {
    for path in ["/User", "/session/0123456789abcdef0123456789abcdef"] {
        arriving_at_the_end(path).await;
    }
}

async fn arriving_at_the_end(path: &str) {
    let last_body = Duration::from_millis(1);
    let server = server(Limits { last_body, ..Limits::default() }).await;
    let bound = server.bound();
    let listener = if path == "/User" { bound.api } else { bound.identity };
    let mut wire = Client::of(None).connect(listener).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\
                Content-Length: 10\r\n\r\n"
    );
    wire.write_all(head.as_bytes()).await.unwrap();
    wire.flush().await.unwrap();
    // The go-ahead comes when somebody reads the body.
    let mut go_ahead = [0; 25];
    wire.read_exact(&mut go_ahead).await.unwrap();
    assert!(go_ahead.starts_with(b"HTTP/1.1 100 Continue"));
    wire.write_all(b"half").await.unwrap();
    let stopping = tokio::spawn(server.stop());
    let answer = Answer::read(&read_all(&mut wire).await.unwrap());
    assert_eq!((answer.status, answer.header("connection")), (408, Some("close")));
    drop(wire);
    assert_eq!(stopping.await.unwrap(), 0, "nothing was cut");
}
