//! The eleven steps in their order. The user's number is written down as soon as it is known, so
//! that a restart goes on with the same user.

use std::time::{Duration, Instant};

use rand::RngExt as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    Stop,
    api::{Api, Failed, Repeats},
    customer::Customer,
    settings::Settings,
};

const PACE: Duration = Duration::from_secs(3);
const LIMIT: Duration = Duration::from_secs(118);
const COOL_DOWN: Duration = Duration::from_secs(31);
const READY: &str = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED";
const SIGNED: &str = "DOCUMENT_SIGN_SUCCESS";
/// Which of our members takes its value from which of the provider's lists.
const LISTS: &[(&str, &str)] = &[
    ("sourceOfFundId", "/User/source-of-funds"),
    ("accountPurposeCode", "/User/account-purpose"),
    ("mainActivityCode", "/User/main-activity"),
    ("financingMethodCode", "/User/financing-method"),
];

pub struct Onboarding {
    api: Api,
    customer: Customer,
    user: u64,
}

impl Onboarding {
    pub fn new(settings: Settings) -> Result<Self, Stop> {
        let customer = Customer::new(&settings)?;
        Ok(Self { api: Api::new(settings)?, customer, user: 0 })
    }

    pub async fn run(&mut self) -> Result<String, Stop> {
        if !self.resume().await? {
            self.create_user().await?;
            self.confirm_email().await?;
            self.verify_phone().await?;
        }
        let page = self.initiate().await?;
        self.customer.journey(&page).await?;
        let page = self.poll(READY).await?;
        self.customer.journey(&needed(page)?).await?;
        self.poll(SIGNED).await?;
        self.questionnaire().await?;
        self.finalize().await
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<crate::host::Answer, Stop> {
        self.api.demand((&Method::POST, path), Some(body), Repeats::Once).await
    }

    async fn get(&mut self, path: &str) -> Result<crate::host::Answer, Stop> {
        self.api.demand((&Method::GET, path), None, Repeats::Once).await
    }

    /// Goes on with the user of an earlier start, if there was one.
    async fn resume(&mut self) -> Result<bool, Stop> {
        let Ok(text) = std::fs::read_to_string(&self.api.settings.memory) else {
            return Ok(false);
        };
        self.user = text.trim().parse().map_err(|_| Stop("the memory is damaged".to_owned()))?;
        let status = self.get(&format!("/User/{}/status", self.user)).await?;
        if status.json["isEmailVerified"] != true {
            self.confirm_email().await?;
        }
        if status.json["isPhoneNumberVerified"] != true {
            self.verify_phone().await?;
        }
        Ok(true)
    }

    async fn create_user(&mut self) -> Result<(), Stop> {
        let number = rand::rng().random::<u64>();
        let email = format!("customer-{number:016x}@example.org");
        let body = json!({ "merchantId": self.api.settings.merchant, "email": email });
        let created =
            self.api.demand((&Method::POST, "/User"), Some(&body), Repeats::Never).await?;
        let user = created.json["id"].as_u64().filter(|user| *user > 0);
        self.user = user.ok_or_else(|| Stop("the new user has no number".to_owned()))?;
        std::fs::write(&self.api.settings.memory, self.user.to_string())
            .map_err(|error| Stop(format!("the user cannot be remembered: {error}")))
    }

    async fn confirm_email(&mut self) -> Result<(), Stop> {
        for _ in 0..2 {
            let code = self.customer.code("email").await?;
            let body = json!({ "id": self.user, "token": code, "correlationType": 0 });
            let path = (&Method::POST, "/User/email/confirm");
            let answer = self.api.call(path, Some(&body), Repeats::Once).await?;
            if answer.granted() && answer.json["success"] != false {
                return Ok(());
            }
            if !matches!(answer.status.as_u16(), 400 | 422) {
                break;
            }
        }
        Err(Stop("the address is not confirmed".to_owned()))
    }

    async fn send_code(&mut self) -> Result<Instant, Stop> {
        let number = format!("+3598800{:05}", rand::rng().random_range(0..100_000));
        let body = json!({ "id": self.user, "phoneNumber": number });
        self.post("/User/phone-number/send-code", &body).await?;
        Ok(Instant::now())
    }

    async fn verify_phone(&mut self) -> Result<(), Stop> {
        let mut sent = self.send_code().await?;
        let mut wrong = 0;
        while wrong < 2 {
            let code = self.customer.code("sms").await?;
            if code == "resend" {
                self.api.pause(COOL_DOWN.saturating_sub(self.api.since(sent))).await;
                sent = self.send_code().await?;
                continue;
            }
            let body = json!({ "id": self.user, "code": code });
            let path = (&Method::POST, "/User/phone-number/verify");
            let answer = self.api.call(path, Some(&body), Repeats::Once).await?;
            match answer.status.as_u16() {
                200..=299 => return Ok(()),
                400 | 422 => wrong += 1,
                _ => break,
            }
        }
        Err(Stop("the number is not verified".to_owned()))
    }

    async fn initiate(&mut self) -> Result<String, Stop> {
        self.customer.start().await;
        let body = json!({
            "userId": self.user,
            "isRestartIdentification": false,
            "localTimezone": "Europe/Sofia",
            "userAgent": "rust-example",
            "browserLanguage": "en-US",
            "userLanguage": "en",
            "deviceName": "example",
            "correlationType": 0,
        });
        let answer = self.post("/Enrollment/initiate-external-identification", &body).await?;
        needed(answer.text("videoIdentificationUrl").map(str::to_owned))
    }

    /// Asks every few seconds until the status is reached; gives the page that comes with it.
    async fn poll(&mut self, target: &str) -> Result<Option<String>, Stop> {
        let path = format!("/Enrollment/{}/0/true/get-identification-process-status", self.user);
        let begun = Instant::now();
        loop {
            let asked = Instant::now();
            let mut pace = PACE;
            match self.api.once((&Method::GET, &path), None).await {
                Err(Failed::Stop(stop)) => return Err(stop),
                Err(Failed::Lost(_)) => {}
                Ok(answer) if answer.granted() => match answer.text("videoIdentificationStatus") {
                    Some(status) if status == target => {
                        return Ok(answer.text("videoIdentificationUrl").map(str::to_owned));
                    }
                    Some("ERROR") => return Err(Stop("the identification failed".to_owned())),
                    _ => {}
                },
                Ok(answer) if answer.status.as_u16() == 429 => {
                    pace = answer.wait().unwrap_or(2 * PACE) + self.api.since(asked);
                }
                Ok(answer) if answer.status.is_client_error() => {
                    return Err(Stop(format!("a poll was answered {}", answer.status.as_u16())));
                }
                Ok(_) => {}
            }
            let rest = pace.saturating_sub(self.api.since(asked));
            if self.api.since(begun) + rest > LIMIT {
                return Err(Stop("the identification takes too long".to_owned()));
            }
            self.api.pause(rest).await;
        }
    }

    async fn questionnaire(&mut self) -> Result<(), Stop> {
        let mut data = json!({
            "userId": self.user,
            "isCorrespondenceAddressSame": true,
            "residenceAddressZipCode": "4000",
            "secondaryLanguage": "BUL",
            "taxResidences": "BG",
            "gender": "F",
            "enrollIP": "198.51.100.7",
            "enrollLatitude": 42.1354,
            "enrollLongitude": 24.7453,
            "enrollChannel": "M",
        });
        for (member, path) in LISTS {
            let entries = self.get(path).await?;
            let first = entries.json.get(0).and_then(|entry| entry.get("value"));
            let first = first.ok_or_else(|| Stop(format!("{path} is an empty list")))?;
            data[*member] = first.clone();
        }
        let additional = json!({ "type": "EnrollAdditionalData", "data": data });
        let body = json!({ "id": self.user, "additionalData": additional });
        self.post("/User/add-additional-data", &body).await.map(drop)
    }

    async fn finalize(&mut self) -> Result<String, Stop> {
        let path = (&Method::POST, "/Enrollment/finalize-external-identification");
        let body =
            json!({ "userId": self.user, "bTrustAppCallBackId": null, "correlationType": 0 });
        for _ in 0..4 {
            let answer = self.api.call(path, Some(&body), Repeats::Often).await?;
            if answer.granted() {
                return Ok(answer.text("correlationId").unwrap_or("none").to_owned());
            }
            if answer.status.as_u16() != 400 {
                break;
            }
            // Too early: the polls tell when the signature is there.
            self.api.pause(PACE).await;
            self.poll(SIGNED).await?;
        }
        Err(Stop("it could not be finalised".to_owned()))
    }
}

fn needed(text: Option<String>) -> Result<String, Stop> {
    let found = text.filter(|text| !text.is_empty());
    found.ok_or_else(|| Stop("an answer lacks what the next step needs".to_owned()))
}
