//! Lost, late and broken answers, outages, and flows that end before their end. Every fault is
//! bounded, so that a sound client gets through.

use super::{CALM, case, with};
use crate::{
    Person,
    client::case::{Case, Group, Human},
};

pub(super) const CASES: &[Case] = &[
    case(
        "created-in-silence",
        Group::Outages,
        40,
        "The user is created, but the answer is lost.",
        r#"
[[rule]]
id = "lost"
when = { call = "create-user" }
then = { cut = "close" }
until = { times = 10 }
"#,
    ),
    case(
        "finalize-fails",
        Group::Outages,
        60,
        "Finalising is answered 500 twice.",
        r#"
[[rule]]
id = "fail"
when = { call = "finalize" }
then = { answer = { status = 500, family = "problem-details" } }
until = { times = 2 }
"#,
    ),
    case(
        "slow-finalize",
        Group::Outages,
        60,
        "Finalising takes eight seconds.",
        r#"
[[rule]]
id = "slow"
when = { call = "finalize", nth = 1 }
then = { delay = "8s" }
"#,
    ),
    case(
        "questionnaire-in-silence",
        Group::Outages,
        60,
        "The questionnaire is taken, but the answer is lost.",
        r#"
[[rule]]
id = "lost"
when = { call = "add-additional-data", nth = 1 }
then = { cut = "close" }
"#,
    ),
    case(
        "slow-steps",
        Group::Outages,
        130,
        "Every step takes ten seconds.",
        r#"
[[rule]]
id = "slow-create"
when = { call = "create-user", nth = 1 }
then = { delay = "10s" }
[[rule]]
id = "slow-sms"
when = { call = "send-phone-code", nth = 1 }
then = { delay = "10s" }
[[rule]]
id = "slow-initiate"
when = { call = "initiate", nth = 1 }
then = { delay = "10s" }
[[rule]]
id = "slow-questionnaire"
when = { call = "add-additional-data", nth = 1 }
then = { delay = "10s" }
"#,
    ),
    case(
        "cut-after-headers",
        Group::Outages,
        60,
        "A poll is cut off after its headers, and the questionnaire before them.",
        r#"
[[rule]]
id = "poll"
when = { call = "identification-status", nth = 2 }
then = { cut = "reset-after-headers" }
[[rule]]
id = "write"
when = { call = "add-additional-data", nth = 1 }
then = { cut = "close" }
"#,
    ),
    case(
        "dripping",
        Group::Outages,
        150,
        "A poll is answered at one byte a second.",
        r#"
[[rule]]
id = "drip"
when = { call = "identification-status", nth = 2 }
then = { slow = 1 }
"#,
    ),
    case(
        "idle-closed",
        Group::Outages,
        60,
        "The server closes idle connections between polls.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 4
[[timeline.identification]]
status = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"
polls = 1
[[rule]]
id = "idle"
when = { call = "identification-status", from = 2 }
then = { cut = "close-idle" }
until = { times = 3 }
"#,
    ),
    case(
        "outage",
        Group::Outages,
        130,
        "For a minute of the second phase, nothing works.",
        r#"
[[rule]]
id = "outage"
when = { call = "identification-status", phase = "signing" }
then = { answer = { status = 503 } }
until = { for = "60s" }
"#,
    ),
    case(
        "huge-body",
        Group::Outages,
        60,
        "A poll is answered with five megabytes.",
        r#"
[[rule]]
id = "huge"
when = { call = "identification-status", nth = 2 }
then = { body = "huge" }
"#,
    ),
    case(
        "not-yet",
        Group::Outages,
        60,
        "Finalising is refused because the signature is not there yet.",
        r#"
[[rule]]
id = "early"
when = { call = "finalize", nth = 1 }
then = { answer = { status = 400, json = { code = "not.reached", label = "The signing status is not reached yet", message = "" } } }
"#,
    ),
    with(
        Human { acts: Person::Decline, ..CALM },
        &[],
        case("declined", Group::Outages, 40, "The person declines to sign.", ""),
    ),
];
