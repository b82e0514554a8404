//! Users, their e-mail addresses and their phones.
//! Most of these leave a user behind and send something to somebody.

use contract::{Variant, step::Step};

use crate::{
    always,
    stories::{people, phones},
};

use super::{Effect, Requirement, Source, Target, row};

const CREATE: Source = Source::Page("create-user");
const CONFIRM: Source = Source::Page("confirm-email");
const MAIL_AGAIN: Source = Source::Page("send-email-verification-code");
const SEND: Source = Source::Page("send-verification-code");
const SEND_AGAIN: Source = Source::Page("resend-phone-verification-code");
const VERIFY: Source = Source::Page("verify-the-phone-number");

const USER: &[Effect] = &[Effect::Users];
const MAIL: &[Effect] = &[Effect::Users, Effect::Mails];
const SMS: &[Effect] = &[Effect::Users, Effect::Mails, Effect::Sms];

pub(super) const ROWS: &[Requirement] = &[
    row(
        "SC-USR-01",
        "create users with merchant and e-mail",
        "201 with an id of 32 bits, 1 or above, and never the same twice",
    )
    .always()
    .costs(MAIL)
    .from(&[CREATE])
    .steps(&[Step::CreateUser])
    .broken_by(&["sc-usr-01-created-with-200", "sc-usr-01-id-zero"])
    .tells(people::created)
    .holds(always::ids_differ),
    row(
        "SC-USR-02",
        "create a user whose e-mail is null",
        "201; what confirming then does is told",
    )
    .costs(USER)
    .from(&[CREATE])
    .tells(people::without_address),
    row(
        "SC-USR-03",
        "send an e-mail that is none, then an empty one",
        "400 with errors.Email, status 400 and a traceId",
    )
    .from(&[CREATE])
    .tells(people::bad_addresses),
    row(
        "SC-USR-04",
        "leave merchantId out, send it as a text, or at the bounds of its type",
        "400 with an entry for the field, as far as the reading of JSON allows",
    )
    .under(&[Variant::JsonReading])
    .from(&[CREATE])
    .tells(people::merchant_ids),
    row("SC-USR-05", "send metadata that is deep and unknown", "accepted")
        .may()
        .costs(MAIL)
        .from(&[CREATE])
        .tells(people::metadata),
    row("SC-EML-01", "confirm with the right code", "200, and the flag becomes true")
        .always()
        .costs(MAIL)
        .from(&[CONFIRM])
        .steps(&[Step::ConfirmEmail])
        .broken_by(&["sc-eml-01-flag-stays"])
        .tells(people::confirmed),
    row(
        "SC-EML-02",
        "confirm with a wrong, an empty or no code",
        "400, errors.Token where it is missing, and the flag stays false",
    )
    .costs(MAIL)
    .from(&[CONFIRM])
    .tells(people::wrong_codes),
    row("SC-EML-03", "confirm with the code before the newest", "400")
        .always()
        .costs(MAIL)
        .from(&[CONFIRM, MAIL_AGAIN])
        .tells(people::earlier_code),
    row(
        "SC-EML-04",
        "ask for another mail: unconfirmed, confirmed, for a foreign address",
        "204; 204 and no mail; 400",
    )
    .costs(MAIL)
    .under(&[Variant::ResendWhenVerified])
    .from(&[MAIL_AGAIN])
    .tells(people::mail_again),
    row("SC-PHN-01", "ask for a code to a phone", "204 without a body")
        .always()
        .costs(SMS)
        .from(&[SEND])
        .steps(&[Step::SendPhoneCode])
        .broken_by(&["sc-phn-01-code-sent-with-201"])
        .tells(phones::sent),
    row("SC-PHN-02", "send a number that is not E.164, or none", "400")
        .costs(MAIL)
        .from(&[SEND])
        .tells(phones::bad_numbers),
    row("SC-PHN-03", "send a number that another user holds", "400 with the documented entry")
        .always()
        .costs(SMS)
        .under(&[Variant::TakenPhoneText])
        .from(&[SEND])
        .tells(phones::taken),
    row("SC-PHN-04", "ask again when the phone is verified", "204 or 400, and which is told")
        .contested(&[Variant::SendWhenVerified])
        .costs(SMS)
        .from(&[SEND])
        .tells(phones::sent_when_verified),
    row("SC-PHN-05", "ask for the code once more, without a body", "204")
        .costs(SMS)
        .from(&[SEND_AGAIN])
        .tells(phones::again)
        .identifying(),
    row(
        "SC-PHN-06",
        "ask once more when it is verified, and many times in a row",
        "as one of the readings has it; from where on it is throttled is told",
    )
    .contested(&[Variant::ResendWhenVerified, Variant::ResendLimit])
    .costs(SMS)
    .from(&[SEND_AGAIN])
    .tells(phones::again_when_verified)
    .identifying(),
    row("SC-PHN-07", "verify with the right code", "200, and the flag becomes true")
        .always()
        .costs(SMS)
        .from(&[VERIFY])
        .steps(&[Step::VerifyPhone])
        .broken_by(&["sc-phn-07-flag-stays"])
        .tells(phones::verified),
    row("SC-PHN-08", "verify with a wrong, an old or a used code", "400, and the flag stays")
        .costs(SMS)
        .from(&[VERIFY])
        .tells(phones::wrong_codes),
    row("SC-PHN-09", "verify with many wrong codes", "the tries are limited")
        .should()
        .on(Target::Mock)
        .costs(SMS)
        .under(&[Variant::CodeAttempts])
        .from(&[Source::Practice("six digits can be guessed otherwise")])
        .tells(phones::guessed),
];
