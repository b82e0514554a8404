//! The record of a certification: what was judged, by which catalogue, with which verdicts, and
//! the digest of the trace on which they rest. Signed apart (Ed25519), so that anybody who has the
//! public key can check it offline.

use std::{collections::BTreeMap, fmt::Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use judge::{
    Verdict,
    client::{Bundle, Cases, Declaration, Evidence, Ruling, Watch, bundle, cases, rows, rulings},
};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use time::{Date, macros::format_description};

use crate::trouble::Trouble;

/// The version of the format.
const VERSION: u32 = 1;

/// The release of the rows and cases.
pub const RELEASE: &str = "2026-11";

/// A record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The version of the format.
    pub record: u32,
    /// Which rows and cases.
    pub catalogue: Catalogue,
    /// Which harness.
    pub build: String,
    /// Who was judged.
    pub client: Declaration,
    /// How the clock ran.
    pub clock: String,
    /// Every case that was played, in order.
    pub cases: Vec<CaseDigest>,
    /// The verdict on every row.
    pub rulings: Vec<Ruling>,
    /// How many verdicts rest on what.
    pub evidence: BTreeMap<String, usize>,
    /// SHA-256 of the trace, in hex.
    pub trace: String,
    /// When it was issued, `2026-11-24`.
    pub issued: String,
    /// Until when it counts.
    pub expires: String,
    /// SHA-256 of each part above, so that a change can be named.
    pub parts: BTreeMap<String, String>,
}

/// Which rows and cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// The release.
    pub release: String,
    /// SHA-256 over every row and case.
    pub sha256: String,
}

/// One case in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDigest {
    /// Its name.
    pub name: String,
    /// The seed of its world.
    pub seed: u64,
    /// How many lines its trace has.
    pub lines: usize,
    /// SHA-256 of its part of the trace.
    pub sha256: String,
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a text cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The rows and cases of this build.
#[must_use]
pub fn catalogue() -> Catalogue {
    let mut text = String::new();
    for row in rows::all() {
        let cases = match row.cases {
            Cases::Every => "every".to_owned(),
            Cases::Healthy => "healthy".to_owned(),
            Cases::Named(names) => names.join(" "),
        };
        let watch = if matches!(row.watch, Watch::Trace(_)) { "trace" } else { "attested" };
        text += &format!(
            "{}|{}|{}|{}|{cases}|{watch}\n",
            row.id,
            row.level.name(),
            row.text,
            row.source
        );
    }
    for case in cases::all() {
        text += &format!("{}|{}|{}\n", case.name, case.title, case.scenario);
    }
    Catalogue { release: RELEASE.to_owned(), sha256: sha256(&text) }
}

/// Why no record can be issued: the rows that are open or broken.
#[must_use]
pub fn obstacles(rulings: &[Ruling]) -> Vec<&Ruling> {
    let stops = |ruling: &&Ruling| {
        matches!(ruling.verdict, Verdict::Fail | Verdict::NotExercised | Verdict::HarnessError)
    };
    rulings.iter().filter(stops).collect()
}

/// Makes a record of a certification in real time that nothing stands against.
///
/// # Errors
/// A sentence that says what stands against it.
pub fn issue(bundle: &Bundle, issued: &str, days: u32) -> Result<Record, String> {
    if bundle.head.clock != "real" {
        let clock = &bundle.head.clock;
        return Err(format!("the clock ran at {clock}; a record is issued for real time only"));
    }
    let rulings = rulings(bundle);
    let stops = obstacles(&rulings);
    if !stops.is_empty() {
        let ids: Vec<_> = stops.iter().map(|ruling| ruling.id.as_str()).collect();
        return Err(format!("{} rows are broken or open: {}", ids.len(), ids.join(", ")));
    }
    made(bundle, rulings, issued, days)
}

fn made(bundle: &Bundle, rulings: Vec<Ruling>, issued: &str, days: u32) -> Result<Record, String> {
    let mut evidence = BTreeMap::new();
    for ruling in &rulings {
        *evidence.entry(ruling.evidence.name().to_owned()).or_default() += 1;
    }
    let mut record = Record {
        record: VERSION,
        catalogue: catalogue(),
        build: bundle.head.build.clone(),
        client: bundle.head.declaration.clone(),
        clock: bundle.head.clock.clone(),
        cases: digests(bundle),
        rulings,
        evidence,
        trace: sha256(&bundle.to_text()),
        issued: issued.to_owned(),
        expires: later(issued, days)?,
        parts: BTreeMap::new(),
    };
    record.parts = parts(&record);
    Ok(record)
}

fn digests(bundle: &Bundle) -> Vec<CaseDigest> {
    let digest = |played: &judge::client::Played| CaseDigest {
        name: played.case.name.to_owned(),
        seed: played.seed,
        lines: played.lines.len(),
        sha256: sha256(&bundle::part(played)),
    };
    bundle.cases.iter().map(digest).collect()
}

fn parts(record: &Record) -> BTreeMap<String, String> {
    let value = serde_json::to_value(record).unwrap_or_default();
    let members = value.as_object().cloned().unwrap_or_default();
    let named = members.into_iter().filter(|(name, _)| name != "parts");
    named.map(|(name, part)| (name, sha256(&part.to_string()))).collect()
}

fn later(date: &str, days: u32) -> Result<String, String> {
    let day = day(date)?;
    let later = day.checked_add(time::Duration::days(days.into()));
    later.map(|day| day.to_string()).ok_or_else(|| format!("{days} days are too many"))
}

fn day(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|error| format!("'{text}' is no date like 2026-11-24: {error}"))
}

impl Record {
    /// The text of the file.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// Signs a text with a private key in PEM (PKCS #8, Ed25519).
///
/// # Errors
/// When the key is none of that kind.
pub fn sign(text: &str, key: &str) -> Result<String, Trouble> {
    let wrong = |what: &str| {
        Trouble::Configuration(format!(
            "the key is no Ed25519 key in PEM ({what}); make one with: conformance key --out DIR"
        ))
    };
    let der = pem(key).ok_or_else(|| wrong("no PEM"))?;
    let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
        .map_err(|error| wrong(&error.to_string()))?;
    Ok(STANDARD.encode(pair.sign(text.as_bytes()).as_ref()) + "\n")
}

/// What stands before the 32 bytes of a public key in SPKI (RFC 8410).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A new key: the private one and the public one, both in PEM.
///
/// # Errors
/// When there is no randomness.
pub fn new_key() -> Result<(String, String), Trouble> {
    let failed = |error: &dyn std::fmt::Display| Trouble::Harness(format!("no key: {error}"));
    let random = ring::rand::SystemRandom::new();
    let der = Ed25519KeyPair::generate_pkcs8(&random).map_err(|error| failed(&error))?;
    let pair = Ed25519KeyPair::from_pkcs8(der.as_ref()).map_err(|error| failed(&error))?;
    let mut spki = SPKI.to_vec();
    spki.extend_from_slice(pair.public_key().as_ref());
    let armoured = |kind: &str, der: &[u8]| {
        format!("-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n", STANDARD.encode(der))
    };
    Ok((armoured("PRIVATE KEY", der.as_ref()), armoured("PUBLIC KEY", &spki)))
}

fn pem(text: &str) -> Option<Vec<u8>> {
    let inside: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(inside.trim()).ok().filter(|_| text.contains("-----BEGIN"))
}

/// Checks a record with a public key and, if it is there, its trace. Says everything that is wrong.
#[must_use]
pub fn flaws(
    text: &str,
    signature: &str,
    (key, today): (&str, &str),
    trace: Option<&str>,
) -> Vec<String> {
    let mut flaws = Vec::new();
    let signed = is_signed(text, signature, key);
    match &signed {
        Err(reason) => flaws.push(reason.clone()),
        Ok(true) => {}
        Ok(false) => {
            flaws.push("the signature is not that of this record under this key".to_owned())
        }
    }
    let record: Record = match serde_json::from_str(text) {
        Ok(record) => record,
        Err(error) => {
            flaws.push(format!("the record cannot be read: {error}"));
            return flaws;
        }
    };
    let found = parts(&record);
    for (name, digest) in &found {
        if record.parts.get(name) != Some(digest) {
            flaws.push(format!("the part '{name}' of the record was changed"));
        }
    }
    if signed == Ok(false) && flaws.len() == 1 && record.to_text() != text {
        flaws.push(
            "the record was written anew: its members are the same, its bytes are not".to_owned(),
        );
    }
    if record.catalogue != catalogue() {
        let (theirs, ours) = (&record.catalogue.release, RELEASE);
        flaws.push(format!("it was judged by another catalogue ({theirs}; this build has {ours})"));
    }
    match (day(&record.expires), day(today)) {
        (Ok(expires), Ok(today)) if today > expires => {
            flaws.push(format!("it expired on {}", record.expires));
        }
        (Err(reason), _) | (_, Err(reason)) => flaws.push(reason),
        _ => {}
    }
    if !obstacles(&record.rulings).is_empty() {
        flaws.push("it holds verdicts with which no record is issued".to_owned());
    }
    if let Some(trace) = trace {
        flaws.extend(against_trace(&record, trace));
    }
    flaws
}

fn against_trace(record: &Record, trace: &str) -> Vec<String> {
    if sha256(trace) == record.trace {
        return match Bundle::read(trace) {
            Ok(bundle) if rulings(&bundle) == record.rulings => Vec::new(),
            Ok(_) => vec!["the trace gives other verdicts than the record".to_owned()],
            Err(error) => vec![format!("the trace cannot be read: {error}")],
        };
    }
    let mut flaws = vec!["the trace is not the one that was judged".to_owned()];
    match Bundle::read(trace) {
        Err(error) => flaws.push(format!("the trace: {error}")),
        Ok(bundle) => {
            let there = digests(&bundle);
            for (case, was) in there.iter().zip(&record.cases) {
                if case != was {
                    flaws.push(format!("the trace of the case {} was changed", was.name));
                }
            }
            if there.len() != record.cases.len() {
                flaws.push(format!(
                    "the trace has {} cases, the record {}",
                    there.len(),
                    record.cases.len()
                ));
            }
        }
    }
    flaws
}

fn is_signed(text: &str, signature: &str, key: &str) -> Result<bool, String> {
    let bytes = STANDARD
        .decode(signature.trim())
        .map_err(|error| format!("the signature is no base64: {error}"))?;
    let der = pem(key).filter(|der| der.starts_with(&SPKI));
    let der = der.ok_or_else(|| "the key is no public Ed25519 key in PEM".to_owned())?;
    let key = UnparsedPublicKey::new(&ED25519, &der[SPKI.len()..]);
    Ok(key.verify(text.as_bytes(), &bytes).is_ok())
}

/// What rests on what, in words.
#[must_use]
pub fn shares(rulings: &[Ruling]) -> String {
    let kinds = [Evidence::Observed, Evidence::Uploaded, Evidence::Attested, Evidence::None];
    let counts = kinds.into_iter().map(|kind| {
        let count = rulings.iter().filter(|ruling| ruling.evidence == kind).count();
        format!("{count} {}", kind.name())
    });
    counts.collect::<Vec<_>>().join(", ")
}

/// Whether a text is a record at all.
#[must_use]
pub fn is_record(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value.get("record").is_some())
}

#[cfg(test)]
mod tests {
    use contract::Edition;
    use judge::client::{Head, Level, Played};

    use super::*;

    const TODAY: &str = "2026-11-24";

    fn bundle() -> Bundle {
        let declaration = Declaration {
            name: "a client".to_owned(),
            version: "1".to_owned(),
            edition: Edition::DEFAULT,
            variants: BTreeMap::new(),
            features: [].into(),
            scopes: Vec::new(),
            poll_limit: 120,
            resend_cool_down: 30,
            deadline: 60,
            attested: BTreeMap::new(),
        };
        let (version, build) = (bundle::VERSION, "test".to_owned());
        let head = Head { version, build, clock: "real".to_owned(), declaration };
        Bundle { head, cases: vec![Played { case: cases::HEALTHY, seed: 1, lines: Vec::new() }] }
    }

    /// A record of a client that was found good, though nothing was seen of it.
    fn record() -> Record {
        let mut rulings = rulings(&bundle());
        for ruling in &mut rulings {
            (ruling.verdict, ruling.reason) = (Verdict::Pass, None);
        }
        made(&bundle(), rulings, TODAY, 365).unwrap()
    }

    fn keys() -> (String, String) {
        new_key().unwrap()
    }

    #[test]
    fn a_record_that_was_signed_is_in_order_until_it_expires() {
        let (private, public) = keys();
        let text = record().to_text();
        let signature = sign(&text, &private).unwrap();
        assert_eq!(flaws(&text, &signature, (&public, TODAY), None), [""; 0]);
        assert_eq!(
            flaws(&text, &signature, (&public, "2027-11-25"), None),
            ["it expired on 2027-11-24"]
        );
        let (_, other) = keys();
        assert_eq!(
            flaws(&text, &signature, (&other, TODAY), None),
            ["the signature is not that of this record under this key"]
        );
        assert!(sign(&text, &public).unwrap_err().to_string().contains("no Ed25519 key"));
    }

    #[test]
    fn any_byte_that_is_changed_is_noticed_and_named() {
        let (private, public) = keys();
        let text = record().to_text();
        let signature = sign(&text, &private).unwrap();
        for at in (0..text.len()).step_by(97) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let told = flaws(&changed, &signature, (&public, TODAY), None);
            assert!(told.len() > 1, "byte {at}: {told:?}");
        }
        let changed = text.replace("\"poll-limit\": 120", "\"poll-limit\": 300");
        let told = flaws(&changed, &signature, (&public, TODAY), None).join("\n");
        assert!(told.contains("the part 'client' of the record was changed"), "{told}");
    }

    #[test]
    fn another_trace_is_noticed() {
        let record = record();
        let mut other = bundle();
        other.cases[0].seed = 2;
        let told = against_trace(&record, &other.to_text()).join("\n");
        assert!(told.contains("not the one that was judged"), "{told}");
        assert!(told.contains("the trace of the case healthy was changed"), "{told}");
        // Nothing in that trace shows that the client is good.
        let told = against_trace(&record, &bundle().to_text());
        assert_eq!(told, ["the trace gives other verdicts than the record"]);
    }

    #[test]
    fn nothing_open_and_no_fast_clock_gets_a_record() {
        let refused = issue(&bundle(), TODAY, 365).unwrap_err();
        assert!(refused.contains("CC-TLS-01"), "{refused}");
        let mut fast = bundle();
        fast.head.clock = "x20".to_owned();
        assert!(issue(&fast, TODAY, 365).unwrap_err().contains("x20"));
        assert!(made(&bundle(), Vec::new(), "24.11.2026", 1).unwrap_err().contains("no date"));
        assert_eq!(Level::MustByScheme.name(), "MUST†");
    }
}
