//! The part of the page about what is open: every question with its readings, what the pages
//! contradict each other in, and what only the provider can answer.

use std::fmt::Write as _;

use super::{head, row};
use crate::{Edition, Provenance, Variant, variant::VariantRow};

/// How many contradictions there are.
const CONTRADICTIONS: usize = 26;

pub(super) fn print(out: &mut String) {
    open_questions(out);
    contradictions(out);
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

fn contradictions(out: &mut String) {
    out.push_str("\n## Contradictions\n\nWhere the pages say two things, and the question that settles it.\n\n");
    head(&["number", "settled by"], out);
    for number in 1..=CONTRADICTIONS {
        let name = format!("C{number}");
        let settling = Variant::ALL.iter().map(|variant| variant.row());
        let settling = settling.filter(|row| row.settles.contains(&name.as_str()));
        let told: Vec<_> = settling.map(|row| format!("`{}`: {}", row.id, row.question)).collect();
        row(&[&name, &told.join("<br>")], out);
    }
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
