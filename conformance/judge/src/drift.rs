//! What two targets, or the same one twice, answered to the same stories, and where they differ.
//! Values that are new in every run are put into one form, as the rows of the answers tell them.

use std::collections::{BTreeMap, BTreeSet};

use contract::{
    Tables,
    answer::{MemberKind, MemberRow, Shape},
    trace::{Decided, Exchange, Line},
};
use serde_json::Value;

use crate::story::Deed;

/// Where something stands in a transcript.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Of which story: the group and the name, or the user of a trace without stories.
    pub story: String,
    /// In which scene, from 1; 0 in a trace without stories.
    pub scene: u32,
    /// What is looked at there: a call, or `scene` for what no call shows.
    pub what: String,
    /// The how manyth that differs from the one before, from 1.
    pub nth: u32,
}

/// What was seen at a place, aspect by aspect.
type Seen = BTreeMap<String, String>;

/// What was seen in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    seen: BTreeMap<Place, Seen>,
    /// What was done in each scene, in words.
    deeds: BTreeMap<(String, u32), String>,
    /// The scene at which a story ended early.
    ends: BTreeMap<String, u32>,
    stories: BTreeSet<String>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Where.
    pub place: Place,
    /// In which aspect: `status`, `header allow`, `body errors.Email` and so on.
    pub aspect: String,
    /// What the first has; nothing where it has no such aspect.
    pub first: Option<String>,
    /// What the second has.
    pub second: Option<String>,
}

impl Transcript {
    /// Adds a trace: of a group of stories, or of anything else.
    pub fn add(&mut self, group: &str, lines: &[Line], tables: &'static Tables) {
        let mut here = Here::new(group);
        for line in lines {
            let Line::Decision(decision) = line else { continue };
            match &decision.what {
                Decided::Scene(scene) => {
                    here.enter(&scene.of, scene.number, scene.undone.is_some());
                    let deed = serde_json::from_value::<Deed>(scene.deed.clone());
                    let words = deed.map(|deed| deed.words()).unwrap_or_default();
                    self.deeds.insert((here.story.clone(), here.scene), words);
                    self.stories.insert(here.story.clone());
                    if scene.undone.is_some() {
                        self.ends.insert(here.story.clone(), here.scene);
                        self.note(&mut here, "scene", [("end".to_owned(), "here".to_owned())]);
                    }
                }
                Decided::Exchange(exchange) => {
                    let Some(call) = exchange.call else { continue };
                    if here.scene == 0 {
                        here.of_user(exchange.user);
                        self.stories.insert(here.story.clone());
                    }
                    self.note(&mut here, call.name(), aspects(exchange, tables));
                }
                Decided::Redirected(hit) => {
                    let names: Vec<_> = hit.with.iter().map(|(name, _)| name.as_str()).collect();
                    let seen = [
                        (format!("{:?} leads to", hit.leg), format!("{:?}", hit.to)),
                        (format!("{:?} brings", hit.leg), names.join(", ")),
                    ];
                    self.note(&mut here, "scene", seen);
                }
                Decided::Hello(hello) => {
                    let what = format!("hello {} at {}", hello.offers, hello.host);
                    self.note(&mut here, "scene", [(what, hello.answer.clone())]);
                }
                Decided::Arrived(message) => {
                    let what = message.kind.code_name().to_owned();
                    self.note(&mut here, "scene", [(what, "arrives".to_owned())]);
                }
                _ => {}
            }
        }
    }

    fn note(
        &mut self,
        here: &mut Here,
        what: &str,
        seen: impl IntoIterator<Item = (String, String)>,
    ) {
        let seen: Seen = seen.into_iter().collect();
        let (story, scene) = (here.story.clone(), here.scene);
        let nth = here.counts.entry(what.to_owned()).or_default();
        let place = |nth| Place { story: story.clone(), scene, what: what.to_owned(), nth };
        // How often something is polled before it moves depends on the moment.
        if self.seen.get(&place(*nth)) == Some(&seen) {
            return;
        }
        *nth += 1;
        self.seen.insert(place(*nth), seen);
    }

    /// What was done at a place, in words.
    #[must_use]
    pub fn deed<'a>(&'a self, place: &'a Place) -> &'a str {
        let key = (place.story.clone(), place.scene);
        self.deeds.get(&key).map_or(place.what.as_str(), String::as_str)
    }

    /// Whether anything was seen at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// How many stories both have.
    #[must_use]
    pub fn in_common(&self, other: &Self) -> usize {
        self.stories.intersection(&other.stories).count()
    }

    /// The part that is about some stories.
    #[must_use]
    pub fn only(&self, stories: &BTreeSet<String>) -> Self {
        let mut own = self.clone();
        own.seen.retain(|place, _| stories.contains(&place.story));
        own.stories.retain(|story| stories.contains(story));
        own
    }

    /// Where another one differs: in the stories that both have, as far as both went.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let end = |place: &Place| {
            let ends = [&self.ends, &other.ends].into_iter();
            ends.filter_map(|ends| ends.get(&place.story)).min().copied().unwrap_or(u32::MAX)
        };
        let both = |place: &&Place| {
            let known = |of: &Self| of.stories.contains(&place.story);
            known(self) && known(other) && place.scene <= end(place)
        };
        let places: BTreeSet<_> = self.seen.keys().chain(other.seen.keys()).filter(both).collect();
        let none = Seen::new();
        let mut found = Vec::new();
        for place in places {
            let [first, second] = [self, other].map(|of| of.seen.get(place).unwrap_or(&none));
            // Where nothing came, the one thing to tell is that nothing came.
            let missing = first.is_empty() || second.is_empty();
            let is_told = |aspect: &&String| {
                !missing
                    || aspect.as_str() == STATUS
                    || !first.contains_key(STATUS) && !second.contains_key(STATUS)
            };
            let aspects: BTreeSet<_> = first.keys().chain(second.keys()).filter(is_told).collect();
            for aspect in aspects {
                let (a, b) = (first.get(aspect), second.get(aspect));
                if a != b {
                    let (first, second) = (a.cloned(), b.cloned());
                    let (place, aspect) = (place.clone(), aspect.clone());
                    found.push(Difference { place, aspect, first, second });
                }
            }
        }
        found
    }
}

const STATUS: &str = "status";

/// Where in a trace we are.
struct Here {
    group: String,
    story: String,
    scene: u32,
    turns: BTreeMap<String, u32>,
    counts: BTreeMap<String, u32>,
    users: BTreeMap<Option<i32>, usize>,
    by_user: BTreeMap<String, BTreeMap<String, u32>>,
}

impl Here {
    fn new(group: &str) -> Self {
        Self {
            group: group.to_owned(),
            story: group.to_owned(),
            scene: 0,
            turns: BTreeMap::new(),
            counts: BTreeMap::new(),
            users: BTreeMap::new(),
            by_user: BTreeMap::new(),
        }
    }

    fn enter(&mut self, story: &str, scene: u32, is_end: bool) {
        if scene == 1 && !is_end {
            *self.turns.entry(story.to_owned()).or_default() += 1;
        }
        let turn = self.turns.get(story).copied().unwrap_or_default();
        let name = if turn > 1 { format!("{story} {turn}") } else { story.to_owned() };
        self.story = format!("{} {name}", self.group);
        self.scene = scene;
        if !is_end {
            self.counts.clear();
        }
    }

    /// Users come in an order, whatever their numbers are.
    fn of_user(&mut self, user: Option<i32>) {
        let next = self.users.len();
        let number = *self.users.entry(user).or_insert(next);
        let story = format!("{} user {number}", self.group);
        let counts = self.by_user.remove(&story).unwrap_or_default();
        let before = std::mem::replace(&mut self.counts, counts);
        self.by_user.insert(std::mem::replace(&mut self.story, story), before);
    }
}

/// What an exchange shows.
fn aspects(exchange: &Exchange, tables: &'static Tables) -> Vec<(String, String)> {
    let mut seen = vec![(STATUS.to_owned(), exchange.status.to_string())];
    let mut say = |aspect: String, what: String| seen.push((aspect, what));
    if let Some(kind) = &exchange.answer_type {
        say("media type".to_owned(), kind.clone());
    }
    if let Some(row) = &exchange.row {
        say("row".to_owned(), row.clone());
    }
    for (id, reading) in exchange.readings.iter().filter_map(|own| own.split_once('=')) {
        say(format!("reading {id}"), reading.to_owned());
    }
    for (name, value) in &exchange.headers {
        say(format!("header {name}"), in_one_form(value));
    }
    let row = exchange.call.and_then(|call| tables.endpoint(call));
    let shape = row.and_then(|row| {
        row.successes.iter().find(|success| success.status == exchange.status).map(|own| own.shape)
    });
    let members = match shape {
        Some(Shape::Object(members) | Shape::List(members)) => members,
        _ => &[],
    };
    if let Some(answer) = &exchange.answer {
        body((String::new(), answer), members, &mut say);
    }
    seen
}

fn body(
    (path, value): (String, &Value),
    members: &[MemberRow],
    say: &mut impl FnMut(String, String),
) {
    let below = |name: &str| {
        if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
    };
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let row = members.iter().find(|row| row.name == name);
                let inner = match row.map(|row| row.kind) {
                    Some(MemberKind::Object(rows) | MemberKind::Objects(rows)) => rows,
                    _ => &[],
                };
                match row.map(|row| row.kind) {
                    // Numbers of users and accounts; a code of the lifecycle is what it is.
                    Some(MemberKind::Int32) if name != STATUS && value.is_i64() => {
                        say(format!("body {}", below(name)), "<integer>".to_owned());
                    }
                    Some(MemberKind::Guid | MemberKind::Url | MemberKind::Time)
                        if value.is_string() =>
                    {
                        let kind = value.as_str().map(in_one_form).unwrap_or_default();
                        say(format!("body {}", below(name)), kind);
                    }
                    _ => body((below(name), value), inner, say),
                }
            }
        }
        Value::Array(items) => {
            say(format!("body {path}[]"), format!("{} items", items.len()));
            for (at, item) in items.iter().enumerate() {
                body((format!("{path}[{at}]"), item), members, say);
            }
        }
        Value::String(text) => say(format!("body {path}"), format!("\"{}\"", in_one_form(text))),
        other => say(format!("body {path}"), other.to_string()),
    }
}

/// A text without what is new in every run: the numbers of labels, hexadecimal identifiers and
/// instants.
#[must_use]
pub fn in_one_form(text: &str) -> String {
    let words = text.split_inclusive(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-');
    let mut after_label = false;
    words
        .map(|word| {
            let end = word.trim_end_matches(|sign: char| !sign.is_ascii_alphanumeric());
            let rest = &word[end.len()..];
            let is_number = end.bytes().all(|byte| byte.is_ascii_digit());
            let shown = if after_label && is_number { "n".to_owned() } else { form(end) };
            after_label = rest.ends_with('#');
            format!("{shown}{rest}")
        })
        .collect()
}

fn form(word: &str) -> String {
    let groups: Vec<_> = word.split('-').map(str::len).collect();
    let is_hex = word.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    match groups.as_slice() {
        [8, 4, 4, 4, 12] if is_hex => "<guid>".to_owned(),
        // Its last part tells how the trace is sampled.
        [2, 32, 16, 2] if is_hex => format!("<trace-id>-{}", &word[word.len() - 2..]),
        [4, 2, 5] if word.contains('T') => "<instant>".to_owned(),
        [length] if is_hex && *length >= 16 => "<hex>".to_owned(),
        [length] if *length >= 5 && word.bytes().all(|byte| byte.is_ascii_digit()) => {
            "<number>".to_owned()
        }
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_in_every_run_has_one_form() {
        for (text, form) in [
            ("<token#17 newest>", "<token#n newest>"),
            ("0e09416f-b130-f63b-42c2-14bc01e6c59b", "<guid>"),
            ("00-145bf591c724d75710be8503610edf17-3cc0d6530b3f4b82-00", "<trace-id>-00"),
            ("Phone already registered", "Phone already registered"),
            ("user 100231 is unknown", "user <number> is unknown"),
            ("DOCUMENT_SIGN_SUCCESS", "DOCUMENT_SIGN_SUCCESS"),
            ("no-store, max-age=0", "no-store, max-age=0"),
        ] {
            assert_eq!(in_one_form(text), form);
        }
    }
}
