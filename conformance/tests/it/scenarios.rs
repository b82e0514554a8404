//! The library of scenarios: every file is walked by the reference merchant against the mock and
//! must meet what it expects itself, and one seed decides the same bytes twice.

use std::path::Path;

use contract::trace::Line;
use mock_server::{
    cli::ScenarioRun,
    scenario::{self, run::Told},
};

/// Runs scenarios by name or file, in the words of the command line.
async fn run(scenarios: &[String], traces: Option<&Path>) -> Told {
    let asked = ScenarioRun {
        scenarios: scenarios.to_vec(),
        seed: 7,
        certs_dir: Some(Path::new(env!("CARGO_TARGET_TMPDIR")).join("certs")),
        traces: traces.map(Path::to_path_buf),
        quiet: true,
    };
    scenario::run::run(&asked, |_| {}).await
}

/// Every file of one kind; several tests share the work between cores.
async fn every_file_of(kind: &str, part: usize) {
    let files = scenario::files().into_iter().filter(|file| file.kind == kind);
    let names: Vec<_> = files
        .enumerate()
        .filter(|(index, _)| index % 2 == part)
        .map(|(_, file)| file.name.to_owned())
        .collect();
    assert!(names.len() > 3, "{names:?}");
    let mut wrong = Vec::new();
    for name in &names {
        let told = run(std::slice::from_ref(name), None).await;
        if told.code != 0 {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "mock-server scenario run {wrong:?} shows what is not as expected");
}

#[tokio::test(flavor = "multi_thread")]
async fn calm_scenarios_go_as_they_expect() {
    every_file_of("calm", 0).await;
    every_file_of("calm", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rough_scenarios_go_as_they_expect() {
    every_file_of("rough", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_rough_scenarios_go_as_they_expect() {
    every_file_of("rough", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn villains_go_as_they_expect() {
    every_file_of("villain", 0).await;
    every_file_of("villain", 1).await;
}

#[test]
fn the_library_has_what_it_promises() {
    let files = scenario::files();
    let of = |kind: &str| files.iter().filter(|file| file.kind == kind).count();
    assert!(files.len() >= 60 && of("calm") >= 10 && of("rough") >= 40 && of("villain") >= 15);
    let library = scenario::library();
    for file in &files {
        assert!(!library[file.name].expect.is_empty(), "{} expects nothing", file.name);
        let schema = "#:schema ../schema.json\n";
        assert!(file.text.starts_with(schema), "{} names no schema", file.name);
    }
}

fn decisions(dir: &Path, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(dir.join(format!("{name}.jsonl"))).unwrap();
    let lines = contract::trace::read(&text).unwrap();
    let decided = lines.iter().filter(|line| matches!(line, Line::Decision(_)));
    decided.map(Line::to_json).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_seed_decides_the_same_bytes_twice() {
    let names = ["errors-by-chance", "slow-sometimes", "sms-flapping", "outage-in-phase-b"];
    let names = names.map(str::to_owned);
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    run(&names, Some(first.path())).await;
    run(&names, Some(second.path())).await;
    for name in &names {
        let once = decisions(first.path(), name);
        assert!(once.len() > 20, "{name}: {once:?}");
        assert_eq!(once, decisions(second.path(), name), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_expected_fails_the_run() {
    let dir = tempfile::tempdir().unwrap();
    let text = scenario::files().into_iter().find(|file| file.name == "gateway-503").unwrap().text;
    let wrong = text.replace("times = 2", "times = 3");
    let nothing = text.split("[[expect]]").next().unwrap().to_owned();
    let broken = text.replace("when", "whem");
    for (name, text, code) in
        [("right", text, 0), ("wrong", &wrong, 1), ("nothing", &nothing, 1), ("broken", &broken, 2)]
    {
        let path = dir.path().join(format!("{name}.toml"));
        std::fs::write(&path, text).unwrap();
        let told = run(&[path.display().to_string()], None).await;
        assert_eq!(told.code, code, "{name}: {}", told.text);
    }
}
