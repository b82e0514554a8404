//! What `ci/` gives to a merchant's pipeline, run as a pipeline would: the scripts, the steps of the
//! GitHub action and the lines of the GitLab template, against a release that lies on loopback.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

const VERSION: &str = "0.1.0";

fn ci(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ci").join(file)
}

/// Whether there is the `curl` that the scripts download with. Where it is not installed these
/// tests have nothing to look with; a pipeline sets `REQUIRE_CURL`.
fn has_curl() -> bool {
    let found = Command::new("curl").arg("--version").output().is_ok();
    let demanded = std::env::var_os("REQUIRE_CURL").is_some();
    assert!(found || !demanded, "REQUIRE_CURL is set, and there is no curl command");
    found
}

/// A place with a release of programs, and a server that hands it out.
struct Release {
    dir: TempDir,
    url: String,
}

impl Release {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let built = dir.path().join("built");
        std::fs::create_dir(&built).unwrap();
        let mock = format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_mock-server"));
        write(&built.join("mock-server"), &mock);
        write(&built.join("conformance"), "#!/bin/sh\necho judged\n");
        let machine = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let dist = dir.path().join("served/v0.1.0");
        let mut pack = Command::new("sh");
        pack.arg(ci("pack.sh")).arg(&built).args([VERSION, &machine]).arg(&dist);
        succeeded(&pack.output().unwrap());
        let url = serve(dir.path().join("served"));
        Self { dir, url }
    }

    fn archive(&self) -> PathBuf {
        let files = std::fs::read_dir(self.dir.path().join("served/v0.1.0")).unwrap();
        let mut paths = files.map(|file| file.unwrap().path());
        paths.find(|path| path.extension().is_some_and(|own| own == "gz")).unwrap()
    }

    fn install(&self, change: impl FnOnce(&mut Command)) -> (Output, PathBuf) {
        let bin = self.dir.path().join("bin");
        let mut command = Command::new("sh");
        command.arg(ci("install.sh")).env("TENN_VERSION", VERSION).env("TENN_BIN", &bin);
        command.env("TENN_REPOSITORY", "owner/name").env("TENN_RELEASES", &self.url);
        change(&mut command);
        (command.output().unwrap(), bin)
    }
}

/// Written by another process: a child that a neighbouring test starts meanwhile would inherit our
/// open file, and a file that is open for writing cannot be run.
fn write(path: &Path, text: &str) {
    let mut command = Command::new("sh");
    command.args(["-c", "printf %s \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh"]);
    succeeded(&command.arg(path).arg(text).output().unwrap());
}

/// Hands out the files below a directory until the test ends.
fn serve(root: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(|stream| hand_out(stream, &root));
        }
    });
    url
}

fn hand_out(mut stream: TcpStream, root: &Path) -> std::io::Result<()> {
    let mut head = [0; 4096];
    let read = stream.read(&mut head)?;
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    let path = head.split_whitespace().nth(1).unwrap_or_default().trim_start_matches('/');
    let (line, body) = match std::fs::read(root.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let length = body.len();
    write!(stream, "HTTP/1.1 {line}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")?;
    stream.write_all(&body)
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|own| String::from_utf8_lossy(own));
    format!("{out}{err}")
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

#[test]
fn a_release_is_installed_and_an_altered_one_is_not() {
    if !has_curl() {
        return;
    }
    let release = Release::new();
    let (output, bin) = release.install(|_| {});
    succeeded(&output);
    let judged = Command::new(bin.join("conformance")).output().unwrap();
    assert_eq!(said(&judged), "judged\n");

    std::fs::remove_dir_all(&bin).unwrap();
    let mut bytes = std::fs::read(release.archive()).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(release.archive(), bytes).unwrap();
    let (output, bin) = release.install(|_| {});
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("does not match its checksum"), "{}", said(&output));
    assert!(!bin.join("mock-server").exists());
}

#[test]
fn without_a_release_it_is_built_and_what_is_missing_is_said() {
    if !has_curl() {
        return;
    }
    let release = Release::new();
    let tools = release.dir.path().join("tools");
    std::fs::create_dir(&tools).unwrap();
    let cargo = "#!/bin/sh\necho \"cargo $*\" >&2\nfor last in \"$@\"; do\n  \
                 [ \"${root:-}\" = next ] && root=$last\n  [ \"$last\" = --root ] && root=next\n\
                 done\nmkdir -p \"$root/bin\"\ntouch \"$root/bin/mock-server\" \"$root/bin/conformance\"\n";
    write(&tools.join("cargo"), cargo);
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    let (output, bin) = release.install(|command| {
        command.env("TENN_VERSION", "v0.2.0").env("PATH", &path);
    });
    succeeded(&output);
    let told = said(&output);
    let built = "cargo install --locked --git https://github.com/owner/name --tag v0.2.0";
    assert!(told.contains(built) && told.contains("cannot be had"), "{told}");
    assert!(bin.join("conformance").exists());
    for name in ["TENN_VERSION", "TENN_REPOSITORY"] {
        let (output, _) = release.install(|command| {
            command.env_remove(name);
        });
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(&format!("set {name}")), "{}", said(&output));
    }
}

/// Where the mock was, as the command saw it: it must be gone afterwards.
fn is_gone(dir: &Path) {
    let address = std::fs::read_to_string(dir.join("control")).unwrap();
    let address = address.trim().trim_start_matches("http://");
    assert!(TcpStream::connect(address).is_err(), "{address} still listens");
}

/// A command that sees whether the mock is there, with the merchant's files.
const LOOKS: &str = "curl -fsS \"$MOCK_CONTROL/v1/health\" && test -f \"$MOCK_CA\" && \
                     test -f \"$MOCK_CLIENT_CERT\" && test -f \"$MOCK_CLIENT_KEY\" && \
                     test \"$MOCK_MERCHANT_ID\" -gt 0 && printf %s \"$MOCK_CONTROL\" > control";

fn beside(dir: &Path, command: &str, options: &str) -> Output {
    Command::new("sh")
        .arg(ci("with-mock.sh"))
        .args(["sh", "-c", command])
        .current_dir(dir)
        .env("MOCK_SERVER", env!("CARGO_BIN_EXE_mock-server"))
        .env("MOCK_OPTIONS", options)
        .output()
        .unwrap()
}

#[test]
fn a_command_runs_beside_a_mock_that_is_gone_afterwards() {
    if !has_curl() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let output = beside(dir.path(), &format!("{LOOKS} && exit 7"), "--clock stepped --seed 9");
    assert_eq!(output.status.code(), Some(7), "{}", said(&output));
    assert!(dir.path().join("out/mock-trace.jsonl").is_file());
    is_gone(dir.path());

    let output = beside(dir.path(), "true", "--clock sundial");
    assert_eq!(output.status.code(), Some(1));
    let told = said(&output);
    assert!(told.contains("did not start") && told.contains("sundial"), "{told}");
}

fn yaml(file: &str) -> Value {
    serde_yaml_ng::from_str(&std::fs::read_to_string(ci(file)).unwrap()).unwrap()
}

#[test]
fn the_steps_of_the_action_do_what_its_readme_says() {
    if !has_curl() {
        return;
    }
    let release = Release::new();
    let dir = release.dir.path();
    let action = yaml("github/action.yml");
    let usual =
        |name: &str| action["inputs"][name]["default"].as_str().unwrap_or_default().to_owned();
    let mut given: BTreeMap<&str, String> =
        ["options", "trace"].into_iter().map(|name| (name, usual(name))).collect();
    given.extend([("version", VERSION.to_owned())]);
    given.insert("command", LOOKS.to_owned());
    let filled = |text: &str| {
        let known = given.iter().map(|(name, value)| (format!("inputs.{name}"), value.clone()));
        let own = "inputs.repository || github.action_repository".to_owned();
        let rest =
            [("runner.temp".to_owned(), dir.display().to_string()), (own, "owner/name".to_owned())];
        let text = known.chain(rest).fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("${{{{ {name} }}}}"), &value)
        });
        assert!(!text.contains("${{"), "nobody fills in {text}");
        text
    };
    let steps = action["runs"]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    for step in steps {
        let run = step["run"].as_str().unwrap();
        assert!(!run.contains("${{"), "what a caller writes is never part of a script: {run}");
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", run]).current_dir(dir);
        command.env("GITHUB_ACTION_PATH", ci("github")).env("GITHUB_PATH", dir.join("path"));
        command.env("TENN_RELEASES", &release.url);
        for (name, value) in step["env"].as_object().unwrap() {
            command.env(name, filled(value.as_str().unwrap()));
        }
        succeeded(&command.output().unwrap());
    }
    is_gone(dir);
    let path = std::fs::read_to_string(dir.join("path")).unwrap();
    assert!(Path::new(path.trim()).join("conformance").exists(), "{path}");
}

#[test]
fn the_lines_of_the_template_do_the_same() {
    if !has_curl() {
        return;
    }
    let release = Release::new();
    let dir = release.dir.path();
    let job = &yaml("gitlab/template.yml")[".tenn-mock"];
    let lines = |name: &str| {
        let lines = job[name].as_array().unwrap().iter();
        lines.map(|line| line.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let script = [lines("before_script"), lines("script")].concat().join("\n");
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", &script]).current_dir(dir);
    let project = dir.display().to_string();
    for (name, value) in job["variables"].as_object().unwrap() {
        command.env(name, value.as_str().unwrap().replace("$CI_PROJECT_DIR", &project));
    }
    command.env("TENN_VERSION", VERSION).env("TENN_REPOSITORY", "owner/name");
    command.env("TENN_RELEASES", &release.url).env("MOCK_COMMAND", LOOKS);
    command.env("TENN_SCRIPTS", serve(ci("")));
    succeeded(&command.output().unwrap());
    is_gone(dir);
}

#[test]
fn what_is_packed_is_what_is_installed() {
    let workflow = yaml("../.github/workflows/release.yml");
    let steps = workflow["jobs"]["build"]["steps"].as_array().unwrap();
    let runs: Vec<_> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert!(runs.iter().any(|run| run.starts_with("sh ci/pack.sh target/release")), "{runs:?}");
    let install = std::fs::read_to_string(ci("install.sh")).unwrap();
    for row in workflow["jobs"]["build"]["strategy"]["matrix"]["include"].as_array().unwrap() {
        let machine = row["machine"].as_str().unwrap();
        assert!(install.contains(&format!("machine={machine}")), "{machine} is never asked for");
    }
}
