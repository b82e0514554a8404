//! The table of certificate roles: who signs whom, for what, for how long, and with which flaw.
//!
//! Issuers stand before their subjects, so the table can be minted from top to bottom. A bad
//! certificate has exactly one flaw, so a refusal has exactly one possible reason.

use time::OffsetDateTime;
use time::macros::datetime;

/// One certificate of the set, named by the part it plays in a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The certificate authority that everybody trusts.
    Ca,
    /// A certificate authority that nobody trusts.
    OtherCa,
    /// The server certificate of every listener.
    Server,
    /// The client certificate of the first merchant.
    MerchantA,
    /// The client certificate of the second merchant.
    MerchantB,
    /// A client certificate whose time is over.
    ClientExpired,
    /// A client certificate whose time has not come.
    ClientNotYetValid,
    /// A client certificate from the authority that nobody trusts.
    ClientOtherCa,
    /// A client certificate that vouches for itself.
    ClientSelfSigned,
    /// A certificate that is not meant for clients.
    ClientNoClientAuth,
    /// A client certificate that its issuer has revoked.
    ClientRevoked,
    /// A server certificate whose time is over.
    ServerExpired,
    /// A server certificate for a different host.
    ServerWrongHost,
    /// A server certificate from the authority that nobody trusts.
    ServerOtherCa,
    /// The key that signs tokens, with a certificate for its public half.
    TokenKey,
}

/// What the table says about one role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleRow {
    /// The name in commands and file names.
    pub name: &'static str,
    /// The common name of the subject.
    pub common_name: &'static str,
    /// One sentence: what a test does with it.
    pub purpose: &'static str,
    /// Who signs it.
    pub issuer: Issuer,
    /// What it may be used for.
    pub usage: Usage,
    /// The hosts it speaks for.
    pub names: Names,
    /// When it is valid.
    pub validity: Validity,
    /// What is wrong with it, when something is.
    pub flaw: Option<Flaw>,
}

/// Who signs a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    /// Its own key.
    Own,
    /// The key of another role.
    Role(Role),
}

/// What a certificate may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// Sign certificates and revocation lists.
    Ca,
    /// Be a TLS server.
    ServerAuth,
    /// Be a TLS client.
    ClientAuth,
    /// Sign tokens; useless in TLS.
    TokenSigning,
}

/// The hosts a certificate speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// None: it is no server's.
    None,
    /// These host names and addresses.
    Listed(&'static [&'static str]),
    /// These, and every public host that was asked for.
    ListedAndPublic(&'static [&'static str]),
}

/// When a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Between two dates that never move, so that a virtual clock judges it the same every year.
    Fixed {
        /// The first moment.
        from: OffsetDateTime,
        /// The last moment.
        until: OffsetDateTime,
    },
    /// From the day before minting for [`Validity::ROLLING_DAYS`]; minted anew before it ends.
    Rolling,
}

/// What is wrong with a bad certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// Its issuer is not trusted.
    UntrustedIssuer,
    /// It vouches for itself.
    SelfSigned,
    /// It is meant for something else.
    WrongPurpose,
    /// Its issuer took it back.
    Revoked,
    /// It speaks for a different host.
    WrongHost,
}

/// The first moment of everything that lasts.
pub(crate) const LIFE_BEGINS: OffsetDateTime = datetime!(2020-01-01 00:00:00 UTC);
/// The last moment of everything that lasts: UTCTime ends with that year.
pub(crate) const LIFE_ENDS: OffsetDateTime = datetime!(2049-12-31 23:59:59 UTC);
/// When the expired certificates expired and the revoked one was revoked.
pub(crate) const LIFE_CUT_SHORT: OffsetDateTime = datetime!(2025-06-01 00:00:00 UTC);

const WHOLE_LIFE: Validity = Validity::Fixed { from: LIFE_BEGINS, until: LIFE_ENDS };
const OVER: Validity = Validity::Fixed { from: LIFE_BEGINS, until: LIFE_CUT_SHORT };
const LAST_YEAR_ONLY: Validity =
    Validity::Fixed { from: datetime!(2049-01-01 00:00:00 UTC), until: LIFE_ENDS };

const OUR_HOSTS: &[&str] = &[
    "localhost",
    "api.localhost",
    "auth.localhost",
    "identity.localhost",
    "merchant.localhost",
    "127.0.0.1",
    "127.0.0.2",
    "127.0.0.3",
    "::1",
    "api-test.10npay.com",
    "auth-test.10npay.com",
    "crm-api-test.10npay.com",
    "app-api-test.10npay.com",
];

impl Role {
    /// Every role, issuers before their subjects.
    pub const ALL: &[Self] = &[
        Self::Ca,
        Self::OtherCa,
        Self::Server,
        Self::MerchantA,
        Self::MerchantB,
        Self::ClientExpired,
        Self::ClientNotYetValid,
        Self::ClientOtherCa,
        Self::ClientSelfSigned,
        Self::ClientNoClientAuth,
        Self::ClientRevoked,
        Self::ServerExpired,
        Self::ServerWrongHost,
        Self::ServerOtherCa,
        Self::TokenKey,
    ];

    /// The name in commands and file names, for example `merchant-a`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }

    /// What the table says about this role.
    pub fn row(self) -> RoleRow {
        match self {
            Self::Ca => RoleRow {
                name: "ca",
                common_name: "10nPayments simulation CA, TEST ONLY",
                purpose: "Signs the good certificates; clients and servers under test trust it.",
                issuer: Issuer::Own,
                usage: Usage::Ca,
                names: Names::None,
                validity: WHOLE_LIFE,
                flaw: None,
            },
            Self::OtherCa => RoleRow {
                name: "other-ca",
                common_name: "Some other CA, TEST ONLY",
                purpose: "Signs certificates that must be refused; trust it nowhere.",
                issuer: Issuer::Own,
                usage: Usage::Ca,
                names: Names::None,
                validity: WHOLE_LIFE,
                flaw: None,
            },
            Self::Server => RoleRow {
                name: "server",
                common_name: "10nPayments simulation server, TEST ONLY",
                purpose: "Is shown by every TLS listener of the mock server.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::ServerAuth,
                names: Names::ListedAndPublic(OUR_HOSTS),
                validity: Validity::Rolling,
                flaw: None,
            },
            Self::MerchantA => RoleRow {
                name: "merchant-a",
                common_name: "Merchant A, TEST ONLY",
                purpose: "Identifies the first merchant to the token endpoint.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::ClientAuth,
                names: Names::None,
                validity: WHOLE_LIFE,
                flaw: None,
            },
            Self::MerchantB => RoleRow {
                name: "merchant-b",
                common_name: "Merchant B, TEST ONLY",
                purpose: "Identifies a second merchant, a stranger to the first one's customers.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::ClientAuth,
                names: Names::None,
                validity: WHOLE_LIFE,
                flaw: None,
            },
            Self::ClientExpired => RoleRow {
                name: "client-expired",
                common_name: "Expired client, TEST ONLY",
                purpose: "Shows whether a server refuses a client certificate that has expired.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::ClientAuth,
                names: Names::None,
                validity: OVER,
                flaw: Some(Flaw::Expired),
            },
            Self::ClientNotYetValid => RoleRow {
                name: "client-not-yet-valid",
                common_name: "Not yet valid client, TEST ONLY",
                purpose: "Shows whether a server refuses a client certificate from the future.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::ClientAuth,
                names: Names::None,
                validity: LAST_YEAR_ONLY,
                flaw: Some(Flaw::NotYetValid),
            },
            Self::ClientOtherCa => RoleRow {
                name: "client-other-ca",
                common_name: "Client of some other CA, TEST ONLY",
                purpose: "Shows whether a server refuses a client certificate of an unknown CA.",
                issuer: Issuer::Role(Self::OtherCa),
                usage: Usage::ClientAuth,
                names: Names::None,
                validity: WHOLE_LIFE,
                flaw: Some(Flaw::UntrustedIssuer),
            },
            Self::ClientSelfSigned => RoleRow {
                name: "client-self-signed",
                common_name: "Self-signed client, TEST ONLY",
                purpose: "Shows whether a server refuses a client that vouches for itself.",
                issuer: Issuer::Own,
                usage: Usage::ClientAuth,
                names: Names::None,
                validity: WHOLE_LIFE,
                flaw: Some(Flaw::SelfSigned),
            },
            Self::ClientNoClientAuth => RoleRow {
                name: "client-no-client-auth",
                common_name: "Client without client usage, TEST ONLY",
                purpose: "Shows whether a server refuses a client with a server's certificate.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::ServerAuth,
                names: Names::None,
                validity: WHOLE_LIFE,
                flaw: Some(Flaw::WrongPurpose),
            },
            Self::ClientRevoked => RoleRow {
                name: "client-revoked",
                common_name: "Revoked client, TEST ONLY",
                purpose: "Shows whether a server refuses a client certificate on its CA's CRL.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::ClientAuth,
                names: Names::None,
                validity: WHOLE_LIFE,
                flaw: Some(Flaw::Revoked),
            },
            Self::ServerExpired => RoleRow {
                name: "server-expired",
                common_name: "Expired server, TEST ONLY",
                purpose: "Shows whether a client refuses a server certificate that has expired.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::ServerAuth,
                names: Names::Listed(OUR_HOSTS),
                validity: OVER,
                flaw: Some(Flaw::Expired),
            },
            Self::ServerWrongHost => RoleRow {
                name: "server-wrong-host",
                common_name: "Server with a wrong name, TEST ONLY",
                purpose: "Shows whether a client refuses a server certificate for another host.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::ServerAuth,
                names: Names::Listed(&["wrong-host.invalid"]),
                validity: Validity::Rolling,
                flaw: Some(Flaw::WrongHost),
            },
            Self::ServerOtherCa => RoleRow {
                name: "server-other-ca",
                common_name: "Server of some other CA, TEST ONLY",
                purpose: "Shows whether a client refuses a server certificate of an unknown CA.",
                issuer: Issuer::Role(Self::OtherCa),
                usage: Usage::ServerAuth,
                names: Names::Listed(OUR_HOSTS),
                validity: Validity::Rolling,
                flaw: Some(Flaw::UntrustedIssuer),
            },
            Self::TokenKey => RoleRow {
                name: "token-key",
                common_name: "10nPayments simulation token key, TEST ONLY",
                purpose: "Signs the access tokens; its public half is in the key set.",
                issuer: Issuer::Role(Self::Ca),
                usage: Usage::TokenSigning,
                names: Names::None,
                validity: WHOLE_LIFE,
                flaw: None,
            },
        }
    }
}

impl Validity {
    /// How long a rolling certificate lasts: browsers and Apple refuse server certificates of
    /// more than 825 days.
    pub const ROLLING_DAYS: i64 = 820;
}

impl Flaw {
    /// The flaw in words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Expired => "expired on 2025-06-01",
            Self::NotYetValid => "not valid before 2049-01-01",
            Self::UntrustedIssuer => "signed by a CA that nobody trusts",
            Self::SelfSigned => "signed by its own key",
            Self::WrongPurpose => "may only be used by servers",
            Self::Revoked => "revoked by its CA",
            Self::WrongHost => "is for a different host",
        }
    }
}

impl Names {
    /// The names that stand in the table.
    pub fn listed(self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Listed(names) | Self::ListedAndPublic(names) => names,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_lead_back_to_their_role() {
        let names: HashSet<_> = Role::ALL.iter().map(|role| role.name()).collect();
        let subjects: HashSet<_> = Role::ALL.iter().map(|role| role.row().common_name).collect();
        assert_eq!(names.len(), Role::ALL.len());
        assert_eq!(subjects.len(), Role::ALL.len());
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(*role));
        }
        assert_eq!(Role::from_name("merchant-z"), None);
    }

    #[test]
    fn all_lists_every_role_in_the_order_of_the_enum() {
        assert_eq!(Role::ALL.len(), Role::TokenKey as usize + 1);
        assert!(Role::ALL.is_sorted());
    }

    #[test]
    fn issuers_stand_before_their_subjects_and_are_authorities() {
        for role in Role::ALL {
            if let Issuer::Role(issuer) = role.row().issuer {
                assert!(issuer < *role, "{} comes before its issuer", role.name());
                assert_eq!(issuer.row().usage, Usage::Ca);
            }
        }
    }

    #[test]
    fn each_flaw_is_shown_once_by_a_client_or_a_server() {
        let flawed: Vec<_> = Role::ALL.iter().filter(|role| role.row().flaw.is_some()).collect();
        let shown: HashSet<_> = flawed
            .iter()
            .map(|role| (role.name().split('-').next(), role.row().flaw.map(Flaw::text)))
            .collect();
        assert_eq!(shown.len(), flawed.len(), "a flaw is shown twice by the same side");
        let flaws: HashSet<_> = flawed.iter().filter_map(|role| role.row().flaw).collect();
        assert_eq!(flaws.len(), Flaw::WrongHost as usize + 1, "a flaw is never shown");
        for role in Role::ALL {
            let bad = role.row().flaw.is_some();
            let named_bad =
                role.name().starts_with("client-") || role.name().starts_with("server-");
            assert_eq!(bad, named_bad, "{}", role.name());
        }
    }

    #[test]
    fn every_subject_says_that_it_is_for_tests_and_every_purpose_is_a_sentence() {
        for role in Role::ALL {
            let row = role.row();
            assert!(row.common_name.contains("TEST ONLY"), "{}", row.name);
            assert!(row.common_name.len() <= 64, "{}: X.509 allows 64 characters", row.name);
            assert!(row.purpose.ends_with('.'), "{}", row.name);
        }
    }
}
