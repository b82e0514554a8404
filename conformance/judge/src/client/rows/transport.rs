//! Transport and mutual TLS.
//! What a connection did is told by the transport lines, which know its number.

use contract::{
    Call, Host,
    label::Label,
    trace::client::{Decoy, Note},
};

use super::{along, row};
use crate::client::{
    row::{Cases, Level, Notes, Row, Weight, told},
    view::{Seen, View},
};

pub(super) const ROWS: &[Row] = &[
    row(
        "CC-TLS-01",
        Level::Must,
        Cases::Every,
        certificate,
        ("Shows the registered client certificate when it asks for a token.", "2025-09 TOK §2"),
    ),
    row(
        "CC-TLS-02",
        Level::Must,
        Cases::Named(&["unknown-root", "unknown-root-of-tokens"]),
        bad_server,
        (
            "Sends nothing to a server whose certificate an unknown authority signed.",
            "RFC 9110 §4.3.4; RFC 9325",
        ),
    ),
    row(
        "CC-TLS-03",
        Level::Must,
        Cases::Named(&["wrong-host"]),
        bad_server,
        ("Sends nothing to a server whose certificate names another host.", "RFC 9525"),
    ),
    row(
        "CC-TLS-04",
        Level::Must,
        Cases::Named(&["expired"]),
        bad_server,
        ("Sends nothing to a server whose certificate is not valid now.", "RFC 9110 §4.3.4"),
    ),
    row(
        "CC-TLS-05",
        Level::Must,
        Cases::Named(&["tls-1-2", "tls-1-3"]),
        versions,
        ("Speaks TLS 1.2, better also 1.3, and nothing older.", "RFC 9325 §3.1"),
    ),
    row(
        "CC-TLS-06",
        Level::Must,
        Cases::Every,
        thumbprint,
        (
            "Sends the thumbprint of the certificate that it shows: upper-case hex, no separators.",
            "2025-09 TOK §2",
        ),
    ),
    row(
        "CC-TLS-07",
        Level::Must,
        Cases::Named(&["moved-to-plain"]),
        plain,
        ("Sends no token and no body over a connection without TLS.", "RFC 6750 §5.3"),
    ),
    along(
        &["CC-TOK-05"],
        row(
            "CC-TLS-08",
            Level::Should,
            Cases::Named(&["revoked"]),
            refused,
            (
                "Keeps connections open, and stops when the server refuses the certificate.",
                "good practice",
            ),
        ),
    ),
];

fn certificate(view: &View<'_>, notes: &mut Notes) {
    for seen in view.calls(Call::MtlsToken) {
        let role = seen.said.certificate.as_deref();
        let refused = seen.said.row.as_deref().is_some_and(|row| row.contains("certificate"));
        let armed = !seen.armed.is_empty()
            || view
                .faults
                .iter()
                .any(|fault| fault.connection == seen.connection && fault.rule == "refuse");
        notes.check(armed || role == Some(OWN) && !refused, seen.step, || {
            told(
                "It asked for a token without the registered client certificate.",
                "the registered certificate",
                role.unwrap_or("no certificate"),
            )
        });
    }
    let bare = view.refused.iter().any(|(_, connection, host)| {
        *host == Host::Auth && !view.faults.iter().any(|fault| fault.connection == *connection)
    });
    if bare && view.calls(Call::MtlsToken).next().is_none() {
        notes.check(false, 0, || {
            told(
                "The token endpoint refused its certificate, or it showed none.",
                "the registered certificate",
                "a handshake that failed",
            )
        });
    }
}

/// The role of the certificate that a merchant's client is given.
const OWN: &str = "merchant-a";

fn bad_server(view: &View<'_>, notes: &mut Notes) {
    let met = view.faults.iter().filter(|fault| fault.effect.contains("certificate"));
    for fault in met.filter(|fault| fault.delivered) {
        let sent = view.requests.iter().find(|seen| seen.connection == fault.connection);
        notes.check(sent.is_none(), sent.map_or(0, |seen| seen.step), || {
            told(
                "It spoke to a server whose certificate it must not trust.",
                "the handshake is broken off",
                sent.map_or_else(String::new, what),
            )
        });
    }
    if notes.decided == 0 {
        notes.unseen("The client opened no connection that met the bad certificate.");
    }
}

fn what(seen: &Seen<'_>) -> String {
    format!("{} {}", seen.said.method, seen.said.path)
}

fn versions(view: &View<'_>, notes: &mut Notes) {
    let newest = view.case.name == "tls-1-3";
    for fault in view.faults.iter().filter(|fault| fault.effect.contains("tls")) {
        let spoke = view.requests.iter().any(|seen| seen.connection == fault.connection);
        let refused = view.refused.iter().any(|(_, connection, _)| *connection == fault.connection);
        match (spoke, refused) {
            (true, _) => notes.kept(),
            (false, true) if newest => notes.find(
                Weight::Warn,
                0,
                told("It cannot speak TLS 1.3.", "TLS 1.3", "a handshake that failed"),
            ),
            (false, true) => notes.check(false, 0, || {
                told(
                    "It could not connect to a server that speaks TLS 1.2.",
                    "TLS 1.2",
                    "a handshake that failed",
                )
            }),
            (false, false) => {}
        }
    }
    if notes.decided == 0 {
        notes.unseen("The client opened no connection of that version.");
    }
}

fn thumbprint(view: &View<'_>, notes: &mut Notes) {
    for seen in view.calls(Call::MtlsToken) {
        let Some(role) = seen.said.certificate.as_deref() else { continue };
        let form = seen.said.request.as_ref();
        let field = form.and_then(|form| form.get("IdentityServer:MTLS:X509Certificate"));
        let text = field.and_then(|field| field.as_str()).unwrap_or("nothing");
        let label = Label::parse(text);
        let right = label.as_ref().is_some_and(|label| {
            label.name == format!("thumbprint-of-{role}") && label.says("upper case")
        });
        notes.check(right, seen.step, || {
            told(
                "The thumbprint that it sent is not that of its certificate, in upper-case hex.",
                format!("<thumbprint-of-{role} upper case>"),
                text,
            )
        });
    }
}

fn plain(view: &View<'_>, notes: &mut Notes) {
    let Some(moved) = notes.armed(view, "moved") else { return };
    let step = moved.step;
    let strayed = view.notes.iter().any(|note| {
        let Note::Strayed { listener, bearer, body } = note.what else { return false };
        *listener == Decoy::Plain && (*bearer || *body)
    });
    notes.check(!strayed, step, || {
        told(
            "It followed a redirect to an address without TLS, with its token.",
            "nothing over plain text",
            "a request with a token or a body",
        )
    });
}

fn refused(view: &View<'_>, notes: &mut Notes) {
    let Some(first) = notes.armed(view, "refuse") else { return };
    let polls: Vec<_> = view.polls().filter(|seen| seen.line <= first.line).collect();
    let connections = view.handshakes.iter().filter(|(line, _, _, host)| {
        *host == Host::Api
            && polls.first().is_some_and(|poll| *line > poll.line)
            && *line < first.line
    });
    let handshakes = connections.count();
    if handshakes > polls.len() / 3 {
        notes.find(
            Weight::Info,
            first.step,
            told(
                format!("It shook hands {handshakes} times for {} polls.", polls.len()),
                "one connection for at least three polls",
                format!("{handshakes} handshakes"),
            ),
        );
    }
    let answered = view.token_calls().filter(|seen| seen.line > first.line).count();
    let broken =
        view.refused.iter().filter(|(line, _, host)| *line > first.line && *host == Host::Auth);
    let attempts = answered + broken.count();
    if attempts > 3 {
        notes.find(
            Weight::Warn,
            first.step,
            told(
                format!("It asked for a token {attempts} times though its certificate is refused."),
                "at most three attempts",
                format!("{attempts} attempts"),
            ),
        );
    }
    notes.kept();
}
