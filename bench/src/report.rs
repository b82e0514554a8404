//! What was measured, as a table: the bare server, the mock, their ratio and the aim.
//! A missed aim is printed as missed; nobody has to work it out.

use std::{error::Error, fmt::Write as _, io::Write as _};

/// One line of the table.
pub(crate) struct Row {
    name: &'static str,
    unit: &'static str,
    bare: Option<f64>,
    mock: f64,
    ratio: Option<f64>,
    aim: String,
    met: bool,
}

impl Row {
    /// Rates: the median of the ratios round by round against an aim.
    pub(crate) fn ratio(
        name: &'static str,
        unit: &'static str,
        rates: &[Vec<f64>; 2],
        aim: f64,
    ) -> Self {
        let [bare, mock] = rates;
        let ratio = median(mock.iter().zip(bare).map(|(mock, bare)| mock / bare).collect());
        Self {
            name,
            unit,
            bare: Some(median(bare.clone())),
            mock: median(mock.clone()),
            ratio: Some(ratio),
            aim: format!("ratio >= {aim:.2}"),
            met: ratio >= aim,
        }
    }

    /// A figure of both servers where the mock's own is held against a limit.
    pub(crate) fn below(
        name: &'static str,
        unit: &'static str,
        (bare, mock): (f64, f64),
        limit: f64,
    ) -> Self {
        let aim = format!("<= {limit} {unit}");
        Self {
            name,
            unit,
            bare: Some(bare),
            mock,
            ratio: Some(mock / bare),
            aim,
            met: mock <= limit,
        }
    }

    /// A figure that only the mock has.
    pub(crate) fn alone(name: &'static str, unit: &'static str, mock: f64, limit: f64) -> Self {
        let aim = format!("<= {limit} {unit}");
        Self { name, unit, bare: None, mock, ratio: None, aim, met: mock <= limit }
    }

    fn text(&self) -> String {
        let shown = |figure: Option<f64>, places: usize| {
            figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.places$}"))
        };
        let places = if self.mock < 100.0 { 1 } else { 0 };
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{:<42} {:>10} {:>10} {:<6} {:>6}  {:<14} {}",
            self.name,
            shown(self.bare, places),
            shown(Some(self.mock), places),
            self.unit,
            shown(self.ratio, 2),
            self.aim,
            if self.met { "met" } else { "MISSED" }
        );
        text
    }
}

/// The middle value.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints the table.
pub(crate) fn print(rows: &[Row]) {
    let mut out = std::io::stdout().lock();
    let head = ["", "bare", "mock", "", "ratio", "aim"];
    // A closed pipe is the reader's choice.
    let _ = writeln!(
        out,
        "{:<42} {:>10} {:>10} {:<6} {:>6}  {}",
        head[0], head[1], head[2], head[3], head[4], head[5]
    );
    for row in rows {
        let _ = writeln!(out, "{}", row.text());
    }
}

/// Prints what the table cannot say.
pub(crate) fn note(text: &str) {
    // A closed pipe is the reader's choice.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints why there is no table.
pub(crate) fn complain(error: &dyn Error) {
    let _ = writeln!(std::io::stderr(), "bench: {error}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_the_median_of_its_rounds() {
        let row = Row::ratio("x", "per s", &[vec![10.0, 10.0, 10.0], vec![9.0, 1.0, 8.0]], 0.75);
        assert_eq!((row.ratio, row.met), (Some(0.8), true));
        assert!(!Row::ratio("x", "per s", &[vec![10.0], vec![7.0]], 0.75).met);
    }

    #[test]
    fn a_missed_aim_is_said() {
        assert!(Row::alone("x", "bytes", 1300.0, 1200.0).text().ends_with("MISSED"));
        assert!(Row::below("x", "ms", (1.0, 29.0), 30.0).text().ends_with("met"));
    }
}
