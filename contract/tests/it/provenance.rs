//! No row without provenance. One walker lists the source of every row of every table; the rules
//! are asked of all of them at once.

use contract::{
    Call, Edition, EndpointRow, Problem, Provenance, Tables, Variant,
    answer::{MemberKind, MemberRow, Shape},
    field::SENTENCES,
    lifecycle::{Lifecycle, MOVES},
    message::MessageKind,
    problem::ProblemRow,
    status::IdentificationStatus,
    timing::Timing,
    vendor::VENDORS,
};

/// The pages of each edition that were read, by the last part of their addresses.
const PAGES: &[(Edition, &[&str])] = &[
    (
        Edition::E2024_06,
        &[
            "1006",
            "989",
            "account-purposes",
            "check-user-status",
            "confirm-email",
            "create-account-iban",
            "create-user",
            "merchant-authentication",
            "send-email-verification-code",
            "send-verification-code",
            "source-of-funds",
            "verify-the-phone-number",
        ],
    ),
    (
        Edition::E2025_09,
        &[
            "10npayments-end-to-end-onboarding",
            "check-user-status",
            "client-authentication",
            "confirm-email",
            "create-user",
            "finalize-external-identification-api",
            "get-identification-process-status",
            "initiate-external-identification-api",
            "resend-phone-verification-code",
            "send-email-verification-code",
            "send-verification-code",
            "user-add-additional-data",
            "verify-the-phone-number",
        ],
    ),
    (
        Edition::E2026_05,
        &[
            "319",
            "457",
            "989",
            "account-purposes",
            "check-user-status",
            "confirm-email",
            "finalize-external-identification-api",
            "get-identification-process-status",
            "initiate-external-identification-api",
            "merchant-authentication",
            "resend-phone-verification-code-2",
            "send-email-verification-code",
            "send-verification-code",
            "source-of-funds",
            "user-add-additional-data-2",
            "verify-the-phone-number",
            "web-identification",
        ],
    ),
];

fn is_page(edition: Edition, page: &str) -> bool {
    PAGES.iter().any(|(of, pages)| *of == edition && pages.contains(&page))
}

/// A row: whose it is, what it is, and where it comes from.
struct Sourced {
    /// The edition whose table it is; `None` for the tables that every edition shares.
    edition: Option<Edition>,
    what: String,
    source: Provenance,
}

/// Every row of every table that has a provenance.
fn everything() -> Vec<Sourced> {
    let mut rows = Vec::new();
    for tables in Edition::served().filter_map(Edition::tables) {
        let mut add = |what: String, source| {
            rows.push(Sourced { edition: Some(tables.edition), what, source });
        };
        for step in tables.steps {
            add(format!("step {:?}", step.step), step.provenance);
        }
        for row in tables.endpoints {
            add(format!("endpoint {}", row.call), row.provenance);
            for field in row.fields {
                add(format!("field {} of {}", field.name, row.call), field.provenance);
            }
            for success in row.successes {
                add(format!("success {} of {}", success.status, row.call), success.provenance);
                if let Shape::Object(members) | Shape::List(members) = success.shape {
                    for (name, source) in member_sources(members) {
                        add(format!("member {name} of {}", row.call), source);
                    }
                }
            }
            for problem in refusals(tables, row) {
                let source = row.refusal(problem);
                add(format!("refusal {} of {}", problem.problem.name(), row.call), source);
            }
        }
        for row in tables.refusals() {
            add(format!("problem {}", row.problem.name()), row.provenance);
        }
    }
    let mut add = |what: String, source| rows.push(Sourced { edition: None, what, source });
    for row in Variant::ALL.iter().map(|variant| variant.row()) {
        for reading in row.readings {
            add(format!("variant {}={}", row.id, reading.id), reading.provenance);
        }
    }
    for row in SENTENCES {
        add(format!("sentence {:?} {:?}", row.fault, row.of), row.provenance);
    }
    for row in MOVES {
        add(format!("move {:?}", row.trigger), row.provenance);
    }
    for timing in Timing::ALL {
        add(format!("timing {timing:?}"), timing.provenance());
    }
    for row in VENDORS {
        add(format!("vendor {} {}", row.vendor, row.status), row.provenance);
    }
    for kind in MessageKind::ALL {
        add(format!("message {kind:?}"), kind.provenance());
    }
    rows.extend(Edition::ALL.iter().flat_map(|edition| by_edition(*edition)));
    rows
}

/// What is one table for all editions and has a source in each.
fn by_edition(edition: Edition) -> Vec<Sourced> {
    let sourced = |what: String, source| Sourced { edition: Some(edition), what, source };
    let mut rows = vec![sourced("lifecycle codes".to_owned(), Lifecycle::provenance(edition))];
    let status = |status: &IdentificationStatus| {
        sourced(format!("status {status}"), status.provenance_in(edition))
    };
    rows.extend(IdentificationStatus::ALL.iter().map(status));
    rows
}

/// Every row of a refusal that a call lists.
fn refusals(
    tables: &'static Tables,
    endpoint: &EndpointRow,
) -> impl Iterator<Item = &'static ProblemRow> {
    let wanted = |row: &&ProblemRow| {
        endpoint.problems.contains(&row.problem) && row.is_of(Some(endpoint.call))
    };
    tables.refusals().filter(wanted)
}

/// Each member with its source, also those inside others.
fn member_sources(members: &'static [MemberRow]) -> Vec<(&'static str, Provenance)> {
    let mut found = Vec::new();
    for member in members {
        found.push((member.name, member.provenance));
        if let MemberKind::Object(inner) | MemberKind::Objects(inner) = member.kind {
            found.extend(member_sources(inner));
        }
    }
    found
}

/// What is wrong with one row's source.
fn complaint(row: &Sourced) -> Option<&'static str> {
    match row.source {
        source if !source.is_complete() => Some("a part of it is empty"),
        Provenance::Documented { edition, .. } if row.edition.is_some_and(|own| own != edition) => {
            Some("what another edition documents is assumed here, with that reason")
        }
        Provenance::Documented { edition, page, .. } if !is_page(edition, page) => {
            Some("no such page is known")
        }
        Provenance::Assumed { reason } if reason.split_whitespace().count() < 4 => {
            Some("that is no reason yet")
        }
        Provenance::Documented { .. } | Provenance::Assumed { .. } => None,
    }
}

#[test]
fn every_row_says_where_it_comes_from() {
    let rows = everything();
    let bad: Vec<_> = rows
        .iter()
        .filter_map(|row| complaint(row).map(|why| format!("{}: {why}", row.what)))
        .collect();
    assert!(bad.is_empty(), "{bad:#?}");
    // The walker reaches every table: each of these was seen at least once.
    for table in [
        "endpoint ",
        "field ",
        "problem ",
        "success ",
        "member ",
        "refusal ",
        "sentence ",
        "variant ",
        "lifecycle ",
        "move ",
        "status ",
        "timing ",
        "vendor ",
        "step ",
        "message ",
    ] {
        assert!(rows.iter().any(|row| row.what.starts_with(table)), "no {table}was walked");
    }
}

#[test]
fn every_known_page_is_the_source_of_something() {
    let rows = everything();
    let used = |edition: Edition, page: &str| {
        rows.iter().any(|row| {
            matches!(row.source, Provenance::Documented { edition: of, page: used, .. }
                if of == edition && used == page)
        })
    };
    let all =
        PAGES.iter().flat_map(|(edition, pages)| pages.iter().map(move |page| (*edition, *page)));
    let unused: Vec<_> = all.filter(|(edition, page)| !used(*edition, page)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn a_bad_source_is_seen() {
    let documented = |edition, page| Provenance::Documented { edition, page, section: "fields" };
    let bad = [
        Provenance::Assumed { reason: "" },
        Provenance::Assumed { reason: "it is obvious" },
        documented(Edition::E2025_09, ""),
        documented(Edition::E2025_09, "creat-user"),
        documented(Edition::E2026_05, "create-user"),
        documented(Edition::E2024_06, "create-user"),
    ];
    for source in bad {
        let row = Sourced { edition: Some(Edition::E2025_09), what: "a row".to_owned(), source };
        assert!(complaint(&row).is_some(), "{source}");
    }
}

/// What the pages of September 2025 show of refusals, call by call. Whoever adds to this list has a
/// page at hand; everything else that a call can answer is carried over and says so.
#[test]
fn only_what_a_page_shows_is_called_documented() {
    let tables = Edition::E2025_09.tables().unwrap();
    let mut shown = Vec::new();
    for row in tables.endpoints {
        for problem in refusals(tables, row) {
            let entry = (row.call, problem.problem);
            let documented = matches!(row.refusal(problem), Provenance::Documented { .. });
            if documented && !shown.contains(&entry) {
                shown.push(entry);
            }
        }
        assert!(
            row.shown.iter().all(|(problem, _)| row.problems.contains(problem)),
            "{}",
            row.call
        );
    }
    let expected = [
        (Call::CreateUser, Problem::Validation),
        (Call::ConfirmEmail, Problem::InvalidToken),
        (Call::ConfirmEmail, Problem::UserNotFound),
        (Call::ConfirmEmail, Problem::Validation),
        (Call::SendEmailConfirmation, Problem::Validation),
        (Call::SendEmailConfirmation, Problem::MalformedJson),
        (Call::SendPhoneCode, Problem::UserNotFound),
        (Call::SendPhoneCode, Problem::PhoneAlreadyRegistered),
        (Call::ResendPhoneCode, Problem::UserNotFound),
        (Call::VerifyPhone, Problem::Validation),
        (Call::VerifyPhone, Problem::InvalidCode),
    ];
    assert_eq!(shown, expected);
}
