//! `--plan full`: every requirement of the catalogue, group by group. Where the target is a mock,
//! each group has a workspace of its own, so that groups run side by side and none sees another's
//! clock; anywhere else they come one after the other.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use contract::{Edition, Variants, trace::Line};
use judge::{
    Settled, Verdict, cost::Cost, coverage::Coverage, exam, repeat, requirement::Requirement,
    story::Story,
};
use tokio::{runtime::Handle, sync::Semaphore, task::JoinSet};

use crate::{
    chance::Chance,
    control::Control,
    due::{self, Budget},
    play::{Player, Undone},
    properties::{self, Explored, Regression, Sort},
    results::{Results, html, timings::Timings},
    run::Settings,
    site::{self, Site},
    trouble::Trouble,
    world,
};

/// What a full run is told beyond what every run is.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many groups run at a time, where each has its own workspace.
    pub jobs: usize,
    /// Where the traces go, one file a group.
    pub traces: PathBuf,
    /// Which groups; all when empty.
    pub groups: Vec<String>,
    /// Only the i-th of n parts, counted from 1.
    pub shard: Option<(usize, usize)>,
    /// How many random sequences are played.
    pub cases: u64,
    /// What may be left behind at a target that is no mock.
    pub budget: Budget,
    /// Cases that failed before; they are played before any new one is drawn.
    pub known: Vec<Regression>,
    /// Raised by whoever wants the run to end soon: nothing new is begun then.
    pub stop: Stop,
}

/// A flag that ends a run early, and in good order.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Raises it.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was raised.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Options {
    /// The groups that are meant, in the order of the catalogue.
    ///
    /// # Errors
    /// When one is named that there is not.
    pub fn names(&self) -> Result<Vec<&'static str>, Trouble> {
        let all = Requirement::groups();
        let is = |own: &&String, name: &str| own.eq_ignore_ascii_case(name);
        if let Some(unknown) = self.groups.iter().find(|own| !all.iter().any(|name| is(own, name)))
        {
            let sentence = format!("there is no group '{unknown}'; choose {}", all.join(", "));
            return Err(Trouble::Configuration(sentence));
        }
        let wanted =
            |name: &&str| self.groups.is_empty() || self.groups.iter().any(|own| is(&own, name));
        let (index, count) = self.shard.unwrap_or((1, 1));
        let own = all.into_iter().filter(wanted).enumerate();
        let own = own.filter(|(at, _)| at % count == index - 1);
        Ok(own.map(|(_, name)| name).collect())
    }
}

/// What one requirement came to.
#[derive(Clone, Debug)]
pub struct Row {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// What it came to.
    pub settled: Settled,
}

/// What one group came to.
#[derive(Debug)]
pub struct Group {
    /// Its name, such as `TOK`.
    pub name: &'static str,
    /// Its trace.
    pub trace: PathBuf,
    /// What was written there.
    pub lines: Vec<Line>,
    /// How long it really took, in milliseconds.
    pub real_ms: u64,
    /// How long its exchanges really took.
    pub timings: Timings,
    /// What a mock says of them, by the number of the line.
    pub told: world::Told,
    /// The readings that chose what a mock answered, as `id=reading`.
    pub readings: BTreeSet<String>,
    /// What kept it from its end, if anything did.
    pub trouble: Option<Trouble>,
}

/// A whole run.
#[derive(Debug)]
pub struct Full {
    /// The edition it was judged by.
    pub edition: Edition,
    /// The readings in force.
    pub variants: Variants,
    /// Every requirement of the catalogue, in its order.
    pub rows: Vec<Row>,
    /// Every group that ran, in the order of the catalogue.
    pub groups: Vec<Group>,
    /// What the random cases came to, sort by sort.
    pub explored: Vec<Explored>,
    /// Whether it was ended early.
    pub interrupted: bool,
}

/// Runs every group and judges what was seen.
///
/// # Errors
/// When nothing can be said about the target at all.
pub async fn run(
    settings: &Settings,
    options: &Options,
    mut show: impl FnMut(&Group),
) -> Result<Full, Trouble> {
    site::tables(settings.edition)?;
    let names = options.names()?;
    let cases = if names.contains(&EXPLORED) { options.cases } else { 0 };
    due::within(&cost(settings, options, &names), settings, &options.budget)?;
    due::may_explore(&Sort::Sequences.most(cases), settings, &options.budget)?;
    let jobs = if settings.target.control.is_some() { options.jobs.max(1) } else { 1 };
    let seats = Arc::new(Semaphore::new(jobs));
    let mut running = JoinSet::new();
    for name in &names {
        let (seats, settings, options) = (Arc::clone(&seats), settings.clone(), options.clone());
        let name = *name;
        running.spawn(async move {
            let _seat = seats.acquire_owned().await;
            group(settings, name, &options).await
        });
    }
    let twice = tokio::spawn(twice(settings.clone(), names.clone(), options.clone()));
    let mut hands = JoinSet::new();
    let sorts = Sort::ALL.iter().copied().filter(|sort| is_due(*sort, settings, options));
    let all: Vec<_> = sorts.map(|sort| (sort, shares(sort.cases(cases), jobs as u64))).collect();
    let parts = all.iter().flat_map(|(sort, own)| own.iter().map(move |cases| (*sort, cases)));
    for (sort, cases) in parts {
        let cases = cases.clone();
        let (seats, settings, options) = (Arc::clone(&seats), settings.clone(), options.clone());
        let runtime = Handle::current();
        // What shrinks a sequence cannot move between threads, so each hand has its own.
        hands.spawn_blocking(move || {
            runtime.block_on(async {
                let _seat = seats.acquire_owned().await;
                explore(settings, (sort, cases), &options).await
            })
        });
    }
    let fell = |error| Trouble::Harness(format!("A part of the run fell over: {error}."));
    let mut groups = Vec::new();
    while let Some(ended) = running.join_next().await {
        let group = ended.map_err(fell)??;
        match &group.trouble {
            Some(trouble @ (Trouble::Unreachable(_) | Trouble::Configuration(_))) => {
                return Err(trouble.clone());
            }
            _ => show(&group),
        }
        groups.push(group);
    }
    let mut explored: Vec<_> = all.iter().map(|(sort, _)| Explored::none(*sort)).collect();
    while let Some(ended) = hands.join_next().await {
        let part = ended.map_err(fell)??;
        let own = explored.iter_mut().find(|own| own.sort == part.sort);
        own.into_iter().for_each(|own| own.merge(&part));
    }
    let twice = twice.await.map_err(fell)??;
    groups.sort_by_key(|group| names.iter().position(|name| *name == group.name));
    let rows = judged(settings, (options, &names), (&groups, &explored, twice))?;
    let (edition, variants) = (settings.edition, settings.variants);
    let interrupted = options.stop.is_raised();
    Ok(Full { edition, variants, rows, groups, explored, interrupted })
}

/// What a run leaves behind at most.
#[must_use]
pub fn cost(settings: &Settings, options: &Options, names: &[&str]) -> Cost {
    let mut cost = due::cost(&due::stories(settings, &options.budget, names), settings);
    if names.contains(&EXPLORED) {
        cost += Sort::Sequences.most(options.cases);
    }
    cost
}

/// What all groups together say of each requirement.
fn judged(
    settings: &Settings,
    (options, names): (&Options, &[&str]),
    (groups, explored, mut twice): (&[Group], &[Explored], Option<Settled>),
) -> Result<Vec<Row>, Trouble> {
    let (tables, plan) = (site::tables(settings.edition)?, settings.plan());
    let mut seen: BTreeMap<&str, Settled> = BTreeMap::new();
    for group in groups {
        for mut judged in exam::judge_all(&group.lines, plan, tables) {
            let Some(row) = Requirement::by_id(&judged.id) else { continue };
            // Half a look is no pass: its own story was not asked for.
            let is_due = due::left_out(row, settings, &options.budget).is_none();
            let half = row.story.is_some() && !(is_due && names.contains(&row.group()));
            if half && judged.settled.verdict == Verdict::Pass {
                continue;
            }
            let findings = judged.settled.findings.iter_mut();
            findings.for_each(|finding| group.name.clone_into(&mut finding.trace));
            let so_far = seen.remove(row.id).into_iter();
            let merged = Settled::merged(so_far.chain([judged.settled]));
            seen.extend(merged.map(|settled| (row.id, settled)));
        }
    }
    let rows = Requirement::all().map(|requirement| {
        let own = names.contains(&requirement.group());
        let drawn = explored.iter().find(|own| own.sort.requirement() == requirement.id);
        let drawn = drawn.filter(|_| own && options.cases > 0).map(Explored::settled);
        let twice = if requirement.repeated { twice.take() } else { None };
        let Some(settled) = drawn.or(twice).or_else(|| seen.remove(requirement.id)) else {
            return unseen(requirement, settings, (options, names));
        };
        Row { requirement, settled }
    });
    Ok(rows.collect())
}

impl Full {
    /// The lines of traces that findings point at.
    #[must_use]
    pub fn shown(&self, results: &Results) -> html::Shown {
        let rows = results.requirements.iter().flat_map(|row| &row.findings);
        let walks = results.walks.iter().flat_map(|walk| &walk.findings);
        let mut shown = html::Shown::new();
        for finding in rows.chain(walks) {
            let group = self.groups.iter().find(|group| group.name == finding.trace);
            for at in &finding.at {
                let line = group.and_then(|group| group.lines.iter().find(|line| is_at(line, *at)));
                if let Some(line) = line {
                    let exchange = serde_json::to_string_pretty(line).unwrap_or_default();
                    let told = group.and_then(|group| group.told.get(at)).cloned();
                    shown.insert((finding.trace.clone(), *at), html::Evidence { exchange, told });
                }
            }
        }
        shown
    }
}

fn is_at(line: &Line, step: u64) -> bool {
    matches!(line, Line::Decision(decision) if decision.step == step)
}

/// Why a requirement need not be judged here, or that nothing was seen of it.
fn unseen(
    requirement: &'static Requirement,
    settings: &Settings,
    (options, names): (&Options, &[&str]),
) -> Row {
    let asked =
        names.contains(&requirement.group()) && !(requirement.explored && options.cases == 0);
    let why = due::left_out(requirement, settings, &options.budget);
    let why = why.or_else(|| (!asked).then(|| "it was not asked for".to_owned()));
    let (verdict, reason) = match why {
        Some(why) => (Verdict::NotApplicable, why),
        None => (Verdict::NotExercised, "nothing was seen of it".to_owned()),
    };
    let settled = Settled { verdict, findings: Vec::new(), reason: Some(reason), told: Vec::new() };
    Row { requirement, settled }
}

/// The group whose requirement random sequences are played for.
const EXPLORED: &str = "PRP";

/// So many cases in as many even shares, none of them empty.
fn shares(cases: u64, hands: u64) -> Vec<Range<u64>> {
    let share = cases.div_ceil(hands.max(1)).max(1);
    let starts = (0..cases).step_by(usize::try_from(share).unwrap_or(usize::MAX));
    starts.map(|start| start..(start + share).min(cases)).collect()
}

/// Plays the same twice, each time in a new world, and compares; nothing where there is no new
/// world to be had.
async fn twice(
    settings: Settings,
    names: Vec<&str>,
    options: Options,
) -> Result<Option<Settled>, Trouble> {
    let Some(row) = Requirement::all().find(|row| row.repeated) else { return Ok(None) };
    let is_due = due::left_out(row, &settings, &options.budget).is_none();
    if !(is_due && names.contains(&row.group())) {
        return Ok(None);
    }
    let mut traces = Vec::new();
    for turn in ["once", "again"] {
        let traces_of_turn = options.traces.join(turn);
        let stories = due::stories(&settings, &options.budget, &[TWICE]);
        let groups = BTreeMap::from([(TWICE, stories)]);
        let played = perform(&settings, groups, &[], (&traces_of_turn, 1)).await?;
        traces.extend(played.into_iter().map(|(_, lines)| lines));
    }
    Ok(Some(repeat::judge(&traces[0], &traces[1])))
}

/// The group that is played twice: it has users, messages, journeys, polls and refusals.
const TWICE: &str = "PHN";

/// Whether cases of a sort can be played here.
fn is_due(sort: Sort, settings: &Settings, options: &Options) -> bool {
    let row = Requirement::by_id(sort.requirement());
    row.is_some_and(|row| due::left_out(row, settings, &options.budget).is_none())
}

async fn explore(
    settings: Settings,
    (sort, cases): (Sort, Range<u64>),
    Options { traces, known, stop, .. }: &Options,
) -> Result<Explored, Trouble> {
    let seed = settings.seed;
    let edition = settings.edition.to_string();
    // The hand that begins plays what is known.
    let is_own = |own: &&Regression| own.of == sort.requirement() && own.edition == edition;
    let known: Vec<_> = known.iter().filter(is_own).filter(|_| cases.start == 0).collect();
    let name = format!("{}-{}", sort.name(), cases.start);
    let (site, place) = Place::open(settings, &name, (&[], traces)).await?;
    let explored = properties::explore(&site, (sort, seed), (&known, cases), stop).await;
    site.close().await;
    place.leave().await?;
    let mut explored = explored?;
    let found = explored.failure.iter_mut().flat_map(|failure| &mut failure.findings);
    found.for_each(|finding| name.clone_into(&mut finding.trace));
    Ok(explored)
}

async fn group(
    settings: Settings,
    name: &'static str,
    options: &Options,
) -> Result<Group, Trouble> {
    let began = Instant::now();
    let (site, place) = Place::open(settings, name, (&[], &options.traces)).await?;
    let stories = due::stories(&site.settings, &options.budget, &[name]);
    let trouble = play_all(&site, &stories, &options.stop).await.err();
    let (lines, timings) = (site.recorder.lines(), site.recorder.timings());
    let trace = site.settings.trace.clone();
    // What the mock says is shown beside what was judged; without it nothing is missing.
    let decisions = match site.control() {
        Some(control) => control.decisions().await.unwrap_or_default(),
        None => Vec::new(),
    };
    let (told, readings) = (world::told(&lines, &decisions), Coverage::readings(&decisions));
    site.close().await;
    place.leave().await?;
    let real_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Group { name, trace, lines, real_ms, timings, told, readings, trouble })
}

/// Plays stories, group by group, and hands back the lines of each group's trace. Where the target
/// is a mock, each group has a workspace, with readings of its own as `(id, reading)`.
///
/// # Errors
/// When nothing can be said about the target.
pub async fn perform(
    settings: &Settings,
    groups: BTreeMap<&'static str, Vec<(String, Story)>>,
    readings: &[(String, String)],
    (traces, jobs): (&Path, usize),
) -> Result<Vec<(&'static str, Vec<Line>)>, Trouble> {
    let jobs = if settings.target.control.is_some() { jobs.max(1) } else { 1 };
    let seats = Arc::new(Semaphore::new(jobs));
    let mut playing = JoinSet::new();
    for (name, stories) in groups {
        let (seats, settings) = (Arc::clone(&seats), settings.clone());
        let (readings, traces) = (readings.to_vec(), traces.to_owned());
        playing.spawn(async move {
            let _seat = seats.acquire_owned().await;
            let (site, place) = Place::open(settings, name, (&readings, &traces)).await?;
            let played = play_all(&site, &stories, &Stop::default()).await;
            let lines = site.recorder.lines();
            site.close().await;
            place.leave().await?;
            played.map(|()| (name, lines))
        });
    }
    let mut played = playing.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
    played.sort_by_key(|(name, _)| *name);
    Ok(played)
}

/// Where a group is played: a workspace of its own, where there can be one.
struct Place(Option<(Control, String)>);

impl Place {
    async fn open(
        mut settings: Settings,
        name: &str,
        (readings, traces): (&[(String, String)], &Path),
    ) -> Result<(Site, Self), Trouble> {
        settings.seed = Chance::new(settings.seed).below(name, 0, u64::MAX >> 12);
        settings.trace = traces.join(format!("{name}.jsonl"));
        let Some(control) = settings.target.control.clone() else {
            return Ok((Site::open(settings).await?, Self(None)));
        };
        let control = Control::new(control)?;
        let (added, ready) = control.add_workspace(settings.seed, readings).await?;
        let second = ready.second().await?;
        settings.target = settings.target.moved_to(ready.target()?, second);
        settings.world_seed = Some(settings.seed);
        Ok((Site::open(settings).await?, Self(Some((control, added)))))
    }

    async fn leave(self) -> Result<(), Trouble> {
        match self.0 {
            Some((control, added)) => control.remove_workspace(&added).await,
            None => Ok(()),
        }
    }
}

async fn play_all(site: &Site, stories: &[(String, Story)], stop: &Stop) -> Result<(), Trouble> {
    for (name, story) in stories.iter().take_while(|_| !stop.is_raised()) {
        match name.strip_prefix("walk ") {
            Some(turn) => play(site, (exam::WALK, turn), story).await?,
            None => play(site, (name, ""), story).await?,
        }
    }
    Ok(())
}

async fn play(site: &Site, (name, turn): (&str, &str), story: &Story) -> Result<(), Trouble> {
    let mut player = Player::new(site, (name, turn));
    match player.play(story).await {
        Ok(()) | Err(Undone::Lacking(_)) => Ok(()),
        Err(Undone::Trouble(trouble)) => Err(trouble),
        Err(Undone::NoAnswer(host, reason)) => match site.has_answered(host) {
            true => Ok(()),
            false => Err(site.unreachable(host, &reason)),
        },
    }
}
