//! The limits and the words of every HTTP exchange: time-outs that are always real, bodies that
//! are always bounded, and plain sentences for what went wrong.

use std::{error::Error, time::Duration};

use crate::trouble::Trouble;

/// The largest body we read.
pub const LARGEST_BODY: usize = 1024 * 1024;

/// How long a connection may take.
pub const CONNECT: Duration = Duration::from_secs(5);

/// How long a whole exchange may take.
pub const EXCHANGE: Duration = Duration::from_secs(30);

/// A client with our limits: no proxy, no redirects of its own.
///
/// # Errors
/// When the TLS settings cannot be used.
pub fn client(tls: Option<rustls::ClientConfig>) -> Result<reqwest::Client, Trouble> {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .http1_only()
        .connect_timeout(CONNECT)
        .timeout(EXCHANGE)
        .user_agent(concat!("conformance/", env!("CARGO_PKG_VERSION")));
    let builder = match tls {
        Some(tls) => builder.tls_backend_preconfigured(tls),
        None => builder.tls_backend_preconfigured(crate::tls::trusting_nobody()?),
    };
    let failed = |error| Trouble::Harness(format!("no HTTP client: {}", sentence(&error)));
    builder.build().map_err(failed)
}

/// Reads a body up to the limit.
///
/// # Errors
/// One sentence when the body breaks off or is too large.
pub async fn bounded(response: reqwest::Response) -> Result<Vec<u8>, String> {
    bounded_by(LARGEST_BODY, response).await
}

/// Reads a body up to a limit of its own.
///
/// # Errors
/// One sentence when the body breaks off or is too large.
pub async fn bounded_by(limit: usize, mut response: reqwest::Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await.map_err(|error| sentence(&error))?;
        let Some(chunk) = chunk else { return Ok(body) };
        if body.len() + chunk.len() > limit {
            return Err(format!("the answer is larger than {limit} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
}

/// What went wrong, in one sentence without any address.
#[must_use]
pub fn sentence(error: &reqwest::Error) -> String {
    if error.is_timeout() && !error.is_connect() {
        return format!("no answer within {} seconds", EXCHANGE.as_secs());
    }
    let what = if error.is_connect() { "could not connect" } else { "the exchange broke off" };
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if std::ptr::eq(cause, std::ptr::from_ref(error)) {
        return what.to_owned();
    }
    format!("{what}: {cause}")
}
