//! What every page of the dashboard has around its content: head, navigation, the search, and the
//! headers that keep strangers out.

use axum::response::{IntoResponse, Response};
use contract::Instant;
use http::{StatusCode, header};
use maud::{DOCTYPE, Markup, html};

use super::Look;

/// What a request for a page comes to.
pub(super) enum Shown {
    /// A page.
    Page(StatusCode, Markup),
    /// The browser goes on to another one.
    Go(String),
    /// A text to be saved under a name.
    File(String, String),
}

const CSS: &str = include_str!("dashboard.css");
const JS: &str = include_str!("dashboard.js");

/// No inline style or script, nothing from elsewhere, and forms to this listener only.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// The pages of the navigation.
const PLACES: &[(&str, &str)] = &[
    ("/", "Start"),
    ("/users", "Users"),
    ("/exchanges", "Exchanges"),
    ("/inbox", "Inbox"),
    ("/portal", "Merchant Portal"),
    ("/scenarios", "Scenarios"),
    ("/faults", "Faults"),
    ("/clock", "Clock"),
    ("/variants", "Readings"),
    ("/workspaces", "Workspaces"),
];

pub(super) async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], CSS)
}

/// The mark in a browser's tab.
pub(super) async fn icon() -> impl IntoResponse {
    let drawn = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>\
        <rect width='16' height='16' rx='3' fill='#0b5fb0'/>\
        <path d='M4 8l3 3 5-6' fill='none' stroke='#fff' stroke-width='2'/></svg>";
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "max-age=3600")], drawn)
}

pub(super) async fn script() -> impl IntoResponse {
    let kind = "text/javascript; charset=utf-8";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], JS)
}

/// A page of the dashboard; `place` is where the navigation says it is.
pub(super) fn page(look: &Look<'_>, (place, title): (&str, &str), content: &Markup) -> Shown {
    Shown::Page(StatusCode::OK, whole(look, (place, title), content))
}

/// A page that says that something is not there.
pub(super) fn missing(look: &Look<'_>, place: &str, what: &str) -> Shown {
    let content = html! { p role="alert" { (what) } p { a href=(place) { "Back" } } };
    Shown::Page(StatusCode::NOT_FOUND, whole(look, (place, "Not here"), &content))
}

/// A page for somebody who may not see the others yet.
pub(super) fn bare(title: &str, content: &Markup) -> Shown {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="icon" type="image/svg+xml" href="/icon.svg";
                link rel="stylesheet" href="/style.css";
                link rel="stylesheet" href="/dashboard.css";
            }
            body.dashboard { main.board { h1 { (title) } (content) } }
        }
    };
    Shown::Page(StatusCode::OK, markup)
}

fn whole(look: &Look<'_>, (place, title): (&str, &str), content: &Markup) -> Markup {
    let ready = look.workspace.ready();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - 10nPayments, simulated" }
                link rel="icon" type="image/svg+xml" href="/icon.svg";
                link rel="stylesheet" href="/style.css";
                link rel="stylesheet" href="/dashboard.css";
                script src="/dashboard.js" defer {}
            }
            body.dashboard {
                a.skip href="#content" { "Skip to the content" }
                header.top {
                    p.brand { a href="/" { "10nPayments, simulated" }
                        span.soft { " edition " (ready.edition) ", seed " (ready.seed) } }
                    form.search role="search" action="/search" {
                        label.hidden for="q" { "Search" }
                        input #q type="search" name="q" value=(look.word("q"))
                            placeholder="id, e-mail, phone, correlationId, traceId";
                        button type="submit" { "Search" }
                    }
                }
                nav.places aria-label="Pages" {
                    @for (path, name) in PLACES {
                        a href=(path) aria-current=[(*path == place).then_some("page")] { (name) }
                    }
                }
                main #content.board data-live { h1 { (title) } (content) }
            }
        }
    }
}

impl IntoResponse for Shown {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::Page(status, markup) => {
                let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
                (status, kind, markup.into_string()).into_response()
            }
            Self::Go(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
            Self::File(name, text) => {
                let saved = format!("attachment; filename=\"{name}\"");
                let kind = (header::CONTENT_TYPE, "application/x-pem-file".to_owned());
                ([kind, (header::CONTENT_DISPOSITION, saved)], text).into_response()
            }
        };
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // With no-referrer a browser would send its forms as coming from nowhere.
            (header::REFERRER_POLICY, "same-origin"),
            (header::CACHE_CONTROL, "no-store"),
        ] {
            headers.insert(name, http::HeaderValue::from_static(value));
        }
        response
    }
}

/// A moment, short; the whole of it when pointed at.
pub(super) fn time(at: Instant) -> Markup {
    let whole = at.to_string();
    html! { time datetime=(whole) title=(whole) { (whole.get(11..23).unwrap_or(&whole)) } }
}

/// Newer and older pages of a list; the other words of the query stay.
pub(super) fn pages(look: &Look<'_>, path: &str, more: bool) -> Markup {
    let at = look.page();
    let to = |page: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in look.query.iter().filter(|(name, _)| name != "page") {
            query.append_pair(name, value);
        }
        format!("{path}?{}", query.append_pair("page", &page.to_string()).finish())
    };
    html! {
        @if at > 1 || more {
            nav.pages aria-label="Pages of this list" {
                @if at > 1 { a rel="prev" href=(to(at - 1)) { "Newer" } }
                span { "Page " (at) }
                @if more { a rel="next" href=(to(at + 1)) { "Older" } }
            }
        }
    }
}

/// A select box.
pub(super) fn choice(name: &str, label: &str, chosen: &str, all: &[(&str, &str)]) -> Markup {
    html! {
        label for=(name) { (label) }
        select id=(name) name=(name) {
            @for (value, text) in all {
                option value=(value) selected[*value == chosen] { (text) }
            }
        }
    }
}

/// A text to be taken along.
pub(super) fn copyable(id: &str, text: &str) -> Markup {
    html! {
        div.copyable {
            pre tabindex="0" id=(id) { code { (text) } }
            button type="button" data-copy=(id) { "Copy" }
        }
    }
}
