//! The calls of the API: the token first, then what is asked. Users, e-mail and phone stand here;
//! identification and what follows stand in `onboarding`.

use contract::{
    Instant, Problem, Variant,
    lifecycle::{Lifecycle, Trigger},
    message::{Channel, MessageKind},
    problem::Refusal,
    timing::{RESENDS, Timing},
};

use crate::{
    code::{Code, Entered},
    command::{ApiRequest, Ask, Bearer, Envelope},
    outcome::{Answer, Grant, Happening, Reply},
    session::Stage,
    user::User,
    world::{Course, World},
};

/// What a call comes to, before a refusal gets its trace id.
pub(crate) type Heard = Result<Reply, Refusal>;

impl World {
    pub(crate) fn api(
        &mut self,
        envelope: &Envelope,
        request: &ApiRequest,
        course: &mut Course<'_>,
    ) -> Answer {
        let admitted = self.admit(envelope, request, course);
        let heard = match (admitted, &request.ask) {
            (Err(refusal), _) => Err(refusal),
            (Ok(_), Err(refusal)) => Err(refusal.clone()),
            (Ok(merchant), Ok(ask)) => self.hear(merchant, ask, course),
        };
        match heard {
            Ok(reply) => Answer::Reply(reply),
            Err(refusal) => self.refuse(envelope, refusal),
        }
    }

    /// The merchant for whom a call is made, if its token reaches so far.
    fn admit(
        &self,
        envelope: &Envelope,
        request: &ApiRequest,
        course: &Course<'_>,
    ) -> Result<i32, Refusal> {
        if request.bearer == Bearer::Missing && self.reads(Variant::BearerCheck, "optional") {
            let first = self.settings.merchants.first();
            return first.map(|merchant| merchant.id).ok_or(Refusal::new(Problem::Forbidden));
        }
        let merchant = self.merchant_of(&request.bearer, course)?;
        let Bearer::Issued(number) = request.bearer else { return Ok(merchant) };
        let Some(grant) = self.token(number) else { return Ok(merchant) };
        if self.reads(Variant::TokenBinding, "checked") && !is_bound(grant, envelope) {
            let challenge = "Bearer error=\"invalid_token\"".to_owned();
            return Err(Refusal::with_header(Problem::Unauthorized, challenge));
        }
        let row = self.settings.edition.tables().and_then(|all| all.endpoint(request.call));
        let scope = row.and_then(|row| row.scope);
        let reaches = scope.is_none_or(|scope| grant.scopes.iter().any(|own| own == scope));
        if self.reads(Variant::ScopeCheck, "checked") && !reaches {
            return Err(Refusal::new(Problem::Forbidden));
        }
        Ok(merchant)
    }

    /// The merchant to whom a good token was granted.
    fn merchant_of(&self, bearer: &Bearer, course: &Course<'_>) -> Result<i32, Refusal> {
        let challenge = match bearer {
            Bearer::Missing => "Bearer".to_owned(),
            Bearer::Foreign(None) => "Bearer error=\"invalid_token\"".to_owned(),
            Bearer::Foreign(Some(why)) => invalid_token(why),
            Bearer::Issued(number) => match self.token(*number) {
                None => "Bearer error=\"invalid_token\"".to_owned(),
                Some(grant) if course.at > grant.expires_at + Timing::TokenLeeway.span() => {
                    invalid_token(&format!(
                        "The token expired at '{}'",
                        grant.expires_at.us_format()
                    ))
                }
                Some(grant) => {
                    let mut merchants = self.settings.merchants.iter();
                    let owner = merchants.find(|merchant| merchant.has_client(&grant.client_id));
                    return owner.map(|merchant| merchant.id).ok_or_else(|| {
                        Refusal::with_header(Problem::Unauthorized, "Bearer".to_owned())
                    });
                }
            },
        };
        Err(Refusal::with_header(Problem::Unauthorized, challenge))
    }

    fn hear(&mut self, merchant: i32, ask: &Ask, course: &mut Course<'_>) -> Heard {
        match ask {
            Ask::CreateUser { merchant: asked, email } => {
                self.create_user((merchant, *asked), email.as_deref(), course)
            }
            Ask::ConfirmEmail { user, token } => self.confirm_email(merchant, *user, token, course),
            Ask::SendEmailConfirmation { user, email } => {
                self.send_email_confirmation(merchant, *user, email, course)
            }
            Ask::SendPhoneCode { user, phone } => {
                self.send_phone_code(merchant, *user, phone, course)
            }
            Ask::ResendPhoneCode { user } => self.resend_phone_code(merchant, *user, course),
            Ask::VerifyPhone { user, code } => self.verify_phone(merchant, *user, code, course),
            Ask::Initiate { user, restart, language } => {
                self.initiate(merchant, *user, (*restart, language.as_deref()), course)
            }
            Ask::IdentificationStatus { user, .. } => self.poll(merchant, *user, course),
            Ask::AddAdditionalData { user, data } => self.add_data(merchant, *user, data),
            Ask::Finalize { user } => self.finalize(merchant, *user, course),
            Ask::EnrollIndividual { user, data } => self.enroll(merchant, *user, data, course),
            Ask::UserStatus { user } => {
                Ok(Reply::UserStatus(self.user_of(merchant, *user)?.flags()))
            }
            Ask::List(list) => Ok(Reply::List(*list)),
            Ask::PostalCode { zip, country } => self.postal_code(zip, country),
            Ask::KycDocuments { individual } => {
                self.kyc_documents(merchant, *individual, course.at)
            }
        }
    }

    /// A user, if this merchant may know it; otherwise it is as unknown as none.
    pub(crate) fn user_of(&mut self, merchant: i32, id: i32) -> Result<&mut User, Refusal> {
        let shared = self.reads(Variant::MerchantIsolation, "shared");
        let user = self.users.get_mut(id).filter(|user| shared || user.merchant == merchant);
        user.ok_or(Refusal::new(Problem::UserNotFound))
    }

    /// The reading of an open question that is in force.
    pub(crate) fn reading(&self, variant: Variant) -> &'static str {
        self.settings.variants.reading(variant).id
    }

    /// Whether a reading of an open question is in force.
    pub(crate) fn reads(&self, variant: Variant, reading: &str) -> bool {
        self.settings.variants.reads(variant, reading)
    }

    fn create_user(
        &mut self,
        (owner, asked): (i32, i32),
        email: Option<&str>,
        course: &mut Course<'_>,
    ) -> Heard {
        let reaches =
            self.reads(Variant::MerchantIsolation, "shared") && self.merchant(asked).is_some();
        if owner != asked && !reaches {
            return Err(Refusal::new(Problem::MerchantRefused));
        }
        if email.is_some_and(|email| self.is_taken(email)) {
            return Err(Refusal::new(Problem::EmailAlreadyRegistered));
        }
        if self.users.count() >= self.settings.limits.users {
            return Err(Refusal::new(Problem::WorldFull));
        }
        let id = self.users.add(asked);
        let to = Lifecycle::Registered;
        course.happenings.push(Happening::Lifecycle { user: id, from: None, to });
        if let Some(email) = email {
            self.users.set_email(id, email);
            if self.reads(Variant::FirstMail, "at-creation") {
                self.send_code(id, MessageKind::EmailConfirmation, course);
            }
        }
        Ok(Reply::UserCreated { id })
    }

    fn confirm_email(
        &mut self,
        merchant: i32,
        id: i32,
        token: &str,
        course: &mut Course<'_>,
    ) -> Heard {
        let (tells, again) = (
            self.reads(Variant::BlockedCode, "told"),
            self.reads(Variant::ConfirmAgain, "accepted"),
        );
        let user = self.user_of(merchant, id)?;
        let contact = user.email.as_mut().ok_or(Refusal::new(Problem::InvalidToken))?;
        let code = contact.code.as_mut().ok_or(Refusal::new(Problem::InvalidToken))?;
        match code.enter(token, course.at) {
            Entered::Right => contact.proved = true,
            Entered::Again if again && contact.proved => {}
            Entered::Blocked if tells => return Err(blocked(code, course.at)),
            _ => return Err(Refusal::new(Problem::InvalidToken)),
        }
        Ok(Reply::Done)
    }

    fn is_taken(&self, email: &str) -> bool {
        let unique = self.reads(Variant::DuplicateEmail, "refuse");
        unique && self.users.owner_of_email(email).is_some()
    }

    /// A user without an address adopts the first one that is sent here: the pages allow a null
    /// address at creation and make its confirmation mandatory, so there must be a way (assumed).
    fn send_email_confirmation(
        &mut self,
        merchant: i32,
        id: i32,
        email: &str,
        course: &mut Course<'_>,
    ) -> Heard {
        let on_file = self.user_of(merchant, id)?.email.as_ref();
        let found = on_file.map(|contact| (is_same_address(&contact.value, email), contact.proved));
        let is_new = match found {
            Some((false, proved)) => match self.reading(Variant::EmailMismatch) {
                "silent" => return Ok(Reply::Done),
                "changes" if !proved => true,
                _ => return Err(Refusal::new(Problem::EmailMismatch)),
            },
            Some((true, true)) => return Ok(Reply::Done),
            Some((true, false)) => false,
            None => true,
        };
        if is_new && self.is_taken(email) {
            return Err(Refusal::new(Problem::EmailAlreadyRegistered));
        }
        // What is refused for its pace changes nothing.
        self.check_pace(id, MessageKind::EmailConfirmation, course.at)?;
        if is_new {
            self.users.set_email(id, email);
        }
        self.send_code(id, MessageKind::EmailConfirmation, course);
        Ok(Reply::Done)
    }

    fn send_phone_code(
        &mut self,
        merchant: i32,
        id: i32,
        phone: &str,
        course: &mut Course<'_>,
    ) -> Heard {
        let ordered = self.reads(Variant::StepOrder, "enforced");
        let silent = self.reads(Variant::SendWhenVerified, "accept");
        let user = self.user_of(merchant, id)?;
        if ordered && !user.has_email() {
            return Err(Refusal::new(Problem::EmailNotConfirmed));
        }
        if user.has_phone() {
            return accepted_in_silence(silent);
        }
        let has_other = user.phone.as_ref().is_some_and(|contact| &*contact.value != phone);
        let on_file = user.phone.is_some() && !has_other;
        if has_other && self.reads(Variant::PhoneChange, "refused") {
            return Err(Refusal::new(Problem::PhoneNotEligible));
        }
        self.check_pace(id, MessageKind::PhoneVerification, course.at)?;
        if !on_file {
            if self.users.owner_of_phone(phone).is_some() {
                return Err(Refusal::new(Problem::PhoneAlreadyRegistered));
            }
            self.users.set_phone(id, phone);
        }
        self.send_code(id, MessageKind::PhoneVerification, course);
        Ok(Reply::Done)
    }

    fn resend_phone_code(&mut self, merchant: i32, id: i32, course: &mut Course<'_>) -> Heard {
        let silent = self.reads(Variant::ResendWhenVerified, "accept");
        let user = self.user_of(merchant, id)?;
        if user.phone.is_none() {
            return Err(Refusal::new(Problem::PhoneNotEligible));
        }
        if user.has_phone() {
            return accepted_in_silence(silent);
        }
        self.check_pace(id, MessageKind::PhoneVerification, course.at)?;
        self.send_code(id, MessageKind::PhoneVerification, course);
        Ok(Reply::Done)
    }

    fn verify_phone(
        &mut self,
        merchant: i32,
        id: i32,
        code: &str,
        course: &mut Course<'_>,
    ) -> Heard {
        let tells = self.reads(Variant::BlockedCode, "told");
        let user = self.user_of(merchant, id)?;
        let contact = user.phone.as_mut().ok_or(Refusal::new(Problem::InvalidCode))?;
        let newest = contact.code.as_mut().ok_or(Refusal::new(Problem::InvalidCode))?;
        match newest.enter(code, course.at) {
            Entered::Right => contact.proved = true,
            Entered::Blocked if tells => return Err(blocked(newest, course.at)),
            _ => return Err(Refusal::new(Problem::InvalidCode)),
        }
        if self.reads(Variant::PendingFrom, "phone-verified") {
            self.trigger(id, Trigger::Initiated, course);
        }
        Ok(Reply::Done)
    }

    /// Whether one more code may be asked for, where that is limited.
    fn check_pace(&mut self, id: i32, kind: MessageKind, at: Instant) -> Result<(), Refusal> {
        let Some(user) = self.users.get_mut(id) else { return Ok(()) };
        let contact = match kind.channel() {
            Channel::Email => user.email.as_mut(),
            Channel::Sms => user.phone.as_mut(),
        };
        let Some(contact) = contact else { return Ok(()) };
        let window = Timing::ResendWindow.span();
        contact.asked.retain(|asked| *asked + window > at);
        match contact.asked.first() {
            Some(oldest) if contact.asked.len() >= RESENDS => {
                let seconds = (*oldest + window).seconds() - at.seconds();
                Err(Refusal::with_header(Problem::Throttled, seconds.max(1).to_string()))
            }
            _ => Ok(()),
        }
    }

    /// The latest questionnaire counts; whether there may be a second one is an open question.
    fn add_data(&mut self, merchant: i32, id: i32, data: &str) -> Heard {
        let late = self.reads(Variant::QuestionnaireOrder, "after-signing");
        let once = self.reads(Variant::RepeatQuestionnaire, "refused");
        let user = self.user_of(merchant, id)?;
        let signed =
            user.session.as_ref().is_some_and(|session| matches!(session.stage, Stage::Signed));
        if late && !signed {
            return Err(Refusal::new(Problem::QuestionnaireTooEarly));
        }
        if once && user.additional_data.is_some() {
            return Err(Refusal::new(Problem::QuestionnaireRepeated));
        }
        user.additional_data = Some(data.into());
        Ok(Reply::Done)
    }
}

/// A code that too many wrong entries have voided: how long it would have worked.
fn blocked(code: &Code, at: Instant) -> Refusal {
    Refusal::with_header(Problem::Throttled, code.seconds_left(at).max(1).to_string())
}

/// Whether the connection shows the certificate to which a token is bound, if it is bound at all.
fn is_bound(grant: &Grant, envelope: &Envelope) -> bool {
    grant.confirmation.is_empty()
        || envelope
            .peer
            .as_ref()
            .is_some_and(|peer| [&peer.sha1, &peer.sha256_base64url].contains(&&grant.confirmation))
}

/// What a call for a code comes to when the phone is verified: nothing is sent either way.
const fn accepted_in_silence(silent: bool) -> Heard {
    if silent { Ok(Reply::Done) } else { Err(Refusal::new(Problem::PhoneNotEligible)) }
}

fn is_same_address(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn invalid_token(why: &str) -> String {
    format!("Bearer error=\"invalid_token\", error_description=\"{why}\"")
}
