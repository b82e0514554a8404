//! The Merchant Portal by its own forms: what is wrong is told at its field, a new certificate
//! gets a token, and one that was taken back gets none.

use browser::stand::Stand;
use contract::Edition;

use crate::{DESKTOP, browser, is_sound};

#[tokio::test]
async fn a_merchant_settles_in() {
    let Some(browser) = browser(DESKTOP).await else { return };
    let stand = Stand::start(Edition::E2025_09, &[]).await.unwrap();
    browser.open(&stand.control("/portal")).await.unwrap();
    browser.write("#success", "javascript:alert(1)").await.unwrap();
    browser.write("#fail", "https://shop.example/fail").await.unwrap();
    browser.press("form[action='/portal/redirects'] button").await.unwrap();
    let told = browser.text("#success-wrong").await.unwrap();
    assert!(told.contains("neither http nor https"), "{told}");
    assert_eq!(browser.count("#fail-wrong").await.unwrap(), 0);
    let kept = browser.attribute("#success", "value").await.unwrap();
    assert_eq!(kept.as_deref(), Some("javascript:alert(1)"), "nothing typed is lost");
    let complaints = browser.complaints().await.unwrap();
    assert!(complaints.iter().all(|one| one.contains("422")), "{complaints:?}");

    browser.write("#success", "https://shop.example/done").await.unwrap();
    browser.press("form[action='/portal/redirects'] button").await.unwrap();
    browser.text("form[action='/portal/redirects']:not(:has([role=alert]))").await.unwrap();
    let merchant = stand.mock.workspace().look(|world| world.merchant(1001).cloned()).unwrap();
    assert_eq!(merchant.success, "https://shop.example/done");
    is_sound(&browser).await;

    browser.press("form[action='/portal/mint'] button").await.unwrap();
    let pem = browser.text("#certificate").await.unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    assert!(browser.text("#key").await.unwrap().contains("PRIVATE KEY"));
    let minted = stand.mock.workspace().look(|world| world.merchant(1001).cloned()).unwrap();
    assert_ne!(minted.certificate, merchant.certificate);
    assert!(!minted.certificate.pinned, "the mock's own authority signed it");
    is_sound(&browser).await;

    browser.press("details#csr summary").await.unwrap();
    browser.write("#request", "no request").await.unwrap();
    browser.press("form[action='/portal/request'] button").await.unwrap();
    let told = browser.text("#request-wrong").await.unwrap();
    assert!(told.contains("no certificate request"), "{told}");

    browser.press("form[action='/portal/revoke'] button").await.unwrap();
    browser.press("form[action='/portal/restore'] button").await.unwrap();
    browser.text("form[action='/portal/revoke']").await.unwrap();
    let restored = stand.mock.workspace().look(|world| world.merchant(1001).cloned()).unwrap();
    assert_eq!(restored.certificate, merchant.certificate);
    browser.close().await.unwrap();
}
