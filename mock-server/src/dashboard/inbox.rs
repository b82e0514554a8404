//! Every captured e-mail and SMS, newest first, with the user it went to and its code to copy.
//! It stands for the person's mailbox and phone.

use maud::{Markup, html};
use sim::inbox::Message;

use super::{
    Look,
    page::{Shown, choice, page, pages, time},
};

const PER_PAGE: usize = 50;

const CHANNELS: &[(&str, &str)] = &[("", "both"), ("email", "e-mail"), ("sms", "SMS")];

pub(super) fn show(look: &Look<'_>) -> Shown {
    let skip = (look.page() - 1) * PER_PAGE;
    let (mut messages, evicted, total) = look.workspace.look(|world| {
        let fitting = world.messages().newest_first().filter(|message| fits(look, message));
        let messages: Vec<_> = fitting.skip(skip).take(PER_PAGE + 1).cloned().collect();
        (messages, world.messages().evicted(), world.messages().newest_first().count())
    });
    let more = messages.len() > PER_PAGE;
    messages.truncate(PER_PAGE);
    let content = html! {
        form.row action="/inbox" {
            div { label for="text" { "Search" }
                input #text type="search" name="text" value=(look.word("text"))
                    placeholder="address, number, code, user"; }
            div { (choice("channel", "By", look.word("channel"), CHANNELS)) }
            button type="submit" { "Show" }
            span.soft { (total) " kept" @if evicted > 0 { ", " (evicted) " older ones made room" } }
        }
        @if messages.is_empty() {
            p.soft { "No message fits. They come when a client asks for a code or a page sends one." }
        } @else { (table(&messages)) }
        (pages(look, "/inbox", more))
    };
    page(look, ("/inbox", "Inbox"), &content)
}

fn fits(look: &Look<'_>, message: &Message) -> bool {
    let text = look.word("text").to_lowercase();
    let channel = look.word("channel");
    (channel.is_empty() || message.kind.channel().word() == channel)
        && (text.is_empty()
            || message.user.to_string() == text
            || message.to.to_lowercase().contains(&text)
            || message.text().to_lowercase().contains(&text))
}

/// Messages as rows.
pub(super) fn table(messages: &[Message]) -> Markup {
    html! {
        div.scroll { table.stack {
            thead { tr { th { "At" } th { "User" } th { "By" } th { "To" } th { "Text" } th { "Code" } } }
            tbody { @for message in messages {
                tr data-kind=(message.kind.name()) {
                    td { (time(message.at)) }
                    td { a href={ "/users/" (message.user) } { (message.user) } }
                    td { (message.kind.channel().word()) }
                    td { (message.to) }
                    td { (text(message)) }
                    td { code id={ "code-" (message.number) } { (message.code) } " "
                        button type="button" data-copy={ "code-" (message.number) }
                            { "Copy" span.hidden { " the code " (message.code) } } }
                }
            } }
        } }
    }
}

/// The link of a message is the merchant's own address.
fn text(message: &Message) -> Markup {
    html! { (message.text()) }
}
