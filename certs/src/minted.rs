//! The minted set as its users read it: everything in memory, nothing left to fail.
//! It is cheap to read, because everything was parsed once when the set was opened.

use crate::files::SetFile;
use crate::inspect::Facts;
use crate::{Flaw, Form, Issuer, Role, Thumbprint};
use std::fmt;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;

/// The certificates and keys of one directory.
pub struct Minted {
    pub(crate) dir: PathBuf,
    /// In the order of [`Role::ALL`], one each.
    pub(crate) held: Vec<Held>,
    pub(crate) crl: Vec<u8>,
    pub(crate) token_key: RsaPublic,
}

/// What is held for one role.
pub(crate) struct Held {
    pub(crate) role: Role,
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: Vec<u8>,
    pub(crate) facts: Facts,
    pub(crate) thumbprint: Thumbprint,
}

/// The public half of the key that signs tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RsaPublic {
    /// The modulus, big-endian.
    pub n: Vec<u8>,
    /// The exponent, big-endian.
    pub e: Vec<u8>,
    /// The key's id: its JWK thumbprint (RFC 7638), so it changes when and only when the key does.
    pub kid: String,
}

/// One line of the table that a person reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Which role.
    pub role: Role,
    /// What a test does with it.
    pub purpose: &'static str,
    /// The subject's distinguished name.
    pub subject: String,
    /// The first moment of its validity.
    pub not_before: OffsetDateTime,
    /// The last moment of its validity.
    pub not_after: OffsetDateTime,
    /// The SHA-1 thumbprint, 40 upper-case hexadecimal digits.
    pub sha1: String,
    /// The SHA-256 thumbprint, 64 upper-case hexadecimal digits.
    pub sha256: String,
    /// What is wrong with it, when something is.
    pub flaw: Option<&'static str>,
}

/// The whole set as rows, in the order of [`Role::ALL`].
pub fn table(minted: &Minted) -> Vec<TableRow> {
    let row = |held: &Held| TableRow {
        role: held.role,
        purpose: held.role.row().purpose,
        subject: held.facts.subject.clone(),
        not_before: held.facts.not_before,
        not_after: held.facts.not_after,
        sha1: held.thumbprint.sha1.clone(),
        sha256: held.thumbprint.sha256.clone(),
        flaw: held.role.row().flaw.map(Flaw::text),
    };
    minted.held.iter().map(row).collect()
}

impl Minted {
    /// The directory of the files.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The certificate of a role, DER.
    pub fn certificate_der(&self, role: Role) -> &[u8] {
        &self.held(role).certificate
    }

    /// The certificate of a role and, unless it signed itself, its issuer's; DER, leaf first.
    pub fn chain_der(&self, role: Role) -> Vec<Vec<u8>> {
        chain(&self.held, self.held(role))
    }

    /// The private key of a role, PKCS#8 DER.
    pub fn key_der(&self, role: Role) -> &[u8] {
        &self.held(role).key
    }

    /// The revocation list of the good authority, DER.
    pub fn crl_der(&self) -> &[u8] {
        &self.crl
    }

    /// The private RSA key that signs tokens, PKCS#8 DER.
    pub fn token_key_pkcs8_der(&self) -> &[u8] {
        self.key_der(Role::TokenKey)
    }

    /// The public half of the key that signs tokens.
    pub fn token_key_public(&self) -> RsaPublic {
        self.token_key.clone()
    }

    /// The thumbprints of a role's certificate.
    pub fn thumbprint(&self, role: Role) -> &Thumbprint {
        &self.held(role).thumbprint
    }

    /// Whose certificate this is, when it is one of the set.
    pub fn role_of(&self, certificate_der: &[u8]) -> Option<Role> {
        self.held.iter().find(|held| held.certificate == certificate_der).map(|held| held.role)
    }

    /// The file that holds a role in a form.
    pub fn path(&self, role: Role, form: Form) -> PathBuf {
        self.dir.join(SetFile::Of(role, form).name())
    }

    /// The revocation list of the good authority, PEM.
    pub fn crl_path(&self) -> PathBuf {
        self.dir.join(SetFile::Crl.name())
    }

    /// The trust store with the good authority for Java and .NET: PKCS#12 with the password
    /// [`crate::PKCS12_PASSWORD`].
    pub fn trust_store(&self) -> PathBuf {
        self.dir.join(SetFile::TrustStore.name())
    }

    fn held(&self, role: Role) -> &Held {
        // The enum and `Role::ALL` have one order, and `held` has that of `Role::ALL`.
        &self.held[role as usize]
    }
}

/// A certificate and its issuer's, which is among those `held` in the order of [`Role::ALL`].
pub(crate) fn chain(held: &[Held], leaf: &Held) -> Vec<Vec<u8>> {
    let certificate = leaf.certificate.clone();
    match leaf.role.row().issuer {
        Issuer::Own => vec![certificate],
        Issuer::Role(issuer) => vec![certificate, held[issuer as usize].certificate.clone()],
    }
}

/// Without the keys: a set may end up in a log.
impl fmt::Debug for Minted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Minted").field("dir", &self.dir).finish_non_exhaustive()
    }
}
