//! The workspace's clock: what it says, what is scheduled, and buttons that move it on.
//! It never goes back.

use std::time::Duration;

use contract::Instant;
use maud::{Markup, html};

use super::{
    Look,
    page::{Shown, page, time},
    posted::Posted,
};
use crate::clock::Backwards;

const PLACE: &str = "/clock";
const TITLE: &str = "Clock";
const MOST_SCHEDULED: usize = 100;

const STEPS: &[(&str, &str, u64)] = &[
    ("1s", "1 second", 1),
    ("5s", "5 seconds", 5),
    ("1m", "1 minute", 60),
    ("5m", "5 minutes", 300),
    ("30m", "30 minutes", 1800),
    ("1h", "1 hour", 3600),
    ("1d", "1 day", 86_400),
];

pub(super) fn show(look: &Look<'_>) -> Shown {
    page(look, (PLACE, TITLE), &content(look, None))
}

fn content(look: &Look<'_>, wrong: Option<&str>) -> Markup {
    let mode = look.workspace.clock().mode().to_string();
    let schedule = look.workspace.look(sim::World::schedule);
    html! {
        p { "It says " strong { (look.workspace.now()) } " and runs: " strong { (mode) } "." }
        form.row method="post" action="/clock/move" {
            button.main type="submit" name="by" value="next" { "To what is next" }
            @for (name, text, _) in STEPS { button type="submit" name="by" value=(name) { "+ " (text) } }
        }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        h2 { "Scheduled" }
        @if schedule.is_empty() { p.soft { "Nothing." } } @else {
            div.scroll { table.stack {
                thead { tr { th { "At" } th { "What" } th { "User" } } }
                tbody { @for (at, what, user) in schedule.iter().take(MOST_SCHEDULED) {
                    tr { td { (time(*at)) " " span.soft { (at) } } td { (what) }
                        td { a href={ "/users/" (user) } { (user) } } }
                } }
            } }
        }
    }
}

pub(super) fn advance(posted: &Posted<'_>) -> Shown {
    let by = STEPS.iter().find(|(name, ..)| *name == posted.field("by"));
    let choose = |now: Instant, next: Option<Instant>| match by {
        Some((_, _, seconds)) => Ok(now + Duration::from_secs(*seconds)),
        None => next.ok_or_else(|| Wrong("Nothing is due, so there is nowhere to go.".to_owned())),
    };
    match posted.workspace.advance(choose) {
        Ok(_) => Shown::Go(PLACE.to_owned()),
        Err(Wrong(why)) => posted.again((PLACE, TITLE), |look| content(look, Some(&why))),
    }
}

struct Wrong(String);

impl From<Backwards> for Wrong {
    fn from(error: Backwards) -> Self {
        Self(error.to_string())
    }
}
