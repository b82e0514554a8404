//! Every text of the hosted pages, one row a screen, English and Bulgarian side by side.
//! A screen without both languages does not compile.

use sim::{journey::FailReason, outcome::Screen};

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
    /// Both.
    pub(crate) const ALL: &[Self] = &[Self::English, Self::Bulgarian];

    /// From a language tag such as `bg` or `en-US`; English where it is neither.
    pub(crate) fn of(tag: Option<&str>) -> Self {
        let primary = tag.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or_default();
        if primary.eq_ignore_ascii_case("bg") { Self::Bulgarian } else { Self::English }
    }

    /// What a visitor chose in the address; nothing else of it is ever repeated.
    pub(crate) fn chosen(query: Option<&str>) -> Option<Self> {
        let pairs = crate::edge::form::parse(query.unwrap_or_default().as_bytes());
        let (_, tag) = pairs.into_iter().find(|(name, _)| name == "lang")?;
        Self::ALL.iter().find(|language| language.tag() == tag).copied()
    }

    /// For the `lang` attribute.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Bulgarian => "bg",
        }
    }

    /// What it calls itself.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Bulgarian => "Български",
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
pub(crate) const LANGUAGES: Both = both("Language", "Език");
pub(crate) const ASKED_BY: Both = both("Asked for by merchant", "По искане на търговец");
pub(crate) const CONTINUE: Both = both("Continue", "Продължи");
pub(crate) const CANCEL: Both = both("Cancel", "Отказ");
pub(crate) const SIGN: Both = both("Sign", "Подпиши");
pub(crate) const CONFIRM: Both = both("Confirm", "Потвърди");
pub(crate) const DECLINE: Both = both("Decline", "Откажи подписването");
pub(crate) const ANOTHER_CODE: Both = both("Send another code", "Изпрати нов код");
pub(crate) const CODE: Both = both("Code (six digits)", "Код (шест цифри)");
pub(crate) const SENT_TO: Both = both("The code was sent to", "Кодът е изпратен на");
pub(crate) const INBOX: Both =
    both("Open the simulation's inbox", "Отворете съобщенията на симулацията");
pub(crate) const STEP: Both = both("Step", "Стъпка");
pub(crate) const WRONG_CODE: Both =
    both("That code is not right. Tries left:", "Кодът не е верен. Оставащи опити:");
pub(crate) const ACCEPT_TERMS: Both =
    both("I accept the terms of the service.", "Приемам условията на услугата.");
pub(crate) const ACCEPT_DATA: Both = both(
    "I agree that my personal data is processed.",
    "Съгласен съм личните ми данни да бъдат обработени.",
);
pub(crate) const HAVE_READ: Both = both("I have read the documents.", "Запознах се с документите.");
pub(crate) const OTHER_WAYS: Both =
    both("Simulation: end this in another way", "Симулация: друг край");
pub(crate) const WHY: Both = both("Why the check fails", "Защо проверката е неуспешна");
pub(crate) const FAIL: Both = both("Fail this check", "Провали проверката");
pub(crate) const EXPIRE: Both = both("Let the session expire", "Остави сесията да изтече");
pub(crate) const OTHER_DEVICE: Both =
    both("Go on with another device", "Продължете на друго устройство");
pub(crate) const OTHER_DEVICE_HOW: Both = both(
    "Open this address there. Both devices show the same step.",
    "Отворете този адрес там. Двете устройства показват една и съща стъпка.",
);

/// Why a check fails.
pub(crate) const fn reason(reason: FailReason) -> Both {
    match reason {
        FailReason::DocumentUnreadable => {
            both("The document cannot be read", "Документът не се чете")
        }
        FailReason::DocumentExpired => {
            both("The document has expired", "Документът е с изтекъл срок")
        }
        FailReason::DocumentNotAccepted => {
            both("Such documents are not accepted", "Такива документи не се приемат")
        }
        FailReason::FaceMismatch => {
            both("The face does not match the document", "Лицето не съвпада с това от документа")
        }
        FailReason::NotLive => both("No living person is seen", "Не се вижда жив човек"),
        FailReason::TechnicalError => both("A technical error", "Техническа грешка"),
    }
}

/// The made-up person of the details and the review, label and value.
pub(crate) const MADE_UP: &[(Both, Both)] = &[
    (both("Name", "Име"), both("Test Testova", "Тест Тестова")),
    (both("Personal number", "ЕГН"), both("0000000000", "0000000000")),
    (both("Document", "Документ"), both("TEST00000", "TEST00000")),
];

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
        Screen::PhoneCode => (
            both("Confirm your phone", "Потвърдете телефона си"),
            both("We have sent you an SMS with a code.", "Изпратихме Ви SMS с код."),
        ),
        Screen::EmailCode => (
            both("Confirm your e-mail address", "Потвърдете имейл адреса си"),
            both("We have sent you an e-mail with a code.", "Изпратихме Ви имейл с код."),
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
        Screen::Review => (
            both("Look over your data", "Прегледайте данните си"),
            both(
                "This is what would have been read from your document.",
                "Това би било прочетено от документа Ви.",
            ),
        ),
        Screen::ProviderDocuments => (
            both("The provider's documents", "Документи на доставчика"),
            both(
                "The identification provider asks you to sign its contract for a one-time certificate.",
                "Доставчикът на идентификация Ви моли да подпишете договора за еднократно удостоверение.",
            ),
        ),
        Screen::ProviderCode => (
            both("Sign with a one-time code", "Подпишете с еднократен код"),
            both(
                "The one-time certificate needs the code from the SMS.",
                "За еднократното удостоверение е нужен кодът от SMS.",
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

    fn is_cyrillic(text: &str) -> bool {
        text.chars().any(|c| ('а'..='я').contains(&c))
    }

    #[test]
    fn every_screen_and_reason_has_both_languages() {
        for screen in Screen::ALL {
            let Words { title, text } = words(*screen);
            for text in [title, text] {
                assert!(text.en.is_ascii(), "{}", text.en);
                assert!(is_cyrillic(text.bg), "{}", text.bg);
            }
        }
        for text in FailReason::ALL.iter().map(|known| reason(*known)) {
            assert!(text.en.is_ascii() && is_cyrillic(text.bg), "{text:?}");
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

    #[test]
    fn a_visitor_chooses_one_of_the_two() {
        for (query, language) in [
            (Some("lang=bg"), Some(Language::Bulgarian)),
            (Some("x=1&lang=en"), Some(Language::English)),
            (Some("lang=//evil.example"), None),
            (Some("lang=BG"), None),
            (None, None),
        ] {
            assert_eq!(Language::chosen(query), language, "{query:?}");
        }
    }
}
