//! Rules that cannot take effect: contradictory faults, calls that an edition lacks, conditions
//! that never hold, bounds that are missing.

use super::{Findings, Step};
use crate::{
    Call, Edition, Problem, Tables,
    scenario::{
        Rule, Scenario, Then,
        fault::{BodyChange, Delay, Instead, Meets, PATCHABLE, Patch, Shape, Spread},
        rule::Match,
    },
    trace::Leg,
};

/// How many rules a scenario may have.
const MOST: usize = 1000;

pub(super) fn check(scenario: &Scenario, found: &mut Findings) {
    if scenario.rule.len() > MOST {
        let message = format!("{} rules are too many", scenario.rule.len());
        found.error(&[Step::Key("rule")], message, format!("have at most {MOST}"));
    }
    let editions: Vec<_> = match scenario.edition {
        Some(edition) => vec![edition],
        None => Edition::ALL.to_vec(),
    };
    let tables: Vec<_> = editions.into_iter().filter_map(Edition::tables).collect();
    for (index, rule) in scenario.rule.iter().enumerate() {
        let mut here = Place { index, found };
        name(rule, &scenario.rule[..index], &mut here);
        conditions(&rule.when, &tables, &mut here);
        bounds(rule, &mut here);
        faults(rule, &tables, &mut here);
        shadow(rule, &scenario.rule[..index], &mut here);
    }
}

/// One rule of the file.
struct Place<'a> {
    index: usize,
    found: &'a mut Findings,
}

impl Place<'_> {
    fn error(
        &mut self,
        path: &[&'static str],
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let path = self.path(path);
        self.found.error(&path, message, help);
    }

    fn warning(
        &mut self,
        path: &[&'static str],
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let path = self.path(path);
        self.found.warning(&path, message, help);
    }

    fn path(&self, path: &[&'static str]) -> Vec<Step> {
        let start = [Step::Key("rule"), Step::Item(self.index)];
        start.into_iter().chain(path.iter().map(|key| Step::Key(key))).collect()
    }
}

fn name(rule: &Rule, before: &[Rule], here: &mut Place<'_>) {
    let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    if rule.id.is_empty() || rule.id.len() > 60 || !rule.id.chars().all(plain) {
        let message = format!("'{}' is no name of a rule", rule.id);
        here.error(&["id"], message, "use at most 60 lower-case letters, digits and hyphens");
    }
    if before.iter().any(|other| other.id == rule.id) {
        here.error(
            &["id"],
            format!("another rule is called '{}'", rule.id),
            "give each its own name",
        );
    }
}

fn conditions(when: &Match, tables: &[&'static Tables], here: &mut Place<'_>) {
    if when.call.is_empty() {
        here.error(&["when", "call"], "no call is named", "name at least one");
    }
    for call in &when.call {
        let known: Vec<_> =
            tables.iter().filter(|tables| tables.endpoint(*call).is_some()).collect();
        if known.is_empty() {
            let message = format!("edition {} has no call '{call}'", names(tables));
            here.error(&["when", "call"], message, "choose another call, or another edition");
        }
    }
    let needs_user = when.phase.is_some() || !when.state.is_empty();
    if needs_user && when.call.iter().all(|call| !is_about_a_user(*call, tables)) {
        let message = "these calls are about no user that has come anywhere yet";
        here.error(&["when"], message, "leave out phase and state");
    }
    if let Some(phase) = when.phase
        && !when.state.is_empty()
        && when.state.iter().all(|state| !state.is_in(phase))
    {
        let states: Vec<_> = when.state.iter().map(|state| state.name()).collect();
        let phase = if phase == Leg::Signing { "signing" } else { "identification" };
        let states = states.join(" or ");
        let message = format!("nobody is {states} in the phase '{phase}', so this never happens");
        here.warning(&["when", "state"], message, "leave out phase or state");
    }
    for (key, count) in [("nth", when.nth), ("from", when.from), ("every", when.every)] {
        if count == Some(0) {
            here.error(&["when", key], "requests are counted from 1", "choose 1 or more");
        }
    }
    if [when.nth, when.from, when.every].iter().flatten().count() > 1 {
        let message = "nth, from and every each say which requests are meant";
        here.error(&["when"], message, "choose one of them");
    }
    if let Some(chance) = when.probability
        && !(chance > 0.0 && chance <= 1.0)
    {
        let message = format!("{chance} is no probability that ever happens");
        here.error(&["when", "probability"], message, "choose above 0 and at most 1");
    }
    if when.member.as_ref().is_some_and(|member| member.name.is_empty()) {
        here.error(&["when", "member"], "no member is named", "name one, such as correlationType");
    }
    if when.user.as_ref().is_some_and(String::is_empty) {
        here.error(
            &["when", "user"],
            "nobody's address is empty",
            "write a pattern such as *@example.org",
        );
    }
    if let Some(header) = &when.header
        && !is_token(&header.name)
    {
        let message = format!("'{}' is no name of a header", header.name);
        here.error(&["when", "header"], message, "use letters, digits and hyphens");
    }
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_about_a_user(call: Call, tables: &[&'static Tables]) -> bool {
    let rows = tables.iter().filter_map(|tables| tables.endpoint(call));
    rows.flat_map(|row| row.fields)
        .any(|field| ["id", "userId"].iter().any(|key| field.key.eq_ignore_ascii_case(key)))
}

fn names(tables: &[&'static Tables]) -> String {
    let names: Vec<_> = tables.iter().map(|tables| tables.edition.name()).collect();
    names.join(", ")
}

fn bounds(rule: &Rule, here: &mut Place<'_>) {
    if rule.until.is_never() && rule.when.nth.is_none() {
        let help = "add until = { times = 3 }, or pick one request with when.nth";
        here.error(&["id"], "this rule never ends", help);
    }
    if rule.until.times == Some(0) || rule.until.in_a_row == Some(0) {
        here.error(&["until"], "this rule is over before it begins", "choose 1 or more");
    }
    if rule.until.span.is_some_and(|span| span.duration().is_zero()) {
        here.error(&["until", "for"], "this rule is over before it begins", "choose a longer time");
    }
    if rule.when.nth.is_some() && rule.until.times.is_some_and(|times| times > 1) {
        let message = "when.nth picks one request, so it never happens twice";
        here.error(&["until", "times"], message, "leave one of them out, or use when.from");
    }
}

fn faults(rule: &Rule, tables: &[&'static Tables], here: &mut Place<'_>) {
    let then = &rule.then;
    if *then == Then::default() {
        let help = "choose answer, body, patch, stale, delay, slow, cut, message or connection";
        here.error(&["then"], "nothing happens", help);
    }
    if let Some(answer) = &then.answer {
        instead(answer, tables, here);
    }
    if let Some(patch) = &then.patch {
        patched(patch, here);
    }
    let needs_time = then.message.is_some() || then.stale || then.connection.is_some();
    if needs_time && rule.when.is_about_the_answer() {
        let message = "by the time the world has answered, it is too late for this";
        here.error(&["then"], message, "use answer, patch, body, delay or cut");
    }
    if rule.when.granted && !rule.when.refused.is_empty() {
        let message = "no request is granted and refused";
        here.error(&["when"], message, "choose one of them");
    }
    pairs(then, here);
    figures(then, here);
    let calls = &rule.when.call;
    let polls = calls.iter().all(|call| *call == Call::IdentificationStatus);
    if then.stale && !polls {
        here.error(
            &["then", "stale"],
            "only identification-status has an older status",
            "name that call alone",
        );
    }
    let change = then.body.as_ref().map(|body| body.kind);
    if matches!(change, Some(BodyChange::UnknownStatus | BodyChange::NullUrl))
        && calls.iter().any(|call| !matches!(call, Call::IdentificationStatus | Call::Initiate))
    {
        let message = "only initiate and identification-status answer with a status and an address";
        here.error(&["then", "body"], message, "name these calls alone");
    }
    if let Some(body) = &then.body
        && body.member.is_some()
        && !body.kind.takes_member()
    {
        let help = "leave it out; duplicate-key, wrong-type and missing-member take one";
        here.error(&["then", "body", "member"], "this is not done to one member", help);
    }
    if then.message.is_some() && !calls.iter().any(|call| sends(*call)) {
        let help =
            "choose create-user, send-email-confirmation, send-phone-code or resend-phone-code";
        here.error(&["then", "message"], "these calls send no message", help);
    }
}

const fn sends(call: Call) -> bool {
    matches!(
        call,
        Call::CreateUser
            | Call::SendEmailConfirmation
            | Call::SendPhoneCode
            | Call::ResendPhoneCode
    )
}

/// What cannot happen together.
fn pairs(then: &Then, here: &mut Place<'_>) {
    let no_answer = then.cut.is_some_and(|cut| {
        use crate::scenario::fault::Cut;
        matches!(cut, Cut::ResetBeforeHeaders | Cut::Close)
    });
    let unprocessed = then.answer.as_ref().is_some_and(|answer| !answer.processed);
    let clashes = [
        (
            then.answer.is_some() && then.body.is_some(),
            "body",
            "another answer has a body of its own",
        ),
        (then.answer.is_some() && then.patch.is_some(), "patch", "another answer is what it is"),
        (then.body.is_some() && then.patch.is_some(), "patch", "a damaged body has no parts"),
        (
            no_answer && then.patch.is_some(),
            "patch",
            "no answer is sent on a connection cut so early",
        ),
        (then.answer.is_some() && then.stale, "stale", "another answer shows no status"),
        (no_answer && then.body.is_some(), "body", "no body is sent on a connection cut so early"),
        (no_answer && then.slow.is_some(), "slow", "no body is sent on a connection cut so early"),
        (
            no_answer && then.answer.as_ref().is_some_and(|answer| !answer.processed),
            "answer",
            "no answer is sent on a connection cut so early",
        ),
        (
            unprocessed && then.message.is_some(),
            "message",
            "a request that is not processed sends none",
        ),
    ];
    for (clashes, key, message) in clashes {
        if clashes {
            here.error(&["then", key], message, "leave one of the two out");
        }
    }
}

fn figures(then: &Then, here: &mut Place<'_>) {
    match then.delay {
        Some(Delay::Drawn(Spread::Uniform { from, to })) if from >= to => {
            here.error(
                &["then", "delay"],
                "from is not shorter than to",
                "swap them, or write one span",
            );
        }
        Some(Delay::Drawn(Spread::LogNormal { median, sigma, at_most })) => {
            if !(sigma > 0.0 && sigma <= 3.0) {
                here.error(
                    &["then", "delay"],
                    format!("sigma {sigma} is no spread"),
                    "choose above 0 and at most 3",
                );
            }
            if at_most < median {
                here.error(&["then", "delay"], "at-most is below the median", "raise it");
            }
        }
        Some(Delay::Fixed(span)) if span.duration().is_zero() => {
            here.error(&["then", "delay"], "this is no delay", "choose a longer time");
        }
        _ => {}
    }
    if then.slow == Some(0) {
        here.error(&["then", "slow"], "no byte would ever be sent", "choose 1 or more");
    }
    if let Some(connection) = &then.connection {
        if connection.connections == 0 {
            here.error(
                &["then", "connection", "connections"],
                "no connection meets it",
                "choose 1 or more",
            );
        }
        if let Meets::Stall(span) | Meets::Refuse(span) = connection.meets
            && span.duration().is_zero()
        {
            here.error(
                &["then", "connection", "meets"],
                "this takes no time",
                "choose a longer time",
            );
        }
        if matches!(connection.meets, Meets::Refuse(_)) && connection.connections != 1 {
            let message = "a closed port refuses every connection while it is closed";
            here.error(&["then", "connection", "connections"], message, "leave it out");
        }
    }
}

fn instead(answer: &Instead, tables: &[&'static Tables], here: &mut Place<'_>) {
    match (&answer.problem, answer.status) {
        (None, None) => {
            here.error(
                &["then", "answer"],
                "neither a problem nor a status is named",
                "name one of them",
            );
        }
        (Some(_), Some(_)) => {
            here.error(
                &["then", "answer"],
                "a problem has a status of its own",
                "leave out status",
            );
        }
        (Some(name), None) => named(name, answer, tables, here),
        (None, Some(status)) => {
            if !(200..=599).contains(&status) {
                let message = format!("{status} is no status that ends a request");
                here.error(&["then", "answer", "status"], message, "choose 200 to 599");
            }
            let bare = matches!(status, 204 | 205 | 304);
            if bare && answer.family.is_some_and(|family| family != Shape::Empty) {
                let message = format!("an answer {status} has no body");
                here.error(&["then", "answer", "family"], message, "leave it out");
            }
        }
    }
    let wordless =
        matches!(answer.family, None | Some(Shape::Empty | Shape::AllNull | Shape::Html));
    if answer.text.is_some() && wordless && answer.problem.is_none() {
        here.error(&["then", "answer", "text"], "this shape has no text", "choose another family");
    }
    if answer.retry_after_date && answer.retry_after.is_none() {
        let message = "there is no Retry-After to write as a date";
        here.error(&["then", "answer", "retry-after-date"], message, "add retry-after = \"30s\"");
    }
}

fn patched(patch: &Patch, here: &mut Place<'_>) {
    if patch.is_empty() {
        let help = "name status, headers, set or remove";
        here.error(&["then", "patch"], "nothing is replaced", help);
    }
    if patch.status.is_some_and(|status| !(200..=599).contains(&status)) {
        let message = "this is no status that ends a request";
        here.error(&["then", "patch", "status"], message, "choose 200 to 599");
    }
    let known = |name: &String| PATCHABLE.contains(&name.to_lowercase().as_str());
    if let Some(name) = patch.headers.keys().find(|name| !known(name)) {
        let message = format!("'{name}' cannot be replaced");
        let help = format!("choose one of {}", PATCHABLE.join(", "));
        here.error(&["then", "patch", "headers"], message, help);
    }
    if let Some(both) = patch.remove.iter().find(|name| patch.set.contains_key(*name)) {
        let message = format!("'{both}' is set and taken away");
        here.error(&["then", "patch", "remove"], message, "choose one of them");
    }
}

fn named(name: &str, answer: &Instead, tables: &[&'static Tables], here: &mut Place<'_>) {
    let Some(problem) = Problem::ALL.iter().find(|problem| problem.name() == name) else {
        let known: Vec<_> = Problem::ALL.iter().map(|problem| problem.name()).collect();
        let help = format!("choose one of {}", known.join(", "));
        return here.error(
            &["then", "answer", "problem"],
            format!("no refusal is called '{name}'"),
            help,
        );
    };
    if tables.iter().all(|tables| tables.refusals().all(|row| row.problem != *problem)) {
        let message = format!("edition {} has no refusal '{name}'", names(tables));
        here.error(&["then", "answer", "problem"], message, "choose another, or name a status");
    }
    if answer.family.is_some() || answer.text.is_some() || answer.json.is_some() {
        let message = "the edition says how this refusal looks";
        here.error(
            &["then", "answer"],
            message,
            "leave out family, text and json, or name a status instead",
        );
    }
}

/// A rule behind one that takes every request before it.
fn shadow(rule: &Rule, before: &[Rule], here: &mut Place<'_>) {
    let swallows = |earlier: &&Rule| {
        let when = &earlier.when;
        let always = when.nth.is_none()
            && when.from.unwrap_or(1) == 1
            && when.every.unwrap_or(1) == 1
            && when.probability.is_none_or(|chance| chance >= 1.0)
            && when.header.is_none()
            && when.member.is_none()
            && when.lacks.is_none()
            && !when.is_about_the_answer()
            && when.user.is_none()
            && when.phase.is_none()
            && when.state.is_empty();
        let endless = earlier.until.times.is_none() && earlier.until.in_a_row.is_none();
        let same = rule.when.call.iter().all(|call| when.call.contains(call));
        always && endless && same && ends(&earlier.then) && ends(&rule.then)
    };
    if let Some(earlier) = before.iter().find(swallows) {
        let message = format!("'{}' takes every request that this rule waits for", earlier.id);
        here.warning(&["id"], message, "move this rule up, or bound the other with until.times");
    }
}

/// Whether a fault decides the answer, so that no other rule can decide it too.
const fn ends(then: &Then) -> bool {
    then.answer.is_some()
}
