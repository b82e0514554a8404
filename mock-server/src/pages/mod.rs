//! The hosted pages on the identity listener: identification and the signing of documents, for a
//! person in a plain browser, without script.
//!
//! A form posts to its own address; the answer is a 303 to the same session or to the merchant.
//! Nothing a visitor sends has any influence on where a redirect leads.

mod html;
pub(crate) mod style;
mod words;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use contract::trace::Leg;
use http::{HeaderValue, StatusCode, header};
use sim::{
    Answer, Command, Envelope, Reply,
    command::{Act, PageRequest},
    outcome::{PageView, Screen},
};

use crate::{edge::form, workspace::Workspace};

/// A form of ours is a few words; more is not read.
const LARGEST_FORM: usize = 16 * 1024;

/// The router of the identity listener.
pub fn router(workspace: Arc<Workspace>) -> Router {
    Router::new()
        .route("/session/{secret}", get(look_identification).post(act_identification))
        .route("/sign/{secret}", get(look_signing).post(act_signing))
        .route("/style.css", get(style::sheet))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .with_state(workspace)
}

type World = State<Arc<Workspace>>;

async fn look_identification(State(world): World, Path(secret): Path<String>) -> Response {
    visit(&world, Leg::Identification, &secret, Act::Look)
}

async fn look_signing(State(world): World, Path(secret): Path<String>) -> Response {
    visit(&world, Leg::Signing, &secret, Act::Look)
}

async fn act_identification(
    State(world): World,
    Path(secret): Path<String>,
    body: Bytes,
) -> Response {
    visit(&world, Leg::Identification, &secret, act(&body))
}

async fn act_signing(State(world): World, Path(secret): Path<String>, body: Bytes) -> Response {
    visit(&world, Leg::Signing, &secret, act(&body))
}

async fn nowhere(State(world): World) -> Response {
    visit(&world, Leg::Identification, "", Act::Look)
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
        "fail" => Act::Fail,
        "sign" => Act::Sign { code: field("code") },
        _ => Act::Look,
    }
}

fn visit(world: &Workspace, leg: Leg, secret: &str, act: Act) -> Response {
    let request = PageRequest { leg, secret: secret_of(secret), act };
    let command = Command::Page(request);
    let answer = world.step(Envelope { peer: None, trace_parent: None, command });
    match answer {
        Answer::Reply(Reply::Page(view)) => page(world, &view),
        Answer::Reply(Reply::SameSession(link)) => {
            let address = world.origins().page(&link);
            let path = address.strip_prefix(&world.origins().identity).unwrap_or(&address);
            see_other(path)
        }
        Answer::Reply(Reply::ToMerchant { url, .. }) => see_other(&url),
        Answer::Reply(_) | Answer::Refused(..) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// 32 lower-case hex digits; anything else is nobody's secret.
fn secret_of(text: &str) -> Option<u128> {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == 32 && text.bytes().all(hex)).then(|| u128::from_str_radix(text, 16).ok())?
}

fn see_other(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => {
            let mut response = StatusCode::SEE_OTHER.into_response();
            response.headers_mut().insert(header::LOCATION, location);
            guard(response, "")
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn page(world: &Workspace, view: &PageView) -> Response {
    let status = match view.screen {
        Screen::Unknown => StatusCode::NOT_FOUND,
        Screen::Over | Screen::Expired => StatusCode::GONE,
        _ => StatusCode::OK,
    };
    let merchant = view.merchant.and_then(|id| world.look(|world| world.merchant(id).cloned()));
    let targets = merchant.map(|merchant| {
        [merchant.success, merchant.fail].iter().filter_map(|url| origin(url)).collect::<Vec<_>>()
    });
    let html = html::page(view);
    let response = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], Body::from(html));
    guard(response.into_response(), &targets.unwrap_or_default().join(" "))
}

/// The origin of a merchant's address, for `form-action`: browsers apply it to redirects too.
fn origin(url: &str) -> Option<String> {
    let origin = url::Url::parse(url).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

fn guard(mut response: Response, form_targets: &str) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {form_targets}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
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
    fn strange_buttons_are_a_look() {
        assert_eq!(act(b"do=explode&screen=consent"), Act::Look);
        assert_eq!(act(b""), Act::Look);
        assert_eq!(act(b"screen=read&do=continue"), Act::Continue { from: "read".to_owned() });
        assert_eq!(act(b"do=sign&code=+123"), Act::Sign { code: " 123".to_owned() });
    }
}
