//! The law for a person to read: every edition, open question and contradiction in Markdown,
//! printed from the rows. A pure function, so the text cannot lag behind the tables.

mod calls;
mod questions;

use std::fmt::Write as _;

use crate::{Edition, Tables, When};

const HEAD: &str = "\
# The contract

What the test double answers and where each answer comes from. This page is printed from the tables
of the crate `contract` by `make docs`; a test holds the two together. It is not made or approved by
10nPayments.

*Documented* names the dated edition of the provider's pages, the page and the section. *Assumed*
gives the reason why we answer so where the pages are silent or at odds with themselves. *Under*
names the reading of an open question under which a row holds; without one, the row holds unless an
earlier one does. The same rows as OpenAPI 3.1 documents are in [openapi](openapi), and
`mock-server spec explain 'POST /User' 400` tells them for one answer.
";

/// The whole page.
#[must_use]
pub fn markdown() -> String {
    let mut out = HEAD.to_owned();
    contents(&mut out);
    for tables in Edition::served().filter_map(Edition::tables) {
        edition(tables, &mut out);
    }
    questions::print(&mut out);
    out
}

fn contents(out: &mut String) {
    out.push('\n');
    for edition in Edition::served() {
        let anchor = edition.name();
        // Writing to a text never fails.
        let _ = writeln!(out, "- [Edition {edition}](#edition-{anchor})");
    }
    out.push_str("- [Open questions](#open-questions)\n");
    out.push_str("- [Statuses of the vendors](#statuses-of-the-vendors)\n");
    out.push_str("- [Contradictions](#contradictions)\n");
    out.push_str("- [What no page says](#what-no-page-says)\n");
    out.push_str("- [Shapes of errors](#shapes-of-errors)\n");
    out.push_str("- [To ask the provider](#to-ask-the-provider)\n");
}

fn edition(tables: &'static Tables, out: &mut String) {
    let _ = writeln!(out, "\n## Edition {}\n", tables.edition);
    calls::overview(tables, out);
    calls::refusals(tables, out);
    calls::sections(tables, out);
}

/// One row of a table; what stands in a cell cannot end it.
fn row(cells: &[&str], out: &mut String) {
    let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn head(cells: &[&str], out: &mut String) {
    row(cells, out);
    let _ = writeln!(out, "|{}", "---|".repeat(cells.len()));
}

fn under(when: &[When]) -> String {
    when.iter().map(|when| format!("`{when}`")).collect::<Vec<_>>().join(" and ")
}
