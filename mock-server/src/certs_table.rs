//! What `mock-server certs` prints: every certificate with its thumbprints, as a merchant portal
//! would show them, and the first request to try with them.

use std::fmt::Write as _;

use certs::{Form, Minted, PKCS12_PASSWORD, Role};
use contract::{Call, Tables};
use time::OffsetDateTime;

use crate::{
    config::Meant,
    origins::{Bound, Origins},
    serve::merchants,
};

/// The table, and a curl command for a token with the settings' own addresses.
#[must_use]
pub fn render(minted: &Minted, meant: &Meant) -> String {
    let mut text = String::new();
    for row in certs::table(minted) {
        let name = row.role.name();
        let (from, until) = (day(row.not_before), day(row.not_after));
        // Writing to a text never fails.
        let _ = writeln!(text, "{name}  ({from} to {until})");
        let _ = writeln!(text, "  {}", row.purpose);
        if let Some(flaw) = row.flaw {
            let _ = writeln!(text, "  flaw     {flaw}");
        }
        let _ = writeln!(text, "  subject  {}", row.subject);
        let _ = writeln!(text, "  SHA-1    {}", row.sha1);
        let _ = writeln!(text, "  SHA-256  {}", row.sha256);
        let _ = writeln!(text);
    }
    let dir = minted.dir().display();
    let _ =
        writeln!(text, "Files are in {dir}; PKCS#12 files have the password {PKCS12_PASSWORD}.");
    let _ = writeln!(text, "A token, while 'mock-server serve' runs:\n");
    let _ = writeln!(text, "{}", curl(minted, meant));
    text
}

/// A curl command that obtains a token for the default merchant.
fn curl(minted: &Minted, meant: &Meant) -> String {
    let merchant = merchants::DEFAULT;
    let bound = Bound {
        api: meant.api,
        auth: meant.auth,
        identity: meant.identity,
        control: meant.control,
    };
    let origins = Origins::of(&bound, meant.public_hosts.first().map(String::as_str));
    let path = meant.edition.tables().and_then(token_path).unwrap_or_default();
    let file = |role, form| quoted(&minted.path(role, form).display().to_string());
    let thumbprint = &minted.thumbprint(merchant.role).sha1;
    let scopes = merchants::SCOPES[..2].join(" ");
    [
        format!("curl {}{path}", origins.auth),
        format!("--cacert {}", file(Role::Ca, Form::Certificate)),
        format!("--cert {}", file(merchant.role, Form::Chain)),
        format!("--key {}", file(merchant.role, Form::Key)),
        "--data-urlencode grant_type=client_credentials".to_owned(),
        format!("--data-urlencode client_id={}", merchant.client_id),
        format!("--data-urlencode 'scope={scopes}'"),
        format!("--data-urlencode 'IdentityServer:MTLS:X509Certificate={thumbprint}'"),
    ]
    .join(" \\\n  ")
}

fn token_path(tables: &'static Tables) -> Option<&'static str> {
    tables.endpoint(Call::MtlsToken).map(|row| row.path)
}

fn day(moment: OffsetDateTime) -> String {
    moment.date().to_string()
}

/// As a shell reads it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_for_a_shell() {
        assert_eq!(quoted(".certs/ca.pem"), ".certs/ca.pem");
        assert_eq!(quoted("my certs/it's"), r"'my certs/it'\''s'");
    }
}
