//! Playing one case: a workspace of its own with the scenario of the case, a client and a person,
//! and at the end the trace.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use contract::{
    Call,
    trace::{
        Decided, Line,
        client::{Decoy, Ending, Note, Secret},
    },
};
use judge::{
    Plan,
    client::{Case, Declaration, Extra, Played},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use url::Url;

use super::{
    assignment::Assignment,
    merchant::{Merchant, Outfit},
    person::Person,
};
use crate::{
    clock::Clock,
    control::Control,
    http,
    mock::Ready,
    target::SCOPE,
    tls::{self, Files, ThumbprintHash},
    trouble::Trouble,
};

/// Where cases are played.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The control listener of the mock that makes the worlds.
    pub control: Control,
    /// Where scenarios and what clients keep are written.
    pub dir: PathBuf,
    /// What is declared of the client.
    pub declaration: Arc<Declaration>,
    /// What a client of this declaration sets out to do.
    pub plan: Plan,
    /// How the clock of the worlds runs.
    pub clock: String,
}

/// The world of one case.
#[derive(Debug)]
pub struct World {
    /// Its name.
    pub name: String,
    /// What a caller must know of it.
    pub ready: Ready,
    /// Its control listener.
    pub control: Control,
    /// Who opens pages.
    pub person: Arc<Person>,
    decoys: Decoys,
}

/// Listeners that no client should speak to.
#[derive(Debug, Default)]
struct Decoys {
    plain: Option<(u16, Arc<AtomicU8>)>,
    elsewhere: Option<(String, Ready)>,
}

impl Stage {
    /// Makes the world of a case.
    ///
    /// # Errors
    /// When the mock does not do what it documents, or a file cannot be written.
    pub async fn world(&self, case: &'static Case, seed: u64) -> Result<World, Trouble> {
        let (decoys, scenario) = self.decoys(case).await?;
        let written = match scenario {
            Some(text) => Some(self.write(case, seed, &text)?),
            None => None,
        };
        let readings = &self.declaration.variants;
        let made = self.control.add_case(seed, &self.clock, readings, written.as_deref()).await?;
        let (name, ready) = made;
        let control = control_of(&ready)?;
        let files = Files {
            ca: &ready.ca,
            client_certificate: &ready.client_cert,
            client_key: &ready.client_key,
        };
        let browser = http::client(Some(tls::open(files, ThumbprintHash::default())?.browser))?;
        let person = Arc::new(Person::new(control.clone(), browser, case.human));
        Ok(World { name, ready, control, person, decoys })
    }

    fn write(&self, case: &Case, seed: u64, text: &str) -> Result<PathBuf, Trouble> {
        let path = self.dir.join(format!("{}-{seed}.toml", case.name));
        std::fs::write(&path, text).map_err(|error| {
            Trouble::Configuration(format!("{} cannot be written: {error}", path.display()))
        })?;
        Ok(path)
    }

    async fn decoys(&self, case: &'static Case) -> Result<(Decoys, Option<String>), Trouble> {
        let mut decoys = Decoys::default();
        if case.scenario.is_empty() {
            return Ok((decoys, None));
        }
        let mut text = scenario(case);
        if text.contains("{plain}") {
            let (port, knocks) = plain().await?;
            text = text.replace("{plain}", &format!("127.0.0.1:{port}"));
            decoys.plain = Some((port, knocks));
        }
        if text.contains("{elsewhere}") {
            let made = self.control.add_case(0, &self.clock, &Default::default(), None).await?;
            text = text.replace("{elsewhere}", made.1.api.trim_end_matches('/'));
            decoys.elsewhere = Some(made);
        }
        Ok((decoys, Some(text)))
    }

    /// Lets the reference merchant go through a case, keeping all rows or breaking one.
    ///
    /// # Errors
    /// When the harness itself fails.
    pub async fn reference(
        &self,
        case: &'static Case,
        seed: u64,
        quirk: Option<&'static str>,
    ) -> Result<Played, Trouble> {
        let seed = case.seed(seed);
        let world = self.world(case, seed).await?;
        let state = self.dir.join(format!("{}-{seed}-{}", case.name, world.name));
        std::fs::create_dir_all(&state).map_err(|error| Trouble::Harness(error.to_string()))?;
        let holds = ["delay", "slow ="].iter().any(|word| case.scenario.contains(word));
        let clock = Clock::stepped(world.control.clone()).await?;
        for start in 1..=2 {
            let outfit = Outfit {
                person: Arc::clone(&world.person),
                clock: clock.clone(),
                holds: holds.then(|| world.control.clone()),
                plan: self.plan,
                quirk,
                seed,
            };
            let assignment = assignment(case, &world.ready, (&state, start))?;
            let mut merchant = Merchant::new(assignment, outfit)?;
            world.person.note(Note::Started(start)).await;
            match merchant.run_until_interrupted().await {
                None => world.person.note(Note::Interrupted).await,
                Some(ending) => {
                    if case.human.extra == Some(Extra::Again) {
                        world.person.visit_again().await;
                        merchant.landed_again().await;
                    }
                    world.person.note(log_note(merchant.log())).await;
                    world.person.note(Note::Ended(ending)).await;
                    break;
                }
            }
        }
        self.close(world, case, seed).await
    }

    /// Ends a world and keeps its trace.
    ///
    /// # Errors
    /// When the mock does not do what it documents.
    pub async fn close(
        &self,
        world: World,
        case: &'static Case,
        seed: u64,
    ) -> Result<Played, Trouble> {
        self.look_at_decoys(&world).await?;
        let lines = world.control.trace().await?;
        self.control.remove_workspace(&world.name).await?;
        if let Some((name, _)) = &world.decoys.elsewhere {
            self.control.remove_workspace(name).await?;
        }
        Ok(Played { case, seed, lines })
    }

    async fn look_at_decoys(&self, world: &World) -> Result<(), Trouble> {
        if let Some((_, knocks)) = &world.decoys.plain {
            let seen = knocks.load(Ordering::SeqCst);
            if seen > 0 {
                let (bearer, body) = (seen & 2 > 0, seen & 4 > 0);
                world.person.note(Note::Strayed { listener: Decoy::Plain, bearer, body }).await;
            }
        }
        if let Some((_, ready)) = &world.decoys.elsewhere {
            let lines = control_of(ready)?.trace().await?;
            for line in &lines {
                let Line::Decision(decision) = line else { continue };
                let Decided::Exchange(said) = &decision.what else { continue };
                let (bearer, body) =
                    (said.bearer.is_some() || said.call != Some(Call::MtlsToken), false);
                world.person.note(Note::Strayed { listener: Decoy::Elsewhere, bearer, body }).await;
            }
        }
        Ok(())
    }
}

/// The scenario of a case as a file.
#[must_use]
pub fn scenario(case: &Case) -> String {
    let title = case.title;
    format!(
        "title = {title:?}\nwhy = \"A case of a certification: {}.\"\n{}",
        case.name, case.scenario
    )
}

fn control_of(ready: &Ready) -> Result<Control, Trouble> {
    let url = ready.control.parse::<Url>();
    Control::new(url.map_err(|error| Trouble::Harness(format!("control: {error}")))?)
}

/// What a client is given.
///
/// # Errors
/// When the mock names an address that is none.
pub fn assignment(
    case: &Case,
    ready: &Ready,
    (state, start): (&Path, u32),
) -> Result<Assignment, Trouble> {
    let url = |text: &str| {
        text.parse::<Url>()
            .map_err(|error| Trouble::Harness(format!("'{text}' is no URL: {error}")))
    };
    Ok(Assignment {
        case: case.name.to_owned(),
        api: url(&ready.api)?,
        auth: url(&ready.auth)?,
        ca: ready.ca.clone(),
        client_cert: ready.client_cert.clone(),
        client_key: ready.client_key.clone(),
        client_id: ready.client_id.clone(),
        merchant_id: ready.merchant_id,
        scope: SCOPE.to_owned(),
        person: None,
        success: None,
        fail: None,
        time_scale: 1,
        state: state.to_owned(),
        start,
    })
}

/// What is found in a client's log.
fn log_note(log: &[String]) -> Note {
    let token = log.iter().any(|line| line.contains("eyJ"));
    let leaked = if token { vec![Secret::Token] } else { Vec::new() };
    Note::Log { leaked, trace_ids: (0, 0) }
}

/// How a client ended, by its exit status: agreed on are 0 and 3.
#[must_use]
pub const fn ending(code: Option<i32>) -> Ending {
    match code {
        Some(0) => Ending::Done,
        Some(3) => Ending::GaveUp,
        _ => Ending::Crashed,
    }
}

/// A listener without TLS that remembers what was sent to it: 1 anything, 2 a bearer, 4 a body.
async fn plain() -> Result<(u16, Arc<AtomicU8>), Trouble> {
    let failed = |error: std::io::Error| Trouble::Harness(format!("no listener: {error}"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let knocks = Arc::new(AtomicU8::new(0));
    let seen = Arc::clone(&knocks);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 16 * 1024];
            let Ok(read) = stream.read(&mut head).await else { continue };
            let text = String::from_utf8_lossy(&head[..read]).to_lowercase();
            let bearer = u8::from(text.contains("authorization:")) << 1;
            let body =
                u8::from(text.contains("content-length:") && !text.contains("content-length: 0"))
                    << 2;
            seen.fetch_or(1 | bearer | body, Ordering::SeqCst);
            let answer =
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            // A client that does not wait for the answer has been seen all the same.
            let _ = stream.write_all(answer).await;
        }
    });
    Ok((port, knocks))
}
