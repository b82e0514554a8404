//! What the pages of 2024-06 and 2026-05 show of refusals, call by call. Whoever adds to these lists
//! has a page at hand; everything else that a call can answer is carried over and says so.

use std::collections::BTreeSet;

use contract::{
    Call::{self, *},
    Edition,
    Problem::{self, *},
    Provenance, Tables,
};

type Shown = (Call, &'static [Problem]);

const SHOWN: &[(Edition, &[Shown])] = &[
    (
        Edition::E2024_06,
        &[
            (CreateUser, &[Validation]),
            (SendEmailConfirmation, &[Validation]),
            (ConfirmEmail, &[Validation, UserNotFound]),
            (SendPhoneCode, &[UserNotFound, PhoneAlreadyRegistered]),
            (VerifyPhone, &[Validation, UserNotFound]),
            (UserStatus, &[UserNotFound]),
            (EnrollIndividual, &[Validation]),
        ],
    ),
    (
        Edition::E2026_05,
        &[
            (ConfirmEmail, &[Validation, InvalidToken, UserNotFound, Unauthorized]),
            (SendEmailConfirmation, &[Validation, UserNotFound, Unauthorized]),
            (SendPhoneCode, &[Validation, PhoneAlreadyRegistered, UserNotFound, Unauthorized]),
            (ResendPhoneCode, &[Throttled, PhoneNotEligible, UserNotFound, Unauthorized]),
            (VerifyPhone, &[Validation, InvalidCode, UserNotFound, Unauthorized]),
            (Initiate, &[QuestionnaireMissing, PhoneNotVerified, UserNotFound, Unauthorized]),
            (
                IdentificationStatus,
                &[Validation, SessionNotFound, NotStartedYet, UserNotFound, Unauthorized],
            ),
            (AddAdditionalData, &[Validation]),
            (Finalize, &[NotSignedYet, UserNotFound, Unauthorized]),
            (UserStatus, &[UserNotFound, Unauthorized]),
            (KycDocuments, &[SubmissionPending, IndividualNotFound, DocumentsPurged, Unauthorized]),
        ],
    ),
];

/// Each call with the refusals that its rows call documented.
fn documented(tables: &'static Tables) -> BTreeSet<(Call, Problem)> {
    let mut found = BTreeSet::new();
    for endpoint in tables.endpoints {
        for row in tables.refusals() {
            let listed = endpoint.problems.contains(&row.problem)
                && row.is_of(Some(endpoint.call))
                && matches!(endpoint.refusal(row), Provenance::Documented { .. });
            if listed {
                found.insert((endpoint.call, row.problem));
            }
        }
    }
    found
}

#[test]
fn only_what_a_page_shows_is_called_documented() {
    for (edition, calls) in SHOWN {
        let Some(tables) = edition.tables() else { continue };
        let expected = calls
            .iter()
            .flat_map(|(call, problems)| problems.iter().map(move |problem| (*call, *problem)));
        assert_eq!(documented(tables), expected.collect(), "{edition}");
    }
}
