//! The mock's pages in a real browser. Without Chromium, its driver or the accessibility checker
//! the tests look at nothing, unless `REQUIRE_BROWSER` is set: `make browser` fetches all three.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says when it saw nothing"
)]

mod dashboard;
mod exits;
mod journey_program;
mod journeys;
mod pages;
mod portal;

use browser::Browser;

/// A desktop's and a phone's window.
pub(crate) const DESKTOP: (u32, u32) = (1440, 900);
pub(crate) const PHONE: (u32, u32) = (360, 740);

pub(crate) async fn browser((width, height): (u32, u32)) -> Option<Browser> {
    let browser = Browser::start(width, height).await.unwrap();
    if browser.is_none() {
        eprintln!("no browser on this machine: nothing was looked at");
    }
    browser
}

/// That a page has nothing against it: no error, no stranger, no barrier, not wider than its window.
pub(crate) async fn is_sound(browser: &Browser) {
    let at = browser.address().await.unwrap();
    assert_eq!(browser.complaints().await.unwrap(), Vec::<String>::new(), "{at}");
    assert_eq!(browser.barriers().await.unwrap(), Vec::<String>::new(), "{at}");
    assert!(browser.overflow().await.unwrap() <= 0, "{at} is wider than its window");
}
