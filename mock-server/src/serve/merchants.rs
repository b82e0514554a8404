//! The merchants of a fresh workspace: who they are, which certificate is theirs, and where
//! browsers land until a merchant says otherwise.

use certs::{Minted, Role};
use contract::{Variant, Variants};
use sim::{Merchant, command::Registered};

/// One merchant.
#[derive(Clone, Copy, Debug)]
pub struct MerchantRow {
    /// `merchantId`.
    pub id: i32,
    /// The OAuth client.
    pub client_id: &'static str,
    /// The client of its app.
    pub oidc_client: &'static str,
    /// Its certificate.
    pub role: Role,
}

/// The merchant that addresses, files and examples speak of.
pub const DEFAULT: MerchantRow = MerchantRow {
    id: 1001,
    client_id: "merchant-a-client",
    oidc_client: "MerchantA_Oidc",
    role: Role::MerchantA,
};

/// Every merchant.
pub const MERCHANTS: &[MerchantRow] = &[
    DEFAULT,
    MerchantRow {
        id: 1002,
        client_id: "merchant-b-client",
        oidc_client: "MerchantB_Oidc",
        role: Role::MerchantB,
    },
];

/// What a merchant's tokens may be for.
pub const SCOPES: &[&str] =
    &["Tenn.CRM", "IdentityServerApi", "Tenn.RiskService", "Tenn.FileStorage"];

/// What the tokens of a merchant's people may be for: all that 2024-06 and 2026-05 list.
pub const PERSON_SCOPES: &[&str] = &[
    "email",
    "IdentityServerApi",
    "offline_access",
    "openid",
    "phone",
    "platform",
    "profile",
    "roles",
    "tenant",
    "Tenn.Administrative",
    "Tenn.Audit",
    "Tenn.CRM",
    "Tenn.Discuss",
    "Tenn.Entitlement",
    "Tenn.FastPay",
    "Tenn.FileStorage",
    "Tenn.Issuing",
    "Tenn.Messaging",
    "Tenn.MS",
    "Tenn.Payment",
    "Tenn.Recipient",
    "Tenn.Reporting",
    "Tenn.RiskService",
    "Tenn.Subscription",
    "TokenserverAPI.read",
    "TokenserverAPI.write",
    "two_factor_enabled",
    "user_relation",
];

/// The scopes that the identity server publishes: those that can be had.
#[must_use]
pub fn published_scopes(variants: &Variants) -> Vec<&'static str> {
    let machines_alone = variants.reads(Variant::TokenGrants, "mutual-tls");
    if machines_alone { SCOPES.to_vec() } else { PERSON_SCOPES.to_vec() }
}

/// The merchants as the world knows them. Browsers land on pages of the control listener.
#[must_use]
pub fn merchants(minted: &Minted, control: &str) -> Vec<Merchant> {
    let merchant = |row: &MerchantRow| {
        let thumbprint = minted.thumbprint(row.role);
        Merchant {
            id: row.id,
            client_id: row.client_id.to_owned(),
            certificate: Registered {
                name: row.role.name().to_owned(),
                sha1: thumbprint.sha1.clone(),
                sha256: thumbprint.sha256.clone(),
                pinned: false,
                revoked: false,
            },
            oidc_client: row.oidc_client.to_owned(),
            person_scopes: PERSON_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            success: format!("{control}/landing/success"),
            fail: format!("{control}/landing/fail"),
        }
    };
    MERCHANTS.iter().map(merchant).collect()
}
