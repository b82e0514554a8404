//! `conformance list` and `conformance explain`: what a server is held to, for people and for
//! programs. The rows are the judge's; here they only become text.

use std::fmt::Write as _;

use contract::{Edition, Variant};
use judge::{
    client::{Cases, Watch, rows},
    requirement::{Effect, Requirement, Source},
};
use serde_json::{Value, json};

/// One line for each requirement of an edition, or of all.
#[must_use]
pub fn list(edition: Option<Edition>) -> String {
    let holds = |row: &&Requirement| edition.is_none_or(|edition| row.editions.contains(&edition));
    let mut text = String::new();
    let (mut all, mut watched) = (0, 0);
    for row in Requirement::all().filter(holds) {
        all += 1;
        let by = if row.is_watched() { "watched" } else { "not yet" };
        watched += usize::from(row.is_watched());
        let (id, level, target) = (row.id, row.level.name(), row.target.name());
        // Writing to a text never fails.
        let _ = writeln!(text, "{id}  {level:<9}  {target:<7}  {by:<7}  {}", row.deed);
    }
    let _ = writeln!(text, "\n{all} requirements, {watched} of them watched");
    text
}

/// The kill matrix as Markdown: which villain breaks which requirement, what notices it, and what
/// nobody watches over. A test runs the full plan under every villain and sees it fail.
#[must_use]
pub fn kill_matrix() -> String {
    let mut text = String::from(
        "# Kill matrix\n\nEach villain is a server that breaks one requirement. A test runs the full \
         plan under each of them: the requirement must fail,\nand no other one but the companions \
         named here. Printed by `conformance list --kills`; `make docs` prints it anew.\n\n\
         | requirement | villain | noticed by | companions |\n|---|---|---|---|\n",
    );
    let mut unwatched = String::new();
    let (mut checks, mut villains) = (0, 0);
    for row in Requirement::all() {
        if let Some(why) = row.unwatched {
            let _ = writeln!(unwatched, "| {} | {} | {why} |", row.id, row.deed);
            continue;
        }
        checks += 1;
        villains += row.villains.len();
        for villain in row.villains {
            let (by, others) = (watchers(row).join(", "), row.companions.join(", "));
            let _ = writeln!(text, "| {} | `{villain}` | {by} | {others} |", row.id);
        }
        if let Some(what) = row.broken_in_test {
            let _ = writeln!(text, "| {} | {what} | {} | |", row.id, watchers(row).join(", "));
        }
    }
    let can_fail = |row: &&Requirement| !row.villains.is_empty() || row.broken_in_test.is_some();
    let killed = Requirement::all().filter(can_fail).count();
    let _ = write!(
        text,
        "\n{checks} requirements watched, {killed} with something that breaks them and is noticed: \
         {villains} villains, and tests where no scenario can.\n\n## Not watched\n\n| requirement | deed | why |\n|---|---|---|\n{unwatched}"
    );
    text
}

/// Which quirk of the reference merchant is noticed by which row about clients, in Markdown.
#[must_use]
pub fn client_kill_matrix() -> String {
    let mut text = String::from(
        "# Kill matrix of clients\n\nThe reference merchant keeps every row; with a quirk it breaks \
         the row that the quirk is named after. A test lets it go\nthrough all cases with each \
         quirk: that row must break, and no other one but the companions named here. Without a \
         quirk\nnothing breaks, in ten worlds. Printed by `conformance list --kills --clients`; \
         `make docs` prints it anew.\n\n\
         | row | level | what a client must do | seen in | companions |\n|---|---|---|---|---|\n",
    );
    let mut attested = String::new();
    let (mut all, mut watched) = (0, 0);
    for row in rows::all() {
        all += 1;
        let seen = match (row.watch, row.cases) {
            (Watch::Attested(why), _) => {
                let _ = writeln!(attested, "| {} | {} | {why} |", row.id, row.text);
                continue;
            }
            (_, Cases::Every) => "every case".to_owned(),
            (_, Cases::Healthy) => "healthy runs".to_owned(),
            (_, Cases::Named(names)) => names.join(", "),
        };
        watched += 1;
        let (level, others) = (row.level.name(), row.companions.join(", "));
        let _ = writeln!(text, "| {} | {level} | {} | {seen} | {others} |", row.id, row.text);
    }
    let _ = write!(
        text,
        "\n{watched} of {all} rows are watched, and each has a quirk that it notices.\n\n\
         ## Vouched for\n\n| row | what | why |\n|---|---|---|\n{attested}"
    );
    text
}

/// What watches over a requirement, in words.
fn watchers(row: &Requirement) -> Vec<String> {
    let story = row.story.map(|_| "its story".to_owned());
    let always = row.is_looked_for().then(|| "every exchange".to_owned());
    let model = row.explored.then(|| "random cases".to_owned());
    let repeated = row.repeated.then(|| "two runs".to_owned());
    story.into_iter().chain(model).chain(repeated).chain(always).collect()
}

/// The same for programs.
#[must_use]
pub fn list_json(edition: Option<Edition>) -> Value {
    let holds = |row: &&Requirement| edition.is_none_or(|edition| row.editions.contains(&edition));
    Requirement::all().filter(holds).map(as_json).collect()
}

fn as_json(row: &Requirement) -> Value {
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
        "watchedBy": watchers(row),
        "unwatched": row.unwatched,
        "villains": row.villains,
        "companions": row.companions,
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
    for by in watchers(row) {
        say("watched", &format!("by {by}"));
    }
    if let Some(why) = row.unwatched {
        say("watched", &format!("by nobody: {why}"));
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
        assert_eq!(values.as_array().map(Vec::len), Some(82));
        for row in Requirement::all() {
            assert_eq!(text.matches(row.id).count(), 1, "{}", row.id);
            let told = explain(row.id).unwrap();
            assert!(told.contains(row.deed) && told.contains(row.rule), "{told}");
        }
    }

    #[test]
    fn the_committed_kill_matrix_of_clients_is_the_printed_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/client-kill-matrix.md");
        let committed = std::fs::read_to_string(path).unwrap();
        assert_eq!(committed, client_kill_matrix(), "make docs prints it anew");
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
