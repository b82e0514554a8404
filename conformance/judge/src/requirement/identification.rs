//! The identification session, the browser's way back, and polling.
//! These need a person, so against the sandbox somebody has to be there.

use contract::Variant;

use crate::{
    always,
    stories::{identification, polls},
};

use super::{Effect, Requirement, Source, Target, row};

const INITIATE: Source = Source::Page("initiate-external-identification-api");
const POLL: Source = Source::Page("get-identification-process-status");
const FLOW: Source = Source::Page("10npayments-end-to-end-onboarding");
const USER: &[Effect] = &[Effect::Users, Effect::Mails, Effect::Sms];
const PERSON: &[Effect] = &[Effect::Users, Effect::Mails, Effect::Sms, Effect::Person];

pub(super) const ROWS: &[Requirement] = &[
    row(
        "SC-INI-01",
        "start the identification of a user who may",
        "200 with an https address, a status as a text, and a message",
    )
    .always()
    .identifying()
    .costs(USER)
    .from(&[INITIATE])
    .tells(identification::started)
    .broken_by(&["sc-ini-01-no-message"]),
    row("SC-INI-02", "start it without the questionnaire", "400 or 200, as the reading has it")
        .contested(&[Variant::QuestionnaireOrder])
        .identifying()
        .costs(USER)
        .from(&[INITIATE])
        .tells(identification::without_questionnaire)
        .broken_by(&["sc-ini-02-forbidden-without"]),
    row("SC-INI-03", "start it before e-mail and phone are verified", "400")
        .identifying()
        .costs(USER)
        .from(&[FLOW, INITIATE])
        .tells(identification::too_early)
        .broken_by(&["sc-ini-03-unverified-starts"]),
    row(
        "SC-INI-04",
        "start it twice without restarting",
        "the same session or a documented refusal, and never two live sessions",
    )
    .always()
    .identifying()
    .costs(USER)
    .from(&[INITIATE])
    .tells(identification::twice)
    .broken_by(&["sc-ini-04-two-sessions"]),
    row("SC-INI-05", "restart it", "a new address, and the old one leads to no success any more")
        .always()
        .identifying()
        .on(Target::Mock)
        .from(&[INITIATE])
        .tells(identification::restarted)
        .broken_by(&["sc-ini-05-restart-leads-nowhere"]),
    row("SC-INI-06", "send correlationType 2, wrong types, an unknown user", "400 or 404")
        .identifying()
        .under(&[Variant::UnknownUser])
        .from(&[INITIATE])
        .tells(identification::bad_requests)
        .broken_by(&["sc-ini-06-any-type"]),
    row("SC-RED-01", "go through an identification", "the registered Success URL and no other")
        .always()
        .identifying()
        .costs(PERSON)
        .from(&[INITIATE])
        .tells(identification::succeeds)
        .broken_by(&["sc-red-01-success-is-fail"]),
    row("SC-RED-02", "cancel it, and fail it", "the registered Fail URL")
        .always()
        .identifying()
        .costs(PERSON)
        .from(&[INITIATE])
        .tells(identification::fails)
        .broken_by(&["sc-red-02-fail-is-success"]),
    row(
        "SC-RED-03",
        "add or change return parameters of the opened address",
        "the target stays the same",
    )
    .identifying()
    .on(Target::Mock)
    .from(&[Source::Rfc(9700, "4.11")])
    .tells(identification::bent)
    .broken_by(&["sc-red-03-open-redirect"]),
    row("SC-RED-04", "open the address twice, and when all is over", "no second completion")
        .always()
        .identifying()
        .on(Target::Mock)
        .from(&[Source::Practice("an address that works once more can be misused")])
        .tells(identification::opened_again)
        .broken_by(&["sc-red-04-success-again"]),
    row(
        "SC-RED-05",
        "look at where the redirect leads",
        "no token, code or personal data stands in it",
    )
    .identifying()
    .costs(PERSON)
    .under(&[Variant::LandingParameters])
    .from(&[Source::Rfc(6750, "5.3")])
    .tells(identification::there_and_back)
    .holds(always::redirects_are_discreet)
    .broken_by(&["sc-red-05-code-in-address"]),
    row("SC-POL-01", "poll", "three members, each a text or null")
        .identifying()
        .costs(USER)
        .from(&[POLL])
        .tells(polls::shape)
        .broken_by(&["sc-pol-01-number-for-status"])
        .along_with(&["SC-POL-04", "SC-POL-08"]),
    row(
        "SC-POL-02",
        "poll to the end and beyond",
        "statuses come in an order of the flow, and success never goes back",
    )
    .always()
    .identifying()
    .costs(PERSON)
    .from(&[POLL])
    .tells(polls::beyond)
    .holds(always::statuses_stay)
    .broken_by(&["sc-pol-02-status-goes-back"]),
    row("SC-POL-03", "poll until there is something to sign", "then the address is there")
        .always()
        .identifying()
        .costs(PERSON)
        .from(&[POLL])
        .tells(polls::address)
        .broken_by(&["sc-pol-03-no-address"]),
    row("SC-POL-04", "poll before the redirect, and a hundred times", "polling moves nothing")
        .always()
        .identifying()
        .costs(USER)
        .from(&[POLL, Source::Rfc(9110, "9.2.1")])
        .tells(polls::read_only)
        .broken_by(&["sc-pol-04-polls-move-it"]),
    row(
        "SC-POL-05",
        "write false, True or 1 into the path",
        "as one of the readings has it, and never a 5xx",
    )
    .contested(&[Variant::CompletedFlag])
    .identifying()
    .from(&[POLL])
    .tells(polls::completed_flag)
    .broken_by(&["sc-pol-05-true-only"]),
    row("SC-POL-06", "poll with userType 2, an unknown and a foreign user", "400 or 404")
        .identifying()
        .under(&[Variant::UnknownUser])
        .from(&[POLL])
        .tells(polls::strangers)
        .broken_by(&["sc-pol-06-any-user-type"]),
    row("SC-POL-07", "poll before any session was started", "a documented 4xx")
        .identifying()
        .costs(USER)
        .under(&[Variant::PollBeforeInitiate])
        .from(&[POLL])
        .tells(polls::before_any)
        .broken_by(&["sc-pol-07-status-of-nothing"]),
    row(
        "SC-POL-08",
        "poll through a scripted sequence",
        "exactly the script, each entry once by poll or by time as it says",
    )
    .identifying()
    .on(Target::Mock)
    .from(&[Source::Practice("a mock that departs from its script proves nothing")])
    .tells(polls::script)
    .broken_by(&["sc-pol-08-off-the-script"]),
    row("SC-POL-09", "poll faster than every two seconds", "429 with Retry-After, or tolerated")
        .should()
        .identifying()
        .costs(USER)
        .from(&[POLL, Source::Rfc(6585, "4")])
        .tells(polls::too_fast)
        .broken_by(&["sc-pol-09-throttled-in-silence"]),
];
