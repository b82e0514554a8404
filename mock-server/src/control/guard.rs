//! Who may speak to the control listener: programs on this machine, and its own pages. A web page
//! from elsewhere must not drive it, neither directly nor by a name that it lets point here.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header, uri::Authority};

use super::problem::Problem;
use crate::workspace::Workspace;

/// Lets a request through or refuses it.
pub(super) async fn guard(
    State(workspace): State<Arc<Workspace>>,
    request: Request,
    next: Next,
) -> Response {
    let own = &workspace.origins().control;
    match check(request.headers(), request.method().is_safe(), own) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn check(headers: &HeaderMap, reads_only: bool, own_origin: &str) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let host = text(header::HOST).and_then(|host| host.parse::<Authority>().ok());
    // A page may have been opened by another name of this machine.
    let same = host.as_ref().map(|host| format!("http://{host}"));
    if !host.is_some_and(|host| is_loopback(host.host())) {
        let detail = "The Host header must name this machine, for example localhost.";
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail));
    }
    match headers.get(header::ORIGIN) {
        Some(origin)
            if !reads_only
                && origin != own_origin
                && same.is_none_or(|same| origin.as_bytes() != same.as_bytes()) =>
        {
            let detail = "A web page from elsewhere may not change anything here.";
            Err(Problem::new(StatusCode::FORBIDDEN, detail))
        }
        _ => Ok(()),
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let name = host.to_ascii_lowercase();
    address.is_ok_and(|address| address.is_loopback())
        || name == "localhost"
        || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(host: &str, origin: Option<&str>, reads_only: bool) -> Result<(), Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.as_bytes().try_into().unwrap());
        }
        check(&headers, reads_only, "http://127.0.0.1:8440")
    }

    #[test]
    fn names_that_point_here_from_elsewhere_are_refused() {
        for host in
            ["localhost:8440", "127.0.0.1", "127.9.9.9:1", "[::1]:8440", "control.localhost"]
        {
            assert!(checked(host, None, false).is_ok(), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "10.0.0.1:8440", "0.0.0.0"] {
            assert!(checked(host, None, true).is_err(), "{host}");
        }
        assert!(check(&HeaderMap::new(), true, "x").is_err());
    }

    #[test]
    fn pages_from_elsewhere_may_not_write() {
        assert!(checked("localhost", Some("http://127.0.0.1:8440"), false).is_ok());
        assert!(checked("localhost:8440", Some("http://localhost:8440"), false).is_ok());
        assert!(checked("localhost:8440", Some("http://localhost:9000"), false).is_err());
        assert!(checked("localhost", Some("https://evil.example"), false).is_err());
        assert!(checked("localhost", Some("null"), false).is_err());
        assert!(checked("localhost", Some("http://127.0.0.1:8440\u{e9}"), false).is_err());
        assert!(checked("localhost", Some("https://evil.example"), true).is_ok());
    }
}
