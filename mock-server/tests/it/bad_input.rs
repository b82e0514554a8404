//! Everything a client can get wrong, over the real sockets: each gets its documented or argued
//! answer, never a 5xx, and nothing in the world has changed afterwards.

use certs::Role;
use contract::{
    Edition, Problem,
    trace::{Decided, Decision, Exchange, Line},
};
use mock_server::{MockServer, workspace::TraceClass};
use sim::user::UserView;

use crate::client::{Answer, Client, request, server};

/// A server with one user whose e-mail is not confirmed yet, and what it takes to call it.
struct Stand {
    server: MockServer,
    client: Client,
    token: String,
    user: i32,
}

/// The parts of the world that a refused request must leave alone.
type Seen = (Vec<UserView>, usize);

impl Stand {
    async fn new() -> Self {
        let server = server().await;
        let client = Client::of(Role::MerchantA);
        let token = client.token(server.bound().auth).await;
        let mut stand = Self { server, client, token, user: 0 };
        let body = r#"{"merchantId":1001,"email":"anna@example.org"}"#;
        let created = stand.post("/User", body).await;
        assert_eq!(created.status, 201, "{created:?}");
        stand.user = created.json()["id"].as_i64().unwrap().try_into().unwrap();
        stand
    }

    fn seen(&self) -> Seen {
        self.server.workspace().look(|world| {
            let users = world.user_ids(None, 100).into_iter().filter_map(|id| world.user(id));
            (users.collect(), world.messages().newest_first().count())
        })
    }

    async fn send(&self, text: &str) -> Answer {
        self.client.send(self.server.bound().api, text).await.unwrap()
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.post_as(path, "application/json", body).await
    }

    async fn post_as(&self, path: &str, media_type: &str, body: &str) -> Answer {
        let kind = if media_type.is_empty() {
            String::new()
        } else {
            format!("Content-Type: {media_type}\r\n")
        };
        let headers = format!("{kind}Authorization: Bearer {}\r\n", self.token);
        self.send(&request("POST", path, &headers, body)).await
    }

    async fn get(&self, path: &str) -> Answer {
        let headers = format!("Authorization: Bearer {}\r\n", self.token);
        self.send(&request("GET", path, &headers, "")).await
    }

    /// The newest exchange of the trace.
    fn last_exchange(&self) -> Exchange {
        let lines = self.server.workspace().trace(Some(TraceClass::Decision));
        let whole = contract::trace::read(&lines.join("\n")).unwrap();
        let exchanges = whole.into_iter().rev().find_map(|line| match line {
            Line::Decision(Decision { what: Decided::Exchange(exchange), .. }) => Some(*exchange),
            _ => None,
        });
        exchanges.unwrap()
    }

    /// A refusal must be one that the row lists, must not be a 5xx, and must change nothing.
    fn check(&self, before: &Seen, answer: &Answer, case: &str) {
        assert!((400..500).contains(&answer.status), "{case}: {answer:?}");
        assert_eq!(&self.seen(), before, "{case} changed the world");
        let exchange = self.last_exchange();
        assert_eq!(exchange.status, answer.status, "{case}");
        let tables = Edition::DEFAULT.tables().unwrap();
        let name = exchange.row.unwrap();
        let problem = Problem::ALL.iter().find(|problem| problem.name() == name).unwrap();
        let listed = exchange.call.and_then(|call| tables.endpoint(call)).map(|row| row.problems);
        let everywhere = Problem::EVERYWHERE.contains(problem);
        assert!(everywhere || listed.unwrap_or_default().contains(problem), "{case}: {name}");
    }
}

#[tokio::test]
async fn bad_bodies() {
    let stand = Stand::new().await;
    let user = stand.user;
    let confirm = "/User/email/confirm";
    let long = format!(r#"{{"merchantId":1001,"email":"{}@example.org"}}"#, "x".repeat(400));
    let huge_id = format!(r#"{{"id":2147483648,"token":"{user}"}}"#);
    let wrong = format!(r#"{{"id":{user},"token":"nonsense"}}"#);
    let typed = format!(r#"{{"id":"{user}","token":"000000"}}"#);
    let phone = format!(r#"{{"id":{user},"phoneNumber":"0888"}}"#);
    let early_phone = format!(r#"{{"id":{user},"phoneNumber":"+359881234567"}}"#);
    let resend_elsewhere = format!(r#"{{"id":{user},"email":"other@example.org"}}"#);
    let early = format!(r#"{{"userId":{user}}}"#);
    let odd_type = format!(r#"{{"userId":{user},"correlationType":2}}"#);
    let cases: &[(&str, &str, &str, u16, &str)] = &[
        (
            "empty e-mail",
            "/User",
            r#"{"merchantId":1001,"email":""}"#,
            400,
            "Email address is required",
        ),
        (
            "malformed e-mail",
            "/User",
            r#"{"merchantId":1001,"email":"anna"}"#,
            400,
            "Invalid email address",
        ),
        ("over-long e-mail", "/User", &long, 400, "Invalid email address"),
        (
            "taken e-mail",
            "/User",
            r#"{"merchantId":1001,"email":"ANNA@example.org"}"#,
            400,
            "Email already registered",
        ),
        ("another merchant", "/User", r#"{"merchantId":1002}"#, 403, ""),
        (
            "missing member",
            "/User",
            r#"{"email":"b@example.org"}"#,
            400,
            "The MerchantId field is required.",
        ),
        ("broken JSON", "/User", r#"{"merchantId":1001,"#, 400, "Path 'merchantId', line 1"),
        ("empty body", "/User", "", 400, "A non-empty request body is required."),
        ("array", "/User", "[]", 400, "request"),
        ("unknown user", confirm, r#"{"id":5,"token":"123456"}"#, 400, "Invalid User"),
        ("id 0", confirm, r#"{"id":0,"token":"123456"}"#, 400, "must be between 1 and 2147483647"),
        (
            "negative id",
            confirm,
            r#"{"id":-5,"token":"123456"}"#,
            400,
            "must be between 1 and 2147483647",
        ),
        ("id beyond int32", confirm, &huge_id, 400, "too large or small for an Int32"),
        (
            "text id",
            confirm,
            r#"{"id":"abc","token":"1"}"#,
            400,
            "Could not convert string to integer",
        ),
        ("string-typed id", confirm, &typed, 400, "System.Int32"),
        ("duplicate member", confirm, r#"{"id":"x","id":5,"token":"1"}"#, 400, "Invalid User"),
        ("wrong code", confirm, &wrong, 400, "Invalid token."),
        (
            "missing code",
            confirm,
            &format!(r#"{{"id":{user}}}"#),
            400,
            "The Token field is required.",
        ),
        ("bad phone", "/User/phone-number/send-code", &phone, 400, "PhoneNumber"),
        (
            "phone before e-mail",
            "/User/phone-number/send-code",
            &early_phone,
            400,
            "Email not confirmed",
        ),
        (
            "phone of nobody",
            "/User/phone-number/send-code",
            r#"{"id":5,"phoneNumber":"+359881234567"}"#,
            404,
            "ANY_ADDITIONAL_PROPERTY",
        ),
        (
            "no code was sent",
            "/User/phone-number/verify",
            &format!(r#"{{"id":{user},"code":"1"}}"#),
            400,
            "Invalid code.",
        ),
        (
            "mail to another address",
            "/User/email/send-confirmation",
            &resend_elsewhere,
            400,
            "Email does not match",
        ),
        (
            "initiate too early",
            "/Enrollment/initiate-external-identification",
            &early,
            400,
            "Email not confirmed",
        ),
        (
            "correlationType 2",
            "/Enrollment/initiate-external-identification",
            &odd_type,
            400,
            "CorrelationType",
        ),
        (
            "finalise too early",
            "/Enrollment/finalize-external-identification",
            &early,
            400,
            "Documents not signed",
        ),
        (
            "questionnaire without data",
            "/User/add-additional-data",
            &format!(r#"{{"id":{user}}}"#),
            400,
            "AdditionalData",
        ),
    ];
    for (case, path, body, status, told) in cases {
        let before = stand.seen();
        let answer = stand.post(path, body).await;
        stand.check(&before, &answer, case);
        assert_eq!(answer.status, *status, "{case}: {answer:?}");
        assert!(answer.body.contains(told), "{case}: {answer:?}");
    }
}

#[tokio::test]
async fn bad_requests() {
    let stand = Stand::new().await;
    let user = stand.user;
    let poll = format!("/Enrollment/{user}/0/true/get-identification-process-status");
    let cases: &[(&str, &str, u16)] = &[
        ("poll before initiate", &poll, 404),
        ("poll of nobody", "/Enrollment/5/0/true/get-identification-process-status", 404),
        ("user type 2", "/Enrollment/5/2/true/get-identification-process-status", 400),
        ("completed 1", "/Enrollment/5/0/1/get-identification-process-status", 400),
        ("status of nobody", "/User/5/status", 404),
        ("status of 0", "/User/0/status", 400),
        ("status of -1", "/User/-1/status", 400),
        ("status beyond int32", "/User/2147483648/status", 400),
        ("status of text", "/User/abc/status", 400),
        ("status of a template", "/User/%7Bid%7D/status", 400),
        ("unknown path", "/Users", 404),
        ("path of the other host", "/connect/mtls/token", 404),
        ("wrong method", "/User/email/confirm", 405),
    ];
    for (case, path, status) in cases {
        let before = stand.seen();
        let answer = stand.get(path).await;
        stand.check(&before, &answer, case);
        assert_eq!(answer.status, *status, "{case}: {answer:?}");
    }
    assert_eq!(stand.get("/User").await.header("allow"), Some("POST"));
    let before = stand.seen();
    let body = r#"{"merchantId":1001}"#;
    for media_type in ["", "text/plain", "application/x-www-form-urlencoded"] {
        let answer = stand.post_as("/User", media_type, body).await;
        stand.check(&before, &answer, media_type);
        assert_eq!(answer.status, 415, "{media_type}: {answer:?}");
        assert_eq!(answer.json()["title"], "Unsupported Media Type");
    }
    let large = "x".repeat(2 << 20);
    let answer = stand.post("/User", &large).await;
    stand.check(&before, &answer, "2 MB");
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn odd_heads_are_read_as_the_framework_reads_them() {
    let stand = Stand::new().await;
    let user = stand.user;
    let token = &stand.token;
    let body = r#"{"merchantId":1001}"#;
    let length = body.len();
    let json = "Content-Type: application/json\r\n";
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let post = |headers: &str| {
        format!(
            "POST /User HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let get =
        |path: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{bearer}\r\n");
    let cases = [
        ("no host", post(&format!("{json}{bearer}")), 400, ""),
        ("two hosts", post(&format!("Host: x\r\nHost: y\r\n{json}{bearer}")), 400, ""),
        ("two types", post(&format!("Host: x\r\n{json}{json}{bearer}")), 415, "Unsupported"),
        ("two tokens", post(&format!("Host: x\r\n{json}{bearer}{bearer}")), 401, ""),
        (
            "compressed",
            post(&format!("Host: x\r\n{json}{bearer}Content-Encoding: gzip\r\n"))
                .replace('{', "\u{1f}"),
            400,
            "The request field is required.",
        ),
        ("an encoded zero", get("/User/%00/status"), 400, ""),
        ("an encoded slash", get(&format!("/User%2F{user}/status")), 404, ""),
        ("a secret in disguise", get("/User/%31%32%33%34%35%36/status"), 404, "ANY"),
    ];
    for (case, text, status, told) in cases {
        let before = stand.seen();
        let answer = stand.send(&text).await;
        stand.check(&before, &answer, case);
        assert_eq!(answer.status, status, "{case}: {answer:?}");
        assert!(answer.body.contains(told) && answer.body.is_empty() == told.is_empty(), "{case}");
    }
    let trace = stand.server.workspace().trace(None).join("\n");
    assert!(!trace.contains("123456") && !trace.contains("%31"), "{trace}");
    for path in [format!("/%55ser/{user}/./status"), format!("/User/%2e%2e/User/{user}/status")] {
        assert_eq!(stand.send(&get(&path)).await.status, 200, "{path}");
    }
    let old = format!("GET /User/{user}/status HTTP/1.0\r\n{bearer}\r\n");
    assert_eq!(stand.send(&old).await.status, 200, "HTTP/1.0 has no Host");
    let identity = post(&format!("Host: x\r\n{json}{bearer}Content-Encoding: identity\r\n"));
    assert_eq!(stand.send(&identity).await.status, 201);
}

#[tokio::test]
async fn bad_tokens() {
    let stand = Stand::new().await;
    let path = format!("/User/{}/status", stand.user);
    // The last character of a signature may carry padding bits alone, so another one is altered.
    let (head, signature) = stand.token.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let altered = format!("{head}.{first}{}", &signature[1..]);
    let other = server().await;
    let foreign = Client::of(Role::MerchantA).token(other.bound().auth).await;
    for (case, header, told) in [
        ("missing", String::new(), "Bearer".to_owned()),
        ("another scheme", "Authorization: Basic abc\r\n".to_owned(), "Bearer".to_owned()),
        (
            "altered",
            format!("Authorization: Bearer {altered}\r\n"),
            "The signature is invalid".to_owned(),
        ),
        ("foreign", format!("Authorization: Bearer {foreign}\r\n"), "The issuer '".to_owned()),
        (
            "no token at all",
            "Authorization: Bearer nonsense\r\n".to_owned(),
            "invalid_token".to_owned(),
        ),
    ] {
        let before = stand.seen();
        let answer = stand.send(&request("GET", &path, &header, "")).await;
        stand.check(&before, &answer, case);
        assert_eq!((answer.status, answer.body.as_str()), (401, ""), "{case}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.contains(&told), "{case}: {challenge}");
        assert!(!challenge.contains(&foreign) && !challenge.contains(&altered), "{case}");
    }
    // An expired one: the token's life and the handler's leeway pass.
    let later = stand.server.workspace().now() + std::time::Duration::from_secs(3600 + 301);
    stand.server.workspace().clock().advance_to(later).unwrap();
    let answer = stand.get(&path).await;
    assert_eq!(answer.status, 401);
    assert!(
        answer.header("www-authenticate").unwrap().contains("The token expired at '01/01/2026")
    );
}

#[tokio::test]
async fn a_refusal_continues_the_callers_trace() {
    let stand = Stand::new().await;
    let headers = format!(
        "Authorization: Bearer {}\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
        stand.token
    );
    let answer = stand.send(&request("GET", "/User/0/status", &headers, "")).await;
    let told = answer.json()["traceId"].as_str().unwrap().to_owned();
    assert!(told.starts_with("00-0af7651916cd43dd8448eb211c80319c-"), "{told}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json; charset=utf-8"));
    let own = stand.get("/User/0/status").await.json()["traceId"].as_str().unwrap().to_owned();
    assert_eq!(own.len(), told.len());
    assert!(!own.contains("0af7651916cd43dd8448eb211c80319c"));
}

#[tokio::test]
async fn a_secret_in_the_wrong_place_stays_out_of_the_trace() {
    let stand = Stand::new().await;
    let user = stand.user;
    let newest =
        |world: &sim::World| world.messages().newest_first().next().unwrap().code.to_string();
    let code = stand.server.workspace().look(newest);
    let swapped = format!(r#"{{"id":{code},"token":"{user}"}}"#).replace(":0", ":1");
    let code_as_id = swapped[6..12].to_owned();
    stand.post("/User/email/confirm", &swapped).await;
    stand.post("/User/email/confirm", r#"{"id":359881234567,"token":"x"}"#).await;
    for path in [
        format!("/User/{code_as_id}/status"),
        "/User/359881234567/status".to_owned(),
        "/Enrollment/9001011234/2/true/get-identification-process-status".to_owned(),
        "/Users/9001011235".to_owned(),
        "/Enrollment/+900101123/2/true/get-identification-process-status".to_owned(),
    ] {
        stand.get(&path).await;
    }
    let thumbprint = &crate::client::minted().thumbprint(Role::MerchantA).sha1;
    let form = [
        ("client_id", thumbprint.as_str()),
        ("grant_type", "hiddengrant"),
        ("scope", "Tenn.CRM hidden.scope"),
        ("scope", "hidden.again"),
    ];
    stand.client.post_form(stand.server.bound().auth, "/connect/mtls/token", &form).await;
    let trace = stand.server.workspace().trace(None).join("\n");
    let secrets = [code_as_id.as_str(), "359881234567", "900101123", thumbprint, "hidden"];
    for secret in secrets {
        assert!(!trace.contains(secret), "{secret} is in the trace");
    }
    // What is nobody's secret is still told.
    let request = stand.last_exchange().request.unwrap();
    assert_eq!(request["scope"][0], "Tenn.CRM <unlisted 12 characters>", "{request}");
    assert!(trace.contains("\"path\":\"/User/<unlisted six digits>/status\""), "{trace}");
}
