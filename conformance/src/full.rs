//! `--plan full`: every requirement of the catalogue, group by group. Where the target is a mock,
//! each group has a workspace of its own, so that groups run side by side and none sees another's
//! clock; anywhere else they come one after the other.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use contract::{Edition, Variants, trace::Line};
use judge::{
    Settled, Verdict, exam,
    requirement::{Requirement, Target as Against},
    story::Story,
};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    chance::Chance,
    control::Control,
    play::{Player, Undone},
    run::Settings,
    site::{self, Site},
    trouble::Trouble,
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
    let tables = site::tables(settings.edition)?;
    let wanted = |name: &&str| {
        options.groups.is_empty() || options.groups.iter().any(|own| own.eq_ignore_ascii_case(name))
    };
    let names: Vec<_> = Requirement::groups().into_iter().filter(wanted).collect();
    let jobs = if settings.target.control.is_some() { options.jobs.max(1) } else { 1 };
    let seats = Arc::new(Semaphore::new(jobs));
    let mut running = JoinSet::new();
    for name in &names {
        let (seats, settings, traces) =
            (Arc::clone(&seats), settings.clone(), options.traces.clone());
        let name = *name;
        running.spawn(async move {
            let _seat = seats.acquire_owned().await;
            group(settings, name, &traces).await
        });
    }
    let mut groups = Vec::new();
    while let Some(ended) = running.join_next().await {
        let group =
            ended.map_err(|error| Trouble::Harness(format!("A group fell over: {error}.")))??;
        if let Some(trouble @ (Trouble::Unreachable(_) | Trouble::Configuration(_))) =
            &group.trouble
        {
            return Err(trouble.clone());
        }
        show(&group);
        groups.push(group);
    }
    groups.sort_by_key(|group| names.iter().position(|name| *name == group.name));
    let plan = settings.plan();
    let mut rows: Vec<_> = Requirement::all().map(|row| left_out(row, settings, &names)).collect();
    for group in &groups {
        for judged in exam::judge_all(&group.lines, plan, tables) {
            let Some(row) = rows.iter_mut().find(|row| row.requirement.id == judged.id) else {
                continue;
            };
            let mut settled = judged.settled;
            settled
                .findings
                .iter_mut()
                .for_each(|finding| group.name.clone_into(&mut finding.trace));
            // The first word on it takes the place of "nothing was seen".
            let so_far = (!row.settled.findings.is_empty() || row.settled.reason.is_none())
                .then(|| row.settled.clone());
            if let Some(merged) = Settled::merged(so_far.into_iter().chain([settled])) {
                row.settled = merged;
            }
        }
    }
    let (edition, variants) = (settings.edition, settings.variants);
    Ok(Full { edition, variants, rows, groups })
}

/// Why a requirement need not be judged here, or that nothing was seen of it yet.
fn left_out(requirement: &'static Requirement, settings: &Settings, groups: &[&str]) -> Row {
    let edition = settings.edition;
    let is_mock = settings.target.control.is_some();
    let not = |reason: String| (Verdict::NotApplicable, reason);
    let (verdict, reason) = if !requirement.editions.contains(&edition) {
        not(format!("edition {edition} does not have it"))
    } else if let Some(why) = requirement.unwatched {
        not(why.to_owned())
    } else if requirement.target == Against::Mock && !is_mock {
        not("it needs what only a mock has".to_owned())
    } else if !groups.contains(&requirement.group()) {
        not("it was not asked for".to_owned())
    } else {
        (Verdict::NotExercised, "nothing was seen of it".to_owned())
    };
    let settled = Settled { verdict, findings: Vec::new(), reason: Some(reason), told: Vec::new() };
    Row { requirement, settled }
}

async fn group(
    mut settings: Settings,
    name: &'static str,
    traces: &Path,
) -> Result<Group, Trouble> {
    let began = Instant::now();
    settings.seed = Chance::new(settings.seed).below(name, 0, u64::MAX >> 12);
    let control = settings.target.control.clone().map(Control::new).transpose()?;
    let mut workspace = None;
    if let Some(control) = &control {
        let (added, ready) = control.add_workspace(settings.seed).await?;
        let second = ready.second().await?;
        settings.target = settings.target.moved_to(ready.target()?, second);
        settings.world_seed = Some(settings.seed);
        workspace = Some(added);
    }
    let trace = traces.join(format!("{name}.jsonl"));
    settings.trace.clone_from(&trace);
    let site = Site::open(settings).await?;
    let trouble = play_all(&site, name).await.err();
    let lines = site.recorder.lines();
    drop(site);
    if let (Some(control), Some(added)) = (control, workspace) {
        control.remove_workspace(&added).await?;
    }
    let real_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Group { name, trace, lines, real_ms, trouble })
}

/// A healthy walk, the stories of the group, and a healthy walk.
async fn play_all(site: &Site, group: &str) -> Result<(), Trouble> {
    let plan = site.settings.plan();
    let is_mock = site.settings.target.control.is_some();
    let is_due = |row: &&Requirement| {
        row.group() == group
            && row.editions.contains(&plan.edition)
            && (is_mock || row.target != Against::Mock)
    };
    let walk = judge::healthy(&plan);
    play(site, (exam::WALK, "before"), &walk).await?;
    for row in Requirement::all().filter(is_due) {
        if let Some(tell) = row.story {
            play(site, (row.id, ""), &tell(&plan)).await?;
        }
    }
    play(site, (exam::WALK, "after"), &walk).await
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
