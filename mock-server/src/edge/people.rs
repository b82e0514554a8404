//! The few pages of the identity server, as HTML without script: signing in, signing out, going
//! back to the app by form, and what went wrong. Everything is escaped by the template.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use sim::outcome::SignInView;

use crate::pages::{form_target, style::CSS};

/// What the shared stylesheet does not need elsewhere.
const FIELDS: &str = "input:not([type=hidden]){font:inherit;width:100%;padding:.5rem;\
border:1px solid var(--soft);border-radius:.4rem;background:var(--back);color:inherit}";

/// The page on which a person signs in; its form repeats what the app asked.
pub(super) fn sign_in(view: &SignInView, fields: &[(String, String)]) -> String {
    let wrong = view.wrong.then_some("true");
    let described = view.wrong.then_some("wrong");
    page(
        "sign-in",
        "Sign in",
        &html! {
            p.who { "For the app of merchant " (view.merchant) }
            @if view.wrong {
                p #wrong role="alert" { "This name and password do not belong together. Please try again." }
            }
            form method="post" action="/connect/authorize" {
                (hidden(fields))
                label for="username" { "User name" }
                input #username name="username" type="text" autocomplete="username"
                    autocapitalize="none" spellcheck="false" required
                    aria-invalid=[wrong] aria-describedby=[described];
                label for="password" { "Password" }
                input #password name="password" type="password" autocomplete="current-password"
                    required aria-invalid=[wrong] aria-describedby=[described];
                div.buttons { button.main type="submit" { "Sign in" } }
            }
        },
    )
}

/// The page that asks whether to sign out, or says that it is done.
pub(super) fn sign_out(asks: bool, fields: &[(String, String)]) -> String {
    if !asks {
        return page(
            "signed-out",
            "You are signed out",
            &html! { p { "You can close this page." } },
        );
    }
    page(
        "sign-out",
        "Sign out?",
        &html! {
            p { "An app asks to end your session, but does not say whose it is." }
            form method="post" action="/connect/endsession" {
                (hidden(fields))
                div.buttons {
                    button.main type="submit" name="confirm" value="yes" { "Sign out" }
                }
            }
        },
    )
}

/// The page that posts to the app. Without script, it takes one click.
pub(super) fn form_post(to: &str, pairs: &[(&str, String)]) -> String {
    let fields: Vec<_> =
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    page(
        "form-post",
        "Back to the app",
        &html! {
            form method="post" action=(to) {
                (hidden(&fields))
                div.buttons { button.main type="submit" { "Continue" } }
            }
        },
    )
}

/// What a person is told when the app cannot be.
pub(super) fn refused(error: &str, why: &str) -> String {
    page(
        "error",
        "This request cannot be answered",
        &html! {
            p { "The app that sent you here asked in a way that cannot be trusted." }
            p { code { (error) } @if !why.is_empty() { ": " (why) } }
        },
    )
}

fn hidden(fields: &[(String, String)]) -> Markup {
    html! {
        @for (name, value) in fields {
            input type="hidden" name=(name) value=(value);
        }
    }
}

fn page(screen: &str, title: &str, content: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(style())) }
            }
            body {
                p.simulation { "Simulation: a test double, not the real identity server." }
                main data-screen=(screen) { h1 { (title) } (content) }
            }
        }
    }
    .into_string()
}

fn style() -> String {
    format!("{CSS}{FIELDS}")
}

/// The headers that keep a page to itself. The style stands in the page, since this listener has
/// no other file; the policy knows it by its hash.
pub(super) fn guards(leads_to: Option<&str>) -> Vec<(&'static str, String)> {
    let hash = STANDARD.encode(Sha256::digest(style().as_bytes()));
    let target = leads_to.and_then(form_target).map(|origin| format!(" {origin}"));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'{}; \
         base-uri 'none'; frame-ancestors 'none'",
        target.unwrap_or_default()
    );
    vec![
        ("content-security-policy", policy),
        ("referrer-policy", "no-referrer".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_escaped_and_labelled() {
        let view = SignInView { merchant: 1001, wrong: true, to: String::new() };
        let evil = ("\"><script>a".to_owned(), "\"><script>b".to_owned());
        for html in [
            sign_in(&view, std::slice::from_ref(&evil)),
            sign_out(true, std::slice::from_ref(&evil)),
            form_post("https://a.example/\"><script>", &[("state", evil.1.clone())]),
            refused("<script>", "<script>"),
        ] {
            assert!(!html.contains("<script"), "{html}");
            assert!(html.contains("width=device-width") && html.contains("lang=\"en\""), "{html}");
        }
        let html = sign_in(&view, &[]);
        for piece in [
            "role=\"alert\"",
            "for=\"username\"",
            "for=\"password\"",
            "autocomplete=\"current-password\"",
            "aria-describedby=\"wrong\"",
        ] {
            assert!(html.contains(piece), "{piece} not in {html}");
        }
    }

    #[test]
    fn a_form_may_lead_to_the_app_and_nowhere_else() {
        let policy = |to| guards(to).remove(0).1;
        let to = policy(Some("https://app.example/auth-result"));
        assert!(to.contains("form-action 'self' https://app.example;"), "{to}");
        assert!(policy(None).contains("form-action 'self';"));
        assert!(!policy(None).contains("unsafe"));
    }
}
