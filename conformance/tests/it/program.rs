//! The program: exit codes, output, files, and how it ends when it is interrupted. It is started as
//! a user would start it, with a target file that points at a mock.

use std::{path::Path, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    process::{Child, ChildStderr, Command},
};

use crate::stage::Stage;

/// No test may hang.
const LIMIT: Duration = Duration::from_secs(60);

fn program(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command.current_dir(dir).arg("run").args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn output(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = tokio::time::timeout(LIMIT, program(dir, arguments).output()).await;
    let output = output.unwrap().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn report(dir: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(dir.join("out/report.json")).unwrap()).unwrap()
}

#[tokio::test]
async fn a_target_file_is_judged_and_the_files_are_named() {
    let stage = Stage::new(41).await;
    stage.file(|text| text);
    let dir = stage.dir.path();
    let (code, out, err) = output(dir, &["--target", "target.toml", "--seed", "41"]).await;
    assert_eq!(code, 0, "{out}{err}");
    assert_eq!(out.matches("PASS").count(), 12, "eleven rows and the roll-up: {out}");
    assert!(!out.contains('\u{1b}'), "a pipe is no terminal");
    for line in ["trace:  out/runner-trace.jsonl", "report: out/report.json"] {
        assert!(out.contains(line), "{out}");
    }
    let report = report(dir);
    assert_eq!(report["version"], 1);
    assert_eq!(report["exitCode"], 0);
    assert_eq!(report["seed"], 41);
    assert_eq!(report["steps"].as_array().unwrap().len(), 11);
    assert!(dir.join("out/runner-trace.jsonl").is_file());
}

#[tokio::test]
async fn without_a_seed_each_run_has_its_own_applicant() {
    let stage = Stage::new(43).await;
    stage.file(|text| text);
    let dir = stage.dir.path();
    for _ in 0..2 {
        let (code, out, err) = output(dir, &["--target", "target.toml"]).await;
        assert_eq!(code, 0, "{out}{err}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_settings_is_said_and_ends_with_2() {
    let stage = Stage::new(47).await;
    stage.file(|text| text.replace("merchant_id", "merchant"));
    let dir = stage.dir.path();
    for (arguments, words) in [
        (&["--target", "target.toml"][..], "unknown field `merchant`"),
        (&["--target", "none.toml"], "none.toml: cannot be read"),
        (&["--target", "mock", "--edition", "1999"], "choose one of"),
        (&["--target", "mock", "--variant", "colour=red"], "unknown variant 'colour'"),
        (&["--target", "mock", "--person", "sulk"], "choose one of complete"),
        (&[], "--target"),
    ] {
        let (code, _, err) = output(dir, arguments).await;
        assert_eq!(code, 2, "{arguments:?}: {err}");
        assert!(err.contains(words), "{arguments:?}: {err}");
    }
}

#[tokio::test]
async fn an_unreachable_target_ends_with_4_and_one_sentence() {
    let stage = Stage::new(53).await;
    stage.file(|text| text.replace(&stage.ready().auth, "https://127.0.0.1:1"));
    let dir = stage.dir.path();
    let (code, out, err) = output(dir, &["--target", "target.toml"]).await;
    assert_eq!((code, out.as_str()), (4, ""), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");
    assert!(err.contains("does not answer at https://127.0.0.1:1/"), "{err}");
    assert_eq!(report(dir)["exitCode"], 4);
}

/// The child and its standard error, with pages opened by a person.
fn with_a_person(stage: &Stage) -> (Child, Lines<BufReader<ChildStderr>>) {
    with_pages(stage, "\"person\"")
}

/// The child and its standard error, with pages opened by somebody else than the agent.
fn with_pages(stage: &Stage, by: &str) -> (Child, Lines<BufReader<ChildStderr>>) {
    stage.file(|text| text.replace("\"agent\"", by));
    let mut command = program(stage.dir.path(), &["--target", "target.toml"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    (child, lines)
}

async fn printed_address(lines: &mut Lines<BufReader<ChildStderr>>) -> String {
    loop {
        let line = tokio::time::timeout(LIMIT, lines.next_line()).await.unwrap().unwrap().unwrap();
        if line.trim().starts_with("https://") {
            return line.trim().to_owned();
        }
    }
}

/// What a browser and a person would do at the address, and their way back to the merchant.
async fn complete_the_pages(stage: &Stage) {
    let client = conformance::http::client(None).unwrap();
    let control = stage.ready().control;
    let users: Value =
        client.get(format!("{control}/v1/users")).send().await.unwrap().json().await.unwrap();
    let user = users["users"][0]["id"].clone();
    let deed = client
        .post(format!("{control}/v1/person"))
        .json(&json!({ "userId": user, "do": "complete" }))
        .send();
    let deed: Value = deed.await.unwrap().json().await.unwrap();
    client.get(deed["redirect"].as_str().unwrap()).send().await.unwrap();
}

#[tokio::test]
async fn a_person_is_shown_both_addresses_and_waited_for() {
    let stage = Stage::new(59).await;
    let (mut child, mut lines) = with_a_person(&stage);
    let mut addresses = Vec::new();
    for _ in 0..2 {
        addresses.push(printed_address(&mut lines).await);
        complete_the_pages(&stage).await;
    }
    let status = tokio::time::timeout(LIMIT, child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0), "{:#}", report(stage.dir.path()));
    assert_ne!(addresses[0], addresses[1]);
}

#[tokio::test]
async fn a_command_is_told_which_pages_to_open_and_for_whom() {
    let stage = Stage::new(67).await;
    // Its standard output is nobody's; its standard error is the runner's.
    let script = r#"echo never; echo "told $LEG $PERSON $1 $2" >&2"#;
    let by = format!("\"command\"\ncommand = ['sh', '-c', '{script}', 'sh', 'first']");
    let (mut child, mut lines) = with_pages(&stage, &by);
    for leg in ["identification", "signing"] {
        let told = loop {
            let line = tokio::time::timeout(LIMIT, lines.next_line()).await.unwrap().unwrap();
            if let Some(told) = line.unwrap().strip_prefix("told ") {
                break told.to_owned();
            }
        };
        let start = format!("{leg} complete first {}", stage.ready().identity);
        assert!(told.starts_with(start.trim_end_matches('/')), "{told} is not {start}");
        complete_the_pages(&stage).await;
    }
    let status = tokio::time::timeout(LIMIT, child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0), "{:#}", report(stage.dir.path()));
}

#[tokio::test]
async fn a_command_for_pages_that_fails_is_the_harness_failing() {
    let stage = Stage::new(71).await;
    let by = "\"command\"\ncommand = [\"false\"]";
    stage.file(|text| text.replace("\"agent\"", by));
    let dir = stage.dir.path();
    let (code, out, err) = output(dir, &["--target", "target.toml"]).await;
    assert_eq!(code, 6, "{out}{err}");
    assert!((out + &err).contains("The command for pages failed"));
    assert_eq!(report(dir)["exitCode"], 6);
}

/// A child that asks for its codes, and what it asks.
fn with_a_prompt(stage: &Stage) -> Child {
    stage.file(|text| text.replace("from = \"control\"", "from = \"prompt\""));
    let mut command = program(stage.dir.path(), &["--target", "target.toml"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Everything up to the end of the next question, which no line break ends.
async fn question(stderr: &mut ChildStderr) -> String {
    let mut asked = Vec::new();
    while !asked.ends_with(b": ") {
        let byte = tokio::time::timeout(LIMIT, stderr.read_u8()).await.unwrap();
        asked.push(byte.unwrap_or_else(|error| {
            panic!("{error} after {:?}", String::from_utf8_lossy(&asked));
        }));
    }
    String::from_utf8(asked).unwrap()
}

#[tokio::test]
async fn codes_are_asked_for_and_may_be_typed() {
    let stage = Stage::new(73).await;
    let mut child = with_a_prompt(&stage);
    let (mut stdin, mut stderr) = (child.stdin.take().unwrap(), child.stderr.take().unwrap());
    let client = conformance::http::client(None).unwrap();
    let inbox = format!("{}/v1/messages?limit=50", stage.ready().control);
    let mut typed = Vec::new();
    // The provider of the identification asks for three of its own.
    for carrier in ["mail", "SMS", "SMS", "mail", "SMS", "SMS"] {
        let asked = question(&mut stderr).await;
        let inbox: Value = client.get(&inbox).send().await.unwrap().json().await.unwrap();
        let newest = &inbox["messages"][0];
        let wanted = format!("The code of the newest {carrier} to user {}: ", newest["userId"]);
        assert!(asked.ends_with(&wanted), "{asked:?} is not {wanted:?}");
        let code = newest["code"].as_str().unwrap().to_owned();
        stdin.write_all(format!("  {code}\r\n").as_bytes()).await.unwrap();
        typed.push(code);
    }
    let output = tokio::time::timeout(LIMIT, child.wait_with_output()).await.unwrap().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{table}");
    let trace = stage.dir.path().join("out/runner-trace.jsonl");
    let kept = std::fs::read_to_string(trace).unwrap() + &report(stage.dir.path()).to_string();
    assert!(!typed.iter().any(|code| kept.contains(code) || table.contains(code)), "{kept}");
    for name in ["<email-code#1", "<sms-code#1"] {
        assert!(kept.contains(name), "what was typed has its name: {kept}");
    }
}

#[tokio::test]
async fn what_is_typed_must_be_one_code() {
    let stage = Stage::new(79).await;
    for (typed, code, words) in
        [("471 100\n", 6, "more than a code"), ("\n", 3, "no email-code"), ("", 3, "no email-code")]
    {
        let mut child = with_a_prompt(&stage);
        let (mut stdin, mut stderr) = (child.stdin.take().unwrap(), child.stderr.take().unwrap());
        question(&mut stderr).await;
        stdin.write_all(typed.as_bytes()).await.unwrap();
        drop(stdin);
        let mut said = String::new();
        tokio::time::timeout(LIMIT, stderr.read_to_string(&mut said)).await.unwrap().unwrap();
        let output = tokio::time::timeout(LIMIT, child.wait_with_output()).await.unwrap().unwrap();
        said += &String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{typed:?}: {said}");
        assert!(said.contains(words), "{typed:?}: {said}");
    }
}

#[tokio::test]
async fn an_interrupted_run_still_reports_what_it_saw() {
    let stage = Stage::new(61).await;
    let (mut child, mut lines) = with_a_person(&stage);
    printed_address(&mut lines).await;
    let id = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let status = tokio::time::timeout(LIMIT, child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(130));
    let report = report(stage.dir.path());
    assert_eq!(report["exitCode"], 130);
    assert_eq!(report["verdict"], "NOT-EXERCISED");
    assert_eq!(report["steps"][4]["verdict"], "PASS");
    assert_eq!(report["steps"][5]["verdict"], "NOT-EXERCISED");
}
