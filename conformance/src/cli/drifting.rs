//! The command that compares two sides. Whatever happens in between, every mock that was started
//! is stopped at the end.

use std::{path::Path, pin::pin, time::Duration};

use contract::{Edition, Variants};
use judge::Person;

use super::{INTERRUPTED, args::DriftArgs, interrupted, variants};
use crate::{
    drift::{self, Drift, Options, Side},
    due::Budget,
    mock::Mock,
    results,
    run::Settings,
    site,
    table::Table,
    target::Target,
    trouble::Trouble,
};

pub(super) async fn compare(args: &DriftArgs) -> Result<u8, Trouble> {
    let mut mocks = Vec::new();
    let code = {
        let mut interrupt = pin!(interrupted()?);
        tokio::select! {
            code = compared(args, &mut mocks) => code,
            () = &mut interrupt => Ok(INTERRUPTED),
        }
    };
    for mock in mocks {
        mock.stop().await;
    }
    code
}

async fn compared(args: &DriftArgs, mocks: &mut Vec<Mock>) -> Result<u8, Trouble> {
    let [first, second] = [&args.first, &args.second].map(|word| kind(word));
    let [first, second] = [first?, second?];
    let traced = [&first, &second].into_iter().find_map(|kind| match kind {
        Kind::Traces(side) => Some((side.edition, side.variants, side.seed)),
        _ => None,
    });
    let edition = args.edition.or_else(|| traced.map(|own| own.0)).unwrap_or(Edition::DEFAULT);
    // Stories are told by the readings of the first side; both must hear the same.
    let told = match traced.filter(|_| args.variants.is_empty()) {
        Some((_, variants, _)) => variants,
        None => variants(edition, &args.variants)?,
    };
    variants(edition, &args.second_variants)?;
    if !args.second_variants.is_empty() && !matches!(second, Kind::Mock) {
        let sentence = "--second-variant is for a second side that is a mock";
        return Err(Trouble::Configuration(sentence.to_owned()));
    }
    let common = Common { args, edition, told, seed: traced.map_or(args.seed, |own| own.2) };
    let table = Table::on_stdout();
    let first = common.side("first", first, (&args.variants, mocks)).await?;
    table.print("first side: heard\n");
    let second = common.side("second", second, (&args.second_variants, mocks)).await?;
    table.print("second side: heard\n");
    let drift = common.drift((&first, &second), mocks).await?;
    results::write(&args.report, &drift.json())?;
    table.print(&drift.told(&first.transcript));
    if !drift.differences.is_empty() {
        results::write(&args.readings, &drift.variants_file())?;
        let (readings, report) = (args.readings.display(), args.report.display());
        table.print(&format!("\nreadings: {readings}\nreport:   {report}\n"));
    }
    Ok(drift.exit_code())
}

/// What a word on the command line stands for.
enum Kind {
    Mock,
    Traces(Box<Side>),
    Target(Box<Target>),
}

fn kind(word: &str) -> Result<Kind, Trouble> {
    let path = Path::new(word);
    if word == "mock" {
        return Ok(Kind::Mock);
    }
    if path.is_dir() || path.extension().is_some_and(|own| own == "jsonl") {
        return Ok(Kind::Traces(Box::new(drift::traces(path)?)));
    }
    Ok(Kind::Target(Box::new(Target::read(path)?)))
}

/// What both sides have in common.
struct Common<'a> {
    args: &'a DriftArgs,
    edition: Edition,
    told: Variants,
    seed: u64,
}

impl Common<'_> {
    fn options(&self) -> Options {
        let args = self.args;
        Options { jobs: args.jobs, traces: args.traces.clone(), groups: args.groups.clone() }
    }

    async fn side(
        &self,
        name: &str,
        kind: Kind,
        (readings, mocks): (&[String], &mut Vec<Mock>),
    ) -> Result<Side, Trouble> {
        let target = match kind {
            Kind::Traces(side) if side.edition != self.edition => {
                let sentence = format!("the traces are of edition {}", side.edition);
                return Err(Trouble::Configuration(sentence));
            }
            Kind::Traces(side) => return Ok(*side),
            Kind::Mock => self.mock(readings, mocks).await?,
            Kind::Target(target) => *target,
        };
        let allowed = self.args.allow.iter().copied().collect();
        let budget = Budget { allowed, ..Budget::default() };
        let tables = site::tables(self.edition)?;
        drift::play(&self.settings(target), (&self.options(), &budget), name, tables).await
    }

    async fn drift(
        &self,
        (first, second): (&Side, &Side),
        mocks: &mut Vec<Mock>,
    ) -> Result<Drift, Trouble> {
        let differences = first.transcript.differences(&second.transcript);
        let mut drift = Drift {
            edition: self.edition,
            base: first.variants,
            stories: first.transcript.in_common(&second.transcript),
            left: differences.clone(),
            differences,
            explained: Vec::new(),
            unexplained_because: None,
        };
        if drift.stories == 0 {
            let sentence = "the two sides have no story in common, so nothing can be compared";
            return Err(Trouble::Configuration(sentence.to_owned()));
        }
        if drift.differences.is_empty() {
            return Ok(drift);
        }
        match self.mock(&chosen(&first.variants, self.edition), mocks).await {
            Ok(target) => {
                let (reader, tables) = (self.settings(target), site::tables(self.edition)?);
                let (own, options) = (&drift.differences, self.options());
                (drift.explained, drift.left) =
                    drift::explain((first, second), own, &reader, &options, tables).await?;
            }
            Err(trouble) => drift.unexplained_because = Some(trouble.to_string()),
        }
        Ok(drift)
    }

    async fn mock(&self, readings: &[String], mocks: &mut Vec<Mock>) -> Result<Target, Trouble> {
        let options = drift::mock(self.edition, self.seed, readings, &self.args.certs_dir);
        mocks.push(Mock::start(&options)?);
        match mocks.last_mut() {
            Some(mock) => mock.target().await,
            None => Err(Trouble::Harness("a mock was lost".to_owned())),
        }
    }

    fn settings(&self, target: Target) -> Settings {
        Settings {
            target,
            edition: self.edition,
            person: Person::Complete,
            seed: self.seed,
            world_seed: None,
            variants: self.told,
            poll_limit: Duration::from_secs(self.args.poll_limit),
            trace: self.args.traces.join("trace.jsonl"),
            mock_trace: None,
        }
    }
}

/// The readings that an edition would not take by itself, `id=reading`.
fn chosen(variants: &Variants, edition: Edition) -> Vec<String> {
    let usual = Variants::of(edition);
    let other = contract::Variant::ALL
        .iter()
        .filter(|variant| variants.reading(**variant).id != usual.reading(**variant).id);
    other.map(|variant| format!("{}={}", variant.row().id, variants.reading(*variant).id)).collect()
}
