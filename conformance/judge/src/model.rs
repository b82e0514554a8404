//! A reference model of the contract: what each call may come to, told from what the same user has
//! done before. It is written from the provider's pages and the readings, and knows nothing of any
//! server; where the pages leave something open, it expects nothing.

use std::collections::BTreeMap;

use contract::{Call, Tables, Variant, step::Step, trace::Line};
use serde_json::Value;

use crate::{
    Plan, Settled,
    exam::{Act, acts},
    finding::Findings,
    steps::{described, member, shown},
    story::{Ask, Deed, Token, Who},
    view::{Seen, View},
};

/// After so many wrong codes a right one may be refused as well.
const PATIENCE: u8 = 5;

/// What one user has come to.
#[derive(Clone, Debug, Default)]
struct State {
    exists: bool,
    mailed: bool,
    email_confirmed: bool,
    mail_wrong: u8,
    phone_sent: bool,
    phone_verified: bool,
    phone_wrong: u8,
    questionnaire: bool,
    session: Session,
    /// What finalising has given.
    finalized: Option<[Option<Value>; 2]>,
}

/// How far an identification is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Session {
    #[default]
    None,
    /// Started, and nobody has opened the pages.
    Open,
    /// Somewhere behind that.
    Under,
    /// Everything is signed.
    Signed,
}

/// What a request may come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    /// It succeeds.
    Succeed,
    /// It is refused with a 4xx.
    BeRefused,
    /// The pages leave it open.
    Either,
}

/// Judges a played story by the model: every answer must be one that the model allows.
#[must_use]
pub fn judge(lines: &[Line], plan: Plan, tables: &'static Tables) -> Settled {
    let view = View::new(lines, plan, tables);
    let mut model = Model { plan, states: BTreeMap::new() };
    let mut findings = Findings::default();
    for act in acts(lines) {
        if act.undone.is_some() {
            break;
        }
        model.judge(&act, &view, &mut findings);
    }
    findings.settle()
}

struct Model {
    plan: Plan,
    states: BTreeMap<Who, State>,
}

impl Model {
    fn judge(&mut self, act: &Act<'_>, view: &View<'_>, findings: &mut Findings) {
        match &act.deed {
            Deed::Ask(ask) => {
                for seen in &act.seen {
                    self.answered((ask, act), seen, view, findings);
                }
            }
            Deed::Walk { user, to } => {
                let plan = self.plan;
                self.state(*user).walked(*to, &plan);
            }
            Deed::Open(visit) => {
                let state = self.state(visit.user);
                if state.session == Session::Open {
                    state.session = Session::Under;
                }
            }
            Deed::Look { .. }
            | Deed::Pass(_)
            | Deed::Faults(_)
            | Deed::Hello(_)
            | Deed::Attempt { .. } => {}
        }
    }

    fn state(&mut self, who: Who) -> &mut State {
        self.states.entry(who).or_default()
    }

    fn answered(
        &mut self,
        (ask, act): (&Ask, &Act<'_>),
        seen: &Seen<'_>,
        view: &View<'_>,
        findings: &mut Findings,
    ) {
        let plan = self.plan;
        let state = self.states.entry(ask.user).or_default();
        let may = state.may(ask, &plan);
        let status = seen.exchange.status;
        let succeeded = view.success_status(ask.call) == Some(status);
        let refused = (400..500).contains(&status);
        let wrong = match may {
            May::Succeed => (!succeeded).then_some("succeeds"),
            May::BeRefused => (!refused).then_some("is refused with a 4xx"),
            May::Either => (!succeeded && !refused).then_some("succeeds or is refused with a 4xx"),
        };
        if let Some(wrong) = wrong {
            let wanted = format!("'{}' {wrong} by now", act.words());
            findings.broken(wanted, described(seen.exchange), seen.number);
        }
        if succeeded {
            state.check(ask, seen, findings);
        }
        state.learn((ask, succeeded), &plan, seen);
    }
}

impl State {
    /// What a request may come to in this state.
    fn may(&self, ask: &Ask, plan: &Plan) -> May {
        let reads = |variant, reading| plan.variants.reads(variant, reading);
        match ask.token {
            Token::None if reads(Variant::BearerCheck, "optional") => return May::Either,
            Token::None | Token::Altered => return May::BeRefused,
            _ => {}
        }
        let enforced = reads(Variant::StepOrder, "enforced");
        let needs = |holds: bool| match (holds, enforced) {
            (true, _) => May::Succeed,
            (false, true) => May::BeRefused,
            (false, false) => May::Either,
        };
        let if_reads = |variant, reading| match reads(variant, reading) {
            true => May::Succeed,
            false => May::BeRefused,
        };
        let code = ask.set.get("token").or_else(|| ask.set.get("code")).and_then(Value::as_str);
        let is_wrong = code == Some("$wrong-code");
        match ask.call {
            Call::CreateUser if self.exists => if_reads(Variant::DuplicateEmail, "allow"),
            Call::CreateUser | Call::UserStatus => May::Succeed,
            // Whether there has been a mail at all, an edition decides.
            Call::SendEmailConfirmation => May::Succeed,
            Call::ConfirmEmail if self.email_confirmed => match is_wrong {
                true => May::BeRefused,
                false => May::Either,
            },
            Call::ConfirmEmail if !self.mailed => May::BeRefused,
            Call::ConfirmEmail => code_may(is_wrong, self.mail_wrong),
            Call::SendPhoneCode if self.phone_verified => {
                if_reads(Variant::SendWhenVerified, "accept")
            }
            Call::SendPhoneCode => needs(self.email_confirmed),
            Call::ResendPhoneCode if !self.phone_sent => May::BeRefused,
            Call::ResendPhoneCode if self.phone_verified => {
                if_reads(Variant::ResendWhenVerified, "accept")
            }
            Call::ResendPhoneCode => if_reads(Variant::ResendLimit, "none"),
            Call::VerifyPhone if !self.phone_sent => May::BeRefused,
            Call::VerifyPhone if self.phone_verified => match is_wrong {
                true => May::BeRefused,
                false => May::Either,
            },
            Call::VerifyPhone => code_may(is_wrong, self.phone_wrong),
            Call::Initiate => match self.session {
                Session::Under | Session::Signed => May::Either,
                Session::None | Session::Open => {
                    let early = reads(Variant::QuestionnaireOrder, "before-initiate");
                    let ready = self.questionnaire || !early;
                    match (ready, self.email_confirmed && self.phone_verified) {
                        (true, verified) => needs(verified),
                        (false, _) => May::BeRefused,
                    }
                }
            },
            Call::IdentificationStatus => match self.session {
                Session::None => May::BeRefused,
                _ => May::Succeed,
            },
            Call::Finalize => match self.session {
                Session::Signed if self.questionnaire => May::Succeed,
                Session::Signed => May::Either,
                _ => May::BeRefused,
            },
            _ => May::Either,
        }
    }

    /// What a success must say.
    fn check(&self, ask: &Ask, seen: &Seen<'_>, findings: &mut Findings) {
        match ask.call {
            Call::UserStatus => {
                let flags = [
                    ("isEmailVerified", self.email_confirmed),
                    ("isPhoneNumberVerified", self.phone_verified),
                    ("isAdditionalData", self.questionnaire),
                ];
                for (name, wanted) in flags {
                    let value = member(seen, name);
                    if value.is_some_and(|value| *value != Value::Bool(wanted)) {
                        let wanted = format!("{name} of {} is {wanted}", ask.user);
                        findings.broken(wanted, shown(value), seen.number);
                    }
                }
            }
            Call::Finalize => {
                if let Some(before) = &self.finalized
                    && before[1] != identifiers(seen)[1]
                {
                    let wanted =
                        format!("the same individualId as before, {}", shown(before[1].as_ref()));
                    findings.broken(wanted, shown(member(seen, "individualId")), seen.number);
                }
            }
            _ => {}
        }
    }

    fn learn(&mut self, (ask, succeeded): (&Ask, bool), plan: &Plan, seen: &Seen<'_>) {
        match (ask.call, succeeded) {
            (Call::CreateUser, true) => {
                let mailed = plan.variants.reads(Variant::FirstMail, "at-creation");
                *self = Self { exists: true, mailed, ..Self::default() };
            }
            (Call::SendEmailConfirmation, true) => {
                self.mailed = true;
                self.mail_wrong = 0;
            }
            (Call::ConfirmEmail, true) => self.email_confirmed = true,
            (Call::ConfirmEmail, false) => self.mail_wrong = self.mail_wrong.saturating_add(1),
            (Call::SendPhoneCode | Call::ResendPhoneCode, true) => {
                self.phone_sent = true;
                self.phone_wrong = 0;
            }
            (Call::VerifyPhone, true) => self.phone_verified = true,
            (Call::VerifyPhone, false) => self.phone_wrong = self.phone_wrong.saturating_add(1),
            (Call::Initiate, true) if self.session == Session::None => self.session = Session::Open,
            (Call::AddAdditionalData, true) => self.questionnaire = true,
            (Call::Finalize, true) => self.finalized = Some(identifiers(seen)),
            _ => {}
        }
    }

    /// A healthy walk has brought them so far.
    fn walked(&mut self, to: Step, plan: &Plan) {
        self.exists = true;
        let at_creation = plan.variants.reads(Variant::FirstMail, "at-creation");
        self.mailed |= at_creation || to >= Step::ConfirmEmail;
        self.email_confirmed |= to >= Step::ConfirmEmail;
        self.phone_sent |= to >= Step::SendPhoneCode;
        self.phone_verified |= to >= Step::VerifyPhone;
        let carries = |step: Step| plan.calls(step).contains(&Call::AddAdditionalData);
        self.questionnaire |= Step::ALL.iter().any(|step| *step <= to && carries(*step));
        self.session = match to {
            Step::PhaseB | Step::Finalize | Step::Token => Session::Signed,
            Step::FirstRedirect | Step::PhaseA | Step::SecondRedirect => Session::Under,
            Step::Initiate => self.session.at_least_open(),
            _ => self.session,
        };
    }
}

impl Session {
    const fn at_least_open(self) -> Self {
        match self {
            Self::None => Self::Open,
            other => other,
        }
    }
}

fn code_may(is_wrong: bool, tried: u8) -> May {
    match (is_wrong, tried >= PATIENCE) {
        (true, _) => May::BeRefused,
        (false, true) => May::Either,
        (false, false) => May::Succeed,
    }
}

fn identifiers(seen: &Seen<'_>) -> [Option<Value>; 2] {
    ["correlationId", "individualId"].map(|name| member(seen, name).cloned())
}
