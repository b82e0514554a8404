//! Where stories are played: a target with everything that reaches it. One recorder, one clock, one
//! receiver; users come and go.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use contract::{
    Call, Edition, Host, Tables, Variant,
    step::Step,
    trace::{Header, Observer, VERSION},
};
use judge::{Plan, story::Certificate};
use url::Url;

use crate::{
    agent::Agent,
    applicant::{self, Applicant},
    chance::Chance,
    client::{Account, Law, Merchant},
    clock::Clock,
    codes::{Codes, Source},
    control::Control,
    flow::{Flow, SoFar},
    http,
    labels::Family,
    pages::Pages,
    receiver::Receiver,
    recorder::Recorder,
    retry::Retry,
    run::Settings,
    secrets::Secrets,
    target::{ClockKind, CodesFrom, PagesBy, Second, Target},
    tls::{self, Files, Identity, ThumbprintHash},
    trouble::Trouble,
    wire::Wire,
};

/// A target, and everything that reaches it.
#[derive(Debug)]
pub struct Site {
    /// What the run is told.
    pub settings: Settings,
    /// Where everything is written down.
    pub recorder: Arc<Recorder>,
    /// By which moments are told.
    pub clock: Clock,
    /// The merchant whose users most are.
    pub first: Tenant,
    /// The one whose users strangers are, if the target has a second one.
    pub second: Option<Tenant>,
    receiver: Arc<Receiver>,
    pages: Arc<Pages>,
    codes: Codes,
    certificates: BTreeMap<Certificate, reqwest::Client>,
    control: Option<Control>,
    phones: Mutex<BTreeSet<String>>,
}

/// How often a number is drawn until one is free.
const DRAWS: u64 = 64;

/// A merchant of a site.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its typed calls.
    pub merchant: Arc<Merchant>,
    /// Its number.
    pub id: i32,
}

impl Site {
    /// Puts everything together; nothing is asked of the API yet.
    ///
    /// # Errors
    /// When a file, an address or the target's control listener is not as it should be.
    pub async fn open(settings: Settings) -> Result<Self, Trouble> {
        let tables = tables(settings.edition)?;
        has_pages(settings.plan())?;
        let target = &settings.target;
        let identity = tls::open(files(target), thumbprint_hash(&settings))?;
        let control = target.control.clone().map(Control::new).transpose()?;
        let clock = clock(target, control.as_ref()).await?;
        let recorder =
            Arc::new(Recorder::create(Some(&settings.trace), header(&settings, &clock))?);
        let receiver = receiver(target, control.as_ref(), &recorder, &clock).await?;
        let law = law(&settings, tables)?;
        let secrets = secrets(&settings, law, control.as_ref()).await?;
        learn(&recorder, secrets.as_ref());
        let own = control.clone();
        let parts = Parts { settings: &settings, control: own, recorder: &recorder, clock: &clock };
        let codes = parts.codes()?;
        let pages = Arc::new(parts.pages(identity.browser.clone(), &receiver)?);
        let second = parts.second(law).await?;
        let first = parts.tenant(law, (target.client_id.clone(), secrets), identity)?;
        let certificates = parts.certificates()?;
        let first = Tenant { merchant: Arc::new(first), id: target.merchant_id };
        let receiver = Arc::new(receiver);
        Ok(Self {
            settings,
            recorder,
            clock,
            first,
            second,
            receiver,
            pages,
            codes,
            certificates,
            control,
            phones: Mutex::default(),
        })
    }

    /// The way of somebody through the flow: of the first merchant, or of the second.
    #[must_use]
    pub fn flow(&self, tenant: &Tenant, chance: Chance) -> Flow {
        Flow {
            merchant: Arc::clone(&tenant.merchant),
            receiver: Arc::clone(&self.receiver),
            codes: self.codes.clone(),
            pages: Arc::clone(&self.pages),
            plan: self.settings.plan(),
            applicant: self.applicant(chance),
            email_later: false,
            merchant_id: tenant.id,
            poll_limit: self.settings.poll_limit,
            chance,
            so_far: SoFar::default(),
        }
    }

    /// A wire that shows another client certificate, if there is such a one.
    #[must_use]
    pub fn wire(&self, certificate: Certificate) -> Option<Wire> {
        let own = self.first.merchant.wire();
        if certificate == Certificate::Own {
            return Some(own.clone());
        }
        let http = self.certificates.get(&certificate)?.clone();
        Some(Wire { http, ..own.clone() })
    }

    /// Leaves it: where browsers come back to, somebody else may listen next.
    pub async fn close(self) {
        let Self { receiver, pages, .. } = self;
        drop(pages);
        if let Some(receiver) = Arc::into_inner(receiver) {
            receiver.close().await;
        }
    }

    /// The target's control listener, if it has one.
    #[must_use]
    pub const fn control(&self) -> Option<&Control> {
        self.control.as_ref()
    }

    /// Where browsers come back to.
    #[must_use]
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// Who opens the pages.
    #[must_use]
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Where codes come from.
    #[must_use]
    pub const fn codes(&self) -> &Codes {
        &self.codes
    }

    /// Whether a host has answered anything yet.
    #[must_use]
    pub fn has_answered(&self, host: Host) -> bool {
        self.recorder.has_answered(host)
    }

    /// That a host is not there.
    #[must_use]
    pub fn unreachable(&self, host: Host, reason: &str) -> Trouble {
        let Target { api, auth, .. } = &self.settings.target;
        let url = if host == Host::Auth { auth } else { api };
        Trouble::Unreachable(format!("The target does not answer at {url} ({reason})."))
    }

    /// A number that nobody of this site has: two people with one phone are refused, and no
    /// server is to blame.
    fn unused_phone(&self, chance: Chance) -> String {
        let mut given = self.phones.lock().unwrap_or_else(PoisonError::into_inner);
        let drawn = (0..DRAWS).map(|draw| applicant::phone(chance, draw));
        let free = drawn.into_iter().find(|phone| !given.contains(phone));
        let phone = free.unwrap_or_else(|| applicant::phone(chance, 0));
        given.insert(phone.clone());
        phone
    }

    fn applicant(&self, chance: Chance) -> Applicant {
        let reachable = &self.settings.target.applicant;
        let mut applicant = Applicant::synthetic(chance);
        if let Some(email) = &reachable.email {
            applicant.email.clone_from(email);
        }
        match &reachable.phone {
            Some(phone) => applicant.phone.clone_from(phone),
            None => applicant.phone = self.unused_phone(chance),
        }
        self.recorder.labels(|labels| {
            labels.learn(Family::Personal, &applicant.email);
            labels.learn(Family::Personal, &applicant.phone);
        });
        applicant
    }
}

/// What the parts of a site share.
struct Parts<'a> {
    settings: &'a Settings,
    control: Option<Control>,
    recorder: &'a Arc<Recorder>,
    clock: &'a Clock,
}

impl Parts<'_> {
    fn tenant(
        &self,
        law: Law,
        (client_id, secrets): (String, Option<Secrets>),
        identity: Identity,
    ) -> Result<Merchant, Trouble> {
        let Settings { target, seed, .. } = self.settings;
        let account = Account {
            api: target.api.clone(),
            auth: target.auth.clone(),
            client_id,
            scope: target.scope.clone(),
            thumbprint: identity.thumbprint,
            secrets,
        };
        let wire = Wire {
            http: http::client(Some(identity.merchant))?,
            recorder: Arc::clone(self.recorder),
            clock: self.clock.clone(),
        };
        Ok(Merchant::new(account, law, wire, Retry::new(Chance::new(*seed))))
    }

    /// The second merchant, where the target says who it is.
    async fn second(&self, law: Law) -> Result<Option<Tenant>, Trouble> {
        let target = &self.settings.target;
        let Some(Second { client_id, merchant_id, certificate, key }) = &target.second else {
            return Ok(None);
        };
        let files = Files { ca: &target.ca, client_certificate: certificate, client_key: key };
        let identity = tls::open(files, thumbprint_hash(self.settings))?;
        let secrets = match (law.token_call, &self.control) {
            (Call::PlainToken, Some(control)) => Some(control.secrets(*merchant_id).await?),
            _ => None,
        };
        learn(self.recorder, secrets.as_ref());
        let merchant = self.tenant(law, (client_id.clone(), secrets), identity)?;
        Ok(Some(Tenant { merchant: Arc::new(merchant), id: *merchant_id }))
    }

    /// A client for each other certificate that the target names, and one without any.
    fn certificates(&self) -> Result<BTreeMap<Certificate, reqwest::Client>, Trouble> {
        let target = &self.settings.target;
        let mut clients = BTreeMap::new();
        let browser = tls::open(files(target), ThumbprintHash::default())?.browser;
        clients.insert(Certificate::None, http::client(Some(browser))?);
        let others =
            target.certificates.iter().map(|(kind, pair)| (*kind, &pair.certificate, &pair.key));
        let second = target
            .second
            .as_ref()
            .map(|second| (Certificate::Other, &second.certificate, &second.key));
        for (kind, certificate, key) in second.into_iter().chain(others) {
            let files = Files { ca: &target.ca, client_certificate: certificate, client_key: key };
            let identity = tls::open(files, ThumbprintHash::default())?;
            clients.insert(kind, http::client(Some(identity.merchant))?);
        }
        Ok(clients)
    }

    fn codes(&self) -> Result<Codes, Trouble> {
        let source = match &self.settings.target.codes {
            CodesFrom::Control => Source::Control(self.control.clone().ok_or_else(no_control)?),
            CodesFrom::Command(command) => Source::Command(command.clone()),
            CodesFrom::Prompt => Source::Prompt,
        };
        Ok(Codes { source, clock: self.clock.clone(), recorder: Arc::clone(self.recorder) })
    }

    fn pages(&self, browser: rustls::ClientConfig, receiver: &Receiver) -> Result<Pages, Trouble> {
        let target = &self.settings.target;
        let limit = target.redirects.limit();
        Ok(match &target.pages {
            PagesBy::Agent => Pages::Agent(Box::new(Agent {
                http: http::client(Some(browser))?,
                recorder: Arc::clone(self.recorder),
                clock: self.clock.clone(),
                pages: target.identity.iter().map(Url::origin).collect(),
                merchant: receiver.landings().success.origin(),
            })),
            PagesBy::Command(command) => Pages::Command(command.clone(), limit),
            PagesBy::Person => Pages::Person(limit),
            PagesBy::Nobody => Pages::Nobody,
        })
    }
}

/// What an edition says, so that there is something to judge by.
///
/// # Errors
/// When its tables are not written yet.
pub fn tables(edition: Edition) -> Result<&'static Tables, Trouble> {
    edition.tables().ok_or_else(|| {
        let served: Vec<_> = Edition::served().map(Edition::name).collect();
        let served = served.join(", ");
        Trouble::Configuration(format!("edition {edition} cannot be judged yet; choose {served}"))
    })
}

fn law(settings: &Settings, tables: &'static Tables) -> Result<Law, Trouble> {
    let token_call = settings.plan().token_call().ok_or_else(|| {
        let edition = settings.edition;
        Trouble::Configuration(format!("edition {edition} has no call that gives tokens"))
    })?;
    Ok(Law { tables, variants: settings.variants, token_call })
}

/// What is shown for a token, where the plan gets it by password.
async fn secrets(
    settings: &Settings,
    law: Law,
    control: Option<&Control>,
) -> Result<Option<Secrets>, Trouble> {
    if law.token_call != Call::PlainToken {
        return Ok(None);
    }
    let target = &settings.target;
    let found = match (&target.credentials, control) {
        (Some(places), _) => places.read()?,
        (None, Some(control)) => control.secrets(target.merchant_id).await?,
        (None, None) => {
            return Err(Trouble::Configuration(
                "tokens are had by password here; the target file needs [credentials]".to_owned(),
            ));
        }
    };
    Ok(Some(found))
}

fn learn(recorder: &Recorder, secrets: Option<&Secrets>) {
    let Some(Secrets { client_secret, username, password }) = secrets else { return };
    recorder.labels(|labels| {
        for secret in [client_secret, username, password] {
            labels.learn(Family::Credential, secret);
        }
    });
}

/// Who gives up in the browser needs one; without, a run would pass in which nobody gave up.
fn has_pages(plan: Plan) -> Result<(), Trouble> {
    let Plan { edition, person, .. } = plan;
    if person.gives_up().is_none() || plan.has(Step::Initiate) {
        return Ok(());
    }
    Err(Trouble::Configuration(format!(
        "edition {edition} has no pages on which a person could {person}; say --person complete"
    )))
}

fn files(target: &Target) -> Files<'_> {
    let Target { ca, client_certificate, client_key, .. } = target;
    Files { ca, client_certificate, client_key }
}

/// A reading that the user chose wins over the file.
fn thumbprint_hash(settings: &Settings) -> ThumbprintHash {
    if settings.variants.reads(Variant::ThumbprintHash, "sha256") {
        return ThumbprintHash::Sha256;
    }
    settings.target.thumbprint
}

async fn clock(target: &Target, control: Option<&Control>) -> Result<Clock, Trouble> {
    match target.clock {
        ClockKind::Real => Ok(Clock::Real),
        ClockKind::Stepped => Clock::stepped(control.cloned().ok_or_else(no_control)?).await,
    }
}

async fn receiver(
    target: &Target,
    control: Option<&Control>,
    recorder: &Arc<Recorder>,
    clock: &Clock,
) -> Result<Receiver, Trouble> {
    let started = Receiver::start(&target.redirects, Arc::clone(recorder), clock.clone()).await;
    let receiver = started?;
    if let Some(control) = control {
        control.set_landings(target.merchant_id, receiver.landings()).await?;
    }
    Ok(receiver)
}

fn header(settings: &Settings, clock: &Clock) -> Header {
    Header {
        version: VERSION,
        observer: Observer::Runner,
        edition: settings.edition,
        seed: settings.world_seed,
        clock: clock.name().to_owned(),
        variants: settings.variants,
    }
}

fn no_control() -> Trouble {
    Trouble::Configuration("the target names no control listener".to_owned())
}
