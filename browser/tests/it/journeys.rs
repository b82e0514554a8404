//! A customer of the smallest merchant web app goes through the whole onboarding in a browser:
//! both editions with pages, in both languages, to Success twice.

use browser::{Browser, stand::Stand};
use contract::Edition;

use crate::{DESKTOP, browser, is_sound};

const B_TRUST: &[&str] = &[
    "consent",
    "details",
    "phone-code",
    "email-code",
    "document",
    "liveness",
    "review",
    "provider-documents",
    "provider-code",
    "done",
];
/// This edition has no documents of the provider's own to sign.
const ONFIDO: &[&str] = &["consent", "document", "liveness", "done"];

/// What the inbox page shows as the newest code of a kind.
async fn code_in_inbox(browser: &Browser, stand: &Stand, kind: &str) -> String {
    let back = browser.address().await.unwrap();
    browser.open(&stand.control("/inbox")).await.unwrap();
    let code = browser.text(&format!("tr[data-kind='{kind}'] code")).await.unwrap();
    browser.open(&back).await.unwrap();
    code
}

/// Goes through the provider's pages until the merchant has the browser back. Each is looked at.
async fn walk(browser: &Browser, stand: &Stand, user: i32) -> Vec<String> {
    let mut seen = Vec::new();
    while let Some(screen) = stand.screen(browser).await.unwrap() {
        is_sound(browser).await;
        stand.go_on(browser, user, &screen).await.unwrap();
        seen.push(screen);
    }
    seen
}

async fn onboard(edition: Edition, language: &str, screens: &[&str]) {
    let Some(browser) = browser(DESKTOP).await else { return };
    let stand = Stand::start(edition, &[]).await.unwrap();
    browser.open(&stand.app).await.unwrap();
    browser.write("#email", "ana@example.org").await.unwrap();
    browser.write("#phone", "+359881234567").await.unwrap();
    browser.choose("#language", language).await.unwrap();
    browser.press("button").await.unwrap();
    browser.text("[data-page='/email'] h1").await.unwrap();
    let code = code_in_inbox(&browser, &stand, "email-confirmation").await;
    browser.write("#code", &code).await.unwrap();
    browser.press("button").await.unwrap();
    browser.text("[data-page='/phone'] h1").await.unwrap();
    let code = code_in_inbox(&browser, &stand, "phone-verification").await;
    browser.write("#code", &code).await.unwrap();
    browser.press("button").await.unwrap();

    browser.text("main[data-screen=consent] h1").await.unwrap();
    assert_eq!(browser.attribute("html", "lang").await.unwrap().as_deref(), Some(language));
    let user = stand.newest_user();
    assert_eq!(walk(&browser, &stand, user).await, screens);
    assert!(browser.address().await.unwrap().starts_with(&format!("{}/success", stand.app)));
    stand.wait().unwrap();
    // The merchant's page looks again by itself and sends the customer on.
    browser.text("main[data-screen=read] h1").await.unwrap();
    assert_eq!(walk(&browser, &stand, user).await, ["read", "code"]);
    let landed = browser.address().await.unwrap();
    assert!(landed.starts_with(&format!("{}/success", stand.app)), "{landed}");
    let signhost = edition == Edition::E2026_05;
    assert_eq!(landed.contains("sh_signerstatus=signed"), signhost, "{landed}");
    stand.wait().unwrap();
    assert_eq!(
        browser.text("[data-page='/done'] b").await.unwrap().len(),
        6,
        "the number of the account"
    );
    assert_eq!(browser.complaints().await.unwrap(), Vec::<String>::new());
    browser.close().await.unwrap();
}

#[tokio::test]
async fn with_b_trust_in_english() {
    onboard(Edition::E2025_09, "en", B_TRUST).await;
}

#[tokio::test]
async fn with_b_trust_in_bulgarian() {
    onboard(Edition::E2025_09, "bg", B_TRUST).await;
}

#[tokio::test]
async fn with_onfido_and_signhost_in_english() {
    onboard(Edition::E2026_05, "en", ONFIDO).await;
}

#[tokio::test]
async fn with_onfido_and_signhost_in_bulgarian() {
    onboard(Edition::E2026_05, "bg", ONFIDO).await;
}
