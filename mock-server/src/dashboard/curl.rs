//! An exchange as a curl command that a person can paste. Labels stand where secrets were.
//! Everything is quoted for the shell, whatever a client has sent.

use contract::{Call, trace::Exchange};
use serde_json::Value;

use crate::workspace::Workspace;

/// The command.
pub(super) fn command(workspace: &Workspace, exchange: &Exchange) -> String {
    let ready = workspace.ready();
    let mut words = vec![
        "curl".to_owned(),
        "--cacert".to_owned(),
        quoted(&ready.ca.display().to_string()),
        "-X".to_owned(),
        quoted(&exchange.method),
    ];
    let mut add = |flag: &str, value: &str| words.extend([flag.to_owned(), quoted(value)]);
    if exchange.certificate.is_some() {
        add("--cert", &ready.client_cert.display().to_string());
        add("--key", &ready.client_key.display().to_string());
    }
    if exchange.bearer.is_some() {
        add("-H", "Authorization: Bearer <access-token>");
    }
    if let Some(media_type) = &exchange.media_type {
        add("-H", &format!("Content-Type: {media_type}"));
    }
    match (&exchange.request, exchange.call) {
        (Some(Value::Object(fields)), Some(Call::PlainToken | Call::MtlsToken)) => {
            for (name, value) in fields {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                add("--data-urlencode", &format!("{name}={value}"));
            }
        }
        (Some(body), _) => {
            let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
            add("--data-binary", &text);
        }
        (None, _) => {}
    }
    let origin = workspace.origins().of_host(exchange.host);
    words.push(quoted(&format!("{origin}{}", exchange.path)));
    words.join(" ")
}

/// A word of a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_./:=@%+,".contains(sign);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_a_word_as_it_was() {
        for (text, word) in [
            ("POST", "POST"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"),
            ("$(rm -rf ~)`x`", "'$(rm -rf ~)`x`'"),
            ("a\nb", "'a\nb'"),
        ] {
            assert_eq!(quoted(text), word);
        }
    }
}
