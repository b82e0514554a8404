//! The token endpoints, and what the trace says of tokens, codes and thumbprints.
//!
//! Checks run in the order of the identity server (IdentityServer4): certificate, method and media
//! type, client, grant type, scope. The first failure answers.

use std::{collections::BTreeMap, sync::Arc};

use contract::{
    Call, Problem, Variant,
    endpoint::Gate,
    field::Privacy,
    label::{Label, form},
    message::MessageKind,
    problem::Refusal,
    redact,
    timing::Timing,
};
use serde_json::{Map, Value};

use crate::{
    code::Series,
    command::{Act, ApiRequest, Ask, Bearer, Command, Envelope, Peer, PeerVerdict, TokenRequest},
    draw::{self, Purpose},
    outcome::{Answer, Asked, BearerNote, Grant, Reply, TokenWorth},
    settings::Merchant,
    world::{TOKENS_REMEMBERED, World},
};

const THUMBPRINT: &str = "IdentityServer:MTLS:X509Certificate";

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
    pub(crate) fn grant(&mut self, envelope: &Envelope, request: &TokenRequest) -> Answer {
        match self.check_token_request(envelope.peer.as_deref(), request) {
            Ok((client, scopes, confirmation)) => {
                Answer::Reply(Reply::Token(self.new_token(client, scopes, confirmation)))
            }
            Err(refusal) => self.refuse(envelope, refusal),
        }
    }

    fn check_token_request(
        &self,
        peer: Option<&Peer>,
        request: &TokenRequest,
    ) -> Result<(String, Vec<String>, String), Refusal> {
        let needs_certificate = self.gate(request.call) == Gate::Certificate;
        if needs_certificate {
            check_certificate(peer)?;
        }
        let form = urlencoded(request).ok_or(Refusal::new(Problem::InvalidRequest))?;
        if has_duplicates(form) {
            return Err(Refusal::new(Problem::InvalidRequest));
        }
        let field = |name: &str| {
            form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
        };
        let peer = peer.filter(|_| needs_certificate);
        let secret = request.basic.is_some() || field("client_secret").is_some();
        let merchant = peer
            .filter(|_| !secret)
            .and_then(|peer| self.client(field("client_id")?, field(THUMBPRINT)?, peer))
            .ok_or(Refusal::new(Problem::InvalidClient))?;
        match field("grant_type") {
            Some("client_credentials") => {}
            Some("password") => return Err(Refusal::new(Problem::UnauthorizedClient)),
            _ => return Err(Refusal::new(Problem::UnsupportedGrantType)),
        }
        let scopes = granted_scopes(merchant, field("scope").unwrap_or_default())
            .ok_or(Refusal::new(Problem::InvalidScope))?;
        let sha1 = self.settings.variants.reads(Variant::TokenConfirmation, "sha1-hex");
        let confirmation =
            peer.map(|peer| if sha1 { &peer.sha1 } else { &peer.sha256_base64url }).cloned();
        Ok((merchant.client_id.clone(), scopes, confirmation.unwrap_or_default()))
    }

    fn gate(&self, call: Call) -> Gate {
        let row = self.settings.edition.tables().and_then(|tables| tables.endpoint(call));
        row.map_or(Gate::Certificate, |row| row.gate)
    }

    /// The merchant whose client this is, if certificate and thumbprint field are its own. The
    /// field may also hold the whole certificate in base64, as one public client sends it.
    fn client(&self, client_id: &str, thumbprint: &str, peer: &Peer) -> Option<&Merchant> {
        let mut merchants = self.settings.merchants.iter();
        let merchant = merchants.find(|merchant| merchant.client_id == client_id)?;
        let sha1 = self.settings.variants.reads(Variant::ThumbprintHash, "sha1");
        let expected = if sha1 { &peer.sha1 } else { &peer.sha256 };
        let fits = thumbprint == expected || thumbprint == peer.base64;
        (merchant.sha1 == peer.sha1 && merchant.sha256 == peer.sha256 && fits).then_some(merchant)
    }

    fn new_token(
        &mut self,
        client_id: String,
        scopes: Vec<String>,
        confirmation: String,
    ) -> Arc<Grant> {
        self.tokens_granted = self.tokens_granted.saturating_add(1);
        let number = self.tokens_granted;
        let grant = Arc::new(Grant {
            number,
            jti: draw::wide(self.settings.seed, Purpose::TokenId, number.into(), 0),
            client_id,
            scopes,
            issued_at: self.now,
            expires_at: self.now + Timing::TokenLife.span(),
            confirmation,
        });
        self.tokens.push_back(Arc::clone(&grant));
        if self.tokens.len() > TOKENS_REMEMBERED {
            self.tokens.pop_front();
        }
        grant
    }

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

fn check_certificate(peer: Option<&Peer>) -> Result<(), Refusal> {
    let flaw = match peer.map(|peer| peer.verdict) {
        Some(PeerVerdict::Valid) => return Ok(()),
        Some(_) => "bad",
        None => "missing",
    };
    Err(Refusal::with_header(Problem::CertificateRefused, flaw.to_owned()))
}

/// The form of a POST that is one.
fn urlencoded(request: &TokenRequest) -> Option<&[(String, String)]> {
    let media_type = request.media_type.as_deref()?;
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    (request.method == "POST" && is_form).then_some(request.form.as_deref()).flatten()
}

/// RFC 6749 section 3.2: no parameter more than once.
fn has_duplicates(form: &[(String, String)]) -> bool {
    let mut names: Vec<_> = form.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// The scopes that are granted: those asked for, or all when none is; `None` if one is not allowed.
fn granted_scopes(merchant: &Merchant, asked: &str) -> Option<Vec<String>> {
    const LONGEST: usize = 300;
    if asked.len() > LONGEST {
        return None;
    }
    let mut scopes: Vec<String> =
        asked.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if scopes.is_empty() {
        return Some(merchant.scopes.clone());
    }
    scopes.dedup();
    scopes.iter().all(|scope| merchant.scopes.contains(scope)).then_some(scopes)
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
