//! Individuals, the persons behind users: enrolling one with all its data in a single call, and
//! what can be asked about one afterwards. A user who is enrolled and one whose onboarding was
//! finalised end alike.

use std::collections::BTreeMap;

use contract::{
    Instant, Problem, Variant,
    lifecycle::{Lifecycle, Trigger},
    problem::Refusal,
    timing::Timing,
};

use serde::{Deserialize, Serialize};

use crate::{
    api::Heard,
    draw::{self, Purpose},
    onboarding::FIRST_INDIVIDUAL,
    outcome::{Document, Reply, Secret},
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

    /// The call has a name and no page: a fitting pair is answered with itself (assumed).
    pub(crate) fn postal_code(&self, zip: &str, country: &str) -> Heard {
        if is_postal_code(zip, country) {
            let country = country.to_ascii_uppercase();
            return Ok(Reply::Places(vec![(zip.to_owned(), country)]));
        }
        if self.reads(Variant::EmptyAnswer, "not-found") {
            return Err(Refusal::new(Problem::NothingFound));
        }
        Ok(Reply::Places(Vec::new()))
    }

    pub(crate) fn kyc_documents(&mut self, merchant: i32, individual: i32, at: Instant) -> Heard {
        let stranger = || Refusal::new(Problem::IndividualNotFound);
        let id = individual.checked_sub(FIRST_INDIVIDUAL).ok_or_else(stranger)?;
        let id = id.checked_add(FIRST_USER).ok_or_else(stranger)?;
        let seed = self.settings.seed;
        let user = self.user_of(merchant, id).map_err(|_| stranger())?;
        let end = user.finalized.as_ref().ok_or_else(stranger)?;
        if user.lifecycle != Lifecycle::Active {
            return Err(Refusal::new(Problem::SubmissionPending));
        }
        if at >= end.at + Timing::DocumentsKept.span() {
            return Err(Refusal::new(Problem::DocumentsPurged));
        }
        let until = at + Timing::DocumentLinkLife.span();
        Ok(Reply::Documents { links: self.documents.open(seed, at, until), until })
    }
}

/// How a country's post codes look: `9` stands for a digit, `A` for a letter. A country without a
/// row is not known to the mock.
const FORMATS: &[(&str, &str)] = &[
    ("AT", "9999"),
    ("BG", "9999"),
    ("DE", "99999"),
    ("ES", "99999"),
    ("FR", "99999"),
    ("GR", "999 99"),
    ("IT", "99999"),
    ("NL", "9999 AA"),
    ("RO", "999999"),
];

fn is_postal_code(zip: &str, country: &str) -> bool {
    let row = FORMATS.iter().find(|(known, _)| known.eq_ignore_ascii_case(country));
    row.is_some_and(|(_, format)| {
        format.len() == zip.len()
            && format.bytes().zip(zip.bytes()).all(|(wanted, sent)| match wanted {
                b'9' => sent.is_ascii_digit(),
                b'A' => sent.is_ascii_alphabetic(),
                other => other == sent,
            })
    })
}

/// The addresses of documents that still work.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Documents {
    opened: u32,
    #[serde(with = "crate::pairs")]
    doors: BTreeMap<u128, (Document, Instant)>,
}

impl Documents {
    fn open(&mut self, seed: u64, at: Instant, until: Instant) -> [(Document, Secret); 3] {
        self.doors.retain(|_, (_, end)| *end > at);
        Document::ALL.map(|document| {
            self.opened = self.opened.saturating_add(1);
            let number = self.opened;
            let value = draw::wide(seed, Purpose::DocumentSecret, number.into(), 0);
            self.doors.insert(value, (document, until));
            (document, Secret { number, value })
        })
    }

    pub(crate) fn find(&self, secret: u128, at: Instant) -> Option<Document> {
        let (document, until) = self.doors.get(&secret)?;
        (at < *until).then_some(*document)
    }
}
