//! What a browser sees of an HTML page: its screen, its forms with their fields and buttons, and
//! its links. No script is run.

use scraper::{ElementRef, Html, Selector};

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The name in `data-screen`, if the page has one.
    pub screen: Option<String>,
    /// Whether it shows an alert.
    pub alert: bool,
    /// Its forms, in order.
    pub forms: Vec<Form>,
    /// Where its links lead, in order.
    pub links: Vec<String>,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where it goes; to the page's own address when empty.
    pub action: String,
    /// Whether it is posted; otherwise its fields become the query.
    pub posts: bool,
    /// What it would send before anybody types.
    pub fields: Vec<Field>,
    /// What can be pressed.
    pub buttons: Vec<Button>,
}

/// One field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether it asks for a one-time code.
    pub wants_code: bool,
}

/// One button that submits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Its name, if it is sent along.
    pub name: Option<String>,
    /// Its value.
    pub value: String,
}

impl Page {
    /// Reads a document; whatever the text is, it is read as a browser would.
    #[must_use]
    pub fn read(html: &str) -> Self {
        let document = Html::parse_document(html);
        let root = document.root_element();
        let screen =
            select(root, "[data-screen]").into_iter().find_map(|at| at.attr("data-screen"));
        Self {
            screen: screen.map(str::to_owned),
            alert: !select(root, "[role=alert]").is_empty(),
            forms: select(root, "form").into_iter().map(form).collect(),
            links: select(root, "main a[href]")
                .into_iter()
                .filter_map(|link| link.attr("href").map(str::to_owned))
                .collect(),
        }
    }
}

fn form(at: ElementRef<'_>) -> Form {
    Form {
        action: at.attr("action").unwrap_or_default().trim().to_owned(),
        posts: at.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post")),
        fields: select(at, "input, select, textarea").into_iter().filter_map(field).collect(),
        buttons: select(at, "button, input[type=submit]").into_iter().filter_map(button).collect(),
    }
}

fn field(at: ElementRef<'_>) -> Option<Field> {
    let kind = at.attr("type").unwrap_or("text").to_ascii_lowercase();
    let is_choice = matches!(&*kind, "checkbox" | "radio");
    let is_no_field = matches!(&*kind, "submit" | "button" | "image" | "reset" | "file");
    // Nobody comes on without ticking what has to be ticked.
    let is_ticked = at.attr("checked").is_some() || at.attr("required").is_some();
    if is_no_field || at.attr("disabled").is_some() || is_choice && !is_ticked {
        return None;
    }
    let name = at.attr("name").filter(|name| !name.is_empty())?.to_owned();
    let wants_code = at.attr("autocomplete") == Some("one-time-code");
    let value = match at.value().name() {
        "select" => chosen(at),
        "textarea" => at.text().collect(),
        _ => at.attr("value").unwrap_or(if is_choice { "on" } else { "" }).to_owned(),
    };
    Some(Field { name, value, wants_code })
}

/// The option that a select box shows.
fn chosen(at: ElementRef<'_>) -> String {
    let options = select(at, "option");
    let shown = options.iter().find(|option| option.attr("selected").is_some());
    let Some(shown) = shown.or_else(|| options.first()) else { return String::new() };
    shown.attr("value").map_or_else(|| shown.text().collect(), str::to_owned)
}

fn button(at: ElementRef<'_>) -> Option<Button> {
    let submits = at.attr("type").is_none_or(|kind| kind.eq_ignore_ascii_case("submit"));
    (submits && at.attr("disabled").is_none()).then(|| Button {
        name: at.attr("name").map(str::to_owned),
        value: at.attr("value").unwrap_or_default().to_owned(),
    })
}

/// The selectors are ours and correct; a wrong one would find nothing, and the tests would tell.
fn select<'a>(root: ElementRef<'a>, css: &str) -> Vec<ElementRef<'a>> {
    Selector::parse(css).map(|selector| root.select(&selector).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_form_as_a_browser_would() {
        let page = Page::read(
            r#"<!doctype html><main data-screen="code"><p role="alert">No.</p>
            <form method="POST" action="/sign/1">
              <input type="hidden" name="screen" value="code">
              <input name="code" autocomplete="one-time-code">
              <input type="checkbox" name="no" value="1"><input type="checkbox" name="yes" checked>
              <input type="checkbox" name="must" value="y" required>
              <input name="off" value="x" disabled><input value="nameless">
              <select name="language"><option value="bg">BG</option><option selected>EN</option></select>
              <button name="do" value="sign">Sign</button>
              <button name="do" value="never" disabled>Never</button>
              <button type="button" name="do" value="nothing">Nothing</button>
              <input type="submit" name="do" value="decline">
            </form><a href="/help">Help</a></main>"#,
        );
        assert_eq!(page.screen.as_deref(), Some("code"));
        assert!(page.alert);
        assert_eq!(page.links, ["/help"]);
        let form = &page.forms[0];
        assert!(form.posts && form.action == "/sign/1");
        let fields: Vec<_> =
            form.fields.iter().map(|field| (&*field.name, &*field.value)).collect();
        assert_eq!(
            fields,
            [("screen", "code"), ("code", ""), ("yes", "on"), ("must", "y"), ("language", "EN")]
        );
        assert_eq!(form.fields.iter().filter(|field| field.wants_code).count(), 1);
        let pressed: Vec<_> = form.buttons.iter().map(|button| &*button.value).collect();
        assert_eq!(pressed, ["sign", "decline"]);
    }

    #[test]
    fn nonsense_is_an_empty_page() {
        for text in ["", "<<<>>>", "\u{0}\u{1}"] {
            assert_eq!(Page::read(text), Page::default());
        }
    }
}
