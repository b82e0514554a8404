//! The open questions of the documentation and how this workspace reads them. They hold for as
//! long as a workspace lives; another reading is another workspace.

use contract::Variant;
use maud::html;

use super::{
    Look,
    page::{Shown, page},
};

pub(super) fn show(look: &Look<'_>) -> Shown {
    let (variants, edition) = (look.workspace.variants(), look.workspace.edition());
    let word = look.word("text").to_lowercase();
    let rows = Variant::ALL.iter().map(|variant| (variant, variant.row()));
    let fitting = rows.filter(|(_, row)| {
        word.is_empty() || row.id.contains(&word) || row.question.to_lowercase().contains(&word)
    });
    let content = html! {
        p { "Where the documentation is silent or contradicts itself, there is more than one reading. "
            a href="/workspaces" { "Add a workspace" } " to try others." }
        form.row action="/variants" {
            div { label for="text" { "Search" }
                input #text type="search" name="text" value=(look.word("text")); }
            button type="submit" { "Show" }
        }
        @for (variant, row) in fitting {
            section.card id=(row.id) {
                h2 { (row.id) }
                p { (row.question) }
                ul { @for reading in row.readings {
                    li {
                        @if variants.reads(*variant, reading.id) { strong { (reading.id) } " " span.tag.ok { "in force" } }
                        @else { (reading.id) }
                        @if variant.usual(edition) == reading.id { " " span.tag { "usual" } }
                        ": " (reading.meaning) " " span.soft { "[" (reading.provenance) "]" }
                    }
                } }
            }
        }
    };
    page(look, ("/variants", "Readings"), &content)
}
