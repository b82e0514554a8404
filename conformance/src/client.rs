//! The reference merchant's typed calls. Paths, methods and gates are read from the contract's
//! rows; tokens are renewed once when they are refused; failures that pass are retried.

use std::sync::Arc;

use contract::{
    Call, EndpointRow, Host, Variant, Variants,
    endpoint::Gate,
    lists::CodeList,
    wire::{
        AddAdditionalData, ConfirmEmail, CreateUser, CreatedUser, EnrollIndividual, Finalize,
        Finalized, Identification, Initiate, ListEntry, SendEmailConfirmation, SendPhoneCode,
        Token, VerifyPhone,
    },
};
use judge::story::Certificate;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

pub use crate::account::{Account, CallError, Law};
use crate::{
    retry::Retry,
    token::TokenCache,
    trouble::Trouble,
    wire::{Answer, Manner, Outgoing, Payload, Wire},
};

/// The reference merchant.
#[derive(Debug)]
pub struct Merchant {
    account: Account,
    law: Law,
    wire: Wire,
    tokens: TokenCache,
    retry: Retry,
}

/// One call before it has a token.
struct Ask<'a> {
    call: Call,
    user: Option<i32>,
    path: &'a [(&'static str, String)],
    payload: Payload,
}

impl Merchant {
    /// A merchant without a token.
    #[must_use]
    pub fn new(account: Account, law: Law, wire: Wire, retry: Retry) -> Self {
        Self { account, law, wire, tokens: TokenCache::default(), retry }
    }

    /// The wire it speaks over.
    #[must_use]
    pub const fn wire(&self) -> &Wire {
        &self.wire
    }

    /// `POST /User`.
    ///
    /// # Errors
    /// See [`CallError`]; the same holds for every call below.
    pub async fn create_user(&self, body: &CreateUser) -> Result<CreatedUser, CallError> {
        self.post(Call::CreateUser, None, body).await
    }

    /// `POST /User/email/send-confirmation`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn send_email_confirmation(
        &self,
        body: &SendEmailConfirmation,
    ) -> Result<(), CallError> {
        self.post_quietly(Call::SendEmailConfirmation, body.id, body).await
    }

    /// `POST /User/email/confirm`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn confirm_email(&self, body: &ConfirmEmail) -> Result<(), CallError> {
        self.post_quietly(Call::ConfirmEmail, body.id, body).await
    }

    /// `POST /User/phone-number/send-code`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn send_phone_code(&self, body: &SendPhoneCode) -> Result<(), CallError> {
        self.post_quietly(Call::SendPhoneCode, body.id, body).await
    }

    /// `POST /User/phone-number/verify`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn verify_phone(&self, body: &VerifyPhone) -> Result<(), CallError> {
        self.post_quietly(Call::VerifyPhone, body.id, body).await
    }

    /// `POST /Enrollment/initiate-external-identification`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn initiate(&self, body: &Initiate) -> Result<Identification, CallError> {
        self.post(Call::Initiate, Some(body.user_id), body).await
    }

    /// One poll, with completion `true`. It is not retried here: the next poll is the retry.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn identification_status(&self, user: i32) -> Result<Identification, CallError> {
        let path = [
            ("id", user.to_string()),
            ("userType", "0".to_owned()),
            ("isIdentificationCompleted", "true".to_owned()),
        ];
        let call = Call::IdentificationStatus;
        let ask = Ask { call, user: Some(user), path: &path, payload: Payload::Nothing };
        let answer = self.answered(&ask, Retry { attempts: 1, ..self.retry }).await?;
        read(call, &answer)
    }

    /// `GET /User/{id}/status`, or null where it cannot be read.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn user_status(&self, user: i32) -> Result<Value, CallError> {
        let path = [("id", user.to_string())];
        let call = Call::UserStatus;
        let ask = Ask { call, user: Some(user), path: &path, payload: Payload::Nothing };
        let answer = self.answered(&ask, self.retry).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    /// One of the four KYC code lists.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn code_list(&self, list: CodeList) -> Result<Vec<ListEntry>, CallError> {
        let call = list.call();
        let ask = Ask { call, user: None, path: &[], payload: Payload::Nothing };
        read(call, &self.answered(&ask, self.retry).await?)
    }

    /// `POST /User/add-additional-data`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn add_additional_data(&self, body: &AddAdditionalData) -> Result<(), CallError> {
        self.post_quietly(Call::AddAdditionalData, body.id, body).await
    }

    /// `POST /Enrollment/finalize-external-identification`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn finalize(&self, body: &Finalize) -> Result<Finalized, CallError> {
        self.post(Call::Finalize, Some(body.user_id), body).await
    }

    /// `POST /api/v1/enrollment/individual`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn enroll_individual(&self, body: &EnrollIndividual) -> Result<Finalized, CallError> {
        self.post(Call::EnrollIndividual, Some(body.user_id), body).await
    }

    /// A token that nobody has used before.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn fresh_token(&self) -> Result<Arc<str>, CallError> {
        let call = self.law.token_call;
        let fields = self.token_form(call)?.into_iter();
        let fields = fields.map(|(name, value)| (name.to_owned(), value)).collect();
        let ask = Ask { call, user: None, path: &[], payload: Payload::Form(fields) };
        let asked = self.wire.clock.now();
        let token: Token = read(call, &self.answered(&ask, self.retry).await?)?;
        Ok(self.tokens.keep(&token.access_token, asked, token.expires_in).await)
    }

    /// A token for the next call: the one that is held, or a new one.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn bearer(&self) -> Result<Arc<str>, CallError> {
        self.token().await
    }

    /// The thumbprint of the client certificate.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.account.thumbprint
    }

    /// The form with which a token is asked for.
    ///
    /// # Errors
    /// When tokens are had by password and there is none.
    pub fn token_form(&self, call: Call) -> Result<Vec<(&'static str, String)>, CallError> {
        self.account.token_form(call)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        call: Call,
        user: Option<i32>,
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        let payload = json(body)?;
        let ask = Ask { call, user, path: &[], payload };
        read(call, &self.answered(&ask, self.retry).await?)
    }

    async fn post_quietly(
        &self,
        call: Call,
        user: i32,
        body: &impl Serialize,
    ) -> Result<(), CallError> {
        let ask = Ask { call, user: Some(user), path: &[], payload: json(body)? };
        self.answered(&ask, self.retry).await.map(|_| ())
    }

    /// Sends until it succeeds or the rules of retrying give up.
    async fn answered(&self, ask: &Ask<'_>, retry: Retry) -> Result<Answer, CallError> {
        let row = self.row(ask.call)?;
        let url = self.url(row, ask.path)?;
        let (mut attempt, mut renewed) = (1, false);
        loop {
            let token = match row.gate {
                Gate::Bearer => Some(self.token().await?),
                Gate::Certificate | Gate::Open => None,
            };
            let out = Outgoing {
                row,
                host: row.asked_at(&self.law.variants),
                url: url.clone(),
                user: ask.user,
                bearer: token.as_deref(),
                basic: self.basic(ask.call),
                json_type: self.json_type(),
                payload: &ask.payload,
                manner: &Manner::default(),
                shows: Certificate::Own,
            };
            let result = self.wire.send(out).await;
            if let (Ok(Answer { status: 401, .. }), Some(token), false) = (&result, &token, renewed)
            {
                self.tokens.forget(token).await;
                renewed = true;
                continue;
            }
            let again = retry.wait(ask.call, attempt, &result, self.wire.clock.now());
            match again.filter(|_| !self.wire.recorder.is_silent()) {
                Some(wait) => self.wire.clock.sleep(wait).await.map_err(CallError::Trouble)?,
                None => return settled(row, &self.law.variants, result),
            }
            attempt += 1;
        }
    }

    /// The client and its secret, for a call that shows them.
    #[must_use]
    pub fn basic(&self, call: Call) -> Option<(&str, &str)> {
        let secrets = self.account.secrets.as_ref().filter(|_| call == Call::PlainToken)?;
        Some((&self.account.client_id, &secrets.client_secret))
    }

    /// The media type that the edition names first, unless a reading takes it away.
    #[must_use]
    pub fn json_type(&self) -> &'static str {
        let Law { tables, variants, .. } = &self.law;
        let is_refused = variants.reads(Variant::PatchMediaType, "refused");
        let mut types = tables.json_types.iter().copied();
        let sent = types.find(|kind| !is_refused || *kind != "application/json-patch+json");
        sent.unwrap_or("application/json")
    }

    async fn token(&self) -> Result<Arc<str>, CallError> {
        match self.tokens.get(self.wire.clock.now()).await {
            Some(token) => Ok(token),
            // Asking for a token asks for no token: the recursion is one deep.
            None => Box::pin(self.fresh_token()).await,
        }
    }

    fn row(&self, call: Call) -> Result<&'static EndpointRow, CallError> {
        self.law.tables.endpoint(call).ok_or_else(|| {
            let edition = self.law.tables.edition;
            let sentence = format!("Edition {edition} has no call {call}.");
            CallError::Trouble(Trouble::Configuration(sentence))
        })
    }

    /// The address of a call with its parameters filled in.
    ///
    /// # Errors
    /// When that is no address.
    pub fn url(
        &self,
        row: &EndpointRow,
        parameters: &[(&'static str, String)],
    ) -> Result<Url, CallError> {
        let host = row.asked_at(&self.law.variants);
        let base = if host == Host::Auth { &self.account.auth } else { &self.account.api };
        let mut path = row.path.to_owned();
        for (name, value) in parameters {
            let value: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            path = path.replace(&format!("{{{name}}}"), &value);
        }
        let joined = format!("{}{path}", base.as_str().trim_end_matches('/'));
        joined.parse().map_err(|error| {
            CallError::Trouble(Trouble::Configuration(format!("{joined} is no URL: {error}")))
        })
    }
}

fn settled(
    row: &EndpointRow,
    variants: &Variants,
    result: Result<Answer, String>,
) -> Result<Answer, CallError> {
    let wanted = row.success(variants).map(|success| success.status);
    match result {
        Ok(answer) if Some(answer.status) == wanted => Ok(answer),
        Ok(answer) => Err(CallError::Refused { call: row.call, status: answer.status }),
        Err(reason) => Err(CallError::NoAnswer { host: row.asked_at(variants), reason }),
    }
}

fn json(body: &impl Serialize) -> Result<Payload, CallError> {
    let body = serde_json::to_value(body);
    body.map(Payload::Json).map_err(|error| {
        CallError::Trouble(Trouble::Harness(format!("a request could not be written: {error}")))
    })
}

fn read<T: DeserializeOwned>(call: Call, answer: &Answer) -> Result<T, CallError> {
    serde_json::from_slice(&answer.body)
        .map_err(|error| CallError::Unreadable { call, reason: error.to_string() })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use contract::{Edition, Instant};
    use serde_json::json;

    use super::*;
    use crate::{
        chance::Chance,
        clock::Clock,
        fake::{Fake, Reply, Request, reply, text},
        http,
        recorder::{Recorder, tests::header},
    };

    /// A merchant whose target is a closure. The token endpoint always grants the next token.
    pub(crate) async fn merchant(
        serve: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> (Merchant, Fake) {
        let (tokens, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let fake = Fake::start(move |request| {
            if request.target == "/connect/mtls/token" {
                let token = format!("t{}", tokens.fetch_add(1, Ordering::SeqCst) + 1);
                let body = json!({
                    "access_token": token, "expires_in": 3600, "token_type": "Bearer"
                });
                return reply(200, &body);
            }
            serve(request, calls.fetch_add(1, Ordering::SeqCst) + 1)
        })
        .await;
        let account = Account {
            api: fake.url("/"),
            auth: fake.url("/"),
            client_id: "merchant".to_owned(),
            scope: "Tenn.CRM".to_owned(),
            thumbprint: "ABCDEF".to_owned(),
            secrets: Some(crate::secrets::Secrets {
                client_secret: "s3cret".to_owned(),
                username: "anna".to_owned(),
                password: "pass".to_owned(),
            }),
        };
        let wire = Wire {
            http: http::client(None).unwrap(),
            recorder: Arc::new(Recorder::create(None, header()).unwrap()),
            clock: Clock::manual(),
        };
        let tables = Edition::DEFAULT.tables().unwrap();
        (
            Merchant::new(
                account,
                Law { tables, variants: Variants::default(), token_call: Call::MtlsToken },
                wire,
                Retry::new(Chance::new(1)),
            ),
            fake,
        )
    }

    fn status() -> Reply {
        reply(
            200,
            &json!({
                "isEmailVerified": true, "isPhoneNumberVerified": true, "isScaVerified": false,
                "isAdditionalData": false, "isOptionalKyc": false, "status": 50
            }),
        )
    }

    fn bearers(fake: &Fake) -> Vec<String> {
        fake.seen().into_iter().filter_map(|seen| seen.bearer).collect()
    }

    fn calls_to(fake: &Fake, target: &str) -> usize {
        fake.seen().iter().filter(|seen| seen.target == target).count()
    }

    #[tokio::test]
    async fn one_token_serves_until_it_is_about_to_expire() {
        let (merchant, fake) = merchant(|_, _| status()).await;
        merchant.user_status(7).await.unwrap();
        merchant.user_status(7).await.unwrap();
        merchant.wire.clock.sleep(Duration::from_secs(3600)).await.unwrap();
        merchant.user_status(7).await.unwrap();
        assert_eq!(bearers(&fake), ["t1", "t1", "t2"]);
        let form = &fake.seen()[0].body;
        assert_eq!(
            form,
            "client_id=merchant&grant_type=client_credentials&scope=Tenn.CRM\
             &IdentityServer%3AMTLS%3AX509Certificate=ABCDEF"
        );
    }

    #[tokio::test]
    async fn a_refused_token_is_renewed_once_and_the_same_call_is_sent_again() {
        let (merchant, fake) = merchant(|request, _| match request.bearer.as_deref() {
            Some("t1") => text(401, ""),
            _ => status(),
        })
        .await;
        merchant.user_status(7).await.unwrap();
        assert_eq!(bearers(&fake), ["t1", "t2"]);

        let (merchant, fake) = self::merchant(|_, _| text(401, "")).await;
        let error = merchant.user_status(7).await.unwrap_err();
        assert_eq!(error, CallError::Refused { call: Call::UserStatus, status: 401 });
        assert_eq!(bearers(&fake), ["t1", "t2"]);
    }

    #[tokio::test]
    async fn failures_that_pass_are_retried_on_the_runners_clock() {
        let (merchant, fake) = merchant(|_, nth| match nth {
            1 => text(503, "").with("retry-after", "30"),
            2 => text(502, ""),
            _ => status(),
        })
        .await;
        merchant.user_status(7).await.unwrap();
        assert_eq!(calls_to(&fake, "/User/7/status"), 3);
        let waited = merchant.wire.clock.now().millis() - Instant::STEPPED_START.millis();
        assert!((30_000..=31_000).contains(&waited), "{waited}");
    }

    #[tokio::test]
    async fn retrying_ends_and_creating_is_never_repeated() {
        let (merchant, fake) = merchant(|_, _| text(500, "")).await;
        let body = CreateUser { merchant_id: 1, email: None };
        merchant.create_user(&body).await.unwrap_err();
        assert_eq!(calls_to(&fake, "/User"), 1);
        merchant.user_status(7).await.unwrap_err();
        assert_eq!(calls_to(&fake, "/User/7/status"), 4);
    }

    #[tokio::test]
    async fn another_success_or_an_unreadable_one_is_an_error() {
        let (merchant, _fake) = merchant(|_, nth| match nth {
            1 => reply(200, &json!({ "id": 5 })),
            _ => reply(201, &json!({ "id": "5" })),
        })
        .await;
        let body = CreateUser { merchant_id: 1, email: None };
        let first = merchant.create_user(&body).await.unwrap_err();
        assert_eq!(first, CallError::Refused { call: Call::CreateUser, status: 200 });
        let second = merchant.create_user(&body).await.unwrap_err();
        assert!(matches!(second, CallError::Unreadable { .. }), "{second:?}");
    }
}
