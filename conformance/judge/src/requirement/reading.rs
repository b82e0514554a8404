//! What can be read of a user, the code lists, and the questionnaire.
//! Reading never changes anything, and what is stored is what was sent.

use contract::Variant;

use crate::{
    always,
    stories::{questionnaire, reading},
};

use super::{Effect, Requirement, Source, Target, row};

const STATUS: Source = Source::Page("check-user-status");
const KYC: Source = Source::Page("user-add-additional-data");
const USER: &[Effect] = &[Effect::Users];

pub(super) const ROWS: &[Requirement] = &[
    row(
        "SC-STA-01",
        "read the status of a new user",
        "five booleans and an integer status, which is 50 at birth",
    )
    .always()
    .costs(USER)
    .from(&[STATUS])
    .tells(reading::at_birth)
    .broken_by(&["sc-sta-01-flag-missing", "sc-sta-01-status-as-text"]),
    row(
        "SC-STA-02",
        "read it over any sequence of calls",
        "no flag goes back to false, and the lifecycle is one of the six codes",
    )
    .always()
    .costs(USER)
    .from(&[STATUS])
    .holds(always::flags_stay)
    .broken_by(&["sc-sta-02-flags-go-back"]),
    row(
        "SC-STA-03",
        "read an unknown id, 0, a negative one, 2147483648, a text",
        "404 or 400 as the reading has it, and never a 5xx",
    )
    .under(&[Variant::UnknownUser])
    .from(&[STATUS])
    .tells(reading::strange_ids)
    .broken_by(&["sc-sta-03-unknown-has-status"]),
    row("SC-STA-04", "read it again and again", "nothing changes")
        .always()
        .costs(USER)
        .from(&[STATUS, Source::Rfc(9110, "9.2.1")])
        .tells(reading::again)
        .broken_by(&["sc-sta-04-reading-changes"]),
    row(
        "SC-LST-01",
        "read each code list",
        "200 with an array of label and value, the values texts and unique",
    )
    .from(&[Source::Page("source-of-funds"), Source::Page("account-purposes")])
    .tells(reading::lists)
    .broken_by(&["sc-lst-01-value-twice"]),
    row("SC-LST-02", "look up a good and a bad post code", "the documented shapes")
        .should()
        .from(&[KYC])
        .tells(reading::post_codes)
        .latest()
        .broken_by(&["sc-lst-02-post-code-without-answer"]),
    row("SC-ADD-01", "send the whole questionnaire", "200, and the flag is set")
        .always()
        .identifying()
        .costs(USER)
        .from(&[KYC])
        .tells(questionnaire::complete)
        .broken_by(&["sc-add-01-flag-stays"]),
    row("SC-ADD-02", "name another user inside than outside", "400")
        .identifying()
        .from(&[KYC])
        .tells(questionnaire::inner_id)
        .broken_by(&["sc-add-02-any-inner-id"])
        .along_with(&["SC-ADD-03", "SC-ADD-04", "SC-ADD-05"]),
    row("SC-ADD-03", "leave out each required member in turn", "400 that names it")
        .identifying()
        .from(&[KYC])
        .tells(questionnaire::left_out)
        .broken_by(&["sc-add-03-member-spared"]),
    row("SC-ADD-04", "send a code of no list, and a bad post code", "400")
        .identifying()
        .from(&[KYC])
        .tells(questionnaire::strange_codes)
        .broken_by(&["sc-add-04-any-code"]),
    row("SC-ADD-05", "say that the address is another one and give none", "400")
        .identifying()
        .from(&[KYC])
        .tells(questionnaire::other_address)
        .broken_by(&["sc-add-05-address-spared"]),
    row(
        "SC-ADD-06",
        "send it twice, then with a change",
        "the second is accepted and the last one counts; what happens is told",
    )
    .should()
    .always()
    .identifying()
    .costs(USER)
    .under(&[Variant::RepeatQuestionnaire])
    .from(&[Source::Practice("a client that got no answer sends it again")])
    .tells(questionnaire::twice)
    .broken_by(&["sc-add-06-once-only"]),
    row("SC-ADD-07", "send it for another merchant's user", "403 or 404, and nothing is stored")
        .identifying()
        .on(Target::Mock)
        .costs(USER)
        .from(&[Source::Practice("tenants must not touch each other")])
        .tells(questionnaire::of_a_stranger)
        .broken_by(&["sc-add-07-of-anybody"]),
];
