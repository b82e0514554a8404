//! How far a user has come, in the one word that scenarios use.
//! Derived from what the user is, so it can never disagree with it.

use contract::{scenario::State, trace::Leg};

use crate::{session::Stage, user::User};

impl User {
    pub(crate) fn state(&self) -> State {
        if self.finalized.is_some() {
            return State::Finalized;
        }
        match self.session.as_ref().map(|session| &session.stage) {
            Some(Stage::Identifying { .. }) => State::Identifying,
            Some(Stage::IdentificationProcessing { .. }) => State::IdentificationProcessing,
            Some(Stage::Signing { .. }) => State::Signing,
            Some(Stage::SigningProcessing { .. }) => State::SigningProcessing,
            Some(Stage::Signed) => State::Signed,
            Some(Stage::Failed { .. }) => State::Failed,
            None if self.has_phone() => State::PhoneVerified,
            None if self.has_email() => State::EmailConfirmed,
            None => State::Registered,
        }
    }

    /// The phase: until there is something to sign, or after it.
    pub(crate) fn phase(&self) -> Leg {
        match self.session.as_ref().map(|session| &session.stage) {
            Some(Stage::Failed { leg, .. }) => *leg,
            _ if self.state().is_in(Leg::Signing) => Leg::Signing,
            _ => Leg::Identification,
        }
    }
}
