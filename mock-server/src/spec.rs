//! What `mock-server spec` prints: the tables that decide, for a reader without the sources.
//! It reads the same rows as the server, so it cannot promise anything else.

use std::fmt::Write as _;

use contract::{Edition, Variant};

/// Every open question with its readings, one line per reading: the editions that take it when
/// nobody chooses, `documented` or `assumed`, and where or why.
#[must_use]
pub fn variants() -> String {
    let mut text = String::new();
    for variant in Variant::ALL {
        let row = variant.row();
        // Writing to a text never fails.
        let _ = writeln!(text, "{}: {}", row.id, row.question);
        for reading in row.readings {
            let takes = |edition: &&Edition| variant.usual(**edition) == reading.id;
            let takers: Vec<_> =
                Edition::ALL.iter().filter(takes).map(|edition| edition.name()).collect();
            let usual = match takers.len() {
                0 => String::new(),
                3 => " (default)".to_owned(),
                _ => format!(" (default of {})", takers.join(" and ")),
            };
            let (id, meaning, source) = (reading.id, reading.meaning, &reading.provenance);
            let _ = writeln!(text, "  {id}{usual}: {meaning} [{source}]");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reading_has_a_line_with_its_source() {
        let text = variants();
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
    }
}
