//! The control listener through its real router: its verbs, its refusals, its guard.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use contract::{Edition, trace::Line};
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use mock_server::{MockServer, control, serve::Closing};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{
    client::{builder, minted, server},
    pages::Visitor,
};

/// A control listener without a socket.
pub(crate) struct Control {
    pub(crate) server: MockServer,
    pub(crate) closing: Closing,
    router: Router,
}

impl Control {
    pub(crate) async fn new() -> Self {
        Self::of(server().await)
    }

    pub(crate) fn of(server: MockServer) -> Self {
        Self::with(server, None)
    }

    /// One that asks for a token.
    pub(crate) fn with(server: MockServer, token: Option<Arc<control::Token>>) -> Self {
        let closing = Closing::new(Duration::ZERO);
        let router = control::router(control::Desk {
            workspace: Arc::clone(server.workspace()),
            workspaces: Arc::downgrade(server.workspaces()),
            minted: Arc::clone(minted()),
            token,
            closing: closing.clone(),
        });
        Self { server, closing, router }
    }

    /// An answer whose body nobody has read yet.
    pub(crate) async fn get(&self, path: &str) -> Response<Body> {
        let request = Request::builder().uri(path).header(header::HOST, "localhost");
        self.raw(request.body(Body::empty()).unwrap()).await
    }

    /// A page or another answer that is not JSON.
    pub(crate) async fn text(&self, path: &str) -> (http::response::Parts, String) {
        let (head, body) = self.get(path).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (head, String::from_utf8(bytes.to_vec()).unwrap())
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &str) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        let response = self.raw(request.body(Body::from(body.to_owned())).unwrap()).await;
        let status = response.status();
        let kind = response.headers().get(header::CONTENT_TYPE).cloned();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status.is_client_error() {
            assert_eq!(kind.unwrap(), "application/problem+json", "{method} {path}");
            assert_eq!(value["status"], status.as_u16(), "{method} {path}");
        }
        (status, value)
    }

    pub(crate) async fn raw(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_a_problem_that_helps() {
    let control = Control::new().await;
    for (method, path, body, status, told) in [
        ("GET", "/v2", "", 404, "/v1/openapi.json"),
        ("GET", "/v1/users/5", "", 404, "no user 5"),
        ("GET", "/openapi/1999-12.json", "", 404, "2025-09"),
        ("GET", "/openapi/.json", "", 404, "openapi"),
        ("GET", "/v1/users/abc", "", 400, "'abc'"),
        ("GET", "/v1/users/", "", 404, "openapi"),
        ("DELETE", "/v1/users", "", 405, "GET"),
        ("GET", "/v1/messages?channel=fax", "", 400, "email or sms"),
        ("GET", "/v1/messages?user=5", "", 400, "userId"),
        ("GET", "/v1/messages?userId=x", "", 400, "number"),
        ("GET", "/v1/messages?limit=0", "", 400, "between 1 and"),
        ("GET", "/v1/messages?limit=1&limit=2", "", 400, "twice"),
        ("GET", "/v1/trace?class=all", "", 400, "decision or transport"),
        ("GET", "/v1/merchant/redirects?merchantId=9", "", 404, "no merchant 9"),
        ("POST", "/v1/person", "", 400, "body"),
        ("POST", "/v1/person", "{\"userId\":5,\"do\":\"dance\"}", 400, "complete"),
        ("POST", "/v1/person", "{\"userId\":5,\"do\":\"cancel\",\"x\":1}", 400, "`x`"),
        ("POST", "/v1/person", "{\"userId\":5,\"do\":\"cancel\"}", 404, "no user 5"),
        (
            "PUT",
            "/v1/merchant/redirects",
            "{\"success\":\"/s\",\"fail\":\"/f\"}",
            400,
            "success: '/s'",
        ),
        ("POST", "/v1/clock/advance", "{}", 400, "exactly one"),
        ("POST", "/v1/clock/advance", "{\"byMs\":1,\"toNext\":true}", 400, "exactly one"),
        ("POST", "/v1/clock/advance", "{\"byMs\":-1}", 400, "invalid value"),
        ("POST", "/v1/clock/advance", "{\"byMs\":999999999999999}", 400, "ten years"),
        ("POST", "/v1/clock/advance", "{\"to\":\"tomorrow\"}", 400, "2026-01-01T00:00:00Z"),
        ("POST", "/v1/clock/advance", "{\"to\":\"2020-01-01T00:00:00Z\"}", 400, "2026-01-01"),
        ("POST", "/v1/clock/advance", "{\"toNext\":true}", 409, "nothing is due"),
    ] {
        let (got, value) = control.send(method, path, body).await;
        assert_eq!(got.as_u16(), status, "{method} {path} {body}: {value}");
        let detail = value["detail"].as_str().unwrap();
        assert!(detail.contains(told), "{method} {path} {body}: {detail}");
    }
}

#[tokio::test]
async fn every_edition_is_served_as_an_openapi_document_with_this_mocks_own_addresses() {
    let control = Control::new().await;
    let origins = control.server.workspace().origins();
    for tables in Edition::served().filter_map(Edition::tables) {
        let path = format!("/openapi/{}.json", tables.edition);
        let (status, document) = control.send("GET", &path, "").await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(document["servers"][0]["url"], origins.api, "{path}");
        let token = &document["paths"]["/connect/token"]["servers"][0]["url"];
        assert_eq!(token, &json!(origins.auth), "{path}");
        let here = contract::openapi::document_at(tables, None, |host| origins.of_host(host));
        assert_eq!(document, here, "{path}");
    }
}

#[tokio::test]
async fn the_document_of_the_readings_in_force_says_nothing_else() {
    let control = Control::new().await;
    let all = control.send("GET", "/openapi/2025-09.json", "").await.1;
    let (status, current) = control.send("GET", "/openapi/2025-09.json?readings=current", "").await;
    assert_eq!(status, 200);
    let unauthorized = |document: &Value| {
        document["paths"]["/User"]["post"]["responses"]["401"]["x-rows"].as_array().unwrap().len()
    };
    assert_eq!((unauthorized(&all), unauthorized(&current)), (2, 1));
    let (status, told) = control.send("GET", "/openapi/2025-09.json?readings=all", "").await;
    assert_eq!(status, 400);
    assert!(told["detail"].as_str().unwrap().contains("current"), "{told}");
}

#[tokio::test]
async fn a_journey_seen_and_done_by_the_verbs() {
    let Visitor { server, user, .. } = Visitor::new(None).await;
    let control = Control::of(server);
    let complete = json!({"userId": user, "do": "complete"}).to_string();
    for leg in ["identification", "signing"] {
        let (status, done) = control.send("POST", "/v1/person", &complete).await;
        let landing = format!("{}/landing/success", control.server.workspace().origins().control);
        assert_eq!(status, 200, "{done}");
        assert_eq!(done, json!({"leg": leg, "outcome": "success", "redirect": landing}));
        let (status, value) = control.send("POST", "/v1/person", &complete).await;
        assert_eq!(status, 409, "the provider is at work: {value}");
        let (status, clock) = control.send("POST", "/v1/clock/advance", "{\"toNext\":true}").await;
        assert_eq!((status.as_u16(), clock["mode"].as_str()), (200, Some("stepped")));
    }
    let (_, seen) = control.send("GET", &format!("/v1/users/{user}"), "").await;
    let (_, all) = control.send("GET", "/v1/users", "").await;
    assert_eq!(all, json!({"users": [seen], "total": 1}));
    let stage = json!({
        "name": "session#1",
        "stage": "signed",
        "videoIdentificationStatus": "DOCUMENT_SIGN_SUCCESS",
        "url": null,
    });
    assert_eq!(seen["session"], stage);
    let (_, all) = control.send("GET", "/v1/messages", "").await;
    let kinds: Vec<_> = all["messages"].as_array().unwrap().iter().map(|m| &m["kind"]).collect();
    let of_the_pages = ["provider-signing", "identification-email", "identification-phone"];
    assert_eq!(kinds[0], "document-signing");
    assert_eq!(kinds[1..4], of_the_pages);
    assert_eq!(kinds[4..], ["phone-verification", "email-confirmation"]);
    let (_, sms) = control.send("GET", "/v1/messages?channel=sms&limit=1", "").await;
    assert_eq!(sms["messages"], json!([all["messages"][0]]));
    let (code, text) = (sms["messages"][0]["code"].as_str(), sms["messages"][0]["text"].as_str());
    assert!(text.unwrap().contains(code.unwrap()), "{sms}");
    let nobody = format!("/v1/messages?userId={}", user + 1);
    assert_eq!(control.send("GET", &nobody, "").await.1["messages"], json!([]));
}

#[tokio::test]
async fn a_trace_is_lines_and_the_ready_object_is_shown() {
    let control = Control::of(Visitor::new(None).await.server);
    for (class, decisions, transports) in
        [("", true, true), ("?class=decision", true, false), ("?class=transport", false, true)]
    {
        let (head, text) = control.text(&format!("/v1/trace{class}")).await;
        assert_eq!(head.headers[header::CONTENT_TYPE], "application/jsonl");
        let lines = contract::trace::read(&text).unwrap();
        let has = |wanted: fn(&Line) -> bool| lines.iter().any(wanted);
        assert_eq!(has(|line| matches!(line, Line::Decision(_))), decisions, "{class}");
        assert_eq!(has(|line| matches!(line, Line::Transport(_))), transports, "{class}");
    }
    let (_, ready) = control.send("GET", "/v1/workspace", "").await;
    assert_eq!(ready, serde_json::to_value(control.server.ready()).unwrap());
    let (_, health) = control.send("GET", "/v1/health", "").await;
    let version = env!("CARGO_PKG_VERSION");
    let checked = cfg!(debug_assertions);
    assert_eq!(health, json!({"status": "ok", "version": version, "selfCheck": checked}));
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let control = Control::new().await;
    for (method, path, allowed) in [
        ("DELETE", "/v1/merchant/redirects", "GET, PUT"),
        ("GET", "/v1/person", "POST"),
        ("POST", "/v1/openapi.json", "GET"),
        ("POST", "/", "GET, HEAD"),
        ("PUT", "/landing/success", "GET, HEAD"),
    ] {
        let (status, _) = control.send(method, path, "{}").await;
        assert_eq!(status, 405, "{method} {path}");
        let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        let response = control.raw(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.headers()[header::ALLOW], allowed, "{method} {path}");
    }
}

#[tokio::test]
async fn a_stepped_clock_moves_only_when_it_is_told_to() {
    let control = Control::new().await;
    let (status, moved) = control.send("POST", "/v1/clock/advance", "{\"byMs\":1500}").await;
    assert_eq!(status, 200);
    let expected = json!({"mode": "stepped", "now": "2026-01-01T00:00:01.500Z", "next": null});
    assert_eq!(moved, expected);
}

#[tokio::test]
async fn redirects_are_set_per_merchant() {
    let control = Control::new().await;
    let bad = json!({"success": "ftp://b.example/", "fail": "https://u:p@b.example/"}).to_string();
    let (status, told) = control.send("PUT", "/v1/merchant/redirects", &bad).await;
    assert_eq!(status, 400);
    let detail = told["detail"].as_str().unwrap();
    assert!(
        detail.contains("success: 'ftp://") && detail.contains("; fail: 'https://"),
        "{detail}"
    );
    let set = json!({"success": "https://b.example/s", "fail": "https://b.example/f", "merchantId": 1002});
    let (status, _) = control.send("PUT", "/v1/merchant/redirects", &set.to_string()).await;
    assert_eq!(status, 200);
    let (_, b) = control.send("GET", "/v1/merchant/redirects?merchantId=1002", "").await;
    let (_, a) = control.send("GET", "/v1/merchant/redirects", "").await;
    assert_eq!(b["success"], "https://b.example/s");
    assert_eq!(a["merchantId"], 1001);
    assert!(a["success"].as_str().unwrap().ends_with("/landing/success"), "{a}");
}

#[tokio::test]
async fn only_this_machine_may_ask_and_no_strange_page_may_write() {
    let control = Control::new().await;
    let request = |host: &str, origin: Option<&str>| {
        let request = Request::builder().method("POST").uri("/v1/reset").header(header::HOST, host);
        let request = match origin {
            Some(origin) => request.header(header::ORIGIN, origin),
            None => request,
        };
        request.body(Body::empty()).unwrap()
    };
    let own = control.server.workspace().origins().control.clone();
    for (host, origin, status) in [
        ("localhost:8440", None, 200),
        ("127.0.0.1", Some(own.as_str()), 200),
        ("evil.example", None, 421),
        ("localhost", Some("https://evil.example"), 403),
    ] {
        let response = control.raw(request(host, origin)).await;
        assert_eq!(response.status().as_u16(), status, "{host} {origin:?}");
    }
}

#[tokio::test]
async fn bodies_are_bounded() {
    let control = Control::new().await;
    let (status, _) = control.send("POST", "/v1/person", &"x".repeat(70_000)).await;
    assert_eq!(status, 413);
}

#[tokio::test]
async fn its_document_is_served_and_the_landings_say_how_to_set_ones_own() {
    let control = Control::new().await;
    let (status, document) = control.send("GET", "/v1/openapi.json", "").await;
    assert_eq!((status.as_u16(), document["openapi"].as_str()), (200, Some("3.1.0")));
    for (path, told) in [
        ("/", "/v1/openapi.json"),
        ("/landing/success", "PUT /v1/merchant/redirects"),
        ("/landing/fail", "PUT /v1/merchant/redirects"),
    ] {
        let (head, html) = control.text(path).await;
        let policy = head.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{path}: {policy}");
        assert!(html.contains(told), "{path}: {html}");
    }
}

#[tokio::test]
async fn a_path_on_the_first_page_is_escaped() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("<script>&");
    // The shared ones are copied, so that no key is made here.
    std::fs::create_dir(&dir).unwrap();
    for file in std::fs::read_dir(minted().dir()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), dir.join(file.file_name())).unwrap();
    }
    let server = builder().certs_dir(&dir).start().await.unwrap();
    let (_, html) = Control::of(server).text("/").await;
    assert!(html.contains("&lt;script&gt;&amp;") && !html.contains("<script>"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn advances_at_the_same_time_add_up() {
    let control = Arc::new(Control::new().await);
    let work: Vec<_> = (0..8)
        .map(|_| {
            let control = Arc::clone(&control);
            tokio::spawn(async move {
                for _ in 0..50 {
                    let (status, value) =
                        control.send("POST", "/v1/clock/advance", "{\"byMs\":1000}").await;
                    assert_eq!(status, 200, "{value}");
                }
            })
        })
        .collect();
    for done in work {
        done.await.unwrap();
    }
    let (_, clock) = control.send("GET", "/v1/clock", "").await;
    assert_eq!(clock["now"], "2026-01-01T00:06:40.000Z", "8 x 50 seconds");
}
