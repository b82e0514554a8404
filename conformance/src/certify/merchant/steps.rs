//! The steps of the flow, one call after the other.
//! What is sent is built here, right or, with a quirk, wrong in one place.

use contract::{Call, message::MessageKind, step::Step, trace::Leg};
use serde_json::{Value, json};

use super::{Halt, Merchant, wire::Reply};
use crate::certify::person::Typed;

impl Merchant {
    pub(super) async fn flow(&mut self) -> Result<(), Halt> {
        let known = self.remembered();
        let mut done = known.is_some();
        if let Some(known) = known {
            self.user = known["user"].as_i64();
            self.email = known["email"].as_str().unwrap_or_default().to_owned();
        }
        for step in Step::ALL {
            if done {
                // It was stopped after the phone was verified.
                done = *step != Step::VerifyPhone;
                continue;
            }
            match step {
                Step::FirstRedirect => self.journey(Leg::Identification).await?,
                Step::PhaseA => self.first_phase().await?,
                Step::SecondRedirect => self.journey(Leg::Signing).await?,
                Step::PhaseB => self.second_phase().await?,
                Step::Token => {}
                _ => {
                    for call in self.plan.calls(*step) {
                        self.make(call).await?;
                    }
                }
            }
            if *step == Step::VerifyPhone
                && self.person.human().restarts
                && self.assignment.start == 1
            {
                self.remember();
                return Err(Halt::Interrupted);
            }
        }
        Ok(())
    }

    async fn make(&mut self, call: Call) -> Result<(), Halt> {
        match call {
            Call::CreateUser => self.make_user().await,
            Call::SendEmailConfirmation => {
                let body = json!({ "id": self.id(), "email": self.email });
                self.demand(call, Some(body)).await.map(|_| ())
            }
            Call::ConfirmEmail => self.confirm_email().await,
            Call::SendPhoneCode => self.send_phone_code().await,
            Call::VerifyPhone => self.verify_phone().await,
            Call::Initiate => {
                if self.breaks("CC-ORD-02") {
                    self.questionnaire().await?;
                }
                self.start().await
            }
            Call::AddAdditionalData if self.breaks("CC-ORD-02") => Ok(()),
            Call::AddAdditionalData => self.questionnaire().await,
            Call::Finalize => self.finalize().await,
            _ => Ok(()),
        }
    }

    /// A call that must succeed.
    pub(super) async fn demand(&mut self, call: Call, body: Option<Value>) -> Result<Reply, Halt> {
        let reply = self.call(call, body).await?;
        if reply.granted() {
            return Ok(reply);
        }
        if self.breaks("CC-ERR-06") && reply.json.as_ref().is_none_or(|json| !json.is_object()) {
            return Err(Halt::Crashed);
        }
        Err(Halt::GaveUp)
    }

    /// The user's number, as this client writes it.
    fn id(&self) -> Value {
        let id = self.user.unwrap_or_default();
        if self.breaks("CC-REQ-03") { json!(id.to_string()) } else { json!(id) }
    }

    pub(super) async fn make_user(&mut self) -> Result<(), Halt> {
        let merchant = self.assignment.merchant_id;
        let merchant =
            if self.breaks("CC-REQ-01") { json!(merchant.to_string()) } else { json!(merchant) };
        let body = json!({ "merchantId": merchant, "email": self.email });
        let reply = self.demand(Call::CreateUser, Some(body)).await?;
        self.unknown_members(&reply)?;
        let id = reply.json.as_ref().and_then(|json| json.get("id")?.as_i64());
        let id = id.or_else(|| self.breaks("CC-ERR-08").then_some(0));
        self.user = Some(id.ok_or(Halt::GaveUp)?);
        if self.breaks("CC-ORD-01") {
            self.send_phone_code().await?;
        }
        Ok(())
    }

    /// A client that falls over members that it does not know.
    pub(super) fn unknown_members(&self, reply: &Reply) -> Result<(), Halt> {
        let known = ["id"];
        let members = reply.json.as_ref().and_then(Value::as_object);
        let odd = members
            .is_some_and(|members| members.keys().any(|name| !known.contains(&name.as_str())));
        if self.breaks("CC-ERR-07") && odd { Err(Halt::GaveUp) } else { Ok(()) }
    }

    async fn confirm_email(&mut self) -> Result<(), Halt> {
        let kind = MessageKind::EmailConfirmation;
        for guess in 0..4 {
            let Some(code) = self.typed(kind).await else {
                if !self.breaks("CC-ERR-08") {
                    return Err(Halt::GaveUp);
                }
                let body = json!({ "id": self.id(), "token": "000000", "correlationType": 0 });
                return self.demand(Call::ConfirmEmail, Some(body)).await.map(|_| ());
            };
            let kind = if self.breaks("CC-REQ-08") { 7 } else { 0 };
            let body =
                json!({ "id": self.id(), "token": self.as_sent(&code), "correlationType": kind });
            let reply = self.call(Call::ConfirmEmail, Some(body)).await?;
            let success = reply.json.as_ref().and_then(|json| json.get("success")?.as_bool());
            if reply.granted() && (success != Some(false) || self.breaks("CC-ERR-09")) {
                return Ok(());
            }
            if !self.may_type_again(&reply, guess) {
                return Err(Halt::GaveUp);
            }
            self.guess(Call::ConfirmEmail, "token").await?;
        }
        Err(Halt::GaveUp)
    }

    /// Whether the person can be asked again after a code that was wrong.
    fn may_type_again(&self, reply: &Reply, guess: u32) -> bool {
        matches!(reply.status, 400 | 422) && guess == 0 && self.person.human().wrong_codes > 0
    }

    /// What only a client does that guesses.
    async fn guess(&mut self, call: Call, member: &str) -> Result<(), Halt> {
        if self.breaks("CC-ERR-10") {
            let mut body = json!({ "id": self.id() });
            body[member] = json!("123123");
            self.call(call, Some(body)).await?;
        }
        Ok(())
    }

    fn as_sent(&self, code: &str) -> Value {
        if self.breaks("CC-REQ-05") {
            let trimmed = code.trim_start_matches('0');
            return json!(trimmed);
        }
        json!(code)
    }

    async fn typed(&self, kind: MessageKind) -> Option<String> {
        let user = i32::try_from(self.user?).ok()?;
        match self.person.code(user, kind).await {
            Typed::Code(code) => Some(code),
            Typed::Resend | Typed::Nothing => None,
        }
    }

    async fn send_phone_code(&mut self) -> Result<(), Halt> {
        let number = crate::applicant::phone(self.chance, 0);
        let number =
            if self.breaks("CC-REQ-04") { number.trim_start_matches('+') } else { &number };
        let body = json!({ "id": self.id(), "phoneNumber": number });
        self.demand(Call::SendPhoneCode, Some(body)).await.map(|_| ())
    }

    async fn verify_phone(&mut self) -> Result<(), Halt> {
        let user = self.user.and_then(|user| i32::try_from(user).ok()).ok_or(Halt::GaveUp)?;
        let mut guess = 0;
        loop {
            let code = match self.person.code(user, MessageKind::PhoneVerification).await {
                Typed::Code(code) => code,
                Typed::Nothing => return Err(Halt::GaveUp),
                Typed::Resend => {
                    let cool_down = if self.breaks("CC-IDM-05") { 3_000 } else { 31_000 };
                    self.pause(cool_down).await;
                    self.send_phone_code().await?;
                    continue;
                }
            };
            let body = json!({ "id": self.id(), "code": self.as_sent(&code) });
            let reply = self.call(Call::VerifyPhone, Some(body)).await?;
            if reply.granted() {
                return Ok(());
            }
            if !self.may_type_again(&reply, guess) {
                return Err(Halt::GaveUp);
            }
            guess += 1;
            self.guess(Call::VerifyPhone, "code").await?;
        }
    }

    async fn start(&mut self) -> Result<(), Halt> {
        let pressed = self.person.start().await;
        let times = if self.breaks("CC-IDM-04") { pressed } else { 1 };
        for _ in 0..times {
            self.initiate(false).await?;
        }
        Ok(())
    }

    pub(super) async fn initiate(&mut self, restart: bool) -> Result<(), Halt> {
        let body = json!({
            "userId": self.id(),
            "isRestartIdentification": restart,
            "localTimezone": "Europe/Sofia",
            "userAgent": "reference merchant",
            "browserLanguage": "en-US",
            "userLanguage": "en",
            "deviceName": "reference",
            "correlationType": 0,
        });
        let reply = self.demand(Call::Initiate, Some(body)).await?;
        match reply.text("videoIdentificationUrl").filter(|url| !url.is_empty()) {
            Some(url) => self.addresses.push(url.to_owned()),
            None if self.breaks("CC-ERR-08") => {
                let base = self.assignment.api.as_str();
                self.addresses.push(base.to_owned());
            }
            None => return Err(Halt::GaveUp),
        }
        Ok(())
    }

    async fn questionnaire(&mut self) -> Result<(), Halt> {
        let lists = [
            (Call::SourceOfFunds, "sourceOfFundId"),
            (Call::AccountPurpose, "accountPurposeCode"),
            (Call::MainActivity, "mainActivityCode"),
            (Call::FinancingMethod, "financingMethodCode"),
        ];
        let copied = self.breaks("CC-DAT-03");
        let inner =
            if self.breaks("CC-REQ-06") { json!(self.user.map(|id| id + 1)) } else { self.id() };
        let mut data = json!({
            "userId": inner,
            "isCorrespondenceAddressSame": true,
            "residenceAddressZipCode": "4000",
            "secondaryLanguage": "BUL",
            "taxResidences": "BG",
            "gender": "F",
            "enrollIP": "198.51.100.7",
            "enrollLatitude": if copied { json!(42.6975) } else { json!(42.1354) },
            "enrollLongitude": if copied { json!(23.3241) } else { json!(24.7453) },
            "enrollChannel": "M",
        });
        for (list, member) in lists {
            if self.breaks("CC-REQ-07") {
                data[member] = json!("1");
                continue;
            }
            let reply = self.demand(list, None).await?;
            let entries = reply.json.as_ref().and_then(Value::as_array).ok_or(Halt::GaveUp)?;
            let chosen = self.chance.pick(list.name(), entries).ok_or(Halt::GaveUp)?;
            data[member] = chosen["value"].clone();
        }
        let additional = json!({ "type": "EnrollAdditionalData", "data": data });
        let body = json!({ "id": self.id(), "additionalData": additional });
        self.demand(Call::AddAdditionalData, Some(body)).await.map(|_| ())
    }

    pub(super) async fn finalize(&mut self) -> Result<(), Halt> {
        if self.breaks("CC-FIN-03") {
            self.pause(60_000).await;
        }
        let body =
            json!({ "userId": self.id(), "bTrustAppCallBackId": null, "correlationType": 0 });
        for _ in 0..4 {
            let reply = self.call(Call::Finalize, Some(body.clone())).await?;
            if reply.granted() {
                if self.breaks("CC-FIN-01") {
                    self.call(Call::Finalize, Some(body.clone())).await?;
                }
                return Ok(());
            }
            if reply.status != 400 {
                return Err(Halt::GaveUp);
            }
            // The signature is not there yet: the polls will tell when it is.
            if self.breaks("CC-FIN-02") {
                self.pause(500).await;
            } else {
                self.pause(3_000).await;
                Box::pin(self.second_phase()).await?;
            }
        }
        Err(Halt::GaveUp)
    }
}
