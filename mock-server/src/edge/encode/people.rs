//! Answers of the identity server that go to a browser: pages, and the way back to the app.

use contract::{Call, problem::ProblemRow};
use sim::outcome::{Brings, SentBack, SignInView};

use super::{Context, Encoded, not_cached};
use crate::edge::{corridor::head::SESSION_COOKIE, people};

/// Whether a person sees the answer of a call.
pub(super) const fn are_asked(call: Option<Call>) -> bool {
    matches!(call, Some(Call::Authorize | Call::EndSession))
}

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

fn page(
    context: &Context<'_>,
    leads_to: Option<&str>,
    write: &dyn Fn(&[(String, String)]) -> String,
) -> Encoded {
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
