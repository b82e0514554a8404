//! Users that exist before the first request, as if they had walked there: the same codes, messages
//! and lifecycle, told in the trace as one command for each.

use contract::{
    lifecycle::{Lifecycle, Trigger},
    message::MessageKind,
    scenario::{Given, State},
    timing::Timing,
    trace::Leg,
};

use crate::{
    outcome::{Happening, Screen},
    session::Stage,
    user::User,
    world::{Course, World},
};

impl World {
    /// The users that the scenario of the start gives, in the order of the file.
    #[must_use]
    pub fn given(&self) -> Vec<Given> {
        let default = self.scripts.default.as_ref();
        default.map(|named| named.scenario.given.clone()).unwrap_or_default()
    }

    pub(super) fn give(
        &mut self,
        given: &Given,
        course: &mut Course<'_>,
    ) -> Result<&'static str, String> {
        let merchant = match given.merchant {
            Some(id) => self.merchant(id).map(|merchant| merchant.id),
            None => self.settings.merchants.first().map(|merchant| merchant.id),
        };
        let merchant = merchant.ok_or_else(|| {
            format!("there is no merchant {}", given.merchant.unwrap_or_default())
        })?;
        let number = self.users.count() + 1;
        let email = given.email.clone().unwrap_or_else(|| format!("given-{number}@example.org"));
        if self.users.owner_of_email(&email).is_some() {
            return Err("another user has this address".to_owned());
        }
        let phone = given.phone.clone().unwrap_or_else(|| format!("+3598890{number:05}"));
        if given.state > State::EmailConfirmed && self.users.owner_of_phone(&phone).is_some() {
            return Err("another user has this number".to_owned());
        }
        let id = self.users.add(merchant);
        let to = Lifecycle::Registered;
        course.happenings.push(Happening::Lifecycle { user: id, from: None, to });
        self.users.set_email(id, &email);
        self.send_code(id, MessageKind::EmailConfirmation, course);
        self.walk_to(id, given.state, (&phone, course));
        Ok("given")
    }

    fn walk_to(&mut self, id: i32, state: State, (phone, course): (&str, &mut Course<'_>)) {
        if state == State::Registered {
            return;
        }
        self.prove(id, |user| user.email.as_mut().map(|contact| &mut contact.proved));
        if state == State::EmailConfirmed {
            return;
        }
        self.users.set_phone(id, phone);
        self.send_code(id, MessageKind::PhoneVerification, course);
        self.prove(id, |user| user.phone.as_mut().map(|contact| &mut contact.proved));
        if state == State::PhoneVerified {
            return;
        }
        self.open_session(id, None, course);
        self.trigger(id, Trigger::Initiated, course);
        let at = course.at;
        let stage = match state {
            State::IdentificationProcessing => {
                Stage::IdentificationProcessing { ready: at + Timing::IdentificationResult.span() }
            }
            State::Signing => Stage::Signing {
                screen: Screen::Read,
                until: at + Timing::SigningLife.span(),
                code: None,
            },
            State::SigningProcessing => {
                Stage::SigningProcessing { ready: at + Timing::SigningResult.span() }
            }
            State::Signed | State::Finalized => Stage::Signed,
            State::Failed => Stage::Failed { leg: Leg::Identification, expired: false },
            _ => return,
        };
        self.put_given_stage(id, stage, course);
        if state == State::Finalized {
            let merchant = self.users.get(id).map_or(0, |user| user.merchant);
            // A user whose documents are signed can always be finalised.
            let _ = self.finalize(merchant, id, course);
        }
    }

    fn prove(&mut self, id: i32, proved: fn(&mut User) -> Option<&mut bool>) {
        if let Some(proved) = self.users.get_mut(id).and_then(proved) {
            *proved = true;
        }
    }

    fn put_given_stage(&mut self, id: i32, stage: Stage, course: &mut Course<'_>) {
        let Some(session) = self.users.get_mut(id).and_then(|user| user.session.as_mut()) else {
            return;
        };
        let (before, after) = (session.stage.due(), stage.due());
        let (from, to, number) = (session.stage.name(), stage.name(), session.number);
        // What began with the identification is behind a user who is given further on.
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
        if to == "signing" {
            self.begin_timeline(id, Leg::Signing, course);
        }
    }
}
