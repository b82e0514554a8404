//! What a full run leaves behind: every form of its report, pieces that are put together again,
//! known departures, and random sequences that are made small and played again.

use std::collections::BTreeSet;

use conformance::{
    due::{self, Budget},
    expectations::Expectations,
    full::{self, Full},
    properties::Regression,
    results::{Judged, Results, github, har, html, junit, terminal},
    run::Settings,
    site::Site,
    table::Table,
    target::{ClockKind, CodesFrom},
};
use contract::{Edition, Variants};
use judge::{
    Person, Verdict,
    requirement::{Effect, Requirement},
};

use crate::stage::Stage;

/// A villain whose requirement is FIN-06, a SHOULD.
const STUCK: &str = "sc-fin-06-lifecycle-stuck";

async fn examined(
    stage: &Stage,
    groups: &[&str],
    shard: Option<(usize, usize)>,
) -> (Full, Results) {
    let settings = stage.settings(Person::Complete);
    let options = full::Options {
        jobs: 2,
        traces: stage.dir.path().join("traces"),
        groups: groups.iter().map(|name| (*name).to_owned()).collect(),
        shard,
        cases: 0,
        budget: Budget::default(),
        known: Vec::new(),
        stop: full::Stop::default(),
    };
    let full = Box::pin(full::run(&settings, &options, |_| {})).await.unwrap();
    let results = Results::new(&full, &settings).unwrap();
    (full, results)
}

#[tokio::test]
async fn every_form_holds_the_finding() {
    let stage = Stage::under(3, "sc-fin-01-no-guid").await;
    let (full, results) = examined(&stage, &["FIN"], None).await;
    assert_eq!((results.verdict, results.exit_code), (Verdict::Fail, 1));
    let schema = jsonschema::validator_for(&Results::schema()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&results.json()).unwrap();
    let errors: Vec<_> = schema.iter_errors(&json).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");

    let xml = junit::xml(&results).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert_eq!(report.test_suites.len(), 1);
    let cases = &report.test_suites[0].test_cases;
    assert_eq!(cases.len(), 8, "six requirements and two walks");
    assert!(xml.contains("SC-FIN-01") && xml.contains("<failure"), "{xml}");

    let page = html::page(&results, &full.shown(&results));
    assert!(page.contains("id=\"SC-FIN-01\"") && page.contains("the exchange"), "the finding");
    assert!(!page.contains("<script") && !page.contains("src="), "it fetches nothing");
    let summary = github::summary(&results);
    assert!(summary.contains("| SC-FIN-01 | FAIL |"), "{summary}");
    let annotations = github::annotations(&results);
    assert!(annotations.contains("::error title=SC-FIN-01 FAIL"), "{annotations}");
    let text = terminal::summary(Table::plain(), &results, false);
    assert!(text.contains("SC-FIN-01  FAIL") && text.contains("has a GUID"), "{text}");
    for secret in ["eyJ", "@example.org", "+3598800"] {
        for form in [&results.json(), &xml, &page, &summary, &annotations, &text] {
            assert!(!form.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn an_archive_is_read_by_others_and_holds_no_secret() {
    let stage = Stage::new(3).await;
    let (full, results) = examined(&stage, &["STA"], None).await;
    let groups = full.groups.iter().map(|group| (group.name, group.lines.as_slice()));
    let text = har::archive(groups);
    let archive: ::har::Har = ::har::from_str(&text).unwrap();
    let ::har::Spec::V1_2(log) = archive.log else { panic!("{text}") };
    let calls = results.coverage.answers.values().flat_map(std::collections::BTreeMap::values);
    assert!(log.entries.len() as u64 >= calls.sum::<u64>(), "every exchange with a call");
    let first = &log.entries[0];
    assert!(first.request.url.starts_with("https://"), "{}", first.request.url);
    for secret in ["eyJ", "@example.org", "+3598800"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_page_is_sound_in_a_browser_and_tells_the_worlds_side() {
    let stage = Stage::under(3, "sc-fin-01-no-guid").await;
    let (full, results) = examined(&stage, &["FIN"], None).await;
    let shown = full.shown(&results);
    let told = shown.values().filter_map(|evidence| evidence.told.as_ref());
    assert!(told.clone().any(|told| told.contains("departs happened")), "{shown:#?}");
    let page = html::page(&results, &shown);
    assert!(page.contains("The mock: decided by"), "the world's side");
    let path = stage.dir.path().join("report.html");
    std::fs::write(&path, page).unwrap();
    for width in [1440, 360] {
        let Some(browser) = browser::Browser::start(width, 900).await.unwrap() else { return };
        browser.open(&format!("file://{}#SC-FIN-01", path.display())).await.unwrap();
        assert_eq!(browser.text("#SC-FIN-01 h3 a").await.unwrap(), "SC-FIN-01");
        // Everything that can be folded is looked at as well.
        let unfold = "document.querySelectorAll('details').forEach(own => own.open = true)";
        browser.run(unfold, Vec::new()).await.unwrap();
        assert_eq!(browser.complaints().await.unwrap(), Vec::<String>::new());
        assert_eq!(browser.barriers().await.unwrap(), Vec::<String>::new());
        assert!(browser.overflow().await.unwrap() <= 0, "wider than {width}");
        assert!(browser.count(".bar").await.unwrap() > 1, "the histogram");
        browser.dark().await.unwrap();
        assert_eq!(browser.barriers().await.unwrap(), Vec::<String>::new(), "in the dark");
        browser.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_run_that_has_not_reached_everything_is_not_whole() {
    let stage = Stage::new(3).await;
    let (_, mut results) = examined(&stage, &[], None).await;
    let of = |results: &Results| {
        let row = results.requirements.iter().find(|row| row.id == "SC-PRP-03").unwrap();
        (row.verdict, row.reason.clone().unwrap_or_default())
    };
    assert_eq!(of(&results), (Verdict::Pass, String::new()), "{:?}", results.unreached);
    let transitions = &results.coverage.transitions;
    assert!(transitions.contains("STARTED -> ERROR"), "{transitions:?}");
    let readings = &results.coverage.readings;
    assert!(readings.contains("unknown-user=by-page"), "{readings:?}");
    let why = |own: &judge::coverage::Unreached| own.why.is_some();
    assert!(!results.unreached.is_empty() && results.unreached.iter().all(why));
    let missing = judge::coverage::Unreached { what: "finalize 404".to_owned(), why: None };
    results.unreached.push(missing);
    let merged = Results::merge(vec![results]).unwrap();
    assert_eq!(of(&merged), (Verdict::NotExercised, "not reached: finalize 404".to_owned()));
    let (_, part) = examined(&stage, &["PRP"], None).await;
    assert_eq!(of(&part).0, Verdict::NotApplicable);
}

#[tokio::test]
async fn pieces_come_together_to_the_same_whole() {
    let stage = Stage::new(5).await;
    let groups = ["TOK", "USR", "STA"];
    let (_, whole) = examined(&stage, &groups, None).await;
    let mut pieces = Vec::new();
    for index in 1..=2 {
        pieces.push(examined(&stage, &groups, Some((index, 2))).await.1);
    }
    let merged = Results::merge(pieces.clone()).unwrap();
    let verdicts = |results: &Results| {
        results.requirements.iter().map(|row| (row.id.clone(), row.verdict)).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&merged), verdicts(&whole));
    assert_eq!(merged.coverage, whole.coverage);
    assert_eq!(merged.groups.len(), whole.groups.len());
    let twice = Results::merge(vec![pieces[0].clone(), pieces[0].clone()]).unwrap_err();
    assert!(twice.to_string().contains("both hold the group"), "{twice}");
    pieces[1].seed += 1;
    let other = Results::merge(pieces).unwrap_err();
    assert!(other.to_string().contains("not of one run"), "{other}");
}

#[tokio::test]
async fn an_unknown_group_is_answered_with_those_there_are() {
    let stage = Stage::new(5).await;
    let options = full::Options {
        jobs: 1,
        traces: stage.dir.path().to_owned(),
        groups: vec!["XYZ".to_owned()],
        shard: None,
        cases: 0,
        budget: Budget::default(),
        known: Vec::new(),
        stop: full::Stop::default(),
    };
    let settings = stage.settings(Person::Complete);
    let error = Box::pin(full::run(&settings, &options, |_| {})).await.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("TOK, USR"), "{error}");
}

fn expected(text: &str) -> Result<Expectations, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("expected.toml");
    std::fs::write(&path, text).unwrap();
    Expectations::read(&path).map_err(|error| error.to_string())
}

fn entry(id: &str, until: &str, more: &str) -> String {
    format!(
        "[[expected]]\nid = \"{id}\"\nreason = \"known\"\nowner = \"anna\"\nuntil = \"{until}\"\n{more}"
    )
}

#[tokio::test]
async fn known_departures_are_accepted_until_their_day() {
    let stage = Stage::under(3, "sc-fin-01-no-guid").await;
    let (_, results) = examined(&stage, &["FIN"], None).await;
    let after = |text: &str| {
        let mut results = results.clone();
        // The walks are broken by the same departure, and nobody is asked to answer for them here.
        results.walks.clear();
        results.expect(&expected(text).unwrap(), "2026-06-01");
        (results.exit_code, results.stale)
    };
    assert_eq!(after(&entry("SC-FIN-01", "2026-12-31", "")), (0, vec![]));
    let says = entry("SC-FIN-01", "2026-12-31", "says = \"GUID\"\n");
    assert_eq!(after(&says), (0, vec![]));
    let (code, stale) = after(&entry("SC-FIN-01", "2026-05-31", ""));
    assert_eq!(code, 1, "an expectation that is over accepts nothing");
    assert!(stale[0].contains("until 2026-05-31; ask anna"), "{stale:?}");
    let both = entry("SC-FIN-01", "2026-12-31", "") + &entry("SC-FIN-02", "2026-12-31", "");
    let (code, stale) = after(&both);
    assert_eq!(code, 5);
    assert!(stale[0].contains("SC-FIN-02 departs no longer"), "{stale:?}");
    let other = entry("SC-FIN-01", "2026-12-31", "variant = \"json-reading=newtonsoft\"\n");
    assert_eq!(after(&other).0, 1, "it is about another reading");
}

#[test]
fn broken_expectations_say_what_would_be_right() {
    for (text, words) in [
        ("[[expected]]\nid = 3", "expected a string"),
        (&*entry("SC-XYZ-01", "2026-12-31", ""), "conformance list"),
        (&*entry("SC-FIN-01", "soon", ""), "2027-01-31"),
        (&*entry("SC-FIN-01", "2026-02-30", ""), "2027-01-31"),
        ("colour = 1", "unknown field"),
    ] {
        let error = expected(text).unwrap_err();
        assert!(error.contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_should_is_a_warning_and_no_failure() {
    let stage = Stage::under(3, STUCK).await;
    let (_, results) = examined(&stage, &["FIN"], None).await;
    let row = results.requirements.iter().find(|row| row.id == "SC-FIN-06").unwrap();
    assert_eq!((row.verdict, results.exit_code), (Verdict::Warn, 0), "{row:?}");
}

/// One answer in a thousand, or fewer, is another one: the third start of an identification.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rare_departure_is_found_shrunk_and_played_again() {
    let stage = Stage::under(7, "sc-prp-01-third-time").await;
    let settings = stage.settings(Person::Complete);
    let options = full::Options {
        jobs: 2,
        traces: stage.dir.path().join("traces"),
        groups: vec!["PRP".to_owned()],
        shard: None,
        cases: 400,
        budget: Budget::default(),
        known: Vec::new(),
        stop: full::Stop::default(),
    };
    let full = Box::pin(full::run(&settings, &options, |_| {})).await.unwrap();
    let found = full.explored.into_iter().find_map(|own| own.failure).unwrap();
    let starts = found.told().matches("initiate").count();
    assert!(found.deeds.len() <= 5 && starts >= 2, "{}", found.told());

    let last = found.curl.last().unwrap();
    assert!(last.starts_with("curl -X POST \"$API/Enrollment/initiate"), "{last}");
    assert!(last.ends_with("initiate: 404") && !last.contains("eyJ"), "{last}");

    let read = |own: &Regression| {
        let path = stage.dir.path().join("regression.json");
        std::fs::write(&path, own.json()).unwrap();
        Regression::read(&path).unwrap()
    };
    assert_eq!(read(&found), found);
    let again = |settings: Settings| {
        let found = &found;
        async move { found.replay(&Site::open(settings).await.unwrap()).await.unwrap() }
    };
    let (is, settled) = again(settings).await;
    assert_eq!(
        (is, settled.verdict),
        (found.was.clone(), Verdict::Fail),
        "the villain does it again"
    );
    // What failed once is played before anything new is drawn.
    let known = full::Options { cases: 1, known: vec![found.clone()], ..options };
    let other = Stage::under(8, "sc-prp-01-third-time").await;
    let full =
        Box::pin(full::run(&other.settings(Person::Complete), &known, |_| {})).await.unwrap();
    let again_found = full.explored.into_iter().find_map(|own| own.failure).unwrap();
    assert_eq!((again_found.deeds, again_found.was), (found.deeds.clone(), found.was.clone()));

    let calm = Stage::of(Edition::DEFAULT, 9, &[]).await;
    let settings = Settings { variants: Variants::default(), ..calm.settings(Person::Complete) };
    let (is, settled) = again(settings).await;
    assert_eq!(settled.verdict, Verdict::Pass);
    assert_ne!(is, found.was, "a sound server answers otherwise");
}

#[tokio::test]
async fn a_run_that_is_ended_early_reports_what_it_has() {
    let stage = Stage::new(5).await;
    let options = full::Options { cases: 100, ..politely(&stage, Budget::default()) };
    let settings = stage.settings(Person::Complete);
    let stop = options.stop.clone();
    // The first group to end is the last one to be waited for.
    let full = Box::pin(full::run(&settings, &options, |_| stop.raise())).await.unwrap();
    let results = Results::new(&full, &settings).unwrap();
    assert!(results.interrupted);
    assert_eq!(results.exit_code, 130);
    let counts = results.counts();
    assert!(counts.contains_key(&Verdict::NotExercised), "{counts:?}");
    let text = terminal::summary(Table::plain(), &results, false);
    assert!(text.contains("interrupted: what was not played yet"), "{text}");
    let left = stage.mock.workspace();
    assert_eq!(left.look(|world| world.user_count()), 0, "every group had a workspace of its own");
}

#[test]
fn the_committed_schema_is_the_printed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/report.schema.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(committed, format!("{:#}\n", Results::schema()), "make docs prints it anew");
}

/// A mock whose control API is switched off is asked as the provider's sandbox would be.
async fn as_sandbox(stage: &Stage) -> Settings {
    let mut settings = stage.settings(Person::Complete);
    settings.target.second = stage.ready().second().await.unwrap();
    settings.target.control = None;
    settings.target.clock = ClockKind::Real;
    settings.target.codes = CodesFrom::Command(vec!["false".to_owned()]);
    settings
}

fn politely(stage: &Stage, budget: Budget) -> full::Options {
    let traces = stage.dir.path().join("traces");
    full::Options {
        jobs: 4,
        traces,
        groups: Vec::new(),
        shard: None,
        cases: 0,
        budget,
        known: Vec::new(),
        stop: full::Stop::default(),
    }
}

#[tokio::test]
async fn a_target_without_control_is_asked_only_for_what_leaves_nothing() {
    let stage = Stage::new(5).await;
    let settings = as_sandbox(&stage).await;
    let options = politely(&stage, Budget::default());
    let full = Box::pin(full::run(&settings, &options, |_| {})).await.unwrap();
    let results = Results::new(&full, &settings).unwrap();
    assert_eq!(stage.mock.workspace().look(|world| world.user_count()), 0, "nobody was created");
    let open = results.requirements.iter().filter(|row| row.verdict == Verdict::NotExercised);
    assert_eq!(open.collect::<Vec<_>>(), Vec::<&Judged>::new());
    assert_eq!((results.verdict, results.exit_code), (Verdict::Pass, 0));
    let of = |id: &str| results.requirements.iter().find(|row| row.id == id).unwrap();
    for id in ["SC-TOK-01", "SC-TOK-02", "SC-TOK-05", "SC-STA-03", "SC-LST-01"] {
        assert_eq!(of(id).verdict, Verdict::Pass, "{id}");
    }
    for (id, why) in [
        ("SC-USR-01", "--allow users,mails"),
        ("SC-TOK-08", "--allow users,mails"),
        ("SC-INI-05", "only a mock"),
        ("SC-RED-02", "person"),
        ("SC-PRP-01", "not asked for"),
    ] {
        let row = of(id);
        assert_eq!(row.verdict, Verdict::NotApplicable, "{id}");
        assert!(row.reason.as_ref().unwrap().contains(why), "{id}: {row:?}");
    }
}

/// One port is all that a merchant has registered; each group listens there in turn.
#[tokio::test]
async fn groups_listen_at_the_registered_address_one_after_the_other() {
    let stage = Stage::new(5).await;
    let mut settings = as_sandbox(&stage).await;
    // Nobody else listens at this address of loopback, whatever port they are given.
    settings.target.redirects.listen = "127.77.0.1:8470".parse().unwrap();
    let options = politely(&stage, Budget::default());
    let full = Box::pin(full::run(&settings, &options, |_| {})).await.unwrap();
    assert_eq!(full.groups.len(), Requirement::groups().len());
    assert!(full.groups.iter().all(|group| group.trouble.is_none()), "{:?}", full.groups);
}

#[tokio::test]
async fn a_run_that_is_too_dear_is_not_begun() {
    let stage = Stage::new(5).await;
    let settings = as_sandbox(&stage).await;
    let budget = Budget {
        allowed: Effect::ALL.iter().copied().collect(),
        users: Some(3),
        ..Budget::default()
    };
    let error =
        Box::pin(full::run(&settings, &politely(&stage, budget), |_| {})).await.unwrap_err();
    assert_eq!(error.exit_code(), 7);
    assert!(error.to_string().contains("3 are allowed"), "{error}");
    let allowed = Effect::ALL.iter().copied().collect();
    let few = Budget { allowed, polls: Some(100), ..Budget::default() };
    let error = Box::pin(full::run(&settings, &politely(&stage, few), |_| {})).await.unwrap_err();
    assert_eq!(error.exit_code(), 7);
    assert!(error.to_string().contains("polls") && error.to_string().contains("100"), "{error}");
    let options = full::Options { cases: 1, ..politely(&stage, Budget::default()) };
    let error = Box::pin(full::run(&settings, &options, |_| {})).await.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("--allow users,mails,sms,person"), "{error}");
    assert_eq!(stage.mock.workspace().look(|world| world.steps_taken()), 0, "nothing was sent");
}

#[tokio::test]
async fn what_needs_a_clock_that_moves_is_left_out_where_none_does() {
    let row = Requirement::by_id("SC-TOK-08").unwrap();
    let allowed: BTreeSet<_> = Effect::ALL.iter().copied().collect();
    let stage = Stage::new(5).await;
    let budget = Budget { allowed, ..Budget::default() };
    let why = due::left_out(row, &as_sandbox(&stage).await, &budget).unwrap();
    assert!(why.contains("86400 s go by"), "{why}");
    assert_eq!(due::left_out(row, &stage.settings(Person::Complete), &budget), None);
}
