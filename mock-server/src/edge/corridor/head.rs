//! What the corridor reads from a request's head, and how much of it a trace may show: a client's
//! own words become labels unless they are the usual ones.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use contract::label::Label;
use http::{HeaderMap, HeaderName};
use sim::command::Basic;

/// The cookie of a person's session at the identity server, called as it calls it.
pub(crate) const SESSION_COOKIE: &str = "idsrv";

/// A header's value. One that is sent twice is read as the framework joins it (assumed), and fits
/// nothing that is expected: no media type, no token.
pub(super) fn joined<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, str>> {
    let mut values = headers.get_all(name).iter().map(|value| text(value.as_bytes()));
    let mut joined = values.next()?;
    for value in values {
        joined.to_mut().push(',');
        joined.to_mut().push_str(&value);
    }
    Some(joined)
}

/// A token is long and is read with each request, and looking for what is no UTF-8 piece by piece
/// takes longer than all the rest; so that is done only where something is found.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The media type of a form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Whether a media type is that of a form, whatever its parameters.
pub(super) fn is_form(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(FORM)
}

/// The trace id of a `traceparent` of W3C Trace Context, version 00, or of a later version that
/// begins like it.
pub(super) fn trace_parent(text: &str) -> Option<u128> {
    let is_hex = |part: &str, length: usize| {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        part.len() == length && part.bytes().all(hex)
    };
    let mut parts = text.trim_matches([' ', '\t']).splitn(5, '-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let well_formed = is_hex(version, 2)
        && is_hex(trace, 32)
        && is_hex(parent, 16)
        && is_hex(flags, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && parent.bytes().any(|byte| byte != b'0');
    let trace = u128::from_str_radix(trace, 16).ok()?;
    (well_formed && trace != 0).then_some(trace)
}

/// The client and the secret of a Basic header.
pub(super) fn basic(authorization: &str) -> Option<Basic> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    let (client_id, secret) = pair.split_once(':')?;
    Some(Basic { client_id: client_id.to_owned(), secret: secret.to_owned() })
}

/// The session of the identity server's cookie, if the browser sent one that can be ours.
pub(super) fn session(cookies: &str) -> Option<u128> {
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, text) = pairs.find(|(name, _)| *name == SESSION_COOKIE)?;
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (text.len() == 32 && text.bytes().all(hex)).then(|| u128::from_str_radix(text, 16).ok())?
}

/// Methods are a client's words too: the usual ones may be shown.
pub(super) fn discreet_method(method: &str) -> String {
    const USUAL: &[&str] =
        &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"];
    if USUAL.contains(&method) { method.to_owned() } else { Label::unlisted(method).to_string() }
}

/// A media type as the trace may show it: no parameter but a charset, and nothing long.
pub(super) fn discreet_media_type(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+-._".contains(&byte);
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let shown = |part: &str| (1..=60).contains(&part.len()) && part.bytes().all(plain);
    let charset = |part: &str| {
        let value = part.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("charset"));
        value.is_some_and(|(_, value)| shown(value.trim_matches('"')))
    };
    let known = essence.split_once('/').is_some_and(|(kind, _)| {
        ["application", "text", "multipart"].iter().any(|known| kind.eq_ignore_ascii_case(known))
    });
    if known && shown(essence) && parts.all(charset) {
        text.to_owned()
    } else {
        Label::unlisted(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_parent_is_read_strictly() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(trace_parent(good), Some(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736));
        let later = good.replacen("00", "cc", 1) + "-what-ever";
        assert!(trace_parent(&later).is_some());
        for bad in [
            "",
            "00",
            &good.to_uppercase(),
            &format!("{good}-more"),
            &good.replacen("00", "ff", 1),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        ] {
            assert_eq!(trace_parent(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_the_client_says_is_shown_only_if_it_is_plain() {
        assert_eq!(discreet_method("DELETE"), "DELETE");
        assert_eq!(discreet_method("SECRET"), "<unlisted 6 characters>");
        let json = "application/json; charset=utf-8";
        assert_eq!(discreet_media_type(json), json);
        for strange in ["application/json; token=abc", "secret/123456", "anna@example.org", ""] {
            assert!(discreet_media_type(strange).starts_with("<unlisted"), "{strange}");
        }
    }

    #[test]
    fn a_session_is_read_from_among_other_cookies() {
        let cookie = "a=b; idsrv=0000000000000000000000000000000f; c=d";
        assert_eq!(session(cookie), Some(15));
        for other in ["", "idsrv", "idsrv=f", "idsrv=+000000000000000000000000000000f", "a=b"] {
            assert_eq!(session(other), None, "{other}");
        }
    }

    #[test]
    fn a_basic_header_names_its_client_and_brings_its_secret() {
        let header = format!("Basic {}", STANDARD.encode("merchant:se:cret"));
        let found = basic(&header).unwrap();
        assert_eq!((&*found.client_id, &*found.secret), ("merchant", "se:cret"));
        for other in ["Bearer abc", "Basic %%%", "Basic"] {
            assert_eq!(basic(other), None);
        }
    }
}
