//! A small user agent: it walks the hosted pages by their links, forms and redirects, as a browser
//! without scripts would, and never leaves the addresses it was allowed.

use std::sync::Arc;

use contract::{
    Host,
    label::Label,
    message::MessageKind,
    trace::{Decided, Exchange, Leg},
};
use judge::Person;
use reqwest::header::{HeaderMap, LOCATION};
use serde_json::{Map, Value};
use url::{Origin, Url, form_urlencoded};

use crate::{
    clock::Clock,
    codes::Codes,
    http,
    page::{Button, Form, Page},
    recorder::Recorder,
    trouble::Trouble,
    wire,
};

/// How many requests one journey may take.
const MOST_REQUESTS: usize = 60;

/// How often a page may refuse what was entered.
const MOST_ALERTS: usize = 2;

/// The user agent.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Shows no client certificate.
    pub http: reqwest::Client,
    /// Where exchanges are written down.
    pub recorder: Arc<Recorder>,
    /// By which moments are told.
    pub clock: Clock,
    /// The origins of the hosted pages; if none is named, the one of the first address.
    pub pages: Vec<Origin>,
    /// The origin of the merchant, at which a journey ends.
    pub merchant: Origin,
}

/// One journey.
#[derive(Debug)]
pub struct Journey<'a> {
    /// Where it begins.
    pub start: &'a Url,
    /// Which of the two it is.
    pub leg: Leg,
    /// What kind of person goes on it.
    pub person: Person,
    /// The user.
    pub user: i32,
    /// Where the one-time code comes from.
    pub codes: &'a Codes,
}

/// Why a journey did not end at the merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The pages lead nowhere.
    Stuck(String),
    /// The harness failed.
    Trouble(Trouble),
}

/// The next request of a browser.
#[derive(Clone, Debug)]
struct Next {
    url: Url,
    posted: Option<Vec<(String, String)>>,
}

/// What came back.
struct Fetched {
    status: u16,
    headers: HeaderMap,
    page: Page,
}

impl Agent {
    /// Goes on a journey until the merchant's address is visited.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn walk(&self, journey: &Journey<'_>) -> Result<(), Lost> {
        if self.pages.is_empty() && journey.start.scheme() == "https" {
            let pages = vec![journey.start.origin()];
            return Self { pages, ..self.clone() }.follow(journey).await;
        }
        self.follow(journey).await
    }

    async fn follow(&self, journey: &Journey<'_>) -> Result<(), Lost> {
        let mut next = Next { url: journey.start.clone(), posted: None };
        let mut alerts = 0;
        for _ in 0..MOST_REQUESTS {
            if next.url.origin() == self.merchant {
                return self.come_back(&next.url).await;
            }
            let fetched = self.fetch(&next).await?;
            next = match fetched.status {
                301..=303 | 307 | 308 => redirected(next, &fetched)?,
                200..=299 => {
                    alerts += usize::from(fetched.page.alert);
                    if alerts > MOST_ALERTS {
                        return Err(stuck("the page keeps refusing what was entered"));
                    }
                    self.act(journey, &next.url, &fetched.page).await?
                }
                status => return Err(stuck(format!("a page answers {status}"))),
            };
        }
        Err(stuck(format!("{MOST_REQUESTS} requests were not enough to come to an end")))
    }

    /// The merchant's own page is nobody's trace but the receiver's.
    async fn come_back(&self, url: &Url) -> Result<(), Lost> {
        let visited = self.http.get(url.clone()).send().await;
        let failed = |error: &reqwest::Error| {
            let reason = http::sentence(error);
            Lost::Trouble(Trouble::Harness(format!("The receiver did not answer: {reason}.")))
        };
        visited.map(|_| ()).map_err(|error| failed(&error))
    }

    async fn fetch(&self, next: &Next) -> Result<Fetched, Lost> {
        let at = self.clock.now();
        let result = if self.pages.contains(&next.url.origin()) {
            self.exchange(next).await
        } else {
            Err("the address is outside the pages that were allowed".to_owned())
        };
        let exchange = self.written(next, result.as_ref());
        self.recorder.record(at, Decided::Exchange(Box::new(exchange)));
        result.map_err(stuck)
    }

    async fn exchange(&self, next: &Next) -> Result<Fetched, String> {
        let request = match &next.posted {
            None => self.http.get(next.url.clone()),
            Some(fields) => self
                .http
                .post(next.url.clone())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(encoded(fields)),
        };
        let request = request.header("accept", "text/html");
        let response = request.send().await.map_err(|error| http::sentence(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = http::bounded(response).await?;
        let is_html = wire::media_type(&headers).as_deref() == Some("text/html");
        let html = String::from_utf8_lossy(&body);
        let page = if is_html { Page::read(&html) } else { Page::default() };
        Ok(Fetched { status, headers, page })
    }

    /// Presses what this person would press; on a page without forms, follows its first link.
    async fn act(&self, journey: &Journey<'_>, at: &Url, page: &Page) -> Result<Next, Lost> {
        let wanted = journey.person.wishes(journey.leg);
        let choice = wanted.iter().find_map(|wish| {
            page.forms.iter().find_map(|form| {
                let button = form.buttons.iter().find(|button| button.value == *wish)?;
                Some((form, button))
            })
        });
        if let Some((form, button)) = choice {
            let code = self.code_for(journey, (page.screen.as_deref(), form), button).await?;
            return submit(at, form, button, code.as_deref());
        }
        let link = page.links.first().filter(|_| page.forms.is_empty());
        let link = link.ok_or_else(|| {
            let screen = page.screen.as_deref().unwrap_or("without a name");
            stuck(format!("screen {screen} has no button {}", wanted.join(" or ")))
        })?;
        Ok(Next { url: joined(at, link)?, posted: None })
    }

    async fn code_for(
        &self,
        journey: &Journey<'_>,
        (screen, form): (Option<&str>, &Form),
        button: &Button,
    ) -> Result<Option<String>, Lost> {
        let declines = button.value == "decline" || button.value == "cancel";
        if declines || !form.fields.iter().any(|field| field.wants_code) {
            return Ok(None);
        }
        let kind = message_of(screen, journey.leg);
        let newest = journey.codes.newest(journey.user, kind).await;
        let code = newest.map_err(Lost::Trouble)?;
        code.map(Some).ok_or_else(|| stuck("no code for signing arrived"))
    }

    fn written(&self, next: &Next, result: Result<&Fetched, &String>) -> Exchange {
        let fetched = result.ok();
        self.recorder.labels(|labels| Exchange {
            call: None,
            host: Host::Identity,
            method: if next.posted.is_some() { "POST" } else { "GET" }.to_owned(),
            path: labels.path(next.url.path()),
            user: None,
            bearer: None,
            certificate: None,
            media_type: next.posted.as_ref().map(|_| "application/x-www-form-urlencoded".into()),
            request: next.posted.as_ref().map(|fields| {
                let shown = fields.iter().map(|(name, value)| {
                    let shown = match (is_word(name), is_word(value)) {
                        (true, true) => value.clone(),
                        _ => labels
                            .known(value)
                            .unwrap_or_else(|| Label::unlisted(value))
                            .to_string(),
                    };
                    (name.clone(), Value::String(shown))
                });
                Value::Object(shown.collect::<Map<_, _>>())
            }),
            noticed: Vec::new(),
            status: fetched.map_or(0, |fetched| fetched.status),
            answer_type: fetched.and_then(|fetched| wire::media_type(&fetched.headers)),
            answer: fetched.and_then(|fetched| fetched.page.screen.as_ref()).map(|screen| {
                let word = if is_word(screen) { screen } else { "without a plain name" };
                Value::String(format!("screen {word}"))
            }),
            headers: fetched.map(|fetched| self.location(&fetched.headers)).unwrap_or_default(),
            row: None,
            readings: Vec::new(),
            source: None,
            advice: None,
            scenario: None,
            rules: Vec::new(),
            failure: result.err().cloned(),
        })
    }

    /// Where a redirect leads, without the address itself.
    fn location(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let Some(to) = headers.get(LOCATION).and_then(|value| value.to_str().ok()) else {
            return Vec::new();
        };
        let origin = to.parse::<Url>().map(|url| url.origin());
        let place = match origin {
            Err(_) => "<the same host>",
            Ok(origin) if origin == self.merchant => "<the merchant>",
            Ok(origin) if self.pages.contains(&origin) => "<the pages>",
            Ok(_) => "<elsewhere>",
        };
        vec![("location".to_owned(), place.to_owned())]
    }
}

/// Which message has the code that a screen asks for.
pub(crate) fn message_of(screen: Option<&str>, leg: Leg) -> MessageKind {
    match (screen, leg) {
        (Some("phone-code"), _) => MessageKind::IdentificationPhone,
        (Some("email-code"), _) => MessageKind::IdentificationEmail,
        (_, Leg::Identification) => MessageKind::ProviderSigning,
        (_, Leg::Signing) => MessageKind::DocumentSigning,
    }
}

fn redirected(from: Next, fetched: &Fetched) -> Result<Next, Lost> {
    let to = fetched.headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let to = to.ok_or_else(|| stuck("a redirect does not say where it leads"))?;
    let url = joined(&from.url, to)?;
    // Only these two ask a browser to send the form again.
    let keeps_form = matches!(fetched.status, 307 | 308);
    Ok(Next { url, posted: from.posted.filter(|_| keeps_form) })
}

fn submit(at: &Url, form: &Form, button: &Button, code: Option<&str>) -> Result<Next, Lost> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for field in &form.fields {
        let value = code.filter(|_| field.wants_code).unwrap_or(&field.value);
        fields.push((field.name.clone(), value.to_owned()));
    }
    if let Some(name) = &button.name {
        fields.push((name.clone(), button.value.clone()));
    }
    let mut url = if form.action.is_empty() { at.clone() } else { joined(at, &form.action)? };
    if form.posts {
        return Ok(Next { url, posted: Some(fields) });
    }
    url.set_query(Some(&encoded(&fields)));
    Ok(Next { url, posted: None })
}

fn encoded(fields: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn joined(at: &Url, to: &str) -> Result<Url, Lost> {
    at.join(to).map_err(|error| stuck(format!("a page leads to no address ({error})")))
}

fn is_word(text: &str) -> bool {
    (1..=30).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn stuck(reason: impl Into<String>) -> Lost {
    Lost::Stuck(reason.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        codes::Source,
        fake::{Fake, Reply, Request, text},
        recorder::tests::header,
    };

    fn page(screen: &str, form: &str) -> Reply {
        let html = format!(
            "<main data-screen={screen}><form method=post>\
             <input type=hidden name=screen value={screen}>{form}</form></main>"
        );
        text(200, &html).with("content-type", "text/html; charset=utf-8")
    }

    fn buttons(values: &[&str]) -> String {
        values.iter().map(|value| format!("<button name=do value={value}>x</button>")).collect()
    }

    fn see_other(to: &str) -> Reply {
        text(303, "").with("location", to)
    }

    struct Scene {
        pages: Fake,
        merchant: Fake,
        agent: Agent,
        codes: Codes,
    }

    /// Pages that a closure serves; `{merchant}` in a location stands for the merchant.
    async fn scene(serve: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Scene {
        let merchant = Fake::start(|_| text(200, "thanks")).await;
        let home = merchant.url("/").to_string();
        let pages = Fake::start(move |request| {
            let mut reply = serve(request);
            for (_, value) in &mut reply.headers {
                *value = value.replace("{merchant}", home.trim_end_matches('/'));
            }
            reply
        })
        .await;
        let recorder = Arc::new(Recorder::create(None, header()).unwrap());
        let agent = Agent {
            http: http::client(None).unwrap(),
            recorder: Arc::clone(&recorder),
            clock: Clock::manual(),
            pages: vec![pages.url("/").origin()],
            merchant: merchant.url("/").origin(),
        };
        let command = ["printf", "471100"].map(str::to_owned).to_vec();
        let codes = Codes { source: Source::Command(command), clock: Clock::manual(), recorder };
        Scene { pages, merchant, agent, codes }
    }

    impl Scene {
        async fn walk(&self, person: Person, leg: Leg) -> Result<(), Lost> {
            let start = self.pages.url("/start");
            let codes = &self.codes;
            self.agent.walk(&Journey { start: &start, leg, person, user: 7, codes }).await
        }

        fn trace(&self) -> String {
            self.agent.recorder.lines().iter().map(contract::trace::Line::to_json).collect()
        }
    }

    fn identification(request: &Request) -> Reply {
        match (request.method.as_str(), request.target.as_str()) {
            ("GET", "/start") => page("consent", &buttons(&["cancel", "continue"])),
            ("POST", "/start") if request.body.contains("do=continue") => see_other("/document"),
            ("GET", "/document") => page("document", &buttons(&["fail", "cancel", "continue"])),
            ("POST", "/document") if request.body.contains("do=continue") => {
                see_other("{merchant}/success")
            }
            ("POST", _) => see_other("{merchant}/fail"),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn each_person_ends_where_they_want() {
        for (person, target, posts) in [
            (Person::Complete, "/success", 2),
            (Person::Cancel, "/fail", 1),
            (Person::Fail, "/fail", 2),
            (Person::Decline, "/success", 2),
        ] {
            let scene = scene(identification).await;
            scene.walk(person, Leg::Identification).await.unwrap();
            assert_eq!(scene.merchant.seen()[0].target, target, "{person}");
            let posted = scene.pages.seen().iter().filter(|seen| seen.method == "POST").count();
            assert_eq!(posted, posts, "{person}");
        }
    }

    #[tokio::test]
    async fn a_code_is_entered_and_never_written_down() {
        let scene = scene(|request| match request.method.as_str() {
            "GET" => {
                let field = "<input name=code autocomplete=one-time-code>";
                page("code", &format!("{field}{}", buttons(&["sign", "decline"])))
            }
            _ => see_other("{merchant}/success"),
        })
        .await;
        scene.walk(Person::Complete, Leg::Signing).await.unwrap();
        assert_eq!(scene.pages.seen()[1].body, "screen=code&code=471100&do=sign");
        let trace = scene.trace();
        assert!(!trace.contains("471100"), "{trace}");
        assert!(trace.contains("<signing-code#1 newest, six digits>"), "{trace}");
        assert!(!trace.contains("127.0.0.1"), "{trace}");
    }

    #[tokio::test]
    async fn it_refuses_to_leave_the_pages() {
        let scene = scene(|_| see_other("http://127.0.0.1:1/elsewhere")).await;
        let lost = scene.walk(Person::Complete, Leg::Identification).await.unwrap_err();
        assert!(matches!(&lost, Lost::Stuck(reason) if reason.contains("allowed")), "{lost:?}");
        assert!(scene.trace().contains("outside the pages"));
    }

    #[tokio::test]
    async fn pages_that_lead_nowhere_come_to_an_end() {
        type Serve = fn(&Request) -> Reply;
        let cases: [(Serve, &str); 5] = [
            (|_| see_other("/start"), "60 requests"),
            (|_| text(410, "gone"), "answers 410"),
            (|_| text(303, ""), "where it leads"),
            (|_| page("odd", &buttons(&["dance"])), "screen odd has no button"),
            (
                |request| match request.method.as_str() {
                    "GET" => page("code", &(buttons(&["sign"]) + "<p role=alert>No.</p>")),
                    _ => see_other("/start"),
                },
                "keeps refusing",
            ),
        ];
        for (serve, words) in cases {
            let lost = scene(serve).await.walk(Person::Complete, Leg::Signing).await.unwrap_err();
            assert!(matches!(&lost, Lost::Stuck(reason) if reason.contains(words)), "{lost:?}");
        }
    }

    #[tokio::test]
    async fn a_page_without_forms_is_left_by_its_link() {
        let scene = scene(|request| match request.target.as_str() {
            "/start" => {
                text(200, "<main><a href='/next'>On</a></main>").with("content-type", "text/html")
            }
            _ => see_other("{merchant}/success"),
        })
        .await;
        scene.walk(Person::Complete, Leg::Identification).await.unwrap();
        assert_eq!(scene.pages.seen()[1].target, "/next");
    }
}
