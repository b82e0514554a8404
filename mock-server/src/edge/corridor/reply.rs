//! The way out of the corridor: names become real addresses and tokens, and an encoded answer
//! becomes an HTTP response.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::{Body, HttpBody},
    response::Response,
};
use bytes::Bytes;
use contract::{problem::Text, trace::Transported};
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body::{Frame, SizeHint};
use sim::outcome::{Grant, Secret, SessionLink};

use super::Corridor;
use crate::{
    edge::encode::{Encoded, Names, Page},
    token::Signed,
    workspace::Workspace,
};

/// The names of things as a client gets them.
pub(super) struct Live<'a> {
    pub(super) corridor: &'a Corridor,
    pub(super) signed: Option<&'a Signed>,
    pub(super) form: &'a [(String, String)],
}

impl Names for Live<'_> {
    fn url(&self, link: &SessionLink) -> String {
        self.corridor.workspace.origins().page(link)
    }

    fn token(&self, _: &Grant) -> String {
        self.signed.map(|signed| signed.access.clone()).unwrap_or_default()
    }

    fn id_token(&self, _: &Grant) -> String {
        self.signed.and_then(|signed| signed.identity.clone()).unwrap_or_default()
    }

    fn secret(&self, _: &str, secret: Secret) -> String {
        secret.text()
    }

    fn document(&self, secret: Secret) -> String {
        format!("{}/documents/{}", self.corridor.workspace.origins().identity, secret.text())
    }

    fn personal(&self, text: &str) -> String {
        text.to_owned()
    }

    fn app(&self, _: i32, address: &str) -> String {
        address.to_owned()
    }

    fn query(&self, pairs: &[(&str, String)]) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }

    fn page(&self, page: &Page<'_>) -> Option<String> {
        Some(page(self.form))
    }

    fn discovery(&self) -> String {
        self.corridor.documents.discovery.clone()
    }

    fn jwks(&self) -> String {
        self.corridor.documents.jwks.clone()
    }

    fn text(&self, text: &Text) -> String {
        text.full()
    }
}

/// What the trace says of an answer when it is out.
pub(super) struct Note {
    pub(super) workspace: Arc<Workspace>,
    pub(super) connection: u64,
    pub(super) step: u64,
    pub(super) status: u16,
}

/// A body that says how much of it was taken, at its end or when nobody wants the rest.
struct Outgoing {
    left: Option<Bytes>,
    whole: u64,
    taken: u64,
    note: Note,
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let left = self.left.take();
        self.taken = self.whole;
        Poll::Ready(left.map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        let Note { workspace, connection, step, status } = &self.note;
        workspace.transport(Transported::Delivered {
            connection: *connection,
            step: *step,
            status: *status,
            bytes: self.taken,
            cut: self.taken < self.whole,
        });
    }
}

/// An answer as it goes over the wire; `closes` when nothing can follow it.
pub(super) fn respond(encoded: Encoded, note: Note, closes: bool) -> Response {
    let bytes = Bytes::from(encoded.body);
    let whole = bytes.len() as u64;
    let left = (whole > 0).then_some(bytes);
    let mut response = Response::new(Body::new(Outgoing { left, whole, taken: 0, note }));
    *response.status_mut() =
        StatusCode::from_u16(encoded.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(media_type) = encoded.media_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    for (name, value) in encoded.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
            headers.append(name, value);
        }
    }
    if closes {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The last resort: there is not even an answer to encode.
pub(super) fn nothing_to_say() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
