//! Brings the mock's world to the state that is measured: a token, and a user whose
//! identification is under way, so that a poll reads real state.

use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::{Outcome, http, http::Connection, load, server::Server};

/// What the load needs to know.
pub(crate) struct Prepared {
    token: String,
    user: i64,
    merchant: i64,
}

/// Walks a user to the point where polls say PROCESSING.
pub(crate) async fn prepare(mock: &Server, certs: &certs::Minted) -> Outcome<Prepared> {
    let tls = load::client(certs)?;
    let mut auth = load::connect(&tls, &mock.address("auth")?).await?;
    let mut api = load::connect(&tls, &mock.address("api")?).await?;
    let mut control = Connection::new(TcpStream::connect(mock.address("control")?).await?);
    let token = token(&mut auth, mock, certs).await?;
    let merchant = mock.ready["merchant_id"].as_i64().ok_or("no merchant_id")?;
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let mut post = async |path: &str, body: Value| {
        let request = http::request(&format!("POST {path}"), &bearer, &body.to_string());
        let answer = api.exchange(request.as_bytes()).await?;
        match answer.status {
            200..=299 => Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null)),
            status => {
                Err(Box::<dyn std::error::Error + Send + Sync>::from(format!("{path}: {status}")))
            }
        }
    };
    let user = post("/User", json!({"merchantId": merchant, "email": "bench@example.org"})).await?;
    let user = user["id"].as_i64().ok_or("no user id")?;
    let code = code(&mut control, user, "email").await?;
    post("/User/email/confirm", json!({"id": user, "token": code})).await?;
    post("/User/phone-number/send-code", json!({"id": user, "phoneNumber": "+359880000000"}))
        .await?;
    let code = self::code(&mut control, user, "sms").await?;
    post("/User/phone-number/verify", json!({"id": user, "code": code})).await?;
    post("/Enrollment/initiate-external-identification", json!({"userId": user})).await?;
    let deed = json!({"userId": user, "do": "complete"}).to_string();
    control.exchange(http::request("POST /v1/person", "", &deed).as_bytes()).await?;
    Ok(Prepared { token, user, merchant })
}

/// The bytes of one poll.
pub(crate) fn poll_request(world: &Prepared) -> String {
    let path = format!("/Enrollment/{}/0/true/get-identification-process-status", world.user);
    http::request(&format!("GET {path}"), &format!("Authorization: Bearer {}\r\n", world.token), "")
}

/// The bytes of one creation.
pub(crate) fn create_request(world: &Prepared, number: usize) -> String {
    let body = json!({"merchantId": world.merchant, "email": format!("user{number}@example.org")});
    let bearer = format!("Authorization: Bearer {}\r\n", world.token);
    http::request("POST /User", &bearer, &body.to_string())
}

async fn token(auth: &mut load::Tls, mock: &Server, certs: &certs::Minted) -> Outcome<String> {
    let client = mock.ready["client_id"].as_str().ok_or("no client_id")?;
    let thumbprint = &certs.thumbprint(certs::Role::MerchantA).sha1;
    let form = format!(
        "client_id={client}&grant_type=client_credentials&scope=Tenn.CRM&IdentityServer%3AMTLS%3AX509Certificate={thumbprint}"
    );
    let request = format!(
        "POST /connect/mtls/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    let answer = auth.exchange(request.as_bytes()).await?;
    let body: Value = serde_json::from_slice(&answer.body)?;
    Ok(body["access_token"].as_str().ok_or("no token")?.to_owned())
}

async fn code(control: &mut Connection<TcpStream>, user: i64, channel: &str) -> Outcome<String> {
    let line = format!("GET /v1/messages?userId={user}&channel={channel}");
    let answer = control.exchange(http::request(&line, "", "").as_bytes()).await?;
    let body: Value = serde_json::from_slice(&answer.body)?;
    Ok(body["messages"][0]["code"].as_str().ok_or("no code in the inbox")?.to_owned())
}
