//! `conformance list` and `conformance explain`: what a server is held to, for people and for
//! programs. The rows are the judge's; here they only become text.

use std::fmt::Write as _;

use contract::{Edition, Variant};
use judge::requirement::{Effect, Requirement, Source, Watch};
use serde_json::{Value, json};

/// One line for each requirement of an edition, or of all.
#[must_use]
pub fn list(edition: Option<Edition>) -> String {
    let holds = |row: &&Requirement| edition.is_none_or(|edition| row.editions.contains(&edition));
    let mut text = String::new();
    let (mut all, mut watched) = (0, 0);
    for row in Requirement::all().filter(holds) {
        all += 1;
        let by = match row.watch {
            Watch::Steps(_) => "watched",
            Watch::Nobody(_) => "not yet",
        };
        watched += usize::from(by == "watched");
        let (id, level, target) = (row.id, row.level.name(), row.target.name());
        // Writing to a text never fails.
        let _ = writeln!(text, "{id}  {level:<9}  {target:<7}  {by:<7}  {}", row.deed);
    }
    let _ =
        writeln!(text, "\n{all} requirements, {watched} of them watched by the steps of a walk");
    text
}

/// The kill matrix as Markdown: which villain breaks which requirement and which step notices, and
/// what nobody watches over yet. A test walks every villain and sees it fail.
#[must_use]
pub fn kill_matrix() -> String {
    let mut text = String::from(
        "# Kill matrix\n\nEach villain is a server that breaks one requirement. A test walks all of \
         them, and each must fail exactly the step that watches\nover its requirement. Printed by \
         `conformance list --kills`; `make docs` prints it anew.\n\n\
         | requirement | villain | noticed by |\n|---|---|---|\n",
    );
    let mut unwatched = String::new();
    let (mut checks, mut villains) = (0, 0);
    for row in Requirement::all() {
        match row.watch {
            Watch::Steps(steps) => {
                checks += 1;
                villains += row.villains.len();
                let steps: Vec<_> = steps.iter().map(|step| step.title()).collect();
                for villain in row.villains {
                    let _ = writeln!(text, "| {} | `{villain}` | {} |", row.id, steps.join(", "));
                }
            }
            Watch::Nobody(why) => {
                let _ = writeln!(unwatched, "| {} | {} | {why} |", row.id, row.deed);
            }
        }
    }
    let _ = write!(
        text,
        "\n{checks} requirements watched, {checks} with a villain that is noticed, {villains} \
         villains in all.\n\n## Not watched yet\n\n| requirement | deed | why |\n|---|---|---|\n{unwatched}"
    );
    text
}

/// The same for programs.
#[must_use]
pub fn list_json(edition: Option<Edition>) -> Value {
    let holds = |row: &&Requirement| edition.is_none_or(|edition| row.editions.contains(&edition));
    Requirement::all().filter(holds).map(as_json).collect()
}

fn as_json(row: &Requirement) -> Value {
    let (steps, reason) = match row.watch {
        Watch::Steps(steps) => (steps.iter().map(|step| step.number()).collect(), None),
        Watch::Nobody(why) => (Vec::new(), Some(why)),
    };
    json!({
        "id": row.id,
        "level": row.level.name(),
        "deed": row.deed,
        "rule": row.rule,
        "editions": row.editions,
        "target": row.target.name(),
        "effects": row.effects.iter().map(|effect| effect.name()).collect::<Vec<_>>(),
        "invariant": row.invariant,
        "variants": row.variants.iter().map(|variant| variant.row().id).collect::<Vec<_>>(),
        "sources": row.sources.iter().map(Source::to_string).collect::<Vec<_>>(),
        "steps": steps,
        "unwatched": reason,
        "villains": row.villains,
    })
}

/// All that is known of one requirement.
///
/// # Errors
/// When there is no such id: the sentence names those of its group, or the groups.
pub fn explain(id: &str) -> Result<String, String> {
    let row = Requirement::by_id(id).ok_or_else(|| unknown(id))?;
    let editions: Vec<_> = row.editions.iter().map(|edition| edition.name()).collect();
    let sources: Vec<_> = row.sources.iter().map(Source::to_string).collect();
    let effects: Vec<_> = row.effects.iter().copied().map(Effect::name).collect();
    let mut text = format!("{} {}\n\n", row.id, row.level.name());
    let mut say = |name: &str, what: &str| {
        let _ = writeln!(text, "{name:<10} {what}");
    };
    say("do", row.deed);
    say("expect", row.rule);
    say("holds", if row.invariant { "at every moment of every run" } else { "in its own case" });
    say("editions", &editions.join(", "));
    say("target", row.target.name());
    let left = effects.join(", ");
    say("leaves", if effects.is_empty() { "nothing" } else { &left });
    say("source", &sources.join("; "));
    for variant in row.variants {
        say("question", &question(*variant));
    }
    match row.watch {
        Watch::Steps(steps) => {
            for step in steps {
                say("watched", &format!("step {}, {}", step.number(), step.title()));
            }
        }
        Watch::Nobody(why) => say("watched", &format!("by nobody yet: {why}")),
    }
    for villain in row.villains {
        say("villain", &format!("scenarios/villain/{villain}.toml"));
    }
    Ok(text)
}

fn question(variant: Variant) -> String {
    let row = variant.row();
    let readings: Vec<_> = row.readings.iter().map(|reading| reading.id).collect();
    format!("{}: {} ({})", row.id, row.question, readings.join(", "))
}

fn unknown(id: &str) -> String {
    let group = id.to_ascii_uppercase();
    let group = group.rsplit_once('-').map_or("", |(group, _)| group);
    let near: Vec<_> = Requirement::all()
        .filter(|row| !group.is_empty() && row.id.starts_with(group))
        .map(|row| row.id)
        .collect();
    if near.is_empty() {
        return format!("there is no requirement '{id}'; conformance list names them all");
    }
    format!("there is no requirement '{id}'; its group has {}", near.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_requirement_is_listed_and_can_be_explained() {
        let (text, values) = (list(None), list_json(None));
        assert_eq!(values.as_array().map(Vec::len), Some(80));
        for row in Requirement::all() {
            assert_eq!(text.matches(row.id).count(), 1, "{}", row.id);
            let told = explain(row.id).unwrap();
            assert!(told.contains(row.deed) && told.contains(row.rule), "{told}");
        }
    }

    #[test]
    fn the_committed_kill_matrix_is_the_printed_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/kill-matrix.md");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, kill_matrix(), "make docs prints it anew");
    }

    #[test]
    fn an_edition_has_only_its_own() {
        let text = list(Some(Edition::E2024_06));
        assert!(text.contains("SC-USR-01") && !text.contains("SC-INI-01"), "{text}");
    }

    #[test]
    fn an_unknown_id_is_answered_with_those_there_are() {
        let told = explain("sc-tok-99").unwrap_err();
        assert!(told.contains("SC-TOK-01") && told.contains("SC-TOK-09"), "{told}");
        assert!(explain("nonsense").unwrap_err().contains("conformance list"));
    }
}
