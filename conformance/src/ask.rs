//! One request of a story: what a healthy one carries, with the changes that the story asks for.
//! Who sends it and with which token stands in `play`.

use contract::{
    Call, EndpointRow,
    endpoint::{BodyKind, Gate},
    field::Place,
    message::MessageKind,
    step::Step,
    wire::{ConfirmEmail, CreateUser, Finalize, SendEmailConfirmation, SendPhoneCode, VerifyPhone},
};
use futures_util::future::join_all;
use judge::story::{Ask, Odd, Token, Who};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    flow::start_of,
    kyc,
    play::{Player, Undone, lacking, message_of},
    trouble::Trouble,
    wire::{Answer, Manner, Outgoing, Payload},
};

/// A request before its path is filled in.
struct Draft {
    path: Vec<(&'static str, String)>,
    payload: Payload,
}

impl Player<'_> {
    /// Sends a request, so often as it says at the same time, and learns from the answers.
    pub(crate) async fn ask(&mut self, ask: &Ask) -> Result<(), Undone> {
        let plan = self.site.settings.plan();
        let row = plan.tables().and_then(|tables| tables.endpoint(ask.call));
        let row = row.ok_or_else(|| lacking("the edition has no such call"))?;
        let tenant = self.tenant(ask.user)?;
        self.before_message(ask.user, ask.call).await?;
        let draft = self.draft(row, ask).await?;
        let bearer = match row.gate {
            Gate::Bearer => self.bearer(ask.user, ask.token).await?,
            Gate::Certificate | Gate::Open => None,
        };
        let wire = match ask.certificate {
            judge::story::Certificate::Own => tenant.merchant.wire().clone(),
            other => self.site.wire(other).ok_or_else(|| {
                lacking(&format!("the target names no client certificate '{}'", other.name()))
            })?,
        };
        let url = tenant.merchant.url(row, &draft.path)?;
        let manner = manner(ask.odd.as_ref(), &draft.payload);
        let user = self.somebody(ask.user)?.flow.so_far.user;
        let send = || {
            wire.send(Outgoing {
                row,
                host: row.asked_at(&plan.variants),
                url: url.clone(),
                user,
                bearer: bearer.as_deref(),
                basic: tenant.merchant.basic(ask.call).filter(|_| ask.token != Token::None),
                json_type: tenant.merchant.json_type(),
                payload: &draft.payload,
                manner: &manner,
                shows: ask.certificate,
            })
        };
        let answers = join_all((0..ask.times).map(|_| send())).await;
        answers.iter().flatten().try_for_each(|answer| self.learn(ask, row, answer))
    }

    /// What a success brings.
    fn learn(&mut self, ask: &Ask, row: &EndpointRow, answer: &Answer) -> Result<(), Undone> {
        let plan = self.site.settings.plan();
        let wanted = row.success(&plan.variants).map(|success| success.status);
        if Some(answer.status) != wanted {
            return Ok(());
        }
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(token) = body.get("access_token").and_then(Value::as_str) {
            self.asked_token = Some(token.into());
        }
        let somebody = self.somebody(ask.user)?;
        if ask.call == Call::CreateUser {
            let id = body.get("id").and_then(Value::as_i64);
            let id = id.and_then(|id| i32::try_from(id).ok());
            somebody.flow.so_far.user = id.or(somebody.flow.so_far.user);
        }
        let url = body.get("videoIdentificationUrl").and_then(Value::as_str);
        if let Some(url) = url.and_then(|url| url.parse().ok())
            && !somebody.flow.so_far.addresses.contains(&url)
        {
            somebody.flow.so_far.addresses.push(url);
        }
        if let Some(kind) = message_of(ask.call) {
            somebody.sent(kind);
        }
        // A poll is no phase: that takes as many as it takes.
        let is_phase = |step: Step| matches!(step, Step::PhaseA | Step::PhaseB);
        let is_done =
            |step: &&Step| !is_phase(**step) && plan.calls(**step).last() == Some(&ask.call);
        let done = Step::ALL.iter().find(is_done);
        // Only a request that was healthy takes a step.
        if let Some(step) = done.filter(|_| ask.set.is_empty() && ask.without.is_empty()) {
            somebody.did(*step);
        }
        Ok(())
    }

    async fn draft(&mut self, row: &'static EndpointRow, ask: &Ask) -> Result<Draft, Undone> {
        let mut draft = self.healthy(row, ask).await?;
        for (field, value) in &ask.set {
            let value = self.resolved(ask, value).await?;
            let place = row.field(field).map(|field| field.place);
            match (&mut draft.payload, place) {
                (_, Some(Place::Path)) => {
                    let written = text(&value);
                    draft.path.iter_mut().filter(|(name, _)| name == field).for_each(|known| {
                        known.1.clone_from(&written);
                    });
                }
                (Payload::Json(body), _) => put(body, field, value),
                (Payload::Form(fields), _) => {
                    fields.retain(|(name, _)| name != field);
                    fields.push((field.clone(), text(&value)));
                }
                (Payload::Nothing, _) => {}
            }
        }
        for field in &ask.without {
            match &mut draft.payload {
                Payload::Json(body) => take(body, field),
                Payload::Form(fields) => fields.retain(|(name, _)| name != field),
                Payload::Nothing => {}
            }
        }
        Ok(draft)
    }

    async fn healthy(&mut self, row: &'static EndpointRow, ask: &Ask) -> Result<Draft, Undone> {
        let changes =
            |field: &str| ask.set.contains_key(field) || ask.without.iter().any(|f| f == field);
        let path = self.healthy_path(row, ask)?;
        let payload = match row.body {
            BodyKind::None => Payload::Nothing,
            BodyKind::Form => Payload::Form(self.form(ask)?),
            BodyKind::Json => {
                let id = match changes("id") || changes("userId") || ask.call == Call::CreateUser {
                    true => self.somebody(ask.user)?.flow.so_far.user.unwrap_or(1),
                    false => self.somebody(ask.user)?.id()?,
                };
                Payload::Json(self.body(ask, id, changes("token") || changes("code")).await?)
            }
        };
        Ok(Draft { path, payload })
    }

    fn healthy_path(
        &mut self,
        row: &'static EndpointRow,
        ask: &Ask,
    ) -> Result<Vec<(&'static str, String)>, Undone> {
        let fields = row.fields.iter().filter(|field| field.place == Place::Path);
        let mut path = Vec::new();
        for field in fields {
            let value = match field.name {
                name if ask.set.contains_key(name) => String::new(),
                "id" => self.somebody(ask.user)?.id()?.to_string(),
                "userType" => "0".to_owned(),
                "isIdentificationCompleted" => "true".to_owned(),
                "zip" => "1000".to_owned(),
                "country" => "BG".to_owned(),
                _ => "1".to_owned(),
            };
            path.push((field.name, value));
        }
        Ok(path)
    }

    fn form(&self, ask: &Ask) -> Result<Vec<(String, String)>, Undone> {
        let tenant = self.tenant(ask.user)?;
        let fields = tenant.merchant.token_form(ask.call)?;
        Ok(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    async fn body(&mut self, ask: &Ask, id: i32, brings_code: bool) -> Result<Value, Undone> {
        let who = ask.user;
        let code = match code_of(ask.call).filter(|_| !brings_code) {
            Some(kind) => self.code(who, kind).await?,
            None => "000000".to_owned(),
        };
        let merchant_id = self.tenant(who)?.id;
        let applicant = self.somebody(who)?.flow.applicant.clone();
        let variants = self.site.settings.variants;
        match ask.call {
            Call::CreateUser => json(&CreateUser { merchant_id, email: Some(applicant.email) }),
            Call::SendEmailConfirmation => {
                json(&SendEmailConfirmation { id, email: applicant.email })
            }
            Call::ConfirmEmail => {
                json(&ConfirmEmail { id, token: code, correlation_type: Some(0) })
            }
            Call::SendPhoneCode => json(&SendPhoneCode { id, phone_number: applicant.phone }),
            Call::VerifyPhone => json(&VerifyPhone { id, code }),
            Call::Initiate => json(&start_of(id, false)),
            Call::Finalize => json(&Finalize {
                user_id: id,
                b_trust_app_call_back_id: None,
                correlation_type: Some(0),
            }),
            Call::AddAdditionalData => {
                let choices = self.choices(who).await?;
                json(&applicant.questionnaire(id, choices, &variants))
            }
            Call::EnrollIndividual => {
                let choices = self.choices(who).await?;
                json(&applicant.individual(id, choices, &variants))
            }
            _ => Ok(json!({})),
        }
    }

    /// Codes of the lists, fetched once.
    async fn choices(&mut self, who: Who) -> Result<kyc::Choices, Undone> {
        if let Some(choices) = &self.choices {
            return Ok(choices.clone());
        }
        let tenant = self.tenant(who)?;
        let chance = self.somebody(who)?.flow.chance;
        let choices = kyc::choose(&tenant.merchant, chance).await?;
        self.choices = Some(choices.clone());
        Ok(choices)
    }

    /// A value with its symbols filled in.
    async fn resolved(&mut self, ask: &Ask, value: &Value) -> Result<Value, Undone> {
        let Some(symbol) = value.as_str().and_then(|text| text.strip_prefix('$')) else {
            return Ok(value.clone());
        };
        if let Some((what, who)) = symbol.strip_suffix(')').and_then(|text| text.split_once('(')) {
            let who: Who = serde_json::from_value(Value::from(who))
                .map_err(|_| lacking(&format!("nobody is called '{who}'")))?;
            let somebody = self.somebody(who)?;
            return Ok(match what {
                "id" => somebody.id()?.into(),
                "email" => somebody.flow.applicant.email.clone().into(),
                "phone" => somebody.flow.applicant.phone.clone().into(),
                other => return Err(lacking(&format!("${other} stands for nothing"))),
            });
        }
        let kind = code_of(ask.call).unwrap_or(MessageKind::EmailConfirmation);
        Ok(match symbol {
            "newest-code" => self.newest_or_zeros(ask.user, kind).await?.into(),
            "wrong-code" => wrong(&self.newest_or_zeros(ask.user, kind).await?).into(),
            "previous-code" => self.earlier_code(ask.user, kind).await?.into(),
            "lower-thumbprint" => {
                let tenant = self.tenant(ask.user)?;
                tenant.merchant.thumbprint().to_ascii_lowercase().into()
            }
            other => return Err(lacking(&format!("${other} stands for nothing"))),
        })
    }
}

/// Which code a call carries.
const fn code_of(call: Call) -> Option<MessageKind> {
    match call {
        Call::ConfirmEmail => Some(MessageKind::EmailConfirmation),
        Call::VerifyPhone => Some(MessageKind::PhoneVerification),
        _ => None,
    }
}

/// Six digits that are not these.
fn wrong(code: &str) -> String {
    let turned = code.chars().map(|digit| match digit.to_digit(10) {
        Some(value) => char::from_digit((value + 1) % 10, 10).unwrap_or('0'),
        None => digit,
    });
    turned.collect()
}

fn manner(odd: Option<&Odd>, payload: &Payload) -> Manner {
    const JSON: &str = "application/json";
    let (method, media_type, body) = match odd {
        None => (None, None, None),
        Some(Odd::Method(method)) => (Some(method.clone()), None, None),
        Some(Odd::MediaType(kind)) => (None, Some(kind.clone()), None),
        Some(Odd::AsJson) => {
            let body = payload.as_json().unwrap_or_default().to_string();
            (None, Some(JSON.to_owned()), Some(body))
        }
        Some(Odd::Twice(field)) => {
            let whole = payload.encoded().unwrap_or_default();
            let again = whole.split('&').find(|pair| pair.starts_with(&encoded(field)));
            (None, None, Some(format!("{whole}&{}", again.unwrap_or_default())))
        }
        Some(Odd::Broken) => {
            let whole = payload.encoded().unwrap_or_default();
            (None, None, Some(whole.chars().take(whole.chars().count() / 2).collect()))
        }
        Some(Odd::Huge) => (None, None, Some(format!("{{\"x\":\"{}\"}}", "x".repeat(2 << 20)))),
        Some(Odd::Deep) => {
            (None, None, Some(format!("{}{}", "{\"x\":".repeat(1000), "1") + &"}".repeat(1000)))
        }
    };
    Manner { method, media_type, body }
}

fn encoded(field: &str) -> String {
    url::form_urlencoded::byte_serialize(field.as_bytes()).collect()
}

/// Puts a value at a path such as `additionalData.data.gender`.
fn put(body: &mut Value, path: &str, value: Value) {
    match path.split_once('.') {
        Some((head, rest)) => {
            if let Some(members) = body.as_object_mut() {
                let inner = members.entry(head).or_insert_with(|| Value::Object(Map::new()));
                put(inner, rest, value);
            }
        }
        None => {
            if let Some(members) = body.as_object_mut() {
                members.insert(path.to_owned(), value);
            }
        }
    }
}

fn take(body: &mut Value, path: &str) {
    let Some(members) = body.as_object_mut() else { return };
    match path.split_once('.') {
        Some((head, rest)) => {
            if let Some(inner) = members.get_mut(head) {
                take(inner, rest);
            }
        }
        None => {
            members.remove(path);
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn json<T: Serialize>(body: &T) -> Result<Value, Undone> {
    serde_json::to_value(body).map_err(|error| {
        Undone::Trouble(Trouble::Harness(format!("a request could not be written: {error}")))
    })
}
