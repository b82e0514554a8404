//! The hosted pages on the identity listener: identification and the signing of documents, for a
//! person in a plain browser, without script.
//!
//! A form posts to its own address; the answer is a 303 to the same session or to the merchant.
//! Nothing a visitor sends has any influence on where a redirect leads, unless a scenario plays a
//! server in which it has.

mod documents;
mod html;
pub(crate) mod style;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
};
use contract::trace::Leg;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use sim::{
    Answer, Command, Envelope, Reply,
    command::{Act, PageRequest},
    journey::FailReason,
    outcome::{PageView, Screen},
};
use url::{Host, Url};

use self::{html::Around, words::Language};
use crate::{
    edge::{form, notice},
    workspace::Workspace,
};

/// A form of ours is a few words; more is not read.
const LARGEST_FORM: usize = 16 * 1024;

/// The router of the identity listener.
pub fn router(workspace: Arc<Workspace>) -> Router {
    Router::new()
        .route("/session/{secret}", get(look_identification).post(act_identification))
        .route("/sign/{secret}", get(look_signing).post(act_signing))
        .route("/documents/{secret}", get(documents::fetch))
        .route("/style.css", get(style::sheet))
        .fallback(nowhere)
        .method_not_allowed_fallback(nowhere)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(map_response(guard))
        .with_state(workspace)
}

type World = State<Arc<Workspace>>;

async fn look_identification(State(world): World, address: Uri, headers: HeaderMap) -> Response {
    visit(&world, Leg::Identification, (&address, &headers), Act::Look)
}

async fn look_signing(State(world): World, address: Uri, headers: HeaderMap) -> Response {
    visit(&world, Leg::Signing, (&address, &headers), Act::Look)
}

async fn act_identification(
    State(world): World,
    address: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    visit(&world, Leg::Identification, (&address, &headers), act(&body))
}

async fn act_signing(
    State(world): World,
    address: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    visit(&world, Leg::Signing, (&address, &headers), act(&body))
}

async fn nowhere(State(world): World, headers: HeaderMap) -> Response {
    visit(&world, Leg::Identification, (&Uri::default(), &headers), Act::Look)
}

/// What a form asks for. What is not one of our buttons is a look at the page.
fn act(body: &[u8]) -> Act {
    let fields = form::parse(body);
    let field = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    match field("do").as_str() {
        "continue" => Act::Continue { from: field("screen") },
        "cancel" | "decline" => Act::Cancel,
        "fail" => {
            let chosen = field("reason");
            let mut known = FailReason::ALL.iter();
            Act::Fail { reason: known.find(|reason| reason.name() == chosen).copied() }
        }
        "sign" | "enter" => Act::Enter { code: field("code") },
        "expire" => Act::Expire,
        _ => Act::Look,
    }
}

fn visit(
    world: &Workspace,
    leg: Leg,
    (address, headers): (&Uri, &HeaderMap),
    act: Act,
) -> Response {
    let noticed = match world.noticer() {
        Some(_) => {
            let query = address.query().unwrap_or_default();
            world.look(|world| notice::page(headers, query, world))
        }
        None => Vec::new(),
    };
    let secret = address.path().rsplit('/').next().and_then(secret_of);
    let request = PageRequest { leg, secret, act };
    let command = Command::Page(request);
    let answer = world.step(Envelope { noticed, ..Envelope::own(command) });
    let chosen = Language::chosen(address.query());
    let bent = secret.and_then(|secret| bent(world, secret, address));
    let whole = address.query().filter(|_| bent.is_some());
    match answer {
        Answer::Reply(Reply::Page(view)) => page(world, &view, chosen),
        Answer::Reply(Reply::SameSession(link)) => {
            let address = world.origins().page(&link);
            let path = address.strip_prefix(&world.origins().identity).unwrap_or(&address);
            let kept = chosen.map(|language| format!("?lang={}", language.tag()));
            let kept = whole.map(|query| format!("?{query}")).or(kept);
            see_other(&format!("{path}{}", kept.unwrap_or_default()))
        }

        Answer::Reply(Reply::ToMerchant { url, .. }) => see_other(&bent.unwrap_or(url)),
        Answer::Reply(_) | Answer::Refused(..) | Answer::Scripted(..) => {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Where a stranger's parameter leads, when a scenario plays a server that follows it.
fn bent(world: &Workspace, secret: u128, address: &Uri) -> Option<String> {
    let name = world.look(|world| world.follows(secret))?;
    let mut pairs = url::form_urlencoded::parse(address.query()?.as_bytes());
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.into_owned())
}

/// 32 lower-case hex digits; anything else is nobody's secret.
pub(super) fn secret_of(text: &str) -> Option<u128> {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == 32 && text.bytes().all(hex)).then(|| u128::from_str_radix(text, 16).ok())?
}

fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn page(world: &Workspace, view: &PageView, chosen: Option<Language>) -> Response {
    let status = match view.screen {
        Screen::Unknown => StatusCode::NOT_FOUND,
        Screen::Over | Screen::Expired => StatusCode::GONE,
        _ => StatusCode::OK,
    };
    let merchant = view.merchant.and_then(|id| world.look(|world| world.merchant(id).cloned()));
    let addresses = merchant.map(|merchant| [merchant.success, merchant.fail]);
    let targets: Vec<_> =
        addresses.iter().flatten().filter_map(|address| form_target(address)).collect();
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, &policy(&targets)),
    ];
    let address = view.link.map(|link| world.origins().page(&link));
    let around = Around {
        language: chosen.unwrap_or_else(|| Language::of(view.language.as_deref())),
        address: address.as_deref(),
        inbox: &format!("{}/inbox", world.origins().control),
    };
    (status, headers, Body::from(html::page(view, around))).into_response()
}

/// What `form-action` calls a merchant's address: browsers apply it to redirects too.
pub(crate) fn form_target(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    match url.host()? {
        // A policy has no word for such a host, and browsers drop the whole source.
        Host::Ipv6(_) => Some(format!("{}:", url.scheme())),
        Host::Domain(_) | Host::Ipv4(_) => Some(url.origin().ascii_serialization()),
    }
}

/// What a browser may do with an answer: use our stylesheet, and post to us or to these targets.
fn policy(form_targets: &[String]) -> String {
    let targets: String = form_targets.iter().map(|target| format!(" {target}")).collect();
    format!(
        "default-src 'none'; style-src 'self'; form-action 'self'{targets}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The headers of every answer, whoever wrote it.
async fn guard(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy(&[])) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_form_of_secret_is_one() {
        assert_eq!(secret_of("0000000000000000000000000000000f"), Some(15));
        for bad in ["", "f", "0000000000000000000000000000000F", "+000000000000000000000000000000f"]
        {
            assert_eq!(secret_of(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_form_may_lead_to_the_merchants_origins() {
        for (address, target) in [
            ("https://shop.example/done?a=1", "https://shop.example"),
            ("http://127.0.0.1:9000/s", "http://127.0.0.1:9000"),
            ("http://[::1]:9000/s", "http:"),
        ] {
            assert_eq!(form_target(address).as_deref(), Some(target), "{address}");
        }
        assert_eq!(form_target("javascript:alert(1)"), None);
        let targets = ["https://a.example".to_owned(), "http:".to_owned()];
        assert!(policy(&targets).contains("; form-action 'self' https://a.example http:; base"));
        assert!(policy(&[]).contains("; form-action 'self'; base"));
    }

    #[test]
    fn strange_buttons_are_a_look() {
        assert_eq!(act(b"do=explode&screen=consent"), Act::Look);
        assert_eq!(act(b""), Act::Look);
        assert_eq!(act(b"screen=read&do=continue"), Act::Continue { from: "read".to_owned() });
        assert_eq!(act(b"do=sign&code=+123"), Act::Enter { code: " 123".to_owned() });
    }
}
