//! Settings as they are meant: complete and valid. The defaults stand here and nowhere else.
//! Whatever comes out of here is valid; nobody checks a setting again.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use contract::{Edition, Variants, scenario::Scenario};

use super::said::{Said, SaidLimits};
use crate::{clock::ClockMode, scenario::Named};

/// Everything that a mock server is started with.
#[derive(Clone, Debug, PartialEq)]
pub struct Meant {
    /// Which documentation is followed. It has tables.
    pub edition: Edition,
    /// Where every code, id and address comes from.
    pub seed: u64,
    /// How open questions are answered.
    pub variants: Variants,
    /// How time runs.
    pub clock: ClockMode,
    /// The scenario of everybody for whom nothing else is chosen.
    pub scenario: Option<Named>,
    /// Where the API listens.
    pub api: SocketAddr,
    /// Where the token endpoint listens.
    pub auth: SocketAddr,
    /// Where the hosted pages listen.
    pub identity: SocketAddr,
    /// Where control listens.
    pub control: SocketAddr,
    /// Where the token of the control listener is, if it asks for one.
    pub control_token_file: Option<PathBuf>,
    /// Further names for the server certificate; the first stands in addresses.
    pub public_hosts: Vec<String>,
    /// Where certificates and keys are.
    pub certs_dir: PathBuf,
    /// Where the ready line goes besides standard output.
    pub ready_file: Option<PathBuf>,
    /// Where the trace goes besides memory.
    pub trace_file: Option<PathBuf>,
    /// Where the run is recorded.
    pub record_file: Option<PathBuf>,
    /// Whether every request is looked at closely, so that its client can be judged.
    pub certify: bool,
    /// Bounds of everything that a client or a long run could make large.
    pub limits: Limits,
}

/// Bounds of everything that a client or a long run could make large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest request body.
    pub body_bytes: usize,
    /// The longest form.
    pub form_bytes: usize,
    /// The longest request head; at least 8192.
    pub header_bytes: usize,
    /// How long a request head may take, and a connection may idle.
    pub header_time: Duration,
    /// How long a request body may take.
    pub body_time: Duration,
    /// How long a request body may still take once the server stops.
    pub last_body: Duration,
    /// Connections of one listener.
    pub connections: usize,
    /// Users and messages of the world.
    pub world: sim::settings::Limits,
    /// Lines that the trace keeps in memory.
    pub trace_lines: usize,
}

impl Default for Meant {
    fn default() -> Self {
        let local = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Self {
            edition: Edition::DEFAULT,
            seed: 1,
            variants: Variants::default(),
            clock: ClockMode::Real,
            scenario: None,
            api: local(8443),
            auth: local(8444),
            identity: local(8445),
            control: local(8440),
            control_token_file: None,
            public_hosts: Vec::new(),
            certs_dir: PathBuf::from(".certs"),
            ready_file: None,
            trace_file: None,
            record_file: None,
            certify: false,
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            form_bytes: 64 << 10,
            header_bytes: 32 << 10,
            header_time: Duration::from_secs(30),
            body_time: Duration::from_secs(30),
            last_body: Duration::from_secs(5),
            connections: 4096,
            world: sim::settings::Limits::default(),
            trace_lines: 50_000,
        }
    }
}

impl From<Said> for Meant {
    fn from(said: Said) -> Self {
        Self::default().with(said)
    }
}

impl Meant {
    /// These settings, but for what was said.
    #[must_use]
    pub fn with(&self, said: Said) -> Self {
        let usual = self;
        // What a scenario needs stands between the defaults and what was said.
        let named = said.scenario.as_ref().map(|chosen| &chosen.0.scenario);
        let needs = named.map(|scenario| Scenario::clone(scenario)).unwrap_or_default();
        let edition = said.edition.map(|edition| edition.0).or(needs.edition);
        let edition = edition.unwrap_or(usual.edition);
        let same = edition == usual.edition;
        let mut variants = if same { usual.variants } else { Variants::of(edition) };
        for (id, reading) in &needs.variants {
            // The library holds no choice that does not exist.
            let _ = variants.choose(id, reading);
        }
        for choice in &said.variants {
            // A choice that was read exists.
            let _ = variants.choose(&choice.id, &choice.reading);
        }
        let clock = needs.clock.and_then(|clock| clock.parse().ok());
        Self {
            edition,
            seed: said.seed.or(needs.seed).unwrap_or(usual.seed),
            variants,
            clock: said.clock.or(clock).unwrap_or(usual.clock),
            scenario: said.scenario.map(|scenario| scenario.0).or_else(|| usual.scenario.clone()),
            api: said.api.map_or(usual.api, |address| address.0),
            auth: said.auth.map_or(usual.auth, |address| address.0),
            identity: said.identity.map_or(usual.identity, |address| address.0),
            control: said.control.map_or(usual.control, |address| address.0),
            control_token_file: said
                .control_token_file
                .or_else(|| usual.control_token_file.clone()),
            public_hosts: if said.public_host.is_empty() {
                usual.public_hosts.clone()
            } else {
                said.public_host
            },
            certs_dir: said.certs_dir.unwrap_or_else(|| usual.certs_dir.clone()),
            ready_file: said.ready_file.or_else(|| usual.ready_file.clone()),
            trace_file: said.trace.or_else(|| usual.trace_file.clone()),
            record_file: said.record.or_else(|| usual.record_file.clone()),
            certify: said.certify || usual.certify,
            limits: usual.limits.with(&said.limits),
        }
    }
}

impl Limits {
    /// These bounds, but for what was said.
    fn with(self, said: &SaidLimits) -> Self {
        let usual = self;
        let size = |given: Option<u64>, usual: usize| {
            given.and_then(|given| usize::try_from(given).ok()).unwrap_or(usual)
        };
        let count = |given: Option<u64>, usual: u32| {
            given.and_then(|given| u32::try_from(given).ok()).unwrap_or(usual)
        };
        let time = |given: Option<u64>, usual| given.map_or(usual, Duration::from_secs);
        Self {
            body_bytes: size(said.body_bytes.map(|n| n.get()), usual.body_bytes),
            form_bytes: size(said.form_bytes.map(|n| n.get()), usual.form_bytes),
            header_bytes: size(said.header_bytes.map(|n| n.get()), usual.header_bytes),
            header_time: time(said.header_seconds.map(|n| n.get()), usual.header_time),
            body_time: time(said.body_seconds.map(|n| n.get()), usual.body_time),
            last_body: usual.last_body,
            connections: size(said.connections.map(|n| n.get()), usual.connections),
            world: sim::settings::Limits {
                users: count(said.users.map(|n| n.get()), usual.world.users),
                messages: count(said.messages.map(|n| n.get()), usual.world.messages),
            },
            trace_lines: size(said.trace_lines.map(|n| n.get()), usual.trace_lines),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let file: Said = toml::from_str(
            "seed = 2\nclock = \"stepped\"\npublic-host = \"mock.example\"\n\
             [variants]\nmtls-refusal = \"tls-alert\"\njson-reading = \"newtonsoft\"\n\
             [limits]\nusers = 7\nheader-seconds = 5\n",
        )
        .unwrap();
        let flags = Said {
            seed: Some(3),
            variants: vec!["mtls-refusal=http-400-json".parse().unwrap()],
            ..Said::default()
        };
        let meant = Meant::from(flags.over(file));
        let mut expected = Meant {
            seed: 3,
            clock: ClockMode::Stepped,
            public_hosts: vec!["mock.example".to_owned()],
            ..Meant::default()
        };
        expected.variants.choose("mtls-refusal", "http-400-json").unwrap();
        expected.variants.choose("json-reading", "newtonsoft").unwrap();
        expected.limits.world.users = 7;
        expected.limits.header_time = Duration::from_secs(5);
        assert_eq!(meant, expected);
    }
}
