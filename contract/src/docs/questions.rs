//! The part of the page about what is open: every question with its readings, what the pages
//! contradict each other in, and what only the provider can answer.

use std::fmt::Write as _;

use super::{head, row, under};
use crate::{Edition, Provenance, Variant, gap, trace::Leg, variant::VariantRow, vendor::VENDORS};

pub(super) fn print(out: &mut String) {
    open_questions(out);
    vendors(out);
    contradictions(out);
    silences(out);
    families(out);
    to_ask(out);
}

fn open_questions(out: &mut String) {
    out.push_str(
        "\n## Open questions\n\nA workspace takes one reading of each, chosen with \
         `--variant ID=READING`. The last columns name what each edition\ntakes when nobody \
         chooses.\n\n",
    );
    let mut titles = vec!["question", "readings", "settles"];
    titles.extend(Edition::ALL.iter().map(|edition| edition.name()));
    head(&titles, out);
    for variant in Variant::ALL {
        let all = variant.row();
        let question = format!("`{}`: {}", all.id, all.question);
        let mut cells = vec![question, readings(all), all.settles.join(", ")];
        let usual = Edition::ALL.iter().map(|edition| variant.usual(*edition));
        cells.extend(usual.map(|usual| format!("`{usual}`")));
        row(&cells.iter().map(String::as_str).collect::<Vec<_>>(), out);
    }
}

fn readings(row: &VariantRow) -> String {
    let told = row
        .readings
        .iter()
        .map(|reading| format!("`{}`: {} ({})", reading.id, reading.meaning, reading.provenance));
    told.collect::<Vec<_>>().join("<br>")
}

fn vendors(out: &mut String) {
    out.push_str(
        "\n## Statuses of the vendors\n\nWhat a poll says of a failure under \
         `poll-after-failure=vendor-status`.\n\n",
    );
    head(&["vendor", "journey", "what happened", "status", "under", "source"], out);
    for word in VENDORS {
        let leg = match word.leg {
            Leg::Identification => "identification",
            Leg::Signing => "signing",
        };
        let happened = if word.expired { "it took too long" } else { "refused or failed" };
        let (status, source) = (format!("`{}`", word.status), word.provenance.to_string());
        row(&[word.vendor, leg, happened, &status, &under(word.when), &source], out);
    }
}

fn contradictions(out: &mut String) {
    out.push_str(
        "\n## Contradictions\n\nWhere the pages say two things, and the question that settles it.\n\n",
    );
    head(&["number", "about", "one side", "the other side", "settled by"], out);
    for gap in gap::CONTRADICTIONS {
        let [one, other] = gap.sides;
        row(&[gap.id, gap.topic, one, other, &settled_by(gap.id)], out);
    }
}

fn silences(out: &mut String) {
    out.push_str(
        "\n## What no page says\n\nWhat to ask the provider, and the question that stands in for \
         the answer meanwhile.\n\n",
    );
    head(&["number", "about", "to ask", "settled by"], out);
    for gap in gap::UNKNOWNS {
        let settled = [settled_by(gap.id), gap.unseen.unwrap_or_default().to_owned()];
        let settled: Vec<_> = settled.into_iter().filter(|told| !told.is_empty()).collect();
        row(&[gap.id, gap.topic, gap.ask, &settled.join("<br>")], out);
    }
}

fn families(out: &mut String) {
    out.push_str("\n## Shapes of errors\n\nThe shapes that the pages show.\n\n");
    head(&["family", "looks", "chosen by"], out);
    for family in gap::FAMILIES {
        row(&[family.id, family.looks, &settled_by(family.id)], out);
    }
}

fn settled_by(id: &str) -> String {
    let told: Vec<_> = gap::settling(id).map(|row| format!("`{}`", row.id)).collect();
    told.join(", ")
}

/// What rests on an assumption in some edition when nobody chooses.
fn to_ask(out: &mut String) {
    out.push_str(
        "\n## To ask the provider\n\nThe questions whose usual answer is assumed in at least one \
         edition. An answer turns each into a documented row.\n\n",
    );
    for variant in Variant::ALL {
        let row = variant.row();
        let usual = Edition::ALL.iter().map(|edition| variant.usual(*edition));
        let usual: Vec<_> = usual.collect();
        let taken = row.readings.iter().filter(|reading| usual.contains(&reading.id));
        for reading in taken {
            if let Provenance::Assumed { reason } = reading.provenance {
                let _ = writeln!(out, "- {} We take `{}`: {reason}.", row.question, reading.id);
            }
        }
    }
}
