//! The faults: which rules stand by, what they did lately, and an end to them.
//! A fault is switched on by choosing its scenario.

use contract::trace::Transported;
use maud::html;
use sim::{Command, command::ScriptRequest};

use super::{
    Look,
    exchange::said,
    facts::Facts,
    page::{Shown, page},
    posted::Posted,
};

const PLACE: &str = "/faults";

/// So many of the newest are shown.
const LATEST: usize = 50;

/// What is switched on with one click: the scenario, and what it does in a few words.
const SWITCHES: &[(&str, &str)] = &[
    ("gateway-503", "The gateway answers 503"),
    ("slow-polls", "Polls are slow"),
    ("reset-mid-body", "Connections are reset in mid body"),
    ("token-server-down", "The token server is down"),
    ("throttled-seconds", "Too many requests: 429"),
    ("server-certificate-expired", "The server certificate has expired"),
    ("sms-late", "The SMS comes late"),
    ("identification-rejected", "The identification is turned down"),
];

pub(super) fn show(look: &Look<'_>) -> Shown {
    let usual = look.workspace.look(|world| world.usual_scenario().map(str::to_owned));
    let rules: Vec<_> = look
        .workspace
        .look(|world| {
            let named = usual.as_ref().and_then(|usual| {
                world.scenarios().find(|(name, _)| name == usual).map(|(_, scenario)| scenario)
            });
            named.map(|scenario| scenario.rule.iter().map(|rule| rule.id.clone()).collect())
        })
        .unwrap_or_default();
    let facts = Facts::of(look.workspace);
    let told = facts.sockets();
    let newest: Vec<(&u64, &Transported)> = told
        .faults
        .iter()
        .rev()
        .flat_map(|(step, faults)| faults.iter().map(move |fault| (step, fault)))
        .take(LATEST)
        .collect();
    let content = html! {
        div.row {
            form method="post" action="/faults/heal" {
                button.main type="submit" { "End all faults" }
            }
            form method="post" action="/scenarios/choose" {
                button type="submit" name="whom" value="default" { "Back to the usual course" }
            }
        }
        h2 { "Switch one on for everybody" }
        div.cards { @for (name, what) in SWITCHES {
            form.card method="post" action="/scenarios/choose" {
                input type="hidden" name="whom" value="default";
                p { (what) }
                button type="submit" name="scenario" value=(name)
                    aria-pressed=(if usual.as_deref() == Some(name) { "true" } else { "false" }) { (name) }
            }
        } }
        p { "There are more: " a href="/scenarios" { "all scenarios" } "." }
        @if !rules.is_empty() {
            h2 { "Rules that stand by" }
            @for rule in &rules {
                form.row method="post" action="/faults/heal" {
                    code { (rule) }
                    button type="submit" name="rule" value=(rule) { "End this one" }
                }
            }
        }
        h2 { "What they did" }
        @if newest.is_empty() { p.soft { "Nothing yet." } }
        ul { @for (step, fault) in newest {
            li { a href={ "/exchanges/" (step) } { "Step " (step) } ": " (said(fault)) }
        } }
    };
    page(look, (PLACE, "Faults"), &content)
}

pub(super) fn heal(posted: &Posted<'_>) -> Shown {
    let rule = Some(posted.field("rule")).filter(|rule| !rule.is_empty()).map(str::to_owned);
    posted.step(Command::Script(ScriptRequest::Heal { rule }));
    Shown::Go(PLACE.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_is_a_scenario_of_the_library() {
        let library = crate::scenario::library_with(None);
        for (name, _) in SWITCHES {
            assert!(library.contains_key(*name), "{name}");
        }
    }
}
