//! Users, their e-mail addresses and their phones.
//! Most of these leave a user behind and send something to somebody.

use contract::Variant;

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
    .tells(people::created)
    .holds(always::ids_differ)
    .broken_by(&["sc-usr-01-created-with-200"])
    .along_with(&["SC-USR-02", "SC-USR-05", "SC-ERR-05"]),
    row(
        "SC-USR-02",
        "create a user whose e-mail is null",
        "201; what confirming then does is told",
    )
    .costs(USER)
    .from(&[CREATE])
    .tells(people::without_address)
    .broken_by(&["sc-usr-02-address-needed"]),
    row(
        "SC-USR-03",
        "send an e-mail that is none, then an empty one",
        "400 with errors.Email, status 400 and a traceId",
    )
    .from(&[CREATE])
    .tells(people::bad_addresses)
    .broken_by(&["sc-usr-03-any-address"]),
    row(
        "SC-USR-04",
        "leave merchantId out, send it as a text, or at the bounds of its type",
        "400 with an entry for the field, as far as the reading of JSON allows",
    )
    .under(&[Variant::JsonReading])
    .from(&[CREATE])
    .tells(people::merchant_ids)
    .broken_by(&["sc-usr-04-any-merchant"]),
    row("SC-USR-05", "send metadata that is deep and unknown", "accepted")
        .may()
        .costs(MAIL)
        .from(&[CREATE])
        .tells(people::metadata)
        .broken_by(&["sc-usr-05-no-metadata"]),
    row("SC-EML-01", "confirm with the right code", "200, and the flag becomes true")
        .always()
        .costs(MAIL)
        .from(&[CONFIRM])
        .tells(people::confirmed)
        .broken_by(&["sc-eml-01-flag-stays"]),
    row(
        "SC-EML-02",
        "confirm with a wrong, an empty or no code",
        "400, errors.Token where it is missing, and the flag stays false",
    )
    .costs(MAIL)
    .from(&[CONFIRM])
    .tells(people::wrong_codes)
    .broken_by(&["sc-eml-02-empty-code"]),
    row("SC-EML-03", "confirm with the code before the newest", "400")
        .always()
        .costs(MAIL)
        .from(&[CONFIRM, MAIL_AGAIN])
        .tells(people::earlier_code)
        .broken_by(&["sc-eml-03-old-code"])
        .along_with(&["SC-EML-02"]),
    row(
        "SC-EML-04",
        "ask for another mail: unconfirmed, confirmed, for a foreign address",
        "204; 204 and no mail; 400",
    )
    .costs(MAIL)
    .under(&[Variant::ResendWhenVerified])
    .from(&[MAIL_AGAIN])
    .tells(people::mail_again)
    .broken_by(&["sc-eml-04-never-sent"]),
    row("SC-PHN-01", "ask for a code to a phone", "204 without a body")
        .always()
        .costs(SMS)
        .from(&[SEND])
        .tells(phones::sent)
        .broken_by(&["sc-phn-01-code-sent-with-201"]),
    row("SC-PHN-02", "send a number that is not E.164, or none", "400")
        .costs(MAIL)
        .from(&[SEND])
        .tells(phones::bad_numbers)
        .broken_by(&["sc-phn-02-any-number"]),
    row("SC-PHN-03", "send a number that another user holds", "400 with the documented entry")
        .always()
        .costs(SMS)
        .under(&[Variant::TakenPhoneText])
        .from(&[SEND])
        .tells(phones::taken)
        .broken_by(&["sc-phn-03-number-shared"]),
    row("SC-PHN-04", "ask again when the phone is verified", "204 or 400, and which is told")
        .contested(&[Variant::SendWhenVerified])
        .costs(SMS)
        .from(&[SEND])
        .tells(phones::sent_when_verified)
        .broken_by(&["sc-phn-04-gone-when-verified"]),
    row("SC-PHN-05", "ask for the code once more, without a body", "204")
        .costs(SMS)
        .from(&[SEND_AGAIN])
        .tells(phones::again)
        .identifying()
        .broken_by(&["sc-phn-05-resent-with-200"]),
    row(
        "SC-PHN-06",
        "ask once more when it is verified, and many times in a row",
        "as one of the readings has it; from where on it is throttled is told",
    )
    .contested(&[Variant::ResendWhenVerified, Variant::ResendLimit])
    .costs(SMS)
    .from(&[SEND_AGAIN])
    .tells(phones::again_when_verified)
    .identifying()
    .broken_by(&["sc-phn-06-forbidden-when-verified"]),
    row("SC-PHN-07", "verify with the right code", "200, and the flag becomes true")
        .always()
        .costs(SMS)
        .from(&[VERIFY])
        .tells(phones::verified)
        .broken_by(&["sc-phn-07-flag-stays"]),
    row("SC-PHN-08", "verify with a wrong, an old or a used code", "400, and the flag stays")
        .costs(SMS)
        .from(&[VERIFY])
        .tells(phones::wrong_codes)
        .broken_by(&["sc-phn-08-used-code"]),
    row("SC-PHN-09", "verify with many wrong codes", "the tries are limited")
        .should()
        .on(Target::Mock)
        .costs(SMS)
        .under(&[Variant::CodeAttempts])
        .from(&[Source::Practice("six digits can be guessed otherwise")])
        .tells(phones::guessed)
        .broken_by(&["sc-phn-09-guess-on"]),
];
