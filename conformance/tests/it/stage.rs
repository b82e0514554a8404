//! What the tests share: a mock on free ports, its target, and a place for files. Certificates are
//! minted once for all tests; everything else belongs to one test.

use std::path::{Path, PathBuf};

use conformance::{
    mock::Ready,
    poll,
    report::Report,
    run::{Run, Settings},
    target::Target,
};
use contract::{Edition, Variants, step::Step};
use judge::{Person, Verdict};
use mock_server::{
    MockServer,
    config::{Said, values::ChosenScenario},
};
use tempfile::TempDir;

/// A running mock and a place for the files of one test.
pub(crate) struct Stage {
    pub(crate) mock: MockServer,
    pub(crate) dir: TempDir,
    pub(crate) seed: u64,
}

impl Stage {
    pub(crate) async fn new(seed: u64) -> Self {
        Self::with(seed, &[]).await
    }

    pub(crate) async fn with(seed: u64, variants: &[(&str, &str)]) -> Self {
        Self::of(Edition::DEFAULT, seed, variants).await
    }

    pub(crate) async fn of(edition: Edition, seed: u64, variants: &[(&str, &str)]) -> Self {
        let certs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("certs");
        let builder = MockServer::builder().clock_stepped().seed(seed).certs_dir(certs);
        let mut builder = builder.settings(|meant| {
            meant.edition = edition;
            meant.variants = Variants::of(edition);
        });
        for (id, reading) in variants {
            builder = builder.variant(id, reading).unwrap();
        }
        let mock = builder.start().await.unwrap();
        Self { mock, dir: tempfile::tempdir().unwrap(), seed }
    }

    /// A mock in which everybody goes through a scenario of the library.
    pub(crate) async fn under(seed: u64, scenario: &str) -> Self {
        let certs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("certs");
        let named = mock_server::scenario::known(scenario).unwrap();
        let builder = MockServer::builder().clock_stepped().seed(seed).certs_dir(certs);
        // With whatever readings, edition and seed the scenario needs.
        let said = Said { scenario: Some(ChosenScenario(named)), ..Said::default() };
        let builder = builder.settings(|meant| *meant = meant.with(said));
        let mock = builder.start().await.unwrap();
        Self { mock, dir: tempfile::tempdir().unwrap(), seed }
    }

    pub(crate) fn ready(&self) -> Ready {
        serde_json::from_value(serde_json::to_value(self.mock.ready()).unwrap()).unwrap()
    }

    pub(crate) fn target(&self) -> Target {
        self.ready().target().unwrap()
    }

    pub(crate) fn trace(&self) -> PathBuf {
        self.dir.path().join("runner-trace.jsonl")
    }

    pub(crate) fn settings(&self, person: Person) -> Settings {
        Settings {
            target: self.target(),
            edition: Edition::DEFAULT,
            person,
            seed: self.seed,
            world_seed: Some(self.seed),
            variants: Variants::default(),
            poll_limit: poll::LIMIT,
            trace: self.trace(),
            mock_trace: None,
        }
    }

    /// A target file for the program, with some lines changed.
    pub(crate) fn file(&self, change: impl FnOnce(String) -> String) -> PathBuf {
        let ready = self.ready();
        let absolute = |path: &Path| std::path::absolute(path).unwrap().display().to_string();
        let text = format!(
            "api = \"{}\"\nauth = \"{}\"\nidentity = \"{}\"\ncontrol = \"{}\"\nca = \"{}\"\n\
             client_certificate = \"{}\"\nclient_key = \"{}\"\nclient_id = \"{}\"\n\
             merchant_id = {}\nclock = \"stepped\"\n[codes]\nfrom = \"control\"\n\
             [pages]\nby = \"agent\"\n",
            ready.api,
            ready.auth,
            ready.identity,
            ready.control,
            absolute(&ready.ca),
            absolute(&ready.client_cert),
            absolute(&ready.client_key),
            ready.client_id,
            ready.merchant_id,
        );
        let path = self.dir.path().join("target.toml");
        std::fs::write(&path, change(text)).unwrap();
        path
    }
}

/// Walks the whole plan.
pub(crate) async fn walked(settings: Settings) -> Report {
    let mut run = Run::prepare(settings).await.unwrap();
    run.walk(|_| {}).await;
    run.report(false)
}

pub(crate) fn verdict(report: &Report, step: Step) -> Verdict {
    report.steps.iter().find(|row| row.step == step).unwrap().verdict
}
