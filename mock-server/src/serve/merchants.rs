//! The merchants of a fresh workspace: who they are, which certificate is theirs, and where
//! browsers land until a merchant says otherwise.

use certs::{Minted, Role};
use sim::Merchant;

/// One merchant.
#[derive(Clone, Copy, Debug)]
pub struct MerchantRow {
    /// `merchantId`.
    pub id: i32,
    /// The OAuth client.
    pub client_id: &'static str,
    /// Its certificate.
    pub role: Role,
}

/// The merchant that addresses, files and examples speak of.
pub const DEFAULT: MerchantRow =
    MerchantRow { id: 1001, client_id: "merchant-a-client", role: Role::MerchantA };

/// Every merchant.
pub const MERCHANTS: &[MerchantRow] =
    &[DEFAULT, MerchantRow { id: 1002, client_id: "merchant-b-client", role: Role::MerchantB }];

/// What a merchant's tokens may be for.
pub const SCOPES: &[&str] =
    &["Tenn.CRM", "IdentityServerApi", "Tenn.RiskService", "Tenn.FileStorage"];

/// The merchants as the world knows them. Browsers land on pages of the control listener.
#[must_use]
pub fn merchants(minted: &Minted, control: &str) -> Vec<Merchant> {
    let merchant = |row: &MerchantRow| {
        let thumbprint = minted.thumbprint(row.role);
        Merchant {
            id: row.id,
            client_id: row.client_id.to_owned(),
            certificate: row.role.name().to_owned(),
            sha1: thumbprint.sha1.clone(),
            sha256: thumbprint.sha256.clone(),
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            success: format!("{control}/landing/success"),
            fail: format!("{control}/landing/fail"),
        }
    };
    MERCHANTS.iter().map(merchant).collect()
}
