//! The runner's own speed: whole full plans against a mock that it starts itself, with everything
//! that is asked, written down and judged on the way.

use std::{process::Command, time::Instant};

use serde_json::Value;

use crate::{Outcome, load::Load, report::Row, server::sibling};

/// How many plans are run.
const PLANS: usize = 3;

/// How many random sequences each has.
const CASES: &str = "1000";

/// How long a plan may take, in seconds.
const LONGEST: f64 = 15.0;

/// What the runner must reach of the polls of a client that does nothing else.
const AIM: f64 = 0.10;

/// A plan, timed: how long it took, and how many exchanges it had.
fn plan() -> Outcome<(f64, f64)> {
    let dir = tempfile::tempdir()?;
    let report = dir.path().join("report.json");
    let began = Instant::now();
    let output = Command::new(sibling("conformance")?)
        .args(["run", "--target", "mock", "--plan", "full", "--cases", CASES, "--report"])
        .arg(&report)
        .arg("--traces")
        .arg(dir.path().join("traces"))
        .arg("--mock-trace")
        .arg(dir.path().join("mock-trace.jsonl"))
        .output()?;
    let took = began.elapsed().as_secs_f64();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stdout).into_owned().into());
    }
    let report: Value = serde_json::from_slice(&std::fs::read(report)?)?;
    let counts = report["timings"]["belowUs"].as_object().ok_or("the report has no timings")?;
    let exchanges: u64 = counts.values().filter_map(Value::as_u64).sum();
    #[expect(clippy::cast_precision_loss, reason = "some thousands of exchanges")]
    let exchanges = exchanges as f64;
    Ok((took, exchanges))
}

/// The plans' rows: how long one takes, and the runner's exchanges against plain polls.
pub(crate) async fn measure(polls: &Load) -> Outcome<[Row; 2]> {
    let (mut times, mut rates) = (Vec::new(), [Vec::new(), Vec::new()]);
    for _ in 0..PLANS {
        rates[0].push(polls.polls().await?);
        let (took, exchanges) = plan()?;
        times.push(took);
        rates[1].push(exchanges / took);
    }
    let time = crate::report::median(times);
    Ok([
        Row::alone("full plan, 1,000 random sequences", "s", time, LONGEST),
        Row::ratio("the runner's exchanges, against polls", "per s", &rates, AIM),
    ])
}
