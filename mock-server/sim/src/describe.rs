//! What the trace says of a command: labels where secrets stood, judged as they are at the moment
//! before the command is carried out.

use std::collections::BTreeMap;

use contract::{
    Call, FieldRow,
    label::{Label, form},
    message::{Channel, MessageKind},
    redact::{self, Discretion},
    timing::Timing,
    trace::client::Secret,
};
use serde_json::{Map, Value};

use serde::{Deserialize, Serialize};

use crate::{
    code::Series,
    command::{
        Act, ApiRequest, Ask, Basic, Bearer, Command, Envelope, IdentityRequest, Peer,
        ScriptRequest, Whom,
    },
    outcome::{Asked, BearerNote, Subject, TokenWorth},
    token::THUMBPRINT,
    world::World,
};

/// Texts that were entered where a secret belongs and that are nobody's, numbered as they come,
/// so that a trace can tell a repeated guess from a new one.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
        let (mut bearer, mut body, mut path, mut subject) = (None, None, None, Subject::Nobody);
        match &envelope.command {
            Command::Api(request) => {
                bearer = self.note_bearer(&request.bearer);
                body = self.body_label(request);
                path = request.path.as_deref().map(|path| self.discreet(path));
                subject = self.subject(request.ask.as_ref().ok().and_then(Ask::user));
            }
            Command::Token(request) => {
                let form = request.form.as_deref();
                body = self.form_label(request.call, form, envelope.peer.as_deref());
            }
            Command::Identity(request) => {
                bearer =
                    self.note_bearer(&request.bearer).filter(|_| request.call == Call::UserInfo);
                body = self.identity_label(request);
            }
            Command::Rim(request) => path = Some(self.discreet(&request.path)),
            Command::Open(_)
            | Command::Page(_)
            | Command::Person { .. }
            | Command::SetRedirects { .. }
            | Command::SetCertificate { .. }
            | Command::Advance
            | Command::Tick
            | Command::Note(_)
            | Command::Script(_) => {}
        }
        Asked { envelope, bearer, body: body.map(Box::new), path, subject }
    }

    fn subject(&self, user: Option<i32>) -> Subject {
        let Some(user) = user else { return Subject::Nobody };
        if self.users.get(user).is_some() {
            return Subject::User(user);
        }
        let label = redact::number(&user.to_string(), |number| self.has_id(number));
        label.map_or(Subject::User(user), |label| Subject::Stranger(label.to_string().into()))
    }

    /// A path without numbers that nobody shares: in the place of an id may stand a code or a
    /// phone. Words were looked at by the edge.
    #[must_use]
    pub fn discreet(&self, path: &str) -> Box<str> {
        let segments = path.split('/').map(|segment| {
            let digits = !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
            let label = digits.then(|| redact::number(segment, |number| self.has_id(number)));
            label.flatten().map_or_else(|| segment.to_owned(), |label| label.to_string())
        });
        segments.collect::<Vec<_>>().join("/").into()
    }

    /// Whether a value of somebody's stands in a text that does not need it: a code, an address or
    /// a number. Codes count only where they stand alone.
    #[must_use]
    pub fn private_in(&self, text: &str) -> Option<Secret> {
        let codes = || self.messages().newest_first().map(|message| &*message.code);
        let words = text.split(|sign: char| !sign.is_alphanumeric());
        if words.filter(|word| word.len() > 3).any(|word| codes().any(|code| code == word)) {
            return Some(Secret::Code);
        }
        let contacts = self.users.contacts();
        contacts
            .into_iter()
            .find(|(_, value)| value.len() > 5 && text.contains(value))
            .map(|(secret, _)| secret)
    }

    /// Whether a number is an id of this world: of a user or of a merchant.
    #[must_use]
    pub fn has_id(&self, number: &str) -> bool {
        let id = number.parse::<i32>();
        id.is_ok_and(|id| self.users.get(id).is_some() || self.merchant(id).is_some())
    }

    fn note_bearer(&self, bearer: &Bearer) -> Option<BearerNote> {
        let number = match bearer {
            Bearer::Missing => return None,
            Bearer::Foreign(_) => return Some(BearerNote::Foreign),
            Bearer::Issued(number) => *number,
        };
        let worth = match self.token(number) {
            None if self.revoked.contains(&number) => TokenWorth::Revoked,
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
        Some(redact::request(row, body, &mut Observer { world: self, user, kind }))
    }

    fn code_label(&self, id: i32, kind: MessageKind, entered: &str) -> Option<Label> {
        let user = self.users.get(id)?;
        let contact = match kind.channel() {
            Channel::Email => user.email.as_ref(),
            Channel::Sms => user.phone.as_ref(),
        };
        let series = Series { seed: self.settings.seed, user: id, kind };
        series.label(contact?.code.as_ref(), entered, self.now)
    }

    /// The form as it was sent; a field that came twice shows both.
    fn form_label(
        &mut self,
        call: Call,
        form: Option<&[(String, String)]>,
        peer: Option<&Peer>,
    ) -> Option<Value> {
        let tables = self.settings.edition.tables();
        let row = tables.and_then(|tables| tables.endpoint(call));
        let mut shown = Map::new();
        for (name, value) in form? {
            let known = row.and_then(|row| row.field(name)).map(|field| field.name);
            let known = known.or_else(|| identity_field(name));
            let text = Value::String(self.form_value(known, peer, value));
            let name = known.map_or_else(|| Label::unlisted(name).to_string(), str::to_owned);
            match shown.get_mut(&name) {
                None => drop(shown.insert(name, text)),
                Some(Value::Array(all)) => all.push(text),
                Some(first) => *first = Value::Array(vec![first.take(), text]),
            }
        }
        Some(Value::Object(shown))
    }

    /// As a form; the token that the call is about shows which one it is.
    fn identity_label(&mut self, request: &IdentityRequest) -> Option<Value> {
        let mut shown = self.form_label(request.call, request.fields.as_deref(), None)?;
        let note = self.note_bearer(&request.bearer);
        if let (Some(BearerNote::Own(..)), Some(fields)) = (note, shown.as_object_mut()) {
            for name in ["access_token", "id_token_hint", "token"] {
                if let (Some(value), Some(note)) = (fields.get_mut(name), note) {
                    *value = Value::String(note.to_string());
                }
            }
        }
        Some(shown)
    }

    /// The value of a form field: what is known to be no secret, word by word, and labels.
    fn form_value(&mut self, field: Option<&str>, peer: Option<&Peer>, value: &str) -> String {
        match field {
            Some("client_id") if self.is_client(value) => value.to_owned(),
            Some("grant_type") if GRANT_TYPES.contains(&value) => value.to_owned(),
            Some("scope") => {
                let words = value.split(' ').map(|word| {
                    if self.is_scope(word) {
                        word.to_owned()
                    } else {
                        Label::unlisted(word).to_string()
                    }
                });
                words.collect::<Vec<_>>().join(" ")
            }
            Some(name) if is_word_of(name, value) => value.to_owned(),
            Some("redirect_uri" | "redirect_url" | "post_logout_redirect_uri") => {
                self.redirect_label(value).to_string()
            }
            Some("code" | "refresh_token" | "token") => self.secret_label(value).to_string(),
            Some(name @ ("username" | "password" | "client_secret")) => {
                self.credential_label(name, value).to_string()
            }
            Some(THUMBPRINT) => self.thumbprint_label(peer, value).to_string(),
            Some(_) => self.strangers.label(value).to_string(),
            None => Label::unlisted(value).to_string(),
        }
    }

    fn is_client(&self, value: &str) -> bool {
        self.settings.merchants.iter().any(|merchant| merchant.has_client(value))
    }

    fn is_scope(&self, word: &str) -> bool {
        let merchants = self.settings.merchants.iter();
        let mut granted = merchants.flat_map(|one| one.scopes.iter().chain(&one.person_scopes));
        STANDARD_SCOPES.contains(&word) || granted.any(|scope| scope == word)
    }

    /// Whose address it is, if it is a registered one.
    fn redirect_label(&self, value: &str) -> Label {
        let mut merchants = self.settings.merchants.iter();
        let owner = merchants.find_map(|merchant| {
            let fact = if merchant.may_return_to(value) {
                "for a code"
            } else {
                (value == merchant.app_address("/Logout")).then_some("after signing out")?
            };
            Some((merchant.id, fact))
        });
        match owner {
            Some((id, fact)) => Label::new(format!("redirect-of-{id}"), &[fact]),
            None => Label::unlisted(value),
        }
    }

    /// Which code or refresh token it is, and what it is worth.
    fn secret_label(&mut self, value: &str) -> Label {
        if let Some((_, (number, code))) = self.identity.codes.find(value) {
            return Label::new(format!("authorization-code#{number}"), &[code.worth(self.now)]);
        }
        if let Some((_, (number, refresh))) = self.identity.refreshes.find(value) {
            return Label::new(format!("refresh-token#{number}"), &[refresh.worth(self.now)]);
        }
        self.strangers.label(value)
    }

    /// Whose credential it is.
    fn credential_label(&mut self, name: &str, value: &str) -> Label {
        let ids: Vec<_> = self.settings.merchants.iter().map(|merchant| merchant.id).collect();
        let owner = ids.into_iter().find(|id| {
            let own = self.credentials(*id);
            [own.username, own.password, own.client_secret].iter().any(|known| known == value)
        });
        match owner {
            Some(id) => Label::new(format!("{name}-of-{id}"), &[]),
            None => self.strangers.label(value),
        }
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
        let own = |merchant: &&crate::Merchant| {
            upper == merchant.certificate.sha1 || upper == merchant.certificate.sha256
        };
        match merchants.find(own) {
            Some(other) => Label::new(format!("thumbprint-of-{}", other.certificate.name), &[case]),
            None => self.strangers.label(value),
        }
    }
}

/// What the world tells the redactor about the values of one request.
struct Observer<'a> {
    world: &'a mut World,
    user: Option<i32>,
    kind: MessageKind,
}

impl Discretion for Observer<'_> {
    fn secret(&mut self, _: &'static FieldRow, entered: &str) -> Label {
        let label = self.user.and_then(|user| self.world.code_label(user, self.kind, entered));
        label.unwrap_or_else(|| self.world.strangers.label(entered))
    }

    fn is_shared_id(&self, number: &str) -> bool {
        self.world.has_id(number)
    }
}

/// The fields of the identity server's calls that a trace may name, whatever the rows list.
fn identity_field(name: &str) -> Option<&'static str> {
    const NAMES: &[&str] = &[
        "access_token",
        "client_id",
        "client_secret",
        "code",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "confirm",
        "grant_type",
        "id_token_hint",
        "max_age",
        "nonce",
        "password",
        "post_logout_redirect_uri",
        "prompt",
        "redirect_uri",
        "redirect_url",
        "refresh_token",
        "response_mode",
        "response_type",
        "scope",
        "state",
        "token",
        "token_type_hint",
        "username",
    ];
    NAMES.iter().find(|known| **known == name).copied()
}

/// Whether a value is one of the few words that its field may hold.
fn is_word_of(name: &str, value: &str) -> bool {
    let words: &[&str] = match name {
        "response_type" => &["code", "token", "id_token", "id_token token", "code id_token"],
        "response_mode" => &["query", "form_post", "fragment"],
        "prompt" => &["none", "login", "consent", "select_account"],
        "code_challenge_method" => &["plain", "S256"],
        "token_type_hint" => &["access_token", "refresh_token"],
        "confirm" => &["yes"],
        _ => &[],
    };
    words.contains(&value)
}

/// The grant types of RFC 6749 and 8628.
const GRANT_TYPES: &[&str] = &[
    "authorization_code",
    "client_credentials",
    "password",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
];

/// The scopes of OpenID Connect Core.
const STANDARD_SCOPES: &[&str] = &["", "email", "offline_access", "openid", "phone", "profile"];

/// Empties a command of everything that a trace must not hold.
pub(crate) fn blank(asked: &mut Asked) {
    asked.envelope.headers.clear();
    match &mut asked.envelope.command {
        Command::Api(request) => {
            request.body = None;
            request.path = None;
            if let Ok(ask) = &mut request.ask {
                blank_ask(ask);
                if let (Subject::Stranger(_), Some(user)) = (&asked.subject, ask.user_mut()) {
                    *user = 0;
                }
            }
        }
        Command::Token(request) => {
            request.form = None;
            blank_basic(&mut request.basic);
        }
        Command::Page(request) => {
            request.secret = None;
            if let Act::Enter { code } = &mut request.act {
                code.clear();
            }
        }
        Command::Identity(request) => {
            request.fields = None;
            request.session = None;
            blank_basic(&mut request.basic);
        }
        Command::SetRedirects { success, fail, .. } => {
            success.clear();
            fail.clear();
        }
        Command::Rim(request) => request.path.clear(),
        Command::Script(ScriptRequest::Given(given)) => {
            given.email = None;
            given.phone = None;
        }
        Command::Script(ScriptRequest::Choose { whom: Whom::Pattern(pattern), .. }) => {
            pattern.clear();
        }
        Command::Open(_)
        | Command::Person { .. }
        | Command::SetCertificate { .. }
        | Command::Advance
        | Command::Tick
        | Command::Note(_)
        | Command::Script(_) => {}
    }
}

fn blank_basic(basic: &mut Option<Basic>) {
    if let Some(basic) = basic {
        basic.client_id.clear();
        basic.secret.clear();
    }
}

fn blank_ask(ask: &mut Ask) {
    match ask {
        Ask::CreateUser { email, .. } => *email = None,
        Ask::SendEmailConfirmation { email: secret, .. }
        | Ask::ConfirmEmail { token: secret, .. }
        | Ask::VerifyPhone { code: secret, .. }
        | Ask::SendPhoneCode { phone: secret, .. }
        | Ask::AddAdditionalData { data: secret, .. }
        | Ask::EnrollIndividual { data: secret, .. } => secret.clear(),
        Ask::Initiate { language, .. } => *language = None,
        Ask::PostalCode { zip, country } => {
            zip.clear();
            country.clear();
        }
        Ask::ResendPhoneCode { .. }
        | Ask::IdentificationStatus { .. }
        | Ask::Finalize { .. }
        | Ask::UserStatus { .. }
        | Ask::KycDocuments { .. }
        | Ask::List(_) => {}
    }
}
