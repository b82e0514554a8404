//! The table on the terminal: one row per step, printed as the step ends. Plain text where nobody
//! looks, and where NO_COLOR says so.

use std::{
    fmt::Write as _,
    io::{IsTerminal, Write as _},
};

use judge::Verdict;

use crate::report::{Report, StepRow};

/// Where rows go.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    colours: bool,
}

impl Table {
    /// The table of this terminal.
    #[must_use]
    pub fn on_stdout() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self { colours: std::io::stdout().is_terminal() && !unwanted }
    }

    /// A table in plain text.
    #[must_use]
    pub const fn plain() -> Self {
        Self { colours: false }
    }

    /// Prints a text. Somebody who closed the pipe does not want to read on, so nothing is lost.
    pub fn print(self, text: &str) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }

    /// The heading.
    #[must_use]
    pub fn heading(self) -> String {
        format!("{:>2}  {:<24} {:<15} {:>10} {:>10}\n", "#", "step", "verdict", "clock", "real")
    }

    /// One step, and under it what was wrong.
    #[must_use]
    pub fn row(self, row: &StepRow) -> String {
        let mut text = format!(
            "{:>2}  {:<24} {} {:>10} {:>10}\n",
            row.number,
            row.title,
            self.coloured(row.verdict, 15),
            millis(row.virtual_ms),
            millis(row.real_ms)
        );
        for finding in &row.findings {
            let at: Vec<_> = finding.at.iter().map(u64::to_string).collect();
            let (wanted, got, at) = (&finding.wanted, &finding.got, at.join(", "));
            let _ = writeln!(text, "      wanted: {wanted}\n      got:    {got}  (trace {at})");
        }
        if let Some(reason) = &row.reason {
            let _ = writeln!(text, "      {reason}");
        }
        text
    }

    /// The last lines: the verdict, and where the files are.
    #[must_use]
    pub fn closing(self, report: &Report, path: &std::path::Path) -> String {
        let mut text = String::from("\n");
        if let Some(stopped) = &report.stopped {
            let _ = writeln!(text, "The flow stopped: {stopped}.");
        }
        let (verdict, seed) = (self.coloured(report.verdict, 0), report.seed);
        let (target, edition, person) = (&report.target, report.edition, report.person);
        let _ = writeln!(text, "{verdict}  {target}, edition {edition}, {person}, seed {seed}");
        let _ = writeln!(text, "trace:  {}", report.trace.display());
        if let Some(mock) = &report.mock_trace {
            let _ = writeln!(text, "mock:   {}", mock.display());
        }
        let _ = writeln!(text, "report: {}", path.display());
        text
    }

    /// A verdict, in its colour where there are any.
    #[must_use]
    pub fn verdict(self, verdict: Verdict, width: usize) -> String {
        self.coloured(verdict, width)
    }

    fn coloured(self, verdict: Verdict, width: usize) -> String {
        if !self.colours {
            return format!("{verdict:<width$}");
        }
        let colour = match verdict {
            Verdict::Pass => "32",
            Verdict::Fail | Verdict::HarnessError => "31",
            Verdict::Warn | Verdict::Review | Verdict::Contested | Verdict::NotExercised => "33",
            Verdict::Info | Verdict::NotApplicable => "2",
        };
        format!("\u{1b}[{colour}m{verdict:<width$}\u{1b}[0m")
    }
}

fn millis(value: Option<u64>) -> String {
    value.map_or_else(|| "-".to_owned(), |millis| format!("{millis} ms"))
}

#[cfg(test)]
mod tests {
    use contract::step::Step;
    use judge::{Finding, StepVerdict};

    use super::*;
    use crate::report::Timing;

    fn row(verdict: Verdict, timing: Option<Timing>) -> StepRow {
        let findings = match verdict {
            Verdict::Fail => vec![Finding::new("204 without a body", "200 {}", &[7])],
            _ => vec![],
        };
        let reason = (verdict == Verdict::NotExercised).then(|| "never called".to_owned());
        StepRow::new(
            StepVerdict { step: Step::SendPhoneCode, verdict, findings, reason },
            timing,
            contract::Edition::DEFAULT,
        )
    }

    #[test]
    fn rows_are_aligned_and_say_what_was_wrong() {
        let timing = Timing { step: Step::SendPhoneCode, virtual_ms: 0, real_ms: 12 };
        let table = Table::plain();
        let text = [
            table.heading(),
            table.row(&row(Verdict::Pass, Some(timing))),
            table.row(&row(Verdict::Fail, Some(timing))),
            table.row(&row(Verdict::NotExercised, None)),
        ]
        .concat();
        insta::assert_snapshot!(text, @"
         #  step                     verdict              clock       real
         3  send the phone code      PASS                  0 ms      12 ms
         3  send the phone code      FAIL                  0 ms      12 ms
              wanted: 204 without a body
              got:    200 {}  (trace 7)
         3  send the phone code      NOT-EXERCISED            -          -
              never called
        ");
    }

    #[test]
    fn colours_are_for_terminals_only() {
        let shown = Table { colours: true }.row(&row(Verdict::Pass, None));
        assert!(shown.contains("\u{1b}[32mPASS"), "{shown}");
        assert!(!Table::plain().row(&row(Verdict::Pass, None)).contains('\u{1b}'));
    }
}
