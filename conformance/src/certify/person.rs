//! The person of a case: opens pages, types codes, presses buttons, and comes back to the merchant
//! as the case wants it. What they do is noted in the trace.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use contract::{
    message::MessageKind,
    trace::{
        Landing, Leg,
        client::{Button, Note, Visit},
    },
};
use judge::client::{Extra, Human};
use url::Url;

use super::browser::{self, Codes};
use crate::control::Control;

/// The person of one case.
#[derive(Debug)]
pub struct Person {
    control: Control,
    browser: reqwest::Client,
    human: Human,
    /// How many codes of each kind were mistyped.
    wrong: Mutex<Vec<MessageKind>>,
    resends: AtomicU32,
    opened: AtomicU32,
}

/// How a browser comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back {
    /// After which journey.
    pub leg: Leg,
    /// To which address.
    pub landing: Landing,
    /// What the address carries beyond that.
    pub query: String,
    /// After how many seconds of the provider's clock.
    pub after: u32,
    /// How often, all at once.
    pub times: u32,
}

/// What a person answers when a client asks for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A code.
    Code(String),
    /// "Send it again."
    Resend,
    /// Nothing: no code came.
    Nothing,
}

struct Inbox<'a> {
    control: &'a Control,
    user: i32,
}

impl Codes for Inbox<'_> {
    async fn newest(&self, kind: MessageKind) -> Option<String> {
        self.control.newest_code(Some(self.user), kind).await.ok()?
    }
}

impl Person {
    /// The person of a case.
    #[must_use]
    pub fn new(control: Control, browser: reqwest::Client, human: Human) -> Self {
        Self {
            control,
            browser,
            human,
            wrong: Mutex::default(),
            resends: AtomicU32::new(0),
            opened: AtomicU32::new(0),
        }
    }

    /// The user that was made last, as the mock knows.
    pub async fn newest_user(&self) -> Option<i32> {
        self.control.newest_user().await.ok()?
    }

    /// What they are like.
    #[must_use]
    pub const fn human(&self) -> Human {
        self.human
    }

    /// Opens an address that a client hands over, and does there what there is to do. Says how the
    /// browser comes back, if it does; whoever asks lets it land.
    pub async fn open(&self, user: i32, address: &str) -> Option<Back> {
        let url = address.parse::<Url>().ok();
        let secure = url.as_ref().is_some_and(|url| url.scheme() == "https");
        self.opened.fetch_add(1, Ordering::SeqCst);
        self.note(Note::Opened { secure, address: None }).await;
        let url = url.filter(|_| secure)?;
        let is_signing = url.path().contains("/sign/");
        let leg = if is_signing { Leg::Signing } else { Leg::Identification };
        if self.human.extra == Some(Extra::Forged) {
            let note = Note::Visited { landing: Landing::Success, leg, why: Visit::Forged };
            self.note(note).await;
            return Some(self.back(leg, Landing::Success));
        }
        let inbox = Inbox { control: &self.control, user };
        let to = browser::walk(&self.browser, &url, (leg, self.human.acts), &inbox).await?;
        let failed = self.human.acts.gives_up() == Some(leg);
        let _ = to;
        let landing = if failed { Landing::Fail } else { Landing::Success };
        let mut back = self.back(leg, landing);
        if leg == Leg::Identification {
            self.embellish(&mut back, user).await;
        }
        Some(back)
    }

    const fn back(&self, leg: Leg, landing: Landing) -> Back {
        let after = match leg {
            Leg::Identification => self.human.lands_after,
            Leg::Signing => 0,
        };
        Back { leg, landing, query: String::new(), after, times: 1 }
    }

    async fn embellish(&self, back: &mut Back, user: i32) {
        let (leg, landing) = (back.leg, back.landing);
        match self.human.extra {
            Some(Extra::Twice) => {
                self.note(Note::Visited { landing, leg, why: Visit::Prefetch }).await;
                self.note(Note::Visited { landing, leg, why: Visit::Twice }).await;
                back.times = 2;
            }
            Some(Extra::Altered) => {
                self.note(Note::Visited { landing, leg, why: Visit::Foreign }).await;
                let other = user + 1;
                back.query = format!("userId={other}&id={other}");
            }
            Some(Extra::Forged | Extra::Again) | None => {}
        }
    }

    /// The browser reaches the client.
    pub async fn land(&self, back: &Back) {
        self.note(Note::Landed { leg: back.leg, landing: back.landing }).await;
    }

    /// The browser visits the Success URL once more, when everything is over.
    pub async fn visit_again(&self) -> Option<Back> {
        if self.human.extra != Some(Extra::Again) {
            return None;
        }
        let (landing, leg) = (Landing::Success, Leg::Signing);
        self.note(Note::Visited { landing, leg, why: Visit::Again }).await;
        Some(self.back(leg, landing))
    }

    /// Types a code, or presses "send again".
    pub async fn code(&self, user: i32, kind: MessageKind) -> Typed {
        let sms = kind == MessageKind::PhoneVerification;
        if sms && self.resends.load(Ordering::SeqCst) < self.human.resends {
            self.resends.fetch_add(1, Ordering::SeqCst);
            self.note(Note::Pressed(Button::Resend)).await;
            return Typed::Resend;
        }
        let own = self.control.newest_code(Some(user), kind).await;
        let found = match own {
            // A client may have been told another number than its user has.
            Ok(None) => self.control.newest_code(None, kind).await,
            other => other,
        };
        let Ok(Some(code)) = found else {
            return Typed::Nothing;
        };
        let (right, typed) =
            if self.mistypes(kind) { (false, mistyped(&code)) } else { (true, code) };
        let leading_zero = typed.starts_with('0');
        self.note(Note::Typed { kind, right, leading_zero }).await;
        Typed::Code(typed)
    }

    fn mistypes(&self, kind: MessageKind) -> bool {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let so_far = wrong.iter().filter(|known| **known == kind).count();
        let again = so_far < self.human.wrong_codes as usize;
        if again {
            wrong.push(kind);
        }
        again
    }

    /// Presses "begin", as often as the case wants it.
    pub async fn start(&self) -> u32 {
        for _ in 0..self.human.starts {
            self.note(Note::Pressed(Button::Start)).await;
        }
        self.human.starts
    }

    /// Notes something in the trace. A mock that does not take notes any more is gone, and the
    /// case with it.
    pub async fn note(&self, note: Note) {
        let _ = self.control.note(&note).await;
    }
}

/// Another code of the same form.
fn mistyped(code: &str) -> String {
    let last = code.chars().last().unwrap_or('0');
    let other = if last == '7' { '3' } else { '7' };
    let mut typed: String = code.chars().take(code.chars().count().saturating_sub(1)).collect();
    typed.push(other);
    typed
}
