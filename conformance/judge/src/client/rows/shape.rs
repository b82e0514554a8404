//! The shape of requests.
//! Secrets are labels here, and the labels tell right from wrong.

use contract::{
    Call,
    label::Label,
    trace::client::{Note, Noticed},
};
use serde_json::Value;

use super::{needing, row};
use crate::client::{
    case::Feature,
    row::{Cases, Level, Notes, Row, told},
    view::{Seen, View},
};

pub(super) const ROWS: &[Row] = &[
    row(
        "CC-REQ-01",
        Level::Must,
        Cases::Every,
        new_user,
        (
            "Creates users with a whole merchantId and an e-mail that is null or an address.",
            "2025-09 USR §2",
        ),
    ),
    row(
        "CC-REQ-02",
        Level::Must,
        Cases::Every,
        json,
        ("Sends JSON as JSON: media type, UTF-8, no member twice.", "page headers; RFC 8259"),
    ),
    row(
        "CC-REQ-03",
        Level::Must,
        Cases::Named(&["smallest-id", "largest-id"]),
        ids,
        ("Uses the user's number as it came, in paths and bodies.", "2025-09 USR §3, POL §2"),
    ),
    row(
        "CC-REQ-04",
        Level::Must,
        Cases::Every,
        phone,
        ("Sends phone numbers in E.164, with the plus sign.", "2025-09 SMS"),
    ),
    row(
        "CC-REQ-05",
        Level::Must,
        Cases::Named(&["leading-zeros"]),
        zeros,
        ("Sends codes as text, with their leading zeros.", "2025-09 EML, PHV"),
    ),
    row(
        "CC-REQ-06",
        Level::Must,
        Cases::Every,
        questionnaire,
        (
            "Fills the questionnaire consistently: one user, the type marker, a whole second address.",
            "2025-09 ADD",
        ),
    ),
    row(
        "CC-REQ-07",
        Level::Should,
        Cases::Every,
        lists,
        ("Chooses codes from the lists of the session, never from memory.", "2025-09 LST"),
    ),
    row(
        "CC-REQ-08",
        Level::Must,
        Cases::Every,
        lines,
        ("Sends no body where there is none, and types that exist.", "2025-09 SMR, POL, EML"),
    ),
    needing(
        &[Feature::AsksAgain],
        row(
            "CC-ERR-10",
            Level::MustByScheme,
            Cases::Named(&["wrong-code"]),
            guesses,
            ("Sends each code that the person types once, and no other.", "2025-09 PHV, EML"),
        ),
    ),
];

fn member<'v>(seen: &'v Seen<'_>, path: &[&str]) -> Option<&'v Value> {
    let mut value = seen.said.request.as_ref()?;
    for name in path {
        value = value.get(name)?;
    }
    Some(value)
}

/// Whether the mock could read the body; what it could not read breaks the row about JSON.
fn is_read(seen: &&Seen<'_>) -> bool {
    seen.said.request.is_some()
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), ToString::to_string)
}

fn new_user(view: &View<'_>, notes: &mut Notes) {
    for seen in view.calls(Call::CreateUser).filter(is_read) {
        let merchant = member(seen, &["merchantId"]);
        notes.check(merchant.is_some_and(Value::is_number), seen.step, || {
            told("merchantId is not a number.", "an integer", shown(merchant))
        });
        let email = member(seen, &["email"]).filter(|email| !email.is_null());
        let right = email.and_then(Value::as_str).and_then(Label::parse);
        let right = email.is_none() || right.is_some_and(|label| label.says("e-mail"));
        notes.check(right, seen.step, || {
            told("The e-mail is neither null nor an address.", "null or an address", shown(email))
        });
    }
}

fn json(view: &View<'_>, notes: &mut Notes) {
    let bodies = view.requests.iter().filter(|seen| {
        seen.said.host == contract::Host::Api
            && seen.said.method == "POST"
            && seen.body().is_some()
            && !seen.is(Call::ResendPhoneCode)
    });
    for seen in bodies {
        let kind = seen.said.media_type.as_deref().unwrap_or("none");
        let essence = kind.split(';').next().unwrap_or_default().trim();
        let typed = essence == "application/json" || essence.ends_with("+json");
        let flaw = seen.said.noticed.iter().find_map(|noticed| match noticed {
            Noticed::NotUtf8 => Some("bytes that are no UTF-8".to_owned()),
            Noticed::DuplicateMember(name) => Some(format!("the member {name} twice")),
            _ => None,
        });
        notes.check(typed && flaw.is_none(), seen.step, || {
            let got = flaw.unwrap_or_else(|| format!("media type {kind}"));
            told(format!("A body was sent with {got}."), "JSON of RFC 8259", got)
        });
    }
}

fn ids(view: &View<'_>, notes: &mut Notes) {
    let Some(hit) = notes.armed(view, "id") else { return };
    let id = if view.case.name == "smallest-id" { 1 } else { i64::from(i32::MAX) };
    let mut later = 0;
    for seen in view.after(hit.line).filter(|seen| seen.said.host == contract::Host::Api) {
        let in_body = member(seen, &["id"]).or_else(|| member(seen, &["userId"]));
        let in_path = seen.said.path.split('/').find(|part| {
            part.starts_with('<')
                || part.bytes().all(|byte| byte.is_ascii_digit()) && part.len() > 1
                || *part == "1"
        });
        let right = match (in_body, in_path) {
            (Some(value), _) => value.as_i64() == Some(id),
            (None, Some(part)) => part == id.to_string(),
            (None, None) => continue,
        };
        later += 1;
        notes.check(right, seen.step, || {
            told(
                format!("The user is number {id}, but the client sent something else."),
                id.to_string(),
                in_body.map_or_else(|| in_path.unwrap_or_default().to_owned(), ToString::to_string),
            )
        });
    }
    if later == 0 {
        notes.unseen("The client asked nothing about the new user.");
    }
}

fn phone(view: &View<'_>, notes: &mut Notes) {
    for seen in view.calls(Call::SendPhoneCode).filter(is_read) {
        let number = member(seen, &["phoneNumber"]);
        let label = number.and_then(Value::as_str).and_then(Label::parse);
        notes.check(label.is_some_and(|label| label.says("e.164")), seen.step, || {
            told("The phone number is not in E.164.", "a plus sign and digits", shown(number))
        });
    }
}

fn zeros(view: &View<'_>, notes: &mut Notes) {
    let typed = view
        .notes
        .iter()
        .filter(|note| matches!(note.what, Note::Typed { right: true, leading_zero: true, .. }));
    for note in typed {
        let next = view
            .after(note.line)
            .find(|seen| seen.is(Call::ConfirmEmail) || seen.is(Call::VerifyPhone));
        let Some(seen) = next else { continue };
        let code = member(seen, &["token"]).or_else(|| member(seen, &["code"]));
        let label = code.and_then(Value::as_str).and_then(Label::parse);
        notes.check(
            label.is_some_and(|label| {
                label.says("unchanged") || label.says("six digits") && !label.says("newest")
            }),
            seen.step,
            || {
                told(
                    "The code begins with a zero, and the client did not send it as it is.",
                    "the code as text, unchanged",
                    shown(code),
                )
            },
        );
    }
    if notes.decided == 0 {
        notes.unseen("No code with a leading zero was typed.");
    }
}

fn questionnaire(view: &View<'_>, notes: &mut Notes) {
    const DATA: [&str; 2] = ["additionalData", "data"];
    for seen in view.calls(Call::AddAdditionalData).filter(is_read) {
        let outer = member(seen, &["id"]);
        let inner = member(seen, &["additionalData", "data", "userId"]);
        notes.check(outer.is_some() && outer == inner, seen.step, || {
            told("The questionnaire names two different users.", shown(outer), shown(inner))
        });
        let marker = member(seen, &["additionalData", "type"]);
        notes.check(
            marker.and_then(Value::as_str) == Some("EnrollAdditionalData"),
            seen.step,
            || told("The type marker is not as specified.", "EnrollAdditionalData", shown(marker)),
        );
        let same = member(seen, &[DATA[0], DATA[1], "isCorrespondenceAddressSame"]);
        let second = member(seen, &[DATA[0], DATA[1], "correspondenceAddress"]);
        let whole = |name: &str| {
            second.and_then(|second| second.get(name)).is_some_and(|value| {
                !value.is_null()
                    && value.as_str() != Some("")
                    && value.as_str() != Some("<personal empty>")
            })
        };
        let needed = ["addressLine", "city", "zipCode", "countryId"];
        let right = same != Some(&Value::Bool(false)) || needed.into_iter().all(whole);
        notes.check(right, seen.step, || {
            told(
                "The second address is different, but it is not complete.",
                "line, city, zip code and country",
                shown(second),
            )
        });
    }
}

/// Which list a member of the questionnaire is chosen from.
const CHOSEN: &[(&str, Call)] = &[
    ("sourceOfFundId", Call::SourceOfFunds),
    ("accountPurposeCode", Call::AccountPurpose),
    ("mainActivityCode", Call::MainActivity),
    ("financingMethodCode", Call::FinancingMethod),
];

fn lists(view: &View<'_>, notes: &mut Notes) {
    for seen in view.calls(Call::AddAdditionalData).filter(is_read) {
        for (name, list) in CHOSEN {
            let Some(chosen) = member(seen, &["additionalData", "data", name]) else { continue };
            let served: Vec<_> = view
                .calls(*list)
                .filter(|list| list.line < seen.line && list.granted())
                .filter_map(|list| list.said.answer.as_ref())
                .collect();
            let text =
                |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let wanted = text(chosen);
            let has = served.iter().any(|list| is_in(list, &wanted));
            notes.check(has, seen.step, || {
                told(
                    format!("{name} holds a code that this session never served."),
                    "a code of the list that was served",
                    if served.is_empty() {
                        "a code, though the list was never asked for"
                    } else {
                        "another"
                    },
                )
            });
        }
    }
}

fn is_in(list: &Value, wanted: &str) -> bool {
    match list {
        Value::Array(items) => items.iter().any(|item| is_in(item, wanted)),
        Value::Object(members) => members.values().any(|member| is_in(member, wanted)),
        Value::String(text) => text == wanted,
        Value::Number(number) => number.to_string() == wanted,
        Value::Null | Value::Bool(_) => false,
    }
}

fn lines(view: &View<'_>, notes: &mut Notes) {
    for seen in &view.requests {
        let unwanted = seen.said.noticed.iter().find_map(|noticed| match noticed {
            Noticed::BodyUnwanted(bytes) => Some(*bytes),
            _ => None,
        });
        if let Some(bytes) = unwanted {
            notes.check(false, seen.step, || {
                told(
                    format!("It sent {bytes} bytes of body where the call has none."),
                    "no body",
                    format!("{bytes} bytes"),
                )
            });
        }
        if let Some(kind) = member(seen, &["correlationType"]) {
            let right = kind.is_null() || matches!(kind.as_i64(), Some(0 | 1));
            notes.check(right, seen.step, || {
                told("correlationType is none that exists.", "absent, 0 or 1", kind.to_string())
            });
        }
    }
    for seen in view.polls() {
        let kind = seen.said.path.split('/').nth(3).unwrap_or_default();
        notes.check(matches!(kind, "0" | "1"), seen.step, || {
            told("The user type of a poll is none that exists.", "0 or 1", kind)
        });
    }
}

fn guesses(view: &View<'_>, notes: &mut Notes) {
    let typed = |kind| {
        view.notes
            .iter()
            .filter(|note| matches!(note.what, Note::Typed { kind: of, .. } if *of == kind))
            .count()
    };
    use contract::message::MessageKind::{EmailConfirmation, PhoneVerification};
    for (call, kind) in
        [(Call::ConfirmEmail, EmailConfirmation), (Call::VerifyPhone, PhoneVerification)]
    {
        let (sent, typed) = (view.calls(call).count(), typed(kind));
        if typed < 2 {
            notes.unseen("The person never typed a second code.");
            continue;
        }
        let last = view.calls(call).last().map_or(0, |seen| seen.step);
        notes.check(sent == typed, last, || {
            told(
                format!("The person typed {typed} codes, but {sent} were sent."),
                "each code once",
                format!("{sent} requests"),
            )
        });
    }
}
