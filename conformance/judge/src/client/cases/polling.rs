//! Polling: long, endless, failing and slow phases, statuses that are old or unknown, a phase that
//! succeeds without an address.

use super::case;
use crate::client::case::{Case, Group};

pub(super) const CASES: &[Case] = &[
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
];
