//! The members of a success, one by one, in the order of their row: what a row does not name is
//! never written, and an unknown name would be null.

use std::fmt::Write as _;

use contract::{Variant, answer::MemberRow, status::IdentificationStatus};
use sim::{
    Reply,
    outcome::{Grant, SessionLink, UserFlags},
};

use super::{Context, quoted};

/// The object that a row describes.
pub(super) fn object(context: &Context<'_>, reply: &Reply, members: &[MemberRow]) -> String {
    let mut body = String::from("{");
    for (index, member) in members.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(body, "{comma}\"{}\":", member.name);
        value(context, reply, member.name, &mut body);
    }
    body.push('}');
    body
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
        (Reply::Token(grant), name) => return token(context, grant, name, out),
        _ => write!(out, "null"),
    };
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
        ("videoIdentificationStatus", _) if !unnamed => write!(out, "\"{status}\""),
        ("message", _) => write!(out, "\"\""),
        _ => write!(out, "null"),
    };
}

fn flag(flags: &UserFlags, name: &str, out: &mut String) {
    let _ = match name {
        "isEmailVerified" => write!(out, "{}", flags.email),
        "isPhoneNumberVerified" => write!(out, "{}", flags.phone),
        "isScaVerified" => write!(out, "{}", flags.sca),
        "isAdditionalData" => write!(out, "{}", flags.additional_data),
        "isOptionalKyc" => write!(out, "{}", flags.optional_kyc),
        "status" => write!(out, "{}", flags.lifecycle.code()),
        _ => write!(out, "null"),
    };
}

fn token(context: &Context<'_>, grant: &Grant, name: &str, out: &mut String) {
    let life = grant.expires_at.seconds() - grant.issued_at.seconds();
    let _ = match name {
        "access_token" => write!(out, "{}", quoted(&context.names.token(grant))),
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
