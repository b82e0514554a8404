//! The workspaces of this process: each has ports, clock, seed and dashboard of its own.
//! One more costs little, so whoever wants another reading or a clean start adds one.

use std::sync::Arc;

use contract::Edition;
use maud::{Markup, html};

use super::{
    Look,
    page::{Shown, page},
    posted::Posted,
};
use crate::{serve::Wanted, workspace::Workspace};

const PLACE: &str = "/workspaces";
const TITLE: &str = "Workspaces";

pub(super) fn show(look: &Look<'_>) -> Shown {
    page(look, (PLACE, TITLE), &content(look, None))
}

fn content(look: &Look<'_>, wrong: Option<&str>) -> Markup {
    let all = look.desk.workspaces.upgrade().map(|all| all.all()).unwrap_or_default();
    html! {
        div.scroll { table.stack {
            thead { tr { th { "Name" } th { "Edition, seed, clock" } th { "Users" } th { "API" } th { "Dashboard" } th { "" } } }
            tbody { @for (name, workspace) in &all { (line(look, name, workspace)) } }
        } }
        @if let Some(wrong) = wrong { p role="alert" { (wrong) } }
        h2 { "Add one" }
        form method="post" action="/workspaces/add" {
            div.row {
                div { label for="name" { "Name" } input #name type="text" name="name" placeholder="w1"; }
                div { label for="seed" { "Seed" }
                    input #seed type="text" inputmode="numeric" name="seed"; }
                div { label for="clock" { "Clock" }
                    input #clock type="text" name="clock" placeholder="real, x10, stepped"; }
                div { label for="edition" { "Edition" }
                    select #edition name="edition" {
                        option value="" { "as this one" }
                        @for edition in Edition::served() { option { (edition.name()) } }
                    } }
                div { label for="copy" { "Copy of" }
                    select #copy name="copy" {
                        option value="" { "(begins anew)" }
                        @for (name, _) in &all { option { (name) } }
                    } }
            }
            label for="readings" { "Readings, one on each line" }
            textarea #readings.small name="readings" placeholder="unknown-user=not-found" {}
            div.buttons { button.main type="submit" { "Add" } }
        }
    }
}

fn line(look: &Look<'_>, name: &str, workspace: &Arc<Workspace>) -> Markup {
    let ready = workspace.ready();
    let is_this = std::ptr::eq(&raw const **workspace, &raw const *look.workspace);
    html! {
        tr {
            td { strong { (name) } @if is_this { " " span.tag { "this one" } } }
            td { (ready.edition) ", " (ready.seed) ", " (workspace.clock().mode().to_string()) }
            td { (workspace.look(sim::World::user_count)) }
            td { code { (ready.api) } }
            td { a href=(ready.control) { (ready.control) } }
            td { div.row {
                form method="post" action="/workspaces/reset" {
                    button type="submit" name="name" value=(name) {
                        "Begin anew" span.hidden { " " (name) }
                    }
                }
                @if !is_this {
                    form method="post" action="/workspaces/remove" {
                        button type="submit" name="name" value=(name) {
                            "Remove" span.hidden { " " (name) }
                        }
                    }
                }
            } }
        }
    }
}

pub(super) fn add(posted: &Posted<'_>) -> Shown {
    let added = wanted(posted).and_then(|wanted| {
        let all = posted.desk.workspaces.upgrade().ok_or("the server is stopping")?;
        all.add(wanted).map_err(|error| error.to_string())
    });
    done(posted, added.map(drop))
}

fn wanted(posted: &Posted<'_>) -> Result<Wanted, String> {
    let word = |name| Some(posted.field(name)).filter(|word| !word.is_empty());
    let mut wanted = word("name").map_or_else(Wanted::default, Wanted::named);
    if let Some(original) = word("copy") {
        return Ok(wanted.copy_of(original));
    }
    if let Some(edition) = word("edition") {
        wanted = wanted.edition(edition)?;
    }
    if let Some(seed) = word("seed") {
        let seed = seed.parse().map_err(|_| format!("seed: '{seed}' is no whole number"))?;
        wanted = wanted.seed(seed);
    }
    if let Some(clock) = word("clock") {
        wanted = wanted.clock(clock.parse()?);
    }
    for line in posted.field("readings").lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (id, reading) = line
            .split_once('=')
            .ok_or_else(|| format!("readings: '{line}' is not question=reading"))?;
        wanted = wanted.variant(id.trim(), reading.trim())?;
    }
    Ok(wanted)
}

pub(super) fn remove(posted: &Posted<'_>) -> Shown {
    let removed = posted.desk.workspaces.upgrade().map(|all| all.remove(posted.field("name")));
    done(
        posted,
        match removed {
            Some(Ok(ending)) => {
                tokio::spawn(ending);
                Ok(())
            }
            Some(Err(error)) => Err(error.to_string()),
            None => Err("the server is stopping".to_owned()),
        },
    )
}

pub(super) fn reset(posted: &Posted<'_>) -> Shown {
    let name = posted.field("name");
    let found = posted.desk.workspaces.upgrade().and_then(|all| all.get(name));
    let reset = found.map(|workspace| workspace.reset());
    done(posted, reset.ok_or_else(|| format!("there is no workspace '{name}'")))
}

fn done(posted: &Posted<'_>, done: Result<(), String>) -> Shown {
    match done {
        Ok(()) => Shown::Go(PLACE.to_owned()),
        Err(why) => posted.again((PLACE, TITLE), |look| content(look, Some(&why))),
    }
}
