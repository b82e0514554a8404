//! A healthy run to doctor: each test takes one thing away or bends it, and a check has to notice.
//! Lines are numbered anew after every change, as a runner would have numbered them.

use std::time::Duration;

use contract::{
    Call, Edition, Host, Instant, Variants,
    answer::{MemberKind, MemberRow, Shape},
    lists::CodeList,
    status::IdentificationStatus as Status,
    step::Step,
    trace::{Decided, Decision, Exchange, Landing, Leg, Line, Redirected},
};
use serde_json::{Value, json};

use super::judge;
use crate::{Person, Plan, Says, StepVerdict};

const USER: i32 = 2072;

/// A trace in the making. Each line knows its step; the token before everything belongs to none.
pub(crate) struct Sample {
    plan: Plan,
    now: Instant,
    events: Vec<(Option<Step>, Line)>,
}

impl Sample {
    fn new(plan: Plan) -> Self {
        Self { plan, now: Instant::STEPPED_START, events: Vec::new() }
    }

    pub(crate) fn empty() -> Self {
        Self::empty_in(Edition::DEFAULT)
    }

    pub(crate) fn empty_in(edition: Edition) -> Self {
        let variants = Variants::of(edition);
        Self::new(Plan { edition, person: Person::Complete, variants })
    }

    pub(crate) fn healthy() -> Self {
        Self::healthy_in(Edition::DEFAULT)
    }

    pub(crate) fn healthy_in(edition: Edition) -> Self {
        Self::empty_in(edition).walked()
    }

    /// A healthy run under one other reading.
    pub(crate) fn under(edition: Edition, id: &str, reading: &str) -> Self {
        let mut sample = Self::empty_in(edition);
        sample.plan.variants.choose(id, reading).unwrap();
        sample.walked()
    }

    pub(crate) fn giving_up(person: Person) -> Self {
        Self::new(Plan { person, ..Self::empty().plan }).walked()
    }

    pub(crate) fn giving_up_under(person: Person, id: &str, reading: &str) -> Self {
        let mut plan = Plan { person, ..Self::empty().plan };
        plan.variants.choose(id, reading).unwrap();
        Self::new(plan).walked()
    }

    /// Every step of the plan, as it should go.
    fn walked(mut self) -> Self {
        self.token(None, 1);
        let plan = self.plan;
        for step in Step::ALL.iter().filter(|step| plan.leaves_out(**step).is_none()) {
            self.step(*step);
        }
        self
    }

    fn step(&mut self, step: Step) {
        let to = |plan: Plan, leg| plan.landing(leg);
        match step {
            Step::FirstRedirect => {
                self.journey(step, Leg::Identification, to(self.plan, Leg::Identification));
            }
            Step::SecondRedirect => self.journey(step, Leg::Signing, to(self.plan, Leg::Signing)),
            Step::PhaseA => self.polls(step, Leg::Identification),
            Step::PhaseB => self.polls(step, Leg::Signing),
            Step::Token => self.token(Some(step), 2),
            _ => self.plan.calls(step).into_iter().for_each(|call| self.made(step, call)),
        }
        match step {
            Step::ConfirmEmail => self.status(step, [true, false, false], 50),
            Step::VerifyPhone => self.status(step, [true, true, false], 50),
            Step::Finalize => self.status(step, [true, true, true], 200),
            _ => {}
        }
    }

    fn made(&mut self, step: Step, call: Call) {
        let pending = self.plan.polls(Leg::Identification)[0];
        match call {
            Call::Initiate => {
                let opened = identification(pending, &json!("<identification-url#1 https>"));
                self.api(step, call, Some(opened));
            }
            Call::AddAdditionalData | Call::EnrollIndividual => self.questionnaire(step, call),
            Call::Finalize => self.push_finalize(),
            _ => self.api(step, call, None),
        }
    }

    fn questionnaire(&mut self, step: Step, call: Call) {
        for list in CodeList::ALL {
            let entries =
                list.entries().map(|(value, label)| json!({"label": label, "value": value}));
            self.api(step, list.call(), Some(entries.collect()));
        }
        self.api(step, call, None);
        let mut data = json!({
            "userId": USER, "sourceOfFundId": "8", "accountPurposeCode": "1",
            "mainActivityCode": "1", "financingMethodCode": "2"
        });
        if call == Call::EnrollIndividual {
            data["sourceOfFundId"] = json!(8);
            self.edit_in_place(call, |seen| seen.request = Some(data.clone()));
        } else {
            let whole = json!({ "id": USER, "additionalData": { "data": data } });
            self.edit_in_place(call, |seen| seen.request = Some(whole.clone()));
        }
    }

    pub(crate) fn push_finalize(&mut self) {
        self.api(Step::Finalize, Call::Finalize, None);
    }

    fn token(&mut self, step: Option<Step>, ordinal: u8) {
        let call = self.plan.token_call().unwrap();
        let row = self.plan.tables().unwrap().endpoint(call).unwrap();
        let mut seen = exchange(row.asked_at(&self.plan.variants), row.path, 200);
        seen.call = Some(call);
        seen.certificate = Some("merchant".to_owned());
        seen.headers = vec![("cache-control".to_owned(), "no-cache, no-store".to_owned())];
        seen.answer = Some(json!({
            "access_token": format!("<token#{ordinal} newest>"), "expires_in": 3600,
            "token_type": "Bearer"
        }));
        self.push(step, Decided::Exchange(Box::new(seen)));
    }

    fn status(&mut self, step: Step, flags: [bool; 3], code: u16) {
        self.api(step, Call::UserStatus, None);
        self.edit_last_in_place(Call::UserStatus, |seen| {
            let answer = seen.answer.as_mut().unwrap();
            for (name, value) in [
                ("isEmailVerified", json!(flags[0])),
                ("isPhoneNumberVerified", json!(flags[1])),
                ("isAdditionalData", json!(flags[2])),
                ("status", json!(code)),
            ] {
                if let Some(member) = answer.get_mut(name) {
                    *member = value;
                }
            }
        });
    }

    fn journey(&mut self, step: Step, leg: Leg, to: Landing) {
        self.page(step, 303);
        self.push(
            Some(step),
            Decided::Redirected(Redirected { user: USER, leg, to, with: Vec::new() }),
        );
    }

    fn page(&mut self, step: Step, status: u16) {
        let seen = exchange(Host::Identity, "/session/<session#1>", status);
        self.push(Some(step), Decided::Exchange(Box::new(seen)));
    }

    fn polls(&mut self, step: Step, leg: Leg) {
        let end = self.plan.phase_end(leg);
        let pending = *self.plan.polls(leg).iter().rev().nth(1).unwrap();
        let gives_up = self.plan.person.gives_up() == Some(leg);
        let said = match (gives_up, end) {
            // Nothing tells the first null from the last.
            (true, Says::Null) => vec![end],
            (true, _) => vec![pending, end],
            _ => vec![pending, pending, end],
        };
        for (index, says) in said.into_iter().enumerate() {
            if index > 0 {
                self.now = self.now + Duration::from_secs(3);
            }
            let to_sign = says == Says::Status(Status::SignSessionIdSuccessfullyCreated);
            let url = if to_sign { json!("<signing-url#1 https>") } else { Value::Null };
            self.api(step, Call::IdentificationStatus, Some(identification(says, &url)));
            if says == Says::Refusal {
                self.edit_last_in_place(Call::IdentificationStatus, |seen| seen.status = 400);
            }
        }
    }

    /// A call that succeeds, with the answer that its row describes, unless another is given.
    fn api(&mut self, step: Step, call: Call, answer: Option<Value>) {
        let row = self.plan.tables().unwrap().endpoint(call).unwrap();
        let success = row.success(&self.plan.variants).unwrap();
        let path = row
            .path
            .replace("{id}", &USER.to_string())
            .replace("{userType}", "0")
            .replace("{isIdentificationCompleted}", "true");
        let mut seen = exchange(row.host, &path, success.status);
        seen.call = Some(call);
        seen.method = row.method.name().to_owned();
        seen.bearer = Some("<token#1 newest>".to_owned());
        seen.answer = answer.or_else(|| body(success.shape));
        let is_list = CodeList::ALL.iter().any(|list| list.call() == call);
        seen.user = (!is_list && call != Call::CreateUser).then_some(USER);
        self.push(Some(step), Decided::Exchange(Box::new(seen)));
    }

    fn push(&mut self, step: Option<Step>, what: Decided) {
        self.events.push((step, Line::Decision(Decision { step: 0, at: self.now, what })));
        self.renumber();
    }

    fn renumber(&mut self) {
        for (index, (_, line)) in self.events.iter_mut().enumerate() {
            let Line::Decision(decision) = line else { continue };
            decision.step = index as u64 + 1;
        }
    }
}

/// Doctoring.
impl Sample {
    pub(crate) fn edit(mut self, call: Call, change: impl Fn(&mut Exchange)) -> Self {
        self.edit_in_place(call, change);
        self
    }

    pub(crate) fn edit_nth(
        mut self,
        call: Call,
        nth: usize,
        change: impl Fn(&mut Exchange),
    ) -> Self {
        let index = self.places(call)[nth];
        change(exchange_in(&mut self.events[index].1).unwrap());
        self
    }

    pub(crate) fn edit_last(self, call: Call, change: impl Fn(&mut Exchange)) -> Self {
        let last = self.places(call).len() - 1;
        self.edit_nth(call, last, change)
    }

    fn edit_in_place(&mut self, call: Call, change: impl Fn(&mut Exchange)) {
        for index in self.places(call) {
            change(exchange_in(&mut self.events[index].1).unwrap());
        }
    }

    fn edit_last_in_place(&mut self, call: Call, change: impl Fn(&mut Exchange)) {
        let index = *self.places(call).last().unwrap();
        change(exchange_in(&mut self.events[index].1).unwrap());
    }

    pub(crate) fn edit_hit(mut self, leg: Leg, change: impl Fn(&mut Redirected)) -> Self {
        for (_, line) in &mut self.events {
            let Line::Decision(decision) = line else { continue };
            if let Decided::Redirected(hit) = &mut decision.what
                && hit.leg == leg
            {
                change(hit);
            }
        }
        self
    }

    pub(crate) fn edit_page(mut self, leg: Leg, change: impl Fn(&mut Exchange)) -> Self {
        let page = self.hit_place(leg) - 1;
        change(exchange_in(&mut self.events[page].1).unwrap());
        self
    }

    pub(crate) fn with_page(mut self, leg: Leg, status: u16) -> Self {
        self.page(redirect_step(leg), status);
        self
    }

    /// The same call, bent, right before its first attempt.
    pub(crate) fn precede(mut self, call: Call, change: impl Fn(&mut Exchange)) -> Self {
        let index = self.places(call)[0];
        let mut copy = self.events[index].clone();
        change(exchange_in(&mut copy.1).unwrap());
        self.insert(index, copy);
        self
    }

    /// The first attempt at a call moves before everything but the token.
    pub(crate) fn first(mut self, call: Call) -> Self {
        let index = self.places(call)[0];
        let event = self.events.remove(index);
        self.insert(1, event);
        self
    }

    /// The first attempt at a call moves behind everything.
    pub(crate) fn last(mut self, call: Call) -> Self {
        let index = self.places(call)[0];
        let event = self.events.remove(index);
        self.insert(self.events.len(), event);
        self
    }

    pub(crate) fn without(mut self, call: Call) -> Self {
        self.events
            .retain_mut(|(_, line)| exchange_in(line).is_none_or(|seen| seen.call != Some(call)));
        self.renumber();
        self
    }

    /// Everything from a step on is cut off.
    pub(crate) fn until(mut self, step: Step) -> Self {
        self.events.retain(|(of, _)| of.is_none_or(|of| of < step));
        self.renumber();
        self
    }

    pub(crate) fn without_journey(self, leg: Leg) -> Self {
        self.until(redirect_step(leg))
    }

    pub(crate) fn repeat_hit(mut self, leg: Leg) -> Self {
        let index = self.hit_place(leg);
        let copy = self.events[index].clone();
        self.insert(index + 1, copy);
        self
    }

    pub(crate) fn poll_before_hit(mut self, leg: Leg) -> Self {
        let poll = self.events[self.places(Call::IdentificationStatus)[0]].clone();
        let index = self.hit_place(leg);
        self.insert(index, poll);
        self
    }

    pub(crate) fn poll_again(mut self) -> Self {
        let index = *self.places(Call::IdentificationStatus).last().unwrap();
        let copy = self.events[index].clone();
        self.insert(index + 1, copy);
        let last = self.places(Call::IdentificationStatus).len() - 1;
        self.shift(Call::IdentificationStatus, last, 3_000)
    }

    pub(crate) fn shift(mut self, call: Call, nth: usize, millis: i64) -> Self {
        let index = self.places(call)[nth];
        let Line::Decision(decision) = &mut self.events[index].1 else { unreachable!() };
        decision.at = Instant::from_millis(decision.at.millis() + millis);
        self
    }

    fn insert(&mut self, index: usize, event: (Option<Step>, Line)) {
        self.events.insert(index, event);
        self.renumber();
    }
}

/// Asking.
impl Sample {
    pub(crate) fn lines(&self) -> &'static [Line] {
        self.events.iter().map(|(_, line)| line.clone()).collect::<Vec<_>>().leak()
    }

    pub(crate) fn judged(&self) -> Vec<StepVerdict> {
        judge(self.lines(), self.plan)
    }

    /// The verdicts of another edition.
    pub(crate) fn judged_by(&self, edition: Edition) -> Vec<StepVerdict> {
        judge(self.lines(), Self::empty_in(edition).plan)
    }

    pub(crate) fn verdict(&self, step: Step) -> StepVerdict {
        self.judged().into_iter().find(|judged| judged.step == step).unwrap()
    }

    /// The trace number of the first attempt at a call.
    pub(crate) fn number(&self, call: Call) -> u64 {
        self.places(call)[0] as u64 + 1
    }

    fn places(&self, call: Call) -> Vec<usize> {
        let made = |line: &Line| match line {
            Line::Decision(Decision { what: Decided::Exchange(seen), .. }) => {
                seen.call == Some(call)
            }
            _ => false,
        };
        (0..self.events.len()).filter(|index| made(&self.events[*index].1)).collect()
    }

    fn hit_place(&self, leg: Leg) -> usize {
        let is_hit = |line: &Line| match line {
            Line::Decision(Decision { what: Decided::Redirected(hit), .. }) => hit.leg == leg,
            _ => false,
        };
        self.events.iter().position(|(_, line)| is_hit(line)).unwrap()
    }
}

fn redirect_step(leg: Leg) -> Step {
    match leg {
        Leg::Identification => Step::FirstRedirect,
        Leg::Signing => Step::SecondRedirect,
    }
}

fn identification(says: Says, url: &Value) -> Value {
    let status = match says {
        Says::Status(status) => json!(status.name()),
        Says::Vendor => json!("70"),
        Says::Null | Says::Refusal => Value::Null,
    };
    json!({
        "videoIdentificationUrl": url, "videoIdentificationStatus": status, "message": ""
    })
}

/// The body that a row describes.
fn body(shape: Shape) -> Option<Value> {
    match shape {
        Shape::Object(rows) => {
            Some(Value::Object(rows.iter().map(|row| (row.name.to_owned(), value(row))).collect()))
        }
        Shape::List(_) => Some(json!([])),
        Shape::Empty | Shape::Redirect | Shape::Page => None,
    }
}

fn value(row: &MemberRow) -> Value {
    match row.kind {
        MemberKind::Int32 => json!(USER),
        MemberKind::Boolean => json!(false),
        MemberKind::Guid => json!("834d03b9-d24f-4d7b-950f-69aadff41599"),
        MemberKind::Texts | MemberKind::Objects(_) => json!([]),
        MemberKind::Object(_) => json!({}),
        _ => json!(""),
    }
}

fn exchange_in(line: &mut Line) -> Option<&mut Exchange> {
    let Line::Decision(decision) = line else { return None };
    match &mut decision.what {
        Decided::Exchange(seen) => Some(seen),
        _ => None,
    }
}

fn exchange(host: Host, path: &str, status: u16) -> Exchange {
    Exchange {
        call: None,
        host,
        method: "POST".to_owned(),
        path: path.to_owned(),
        user: None,
        bearer: None,
        certificate: None,
        media_type: None,
        request: None,
        noticed: Vec::new(),
        status,
        answer_type: None,
        answer: None,
        headers: Vec::new(),
        row: None,
        readings: Vec::new(),
        source: None,
        advice: None,
        scenario: None,
        rules: Vec::new(),
        failure: None,
    }
}
