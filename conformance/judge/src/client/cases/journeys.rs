//! The way of the browser: late, forged, repeated and altered redirects, people who cancel, clients
//! that are restarted.

use super::{CALM, case, with};
use crate::{
    Person,
    client::case::{Case, Extra, Feature, Group, Human},
};

pub(super) const CASES: &[Case] = &[
    with(
        Human { lands_after: 60, ..CALM },
        &[],
        case(
            "late-landing",
            Group::Journeys,
            90,
            "The browser comes back a minute after the identification.",
            "",
        ),
    ),
    case(
        "late-signing-address",
        Group::Journeys,
        60,
        "The first phase takes its time, and its answers show an address all the while.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 5
[[timeline.identification]]
status = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED"
polls = 1
"#,
    ),
    with(
        Human { restarts: true, ..CALM },
        &[Feature::Resumes],
        case("restart", Group::Journeys, 40, "The client is restarted between two steps.", ""),
    ),
    case(
        "error-after-success",
        Group::Journeys,
        40,
        "The browser lands on the Success URL, and then the status says ERROR.",
        r#"
[[timeline.identification]]
status = "PROCESSING"
polls = 2
[[timeline.identification]]
status = "ERROR"
polls = 1
"#,
    ),
    with(
        Human { extra: Some(Extra::Forged), ..CALM },
        &[Feature::Lands],
        case(
            "forged-success",
            Group::Journeys,
            160,
            "A browser visits the Success URL though nobody was identified.",
            "",
        ),
    ),
    with(
        Human { acts: Person::Cancel, ..CALM },
        &[],
        case("cancelled", Group::Journeys, 30, "The person cancels the identification.", ""),
    ),
    with(
        Human { extra: Some(Extra::Again), ..CALM },
        &[Feature::Lands],
        case(
            "landed-again",
            Group::Journeys,
            40,
            "The Success URL is visited once more when everything is over.",
            "",
        ),
    ),
    with(
        Human { extra: Some(Extra::Altered), ..CALM },
        &[Feature::Lands],
        case(
            "altered-landing",
            Group::Journeys,
            40,
            "The Success URL comes with the number of another user.",
            "",
        ),
    ),
    with(
        Human { extra: Some(Extra::Twice), ..CALM },
        &[Feature::Lands],
        case(
            "landed-twice",
            Group::Journeys,
            50,
            "The browser looks at the Success URL first, and then comes twice at once.",
            "",
        ),
    ),
    with(
        Human { starts: 2, ..CALM },
        &[Feature::Starts],
        case("started-twice", Group::Journeys, 40, "The person double-clicks \"begin\".", ""),
    ),
];
