//! The person of a run: made up, from reserved names and documentation ranges, and a different
//! one for every seed.

use contract::{
    Variant, Variants,
    wire::{
        AddAdditionalData, AdditionalData, CorrespondenceAddress, EnrollIndividual, ListCode,
        PostalAddress, Questionnaire, Residences,
    },
};

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
            phone: phone(chance, 0),
            gender,
        }
    }

    /// The questionnaire of this applicant, with codes that the lists offered.
    #[must_use]
    pub fn questionnaire(
        &self,
        user: i32,
        choices: Choices,
        variants: &Variants,
    ) -> AddAdditionalData {
        let names_type = variants.reads(Variant::AddressType, "required");
        let names_callback = variants.reads(Variant::CallbackId, "required");
        let data = Questionnaire {
            user_id: user,
            b_trust_app_call_back_id: names_callback.then(|| "conformance-callback".to_owned()),
            is_correspondence_address_same: !names_type,
            source_of_fund_id: list_code(choices.source_of_funds, variants),
            residence_address_zip_code: Some("1000".to_owned()),
            correspondence_address: names_type.then(|| address(Some("C"))),
            secondary_language: Some("BUL".to_owned()),
            tax_residences: residences(variants),
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

    /// The enrolment of this applicant, with codes that the lists offered.
    #[must_use]
    pub fn individual(&self, user: i32, choices: Choices, variants: &Variants) -> EnrollIndividual {
        let accepted = || "2026-01-01T00:00:00Z".to_owned();
        EnrollIndividual {
            user_id: user,
            photo: None,
            first_name: "Test".to_owned(),
            last_name: "Applicant".to_owned(),
            non_latin_first_name: None,
            non_latin_last_name: None,
            merchant_group_id: None,
            birth_date: "1990-04-01T00:00:00Z".to_owned(),
            source_of_fund_id: list_code(choices.source_of_funds, variants),
            national_id_number: "0000000000".to_owned(),
            residence_address: residence(),
            correspondence_address: None,
            primary_language: None,
            secondary_language: None,
            nationalities: vec!["BG".to_owned()],
            tax_residences: residences(variants),
            terms_and_conditions_acceptance_date: accepted(),
            privacy_policy_acceptance_date: accepted(),
            tariff_acceptance_date: accepted(),
            gender: Some(self.gender.to_owned()),
            enroll_channel: Some("M".to_owned()),
            crypto_customer: Some(false),
            account_purpose_code: choices.account_purpose,
            main_activity_code: choices.main_activity,
            financing_method_code: Some(choices.financing_method),
            documents_authenticated_by_third_party: None,
            enroll_ip: None,
            enroll_latitude: None,
            enroll_longitude: None,
            personal_identification_number: None,
        }
    }
}

fn residence() -> PostalAddress {
    PostalAddress {
        country_id: "BG".to_owned(),
        city: "Sofia".to_owned(),
        state_province_county: None,
        zip_code: "1000".to_owned(),
        address_line: "1 Example Street".to_owned(),
    }
}

/// A code in the form that the reading asks for.
fn list_code(code: String, variants: &Variants) -> ListCode {
    let number = code.parse().ok();
    number
        .filter(|_| variants.reads(Variant::SourceOfFundType, "integer"))
        .map_or(ListCode::Text(code), ListCode::Number)
}

fn residences(variants: &Variants) -> Residences {
    let country = "BG".to_owned();
    if variants.reads(Variant::TaxResidencesType, "array") {
        return Residences::Several(vec![country]);
    }
    Residences::One(country)
}

fn address(kind: Option<&str>) -> CorrespondenceAddress {
    CorrespondenceAddress {
        address_type: kind.map(str::to_owned),
        address_line: "1 Example Street".to_owned(),
        city: "Sofia".to_owned(),
        state_province_county: "Sofia".to_owned(),
        zip_code: "1000".to_owned(),
        country_id: "BG".to_owned(),
    }
}

/// A synthetic number: another one for each draw, though two may be the same by chance.
pub(crate) fn phone(chance: Chance, draw: u64) -> String {
    format!("+3598800{:05}", chance.below("phone", draw, 100_000))
}

#[cfg(test)]
mod tests {
    use contract::Edition;

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

    #[test]
    fn bodies_take_the_form_that_the_readings_ask_for() {
        let codes = || Choices {
            source_of_funds: "3".to_owned(),
            account_purpose: "1".to_owned(),
            main_activity: "2".to_owned(),
            financing_method: "4".to_owned(),
        };
        let person = Applicant::synthetic(Chance::new(1));
        let mut variants = Variants::of(Edition::E2025_09);
        let data = person.questionnaire(7, codes(), &variants).additional_data.data;
        assert_eq!(data.source_of_fund_id, ListCode::Text("3".to_owned()));
        assert_eq!(data.tax_residences, Residences::One("BG".to_owned()));
        assert_eq!((data.b_trust_app_call_back_id, data.correspondence_address), (None, None));
        for id in ["callback-id", "address-type"] {
            variants.choose(id, "required").unwrap();
        }
        let data = person.questionnaire(7, codes(), &variants).additional_data.data;
        assert!(data.b_trust_app_call_back_id.is_some() && !data.is_correspondence_address_same);
        assert_eq!(data.correspondence_address.unwrap().address_type.as_deref(), Some("C"));
        let older = person.individual(7, codes(), &Variants::of(Edition::E2024_06));
        assert_eq!(older.source_of_fund_id, ListCode::Number(3));
        assert_eq!(older.tax_residences, Residences::Several(vec!["BG".to_owned()]));
    }
}
