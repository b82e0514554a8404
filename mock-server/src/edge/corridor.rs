//! One request's trip through the API and auth listeners: route, body within limits, decode, the
//! world's step, encode. No step calls back up, and whatever goes wrong has an answer.

mod body;
mod caught;
mod documents;
pub(crate) mod head;
mod look;
mod people;
mod reply;

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::State,
    response::Response,
};
use bytes::Bytes;
use contract::{
    Call, EndpointRow, Host, Problem, Tables,
    endpoint::{BodyKind, Gate},
    problem::Refusal,
    scenario::fault::Effect,
    trace::{Transported, client::Noticed},
};
use http::{HeaderName, Request, Version, header, request};
use http_body_util::{BodyExt as _, Limited};
use sim::{
    Answer, Command, Envelope, Reply,
    command::{ApiRequest, RimRequest, TokenRequest},
    outcome::{Armed, Grant},
};
use tokio::time::timeout;

pub use self::documents::Documents;
use self::{
    body::Unread,
    caught::Caught,
    head::{FORM, basic, discreet_media_type, discreet_method, is_form, joined, trace_parent},
    reply::{Live, nothing_to_say, respond},
};
use super::{
    decode::{self, Raw},
    distort::{
        self,
        note::{About, Note},
        outgoing::Manner,
    },
    encode::{self, Encoded},
    form, lines, path,
    route::{self, Route, Routes},
    selfcheck,
};
use crate::{
    config::Limits,
    serve::Closing,
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
    /// Whether the server stops.
    pub closing: Closing,
    /// The identity server's documents.
    pub documents: Arc<Documents>,
}

/// A corridor with what it serves, which is found out once.
#[derive(Debug)]
struct Open {
    corridor: Corridor,
    routes: Routes,
}

/// The router of the API or auth listener. All paths are in the tables, so there is one handler.
pub fn router(corridor: Corridor) -> Router {
    let workspace = &corridor.workspace;
    let routes = Routes::new(workspace.tables(), workspace.variants(), corridor.host);
    Router::new().fallback(answer).with_state(Arc::new(Open { corridor, routes }))
}

async fn answer(State(open): State<Arc<Open>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&open, &parts);
    if let Some(response) = Caught(Box::pin(visit.serve(body))).await {
        return response;
    }
    let stumbled = Caught(Box::pin(visit.stumble())).await;
    stumbled.unwrap_or_else(nothing_to_say)
}

/// One request on its way.
struct Visit<'a> {
    corridor: &'a Corridor,
    routes: &'a Routes,
    tables: &'static Tables,
    method: &'a str,
    query: &'a str,
    /// As the routing sees it; `None` when the head is not to be served at all.
    path: Option<Cow<'a, str>>,
    media_type: Option<Cow<'a, str>>,
    headers: &'a http::HeaderMap,
    connection: Option<&'a Connection>,
    /// What was noticed of a request whose body was read.
    noticed: Mutex<Option<Vec<Noticed>>>,
}

/// What the way through the corridor came to.
struct Answered {
    stepped: Stepped,
    call: Option<Call>,
    signed: Option<Signed>,
    form: Vec<(String, String)>,
}

/// Why there is nothing to encode.
enum Dead {
    /// Something that cannot happen happened.
    Stumbled,
    /// The client went away.
    Abandoned,
}

impl<'a> Visit<'a> {
    fn of(Open { corridor, routes }: &'a Open, parts: &'a request::Parts) -> Self {
        let served = parts.version < Version::HTTP_11
            || parts.headers.get_all(header::HOST).iter().count() == 1;
        Self {
            corridor,
            routes,
            tables: corridor.workspace.tables(),
            method: parts.method.as_str(),
            query: parts.uri.query().unwrap_or_default(),
            path: path::normal(parts.uri.path()).filter(|_| served),
            media_type: joined(&parts.headers, &header::CONTENT_TYPE),
            headers: &parts.headers,
            connection: parts.extensions.get(),
            noticed: Mutex::default(),
        }
    }

    async fn serve(&self, body: Body) -> Response {
        match self.walk(body).await {
            Ok(answered) => self.leave(answered).await,
            Err(Dead::Stumbled) => self.stumble().await,
            Err(Dead::Abandoned) => self.abandoned(),
        }
    }

    async fn walk(&self, body: Body) -> Result<Answered, Dead> {
        let (call, command) = match self.route() {
            None => {
                self.leave_unread(&body);
                (None, self.rim(None, Refusal::new(Problem::MalformedRequest)))
            }
            Some(found) => self.found(found, body).await?,
        };
        // A page repeats in its form what it was asked with; the world need not remember it.
        let form = people::repeated(&command);
        let stepped = self.corridor.workspace.step_numbered(self.envelope(command));
        let signed = match &stepped.answer {
            Answer::Reply(Reply::Token(grant)) => {
                Some(self.sign(Arc::clone(grant)).await.ok_or(Dead::Stumbled)?)
            }
            _ => None,
        };
        Ok(Answered { stepped, call, signed, form })
    }

    fn route(&self) -> Option<Route<'_>> {
        Some(self.routes.find(self.method, self.path.as_deref()?))
    }

    async fn found(&self, found: Route<'_>, body: Body) -> Result<(Option<Call>, Command), Dead> {
        Ok(match found {
            Route::Found { row, params } => {
                let command = match self.read(row, body).await {
                    Ok(body) => {
                        self.notice(row, &body);
                        self.command(row, &params, &body)
                    }
                    Err(Unread::Refused(problem)) => {
                        self.rim(Some(row.call), Refusal::new(problem))
                    }
                    Err(Unread::Abandoned) => return Err(Dead::Abandoned),
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
        })
    }

    /// The whole body, if it keeps to the limits.
    async fn read(&self, row: &EndpointRow, body: Body) -> Result<Bytes, Unread> {
        let limits = &self.corridor.limits;
        let limit = match row.body {
            BodyKind::Form => limits.form_bytes,
            BodyKind::Json | BodyKind::None => limits.body_bytes,
        };
        // A client that says how much is coming need not send it first.
        if HttpBody::size_hint(&body).lower() > limit as u64 {
            self.leave_unread(&body);
            return Err(Unread::Refused(Problem::BodyTooLarge));
        }
        if HttpBody::is_end_stream(&body) {
            return Ok(Bytes::new());
        }
        let whole = tokio::select! {
            whole = timeout(limits.body_time, Limited::new(body, limit).collect()) => whole.ok(),
            () = self.corridor.closing.overdue() => None,
        };
        let unread = match whole {
            Some(Ok(whole)) => {
                self.set_unread(false);
                return Ok(whole.to_bytes());
            }
            Some(Err(error)) => Unread::from(&*error),
            None => Unread::Refused(Problem::BodyTimeout),
        };
        self.set_unread(true);
        Err(unread)
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
            bearer: workspace.tokens().bearer(self.text(&header::AUTHORIZATION).as_deref()),
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
            basic: self.text(&header::AUTHORIZATION).as_deref().and_then(basic),
        }
    }

    fn rim(&self, call: Option<Call>, refusal: Refusal) -> Command {
        Command::Rim(RimRequest {
            host: self.corridor.host,
            call,
            method: discreet_method(self.method),
            path: self.discreet_path(),
            refusal,
        })
    }

    fn envelope(&self, command: Command) -> Envelope {
        let peer = self.connection.and_then(|connection| connection.peer.clone());
        let trace_parent = self.text(&TRACEPARENT).as_deref().and_then(trace_parent);
        let headers = self.headers_of_interest();
        let noticed = self.noticed.lock().unwrap_or_else(PoisonError::into_inner).take();
        let noticed = noticed.unwrap_or_else(|| self.look(None, b""));
        Envelope { host: Some(self.corridor.host), peer, trace_parent, headers, noticed, command }
    }

    /// Headers that some scenario asks about; most often there is none to look for but one.
    fn headers_of_interest(&self) -> Vec<(Box<str>, Box<str>)> {
        let wanted = self.corridor.workspace.headers_of_interest();
        let found = wanted.iter().filter_map(|name| {
            let value = joined(self.headers, name)?;
            Some((name.as_str().into(), value.into()))
        });
        found.collect()
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

    /// The client went away in the middle of its body: nothing was asked, and nobody is there to
    /// hear an answer.
    fn abandoned(&self) -> Response {
        tracing::info!(host = %self.corridor.host, "the client went away before its body was whole");
        self.corridor.workspace.transport(Transported::Aborted {
            connection: self.connection.map_or(0, |connection| connection.number),
            host: self.corridor.host,
        });
        nothing_to_say()
    }

    /// Something that cannot happen happened: the answer is the documented 500, and the trace
    /// says so.
    async fn stumble(&self) -> Response {
        let call = match self.route() {
            Some(Route::Found { row, .. }) => Some(row.call),
            Some(Route::WrongMethod { call, .. }) => Some(call),
            Some(Route::Unknown) | None => None,
        };
        self.set_unread(true);
        let command = self.rim(call, Refusal::new(Problem::ServerError));
        let stepped = self.corridor.workspace.step_numbered(self.envelope(command));
        self.leave(Answered { stepped, call, signed: None, form: Vec::new() }).await
    }

    async fn leave(&self, answered: Answered) -> Response {
        let encoded = self.encoded(&answered);
        let Stepped { answer, step, armed } = answered.stepped;
        let (mut encoded, done) = distort::rewritten(encoded, &armed);
        if self.headers.contains_key(EXPLAIN) {
            encoded.headers.extend(self.explained(answered.call, &answer, &armed));
        }
        self.log(&encoded, &answer);
        let about = About {
            workspace: Arc::clone(&self.corridor.workspace),
            connection: self.connection.map_or(0, |connection| connection.number),
            step,
            status: encoded.status,
        };
        // What waits for another connection is told of by that one.
        let faults = armed.into_iter().zip(done);
        let own =
            faults.filter(|(armed, _)| !matches!(armed.effect, Effect::Connection(_))).collect();
        let note = Note::new(about, own);
        self.wait(&note).await;
        let manner = Manner::of(note.effects());
        let closes = matches!(answer, Answer::Refused(ref refusal, _) if ends(refusal));
        let fates = self.connection.map(|connection| Arc::clone(connection.fates()));
        respond(encoded, (manner, fates), note, closes)
    }

    /// What a client may ask to be told: the row that decided, where it comes from, the faults.
    fn explained(
        &self,
        call: Option<Call>,
        answer: &Answer,
        armed: &[Armed],
    ) -> Vec<(&'static str, String)> {
        let variants = self.corridor.workspace.variants();
        let names = &encode::TraceNames;
        let context = encode::Context { tables: self.tables, variants, call, names };
        let lines::Deciding { row, readings, source } = lines::deciding(&context, answer);
        let faults =
            armed.iter().map(|armed| format!("{}/{} {}", armed.scenario, armed.rule, armed.effect));
        let told = [
            ("x-mock-row", row.to_owned()),
            ("x-mock-readings", readings.join(", ")),
            ("x-mock-source", source.map_or_else(String::new, |source| source.to_string())),
            ("x-mock-fault", faults.collect::<Vec<_>>().join(", ")),
        ];
        told.into_iter().filter(|(_, text)| !text.is_empty()).collect()
    }

    /// The answer before anything is done to it.
    fn encoded(&self, answered: &Answered) -> Encoded {
        let Answered { stepped, call, signed, form } = answered;
        let names = Live { corridor: self.corridor, signed: signed.as_ref(), form };
        let context = encode::Context {
            tables: self.tables,
            variants: self.corridor.workspace.variants(),
            call: *call,
            names: &names,
        };
        let encoded = encode::encode(&context, &stepped.answer);
        match stepped.answer {
            // What a scenario puts in the place of an answer is meant to break the contract.
            Answer::Scripted(..) => encoded,
            Answer::Refused(ref refusal, _) if self.is_staged(*call, refusal, &stepped.armed) => {
                encoded
            }
            Answer::Reply(_) | Answer::Refused(..) => {
                selfcheck::checked(self.tables, *call, encoded)
            }
        }
    }

    /// Whether a scenario lets a call be refused as it never is.
    fn is_staged(&self, call: Option<Call>, refusal: &Refusal, armed: &[Armed]) -> bool {
        let row = call.and_then(|call| self.tables.endpoint(call));
        let declared = || {
            let rows = row.map(|row| self.tables.refused(row)).unwrap_or_default();
            rows.iter().any(|refused| refused.row.problem == refusal.problem)
        };
        armed.iter().any(|armed| armed.effect == Effect::Answer) && !declared()
    }

    /// The only place where an answer waits; the lock is free. A client that leaves meanwhile drops
    /// the note, which says so.
    async fn wait(&self, note: &Note) {
        for effect in note.effects() {
            let Effect::Delay(span) = effect else { continue };
            self.corridor.workspace.wait(span.duration()).await;
        }
    }

    fn log(&self, encoded: &Encoded, answer: &Answer) {
        if tracing::enabled!(tracing::Level::INFO) {
            let row = match answer {
                Answer::Reply(_) => "success",
                Answer::Scripted(..) => "scripted",
                Answer::Refused(refusal, _) => refusal.problem.name(),
            };
            let path = self.discreet_path();
            let path = self.corridor.workspace.look(|world| world.discreet(&path));
            let method = discreet_method(self.method);
            tracing::info!(host = %self.corridor.host, method, path, status = encoded.status, row);
        }
    }

    fn text(&self, name: &HeaderName) -> Option<Cow<'_, str>> {
        joined(self.headers, name)
    }

    fn discreet_path(&self) -> String {
        route::discreet_path(self.tables, self.path.as_deref().unwrap_or_default())
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

/// Whether the rest of the connection cannot be read after a refusal.
const fn ends(refusal: &Refusal) -> bool {
    matches!(
        refusal.problem,
        Problem::BodyTimeout | Problem::BodyTooLarge | Problem::MalformedRequest
    )
}

type Params<'a> = [(&'static str, &'a str)];

/// The header by which a client asks why it was answered so; without it the bytes stay faithful.
const EXPLAIN: HeaderName = HeaderName::from_static("x-mock-explain");

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
