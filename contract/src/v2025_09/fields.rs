//! Edition 2025-09, what requests hold: the questionnaire and the token form. Tables only.
//! Members that the page does not reach are carried over and say so.

use super::pages::{KYC, TOKEN};
use crate::{
    FieldRow,
    common::questionnaire::{Sources, questionnaire},
    field::{Need, Privacy},
    provenance::{assumed, d25},
    rows::form,
};

pub(super) const QUESTIONNAIRE: &[FieldRow] = &questionnaire(&Sources {
    data: d25(KYC, "field table"),
    code: assumed("the page says that the codes come from the lists, not that they are checked"),
    address: assumed("the page wants the address filled in, without saying which members"),
    tail: assumed("the 2025-09 copy ends before this member; 2026-05 marks it as not required"),
});

pub(super) const TOKEN_FORM: &[FieldRow] = &[
    form("client_id", Need::Required, Privacy::Public, d25(TOKEN, "section 2")),
    form("grant_type", Need::Required, Privacy::Public, d25(TOKEN, "section 2")),
    form("scope", Need::Required, Privacy::Public, d25(TOKEN, "section 2")),
    form(
        "IdentityServer:MTLS:X509Certificate",
        Need::Required,
        Privacy::Secret,
        d25(TOKEN, "section 2"),
    ),
    form("username", Need::Optional, Privacy::Secret, d25(TOKEN, "section 2")),
    form("password", Need::Optional, Privacy::Secret, d25(TOKEN, "section 2")),
    form("client_secret", Need::Optional, Privacy::Secret, d25(TOKEN, "section 2")),
];
