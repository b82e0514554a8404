//! The dashboard shows what happens by itself, and its forms do what they say.
//! Nothing that a client sends becomes part of a page.

use browser::stand::Stand;
use contract::Edition;

use crate::{DESKTOP, browser, is_sound};

#[tokio::test]
async fn what_happens_is_shown_without_reloading() {
    let (Some(watcher), Some(customer)) = (browser(DESKTOP).await, browser(DESKTOP).await) else {
        return;
    };
    let stand = Stand::start(Edition::E2025_09, &[]).await.unwrap();
    watcher.open(&stand.control("/exchanges")).await.unwrap();
    watcher.run("window.sameWindow = true", Vec::new()).await.unwrap();
    customer.open(&stand.app).await.unwrap();
    customer.write("#email", "\"><img src=x>@example.org").await.unwrap();
    customer.run("document.querySelector('#email').type = 'text'", Vec::new()).await.unwrap();
    customer.write("#phone", "+359881234567").await.unwrap();
    customer.press("button").await.unwrap();
    watcher.text("a[href='/exchanges/2']").await.unwrap();
    // What was typed and not sent is not lost when more happens.
    watcher.write("#text", "not sent yet").await.unwrap();
    watcher.run("document.activeElement.blur()", Vec::new()).await.unwrap();
    customer.open(&stand.app).await.unwrap();
    customer.write("#email", "ana@example.org").await.unwrap();
    customer.write("#phone", "+359881234567").await.unwrap();
    customer.press("button").await.unwrap();
    customer.text("#code").await.unwrap();
    let kept = watcher.run("return document.querySelector('#text').value", Vec::new()).await;
    assert_eq!(kept.unwrap(), "not sent yet");
    watcher.run("document.querySelector('#text').value = ''", Vec::new()).await.unwrap();
    watcher.press("h1").await.unwrap();
    watcher.text("a[href='/exchanges/3']").await.unwrap();
    let same = watcher.run("return window.sameWindow", Vec::new()).await.unwrap();
    assert_eq!(same, true, "the page was not loaded anew");
    is_sound(&watcher).await;
    customer.close().await.unwrap();
    watcher.close().await.unwrap();
}

#[tokio::test]
async fn its_forms_do_what_they_say() {
    let Some(browser) = browser(DESKTOP).await else { return };
    let stand = Stand::start(Edition::E2025_09, &["identifying"]).await.unwrap();

    browser.open(&stand.control("/users/100001")).await.unwrap();
    browser.press("button[value=complete]").await.unwrap();
    browser.text("main:not(:has(#open-page))").await.unwrap();
    browser.open(&stand.control("/clock")).await.unwrap();
    browser.press("button[value=next]").await.unwrap();
    browser.open(&stand.control("/users/100001")).await.unwrap();
    assert!(browser.text("#open-page").await.unwrap().contains("/sign/"));

    browser.open(&stand.control("/faults")).await.unwrap();
    browser.press("button[value=gateway-503]").await.unwrap();
    let chosen = browser.text("main strong").await.unwrap();
    assert_eq!(chosen, "gateway-503");
    browser.write("#name", "mine").await.unwrap();
    browser.write("#toml", "title = 5").await.unwrap();
    browser.press("form[action='/scenarios/try'] button").await.unwrap();
    let told = browser.text("#diagnostics").await.unwrap();
    assert!(told.contains("mine:1:"), "as the command line tells it: {told}");
    browser.complaints().await.unwrap();

    browser.open(&stand.control("/workspaces")).await.unwrap();
    browser.write("#name", "second").await.unwrap();
    browser.write("#seed", "5").await.unwrap();
    browser.press("form[action='/workspaces/add'] button").await.unwrap();
    browser.text("form[action='/workspaces/remove'] button[value=second]").await.unwrap();
    assert_eq!(stand.mock.workspaces().all().len(), 2);
    browser.press("form[action='/workspaces/remove'] button").await.unwrap();
    browser.text("main:not(:has([action='/workspaces/remove'])) h1").await.unwrap();
    assert_eq!(stand.mock.workspaces().all().len(), 1);

    browser.open(&stand.control("/")).await.unwrap();
    browser.write("#q", "100001").await.unwrap();
    browser.press("form.search button").await.unwrap();
    browser.text(".sequence").await.unwrap();
    assert!(browser.address().await.unwrap().ends_with("/users/100001"));
    browser.close().await.unwrap();
}
