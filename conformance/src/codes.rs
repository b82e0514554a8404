//! How the codes of mails and SMS reach the runner: from the control API, from a command of the
//! target's owner, or from a person who types them.

use std::{io::Write, process::Stdio, sync::Arc, time::Duration};

use contract::message::{Channel, MessageKind};
use tokio::process::Command;

use crate::{clock::Clock, control::Control, labels::Family, recorder::Recorder, trouble::Trouble};

/// How long a command may look for a code.
const COMMAND_LIMIT: Duration = Duration::from_secs(120);

/// How long a person may take to type a code.
const PERSON_LIMIT: Duration = Duration::from_secs(600);

/// How often the inbox is looked at, and how far apart.
const LOOKS: (u32, Duration) = (20, Duration::from_millis(500));

/// The longest text that is taken for a code.
const LONGEST: usize = 64;

/// Where codes come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The mock's inbox.
    Control(Control),
    /// A command: it finds `USER_ID`, `CHANNEL` and `KIND` in its environment and prints the code.
    Command(Vec<String>),
    /// Somebody at the keyboard.
    Prompt,
}

/// The codes of one run.
#[derive(Clone, Debug)]
pub struct Codes {
    /// Where they come from.
    pub source: Source,
    /// By which the inbox is waited for.
    pub clock: Clock,
    /// Who must know their names.
    pub recorder: Arc<Recorder>,
}

impl Codes {
    /// The newest code of a kind; `None` when none came in time.
    ///
    /// # Errors
    /// When the source itself fails.
    pub async fn newest(&self, user: i32, kind: MessageKind) -> Result<Option<String>, Trouble> {
        let code = match &self.source {
            Source::Control(control) => self.look_into_inbox(control, user, kind).await?,
            Source::Command(command) => from_command(command, user, kind).await?,
            Source::Prompt => from_prompt(user, kind).await?,
        };
        if let Some(code) = &code {
            self.recorder.labels(|labels| labels.learn(Family::Code(kind), code));
        }
        Ok(code)
    }

    async fn look_into_inbox(
        &self,
        control: &Control,
        user: i32,
        kind: MessageKind,
    ) -> Result<Option<String>, Trouble> {
        for _ in 0..LOOKS.0 {
            if let Some(code) = control.newest_code(Some(user), kind).await? {
                return Ok(Some(code));
            }
            self.clock.sleep(LOOKS.1).await?;
        }
        Ok(None)
    }
}

async fn from_command(
    command: &[String],
    user: i32,
    kind: MessageKind,
) -> Result<Option<String>, Trouble> {
    let said = |what: String| Trouble::Harness(format!("The command for codes {what}."));
    let Some((program, arguments)) = command.split_first() else {
        return Err(said("is empty".to_owned()));
    };
    let running = Command::new(program)
        .args(arguments)
        .env("USER_ID", user.to_string())
        .env("CHANNEL", kind.channel().word())
        .env("KIND", kind.code_name())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .output();
    let ended = tokio::time::timeout(COMMAND_LIMIT, running).await;
    let output = ended
        .map_err(|_| said(format!("did not end within {} seconds", COMMAND_LIMIT.as_secs())))?
        .map_err(|error| said(format!("could not be started ({program}: {error})")))?;
    if !output.status.success() {
        return Err(said(format!("failed ({})", output.status)));
    }
    code_in(&String::from_utf8_lossy(&output.stdout))
        .map_err(|()| said("printed more than a code".to_owned()))
}

async fn from_prompt(user: i32, kind: MessageKind) -> Result<Option<String>, Trouble> {
    let carrier = match kind.channel() {
        Channel::Email => "mail",
        Channel::Sms => "SMS",
    };
    let ask = move || {
        let mut stderr = std::io::stderr();
        write!(stderr, "The code of the newest {carrier} to user {user}: ")?;
        stderr.flush()?;
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        Ok::<_, std::io::Error>(line)
    };
    let asked = tokio::time::timeout(PERSON_LIMIT, tokio::task::spawn_blocking(ask)).await;
    // Nobody typed in time: that is no code, not a failure.
    let Ok(joined) = asked else { return Ok(None) };
    let failed = |error: String| Trouble::Harness(format!("The code could not be read: {error}."));
    let line = joined.map_err(|error| failed(error.to_string()))?;
    let line = line.map_err(|error| failed(error.to_string()))?;
    code_in(&line).map_err(|()| failed("that is more than a code".to_owned()))
}

/// The code in a text: its only word, if there is one.
fn code_in(text: &str) -> Result<Option<String>, ()> {
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (None, _) => Ok(None),
        (Some(word), None) if word.len() <= LONGEST => Ok(Some(word.to_owned())),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn run(script: &str) -> Result<Option<String>, Trouble> {
        let command = ["sh", "-c", script].map(str::to_owned);
        from_command(&command, 2072, MessageKind::PhoneVerification).await
    }

    #[tokio::test]
    async fn a_command_knows_for_whom_it_looks() {
        let code = run("printf '%s-%s-%s\n' $USER_ID $CHANNEL $KIND").await.unwrap();
        assert_eq!(code.as_deref(), Some("2072-sms-sms-code"));
        assert_eq!(run("true").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_command_that_fails_is_the_harness_failing() {
        for (script, word) in [("exit 3", "failed"), ("echo one two", "more than a code")] {
            let trouble = run(script).await.unwrap_err();
            assert_eq!(trouble.exit_code(), 6);
            assert!(trouble.to_string().contains(word), "{trouble}");
        }
        let missing = from_command(&["/no/such/program".to_owned()], 1, MessageKind::ALL[0]).await;
        assert!(missing.unwrap_err().to_string().contains("/no/such/program"));
    }
}
