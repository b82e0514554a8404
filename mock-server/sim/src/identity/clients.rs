//! Who asks: each merchant has a client for its server and one for its app. Also the forms in
//! which they ask.

use contract::{Problem, Variant, problem::Refusal};

use crate::{
    command::{Basic, Peer},
    credentials::Credentials,
    settings::Merchant,
    token::THUMBPRINT,
    world::World,
};

/// Which of a merchant's two clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its server: a certificate or a secret.
    Server,
    /// Its app: public, with proof of possession of the code.
    App,
}

/// A client that has shown who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) merchant: i32,
    pub(crate) kind: Kind,
    /// The certificate by which it was known: a token is bound to it.
    pub(crate) confirmation: String,
}

/// The fields of a form or query. A blank one counts as missing, as the identity server has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form<'a>(&'a [(String, String)]);

impl<'a> Form<'a> {
    /// RFC 6749 sections 3.1 and 3.2: no parameter more than once.
    pub(crate) fn read(fields: Option<&'a [(String, String)]>) -> Result<Self, Refusal> {
        let fields = fields.ok_or(Refusal::new(Problem::InvalidRequest))?;
        let mut names: Vec<_> = fields.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        let twice = names.windows(2).any(|pair| pair[0] == pair[1]);
        if twice { Err(Refusal::new(Problem::InvalidRequest)) } else { Ok(Self(fields)) }
    }

    pub(crate) fn get(self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.trim().is_empty())
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

/// The form of a POST that is one.
pub(crate) fn urlencoded<'a>(
    method: &str,
    media_type: Option<&str>,
    form: Option<&'a [(String, String)]>,
) -> Option<&'a [(String, String)]> {
    let essence = media_type?.split(';').next().unwrap_or_default().trim();
    let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    (method == "POST" && is_form).then_some(form).flatten()
}

impl World {
    /// The merchant that owns a client, and which one it is.
    pub(crate) fn client_named(&self, id: &str) -> Option<(&Merchant, Kind)> {
        let merchant = self.settings.merchants.iter().find(|merchant| merchant.has_client(id))?;
        Some((merchant, if merchant.client_id == id { Kind::Server } else { Kind::App }))
    }

    /// What a merchant was given besides its certificate.
    #[must_use]
    pub fn credentials(&self, merchant: i32) -> Credentials {
        Credentials::of(self.settings.seed, merchant)
    }

    /// Who asks. A Basic header comes before a posted secret, and a secret before the certificate,
    /// which then proves nothing: the token is not bound to it.
    pub(crate) fn authenticate(
        &self,
        basic: Option<&Basic>,
        form: Form<'_>,
        peer: Option<&Peer>,
    ) -> Result<Client, Refusal> {
        let posted = || Some((form.get("client_id")?, form.get("client_secret")));
        let basic = basic.map(|basic| {
            let secret = Some(basic.secret.as_str()).filter(|secret| !secret.is_empty());
            (basic.client_id.as_str(), secret)
        });
        let found = basic.or_else(posted).and_then(|(id, secret)| {
            let (merchant, kind) = self.client_named(id)?;
            let confirmation = match (kind, secret) {
                // A public client is known by its name; what else it says is not looked at.
                (Kind::App, _) => String::new(),
                (Kind::Server, Some(secret)) => {
                    self.is_secret_of(merchant, secret).then(String::new)?
                }
                (Kind::Server, None) => {
                    self.confirmed(merchant, form.get(THUMBPRINT)?, peer?)?.to_owned()
                }
            };
            Some(Client { id: id.to_owned(), merchant: merchant.id, kind, confirmation })
        });
        found.ok_or(Refusal::new(Problem::InvalidClient))
    }

    /// Where tokens are to be had over mutual TLS alone, a client has no secret.
    fn is_secret_of(&self, merchant: &Merchant, secret: &str) -> bool {
        let shared = ["password", "every"];
        shared.iter().any(|reading| self.reads(Variant::TokenGrants, reading))
            && self.credentials(merchant.id).client_secret == secret
    }

    /// What a token is bound to, if certificate and thumbprint field are the merchant's own. The
    /// field may also hold the whole certificate in base64, as one public client sends it.
    fn confirmed<'p>(
        &self,
        merchant: &Merchant,
        thumbprint: &str,
        peer: &'p Peer,
    ) -> Option<&'p str> {
        let sha1 = self.reads(Variant::ThumbprintHash, "sha1");
        let expected = if sha1 { &peer.sha1 } else { &peer.sha256 };
        let fits = thumbprint == expected || thumbprint == peer.base64;
        let own = merchant.certificate.is(peer);
        let as_sha1 = self.reads(Variant::TokenConfirmation, "sha1-hex");
        (own && fits).then_some(if as_sha1 { &peer.sha1 } else { &peer.sha256_base64url })
    }

    /// Whether a client of this kind may use a grant.
    pub(crate) fn may_use(&self, kind: Kind, grant: &str) -> bool {
        let reading = match (kind, grant) {
            (Kind::Server, "client_credentials") => "mutual-tls",
            (Kind::Server, "password") => "password",
            (Kind::App, "authorization_code") => "authorization-code",
            _ => return false,
        };
        [reading, "every"].iter().any(|reading| self.reads(Variant::TokenGrants, reading))
    }
}
