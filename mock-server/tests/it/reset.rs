//! A reset leaves nothing of the world before, and the world after goes the same way.

use std::time::Duration;

use certs::Role;
use contract::Instant;
use mock_server::MockServer;

use crate::client::{Client, request, server};

async fn live(server: &MockServer) -> (String, i32) {
    live_as(server, (Role::MerchantA, "merchant-a-client", 1001)).await
}

/// A token, a user and some time.
async fn live_as(server: &MockServer, (role, id, number): (Role, &str, i32)) -> (String, i32) {
    let client = Client::of(role);
    let token = client.token_as(server.bound().auth, (role, id)).await;
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    let body = format!(r#"{{"merchantId":{number},"email":"anna@example.org"}}"#);
    let text = request("POST", "/User", &headers, &body);
    let answer = client.send(server.bound().api, &text).await.unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
    let later = Instant::STEPPED_START + Duration::from_secs(60);
    server.workspace().clock().advance_to(later).unwrap();
    (token, answer.json()["id"].as_i64().unwrap().try_into().unwrap())
}

#[tokio::test]
async fn nothing_is_left_and_the_same_happens_again() {
    let server = server().await;
    let workspace = server.workspace();
    let (token, user) = live(&server).await;
    assert!(workspace.look(|world| world.user(user).is_some()));
    assert_eq!(workspace.look(|world| world.messages().newest_first().count()), 1);

    workspace.reset();
    assert_eq!(workspace.now(), Instant::STEPPED_START);
    assert_eq!(workspace.look(|world| (world.user_count(), world.messages().evicted())), (0, 0));
    assert_eq!(workspace.look(|world| world.messages().newest_first().count()), 0);
    let decisions = Some(mock_server::workspace::TraceClass::Decision);
    assert_eq!(workspace.trace(decisions).len(), 1, "the header alone");
    let headers = format!("Authorization: Bearer {token}\r\n");
    let path = format!("/User/{user}/status");
    let answer = Client::of(None).get(server.bound().api, &path, &headers).await;
    let told = answer.header("www-authenticate");
    assert_eq!((answer.status, told), (401, Some("Bearer error=\"invalid_token\"")));

    let (other, _) = live_as(&server, (Role::MerchantB, "merchant-b-client", 1002)).await;
    assert_ne!(other, token);
    let answer = Client::of(None).get(server.bound().api, &path, &headers).await;
    assert_eq!(answer.status, 401, "an old text is no token of the new world");

    workspace.reset();
    assert_eq!(live(&server).await, (token, user), "the seed decides, and it is the same");
}
