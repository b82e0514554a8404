//! Taking tokens back (RFC 7009) and signing out. Neither tells a stranger whether what it named
//! exists.

use contract::{Problem, problem::Refusal};

use super::{Form, urlencoded};
use crate::{
    api::Heard,
    command::{Bearer, IdentityRequest},
    outcome::{Brings, Reply, SentBack},
    world::World,
};

impl World {
    /// A token that is unknown, foreign or somebody else's is answered like one taken back.
    pub(crate) fn revoke(&mut self, request: &IdentityRequest) -> Result<(), Refusal> {
        let fields = request.fields.as_deref();
        let fields = urlencoded(&request.method, request.media_type.as_deref(), fields);
        let form = Form::read(fields)?;
        let client = self.authenticate(request.basic.as_ref(), form, None)?;
        let text = form.get("token").ok_or(Refusal::new(Problem::InvalidRequest))?;
        if let Bearer::Issued(number) = request.bearer
            && self.token(number).is_some_and(|grant| grant.client_id == client.id)
        {
            self.revoked.insert(number);
        }
        let found = self.identity.refreshes.find(text);
        let own = found.filter(|(_, (_, refresh))| refresh.client_id == client.id);
        if own.is_some() {
            // With a refresh token go all of its kind and every token of the same person.
            let refreshes = self.identity.refreshes.all_mut();
            refreshes
                .filter(|refresh| refresh.client_id == client.id)
                .for_each(|refresh| refresh.used = true);
            let theirs = self
                .tokens
                .iter()
                .filter(|grant| grant.client_id == client.id && grant.person.is_some());
            self.revoked.extend(theirs.map(|grant| grant.number));
        }
        Ok(())
    }

    /// An app that shows whose session it is may end it at once. Anybody else could be a page that
    /// only wants to annoy, so the person is asked.
    pub(crate) fn end_session(&mut self, request: &IdentityRequest) -> Heard {
        let Ok(form) = Form::read(request.fields.as_deref()) else {
            let why = "Unreadable or repeated parameters".to_owned();
            return Err(Refusal::with_header(Problem::InvalidRequest, why));
        };
        let session = request.session.and_then(|value| self.identity.sessions.get(value));
        let session = session.map(|(_, session)| *session);
        let hinted = match request.bearer {
            Bearer::Issued(number) => self.hinted(number),
            Bearer::Missing | Bearer::Foreign(_) => None,
        };
        let fits = hinted.filter(|hinted| session.is_none_or(|one| one.merchant == *hinted));
        let sure = request.method == "POST" && form.get("confirm") == Some("yes");
        if fits.is_none() && !sure {
            return Ok(Reply::SignOut { asks: session.is_some() });
        }
        if let Some(value) = request.session
            && let Some(session) = self.identity.sessions.get_mut(value)
        {
            session.until = self.now;
        }
        let merchant = fits.and_then(|id| self.merchant(id));
        let back = merchant.and_then(|merchant| {
            let to = merchant.app_address("/Logout");
            (form.get("post_logout_redirect_uri") == Some(&to)).then_some((merchant.id, to))
        });
        Ok(back.map_or(Reply::SignOut { asks: false }, |(merchant, to)| {
            Reply::SentBack(Box::new(SentBack {
                merchant,
                to,
                brings: Brings::Nothing,
                state: form.get("state").map(str::to_owned),
                by_form: false,
                begins: None,
                ends: true,
            }))
        }))
    }

    /// The merchant whose person an `id_token` speaks of; its age does not matter.
    fn hinted(&self, number: u32) -> Option<i32> {
        let first = self.tokens.front()?.number;
        let grant = self.tokens.get(number.checked_sub(first)? as usize)?;
        grant.person.as_ref().filter(|person| person.id_token)?;
        self.client_named(&grant.client_id).map(|(merchant, _)| merchant.id)
    }
}
