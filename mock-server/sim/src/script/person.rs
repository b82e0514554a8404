//! The person of a scenario. Played by the mock, it walks through the same screens as a visitor,
//! one at each pace; played by a visitor, its script bends what comes of the clicks.

use std::sync::Arc;

use contract::{
    scenario::{
        Journey, Person, Scenario,
        person::{Act as Ending, By, Redirect},
    },
    trace::{Actor, Leg},
};

use super::agenda::Due;
use serde::{Deserialize, Serialize};

use crate::{
    command::{Act, Deed},
    outcome::{Happening, Screen},
    session::{Move, Stage},
    world::{Course, World},
};

/// How the browser comes back to the merchant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Landings {
    pub(crate) times: u32,
    pub(crate) after_result: bool,
    /// Whether nobody's browser follows it, so that the edge must.
    pub(crate) by_mock: bool,
}

impl World {
    /// The scenario that a user goes through.
    pub(crate) fn scenario_of_user(&self, id: i32) -> Option<&Arc<Scenario>> {
        let user = self.users.get(id)?;
        let scripts = &self.scripts;
        let own = scripts.users.get(&id).or_else(|| scripts.merchants.get(&user.merchant));
        own.or(scripts.default.as_ref()).map(|named| &named.scenario)
    }

    fn person_of(&self, id: i32) -> Option<&Person> {
        self.scenario_of_user(id)?.person.as_ref()
    }

    fn journey_of(&self, id: i32, leg: Leg) -> Option<&Journey> {
        let person = self.person_of(id)?;
        Some(if leg == Leg::Signing { &person.signing } else { &person.identification })
    }

    pub(crate) fn landings(&self, id: i32, leg: Leg) -> Landings {
        let usual = Landings { times: 1, after_result: false, by_mock: false };
        let (Some(person), Some(journey)) = (self.person_of(id), self.journey_of(id, leg)) else {
            return usual;
        };
        let redirect = &journey.redirect;
        Landings {
            times: redirect.times,
            after_result: redirect.after_result,
            by_mock: person.by == By::Mock,
        }
    }

    /// How a scenario bends the way back to the merchant.
    pub(crate) fn way_back(&self, id: i32, leg: Leg) -> Option<&Redirect> {
        self.journey_of(id, leg).map(|journey| &journey.redirect)
    }

    /// The parameter of a page's address that a scenario lets decide where the browser goes.
    #[must_use]
    pub fn follows(&self, secret: u128) -> Option<String> {
        let (user, leg) = self.doors.get(&secret).copied()?;
        self.way_back(user, leg)?.follows.clone()
    }

    /// The mock's person begins a journey.
    pub(crate) fn begin_journey(&mut self, id: i32, leg: Leg, course: &Course<'_>) {
        let Some(person) = self.person_of(id).filter(|person| person.by == By::Mock) else {
            return;
        };
        let pace = person.pace.duration();
        let stays_away = self
            .journey_of(id, leg)
            .is_some_and(|journey| journey.act == Ending::Abandon && journey.at.is_none());
        let session = self.users.get(id).and_then(|user| user.session.as_ref());
        if let Some(session) = session.map(|session| session.number).filter(|_| !stays_away) {
            self.agenda.put(course.at + pace, Due::Act { user: id, session, leg });
        }
    }

    pub(crate) fn act_by_script(
        &mut self,
        id: i32,
        (session, leg): (u32, Leg),
        course: &mut Course<'_>,
    ) {
        if !self.is_current(id, session) || !self.is_on(id, leg) {
            return;
        }
        let (Some(person), Some(journey)) = (self.person_of(id), self.journey_of(id, leg)) else {
            return;
        };
        let (pace, journey) = (person.pace.duration(), journey.clone());
        let screen = self.screen_of(id, leg);
        let Some(act) = self.next_by_script(id, &journey, (leg, screen)) else { return };
        let (name, at) = (act.name(), course.happenings.len());
        let landing = self.act(id, leg, &act, course);
        let tail = course.happenings.split_off(at);
        let after = self.screen_of(id, leg);
        let outcome = match (&journey.reason, landing) {
            (Some(reason), Some(_)) => format!("redirected: {reason}"),
            (_, Some(_)) => "redirected".to_owned(),
            (_, None) => after.name().to_owned(),
        };
        let session_number = Some(session);
        course.happenings.push(Happening::Page {
            session: session_number,
            leg,
            screen,
            act: name,
            outcome,
            by: Actor::Script,
        });
        course.happenings.extend(tail);
        if self.is_on(id, leg) {
            self.agenda.put(course.at + pace, Due::Act { user: id, session, leg });
        } else {
            for turn in 1..=journey.returns.min(MOST_RETURNS) {
                let due = Due::Return { user: id, session, leg };
                self.agenda.put(course.at + pace * turn, due);
            }
        }
    }

    pub(crate) fn come_back(
        &mut self,
        id: i32,
        session: u32,
        (leg, course): (Leg, &mut Course<'_>),
    ) {
        if !self.is_current(id, session) {
            return;
        }
        let screen = self.screen_of(id, leg);
        course.happenings.push(Happening::Page {
            session: Some(session),
            leg,
            screen,
            act: "look",
            outcome: "shown".to_owned(),
            by: Actor::Script,
        });
    }

    fn is_on(&self, id: i32, leg: Leg) -> bool {
        let session = self.users.get(id).and_then(|user| user.session.as_ref());
        match session.map(|session| &session.stage) {
            Some(Stage::Identifying { .. }) => leg == Leg::Identification,
            Some(Stage::Signing { .. }) => leg == Leg::Signing,
            _ => false,
        }
    }

    fn screen_of(&self, id: i32, leg: Leg) -> Screen {
        let session = self.users.get(id).and_then(|user| user.session.as_ref());
        session.map_or(Screen::Unknown, |session| session.screen(leg))
    }

    /// The next click of the mock's person; none when it goes away here.
    fn next_by_script(
        &self,
        id: i32,
        journey: &Journey,
        (leg, screen): (Leg, Screen),
    ) -> Option<Act> {
        let here = self.is_place(id, journey, (leg, screen));
        match journey.act {
            Ending::Cancel if here => Some(Act::Cancel),
            Ending::Fail if here && leg == Leg::Signing => Some(Act::Cancel),
            Ending::Fail if here => Some(Act::Fail { reason: None }),
            Ending::Abandon if here => None,
            _ if self.owes_wrong_code(id, journey, screen) => {
                Some(Act::Enter { code: self.wrong_code(id) })
            }
            _ => Some(self.next_act(id, leg, Deed::Complete)),
        }
    }

    fn owes_wrong_code(&self, id: i32, journey: &Journey, screen: Screen) -> bool {
        let session = self.users.get(id).and_then(|user| user.session.as_ref());
        let missed = match session.map(|session| &session.stage) {
            Some(Stage::Signing { code: Some(code), .. }) => code.misses(),
            _ => return false,
        };
        screen == Screen::Code && u32::from(missed) < journey.wrong_codes
    }

    /// Six digits that are not the code.
    fn wrong_code(&self, id: i32) -> String {
        let right = self.page_code(id);
        let other = if right.ends_with('0') { '1' } else { '0' };
        let mut wrong = right;
        wrong.pop();
        wrong.push(other);
        wrong
    }

    /// What a visitor's click comes to where the script bends it.
    pub(crate) fn bent(&self, id: i32, leg: Leg, move_: Move) -> Move {
        let by_page = self.person_of(id).is_some_and(|person| person.by == By::Page);
        let Some(journey) = self.journey_of(id, leg).filter(|_| by_page) else { return move_ };
        let screen = self.screen_of(id, leg);
        let goes_on = matches!(move_, Move::Continue(_) | Move::Code);
        let here = self.is_place(id, journey, (leg, screen));
        match journey.act {
            Ending::Fail if goes_on && here => match leg {
                Leg::Identification => Move::Fail,
                Leg::Signing => Move::Cancel,
            },
            Ending::Cancel if goes_on && here => Move::Cancel,
            _ => move_,
        }
    }

    /// Whether the journey ends on this screen. Where the provider has no screen of the name that
    /// the scenario gives, it ends on the next one that it has.
    fn is_place(&self, id: i32, journey: &Journey, (leg, screen): (Leg, Screen)) -> bool {
        let usual = match (leg, journey.act) {
            (Leg::Identification, Ending::Fail) => "liveness",
            (Leg::Identification, _) => "consent",
            (Leg::Signing, _) => "read",
        };
        let named = journey.at.as_deref().unwrap_or(usual);
        let Some(wanted) = Screen::ALL.iter().find(|known| known.name() == named) else {
            return false;
        };
        let session = self.users.get(id).and_then(|user| user.session.as_ref());
        let screens = session.map_or(&[][..], |session| &session.screens);
        let there = screens.iter().find(|known| *known == wanted);
        let next = screens.iter().find(|known| *known > wanted);
        let place = match leg {
            Leg::Identification => there.or(next).unwrap_or(wanted),
            Leg::Signing => wanted,
        };
        screen == *place
    }
}

/// More visits to a page that is over than this show nothing new.
const MOST_RETURNS: u32 = 100;
