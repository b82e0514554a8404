//! The browser of the person: it opens a page, presses what the person wants pressed, and stops
//! where the provider sends it back to the merchant.

use contract::{message::MessageKind, trace::Leg};
use judge::Person as Acts;
use reqwest::header::LOCATION;
use url::{Url, form_urlencoded};

use crate::{
    agent::message_of,
    http,
    page::{Button, Form, Page},
};

/// How many requests one journey may take.
const MOST_REQUESTS: usize = 60;

/// Where codes for the pages come from.
pub(super) trait Codes {
    /// The newest code of a kind.
    async fn newest(&self, kind: MessageKind) -> Option<String>;
}

/// Goes on a journey. Gives the merchant's address to which the browser was sent; nothing when
/// the pages lead nowhere.
pub(super) async fn walk(
    browser: &reqwest::Client,
    start: &Url,
    (leg, acts): (Leg, Acts),
    codes: &impl Codes,
) -> Option<Url> {
    let (mut url, mut posted) = (start.clone(), None::<Vec<(String, String)>>);
    for _ in 0..MOST_REQUESTS {
        if url.origin() != start.origin() {
            return Some(url);
        }
        let request = match posted.take() {
            None => browser.get(url.clone()),
            Some(fields) => browser
                .post(url.clone())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(encoded(&fields)),
        };
        let response = request.header("accept", "text/html").send().await.ok()?;
        let status = response.status().as_u16();
        if let 301..=303 | 307 | 308 = status {
            let to = response.headers().get(LOCATION)?.to_str().ok()?;
            url = url.join(to).ok()?;
            continue;
        }
        if !response.status().is_success() {
            return None;
        }
        let body = http::bounded(response).await.ok()?;
        let page = Page::read(&String::from_utf8_lossy(&body));
        let choice = acts.wishes(leg).iter().find_map(|wish| {
            page.forms.iter().find_map(|form| {
                Some((form, form.buttons.iter().find(|button| button.value == *wish)?))
            })
        });
        let (form, button) = choice?;
        let code = if form.fields.iter().any(|field| field.wants_code) {
            codes.newest(message_of(page.screen.as_deref(), leg)).await
        } else {
            None
        };
        if !form.action.is_empty() {
            url = url.join(&form.action).ok()?;
        }
        posted = Some(fields(form, button, code.as_deref()));
    }
    None
}

fn fields(form: &Form, button: &Button, code: Option<&str>) -> Vec<(String, String)> {
    let value = |field: &crate::page::Field| {
        code.filter(|_| field.wants_code).unwrap_or(&field.value).to_owned()
    };
    let own = form.fields.iter().map(|field| (field.name.clone(), value(field)));
    let pressed = button.name.iter().map(|name| (name.clone(), button.value.clone()));
    own.chain(pressed).collect()
}

fn encoded(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
