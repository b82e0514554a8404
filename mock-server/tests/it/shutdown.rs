//! The end: what is under way finishes, and nothing is left.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::client::{Answer, Client, read_all, server};

#[tokio::test]
async fn a_request_under_way_is_answered_and_then_nothing_listens() {
    let server = server().await;
    let bound = *server.bound();
    let mut idle = Client::of(None).connect(bound.api).await.unwrap();
    let mut busy = Client::of(None).connect(bound.api).await.unwrap();
    let head = "POST /User HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\
                Expect: 100-continue\r\n\r\n";
    busy.write_all(head.as_bytes()).await.unwrap();
    busy.flush().await.unwrap();
    let mut heard = [0; 64];
    let count = busy.read(&mut heard).await.unwrap();
    assert!(heard[..count].starts_with(b"HTTP/1.1 100"), "the request is under way");

    let stop = tokio::spawn(server.stop());
    assert_eq!(read_all(&mut idle).await.unwrap_or_default(), b"", "the idle one is closed");
    busy.write_all(b"{}").await.unwrap();
    busy.flush().await.unwrap();
    let answer = Answer::read(&read_all(&mut busy).await.unwrap());
    assert_eq!(answer.status, 401);
    drop((idle, busy));
    stop.await.unwrap();
    for address in [bound.api, bound.auth, bound.identity, bound.control] {
        assert!(TcpStream::connect(address).await.is_err(), "{address} still listens");
    }
}

#[tokio::test]
async fn a_dropped_server_lets_go_of_its_ports() {
    let server = server().await;
    let address = server.bound().api;
    let mut wire = Client::of(None).connect(address).await.unwrap();
    drop(server);
    assert_eq!(read_all(&mut wire).await.unwrap_or_default(), b"");
}
