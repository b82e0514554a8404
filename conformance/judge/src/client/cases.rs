//! All cases, group by group.

use super::case::{Case, Extra, Feature, Group, Human};
use crate::Person;

const CALM: Human = Human::CALM;

const fn case(
    name: &'static str,
    group: Group,
    seconds: u32,
    title: &'static str,
    scenario: &'static str,
) -> Case {
    Case { name, group, title, scenario, human: CALM, needs: &[], worlds: &[], seconds }
}

const fn with(human: Human, needs: &'static [Feature], case: Case) -> Case {
    Case { human, needs, ..case }
}

/// The case in which nothing goes wrong.
pub const HEALTHY: &Case = &case("healthy", Group::Healthy, 30, "Nothing goes wrong.", "");

/// Every case but the healthy one.
pub const CASES: &[Case] = &[
    // Transport.
    case(
        "unknown-root",
        Group::Transport,
        40,
        "The API shows a certificate of an unknown authority.",
        r#"
[[rule]]
id = "cert"
when = { call = "create-user", nth = 1 }
then = { cut = "close-idle", connection = { listener = "api", meets = { certificate = "untrusted" }, connections = 1 } }
"#,
    ),
    case(
        "unknown-root-of-tokens",
        Group::Transport,
        40,
        "The token endpoint shows a certificate of an unknown authority.",
        r#"
[[rule]]
id = "cert"
when = { call = "mtls-token", nth = 1 }
then = { cut = "close-idle", connection = { listener = "auth", meets = { certificate = "untrusted" }, connections = 1 } }
[[rule]]
id = "renew"
when = { call = "send-phone-code", nth = 1 }
then = { answer = { problem = "unauthorized" } }
"#,
    ),
    case(
        "wrong-host",
        Group::Transport,
        40,
        "The API shows a certificate for another name.",
        r#"
[[rule]]
id = "cert"
when = { call = "create-user", nth = 1 }
then = { cut = "close-idle", connection = { listener = "api", meets = { certificate = "wrong-host" }, connections = 1 } }
"#,
    ),
    case(
        "expired",
        Group::Transport,
        40,
        "The API shows a certificate that has expired.",
        r#"
[[rule]]
id = "cert"
when = { call = "create-user", nth = 1 }
then = { cut = "close-idle", connection = { listener = "api", meets = { certificate = "expired" }, connections = 1 } }
"#,
    ),
    case(
        "tls-1-2",
        Group::Transport,
        40,
        "The API speaks TLS 1.2 only.",
        r#"
[[rule]]
id = "tls"
when = { call = "create-user", nth = 1 }
then = { cut = "close-idle", connection = { listener = "api", meets = { tls = "1.2" }, connections = 1 } }
"#,
    ),
    case(
        "tls-1-3",
        Group::Transport,
        40,
        "The API speaks TLS 1.3 only.",
        r#"
[[rule]]
id = "tls"
when = { call = "create-user", nth = 1 }
then = { cut = "close-idle", connection = { listener = "api", meets = { tls = "1.3" }, connections = 1 } }
"#,
    ),
    case(
        "revoked",
        Group::Transport,
        120,
        "After ten polls the identity server refuses the certificate.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 12
[[timeline.identification]]
status = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"
polls = 1
[[rule]]
id = "close"
when = { call = "mtls-token", nth = 1 }
then = { cut = "close-idle" }
[[rule]]
id = "refuse"
when = { call = "identification-status", from = 11 }
then = { connection = { listener = "auth", meets = "client-revoked", connections = 50 }, answer = { problem = "unauthorized" } }
until = { times = 1000 }
"#,
    ),
    case(
        "moved-to-plain",
        Group::Transport,
        60,
        "A poll is answered with a redirect to an address without TLS.",
        r#"
[[rule]]
id = "moved"
when = { call = "identification-status", nth = 2 }
then = { answer = { status = 307, headers = { location = "http://{plain}/Enrollment" } } }
"#,
    ),
    case(
        "moved-elsewhere",
        Group::Transport,
        60,
        "A poll is answered with a redirect to another host.",
        r#"
[[rule]]
id = "moved"
when = { call = "identification-status", nth = 2 }
then = { answer = { status = 302, headers = { location = "{elsewhere}/Enrollment" } } }
"#,
    ),
    // Tokens.
    case(
        "token-refused-once",
        Group::Tokens,
        40,
        "A good token is refused once, in the middle of the flow.",
        r#"
[[rule]]
id = "refuse"
when = { call = "send-phone-code", nth = 1 }
then = { answer = { problem = "unauthorized" } }
"#,
    ),
    case(
        "token-refused-always",
        Group::Tokens,
        40,
        "Every token is refused.",
        r#"
[[rule]]
id = "refuse"
when = { call = "send-phone-code" }
then = { answer = { problem = "unauthorized" } }
until = { times = 1000 }
"#,
    ),
    case(
        "token-scope-refused",
        Group::Tokens,
        70,
        "The token endpoint refuses the scope.",
        r#"
[[rule]]
id = "refuse"
when = { call = "mtls-token" }
then = { answer = { status = 400, json = { error = "invalid_scope" } } }
until = { times = 1000 }
"#,
    ),
    case(
        "token-client-refused",
        Group::Tokens,
        70,
        "The token endpoint refuses the client.",
        r#"
[[rule]]
id = "refuse"
when = { call = "mtls-token" }
then = { answer = { status = 400, json = { error = "invalid_client" } } }
until = { times = 1000 }
"#,
    ),
    case(
        "token-answer-odd",
        Group::Tokens,
        40,
        "The token answer has no lifetime, a lower-case type and members that nobody knows.",
        r#"
[[rule]]
id = "odd"
when = { call = "mtls-token" }
then = { patch = { set = { token_type = "bearer", issued_by = "somebody", nested = { a = 1 } }, remove = ["expires_in"] } }
until = { times = 1000 }
"#,
    ),
    // Values.
    case(
        "smallest-id",
        Group::Values,
        10,
        "The new user is number 1.",
        r#"
[[rule]]
id = "id"
when = { call = "create-user", nth = 1 }
then = { patch = { set = { id = 1 } } }
"#,
    ),
    case(
        "largest-id",
        Group::Values,
        10,
        "The new user has the largest number that there is.",
        r#"
[[rule]]
id = "id"
when = { call = "create-user", nth = 1 }
then = { patch = { set = { id = 2147483647 } } }
"#,
    ),
    Case {
        worlds: &[30, 37, 100, 253, 357, 415, 495, 694, 1029, 1048, 1096, 1174],
        ..case("leading-zeros", Group::Values, 40, "The codes begin with a zero.", "")
    },
    with(
        Human { wrong_codes: 1, ..CALM },
        &[Feature::AsksAgain],
        case("wrong-code", Group::Values, 40, "The person mistypes each code once.", ""),
    ),
    with(
        Human { resends: 3, ..CALM },
        &[Feature::Resends],
        case("resend", Group::Values, 140, "The person presses \"send again\" three times.", ""),
    ),
    // Journeys.
    with(
        Human { lands_after: 60, ..CALM },
        &[],
        case(
            "late-landing",
            Group::Journeys,
            90,
            "The browser comes back a minute after the identification.",
            "",
        ),
    ),
    case(
        "late-signing-address",
        Group::Journeys,
        60,
        "The first phase takes its time, and its answers show an address all the while.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 5
[[timeline.identification]]
status = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"
polls = 1
"#,
    ),
    with(
        Human { restarts: true, ..CALM },
        &[Feature::Resumes],
        case("restart", Group::Journeys, 40, "The client is restarted between two steps.", ""),
    ),
    case(
        "error-after-success",
        Group::Journeys,
        40,
        "The browser lands on the Success URL, and then the status says ERROR.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 2
[[timeline.identification]]
status = "ERROR"
polls = 1
"#,
    ),
    with(
        Human { extra: Some(Extra::Forged), ..CALM },
        &[Feature::Lands],
        case(
            "forged-success",
            Group::Journeys,
            160,
            "A browser visits the Success URL though nobody was identified.",
            "",
        ),
    ),
    with(
        Human { acts: Person::Cancel, ..CALM },
        &[],
        case("cancelled", Group::Journeys, 30, "The person cancels the identification.", ""),
    ),
    with(
        Human { extra: Some(Extra::Again), ..CALM },
        &[Feature::Lands],
        case(
            "landed-again",
            Group::Journeys,
            40,
            "The Success URL is visited once more when everything is over.",
            "",
        ),
    ),
    with(
        Human { extra: Some(Extra::Altered), ..CALM },
        &[Feature::Lands],
        case(
            "altered-landing",
            Group::Journeys,
            40,
            "The Success URL comes with the number of another user.",
            "",
        ),
    ),
    with(
        Human { extra: Some(Extra::Twice), ..CALM },
        &[Feature::Lands],
        case(
            "landed-twice",
            Group::Journeys,
            50,
            "The browser looks at the Success URL first, and then comes twice at once.",
            "",
        ),
    ),
    with(
        Human { starts: 2, ..CALM },
        &[Feature::Starts],
        case("started-twice", Group::Journeys, 40, "The person double-clicks \"begin\".", ""),
    ),
    // Polling.
    case(
        "long-processing",
        Group::Polling,
        110,
        "Twenty polls find the identification still in process.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 20
[[timeline.identification]]
status = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"
polls = 1
"#,
    ),
    case(
        "endless-processing",
        Group::Polling,
        330,
        "The identification is in process for ever.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 100000
"#,
    ),
    case(
        "error-in-first-phase",
        Group::Polling,
        50,
        "The identification fails while it is polled.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 3
[[timeline.identification]]
status = "ERROR"
polls = 1
"#,
    ),
    case(
        "slow-polls",
        Group::Polling,
        80,
        "Every poll is answered after seven seconds.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 2
[[timeline.identification]]
status = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"
polls = 1
[[rule]]
id = "slow"
when = { call = "identification-status" }
then = { delay = "7s" }
until = { times = 4 }
"#,
    ),
    case(
        "old-status-in-second-phase",
        Group::Polling,
        50,
        "The second phase repeats the last status of the first one twice.",
        r#"
[[rule]]
id = "old"
when = { call = "identification-status", phase = "signing" }
then = { patch = { set = { videoIdentificationStatus = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED" } } }
until = { times = 2 }
"#,
    ),
    case(
        "poll-fails",
        Group::Polling,
        60,
        "One poll is answered 503, the next one is cut off.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 6
[[timeline.identification]]
status = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"
polls = 1
[[rule]]
id = "busy"
when = { call = "identification-status", nth = 2 }
then = { answer = { status = 503 } }
[[rule]]
id = "reset"
when = { call = "identification-status", nth = 3 }
then = { cut = "reset-before-headers" }
"#,
    ),
    case(
        "null-address",
        Group::Polling,
        40,
        "The first phase succeeds, but its answer holds no address.",
        r#"
[[rule]]
id = "null"
when = { call = "identification-status" }
then = { body = "null-url" }
until = { times = 1000 }
"#,
    ),
    case(
        "unknown-status",
        Group::Polling,
        330,
        "One poll is answered with a status that nobody documented.",
        r#"
[[rule]]
id = "unknown"
when = { call = "identification-status", nth = 2 }
then = { body = "unknown-status" }
"#,
    ),
    // Refusals.
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
    // Outages.
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

/// The case of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Case> {
    std::iter::once(HEALTHY).chain(CASES).find(|case| case.name == name)
}
