//! The few pages of the control listener: where to begin, and where browsers land while the
//! merchant's own addresses are not set.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;
use maud::{DOCTYPE, Markup, html};

use crate::workspace::Workspace;

type World = State<Arc<Workspace>>;

pub(super) async fn index(State(workspace): World) -> Response {
    let ready = workspace.ready();
    let listeners = [
        ("API", &ready.api),
        ("Tokens", &ready.auth),
        ("Hosted pages", &ready.identity),
        ("Control (this one)", &ready.control),
    ];
    let first_call = format!(
        "curl --cacert {} {}/.well-known/openid-configuration",
        ready.ca.display(),
        ready.auth
    );
    page(
        "10nPayments, simulated",
        &html! {
            p { "A test double of the 10nPayments onboarding, edition " (ready.edition) ", seed " (ready.seed) "." }
            dl {
                @for (name, address) in listeners {
                    dt { (name) } dd { code { (address) } }
                }
                dt { "Client" } dd { code { (ready.client_id) } ", merchant " (ready.merchant_id) }
            }
            h2 { "Try this first" }
            pre { code { (first_call) } }
            p { "The README walks on from there. While you work, these tell what happens:" }
            ul {
                @for (path, what) in [
                    ("/v1/messages", "the e-mails and SMS that were sent"),
                    ("/v1/merchants", "the merchants, their secrets and who can sign in"),
                    ("/v1/users", "the users and where they stand"),
                    ("/v1/trace", "every request, answer and decision"),
                    ("/v1/openapi.json", "everything this listener can do"),
                ] {
                    li { a href=(path) { (path) } ": " (what) }
                }
            }
        },
    )
}

pub(super) async fn success() -> Response {
    landing("Success", "The person has finished this journey.")
}

pub(super) async fn fail() -> Response {
    landing("Fail", "The person has cancelled, or a check has failed.")
}

fn landing(which: &str, what: &str) -> Response {
    page(
        &format!("Your {which} URL would open here"),
        &html! {
            p { (what) " The provider now sends the browser to the " (which) " URL that is set in the Merchant Portal." }
            p { "To set your own: " code { "PUT /v1/merchant/redirects" } " on this listener with "
                code { "{\"success\": \"https://...\", \"fail\": \"https://...\"}" } "." }
        },
    )
}

fn page(title: &str, content: &Markup) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/style.css";
            }
            body { main.wide { h1 { (title) } (content) } }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, markup.into_string()).into_response()
}
