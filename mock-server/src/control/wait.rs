//! Waiting for what happens: the next message of somebody, and the news that anything has changed.
//! Nobody waits longer than the server runs.

use std::{convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse,
    sse::{Event, KeepAlive, Sse},
};
use contract::message::MessageKind;
use futures_util::stream;
use schemars::JsonSchema;
use serde::Serialize;
use sim::inbox::Message;
use tokio::time::{sleep, timeout};

use super::{
    dto::MessageDto,
    problem::Problem,
    read::{Outcome, json},
    table::{Ask, Pending},
};

/// How long a message is waited for, in real time, when nobody says.
const USUAL_WAIT: Duration = Duration::from_secs(10);
/// How long at most: most HTTP clients would give up before.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// A page that shows everything anew has to take a breath.
const BREATH: Duration = Duration::from_millis(200);

pub(super) fn next_message<'a>(ask: &'a Ask<'a>) -> Pending<'a> {
    Box::pin(async move {
        let wanted = Wanted::read(ask)?;
        let mut news = ask.workspace.watch();
        let waiting = async {
            loop {
                news.borrow_and_update();
                if let Some(found) = wanted.newest(ask) {
                    return Some(found);
                }
                news.changed().await.ok()?;
            }
        };
        let found = tokio::select! {
            found = timeout(wanted.patience, waiting) => found.ok().flatten(),
            () = ask.desk.closing.begun() => None,
        };
        json(&found.ok_or_else(|| wanted.in_vain(ask))?)
    })
}

struct Wanted {
    user: Option<i32>,
    kind: Option<MessageKind>,
    channel: Option<contract::message::Channel>,
    after: u64,
    patience: Duration,
}

impl Wanted {
    fn read(ask: &Ask<'_>) -> Result<Self, Problem> {
        let query = ask.query(&["userId", "kind", "channel", "after", "timeoutMs"])?;
        let kind = query.text("kind").map(|name| {
            let found = MessageKind::ALL.iter().find(|kind| kind.name() == name).copied();
            found.ok_or_else(|| {
                let known: Vec<_> = MessageKind::ALL.iter().map(|kind| kind.name()).collect();
                Problem::bad(format!("kind is one of {}, not '{name}'", known.join(", ")))
            })
        });
        let patience = query.number("timeoutMs")?.map_or(USUAL_WAIT, Duration::from_millis);
        if patience > LONGEST_WAIT {
            let longest = LONGEST_WAIT.as_millis();
            return Err(Problem::bad(format!("timeoutMs is {longest} at most; ask again then")));
        }
        Ok(Self {
            user: query.number("userId")?,
            kind: kind.transpose()?,
            channel: query.channel()?,
            after: query.number("after")?.unwrap_or_default(),
            patience,
        })
    }

    fn fits(&self, message: &Message) -> bool {
        message.number > self.after
            && self.user.is_none_or(|user| message.user == user)
            && self.kind.is_none_or(|kind| message.kind == kind)
            && self.channel.is_none_or(|channel| message.kind.channel() == channel)
    }

    fn newest(&self, ask: &Ask<'_>) -> Option<MessageDto> {
        ask.workspace.look(|world| {
            let mut messages = world.messages().newest_first();
            messages.find(|message| self.fits(message)).map(MessageDto::from)
        })
    }

    fn in_vain(&self, ask: &Ask<'_>) -> Problem {
        let waited = self.patience.as_millis();
        let next = ask.workspace.look(sim::World::next_due);
        let hint = next.map_or_else(String::new, |next| {
            format!(" Something is due at {next}; a clock that is stepped has to be moved there.")
        });
        Problem::missing(format!("No such message came within {waited} ms.{hint}"))
    }
}

/// Until when an answer is held.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Held {
    /// The moment, by the workspace's clock.
    until: String,
}

pub(super) fn held<'a>(ask: &'a Ask<'a>) -> Pending<'a> {
    Box::pin(async move {
        let query = ask.query(&["least"])?;
        let least = query.number("least")?.unwrap_or(1);
        let until = tokio::select! {
            until = timeout(LONGEST_WAIT, ask.workspace.held(least)) => until.ok(),
            () = ask.desk.closing.begun() => None,
        };
        let until = until.ok_or_else(|| Problem::missing("No answer is held.".to_owned()))?;
        json(&Held { until: until.to_string() })
    })
}

pub(super) fn events(ask: &Ask<'_>) -> Outcome {
    let (news, closing) = (ask.workspace.watch(), ask.desk.closing.clone());
    // The first event comes at once, so that nothing is missed between a page and its stream.
    let changes = stream::unfold((news, closing, true), |(mut news, closing, first)| async move {
        if !first {
            tokio::select! {
                changed = async { sleep(BREATH).await; news.changed().await } => changed.ok()?,
                () = closing.begun() => return None,
            }
        }
        let count = news.borrow_and_update().to_string();
        let event = Event::default().event("change").data(count);
        Some((Ok::<_, Infallible>(event), (news, closing, false)))
    });
    Ok(Sse::new(changes).keep_alive(KeepAlive::default()).into_response())
}
