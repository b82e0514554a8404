//! From checked fields to what is asked of the world.
//! Everything that could be wrong was refused before; here nothing is judged again.

use contract::{Call, EndpointRow, Problem, lists::CodeList, problem::Refusal};
use sim::command::Ask;

use super::{Node, Param, Value};

/// What a path asks.
pub(super) fn of_path(row: &'static EndpointRow, params: &[Param<'_>]) -> Result<Ask, Refusal> {
    let raw = |name: &str| params.iter().find(|(known, _)| *known == name).map(|(_, sent)| *sent);
    let user = || raw("id").and_then(|id| id.parse().ok());
    let list = CodeList::ALL.iter().find(|list| list.call() == row.call);
    let ask = match row.call {
        Call::UserStatus => user().map(|user| Ask::UserStatus { user }),
        Call::ResendPhoneCode => user().map(|user| Ask::ResendPhoneCode { user }),
        Call::IdentificationStatus => {
            poll(user(), raw("userType"), raw("isIdentificationCompleted"))
        }
        Call::PostalCode => raw("zip").zip(raw("country")).map(|(zip, country)| Ask::PostalCode {
            zip: zip.to_owned(),
            country: country.to_owned(),
        }),
        Call::KycDocuments => {
            let individual = raw("individualId").and_then(|id| id.parse().ok());
            individual.map(|individual| Ask::KycDocuments { individual })
        }
        _ => list.map(|list| Ask::List(*list)),
    };
    ask.ok_or(Refusal::new(Problem::ServerError))
}

/// What a body asks.
pub(super) fn of_body(row: &'static EndpointRow, root: &Node) -> Result<Ask, Refusal> {
    built(row.call, root).ok_or(Refusal::new(Problem::ServerError))
}

/// `None` cannot come out of checked fields: a row and this function would have to disagree, which
/// a test over every row excludes.
fn built(call: Call, root: &Node) -> Option<Ask> {
    let field = |name: &str| root.find(name).map(|(node, _)| node);
    let text_of = |name: &str| field(name).and_then(text);
    let language = |name: &str| text_of(name).filter(|language| !language.is_empty());
    let id = |name: &str| field(name).and_then(integer);
    Some(match call {
        Call::CreateUser => {
            Ask::CreateUser { merchant: id("merchantId")?, email: text_of("email") }
        }
        Call::ConfirmEmail => Ask::ConfirmEmail { user: id("id")?, token: text_of("token")? },
        Call::SendEmailConfirmation => {
            Ask::SendEmailConfirmation { user: id("id")?, email: text_of("email")? }
        }
        Call::SendPhoneCode => {
            Ask::SendPhoneCode { user: id("id")?, phone: text_of("phoneNumber")? }
        }
        Call::VerifyPhone => Ask::VerifyPhone { user: id("id")?, code: text_of("code")? },
        Call::Initiate => Ask::Initiate {
            user: id("userId")?,
            restart: field("isRestartIdentification").and_then(lenient_flag).unwrap_or(false),
            language: language("userLanguage").or_else(|| language("browserLanguage")),
        },
        Call::AddAdditionalData => Ask::AddAdditionalData {
            user: id("id")?,
            data: field("additionalData.data")?.to_value().to_string(),
        },
        Call::EnrollIndividual => {
            Ask::EnrollIndividual { user: id("userId")?, data: root.to_value().to_string() }
        }
        Call::Finalize => Ask::Finalize { user: id("userId")? },
        _ => return None,
    })
}

fn poll(user: Option<i32>, user_type: Option<&str>, completed: Option<&str>) -> Option<Ask> {
    Some(Ask::IdentificationStatus {
        user: user?,
        // By way of the type that was checked: `-0` is one of its zeros.
        user_type: user_type?.parse::<i32>().ok()?.try_into().ok()?,
        completed: flag(completed?)?,
    })
}

/// `true` or `false` in any case, as route binding reads it.
pub(super) fn flag(text: &str) -> Option<bool> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("true") { Some(true) } else { is("false").then_some(false) }
}

/// A flag, also from the texts and numbers that Newtonsoft.Json converts. Whether that is allowed
/// was decided with the types.
pub(super) fn lenient_flag(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Flag(flag) => Some(*flag),
        Value::Text(text) => flag(text.trim()),
        Value::Number(text) => text.parse::<f64>().ok().map(|number| number != 0.0),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// An integer, also from a text.
pub(super) fn integer(node: &Node) -> Option<i32> {
    match &node.value {
        Value::Number(text) => text.parse().ok(),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Null | Value::Flag(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A text, also from a number or flag.
pub(super) fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) | Value::Number(text) => Some(text.clone()),
        Value::Flag(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
