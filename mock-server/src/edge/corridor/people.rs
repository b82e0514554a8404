//! The calls of the identity server that are for people: fields from query or form, the browser's
//! session, and the token that a call is about.

use contract::Call;
use http::header;
use sim::{
    Command,
    command::{Bearer, IdentityRequest},
};

use super::{
    Visit,
    head::{FORM, basic, discreet_media_type, discreet_method, is_form, session},
};
use crate::edge::form;

/// Whether a call is one of these.
pub(super) const fn is_for_people(call: Call) -> bool {
    matches!(call, Call::Authorize | Call::UserInfo | Call::Revocation | Call::EndSession)
}

/// What the form of a page repeats: everything it was asked with but what a person types.
pub(super) fn repeated(command: &Command) -> Vec<(String, String)> {
    const TYPED: &[&str] = &["username", "password", "confirm"];
    let Command::Identity(request) = command else { return Vec::new() };
    let fields = request.fields.iter().flatten();
    fields.filter(|(name, _)| !TYPED.contains(&name.as_str())).cloned().collect()
}

impl Visit<'_> {
    pub(super) fn identity_request(&self, call: Call, body: &[u8]) -> IdentityRequest {
        let media_type = self.media_type.as_deref();
        let sent_form = media_type.is_some_and(is_form);
        let fields = match self.method {
            "POST" => sent_form.then(|| form::parse(body)),
            _ => Some(form::parse(self.query.as_bytes())),
        };
        let authorization = self.text(&header::AUTHORIZATION);
        IdentityRequest {
            call,
            method: discreet_method(self.method),
            media_type: if sent_form {
                Some(FORM.to_owned())
            } else {
                media_type.map(discreet_media_type)
            },
            basic: authorization.as_deref().and_then(basic),
            bearer: self.about(call, fields.as_deref().unwrap_or_default()),
            session: self.text(&header::COOKIE).as_deref().and_then(session),
            fields,
        }
    }

    /// The token that a call is about.
    fn about(&self, call: Call, fields: &[(String, String)]) -> Bearer {
        let tokens = self.corridor.workspace.tokens();
        let field = |name: &str| {
            let found = fields.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
        };
        match call {
            Call::Revocation => field("token").map(|text| tokens.access(text)),
            Call::EndSession => field("id_token_hint").map(|text| tokens.identity(text)),
            _ => match tokens.bearer(self.text(&header::AUTHORIZATION).as_deref()) {
                // RFC 6750 section 2.2; a token in a query is not read.
                Bearer::Missing if self.method == "POST" => {
                    field("access_token").map(|text| tokens.access(text))
                }
                found => Some(found),
            },
        }
        .unwrap_or(Bearer::Missing)
    }
}
