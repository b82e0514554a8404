//! The provider over mutual TLS: kept connections, a deadline for whole answers, no redirects.
//! Only the CA that was given is trusted.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use reqwest::{RequestBuilder, StatusCode, header::HeaderMap};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde_json::Value;

use crate::{Stop, settings::Settings};

const DEADLINE: Duration = Duration::from_secs(30);
/// No answer of this API comes near it.
const MOST_BYTES: usize = 1_000_000;

/// No answer came, or only a part of one.
#[derive(Debug)]
pub struct Lost(pub String);

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub json: Value,
    headers: HeaderMap,
}

impl Answer {
    pub fn granted(&self) -> bool {
        self.status.is_success()
    }

    pub fn text(&self, member: &str) -> Option<&str> {
        self.json.get(member)?.as_str()
    }

    /// What Retry-After asks for: a number of seconds or a date.
    pub fn wait(&self) -> Option<Duration> {
        let text = self.headers.get("retry-after")?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let date = self.headers.get("date")?.to_str().ok()?;
        let sent: SystemTime = httpdate::parse_http_date(date).ok()?;
        httpdate::parse_http_date(text).ok()?.duration_since(sent).ok()
    }
}

/// A client for both hosts.
///
/// # Errors
/// When certificate, key or CA cannot be used.
pub fn client(settings: &Settings) -> Result<reqwest::Client, Stop> {
    let mut roots = RootCertStore::empty();
    for root in certificates(&settings.ca)? {
        roots.add(root).map_err(|error| Stop(format!("the CA: {error}")))?;
    }
    let key = PrivateKeyDer::from_pem_file(&settings.key)
        .map_err(|error| Stop(format!("the key: {error}")))?;
    let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| Stop(error.to_string()))?
        .with_root_certificates(roots)
        .with_client_auth_cert(certificates(&settings.certificate)?, key)
        .map_err(|error| Stop(format!("the certificate: {error}")))?;
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(settings.scaled(DEADLINE))
        .build()
        .map_err(|error| Stop(error.to_string()))
}

/// All certificates of a PEM file.
///
/// # Errors
/// When it cannot be read or holds none.
pub fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Stop> {
    let told = |error| Stop(format!("{}: {error}", file.display()));
    let found = CertificateDer::pem_file_iter(file).map_err(told)?;
    found.collect::<Result<_, _>>().map_err(told)
}

/// Sends a request and reads its whole answer.
///
/// # Errors
/// When no whole answer comes in time.
pub async fn ask(request: RequestBuilder) -> Result<Answer, Lost> {
    let lost = |error: reqwest::Error| Lost(error.to_string());
    let mut response = request.send().await.map_err(lost)?;
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(lost)? {
        body.extend_from_slice(&piece);
        if body.len() > MOST_BYTES {
            return Err(Lost("the answer is too large".to_owned()));
        }
    }
    Ok(Answer {
        status: response.status(),
        json: serde_json::from_slice(&body).unwrap_or(Value::Null),
        headers: std::mem::take(response.headers_mut()),
    })
}
