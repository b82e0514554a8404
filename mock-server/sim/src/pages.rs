//! The person: on a hosted page, or through somebody who acts for them. Both walk the same moves.
//! A stale form, a second click or an old address is answered with the page that holds now.

use contract::{
    Variant,
    message::Channel,
    trace::{Actor, Landing, Leg},
};

use crate::{
    command::{Act, Deed, PageRequest},
    draw::{self, Purpose},
    journey,
    outcome::{Alert, Happening, PageView, Reply, Screen},
    session::{Move, Stage},
    world::{Course, World},
};

impl World {
    pub(crate) fn page(&mut self, request: &PageRequest, course: &mut Course<'_>) -> Reply {
        let door = request.secret.and_then(|secret| self.doors.get(&secret).copied());
        match door.filter(|(_, leg)| *leg == request.leg) {
            Some((user, _)) => self.page_of(user, request, course),
            None => {
                note(course, None, request.leg, (Screen::Unknown, request.act.name()), "refused");
                Reply::Page(blank_page(request.leg))
            }
        }
    }

    fn page_of(&mut self, user: i32, request: &PageRequest, course: &mut Course<'_>) -> Reply {
        let leg = request.leg;
        let before = self.view(user, leg);
        let place = (before.screen, request.act.name());
        let session = before.link.map(|link| link.session);
        let at = course.happenings.len();
        let (reply, outcome) = match (&request.act, before.link) {
            (Act::Look, Some(_)) if self.lands_again(user, leg, before.screen) => {
                let landing = Landing::Success;
                course.happenings.push(Happening::Redirected { user, leg, to: landing });
                (self.to_merchant(user, leg, landing), redirected(&Act::Look))
            }
            (Act::Look, _) | (_, None) => (Reply::Page(before), "shown".to_owned()),
            (act, Some(link)) => match self.act(user, leg, act, course) {
                Some(landing) => (self.to_merchant(user, leg, landing), redirected(act)),
                None => (Reply::SameSession(link), self.view(user, leg).screen.name().to_owned()),
            },
        };
        // The person's act stands before what it caused.
        let tail = course.happenings.split_off(at);
        note(course, session, leg, place, &outcome);
        course.happenings.extend(tail);
        reply
    }

    /// Does what the person does; says where the browser goes if the leg ended.
    pub(crate) fn act(
        &mut self,
        user: i32,
        leg: Leg,
        act: &Act,
        course: &mut Course<'_>,
    ) -> Option<Landing> {
        if self.view(user, leg).screen == Screen::Over {
            return None;
        }
        let move_ = match act {
            Act::Look => return None,
            Act::Continue { from } => {
                let known = Screen::ALL.iter().find(|screen| screen.name() == from);
                Move::Continue(known.copied()?)
            }
            Act::Cancel => Move::Cancel,
            Act::Fail { .. } => Move::Fail,
            Act::Enter { code } => self.try_code(user, code, course)?,
            Act::Expire if self.view(user, leg).screen.is_dead() => return None,
            Act::Expire => Move::Time,
        };
        let asks = self.view(user, leg).screen;
        if let (Move::Continue(from), Some(kind)) = (move_, asks.asks_for())
            && from == asks
        {
            // The person asks for another code: the screen stays, the old code dies.
            self.send_code(user, kind, course);
            return None;
        }
        let move_ = self.bent(user, leg, move_);
        let moved = self.move_session(user, move_, "person", course)?;
        if let Some(kind) = moved.stage.owes() {
            self.send_code(user, kind, course);
        }
        moved.landing.map(|(_, landing)| landing)
    }

    /// The move that an entered code makes, if any.
    fn try_code(&mut self, id: i32, entered: &str, course: &Course<'_>) -> Option<Move> {
        let session = self.users.get_mut(id)?.session.as_mut()?;
        let code = session.stage.code_mut()?.as_mut()?;
        match (code.accepts(entered.trim(), course.at), code.tries_left()) {
            (true, _) => Some(Move::Code),
            (false, 0) => Some(Move::Locked),
            (false, _) => None,
        }
    }

    /// What the address of a leg shows now.
    fn view(&self, id: i32, leg: Leg) -> PageView {
        let Some(user) = self.users.get(id) else { return blank_page(leg) };
        let Some(session) = user.session.as_ref() else { return blank_page(leg) };
        let screen = session.screen(leg);
        let code = session.stage.code().filter(|_| screen.asks_for().is_some());
        let missed = code.filter(|code| code.was_missed());
        let contact = screen.asks_for().and_then(|kind| match kind.channel() {
            Channel::Email => user.email.as_ref(),
            Channel::Sms => user.phone.as_ref(),
        });
        PageView {
            leg,
            link: Some(session.link(leg)),
            screen,
            alert: missed.map(|code| Alert::WrongCode { left: code.tries_left() }),
            merchant: Some(user.merchant),
            provider: Some(self.provider(leg)),
            language: session.language.clone(),
            place: journey::place(session, screen),
            sent_to: contact.map(|contact| journey::masked(&contact.value).into()),
        }
    }

    /// The screens that an identification of this user will have.
    pub(crate) fn identification_screens(&self, id: i32) -> Box<[Screen]> {
        let user = self.users.get(id);
        let journey = journey::Journey {
            onfido: self.reads(Variant::IdentityProvider, "onfido-signhost"),
            signs: !self.reads(Variant::ProviderSigning, "none"),
            email: user.is_some_and(|user| user.email.is_some()),
            phone: user.is_some_and(|user| user.phone.is_some()),
        };
        journey.screens()
    }

    /// Whether a scenario sends a browser back that opens a page when all is over.
    fn lands_again(&self, id: i32, leg: Leg, screen: Screen) -> bool {
        screen == Screen::Over && self.way_back(id, leg).is_some_and(|redirect| redirect.again)
    }

    fn to_merchant(&self, id: i32, leg: Leg, to: Landing) -> Reply {
        Reply::ToMerchant { leg, to, url: self.landing_url(id, leg, to) }
    }

    /// Where the browser goes after a journey.
    pub(crate) fn landing_url(&self, id: i32, leg: Leg, to: Landing) -> String {
        let merchant = self.users.get(id).and_then(|user| self.merchant(user.merchant));
        let url = merchant.map(|merchant| match to {
            Landing::Success => merchant.success.clone(),
            Landing::Fail => merchant.fail.clone(),
        });
        let mut url = url.unwrap_or_default();
        if self.reads(Variant::LandingParameters, "provider") {
            for (name, value) in self.provider_parameters(id, leg, to) {
                url = with_parameter(&url, name, &value);
            }
        }
        for (name, value) in self.way_back(id, leg).into_iter().flat_map(|redirect| &redirect.adds)
        {
            url = with_parameter(&url, name, value);
        }
        url
    }

    /// Who shows the pages of a leg.
    fn provider(&self, leg: Leg) -> &'static str {
        let onfido = self.reads(Variant::IdentityProvider, "onfido-signhost");
        match (onfido, leg) {
            (true, Leg::Identification) => "Onfido",
            (true, Leg::Signing) => "Signhost",
            (false, Leg::Identification) => "Borica/B-Trust",
            (false, Leg::Signing) => "10nPayments",
        }
    }

    /// What a provider's redirect adds to an address. Signhost documents its three parameters and
    /// Onfido has none; for B-Trust nothing is documented, and its session's name is assumed.
    fn provider_parameters(&self, id: i32, leg: Leg, to: Landing) -> Vec<(&'static str, String)> {
        let number = self.users.get(id).and_then(|user| user.session.as_ref());
        let number = u64::from(number.map_or(0, |session| session.number));
        let drawn = |ordinal| {
            let wide = draw::wide(self.settings.seed, Purpose::VendorId, number, ordinal);
            format!("{wide:032x}")
        };
        match self.provider(leg) {
            "Onfido" => Vec::new(),
            "Signhost" => {
                let status = if to == Landing::Success { "signed" } else { "rejected" };
                vec![
                    ("sh_transactionid", drawn(0)),
                    ("sh_signerid", drawn(1)),
                    ("sh_signerstatus", status.to_owned()),
                ]
            }
            _ => vec![("signSessionId", drawn(0))],
        }
    }

    pub(crate) fn person(&mut self, id: i32, deed: Deed, course: &mut Course<'_>) -> Reply {
        let Some(user) = self.users.get(id) else { return Reply::Unknown };
        let Some(session) = user.session.as_ref() else {
            return Reply::NothingToDo("no identification was started for this user");
        };
        let number = session.number;
        let leg = match &session.stage {
            Stage::Identifying { .. } => Leg::Identification,
            Stage::Signing { .. } => Leg::Signing,
            Stage::IdentificationProcessing { .. } | Stage::SigningProcessing { .. } => {
                return Reply::NothingToDo("the provider is still working; move the clock on");
            }
            Stage::Signed => return Reply::NothingToDo("everything is signed"),
            Stage::Failed { .. } => {
                return Reply::NothingToDo("the session failed; initiate with restart");
            }
        };
        let screen = session.screen(leg);
        let name = match deed {
            Deed::Complete => "complete",
            Deed::Cancel => "cancel",
            Deed::Fail => "fail",
        };
        course.happenings.push(Happening::Page {
            session: Some(number),
            leg,
            screen,
            act: name,
            outcome: "redirected".to_owned(),
            by: Actor::Control,
        });
        // More clicks than the longest journey has; a leg always ends before.
        let landing = (0..20).find_map(|_| {
            let act = self.next_act(id, leg, deed);
            self.act(id, leg, &act, course)
        });
        match landing {
            Some(landing) => self.to_merchant(id, leg, landing),
            None if self.view(id, leg).screen == Screen::Over => {
                Reply::NothingToDo("the journey is over, and the scenario sends no browser back")
            }
            None => Reply::NothingToDo("the session does not move"),
        }
    }

    /// The next click on the way to a deed.
    pub(crate) fn next_act(&self, id: i32, leg: Leg, deed: Deed) -> Act {
        let screen = self.view(id, leg).screen;
        match deed {
            Deed::Cancel => Act::Cancel,
            Deed::Fail if leg == Leg::Signing || screen > Screen::Liveness => Act::Cancel,
            Deed::Fail if screen.is_a_check() => Act::Fail { reason: None },
            _ if screen.asks_for().is_some() => Act::Enter { code: self.page_code(id) },
            Deed::Complete | Deed::Fail => Act::Continue { from: screen.name().to_owned() },
        }
    }

    /// The code that the present screen asks for.
    pub(crate) fn page_code(&self, id: i32) -> String {
        let session = self.users.get(id).and_then(|user| user.session.as_ref());
        let code = session.and_then(|session| session.stage.code());
        code.map(crate::code::Code::text).unwrap_or_default()
    }
}

/// What the trace says of an act that ended the journey.
fn redirected(act: &Act) -> String {
    match act {
        Act::Fail { reason: Some(reason) } => format!("redirected: {}", reason.name()),
        _ => "redirected".to_owned(),
    }
}

fn note(
    course: &mut Course<'_>,
    session: Option<u32>,
    leg: Leg,
    (screen, act): (Screen, &'static str),
    outcome: &str,
) {
    let (outcome, by) = (outcome.to_owned(), Actor::Browser);
    course.happenings.push(Happening::Page { session, leg, screen, act, outcome, by });
}

/// An address with one more parameter; what it has already stays.
fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let (address, fragment) = match url.split_once('#') {
        Some((address, fragment)) => (address, format!("#{fragment}")),
        None => (url, String::new()),
    };
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}{name}={value}{fragment}")
}

const fn blank_page(leg: Leg) -> PageView {
    PageView {
        leg,
        link: None,
        screen: Screen::Unknown,
        alert: None,
        merchant: None,
        provider: None,
        language: None,
        place: None,
        sent_to: None,
    }
}
