//! Open questions about paths and the form of problem documents. Tables only.
//! The order of readings says nothing: each edition names the one it takes when nobody chooses.

use super::{everywhere, reading};
use crate::{
    provenance::{assumed, d24, d25},
    variant::{Variant, VariantRow},
};

pub(super) const ROWS: &[VariantRow] = &[
    VariantRow {
        variant: Variant::PathCase,
        id: "path-case",
        question: "Does the case of a path matter?",
        settles: &["U16"],
        usual: everywhere("insensitive"),
        readings: &[
            reading("insensitive", "no", assumed("the framework's routing compares without case")),
            reading(
                "exact",
                "yes: another case is 404",
                assumed("a gateway in front may route by exact prefixes"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::TrailingSlash,
        id: "trailing-slash",
        question: "May a path end with a slash?",
        settles: &["U16"],
        usual: everywhere("tolerated"),
        readings: &[
            reading("tolerated", "yes, one", assumed("the framework's routing tolerates one")),
            reading("refused", "no: 404", assumed("a gateway in front may match whole paths")),
        ],
    },
    VariantRow {
        variant: Variant::ProblemType,
        id: "problem-type",
        question: "Which RFC do problem types cite?",
        settles: &["F1"],
        usual: everywhere("rfc7231"),
        readings: &[
            reading("rfc7231", "RFC 7231, as the samples do", d25("create-user", "400 response")),
            reading(
                "rfc9110",
                "RFC 9110, as the framework does since .NET 8",
                assumed("an upgrade of the framework changes the text by itself"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::ProblemMediaType,
        id: "problem-media-type",
        question: "Which media type has a problem document?",
        settles: &["F1"],
        usual: everywhere("problem-json"),
        readings: &[
            reading(
                "problem-json",
                "application/problem+json",
                assumed("the framework's own choice for problem documents"),
            ),
            reading(
                "json",
                "application/json",
                assumed("a gateway or an old formatter may say so; no page names the type"),
            ),
        ],
    },
    VariantRow {
        variant: Variant::TraceFlags,
        id: "trace-flags",
        question: "How does a traceId end?",
        settles: &["F1"],
        usual: ["sampled", "not-sampled", "not-sampled"],
        readings: &[
            reading("not-sampled", "-00", d25("create-user", "400 response")),
            reading("sampled", "-01", d24("create-account-iban", "400 response")),
        ],
    },
];
