//! `mock-server spec variants`: the open questions of the documentation, one line each, or one
//! line per reading with the sources.

use std::fmt::Write as _;

use contract::{Edition, Variant};

/// Every open question on a line of its own: its name, the reading that the edition takes when
/// nobody chooses, and all readings, each documented or assumed.
#[must_use]
pub fn variants(edition: Edition) -> String {
    let ids = Variant::ALL.iter().map(|variant| variant.row().id.len());
    let usuals = Variant::ALL.iter().map(|variant| variant.usual(edition).len());
    let (id_width, usual_width) = (ids.max().unwrap_or(0), usuals.max().unwrap_or(0));
    let line = |variant: &Variant| {
        let row = variant.row();
        let readings = row.readings.iter();
        let readings: Vec<_> =
            readings.map(|one| format!("{} ({})", one.id, one.provenance.word())).collect();
        let (id, usual) = (row.id, variant.usual(edition));
        format!("{id:<id_width$}  {usual:<usual_width$}  {}\n", readings.join(", "))
    };
    Variant::ALL.iter().map(line).collect()
}

/// Every open question with its readings, one line per reading: the editions that take it when
/// nobody chooses, `documented` or `assumed`, and where or why. With an edition, only what that
/// one takes is marked.
#[must_use]
pub fn variants_long(edition: Option<Edition>) -> String {
    let mut text = String::new();
    for variant in Variant::ALL {
        let row = variant.row();
        // Writing to a text never fails.
        let _ = writeln!(text, "{}: {}", row.id, row.question);
        for reading in row.readings {
            let usual = mark(*variant, reading.id, edition);
            let (id, meaning, source) = (reading.id, reading.meaning, &reading.provenance);
            let _ = writeln!(text, "  {id}{usual}: {meaning} [{source}]");
        }
    }
    text
}

fn mark(variant: Variant, reading: &str, edition: Option<Edition>) -> String {
    let takes = |edition: &&Edition| variant.usual(**edition) == reading;
    if let Some(edition) = edition {
        return if takes(&&edition) { " (default)" } else { "" }.to_owned();
    }
    let takers: Vec<_> = Edition::ALL.iter().filter(takes).map(|edition| edition.name()).collect();
    match takers.len() {
        0 => String::new(),
        all if all == Edition::ALL.len() => " (default)".to_owned(),
        _ => format!(" (default of {})", takers.join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variant_has_one_line_with_its_default_and_every_reading() {
        for edition in Edition::ALL {
            let text = variants(*edition);
            assert_eq!(text.lines().count(), Variant::ALL.len());
            assert!(text.lines().count() >= 40);
            for (variant, line) in Variant::ALL.iter().zip(text.lines()) {
                let mut words = line.split_whitespace();
                assert_eq!(words.next(), Some(variant.row().id));
                assert_eq!(words.next(), Some(variant.usual(*edition)));
                for reading in variant.row().readings {
                    let marked = format!("{} ({})", reading.id, reading.provenance.word());
                    assert!(line.contains(&marked), "{line}");
                }
            }
        }
    }

    #[test]
    fn every_reading_has_a_line_with_its_source() {
        let text = variants_long(None);
        for variant in Variant::ALL {
            for reading in variant.row().readings {
                let source = reading.provenance.to_string();
                let line = text.lines().find(|line| {
                    line.trim_start().starts_with(reading.id)
                        && line.contains(reading.meaning)
                        && line.contains(&source)
                });
                assert!(line.is_some(), "{} {}", variant.row().id, reading.id);
            }
        }
        let one = variants_long(Some(Edition::DEFAULT));
        assert_eq!(one.matches(" (default)").count(), Variant::ALL.len());
    }
}
