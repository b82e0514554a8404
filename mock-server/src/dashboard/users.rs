//! The users, newest first, with a search over everything that names one.
//! A page of them at a time; whoever searches looks through all.

use maud::{Markup, html};
use sim::user::UserView;

use super::{
    Look,
    page::{Shown, choice, page, pages},
};
use crate::edge::encode::members::guid;

const PER_PAGE: usize = 50;

const CODES: &[(&str, &str)] = &[
    ("", "any"),
    ("50", "50"),
    ("150", "150"),
    ("200", "200"),
    ("300", "300"),
    ("350", "350"),
    ("400", "400"),
];

pub(super) fn show(look: &Look<'_>) -> Shown {
    let (mut users, total) = find(look, look.word("text"));
    let skip = (look.page() - 1) * PER_PAGE;
    let more = users.len() > skip + PER_PAGE;
    users = users.into_iter().skip(skip).take(PER_PAGE).collect();
    let content = html! {
        form.row action="/users" {
            div { label for="text" { "Search" }
                input #text type="search" name="text" value=(look.word("text"))
                    placeholder="id, e-mail, phone, correlationId"; }
            div { (choice("code", "Lifecycle", look.word("code"), CODES)) }
            button type="submit" { "Show" }
            span.soft { (total) " in all" }
        }
        @if users.is_empty() {
            p.soft { "No user fits. A client makes one with " code { "POST /User" } "." }
        } @else { (table(look, &users)) }
        (pages(look, "/users", more))
    };
    page(look, ("/users", "Users"), &content)
}

/// The users that fit, newest first, and how many there are in all.
pub(super) fn find(look: &Look<'_>, text: &str) -> (Vec<UserView>, u32) {
    let (text, code) = (text.to_lowercase(), look.word("code").to_owned());
    look.workspace.look(|world| {
        let ids = world.user_ids(None, usize::MAX);
        let users = ids.into_iter().rev().filter_map(|id| world.user(id));
        let fitting = users.filter(|user| {
            (text.is_empty() || is_named(user, &text))
                && (code.is_empty() || user.flags.lifecycle.code().to_string() == code)
        });
        (fitting.collect(), world.user_count())
    })
}

fn is_named(user: &UserView, text: &str) -> bool {
    let part = |value: &Option<String>| {
        value.as_ref().is_some_and(|value| value.to_lowercase().contains(text))
    };
    user.id.to_string() == text
        || part(&user.email)
        || part(&user.phone)
        || user.finalized.is_some_and(|(correlation, individual)| {
            guid(correlation).to_lowercase() == text || individual.to_string() == text
        })
}

/// Users as rows.
pub(super) fn table(look: &Look<'_>, users: &[UserView]) -> Markup {
    let edition = look.workspace.edition();
    html! {
        div.scroll { table.stack {
            thead { tr { th { "User" } th { "E-mail" } th { "Phone" } th { "Lifecycle" } th { "Identification" } } }
            tbody { @for user in users {
                tr {
                    td { a href={ "/users/" (user.id) } { (user.id) } }
                    td { (user.email.as_deref().unwrap_or("-")) " " (mark(user.flags.email)) }
                    td { (user.phone.as_deref().unwrap_or("-")) " " (mark(user.flags.phone)) }
                    td { (user.flags.lifecycle.code()) " " (user.flags.lifecycle.title(edition)) }
                    td { (user.session.as_ref().map_or("not begun", |session| session.stage)) }
                }
            } }
        } }
    }
}

fn mark(verified: bool) -> Markup {
    html! { @if verified { span.tag.ok { "verified" } } }
}
