//! The scenarios: what can be chosen and for whom, and a place to write one, with the same
//! diagnostics as the command line gives.

use std::sync::Arc;

use contract::scenario::{self, Scenario};
use maud::{Markup, html};
use sim::{
    Command, Reply,
    command::{ScriptRequest, Whom},
};

use super::{
    Look,
    page::{Shown, missing, page},
    posted::Posted,
};

const PLACE: &str = "/scenarios";
const TITLE: &str = "Scenarios";

const EXAMPLE: &str = "title = \"The first create answers 503\"\n\
    why = \"A client waits and tries again.\"\n\n\
    [[rule]]\nid = \"busy\"\nwhen = { call = \"create-user\", nth = 1 }\n\
    then = { status = 503 }\n";

/// What was typed, and what was wrong with it.
#[derive(Default)]
struct Typed<'a> {
    name: &'a str,
    text: &'a str,
    wrong: Option<String>,
    refused: Option<String>,
}

pub(super) fn show(look: &Look<'_>) -> Shown {
    page(look, (PLACE, TITLE), &content(look, &Typed::default()))
}

fn content(look: &Look<'_>, typed: &Typed<'_>) -> Markup {
    let all: Vec<(String, Arc<Scenario>)> = look.workspace.look(|world| {
        world.scenarios().map(|(name, scenario)| (name.to_owned(), Arc::clone(scenario))).collect()
    });
    let usual = look.workspace.look(|world| world.usual_scenario().map(str::to_owned));
    let word = look.word("text").to_lowercase();
    let fitting = all.iter().filter(|(name, scenario)| {
        word.is_empty() || name.contains(&word) || scenario.title.to_lowercase().contains(&word)
    });
    html! {
        p { "For everybody for whom nothing else is chosen: "
            strong { (usual.as_deref().unwrap_or("the usual course")) } }
        (picker(&all, usual.as_deref()))
        @if let Some(why) = &typed.refused { p role="alert" { (why) } }
        h2 { "All of them" }
        form.row action=(PLACE) {
            div { label for="text" { "Search" }
                input #text type="search" name="text" value=(look.word("text")); }
            button type="submit" { "Show" }
        }
        div.scroll { table.stack {
            thead { tr { th { "Name" } th { "What happens" } th { "Why a client should go through it" } } }
            tbody { @for (name, scenario) in fitting {
                tr { td { a href={ (PLACE) "/" (name) } { (name) } } td { (scenario.title) } td { (scenario.why) } }
            } }
        } }
        (write(typed))
    }
}

fn picker(all: &[(String, Arc<Scenario>)], usual: Option<&str>) -> Markup {
    html! {
        form.row method="post" action="/scenarios/choose" {
            div { label for="scenario" { "Scenario" }
                select #scenario name="scenario" {
                    option value="" { "(the usual course)" }
                    @for (name, _) in all {
                        option value=(name) selected[usual == Some(name)] { (name) }
                    }
                } }
            div { label for="whom" { "For" }
                select #whom name="whom" {
                    option value="default" { "everybody" }
                    option value="next" { "the next new user" }
                    option value="user" { "this user:" }
                } }
            div { label for="number" { "User" }
                input #number type="text" inputmode="numeric" name="user"; }
            button.main type="submit" { "Choose" }
        }
    }
}

fn write(typed: &Typed<'_>) -> Markup {
    let text = if typed.text.is_empty() { EXAMPLE } else { typed.text };
    let wrong = typed.wrong.as_ref().map(|_| "true");
    html! {
        h2 { "Write one" }
        form method="post" action="/scenarios/try" data-still {
            label for="name" { "Name" }
            input #name type="text" name="name" value=(typed.name) pattern="[a-z0-9\\-]+"
                required placeholder="my-scenario";
            label for="toml" { "Scenario (TOML)" }
            textarea #toml name="text" spellcheck="false" aria-invalid=[wrong]
                aria-describedby=[wrong.map(|_| "diagnostics")] { (text) }
            @if let Some(wrong) = &typed.wrong {
                pre #diagnostics role="alert" tabindex="0" { (wrong) }
            }
            div.buttons { button.main type="submit" { "Check and load" } }
        }
    }
}

/// One scenario, as it is understood.
pub(super) fn one(look: &Look<'_>) -> Shown {
    let found = look.workspace.look(|world| {
        let mut all = world.scenarios();
        all.find(|(name, _)| *name == look.name).map(|(_, scenario)| Arc::clone(scenario))
    });
    let Some(scenario) = found else {
        return missing(look, PLACE, "There is no such scenario.");
    };
    let text = toml::to_string_pretty(&*scenario).unwrap_or_default();
    let content = html! {
        p { strong { (scenario.title) } }
        p { (scenario.why) }
        @if let Some(phone) = &scenario.phone {
            p { "Chosen by the phone number " code { (phone) } "." }
        }
        p { "Chosen by an address such as " code { "anna+" (look.name) "@example.org" } "." }
        form.row method="post" action="/scenarios/choose" {
            input type="hidden" name="scenario" value=(look.name);
            button.main type="submit" name="whom" value="default" { "Choose for everybody" }
            button type="submit" name="whom" value="next" { "Choose for the next new user" }
        }
        pre tabindex="0" { code { (text) } }
    };
    page(look, (PLACE, look.name), &content)
}

fn whom(posted: &Posted<'_>) -> Result<Whom, &'static str> {
    match (posted.field("whom"), posted.number("user")) {
        ("next", _) => Ok(Whom::Next),
        ("user", Some(user)) => Ok(Whom::User(user)),
        ("user", None) => Err("Type the number of the user."),
        _ => Ok(Whom::Default),
    }
}

fn chosen(posted: &Posted<'_>) -> Result<(), String> {
    let whom = whom(posted)?;
    let scenario = Some(posted.field("scenario")).filter(|name| !name.is_empty());
    let request = ScriptRequest::Choose { whom, scenario: scenario.map(str::to_owned) };
    match posted.step(Command::Script(request)) {
        Some(Reply::CannotTake(why)) => Err(why),
        _ => Ok(()),
    }
}

fn load(posted: &Posted<'_>) -> Result<(), String> {
    let (name, text) = (posted.field("name"), posted.field("text"));
    let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-';
    if name.is_empty() || !name.chars().all(plain) {
        return Err("name: use lower-case letters, digits and hyphens".to_owned());
    }
    let told = |wrong: Vec<scenario::Diagnostic>| {
        wrong.iter().map(|one| one.of_file(name)).collect::<Vec<_>>().join("\n")
    };
    let read = scenario::read(text).map_err(told)?;
    let (name, scenario) = (name.to_owned(), Arc::new(read.scenario));
    match posted.step(Command::Script(ScriptRequest::Load { name, scenario })) {
        Some(Reply::CannotTake(why)) => Err(why),
        _ => Ok(()),
    }
}

pub(super) fn choose(posted: &Posted<'_>) -> Shown {
    match chosen(posted) {
        Ok(()) => Shown::Go(PLACE.to_owned()),
        Err(why) => posted.again((PLACE, TITLE), |look| {
            content(look, &Typed { refused: Some(why), ..Typed::default() })
        }),
    }
}

pub(super) fn attempt(posted: &Posted<'_>) -> Shown {
    let (name, text) = (posted.field("name"), posted.field("text"));
    match load(posted) {
        Ok(()) => Shown::Go(format!("{PLACE}/{name}")),
        Err(why) => posted.again((PLACE, TITLE), |look| {
            content(look, &Typed { name, text, wrong: Some(why), refused: None })
        }),
    }
}
