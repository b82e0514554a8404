//! The commands about full runs: the run itself, its reports, and sequences that are played again.
//! They turn results into files and exit codes; what is in them is decided elsewhere.

use std::{
    path::{Path, PathBuf},
    pin::{Pin, pin},
};

use super::{
    CASES, INTERRUPTED,
    args::{Forms, Reach, ReplayArgs, ReportArgs, ReportVerb, RunArgs},
    interrupted, prepare,
};
use crate::{
    doctor::{self, Found},
    due::{self, Budget},
    expectations::Expectations,
    full::{self, Stop},
    mock::Mock,
    properties::{self, Regression, Sort},
    recorder,
    results::{self, Results, github, har, html, junit, terminal},
    run::Settings,
    site::Site,
    table::Table,
    trouble::Trouble,
};

/// The full plan, reported on as it goes.
pub(super) async fn examine(
    args: &RunArgs,
    settings: &Settings,
    interrupt: Pin<&mut impl Future<Output = ()>>,
) -> Result<u8, Trouble> {
    // What is wrong with a file is said before anything is sent.
    let expectations = args.expect.as_deref().map(Expectations::read).transpose()?;
    let options = options(args, settings)?;
    let table = Table::on_stdout();
    let names = options.names()?;
    let planned = due::stories(settings, &options.budget, &names);
    let cost = full::cost(settings, &options, &names);
    if args.dry_run {
        table.print(&due::told(&planned, &cost));
        return Ok(0);
    }
    if settings.target.control.is_none() {
        table.print(&format!("{cost}\n"));
    }
    let mut running = pin!(full::run(settings, &options, |group| {
        let (name, lines, ms) = (group.name, group.lines.len(), group.real_ms);
        table.print(&format!("{name}  {lines} lines of trace in {ms} ms\n"));
    }));
    let full = tokio::select! {
        full = &mut running => full?,
        () = interrupt => {
            table.print("ending after what is being played; once more to leave at once\n");
            options.stop.raise();
            let mut again = pin!(interrupted()?);
            tokio::select! {
                full = &mut running => full?,
                () = &mut again => return Ok(INTERRUPTED),
            }
        }
    };
    for own in &full.explored {
        let Some(failure) = &own.failure else { continue };
        let path = kept_at(&args.regression, own.sort);
        results::write(&path, &failure.json())?;
        let (file, curl) = (path.display(), failure.curl.join("\n  "));
        table.print(&format!(
            "one of the random {} failed; the smallest that still does:\n{}\n  {curl}\n\
             play it again: conformance replay {file} --target {}\n",
            own.sort.name(),
            failure.told(),
            args.reach.target
        ));
    }
    let mut results = Results::new(&full, settings)?;
    if let Some(expectations) = &expectations {
        results.expect(expectations, &today());
    }
    let shown = full.shown(&results);
    if let Some(path) = &args.har {
        let groups = full.groups.iter().map(|group| (group.name, group.lines.as_slice()));
        results::write(path, &har::archive(groups))?;
    }
    publish(&results, &shown, (&args.report, &args.forms))?;
    Ok(results.exit_code)
}

fn options(args: &RunArgs, settings: &Settings) -> Result<full::Options, Trouble> {
    Ok(full::Options {
        jobs: args.jobs,
        traces: args.traces.clone(),
        groups: args.groups.clone(),
        shard: args.shard,
        cases: args.cases.unwrap_or_else(|| settings.target.control.as_ref().map_or(0, |_| CASES)),
        budget: Budget {
            allowed: args.allow.iter().copied().collect(),
            users: args.most_users,
            mails: args.most_mails,
            sms: args.most_sms,
            polls: args.most_polls,
        },
        known: kept(&args.regression)?,
        stop: Stop::default(),
    })
}

/// The cases that failed before and were kept.
fn kept(path: &Path) -> Result<Vec<Regression>, Trouble> {
    let paths = Sort::ALL.iter().map(|sort| kept_at(path, *sort));
    paths.filter(|path| path.is_file()).map(|path| Regression::read(&path)).collect()
}

/// Where a failure of a sort is kept: sequences where it was said, others beside them.
fn kept_at(path: &Path, sort: Sort) -> PathBuf {
    match sort {
        Sort::Sequences => path.to_owned(),
        other => path.with_extension(format!("{}.json", other.name())),
    }
}

/// Writes every form of a report that was asked for, and sums it up on the terminal.
fn publish(
    results: &Results,
    shown: &html::Shown,
    (path, forms): (&Path, &Forms),
) -> Result<(), Trouble> {
    let table = Table::on_stdout();
    results::write(path, &results.json())?;
    let mut files = vec![("report:", path)];
    if let Some(path) = &forms.junit {
        results::write(path, &junit::xml(results)?)?;
        files.push(("junit:", path));
    }
    if let Some(path) = &forms.html {
        results::write(path, &html::page(results, shown))?;
        files.push(("html:", path));
    }
    if let Some(path) = &forms.markdown {
        results::write(path, &github::summary(results))?;
        files.push(("summary:", path));
    }
    if forms.annotate {
        table.print(&github::annotations(results));
    }
    table.print(&terminal::summary(table, results, false));
    table.print(&terminal::files(&files));
    Ok(())
}

/// Looks at what would keep a run from beginning; whatever happens, the mock is stopped at the end.
pub(super) async fn consult(args: &Reach) -> Result<u8, Trouble> {
    let mut mock = None;
    let prepared = prepare(args, &mut mock).await;
    let looks = match prepared {
        Ok(settings) => Ok(doctor::examine(settings).await),
        Err(trouble) => Err(trouble),
    };
    if let Some(mock) = mock {
        mock.stop().await;
    }
    let looks = looks?;
    let table = Table::on_stdout();
    for look in &looks {
        let (mark, words) = match &look.found {
            Found::Well(words) => ("ok    ", words),
            Found::Care(words) => ("care  ", words),
            Found::Ill(words) => ("CHANGE", words),
        };
        table.print(&format!("{mark}  {:<18}  {words}\n", look.what));
    }
    Ok(doctor::exit_code(&looks))
}

/// Plays a regression again; whatever happens in between, the mock is stopped at the end.
pub(super) async fn replay(args: &ReplayArgs) -> Result<u8, Trouble> {
    let regression = Regression::read(&args.file)?;
    let mut run = args.reach.clone();
    run.edition = regression.edition.parse().map_err(Trouble::Configuration)?;
    let mut mock = None;
    let code = played_again(&regression, &run, &mut mock).await;
    if let Some(mock) = mock {
        mock.stop().await;
    }
    code
}

async fn played_again(
    regression: &Regression,
    run: &Reach,
    mock: &mut Option<Mock>,
) -> Result<u8, Trouble> {
    let mut interrupt = pin!(interrupted()?);
    let playing = async {
        let site = Site::open(prepare(run, mock).await?).await?;
        regression.replay(&site).await
    };
    let (is, settled) = tokio::select! {
        played = playing => played?,
        () = &mut interrupt => return Ok(INTERRUPTED),
    };
    let table = Table::on_stdout();
    for (index, deed) in regression.deeds.iter().enumerate() {
        let was = regression.was.get(index).map_or(&[][..], Vec::as_slice);
        let is = is.get(index);
        let (was, is) = (properties::shown(was), is.map(|is| properties::shown(is)));
        let is = is.unwrap_or_else(|| " was not played".to_owned());
        let mark = if was == is { " " } else { "*" };
        let (number, words) = (index + 1, deed.words());
        table.print(&format!("{mark} {number:>2}. {words}{is}{}\n", changed(&was, &is)));
    }
    for finding in &settled.findings {
        table.print(&format!("wanted: {}\ngot:    {}\n", finding.wanted, finding.got));
    }
    table.print(&format!("{}\n", table.verdict(settled.verdict, 0)));
    Ok(settled.verdict.exit_code())
}

fn changed(was: &str, is: &str) -> String {
    match was == is {
        true => String::new(),
        false => format!(" (was{})", was.trim_start_matches(" ->")),
    }
}

pub(super) fn report(args: &ReportArgs) -> Result<u8, Trouble> {
    match &args.what {
        ReportVerb::Har { traces, har: path } => {
            let read = |path: &PathBuf| Ok((path.display().to_string(), recorder::read(path)?));
            let traces: Vec<_> = traces.iter().map(read).collect::<Result<_, Trouble>>()?;
            let traces = traces.iter().map(|(name, lines)| (name.as_str(), lines.as_slice()));
            results::write(path, &har::archive(traces))?;
            Table::on_stdout().print(&terminal::files(&[("har:", path)]));
            Ok(0)
        }
        ReportVerb::Schema => {
            Table::on_stdout().print(&format!("{:#}\n", Results::schema()));
            Ok(0)
        }
        ReportVerb::Merge { pieces, report, forms } => {
            let pieces: Result<Vec<_>, _> = pieces.iter().map(|path| Results::read(path)).collect();
            let whole = Results::merge(pieces?)?;
            publish(&whole, &html::Shown::new(), (report, forms))?;
            Ok(whole.exit_code)
        }
    }
}

/// The day by the calendar of the machine.
fn today() -> String {
    time::OffsetDateTime::now_utc().date().to_string()
}
