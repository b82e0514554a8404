//! Which requirements a run looks at, what that costs, and what it may cost. A mock bears anything;
//! at any other target only what its owner allows is done, and it is counted before it is sent.

use std::{collections::BTreeSet, fmt::Write as _};

use judge::{
    cost::Cost,
    requirement::{Effect, Requirement, Target as Against},
    story::Story,
};

use crate::{poll, run::Settings, trouble::Trouble};

/// How long a story may wait where the clock cannot be moved, in milliseconds.
const PATIENCE: u64 = 60_000;

/// What a run may leave behind at its target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Of which kinds; a mock bears all of them.
    pub allowed: BTreeSet<Effect>,
    /// How many users at most.
    pub users: Option<u64>,
    /// How many e-mails at most.
    pub mails: Option<u64>,
    /// How many SMS at most.
    pub sms: Option<u64>,
    /// How many polls at most, those of phases at their limit included.
    pub polls: Option<u64>,
}

/// Why a requirement is not looked at, or `None` when it is.
#[must_use]
pub fn left_out(row: &Requirement, settings: &Settings, budget: &Budget) -> Option<String> {
    let plan = settings.plan();
    if !row.editions.contains(&plan.edition) {
        return Some(format!("edition {} does not have it", plan.edition));
    }
    if let Some(why) = row.unwatched {
        return Some(why.to_owned());
    }
    if settings.target.control.is_some() {
        return None;
    }
    if row.target == Against::Mock {
        return Some("it needs what only a mock has".to_owned());
    }
    let Some(tell) = row.story else {
        if row.explored {
            return None;
        }
        // It is only looked for; what it costs to have something to look at, the row says.
        let missing = row.effects.iter().filter(|effect| !budget.allowed.contains(effect));
        return leaves(missing.copied());
    };
    let story = tell(&plan);
    if story.needs_faults() {
        return Some("it needs faults, and only a mock can be told to have them".to_owned());
    }
    too_dear(&story, settings, budget)
}

/// The healthy walk, where it may be gone.
#[must_use]
pub fn walk(settings: &Settings, budget: &Budget) -> Option<Story> {
    let story = judge::healthy(&settings.plan());
    let is_mock = settings.target.control.is_some();
    (is_mock || too_dear(&story, settings, budget).is_none()).then_some(story)
}

/// That something would be left behind which was not allowed, if so.
fn leaves(missing: impl Iterator<Item = Effect>) -> Option<String> {
    let names: Vec<_> = missing.map(Effect::word).collect();
    let why = || format!("it leaves something behind: say --allow {}", names.join(","));
    (!names.is_empty()).then(why)
}

fn too_dear(story: &Story, settings: &Settings, budget: &Budget) -> Option<String> {
    let cost = Cost::of(story, &settings.plan());
    let missing = cost.effects().into_iter().filter(|effect| !budget.allowed.contains(effect));
    if let Some(why) = leaves(missing) {
        return Some(why);
    }
    (cost.waits > PATIENCE).then(|| {
        let seconds = cost.waits / 1000;
        format!("it lets {seconds} s go by, and this clock cannot be moved")
    })
}

/// What is done, in its order: each with its name.
#[must_use]
pub fn stories(settings: &Settings, budget: &Budget, groups: &[&str]) -> Vec<(String, Story)> {
    let plan = settings.plan();
    let mut stories = Vec::new();
    for group in groups {
        let walk = walk(settings, budget);
        stories.extend(walk.clone().map(|story| (format!("walk before {group}"), story)));
        let rows = Requirement::all().filter(|row| row.group() == *group);
        for row in rows.filter(|row| left_out(row, settings, budget).is_none()) {
            stories.extend(row.story.map(|tell| (row.id.to_owned(), tell(&plan))));
        }
        stories.extend(walk.map(|story| (format!("walk after {group}"), story)));
    }
    stories
}

/// What all of that costs, if every request succeeds.
#[must_use]
pub fn cost(stories: &[(String, Story)], settings: &Settings) -> Cost {
    let mut all = Cost::default();
    for (_, story) in stories {
        all += Cost::of(story, &settings.plan());
    }
    all
}

/// Refuses random sequences where they would leave behind what was not allowed.
///
/// # Errors
/// A sentence that says what would have to be.
pub fn may_explore(cost: &Cost, settings: &Settings, budget: &Budget) -> Result<(), Trouble> {
    let is_mock = settings.target.control.is_some();
    if is_mock || cost.effects().iter().all(|effect| budget.allowed.contains(effect)) {
        return Ok(());
    }
    let all: Vec<_> = Effect::ALL.iter().map(|effect| effect.word()).collect();
    Err(Trouble::Configuration(format!(
        "--cases leaves all sorts of things behind at {}; say --allow {} as well",
        settings.target.name,
        all.join(",")
    )))
}

/// Refuses what is dearer than was allowed.
///
/// # Errors
/// A sentence that says of what there is too much.
pub fn within(cost: &Cost, settings: &Settings, budget: &Budget) -> Result<(), Trouble> {
    let each = settings.poll_limit.as_millis().div_ceil(poll::PACE.as_millis()) + 1;
    let polls = cost.polls + cost.phases * u64::try_from(each).unwrap_or(u64::MAX);
    let bounds = [
        ("polls", polls, budget.polls),
        ("users", cost.users, budget.users),
        ("e-mails", cost.mails, budget.mails),
        ("SMS", cost.sms, budget.sms),
    ];
    for (name, count, most) in bounds {
        if let Some(most) = most.filter(|most| count > *most) {
            return Err(Trouble::Budget(format!(
                "the run may leave {count} {name} behind, and {most} are allowed; choose fewer \
                 groups with --group, or allow more"
            )));
        }
    }
    Ok(())
}

/// What would be done, in words.
#[must_use]
pub fn told(stories: &[(String, Story)], cost: &Cost) -> String {
    let mut text = String::new();
    for (name, story) in stories {
        let _ = writeln!(text, "{name}");
        for (index, scene) in story.scenes.iter().enumerate() {
            let _ = writeln!(text, "  {:>3}. {}", index + 1, scene.deed.words());
        }
    }
    let _ = writeln!(text, "\n{} stories: {cost}", stories.len());
    text
}
