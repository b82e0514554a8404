//! How one call looks on the wire in one edition: one row, read by router, gate, decoder,
//! client, checks and documents.

use crate::{
    Call, FieldRow, Host, Method, Problem, Provenance, Variant, Variants, answer::SuccessRow,
    field::Place, problem::ProblemRow,
};

/// One call of one edition.
#[derive(Debug)]
pub struct EndpointRow {
    /// What it means.
    pub call: Call,
    /// Who serves it.
    pub host: Host,
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{name}` for each parameter.
    pub path: &'static str,
    /// What a caller must show before anything else is looked at.
    pub gate: Gate,
    /// What the request carries.
    pub body: BodyKind,
    /// Path parameters, body members and form fields.
    pub fields: &'static [FieldRow],
    /// How it can succeed; the first row whose readings are in force counts, and the last one
    /// always holds.
    pub successes: &'static [SuccessRow],
    /// The scope that a token needs where scopes are checked; none for calls without a token.
    pub scope: Option<&'static str>,
    /// Every refusal it can answer with, beyond those of [`Problem::EVERYWHERE`].
    pub problems: &'static [Problem],
    /// Those of them that this call's own page shows, with the section; the others are carried
    /// over from other calls or editions.
    pub shown: &'static [(Problem, &'static str)],
    /// Where the row comes from.
    pub provenance: Provenance,
}

/// What a caller must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// `Authorization: Bearer <token>`.
    Bearer,
    /// A client certificate from the TLS handshake.
    Certificate,
    /// Nothing.
    Open,
}

/// What a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// Nothing; a body, if sent, is not looked at.
    None,
    /// A JSON object.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
}

impl EndpointRow {
    /// The path's segments, without the leading slash.
    pub fn segments(&self) -> impl Iterator<Item = &'static str> {
        self.path.trim_start_matches('/').split('/')
    }

    /// What serves it: its own method; what is for browsers and claims is also posted to, as OpenID
    /// Connect Core sections 3.1.2.1 and 5.3.1 demand.
    #[must_use]
    pub const fn methods(&self) -> &'static [Method] {
        match (self.call, self.method) {
            (Call::Authorize | Call::UserInfo | Call::EndSession, _) => {
                &[Method::Get, Method::Post]
            }
            (_, Method::Get) => &[Method::Get],
            (_, Method::Post) => &[Method::Post],
        }
    }

    /// Whether OpenID Connect defines it, so that it stands under the issuer.
    #[must_use]
    pub fn is_openid(&self) -> bool {
        ["/connect/", "/.well-known/"].iter().any(|under| self.path.starts_with(under))
    }

    /// Which host a client asks for it under these readings.
    #[must_use]
    pub fn asked_at(&self, variants: &Variants) -> Host {
        if self.is_openid() { issuer(variants) } else { self.host }
    }

    /// The rows of one place, path, body or form, that hold under these readings.
    pub fn fields_in<'a>(
        &self,
        place: Place,
        variants: &'a Variants,
    ) -> impl Iterator<Item = &'static FieldRow> + use<'a> {
        self.fields.iter().filter(move |row| row.place == place && variants.meet(row.when))
    }

    /// How it succeeds under these readings.
    #[must_use]
    pub fn success(&self, variants: &Variants) -> Option<&'static SuccessRow> {
        self.successes.iter().find(|row| variants.meet(row.when))
    }

    /// Where it comes from that this call can refuse so: its own page, or the reason why the
    /// refusal is carried over. How the refusal looks is the [`ProblemRow`]'s affair.
    #[must_use]
    pub fn refusal(&self, row: &ProblemRow) -> Provenance {
        let shown = self.shown.iter().find(|(problem, _)| *problem == row.problem);
        match (shown, self.provenance) {
            (Some((_, section)), Provenance::Documented { edition, page, .. }) => {
                Provenance::Documented { edition, page, section }
            }
            _ => Provenance::Assumed { reason: row.carried },
        }
    }

    /// The row of one field; where readings differ, the first of them.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static FieldRow> {
        self.fields.iter().find(|row| row.name == name)
    }
}

/// Who issues tokens under these readings.
#[must_use]
pub fn issuer(variants: &Variants) -> Host {
    if variants.reads(Variant::Issuer, "api-host") { Host::Api } else { Host::Auth }
}

/// The name inside `{...}`, or `None` for a literal segment.
#[must_use]
pub fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Edition;

    const OPENID: [Call; 8] = [
        Call::Discovery,
        Call::Jwks,
        Call::MtlsToken,
        Call::PlainToken,
        Call::Authorize,
        Call::UserInfo,
        Call::Revocation,
        Call::EndSession,
    ];

    #[test]
    fn what_openid_connect_defines_is_asked_at_the_issuer_and_nothing_else_moves() {
        for (reading, issuer) in [("auth-host", Host::Auth), ("api-host", Host::Api)] {
            for tables in Edition::served().filter_map(Edition::tables) {
                let mut variants = Variants::of(tables.edition);
                assert!(variants.choose("issuer", reading).is_ok());
                let (own, others): (Vec<_>, Vec<_>) =
                    tables.endpoints.iter().partition(|row| OPENID.contains(&row.call));
                assert!(own.iter().all(|row| row.asked_at(&variants) == issuer), "{reading}");
                assert!(others.iter().all(|row| row.asked_at(&variants) == row.host), "{reading}");
                assert!(own.len() > 2 && others.len() > 5, "{}", tables.edition);
            }
        }
    }
}
