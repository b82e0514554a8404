//! The members of a success, one by one, in the order of their row: what a row does not name is
//! never written, and an unknown name would be null.

use std::fmt::Write as _;

use contract::{
    Variant,
    answer::{MemberRow, Presence},
    status::IdentificationStatus,
};
use sim::{
    Reply,
    outcome::{Claims, Document, Grant, Secret, SessionLink, UserFlags},
};

use super::{Context, quoted};

/// Bytes of a member with its value, nearly always enough.
const USUAL_MEMBER: usize = 40;

/// The object that a row describes.
pub(super) fn object(context: &Context<'_>, reply: &Reply, members: &[MemberRow]) -> String {
    let mut body = String::with_capacity(members.len() * USUAL_MEMBER);
    body.push('{');
    let there =
        |member: &&MemberRow| member.presence != Presence::Optional || is_there(reply, member.name);
    for (index, member) in members.iter().filter(there).enumerate() {
        // Every poll comes through here, so nothing is formatted that need not be.
        body.push_str(if index == 0 { "\"" } else { ",\"" });
        body.push_str(member.name);
        body.push_str("\":");
        value(context, reply, member.name, &mut body);
    }
    body.push('}');
    body
}

/// Whether an answer has a member that may be missing.
fn is_there(reply: &Reply, name: &str) -> bool {
    match (reply, name) {
        (Reply::Token(grant), "id_token") => {
            grant.person.as_ref().is_some_and(|person| person.id_token)
        }
        (Reply::Token(grant), "refresh_token") => {
            grant.person.as_ref().is_some_and(|person| person.refresh.is_some())
        }
        (Reply::Claims(claims), name) => {
            let scope = match name {
                "email" | "email_verified" => "email",
                "phone_number" | "phone_number_verified" => "phone",
                "name" | "preferred_username" => "profile",
                "tenant" => "tenant",
                "role" => "roles",
                _ => "openid",
            };
            claims.scopes.iter().any(|known| known == scope)
        }
        _ => true,
    }
}

fn value(context: &Context<'_>, reply: &Reply, name: &str, out: &mut String) {
    let _ = match (reply, name) {
        (Reply::UserCreated { id }, "id") => write!(out, "{id}"),
        (Reply::Done, "success") => write!(out, "true"),
        (Reply::Done, "message") => write!(out, "\"\""),
        (Reply::Done, "code") => write!(out, "200"),
        (Reply::Identification { status, url }, name) => {
            return identification(context, *status, url.as_ref(), (name, out));
        }
        (Reply::UserStatus(flags), name) => return flag(flags, name, out),
        (Reply::Finalized { correlation, .. }, "correlationId") => {
            write!(out, "\"{}\"", guid(*correlation))
        }
        (Reply::Finalized { individual, .. }, "individualId") => write!(out, "{individual}"),
        (Reply::Documents { links, .. }, "links") => return documents(context, links, out),
        (Reply::Documents { until, .. }, "expiresAt") => {
            // Without fractions, as the page shows it.
            let moment = until.to_string();
            write!(out, "\"{}Z\"", moment.split('.').next().unwrap_or_default())
        }
        (Reply::Claims(claims), name) => return claim(context, claims, name, out),
        (Reply::Token(grant), name) => return token(context, grant, name, out),
        _ => write!(out, "null"),
    };
}

/// The post codes that fit, as a row describes them.
pub(super) fn places(
    context: &Context<'_>,
    places: &[(String, String)],
    members: &[MemberRow],
) -> String {
    let one = |(zip, country): &(String, String)| {
        let pairs = members.iter().map(|member| {
            let value = if member.name == "zip" { zip } else { country };
            format!("\"{}\":{}", member.name, quoted(&context.names.personal(value)))
        });
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
    };
    format!("[{}]", places.iter().map(one).collect::<Vec<_>>().join(","))
}

fn documents(context: &Context<'_>, links: &[(Document, Secret)], out: &mut String) {
    let links = links.iter().map(|(document, secret)| {
        let url = quoted(&context.names.document(*secret));
        let (kind, name) = (document.kind(), document.file_name());
        format!("{{\"type\":\"{kind}\",\"fileName\":\"{name}\",\"url\":{url}}}")
    });
    let _ = write!(out, "[{}]", links.collect::<Vec<_>>().join(","));
}

fn identification(
    context: &Context<'_>,
    status: IdentificationStatus,
    url: Option<&SessionLink>,
    (name, out): (&str, &mut String),
) {
    let unnamed = status.is_interim() && context.variants.reads(Variant::InterimStatus, "null");
    let _ = match (name, url) {
        ("videoIdentificationUrl", Some(link)) => {
            write!(out, "{}", quoted(&context.names.url(link)))
        }
        ("videoIdentificationStatus", _) if !unnamed => {
            out.push('"');
            out.push_str(status.name());
            out.push('"');
            return;
        }
        ("message", _) => return out.push_str("\"\""),
        _ => return out.push_str("null"),
    };
}

fn flag(flags: &UserFlags, name: &str, out: &mut String) {
    let flag = match name {
        "isEmailVerified" => flags.email,
        "isPhoneNumberVerified" => flags.phone,
        "isScaVerified" => flags.sca,
        "isAdditionalData" => flags.additional_data,
        "isOptionalKyc" => flags.optional_kyc,
        "status" => {
            // Writing to a String cannot fail.
            let _ = write!(out, "{}", flags.lifecycle.code());
            return;
        }
        _ => return out.push_str("null"),
    };
    out.push_str(if flag { "true" } else { "false" });
}

/// The provider's sample writes flags and numbers as texts.
fn claim(context: &Context<'_>, claims: &Claims, name: &str, out: &mut String) {
    let personal = |text: &str| quoted(&context.names.personal(text));
    let _ = match name {
        "sub" => write!(out, "{}", personal(&claims.subject)),
        "name" => write!(out, "{}", personal(&claims.name)),
        "email" | "preferred_username" => write!(out, "{}", personal(&claims.username)),
        "phone_number" => write!(out, "{}", personal(&claims.phone)),
        "email_verified" | "phone_number_verified" => write!(out, "\"true\""),
        "tenant" => write!(out, "\"{}\"", claims.tenant),
        "role" => write!(out, "[\"user\"]"),
        _ => write!(out, "null"),
    };
}

fn token(context: &Context<'_>, grant: &Grant, name: &str, out: &mut String) {
    let life = grant.expires_at.seconds() - grant.issued_at.seconds();
    let _ = match name {
        "access_token" => write!(out, "{}", quoted(&context.names.token(grant))),
        "id_token" => write!(out, "{}", quoted(&context.names.id_token(grant))),
        "refresh_token" => {
            let refresh = grant.person.as_ref().and_then(|person| person.refresh);
            let text = refresh.map(|secret| context.names.secret("refresh-token", secret));
            write!(out, "{}", text.map_or_else(|| "null".to_owned(), |text| quoted(&text)))
        }
        "expires_in" => write!(out, "{life}"),
        "token_type" => write!(out, "\"Bearer\""),
        "scope" => write!(out, "{}", quoted(&grant.scopes.join(" "))),
        _ => write!(out, "null"),
    };
}

/// A GUID in its usual form.
pub(crate) fn guid(value: u128) -> String {
    let hex = format!("{value:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
