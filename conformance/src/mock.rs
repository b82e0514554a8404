//! `--target mock`: starts the sibling binary on free ports with a stepped clock, learns its
//! addresses from its ready line, and ends it whatever happens.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use judge::story::Certificate;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};
use url::Url;

use crate::{
    control::Control,
    target::{ClockKind, CodesFrom, PagesBy, Pair, Reachable, Redirects, SCOPE, Second, Target},
    tls::ThumbprintHash,
    trouble::Trouble,
};

/// How long the mock may take to start; the first start mints an RSA key.
const START: Duration = Duration::from_secs(120);

/// How long it may take to end before it is made to.
const END: Duration = Duration::from_secs(12);

/// How many of its last words we keep, for the case that it dies.
const LAST_WORDS: usize = 12;

/// How the mock is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The seed of its world.
    pub seed: u64,
    /// The edition it serves.
    pub edition: String,
    /// `id=reading`, as the user wrote them.
    pub variants: Vec<String>,
    /// The scenario that everybody goes through, if any.
    pub scenario: Option<String>,
    /// Where its certificates are.
    pub certs_dir: PathBuf,
    /// Where it writes its own trace, if anywhere.
    pub trace: Option<PathBuf>,
}

/// A running mock.
#[derive(Debug)]
pub struct Mock {
    child: Child,
}

/// The ready line.
#[derive(Clone, Debug, Deserialize)]
pub struct Ready {
    /// The API gateway.
    pub api: String,
    /// The identity server.
    pub auth: String,
    /// The hosted pages.
    pub identity: String,
    /// The control listener.
    pub control: String,
    /// The CA, in PEM.
    pub ca: PathBuf,
    /// The client certificate with its issuers, in PEM.
    pub client_cert: PathBuf,
    /// Its private key, in PEM.
    pub client_key: PathBuf,
    /// The OAuth client.
    pub client_id: String,
    /// The merchant.
    pub merchant_id: i32,
}

type LastWords = Arc<Mutex<VecDeque<String>>>;

impl Mock {
    /// Starts the binary that lies beside this one. It is not ready yet, but can be stopped.
    ///
    /// # Errors
    /// A sentence that says what to do when it is not there.
    pub fn start(options: &Options) -> Result<Self, Trouble> {
        Self::start_program(&sibling()?, options)
    }

    fn start_program(program: &Path, options: &Options) -> Result<Self, Trouble> {
        if let Some(trace) = &options.trace {
            let parent = trace.parent().filter(|parent| !parent.as_os_str().is_empty());
            parent.map_or(Ok(()), std::fs::create_dir_all).map_err(|error| {
                let path = trace.display();
                Trouble::Configuration(format!("{path} cannot be written: {error}"))
            })?;
        }
        let child = Command::new(program)
            .args(arguments(options))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        child
            .map(|child| Self { child })
            .map_err(|error| failed(&format!("{}: {error}", program.display())))
    }

    /// Waits until it is ready, and says how the runner reaches it.
    ///
    /// # Errors
    /// A sentence with its last words when it died, or what is wrong with its ready line.
    pub async fn target(&mut self) -> Result<Target, Trouble> {
        ready(&mut self.child).await.map_err(|what| failed(&what))?.target()
    }

    /// Asks it to end, so that its trace is whole, and waits until it is gone.
    pub async fn stop(mut self) {
        if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok())
            && let Some(id) = Pid::from_raw(id)
        {
            // One that is gone already needs no asking.
            let _ = kill_process(id, Signal::TERM);
        }
        if tokio::time::timeout(END, self.child.wait()).await.is_err() {
            let _ = tokio::time::timeout(END, self.child.kill()).await;
        }
    }
}

impl Ready {
    /// A mock with a stepped clock, as a target.
    ///
    /// # Errors
    /// When an address is none.
    pub fn target(&self) -> Result<Target, Trouble> {
        let url = |text: &str| {
            text.parse::<Url>().map_err(|error| {
                Trouble::Harness(format!("The mock's ready line holds '{text}': {error}."))
            })
        };
        Ok(Target {
            name: "mock".to_owned(),
            api: url(&self.api)?,
            auth: url(&self.auth)?,
            identity: Some(url(&self.identity)?),
            control: Some(url(&self.control)?),
            ca: self.ca.clone(),
            client_certificate: self.client_cert.clone(),
            client_key: self.client_key.clone(),
            client_id: self.client_id.clone(),
            merchant_id: self.merchant_id,
            scope: SCOPE.to_owned(),
            thumbprint: ThumbprintHash::default(),
            clock: ClockKind::Stepped,
            codes: CodesFrom::Control,
            pages: PagesBy::Agent,
            redirects: Redirects::default(),
            applicant: Reachable::default(),
            credentials: None,
            second: None,
            certificates: self.certificates(),
        })
    }
}

/// The bad client certificates that lie beside the merchant's own.
const BESIDE: &[(Certificate, &str)] = &[
    (Certificate::Expired, "client-expired"),
    (Certificate::SelfSigned, "client-self-signed"),
    (Certificate::Untrusted, "client-other-ca"),
    (Certificate::Revoked, "client-revoked"),
];

/// The file names of the second merchant.
const SECOND: &str = "merchant-b";

impl Ready {
    fn certificates(&self) -> BTreeMap<Certificate, Pair> {
        let pairs = BESIDE.iter().map(|(kind, role)| (*kind, self.beside(role)));
        pairs.filter(|(_, pair)| pair.certificate.is_file() && pair.key.is_file()).collect()
    }

    fn beside(&self, role: &str) -> Pair {
        let named =
            |what: &str| self.client_cert.with_file_name(format!("{role}.TEST-ONLY.{what}"));
        Pair { certificate: named("chain.pem"), key: named("key.pem") }
    }

    /// The other merchant of the mock, as its control listener names it.
    ///
    /// # Errors
    /// When the listener does not answer as documented.
    pub async fn second(&self) -> Result<Option<Second>, Trouble> {
        let control = self.control.parse::<Url>().map_err(|error| failed(&error.to_string()))?;
        let Pair { certificate, key } = self.beside(SECOND);
        let others = Control::new(control)?.merchants().await?.into_iter();
        let other = others.into_iter().find(|(id, _)| *id != self.merchant_id);
        Ok(other.filter(|_| certificate.is_file()).map(|(merchant_id, client_id)| Second {
            client_id,
            merchant_id,
            certificate,
            key,
        }))
    }
}

fn failed(what: &str) -> Trouble {
    Trouble::Unreachable(format!("The mock did not start: {what}"))
}

/// Waits for the ready line, or for the words with which the mock dies.
async fn ready(child: &mut Child) -> Result<Ready, String> {
    let words = LastWords::default();
    let listening =
        child.stderr.take().map(|from| tokio::spawn(keep_last_words(from, words.clone())));
    let stdout = child.stdout.take().ok_or_else(|| "it has no output".to_owned())?;
    let mut lines = BufReader::new(stdout).lines();
    let first = tokio::time::timeout(START, lines.next_line()).await;
    let line = match first {
        Err(_) => return Err(format!("it was not ready within {} s", START.as_secs())),
        Ok(Ok(Some(line))) => line,
        Ok(_) => {
            // Its last words may still be on their way.
            if let Some(listening) = listening {
                let _ = tokio::time::timeout(END, listening).await;
            }
            return Err(said(&words));
        }
    };
    tokio::spawn(drain(lines));
    serde_json::from_str(&line)
        .map_err(|error| format!("its ready line is not as documented ({error})"))
}

fn sibling() -> Result<PathBuf, Trouble> {
    let own = std::env::current_exe()
        .map_err(|error| Trouble::Harness(format!("This program cannot find itself: {error}.")))?;
    let name = format!("mock-server{}", std::env::consts::EXE_SUFFIX);
    let path = own.with_file_name(name);
    if path.is_file() {
        return Ok(path);
    }
    Err(Trouble::Configuration(format!(
        "--target mock needs the program {}; build it with: cargo build -p mock-server",
        path.display()
    )))
}

fn arguments(options: &Options) -> Vec<String> {
    let mut arguments: Vec<String> = vec!["serve".into(), "--clock".into(), "stepped".into()];
    for listener in ["--api", "--auth", "--identity", "--control"] {
        arguments.extend([listener.to_owned(), "127.0.0.1:0".to_owned()]);
    }
    arguments.extend(["--seed".to_owned(), options.seed.to_string()]);
    arguments.extend(["--edition".to_owned(), options.edition.clone()]);
    arguments.extend(["--certs-dir".to_owned(), options.certs_dir.display().to_string()]);
    if let Some(trace) = &options.trace {
        arguments.extend(["--trace".to_owned(), trace.display().to_string()]);
    }
    if let Some(scenario) = &options.scenario {
        arguments.extend(["--scenario".to_owned(), scenario.clone()]);
    }
    for variant in &options.variants {
        arguments.extend(["--variant".to_owned(), variant.clone()]);
    }
    arguments
}

async fn keep_last_words(from: impl AsyncRead + Unpin, words: LastWords) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
        if words.len() == LAST_WORDS {
            words.pop_front();
        }
        words.push_back(line);
    }
}

fn said(words: &LastWords) -> String {
    let words = words.lock().unwrap_or_else(PoisonError::into_inner);
    if words.is_empty() {
        return "it ended without a word".to_owned();
    }
    words.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// A full pipe would stop the mock.
async fn drain(mut lines: Lines<BufReader<ChildStdout>>) {
    while let Ok(Some(_)) = lines.next_line().await {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mock_is_given_more_time_than_it_takes_to_stop() {
        assert!(END > mock_server::serve::GRACE);
    }

    fn started(script: &str) -> (tempfile::TempDir, Mock) {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("mock-server");
        // Written by another process: a child that a neighbouring test starts meanwhile would
        // inherit our open file, and a file that is open for writing cannot be run.
        let written = std::process::Command::new("sh")
            .args(["-c", "printf %s \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh"])
            .arg(&program)
            .arg(format!("#!/bin/sh\n{script}\n"))
            .status();
        assert!(written.unwrap().success());
        let options = Options {
            seed: 7,
            edition: "2025-09".to_owned(),
            variants: vec!["json-reading=strict".to_owned()],
            scenario: None,
            certs_dir: dir.path().join("certs"),
            trace: Some(dir.path().join("out/mock.jsonl")),
        };
        let mock = Mock::start_program(&program, &options).unwrap();
        (dir, mock)
    }

    const READY: &str = r#"printf '%s\n' '{"api":"https://127.0.0.1:1","auth":"https://127.0.0.1:2","identity":"https://127.0.0.1:3","control":"http://127.0.0.1:4","ca":"ca.pem","client_cert":"a.pem","client_key":"k.pem","client_id":"merchant-a-client","merchant_id":1001,"edition":"2025-09","seed":7}'"#;

    #[tokio::test]
    async fn the_ready_line_becomes_a_target_and_the_child_is_gone_afterwards() {
        let script = format!(
            "trap 'touch \"$0.asked\"; exit' TERM; echo $$ > \"$0.pid\"; echo \"$@\" > \"$0.args\"; {READY}; \
             while :; do sleep 0.05; done"
        );
        let (dir, mut mock) = started(&script);
        let target = mock.target().await.unwrap();
        assert_eq!(target.merchant_id, 1001);
        assert_eq!(target.control.unwrap().port(), Some(4));
        let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
        let arguments = read("mock-server.args");
        assert!(arguments.starts_with("serve --clock stepped --api 127.0.0.1:0"), "{arguments}");
        assert!(arguments.contains("--seed 7 --edition 2025-09"), "{arguments}");
        assert!(arguments.contains("--variant json-reading=strict"), "{arguments}");
        let process = read("mock-server.pid");
        let lives = || {
            let mut probe = std::process::Command::new("kill");
            probe.args(["-0", process.trim()]).stderr(Stdio::null());
            probe.status().unwrap().success()
        };
        assert!(lives());
        mock.stop().await;
        assert!(!lives());
        assert!(dir.path().join("mock-server.asked").exists(), "it was killed without being asked");
    }

    #[tokio::test]
    async fn a_mock_that_dies_is_quoted() {
        let (_dir, mut mock) = started("echo 'no such variant' >&2; exit 2");
        let trouble = mock.target().await.unwrap_err();
        assert_eq!(trouble.exit_code(), 4);
        assert!(trouble.to_string().contains("no such variant"), "{trouble}");
        let (_dir, mut mock) = started("echo hello");
        assert!(mock.target().await.unwrap_err().to_string().contains("ready line"));
    }
}
