//! The authorization endpoint. What is wrong with client or redirect is told to the person, since
//! the redirect cannot be trusted then; everything else goes back to the app.

use contract::{Problem, problem::Refusal, timing::Timing};

use super::{Code, Form, Kind, Session, grants::granted_scopes, pkce::Challenge};
use crate::{
    api::Heard,
    command::IdentityRequest,
    draw::{self, Purpose},
    outcome::{Brings, Reply, Secret, SentBack, SignInView},
    world::World,
};

/// An error that goes back to the app: code and description.
type Fault = (&'static str, &'static str);

/// What an app asks for, checked.
struct Wish {
    challenge: Challenge,
    scopes: Vec<String>,
    nonce: Option<String>,
    prompt: Prompt,
    max_age: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prompt {
    WhenNeeded,
    Login,
    Never,
}

/// An app whose redirect can be trusted.
struct App {
    client_id: String,
    merchant: i32,
    to: String,
}

const LONGEST_CLIENT_ID: usize = 100;
const LONGEST_REDIRECT: usize = 400;
const LONGEST_NONCE: usize = 300;

fn page_error<T>(problem: Problem, why: &str) -> Result<T, Refusal> {
    Err(Refusal::with_header(problem, why.to_owned()))
}

impl World {
    pub(crate) fn authorize(&mut self, request: &IdentityRequest) -> Heard {
        let Ok(form) = Form::read(request.fields.as_deref()) else {
            return page_error(Problem::InvalidRequest, "Unreadable or repeated parameters");
        };
        let app = self.trusted(form)?;
        let by_form = form.get("response_mode") == Some("form_post");
        let back = |brings, begins| {
            Reply::SentBack(Box::new(SentBack {
                merchant: app.merchant,
                to: app.to.clone(),
                brings,
                state: form.get("state").map(str::to_owned),
                by_form,
                begins,
                ends: false,
            }))
        };
        let wish = match self.wish(&app, form) {
            Ok(wish) => wish,
            Err((error, why)) => return Ok(back(Brings::Error(error, why), None)),
        };
        let signing_in = request.method == "POST" && (form.has("username") || form.has("password"));
        let session = if signing_in {
            self.sign_in(app.merchant, form)
        } else {
            request.session.and_then(|value| self.signed_in(value, &app, &wish))
        };
        match (session, wish.prompt) {
            (Some((session, begins)), _) => {
                let scope = wish.scopes.join(" ");
                let code = self.new_code(&app, wish, session);
                Ok(back(Brings::Code(code, scope), begins))
            }
            (None, Prompt::Never) => Ok(back(Brings::Error("login_required", ""), None)),
            (None, _) => Ok(Reply::SignIn(SignInView {
                merchant: app.merchant,
                wrong: signing_in,
                to: app.to,
            })),
        }
    }

    fn trusted(&self, form: Form<'_>) -> Result<App, Refusal> {
        let Some(id) = form.get("client_id").filter(|id| id.len() <= LONGEST_CLIENT_ID) else {
            return page_error(Problem::InvalidRequest, "Invalid client_id");
        };
        let Some((merchant, kind)) = self.client_named(id) else {
            return page_error(Problem::UnauthorizedClient, "Unknown client or client not enabled");
        };
        let redirect = self.redirect_of(form).filter(|to| to.len() <= LONGEST_REDIRECT);
        // A merchant's server has no browser, so it has no address to go back to.
        let to = redirect.filter(|to| kind == Kind::App && merchant.may_return_to(to));
        let Some(to) = to else {
            return page_error(Problem::InvalidRequest, "Invalid redirect_uri");
        };
        Ok(App { client_id: id.to_owned(), merchant: merchant.id, to: to.to_owned() })
    }

    fn wish(&self, app: &App, form: Form<'_>) -> Result<Wish, Fault> {
        const INVALID: &str = "invalid_request";
        match form.get("response_type") {
            Some("code") => {}
            None => return Err(("unsupported_response_type", "Missing response_type")),
            // Known to the oldest pages, but not open to this client.
            Some("id_token" | "token" | "id_token token" | "code id_token" | "code token") => {
                return Err(("unauthorized_client", "Invalid grant type for client"));
            }
            Some("code id_token token") => {
                return Err(("unauthorized_client", "Invalid grant type for client"));
            }
            Some(_) => {
                return Err(("unsupported_response_type", "Response type not supported"));
            }
        }
        let challenge =
            Challenge::read(form.get("code_challenge"), form.get("code_challenge_method"))
                .map_err(|why| (INVALID, why))?;
        match form.get("response_mode") {
            None | Some("query" | "form_post") => {}
            Some("fragment") => return Err((INVALID, "Invalid response_mode for response_type")),
            Some(_) => return Err(("unsupported_response_type", "Invalid response_mode")),
        }
        if !self.may_use(Kind::App, "authorization_code") {
            return Err(("unauthorized_client", "Invalid grant type for client"));
        }
        let scopes = self.scopes(app, form.get("scope"))?;
        let nonce = form.get("nonce");
        if nonce.is_some_and(|nonce| nonce.len() > LONGEST_NONCE) {
            return Err((INVALID, "Invalid nonce"));
        }
        let prompt = prompt(form.get("prompt"))?;
        let max_age = match form.get("max_age").map(str::parse::<i64>) {
            None => None,
            Some(Ok(seconds)) if seconds >= 0 => Some(seconds),
            Some(_) => return Err((INVALID, "Invalid max_age")),
        };
        Ok(Wish { challenge, scopes, nonce: nonce.map(str::to_owned), prompt, max_age })
    }

    fn scopes(&self, app: &App, asked: Option<&str>) -> Result<Vec<String>, Fault> {
        let Some(asked) = asked else { return Err(("invalid_request", "Invalid scope")) };
        if !asked.split(' ').any(|scope| scope == "openid") {
            return Err(("invalid_request", "Missing openid scope"));
        }
        let allowed = self.merchant(app.merchant).map(|one| one.person_scopes.as_slice());
        granted_scopes(allowed.unwrap_or_default(), Some(asked))
            .map_err(|_| ("invalid_scope", "Invalid scope"))
    }

    /// Who has just given name and password; the session begins.
    fn sign_in(&mut self, merchant: i32, form: Form<'_>) -> Option<(Session, Option<Secret>)> {
        let field = |name| form.get(name).unwrap_or_default();
        if !self.is_person_of(merchant, field("username"), field("password")) {
            return None;
        }
        let until = self.now + Timing::SignInLife.span();
        let session = Session { merchant, signed_in_at: self.now, until };
        let seed = self.settings.seed;
        let draw = |number: u32| draw::wide(seed, Purpose::SignInSession, number.into(), 0);
        Some((session, Some(self.identity.sessions.put(session, draw))))
    }

    /// Who is signed in already, if that is enough for what the app asks.
    fn signed_in(&self, value: u128, app: &App, wish: &Wish) -> Option<(Session, Option<Secret>)> {
        let (_, session) = self.identity.sessions.get(value)?;
        let age = self.now.seconds() - session.signed_in_at.seconds();
        let enough = session.merchant == app.merchant
            && self.now < session.until
            && wish.prompt != Prompt::Login
            && wish.max_age.is_none_or(|most| age <= most);
        enough.then_some((*session, None))
    }

    fn new_code(&mut self, app: &App, wish: Wish, session: Session) -> Secret {
        let seed = self.settings.seed;
        let code = Code {
            client_id: app.client_id.clone(),
            to: app.to.clone(),
            challenge: wish.challenge,
            scopes: wish.scopes,
            nonce: wish.nonce,
            signed_in_at: session.signed_in_at,
            until: self.now + Timing::AuthorizationCodeLife.span(),
            used: false,
        };
        let draw = |number: u32| draw::wide(seed, Purpose::AuthorizationCode, number.into(), 0);
        self.identity.codes.put(code, draw)
    }
}

/// Modes that the identity server does not know are passed over, as it does.
fn prompt(text: Option<&str>) -> Result<Prompt, Fault> {
    const KNOWN: &[&str] = &["none", "login", "consent", "select_account"];
    let modes: Vec<_> =
        text.unwrap_or_default().split(' ').filter(|mode| !mode.is_empty()).collect();
    if !modes.iter().all(|mode| KNOWN.contains(mode)) {
        return Ok(Prompt::WhenNeeded);
    }
    match (modes.contains(&"none"), modes.len()) {
        (true, 1) => Ok(Prompt::Never),
        (true, _) => Err(("invalid_request", "Invalid prompt")),
        (false, _) if modes.iter().any(|mode| matches!(*mode, "login" | "select_account")) => {
            Ok(Prompt::Login)
        }
        (false, _) => Ok(Prompt::WhenNeeded),
    }
}
