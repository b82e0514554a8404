//! Opening the set: what is in the directory is read and checked, what is missing is minted, and
//! what is about to expire is renewed with the same key.
//!
//! A start that finds everything only reads and verifies signatures: no key is made and no
//! password is stretched, so it takes milliseconds. See `files` for how starts at once agree.

use crate::files::{Directory, SetFile};
use crate::minted::{self, Held, Minted, RsaPublic};
use crate::pem::{self, Label};
use crate::role::{LIFE_BEGINS, LIFE_ENDS};
use crate::{CertsError, Form, Issuer, Role, Thumbprint, Validity, hosts, inspect, keystore, mint};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::KeyPair;
use std::path::Path;
use time::{Duration, OffsetDateTime};

/// Where the certificates are, and what the server certificate must cover.
#[derive(Debug, Clone, Copy)]
pub struct MintRequest<'a> {
    /// The directory of the set; created when it is not there.
    pub dir: &'a Path,
    /// Names and addresses for the server certificate beyond those of the table.
    pub public_hosts: &'a [String],
    /// The time by which expiry is judged.
    pub now: OffsetDateTime,
}

/// How long before its end a certificate is renewed.
const RENEWAL: Duration = Duration::days(30);

const README: &str = include_str!("README.txt");

/// Opens the set in a directory: mints what is missing, renews what expires within 30 days or
/// lacks a public host, and reads the rest.
///
/// # Errors
///
/// When the directory cannot be used, holds foreign or damaged files, a public host is no host, or
/// the clock is outside the years of the set. Nothing that is there is overwritten then.
pub fn open(request: &MintRequest<'_>) -> Result<Minted, CertsError> {
    if !(LIFE_BEGINS..=LIFE_ENDS).contains(&request.now) {
        return Err(CertsError::Clock { now: request.now });
    }
    let hosts = hosts::normalise(request.public_hosts)?;
    let directory = Directory::open(request.dir)?;
    readme(&directory)?;
    let mut opening = Opening { directory, hosts, now: request.now, held: Vec::new() };
    for role in Role::ALL {
        let held = opening.role(*role)?;
        opening.held.push(held);
    }
    opening.trust_store()?;
    let crl = opening.crl()?;
    let token_key = opening.token_key()?;
    Ok(Minted { dir: request.dir.to_owned(), held: opening.held, crl, token_key })
}

/// A set that is being opened: the roles so far, issuers before their subjects.
struct Opening {
    directory: Directory,
    hosts: Vec<String>,
    now: OffsetDateTime,
    held: Vec<Held>,
}

impl Opening {
    fn role(&self, role: Role) -> Result<Held, CertsError> {
        let held = match self.directory.read(SetFile::Of(role, Form::Certificate))? {
            Some(pem) => self.reuse(role, &pem)?,
            None => self.mint(role)?,
        };
        // Before a renewal, which replaces them: what is damaged must be seen, not painted over.
        self.chain(&held)?;
        self.pkcs12(&held)?;
        if self.is_current(&held) { Ok(held) } else { self.renew(&held) }
    }

    fn reuse(&self, role: Role, pem: &[u8]) -> Result<Held, CertsError> {
        let file = SetFile::Of(role, Form::Certificate);
        let certificate = self.sound(file, pem::decode_one(Label::Certificate, pem))?;
        // A key comes into the directory before its certificate, so it must be there.
        let key = self.key(role)?.ok_or_else(|| self.missing(SetFile::Of(role, Form::Key)))?;
        self.checked(role, certificate, key)
    }

    fn mint(&self, role: Role) -> Result<Held, CertsError> {
        let file = SetFile::Of(role, Form::Certificate);
        // What needs a certificate comes after it: a new one would silently orphan it.
        if dependents(role).any(|dependent| self.directory.found(dependent)) {
            return Err(self.missing(file));
        }
        let key = match self.key(role)? {
            Some(key) => key,
            None => self.mint_key(role)?,
        };
        let names = mint::required_names(role.row().names, &self.hosts);
        let certificate = self.sign(role, &key, &names)?;
        let pem = pem::encode(Label::Certificate, &certificate);
        let winner = self.directory.create(file, pem.as_bytes())?;
        self.reuse(role, &winner)
    }

    fn mint_key(&self, role: Role) -> Result<Vec<u8>, CertsError> {
        let file = SetFile::Of(role, Form::Key);
        let pem = pem::encode(Label::PrivateKey, &mint::key(role)?);
        let winner = self.directory.create(file, pem.as_bytes())?;
        self.sound(file, pem::decode_one(Label::PrivateKey, &winner))
    }

    /// The same key under a new certificate. The certificate file comes last: a renewal that is
    /// cut short before it is simply done again.
    fn renew(&self, held: &Held) -> Result<Held, CertsError> {
        let mut names = held.facts.names.clone();
        // Hosts of earlier starts stay, as another process may serve them now.
        for name in mint::required_names(held.role.row().names, &self.hosts) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let certificate = self.sign(held.role, &held.key, &names)?;
        let renewed = self.checked(held.role, certificate, held.key.clone())?;
        let chain = minted::chain(&self.held, &renewed);
        let files = [
            (Form::Pkcs12, keystore::of_key(held.role.name(), &renewed.key, &chain)?),
            (Form::Chain, certificates_pem(&chain).into_bytes()),
            (Form::Certificate, certificates_pem(&chain[..1]).into_bytes()),
        ];
        for (form, contents) in files {
            self.directory.replace(SetFile::Of(held.role, form), &contents)?;
        }
        Ok(renewed)
    }

    fn is_current(&self, held: &Held) -> bool {
        let row = held.role.row();
        let names = mint::required_names(row.names, &self.hosts);
        let in_time = match row.validity {
            Validity::Fixed { .. } => true,
            Validity::Rolling => {
                held.facts.not_before <= self.now && self.now + RENEWAL < held.facts.not_after
            }
        };
        in_time && names.iter().all(|name| held.facts.names.contains(name))
    }

    fn sign(&self, role: Role, key: &[u8], names: &[String]) -> Result<Vec<u8>, CertsError> {
        let issuer_key = match role.row().issuer {
            Issuer::Own => self.key_pair(role, key)?,
            Issuer::Role(issuer) => self.key_pair(issuer, &self.earlier(issuer).key)?,
        };
        let key = self.key_pair(role, key)?;
        let order = mint::Order { role, names, now: self.now, key: &key, issuer_key: &issuer_key };
        mint::certificate(&order)
    }

    /// Certificate and key of a role, when they are what the table and the issuer say.
    fn checked(&self, role: Role, certificate: Vec<u8>, key: Vec<u8>) -> Result<Held, CertsError> {
        let file = SetFile::Of(role, Form::Certificate);
        let facts = self.sound(file, inspect::facts(&certificate))?;
        let row = role.row();
        if facts.common_name != row.common_name {
            return Err(self.damaged(file, format!("its subject is {:?}", facts.subject)));
        }
        if let Validity::Fixed { from, until } = row.validity
            && (facts.not_before, facts.not_after) != (from, until)
        {
            return Err(self.damaged(file, "it has other dates than this version mints"));
        }
        let issuer = match row.issuer {
            Issuer::Own => &certificate,
            Issuer::Role(issuer) => &self.earlier(issuer).certificate,
        };
        if !self.sound(file, inspect::is_signed_by(&certificate, issuer))? {
            return Err(self.damaged(file, "the signature of its issuer does not fit"));
        }
        if self.key_pair(role, &key)?.public_key_raw() != facts.public_key {
            return Err(self.damaged(SetFile::Of(role, Form::Key), "it fits another certificate"));
        }
        Ok(Held { role, thumbprint: Thumbprint::of(&certificate), certificate, key, facts })
    }

    fn chain(&self, held: &Held) -> Result<(), CertsError> {
        let file = SetFile::Of(held.role, Form::Chain);
        let expected = minted::chain(&self.held, held);
        let expected_pem = certificates_pem(&expected);
        let Some(pem) = self.directory.read(file)? else {
            return self.directory.create(file, expected_pem.as_bytes()).map(drop);
        };
        if pem == expected_pem.as_bytes() {
            return Ok(());
        }
        let found = self.sound(file, pem::decode(Label::Certificate, &pem))?;
        if found == expected {
            return Ok(());
        }
        // Two renewals at once may leave the chain of the one and the certificate of the other.
        let is_renewals = found.len() == expected.len()
            && found[1..] == expected[1..]
            && inspect::facts(&found[0]).is_ok_and(|f| f.public_key == held.facts.public_key);
        if !is_renewals {
            return Err(self.damaged(file, "it is not the chain of the certificate beside it"));
        }
        self.directory.replace(file, expected_pem.as_bytes())
    }

    fn pkcs12(&self, held: &Held) -> Result<(), CertsError> {
        let file = SetFile::Of(held.role, Form::Pkcs12);
        let alias = held.role.name();
        self.key_store(file, || {
            keystore::of_key(alias, &held.key, &minted::chain(&self.held, held))
        })
    }

    fn trust_store(&self) -> Result<(), CertsError> {
        let ca = self.earlier(Role::Ca);
        self.key_store(SetFile::TrustStore, || {
            keystore::of_authority(ca.role.name(), &ca.certificate)
        })
    }

    fn key_store(
        &self,
        file: SetFile,
        make: impl FnOnce() -> Result<Vec<u8>, CertsError>,
    ) -> Result<(), CertsError> {
        let contents = match self.directory.read(file)? {
            Some(contents) => contents,
            None => self.directory.create(file, &make()?)?,
        };
        if keystore::is_whole(&contents) {
            Ok(())
        } else {
            Err(self.damaged(file, "it is not a whole PKCS#12 file"))
        }
    }

    fn crl(&self) -> Result<Vec<u8>, CertsError> {
        let ca = self.earlier(Role::Ca);
        let serial = &self.earlier(Role::ClientRevoked).facts.serial;
        let pem = match self.directory.read(SetFile::Crl)? {
            Some(pem) => pem,
            None => {
                let crl = mint::crl(serial, &self.key_pair(Role::Ca, &ca.key)?)?;
                self.directory.create(SetFile::Crl, pem::encode(Label::Crl, &crl).as_bytes())?
            }
        };
        let crl = self.sound(SetFile::Crl, pem::decode_one(Label::Crl, &pem))?;
        if self.sound(SetFile::Crl, inspect::revokes(&crl, &ca.certificate, serial))? {
            Ok(crl)
        } else {
            Err(self.damaged(SetFile::Crl, "it is not the revocation list of these certificates"))
        }
    }

    fn token_key(&self) -> Result<RsaPublic, CertsError> {
        let certificate = &self.earlier(Role::TokenKey).certificate;
        let file = SetFile::Of(Role::TokenKey, Form::Certificate);
        let inspect::RsaNumbers { n, e } = self.sound(file, inspect::rsa_numbers(certificate))?;
        let text = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
        // The members and their order are those of RFC 7638.
        let jwk = format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, text(&e), text(&n));
        let kid = Thumbprint::of(jwk.as_bytes()).sha256_base64url;
        Ok(RsaPublic { n, e, kid })
    }

    fn key(&self, role: Role) -> Result<Option<Vec<u8>>, CertsError> {
        let file = SetFile::Of(role, Form::Key);
        let Some(pem) = self.directory.read(file)? else { return Ok(None) };
        self.sound(file, pem::decode_one(Label::PrivateKey, &pem)).map(Some)
    }

    fn key_pair(&self, role: Role, key: &[u8]) -> Result<KeyPair, CertsError> {
        let read = KeyPair::try_from(key).map_err(|error| format!("it is no key ({error})"));
        self.sound(SetFile::Of(role, Form::Key), read)
    }

    /// What is held for a role that stands earlier in the table.
    fn earlier(&self, role: Role) -> &Held {
        &self.held[role as usize]
    }

    fn sound<T>(&self, file: SetFile, read: Result<T, String>) -> Result<T, CertsError> {
        read.map_err(|reason| self.damaged(file, reason))
    }

    fn damaged(&self, file: SetFile, reason: impl Into<String>) -> CertsError {
        CertsError::Damaged { path: self.directory.path(file), reason: reason.into() }
    }

    fn missing(&self, file: SetFile) -> CertsError {
        CertsError::Missing { path: self.directory.path(file) }
    }
}

/// The files that are made from the certificate of a role.
fn dependents(role: Role) -> impl Iterator<Item = SetFile> {
    let subjects = Role::ALL
        .iter()
        .filter(move |subject| subject.row().issuer == Issuer::Role(role))
        .map(|subject| SetFile::Of(*subject, Form::Certificate));
    subjects.chain([SetFile::Of(role, Form::Chain), SetFile::Of(role, Form::Pkcs12)])
}

fn certificates_pem(chain: &[Vec<u8>]) -> String {
    chain.iter().map(|der| pem::encode(Label::Certificate, der)).collect()
}

fn readme(directory: &Directory) -> Result<(), CertsError> {
    let first_line = README.lines().next().unwrap_or_default();
    match directory.read(SetFile::Readme)? {
        None => directory.create(SetFile::Readme, README.as_bytes()).map(drop),
        // Another version may say more below.
        Some(found) if found.starts_with(first_line.as_bytes()) => Ok(()),
        Some(_) => Err(CertsError::Foreign { path: directory.path(SetFile::Readme) }),
    }
}
