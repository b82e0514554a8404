//! Every text of the hosted pages, one row a screen, English and Bulgarian side by side.
//! A screen without both languages does not compile.

use sim::outcome::Screen;

/// The two languages of the identification provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Bulgarian,
}

/// A text in both languages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Both {
    en: &'static str,
    bg: &'static str,
}

/// The texts of a screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    pub(crate) title: Both,
    pub(crate) text: Both,
}

impl Language {
    /// From a language tag such as `bg` or `en-US`; English where it is neither.
    pub(crate) fn of(tag: Option<&str>) -> Self {
        let primary = tag.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or_default();
        if primary.eq_ignore_ascii_case("bg") { Self::Bulgarian } else { Self::English }
    }

    /// For the `lang` attribute.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Bulgarian => "bg",
        }
    }
}

impl Both {
    pub(crate) const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Bulgarian => self.bg,
        }
    }
}

const fn both(en: &'static str, bg: &'static str) -> Both {
    Both { en, bg }
}

pub(crate) const SIMULATION: Both = both(
    "Simulation for testing. Nobody checks anything here: please enter no real data.",
    "Симулация за тестове. Тук нищо не се проверява: моля, не въвеждайте истински данни.",
);
pub(crate) const ASKED_BY: Both = both("Asked for by merchant", "По искане на търговец");
pub(crate) const CONTINUE: Both = both("Continue", "Продължи");
pub(crate) const CANCEL: Both = both("Cancel", "Отказ");
pub(crate) const FAIL: Both = both("Fail this check", "Провали проверката");
pub(crate) const SIGN: Both = both("Sign", "Подпиши");
pub(crate) const DECLINE: Both = both("Decline", "Откажи подписването");
pub(crate) const ANOTHER_CODE: Both = both("Send another code", "Изпрати нов код");
pub(crate) const CODE: Both = both("One-time code (six digits)", "Еднократен код (шест цифри)");
pub(crate) const STEP: Both = both("Step", "Стъпка");
pub(crate) const WRONG_CODE: Both =
    both("That code is not right. Tries left:", "Кодът не е верен. Оставащи опити:");

/// The texts of a screen.
pub(crate) const fn words(screen: Screen) -> Words {
    let (title, text) = match screen {
        Screen::Consent => (
            both("Terms and consent", "Условия и съгласие"),
            both(
                "To identify you, we would process your personal data. Continue if you agree.",
                "За да Ви идентифицираме, бихме обработили Ваши лични данни. Продължете, ако сте съгласни.",
            ),
        ),
        Screen::Details => (
            both("Your details", "Вашите данни"),
            both(
                "Here you would check your name and personal number. The simulation uses made-up ones.",
                "Тук бихте проверили името и личния си номер. Симулацията използва измислени данни.",
            ),
        ),
        Screen::Document => (
            both("Your identity document", "Документ за самоличност"),
            both(
                "Here you would photograph your identity card. No camera is used.",
                "Тук бихте снимали личната си карта. Камера не се използва.",
            ),
        ),
        Screen::Liveness => (
            both("A short video of your face", "Кратко видео на лицето"),
            both(
                "Here you would turn your head. No camera is used.",
                "Тук бихте завъртели глава. Камера не се използва.",
            ),
        ),
        Screen::ProviderDocuments => (
            both("Sign the provider's documents", "Подпишете документите на доставчика"),
            both(
                "The identification provider asks you to sign its contract for a one-time certificate.",
                "Доставчикът на идентификация Ви моли да подпишете договора за еднократно удостоверение.",
            ),
        ),
        Screen::Done => (
            both("Identification is complete", "Идентификацията приключи"),
            both(
                "Continue to go back to the merchant.",
                "Продължете, за да се върнете при търговеца.",
            ),
        ),
        Screen::Read => (
            both("Read the 10nPayments documents", "Прочетете документите на 10nPayments"),
            both(
                "Here you would read the framework contract and the tariff. Continue to get a code by SMS.",
                "Тук бихте прочели рамковия договор и тарифата. Продължете, за да получите код чрез SMS.",
            ),
        ),
        Screen::Code => (
            both("Sign with the code from the SMS", "Подпишете с кода от SMS"),
            both(
                "The code is in the inbox of the simulation.",
                "Кодът е сред съобщенията на симулацията.",
            ),
        ),
        Screen::Over => (
            both("There is nothing left to do here", "Тук няма какво повече да се прави"),
            both(
                "This session has ended. Go back to the merchant.",
                "Тази сесия приключи. Върнете се при търговеца.",
            ),
        ),
        Screen::Expired => (
            both("This session took too long", "Времето за тази сесия изтече"),
            both(
                "Go back to the merchant and begin again.",
                "Върнете се при търговеца и започнете отначало.",
            ),
        ),
        Screen::Unknown => (
            both("This address leads nowhere", "Този адрес не води никъде"),
            both(
                "It is mistyped, or a newer session took its place. Go back to the merchant.",
                "Адресът е сгрешен или е заменен от по-нова сесия. Върнете се при търговеца.",
            ),
        ),
    };
    Words { title, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_has_both_languages() {
        for screen in Screen::ALL {
            let Words { title, text } = words(*screen);
            for text in [title, text] {
                assert!(text.en.is_ascii(), "{}", text.en);
                assert!(text.bg.chars().any(|c| ('а'..='я').contains(&c)), "{}", text.bg);
            }
        }
    }

    #[test]
    fn the_language_is_the_first_part_of_the_tag() {
        for (tag, language) in [
            (Some("bg"), Language::Bulgarian),
            (Some("BG-bg"), Language::Bulgarian),
            (Some("en-US"), Language::English),
            (Some("<script>"), Language::English),
            (None, Language::English),
        ] {
            assert_eq!(Language::of(tag), language, "{tag:?}");
        }
    }
}
