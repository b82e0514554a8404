//! Where the provider's pages disagree and where they are silent: one row each, with the question
//! that only the provider can answer. [`VariantRow::settles`](crate::variant::VariantRow) names
//! these rows by their ids, so a test can tell whether each of them is in somebody's hands.

use crate::{Variant, variant::VariantRow};

/// Pages that say two things.
#[derive(Debug)]
pub struct ContradictionRow {
    /// `C1` and so on; `M1` for media types.
    pub id: &'static str,
    /// What it is about.
    pub topic: &'static str,
    /// The two sides.
    pub sides: [&'static str; 2],
}

/// What no page says.
#[derive(Debug)]
pub struct UnknownRow {
    /// `U1` and so on.
    pub id: &'static str,
    /// What it is about.
    pub topic: &'static str,
    /// What to ask the provider.
    pub ask: &'static str,
    /// Why it, or a part of it, cannot show on the wire; none where all of it can.
    pub unseen: Option<&'static str>,
}

/// One shape of error bodies that some page shows.
#[derive(Debug)]
pub struct FamilyRow {
    /// `F1` and so on, as in [`Family`](crate::problem::Family).
    pub id: &'static str,
    /// What it looks like.
    pub looks: &'static str,
}

/// Every id, of whatever kind.
pub fn ids() -> impl Iterator<Item = &'static str> {
    let contradictions = CONTRADICTIONS.iter().map(|row| row.id);
    let unknowns = UNKNOWNS.iter().map(|row| row.id);
    contradictions.chain(unknowns).chain(FAMILIES.iter().map(|row| row.id))
}

/// The questions that settle a row.
pub fn settling(id: &str) -> impl Iterator<Item = &'static VariantRow> {
    let rows = Variant::ALL.iter().map(|variant| variant.row());
    rows.filter(move |row| row.settles.contains(&id))
}

const fn differs(
    id: &'static str,
    topic: &'static str,
    one: &'static str,
    other: &'static str,
) -> ContradictionRow {
    ContradictionRow { id, topic, sides: [one, other] }
}

/// Where pages disagree.
pub const CONTRADICTIONS: &[ContradictionRow] = &[
    differs(
        "C1",
        "place of the questionnaire in the flow",
        "2025-09 has it in step 10, when everything is signed",
        "2026-05 refuses to start the identification without it",
    ),
    differs(
        "C2",
        "place of the token in the flow",
        "the flow of 2025-09 fetches it in the last step",
        "each call of 2025-09 before that step wants one",
    ),
    differs(
        "C3",
        "who authenticates",
        "2025-09: the merchant's server, with its certificate",
        "2026-05: the person in a browser, with an authorization code and PKCE",
    ),
    differs(
        "C4",
        "host of the identity server",
        "2025-09 has tokens and API on two hosts",
        "2026-05 names the host of the API as issuer",
    ),
    differs(
        "C5",
        "a user who does not exist",
        "2024-06 answers 400 with UserNotFound",
        "2025-09 answers 400 or 404 by call, 2026-05 always 404",
    ),
    differs(
        "C6",
        "text about a number that somebody else has",
        "2024-06 writes PhoneAlreadyRegistered",
        "2025-09 writes 'Phone already registered'",
    ),
    differs(
        "C7",
        "success of send-code",
        "2024-06 answers 200 with an empty object",
        "2025-09 and 2026-05 answer 204",
    ),
    differs(
        "C8",
        "success of confirm-email",
        "2025-09 describes no body",
        "2026-05 has success, message and code",
    ),
    differs(
        "C9",
        "success of verify",
        "2024-06 answers with an empty object",
        "2025-09 answers with nothing, or with a small object that it does not show",
    ),
    differs(
        "C10",
        "resend-code for a verified phone",
        "the responses of 2026-05 list a 400",
        "the notes of the same page promise a 204 without an SMS",
    ),
    differs(
        "C11",
        "address of a new user",
        "the table of 2025-09 requires it",
        "the same table allows null",
    ),
    differs(
        "C12",
        "first e-mail code",
        "in 2025-09 creating the user sends it",
        "in 2024-06 the caller asks for it",
    ),
    differs(
        "C13",
        "what the mail holds",
        "the confirmation page of 2025-09 speaks of six digits",
        "its resend page speaks of a link",
    ),
    differs(
        "C14",
        "spelling of the B-Trust callback id",
        "the questionnaire has BTrustAppCallBackId",
        "finalising has bTrustAppCallBackId",
    ),
    differs(
        "C15",
        "origin of the B-Trust callback id",
        "2025-09 takes it from a step before the questionnaire",
        "2026-05 has the questionnaire before any such step",
    ),
    differs(
        "C16",
        "type of the correspondence address",
        "the sample of 2025-09 has one",
        "the sample of 2026-05 has none",
    ),
    differs(
        "C17",
        "type of sourceOfFundId",
        "a text in the questionnaire",
        "a number in the enrolment of 2024-06",
    ),
    differs(
        "C18",
        "type of taxResidences",
        "one text in the questionnaire",
        "an array in the enrolment of 2024-06",
    ),
    differs(
        "C19",
        "type of a user's id",
        "samples of 2024-06 have texts as well as numbers",
        "2025-09 allows numbers alone",
    ),
    differs(
        "C20",
        "isIdentificationCompleted in the path",
        "a flag in 2025-09",
        "the fixed word true in 2026-05",
    ),
    differs(
        "C21",
        "envelope around a wrong e-mail code",
        "confirm-email of 2025-09 shows neither type nor traceId",
        "the neighbouring pages show both",
    ),
    differs(
        "C22",
        "status for callers in a hurry",
        "2026-05 refuses them with 400",
        "HTTP has 429 for this, and clients expect it",
    ),
    differs(
        "C23",
        "who identifies and where is signed",
        "2025-09 leaves it to Borica/B-Trust",
        "2026-05 has Onfido and Signhost, and keeps B-Trust in member names",
    ),
    differs(
        "C24",
        "number of signings",
        "the first journey of 2025-09 ends with signing Borica's documents",
        "the second journey signs again, and both end on one Success URL",
    ),
    differs(
        "C25",
        "a list without entries",
        "404 in the transactions of 2026-05",
        "an empty list nearly everywhere else",
    ),
    differs(
        "C26",
        "redirect parameter of the OpenID endpoints",
        "redirect_url on the oldest pages",
        "redirect_uri in the standard",
    ),
    differs(
        "M1",
        "media type of request bodies",
        "application/json-patch+json on pages of 2024-06",
        "application/json in 2025-09 and 2026-05",
    ),
];

const fn open(id: &'static str, topic: &'static str, ask: &'static str) -> UnknownRow {
    UnknownRow { id, topic, ask, unseen: None }
}

/// Where every page is silent.
pub const UNKNOWNS: &[UnknownRow] = &[
    open(
        "U1",
        "a second user with the same address",
        "What do status and body of POST /User look like when the address is already registered?",
    ),
    open(
        "U2",
        "bodies of 401 and 404",
        "Which body and which WWW-Authenticate header do 401 and 404 have?",
    ),
    open(
        "U3",
        "life and attempts of codes",
        "How long do e-mail and SMS codes work, how many wrong tries are allowed, and what does a \
         blocked user get and for how long?",
    ),
    open(
        "U4",
        "limits on resends",
        "How often may a code be asked for in which window, and what does the refusal look like?",
    ),
    open(
        "U5",
        "sentences about broken fields",
        "Which keys and sentences does a 400 hold for a bad phone number, id or correlationType?",
    ),
    open(
        "U6",
        "order of the steps",
        "Which steps refuse to run before which others, and with which text?",
    ),
    open(
        "U7",
        "names of interim and failure statuses",
        "Which values can videoIdentificationStatus take besides the two targets?",
    ),
    open(
        "U8",
        "redirects to the merchant",
        "By which method and with which parameters does the browser come back, and do the two \
         journeys end on different addresses?",
    ),
    open(
        "U9",
        "after a failed or abandoned identification",
        "What do polls say after a failure, and may the same user start again with \
         isRestartIdentification?",
    ),
    open(
        "U10",
        "life of sessions and their addresses",
        "How long can the address from initiate and the address to sign at be opened?",
    ),
    open(
        "U11",
        "finalising twice",
        "Does a repeated finalise return the same correlationId and individualId?",
    ),
    open(
        "U12",
        "what moves the lifecycle code",
        "Which events move a user from 50 to 150 and on to 200, and does anybody approve in \
         between?",
    ),
    open(
        "U13",
        "tokens and the mutual-TLS endpoint",
        "What are lifetime, audience, claims and binding of a token, which hash is the \
         thumbprint, and how does the token endpoint refuse?",
    ),
    UnknownRow {
        id: "U14",
        topic: "production gateway",
        ask: "Which host serves the API in production, and does it ask for a client certificate?",
        unseen: Some("a test double has its own addresses; only the certificate can show"),
    },
    open(
        "U15",
        "walls between merchants",
        "Must merchantId be the token's own, and can a merchant reach another one's users?",
    ),
    open(
        "U16",
        "case and slashes of paths",
        "Are paths compared without case, and is a trailing slash tolerated?",
    ),
    open(
        "U17",
        "reading of JSON",
        "Are member names matched without case, and are texts taken for numbers and flags?",
    ),
    open(
        "U18",
        "lists and the postal-code call",
        "What does postal-code-by-country answer, which countries, languages and channels exist, \
         and what separates several tax residences?",
    ),
    UnknownRow {
        id: "U19",
        topic: "Merchant Portal",
        ask: "How many pairs of redirect addresses does the portal take, by which rules, and how \
              soon do changes count?",
        unseen: Some("the portal is a web site for people; no call of the API reaches it"),
    },
    UnknownRow {
        id: "U20",
        topic: "webhooks",
        ask: "Are there webhooks, and if so for which events and signed how?",
        unseen: Some("no page has one, so none is sent; redirects and polls tell everything"),
    },
];

const fn shape(id: &'static str, looks: &'static str) -> FamilyRow {
    FamilyRow { id, looks }
}

/// The shapes of error bodies.
pub const FAMILIES: &[FamilyRow] = &[
    shape("F1", "a validation problem, its errors keyed by field"),
    shape("F2", "a problem titled Bad Request with one entry Error; once without type and traceId"),
    shape("F3", "the old flat object with errorCode and errorMessage"),
    shape("F4", "a 404 problem whose members are null, with a made-up additional one"),
    shape("F5", "an array with an object per error"),
    shape("F6", "a 500 without a body, or with a problem document"),
    shape("F7", "a validation problem about JSON that cannot be read, keyed by JSON path"),
];
