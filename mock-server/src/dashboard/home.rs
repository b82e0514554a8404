//! Where a newcomer begins: what this is, what to do next, where everything is, and what happened
//! last.

use maud::{Markup, html};

use super::{
    Look,
    curl::quoted,
    exchanges,
    facts::Facts,
    page::{Shown, copyable, page},
};

pub(super) fn show(look: &Look<'_>) -> Shown {
    let ready = look.workspace.ready();
    let users = look.workspace.look(sim::World::user_count);
    let content = html! {
        p { "A test double of the 10nPayments onboarding and of its identification pages. "
            "Point your client here, open the pages it is sent to, read the SMS, break things." }
        @if users == 0 { (first_steps(look)) }
        h2 { "Where everything is" }
        div.cards {
            (address("API", &ready.api, "users, identification, questionnaire"))
            (address("Tokens", &ready.auth, "OAuth over mutual TLS, sign-in"))
            (address("Hosted pages", &ready.identity, "where the person identifies and signs"))
            (address("This listener", &ready.control, "control API and these pages"))
        }
        h2 { "What happened last" }
        (latest(look))
        @if users > 0 { (first_steps(look)) }
    };
    page(look, ("/", "10nPayments, simulated"), &content)
}

fn address(name: &str, origin: &str, what: &str) -> Markup {
    html! {
        section.card { h3 { (name) } p { code { (origin) } } p.soft { (what) } }
    }
}

fn first_steps(look: &Look<'_>) -> Markup {
    let ready = look.workspace.ready();
    let files = format!(
        "export SSL_CERT_FILE={}\nexport CLIENT_CERT={}\nexport CLIENT_KEY={}",
        quoted(&ready.ca.display().to_string()),
        quoted(&ready.client_cert.display().to_string()),
        quoted(&ready.client_key.display().to_string())
    );
    html! {
        h2 { "What to do next" }
        ol {
            li {
                "Trust the authority of this mock and show a client certificate. These files are made for you:"
                (copyable("files", &files))
            }
            li { "Get a token: the " a href="/portal" { "Merchant Portal" }
                " has the command, with the client and its scopes." }
            li { "Let your client create a user. It appears under " a href="/users" { "Users" }
                "; its e-mails and SMS are in the " a href="/inbox" { "Inbox" } "." }
            li { "When your client sends the person to identify, open that address: the pages are "
                "clicked through as a customer would. Or let a "
                a href="/scenarios" { "scenario" } " play the person." }
            li { "Follow every exchange as it happens, with the reason of each answer: "
                a href="/exchanges" { "Exchanges" } "." }
            li { "Then break something: choose a " a href="/scenarios" { "scenario" }
                ", or move the " a href="/clock" { "clock" } "." }
        }
        p { "For programs: " a href="/v1/openapi.json" { "the control API" }
            " and " a href={ "/openapi/" (ready.edition) ".json" } { "the API of this edition" } "." }
    }
}

fn latest(look: &Look<'_>) -> Markup {
    let facts = Facts::of(look.workspace);
    let newest: Vec<_> = facts.newest().take(8).collect();
    html! {
        @if newest.is_empty() {
            p.soft { "Nobody has asked for anything yet. What comes shows up here by itself." }
        } @else {
            (exchanges::table(&newest))
            p { a href="/exchanges" { "All exchanges" } }
        }
    }
}
