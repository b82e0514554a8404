//! Edition 2026-05, what requests hold: the questionnaire and the token forms. Tables only.
//! The page lists the questionnaire in short; what it leaves out is carried over.

use super::pages::{KYC, OIDC};
use crate::{
    FieldRow, Provenance,
    common::questionnaire::{Sources, questionnaire},
    field::{Need, Privacy},
    provenance::{assumed, d26},
    rows::{EITHER_REDIRECT, REDIRECT_URI, REDIRECT_URL, form, under},
};

pub(super) const QUESTIONNAIRE: &[FieldRow] = &questionnaire(&Sources {
    data: d26(KYC, "request"),
    code: d26(KYC, "400 response"),
    address: assumed("2025-09 wants the address filled in, without saying which members"),
    tail: d26(KYC, "request"),
});

const CARRIED: Provenance =
    assumed("2026-05 does not mention mutual TLS; carried over from 2025-09");

pub(super) const TOKEN_FORM: &[FieldRow] = &[
    form("client_id", Need::Required, Privacy::Public, CARRIED),
    form("grant_type", Need::Required, Privacy::Public, CARRIED),
    form("scope", Need::Required, Privacy::Public, CARRIED),
    form("IdentityServer:MTLS:X509Certificate", Need::Required, Privacy::Secret, CARRIED),
    form("username", Need::Optional, Privacy::Secret, CARRIED),
    form("password", Need::Optional, Privacy::Secret, CARRIED),
    form("client_secret", Need::Optional, Privacy::Secret, CARRIED),
];

const GRANT: Provenance = d26(OIDC, "flow");
const OLDER: Provenance = assumed("the oldest pages list it for this endpoint");

pub(super) const PLAIN_FORM: &[FieldRow] = &[
    form("grant_type", Need::Required, Privacy::Public, GRANT),
    form("client_id", Need::Optional, Privacy::Public, GRANT),
    form("code", Need::Optional, Privacy::Secret, GRANT),
    form("code_verifier", Need::Optional, Privacy::Secret, GRANT),
    under(EITHER_REDIRECT, redirect("redirect_uri", GRANT)),
    under(REDIRECT_URI, redirect("redirect_uri", GRANT)),
    under(EITHER_REDIRECT, redirect("redirect_url", OLDER)),
    under(REDIRECT_URL, redirect("redirect_url", OLDER)),
    form("scope", Need::Optional, Privacy::Public, OLDER),
    form("client_secret", Need::Optional, Privacy::Secret, OLDER),
    form("refresh_token", Need::Optional, Privacy::Secret, OLDER),
    form("username", Need::Optional, Privacy::Secret, OLDER),
    form("password", Need::Optional, Privacy::Secret, OLDER),
];

/// Wanted with a code only, so no row says that it must be there.
const fn redirect(name: &'static str, provenance: Provenance) -> FieldRow {
    form(name, Need::Optional, Privacy::Personal, provenance)
}
