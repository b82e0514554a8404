//! One identification session: what the person has done and what the provider still works on.
//!
//! A [`Stage`] owns exactly what is true in it. [`Stage::apply`] consumes a stage and a move and
//! gives the next stage, or says that the move does not belong there; a test walks every pair.

use contract::{
    Instant,
    message::MessageKind,
    status::IdentificationStatus,
    timing::Timing,
    trace::{Landing, Leg},
};

use serde::{Deserialize, Serialize};

use crate::{
    code::Code,
    outcome::{Screen, SessionLink},
    script::timeline::Score,
};

/// A session of one user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Counts all sessions of the world, from 1.
    pub number: u32,
    /// The secret of the identification address.
    pub secret: u128,
    /// The secret of the signing address.
    pub signing_secret: u128,
    /// The language that initiate asked for.
    pub language: Option<Box<str>>,
    /// The screens of its identification, in order.
    pub screens: Box<[Screen]>,
    /// Where it stands.
    pub stage: Stage,
    /// What polls showed before the present status.
    pub previous: Option<(IdentificationStatus, Option<SessionLink>)>,
    /// How far it is in the timeline of its phase, where a scenario has one.
    pub score: Option<Score>,
    /// Whether a poll has told where to sign, so that a person can know it.
    pub told: bool,
    /// Where the browser goes when the result is there.
    pub late_landing: Option<(Leg, Landing)>,
}

/// Where a session stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The person is with the identification provider.
    Identifying {
        /// The screen they see.
        screen: Screen,
        /// When the address stops working.
        until: Instant,
        /// The newest code that this screen asks for.
        code: Option<Code>,
    },
    /// The person came back; the provider still works on the result.
    IdentificationProcessing {
        /// When the result arrives.
        ready: Instant,
    },
    /// There are documents to sign.
    Signing {
        /// The screen they see.
        screen: Screen,
        /// When the address stops working.
        until: Instant,
        /// The newest one-time code, once the person asked for it.
        code: Option<Code>,
    },
    /// The person signed; the provider still works on the result.
    SigningProcessing {
        /// When the result arrives.
        ready: Instant,
    },
    /// Everything is signed. Final.
    Signed,
    /// It failed. Final.
    Failed {
        /// In which leg.
        leg: Leg,
        /// Whether it simply took too long.
        expired: bool,
    },
}

/// What can move a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Move {
    /// The person goes on from this screen.
    Continue(Screen),
    /// The person gives up or declines.
    Cancel,
    /// The person fails the check of this screen.
    Fail,
    /// The right one-time code was entered.
    Code,
    /// Too many wrong codes were entered.
    Locked,
    /// The moment that [`Stage::due`] named has come.
    Time,
}

/// What a move led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The next stage.
    pub stage: Stage,
    /// Where the browser goes, when a leg ended by the person's hand.
    pub landing: Option<(Leg, Landing)>,
}

impl Stage {
    /// A fresh identification.
    #[must_use]
    pub fn begin(at: Instant) -> Self {
        let until = at + Timing::IdentificationLife.span();
        Self::Identifying { screen: Screen::Consent, until, code: None }
    }

    /// The newest code of a screen that can ask for one.
    #[must_use]
    pub const fn code(&self) -> Option<&Code> {
        match self {
            Self::Identifying { code, .. } | Self::Signing { code, .. } => code.as_ref(),
            _ => None,
        }
    }

    /// Where the code of a screen is kept.
    pub(crate) const fn code_mut(&mut self) -> Option<&mut Option<Code>> {
        match self {
            Self::Identifying { code, .. } | Self::Signing { code, .. } => Some(code),
            _ => None,
        }
    }

    /// The code that this screen asks for and that nobody was sent yet.
    #[must_use]
    pub(crate) fn owes(&self) -> Option<MessageKind> {
        match self {
            Self::Identifying { screen, code: None, .. }
            | Self::Signing { screen, code: None, .. } => screen.asks_for(),
            _ => None,
        }
    }

    /// The same stage with another end of its address.
    #[must_use]
    pub(crate) fn until(self, end: Instant) -> Self {
        match self {
            Self::Identifying { screen, code, .. } => {
                Self::Identifying { screen, until: end, code }
            }
            Self::Signing { screen, code, .. } => Self::Signing { screen, until: end, code },
            other => other,
        }
    }

    /// Its name in traces and on the control listener.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Identifying { .. } => "identifying",
            Self::IdentificationProcessing { .. } => "identification-processing",
            Self::Signing { .. } => "signing",
            Self::SigningProcessing { .. } => "signing-processing",
            Self::Signed => "signed",
            Self::Failed { .. } => "failed",
        }
    }

    /// What a poll says of it.
    #[must_use]
    pub const fn status(&self) -> IdentificationStatus {
        match self {
            Self::Identifying { .. } => IdentificationStatus::Started,
            Self::IdentificationProcessing { .. } | Self::SigningProcessing { .. } => {
                IdentificationStatus::Processing
            }
            Self::Signing { .. } => IdentificationStatus::SignSessionIdSuccessfullyCreated,
            Self::Signed => IdentificationStatus::DocumentSignSuccess,
            Self::Failed { .. } => IdentificationStatus::Error,
        }
    }

    /// When it moves by itself.
    #[must_use]
    pub const fn due(&self) -> Option<Instant> {
        match self {
            Self::Identifying { until: at, .. }
            | Self::IdentificationProcessing { ready: at }
            | Self::Signing { until: at, .. }
            | Self::SigningProcessing { ready: at } => Some(*at),
            Self::Signed | Self::Failed { .. } => None,
        }
    }

    /// The next stage; an identification goes through these screens.
    ///
    /// # Errors
    /// The stage itself, unchanged, when the move does not belong to it: a stale form, a second
    /// click, a page that is over.
    pub fn apply(self, move_: Move, at: Instant, screens: &[Screen]) -> Result<Moved, Self> {
        match self {
            Self::Identifying { .. } => identify(self, move_, at, screens),
            Self::Signing { screen, until, code } => sign(screen, until, code, move_, at),
            Self::IdentificationProcessing { .. } if move_ == Move::Time => {
                Ok(quietly(Self::Signing {
                    screen: Screen::Read,
                    until: at + Timing::SigningLife.span(),
                    code: None,
                }))
            }
            Self::SigningProcessing { .. } if move_ == Move::Time => Ok(quietly(Self::Signed)),
            other => Err(other),
        }
    }
}

fn identify(stage: Stage, move_: Move, at: Instant, screens: &[Screen]) -> Result<Moved, Stage> {
    let Stage::Identifying { screen, until, .. } = stage else { return Err(stage) };
    let (leg, asks) = (Leg::Identification, screen.asks_for().is_some());
    let goes_on = match move_ {
        Move::Continue(from) => from == screen && !asks,
        Move::Code => asks,
        _ => false,
    };
    match move_ {
        _ if goes_on => Ok(match after(screen, screens) {
            Some(screen) => quietly(Stage::Identifying { screen, until, code: None }),
            None => Moved {
                stage: Stage::IdentificationProcessing {
                    ready: at + Timing::IdentificationResult.span(),
                },
                landing: Some((leg, Landing::Success)),
            },
        }),
        Move::Cancel => Ok(failed(leg)),
        Move::Locked if asks => Ok(failed(leg)),
        Move::Fail if screen.is_a_check() => Ok(failed(leg)),
        Move::Time => Ok(quietly(Stage::Failed { leg, expired: true })),
        Move::Continue(_) | Move::Fail | Move::Code | Move::Locked => Err(stage),
    }
}

fn sign(
    screen: Screen,
    until: Instant,
    code: Option<Code>,
    move_: Move,
    at: Instant,
) -> Result<Moved, Stage> {
    let leg = Leg::Signing;
    match (screen, move_) {
        (Screen::Read, Move::Continue(Screen::Read)) => {
            Ok(quietly(Stage::Signing { screen: Screen::Code, until, code }))
        }
        (Screen::Code, Move::Code) => Ok(Moved {
            stage: Stage::SigningProcessing { ready: at + Timing::SigningResult.span() },
            landing: Some((leg, Landing::Success)),
        }),
        (_, Move::Cancel) | (Screen::Code, Move::Locked) => Ok(failed(leg)),
        (_, Move::Time) => Ok(quietly(Stage::Failed { leg, expired: true })),
        _ => Err(Stage::Signing { screen, until, code }),
    }
}

/// The screen that follows, or `None` after the last one of the identification.
fn after(screen: Screen, screens: &[Screen]) -> Option<Screen> {
    let place = screens.iter().position(|known| *known == screen)?;
    screens.get(place + 1).copied()
}

const fn quietly(stage: Stage) -> Moved {
    Moved { stage, landing: None }
}

const fn failed(leg: Leg) -> Moved {
    Moved { stage: Stage::Failed { leg, expired: false }, landing: Some((leg, Landing::Fail)) }
}

impl Session {
    /// The link of one leg.
    #[must_use]
    pub const fn link(&self, leg: Leg) -> SessionLink {
        let secret = match leg {
            Leg::Identification => self.secret,
            Leg::Signing => self.signing_secret,
        };
        SessionLink { leg, session: self.number, secret }
    }

    /// What a poll says and where it leads.
    #[must_use]
    pub fn shown(&self) -> (IdentificationStatus, Option<SessionLink>) {
        let scripted = self.score.and_then(|score| score.status);
        (scripted.unwrap_or_else(|| self.stage.status()), self.next_link())
    }

    /// Where the person goes next, if anywhere.
    #[must_use]
    pub const fn next_link(&self) -> Option<SessionLink> {
        match self.stage {
            Stage::Identifying { .. } => Some(self.link(Leg::Identification)),
            Stage::Signing { .. } => Some(self.link(Leg::Signing)),
            Stage::IdentificationProcessing { .. }
            | Stage::SigningProcessing { .. }
            | Stage::Signed
            | Stage::Failed { .. } => None,
        }
    }

    /// The screen that the address of a leg shows now.
    #[must_use]
    pub fn screen(&self, leg: Leg) -> Screen {
        match (&self.stage, leg) {
            (Stage::Identifying { screen, .. }, Leg::Identification)
            | (Stage::Signing { screen, .. }, Leg::Signing) => *screen,
            (Stage::Failed { leg: failed, expired: true }, _) if *failed == leg => Screen::Expired,
            (Stage::Identifying { .. } | Stage::IdentificationProcessing { .. }, Leg::Signing) => {
                Screen::Unknown
            }
            _ => Screen::Over,
        }
    }
}

#[cfg(test)]
mod tests;
