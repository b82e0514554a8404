//! What `mock-server spec` prints: the tables that decide, for a reader without the sources.
//! It reads the same rows as the server, so it cannot promise anything else.

use std::fmt::Write as _;

use contract::Variant;

/// Every open question with its readings, one line per reading: `documented` or `assumed`, and
/// why. The first reading of each is the default.
#[must_use]
pub fn variants() -> String {
    let mut text = String::new();
    for variant in Variant::ALL {
        let row = variant.row();
        // Writing to a text never fails.
        let _ = writeln!(text, "{}: {}", row.id, row.question);
        for (index, reading) in row.readings.iter().enumerate() {
            let usual = if index == 0 { " (default)" } else { "" };
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
                let line = text.lines().find(|line| {
                    line.trim_start().starts_with(reading.id) && line.contains(reading.meaning)
                });
                assert!(line.unwrap().contains(reading.provenance.word()), "{}", reading.id);
            }
        }
    }
}
