//! A hosted page as HTML: a heading, a few words, one form. Everything is escaped by the template.
//! A person can use it with the keyboard alone, and a program by its form and button names.

use contract::trace::Leg;
use maud::{DOCTYPE, Markup, html};
use sim::outcome::{Alert, PageView, Screen};

use super::words::{
    ANOTHER_CODE, ASKED_BY, CANCEL, CODE, CONTINUE, DECLINE, FAIL, Language, SIGN, SIMULATION,
    STEP, WRONG_CODE, words,
};

/// The whole page.
pub(super) fn page(view: &PageView) -> String {
    let language = Language::of(view.language.as_deref());
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
                p.simulation { (SIMULATION.in_language(language)) }
                main data-screen=(view.screen.name()) {
                    h1 { (title) }
                    @if let Some((number, count)) = place(view.screen) {
                        p.step { (STEP.in_language(language)) " " (number) "/" (count) }
                    }
                    @if let Some(merchant) = view.merchant {
                        p.who { (ASKED_BY.in_language(language)) " " (merchant) }
                    }
                    @if let Some(provider) = view.provider {
                        p.provider { (provider) }
                    }
                    p { (words.text.in_language(language)) }
                    @if let Some(Alert::WrongCode { left }) = view.alert {
                        p role="alert" { (WRONG_CODE.in_language(language)) " " (left) }
                    }
                    (form(view, language))
                }
            }
        }
    };
    markup.into_string()
}

/// Which screen of its journey it is, and of how many.
fn place(screen: Screen) -> Option<(usize, usize)> {
    let journeys = [
        [
            Screen::Consent,
            Screen::Details,
            Screen::Document,
            Screen::Liveness,
            Screen::ProviderDocuments,
            Screen::Done,
        ]
        .as_slice(),
        &[Screen::Read, Screen::Code],
    ];
    journeys.into_iter().find_map(|journey| {
        let index = journey.iter().position(|known| *known == screen)?;
        Some((index + 1, journey.len()))
    })
}

fn form(view: &PageView, language: Language) -> Markup {
    let is_dead = matches!(view.screen, Screen::Over | Screen::Expired | Screen::Unknown);
    let checks = matches!(view.screen, Screen::Document | Screen::Liveness);
    let give_up = match view.leg {
        Leg::Identification => ("cancel", CANCEL),
        Leg::Signing => ("decline", DECLINE),
    };
    html! {
        @if !is_dead {
            form method="post" {
                input type="hidden" name="screen" value=(view.screen.name());
                @if view.screen == Screen::Code {
                    label for="code" { (CODE.in_language(language)) }
                    input #code name="code" inputmode="numeric" autocomplete="one-time-code"
                        maxlength="6" aria-invalid=[view.alert.map(|_| "true")];
                }
                div.buttons {
                    // The first button is what the enter key presses.
                    @if view.screen == Screen::Code {
                        button.main type="submit" name="do" value="sign" { (SIGN.in_language(language)) }
                        button type="submit" name="do" value="continue" { (ANOTHER_CODE.in_language(language)) }
                    } @else {
                        button.main type="submit" name="do" value="continue" { (CONTINUE.in_language(language)) }
                    }
                    @if checks {
                        button type="submit" name="do" value="fail" { (FAIL.in_language(language)) }
                    }
                    button type="submit" name="do" value=(give_up.0) { (give_up.1.in_language(language)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(screen: Screen, language: &str) -> PageView {
        let leg = match screen {
            Screen::Read | Screen::Code => Leg::Signing,
            _ => Leg::Identification,
        };
        let language = Some(language.into());
        PageView {
            leg,
            link: None,
            screen,
            alert: None,
            merchant: Some(1001),
            provider: Some("Onfido"),
            language,
        }
    }

    #[test]
    fn every_screen_is_a_whole_page_in_its_language() {
        for screen in Screen::ALL {
            for (tag, language) in [("en", Language::English), ("bg", Language::Bulgarian)] {
                let html = page(&view(*screen, tag));
                let title = words(*screen).title.in_language(language);
                assert!(html.contains(&format!("<html lang=\"{tag}\">")), "{html}");
                assert!(html.contains(&format!("<h1>{title}</h1>")), "{html}");
                assert!(html.contains(SIMULATION.in_language(language)), "{html}");
                let goes_on = !matches!(screen, Screen::Over | Screen::Expired | Screen::Unknown);
                assert_eq!(html.contains("<form method=\"post\">"), goes_on, "{html}");
            }
        }
    }

    #[test]
    fn a_language_is_never_written_out() {
        for language in ["\"><script>alert(1)</script>", "bg\" onload=\"x", "bg-<b>"] {
            let html = page(&view(Screen::Consent, language));
            for piece in ["<script", "onload", "<b>"] {
                assert!(!html.contains(piece), "{language}: {html}");
            }
        }
    }
}
