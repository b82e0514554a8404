//! Where browsers land while the merchant's own addresses are not set.
//! They stand for the merchant's site, so they say how to set one's own.

use maud::html;

use super::{
    Look,
    page::{Shown, page},
};

pub(super) fn success(look: &Look<'_>) -> Shown {
    landing(look, "Success", "The person has finished this journey.")
}

pub(super) fn fail(look: &Look<'_>) -> Shown {
    landing(look, "Fail", "The person has cancelled, or a check has failed.")
}

fn landing(look: &Look<'_>, which: &str, what: &str) -> Shown {
    let title = format!("Your {which} URL would open here");
    let content = html! {
        p { (what) " The provider now sends the browser to the " (which)
            " URL that is set in the Merchant Portal." }
        p { "Set your own in the " a href="/portal" { "Merchant Portal" } ", or with "
            code { "PUT /v1/merchant/redirects" } "." }
    };
    page(look, ("", &title), &content)
}
