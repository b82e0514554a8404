//! The steps, as a merchant takes them: the edition's rows and the readings in force say which
//! calls a step makes, and in which order. A step ends well, or says why the flow cannot go
//! on; what that is worth is the judge's business.

use std::{sync::Arc, time::Duration};

use contract::{
    Call, Host,
    message::MessageKind,
    status::IdentificationStatus,
    step::Step,
    trace::Leg,
    wire::{
        ConfirmEmail, CreateUser, Finalize, Initiate, SendEmailConfirmation, SendPhoneCode,
        VerifyPhone,
    },
};
use judge::{Plan, Says};
use url::Url;

use crate::{
    agent::{Journey, Lost},
    applicant::Applicant,
    chance::Chance,
    client::{CallError, Merchant},
    codes::Codes,
    kyc,
    pages::Pages,
    poll::{Ended, Poll},
    receiver::Receiver,
    trouble::Trouble,
};

/// What a merchant needs for an onboarding, and how far it is.
#[derive(Debug)]
pub struct Flow {
    /// The typed calls.
    pub merchant: Arc<Merchant>,
    /// Where browsers come back to.
    pub receiver: Arc<Receiver>,
    /// Where codes come from.
    pub codes: Codes,
    /// Who opens the pages.
    pub pages: Arc<Pages>,
    /// What the run sets out to do.
    pub plan: Plan,
    /// Who is onboarded.
    pub applicant: Applicant,
    /// Whether the address comes with the request for the mail, and not with the user.
    pub email_later: bool,
    /// Which merchant asks.
    pub merchant_id: i32,
    /// How long a phase is polled.
    pub poll_limit: Duration,
    /// Where choices come from.
    pub chance: Chance,
    /// What earlier steps brought.
    pub so_far: SoFar,
}

/// What earlier steps brought.
#[derive(Clone, Debug, Default)]
pub struct SoFar {
    /// The user's number.
    pub user: Option<i32>,
    /// The addresses that a browser was to open, the newest last.
    pub addresses: Vec<Url>,
}

/// Why the flow cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The target did not do what the next step needs; the trace shows it.
    Target(String),
    /// A host did not answer.
    NoAnswer(Host, String),
    /// Nothing can be said about the target.
    Trouble(Trouble),
}

impl Flow {
    /// Takes one step.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn take(&mut self, step: Step) -> Result<(), Stop> {
        match step {
            Step::FirstRedirect => self.journey(Leg::Identification).await,
            Step::PhaseA => self.poll(Leg::Identification).await,
            Step::SecondRedirect => self.journey(Leg::Signing).await,
            Step::PhaseB => self.poll(Leg::Signing).await,
            _ => {
                for call in self.plan.calls(step) {
                    self.make(call).await?;
                }
                Ok(())
            }
        }
    }

    async fn make(&mut self, call: Call) -> Result<(), Stop> {
        match call {
            Call::CreateUser => self.create_user().await,
            Call::SendEmailConfirmation => self.send_email_confirmation().await,
            Call::ConfirmEmail => self.confirm_email().await,
            Call::SendPhoneCode => self.send_phone_code().await,
            Call::VerifyPhone => self.verify_phone().await,
            Call::AddAdditionalData => self.add_additional_data().await,
            Call::Initiate => self.initiate().await,
            Call::Finalize => self.finalize().await,
            Call::EnrollIndividual => self.enroll_individual().await,
            Call::MtlsToken | Call::PlainToken => {
                Ok(self.merchant.fresh_token().await.map(|_| ())?)
            }
            other => {
                let sentence = format!("A step asks for {other}, which no merchant makes there.");
                Err(Stop::Trouble(Trouble::Harness(sentence)))
            }
        }
    }

    async fn create_user(&mut self) -> Result<(), Stop> {
        let email = (!self.email_later).then(|| self.applicant.email.clone());
        let body = CreateUser { merchant_id: self.merchant_id, email };
        let created = self.merchant.create_user(&body).await?;
        self.so_far.user = Some(created.id);
        if self.email_later {
            self.send_email_confirmation().await?;
        }
        Ok(())
    }

    async fn send_email_confirmation(&self) -> Result<(), Stop> {
        let email = self.applicant.email.clone();
        let body = SendEmailConfirmation { id: self.user()?, email };
        Ok(self.merchant.send_email_confirmation(&body).await?)
    }

    async fn confirm_email(&self) -> Result<(), Stop> {
        let user = self.user()?;
        let token = self.code(user, MessageKind::EmailConfirmation).await?;
        let body = ConfirmEmail { id: user, token, correlation_type: Some(0) };
        self.merchant.confirm_email(&body).await?;
        self.merchant.user_status(user).await?;
        Ok(())
    }

    async fn send_phone_code(&self) -> Result<(), Stop> {
        let phone_number = self.applicant.phone.clone();
        let body = SendPhoneCode { id: self.user()?, phone_number };
        Ok(self.merchant.send_phone_code(&body).await?)
    }

    async fn verify_phone(&self) -> Result<(), Stop> {
        let user = self.user()?;
        let code = self.code(user, MessageKind::PhoneVerification).await?;
        self.merchant.verify_phone(&VerifyPhone { id: user, code }).await?;
        self.merchant.user_status(user).await?;
        Ok(())
    }

    async fn initiate(&mut self) -> Result<(), Stop> {
        self.open_identification(false).await
    }

    /// Begins a failed identification again.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn initiate_again(&mut self) -> Result<(), Stop> {
        self.open_identification(true).await
    }

    /// From now on a browser that comes back belongs to this journey; nobody opens the pages.
    ///
    /// # Errors
    /// When there is no user yet.
    pub fn expect_browser(&self, leg: Leg) -> Result<(), Stop> {
        self.receiver.expect(self.user()?, leg);
        Ok(())
    }

    /// What a person would press before a step is tried again: "send me the code once more".
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn ask_again(&mut self, step: Step) -> Result<(), Stop> {
        let asked = match step {
            Step::ConfirmEmail => self.send_email_confirmation().await,
            Step::VerifyPhone => self.send_phone_code().await,
            _ => Ok(()),
        };
        match asked {
            // Whether the code came or not, the step itself will tell.
            Err(Stop::Target(_)) => Ok(()),
            other => other,
        }
    }

    /// Whether a step that was refused has been done all the same: an answer may have been lost.
    ///
    /// # Errors
    /// See [`Stop`].
    pub async fn has_happened(&self, step: Step) -> Result<bool, Stop> {
        let flag = match step {
            Step::ConfirmEmail => "isEmailVerified",
            Step::VerifyPhone => "isPhoneNumberVerified",
            _ => return Ok(false),
        };
        let status = self.merchant.user_status(self.user()?).await?;
        Ok(status.get(flag) == Some(&serde_json::Value::Bool(true)))
    }

    async fn open_identification(&mut self, restart: bool) -> Result<(), Stop> {
        let body = start_of(self.user()?, restart);
        let opened = self.merchant.initiate(&body).await?;
        self.keep_address(opened.video_identification_url.as_deref())
    }

    async fn journey(&self, leg: Leg) -> Result<(), Stop> {
        let user = self.user()?;
        let start = self.so_far.addresses.last();
        let start = start.ok_or_else(|| target("there is no address to open"))?;
        self.receiver.expect(user, leg);
        let person = self.plan.person;
        let journey = Journey { start, leg, person, user, codes: &self.codes };
        self.pages.open(&journey).await?;
        let came = self.receiver.wait(user, leg, self.pages.limit()).await;
        came.map(|_| ()).ok_or_else(|| target("no browser came back to the merchant"))
    }

    async fn poll(&mut self, leg: Leg) -> Result<(), Stop> {
        let target = self.plan.phase_end(leg);
        let poll = Poll { target, limit: self.poll_limit };
        match poll.run(&self.merchant, self.user()?).await? {
            Ended::Target(address) if leg == Leg::Identification && is_success(target) => {
                self.keep_address(address.as_deref())
            }
            Ended::Target(_) => Ok(()),
            Ended::Failed => Err(Stop::Target("the target says ERROR".to_owned())),
            Ended::TimedOut => {
                let limit = self.poll_limit.as_secs();
                Err(Stop::Target(format!("{target} did not come within {limit} s")))
            }
        }
    }

    async fn add_additional_data(&self) -> Result<(), Stop> {
        let user = self.user()?;
        let choices = kyc::choose(&self.merchant, self.chance).await?;
        let body = self.applicant.questionnaire(user, choices, &self.plan.variants);
        Ok(self.merchant.add_additional_data(&body).await?)
    }

    async fn enroll_individual(&self) -> Result<(), Stop> {
        let user = self.user()?;
        let choices = kyc::choose(&self.merchant, self.chance).await?;
        let body = self.applicant.individual(user, choices, &self.plan.variants);
        self.merchant.enroll_individual(&body).await?;
        self.merchant.user_status(user).await?;
        Ok(())
    }

    async fn finalize(&self) -> Result<(), Stop> {
        let user = self.user()?;
        let body =
            Finalize { user_id: user, b_trust_app_call_back_id: None, correlation_type: Some(0) };
        self.merchant.finalize(&body).await?;
        self.merchant.user_status(user).await?;
        Ok(())
    }

    fn user(&self) -> Result<i32, Stop> {
        self.so_far.user.ok_or_else(|| target("there is no user"))
    }

    async fn code(&self, user: i32, kind: MessageKind) -> Result<String, Stop> {
        let newest = self.codes.newest(user, kind).await.map_err(Stop::Trouble)?;
        newest.ok_or_else(|| Stop::Target(format!("no {} arrived", kind.code_name())))
    }

    fn keep_address(&mut self, address: Option<&str>) -> Result<(), Stop> {
        let url = address.and_then(|text| text.parse::<Url>().ok());
        let url = url.ok_or_else(|| target("there is no address to open"))?;
        if self.so_far.addresses.last() != Some(&url) {
            self.so_far.addresses.push(url);
        }
        Ok(())
    }
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused { call, status } => {
                Self::Target(format!("{call} answered {status}"))
            }
            CallError::Unreadable { call, reason } => {
                Self::Target(format!("the answer to {call} cannot be read: {reason}"))
            }
            CallError::NoAnswer { host, reason } => Self::NoAnswer(host, reason),
            CallError::Trouble(trouble) => Self::Trouble(trouble),
        }
    }
}

impl From<Lost> for Stop {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Stuck(reason) => Self::Target(reason),
            Lost::Trouble(trouble) => Self::Trouble(trouble),
        }
    }
}

/// The body with which an identification is started, or started anew.
pub(crate) fn start_of(user_id: i32, restart: bool) -> Initiate {
    Initiate {
        user_id,
        is_restart_identification: restart,
        local_timezone: Some("Europe/Sofia".to_owned()),
        user_agent: Some("conformance".to_owned()),
        browser_language: Some("en-US".to_owned()),
        user_language: Some("en".to_owned()),
        device_name: Some("conformance".to_owned()),
        correlation_type: Some(0),
    }
}

/// Whether a phase ends with somewhere to go on.
fn is_success(end: Says) -> bool {
    matches!(end, Says::Status(status) if status != IdentificationStatus::Error)
}

fn target(reason: &str) -> Stop {
    Stop::Target(reason.to_owned())
}
