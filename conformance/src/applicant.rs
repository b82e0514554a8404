//! The person of a run: made up, from reserved names and documentation ranges, and a different
//! one for every seed.

use contract::wire::{AddAdditionalData, AdditionalData, Questionnaire};

use crate::{chance::Chance, kyc::Choices};

/// Somebody who does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicant {
    /// An address of a reserved domain, unless the target's owner named a mailbox.
    pub email: String,
    /// A number in E.164, unless the target's owner named a phone.
    pub phone: String,
    gender: &'static str,
}

impl Applicant {
    /// The applicant of a seed.
    #[must_use]
    pub fn synthetic(chance: Chance) -> Self {
        let number = chance.below("e-mail", 0, 1 << 40);
        let gender = chance.pick("gender", &["F", "M"]).copied().unwrap_or("F");
        Self {
            email: format!("applicant-{number:010x}@example.org"),
            phone: format!("+3598800{:05}", chance.below("phone", 0, 100_000)),
            gender,
        }
    }

    /// The questionnaire of this applicant, with codes that the lists offered.
    #[must_use]
    pub fn questionnaire(&self, user: i32, choices: Choices) -> AddAdditionalData {
        let data = Questionnaire {
            user_id: user,
            b_trust_app_call_back_id: None,
            is_correspondence_address_same: true,
            source_of_fund_id: choices.source_of_funds,
            residence_address_zip_code: Some("1000".to_owned()),
            correspondence_address: None,
            secondary_language: Some("BUL".to_owned()),
            tax_residences: "BG".to_owned(),
            gender: Some(self.gender.to_owned()),
            account_purpose_code: choices.account_purpose,
            main_activity_code: choices.main_activity,
            financing_method_code: Some(choices.financing_method),
            // RFC 5737: an address that belongs to nobody.
            enroll_ip: Some("203.0.113.24".to_owned()),
            enroll_latitude: Some(42.6975),
            enroll_longitude: Some(23.3241),
            enroll_channel: Some("M".to_owned()),
        };
        let additional_data = AdditionalData { kind: "EnrollAdditionalData".to_owned(), data };
        AddAdditionalData { id: user, additional_data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_make_different_people_of_the_right_form() {
        let people: Vec<_> = (0..50).map(|seed| Applicant::synthetic(Chance::new(seed))).collect();
        for (index, person) in people.iter().enumerate() {
            assert!(contract::field::is_email(&person.email), "{}", person.email);
            assert!(person.email.ends_with("@example.org"));
            assert!(contract::field::is_e164(&person.phone), "{}", person.phone);
            assert!(people[..index].iter().all(|other| other.email != person.email));
        }
        assert_eq!(people[7], Applicant::synthetic(Chance::new(7)));
    }
}
