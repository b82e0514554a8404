//! The tables `codes` and `pages` of a target file as they are written: a word, and a command where
//! the word needs one.

use serde::Deserialize;

use super::{CodesFrom, PagesBy};

/// The table `codes` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodesTable {
    from: CodesWord,
    #[serde(default)]
    command: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum CodesWord {
    Control,
    Command,
    Prompt,
}

/// The table `pages` as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PagesTable {
    by: PagesWord,
    #[serde(default)]
    command: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum PagesWord {
    Agent,
    Command,
    Person,
    Nobody,
}

impl TryFrom<CodesTable> for CodesFrom {
    type Error = String;

    fn try_from(table: CodesTable) -> Result<Self, String> {
        let is_command = matches!(table.from, CodesWord::Command);
        let command = command("from", is_command, table.command)?;
        Ok(match table.from {
            CodesWord::Control => Self::Control,
            CodesWord::Command => Self::Command(command),
            CodesWord::Prompt => Self::Prompt,
        })
    }
}

impl TryFrom<PagesTable> for PagesBy {
    type Error = String;

    fn try_from(table: PagesTable) -> Result<Self, String> {
        let is_command = matches!(table.by, PagesWord::Command);
        let command = command("by", is_command, table.command)?;
        Ok(match table.by {
            PagesWord::Agent => Self::Agent,
            PagesWord::Command => Self::Command(command),
            PagesWord::Person => Self::Person,
            PagesWord::Nobody => Self::Nobody,
        })
    }
}

/// A command belongs to the word `command`, and to no other.
fn command(key: &str, wanted: bool, command: Vec<String>) -> Result<Vec<String>, String> {
    match (wanted, command.is_empty()) {
        (true, true) => {
            Err(format!("{key} = \"command\" needs command = [\"program\", \"argument\"]"))
        }
        (false, false) => Err(format!("command is only used with {key} = \"command\"")),
        _ => Ok(command),
    }
}
