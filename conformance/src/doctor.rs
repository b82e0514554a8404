//! `conformance doctor`: what keeps a run from beginning, found before anything is scored. Each
//! finding says what to change. One token is asked for; nothing else is left behind.

use std::{path::Path, time::Duration};

use contract::{Call, Host};
use judge::story::Certificate;
use reqwest::header::DATE;
use rustls_pki_types::{CertificateDer, pem::PemObject};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use url::Url;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::{
    client::CallError,
    http,
    run::Settings,
    site::Site,
    target::{ClockKind, CodesFrom, Target},
    trouble::Trouble,
};

/// How far two clocks may be apart before tokens and certificates suffer.
const SKEW: Duration = Duration::from_secs(60);

/// How soon an end of a certificate is worth a word.
const SOON: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What.
    pub what: &'static str,
    /// What was found: well, or what to change.
    pub found: Found,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is as it should be; a few words on it.
    Well(String),
    /// It will do, and somebody should know.
    Care(String),
    /// It has to be changed first; the sentence says how.
    Ill(String),
}

/// Looks at everything, in the order in which a run needs it; what depends on something that is ill
/// is not looked at.
pub async fn examine(settings: Settings) -> Vec<Look> {
    let mut looks = vec![dates(&settings.target)];
    let clock = settings.target.clock;
    let site = match Site::open(settings).await {
        Ok(site) => site,
        Err(trouble) => {
            looks.push(ill("files and addresses", trouble.to_string()));
            return looks;
        }
    };
    looks.push(well("files and addresses", "certificate, key and CA fit together"));
    let target = site.settings.target.clone();
    for (what, url) in [("API gateway", &target.api), ("identity server", &target.auth)] {
        looks.push(reached(&site, what, url, clock).await);
    }
    if let Some(identity) = &target.identity {
        looks.push(reached(&site, "hosted pages", identity, clock).await);
    }
    looks.push(receiver(&site).await);
    looks.push(codes(&target));
    if !looks.iter().any(Look::is_ill) {
        looks.push(token(&site).await);
    }
    looks
}

impl Look {
    /// Whether it has to be changed first.
    #[must_use]
    pub const fn is_ill(&self) -> bool {
        matches!(self.found, Found::Ill(_))
    }
}

fn well(what: &'static str, words: impl Into<String>) -> Look {
    Look { what, found: Found::Well(words.into()) }
}

fn ill(what: &'static str, words: impl Into<String>) -> Look {
    Look { what, found: Found::Ill(words.into()) }
}

/// Whether the client certificate is valid today.
fn dates(target: &Target) -> Look {
    let what = "client certificate";
    let path = target.client_certificate.display();
    match validity(&target.client_certificate) {
        Err(error) => ill(what, format!("{path}: {error}")),
        Ok((from, until)) => {
            let now = OffsetDateTime::now_utc();
            let (day, first) = (until.date(), from.date());
            if now > until {
                ill(what, format!("{path} was valid until {day}; ask for a new one"))
            } else if now < from {
                ill(what, format!("{path} is valid from {first} on; use it then, or another one"))
            } else if until - now < SOON {
                let words = format!("{path} is valid until {day} only; ask for a new one soon");
                Look { what, found: Found::Care(words) }
            } else {
                well(what, format!("valid until {day}"))
            }
        }
    }
}

fn validity(path: &Path) -> Result<(OffsetDateTime, OffsetDateTime), String> {
    let der = CertificateDer::from_pem_file(path)
        .map_err(|error| format!("holds no certificate in PEM ({error})"))?;
    let (_, certificate) = X509Certificate::from_der(&der)
        .map_err(|error| format!("holds a certificate that cannot be read ({error})"))?;
    let validity = certificate.validity();
    Ok((validity.not_before.to_datetime(), validity.not_after.to_datetime()))
}

/// Whether a host is there, is whom we trust, and has our time.
async fn reached(site: &Site, what: &'static str, url: &Url, clock: ClockKind) -> Look {
    let Some(wire) = site.wire(Certificate::Own) else { return ill(what, "no client") };
    let answer = match wire.http.get(url.clone()).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let sentence = http::sentence(&error);
            return ill(what, format!("{url}: {sentence}; {}", advice(&sentence)));
        }
    };
    let date = answer.headers().get(DATE).and_then(|value| value.to_str().ok());
    let theirs = date.and_then(|text| OffsetDateTime::parse(text, &Rfc2822).ok());
    // A clock that is moved by hand shows what it is told to.
    let theirs = theirs.filter(|_| clock == ClockKind::Real);
    match theirs.map(|theirs| (theirs - OffsetDateTime::now_utc()).unsigned_abs()) {
        Some(skew) if skew > SKEW => {
            let seconds = skew.as_secs();
            ill(what, format!("its clock is {seconds} s away from ours; set ours by a time server"))
        }
        _ => well(what, format!("answers at {url}")),
    }
}

/// What helps against a connection that fails.
fn advice(sentence: &str) -> &'static str {
    let said = |word: &str| sentence.to_ascii_lowercase().contains(word);
    if said("unknownissuer") || said("unknown issuer") {
        "name the CA that signed its certificate as ca"
    } else if said("notvalidforname") || said("not valid for") {
        "use the host name that its certificate names"
    } else if said("expired") {
        "its own certificate is over: tell its owner"
    } else if said("certificate") || said("handshake") || said("alert") {
        "check client_certificate, its issuers, and whether it is registered there"
    } else if said("dns") || said("resolve") || said("lookup") {
        "the name is not known: check the address, and the DNS of this machine"
    } else {
        "check the address, the port and the firewall"
    }
}

/// Whether a browser that comes back would find us.
async fn receiver(site: &Site) -> Look {
    let what = "redirect receiver";
    let url = &site.receiver().landings().success;
    // A HEAD is nobody's arrival.
    let asked = http::client(None).map(|client| client.head(url.clone()).send());
    match asked {
        Err(trouble) => ill(what, trouble.to_string()),
        Ok(sending) => match sending.await {
            Ok(_) => well(what, format!("browsers find it at {url}")),
            Err(error) => {
                let sentence = http::sentence(&error);
                let help = "check redirects.listen and redirects.public_url";
                ill(what, format!("{url}: {sentence}; {help}"))
            }
        },
    }
}

/// Whether codes can arrive.
fn codes(target: &Target) -> Look {
    let what = "codes";
    match &target.codes {
        CodesFrom::Control => well(what, "from the control listener"),
        CodesFrom::Prompt => well(what, "somebody will be asked to type them"),
        CodesFrom::Command(command) => {
            let program = command.first().map_or("", String::as_str);
            match is_program(program) {
                true => well(what, format!("from {program}")),
                false => ill(what, format!("{program} is no program; check codes.command")),
            }
        }
    }
}

/// Whether the system would start something of this name.
fn is_program(name: &str) -> bool {
    if name.contains('/') {
        return is_executable(Path::new(name));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| is_executable(&directory.join(name)))
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path)
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Whether a token can be had.
async fn token(site: &Site) -> Look {
    let what = "token";
    match site.first.merchant.fresh_token().await {
        Ok(_) => well(what, "granted"),
        Err(CallError::Refused { call, status }) => {
            let error = said(site, call);
            let help = match error.as_deref() {
                Some("invalid_scope") => "check scope: the client may not have all of it",
                Some("invalid_client" | "unauthorized_client") => {
                    "check client_id, and that the thumbprint is the registered certificate's \
                     (thumbprint = \"sha256\" sends the other hash)"
                }
                _ => "check client_id, the certificate that is registered for it, and thumbprint",
            };
            let error = error.map(|error| format!(" {error}")).unwrap_or_default();
            ill(what, format!("{call} answers {status}{error}; {help}"))
        }
        Err(CallError::Unreadable { reason, .. }) => {
            ill(what, format!("the answer is no token ({reason}); is this the identity server?"))
        }
        Err(CallError::NoAnswer { reason, .. }) => {
            ill(what, format!("{reason}; {}", advice(&reason)))
        }
        Err(CallError::Trouble(trouble)) => ill(what, trouble.to_string()),
    }
}

/// The error that the identity server named last.
fn said(site: &Site, call: Call) -> Option<String> {
    use contract::trace::{Decided, Line};
    let lines = site.recorder.lines();
    let mut answers = lines.iter().rev().filter_map(|line| match line {
        Line::Decision(decision) => match &decision.what {
            Decided::Exchange(seen) if seen.call == Some(call) && seen.host == Host::Auth => {
                seen.answer.clone()
            }
            _ => None,
        },
        Line::Trace(_) | Line::Transport(_) => None,
    });
    answers.next()?.get("error")?.as_str().map(str::to_owned)
}

/// The exit code: 2 where something has to be changed first.
#[must_use]
pub fn exit_code(looks: &[Look]) -> u8 {
    let ill = looks.iter().any(Look::is_ill);
    if ill { Trouble::Configuration(String::new()).exit_code() } else { 0 }
}
