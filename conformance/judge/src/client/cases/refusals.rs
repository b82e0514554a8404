//! Refusals: for fields, for good, for now, in every form of body, and successes that lack what the
//! next step needs.

use super::case;
use crate::client::case::{Case, Group};

pub(super) const CASES: &[Case] = &[
    case(
        "fields-refused",
        Group::Refusals,
        20,
        "Creating the user is refused for its fields.",
        r#"
[[rule]]
id = "refuse"
when = { call = "create-user" }
then = { answer = { status = 400, family = "validation" } }
until = { times = 1000 }
"#,
    ),
    case(
        "phone-refused",
        Group::Refusals,
        20,
        "Sending the SMS is refused for its fields.",
        r#"
[[rule]]
id = "refuse"
when = { call = "send-phone-code" }
then = { answer = { status = 400, family = "validation" } }
until = { times = 1000 }
"#,
    ),
    case(
        "questionnaire-refused",
        Group::Refusals,
        40,
        "The questionnaire is refused for its fields.",
        r#"
[[rule]]
id = "refuse"
when = { call = "add-additional-data" }
then = { answer = { status = 400, family = "validation" } }
until = { times = 1000 }
"#,
    ),
    case(
        "not-found",
        Group::Refusals,
        20,
        "Starting the identification is answered 404.",
        r#"
[[rule]]
id = "refuse"
when = { call = "initiate" }
then = { answer = { status = 404, family = "problem-details" } }
until = { times = 1000 }
"#,
    ),
    case(
        "forbidden",
        Group::Refusals,
        20,
        "Sending the SMS is forbidden.",
        r#"
[[rule]]
id = "refuse"
when = { call = "send-phone-code" }
then = { answer = { status = 403, family = "problem-details" } }
until = { times = 1000 }
"#,
    ),
    case(
        "conflict",
        Group::Refusals,
        20,
        "Starting the identification is answered 409.",
        r#"
[[rule]]
id = "refuse"
when = { call = "initiate" }
then = { answer = { status = 409, family = "problem-details" } }
until = { times = 1000 }
"#,
    ),
    case(
        "unprocessable",
        Group::Refusals,
        20,
        "The questionnaire is answered 422.",
        r#"
[[rule]]
id = "refuse"
when = { call = "add-additional-data" }
then = { answer = { status = 422, family = "problem-details" } }
until = { times = 1000 }
"#,
    ),
    case(
        "throttled-seconds",
        Group::Refusals,
        60,
        "A poll is answered 429 with Retry-After in seconds.",
        r#"
[[rule]]
id = "throttle"
when = { call = "identification-status", nth = 2 }
then = { answer = { status = 429, family = "problem-details", retry-after = "9s" } }
"#,
    ),
    case(
        "throttled-date",
        Group::Refusals,
        60,
        "A poll is answered 429 with Retry-After as a date.",
        r#"
[[rule]]
id = "throttle"
when = { call = "identification-status", nth = 2 }
then = { answer = { status = 429, family = "problem-details", retry-after = "9s", retry-after-date = true } }
"#,
    ),
    case(
        "throttled",
        Group::Refusals,
        60,
        "A read is answered 429 three times, and nobody says how long to wait.",
        r#"
[[rule]]
id = "throttle"
when = { call = "finalize" }
then = { answer = { status = 429, family = "problem-details" } }
until = { times = 3 }
"#,
    ),
    case(
        "gateway-down",
        Group::Refusals,
        60,
        "Finalising is answered 503 three times.",
        r#"
[[rule]]
id = "down"
when = { call = "finalize" }
then = { answer = { status = 503, family = "html" } }
until = { times = 3 }
"#,
    ),
    case(
        "odd-errors",
        Group::Refusals,
        20,
        "A refusal comes as a web page.",
        r#"
[[rule]]
id = "refuse"
when = { call = "initiate" }
then = { answer = { status = 400, family = "html" } }
until = { times = 1000 }
"#,
    ),
    case(
        "empty-errors",
        Group::Refusals,
        20,
        "A refusal comes without a body.",
        r#"
[[rule]]
id = "refuse"
when = { call = "initiate" }
then = { answer = { status = 400, family = "empty" } }
until = { times = 1000 }
"#,
    ),
    case(
        "null-errors",
        Group::Refusals,
        20,
        "A refusal comes with nothing but nulls.",
        r#"
[[rule]]
id = "refuse"
when = { call = "initiate" }
then = { answer = { status = 400, family = "all-null" } }
until = { times = 1000 }
"#,
    ),
    case(
        "code-errors",
        Group::Refusals,
        20,
        "A refusal comes as errorCode.",
        r#"
[[rule]]
id = "refuse"
when = { call = "initiate" }
then = { answer = { status = 400, family = "error-code" } }
until = { times = 1000 }
"#,
    ),
    case(
        "unknown-members",
        Group::Refusals,
        40,
        "Answers have members that nobody knows.",
        r#"
[[rule]]
id = "odd"
when = { call = ["create-user", "initiate", "identification-status", "user-status", "finalize"] }
then = { body = "unknown-member" }
until = { times = 1000 }
"#,
    ),
    case(
        "missing-id",
        Group::Refusals,
        20,
        "The new user comes without a number.",
        r#"
[[rule]]
id = "missing"
when = { call = "create-user" }
then = { body = { kind = "missing-member", member = "id" } }
until = { times = 1000 }
"#,
    ),
    case(
        "missing-address",
        Group::Refusals,
        20,
        "The identification starts, but no address comes.",
        r#"
[[rule]]
id = "missing"
when = { call = "initiate" }
then = { body = { kind = "missing-member", member = "videoIdentificationUrl" } }
until = { times = 1000 }
"#,
    ),
    case(
        "broken-json",
        Group::Refusals,
        20,
        "The new user comes as broken JSON.",
        r#"
[[rule]]
id = "broken"
when = { call = "create-user" }
then = { body = "broken" }
until = { times = 1000 }
"#,
    ),
    case(
        "confirmed-false",
        Group::Refusals,
        20,
        "Confirming the address is answered 200, but says success: false.",
        r#"
[[rule]]
id = "false"
when = { call = "confirm-email" }
then = { answer = { status = 200, json = { success = false } } }
until = { times = 1000 }
"#,
    ),
];
