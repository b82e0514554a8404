//! The hosted pages through their real router, as a browser without script would use them.

use std::sync::Arc;

use axum::{Router, body::Body};
use contract::{message::MessageKind, trace::Leg};
use http::{Request, header};
use http_body_util::BodyExt as _;
use mock_server::{MockServer, pages};
use sim::{
    Command, Envelope,
    command::{ApiRequest, Ask, Bearer, Deed},
    outcome::Screen,
};
use tower::ServiceExt as _;

use crate::client::{Client, server};

/// A user who stands before the first page.
pub(crate) struct Visitor {
    pub(crate) server: MockServer,
    router: Router,
    pub(crate) user: i32,
}

struct Seen {
    status: u16,
    location: Option<String>,
    policy: String,
    html: String,
}

impl Visitor {
    pub(crate) async fn new(language: Option<&str>) -> Self {
        let server = server().await;
        Client::of(certs::Role::MerchantA).token(server.bound().auth).await;
        let router = pages::router(Arc::clone(server.workspace()));
        let mut visitor = Self { server, router, user: 0 };
        visitor.ask(Ask::CreateUser { merchant: 1001, email: Some("anna@example.org".into()) });
        let ids = visitor.server.workspace().look(|world| world.user_ids(None, 1));
        visitor.user = ids[0];
        let user = visitor.user;
        let token = visitor.code(MessageKind::EmailConfirmation);
        visitor.ask(Ask::ConfirmEmail { user, token });
        visitor.ask(Ask::SendPhoneCode { user, phone: "+359880000001".into() });
        let code = visitor.code(MessageKind::PhoneVerification);
        visitor.ask(Ask::VerifyPhone { user, code });
        let language = language.map(str::to_owned);
        visitor.ask(Ask::Initiate { user, restart: false, language });
        visitor
    }

    fn step(&self, command: Command) {
        let envelope = Envelope::own(command);
        self.server.workspace().step(envelope);
    }

    fn ask(&self, ask: Ask) {
        self.step(Command::Api(ApiRequest {
            call: contract::Call::UserStatus,
            bearer: Bearer::Issued(1),
            ask: Ok(ask),
            path: None,
            media_type: None,
            body: None,
        }));
    }

    fn code(&self, kind: MessageKind) -> String {
        let newest = |world: &sim::World| {
            let mut messages = world.messages().newest_first();
            messages.find(|message| message.kind == kind).map(|message| message.code.to_string())
        };
        self.server.workspace().look(newest).unwrap()
    }

    /// The path of the page that is open.
    fn path(&self) -> String {
        let workspace = self.server.workspace();
        let user = workspace.look(|world| world.user(self.user)).unwrap();
        let address = workspace.origins().page(&user.session.unwrap().link.unwrap());
        address.strip_prefix(&workspace.origins().identity).unwrap().to_owned()
    }

    /// Goes on from a screen by its own form.
    async fn go_on(&self, path: &str, screen: &str) -> Seen {
        let asked = Screen::ALL.iter().find(|known| known.name() == screen);
        let form = match asked.and_then(|screen| screen.asks_for()) {
            Some(kind) => format!("screen={screen}&do=enter&code={}", self.code(kind)),
            None => format!("screen={screen}&do=continue"),
        };
        self.post(path, &form).await
    }

    /// Goes on to the signing pages.
    fn identified(self) -> Self {
        self.step(Command::Person { user: self.user, deed: Deed::Complete });
        self.wait();
        self
    }

    /// Moves the clock on until something happens by itself.
    fn wait(&self) {
        let workspace = self.server.workspace();
        let due = workspace.look(sim::World::next_due).unwrap();
        workspace.clock().advance_to(due).unwrap();
        self.step(Command::Advance);
    }

    async fn get(&self, path: &str) -> Seen {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &str) -> Seen {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-forwarded-host", "evil.example");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Seen {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let text = |name| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let (location, policy) = (text(header::LOCATION), text(header::CONTENT_SECURITY_POLICY));
        for (name, value) in [
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
        ] {
            assert_eq!(text(name).as_deref(), Some(value));
        }
        let kind = text(header::CONTENT_TYPE).unwrap_or_default();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        // The ports are whichever were free.
        let origins = self.server.workspace().origins();
        let html = String::from_utf8(bytes.to_vec()).unwrap();
        let html = html.replace(&origins.identity, "https://identity");
        let html = html.replace(&origins.control, "http://control");
        assert_eq!(kind == "text/html; charset=utf-8", html.starts_with("<!DOCTYPE html>"));
        assert!(policy.as_deref().unwrap().starts_with(POLICY), "{policy:?}");
        Seen { status, location, policy: policy.unwrap_or_default(), html }
    }

    fn landing(&self, which: &str) -> String {
        format!("{}/landing/{which}", self.server.workspace().origins().control)
    }
}

/// The screens of the identification, in order.
const B_TRUST: &[&str] = &[
    "consent",
    "details",
    "phone-code",
    "email-code",
    "document",
    "liveness",
    "review",
    "provider-documents",
    "provider-code",
    "done",
];

const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'";

fn screen(seen: &Seen) -> &str {
    let (_, rest) = seen.html.split_once("data-screen=\"").unwrap();
    rest.split('"').next().unwrap()
}

#[tokio::test]
async fn both_journeys_by_their_own_forms() {
    let visitor = Visitor::new(None).await;
    let path = visitor.path();
    for expected in B_TRUST {
        let page = visitor.get(&path).await;
        assert_eq!((page.status, screen(&page)), (200, *expected));
        let next = visitor.go_on(&path, expected).await;
        assert_eq!(next.status, 303);
        let to = if *expected == "done" { visitor.landing("success") } else { path.clone() };
        assert_eq!(next.location, Some(to));
    }
    assert_eq!(visitor.get(&path).await.status, 410, "the journey is over");
    visitor.wait();
    let path = visitor.path();
    assert!(path.starts_with("/sign/"));
    assert_eq!(visitor.post(&path, "screen=read&do=continue").await.location, Some(path.clone()));
    let wrong = visitor.post(&path, "screen=code&do=sign&code=abc").await;
    assert_eq!(wrong.location, Some(path.clone()));
    let page = visitor.get(&path).await;
    assert!(
        page.html.contains("role=\"alert\"") && page.html.contains("aria-invalid"),
        "{}",
        page.html
    );
    let code = visitor.code(MessageKind::DocumentSigning);
    let signed = visitor.post(&path, &format!("screen=code&do=sign&code={code}")).await;
    assert_eq!(signed.location, Some(visitor.landing("success")));
}

#[tokio::test]
async fn every_exit_leads_to_fail() {
    for (leg, form) in [
        (Leg::Identification, "screen=consent&do=cancel"),
        (Leg::Identification, "screen=document&do=fail"),
        (Leg::Identification, "screen=document&do=fail&reason=document-expired"),
        (Leg::Signing, "screen=read&do=decline"),
    ] {
        let mut visitor = Visitor::new(None).await;
        if leg == Leg::Signing {
            visitor = visitor.identified();
        }
        let path = visitor.path();
        if form.contains("document") {
            for screen in &B_TRUST[..4] {
                visitor.go_on(&path, screen).await;
            }
        }
        let end = visitor.post(&path, form).await;
        assert_eq!((end.status, end.location), (303, Some(visitor.landing("fail"))), "{form}");
        assert_eq!(
            visitor.post(&path, form).await.location,
            Some(path.clone()),
            "only once: {form}"
        );
        assert_eq!(visitor.get(&path).await.status, 410, "{form}");
    }
}

#[tokio::test]
async fn too_many_wrong_codes_end_an_identification() {
    let visitor = Visitor::new(None).await;
    let path = visitor.path();
    for screen in &B_TRUST[..2] {
        visitor.go_on(&path, screen).await;
    }
    for left in (1..=4).rev() {
        visitor.post(&path, "screen=phone-code&do=enter&code=nonsense").await;
        let page = visitor.get(&path).await;
        assert!(page.html.contains(&format!("Tries left: {left}<")), "{}", page.html);
    }
    // A fresh code has tries of its own, and the one before is void.
    let old = visitor.code(MessageKind::IdentificationPhone);
    visitor.post(&path, "screen=phone-code&do=continue").await;
    visitor.post(&path, &format!("screen=phone-code&do=enter&code={old}")).await;
    assert_eq!(screen(&visitor.get(&path).await), "phone-code");
    for _ in 0..3 {
        visitor.post(&path, "screen=phone-code&do=enter&code=").await;
    }
    let end = visitor.post(&path, "screen=phone-code&do=enter&code=1").await;
    assert_eq!(end.location, Some(visitor.landing("fail")));
}

#[tokio::test]
async fn a_session_can_be_left_to_expire() {
    for leg in [Leg::Identification, Leg::Signing] {
        let mut visitor = Visitor::new(None).await;
        if leg == Leg::Signing {
            visitor = visitor.identified();
        }
        let path = visitor.path();
        assert_eq!(visitor.post(&path, "do=expire").await.location, Some(path.clone()));
        let page = visitor.get(&path).await;
        assert_eq!((page.status, screen(&page)), (410, "expired"));
        visitor.post(&path, "do=expire").await;
        assert_eq!(screen(&visitor.get(&path).await), "expired", "only once");
    }
}

#[tokio::test]
async fn a_visitor_keeps_the_language_of_their_choice() {
    let visitor = Visitor::new(Some("bg")).await;
    let path = visitor.path();
    assert!(visitor.get(&path).await.html.contains("<html lang=\"bg\">"));
    let chosen = format!("{path}?lang=en");
    assert!(visitor.get(&chosen).await.html.contains("<html lang=\"en\">"));
    let next = visitor.post(&chosen, "screen=consent&do=continue").await;
    assert_eq!(next.location, Some(chosen));
    let strange = visitor.post(&format!("{path}?lang=//evil.example"), "do=nothing").await;
    assert!(strange.html.contains("<html lang=\"bg\">"), "a look needs no redirect");
    let strange = visitor.post(&format!("{path}?lang=//evil"), "screen=done&do=continue").await;
    assert_eq!(strange.location, Some(path));
}

#[tokio::test]
async fn nothing_a_visitor_sends_moves_the_target() {
    let visitor = Visitor::new(None).await;
    let path = visitor.path();
    let extra = "screen=consent&do=continue&success=https://evil.example&returnUrl=//evil.example";
    let next = visitor.post(&format!("{path}?next=https://evil.example"), extra).await;
    assert_eq!(next.location, Some(path.clone()));
    let end = visitor.post(&path, "do=cancel&fail=https://evil.example").await;
    assert_eq!(end.location, Some(visitor.landing("fail")));
}

#[tokio::test]
async fn stale_and_strange_forms_change_nothing() {
    let visitor = Visitor::new(None).await;
    let path = visitor.path();
    for form in
        ["screen=done&do=continue", "screen=consent&do=fail", "do=%ff", "", "do=sign&code=1"]
    {
        visitor.post(&path, form).await;
        assert_eq!(screen(&visitor.get(&path).await), "consent", "{form}");
    }
}

#[tokio::test]
async fn addresses_that_lead_nowhere_say_so() {
    let visitor = Visitor::new(None).await;
    let secret = visitor.path().strip_prefix("/session/").unwrap().to_owned();
    for path in [
        "/".to_owned(),
        "/session".to_owned(),
        "/session/".to_owned(),
        "/session/%ff".to_owned(),
        format!("/session/{secret}/"),
        format!("/session/0{secret}"),
        "/session/00000000000000000000000000000000".to_owned(),
        format!("/session/{}", secret.to_uppercase()),
        format!("/sign/{secret}"),
        "/session/%3Cscript%3E".to_owned(),
    ] {
        let seen = visitor.get(&path).await;
        assert_eq!((seen.status, screen(&seen)), (404, "unknown"), "{path}");
        assert!(!seen.html.contains("<script"), "{path}");
    }
}

#[tokio::test]
async fn what_is_no_visit_changes_nothing() {
    let visitor = Visitor::new(None).await;
    let path = visitor.path();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let request = Request::builder().method(method).uri(&path);
        let body = Body::from("screen=consent&do=continue");
        let seen = visitor.send(request.body(body).unwrap()).await;
        assert_eq!((seen.status, screen(&seen)), (404, "unknown"), "{method}");
    }
    let large = format!("screen=consent&do=continue&x={}", "x".repeat(16 * 1024));
    assert_eq!(visitor.post(&path, &large).await.status, 413);
    assert_eq!(screen(&visitor.get(&path).await), "consent");
}

#[tokio::test]
async fn pages_run_no_script_and_may_post_to_the_merchant_only() {
    let visitor = Visitor::new(None).await;
    let path = visitor.path();
    let policy_with =
        |targets: &str| format!("{POLICY} {targets}; base-uri 'none'; frame-ancestors 'none'");
    let seen = visitor.get(&path).await;
    let control = &visitor.server.workspace().origins().control;
    assert_eq!(seen.policy, policy_with(&format!("{control} {control}")));
    assert!(!seen.html.contains("<script") && !seen.html.contains("style="));
    let (success, fail) = ("https://shop.example/done?a=1", "http://[::1]:9000/gone");
    let (to_success, to_fail) = (success.to_owned(), fail.to_owned());
    visitor.step(Command::SetRedirects { merchant: 1001, success: to_success, fail: to_fail });
    assert_eq!(visitor.get(&path).await.policy, policy_with("https://shop.example http:"));
    let end = visitor.post(&path, "do=cancel").await;
    assert_eq!(end.location.as_deref(), Some(fail));
}

/// Every page that a person can reach, each in the order in which it is reached.
async fn every_page(language: &str) -> Vec<Seen> {
    let visitor = Visitor::new(Some(language)).await;
    let path = visitor.path();
    let mut pages = Vec::new();
    for screen in B_TRUST {
        pages.push(visitor.get(&path).await);
        visitor.go_on(&path, screen).await;
    }
    pages.push(visitor.get(&path).await);
    visitor.wait();
    let path = visitor.path();
    pages.push(visitor.get(&path).await);
    visitor.post(&path, "screen=read&do=continue").await;
    pages.push(visitor.get(&path).await);
    visitor.post(&path, "screen=code&do=sign&code=abc").await;
    pages.push(visitor.get(&path).await);
    visitor.wait();
    pages.push(visitor.get(&path).await);
    pages.push(visitor.get("/session/nobody").await);
    pages
}

#[tokio::test]
async fn the_pages_in_both_languages() {
    for language in ["en", "bg"] {
        let pages = every_page(language).await;
        let shown: Vec<_> = pages.iter().map(|page| (screen(page), page.status)).collect();
        let expected = [
            ("consent", 200),
            ("details", 200),
            ("phone-code", 200),
            ("email-code", 200),
            ("document", 200),
            ("liveness", 200),
            ("review", 200),
            ("provider-documents", 200),
            ("provider-code", 200),
            ("done", 200),
            ("over", 410),
            ("read", 200),
            ("code", 200),
            ("code", 200),
            ("expired", 410),
            // Whose page it is not is not known, and neither is a language.
            ("unknown", 404),
        ];
        assert_eq!(shown, expected);
        let pages: Vec<_> = pages.into_iter().map(|page| page.html).collect();
        let pages = pages.join("\n\n").replace("><", ">\n<");
        insta::assert_snapshot!(format!("pages_{language}"), pages);
    }
}
