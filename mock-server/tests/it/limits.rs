//! What a client cannot make large or slow. Every refusal reaches the client.

use std::time::Duration;

use certs::Role;
use mock_server::{MockServer, config::Limits};
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
    let mut wire = Client::of(None).connect(server.bound().api).await.unwrap();
    let head = "POST /User HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf";
    wire.write_all(head.as_bytes()).await.unwrap();
    wire.flush().await.unwrap();
    let mut heard = [0; 1024];
    let count = wire.read(&mut heard).await.unwrap();
    let answer = Answer::read(&heard[..count]);
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
