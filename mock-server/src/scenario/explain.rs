//! A scenario in plain words: what it needs, how a client comes to it, what each rule waits for and
//! does, and what the trace must show at the end.

use std::fmt::Write as _;

use contract::scenario::{
    Beat, EmailComes, Rule, Scenario, Then,
    fault::{Delay, Instead, Spread},
    person::{Act, By},
    rule::{Match, Until},
};

/// The whole explanation.
#[must_use]
pub fn explain(name: &str, scenario: &Scenario) -> String {
    let mut out = format!("{name}: {}\n{}\n", scenario.title, scenario.why);
    needs(scenario, &mut out);
    chosen(name, scenario, &mut out);
    people(scenario, &mut out);
    if !scenario.rule.is_empty() {
        out.push_str("\nRules:\n");
        scenario.rule.iter().for_each(|rule| line(&mut out, &self::rule(rule)));
    }
    if !scenario.expect.is_empty() {
        out.push_str("\nExpects:\n");
        for outcome in judge::expect::judge(scenario, &[]) {
            line(&mut out, &outcome.expected);
        }
    }
    out
}

fn line(out: &mut String, text: &str) {
    // Writing to a text never fails.
    let _ = writeln!(out, "  {text}");
}

fn needs(scenario: &Scenario, out: &mut String) {
    let edition = scenario.edition.map(|edition| format!("edition {edition}"));
    let variants = scenario.variants.iter().map(|(id, reading)| format!("{id}={reading}"));
    let seed = scenario.seed.map(|seed| format!("seed {seed}"));
    let clock = scenario.clock.as_ref().map(|clock| format!("a clock that is {clock}"));
    let given = (!scenario.given.is_empty())
        .then(|| format!("{} users that exist already", scenario.given.len()));
    let all: Vec<_> =
        edition.into_iter().chain(variants).chain(seed).chain(clock).chain(given).collect();
    if !all.is_empty() {
        out.push_str("\nNeeds:\n");
        line(out, &all.join(", "));
    }
}

fn chosen(name: &str, scenario: &Scenario, out: &mut String) {
    out.push_str("\nChosen by:\n");
    line(out, &format!("for everybody: mock-server serve --scenario {name}"));
    if !scenario.given.is_empty() {
        return;
    }
    line(out, &format!("for a user: an address such as anna+{name}@example.org"));
    if let Some(phone) = &scenario.phone {
        line(out, &format!("for a user: the phone number {phone}"));
    }
    line(out, &format!("for one request: the header {}: {name}", sim::SCENARIO_HEADER));
    line(out, "by the control listener: POST /v1/scenario");
}

fn people(scenario: &Scenario, out: &mut String) {
    if scenario.client.email == EmailComes::Later {
        out.push_str(
            "\nThe merchant of scenario run:\n  tells the address when it asks for the mail\n",
        );
    }
    if let Some(person) = &scenario.person {
        out.push_str("\nThe person:\n");
        let by = match person.by {
            By::Mock => format!("is played by the mock, {} a screen", person.pace),
            By::Page => "is whoever opens the pages".to_owned(),
        };
        line(out, &by);
        for (leg, journey) in
            [("identification", &person.identification), ("signing", &person.signing)]
        {
            let act = match journey.act {
                Act::Complete => "completes it",
                Act::Fail => "fails",
                Act::Cancel => "gives up",
                Act::Abandon => "goes away",
            };
            let at = journey.at.as_ref().map(|at| format!(" at the screen {at}"));
            let back = match journey.redirect.times {
                0 => ", and no browser comes back",
                2 => ", and the browser comes back twice",
                _ if journey.redirect.after_result => {
                    ", and the browser comes back with the result"
                }
                _ => "",
            };
            line(out, &format!("{leg}: {act}{}{back}", at.unwrap_or_default()));
        }
    }
    for (phase, beats) in [
        ("identification", &scenario.timeline.identification),
        ("signing", &scenario.timeline.signing),
    ] {
        if !beats.is_empty() {
            let told: Vec<_> = beats.iter().map(beat).collect();
            let _ = writeln!(out, "\nStatuses of {phase}:\n  {}", told.join("\n  "));
        }
    }
}

fn beat(beat: &Beat) -> String {
    let when = match (beat.after, beat.polls) {
        (Some(after), _) => format!("after {after}"),
        (_, Some(polls)) => format!("after {polls} polls"),
        _ => "on an event".to_owned(),
    };
    format!("{} {when}", beat.status)
}

fn rule(rule: &Rule) -> String {
    format!("{}: {}: {}{}", rule.id, waits(&rule.when), does(&rule.then), ends(&rule.until))
}

fn waits(when: &Match) -> String {
    let calls: Vec<_> = when.call.iter().map(ToString::to_string).collect();
    let which = match (when.nth, when.from, when.every) {
        (Some(nth), ..) => format!("number {nth} of "),
        (_, Some(from), _) => format!("number {from} and later of "),
        (_, _, Some(every)) => format!("every number {every} of "),
        _ => String::new(),
    };
    let state: Vec<_> = when.state.iter().map(|state| state.name()).collect();
    let more = [
        when.phase.map(|phase| format!("in the phase {phase:?}").to_lowercase()),
        (!state.is_empty()).then(|| format!("of users who are {}", state.join(" or "))),
        when.user.as_ref().map(|user| format!("of {user}")),
        when.header.as_ref().map(|header| format!("with the header {}", header.name)),
        when.member.as_ref().map(|member| format!("with the member {}", member.name)),
        when.lacks.as_ref().map(|name| format!("without the member {name}")),
        when.granted.then(|| "that are granted".to_owned()),
        (!when.refused.is_empty()).then(|| {
            let names: Vec<_> = when.refused.iter().map(|problem| problem.name()).collect();
            format!("that are refused with {}", names.join(" or "))
        }),
        when.probability.map(|chance| format!("by chance ({chance})")),
    ];
    let more: String = more.into_iter().flatten().map(|more| format!(" {more}")).collect();
    format!("{which}{}{more}", calls.join(" or "))
}

fn does(then: &Then) -> String {
    let named = |word: serde_json::Value| word.to_string().replace('"', "");
    let all = [
        then.delay.map(delay),
        then.answer.as_ref().map(answer),
        then.body.as_ref().map(|body| {
            let member = body.member.as_ref().map(|member| format!(" ({member})"));
            let kind = named(serde_json::to_value(body.kind).unwrap_or_default());
            format!("body {kind}{}", member.unwrap_or_default())
        }),
        then.patch.as_ref().map(|_| "parts of the answer are replaced".to_owned()),
        then.stale.then(|| "an older status".to_owned()),
        then.slow.map(|bytes| format!("{bytes} bytes a second")),
        then.cut.map(|cut| named(serde_json::to_value(cut).unwrap_or_default())),
        then.message.map(|message| {
            format!("messages: {}", named(serde_json::to_value(message).unwrap_or_default()))
        }),
        then.connection.as_ref().map(|connection| {
            let meets = named(serde_json::to_value(connection.meets).unwrap_or_default());
            let listener = named(serde_json::to_value(connection.listener).unwrap_or_default());
            format!("the next connection to {listener} meets {meets}")
        }),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn delay(delay: Delay) -> String {
    match delay {
        Delay::Fixed(span) => format!("{span} late"),
        Delay::Drawn(Spread::Uniform { from, to }) => format!("{from} to {to} late"),
        Delay::Drawn(Spread::LogNormal { median, at_most, .. }) => {
            format!("about {median} late, never more than {at_most}")
        }
    }
}

fn answer(answer: &Instead) -> String {
    let what = match (&answer.problem, answer.status) {
        (Some(problem), _) => problem.clone(),
        (None, status) => format!("status {}", status.unwrap_or(500)),
    };
    let retry = answer.retry_after.map(|span| format!(", again in {span}")).unwrap_or_default();
    let done = if answer.processed { ", though it was done" } else { "" };
    format!("{what} instead of the answer{retry}{done}")
}

fn ends(until: &Until) -> String {
    let all = [
        until.times.map(|times| format!("{times} times")),
        until.span.map(|span| format!("for {span}")),
        until.in_a_row.map(|most| format!("at most {most} in a row")),
    ];
    let all: Vec<_> = all.into_iter().flatten().collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
}
