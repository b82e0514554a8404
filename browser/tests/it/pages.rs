//! Every page, on a desk and on a phone: no error, no request that fails or leaves this machine, no
//! serious barrier, and nothing wider than the window.

use browser::stand::Stand;
use contract::Edition;

use crate::{DESKTOP, PHONE, browser, is_sound};

const PATHS: &[&str] = &[
    "/",
    "/users",
    "/users/100001",
    "/users/100002",
    "/users/100003",
    "/exchanges",
    "/exchanges/4",
    "/exchanges?status=4",
    "/inbox",
    "/inbox?channel=sms",
    "/portal",
    "/scenarios",
    "/scenarios/sms-late",
    "/faults",
    "/clock",
    "/variants",
    "/workspaces",
    "/search?q=nothing-of-this-name",
    "/landing/success",
    "/landing/fail",
];

async fn all_pages(window: (u32, u32), dark: bool) {
    let Some(browser) = browser(window).await else { return };
    if dark {
        browser.dark().await.unwrap();
    }
    let states = ["signing", "finalized"];
    let stand = Stand::start(Edition::E2025_09, &states).await.unwrap();
    // A user by the API too, so that there are exchanges.
    browser.open(&stand.app).await.unwrap();
    browser.write("#email", "ana@example.org").await.unwrap();
    browser.write("#phone", "+359881234567").await.unwrap();
    browser.press("button").await.unwrap();
    browser.text("#code").await.unwrap();
    browser.complaints().await.unwrap();
    for path in PATHS {
        browser.open(&stand.control(path)).await.unwrap();
        browser.text("h1").await.unwrap();
        is_sound(&browser).await;
    }
    browser.open(&stand.page_of(100_001).unwrap()).await.unwrap();
    is_sound(&browser).await;
    browser.close().await.unwrap();
}

#[tokio::test]
async fn on_a_desk() {
    all_pages(DESKTOP, false).await;
}

#[tokio::test]
async fn on_a_phone() {
    all_pages(PHONE, false).await;
}

#[tokio::test]
async fn in_the_dark() {
    all_pages(DESKTOP, true).await;
}
