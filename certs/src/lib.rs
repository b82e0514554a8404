//! The certificates of the test double, good and bad.
//!
//! One table ([`Role::row`]) says which certificates there are and what is wrong with the bad ones;
//! [`open`] mints the table into a directory on first use and reads it back ever after. Everything
//! here is for tests: the keys lie in plain files and their password is printed in the README.

mod client;
mod error;
mod files;
mod hosts;
mod inspect;
mod keystore;
mod mint;
mod minted;
mod open;
mod pem;
mod role;
mod thumbprint;

pub use client::{ClientCertificate, new_client, read_client, sign_request};
pub use error::CertsError;
pub use files::Form;
pub use keystore::PKCS12_PASSWORD;
pub use minted::{Minted, RsaPublic, TableRow, table};
pub use open::{MintRequest, open};
pub use role::{Flaw, Issuer, Names, Role, RoleRow, Usage, Validity};
pub use thumbprint::Thumbprint;
