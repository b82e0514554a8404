//! One user: where it stands, what the person can do now, its messages, and its story as a
//! sequence diagram.

use maud::{Markup, html};
use sim::{Command, Reply, command::Deed, user::UserView};

use super::{
    Look,
    facts::Facts,
    inbox,
    page::{Shown, missing, page},
    posted::Posted,
    timeline,
};
use crate::edge::encode::members::guid;

const PLACE: &str = "/users";

/// So many rows of a story are drawn; the newest, since the oldest are seldom asked for.
const MOST_ROWS: usize = 400;
const MOST_MESSAGES: usize = 20;

const DEEDS: &[(&str, &str, Deed)] = &[
    ("complete", "Go through the open page", Deed::Complete),
    ("cancel", "Cancel", Deed::Cancel),
    ("fail", "Fail a check", Deed::Fail),
];

pub(super) fn show(look: &Look<'_>) -> Shown {
    let id = look.name.parse().ok();
    let Some(user) = id.and_then(|id| look.workspace.look(|world| world.user(id))) else {
        return missing(look, PLACE, "There is no such user.");
    };
    let title = format!("User {}", user.id);
    page(look, (PLACE, &title), &content(look, &user, None))
}

fn content(look: &Look<'_>, user: &UserView, wrong: Option<&str>) -> Markup {
    let facts = Facts::of(look.workspace);
    let rows = timeline::rows(&facts, user.id);
    let skipped = rows.len().saturating_sub(MOST_ROWS);
    let messages: Vec<_> = look.workspace.look(|world| {
        let all = world.messages().newest_first();
        all.filter(|message| message.user == user.id).take(MOST_MESSAGES).cloned().collect()
    });
    html! {
        (state(look, user))
        (person(look, user, wrong))
        h2 { "Messages" }
        @if messages.is_empty() { p.soft { "None yet." } } @else { (inbox::table(&messages)) }
        h2 { "Story" }
        @if skipped > 0 {
            p.soft { (skipped) " older lines are left out; the trace has all of them." }
        }
        (timeline::draw_all(timeline::lanes(look.workspace.variants()), &rows[skipped..]))
        p { a href={ "/exchanges?user=" (user.id) } { "Exchanges of this user" } }
    }
}

fn state(look: &Look<'_>, user: &UserView) -> Markup {
    let flags = [
        ("E-mail verified", user.flags.email),
        ("Phone verified", user.flags.phone),
        ("SCA verified", user.flags.sca),
        ("Questionnaire", user.flags.additional_data),
        ("Optional KYC", user.flags.optional_kyc),
    ];
    html! {
        div.cards {
            section.card { h2 { "State" }
                p { strong { (user.flags.lifecycle.code()) " "
                    (user.flags.lifecycle.title(look.workspace.edition())) } }
                p { (user.email.as_deref().unwrap_or("no e-mail")) br;
                    (user.phone.as_deref().unwrap_or("no phone")) br; "merchant " (user.merchant) } }
            section.card { h2 { "Flags" }
                @for (name, set) in flags {
                    div { @if set { span.ok { "\u{2713} " } } @else { span.soft { "\u{2013} " } } (name) }
                } }
            section.card { h2 { "Identification" }
                @match &user.session {
                    Some(session) => p { (session.stage) br; code { (session.status.name()) } },
                    None => p.soft { "Not begun." },
                }
                @if let Some((correlation, individual)) = user.finalized {
                    p { "Finalised: individual " (individual) br; code { (guid(correlation)) } }
                } }
        }
    }
}

/// The page that is open for the person, and what can be done in their place.
fn person(look: &Look<'_>, user: &UserView, wrong: Option<&str>) -> Markup {
    let link = user.session.as_ref().and_then(|session| session.link);
    html! {
        @if let Some(link) = link {
            h2 { "The person" }
            p { "This page is open for them: "
                a #open-page href=(look.workspace.origins().page(&link)) target="_blank" rel="noopener" {
                    (look.workspace.origins().page(&link)) } }
            form.row method="post" action="/users/person" {
                input type="hidden" name="user" value=(user.id);
                @for (name, text, _) in DEEDS {
                    button type="submit" name="do" value=(name) { (text) }
                }
            }
        }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
    }
}

pub(super) fn act(posted: &Posted<'_>) -> Shown {
    let id = posted.number("user").unwrap_or_default();
    let deed = DEEDS.iter().find(|(name, ..)| *name == posted.field("do"));
    let Some((_, _, deed)) = deed else { return Shown::Go(format!("/users/{id}")) };
    match posted.step(Command::Person { user: id, deed: *deed }) {
        Some(Reply::NothingToDo(why)) => again(posted, id, why),
        _ => Shown::Go(format!("/users/{id}")),
    }
}

fn again(posted: &Posted<'_>, id: i32, why: &str) -> Shown {
    let Some(user) = posted.workspace.look(|world| world.user(id)) else {
        return Shown::Go(PLACE.to_owned());
    };
    let title = format!("User {id}");
    posted.again((PLACE, &title), |look| content(look, &user, Some(why)))
}
