//! A healthy run to doctor: each test takes one thing away or bends it, and a check has to notice.
//! Lines are numbered anew after every change, as a runner would have numbered them.

use std::time::Duration;

use contract::{
    Call, Edition, Host, Instant,
    lists::CodeList,
    step::Step,
    trace::{Decided, Decision, Exchange, Landing, Leg, Line, Redirected},
};
use serde_json::{Value, json};

use super::judge;
use crate::{Person, Plan, StepVerdict};

const USER: i32 = 2072;

/// A trace in the making. Each line knows its step; the token before everything belongs to none.
pub(crate) struct Sample {
    person: Person,
    now: Instant,
    events: Vec<(Option<Step>, Line)>,
}

impl Sample {
    pub(crate) fn empty() -> Self {
        Self { person: Person::Complete, now: Instant::STEPPED_START, events: Vec::new() }
    }

    pub(crate) fn healthy() -> Self {
        let mut sample = Self::identified(Person::Complete, Landing::Success);
        sample.polls(
            Step::PhaseA,
            &["PROCESSING", "PROCESSING", "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"],
        );
        sample.journey(Step::SecondRedirect, Leg::Signing, Landing::Success);
        sample.polls(Step::PhaseB, &["PROCESSING", "PROCESSING", "DOCUMENT_SIGN_SUCCESS"]);
        sample.finalization();
        sample.token(Some(Step::Token), 2);
        sample
    }

    pub(crate) fn giving_up(person: Person) -> Self {
        if person.gives_up() == Some(Leg::Identification) {
            let mut sample = Self::identified(person, Landing::Fail);
            sample.polls(Step::PhaseA, &["PROCESSING", "ERROR"]);
            return sample;
        }
        let mut sample = Self::identified(person, Landing::Success);
        sample.polls(Step::PhaseA, &["PROCESSING", "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"]);
        sample.journey(Step::SecondRedirect, Leg::Signing, Landing::Fail);
        sample.polls(Step::PhaseB, &["ERROR"]);
        sample
    }

    fn identified(person: Person, landing: Landing) -> Self {
        let mut sample = Self { person, ..Self::empty() };
        sample.token(None, 1);
        sample.api(Step::CreateUser, Call::CreateUser, 201, Some(json!({ "id": USER })));
        sample.api(Step::ConfirmEmail, Call::ConfirmEmail, 200, None);
        sample.status(Step::ConfirmEmail, [true, false, false], 50);
        sample.api(Step::SendPhoneCode, Call::SendPhoneCode, 204, None);
        sample.api(Step::VerifyPhone, Call::VerifyPhone, 200, None);
        sample.status(Step::VerifyPhone, [true, true, false], 50);
        let opened = identification("STARTED", &json!("<identification-url#1 https>"));
        sample.api(Step::Initiate, Call::Initiate, 200, Some(opened));
        sample.journey(Step::FirstRedirect, Leg::Identification, landing);
        sample
    }

    fn finalization(&mut self) {
        for list in CodeList::ALL {
            let entries =
                list.entries().map(|(value, label)| json!({"label": label, "value": value}));
            self.api(Step::Finalize, list.call(), 200, Some(entries.collect()));
        }
        self.api(Step::Finalize, Call::AddAdditionalData, 200, None);
        let data = json!({
            "userId": USER, "sourceOfFundId": "8", "accountPurposeCode": "1",
            "mainActivityCode": "1", "financingMethodCode": "2"
        });
        self.edit_in_place(Call::AddAdditionalData, |seen| {
            seen.request = Some(json!({ "id": USER, "additionalData": { "data": data.clone() } }));
        });
        self.push_finalize();
        self.status(Step::Finalize, [true, true, true], 200);
    }

    pub(crate) fn push_finalize(&mut self) {
        let answer = json!({
            "correlationId": "834d03b9-d24f-4d7b-950f-69aadff41599", "individualId": 989
        });
        self.api(Step::Finalize, Call::Finalize, 200, Some(answer));
    }

    fn token(&mut self, step: Option<Step>, ordinal: u8) {
        let mut seen = exchange(Host::Auth, "/connect/mtls/token", 200);
        seen.call = Some(Call::MtlsToken);
        seen.certificate = Some("merchant".to_owned());
        seen.headers = vec![("cache-control".to_owned(), "no-cache, no-store".to_owned())];
        seen.answer = Some(json!({
            "access_token": format!("<token#{ordinal} newest>"), "expires_in": 3600,
            "token_type": "Bearer"
        }));
        self.push(step, Decided::Exchange(Box::new(seen)));
    }

    fn status(&mut self, step: Step, flags: [bool; 3], code: u16) {
        let answer = json!({
            "isEmailVerified": flags[0], "isPhoneNumberVerified": flags[1], "isScaVerified": false,
            "isAdditionalData": flags[2], "isOptionalKyc": false, "status": code
        });
        self.api(step, Call::UserStatus, 200, Some(answer));
    }

    fn journey(&mut self, step: Step, leg: Leg, to: Landing) {
        self.page(step, 303);
        self.push(Some(step), Decided::Redirected(Redirected { user: USER, leg, to }));
    }

    fn page(&mut self, step: Step, status: u16) {
        let seen = exchange(Host::Identity, "/session/<session#1>", status);
        self.push(Some(step), Decided::Exchange(Box::new(seen)));
    }

    fn polls(&mut self, step: Step, statuses: &[&str]) {
        for (index, status) in statuses.iter().enumerate() {
            if index > 0 {
                self.now = self.now + Duration::from_secs(3);
            }
            let to_sign = status.starts_with("SIGN_SESSION");
            let url = if to_sign { json!("<signing-url#1 https>") } else { Value::Null };
            let answer = Some(identification(status, &url));
            self.api(step, Call::IdentificationStatus, 200, answer);
        }
    }

    fn api(&mut self, step: Step, call: Call, status: u16, answer: Option<Value>) {
        let row = Edition::DEFAULT.tables().unwrap().endpoint(call).unwrap();
        let path = row
            .path
            .replace("{id}", &USER.to_string())
            .replace("{userType}", "0")
            .replace("{isIdentificationCompleted}", "true");
        let mut seen = exchange(row.host, &path, status);
        seen.call = Some(call);
        seen.method = row.method.name().to_owned();
        seen.bearer = Some("<token#1 newest>".to_owned());
        seen.answer = answer;
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
        judge(
            self.lines(),
            Plan {
                edition: Edition::DEFAULT,
                person: self.person,
                variants: contract::Variants::default(),
            },
        )
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

fn identification(status: &str, url: &Value) -> Value {
    json!({
        "videoIdentificationUrl": url, "videoIdentificationStatus": status, "message": ""
    })
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
        status,
        answer_type: None,
        answer: None,
        headers: Vec::new(),
        row: None,
        failure: None,
    }
}
