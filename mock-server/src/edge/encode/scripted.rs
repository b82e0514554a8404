//! Answers that a scenario puts in the place of the world's: any status in any of the shapes that
//! the provider's pages show.

use contract::{
    problem::{FieldErrors, Text},
    scenario::fault::{PATCHABLE, Shape},
    wire,
};
use serde_json::Value;
use sim::outcome::{Scripted, TraceId};

use super::{
    Context, Encoded, HTML, JSON, OAUTH_JSON, error_array, oauth, plain, problem_type, quoted,
    to_json, with_errors,
};

pub(super) fn encode(context: &Context<'_>, scripted: &Scripted, trace: TraceId) -> Encoded {
    let Scripted { status, shape, text, json, .. } = scripted;
    let reason = reason(*status);
    let title = if text.is_empty() { reason } else { text };
    let problem = |title| to_json(&plain(context.variants, *status, title, trace));
    let kind = Some(problem_type(context.variants));
    let (media_type, body) = match shape {
        _ if json.is_some() => {
            (Some(JSON), json.as_ref().map(Value::to_string).unwrap_or_default())
        }
        Shape::Empty => (None, String::new()),
        Shape::ProblemDetails => (kind, problem(title)),
        Shape::Validation => {
            let rest = problem("One or more validation errors occurred.");
            (kind, with_errors(context.names, &errors(title), &rest))
        }
        Shape::BusinessRule => {
            (kind, with_errors(context.names, &errors(title), &problem("Bad Request")))
        }
        Shape::ErrorCode => {
            (Some(JSON), format!("{{\"errorCode\":{status},\"errorMessage\":{}}}", quoted(title)))
        }
        Shape::AllNull => (kind, wire::ALL_NULL_PROBLEM.to_owned()),
        Shape::ErrorArray => (Some(JSON), error_array(context.names, &errors(title))),
        Shape::Oauth => {
            let error = if text.is_empty() { "temporarily_unavailable" } else { text };
            (Some(OAUTH_JSON), to_json(&oauth(error, None)))
        }
        Shape::Html => (Some(HTML), page(*status, reason)),
    };
    let retry = scripted.retry_after.map(|after| ("retry-after", after.to_string()));
    let named = |name: &String| PATCHABLE.iter().find(|known| name.eq_ignore_ascii_case(known));
    let more = scripted.headers.iter();
    let more = more.filter_map(|(name, value)| Some((*named(name)?, value.clone())));
    Encoded {
        status: *status,
        media_type,
        headers: retry.into_iter().chain(more).collect(),
        body: body.into_bytes(),
    }
}

/// `field: sentence` is about that field; a sentence alone is about the request.
fn errors(text: &str) -> [FieldErrors; 1] {
    let (key, text) = text.split_once(": ").unwrap_or(("Error", text));
    [FieldErrors { key: key.to_owned(), texts: vec![Text::plain(text)] }]
}

/// The page of an nginx in front.
fn page(status: u16, reason: &str) -> String {
    format!(
        "<html>\r\n<head><title>{status} {reason}</title></head>\r\n<body>\r\n\
         <center><h1>{status} {reason}</h1></center>\r\n<hr><center>nginx</center>\r\n\
         </body>\r\n</html>\r\n"
    )
}

fn reason(status: u16) -> &'static str {
    let known = http::StatusCode::from_u16(status).ok();
    known.and_then(|status| status.canonical_reason()).unwrap_or("Error")
}
