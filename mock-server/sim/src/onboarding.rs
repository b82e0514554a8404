//! Identification, polling and the end of the onboarding.
//! Reading a status never moves it: only people, time and these calls do.

use contract::{
    Problem, Variant, lifecycle::Trigger, problem::Refusal, status::IdentificationStatus,
    timing::Timing, trace::Leg, vendor,
};

use crate::{
    api::Heard,
    draw::{self, Purpose},
    outcome::{Happening, Reply},
    session::{Session, Stage},
    user::{FIRST_USER, Finalized},
    world::{Course, World},
};

/// The individual of the first user; users and individuals count in step.
pub(crate) const FIRST_INDIVIDUAL: i32 = 700_001;

impl World {
    pub(crate) fn initiate(
        &mut self,
        merchant: i32,
        id: i32,
        (restart, language): (bool, Option<&str>),
        course: &mut Course<'_>,
    ) -> Heard {
        let ordered = self.reads(Variant::StepOrder, "enforced");
        let first = self.reads(Variant::QuestionnaireOrder, "before-initiate");
        let again = self.reading(Variant::RestartAfterFailure);
        let user = self.user_of(merchant, id)?;
        if ordered && !user.has_email() {
            return Err(Refusal::new(Problem::EmailNotConfirmed));
        }
        // The code that signs the documents must have somewhere to go, whatever the order.
        if user.phone.is_none() || (ordered && !user.has_phone()) {
            return Err(Refusal::new(Problem::PhoneNotVerified));
        }
        if first && user.additional_data.is_none() {
            return Err(Refusal::new(Problem::QuestionnaireMissing));
        }
        match user.session.as_ref().map(|session| &session.stage) {
            Some(Stage::Signed) => return Err(Refusal::new(Problem::AlreadyIdentified)),
            Some(Stage::Failed { .. }) => match again {
                "never" => return Err(Refusal::new(Problem::RestartRefused)),
                "with-flag" if !restart => return Err(Refusal::new(Problem::RestartRequired)),
                _ => {}
            },
            Some(_) if !restart => return self.identification_status(merchant, id),
            Some(_) | None => {}
        }
        self.open_session(id, language, course);
        if self.reads(Variant::PendingFrom, "initiate") {
            self.trigger(id, Trigger::Initiated, course);
        }
        self.identification_status(merchant, id)
    }

    /// Opens a session in place of the one before, whose addresses lead nowhere from now on.
    pub(crate) fn open_session(
        &mut self,
        id: i32,
        language: Option<&str>,
        course: &mut Course<'_>,
    ) {
        self.sessions = self.sessions.saturating_add(1);
        let number = self.sessions;
        let drawn = |purpose| draw::wide(self.settings.seed, purpose, number.into(), 0);
        let mut stage = Stage::begin(course.at);
        if self.reads(Variant::PageLife, "day") {
            stage = stage.until(course.at + Timing::LongPageLife.span());
        }
        let session = Session {
            number,
            secret: drawn(Purpose::IdentificationSecret),
            signing_secret: drawn(Purpose::SigningSecret),
            language: language.map(Into::into),
            screens: self.identification_screens(id),
            stage,
            previous: None,
            score: None,
            told: false,
            late_landing: None,
        };
        self.doors.insert(session.secret, (id, Leg::Identification));
        self.doors.insert(session.signing_secret, (id, Leg::Signing));
        let due = session.stage.due();
        course.happenings.push(Happening::Moved {
            user: id,
            session: number,
            from: None,
            to: session.stage.name(),
            by: "request",
        });
        let Some(user) = self.users.get_mut(id) else { return };
        let before = user.session.replace(Box::new(session));
        if let Some(before) = &before {
            self.doors.remove(&before.secret);
            self.doors.remove(&before.signing_secret);
        }
        self.set_timer(id, before.and_then(|session| session.stage.due()), due);
        self.begin_timeline(id, Leg::Identification, course);
        self.begin_journey(id, Leg::Identification, course);
    }

    /// A poll. It moves nothing, unless a scenario's timeline goes by polls.
    pub(crate) fn poll(&mut self, merchant: i32, id: i32, course: &mut Course<'_>) -> Heard {
        let heard = self.identification_status(merchant, id);
        let Ok(Reply::Identification { .. }) = heard else { return heard };
        let session = self.users.get(id).and_then(|user| user.session.as_ref());
        let previous = session.and_then(|session| session.previous);
        self.tell_address(id, course);
        self.count_poll(id, course);
        if !course.stale {
            return heard;
        }
        course.stale = false;
        match previous {
            Some((status, url)) => Ok(Reply::Identification { status, url }),
            None => {
                course.void_stale = true;
                heard
            }
        }
    }

    /// The first poll that says where to sign sends the scenario's person there.
    fn tell_address(&mut self, id: i32, course: &Course<'_>) {
        let session = self.users.get_mut(id).and_then(|user| user.session.as_mut());
        let Some(session) = session.filter(|session| !session.told) else { return };
        if matches!(session.stage, Stage::Signing { .. }) {
            session.told = true;
            self.begin_journey(id, Leg::Signing, course);
        }
    }

    /// Reading never moves anything. Both user types and both claims of completion get the same
    /// answer: no page says what else they should get (assumed).
    pub(crate) fn identification_status(&mut self, merchant: i32, id: i32) -> Heard {
        let missing = if self.reads(Variant::PollBeforeInitiate, "not-found") {
            Problem::SessionNotFound
        } else {
            Problem::NotStartedYet
        };
        let after = self.reading(Variant::PollAfterFailure);
        let variants = self.settings.variants;
        let user = self.user_of(merchant, id)?;
        let session = user.session.as_ref().ok_or_else(|| Refusal::new(missing))?;
        let status = match (&session.stage, after) {
            (Stage::Failed { .. }, "bad-request") => {
                return Err(Refusal::new(Problem::IdentificationFailed));
            }
            (Stage::Failed { leg, expired }, "vendor-status") => {
                let row = vendor::row(&variants, *leg, *expired);
                row.map_or(IdentificationStatus::Error, |row| row.status)
            }
            _ => session.shown().0,
        };
        Ok(Reply::Identification { status, url: session.next_link() })
    }

    pub(crate) fn finalize(&mut self, merchant: i32, id: i32, course: &mut Course<'_>) -> Heard {
        let (seed, renews) =
            (self.settings.seed, self.reads(Variant::RepeatFinalize, "new-correlation"));
        let user = self.user_of(merchant, id)?;
        let stage = user.session.as_ref().map(|session| &session.stage);
        if !matches!(stage, Some(Stage::Signed)) {
            return Err(Refusal::new(Problem::NotSignedYet));
        }
        let repeats = user.finalized.as_ref().map_or(0, |end| end.repeats.saturating_add(1));
        let ordinal = if renews { repeats.into() } else { 0 };
        let correlation = draw::wide(seed, Purpose::Correlation, id.unsigned_abs().into(), ordinal);
        let individual = (id - FIRST_USER).saturating_add(FIRST_INDIVIDUAL);
        let at = user.finalized.as_ref().map_or(course.at, |end| end.at);
        user.finalized = Some(Box::new(Finalized { correlation, individual, repeats, at }));
        if self.reads(Variant::Activation, "at-finalize") {
            self.trigger(id, Trigger::Finalized, course);
        } else if repeats == 0 && at == course.at {
            self.await_approval(id, at);
        }
        Ok(Reply::Finalized { correlation, individual })
    }
}
