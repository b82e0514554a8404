//! What the identity server tells of the person behind a token, and how it refuses: its own
//! challenges differ from those of the API.

use contract::{Problem, problem::Refusal, timing::Timing};

use crate::{
    api::Heard,
    command::Bearer,
    outcome::{Claims, Reply},
    world::World,
};

fn challenge<T>(problem: Problem, error: &str) -> Result<T, Refusal> {
    Err(Refusal::with_header(problem, format!("Bearer realm=\"IdentityServer\",{error}")))
}

impl World {
    pub(crate) fn claims(&self, bearer: &Bearer) -> Heard {
        const INVALID: &str = "error=\"invalid_token\"";
        let Bearer::Issued(number) = bearer else {
            return challenge(Problem::Unauthorized, INVALID);
        };
        let Some(grant) = self.token(*number) else {
            return challenge(Problem::Unauthorized, INVALID);
        };
        if self.now > grant.expires_at + Timing::TokenLeeway.span() {
            let why = format!("{INVALID},error_description=\"The access token expired\"");
            return challenge(Problem::Unauthorized, &why);
        }
        let opened = grant.scopes.iter().any(|scope| scope == "openid");
        let Some(person) = grant.person.as_ref().filter(|_| opened) else {
            return challenge(Problem::Forbidden, "error=\"insufficient_scope\"");
        };
        let Some((merchant, _)) = self.client_named(&grant.client_id) else {
            return challenge(Problem::Unauthorized, INVALID);
        };
        let own = self.credentials(merchant.id);
        Ok(Reply::Claims(Box::new(Claims {
            subject: person.subject.clone(),
            name: format!("Person of merchant {}", merchant.id),
            username: own.username,
            phone: own.phone,
            tenant: merchant.id,
            scopes: grant.scopes.clone(),
        })))
    }
}
