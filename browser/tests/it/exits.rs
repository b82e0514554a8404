//! Every way out of the provider's pages, by the browser's own clicks: each to Fail but for the
//! session that expires, and what back, a second window and a dead address show.

use browser::{Browser, stand::Stand};
use contract::Edition;

use crate::{DESKTOP, browser, is_sound};

const FIRST: i32 = 100_001;

async fn walk_to(browser: &Browser, stand: &Stand, user: i32, screen: &str) {
    browser.open(&stand.page_of(user).unwrap()).await.unwrap();
    while let Some(now) = stand.screen(browser).await.unwrap().filter(|now| now != screen) {
        stand.go_on(browser, user, &now).await.unwrap();
    }
}

async fn landed_at_fail(browser: &Browser, stand: &Stand) {
    // The merchant's page for Fail.
    browser.text("main:not([data-screen]) h1").await.unwrap();
    let at = browser.address().await.unwrap();
    assert_eq!(at, format!("{}/failed", stand.app));
}

#[tokio::test]
async fn each_exit_leads_to_fail() {
    let Some(browser) = browser(DESKTOP).await else { return };
    let states = ["identifying", "identifying", "identifying", "identifying", "signing"];
    let stand = Stand::start(Edition::E2025_09, &states).await.unwrap();

    walk_to(&browser, &stand, FIRST, "details").await;
    browser.press("button[value=cancel]").await.unwrap();
    landed_at_fail(&browser, &stand).await;

    for (user, screen, reason) in
        [(FIRST + 1, "document", "document-expired"), (FIRST + 2, "liveness", "face-mismatch")]
    {
        walk_to(&browser, &stand, user, screen).await;
        browser.press("details:first-of-type summary").await.unwrap();
        browser.choose("#reason", reason).await.unwrap();
        is_sound(&browser).await;
        browser.press("button[value=fail]").await.unwrap();
        landed_at_fail(&browser, &stand).await;
        let told = stand.mock.workspace().trace(None).join("\n");
        assert!(told.contains(&format!("redirected: {reason}")), "{reason} is in the trace");
    }

    walk_to(&browser, &stand, FIRST + 3, "phone-code").await;
    for left in (1..=4).rev() {
        browser.write("#code", "1").await.unwrap();
        browser.press("button[value=enter]").await.unwrap();
        let told = format!("Tries left: {left}");
        while browser.text("#wrong").await.unwrap_or_default()
            != format!("That code is not right. {told}")
        {}
    }
    is_sound(&browser).await;
    browser.write("#code", "1").await.unwrap();
    browser.press("button[value=enter]").await.unwrap();
    landed_at_fail(&browser, &stand).await;

    browser.open(&stand.page_of(FIRST + 4).unwrap()).await.unwrap();
    browser.press("button[value=decline]").await.unwrap();
    landed_at_fail(&browser, &stand).await;
    browser.close().await.unwrap();
}

#[tokio::test]
async fn dead_ends_say_what_happened() {
    let Some(browser) = browser(DESKTOP).await else { return };
    let states = ["identifying", "identifying"];
    let stand = Stand::start(Edition::E2025_09, &states).await.unwrap();
    let address = stand.page_of(FIRST).unwrap();

    // Back, then the form of a page that has gone on: the page that holds now.
    walk_to(&browser, &stand, FIRST, "phone-code").await;
    browser.back().await.unwrap();
    assert_eq!(stand.screen(&browser).await.unwrap().as_deref(), Some("phone-code"));
    // A second window of the same session goes on, and the first one follows.
    browser.open(&format!("{address}?lang=bg")).await.unwrap();
    stand.go_on(&browser, FIRST, "phone-code").await.unwrap();
    assert_eq!(browser.attribute("html", "lang").await.unwrap().as_deref(), Some("bg"));
    browser.open(&address).await.unwrap();
    assert_eq!(stand.screen(&browser).await.unwrap().as_deref(), Some("email-code"));
    browser.complaints().await.unwrap();

    browser.press("details:first-of-type summary").await.unwrap();
    browser.press("button[value=expire]").await.unwrap();
    browser.text("main[data-screen=expired]").await.unwrap();
    assert_eq!(browser.count("form").await.unwrap(), 0);

    let other = stand.page_of(FIRST + 1).unwrap();
    browser.open(&other).await.unwrap();
    browser.press("button[value=cancel]").await.unwrap();
    landed_at_fail(&browser, &stand).await;
    for (address, screen) in [
        (other.clone(), "over"),
        (other.replace("/session/", "/sign/"), "unknown"),
        (format!("{other}0"), "unknown"),
    ] {
        browser.open(&address).await.unwrap();
        assert_eq!(stand.screen(&browser).await.unwrap().as_deref(), Some(screen), "{address}");
        assert_eq!(browser.barriers().await.unwrap(), Vec::<String>::new(), "{address}");
    }
    browser.close().await.unwrap();
}
