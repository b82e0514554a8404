//! What the trace says of a command: labels where secrets stood, judged as they are at the moment
//! before the command is carried out.

use std::collections::BTreeMap;

use contract::{
    Call,
    field::Privacy,
    label::{Label, form},
    message::MessageKind,
    redact,
    timing::Timing,
};
use serde_json::{Map, Value};

use crate::{
    code::Series,
    command::{Act, ApiRequest, Ask, Bearer, Command, Envelope, Peer, TokenRequest},
    outcome::{Asked, BearerNote, TokenWorth},
    token::THUMBPRINT,
    world::World,
};

/// Texts that were entered where a secret belongs and that are nobody's, numbered as they come,
/// so that a trace can tell a repeated guess from a new one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strangers {
    known: BTreeMap<Box<str>, usize>,
}

impl Strangers {
    /// Beyond this many, strangers are no longer told apart.
    const LIMIT: usize = 10_000;

    fn label(&mut self, text: &str) -> Label {
        let next = self.known.len() + 1;
        let shape = form(text);
        let number = match self.known.get(text) {
            Some(number) => *number,
            None if next > Self::LIMIT => return Label::new("unknown", &[&shape]),
            None => {
                self.known.insert(text.into(), next);
                next
            }
        };
        Label::new(format!("unknown#{number}"), &[&shape])
    }
}

impl World {
    /// What the trace keeps of a command: labels for its secrets, judged as they are before it is
    /// carried out. The envelope still holds everything; [`blank`] empties it afterwards.
    pub(crate) fn describe(&mut self, envelope: Envelope) -> Asked {
        let (bearer, body) = match &envelope.command {
            Command::Api(request) => (self.note_bearer(&request.bearer), self.body_label(request)),
            Command::Token(request) => (None, self.form_label(&envelope, request)),
            _ => (None, None),
        };
        Asked { envelope, bearer, body: body.map(Box::new) }
    }

    fn note_bearer(&self, bearer: &Bearer) -> Option<BearerNote> {
        let number = match bearer {
            Bearer::Missing => return None,
            Bearer::Foreign(_) => return Some(BearerNote::Foreign),
            Bearer::Issued(number) => *number,
        };
        let worth = match self.token(number) {
            None => TokenWorth::Forgotten,
            Some(grant) if self.now < grant.expires_at => TokenWorth::Live,
            Some(grant) if self.now <= grant.expires_at + Timing::TokenLeeway.span() => {
                TokenWorth::InLeeway
            }
            Some(_) => TokenWorth::Expired,
        };
        Some(BearerNote::Own(number, worth))
    }

    fn body_label(&mut self, request: &ApiRequest) -> Option<Value> {
        let tables = self.settings.edition.tables()?;
        let row = tables.endpoint(request.call)?;
        let body = request.body.as_ref()?;
        let user = request.ask.as_ref().ok().and_then(Ask::user);
        let kind = match request.call {
            Call::VerifyPhone => MessageKind::PhoneVerification,
            _ => MessageKind::EmailConfirmation,
        };
        Some(redact::request(row, body, &mut |_, entered| {
            let label = user.and_then(|user| self.code_label(user, kind, entered));
            label.unwrap_or_else(|| self.strangers.label(entered))
        }))
    }

    fn code_label(&self, id: i32, kind: MessageKind, entered: &str) -> Option<Label> {
        let user = self.users.get(id)?;
        let contact = match kind {
            MessageKind::EmailConfirmation => user.email.as_ref(),
            MessageKind::PhoneVerification | MessageKind::DocumentSigning => user.phone.as_ref(),
        };
        let series = Series { seed: self.settings.seed, user: id, kind };
        series.label(contact?.code.as_ref(), entered, self.now)
    }

    fn form_label(&mut self, envelope: &Envelope, request: &TokenRequest) -> Option<Value> {
        let tables = self.settings.edition.tables()?;
        let row = tables.endpoint(request.call)?;
        let mut shown = Map::new();
        for (name, value) in request.form.as_ref()? {
            let privacy = row.field(name).map(|field| field.privacy);
            let label = match privacy {
                Some(Privacy::Public) if is_plain(value) => value.clone(),
                Some(Privacy::Secret) if name == THUMBPRINT => {
                    self.thumbprint_label(envelope.peer.as_deref(), value).to_string()
                }
                Some(_) => self.strangers.label(value).to_string(),
                None => Label::unlisted(value).to_string(),
            };
            let name =
                if privacy.is_some() { name.clone() } else { Label::unlisted(name).to_string() };
            shown.insert(name, Value::String(label));
        }
        Some(Value::Object(shown))
    }

    /// Which certificate a thumbprint names, by which hash, and how it is written.
    fn thumbprint_label(&mut self, peer: Option<&Peer>, value: &str) -> Label {
        let upper = value.to_uppercase();
        let case = if value == upper { "upper case" } else { "not upper case" };
        if let Some(peer) = peer {
            let name = format!("thumbprint-of-{}", peer.role);
            if upper == peer.sha1 {
                return Label::new(name, &["sha1", case]);
            }
            if upper == peer.sha256 {
                return Label::new(name, &["sha256", case]);
            }
            if value == peer.base64 {
                return Label::new(format!("certificate-of-{}", peer.role), &["base64"]);
            }
        }
        let mut merchants = self.settings.merchants.iter();
        match merchants.find(|merchant| upper == merchant.sha1 || upper == merchant.sha256) {
            Some(other) => Label::new(format!("thumbprint-of-{}", other.certificate), &[case]),
            None => self.strangers.label(value),
        }
    }
}

fn is_plain(value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" ._:-".contains(&byte);
    (1..=300).contains(&value.len()) && value.bytes().all(plain)
}

/// Empties a command of everything that a trace must not hold.
pub(crate) fn blank(command: &mut Command) {
    match command {
        Command::Api(request) => {
            request.body = None;
            if let Ok(ask) = &mut request.ask {
                blank_ask(ask);
            }
        }
        Command::Token(request) => {
            request.form = None;
            request.basic = request.basic.take().map(|_| String::new());
        }
        Command::Page(request) => {
            request.secret = None;
            if let Act::Sign { code } = &mut request.act {
                code.clear();
            }
        }
        Command::SetRedirects { success, fail, .. } => {
            success.clear();
            fail.clear();
        }
        Command::Open(_) | Command::Rim(_) | Command::Person { .. } | Command::Advance => {}
    }
}

fn blank_ask(ask: &mut Ask) {
    match ask {
        Ask::CreateUser { email, .. } => *email = None,
        Ask::SendEmailConfirmation { email: secret, .. }
        | Ask::ConfirmEmail { token: secret, .. }
        | Ask::VerifyPhone { code: secret, .. }
        | Ask::SendPhoneCode { phone: secret, .. }
        | Ask::AddAdditionalData { data: secret, .. } => secret.clear(),
        Ask::Initiate { language, .. } => *language = None,
        Ask::ResendPhoneCode { .. }
        | Ask::IdentificationStatus { .. }
        | Ask::Finalize { .. }
        | Ask::UserStatus { .. }
        | Ask::List(_) => {}
    }
}
