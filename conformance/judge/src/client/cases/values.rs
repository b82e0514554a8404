//! Ids and codes: the smallest and the largest number, zeros in front, mistyped codes and codes
//! that are asked for again.

use super::{CALM, case, with};
use crate::client::case::{Case, Feature, Group, Human};

pub(super) const CASES: &[Case] = &[
    case(
        "smallest-id",
        Group::Values,
        10,
        "The new user is number 1.",
        r#"
[[rule]]
id = "id"
when = { call = "create-user", nth = 1 }
then = { patch = { set = { id = 1 } } }
"#,
    ),
    case(
        "largest-id",
        Group::Values,
        10,
        "The new user has the largest number that there is.",
        r#"
[[rule]]
id = "id"
when = { call = "create-user", nth = 1 }
then = { patch = { set = { id = 2147483647 } } }
"#,
    ),
    Case {
        worlds: &[30, 37, 100, 253, 357, 415, 495, 694, 1029, 1048, 1096, 1174],
        ..case("leading-zeros", Group::Values, 40, "The codes begin with a zero.", "")
    },
    with(
        Human { wrong_codes: 1, ..CALM },
        &[Feature::AsksAgain],
        case("wrong-code", Group::Values, 40, "The person mistypes each code once.", ""),
    ),
    with(
        Human { resends: 3, ..CALM },
        &[Feature::Resends],
        case("resend", Group::Values, 140, "The person presses \"send again\" three times.", ""),
    ),
];
