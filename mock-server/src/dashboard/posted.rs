//! A form that was sent: its fields, the proof that a page of ours sent it, and what comes after.
//! A browser names where a form comes from and no page can forge that.

use axum::body::Bytes;
use http::{HeaderMap, StatusCode, header};
use maud::Markup;
use sim::{Answer, Command, Envelope, Reply};

use super::{
    Look,
    page::{Shown, page},
};
use crate::{
    control::{Desk, is_at},
    edge::form,
    workspace::Workspace,
};

/// A form.
pub(super) struct Posted<'a> {
    pub(super) desk: &'a Desk,
    pub(super) workspace: &'a Workspace,
    fields: Vec<(String, String)>,
}

impl<'a> Posted<'a> {
    pub(super) fn of(desk: &'a Desk, body: &Bytes) -> Self {
        Self { desk, workspace: &desk.workspace, fields: form::parse(body) }
    }

    /// A field, without the spaces around it; empty when it is not there.
    pub(super) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// A field with a number.
    pub(super) fn number(&self, name: &str) -> Option<i32> {
        self.field(name).parse().ok()
    }

    /// Takes a command and tells what came of it.
    pub(super) fn step(&self, command: Command) -> Option<Reply> {
        match self.workspace.step(Envelope::own(command)) {
            Answer::Reply(reply) => Some(reply),
            Answer::Refused(..) | Answer::Scripted(..) => None,
        }
    }

    /// The same page as before, with what was wrong.
    pub(super) fn again(
        &self,
        place: (&str, &str),
        content: impl FnOnce(&Look<'_>) -> Markup,
    ) -> Shown {
        let look = Look { desk: self.desk, workspace: self.workspace, name: "", query: Vec::new() };
        match page(&look, place, &content(&look)) {
            Shown::Page(_, markup) => Shown::Page(StatusCode::UNPROCESSABLE_ENTITY, markup),
            other => other,
        }
    }
}

/// Whether a page of this listener sent it: the guard has held `Host` against names of this
/// machine already.
pub(super) fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    match (text(header::ORIGIN), text(header::HOST), site) {
        (Some(origin), Some(host), _) => is_at(origin, host),
        (None, _, Some(site)) => site == "same-origin",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        is_ours(&headers)
    }

    #[test]
    fn only_a_page_of_the_same_origin_may_send_forms() {
        let host = ("host", "127.0.0.1:8440");
        assert!(ours(&[host, ("origin", "http://127.0.0.1:8440")]));
        assert!(ours(&[host, ("sec-fetch-site", "same-origin")]));
        for strange in [
            ("origin", "http://127.0.0.1:9000"),
            ("origin", "http://localhost:8440"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("accept", "*/*"),
        ] {
            assert!(!ours(&[host, strange]), "{strange:?}");
        }
        let both = [host, ("origin", "null"), ("sec-fetch-site", "same-origin")];
        assert!(!ours(&both), "an origin that is named has to be ours");
    }
}
