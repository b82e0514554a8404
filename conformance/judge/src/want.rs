//! What has to come of a scene, as data: each want is looked for in the exchanges of its scene, and
//! what an edition's rows say about a refusal is read from them.

use contract::{
    Call, Problem, Provenance, Variant,
    answer::Shape,
    problem::{Family, ProblemRow},
    trace::{Exchange, Landing},
};
use serde_json::Value;

use crate::{
    exam::{Act, Take},
    finding::Findings,
    steps::{described, member, shape, shown},
    story::Deed,
    view::Seen,
};

/// One thing that has to come of a scene. It is wanted of each of its requests.
#[derive(Clone, Copy, Debug)]
pub enum Want {
    /// It succeeds as the call's row has it.
    Success,
    /// It is refused in one of these ways, as their rows have it.
    Refusal(&'static [Problem]),
    /// It is refused with any 4xx.
    Refused,
    /// It is refused with any 4xx, or the handshake fails.
    Barred,
    /// It has one of these statuses.
    Status(&'static [u16]),
    /// It is answered, and not with a server error.
    Handled,
    /// A refusal that names fields names this one.
    Names(&'static str),
    /// A member has this value, where the edition has such a member.
    Says(&'static str, Literal),
    /// A member of the answer is the same as in the n-th scene of the story, counted from 1.
    Same(u32, &'static [&'static str]),
    /// It differs from the one of the n-th scene.
    Differs(u32, &'static str),
    /// All answers of the scene agree in these members.
    Agree(&'static [&'static str]),
    /// There is no access token in it.
    NoToken,
    /// It says how to authenticate (RFC 6750, 3).
    Challenge,
    /// It lists the methods that there are (RFC 9110, 15.5.6).
    Allow,
    /// Something that words can tell and no other want does.
    Holds(&'static str, fn(&Exchange) -> bool),
    /// A message arrives.
    Arrives,
    /// None does.
    NothingArrives,
    /// The browser comes back to this address.
    Lands(Landing),
    /// It does not come back to Success.
    NeverSuccess,
    /// No host goes on with the handshake.
    NoHandshake,
    /// It was done to its end.
    Done,
    /// These members are as in every success of the same call before.
    AsEver(&'static [&'static str]),
    /// One reading of an open question says this, the other ones that.
    Reads(Variant, &'static [(&'static str, Self)]),
    /// It should be so; if it is not, that is a warning.
    Should(&'static Self),
    /// Whatever it is, it is told.
    Told(&'static str),
}

/// A value that a want compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `true`.
    True,
    /// `false`.
    False,
    /// A number.
    Number(i64),
}

impl Literal {
    fn value(self) -> Value {
        match self {
            Self::True => Value::Bool(true),
            Self::False => Value::Bool(false),
            Self::Number(number) => Value::from(number),
        }
    }
}

impl Want {
    /// Looks for it in a scene.
    pub(crate) fn judge(self, act: &Act<'_>, take: &Take<'_>, findings: &mut Findings) {
        match self {
            Self::Arrives if act.arrivals == 0 => {
                findings.broken("a message arrives", "none came", act.at);
            }
            Self::NothingArrives if act.arrivals > 0 => {
                findings.broken("no message is sent", "one arrived", act.at);
            }
            Self::Lands(to) => lands(to, act, findings),
            Self::NeverSuccess => never_success(act, findings),
            Self::Agree(members) => agree(members, act, findings),
            Self::NoHandshake => no_handshake(act, findings),
            Self::Done => {
                if let Some(why) = act.undone {
                    findings.broken(format!("'{}' succeeds", act.words()), why, act.at);
                }
            }
            Self::Reads(variant, readings) => reads((variant, readings), act, take, findings),
            Self::Should(want) => {
                let mut inner = Findings::default();
                want.judge(act, take, &mut inner);
                findings.soften(inner);
            }
            Self::Told(what) => told(what, act, findings),
            Self::Arrives | Self::NothingArrives => {}
            each => {
                if act.seen.is_empty() {
                    findings.missing(format!("'{}' was not answered", act.words()));
                }
                act.seen.iter().for_each(|seen| each.one((seen, act), take, findings));
            }
        }
    }

    fn one(self, (seen, act): (&Seen<'_>, &Act<'_>), take: &Take<'_>, findings: &mut Findings) {
        let status = seen.exchange.status;
        let is_refused = (400..500).contains(&status);
        let wanted = |what: &str| format!("'{}' {what}", act.words());
        let got = || described(seen.exchange);
        match self {
            Self::Success => succeeds((seen, act), take, findings),
            Self::Refusal(problems) => refused((seen, act), (problems, take), findings),
            Self::Refused if !is_refused => {
                findings.broken(wanted("is refused with a 4xx"), got(), seen.number);
            }
            Self::Barred if !is_refused && status != 0 => {
                findings.broken(wanted("is refused, or its handshake fails"), got(), seen.number);
            }
            Self::Status(known) if !known.contains(&status) => {
                let words: Vec<_> = known.iter().map(u16::to_string).collect();
                let words = words.join(" or ");
                findings.broken(wanted(&format!("is answered {words}")), got(), seen.number);
            }
            Self::Handled if status == 0 || status >= 500 => {
                let what = "is answered without a server error";
                findings.broken(wanted(what), got(), seen.number);
            }
            Self::Names(field) => names(field, seen, findings),
            Self::Says(name, literal) if take.declares(act.call(), name) => {
                let value = member(seen, name);
                if value != Some(&literal.value()) {
                    let what = format!("says {name} = {}", literal.value());
                    findings.broken(wanted(&what), shown(value), seen.number);
                }
            }
            Self::Same(scene, members) => {
                for name in members {
                    let (then, now) = (take.member_of(scene, name), member(seen, name));
                    if then != now {
                        let what = format!("says the same {name} as before, {}", shown(then));
                        findings.broken(wanted(&what), shown(now), seen.number);
                    }
                }
            }
            Self::AsEver(members) => as_ever(members, (seen, act), take, findings),
            Self::Differs(scene, name) => {
                let (then, now) = (take.member_of(scene, name), member(seen, name));
                if then == now {
                    let what = format!("says another {name} than before");
                    findings.broken(wanted(&what), shown(now), seen.number);
                }
            }
            Self::NoToken if member(seen, "access_token").is_some() => {
                findings.broken(wanted("gets no token"), "a token", seen.number);
            }
            Self::Challenge if header(seen, "www-authenticate").is_none() => {
                let what = "is told how to authenticate";
                findings.broken(wanted(what), "no WWW-Authenticate", seen.number);
            }
            Self::Allow if header(seen, "allow").is_none_or(str::is_empty) => {
                findings.broken(wanted("is told what is allowed"), "no Allow", seen.number);
            }
            Self::Holds(what, holds) if !holds(seen.exchange) => {
                findings.broken(wanted(what), got(), seen.number);
            }
            _ => {}
        }
    }
}

fn succeeds((seen, act): (&Seen<'_>, &Act<'_>), take: &Take<'_>, findings: &mut Findings) {
    let wanted = take.view.success_status(act.call()).unwrap_or_default();
    if seen.exchange.status == wanted {
        return shape::check(&take.view, seen, findings);
    }
    let words = format!("'{}' is answered {wanted}", act.words());
    findings.broken(words, described(seen.exchange), seen.number);
}

/// A refusal as the rows of the edition have it. What a row only assumes is not held against a
/// server that refuses in another way.
fn refused(
    (seen, act): (&Seen<'_>, &Act<'_>),
    (problems, take): (&[Problem], &Take<'_>),
    findings: &mut Findings,
) {
    let rows: Vec<_> =
        problems.iter().filter_map(|problem| take.problem(*problem, act.call())).collect();
    let status = seen.exchange.status;
    let mut known: Vec<_> = rows.iter().map(|row| row.status.to_string()).collect();
    known.dedup();
    let wanted = format!("'{}' is refused with {}", act.words(), known.join(" or "));
    let got = described(seen.exchange);
    if !(400..500).contains(&status) {
        return findings.broken(wanted, got, seen.number);
    }
    let fits = |row: &&&ProblemRow| row.status == status && has_form(row.family, seen.exchange);
    if rows.iter().find(fits).is_some() {
        return;
    }
    let same = rows.iter().find(|row| row.status == status);
    let words = match same {
        Some(row) => format!("{wanted} and {}", form_words(row.family)),
        None => wanted,
    };
    let is_certain = rows.iter().all(|row| is_certain(row));
    match is_certain {
        true => findings.broken(words, got, seen.number),
        false => findings.doubtful(words, got, seen.number),
    }
}

/// Whether a row is documented, or a reading chose it.
fn is_certain(row: &ProblemRow) -> bool {
    !row.when.is_empty() || matches!(row.provenance, Provenance::Documented { .. })
}

/// Whether a body has the form of a family.
fn has_form(family: Family, exchange: &Exchange) -> bool {
    let has = |name: &str| exchange.answer.as_ref().is_some_and(|body| body.get(name).is_some());
    match family {
        Family::F1 | Family::F2 | Family::F2Short | Family::F7 => has("errors"),
        Family::F3 => has("errorCode") && has("errorMessage"),
        Family::F4 => has("title") && has("status"),
        Family::F5 => exchange.answer.as_ref().is_some_and(Value::is_array),
        Family::Plain => has("title") && has("status"),
        Family::OAuth | Family::OAuthDescribed => has("error"),
        Family::Html | Family::Page => exchange.answer.as_ref().is_some_and(Value::is_string),
        Family::Empty => exchange.answer.is_none(),
    }
}

const fn form_words(family: Family) -> &'static str {
    match family {
        Family::F1 | Family::F2 | Family::F2Short | Family::F7 => "has errors",
        Family::F3 => "has errorCode and errorMessage",
        Family::F4 | Family::Plain => "is a problem document",
        Family::F5 => "is an array of errors",
        Family::OAuth | Family::OAuthDescribed => "names its error as OAuth does",
        Family::Html | Family::Page => "is a page",
        Family::Empty => "has no body",
    }
}

fn names(field: &str, seen: &Seen<'_>, findings: &mut Findings) {
    // Only a body with entries by field can name one.
    let Some(Value::Object(errors)) = member(seen, "errors") else { return };
    if !errors.keys().any(|key| is_about(key, field)) {
        let keys: Vec<_> = errors.keys().map(String::as_str).collect();
        findings.broken(format!("errors names {field}"), keys.join(", "), seen.number);
    }
}

/// Keys are names of members, as JSON paths with some readers.
fn is_about(key: &str, field: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or(key);
    key.eq_ignore_ascii_case(field) || last.eq_ignore_ascii_case(field)
}

fn lands(to: Landing, act: &Act<'_>, findings: &mut Findings) {
    let wanted = format!("'{}' ends at {to:?}", act.words());
    match act.hits.as_slice() {
        [] => findings.broken(wanted, "no browser came back", act.at),
        hits => {
            for hit in hits.iter().filter(|hit| hit.redirected.to != to) {
                findings.broken(&wanted, format!("at {:?}", hit.redirected.to), hit.number);
            }
        }
    }
}

fn never_success(act: &Act<'_>, findings: &mut Findings) {
    for hit in act.hits.iter().filter(|hit| hit.redirected.to == Landing::Success) {
        let wanted = format!("'{}' leads to no success", act.words());
        findings.broken(wanted, "the browser came to Success", hit.number);
    }
}

fn agree(members: &[&str], act: &Act<'_>, findings: &mut Findings) {
    let Some(first) = act.seen.first() else {
        return findings.missing(format!("'{}' was not answered", act.words()));
    };
    for seen in &act.seen {
        for name in members {
            let (one, other) = (member(first, name), member(seen, name));
            if one != other {
                let wanted = format!("all answers say {name} = {}", shown(one));
                findings.broken(wanted, shown(other), seen.number);
            }
        }
    }
}

fn no_handshake(act: &Act<'_>, findings: &mut Findings) {
    if act.hellos.is_empty() {
        findings.missing(format!("'{}' was not said", act.words()));
    }
    for (number, hello) in &act.hellos {
        if hello.answer == "server hello" {
            let wanted = format!("'{}' is refused", act.words());
            findings.broken(wanted, format!("the {} host takes it", hello.host), *number);
        }
    }
}

fn as_ever(
    members: &[&str],
    (seen, act): (&Seen<'_>, &Act<'_>),
    take: &Take<'_>,
    findings: &mut Findings,
) {
    let success = take.view.success_status(act.call());
    let calls = take.view.calls(act.call());
    // An answer that was damaged on its way says nothing.
    let whole = |other: &&Seen<'_>| {
        Some(other.exchange.status) == success && member(other, members[0]).is_some()
    };
    for earlier in calls.iter().filter(|other| other.number < seen.number).filter(whole) {
        for name in members {
            let (then, now) = (member(earlier, name), member(seen, name));
            if then != now {
                let wanted = format!("'{}' says the same {name} as ever", act.words());
                findings.broken(
                    wanted,
                    format!("{}, then {}", shown(then), shown(now)),
                    seen.number,
                );
            }
        }
    }
}

/// An open question: the reading in force passes; another one is contested, since the documents
/// allow it; none of them fails.
fn reads(
    (variant, readings): (Variant, &[(&str, Want)]),
    act: &Act<'_>,
    take: &Take<'_>,
    findings: &mut Findings,
) {
    let in_force = take.view.plan.variants.reading(variant).id;
    let fitting: Vec<_> = readings
        .iter()
        .filter(|(_, want)| {
            let mut inner = Findings::default();
            want.judge(act, take, &mut inner);
            inner.is_clean()
        })
        .map(|(reading, _)| *reading)
        .collect();
    let id = variant.row().id;
    if fitting.contains(&in_force) {
        return findings.told(format!("{id}: as '{in_force}' has it"));
    }
    match fitting.as_slice() {
        [] => {
            let known: Vec<_> = readings.iter().map(|(reading, _)| *reading).collect();
            let wanted = format!("'{}' as {id} has it: {}", act.words(), known.join(" or "));
            let got = act.seen.first().map(|seen| described(seen.exchange));
            let at = act.seen.first().map_or(act.at, |seen| seen.number);
            findings.broken(wanted, got.unwrap_or_else(|| "nothing".to_owned()), at);
        }
        others => findings.contested(
            format!("'{}' as '{in_force}' of {id} has it", act.words()),
            format!("as '{}' has it", others.join("' or '")),
            act.seen.first().map_or(act.at, |seen| seen.number),
        ),
    }
}

fn told(what: &str, act: &Act<'_>, findings: &mut Findings) {
    let statuses: Vec<_> = act.seen.iter().map(|seen| seen.exchange.status.to_string()).collect();
    findings.told(format!("{what}: {}", statuses.join(", ")));
}

fn header<'a>(seen: &Seen<'a>, name: &str) -> Option<&'a str> {
    let found = seen.exchange.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

impl Act<'_> {
    /// What was done, in words.
    pub(crate) fn words(&self) -> String {
        self.deed.words()
    }

    /// The call that was made, if any.
    pub(crate) fn call(&self) -> Call {
        match &self.deed {
            Deed::Ask(ask) => ask.call,
            _ => Call::UserStatus,
        }
    }
}

impl Take<'_> {
    fn problem(&self, problem: Problem, call: Call) -> Option<&'static ProblemRow> {
        self.view.tables().problem(problem, Some(call), &self.view.plan.variants)
    }

    /// Whether a success of a call has a member in this edition.
    fn declares(&self, call: Call, name: &str) -> bool {
        let success = self.view.row(call).and_then(|row| row.success(&self.view.plan.variants));
        match success.map(|success| success.shape) {
            Some(Shape::Object(members)) => members.iter().any(|member| member.name == name),
            _ => false,
        }
    }

    /// A member of the last answer of the n-th scene.
    fn member_of(&self, scene: u32, name: &str) -> Option<&Value> {
        let index = usize::try_from(scene).ok()?.checked_sub(1)?;
        member(self.acts.get(index)?.seen.last()?, name)
    }
}
