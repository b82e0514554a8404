//! One-time codes: six digits, the newest only, for a while, a few tries, once.
//! Values are drawn again when needed and never kept beyond the newest one.

use contract::{
    Instant,
    label::{Label, form},
    message::{Channel, MessageKind},
    timing::{CODE_ATTEMPTS, Timing},
};
use serde::{Deserialize, Serialize};

use crate::draw::{self, Purpose};

/// A code that was sent to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// How many of its kind this user got, this one included.
    pub ordinal: u32,
    value: u32,
    until: Instant,
    tries: Option<u8>,
    wrong: u8,
    used: bool,
}

/// Whose codes and of which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The world's seed.
    pub seed: u64,
    /// The user.
    pub user: i32,
    /// Why they are sent.
    pub kind: MessageKind,
}

/// What open questions say of a code's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// It works for a day.
    pub long: bool,
    /// Wrong entries do not count.
    pub endless: bool,
}

/// What an entered text comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// It is right, for the first time.
    Right,
    /// It is the code that was used before.
    Again,
    /// It is wrong, late or old.
    Wrong,
    /// Too many wrong ones came before it, and the code would still work otherwise.
    Blocked,
}

impl Series {
    /// The code that follows `last`.
    #[must_use]
    pub fn next(self, last: Option<&Code>, at: Instant, rules: Rules) -> Code {
        let ordinal = last.map_or(1, |code| code.ordinal.saturating_add(1));
        let life = match self.kind {
            _ if rules.long => Timing::LongCodeLife,
            _ => match self.kind.channel() {
                Channel::Email => Timing::EmailCodeLife,
                Channel::Sms => Timing::SmsCodeLife,
            },
        };
        // A hosted page counts tries, whatever the rule elsewhere.
        let counted = !rules.endless || self.kind.is_of_a_page();
        Code {
            ordinal,
            value: self.value(ordinal),
            until: at + life.span(),
            tries: counted.then_some(CODE_ATTEMPTS),
            wrong: 0,
            used: false,
        }
    }

    /// What a trace says of an entered text: which code it is and what that code is worth.
    #[must_use]
    pub fn label(self, newest: Option<&Code>, entered: &str, at: Instant) -> Option<Label> {
        let newest = newest?;
        // Older codes are not kept; they are drawn again. Nobody needs more than the last few.
        let oldest = newest.ordinal.saturating_sub(50).max(1);
        let ordinal = (oldest..=newest.ordinal)
            .rev()
            .find(|ordinal| is_same(self.value(*ordinal), entered))?;
        let unchanged = entered == text(self.value(ordinal));
        let worth = if ordinal == newest.ordinal { newest.worth(at) } else { "superseded" };
        let form = form(entered);
        let facts = [worth, form.as_str(), if unchanged { "unchanged" } else { "changed" }];
        Some(Label::new(format!("{}#{ordinal}", self.kind.code_name()), &facts))
    }

    fn value(self, ordinal: u32) -> u32 {
        let purpose = match self.kind {
            MessageKind::EmailConfirmation => Purpose::EmailCode,
            MessageKind::PhoneVerification => Purpose::SmsCode,
            MessageKind::DocumentSigning => Purpose::SigningCode,
            MessageKind::IdentificationPhone => Purpose::IdentificationSmsCode,
            MessageKind::IdentificationEmail => Purpose::IdentificationEmailCode,
            MessageKind::ProviderSigning => Purpose::ProviderCode,
        };
        draw::six_digits(self.seed, purpose, u64::from(self.user.unsigned_abs()), ordinal.into())
    }
}

impl Code {
    /// The six digits.
    #[must_use]
    pub fn text(&self) -> String {
        text(self.value)
    }

    /// Tries an entered text. A right one uses the code up; a wrong one counts against it.
    pub fn accepts(&mut self, entered: &str, at: Instant) -> bool {
        self.enter(entered, at) == Entered::Right
    }

    /// Tries an entered text and tells what it came to.
    pub fn enter(&mut self, entered: &str, at: Instant) -> Entered {
        let right = entered == self.text();
        match self.worth(at) {
            "newest" if right => {
                self.used = true;
                Entered::Right
            }
            "newest" => {
                self.wrong = self.wrong.saturating_add(1);
                Entered::Wrong
            }
            "used" if right => Entered::Again,
            "void" if at < self.until => Entered::Blocked,
            _ => Entered::Wrong,
        }
    }

    /// How many seconds it would still work, if nothing else were in its way.
    #[must_use]
    pub fn seconds_left(&self, at: Instant) -> i64 {
        (self.until.seconds() - at.seconds()).max(0)
    }

    /// How many wrong entries it still survives.
    #[must_use]
    pub const fn tries_left(&self) -> u8 {
        match self.tries {
            Some(tries) => tries.saturating_sub(self.wrong),
            None => u8::MAX,
        }
    }

    /// Whether somebody has tried and missed.
    #[must_use]
    pub const fn was_missed(&self) -> bool {
        self.wrong > 0
    }

    /// How often somebody has tried and missed.
    #[must_use]
    pub const fn misses(&self) -> u8 {
        self.wrong
    }

    fn worth(&self, at: Instant) -> &'static str {
        if self.used {
            "used"
        } else if self.tries_left() == 0 {
            "void"
        } else if at >= self.until {
            "expired"
        } else {
            "newest"
        }
    }
}

fn text(value: u32) -> String {
    format!("{value:06}")
}

fn is_same(value: u32, entered: &str) -> bool {
    entered.trim().len() <= 9 && entered.trim().parse() == Ok(value)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SERIES: Series = Series { seed: 1, user: 100_001, kind: MessageKind::PhoneVerification };
    const NOW: Instant = Instant::STEPPED_START;

    #[test]
    fn works_once() {
        let mut code = SERIES.next(None, NOW, Rules::default());
        let right = code.text();
        assert!(code.accepts(&right, NOW));
        assert!(!code.accepts(&right, NOW));
    }

    #[test]
    fn dies_with_time_and_with_wrong_tries() {
        let mut late = SERIES.next(None, NOW, Rules::default());
        let right = late.text();
        assert!(!late.accepts(&right, NOW + Timing::SmsCodeLife.span()));
        let last_moment = Timing::SmsCodeLife.span().saturating_sub(Duration::from_millis(1));
        assert!(late.accepts(&right, NOW + last_moment));

        let mut tried = SERIES.next(None, NOW, Rules::default());
        for left in (0..CODE_ATTEMPTS).rev() {
            assert!(!tried.accepts("nonsense", NOW));
            assert_eq!(tried.tries_left(), left);
        }
        assert_eq!(tried.enter(&right, NOW), Entered::Blocked);
        assert_eq!(tried.enter(&right, NOW + Timing::SmsCodeLife.span()), Entered::Wrong);
    }

    #[test]
    fn labels_tell_codes_apart_and_hide_them() {
        let first = SERIES.next(None, NOW, Rules::default());
        let second = SERIES.next(Some(&first), NOW, Rules::default());
        let label =
            |entered: &str| SERIES.label(Some(&second), entered, NOW).map(|l| l.to_string());
        let newest = label(&second.text()).unwrap();
        assert_eq!(newest, "<sms-code#2 newest, six digits, unchanged>");
        assert_eq!(label(&first.text()).unwrap(), "<sms-code#1 superseded, six digits, unchanged>");
        let spaced = format!(" {}", second.text());
        assert!(label(&spaced).unwrap().contains("changed>"));
        assert_eq!(label("nonsense"), None);
    }
}
