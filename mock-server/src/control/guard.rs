//! Who may speak to the control listener: programs on this machine and its own pages; and whoever
//! shows the token, where there is one. A web page from elsewhere must not drive it, neither
//! directly nor by a name that it lets point here.

use std::{fmt, io, net::IpAddr, path::Path};

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, uri::Authority};
use sha2::{Digest as _, Sha256};

use super::{Desk, problem::Problem};
use crate::{dashboard, edge::form};

/// The shortest token that is worth anything.
const SHORTEST: usize = 16;

/// The cookie of a browser that has shown the token.
const COOKIE: &str = "control";

/// Where the token is shown in a browser.
const SIGN_IN: &str = "/sign-in";

/// What a person's own browser meets without any token: where it lands, and how that looks.
const FOR_EVERYBODY: &[&str] = &[
    "/landing/success",
    "/landing/fail",
    "/style.css",
    "/dashboard.css",
    "/dashboard.js",
    "/icon.svg",
];

/// What whoever comes to the control listener has to show. It never shows itself.
pub struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").finish_non_exhaustive()
    }
}

impl Token {
    /// The token in a file, without the spaces around it.
    ///
    /// # Errors
    /// When the file cannot be read, or the token is short or has signs that no header carries.
    pub fn read(path: &Path) -> io::Result<Self> {
        let text = std::fs::read_to_string(path)?;
        let token = text.trim();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if token.len() < SHORTEST || !token.bytes().all(plain) {
            let why = format!(
                "a token has at least {SHORTEST} letters, digits or signs of -._~+/= in one line"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, why));
        }
        Ok(Self(token.to_owned()))
    }

    /// Compared by digest, so that the time tells nothing of how far they agree.
    fn is(&self, shown: &str) -> bool {
        Sha256::digest(shown.as_bytes()) == Sha256::digest(self.0.as_bytes())
    }

    fn is_shown(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let bearer = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let cookies = text(header::COOKIE).unwrap_or_default().split("; ");
        let cookie =
            cookies.filter_map(|pair| pair.split_once('=')).find(|(name, _)| *name == COOKIE);
        bearer.is_some_and(|shown| self.is(shown))
            || cookie.is_some_and(|(_, shown)| self.is(shown))
    }
}

/// Lets a request through or refuses it.
pub(super) async fn guard(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let own = &desk.workspace.origins().control;
    let reads_only = request.method().is_safe();
    if let Err(problem) = check(request.headers(), reads_only, (own, desk.token.is_none())) {
        return problem.into_response();
    }
    let Some(token) = &desk.token else { return next.run(request).await };
    let path = request.uri().path();
    if path == SIGN_IN {
        return sign_in(token, request).await;
    }
    if token.is_shown(request.headers()) || FOR_EVERYBODY.contains(&path) {
        return next.run(request).await;
    }
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if reads_only && accept.is_some_and(|accept| accept.contains("text/html")) {
        return (StatusCode::UNAUTHORIZED, dashboard::sign_in(false)).into_response();
    }
    let detail = "Show the token of the control listener: Authorization: Bearer TOKEN.";
    let mut refused = Problem::new(StatusCode::UNAUTHORIZED, detail).into_response();
    refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    refused
}

/// A browser shows the token once and gets a cookie that only this listener sees.
async fn sign_in(token: &Token, request: Request) -> Response {
    if request.method() != Method::POST {
        return dashboard::sign_in(false).into_response();
    }
    let Ok(body) = Bytes::from_request(request, &()).await else {
        return Problem::bad("The form cannot be read.").into_response();
    };
    let shown = form::parse(&body).into_iter().find(|(name, _)| name == "token");
    let Some((_, shown)) = shown.filter(|(_, shown)| token.is(shown.trim())) else {
        return (StatusCode::FORBIDDEN, dashboard::sign_in(true)).into_response();
    };
    let cookie = format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Strict", shown.trim());
    (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())])
        .into_response()
}

fn check(
    headers: &HeaderMap,
    reads_only: bool,
    (own_origin, near): (&str, bool),
) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let host = text(header::HOST).and_then(|host| host.parse::<Authority>().ok());
    // A page may have been opened by another name of this machine. Where there is a token, a name
    // that somebody lets point here brings no cookie, and so nothing.
    let named = host.as_ref().map(ToString::to_string);
    if near && !host.is_some_and(|host| is_loopback(host.host())) {
        let detail = "The Host header must name this machine, for example localhost.";
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail));
    }
    let is_ours = |origin: &HeaderValue| {
        let origin = origin.to_str().unwrap_or_default();
        origin == own_origin || named.as_ref().is_some_and(|host| is_at(origin, host))
    };
    match headers.get(header::ORIGIN) {
        Some(origin) if !reads_only && !is_ours(origin) => {
            let detail = "A web page from elsewhere may not change anything here.";
            Err(Problem::new(StatusCode::FORBIDDEN, detail))
        }
        _ => Ok(()),
    }
}

/// Whether an origin is the one that a request with this `Host` went to.
pub(crate) fn is_at(origin: &str, host: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| origin.strip_prefix(scheme) == Some(host))
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
        check(&headers, reads_only, ("http://127.0.0.1:8440", true))
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
        assert!(check(&HeaderMap::new(), true, ("x", true)).is_err());
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

    #[test]
    fn a_token_is_long_and_plain_and_shows_nothing_of_itself() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        for bad in ["", "short", "sixteen letters here", "sixteen-letters-\u{e9}-"] {
            std::fs::write(&path, bad).unwrap();
            assert!(Token::read(&path).unwrap_err().to_string().contains("16"), "{bad}");
        }
        std::fs::write(&path, "  a-token-of-a-test\n").unwrap();
        let token = Token::read(&path).unwrap();
        assert!(token.is("a-token-of-a-test") && !token.is("a-token-of-a-tesT"));
        assert!(!format!("{token:?}").contains("test"));
    }
}
