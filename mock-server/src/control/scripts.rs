//! Verbs about scenarios: which there are, who goes through which, and an end to all faults.
//! What cannot take effect is refused with the reason, and the running world stays as it is.

use std::sync::Arc;

use contract::{
    scenario::{self, Diagnostic, Scenario},
    trace::{Decided, Decision, Line},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sim::{
    Command, Reply,
    command::{ScriptRequest, Whom},
};

use super::{
    dto::Done,
    problem::Problem,
    read::{Outcome, json},
    table::Ask,
};
use crate::story;

/// The scenarios that can be chosen.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Scenarios {
    scenarios: Vec<ScenarioDto>,
}

/// One of them.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ScenarioDto {
    /// Its name, which is also its tag in e-mail addresses.
    name: String,
    /// What happens.
    title: String,
    /// Why a client should go through it.
    why: String,
    /// The phone number that is reserved for it.
    phone: Option<String>,
    /// The names of its rules.
    rules: Vec<String>,
}

/// For whom a scenario is chosen: exactly one of the members besides `scenario`, or none of them
/// for everybody for whom nothing else is chosen.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(super) struct ChooseAsk {
    /// Its name; null takes the choice back.
    scenario: Option<String>,
    /// For the next user that is created.
    next: bool,
    /// For a user that exists.
    user_id: Option<i32>,
    /// For new users of a merchant.
    merchant_id: Option<i32>,
    /// For new users whose address fits this pattern, in which * stands for anything.
    pattern: Option<String>,
}

/// Which faults end.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HealAsk {
    /// Those of this rule, in every scenario; all faults when left out.
    rule: Option<String>,
}

pub(super) fn list(ask: &Ask<'_>) -> Outcome {
    let scenarios = ask.workspace.look(|world| {
        let shown = world.scenarios().map(|(name, scenario)| ScenarioDto {
            name: name.to_owned(),
            title: scenario.title.clone(),
            why: scenario.why.clone(),
            phone: scenario.phone.clone(),
            rules: scenario.rule.iter().map(|rule| rule.id.clone()).collect(),
        });
        shown.collect()
    });
    json(&Scenarios { scenarios })
}

/// Reads TOML, or JSON when it begins like an object.
pub(super) fn load(ask: &Ask<'_>) -> Outcome {
    let name = ask.id.clone().unwrap_or_default();
    let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    if !name.chars().all(plain) {
        let why = format!("'{name}' is no name: use lower-case letters, digits and hyphens");
        return Err(Problem::bad(why));
    }
    let text = std::str::from_utf8(&ask.body);
    let text = text.map_err(|error| Problem::bad(format!("body: {error}")))?;
    let scenario = if text.trim_start().starts_with('{') { from_json(text) } else { toml(text) }?;
    let request = ScriptRequest::Load { name, scenario: Arc::new(scenario) };
    ask.script(request)
}

fn toml(text: &str) -> Result<Scenario, Problem> {
    let read = scenario::read(text);
    read.map(|read| read.scenario).map_err(|wrong| Problem::bad(told(&wrong)))
}

fn told(wrong: &[Diagnostic]) -> String {
    wrong.iter().map(|one| one.of_file("body")).collect::<Vec<_>>().join("\n")
}

fn from_json(text: &str) -> Result<Scenario, Problem> {
    let scenario: Scenario =
        serde_json::from_str(text).map_err(|error| Problem::bad(format!("body: {error}")))?;
    let issues = scenario::check::check(&scenario);
    let wrong: Vec<_> = issues
        .into_iter()
        .filter(|issue| issue.level == scenario::check::Level::Error)
        .map(|issue| format!("{}: {}; {}", issue.place(), issue.message, issue.help))
        .collect();
    if wrong.is_empty() { Ok(scenario) } else { Err(Problem::bad(wrong.join("\n"))) }
}

pub(super) fn choose(ask: &Ask<'_>) -> Outcome {
    let ChooseAsk { scenario, next, user_id, merchant_id, pattern } = ask.body()?;
    let named = [next, user_id.is_some(), merchant_id.is_some(), pattern.is_some()];
    if named.iter().filter(|named| **named).count() > 1 {
        let why = "name one of next, userId, merchantId and pattern, or none for everybody";
        return Err(Problem::bad(why.to_owned()));
    }
    let whom = match (next, user_id, merchant_id, pattern) {
        (true, ..) => Whom::Next,
        (_, Some(user), ..) => Whom::User(user),
        (_, _, Some(merchant), _) => Whom::Merchant(merchant),
        (_, _, _, Some(pattern)) => Whom::Pattern(pattern),
        _ => Whom::Default,
    };
    ask.script(ScriptRequest::Choose { whom, scenario })
}

pub(super) fn heal(ask: &Ask<'_>) -> Outcome {
    let HealAsk { rule } = if ask.body.is_empty() { HealAsk::default() } else { ask.body()? };
    ask.script(ScriptRequest::Heal { rule })
}

/// Lets a timeline go on.
pub(super) fn beat(ask: &Ask<'_>) -> Outcome {
    let id = ask.id.as_deref().unwrap_or_default();
    let user = id.parse().map_err(|_| Problem::bad(format!("'{id}' is no user's number")))?;
    ask.script(ScriptRequest::Beat { user })
}

/// What is scheduled.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Schedule {
    scheduled: Vec<Scheduled>,
}

/// One thing that will happen by itself.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scheduled {
    /// When, by the workspace's clock.
    at: String,
    /// What.
    what: &'static str,
    /// About whom.
    user_id: i32,
}

/// So many are listed at most; the rest comes later anyway.
const MOST_SCHEDULED: usize = 1000;

pub(super) fn schedule(ask: &Ask<'_>) -> Outcome {
    let scheduled = ask.workspace.look(sim::World::schedule).into_iter().take(MOST_SCHEDULED);
    let scheduled =
        scheduled.map(|(at, what, user_id)| Scheduled { at: at.to_string(), what, user_id });
    json(&Schedule { scheduled: scheduled.collect() })
}

/// Why a step was answered as it was.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Explained {
    /// The step.
    step: u64,
    /// What happened, in plain words.
    story: Vec<String>,
    /// The row that decided, and the readings that chose it.
    row: Option<String>,
    /// Where that row comes from.
    source: Option<String>,
    /// Each rule of the scenario about such requests, and why it happened or not.
    rules: Vec<String>,
    /// What the client does best now.
    advice: Option<String>,
}

pub(super) fn explain(ask: &Ask<'_>) -> Outcome {
    let id = ask.id.as_deref().unwrap_or_default();
    let step: u64 = id.parse().map_err(|_| Problem::bad(format!("'{id}' is no step's number")))?;
    let lines = ask.workspace.decisions_of(step);
    if lines.is_empty() {
        return Err(Problem::missing(format!("there is no step {step}, or it had to make room")));
    }
    let story = lines.iter().filter_map(story::line).map(|line| line.trim().to_owned()).collect();
    let exchange = lines.iter().find_map(|line| match line {
        Line::Decision(Decision { what: Decided::Exchange(exchange), .. }) => Some(exchange),
        _ => None,
    });
    json(&Explained {
        step,
        story,
        row: exchange.and_then(|exchange| {
            let readings = exchange.readings.join(", ");
            let under = if readings.is_empty() { readings } else { format!(" under {readings}") };
            exchange.row.as_ref().map(|row| format!("{row}{under}"))
        }),
        source: exchange.and_then(|exchange| exchange.source.clone()),
        rules: exchange.map(|exchange| exchange.rules.clone()).unwrap_or_default(),
        advice: exchange.and_then(|exchange| exchange.advice.clone()),
    })
}

impl Ask<'_> {
    fn script(&self, request: ScriptRequest) -> Outcome {
        match self.step(Command::Script(request)) {
            Some(Reply::CannotTake(why)) => Err(Problem::bad(why)),
            _ => json(&Done { status: "ok" }),
        }
    }
}
