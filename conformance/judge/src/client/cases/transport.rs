//! TLS and addresses: bad certificates, old and new versions, redirects away from the host, a
//! certificate that the server takes no more.

use super::case;
use crate::client::case::{Case, Group};

pub(super) const CASES: &[Case] = &[
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
];
