//! Answers of the identity server that go to a browser: pages, and the way back to the app.
//! Their rows say which headers they have; OAuth and OpenID Connect say what is in them.

use contract::problem::ProblemRow;
use sim::outcome::{Brings, SentBack, SignInView};

use super::{Context, Encoded, Page, not_cached};
use crate::edge::{corridor::head::SESSION_COOKIE, people};

/// The page on which a person signs in.
pub(super) fn sign_in(context: &Context<'_>, view: &SignInView) -> Encoded {
    page(context, Some(&view.to), &|fields| people::sign_in(view, fields))
}

/// The page after or before signing out.
pub(super) fn sign_out(context: &Context<'_>, asks: bool) -> Encoded {
    let shown = page(context, None, &|fields| people::sign_out(asks, fields));
    if asks { shown } else { with(shown, "set-cookie", no_session()) }
}

/// What a person is told when the app cannot be.
pub(super) fn refused(context: &Context<'_>, row: &ProblemRow, why: Option<&str>) -> Encoded {
    let shown = page(context, None, &|_| people::refused(row.text, why.unwrap_or_default()));
    Encoded { status: row.status, ..shown }
}

/// The way back to the app: a redirect, or a form that the person sends on.
pub(super) fn sent_back(context: &Context<'_>, sent: &SentBack) -> Encoded {
    let pairs = brought(context, sent);
    let to = context.names.app(sent.merchant, &sent.to);
    let answer = if sent.by_form {
        page(context, Some(&sent.to), &|_| people::form_post(&to, &pairs))
    } else {
        let mark = if pairs.is_empty() { "" } else { "?" };
        let location = format!("{to}{mark}{}", context.names.query(&pairs));
        let mut headers = not_cached();
        headers.push(("location", location));
        Encoded { status: 302, media_type: None, headers, body: Vec::new() }
    };
    match sent.begins {
        Some(secret) => {
            let value = context.names.secret("sign-in", secret);
            let cookie =
                format!("{SESSION_COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Lax");
            with(answer, "set-cookie", cookie)
        }
        None if sent.ends => with(answer, "set-cookie", no_session()),
        None => answer,
    }
}

/// In the order of the identity server.
fn brought<'a>(context: &Context<'_>, sent: &'a SentBack) -> Vec<(&'a str, String)> {
    let mut pairs = match &sent.brings {
        Brings::Code(code, scope) => vec![
            ("code", context.names.secret("authorization-code", *code)),
            ("scope", scope.clone()),
        ],
        Brings::Error(error, why) => {
            let mut pairs = vec![("error", (*error).to_owned())];
            if !why.is_empty() {
                pairs.push(("error_description", (*why).to_owned()));
            }
            pairs
        }
        Brings::Nothing => Vec::new(),
    };
    if let Some(state) = &sent.state {
        pairs.push(("state", context.names.personal(state)));
    }
    pairs
}

fn page(context: &Context<'_>, leads_to: Option<&str>, write: &Page<'_>) -> Encoded {
    let body = context.names.page(write).unwrap_or_default();
    let mut headers = not_cached();
    headers.extend(people::guards(leads_to));
    Encoded {
        status: 200,
        media_type: Some("text/html; charset=utf-8"),
        headers,
        body: body.into_bytes(),
    }
}

fn no_session() -> String {
    format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax")
}

fn with(mut answer: Encoded, name: &'static str, value: String) -> Encoded {
    answer.headers.push((name, value));
    answer
}

#[cfg(test)]
mod tests {
    use contract::{Edition, Variants, problem::Text};
    use sim::{
        Answer, Reply,
        outcome::{Grant, Secret, SessionLink},
    };

    use super::*;
    use crate::edge::encode::{Names, TraceNames, encode};

    /// The names as a browser gets them.
    struct Real;

    impl Names for Real {
        fn url(&self, _: &SessionLink) -> String {
            String::new()
        }
        fn token(&self, _: &Grant) -> String {
            String::new()
        }
        fn secret(&self, _: &str, secret: Secret) -> String {
            secret.text()
        }
        fn personal(&self, text: &str) -> String {
            text.to_owned()
        }
        fn app(&self, _: i32, address: &str) -> String {
            address.to_owned()
        }
        fn page(&self, page: &Page<'_>) -> Option<String> {
            Some(page(&[("state".to_owned(), "canary".to_owned())]))
        }
        fn discovery(&self) -> String {
            String::new()
        }
        fn jwks(&self) -> String {
            String::new()
        }
        fn text(&self, text: &Text) -> String {
            text.full()
        }
    }

    fn encoded(names: &dyn Names, reply: Reply) -> Encoded {
        let variants = Variants::default();
        let tables = Edition::DEFAULT.tables().unwrap();
        let context =
            Context { tables, variants: &variants, call: Some(contract::Call::Authorize), names };
        encode(&context, &Answer::Reply(reply))
    }

    fn header<'a>(encoded: &'a Encoded, name: &str) -> &'a str {
        let found = encoded.headers.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value)
    }

    fn code(by_form: bool) -> Reply {
        Reply::SentBack(Box::new(SentBack {
            merchant: 1001,
            to: "https://app.example/auth-result".to_owned(),
            brings: Brings::Code(Secret { number: 3, value: 0xC0DE }, "openid".to_owned()),
            state: Some("canary".to_owned()),
            by_form,
            begins: Some(Secret { number: 4, value: 0xCAFE }),
            ends: false,
        }))
    }

    #[test]
    fn a_code_goes_back_with_a_session_that_scripts_cannot_read() {
        let found = encoded(&Real, code(false));
        let wanted = format!(
            "https://app.example/auth-result?code={:032x}&scope=openid&state=canary",
            0xC0DE
        );
        assert_eq!((found.status, header(&found, "location")), (302, &*wanted));
        let cookie = header(&found, "set-cookie");
        assert!(cookie.starts_with(&format!("idsrv={:032x}; ", 0xCAFE)), "{cookie}");
        assert!(cookie.ends_with("Secure; HttpOnly; SameSite=Lax"), "{cookie}");
        assert!(header(&found, "cache-control").contains("no-store"));
    }

    #[test]
    fn a_code_goes_back_by_form_when_asked_for() {
        let found = encoded(&Real, code(true));
        let html = String::from_utf8(found.body.clone()).unwrap();
        assert_eq!((found.status, header(&found, "location")), (200, ""));
        assert!(html.contains("action=\"https://app.example/auth-result\""), "{html}");
        assert!(html.contains(&format!("name=\"code\" value=\"{:032x}\"", 0xC0DE)), "{html}");
        let policy = header(&found, "content-security-policy");
        assert!(policy.contains("form-action 'self' https://app.example;"), "{policy}");
    }

    #[test]
    fn a_trace_shows_labels_only() {
        for by_form in [false, true] {
            let found = encoded(&TraceNames, code(by_form));
            let kept = format!("{:?}{}", found.headers, String::from_utf8_lossy(&found.body));
            for secret in ["canary", "c0de", "cafe", "auth-result?"] {
                assert!(!kept.contains(secret), "{secret} in {kept}");
            }
        }
        let found = encoded(&TraceNames, code(false));
        let wanted = "<redirect-of-1001>?code=<authorization-code#3>&scope=openid\
                      &state=<personal 6 characters>";
        assert_eq!(header(&found, "location"), wanted);
    }

    #[test]
    fn the_sign_in_page_repeats_what_the_app_asked() {
        let to = "https://app.example/auth-result".to_owned();
        let view = Reply::SignIn(SignInView { merchant: 1001, wrong: false, to });
        let found = encoded(&Real, view.clone());
        let html = String::from_utf8(found.body).unwrap();
        assert_eq!(found.status, 200);
        assert!(html.contains("type=\"hidden\" name=\"state\" value=\"canary\""), "{html}");
        assert!(encoded(&TraceNames, view).body.is_empty(), "nobody looks at it there");
    }

    #[test]
    fn signing_out_takes_the_session_from_the_browser() {
        let asked = encoded(&Real, Reply::SignOut { asks: true });
        assert_eq!(header(&asked, "set-cookie"), "");
        let done = encoded(&Real, Reply::SignOut { asks: false });
        assert!(header(&done, "set-cookie").starts_with("idsrv=; Path=/; Max-Age=0;"));
    }
}
