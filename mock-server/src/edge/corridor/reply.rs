//! The way out of the corridor: names become real addresses and tokens, and an encoded answer
//! becomes an HTTP response.

use std::sync::Arc;

use axum::{body::Body, response::Response};
use bytes::Bytes;
use contract::problem::Text;
use http::{HeaderName, HeaderValue, StatusCode, header};
use sim::outcome::{Grant, Secret, SessionLink};

use super::Corridor;
use crate::{
    edge::{
        distort::{
            note::Note,
            outgoing::{Manner, Outgoing},
        },
        encode::{Encoded, Names, Page},
    },
    tls::wire::Fates,
    token::Signed,
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

/// An answer as it goes over the wire; `closes` when nothing can follow it.
pub(super) fn respond(
    encoded: Encoded,
    (manner, fates): (Manner, Option<Arc<Fates>>),
    note: Note,
    closes: bool,
) -> Response {
    let date = note.workspace().date();
    let body = Outgoing::new(Bytes::from(encoded.body), manner, fates, note);
    let mut response = Response::new(Body::new(body));
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
    if let Some(date) = date {
        headers.insert(header::DATE, date);
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
