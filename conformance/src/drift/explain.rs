//! Which readings make a mock answer as the second side does. Each reading is tried alone on the
//! stories that differ; the one that explains most and invents least is taken, then the next, and
//! at the end all of them are tried together.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use contract::{Tables, Variant, Variants};
use judge::drift::{Difference, Place, Transcript};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{due::Budget, full, run::Settings, trouble::Trouble};

use super::{
    Options,
    side::{Side, Stories, stories},
};

/// A reading that explains some differences.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The question.
    pub variant: Variant,
    /// The second side's reading of it.
    pub reading: &'static str,
    /// What it explains.
    pub differences: Vec<Difference>,
    /// Other readings that explain the same here, as `id=reading`.
    pub alternatives: Vec<String>,
}

impl Explained {
    /// `id=reading`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}={}", self.variant.row().id, self.reading)
    }

    /// What the reading means.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        let readings = self.variant.row().readings.iter();
        let own = readings.clone().find(|reading| reading.id == self.reading);
        own.map_or("", |reading| reading.meaning)
    }

    /// How much it explains, and what else would.
    #[must_use]
    pub fn because(&self) -> String {
        let count = self.differences.len();
        let others = match self.alternatives.as_slice() {
            [] => String::new(),
            some => format!("; {} would explain the same", some.join(" or ")),
        };
        format!("{count} differences{others}")
    }
}

/// Something that the second side has otherwise: where, in which aspect, and what.
type Fact = (Place, String, Option<String>);

fn facts(differences: &[Difference]) -> BTreeSet<Fact> {
    let fact = |own: &Difference| (own.place.clone(), own.aspect.clone(), own.second.clone());
    differences.iter().map(fact).collect()
}

/// A reading that was tried, and what it makes otherwise.
struct Tried {
    variant: Variant,
    reading: &'static str,
    makes: BTreeSet<Fact>,
}

impl Tried {
    /// How well it explains what is left: each fact that it explains counts for it, and each that
    /// it would make and nobody saw counts against it.
    fn worth(&self, left: &BTreeSet<Fact>, all: &BTreeSet<Fact>) -> i64 {
        let good = self.makes.intersection(left).count();
        let bad = self.makes.difference(all).count();
        let [good, bad] = [good, bad].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        if good == 0 { i64::MIN } else { good - bad }
    }
}

/// Finds the readings that explain differences, with a mock that `reader` reaches. Also says what
/// none of them explains.
///
/// # Errors
/// When the mock fails.
pub async fn explain(
    (first, second): (&Side, &Side),
    differences: &[Difference],
    reader: &Settings,
    options: &Options,
    tables: &'static Tables,
) -> Result<(Vec<Explained>, Vec<Difference>), Trouble> {
    if first.is_mocks && second.is_mocks {
        return Ok(told_by_the_mocks(differences));
    }
    let stories = differing(reader, options, differences)?;
    let place = Reader { settings: reader.clone(), stories, tables };
    let traces = options.traces.join("reader");
    let base = place.answers(&[], (&traces, options.jobs)).await?;
    let all = facts(differences);
    let tried = place.try_all(&base, &first.variants, (&traces, options.jobs)).await;
    let mut chosen: Vec<&Tried> = Vec::new();
    let mut left = all.clone();
    while let Some(best) = best(&tried, &chosen, (&left, &all)) {
        left.retain(|fact| !best.makes.contains(fact));
        chosen.push(best);
    }
    let readings: Vec<_> = chosen.iter().map(|own| (own.variant, own.reading)).collect();
    // Readings meet: what two of them make together, none of them makes alone.
    let together = place.answers(&readings, (&traces, options.jobs)).await?;
    let stories: BTreeSet<_> = differences.iter().map(|own| own.place.story.clone()).collect();
    let apart = together.differences(&second.transcript.only(&stories));
    let still: BTreeSet<_> = apart.iter().map(|own| (&own.place, &own.aspect)).collect();
    let is_left = |own: &&Difference| still.contains(&(&own.place, &own.aspect));
    let unexplained: Vec<_> = differences.iter().filter(is_left).cloned().collect();
    let explained = chosen.iter().map(|own| {
        let by_it = |difference: &&Difference| {
            own.makes.contains(&(
                difference.place.clone(),
                difference.aspect.clone(),
                difference.second.clone(),
            )) && !is_left(difference)
        };
        let same = |other: &&Tried| {
            (other.variant, other.reading) != (own.variant, own.reading) && other.makes == own.makes
        };
        Explained {
            variant: own.variant,
            reading: own.reading,
            differences: differences.iter().filter(by_it).cloned().collect(),
            alternatives: tried
                .iter()
                .filter(same)
                .map(|other| format!("{}={}", other.variant.row().id, other.reading))
                .collect(),
        }
    });
    Ok((explained.collect(), unexplained))
}

fn best<'a>(
    tried: &'a [Tried],
    chosen: &[&Tried],
    (left, all): (&BTreeSet<Fact>, &BTreeSet<Fact>),
) -> Option<&'a Tried> {
    let is_open = |own: &&Tried| !chosen.iter().any(|taken| taken.variant == own.variant);
    let open = tried.iter().filter(is_open).map(|own| (own.worth(left, all), own));
    // The first of equals, in the order of the questions.
    let best = open.reduce(|best, one| if one.0 > best.0 { one } else { best })?;
    (best.0 > 0).then_some(best.1)
}

/// Traces of mocks name the readings that decided; no trial is needed.
fn told_by_the_mocks(differences: &[Difference]) -> (Vec<Explained>, Vec<Difference>) {
    let mut found: BTreeMap<(Variant, &'static str), Vec<Difference>> = BTreeMap::new();
    for own in differences {
        let Some(id) = own.aspect.strip_prefix("reading ") else { continue };
        let variant = Variant::ALL.iter().copied().find(|variant| variant.row().id == id);
        let Some(variant) = variant else { continue };
        let readings = variant.row().readings.iter();
        let reading = readings.clone().find(|row| Some(row.id) == own.second.as_deref());
        let Some(reading) = reading else { continue };
        let at = |other: &&Difference| other.place == own.place;
        found
            .entry((variant, reading.id))
            .or_default()
            .extend(differences.iter().filter(at).cloned());
    }
    let places: BTreeSet<_> = found.values().flatten().map(|own| own.place.clone()).collect();
    let left = differences.iter().filter(|own| !places.contains(&own.place)).cloned().collect();
    let explained = found.into_iter().map(|((variant, reading), differences)| Explained {
        variant,
        reading,
        differences,
        alternatives: Vec::new(),
    });
    (explained.collect(), left)
}

/// The stories in which something differs. A story that comes after others is told with them.
fn differing(
    reader: &Settings,
    options: &Options,
    differences: &[Difference],
) -> Result<Stories, Trouble> {
    let mut stories = stories(reader, options, &Budget::default())?;
    for (group, own) in &mut stories {
        let is_meant = |name: &str| {
            let walk = name.starts_with("walk ");
            let wanted = if walk { format!("{group} walk") } else { format!("{group} {name}") };
            differences.iter().any(|own| match walk {
                true => own.place.story.starts_with(&wanted),
                false => own.place.story == wanted,
            })
        };
        own.retain(|(name, _)| is_meant(name));
    }
    stories.retain(|_, own| !own.is_empty());
    Ok(stories)
}

/// A mock that answers under any reading.
#[derive(Clone)]
struct Reader {
    settings: Settings,
    stories: Stories,
    tables: &'static Tables,
}

impl Reader {
    async fn answers(
        &self,
        readings: &[(Variant, &'static str)],
        (traces, jobs): (&Path, usize),
    ) -> Result<Transcript, Trouble> {
        let told: Vec<_> = readings
            .iter()
            .map(|(variant, reading)| (variant.row().id.to_owned(), (*reading).to_owned()))
            .collect();
        let played =
            full::perform(&self.settings, self.stories.clone(), &told, (traces, jobs)).await?;
        let mut transcript = Transcript::default();
        played.iter().for_each(|(group, lines)| transcript.add(group, lines, self.tables));
        Ok(transcript)
    }

    /// Every reading that is not in force, and what it makes otherwise.
    async fn try_all(
        &self,
        base: &Transcript,
        variants: &Variants,
        (traces, jobs): (&Path, usize),
    ) -> Vec<Tried> {
        let seats = Arc::new(Semaphore::new(jobs.max(1)));
        let mut trials = JoinSet::new();
        for variant in Variant::ALL.iter().copied() {
            let others = variant.row().readings.iter();
            for reading in others.filter(|other| other.id != variants.reading(variant).id) {
                let own = self.clone();
                let traces = traces.join(format!("{}-{}", variant.row().id, reading.id));
                let (seats, base) = (Arc::clone(&seats), base.clone());
                trials.spawn(async move {
                    let _seat = seats.acquire_owned().await;
                    // A reading under which nothing can be played explains nothing.
                    let answers = own.answers(&[(variant, reading.id)], (&traces, 1)).await.ok()?;
                    let makes = facts(&base.differences(&answers));
                    Some(Tried { variant, reading: reading.id, makes })
                });
            }
        }
        let mut tried: Vec<_> = trials.join_all().await.into_iter().flatten().collect();
        tried.sort_by_key(|own| (own.variant, own.reading));
        tried
    }
}
