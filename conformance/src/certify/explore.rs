//! The search for a fault schedule that breaks a client: drawn, played, and made smaller by playing
//! again. A client that breaks only sometimes is called flaky.

use judge::client::{
    Case, Declaration, Played,
    explore::{Schedule, broken, case, draw, rules, smaller, words},
};

use crate::{chance::Chance, trouble::Trouble};

/// How often a schedule that broke the client is played again before it is believed.
const AGAIN: u32 = 2;

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// The smallest schedule, in words.
    pub words: String,
    /// The same as a scenario file.
    pub scenario: String,
    /// What the client did, in sentences.
    pub broken: Vec<String>,
    /// Whether it did so only sometimes.
    pub flaky: bool,
    /// How many runs it took.
    pub runs: u32,
}

/// Draws schedules until one breaks the client, at most so many.
///
/// # Errors
/// When the harness fails.
pub async fn search<F: Future<Output = Result<Played, Trouble>>>(
    (count, seed): (u64, u64),
    (declared, scale): (&Declaration, u32),
    play: impl Fn(&'static Case, u64) -> F,
) -> Result<Option<Weakness>, Trouble> {
    let mut runs = 0;
    let trial = async |schedule: &Schedule, runs: &mut u32| {
        *runs += 1;
        let played = play(case(schedule), seed + u64::from(*runs)).await?;
        Ok::<_, Trouble>(broken(&played, declared, scale.into()))
    };
    for number in 0..count {
        let chance = Chance::new(seed.wrapping_add(number));
        let mut ordinal = 0;
        let schedule = draw(|bound| {
            ordinal += 1;
            chance.below("schedule", ordinal, bound)
        });
        let first = trial(&schedule, &mut runs).await?;
        if first.is_empty() {
            continue;
        }
        for _ in 0..AGAIN {
            if trial(&schedule, &mut runs).await?.is_empty() {
                return Ok(Some(weakness(&schedule, first, true, runs)));
            }
        }
        let (mut least, mut what) = (schedule, first);
        'smaller: loop {
            for candidate in smaller(&least) {
                let found = trial(&candidate, &mut runs).await?;
                if !found.is_empty() {
                    (least, what) = (candidate, found);
                    continue 'smaller;
                }
            }
            return Ok(Some(weakness(&least, what, false, runs)));
        }
    }
    Ok(None)
}

fn weakness(schedule: &Schedule, broken: Vec<String>, flaky: bool, runs: u32) -> Weakness {
    let told = words(schedule);
    let why = broken.first().cloned().unwrap_or_default();
    let scenario = format!("title = {told:?}\nwhy = {why:?}\n{}", rules(schedule));
    Weakness { words: told, scenario, broken, flaky, runs }
}
