//! Scripted statuses. While a phase has them, polls say what the script says, and the session moves
//! on when the script comes to the phase's target or to a failure.

use contract::{
    scenario::{Beat, Event},
    status::IdentificationStatus,
    timing::Timing,
    trace::Leg,
};

use super::agenda::Due;
use serde::{Deserialize, Serialize};

use crate::{
    outcome::{Happening, Screen},
    session::Stage,
    world::{Course, World},
};

/// How far a session is in the timeline of its phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Of which phase.
    pub leg: Leg,
    /// Which status comes next, from 0.
    pub next: usize,
    /// How many polls have seen the present one.
    pub polls: u32,
    /// The present one; none before the first.
    pub status: Option<IdentificationStatus>,
}

impl World {
    /// A phase begins; if it is scripted, so does its timeline.
    pub(crate) fn begin_timeline(&mut self, id: i32, leg: Leg, course: &mut Course<'_>) {
        let is_scripted = self.beat(id, leg, 0).is_some();
        let Some(session) = self.users.get_mut(id).and_then(|user| user.session.as_mut()) else {
            return;
        };
        let fresh = Score { leg, next: 0, polls: 0, status: None };
        session.score = is_scripted.then_some(fresh);
        self.await_beat(id, course);
    }

    /// Whether a session's phase goes by its script and not by itself.
    pub(crate) fn is_scripted(&self, id: i32) -> bool {
        let session = self.users.get(id).and_then(|user| user.session.as_ref());
        session.is_some_and(|session| session.score.is_some())
    }

    fn beat(&self, id: i32, leg: Leg, index: usize) -> Option<Beat> {
        let timeline = &self.scenario_of_user(id)?.timeline;
        let beats = if leg == Leg::Signing { &timeline.signing } else { &timeline.identification };
        beats.get(index).copied()
    }

    /// Puts the next status on the agenda, if time brings it.
    fn await_beat(&mut self, id: i32, course: &Course<'_>) {
        let session = self.users.get(id).and_then(|user| user.session.as_ref());
        let Some((number, score)) = session.and_then(|one| Some((one.number, one.score?))) else {
            return;
        };
        let after = self.beat(id, score.leg, score.next).and_then(|beat| beat.after);
        if let Some(after) = after {
            let due = Due::Beat { user: id, session: number, leg: score.leg, index: score.next };
            self.agenda.put(course.at + after.duration(), due);
        }
    }

    pub(crate) fn beat_at(
        &mut self,
        id: i32,
        session: u32,
        (leg, index): (Leg, usize),
        course: &mut Course<'_>,
    ) {
        let score = self.score(id).filter(|score| score.leg == leg && score.next == index);
        if self.is_current(id, session) && score.is_some() {
            self.strike(id, course);
        }
    }

    fn score(&self, id: i32) -> Option<Score> {
        self.users.get(id).and_then(|user| user.session.as_ref()).and_then(|one| one.score)
    }

    /// Something has happened that a timeline may wait for.
    pub(crate) fn beat_on(&mut self, id: i32, event: Event, course: &mut Course<'_>) -> bool {
        let waits = self.score(id).and_then(|score| self.beat(id, score.leg, score.next));
        let waits = waits.is_some_and(|beat| beat.on == Some(event));
        if waits {
            self.strike(id, course);
        }
        waits
    }

    /// A poll was answered.
    pub(crate) fn count_poll(&mut self, id: i32, course: &mut Course<'_>) {
        let Some(score) = self.score(id) else { return };
        let wanted = self.beat(id, score.leg, score.next).and_then(|beat| beat.polls);
        let Some(wanted) = wanted else { return };
        let session = self.users.get_mut(id).and_then(|user| user.session.as_mut());
        let seen = session.and_then(|session| session.score.as_mut()).map(|score| {
            score.polls = score.polls.saturating_add(1);
            score.polls
        });
        if seen.is_some_and(|seen| seen >= wanted) {
            self.strike(id, course);
        }
    }

    /// The next status of the timeline is in force.
    fn strike(&mut self, id: i32, course: &mut Course<'_>) {
        let Some(score) = self.score(id) else { return };
        let Some(beat) = self.beat(id, score.leg, score.next) else { return };
        self.remember_status(id);
        if let Some(session) = self.users.get_mut(id).and_then(|user| user.session.as_mut()) {
            let next = score.next + 1;
            session.score = Some(Score { next, polls: 0, status: Some(beat.status), ..score });
        }
        let at = course.at;
        let stage = match beat.status {
            IdentificationStatus::SignSessionIdSuccessfullyCreated => Stage::Signing {
                screen: Screen::Read,
                until: at + Timing::SigningLife.span(),
                code: None,
            },
            IdentificationStatus::DocumentSignSuccess => Stage::Signed,
            status if status.is_failure() => Stage::Failed { leg: score.leg, expired: false },
            _ => return self.await_beat(id, course),
        };
        self.put_stage(id, stage, course);
    }

    /// Puts a session where its script says.
    fn put_stage(&mut self, id: i32, stage: Stage, course: &mut Course<'_>) {
        let Some(session) = self.users.get_mut(id).and_then(|user| user.session.as_mut()) else {
            return;
        };
        let (before, after) = (session.stage.due(), stage.due());
        let (from, to) = (session.stage.name(), stage.name());
        let number = session.number;
        let signs = matches!(stage, Stage::Signing { .. });
        // The phase is over, and so is its script.
        session.score = None;
        session.stage = stage;
        self.set_timer(id, before, after);
        course.happenings.push(Happening::Moved {
            user: id,
            session: number,
            from: Some(from),
            to,
            by: "script",
        });
        self.land_late(id, course);
        if signs {
            self.begin_timeline(id, Leg::Signing, course);
        }
    }

    /// The control listener lets a timeline go on.
    pub(crate) fn beat_by_control(
        &mut self,
        id: i32,
        course: &mut Course<'_>,
    ) -> Result<&'static str, String> {
        if self.users.get(id).is_none() {
            return Err(format!("there is no user {id}"));
        }
        if self.beat_on(id, Event::Control, course) {
            Ok("timeline")
        } else {
            Err(format!("no timeline of user {id} waits for this"))
        }
    }
}
