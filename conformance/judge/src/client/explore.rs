//! Fault schedules for a client: drawn from a seed, played as a scenario, judged by what must hold
//! whatever happens, and made smaller as long as they still break the client.

use contract::{Call, trace::client::Ending};

use super::{
    bundle::Played,
    case::{Case, Group, Human},
    declaration::Declaration,
    row::{Cases, Notes, Watch, Weight},
    rows,
    view::View,
};

/// One fault: what happens to which request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strike {
    /// Where.
    pub place: &'static Place,
    /// At the how-manieth request there, from 1.
    pub nth: u32,
    /// In how many requests, one after the other.
    pub times: u32,
    /// What.
    pub blow: &'static Blow,
}

/// Where faults can hit.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    call: Call,
    phase: Option<&'static str>,
    /// The largest number that makes sense.
    most: u32,
}

/// What can happen to a request.
#[derive(Debug, PartialEq, Eq)]
pub struct Blow {
    then: &'static str,
    word: &'static str,
}

const PLACES: &[Place] = &[
    Place { call: Call::IdentificationStatus, phase: Some("identification"), most: 3 },
    Place { call: Call::IdentificationStatus, phase: Some("signing"), most: 3 },
    Place { call: Call::Finalize, phase: None, most: 1 },
];

const BLOWS: &[Blow] = &[
    Blow { then: "answer = { status = 503 }", word: "503" },
    Blow { then: "answer = { status = 500 }", word: "500" },
    Blow { then: "answer = { status = 504, family = \"html\" }", word: "504 as a page" },
    Blow { then: "answer = { status = 429, retry-after = \"4s\" }", word: "429, come back in 4 s" },
    Blow { then: "cut = \"reset-before-headers\"", word: "a reset instead of an answer" },
    Blow { then: "cut = \"close\"", word: "an end instead of an answer" },
    Blow { then: "cut = \"reset-after-headers\"", word: "a reset after the headers" },
];

/// The faults of one run.
pub type Schedule = Vec<Strike>;

/// A schedule of one to three faults, from a source of numbers below a bound.
pub fn draw(mut below: impl FnMut(u64) -> u64) -> Schedule {
    let mut pick = |count: usize| usize::try_from(below(count as u64)).unwrap_or_default();
    let count = 1 + pick(3);
    let mut schedule = Schedule::new();
    for _ in 0..count {
        let place = &PLACES[pick(PLACES.len())];
        let nth = 1 + u32::try_from(pick(place.most as usize)).unwrap_or_default();
        let times = 1 + u32::try_from(pick(2)).unwrap_or_default();
        schedule.push(Strike { place, nth, times, blow: &BLOWS[pick(BLOWS.len())] });
    }
    schedule
}

/// Every schedule that is one step smaller, the smallest first.
#[must_use]
pub fn smaller(schedule: &[Strike]) -> Vec<Schedule> {
    let mut all = Vec::new();
    if schedule.len() > 1 {
        for at in 0..schedule.len() {
            all.push(
                schedule.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, s)| *s).collect(),
            );
        }
    }
    for at in 0..schedule.len() {
        let strike = schedule[at];
        let mut lesser = Vec::new();
        if strike.times > 1 {
            lesser.push(Strike { times: 1, ..strike });
        }
        if strike.nth > 1 {
            lesser.push(Strike { nth: strike.nth - 1, ..strike });
        }
        for less in lesser {
            let mut changed = schedule.to_vec();
            changed[at] = less;
            all.push(changed);
        }
    }
    all
}

/// The rules of a schedule, TOML.
#[must_use]
pub fn rules(schedule: &[Strike]) -> String {
    // Two phases of some length, so that there are polls to hit.
    let mut text = TIMELINE.to_owned();
    for (number, strike) in (1..).zip(schedule) {
        let Strike { place, nth, times, blow } = strike;
        let call = place.call.name();
        let phase = place.phase.map(|phase| format!(", phase = \"{phase}\"")).unwrap_or_default();
        let (when, until) = if *times == 1 {
            (format!("nth = {nth}"), String::new())
        } else {
            (format!("from = {nth}"), format!("until = {{ times = {times} }}\n"))
        };
        text += &format!(
            "[[rule]]\nid = \"fault-{number}\"\nwhen = {{ call = \"{call}\"{phase}, {when} }}\n\
             then = {{ {} }}\n{until}",
            blow.then
        );
    }
    text
}

const TIMELINE: &str = r#"[[timeline.identification]]
status = "PROCESSING"
polls = 3
[[timeline.identification]]
status = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"
polls = 1
[[timeline.signing]]
status = "PROCESSING"
polls = 3
[[timeline.signing]]
status = "DOCUMENT_SIGN_SUCCESS"
polls = 1
"#;

/// A schedule in words.
#[must_use]
pub fn words(schedule: &[Strike]) -> String {
    let one = |strike: &Strike| {
        let call = strike.place.call.name();
        let phase = strike.place.phase.map(|phase| format!(" ({phase})")).unwrap_or_default();
        let times =
            if strike.times > 1 { format!(", {} times", strike.times) } else { String::new() };
        format!("{} at request {} of {call}{phase}{times}", strike.blow.word, strike.nth)
    };
    schedule.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// A schedule as a case. It lives as long as the program, like every case.
#[must_use]
pub fn case(schedule: &[Strike]) -> &'static Case {
    Box::leak(Box::new(Case {
        name: "explored",
        group: Group::Outages,
        title: "Faults that a search has drawn.",
        scenario: Box::leak(rules(schedule).into_boxed_str()),
        human: Human::CALM,
        needs: &[],
        worlds: &[],
        seconds: 180,
    }))
}

/// What must hold whatever happens: every row that is looked for in every case, an orderly end,
/// and, since all these faults pass, a flow that is finished. The sentences of what does not.
#[must_use]
pub fn broken(played: &Played, declared: &Declaration, scale: i64) -> Vec<String> {
    let view = View::of((played.case, scale), declared, &played.lines);
    let mut broken = Vec::new();
    for row in rows::all().filter(|row| matches!(row.cases, Cases::Every)) {
        let Watch::Trace(judge) = row.watch else { continue };
        let mut notes = Notes::default();
        judge(&view, &mut notes);
        let found = notes.found.into_iter().find(|found| found.weight == Weight::Broken);
        broken.extend(found.map(|found| format!("{}: {}", row.id, found.sentence)));
    }
    match view.ending() {
        Some(Ending::Crashed) => broken.push("It fell over.".to_owned()),
        Some(Ending::Stopped) | None => broken.push("It did not come to an end.".to_owned()),
        Some(Ending::Done | Ending::GaveUp) if !view.is_complete() => {
            broken.push("It gave up, though all these faults pass.".to_owned());
        }
        Some(Ending::Done | Ending::GaveUp) => {}
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_become_smaller_until_one_fault_is_left() {
        let mut number = 0;
        let drawn = draw(|bound| {
            number += 7;
            number % bound
        });
        assert!((1..=3).contains(&drawn.len()));
        let mut least = drawn;
        let mut steps = 0;
        while let Some(next) = smaller(&least).into_iter().next() {
            least = next;
            steps += 1;
            assert!(steps < 20);
        }
        assert_eq!((least.len(), least[0].nth, least[0].times), (1, 1, 1));
    }
}
