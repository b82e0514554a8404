//! The Merchant Portal: where browsers return to, the client certificate, the OAuth client, and
//! the command that fetches a token. What the real portal looks like is not documented; what it
//! holds is (2025-09, client-authentication).

use certs::{ClientCertificate, Form, Role};
use maud::{Markup, html};
use sim::{Command, Merchant, Reply, command::Registered};

use super::{
    Look,
    curl::quoted,
    page::{Shown, copyable, page},
    posted::Posted,
};
use crate::control::landing_url;

const PLACE: &str = "/portal";
const TITLE: &str = "Merchant Portal";

/// What a form came to, where it did not simply work.
#[derive(Default)]
struct Said {
    /// What was typed for Success and Fail, with what is wrong.
    success: Option<(String, Option<String>)>,
    fail: Option<(String, Option<String>)>,
    request: Option<(String, String)>,
    own: Option<(String, String)>,
    /// A certificate that was just made, and its private key.
    made: Option<(ClientCertificate, Option<String>)>,
    wrong: Option<String>,
}

pub(super) fn show(look: &Look<'_>) -> Shown {
    let wanted = look.word("merchant").parse().ok();
    let id = wanted.unwrap_or_else(|| look.workspace.ready().merchant_id);
    page(look, (PLACE, TITLE), &content(look, id, &Said::default()))
}

fn content(look: &Look<'_>, id: i32, said: &Said) -> Markup {
    let all: Vec<Merchant> = look.workspace.look(|world| world.settings().merchants.clone());
    let Some(merchant) = all.iter().find(|merchant| merchant.id == id) else {
        return html! { p role="alert" { "There is no merchant " (id) "." } };
    };
    html! {
        @if all.len() > 1 {
            form.row action=(PLACE) {
                div { label for="merchant" { "Merchant" }
                    select #merchant name="merchant" {
                        @for one in &all {
                            option value=(one.id) selected[one.id == id] { (one.id) }
                        }
                    } }
                button type="submit" { "Show" }
            }
        }
        @if let Some(wrong) = &said.wrong { p role="alert" { (wrong) } }
        (made(said))
        (redirect_forms(merchant, said))
        (certificate(merchant, said))
        (client(look, merchant))
    }
}

fn made(said: &Said) -> Markup {
    html! {
        @if let Some((certificate, key)) = &said.made {
            section.card data-still {
                h2 { "The new certificate" }
                p { (certificate.subject) ", until " (certificate.not_after.date().to_string()) }
                p { "It is bound to the OAuth client from now on. The certificate before it counts no more." }
                (copyable("certificate", &certificate.pem))
                @if let Some(key) = key {
                    p { "Its private key. It is shown once and kept nowhere; it is good for this mock alone." }
                    (copyable("key", key))
                }
            }
        }
    }
}

fn redirect_forms(merchant: &Merchant, said: &Said) -> Markup {
    let field = |name: &str, label: &str, set: &str, said: &Option<(String, Option<String>)>| {
        let (value, wrong) = match said {
            Some((typed, wrong)) => (typed.as_str(), wrong.as_deref()),
            None => (set, None),
        };
        let told = format!("{name}-wrong");
        html! {
            label for=(name) { (label) }
            input.wide-field id=(name) type="text" inputmode="url" name=(name) value=(value)
                aria-invalid=[wrong.map(|_| "true")] aria-describedby=[wrong.map(|_| told.as_str())];
            @if let Some(wrong) = wrong { p role="alert" id=(told) { (wrong) } }
        }
    };
    html! {
        h2 { "Redirect URLs" }
        p.soft { "After identification and after signing the provider sends the browser to one of these." }
        form method="post" action="/portal/redirects" {
            input type="hidden" name="merchant" value=(merchant.id);
            (field("success", "Success URL", &merchant.success, &said.success))
            (field("fail", "Fail URL", &merchant.fail, &said.fail))
            div.buttons { button.main type="submit" { "Save" } }
        }
    }
}

fn certificate(merchant: &Merchant, said: &Said) -> Markup {
    let Registered { name, sha1, sha256, pinned, revoked } = &merchant.certificate;
    html! {
        h2 { "Client certificate" }
        p { code { (name) } " "
            @if *revoked { span.tag.bad { "revoked" } } @else { span.tag.ok { "bound to the client" } }
            @if *pinned { " " span.tag { "known by its thumbprint alone" } } }
        dl { dt { "SHA-1" } dd { code { (sha1) } } dt { "SHA-256" } dd { code { (sha256) } } }
        div.row {
            @if Role::ALL.iter().any(|role| role.name() == name) {
                (button(merchant, "/portal/download", "Download with its key"))
            }
            (button(merchant, "/portal/mint", "Make a new one"))
            (button(merchant, "/portal/mint-file", "Make and download a new one"))
            @if *revoked { (button(merchant, "/portal/restore", "Take the first one back into use")) }
            @else { (button(merchant, "/portal/revoke", "Revoke")) }
        }
        details #csr open[said.request.is_some()] {
            summary { "Have a certificate request signed" }
            (paste(merchant, ("/portal/request", "request", "Certificate request (PEM)"), &said.request))
        }
        details #own open[said.own.is_some()] {
            summary { "Register a certificate of your own" }
            p.soft { "It counts by its thumbprint, whoever signed it. Under the reading "
                code { "mtls-refusal=tls-alert" } " the handshake still asks for one of this mock's authority." }
            (paste(merchant, ("/portal/register", "certificate-text", "Certificate (PEM)"), &said.own))
        }
    }
}

fn button(merchant: &Merchant, action: &str, text: &str) -> Markup {
    html! {
        form method="post" action=(action) {
            button type="submit" name="merchant" value=(merchant.id) { (text) }
        }
    }
}

fn paste(
    merchant: &Merchant,
    (action, name, label): (&str, &str, &str),
    said: &Option<(String, String)>,
) -> Markup {
    let wrong = said.as_ref().map(|(_, wrong)| wrong);
    let told = format!("{name}-wrong");
    html! {
        form method="post" action=(action) {
            input type="hidden" name="merchant" value=(merchant.id);
            label for=(name) { (label) }
            textarea id=(name) name="text" spellcheck="false" required aria-invalid=[wrong.map(|_| "true")]
                aria-describedby=[wrong.map(|_| told.as_str())] {
                (said.as_ref().map_or("", |(typed, _)| typed.as_str()))
            }
            @if let Some(wrong) = wrong { p role="alert" id=(told) { (wrong) } }
            div.buttons { button type="submit" { "Use it" } }
        }
    }
}

fn client(look: &Look<'_>, merchant: &Merchant) -> Markup {
    let own = look.workspace.look(|world| world.credentials(merchant.id));
    html! {
        h2 { "OAuth client" }
        dl {
            dt { "Client" } dd { code { (merchant.client_id) } }
            dt { "Secret" } dd { code { (own.client_secret) } " " span.soft { "only where a grant asks for one" } }
            dt { "Scopes" } dd { (merchant.scopes.join(" ")) }
            dt { "Client of the app" } dd { code { (merchant.oidc_client) } }
            dt { "Its person signs in as" } dd { code { (own.username) } " / " code { (own.password) } }
        }
        h2 { "Command for a token" }
        (copyable("token", &token_command(look, merchant)))
    }
}

/// The files are those of the default merchant; another one puts its own.
fn token_command(look: &Look<'_>, merchant: &Merchant) -> String {
    let ready = look.workspace.ready();
    let is_default = merchant.certificate.name == Role::MerchantA.name();
    let (cert, key) = if is_default {
        (ready.client_cert.display().to_string(), ready.client_key.display().to_string())
    } else {
        ("client.pem".to_owned(), "client.key.pem".to_owned())
    };
    let sha1 = look.workspace.variants().reads(contract::Variant::ThumbprintHash, "sha1");
    let thumbprint = if sha1 { &merchant.certificate.sha1 } else { &merchant.certificate.sha256 };
    [
        format!("curl --cacert {}", quoted(&ready.ca.display().to_string())),
        format!("--cert {} --key {}", quoted(&cert), quoted(&key)),
        format!("--data-urlencode client_id={}", quoted(&merchant.client_id)),
        "--data-urlencode grant_type=client_credentials".to_owned(),
        format!("--data-urlencode {}", quoted(&format!("scope={}", merchant.scopes.join(" ")))),
        format!("--data-urlencode IdentityServer%3AMTLS%3AX509Certificate={thumbprint}"),
        format!("{}/connect/mtls/token", ready.auth),
    ]
    .join(" \\\n  ")
}

fn whose(posted: &Posted<'_>) -> i32 {
    posted.number("merchant").unwrap_or_else(|| posted.workspace.ready().merchant_id)
}

fn again(posted: &Posted<'_>, said: &Said) -> Shown {
    posted.again((PLACE, TITLE), |look| content(look, whose(posted), said))
}

fn back(posted: &Posted<'_>) -> Shown {
    Shown::Go(format!("{PLACE}?merchant={}", whose(posted)))
}

pub(super) fn redirects(posted: &Posted<'_>) -> Shown {
    let checked = ["success", "fail"].map(|name| landing_url(name, posted.field(name)));
    let [success, fail] = checked;
    match (success, fail) {
        (Ok(success), Ok(fail)) => {
            posted.step(Command::SetRedirects { merchant: whose(posted), success, fail });
            back(posted)
        }
        (success, fail) => {
            let typed = |name| posted.field(name).to_owned();
            again(
                posted,
                &Said {
                    success: Some((typed("success"), success.err())),
                    fail: Some((typed("fail"), fail.err())),
                    ..Said::default()
                },
            )
        }
    }
}

/// Binds a certificate to the merchant's client.
fn bind(posted: &Posted<'_>, certificate: &ClientCertificate) -> Option<Reply> {
    let print = &certificate.thumbprint;
    posted.step(Command::SetCertificate {
        merchant: whose(posted),
        certificate: Registered {
            name: "portal".to_owned(),
            sha1: print.sha1.clone(),
            sha256: print.sha256.clone(),
            pinned: !certificate.ours,
            revoked: false,
        },
    })
}

pub(super) fn mint(posted: &Posted<'_>) -> Shown {
    let name = format!("merchant-{}", whose(posted));
    match certs::new_client(&posted.desk.minted, &name) {
        Ok((certificate, key)) => {
            bind(posted, &certificate);
            shown(posted, &Said { made: Some((certificate, Some(key))), ..Said::default() })
        }
        Err(error) => again(posted, &Said { wrong: Some(error.to_string()), ..Said::default() }),
    }
}

/// The same as a file; there is no other copy of the key.
pub(super) fn mint_file(posted: &Posted<'_>) -> Shown {
    let name = format!("merchant-{}", whose(posted));
    match certs::new_client(&posted.desk.minted, &name) {
        Ok((certificate, key)) => {
            bind(posted, &certificate);
            Shown::File(format!("{name}.pem"), key + &certificate.pem)
        }
        Err(error) => again(posted, &Said { wrong: Some(error.to_string()), ..Said::default() }),
    }
}

/// The certificate of the table that the merchant has, with its key: the files of the start.
pub(super) fn download(posted: &Posted<'_>) -> Shown {
    let id = whose(posted);
    let name =
        posted.workspace.look(|world| world.merchant(id).map(|one| one.certificate.name.clone()));
    let role = Role::ALL.iter().find(|role| Some(role.name()) == name.as_deref());
    let read = role.map(|role| {
        let file = |form| std::fs::read_to_string(posted.desk.minted.path(*role, form));
        Ok(file(Form::Key)? + &file(Form::Chain)?)
    });
    match read {
        Some(Ok(text)) => Shown::File(format!("merchant-{id}.pem"), text),
        Some(Err(error)) => {
            let error: std::io::Error = error;
            again(posted, &Said { wrong: Some(error.to_string()), ..Said::default() })
        }
        None => {
            let wrong = "The key of this certificate was shown once and kept nowhere.".to_owned();
            again(posted, &Said { wrong: Some(wrong), ..Said::default() })
        }
    }
}

pub(super) fn request(posted: &Posted<'_>) -> Shown {
    let text = posted.field("text");
    match certs::sign_request(&posted.desk.minted, text) {
        Ok(certificate) => {
            bind(posted, &certificate);
            shown(posted, &Said { made: Some((certificate, None)), ..Said::default() })
        }
        Err(wrong) => {
            again(posted, &Said { request: Some((text.to_owned(), wrong)), ..Said::default() })
        }
    }
}

pub(super) fn register(posted: &Posted<'_>) -> Shown {
    let text = posted.field("text");
    match certs::read_client(&posted.desk.minted, text) {
        Ok(certificate) => {
            bind(posted, &certificate);
            back(posted)
        }
        Err(wrong) => {
            again(posted, &Said { own: Some((text.to_owned(), wrong)), ..Said::default() })
        }
    }
}

/// A page that cannot be fetched again, since it shows a key once.
fn shown(posted: &Posted<'_>, said: &Said) -> Shown {
    match again(posted, said) {
        Shown::Page(_, markup) => Shown::Page(http::StatusCode::OK, markup),
        other => other,
    }
}

pub(super) fn revoke(posted: &Posted<'_>) -> Shown {
    let id = whose(posted);
    let found = posted.workspace.look(|world| world.merchant(id).cloned());
    if let Some(merchant) = found {
        let certificate = Registered { revoked: true, ..merchant.certificate };
        posted.step(Command::SetCertificate { merchant: id, certificate });
    }
    back(posted)
}

/// The certificate that the merchant had when the workspace began.
pub(super) fn restore(posted: &Posted<'_>) -> Shown {
    let id = whose(posted);
    let first = posted.workspace.first_certificate(id);
    if let Some(certificate) = first {
        posted.step(Command::SetCertificate { merchant: id, certificate });
    }
    back(posted)
}
