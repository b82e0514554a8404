//! Individuals, the persons behind users: enrolling one with all its data in a single call.
//! A user who is enrolled and one whose onboarding was finalised end alike.

use contract::{Problem, Variant, lifecycle::Trigger, problem::Refusal};

use crate::{
    api::Heard,
    draw::{self, Purpose},
    onboarding::FIRST_INDIVIDUAL,
    outcome::Reply,
    user::{FIRST_USER, Finalized},
    world::{Course, World},
};

impl World {
    /// The pages of the call name no order; it stands after e-mail and phone in the flow (assumed).
    pub(crate) fn enroll(
        &mut self,
        merchant: i32,
        id: i32,
        data: &str,
        course: &mut Course<'_>,
    ) -> Heard {
        let ordered = self.reads(Variant::StepOrder, "enforced");
        let seed = self.settings.seed;
        let user = self.user_of(merchant, id)?;
        if ordered && !user.has_email() {
            return Err(Refusal::new(Problem::EmailNotConfirmed));
        }
        if ordered && !user.has_phone() {
            return Err(Refusal::new(Problem::PhoneNotVerified));
        }
        if user.finalized.is_some() {
            return Err(Refusal::new(Problem::AlreadyEnrolled));
        }
        let correlation = draw::wide(seed, Purpose::Correlation, id.unsigned_abs().into(), 0);
        let individual = (id - FIRST_USER).saturating_add(FIRST_INDIVIDUAL);
        let end = Finalized { correlation, individual, repeats: 0, at: course.at };
        user.finalized = Some(Box::new(end));
        user.additional_data = Some(data.into());
        if self.reads(Variant::Activation, "at-finalize") {
            self.trigger(id, Trigger::Enrolled, course);
        } else {
            self.await_approval(id, course.at);
        }
        Ok(Reply::Finalized { correlation, individual })
    }
}
