//! The grants of the token endpoint, each with its checks in the identity server's order. A code
//! is spent by the first try, whatever comes of it.

use contract::{Problem, Variant, problem::Refusal, timing::Timing};

use super::{Client, Form, Refresh};
use crate::{
    draw::{self, Purpose},
    outcome::{PersonGrant, Secret},
    world::World,
};

/// What a token is to be made of.
pub(crate) struct Wanted {
    pub(crate) scopes: Vec<String>,
    pub(crate) person: Option<Box<PersonGrant>>,
}

type Granted = Result<Wanted, Refusal>;

const fn refused<T>(problem: Problem) -> Result<T, Refusal> {
    Err(Refusal::new(problem))
}

impl World {
    /// What a client gets that has shown who it is.
    pub(crate) fn wanted(&mut self, client: &Client, form: Form<'_>) -> Granted {
        match form.get("grant_type") {
            Some("client_credentials") => self.client_credentials(client, form),
            Some("password") => self.password(client, form),
            Some("authorization_code") => self.authorization_code(client, form),
            Some("refresh_token") => self.refresh(client, form),
            Some("urn:ietf:params:oauth:grant-type:device_code") => {
                refused(Problem::UnauthorizedClient)
            }
            _ => refused(Problem::UnsupportedGrantType),
        }
    }

    fn client_credentials(&self, client: &Client, form: Form<'_>) -> Granted {
        if !self.may_use(client.kind, "client_credentials") {
            return refused(Problem::UnauthorizedClient);
        }
        let allowed = self.merchant(client.merchant).map(|merchant| merchant.scopes.as_slice());
        let scopes = granted_scopes(allowed.unwrap_or_default(), form.get("scope"))?;
        Ok(Wanted { scopes, person: None })
    }

    fn password(&mut self, client: &Client, form: Form<'_>) -> Granted {
        if !self.may_use(client.kind, "password") {
            return refused(Problem::UnauthorizedClient);
        }
        let allowed = self.merchant(client.merchant).map(|one| one.person_scopes.as_slice());
        let scopes = granted_scopes(allowed.unwrap_or_default(), form.get("scope"))?;
        let Some(username) = form.get("username") else { return refused(Problem::InvalidGrant) };
        let password = form.get("password").unwrap_or_default();
        if !self.is_person_of(client.merchant, username, password) {
            let why = "invalid_username_or_password".to_owned();
            return Err(Refusal::with_header(Problem::InvalidGrant, why));
        }
        let refresh = Refresh {
            client_id: client.id.clone(),
            scopes,
            signed_in_at: self.now,
            until: self.now + Timing::RefreshTokenLife.span(),
            used: false,
        };
        // No id_token: this grant knows no sign-in that it could tell of.
        Ok(self.for_person(client, refresh, (None, false)))
    }

    /// Whether these are the credentials of a merchant's person.
    pub(crate) fn is_person_of(&self, merchant: i32, username: &str, password: &str) -> bool {
        let own = self.credentials(merchant);
        own.username.eq_ignore_ascii_case(username) && own.password == password
    }

    fn authorization_code(&mut self, client: &Client, form: Form<'_>) -> Granted {
        if !self.may_use(client.kind, "authorization_code") {
            return refused(Problem::UnauthorizedClient);
        }
        let now = self.now;
        let found = form.get("code").and_then(|text| self.identity.codes.find(text));
        let Some(value) = found.map(|(value, _)| value) else {
            return refused(Problem::InvalidGrant);
        };
        let Some(code) = self.identity.codes.get_mut(value) else {
            return refused(Problem::InvalidGrant);
        };
        // Whatever comes of it, the code has had its one use.
        let good = !std::mem::replace(&mut code.used, true)
            && now < code.until
            && code.client_id == client.id;
        let code = code.clone();
        if !good {
            return refused(Problem::InvalidGrant);
        }
        if self.redirect_of(form) != Some(code.to.as_str()) {
            return refused(Problem::UnauthorizedClient);
        }
        if !form.get("code_verifier").is_some_and(|verifier| code.challenge.is_met_by(verifier)) {
            return refused(Problem::InvalidGrant);
        }
        let refresh = Refresh {
            client_id: code.client_id,
            scopes: code.scopes,
            signed_in_at: code.signed_in_at,
            until: now + Timing::RefreshTokenLife.span(),
            used: false,
        };
        Ok(self.for_person(client, refresh, (code.nonce, true)))
    }

    fn refresh(&mut self, client: &Client, form: Form<'_>) -> Granted {
        let Some(text) = form.get("refresh_token") else {
            return refused(Problem::InvalidRequest);
        };
        let now = self.now;
        let found = self.identity.refreshes.find(text).map(|(value, _)| value);
        let Some(old) = found.and_then(|value| self.identity.refreshes.get_mut(value)) else {
            return refused(Problem::InvalidGrant);
        };
        if old.used || now >= old.until || old.client_id != client.id {
            return refused(Problem::InvalidGrant);
        }
        old.used = true;
        let next = Refresh { used: false, ..old.clone() };
        Ok(self.for_person(client, next, (None, true)))
    }

    /// A token for a person; a refresh token comes with it where it was asked for.
    fn for_person(
        &mut self,
        client: &Client,
        refresh: Refresh,
        (nonce, tells): (Option<String>, bool),
    ) -> Wanted {
        let scopes = refresh.scopes.clone();
        let asked = |scope: &str| scopes.iter().any(|known| known == scope);
        let (signed_in_at, offline) = (refresh.signed_in_at, asked("offline_access"));
        let id_token = tells && asked("openid");
        let refresh = offline.then(|| self.keep_refresh(refresh));
        let subject = self.credentials(client.merchant).subject;
        let person = PersonGrant { subject, signed_in_at, nonce, id_token, refresh };
        Wanted { scopes, person: Some(Box::new(person)) }
    }

    fn keep_refresh(&mut self, refresh: Refresh) -> Secret {
        let seed = self.settings.seed;
        let draw = |number: u32| draw::wide(seed, Purpose::RefreshToken, number.into(), 0);
        self.identity.refreshes.put(refresh, draw)
    }

    /// Where a form or query says the browser goes, under the name that is read.
    pub(crate) fn redirect_of<'a>(&self, form: Form<'a>) -> Option<&'a str> {
        let reads = |name| self.reads(Variant::RedirectParameter, name);
        let standard = || form.get("redirect_uri").filter(|_| !reads("redirect-url"));
        let oldest = || form.get("redirect_url").filter(|_| !reads("redirect-uri"));
        standard().or_else(oldest)
    }
}

/// The scopes that are granted: those asked for, or all when none is.
pub(crate) fn granted_scopes(
    allowed: &[String],
    asked: Option<&str>,
) -> Result<Vec<String>, Refusal> {
    const LONGEST: usize = 300;
    let Some(asked) = asked else { return Ok(allowed.to_vec()) };
    let mut scopes: Vec<String> = Vec::new();
    for scope in asked.split(' ').filter(|word| !word.is_empty()) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    let all_allowed = scopes.iter().all(|scope| allowed.contains(scope));
    if asked.len() <= LONGEST && all_allowed { Ok(scopes) } else { refused(Problem::InvalidScope) }
}
