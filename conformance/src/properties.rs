//! What nobody wrote a case for: random legal and illegal sequences of several users at once, each
//! judged by the reference model. One that fails is made as small as it still fails, and kept as
//! symbolic steps, which can be played again against any target.

use std::path::Path;

use contract::{
    Call, Host, Tables,
    message::MessageKind,
    step::Step,
    trace::{Decided, Line},
};
use judge::{
    Finding, Plan, Settled, Verdict,
    cost::Cost,
    coverage::Coverage,
    exam, model,
    story::{Ask, Deed, Scene, Story, Token, Who},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde::{Deserialize, Serialize};

use crate::{
    play::{Player, Undone},
    site::{self, Site},
    trouble::Trouble,
};

/// The version of a regression's form.
pub const VERSION: u32 = 1;

/// How many users one sequence has.
const USERS: u8 = 3;

/// How long a sequence is.
const LENGTH: std::ops::Range<usize> = 1..16;

/// How often a failing sequence is played again to make it smaller.
const SHRINKS: usize = 300;

/// The name of such stories in traces.
const NAME: &str = "SC-PRP-01";

/// A sequence that failed, as small as it still fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Regression {
    /// [`VERSION`].
    pub version: u32,
    /// The edition that it was judged by.
    pub edition: String,
    /// The case's number and the seed of the run.
    pub case: u64,
    /// The seed of the run.
    pub seed: u64,
    /// What is done.
    pub deeds: Vec<Deed>,
    /// With what each was answered: no status where none was asked for.
    pub was: Vec<Vec<u16>>,
    /// What was wrong.
    pub findings: Vec<Finding>,
    /// The same as commands for a terminal: `$API`, `$AUTH` and `$TOKEN` stand for what the reader
    /// has, and a label for each value that is not shown.
    #[serde(default)]
    pub curl: Vec<String>,
}

/// What some cases came to.
#[derive(Debug, Default)]
pub struct Explored {
    /// How many were played.
    pub cases: u64,
    /// How many requests they sent.
    pub exchanges: u64,
    /// What they reached.
    pub coverage: Coverage,
    /// The first that failed, shrunk.
    pub failure: Option<Regression>,
}

/// One move of a sequence, before it becomes a deed.
#[derive(Clone, Copy, Debug)]
struct Move {
    who: u8,
    what: u8,
}

/// What a move may be; those that come twice are twice as likely.
const MOVES: &[fn(Who) -> Deed] = &[
    |who| Deed::Walk { user: who, to: Step::VerifyPhone },
    |who| Deed::Walk { user: who, to: Step::Initiate },
    |who| Deed::Walk { user: who, to: Step::PhaseB },
    |who| ask(Ask::of(Call::CreateUser).by(who)),
    |who| ask(Ask::of(Call::ConfirmEmail).by(who).with("token", "$newest-code")),
    |who| ask(Ask::of(Call::ConfirmEmail).by(who).with("token", "$wrong-code")),
    |who| ask(Ask::of(Call::SendEmailConfirmation).by(who)),
    |who| ask(Ask::of(Call::SendPhoneCode).by(who)),
    |who| ask(Ask::of(Call::ResendPhoneCode).by(who)),
    |who| ask(Ask::of(Call::VerifyPhone).by(who).with("code", "$newest-code")),
    |who| ask(Ask::of(Call::VerifyPhone).by(who).with("code", "$wrong-code")),
    |who| ask(Ask::of(Call::Initiate).by(who)),
    |who| ask(Ask::of(Call::Initiate).by(who)),
    |who| ask(Ask::of(Call::Initiate).by(who)),
    |who| ask(Ask::of(Call::Initiate).by(who).with("isRestartIdentification", true)),
    |who| ask(Ask::of(Call::IdentificationStatus).by(who)),
    |who| ask(Ask::of(Call::IdentificationStatus).by(who)),
    |who| ask(Ask::of(Call::AddAdditionalData).by(who)),
    |who| ask(Ask::of(Call::Finalize).by(who)),
    |who| ask(Ask::of(Call::Finalize).by(who)),
    |who| ask(Ask::of(Call::UserStatus).by(who)),
    |who| ask(Ask::of(Call::UserStatus).by(who)),
    |who| ask(Ask::of(Call::UserStatus).by(who).token(Token::None)),
    |who| Deed::Look { user: who, kind: MessageKind::EmailConfirmation },
    |_| Deed::Pass(3_000),
];

fn ask(ask: Ask) -> Deed {
    Deed::Ask(Box::new(ask))
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (0..USERS, 0..u8::try_from(MOVES.len()).unwrap_or(u8::MAX));
    proptest::collection::vec(one.prop_map(|(who, what)| Move { who, what }), LENGTH)
}

/// The deeds of some moves: everybody is created before anything else, and what an edition does not
/// have is left out.
fn deeds(moves: &[Move], plan: &Plan) -> Vec<Deed> {
    let who = |number: u8| Who::nth(number);
    let used: std::collections::BTreeSet<_> = moves.iter().map(|one| one.who).collect();
    let created = used.iter().map(|number| ask(Ask::of(Call::CreateUser).by(who(*number))));
    let done = moves.iter().map(|one| MOVES[usize::from(one.what)](who(one.who)));
    created.chain(done.filter(|deed| has(deed, plan))).collect()
}

fn has(deed: &Deed, plan: &Plan) -> bool {
    match deed {
        Deed::Ask(ask) => plan.tables().is_some_and(|tables| tables.endpoint(ask.call).is_some()),
        Deed::Walk { to, .. } => plan.has(*to),
        _ => true,
    }
}

fn story(deeds: &[Deed]) -> Story {
    let scenes = deeds.iter().map(|deed| Scene { deed: deed.clone(), wants: Vec::new() });
    Story { scenes: scenes.collect() }
}

/// What so many sequences may leave behind at most: every move of every one could.
#[must_use]
pub fn most(cases: u64) -> Cost {
    let moves = cases * LENGTH.end as u64;
    let requests = moves * Step::ALL.len() as u64;
    Cost { users: moves, mails: 2 * moves, sms: 3 * moves, journeys: 2 * moves, requests, waits: 0 }
}

/// Plays cases at a site, until one fails; that one is shrunk.
///
/// # Errors
/// When nothing can be said about the target.
pub async fn explore(
    site: &Site,
    seed: u64,
    cases: std::ops::Range<u64>,
) -> Result<Explored, Trouble> {
    let tables = site::tables(site.settings.edition)?;
    let mut explored = Explored::default();
    for case in cases {
        let Some(tree) = tree(seed, case) else { continue };
        let deeds = deeds(&tree.current(), &site.settings.plan());
        let played = play(site, &deeds, (case, 0), tables).await?;
        explored.took(&played, site.settings.plan(), tables);
        if played.settled.verdict == Verdict::Fail {
            let shrunk = shrink(site, (tree, case), (deeds, played), tables).await?;
            let shrunk = Regression { seed, ..shrunk };
            explored.failure = Some(shrunk);
            break;
        }
    }
    Ok(explored)
}

impl Explored {
    /// What two machines, or two hands of one, have explored.
    pub fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        self.exchanges += other.exchanges;
        self.coverage.merge(other.coverage);
        let first =
            |failure: &Option<Regression>| failure.as_ref().map_or(u64::MAX, |own| own.case);
        if first(&other.failure) < first(&self.failure) {
            self.failure = other.failure;
        }
    }

    /// What it says of the requirement.
    #[must_use]
    pub fn settled(&self) -> Settled {
        let failure = self.failure.as_ref();
        let verdict = match (failure, self.cases) {
            (Some(_), _) => Verdict::Fail,
            (None, 0) => Verdict::NotExercised,
            (None, _) => Verdict::Pass,
        };
        let told = format!("{} random sequences", self.cases);
        let story = failure.map(|own| format!("the smallest sequence:\n{}", own.told()));
        Settled {
            verdict,
            findings: failure.map(|own| own.findings.clone()).unwrap_or_default(),
            reason: (verdict == Verdict::NotExercised).then(|| "no sequence was played".to_owned()),
            told: [told].into_iter().chain(story).collect(),
        }
    }
}

/// One story that was played.
struct Played {
    lines: Vec<Line>,
    settled: Settled,
}

impl Explored {
    fn took(&mut self, played: &Played, plan: Plan, tables: &'static Tables) {
        self.cases += 1;
        self.exchanges += played.lines.len() as u64;
        self.coverage.merge(Coverage::of(&played.lines, plan, tables));
    }
}

/// The sequence of one case: a seed and a number always give the same.
fn tree(seed: u64, case: u64) -> Option<impl ValueTree<Value = Vec<Move>>> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..16].copy_from_slice(&case.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    moves().new_tree(&mut TestRunner::new_with_rng(Config::default(), rng)).ok()
}

async fn play(
    site: &Site,
    deeds: &[Deed],
    (case, turn): (u64, usize),
    tables: &'static Tables,
) -> Result<Played, Trouble> {
    let before = site.recorder.take();
    drop(before);
    let turn = format!("{case}.{turn}");
    let mut player = Player::new(site, (NAME, &turn));
    match player.play(&story(deeds)).await {
        Ok(()) | Err(Undone::Lacking(_)) => {}
        Err(Undone::NoAnswer(host, reason)) => {
            // The trace shows that nothing came; the model weighs it.
            if !site.has_answered(host) {
                return Err(site.unreachable(host, &reason));
            }
        }
        Err(Undone::Trouble(trouble)) => return Err(trouble),
    }
    let lines = site.recorder.take();
    let settled = model::judge(&lines, site.settings.plan(), tables);
    Ok(Played { lines, settled })
}

/// Makes a failing sequence smaller as long as it still fails.
async fn shrink(
    site: &Site,
    (mut tree, case): (impl ValueTree<Value = Vec<Move>>, u64),
    mut best: (Vec<Deed>, Played),
    tables: &'static Tables,
) -> Result<Regression, Trouble> {
    let plan = site.settings.plan();
    let mut more = tree.simplify();
    for turn in 1..=SHRINKS {
        if !more {
            break;
        }
        let smaller = deeds(&tree.current(), &plan);
        let played = play(site, &smaller, (case, turn), tables).await?;
        more = match played.settled.verdict {
            Verdict::Fail => {
                best = (smaller, played);
                tree.simplify()
            }
            _ => tree.complicate(),
        };
    }
    let (deeds, played) = best;
    Ok(Regression {
        version: VERSION,
        edition: site.settings.edition.to_string(),
        case,
        seed: site.settings.seed,
        was: exam::statuses(&played.lines),
        curl: played.lines.iter().filter_map(curl).collect(),
        deeds,
        findings: played.settled.findings,
    })
}

/// An exchange with the API as a command.
fn curl(line: &Line) -> Option<String> {
    let Line::Decision(decision) = line else { return None };
    let Decided::Exchange(seen) = &decision.what else { return None };
    let call = seen.call?;
    let host = if seen.host == Host::Auth { "AUTH" } else { "API" };
    let mut command = format!("curl -X {} \"${host}{}\"", seen.method, seen.path);
    if seen.bearer.is_some() {
        command.push_str(" -H \"authorization: Bearer $TOKEN\"");
    }
    if seen.certificate.is_some() {
        command.push_str(" --cert client.pem --key client-key.pem");
    }
    if let (Some(kind), Some(body)) = (&seen.media_type, &seen.request) {
        let body = body.to_string().replace('\'', "'\\''");
        command.push_str(&format!(" -H 'content-type: {kind}' -d '{body}'"));
    }
    Some(format!("{command}  # {call}: {}", seen.status))
}

impl Regression {
    /// Reads one.
    ///
    /// # Errors
    /// A sentence with the file and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let wrong = |what: String| Trouble::Configuration(format!("{}: {what}", path.display()));
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let own: Self = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("is no regression: {error}")))?;
        if own.version != VERSION {
            let version = own.version;
            return Err(wrong(format!("has form {version}; this build reads {VERSION}")));
        }
        Ok(own)
    }

    /// The document.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// What is done, in words, step by step.
    #[must_use]
    pub fn told(&self) -> String {
        let lines = self.deeds.iter().enumerate().map(|(index, deed)| {
            let was = self.was.get(index).map(|was| shown(was)).unwrap_or_default();
            format!("  {:>2}. {}{was}\n", index + 1, deed.words())
        });
        lines.collect()
    }

    /// Plays it again; says what was, what is, and what the model says to it.
    ///
    /// # Errors
    /// When nothing can be said about the target.
    pub async fn replay(&self, site: &Site) -> Result<(Vec<Vec<u16>>, Settled), Trouble> {
        let tables = site::tables(site.settings.edition)?;
        let played = play(site, &self.deeds, (self.case, 0), tables).await?;
        Ok((exam::statuses(&played.lines), played.settled))
    }
}

/// Statuses behind an arrow.
#[must_use]
pub fn shown(statuses: &[u16]) -> String {
    match statuses {
        [] => String::new(),
        some => {
            let words: Vec<_> = some.iter().map(u16::to_string).collect();
            format!(" -> {}", words.join(", "))
        }
    }
}
