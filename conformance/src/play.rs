//! Plays a story at a site: fills in what is healthy, does one deed after the other, and writes a
//! line into the trace before each. What it comes to is the judge's business.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use contract::{
    Call, Host, Variant,
    message::MessageKind,
    step::Step,
    trace::{self, Arrived, Decided, Leg, Scene},
};
use judge::{
    fault::Faults,
    story::{Address, Deed, Hello, Story, Token, Visit, Who},
};
use url::Url;

use crate::{
    agent::{Journey, Lost},
    chance::Chance,
    client::CallError,
    drive::{self, Patience},
    flow::{Flow, Stop},
    hello,
    kyc::Choices,
    labels::Family,
    site::{Site, Tenant},
    trouble::Trouble,
};

/// What is said when a target stops answering in the middle of a run.
const SILENT: &str = "The target has fallen silent: for a minute no request was answered.";

/// Why a story cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// What is needed is not there; the sentence says what.
    Lacking(String),
    /// A host does not answer.
    NoAnswer(Host, String),
    /// Nothing can be said about the target.
    Trouble(Trouble),
}

/// Everybody in one story, and how far they are.
#[derive(Debug)]
pub struct Player<'a> {
    pub(crate) site: &'a Site,
    name: String,
    chance: Chance,
    people: BTreeMap<Who, Somebody>,
    pub(crate) choices: Option<Choices>,
    pub(crate) last_token: Option<Arc<str>>,
    pub(crate) asked_token: Option<Arc<str>>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Somebody {
    pub(crate) flow: Flow,
    done: Option<Step>,
    codes: Vec<(MessageKind, String)>,
    /// Messages that were sent and not looked at.
    pending: Vec<MessageKind>,
}

impl<'a> Player<'a> {
    /// Nobody is there yet. A story that is played more than once has another turn each time.
    #[must_use]
    pub fn new(site: &'a Site, (name, turn): (&str, &str)) -> Self {
        let own = format!("{name} {turn}");
        let chance = Chance::new(Chance::new(site.settings.seed).below(&own, 0, u64::MAX));
        let name = name.to_owned();
        let (people, choices, last_token, asked_token) = (BTreeMap::new(), None, None, None);
        Self { site, name, chance, people, choices, last_token, asked_token }
    }

    /// Plays the scenes of a story, one after the other, until one cannot be done.
    ///
    /// # Errors
    /// See [`Undone`]; the trace says at which scene.
    pub async fn play(&mut self, story: &Story) -> Result<(), Undone> {
        for (index, scene) in story.scenes.iter().enumerate() {
            let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
            self.scene(number, &scene.deed).await?;
        }
        Ok(())
    }

    /// Plays one scene.
    ///
    /// # Errors
    /// See [`Undone`].
    pub async fn scene(&mut self, number: u32, deed: &Deed) -> Result<(), Undone> {
        self.mark(number, deed, None);
        let done = match self.site.recorder.is_silent() {
            true => Err(Undone::Trouble(Trouble::Unreachable(SILENT.to_owned()))),
            false => self.perform(deed).await,
        };
        if let Err(undone) = &done {
            self.mark(number, deed, Some(undone.discreet(self.site)));
        }
        match (deed, done) {
            // A client may give up; what that is worth, the judge says.
            (Deed::Attempt { .. }, Err(Undone::Lacking(_) | Undone::NoAnswer(..))) => Ok(()),
            (_, done) => done,
        }
    }

    fn mark(&self, number: u32, deed: &Deed, undone: Option<String>) {
        let deed = serde_json::to_value(deed).unwrap_or_default();
        let scene = Scene { of: self.name.clone(), number, deed, undone };
        self.site.recorder.record(self.site.clock.now(), Decided::Scene(scene));
    }

    async fn perform(&mut self, deed: &Deed) -> Result<(), Undone> {
        match deed {
            Deed::Ask(ask) => self.ask(ask).await,
            Deed::Walk { user, to } => self.walk(*user, *to).await,
            Deed::Open(visit) => self.open(*visit).await,
            Deed::Look { user, kind } => self.look(*user, *kind).await.map(|_| ()),
            Deed::Pass(millis) => {
                let clock = &self.site.clock;
                clock.sleep(Duration::from_millis(*millis)).await.map_err(Undone::Trouble)
            }
            Deed::Hello(hello) => self.say_hello(*hello).await,
            Deed::Faults(faults) => self.put_on(faults).await,
            Deed::Attempt { user, to } => self.attempt(*user, *to).await,
        }
    }

    /// Somebody of the story; whoever is new there has done nothing yet.
    pub(crate) fn somebody(&mut self, who: Who) -> Result<&mut Somebody, Undone> {
        if !self.people.contains_key(&who) {
            let tenant = self.tenant(who)?;
            let seed = self.chance.below(&who.to_string(), 0, u64::MAX);
            let flow = self.site.flow(&tenant, Chance::new(seed));
            let somebody = Somebody { flow, done: None, codes: Vec::new(), pending: Vec::new() };
            self.people.insert(who, somebody);
        }
        self.people.get_mut(&who).ok_or_else(|| lacking("nobody is there"))
    }

    pub(crate) fn tenant(&self, who: Who) -> Result<Tenant, Undone> {
        if !who.is_foreign() {
            return Ok(self.site.first.clone());
        }
        self.site.second.clone().ok_or_else(|| lacking("the target names no second merchant"))
    }

    async fn walk(&mut self, who: Who, to: Step) -> Result<(), Undone> {
        let somebody = self.somebody(who)?;
        for step in somebody.left(to) {
            somebody.flow.take(step).await?;
            somebody.did(step);
        }
        Ok(())
    }

    async fn attempt(&mut self, who: Who, to: Step) -> Result<(), Undone> {
        let somebody = self.somebody(who)?;
        for step in somebody.left(to) {
            drive::take(&mut somebody.flow, step, Patience::default()).await?;
            somebody.did(step);
        }
        Ok(())
    }

    /// Offers what nobody may take any more, to each host of the API once.
    async fn say_hello(&mut self, hello: Hello) -> Result<(), Undone> {
        let site = self.site;
        let target = &site.settings.target;
        let both = [(Host::Api, &target.api), (Host::Auth, &target.auth)];
        let hosts = if target.api == target.auth { &both[..1] } else { &both[..] };
        for (host, url) in hosts.iter().filter(|(_, url)| url.scheme() == "https") {
            let answer = hello::say(url, hello).await;
            let answer = answer.map_err(|reason| Undone::NoAnswer(*host, reason))?;
            let said = trace::Hello { host: *host, offers: hello.name().to_owned(), answer };
            site.recorder.record(site.clock.now(), Decided::Hello(said));
        }
        Ok(())
    }

    /// Makes the target misbehave towards somebody, or behave again.
    async fn put_on(&mut self, Faults { user, faults }: &Faults) -> Result<(), Undone> {
        let control = self.site.control().ok_or_else(|| lacking("the target takes no faults"))?;
        let user = self.somebody(*user)?.id().ok();
        let put = control.put_faults(user, faults).await;
        put.map_err(Undone::Trouble)
    }

    async fn open(&mut self, visit: Visit) -> Result<(), Undone> {
        let Visit { user, leg, person, address } = visit;
        let site = self.site;
        let somebody = self.somebody(user)?;
        let id = somebody.id()?;
        let start = somebody.address(address)?;
        let receiver = site.receiver();
        let before = receiver.count(id, leg);
        receiver.expect(id, leg);
        let journey = Journey { start: &start, leg, person, user: id, codes: site.codes() };
        match site.pages().open(&journey).await {
            // Pages that lead nowhere are what the trace shows.
            Err(Lost::Stuck(_)) => return Ok(()),
            Err(Lost::Trouble(trouble)) => return Err(Undone::Trouble(trouble)),
            Ok(()) => {}
        }
        if receiver.more(id, leg, (before, site.pages().limit())).await {
            let step = match leg {
                Leg::Identification => Step::FirstRedirect,
                Leg::Signing => Step::SecondRedirect,
            };
            self.somebody(user)?.did(step);
        }
        Ok(())
    }

    /// The newest code of a kind; the trace tells when it is one that nobody has seen.
    pub(crate) async fn look(
        &mut self,
        who: Who,
        kind: MessageKind,
    ) -> Result<Option<String>, Undone> {
        let site = self.site;
        let somebody = self.somebody(who)?;
        let user = somebody.id()?;
        let newest = site.codes().newest(user, kind).await.map_err(Undone::Trouble)?;
        somebody.pending.retain(|pending| *pending != kind);
        let Some(code) = newest else { return Ok(None) };
        if somebody.code(kind, 0) != Some(&code) {
            somebody.codes.push((kind, code.clone()));
            let label = site.recorder.labels(|labels| {
                labels.learn(Family::Code(kind), &code);
                labels.label(&code).to_string()
            });
            let arrived = Arrived { user, kind, code: label };
            site.recorder.record(site.clock.now(), Decided::Arrived(arrived));
        }
        Ok(Some(code))
    }

    /// The code that a healthy request carries: a new one, if one was sent, or the last.
    pub(crate) async fn code(&mut self, who: Who, kind: MessageKind) -> Result<String, Undone> {
        let somebody = self.somebody(who)?;
        let known = somebody.code(kind, 0).cloned();
        let code = match known.filter(|_| !somebody.pending.contains(&kind)) {
            Some(code) => Some(code),
            None => self.look(who, kind).await?,
        };
        code.ok_or_else(|| lacking(&format!("no {} arrived", kind.code_name())))
    }

    /// The newest code, or zeros where none was ever sent.
    pub(crate) async fn newest_or_zeros(
        &mut self,
        who: Who,
        kind: MessageKind,
    ) -> Result<String, Undone> {
        let somebody = self.somebody(who)?;
        if !somebody.pending.contains(&kind) && somebody.code(kind, 0).is_none() {
            return Ok("000000".to_owned());
        }
        self.code(who, kind).await
    }

    /// The code before the newest one.
    pub(crate) async fn earlier_code(
        &mut self,
        who: Who,
        kind: MessageKind,
    ) -> Result<String, Undone> {
        self.code(who, kind).await?;
        let earlier = self.somebody(who)?.code(kind, 1).cloned();
        earlier.ok_or_else(|| lacking(&format!("there is no earlier {}", kind.code_name())))
    }

    /// What is known before a message is sent anew, so that its code can still be told from it.
    pub(crate) async fn before_message(&mut self, who: Who, call: Call) -> Result<(), Undone> {
        let Some(kind) = message_of(call) else { return Ok(()) };
        if self.somebody(who)?.pending.contains(&kind) {
            self.look(who, kind).await?;
        }
        Ok(())
    }

    /// A token of the merchant that owns somebody, as a request shows it.
    pub(crate) async fn bearer(
        &mut self,
        who: Who,
        token: Token,
    ) -> Result<Option<Arc<str>>, Undone> {
        let owner = match token {
            Token::None => return Ok(None),
            Token::Foreign => self.tenant(Who::FOREIGN)?,
            _ => self.tenant(who)?,
        };
        let kept = match token {
            Token::Old => Some(&self.last_token),
            Token::Asked => Some(&self.asked_token),
            _ => None,
        };
        if let Some(kept) = kept {
            return kept.clone().map(Some).ok_or_else(|| lacking("no token was had before"));
        }
        let good = owner.merchant.bearer().await?;
        Ok(Some(match token {
            Token::Altered => altered(&good).into(),
            _ => {
                self.last_token = Some(Arc::clone(&good));
                good
            }
        }))
    }
}

impl Somebody {
    /// The number of the user.
    pub(crate) fn id(&self) -> Result<i32, Undone> {
        self.flow.so_far.user.ok_or_else(|| lacking("the user was not created"))
    }

    /// A code of a kind, counted back from the newest.
    fn code(&self, kind: MessageKind, back: usize) -> Option<&String> {
        let mut known = self.codes.iter().rev().filter(|(of, _)| *of == kind);
        known.nth(back).map(|(_, code)| code)
    }

    /// The steps that are left, up to one and with it.
    fn left(&self, to: Step) -> Vec<Step> {
        let (plan, done) = (self.flow.plan, self.done);
        let is_left = |step: &Step| plan.has(*step) && Some(*step) > done && *step <= to;
        Step::ALL.iter().copied().filter(is_left).collect()
    }

    /// They have come so far.
    pub(crate) fn did(&mut self, step: Step) {
        self.done = self.done.max(Some(step));
        let at_creation = self.flow.plan.variants.reads(Variant::FirstMail, "at-creation");
        match step {
            Step::CreateUser if at_creation => self.sent(MessageKind::EmailConfirmation),
            Step::SendPhoneCode => self.sent(MessageKind::PhoneVerification),
            _ => {}
        }
    }

    /// A message was sent to them.
    pub(crate) fn sent(&mut self, kind: MessageKind) {
        if !self.pending.contains(&kind) {
            self.pending.push(kind);
        }
    }

    fn address(&self, which: Address) -> Result<Url, Undone> {
        let mut known = self.flow.so_far.addresses.iter().rev();
        let found = match which {
            Address::Earlier => known.nth(1),
            Address::Newest | Address::Bent => known.next(),
        };
        let mut url = found.cloned().ok_or_else(|| lacking("there is no such address"))?;
        if which == Address::Bent {
            let mut pairs = url.query_pairs_mut();
            for name in ["returnUrl", "redirect_uri", "successUrl", "failUrl", "next"] {
                pairs.append_pair(name, "https://stranger.invalid/");
            }
        }
        Ok(url)
    }
}

/// Which message a call sends.
pub(crate) const fn message_of(call: Call) -> Option<MessageKind> {
    match call {
        Call::SendEmailConfirmation => Some(MessageKind::EmailConfirmation),
        Call::SendPhoneCode | Call::ResendPhoneCode => Some(MessageKind::PhoneVerification),
        _ => None,
    }
}

/// The same token with another end: its signature fits no more.
fn altered(token: &str) -> String {
    let kept = token.len().saturating_sub(8);
    let (head, tail) = token.split_at_checked(kept).unwrap_or(("", token));
    format!("{head}{}", if tail == "AAAAAAAA" { "BBBBBBBB" } else { "AAAAAAAA" })
}

pub(crate) fn lacking(what: &str) -> Undone {
    Undone::Lacking(what.to_owned())
}

impl Undone {
    /// In one sentence that quotes no secret.
    fn discreet(&self, site: &Site) -> String {
        let sentence = match self {
            Self::Lacking(sentence) => sentence.clone(),
            Self::NoAnswer(host, reason) => format!("the {host} host gave no answer: {reason}"),
            Self::Trouble(trouble) => trouble.to_string(),
        };
        let hidden = site.recorder.labels(|labels| labels.hidden(&sentence));
        hidden.map_or(sentence, |label| label.to_string())
    }
}

impl From<Stop> for Undone {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Target(sentence) => Self::Lacking(sentence),
            Stop::NoAnswer(host, reason) => Self::NoAnswer(host, reason),
            Stop::Trouble(trouble) => Self::Trouble(trouble),
        }
    }
}

impl From<CallError> for Undone {
    fn from(error: CallError) -> Self {
        Stop::from(error).into()
    }
}
