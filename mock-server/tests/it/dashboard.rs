//! The dashboard through its real router: what it shows, what its forms do, who may send them, and
//! that nothing which a client sends becomes markup.

use std::{net::Ipv4Addr, sync::Arc};

use axum::body::Body;
use certs::Role;
use contract::scenario::Given;
use http::{Request, Response, header};
use http_body_util::BodyExt as _;
use mock_server::{clock::ClockMode, control};
use serde_json::{Value, json};
use sim::{
    Command, Envelope,
    command::{Deed, ScriptRequest},
};

use crate::{
    client::{Answer, Client, builder, minted, request, server},
    control::Control,
};

const PAGES: &[&str] = &[
    "/",
    "/users",
    "/users/100001",
    "/exchanges",
    "/exchanges/1",
    "/inbox",
    "/portal",
    "/scenarios",
    "/scenarios/sms-late",
    "/faults",
    "/clock",
    "/variants",
    "/workspaces",
    "/search?q=zz-nothing",
    "/landing/success",
    "/landing/fail",
];

fn give(control: &Control, state: &str, email: &str) {
    let given = json!({ "state": state, "email": email });
    let given: Given = serde_json::from_value(given).unwrap();
    control.server.workspace().step(Envelope::own(Command::Script(ScriptRequest::Given(given))));
}

impl Control {
    /// A form as a page of ours sends it.
    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let answer = self.form_from(path, fields, Some("http://localhost:8440")).await;
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(bytes.to_vec()).unwrap())
    }

    async fn form_from(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        origin: Option<&str>,
    ) -> Response<Body> {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        let body = body.extend_pairs(fields).finish();
        let mut request = Request::post(path)
            .header(header::HOST, "localhost:8440")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        self.raw(request.body(Body::from(body)).unwrap()).await
    }
}

#[tokio::test]
async fn every_page_runs_one_script_of_ours_and_nothing_else() {
    let control = Control::new().await;
    give(&control, "identifying", "anna@example.org");
    Client::of(Role::MerchantA).token(control.server.bound().auth).await;
    for page in PAGES {
        let (head, html) = control.text(page).await;
        let there = !page.starts_with("/exchanges/") || head.status == 404 || head.status == 200;
        assert!(there && head.status != 500, "{page}: {}", head.status);
        let policy = head.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"));
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
        assert_eq!(head.headers[header::CACHE_CONTROL], "no-store", "{page}");
        assert_eq!(html.matches("<script").count(), 1, "{page}");
        assert!(html.contains("<script src=\"/dashboard.js\" defer></script>"), "{page}");
        for piece in ["style=\"", " onclick", " onload", "javascript:", "http-equiv"] {
            assert!(!html.contains(piece), "{piece} in {page}");
        }
    }
}

#[tokio::test]
async fn what_a_client_sends_is_text() {
    let evil = "\"><script>alert(1)</script>@example.org";
    let control = Control::new().await;
    give(&control, "identifying", evil);
    let client = Client::of(Role::MerchantA);
    let api = control.server.bound().api;
    let body = json!({ "merchantId": 1001, "email": evil, "<script>alert(2)": 1 }).to_string();
    let token = client.token(control.server.bound().auth).await;
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    client.send(api, &request("POST", "/User", &headers, &body)).await.unwrap();
    client.get(api, "/%3Cscript%3Ealert(3)", &headers).await;
    let steps = control.server.workspace().look(sim::World::steps_taken);
    let exchanges = (1..=steps).map(|step| format!("/exchanges/{step}"));
    let strange = "/search?q=%3Cscript%3Ealert(4)&text=%22%3E%3Cscript%3Ealert(5)".to_owned();
    let named = "/users?text=%22%3E%3Cscript%3Ealert(6)".to_owned();
    for page in PAGES.iter().map(|page| (*page).to_owned()).chain(exchanges).chain([strange, named])
    {
        let (_, html) = control.text(&page).await;
        assert!(!html.contains("<script>"), "{page}: {html}");
        assert_eq!(html.matches("<script").count(), 1, "{page}");
    }
    let (_, html) = control.text("/users").await;
    assert!(html.contains("&lt;script&gt;alert(1)"), "it is shown as it is");
}

#[tokio::test]
async fn only_our_own_pages_may_send_forms() {
    let control = Control::new().await;
    let fields = [("success", "https://shop.example/s"), ("fail", "https://shop.example/f")];
    let set = |world: &sim::World| world.merchant(1001).unwrap().success.clone();
    let before = control.server.workspace().look(set);
    for origin in [None, Some("null"), Some("https://evil.example"), Some("http://localhost:9000")]
    {
        let answer = control.form_from("/portal/redirects", &fields, origin).await;
        assert_eq!(answer.status(), 403, "{origin:?}");
        assert_eq!(control.server.workspace().look(set), before);
    }
    let (status, _) = control.form("/portal/redirects", &fields).await;
    assert_eq!(status, 303);
    assert_eq!(control.server.workspace().look(set), "https://shop.example/s");
}

#[tokio::test]
async fn a_user_is_found_by_everything_that_names_it() {
    let control = Control::new().await;
    give(&control, "finalized", "anna@example.org");
    give(&control, "registered", "boris@example.org");
    let user = control.server.workspace().look(|world| world.user(100_001)).unwrap();
    let (_, seen) = control.send("GET", "/v1/users/100001", "").await;
    let correlation = seen["finalized"]["correlationId"].as_str().unwrap().to_owned();
    let individual = seen["finalized"]["individualId"].to_string();
    let phone = user.phone.unwrap().replace('+', "%2B");
    for name in ["100001", "anna@", "ANNA@example.org", &phone, &correlation, &individual] {
        let (head, _) = control.text(&format!("/search?q={name}")).await;
        assert_eq!(head.status, 303, "{name}");
        assert_eq!(head.headers[header::LOCATION], "/users/100001", "{name}");
    }
    let (_, html) = control.text("/search?q=example.org").await;
    assert!(html.contains("/users/100001") && html.contains("/users/100002"));
    let (_, html) = control.text("/search?q=nobody").await;
    assert!(html.contains("Nothing has this name"), "{html}");
}

#[tokio::test]
async fn an_exchange_is_found_by_its_trace_id_and_says_why() {
    let control = Control::new().await;
    let client = Client::of(Role::MerchantA);
    let token = client.token(control.server.bound().auth).await;
    give(&control, "registered", "anna@example.org");
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    let early = request(
        "POST",
        "/Enrollment/finalize-external-identification",
        &headers,
        "{\"userId\":100001}",
    );
    let answer = client.send(control.server.bound().api, &early).await.unwrap();
    let trace = answer.json()["traceId"].as_str().unwrap().split('-').nth(1).unwrap().to_owned();
    let (head, _) = control.text(&format!("/search?q={trace}")).await;
    let place = head.headers[header::LOCATION].to_str().unwrap().to_owned();
    let (_, html) = control.text(&place).await;
    for told in ["went against the documented order", "not-signed-yet", "curl --cacert", "Source:"]
    {
        assert!(html.contains(told), "{told} not in {html}");
    }
    assert!(!html.contains(&token) && html.contains("&lt;access-token&gt;"));
    let (_, story) = control.text("/users/100001").await;
    assert!(story.contains("Against the documented order") && story.contains("TLSv1_3"));
}

#[tokio::test]
async fn a_story_has_nothing_of_another_user() {
    let control = Control::new().await;
    give(&control, "identification-processing", "anna@example.org");
    give(&control, "registered", "boris@example.org");
    let client = Client::of(Role::MerchantA);
    let token = client.token(control.server.bound().auth).await;
    // Anna's session moves on in the very step in which Boris is asked about.
    let workspace = control.server.workspace();
    workspace.clock().advance_to(workspace.look(sim::World::next_due).unwrap()).unwrap();
    let headers = format!("Authorization: Bearer {token}\r\n");
    client.get(control.server.bound().api, "/User/100002/status", &headers).await;
    let (_, anna) = control.text("/users/100001").await;
    assert!(anna.contains("signing by time") && !anna.contains("100002"), "{anna}");
    let (_, boris) = control.text("/users/100002").await;
    assert!(boris.contains("GET /User/100002/status") && !boris.contains("signing by time"));
}

#[tokio::test]
async fn a_long_list_is_shown_in_pages() {
    let control = Control::new().await;
    for number in 1..=120 {
        give(&control, "registered", &format!("user-{number}@example.org"));
    }
    for path in ["/users", "/inbox"] {
        let (_, first) = control.text(path).await;
        assert!(first.contains("user-120@") && !first.contains("user-70@"), "{path}");
        let (_, last) = control.text(&format!("{path}?page=3")).await;
        assert!(last.contains("user-1@") && !last.contains("user-120@"), "{path}");
        assert!(last.contains("rel=\"prev\"") && !last.contains("rel=\"next\""), "{path}");
    }
    for strange in ["18446744073709551615", "0", "-1", "x", ""] {
        for path in ["/users", "/inbox", "/exchanges"] {
            let (head, _) = control.text(&format!("{path}?page={strange}")).await;
            assert_eq!(head.status, 200, "{path} {strange}");
        }
    }
    let (_, found) = control.text("/inbox?text=user-7@").await;
    assert!(found.contains("user-7@") && !found.contains("user-70@"));
}

/// Asks for a token with a certificate that is not of the table.
async fn token_with(control: &Control, client: &Client, sha1: &str) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "merchant-a-client"),
        ("scope", "Tenn.CRM"),
        ("IdentityServer:MTLS:X509Certificate", sha1),
    ];
    client.post_form(control.server.bound().auth, "/connect/mtls/token", &form).await
}

fn between<'a>(html: &'a str, id: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("id=\"{id}\"><code>")).unwrap();
    rest.split("</code>").next().unwrap()
}

#[tokio::test]
async fn a_certificate_of_the_portal_gets_tokens_until_it_is_taken_back() {
    let control = Control::new().await;
    let (status, html) = control.form("/portal/mint", &[("merchant", "1001")]).await;
    assert_eq!(status, 200);
    let client = Client::with_pem(between(&html, "certificate"), between(&html, "key"));
    let merchant = control.server.workspace().look(|world| world.merchant(1001).cloned()).unwrap();
    let sha1 = merchant.certificate.sha1;
    assert_eq!(token_with(&control, &client, &sha1).await.status, 200);
    let old = Client::of(Role::MerchantA);
    let old_sha1 = &minted().thumbprint(Role::MerchantA).sha1;
    assert_eq!(token_with(&control, &old, old_sha1).await.status, 400, "the one before it");
    control.form("/portal/revoke", &[("merchant", "1001")]).await;
    assert_eq!(token_with(&control, &client, &sha1).await.status, 403);
    control.form("/portal/restore", &[("merchant", "1001")]).await;
    assert_eq!(token_with(&control, &old, old_sha1).await.status, 200);
}

#[tokio::test]
async fn a_certificate_can_be_taken_along_with_its_key() {
    let control = Control::new().await;
    for path in ["/portal/download", "/portal/mint-file"] {
        let ours = Some("http://localhost:8440");
        let answer = control.form_from(path, &[("merchant", "1001")], ours).await;
        let named = answer.headers()[header::CONTENT_DISPOSITION].to_str().unwrap().to_owned();
        assert_eq!(named, "attachment; filename=\"merchant-1001.pem\"");
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        let pem = String::from_utf8(bytes.to_vec()).unwrap();
        let client = Client::with_pem(&pem, &pem);
        let merchant = control.server.workspace().look(|world| world.merchant(1001).cloned());
        let sha1 = merchant.unwrap().certificate.sha1;
        assert_eq!(token_with(&control, &client, &sha1).await.status, 200, "{path}");
    }
    let (status, html) = control.form("/portal/download", &[("merchant", "1001")]).await;
    assert_eq!(status, 422);
    assert!(html.contains("shown once"), "{html}");
}

#[tokio::test]
async fn a_certificate_of_ones_own_counts_by_its_thumbprint() {
    let control = Control::new().await;
    let client = Client::of(Role::ClientSelfSigned);
    let sha1 = &minted().thumbprint(Role::ClientSelfSigned).sha1;
    assert_eq!(token_with(&control, &client, sha1).await.status, 403);
    let path = minted().path(Role::ClientSelfSigned, certs::Form::Certificate);
    let pem = std::fs::read_to_string(path).unwrap();
    let (status, _) = control.form("/portal/register", &[("text", &pem)]).await;
    assert_eq!(status, 303);
    assert_eq!(token_with(&control, &client, sha1).await.status, 200);
    let (status, html) = control.form("/portal/register", &[("text", "no <pem>")]).await;
    assert_eq!(status, 422);
    assert!(html.contains("id=\"certificate-text-wrong\"") && html.contains("no &lt;pem&gt;"));
}

#[tokio::test]
async fn the_forms_of_scenarios_clock_and_person() {
    let control = Control::of(builder().clock(ClockMode::Stepped).start().await.unwrap());
    give(&control, "identifying", "anna@example.org");
    let text = "title = \"t\"\nwhy = \"w\"\n";
    let (status, html) = control.form("/scenarios/try", &[("name", "Mine"), ("text", text)]).await;
    assert_eq!(status, 422);
    assert!(html.contains("lower-case letters"));
    let (status, _) = control.form("/scenarios/try", &[("name", "mine"), ("text", text)]).await;
    assert_eq!(status, 303);
    for (whom, user, status) in
        [("default", "", 303), ("user", "100001", 303), ("user", "", 422), ("user", "5", 422)]
    {
        let fields = [("scenario", "mine"), ("whom", whom), ("user", user)];
        assert_eq!(control.form("/scenarios/choose", &fields).await.0, status, "{whom} {user}");
    }
    let fields = [("user", "100001"), ("do", "complete")];
    assert_eq!(control.form("/users/person", &fields).await.0, 303);
    let (status, html) = control.form("/users/person", &fields).await;
    assert_eq!(status, 422);
    assert!(html.contains("the provider is still working"), "{html}");
    let before = control.server.workspace().now();
    control.form("/clock/move", &[("by", "5s")]).await;
    assert_eq!((control.server.workspace().now().seconds() - before.seconds()), 5);
    control
        .server
        .workspace()
        .step(Envelope::own(Command::Person { user: 100_001, deed: Deed::Cancel }));
    assert_eq!(control.form("/clock/move", &[("by", "next")]).await.0, 422, "nothing is due");
}

#[tokio::test]
async fn an_archive_is_one_that_other_tools_read() {
    let control = Control::new().await;
    let client = Client::of(Role::MerchantA);
    let token = client.token(control.server.bound().auth).await;
    let (_, text) = control.text("/export/trace.har").await;
    let archive: har::Har = har::from_str(&text).unwrap();
    let har::Spec::V1_2(log) = archive.log else { panic!("{text}") };
    assert_eq!(log.entries.len(), 1);
    let entry = &log.entries[0];
    assert_eq!((entry.request.method.as_str(), entry.response.status), ("POST", 200));
    assert!(entry.request.url.ends_with("/connect/mtls/token"), "{}", entry.request.url);
    assert!(!text.contains(&token), "no secret is in it");
    let _: Value = serde_json::from_str(&text).unwrap();
}

/// A control listener that asks for a token, and the token.
async fn with_token() -> (Control, tempfile::TempDir, &'static str) {
    let dir = tempfile::tempdir().unwrap();
    let (path, token) = (dir.path().join("token"), "a-token-of-this-test");
    std::fs::write(&path, token).unwrap();
    let read = control::Token::read(&path).unwrap();
    (Control::with(server().await, Some(Arc::new(read))), dir, token)
}

async fn status(control: &Control, request: http::request::Builder) -> u16 {
    control.raw(request.body(Body::empty()).unwrap()).await.status().as_u16()
}

#[tokio::test]
async fn where_there_is_a_token_it_has_to_be_shown() {
    let (control, _dir, token) = with_token().await;
    let at = |path: &str| Request::get(path).header(header::HOST, "mock.example");
    for (path, wanted) in [("/", 401), ("/v1/trace", 401), ("/landing/success", 200)] {
        assert_eq!(status(&control, at(path)).await, wanted, "{path}");
    }
    let bearer = |shown: &str| at("/v1/health").header(header::AUTHORIZATION, shown);
    assert_eq!(status(&control, bearer(&format!("Bearer {token}"))).await, 200);
    for wrong in ["Bearer a-token-of-this-tesT", "Basic YTpi", "Bearer "] {
        assert_eq!(status(&control, bearer(wrong)).await, 401, "{wrong}");
    }
    let page = at("/users").header(header::ACCEPT, "text/html");
    let shown = control.raw(page.body(Body::empty()).unwrap()).await;
    assert_eq!(shown.status(), 401);
    let html = shown.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&html).contains("action=\"/sign-in\""));

    let ours = Some("http://localhost:8440");
    let refused = control.form_from("/sign-in", &[("token", "another-token-entirely")], ours).await;
    assert_eq!((refused.status().as_u16(), refused.headers().get(header::SET_COOKIE)), (403, None));
    let foreign = Some("https://evil.example");
    let refused = control.form_from("/sign-in", &[("token", token)], foreign).await;
    assert_eq!(refused.status(), 403);
    let taken = control.form_from("/sign-in", &[("token", token)], ours).await;
    let cookie = taken.headers()[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    assert_eq!(status(&control, at("/users").header(header::COOKIE, pair)).await, 200);
}

#[tokio::test]
async fn beyond_loopback_control_speaks_tls_and_needs_a_token() {
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let open = builder().settings(|meant| meant.control = everywhere).start().await;
    let why = open.err().unwrap().to_string();
    assert!(why.contains("--control-token-file") && why.contains("127.0.0.1:"), "{why}");

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("token");
    std::fs::write(&path, "short").unwrap();
    let settings = |meant: &mut mock_server::config::Meant| {
        meant.control = everywhere;
        meant.control_token_file = Some(path.clone());
    };
    let why = builder().settings(settings).start().await.err().unwrap().to_string();
    assert!(why.contains("at least 16") && why.contains("token"), "{why}");

    std::fs::write(&path, "a-token-of-this-test\n").unwrap();
    let server = builder().settings(settings).start().await.unwrap();
    assert!(server.ready().control.starts_with("https://127.0.0.1:"), "{:?}", server.ready());
    let address = (Ipv4Addr::LOCALHOST, server.bound().control.port()).into();
    let client = Client::of(None);
    assert_eq!(client.get(address, "/v1/health", "").await.status, 401);
    let shown = "Authorization: Bearer a-token-of-this-test\r\n";
    assert_eq!(client.get(address, "/v1/health", shown).await.status, 200);
}
