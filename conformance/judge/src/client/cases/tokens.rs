//! Tokens: refused once, refused always, refused by the identity server for good, and answers that
//! are odd but right.

use super::case;
use crate::client::case::{Case, Group};

pub(super) const CASES: &[Case] = &[
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
];
