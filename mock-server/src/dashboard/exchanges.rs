//! All exchanges, newest first, with a search and filters; a page of them at a time, so that ten
//! thousand are as quick as ten.

use contract::Call;
use maud::{Markup, html};

use super::{
    Look,
    facts::{Facts, Seen, tone, trace_ids, user_of},
    page::{Shown, choice, page, pages, time},
};

const PER_PAGE: usize = 50;

const STATUSES: &[(&str, &str)] =
    &[("", "any"), ("2", "2xx"), ("3", "3xx"), ("4", "4xx"), ("5", "5xx"), ("fault", "faults")];

pub(super) fn show(look: &Look<'_>) -> Shown {
    let facts = Facts::of(look.workspace);
    let fitting = facts.newest().filter(|seen| fits(look, seen));
    let mut shown: Vec<_> = fitting.skip((look.page() - 1) * PER_PAGE).take(PER_PAGE + 1).collect();
    let more = shown.len() > PER_PAGE;
    shown.truncate(PER_PAGE);
    let content = html! {
        (filters(look))
        @if shown.is_empty() { p.soft { "Nothing fits." } } @else { (table(&shown)) }
        (pages(look, "/exchanges", more))
        p.row {
            a href="/v1/trace" download="trace.jsonl" { "Export the trace as JSON Lines" }
            a href="/export/trace.har" download="trace.har" { "Export as HAR" }
        }
    };
    page(look, ("/exchanges", "Exchanges"), &content)
}

fn filters(look: &Look<'_>) -> Markup {
    let calls: Vec<_> = std::iter::once(("", "any"))
        .chain(Call::ALL.iter().map(|call| (call.name(), call.name())))
        .collect();
    html! {
        form.row action="/exchanges" {
            div { label for="text" { "Contains" }
                input #text type="search" name="text" value=(look.word("text"))
                    placeholder="path, row, traceId"; }
            div { label for="user" { "User" }
                input #user type="text" inputmode="numeric" name="user" value=(look.word("user")); }
            div { (choice("call", "Call", look.word("call"), &calls)) }
            div { (choice("status", "Status", look.word("status"), STATUSES)) }
            button type="submit" { "Show" }
        }
    }
}

fn fits(look: &Look<'_>, seen: &Seen) -> bool {
    let exchange = &seen.exchange;
    let status = match look.word("status") {
        "" => true,
        "fault" => seen.entry.play.as_ref().is_some_and(|play| !play.armed.is_empty()),
        hundred => exchange.status.to_string().starts_with(hundred),
    };
    let call = look.word("call");
    let user = look.word("user");
    let text = look.word("text").to_lowercase();
    status
        && (call.is_empty() || exchange.call.is_some_and(|known| known.name() == call))
        && (user.is_empty() || user_of(seen).is_some_and(|known| known.to_string() == user))
        && (text.is_empty() || contains(seen, &text))
}

fn contains(seen: &Seen, text: &str) -> bool {
    let exchange = &seen.exchange;
    let bodies = [&exchange.request, &exchange.answer].into_iter().flatten();
    exchange.path.to_lowercase().contains(text)
        || exchange.row.as_ref().is_some_and(|row| row.contains(text))
        || trace_ids(&seen.entry).iter().any(|id| id.contains(text))
        || bodies.map(ToString::to_string).any(|body| body.to_lowercase().contains(text))
}

/// Exchanges as rows.
pub(super) fn table(seen: &[Seen]) -> Markup {
    html! {
        div.scroll { table.stack {
            thead { tr { th { "At" } th { "Request" } th { "Answer" } th { "Decided by" } th { "User" } } }
            tbody { @for one in seen {
                @let Seen { entry, exchange } = one;
                tr {
                    td { (time(entry.at)) }
                    td { a href={ "/exchanges/" (entry.step) } { (exchange.method) " " (exchange.path) } }
                    td { strong class=(tone(exchange.status)) { (exchange.status) }
                        @for armed in entry.play.iter().flat_map(|play| &play.armed) {
                            " " span.tag.warn { (armed.effect.to_string()) }
                        } }
                    td { (exchange.row.as_deref().unwrap_or_default()) }
                    td { @if let Some(user) = user_of(one) { a href={ "/users/" (user) } { (user) } } }
                }
            } }
        } }
    }
}
