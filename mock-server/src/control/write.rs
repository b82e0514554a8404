//! The verbs that change the workspace. Whatever decides an answer of the API later goes through
//! the world's step, so that the trace and a replay know of it.

use std::time::Duration;

use axum::response::Response;
use contract::{
    Instant,
    trace::client::Note,
    trace::{Landing, Leg},
};
use serde::de::DeserializeOwned;
use sim::{Answer, Command, Envelope, Reply, command::Deed};

use super::{
    dto::{AdvanceAsk, ClockAsk, DeedDto, Done, PersonAsk, PersonDone, RedirectsAsk},
    problem::Problem,
    read::{self, json},
    table::Ask,
};
use crate::clock::Backwards;

/// A clock moves at most ten years at once; more is surely a slip of the unit.
const LONGEST_STEP: Duration = Duration::from_secs(10 * 366 * 24 * 3600);

type Outcome = Result<Response, Problem>;

pub(super) fn person(ask: &Ask<'_>) -> Outcome {
    let PersonAsk { user_id: user, deed } = ask.body()?;
    let deed = match deed {
        DeedDto::Complete => Deed::Complete,
        DeedDto::Cancel => Deed::Cancel,
        DeedDto::Fail => Deed::Fail,
    };
    match ask.step(Command::Person { user, deed }) {
        Some(Reply::ToMerchant { leg, to, url }) => json(&PersonDone {
            leg: match leg {
                Leg::Identification => "identification",
                Leg::Signing => "signing",
            },
            outcome: match to {
                Landing::Success => "success",
                Landing::Fail => "fail",
            },
            redirect: url,
        }),
        Some(Reply::NothingToDo(why)) => Err(Problem::conflict(why)),
        _ => Err(Problem::missing(format!("there is no user {user}"))),
    }
}

pub(super) fn redirects(ask: &Ask<'_>) -> Outcome {
    let asked: RedirectsAsk = ask.body()?;
    let merchant = asked.merchant_id.unwrap_or_else(|| ask.workspace.ready().merchant_id);
    let success = landing_url("success", &asked.success);
    let fail = landing_url("fail", &asked.fail);
    let (success, fail) = match (success, fail) {
        (Ok(success), Ok(fail)) => (success, fail),
        (success, fail) => {
            let complaints: Vec<_> = [success.err(), fail.err()].into_iter().flatten().collect();
            return Err(Problem::bad(complaints.join("; ")));
        }
    };
    match ask.step(Command::SetRedirects { merchant, success, fail }) {
        Some(Reply::RedirectsSet) => json(&read::redirects_of(ask.workspace, merchant)?),
        _ => Err(Problem::missing(format!("there is no merchant {merchant}"))),
    }
}

/// An absolute http or https URL, as a browser would write it, or what is wrong with it.
pub(crate) fn landing_url(name: &str, text: &str) -> Result<String, String> {
    let bad = |why: &str| Err(format!("{name}: '{text}' {why}"));
    let Ok(url) = url::Url::parse(text) else {
        return bad("is no absolute URL; https://shop.example/success would be one");
    };
    if !matches!(url.scheme(), "http" | "https") {
        return bad("is neither http nor https");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return bad("holds credentials");
    }
    if url.fragment().is_some() {
        return bad("has a fragment, which no server would see");
    }
    Ok(url.into())
}

pub(super) fn advance(ask: &Ask<'_>) -> Outcome {
    let asked = ask.body()?;
    let moved = ask.workspace.advance(|now, next| moment(&asked, now, next))?;
    json(&read::clock_dto(ask.workspace, moved))
}

pub(super) fn set_clock(ask: &Ask<'_>) -> Outcome {
    let ClockAsk { now } = ask.body()?;
    let wanted = parsed("now", &now)?;
    let moved = ask.workspace.advance(|now, _| within_reach(now, wanted, "now"))?;
    json(&read::clock_dto(ask.workspace, moved))
}

/// What happens to the client that is judged.
pub(super) fn note(ask: &Ask<'_>) -> Outcome {
    let note: Note = ask.body()?;
    ask.workspace.step(Envelope::own(Command::Note(note)));
    json(&Done { status: "ok" })
}

/// To the next moment at which something is scheduled.
pub(super) fn next(ask: &Ask<'_>) -> Outcome {
    let moved = ask.workspace.advance(|_, next| due(next))?;
    json(&read::clock_dto(ask.workspace, moved))
}

fn due(next: Option<Instant>) -> Result<Instant, Problem> {
    next.ok_or_else(|| Problem::conflict("nothing is due; move the clock by byMs or to"))
}

fn parsed(name: &str, text: &str) -> Result<Instant, Problem> {
    Instant::parse(text).ok_or_else(|| {
        Problem::bad(format!("{name}: '{text}' is not a moment such as 2026-01-01T00:00:00Z"))
    })
}

fn within_reach(now: Instant, wanted: Instant, name: &str) -> Result<Instant, Problem> {
    if wanted > now + LONGEST_STEP {
        return Err(Problem::bad(format!("{name} is more than ten years ahead of {now}")));
    }
    Ok(wanted)
}

impl From<Backwards> for Problem {
    fn from(error: Backwards) -> Self {
        Self::bad(error.to_string())
    }
}

fn moment(asked: &AdvanceAsk, now: Instant, next: Option<Instant>) -> Result<Instant, Problem> {
    match (asked.by_ms, &asked.to, asked.to_next) {
        (Some(millis), None, None) => {
            let step = Duration::from_millis(millis);
            if step > LONGEST_STEP {
                return Err(Problem::bad("byMs is more than ten years"));
            }
            Ok(now + step)
        }
        (None, Some(to), None) => within_reach(now, parsed("to", to)?, "to"),
        (None, None, Some(true)) => due(next),
        _ => Err(Problem::bad("give exactly one of byMs, to, or toNext: true")),
    }
}

pub(super) fn reset(ask: &Ask<'_>) -> Outcome {
    ask.workspace.reset();
    json(&Done { status: "ok" })
}

impl Ask<'_> {
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_slice(&self.body).map_err(|error| Problem::bad(format!("body: {error}")))
    }

    pub(super) fn step(&self, command: Command) -> Option<Reply> {
        let envelope = Envelope::own(command);
        match self.workspace.step(envelope) {
            Answer::Reply(reply) => Some(reply),
            Answer::Refused(..) | Answer::Scripted(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landing_addresses_are_absolute_and_plain() {
        for good in ["https://shop.example/done", "http://127.0.0.1:9000/s?a=1", "http://[::1]/s"] {
            assert_eq!(landing_url("success", good).unwrap(), good);
        }
        assert_eq!(
            landing_url("success", "https://Shop.example").unwrap(),
            "https://shop.example/"
        );
        for (bad, why) in [
            ("/done", "no absolute URL"),
            ("", "no absolute URL"),
            ("javascript:alert(1)", "neither http nor https"),
            ("ftp://shop.example/", "neither http nor https"),
            ("https://user:pw@shop.example/", "credentials"),
            ("https://user@shop.example/", "credentials"),
            ("https://:pw@shop.example/", "credentials"),
            ("https://shop.example/#x", "fragment"),
            ("https://", "no absolute URL"),
        ] {
            let problem = landing_url("fail", bad).unwrap_err();
            assert!(problem.contains(why) && problem.contains("fail: "), "{bad}: {problem}");
        }
    }
}
