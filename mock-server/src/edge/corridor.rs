//! One request's trip through the API and auth listeners: route, body within limits, decode, the
//! world's step, encode. No step calls back up, and whatever goes wrong has an answer.

mod caught;
pub(crate) mod head;
mod people;
mod reply;

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::State,
    response::Response,
};
use bytes::Bytes;
use contract::{
    Call, EndpointRow, Host, Problem, Tables, Variant,
    endpoint::{BodyKind, Gate},
    problem::Refusal,
    trace::Transported,
};
use http::{HeaderName, Request, header, request};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use sim::{
    Answer, Command, Envelope, Reply,
    command::{ApiRequest, RimRequest, TokenRequest},
    outcome::Grant,
};
use tokio::time::timeout;

use self::{
    caught::Caught,
    head::{FORM, basic, discreet_media_type, discreet_method, is_form, trace_parent},
    reply::{Live, nothing_to_say, respond},
};
use super::{
    decode::{self, Raw},
    encode::{self, Encoded},
    form,
    route::{self, Route},
};
use crate::{
    config::Limits,
    tls::accept::Connection,
    token::Signed,
    workspace::{Stepped, Workspace},
};

/// What every request through one listener needs.
#[derive(Debug)]
pub struct Corridor {
    /// Which listener.
    pub host: Host,
    /// The world behind it.
    pub workspace: Arc<Workspace>,
    /// Bounds of bodies.
    pub limits: Limits,
    /// The identity server's documents.
    pub documents: Arc<Documents>,
}

/// What the identity server publishes about itself; the same for as long as it runs.
#[derive(Debug)]
pub struct Documents {
    /// The OpenID provider configuration.
    pub discovery: String,
    /// The token keys.
    pub jwks: String,
}

/// The router of the API or auth listener. All paths are in the tables, so there is one handler.
pub fn router(corridor: Arc<Corridor>) -> Router {
    Router::new().fallback(answer).with_state(corridor)
}

async fn answer(State(corridor): State<Arc<Corridor>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&corridor, &parts);
    if let Some(response) = Caught(Box::pin(visit.serve(body))).await {
        return response;
    }
    let stumbled = Caught(Box::pin(async { visit.stumble() })).await;
    stumbled.unwrap_or_else(nothing_to_say)
}

/// One request on its way.
struct Visit<'a> {
    corridor: &'a Corridor,
    tables: &'static Tables,
    method: &'a str,
    path: &'a str,
    query: &'a str,
    media_type: Option<String>,
    headers: &'a http::HeaderMap,
    connection: Option<&'a Connection>,
}

/// What the way through the corridor came to.
struct Answered {
    stepped: Stepped,
    call: Option<Call>,
    signed: Option<Signed>,
    form: Vec<(String, String)>,
}

impl<'a> Visit<'a> {
    fn of(corridor: &'a Corridor, parts: &'a request::Parts) -> Self {
        let media_type = parts.headers.get(header::CONTENT_TYPE);
        Self {
            corridor,
            tables: corridor.workspace.tables(),
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            media_type: media_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into()),
            headers: &parts.headers,
            connection: parts.extensions.get(),
        }
    }

    async fn serve(&self, body: Body) -> Response {
        match self.walk(body).await {
            Some(answered) => self.leave(&answered),
            None => self.stumble(),
        }
    }

    async fn walk(&self, body: Body) -> Option<Answered> {
        let found = self.route();
        let (call, command) = match found {
            Route::Found { row, params } => {
                let command = match self.read(row, body).await {
                    Ok(body) => self.command(row, &params, &body),
                    Err(problem) => self.rim(Some(row.call), Refusal::new(problem)),
                };
                (Some(row.call), command)
            }
            Route::WrongMethod { call, allow } => {
                self.leave_unread(&body);
                let refusal = Refusal::with_header(Problem::MethodNotAllowed, allow);
                (Some(call), self.rim(Some(call), refusal))
            }
            Route::Unknown => {
                self.leave_unread(&body);
                (None, self.rim(None, Refusal::new(Problem::RouteNotFound)))
            }
        };
        // A page repeats in its form what it was asked with; the world need not remember it.
        let form = people::repeated(&command);
        let stepped = self.corridor.workspace.step_numbered(self.envelope(command));
        let signed = match &stepped.answer {
            Answer::Reply(Reply::Token(grant)) => Some(self.sign(Arc::clone(grant)).await?),
            _ => None,
        };
        Some(Answered { stepped, call, signed, form })
    }

    /// The whole body, if it keeps to the limits.
    async fn read(&self, row: &EndpointRow, body: Body) -> Result<Bytes, Problem> {
        let limits = &self.corridor.limits;
        let limit = match row.body {
            BodyKind::Form => limits.form_bytes,
            BodyKind::Json | BodyKind::None => limits.body_bytes,
        };
        // A client that says how much is coming need not send it first.
        if HttpBody::size_hint(&body).lower() > limit as u64 {
            self.leave_unread(&body);
            return Err(Problem::BodyTooLarge);
        }
        if HttpBody::is_end_stream(&body) {
            return Ok(Bytes::new());
        }
        let problem = match timeout(limits.body_time, Limited::new(body, limit).collect()).await {
            Ok(Ok(whole)) => return Ok(whole.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Problem::BodyTooLarge,
            // The client broke off: nobody will see this answer, but the trace keeps it.
            Ok(Err(_)) | Err(_) => Problem::BodyTimeout,
        };
        self.set_unread(true);
        Err(problem)
    }

    fn command(&self, row: &'static EndpointRow, params: &Params<'_>, body: &[u8]) -> Command {
        if people::is_for_people(row.call) {
            return Command::Identity(self.identity_request(row.call, body));
        }
        match (row.gate, row.call) {
            (Gate::Certificate, call) | (Gate::Open, call @ Call::PlainToken) => {
                Command::Token(self.token_request(call, body))
            }
            (Gate::Open, call) => Command::Open(call),
            (Gate::Bearer, _) => Command::Api(self.api_request(row, params, body)),
        }
    }

    fn api_request(
        &self,
        row: &'static EndpointRow,
        params: &Params<'_>,
        body: &[u8],
    ) -> ApiRequest {
        let workspace = &self.corridor.workspace;
        let raw = Raw { media_type: self.media_type.as_deref(), body };
        let decoded = decode::decode(row, params, &raw, workspace.variants());
        ApiRequest {
            call: row.call,
            bearer: workspace.tokens().bearer(self.text(&header::AUTHORIZATION)),
            ask: decoded.ask,
            path: decoded.path,
            media_type: self.media_type.as_deref().map(discreet_media_type),
            body: decoded.body,
        }
    }

    fn token_request(&self, call: Call, body: &[u8]) -> TokenRequest {
        let media_type = self.media_type.as_deref();
        let is_form = media_type.is_some_and(is_form);
        TokenRequest {
            call,
            method: discreet_method(self.method),
            media_type: if is_form {
                Some(FORM.into())
            } else {
                media_type.map(discreet_media_type)
            },
            form: is_form.then(|| form::parse(body)),
            basic: self.text(&header::AUTHORIZATION).and_then(basic),
        }
    }

    fn rim(&self, call: Option<Call>, refusal: Refusal) -> Command {
        Command::Rim(RimRequest {
            host: self.corridor.host,
            call,
            method: discreet_method(self.method),
            path: route::discreet_path(self.tables, self.path),
            refusal,
        })
    }

    fn envelope(&self, command: Command) -> Envelope {
        let peer = self.connection.and_then(|connection| connection.peer.clone());
        let trace_parent = self.text(&TRACEPARENT).and_then(trace_parent);
        Envelope { peer, trace_parent, command }
    }

    /// Signing takes a millisecond of pure arithmetic, which other requests should not wait for.
    async fn sign(&self, grant: Arc<Grant>) -> Option<Signed> {
        let workspace = Arc::clone(&self.corridor.workspace);
        let signing = tokio::task::spawn_blocking(move || workspace.tokens().issue(&grant));
        match signing.await {
            Ok(Ok(signed)) => Some(signed),
            Ok(Err(error)) => {
                tracing::error!(%error, "no token");
                None
            }
            Err(_) => None,
        }
    }

    /// Something that cannot happen happened: the answer is the documented 500, and the trace
    /// says so.
    fn stumble(&self) -> Response {
        let call = match self.route() {
            Route::Found { row, .. } => Some(row.call),
            Route::WrongMethod { call, .. } => Some(call),
            Route::Unknown => None,
        };
        self.set_unread(true);
        let command = self.rim(call, Refusal::new(Problem::ServerError));
        let stepped = self.corridor.workspace.step_numbered(self.envelope(command));
        self.leave(&Answered { stepped, call, signed: None, form: Vec::new() })
    }

    fn leave(&self, answered: &Answered) -> Response {
        let Answered { stepped, call, signed, form } = answered;
        let workspace = &self.corridor.workspace;
        let names = Live { corridor: self.corridor, signed: signed.as_ref(), form };
        let context = encode::Context {
            tables: self.tables,
            variants: workspace.variants(),
            call: *call,
            names: &names,
        };
        let encoded = encode::encode(&context, &stepped.answer);
        self.log(&encoded, &stepped.answer);
        workspace.transport(Transported::Delivered {
            connection: self.connection.map_or(0, |connection| connection.number),
            step: stepped.step,
            status: encoded.status,
            bytes: encoded.body.len() as u64,
        });
        respond(encoded)
    }

    fn log(&self, encoded: &Encoded, answer: &Answer) {
        if tracing::enabled!(tracing::Level::INFO) {
            let row = match answer {
                Answer::Reply(_) => "success",
                Answer::Refused(refusal, _) => refusal.problem.name(),
            };
            let path = route::discreet_path(self.tables, self.path);
            let path = self.corridor.workspace.look(|world| world.discreet(&path));
            let method = discreet_method(self.method);
            tracing::info!(host = %self.corridor.host, method, path, status = encoded.status, row);
        }
    }

    /// Where the gateway issues the tokens, it serves the identity server's calls too.
    fn route(&self) -> Route<'a> {
        let host = self.corridor.host;
        let variants = self.corridor.workspace.variants();
        let both = host == Host::Api && variants.reads(Variant::Issuer, "api-host");
        let hosts: &[Host] = if both { &[Host::Api, Host::Auth] } else { &[host] };
        route::find(self.tables, hosts, self.method, self.path)
    }

    fn text(&self, name: &HeaderName) -> Option<&'a str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn leave_unread(&self, body: &Body) {
        self.set_unread(!HttpBody::is_end_stream(body));
    }

    fn set_unread(&self, unread: bool) {
        if let Some(connection) = self.connection {
            connection.leave_unread(unread);
        }
    }
}

type Params<'a> = [(&'static str, &'a str)];

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
