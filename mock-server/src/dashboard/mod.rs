//! The dashboard at the control listener: what happens, to look at; and everything that can be
//! done to a workspace, to click.
//!
//! Every page is made here as HTML and works without script. One small script shows a page anew
//! when something has changed. What changes anything is a form of these pages, and the browser has
//! to prove that it comes from one.

mod clock;
mod curl;
mod exchange;
mod exchanges;
mod facts;
mod faults;
mod har;
mod home;
mod inbox;
mod landing;
mod page;
mod portal;
mod posted;
mod scenarios;
mod search;
mod timeline;
mod user;
mod users;
mod variants;
mod workspaces;

use axum::{
    Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode, Uri, header};

use self::{page::Shown, posted::Posted};
use crate::{control::Desk, edge::form, workspace::Workspace};

/// No list has more pages.
const LAST_PAGE: usize = 10_000_000;

/// A page that is looked at.
struct Look<'a> {
    desk: &'a Desk,
    workspace: &'a Workspace,
    /// The last part of the address, where it names something.
    name: &'a str,
    query: Vec<(String, String)>,
}

impl Look<'_> {
    /// A word of the query; empty when it is not there.
    fn word(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Which page of a long list, from 1.
    fn page(&self) -> usize {
        self.word("page").parse().unwrap_or(1).clamp(1, LAST_PAGE)
    }
}

type Page = fn(&Look<'_>) -> Shown;
type Deed = fn(&Posted<'_>) -> Shown;

/// Every page.
const PAGES: &[(&str, Page)] = &[
    ("/", home::show),
    ("/users", users::show),
    ("/users/{id}", user::show),
    ("/exchanges", exchanges::show),
    ("/exchanges/{id}", exchange::show),
    ("/inbox", inbox::show),
    ("/scenarios", scenarios::show),
    ("/scenarios/{id}", scenarios::one),
    ("/faults", faults::show),
    ("/clock", clock::show),
    ("/variants", variants::show),
    ("/workspaces", workspaces::show),
    ("/portal", portal::show),
    ("/search", search::show),
    ("/landing/success", landing::success),
    ("/landing/fail", landing::fail),
];

/// Every form.
const DEEDS: &[(&str, Deed)] = &[
    ("/users/person", user::act),
    ("/scenarios/choose", scenarios::choose),
    ("/scenarios/try", scenarios::attempt),
    ("/faults/heal", faults::heal),
    ("/clock/move", clock::advance),
    ("/workspaces/add", workspaces::add),
    ("/workspaces/remove", workspaces::remove),
    ("/workspaces/reset", workspaces::reset),
    ("/portal/redirects", portal::redirects),
    ("/portal/mint", portal::mint),
    ("/portal/mint-file", portal::mint_file),
    ("/portal/download", portal::download),
    ("/portal/request", portal::request),
    ("/portal/register", portal::register),
    ("/portal/revoke", portal::revoke),
    ("/portal/restore", portal::restore),
];

/// Pages, forms, and the files that they use.
pub(crate) fn routes() -> Router<Desk> {
    let mut router = Router::new()
        .route("/style.css", get(crate::pages::style::sheet))
        .route("/dashboard.css", get(page::stylesheet))
        .route("/icon.svg", get(page::icon))
        .route("/dashboard.js", get(page::script))
        .route("/export/trace.har", get(har::download));
    for (path, page) in PAGES {
        router = router.route(
            path,
            get(async |State(desk): State<Desk>, uri: Uri| {
                let name = uri.path().rsplit('/').next().unwrap_or_default();
                let query = form::parse(uri.query().unwrap_or_default().as_bytes());
                let look = Look { desk: &desk, workspace: &desk.workspace, name, query };
                page(&look).into_response()
            }),
        );
    }
    for (path, deed) in DEEDS {
        let run = async |State(desk): State<Desk>, headers: HeaderMap, body: Bytes| {
            if !posted::is_ours(&headers) {
                return strange();
            }
            deed(&Posted::of(&desk, &body)).into_response()
        };
        router = router.route(path, post(run));
    }
    router
}

/// The page on which a browser shows the token of the control listener.
pub(crate) fn sign_in(wrong: bool) -> Response {
    page::bare("Sign in", &maud::html! {
        p { "This listener asks for its token, which is in the file that the mock was started with." }
        form method="post" action="/sign-in" {
            label for="token" { "Token" }
            input #token type="password" name="token" autocomplete="off" required
                aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("wrong")];
            @if wrong { p #wrong role="alert" { "That is not the token." } }
            div.buttons { button.main type="submit" { "Sign in" } }
        }
    })
    .into_response()
}

fn strange() -> Response {
    let why = "This form was not sent by a page of this listener, so nothing was done.\n";
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::FORBIDDEN, kind, why).into_response()
}
