//! A hosted page as HTML: a heading, a few words, one form. Everything is escaped by the template.
//! A person can use it with the keyboard alone, and a program by its form and button names.

use contract::trace::Leg;
use maud::{DOCTYPE, Markup, html};
use sim::{
    journey::FailReason,
    outcome::{Alert, PageView, Screen},
};

use super::words::{
    ACCEPT_DATA, ACCEPT_TERMS, ANOTHER_CODE, ASKED_BY, Both, CANCEL, CODE, CONFIRM, CONTINUE,
    DECLINE, EXPIRE, FAIL, HAVE_READ, INBOX, LANGUAGES, Language, MADE_UP, OTHER_DEVICE,
    OTHER_DEVICE_HOW, OTHER_WAYS, SENT_TO, SIGN, SIMULATION, STEP, WHY, WRONG_CODE, reason, words,
};

/// What surrounds a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// In which language it is written.
    pub(super) language: Language,
    /// Its own address.
    pub(super) address: Option<&'a str>,
    /// Where the person's messages can be read.
    pub(super) inbox: &'a str,
}

/// The whole page.
pub(super) fn page(view: &PageView, around: Around<'_>) -> String {
    let language = around.language;
    let words = words(view.screen);
    let title = words.title.in_language(language);
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/style.css";
            }
            body {
                header.page {
                    p.simulation { (SIMULATION.in_language(language)) }
                    (languages(language))
                }
                main data-screen=(view.screen.name()) {
                    @if let Some(provider) = view.provider { p.provider { (provider) } }
                    h1 { (title) }
                    @if let Some((number, count)) = view.place {
                        p.step { (STEP.in_language(language)) " " (number) "/" (count) }
                        progress.steps value=(number) max=(count)
                            aria-label=(STEP.in_language(language)) {}
                    }
                    @if let Some(merchant) = view.merchant {
                        p.who { (ASKED_BY.in_language(language)) " " (merchant) }
                    }
                    p { (words.text.in_language(language)) }
                    @if matches!(view.screen, Screen::Details | Screen::Review) {
                        (made_up(language))
                    }
                    @if !view.screen.is_dead() {
                        (form(view, around))
                        (aside(view, around))
                    }
                }
            }
        }
    };
    markup.into_string()
}

fn languages(language: Language) -> Markup {
    html! {
        nav.languages aria-label=(LANGUAGES.in_language(language)) {
            @for known in Language::ALL {
                a href=(format!("?lang={}", known.tag())) lang=(known.tag()) hreflang=(known.tag())
                    aria-current=[(*known == language).then_some("true")] { (known.name()) }
            }
        }
    }
}

fn made_up(language: Language) -> Markup {
    html! {
        dl.data {
            @for (label, value) in MADE_UP {
                dt { (label.in_language(language)) }
                dd { (value.in_language(language)) }
            }
        }
    }
}

fn form(view: &PageView, around: Around<'_>) -> Markup {
    let (language, screen) = (around.language, view.screen);
    let (main, more) = match screen {
        Screen::Code | Screen::ProviderCode => (("sign", SIGN), Some(ANOTHER_CODE)),
        Screen::PhoneCode | Screen::EmailCode => (("enter", CONFIRM), Some(ANOTHER_CODE)),
        _ => (("continue", CONTINUE), None),
    };
    let give_up = match view.leg {
        Leg::Identification => ("cancel", CANCEL),
        Leg::Signing => ("decline", DECLINE),
    };
    html! {
        form #step method="post" {
            input type="hidden" name="screen" value=(screen.name());
            @if screen.asks_for().is_some() { (code_field(view, around)) }
            @for (name, text) in ticks(screen) {
                p.tick {
                    input type="checkbox" id=(name) name=(name) value="yes" required;
                    label for=(name) { (text.in_language(language)) }
                }
            }
            div.buttons {
                // The first button is what the enter key presses. One that does not go on asks
                // for nothing, whatever the fields of the form say.
                button.main type="submit" name="do" value=(main.0) { (main.1.in_language(language)) }
                @if let Some(text) = more {
                    button type="submit" name="do" value="continue" formnovalidate { (text.in_language(language)) }
                }
                button type="submit" name="do" value=(give_up.0) formnovalidate { (give_up.1.in_language(language)) }
            }
        }
    }
}

/// What has to be ticked before the person can go on.
const fn ticks(screen: Screen) -> &'static [(&'static str, Both)] {
    match screen {
        Screen::Consent => &[("terms", ACCEPT_TERMS), ("gdpr", ACCEPT_DATA)],
        Screen::ProviderDocuments | Screen::Read => &[("read", HAVE_READ)],
        _ => &[],
    }
}

fn code_field(view: &PageView, around: Around<'_>) -> Markup {
    let language = around.language;
    let wrong = view.alert.map(|_| "true");
    html! {
        @if let Some(to) = &view.sent_to {
            p #sent { (SENT_TO.in_language(language)) " " strong { (to) } }
        }
        label for="code" { (CODE.in_language(language)) }
        input #code name="code" type="text" inputmode="numeric" autocomplete="one-time-code"
            maxlength="6" required aria-invalid=[wrong] aria-describedby=[wrong.map(|_| "wrong")];
        @if let Some(Alert::WrongCode { left }) = view.alert {
            p #wrong role="alert" { (WRONG_CODE.in_language(language)) " " (left) }
        }
        p { a href=(around.inbox) target="_blank" rel="noopener" { (INBOX.in_language(language)) } }
    }
}

/// The ends that no real page offers by a button, and the way to another device.
fn aside(view: &PageView, around: Around<'_>) -> Markup {
    let language = around.language;
    let fitting = || FailReason::ALL.iter().filter(|reason| reason.fits(view.screen));
    html! {
        details.other {
            summary { (OTHER_WAYS.in_language(language)) }
            form method="post" {
                input type="hidden" name="screen" value=(view.screen.name());
                @if view.screen.is_a_check() {
                    label for="reason" { (WHY.in_language(language)) }
                    select #reason name="reason" {
                        @for known in fitting() {
                            option value=(known.name()) { (reason(*known).in_language(language)) }
                        }
                    }
                }
                div.buttons {
                    @if view.screen.is_a_check() {
                        button type="submit" name="do" value="fail" { (FAIL.in_language(language)) }
                    }
                    button type="submit" name="do" value="expire" { (EXPIRE.in_language(language)) }
                }
            }
        }
        @if let Some(address) = around.address {
            details.other {
                summary { (OTHER_DEVICE.in_language(language)) }
                p { (OTHER_DEVICE_HOW.in_language(language)) }
                p { code { (address) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(screen: Screen) -> PageView {
        let leg = match screen {
            Screen::Read | Screen::Code => Leg::Signing,
            _ => Leg::Identification,
        };
        PageView {
            leg,
            link: None,
            screen,
            alert: screen.asks_for().map(|_| Alert::WrongCode { left: 3 }),
            merchant: Some(1001),
            provider: Some("Onfido"),
            language: None,
            place: Some((2, 6)),
            sent_to: Some("<b>".into()),
        }
    }

    fn around(language: Language) -> Around<'static> {
        Around { language, address: Some("https://<evil>"), inbox: "http://127.0.0.1/inbox" }
    }

    #[test]
    fn every_screen_is_a_whole_page_in_its_language() {
        for screen in Screen::ALL {
            for language in Language::ALL {
                let html = page(&view(*screen), around(*language));
                let title = words(*screen).title.in_language(*language);
                assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{html}");
                assert!(html.contains(&format!("<h1>{title}</h1>")), "{html}");
                assert!(html.contains(SIMULATION.in_language(*language)), "{html}");
                let goes_on = !screen.is_dead();
                assert_eq!(html.contains("<form id=\"step\" method=\"post\">"), goes_on, "{html}");
                for piece in ["<script", "style=", "<b>", "<evil>", "getUserMedia", "capture"] {
                    assert!(!html.contains(piece), "{piece} in {html}");
                }
            }
        }
    }

    #[test]
    fn a_wrong_code_is_told_at_its_field() {
        let html = page(&view(Screen::PhoneCode), around(Language::English));
        for piece in
            ["aria-invalid=\"true\"", "aria-describedby=\"wrong\"", "id=\"wrong\" role=\"alert\""]
        {
            assert!(html.contains(piece), "{piece} not in {html}");
        }
    }
}
