//! The verbs that only look.
//! They never step the world, so looking leaves no mark in the trace.

use std::str::FromStr;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use contract::{Edition, Instant, message::Channel};
use http::header;
use serde::Serialize;

use super::{
    dto::{
        ClockDto, Health, MerchantDto, Merchants, MessageDto, Messages, Redirects, UserDto, Users,
    },
    problem::Problem,
    table::Ask,
};
use crate::{
    edge::selfcheck,
    spec,
    workspace::{TraceClass, Workspace},
};

/// How many rows a list has when nobody says.
const PAGE: usize = 100;
/// How many rows a list has at most.
const LARGEST_PAGE: usize = 10_000;

pub(super) type Outcome = Result<Response, Problem>;

pub(super) fn health(_: &Ask<'_>) -> Outcome {
    json(&Health { status: "ok", version: env!("CARGO_PKG_VERSION"), self_check: selfcheck::ON })
}

/// The provider's API in an edition, whichever edition this workspace has, at the addresses of
/// this workspace.
pub(super) fn contract(ask: &Ask<'_>) -> Outcome {
    let name = ask.id.as_deref().unwrap_or_default();
    let edition: Edition = name.parse().map_err(Problem::missing)?;
    let readings = match ask.query(&["readings"])?.text("readings") {
        None => None,
        Some("current") => Some(*ask.workspace.variants()),
        Some(other) => return Err(Problem::bad(format!("readings is current, not '{other}'"))),
    };
    let text = spec::openapi_at(edition, readings, ask.workspace.origins());
    text.map(json_text).map_err(Problem::missing)
}

pub(super) fn workspace(ask: &Ask<'_>) -> Outcome {
    json(ask.workspace.ready())
}

pub(super) fn messages(ask: &Ask<'_>) -> Outcome {
    let query = ask.query(&["userId", "channel", "limit"])?;
    let user: Option<i32> = query.number("userId")?;
    let limit = query.limit()?;
    let channel = query.channel()?;
    let found = ask.workspace.look(|world| {
        let fits = |message: &&sim::inbox::Message| {
            user.is_none_or(|user| message.user == user)
                && channel.is_none_or(|channel| message.kind.channel() == channel)
        };
        let messages = world.messages().newest_first().filter(fits).take(limit);
        Messages {
            messages: messages.map(MessageDto::from).collect(),
            evicted: world.messages().evicted(),
        }
    });
    json(&found)
}

pub(super) fn users(ask: &Ask<'_>) -> Outcome {
    let query = ask.query(&["after", "limit"])?;
    let (after, limit) = (query.number("after")?, query.limit()?);
    let (users, total) = ask.workspace.look(|world| {
        let ids = world.user_ids(after, limit).into_iter();
        let users: Vec<_> = ids.filter_map(|id| world.user(id)).collect();
        (users, world.user_count())
    });
    let users = users.into_iter().map(|user| UserDto::of(ask.workspace, user)).collect();
    json(&Users { users, total })
}

pub(super) fn user(ask: &Ask<'_>) -> Outcome {
    let text = ask.id.as_deref().unwrap_or_default();
    let id: i32 = text.parse().map_err(|_| Problem::bad(format!("'{text}' is no user id")))?;
    let user = ask.workspace.look(|world| world.user(id));
    let user = user.ok_or_else(|| Problem::missing(format!("there is no user {id}")))?;
    json(&UserDto::of(ask.workspace, user))
}

pub(super) fn merchants(ask: &Ask<'_>) -> Outcome {
    let merchants = ask.workspace.look(|world| {
        let all = world.settings().merchants.iter();
        all.map(|merchant| MerchantDto::of(merchant, world.credentials(merchant.id))).collect()
    });
    json(&Merchants { merchants })
}

pub(super) fn redirects(ask: &Ask<'_>) -> Outcome {
    let query = ask.query(&["merchantId"])?;
    let id = query.number("merchantId")?.unwrap_or_else(|| ask.workspace.ready().merchant_id);
    json(&redirects_of(ask.workspace, id)?)
}

pub(super) fn redirects_of(workspace: &Workspace, id: i32) -> Result<Redirects, Problem> {
    let merchant = workspace.look(|world| world.merchant(id).cloned());
    let merchant =
        merchant.ok_or_else(|| Problem::missing(format!("there is no merchant {id}")))?;
    Ok(Redirects { merchant_id: id, success: merchant.success, fail: merchant.fail })
}

pub(super) fn clock(ask: &Ask<'_>) -> Outcome {
    let now = ask.workspace.now();
    let next = ask.workspace.look(sim::World::next_due);
    json(&clock_dto(ask.workspace, (now, next)))
}

pub(super) fn clock_dto(
    workspace: &Workspace,
    (now, next): (Instant, Option<Instant>),
) -> ClockDto {
    ClockDto {
        mode: workspace.clock().mode().to_string(),
        now: now.to_string(),
        next: next.map(|next| next.to_string()),
    }
}

pub(super) fn trace(ask: &Ask<'_>) -> Outcome {
    let class = match ask.query(&["class"])?.text("class") {
        None => None,
        Some("decision") => Some(TraceClass::Decision),
        Some("transport") => Some(TraceClass::Transport),
        Some(other) => {
            return Err(Problem::bad(format!("class is decision or transport, not '{other}'")));
        }
    };
    let lines = ask.workspace.trace(class).join("\n") + "\n";
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], Body::from(lines)).into_response())
}

/// A JSON answer.
pub(super) fn json(value: &impl Serialize) -> Outcome {
    Ok(json_text(serde_json::to_string(value).unwrap_or_default()))
}

/// A JSON answer that is already text.
pub(super) fn json_text(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], Body::from(text)).into_response()
}

/// The query of a request, with known names only.
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

impl Ask<'_> {
    pub(super) fn query(&self, known: &[&str]) -> Result<Query, Problem> {
        let pairs = crate::edge::form::parse(self.query.as_bytes());
        for (index, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(Problem::bad(format!("unknown query '{name}'; known: {known}")));
            }
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Problem::bad(format!("query '{name}' is given twice")));
            }
        }
        Ok(Query { pairs })
    }
}

impl Query {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The channel that is asked for.
    pub(super) fn channel(&self) -> Result<Option<Channel>, Problem> {
        match self.text("channel") {
            None => Ok(None),
            Some("email") => Ok(Some(Channel::Email)),
            Some("sms") => Ok(Some(Channel::Sms)),
            Some(other) => Err(Problem::bad(format!("channel is email or sms, not '{other}'"))),
        }
    }

    pub(super) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let parse = |text: &str| {
            text.parse().map_err(|_| Problem::bad(format!("{name} is a number, not '{text}'")))
        };
        self.text(name).map(parse).transpose()
    }

    fn limit(&self) -> Result<usize, Problem> {
        match self.number::<i32>("limit")? {
            None => Ok(PAGE),
            Some(limit) => usize::try_from(limit)
                .ok()
                .filter(|limit| (1..=LARGEST_PAGE).contains(limit))
                .ok_or_else(|| Problem::bad(format!("limit lies between 1 and {LARGEST_PAGE}"))),
        }
    }
}
