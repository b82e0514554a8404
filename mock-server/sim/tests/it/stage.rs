//! A world on a small stage: send a command, move the clock, read the inbox.

use std::{sync::Arc, time::Duration};

use contract::{
    Call, Edition, Instant, Variants, message::MessageKind, problem::Refusal, trace::Leg,
};
use sim::{
    Answer, Command, Entry, Envelope, Merchant, Reply, Settings, World,
    command::{
        Act, ApiRequest, Ask, Bearer, Deed, PageRequest, Peer, PeerVerdict, ScriptRequest,
        TokenRequest,
    },
    outcome::{Brings, Screen},
    settings::Limits,
};

pub(crate) const ALICE: i32 = 1001;
pub(crate) const BOB: i32 = 1002;
pub(crate) const PHONE: &str = "+359880000001";

/// A world with what happened in it.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) now: Instant,
    pub(crate) entries: Vec<Entry>,
    pub(crate) commands: Vec<(Instant, Envelope)>,
}

impl Stage {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with(settings(seed))
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self {
            world: World::new(settings),
            now: Instant::STEPPED_START,
            entries: Vec::new(),
            commands: Vec::new(),
        }
    }

    /// A world in which both merchants hold token 1 and 2.
    pub(crate) fn with_tokens(seed: u64) -> Self {
        let mut stage = Self::new(seed);
        for merchant in [ALICE, BOB] {
            assert!(matches!(stage.token(merchant), Answer::Reply(Reply::Token(_))));
        }
        stage
    }

    pub(crate) fn wait(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
    }

    pub(crate) fn send(&mut self, envelope: Envelope) -> Answer {
        self.commands.push((self.now, envelope.clone()));
        let outcome = self.world.step(self.now, envelope);
        self.entries.push(outcome.entry);
        outcome.answer
    }

    pub(crate) fn command(&mut self, command: Command) -> Answer {
        self.send(Envelope::own(command))
    }

    pub(crate) fn ask_with(&mut self, bearer: Bearer, ask: Ask) -> Answer {
        self.command(Command::Api(ApiRequest {
            call: call_of(&ask),
            bearer,
            ask: Ok(ask),
            path: None,
            media_type: None,
            body: None,
        }))
    }

    /// As Alice, over a connection that shows a merchant's certificate.
    pub(crate) fn ask_over(&mut self, merchant: Option<i32>, ask: Ask) -> Answer {
        let command = Command::Api(ApiRequest {
            call: call_of(&ask),
            bearer: Bearer::Issued(1),
            ask: Ok(ask),
            path: None,
            media_type: None,
            body: None,
        });
        let peer = merchant.map(|merchant| Arc::new(peer(merchant)));
        self.send(Envelope { peer, ..Envelope::own(command) })
    }

    /// As Alice, with headers that some scenario asks about.
    pub(crate) fn ask_with_header(&mut self, (name, value): (&str, &str), ask: Ask) -> Answer {
        let command = Command::Api(ApiRequest {
            call: call_of(&ask),
            bearer: Bearer::Issued(1),
            ask: Ok(ask),
            path: None,
            media_type: None,
            body: None,
        });
        let headers = vec![(name.into(), value.into())];
        self.send(Envelope { headers, ..Envelope::own(command) })
    }

    pub(crate) fn script(&mut self, request: ScriptRequest) -> Answer {
        self.command(Command::Script(request))
    }

    /// What the trace keeps of the last command.
    pub(crate) fn last(&self) -> &Entry {
        self.entries.last().expect("a command")
    }

    /// As Alice, whose token is number 1.
    pub(crate) fn ask(&mut self, ask: Ask) -> Answer {
        self.ask_with(Bearer::Issued(1), ask)
    }

    pub(crate) fn token(&mut self, merchant: i32) -> Answer {
        let peer = peer(merchant);
        let form = form(merchant, &peer);
        self.send(token_request(Some(peer), form))
    }

    pub(crate) fn create(&mut self, email: &str) -> i32 {
        match self.ask(Ask::CreateUser { merchant: ALICE, email: Some(email.to_owned()) }) {
            Answer::Reply(Reply::UserCreated { id }) => id,
            other => panic!("no user: {other:?}"),
        }
    }

    pub(crate) fn code(&self, user: i32, kind: MessageKind) -> String {
        let mut messages = self.world.messages().newest_first();
        let message = messages.find(|message| message.user == user && message.kind == kind);
        message.map(|message| message.code.to_string()).unwrap_or_default()
    }

    pub(crate) fn person(&mut self, user: i32, deed: Deed) -> Answer {
        self.command(Command::Person { user, deed })
    }

    pub(crate) fn click(&mut self, user: i32, leg: Leg, act: Act) -> Answer {
        let link = self.world.user(user).and_then(|user| user.session).and_then(|s| s.link);
        let secret = link.map(|link| link.secret);
        self.command(Command::Page(PageRequest { leg, secret, act }))
    }

    /// Brings a fresh user to a named state; see [`STATES`].
    pub(crate) fn user_at(&mut self, state: &str, tag: usize) -> i32 {
        let wanted = STATES.iter().position(|known| *known == state).expect("a known state");
        let user = self.create(&format!("user-{state}-{tag}@example.org"));
        let phone = format!("+3598{tag:08}");
        if wanted >= 1 {
            let token = self.code(user, MessageKind::EmailConfirmation);
            self.ask(Ask::ConfirmEmail { user, token });
        }
        if wanted >= 2 {
            self.ask(Ask::SendPhoneCode { user, phone });
        }
        if wanted >= 3 {
            let code = self.code(user, MessageKind::PhoneVerification);
            self.ask(Ask::VerifyPhone { user, code });
        }
        if wanted >= 4 {
            self.ask(initiate(user, false));
        }
        if wanted >= 5 {
            self.person(user, if state == "failed" { Deed::Fail } else { Deed::Complete });
        }
        if wanted >= 6 && state != "failed" {
            self.wait(4);
            self.command(Command::Advance);
        }
        if wanted >= 7 && state != "failed" {
            let from = Screen::Read.name().to_owned();
            self.click(user, Leg::Signing, Act::Continue { from });
        }
        if wanted >= 8 && state != "failed" {
            self.person(user, Deed::Complete);
        }
        if wanted >= 9 && state != "failed" {
            self.wait(4);
            self.command(Command::Advance);
        }
        if state == "finalized" {
            self.ask(Ask::Finalize { user });
        }
        user
    }
}

/// The states of a user that the matrix walks.
pub(crate) const STATES: &[&str] = &[
    "created",
    "e-mail confirmed",
    "phone given",
    "phone verified",
    "identifying",
    "identified",
    "to read",
    "to sign",
    "signing",
    "signed",
    "finalized",
    "failed",
];

pub(crate) fn initiate(user: i32, restart: bool) -> Ask {
    Ask::Initiate { user, restart, language: None }
}

pub(crate) fn enroll(user: i32) -> Ask {
    Ask::EnrollIndividual { user, data: "{}".to_owned() }
}

pub(crate) fn settings(seed: u64) -> Settings {
    Settings {
        edition: Edition::E2025_09,
        seed,
        variants: Variants::default(),
        merchants: [ALICE, BOB].into_iter().map(merchant).collect(),
        limits: Limits::default(),
        library: Arc::default(),
        scenario: None,
        clock: "stepped".to_owned(),
    }
}

/// What a person's tokens may be for.
const PERSON_SCOPES: &[&str] =
    &["openid", "profile", "offline_access", "Tenn.CRM", "IdentityServerApi"];

fn merchant(id: i32) -> Merchant {
    let peer = peer(id);
    Merchant {
        id,
        client_id: format!("client-{id}"),
        oidc_client: format!("Client{id}_Oidc"),
        person_scopes: PERSON_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
        certificate: sim::command::Registered {
            name: peer.role.clone(),
            sha1: peer.sha1.clone(),
            sha256: peer.sha256.clone(),
            pinned: false,
            revoked: false,
        },
        scopes: vec!["Tenn.CRM".to_owned(), "IdentityServerApi".to_owned()],
        success: format!("https://merchant.localhost/{id}/success"),
        fail: format!("https://merchant.localhost/{id}/fail"),
    }
}

pub(crate) fn peer(id: i32) -> Peer {
    Peer {
        role: format!("merchant-{id}"),
        sha1: format!("{id:040}"),
        sha256: format!("{id:064}"),
        sha256_base64url: format!("{id:043}"),
        base64: format!("TEST{id}"),
        verdict: PeerVerdict::Valid,
    }
}

pub(crate) fn form(id: i32, peer: &Peer) -> Vec<(String, String)> {
    [
        ("client_id", format!("client-{id}")),
        ("grant_type", "client_credentials".to_owned()),
        ("scope", "Tenn.CRM".to_owned()),
        ("IdentityServer:MTLS:X509Certificate", peer.sha1.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

pub(crate) fn token_request(peer: Option<Peer>, form: Vec<(String, String)>) -> Envelope {
    let command = Command::Token(TokenRequest {
        call: Call::MtlsToken,
        method: "POST".to_owned(),
        media_type: Some("application/x-www-form-urlencoded".to_owned()),
        form: Some(form),
        basic: None,
    });
    Envelope { peer: peer.map(Arc::new), ..Envelope::own(command) }
}

pub(crate) fn call_of(ask: &Ask) -> Call {
    match ask {
        Ask::CreateUser { .. } => Call::CreateUser,
        Ask::ConfirmEmail { .. } => Call::ConfirmEmail,
        Ask::SendEmailConfirmation { .. } => Call::SendEmailConfirmation,
        Ask::SendPhoneCode { .. } => Call::SendPhoneCode,
        Ask::ResendPhoneCode { .. } => Call::ResendPhoneCode,
        Ask::VerifyPhone { .. } => Call::VerifyPhone,
        Ask::Initiate { .. } => Call::Initiate,
        Ask::IdentificationStatus { .. } => Call::IdentificationStatus,
        Ask::AddAdditionalData { .. } => Call::AddAdditionalData,
        Ask::Finalize { .. } => Call::Finalize,
        Ask::UserStatus { .. } => Call::UserStatus,
        Ask::EnrollIndividual { .. } => Call::EnrollIndividual,
        Ask::List(list) => list.call(),
        Ask::PostalCode { .. } => Call::PostalCode,
        Ask::KycDocuments { .. } => Call::KycDocuments,
    }
}

/// An answer in a few words, for tables.
pub(crate) fn brief(answer: &Answer) -> String {
    match answer {
        Answer::Refused(Refusal { problem, .. }, _) => problem.name().to_owned(),
        Answer::Scripted(scripted, _) => format!("scripted {}", scripted.status),
        Answer::Reply(reply) => match reply {
            Reply::UserCreated { .. } => "created".to_owned(),
            Reply::Done => "done".to_owned(),
            Reply::CannotTake(why) => format!("cannot: {why}"),
            Reply::Identification { status, url } => {
                let link = match url.map(|link| link.leg) {
                    Some(Leg::Identification) => " +identify",
                    Some(Leg::Signing) => " +sign",
                    None => "",
                };
                let word = status.name().split('_').next().unwrap_or_default();
                format!("{word}{link}")
            }
            Reply::UserStatus(flags) => {
                let mark = |flag: bool, letter: char| if flag { letter } else { '-' };
                let letters: String = [
                    mark(flags.email, 'e'),
                    mark(flags.phone, 'p'),
                    mark(flags.sca, 's'),
                    mark(flags.additional_data, 'a'),
                ]
                .iter()
                .collect();
                format!("{letters} {}", flags.lifecycle.code())
            }
            Reply::List(_) => "list".to_owned(),
            Reply::Places(places) => format!("{} places", places.len()),
            Reply::Documents { .. } => "documents".to_owned(),
            Reply::Finalized { .. } => "finalized".to_owned(),
            Reply::Token(_) => "token".to_owned(),
            Reply::Page(view) => format!("page {}", view.screen.name()),
            Reply::SameSession(_) => "same session".to_owned(),
            Reply::ToMerchant { to, .. } => format!("to {to:?}"),
            Reply::NothingToDo(why) => format!("nothing: {why}"),
            Reply::SignIn(view) => if view.wrong { "sign in again" } else { "sign in" }.to_owned(),
            Reply::SentBack(sent) => match &sent.brings {
                Brings::Code(..) => "code".to_owned(),
                Brings::Error(error, _) => format!("back: {error}"),
                Brings::Nothing => "signed out, back".to_owned(),
            },
            Reply::SignOut { asks } => if *asks { "sign out?" } else { "signed out" }.to_owned(),
            Reply::Claims(_) => "claims".to_owned(),
            Reply::Discovery
            | Reply::Jwks
            | Reply::RedirectsSet
            | Reply::CertificateSet
            | Reply::Unknown => {
                format!("{reply:?}")
            }
        },
    }
}
