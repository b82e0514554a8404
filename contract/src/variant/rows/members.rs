//! Open questions about what a request may hold. Tables only.
//! The order of readings says nothing: each edition names the one it takes when nobody chooses.

use super::{everywhere, reading};
use crate::{
    provenance::{assumed, d24, d25, d26},
    variant::{Variant, VariantRow},
};

pub(super) const ROWS: &[VariantRow] = &[
    VariantRow {
        variant: Variant::MemberCase,
        id: "member-case",
        question: "Does the case of a member name matter?",
        settles: &["C14", "U17"],
        usual: everywhere("insensitive"),
        readings: &[
            reading(
                "insensitive",
                "no",
                assumed(
                    "the framework binds members without regard to case, and the pages spell one member in two ways",
                ),
            ),
            reading(
                "exact",
                "yes: a member in another case is unknown",
                assumed("a gateway that validates by schema compares exactly"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::JsonReading,
        id: "json-reading",
        question: "Does the API convert JSON values of another type, such as \"true\" for true?",
        settles: &["U17"],
        usual: everywhere("strict"),
        readings: &[
            reading(
                "strict",
                "no: a flag must be a JSON boolean, a code a JSON string",
                assumed(
                    "the field tables name the types; no page tells what a text in their place gets",
                ),
            ),
            reading(
                "newtonsoft",
                "yes: numbers and flags are also read from strings, texts from numbers",
                assumed("the framework that the error samples betray converts by default"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::JsonLibrary,
        id: "json-library",
        question: "In whose words is a body refused that is not the JSON asked for?",
        settles: &["F7"],
        usual: everywhere("newtonsoft"),
        readings: &[
            reading("newtonsoft", "Newtonsoft.Json's", d24("create-account-iban", "400 response")),
            reading(
                "system-text-json",
                "System.Text.Json's",
                assumed("it is the framework's default since .NET Core 3"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::IdType,
        id: "id-type",
        question: "May a user id be sent as text?",
        settles: &["C19"],
        usual: ["number-or-text", "number", "number"],
        readings: &[
            reading("number", "no", d25("confirm-email", "fields")),
            reading("number-or-text", "yes: \"172\" is 172", d24("confirm-email", "request")),
        ],
    },
    VariantRow {
        variant: Variant::CallbackId,
        id: "callback-id",
        question: "Must the questionnaire name the B-Trust callback?",
        settles: &["C15"],
        usual: everywhere("optional"),
        readings: &[
            reading("optional", "no", d26("user-add-additional-data-2", "fields")),
            reading("required", "yes", assumed("2025-09 wants it from the B-Trust step")),
        ],
    },
    VariantRow {
        variant: Variant::AddressType,
        id: "address-type",
        question: "Must a correspondence address name its type?",
        settles: &["C16"],
        usual: everywhere("optional"),
        readings: &[
            reading("optional", "no", d26("user-add-additional-data-2", "request")),
            reading("required", "yes", assumed("the example of 2025-09 has it")),
        ],
    },
    VariantRow {
        variant: Variant::SourceOfFundType,
        id: "source-of-fund-type",
        question: "Is sourceOfFundId a text or a number?",
        settles: &["C17"],
        usual: ["integer", "text", "text"],
        readings: &[
            reading("text", "a text", d25("user-add-additional-data", "field table")),
            reading("integer", "a number", d24("1006", "request")),
        ],
    },
    VariantRow {
        variant: Variant::TaxResidencesType,
        id: "tax-residences-type",
        question: "Is taxResidences one text or an array?",
        settles: &["C18"],
        usual: ["array", "text", "text"],
        readings: &[
            reading("text", "one text", d25("user-add-additional-data", "field table")),
            reading("array", "an array of texts", d24("1006", "request")),
        ],
    },
    VariantRow {
        variant: Variant::KycCodes,
        id: "kyc-codes",
        question: "Are the codes of the questionnaire checked against the lists?",
        settles: &["U18"],
        usual: everywhere("checked"),
        readings: &[
            reading(
                "checked",
                "yes: an unknown code is refused",
                d26("user-add-additional-data-2", "400 response"),
            ),
            reading(
                "unchecked",
                "no: any text is stored",
                assumed("the call only stores values, says 2025-09"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::PatchMediaType,
        id: "patch-media-type",
        question: "Is a body of application/json-patch+json read?",
        settles: &["M1"],
        usual: everywhere("accepted"),
        readings: &[
            reading(
                "accepted",
                "yes, as application/json",
                assumed("the framework reads every +json type once one of them is registered"),
            ),
            reading("refused", "no: 415", assumed("2025-09 names application/json alone")),
        ],
    },
];
