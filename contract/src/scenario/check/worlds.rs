//! The parts of a scenario besides its rules: settings, given users, the person, timelines and
//! expectations.

use super::{Findings, Step};
use crate::{
    Edition, Variants,
    scenario::{
        Beat, Scenario,
        person::{Act, By, Journey},
    },
    trace::Leg,
};

/// How many users may be given. More belong into a snapshot.
const MOST_GIVEN: usize = 10_000;

pub(super) fn check(scenario: &Scenario, found: &mut Findings) {
    texts(scenario, found);
    settings(scenario, found);
    given(scenario, found);
    if let Some(person) = &scenario.person {
        journey(&person.identification, Leg::Identification, person.by, found);
        journey(&person.signing, Leg::Signing, person.by, found);
    }
    timeline(&scenario.timeline.identification, ("identification", scenario), found);
    timeline(&scenario.timeline.signing, ("signing", scenario), found);
    expectations(scenario, found);
}

fn texts(scenario: &Scenario, found: &mut Findings) {
    for (key, text) in [("title", &scenario.title), ("why", &scenario.why)] {
        if text.trim().is_empty() {
            found.error(&[Step::Key(key)], format!("'{key}' is empty"), "say it in a few words");
        }
    }
}

fn settings(scenario: &Scenario, found: &mut Findings) {
    let mut variants = Variants::of(scenario.edition.unwrap_or(Edition::DEFAULT));
    for (id, reading) in &scenario.variants {
        if let Err(told) = variants.choose(id, reading) {
            let (message, help) = told.split_once("; ").unwrap_or((&told, ""));
            found.error(&[Step::Key("variants")], message, help);
        }
    }
    if let Some(clock) = &scenario.clock {
        let times = clock.strip_prefix('x').and_then(|digits| digits.parse::<u32>().ok());
        if !matches!(clock.as_str(), "real" | "stepped") && times.is_none_or(|times| times == 0) {
            found.error(
                &[Step::Key("clock")],
                format!("'{clock}' is no clock"),
                "choose real, stepped, or x1 and more for a faster one",
            );
        }
    }
    if let Some(phone) = &scenario.phone
        && !is_e164(phone)
    {
        found.error(
            &[Step::Key("phone")],
            format!("'{phone}' is no phone number"),
            "write + and 8 to 15 digits",
        );
    }
}

fn is_e164(phone: &str) -> bool {
    let digits = phone.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn given(scenario: &Scenario, found: &mut Findings) {
    if scenario.given.len() > MOST_GIVEN {
        found.error(
            &[Step::Key("given")],
            format!("{} users are given", scenario.given.len()),
            format!("give at most {MOST_GIVEN}"),
        );
    }
    for (index, user) in scenario.given.iter().enumerate() {
        let place = |key| [Step::Key("given"), Step::Item(index), Step::Key(key)];
        let before = &scenario.given[..index];
        if user.email.is_some() && before.iter().any(|other| other.email == user.email) {
            found.error(
                &place("email"),
                "another given user has this address",
                "give each its own",
            );
        }
        if user.phone.is_some() && before.iter().any(|other| other.phone == user.phone) {
            found.error(&place("phone"), "another given user has this number", "give each its own");
        }
        if let Some(phone) = user.phone.as_deref().filter(|phone| !is_e164(phone)) {
            let message = format!("'{phone}' is no phone number");
            found.error(&place("phone"), message, "write + and 8 to 15 digits");
        }
        if user.email.as_deref().is_some_and(|email| !email.contains('@')) {
            found.error(&place("email"), "this is no e-mail address", "write name@example.org");
        }
    }
}

/// Where a person can stop on the way through an identification. Where a provider has no such
/// screen, the next one that it has counts.
const IDENTIFICATION: &[&str] = &[
    "consent",
    "details",
    "phone-code",
    "email-code",
    "document",
    "liveness",
    "review",
    "provider-documents",
    "provider-code",
    "done",
];

fn journey(journey: &Journey, leg: Leg, by: By, found: &mut Findings) {
    let name = if leg == Leg::Signing { "signing" } else { "identification" };
    let place = |key| [Step::Key("person"), Step::Key(name), Step::Key(key)];
    let screens: &[&str] = match (leg, journey.act) {
        (Leg::Identification, Act::Fail) => &["document", "liveness"],
        (Leg::Identification, _) => IDENTIFICATION,
        (Leg::Signing, _) => &["read", "code"],
    };
    match (&journey.at, journey.act) {
        (Some(at), Act::Complete) => {
            let message = format!("a person who completes the journey does not stop at '{at}'");
            found.error(&place("at"), message, "leave it out, or choose act = \"fail\"");
        }
        (Some(at), _) if !screens.contains(&at.as_str()) => {
            let help = format!("choose one of {}", screens.join(", "));
            found.error(&place("at"), format!("this cannot happen on a screen '{at}'"), help);
        }
        _ => {}
    }
    if journey.reason.is_some() && journey.act != Act::Fail {
        found.error(&place("reason"), "only a failure has a reason", "choose act = \"fail\"");
    }
    if journey.wrong_codes > 0 && (leg != Leg::Signing || by == By::Page) {
        let message = "wrong codes are entered when the mock's own person signs";
        found.error(
            &place("wrong-codes"),
            message,
            "move it to person.signing, with by = \"mock\"",
        );
    }
    if journey.returns > 0 && by == By::Page {
        let message = "whoever opens the pages decides how often they come back";
        found.error(&place("returns"), message, "choose by = \"mock\"");
    }
    if journey.redirect.times > 2 || (journey.redirect.times == 2 && by == By::Page) {
        let help = "choose 0 or 1, or 2 with by = \"mock\"";
        found.error(&place("redirect"), "this redirect cannot happen so often", help);
    }
    if journey.act == Act::Abandon && journey.redirect != super::super::person::Redirect::default()
    {
        let message = "a person who goes away is never sent back to the merchant";
        found.error(&place("redirect"), message, "leave it out");
    }
}

fn timeline(beats: &[Beat], (name, scenario): (&'static str, &Scenario), found: &mut Findings) {
    let target = match name {
        "signing" => "DOCUMENT_SIGN_SUCCESS",
        _ => "SIGN_SESSION_ID_SUCCESSFULLY_CREATED",
    };
    for (index, beat) in beats.iter().enumerate() {
        let place =
            |key| [Step::Key("timeline"), Step::Key(name), Step::Item(index), Step::Key(key)];
        let triggers = [beat.after.is_some(), beat.polls.is_some(), beat.on.is_some()];
        if triggers.iter().filter(|there| **there).count() != 1 {
            let message = "a status needs exactly one of after, polls and on";
            found.error(&place("status"), message, "add after = \"3s\", for example");
        }
        if beat.polls == Some(0) {
            found.error(&place("polls"), "no poll is never reached", "count from 1");
        }
        let ends = beat.status.name() == target || beat.status.is_failure();
        let is_last = index + 1 == beats.len();
        if ends && !is_last {
            let message = format!("{} ends the phase, so what follows never comes", beat.status);
            found.error(&place("status"), message, "move it to the end");
        }
        if !ends && !beat.status.is_interim() {
            let message = format!("{} does not belong to this phase", beat.status);
            found.error(&place("status"), message, format!("end it with {target} or ERROR"));
        }
        if is_last && !ends {
            let message = "the phase never ends";
            found.warning(&place("status"), message, format!("end it with {target} or ERROR"));
        }
    }
    let waits = beats.iter().any(|beat| beat.on == Some(super::super::Event::PersonDone));
    let gone = scenario.person.as_ref().is_some_and(|person| {
        let journey = if name == "signing" { &person.signing } else { &person.identification };
        matches!(journey.act, Act::Abandon)
    });
    if waits && gone {
        let message = "this waits for a person who never finishes";
        found.error(
            &[Step::Key("timeline"), Step::Key(name)],
            message,
            "let the person complete the journey, or wait for time",
        );
    }
}

fn expectations(scenario: &Scenario, found: &mut Findings) {
    for (index, expect) in scenario.expect.iter().enumerate() {
        let place = |key| [Step::Key("expect"), Step::Item(index), Step::Key(key)];
        for (key, see) in [("see", Some(&expect.see)), ("before", expect.before.as_ref())] {
            let Some(see) = see else { continue };
            let problem = match see.groups() {
                0 => "this looks for nothing",
                1 => {
                    if see.leg.is_some() && see.landing.is_none() {
                        "only a landing has a leg"
                    } else {
                        continue;
                    }
                }
                _ => "this looks for two kinds of lines at once",
            };
            found.error(
                &place(key),
                problem,
                "see one of: call, moved, lifecycle, sent, landing, armed, delivered",
            );
        }
        let counts = [expect.times, expect.at_least, expect.at_most];
        if expect.times.is_some() && counts.iter().flatten().count() > 1 {
            let message = "times says it exactly, and something else says it otherwise";
            found.error(&place("times"), message, "leave out at-least and at-most");
        }
        if let (Some(least), Some(most)) = (expect.at_least, expect.at_most)
            && least > most
        {
            let message = format!("nothing is seen at least {least} and at most {most} times");
            found.error(&place("at-least"), message, "swap them");
        }
        for (key, see) in [("see", Some(&expect.see)), ("before", expect.before.as_ref())] {
            let named = see.and_then(|see| see.armed.as_ref().or(see.delivered.as_ref()));
            if let Some(id) = named
                && !scenario.rule.iter().any(|rule| rule.id == *id)
            {
                let ids: Vec<_> = scenario.rule.iter().map(|rule| rule.id.as_str()).collect();
                let help = format!("the rules are: {}", ids.join(", "));
                found.error(&place(key), format!("there is no rule '{id}'"), help);
            }
        }
    }
}
