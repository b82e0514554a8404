//! JUnit XML, which every pipeline shows: a suite for each group, a case for each requirement.
//! What was expected, or not applicable, is skipped there with the reason.

use judge::{Finding, Verdict};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Judged, Results};
use crate::trouble::Trouble;

/// The document.
///
/// # Errors
/// When it cannot be written.
pub fn xml(results: &Results) -> Result<String, Trouble> {
    let mut report = Report::new(format!("{} {}", results.tool, results.target));
    for group in &results.groups {
        let own = format!("SC-{}-", group.name);
        let mut suite = TestSuite::new(group.name.clone());
        let rows = results.requirements.iter().filter(|row| row.id.starts_with(&own));
        suite.add_test_cases(rows.map(|row| case(row, &results.edition)));
        let mine = |name: &str| name.ends_with(&format!(" {}", group.name));
        for walk in results.walks.iter().filter(|walk| mine(&walk.name)) {
            let status = status(walk.verdict, walk.reason.as_deref(), &walk.findings);
            let mut case = TestCase::new(format!("walk {}", walk.name), status);
            case.set_classname(results.edition.clone());
            suite.add_test_case(case);
        }
        report.add_test_suite(suite);
    }
    let failed = |error: quick_junit::SerializeError| {
        Trouble::Harness(format!("the JUnit report could not be written: {error}"))
    };
    report.to_string().map_err(failed)
}

fn case(row: &Judged, edition: &str) -> TestCase {
    let status = match &row.expected {
        Some(expected) => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(format!("expected: {expected}"));
            skipped
        }
        None => status(row.verdict, row.reason.as_deref(), &row.findings),
    };
    let mut case = TestCase::new(format!("{} {}", row.id, row.deed), status);
    case.set_classname(edition);
    if !row.told.is_empty() {
        case.set_system_out(row.told.join("\n"));
    }
    case
}

fn status(verdict: Verdict, reason: Option<&str>, findings: &[Finding]) -> TestCaseStatus {
    let mut status = match verdict {
        Verdict::Pass | Verdict::Warn | Verdict::Info => return TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::HarnessError => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ => TestCaseStatus::skipped(),
    };
    let first = findings.first().map(|finding| finding.wanted.as_str());
    status.set_message(reason.or(first).unwrap_or_else(|| verdict.name()));
    let told: Vec<_> = findings.iter().map(told).collect();
    if !told.is_empty() {
        status.set_description(told.join("\n"));
    }
    status.set_type(verdict.name());
    status
}

fn told(finding: &Finding) -> String {
    let Finding { wanted, got, at, trace } = finding;
    format!("wanted: {wanted}\ngot:    {got}\nwhere:  {trace} {at:?}")
}
