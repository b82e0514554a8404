//! One box for everything that names something: an id, an address, a number, a correlationId, a
//! traceId. One hit is opened at once.

use maud::html;

use super::{
    Look, exchanges,
    facts::{Facts, trace_ids},
    page::{Shown, page},
    users,
};

const MOST: usize = 50;

pub(super) fn show(look: &Look<'_>) -> Shown {
    let text = look.word("q").to_lowercase();
    if text.is_empty() {
        return page(look, ("", "Search"), &html! { p.soft { "Type something to look for." } });
    }
    let mut found = users::find(look, &text).0;
    found.truncate(MOST);
    let facts = Facts::of(look.workspace);
    let named = facts.newest().filter(|seen| {
        seen.entry.step.to_string() == text || trace_ids(&seen.entry).contains(&text)
    });
    let named: Vec<_> = named.take(MOST).collect();
    match (&*found, &*named) {
        ([user], []) => return Shown::Go(format!("/users/{}", user.id)),
        ([], [seen]) => return Shown::Go(format!("/exchanges/{}", seen.entry.step)),
        _ => {}
    }
    let content = html! {
        p { "For " strong { (look.word("q")) } }
        @if found.is_empty() && named.is_empty() {
            p { "Nothing has this name. Users are found by id, e-mail, phone, correlationId and "
                "individualId, exchanges by traceId and step." }
        }
        @if !found.is_empty() { h2 { "Users" } (users::table(look, &found)) }
        @if !named.is_empty() { h2 { "Exchanges" } (exchanges::table(&named)) }
    };
    page(look, ("", "Search"), &content)
}
