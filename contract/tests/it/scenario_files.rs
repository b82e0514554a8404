//! Scenario files that cannot be used: each is refused at its place, with what is wrong and what
//! would be right. A file that changes nothing is never taken in silence.

use contract::scenario::{check::Level, read};

const HEAD: &str = "title = \"t\"\nwhy = \"w\"\n";

/// A whole rule with a member of `when`, `then` and `until` put in.
fn rule(when: &str, then: &str, until: &str) -> String {
    format!(
        "[[rule]]\nid = \"r\"\nwhen = {{ {when} }}\nthen = {{ {then} }}\nuntil = {{ {until} }}\n"
    )
}

/// What is put in, the column and line of the refusal, and words of it.
type Case = (String, (usize, usize), &'static [&'static str]);

fn cases() -> Vec<Case> {
    let poll = "call = \"identification-status\"";
    let fine = "delay = \"1s\"";
    let case = |when: &str, then: &str, until: &str, at, words: &'static [&'static str]| {
        (rule(when, then, until), at, words)
    };
    let plain = |text: &str, at, words: &'static [&'static str]| (text.to_owned(), at, words);
    vec![
        plain("tilte = \"x\"\n", (3, 1), &["unknown field `tilte`", "`title`"]),
        plain("seed = -1\n", (3, 8), &["invalid value"]),
        plain("edition = \"2027-01\"\n", (3, 11), &["2027-01", "`2025-09`"]),
        plain("clock = \"fast\"\n", (3, 9), &["'fast' is no clock", "stepped"]),
        plain("clock = \"x0\"\n", (3, 9), &["'x0' is no clock"]),
        plain("phone = \"0888\"\n", (3, 9), &["'0888' is no phone number", "8 to 15 digits"]),
        plain(
            "[variants]\nnobody = \"x\"\n",
            (3, 2),
            &["unknown variant 'nobody'", "unknown-user"],
        ),
        plain("[variants]\nunknown-user = \"x\"\n", (3, 2), &["no reading 'x'", "not-found"]),
        plain("[[given]]\nstate = \"lost\"\n", (4, 9), &["`lost`", "`signed`"]),
        plain("[[given]]\nstate = \"signed\"\nemail = \"x\"\n", (5, 9), &["no e-mail address"]),
        plain(
            "[[given]]\nstate = \"signed\"\nemail = \"a@b\"\n[[given]]\nstate = \"failed\"\nemail = \"a@b\"\n",
            (8, 9),
            &["another given user has this address"],
        ),
        plain("[person]\npace = \"slow\"\n", (4, 8), &["'slow' is no span", "250ms"]),
        plain("[person.signing]\nact = \"sign\"\n", (4, 7), &["`sign`", "`complete`"]),
        plain("[person.signing]\nat = \"code\"\n", (4, 6), &["does not stop at 'code'"]),
        plain(
            "[person.identification]\nact = \"fail\"\nat = \"consent\"\n",
            (5, 6),
            &["cannot happen on a screen 'consent'", "liveness"],
        ),
        plain("[person.signing]\nreason = \"x\"\n", (4, 10), &["only a failure has a reason"]),
        plain("[person.identification]\nwrong-codes = 1\n", (4, 15), &["wrong codes are entered"]),
        plain(
            "[person]\nby = \"page\"\n[person.signing]\nreturns = 1\n",
            (6, 11),
            &["by = \"mock\""],
        ),
        plain("[person.signing]\nredirect = { times = 3 }\n", (4, 1), &["so often"]),
        plain(
            "[person.signing]\nact = \"abandon\"\nredirect = { times = 0 }\n",
            (5, 1),
            &["never sent back"],
        ),
        plain(
            "[[timeline.signing]]\nstatus = \"PROCESSING\"\n",
            (4, 10),
            &["exactly one of after, polls and on"],
        ),
        plain(
            "[[timeline.signing]]\nstatus = \"ERROR\"\nafter = \"1s\"\n[[timeline.signing]]\nstatus = \"PROCESSING\"\nafter = \"1s\"\n",
            (4, 10),
            &["ERROR ends the phase"],
        ),
        plain(
            "[[timeline.identification]]\nstatus = \"DOCUMENT_SIGN_SUCCESS\"\nafter = \"1s\"\n",
            (4, 10),
            &["does not belong to this phase"],
        ),
        plain(
            "[[timeline.signing]]\nstatus = \"ERROR\"\npolls = 0\n",
            (5, 9),
            &["no poll is never reached"],
        ),
        plain(
            "[person.signing]\nact = \"abandon\"\n[[timeline.signing]]\nstatus = \"ERROR\"\non = \"person-done\"\n",
            (5, 12),
            &["waits for a person who never finishes"],
        ),
        plain("[[expect]]\nsee = {}\n", (4, 1), &["looks for nothing"]),
        plain(
            "[[expect]]\nsee = { status = 200, lifecycle = \"active\" }\n",
            (4, 1),
            &["two kinds of lines"],
        ),
        plain("[[expect]]\nsee = { armed = \"x\" }\n", (4, 1), &["no rule 'x'"]),
        plain(
            "[[expect]]\nsee = { status = 200 }\ntimes = 1\nat-most = 2\n",
            (5, 9),
            &["times says it exactly"],
        ),
        plain(
            "[[expect]]\nsee = { status = 200 }\nat-least = 3\nat-most = 2\n",
            (5, 12),
            &["at least 3 and at most 2"],
        ),
        plain("[[rule]]\nid = \"r\"\n", (3, 1), &["missing field `when`"]),
        case("call = \"create\"", fine, "times = 1", (5, 17), &["`create`", "`create-user`"]),
        case("call = []", fine, "times = 1", (5, 10), &["no call is named"]),
        case("call = \"user-status\", nth = 0", fine, "times = 1", (5, 38), &["counted from 1"]),
        case(
            "call = \"user-status\", nth = 1, every = 2",
            fine,
            "times = 1",
            (5, 1),
            &["nth, from and every"],
        ),
        case(
            "call = \"user-status\", probability = 0.0",
            fine,
            "times = 1",
            (5, 46),
            &["ever happens"],
        ),
        case(
            "call = \"create-user\", state = \"signed\"",
            fine,
            "times = 1",
            (5, 1),
            &["no user that"],
        ),
        case(
            "call = \"user-status\", header = { name = \"a b\" }",
            fine,
            "times = 1",
            (5, 32),
            &["no name of a header"],
        ),
        case(poll, fine, "", (4, 6), &["never ends", "until"]),
        case(poll, fine, "times = 0", (7, 1), &["over before it begins"]),
        case(poll, fine, "for = \"0s\"", (7, 17), &["over before it begins"]),
        case(
            "call = \"user-status\", nth = 1",
            fine,
            "times = 2",
            (7, 19),
            &["never happens twice"],
        ),
        case(poll, "", "times = 1", (6, 1), &["nothing happens"]),
        case(poll, "delay = \"0s\"", "times = 1", (6, 18), &["no delay"]),
        case(
            poll,
            "delay = { uniform = { from = \"2s\", to = \"1s\" } }",
            "times = 1",
            (6, 10),
            &["from is not shorter than to"],
        ),
        case(poll, "slow = 0", "times = 1", (6, 17), &["no byte"]),
        case(
            poll,
            "stale = true, answer = { status = 500 }",
            "times = 1",
            (6, 18),
            &["shows no status"],
        ),
        case("call = \"user-status\"", "stale = true", "times = 1", (6, 18), &["older status"]),
        case(
            "call = \"user-status\"",
            "body = \"null-url\"",
            "times = 1",
            (6, 17),
            &["only initiate and"],
        ),
        case(
            poll,
            "body = { kind = \"empty\", member = \"x\" }",
            "times = 1",
            (6, 44),
            &["not done to one member"],
        ),
        case(poll, "body = \"torn\"", "times = 1", (6, 17), &["`torn`", "`truncated`"]),
        case(poll, "cut = \"close\", body = \"empty\"", "times = 1", (6, 32), &["cut so early"]),
        case(poll, "message = \"lose\"", "times = 1", (6, 20), &["send no message"]),
        case(poll, "patch = {}", "times = 1", (6, 10), &["nothing is replaced"]),
        case(poll, "patch = { status = 99 }", "times = 1", (6, 29), &["no status"]),
        case(
            poll,
            "patch = { headers = { connection = \"close\" } }",
            "times = 1",
            (6, 20),
            &["'connection' cannot be replaced", "cache-control"],
        ),
        case(
            poll,
            "patch = { set = { id = 1 }, remove = [\"id\"] }",
            "times = 1",
            (6, 38),
            &["set and taken away"],
        ),
        case(
            poll,
            "patch = { status = 500 }, body = \"empty\"",
            "times = 1",
            (6, 10),
            &["no parts"],
        ),
        case(poll, "answer = {}", "times = 1", (6, 10), &["neither a problem nor a status"]),
        case(poll, "answer = { status = 101 }", "times = 1", (6, 30), &["101 is no status"]),
        case(
            poll,
            "answer = { status = 204, family = \"html\" }",
            "times = 1",
            (6, 44),
            &["204 has no body"],
        ),
        case(
            poll,
            "answer = { problem = \"gone\" }",
            "times = 1",
            (6, 31),
            &["called 'gone'", "throttled"],
        ),
        case(
            poll,
            "answer = { problem = \"throttled\", status = 429 }",
            "times = 1",
            (6, 10),
            &["status of its own"],
        ),
        case(
            poll,
            "answer = { status = 503, retry-after-date = true }",
            "times = 1",
            (6, 54),
            &["no Retry-After to write"],
        ),
        case(
            poll,
            "connection = { listener = \"api\", meets = { refuse = \"1s\" }, connections = 2 }",
            "times = 1",
            (6, 84),
            &["refuses every connection"],
        ),
    ]
}

#[test]
fn every_mistake_is_told_at_its_place_with_what_would_be_right() {
    let mut amiss = Vec::new();
    for (text, at, words) in cases() {
        let whole = format!("{HEAD}{text}");
        let Err(wrong) = read(&whole) else {
            amiss.push(format!("taken:\n{whole}"));
            continue;
        };
        let first = &wrong[0];
        let told = first.of_file("x.toml");
        let says = words.iter().all(|word| told.contains(word)) && told.contains('^');
        if (first.line, first.column) != at || !says {
            amiss.push(format!("wanted {at:?} {words:?} and got\n{told}"));
        }
    }
    assert!(amiss.is_empty(), "{}", amiss.join("\n\n"));
}

#[test]
fn all_mistakes_are_told_at_once_where_words_are_right() {
    let text = format!("{HEAD}clock = \"fast\"\nphone = \"1\"\n{}", rule("call = []", "", ""));
    let wrong = read(&text).unwrap_err();
    let lines: Vec<_> = wrong.iter().map(|one| one.line).collect();
    assert_eq!(lines, [3, 4, 7, 6, 8]);
}

#[test]
fn what_is_odd_is_a_warning_and_the_file_is_used() {
    let all = rule("call = \"user-status\"", "answer = { status = 500 }", "for = \"1h\"");
    let second = all.replace("\"r\"", "\"late\"");
    let read = read(&format!("{HEAD}{all}{second}")).unwrap();
    assert_eq!(read.warnings.len(), 1);
    assert_eq!(read.warnings[0].level, Level::Warning);
    assert!(read.warnings[0].message.contains("'r' takes every request"), "{}", read.warnings[0]);
    let apart =
        "call = \"user-status\", phase = \"signing\", state = [\"registered\", \"identifying\"]";
    let never = rule(apart, "delay = \"1s\"", "times = 1");
    let told = contract::scenario::read(&format!("{HEAD}{never}")).unwrap().warnings;
    assert!(
        told[0].message.contains("nobody is registered or identifying in the phase"),
        "{}",
        told[0]
    );
    let possible = never.replace("registered", "failed");
    assert!(contract::scenario::read(&format!("{HEAD}{possible}")).unwrap().warnings.is_empty());
    let open = "[[timeline.signing]]\nstatus = \"PROCESSING\"\nafter = \"1s\"\n";
    let read = contract::scenario::read(&format!("{HEAD}{open}")).unwrap();
    assert!(read.warnings[0].message.contains("never ends"));
}

#[test]
fn strange_texts_are_refused_and_never_a_panic() {
    for text in
        ["", "\u{feff}", "=", "[", "title = \"\u{1F600}", "a = 1\u{0}", "ти́тул = 1", "\"\"=1"]
    {
        let wrong = read(text).unwrap_err();
        assert!(!wrong[0].of_file("x").is_empty());
    }
    let huge = format!("title = \"{}\"", "x".repeat(300_000));
    assert!(read(&huge).unwrap_err()[0].message.contains("at most"));
    // The caret stands under the word, whatever stands before it.
    let wrong =
        read("title = \"Ж\"\nwhy = \"Ж\"\ngiven = [{ state = \"Ж\", x = 1 }]\n").unwrap_err();
    let told = wrong[0].of_file("x");
    let (line, caret) = (told.lines().nth(3).unwrap(), told.lines().nth(4).unwrap());
    let column = caret.chars().position(|sign| sign == '^').unwrap();
    assert_eq!(line.chars().nth(column), Some('"'), "{told}");
}

#[test]
fn a_file_says_the_same_as_json() {
    let text = format!(
        "{HEAD}edition = \"2025-09\"\n[person]\npace = \"1s\"\n{}",
        rule("call = [\"user-status\", \"finalize\"], every = 2", "cut = \"close\"", "times = 3")
    );
    let scenario = read(&text).unwrap().scenario;
    let json = serde_json::to_string(&scenario).unwrap();
    assert_eq!(serde_json::from_str::<contract::scenario::Scenario>(&json).unwrap(), scenario);
    let schema = contract::scenario::schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value = serde_json::to_value(&scenario).unwrap();
    assert!(validator.is_valid(&value), "{:?}", validator.iter_errors(&value).next());
    let short = serde_json::json!({ "title": "t", "why": "w", "rule": [{
        "id": "r", "when": { "call": "finalize" }, "then": { "delay": "1s", "body": "empty" },
        "until": { "times": 1 } }] });
    assert!(validator.is_valid(&short), "{:?}", validator.iter_errors(&short).next());
    let wrong = serde_json::json!({ "title": "t", "why": "w", "rules": [] });
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_committed_schema_is_the_printed_one() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/schema.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let printed = format!("{:#}\n", contract::scenario::schema());
    assert!(committed == printed, "scenarios/schema.json is not what the types say: make docs");
}

#[test]
fn every_example_of_the_page_that_teaches_can_be_used() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/README.md");
    let page = std::fs::read_to_string(path).unwrap();
    let examples: Vec<_> =
        page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(examples.len() >= 5);
    for example in examples {
        if let Err(wrong) = read(example) {
            panic!("{}", wrong[0].of_file("README.md"));
        }
    }
    // Every word of the tables is one that files can say, and the other way round.
    let schema = contract::scenario::schema().to_string();
    for change in contract::scenario::fault::BodyChange::ALL {
        let word = serde_json::to_value(change).unwrap();
        assert!(page.contains(&format!("`{}`", word.as_str().unwrap())), "{word}");
    }
    for cut in contract::scenario::fault::Cut::ALL {
        let word = serde_json::to_value(cut).unwrap();
        assert!(page.contains(&format!("`{}`", word.as_str().unwrap())), "{word}");
    }
    for word in
        ["answer", "body", "patch", "stale", "delay", "slow", "cut", "message", "connection"]
    {
        assert!(page.contains(&format!("| `{word}")), "{word}");
        assert!(schema.contains(&format!("\"{word}\"")), "{word}");
    }
}
