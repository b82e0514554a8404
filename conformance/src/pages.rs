//! Who opens the hosted pages: the runner's own user agent, a command of the target's owner, or a
//! person who is shown the address.

use std::{io::Write, process::Stdio, time::Duration};

use contract::trace::Leg;
use tokio::process::Command;

use crate::{
    agent::{Agent, Journey, Lost},
    trouble::Trouble,
};

/// How long the user agent may take, in real time.
const AGENT_LIMIT: Duration = Duration::from_secs(120);

/// Who opens the pages.
#[derive(Clone, Debug)]
pub enum Pages {
    /// The runner's own user agent.
    Agent(Box<Agent>),
    /// A command: the address is its last argument, `LEG`, `PERSON` and `USER_ID` are in its
    /// environment.
    Command(Vec<String>, Duration),
    /// Somebody who is shown the address.
    Person(Duration),
    /// Nobody.
    Nobody,
}

impl Pages {
    /// Has a journey made. The agent and a command are done when this returns; a person may still
    /// be on the way.
    ///
    /// # Errors
    /// See [`Lost`].
    pub async fn open(&self, journey: &Journey<'_>) -> Result<(), Lost> {
        match self {
            Self::Agent(agent) => {
                let walked = tokio::time::timeout(AGENT_LIMIT, agent.walk(journey)).await;
                let late = || format!("the pages took longer than {} s", AGENT_LIMIT.as_secs());
                walked.unwrap_or_else(|_| Err(Lost::Stuck(late())))
            }
            Self::Command(command, limit) => run(command, *limit, journey).await,
            Self::Person(_) => show(journey),
            Self::Nobody => Ok(()),
        }
    }

    /// How long an arrival at the merchant may take after that, in real time.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        match self {
            // The agent has visited the merchant itself by then.
            Self::Agent(_) => Duration::from_secs(1),
            Self::Nobody => Duration::ZERO,
            Self::Command(_, limit) | Self::Person(limit) => *limit,
        }
    }
}

async fn run(command: &[String], limit: Duration, journey: &Journey<'_>) -> Result<(), Lost> {
    let said =
        |what: String| Lost::Trouble(Trouble::Harness(format!("The command for pages {what}.")));
    let Some((program, arguments)) = command.split_first() else {
        return Err(said("is empty".to_owned()));
    };
    let running = Command::new(program)
        .args(arguments)
        .arg(journey.start.as_str())
        .env("LEG", leg(journey.leg))
        .env("PERSON", journey.person.name())
        .env("USER_ID", journey.user.to_string())
        .stdin(Stdio::null())
        // Its words must not mix with the runner's table.
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .status();
    let ended = tokio::time::timeout(limit, running).await;
    let status = ended
        .map_err(|_| said(format!("did not end within {} seconds", limit.as_secs())))?
        .map_err(|error| said(format!("could not be started ({program}: {error})")))?;
    if status.success() { Ok(()) } else { Err(said(format!("failed ({status})"))) }
}

fn show(journey: &Journey<'_>) -> Result<(), Lost> {
    let what = match journey.leg {
        Leg::Identification => "identify",
        Leg::Signing => "sign",
    };
    let (person, url) = (journey.person, journey.start);
    let line = format!("Please open this address in a browser to {what} ({person}):\n  {url}\n");
    std::io::stderr().write_all(line.as_bytes()).map_err(|error| {
        Lost::Trouble(Trouble::Harness(format!("The address could not be shown: {error}.")))
    })
}

const fn leg(leg: Leg) -> &'static str {
    match leg {
        Leg::Identification => "identification",
        Leg::Signing => "signing",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use judge::Person;

    use super::*;
    use crate::{
        clock::Clock,
        codes::{Codes, Source},
        recorder::{Recorder, tests::header},
    };

    async fn open(command: &[&str], limit: Duration) -> Result<(), Lost> {
        let recorder = Arc::new(Recorder::create(None, header()).unwrap());
        let codes = Codes { source: Source::Prompt, clock: Clock::manual(), recorder };
        let start = "https://pages.example.org/start?session=1".parse().unwrap();
        let (leg, person) = (Leg::Signing, Person::Decline);
        let journey = Journey { start: &start, leg, person, user: 7, codes: &codes };
        let command = command.iter().map(|&word| word.to_owned()).collect();
        Pages::Command(command, limit).open(&journey).await
    }

    #[tokio::test]
    async fn a_command_gets_the_address_last_and_the_rest_by_name() {
        let script = r#"test "$LEG $PERSON" = "signing decline" || exit 3
            test "$*" = "first https://pages.example.org/start?session=1""#;
        assert_eq!(open(&["sh", "-c", script, "sh", "first"], AGENT_LIMIT).await, Ok(()));
    }

    #[tokio::test]
    async fn a_command_that_fails_is_the_harness_failing() {
        for (command, limit, words) in [
            (&["sh", "-c", "exit 3"][..], AGENT_LIMIT, "failed (exit status: 3)"),
            (&["/no/such/program"], AGENT_LIMIT, "could not be started (/no/such/program"),
            (&[], AGENT_LIMIT, "is empty"),
            (&["tail", "-f", "/dev/null"], Duration::ZERO, "did not end within 0 seconds"),
        ] {
            let lost = open(command, limit).await.unwrap_err();
            let Lost::Trouble(trouble) = lost else { panic!("{lost:?}") };
            assert_eq!(trouble.exit_code(), 6);
            assert!(trouble.to_string().contains(words), "{trouble}");
        }
    }
}
