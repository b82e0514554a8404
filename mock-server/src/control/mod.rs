//! The control listener: what no real service has. It reads the inbox, acts for the person, sets
//! the merchant's addresses and the clock, and shows the trace.
//!
//! Its verbs are one table, from which the router and the OpenAPI document are made. Beyond
//! loopback it speaks TLS and asks for a token; the guard keeps web pages of others from using it.

mod dto;
mod guard;
mod openapi;
mod problem;
mod read;
mod scripts;
mod table;
mod wait;
mod workspaces;
mod write;

use std::sync::{Arc, Weak};

use axum::{
    Router,
    body::Body,
    extract::{FromRef, Request, State},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
};
use certs::Minted;
use http::{Method, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};

use self::{
    problem::Problem,
    table::{Ask, Run, VERBS, Verb},
};
use crate::{
    dashboard,
    serve::{Closing, Workspaces},
    workspace::Workspace,
};

/// No verb needs more than a few words.
const LARGEST_BODY: usize = 64 * 1024;

/// What the control listener of a workspace reaches.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Its workspace.
    pub workspace: Arc<Workspace>,
    /// All of the process, for as long as it lives.
    pub workspaces: Weak<Workspaces>,
    /// The certificates of the process.
    pub minted: Arc<Minted>,
    /// What whoever comes has to show.
    pub token: Option<Arc<Token>>,
    /// When nobody may be kept waiting any more.
    pub closing: Closing,
}

impl FromRef<Desk> for Arc<Workspace> {
    fn from_ref(desk: &Desk) -> Self {
        Self::clone(&desk.workspace)
    }
}

pub use guard::Token;
pub(crate) use guard::is_at;
pub(crate) use write::landing_url;

/// The router of the control listener.
pub fn router(desk: Desk) -> Router {
    Router::new()
        .merge(dashboard::routes())
        .fallback(dispatch)
        .method_not_allowed_fallback(only_shown)
        .layer(from_fn_with_state(desk.clone(), guard::guard))
        .with_state(desk)
}

async fn dispatch(State(desk): State<Desk>, request: Request) -> Response {
    let answered = answer(&desk, request).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

/// The pages and their stylesheet can only be looked at.
async fn only_shown() -> Problem {
    Problem::wrong_method("GET, HEAD")
}

async fn answer(desk: &Desk, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let (verb, id) = find(&parts.method, path)?;
    let ask = Ask {
        desk,
        workspace: &desk.workspace,
        id,
        query: parts.uri.query().unwrap_or_default(),
        body: read_body(body, &parts.headers).await?,
    };
    match verb.run {
        Run::Now(run) => run(&ask),
        Run::Later(run) => run(&ask).await,
    }
}

/// The verb of a method and path, with the parameter of the path.
fn find(method: &Method, path: &str) -> Result<(&'static Verb, Option<String>), Problem> {
    let fitting = || VERBS.iter().filter_map(|verb| Some((verb, fits(verb.path, path)?)));
    if let Some((verb, id)) = fitting().find(|(verb, _)| verb.method == method.as_str()) {
        return Ok((verb, id));
    }
    let allowed: Vec<_> = fitting().map(|(verb, _)| verb.method).collect();
    if allowed.is_empty() {
        let detail = "GET /v1/openapi.json lists what there is.";
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    }
    Err(Problem::wrong_method(&allowed.join(", ")))
}

fn fits(template: &str, path: &str) -> Option<Option<String>> {
    let parameter = template.split_once('{').and_then(|(before, rest)| {
        let (_, after) = rest.split_once('}')?;
        Some((before, after))
    });
    match parameter {
        None => (template == path).then_some(None),
        Some((before, after)) => {
            let id = path.strip_prefix(before)?.strip_suffix(after)?;
            (!id.is_empty() && !id.contains('/')).then(|| Some(id.to_owned()))
        }
    }
}

async fn read_body(body: Body, headers: &http::HeaderMap) -> Result<Vec<u8>, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let too_large = || {
        let detail = format!("At most {LARGEST_BODY} bytes are read here.");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
    };
    if announced > LARGEST_BODY {
        return Err(too_large());
    }
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(whole) => Ok(whole.to_bytes().to_vec()),
        Err(_) => Err(too_large()),
    }
}
