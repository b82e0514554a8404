//! Random requests, typed by the rows of the contract: any field of any call, with a value that is
//! near what its row allows, of another type, at a bound, or plain noise.

use std::ops::Range;

use contract::{EndpointRow, FieldRow, field::Kind, step::Step};
use judge::{
    Plan,
    story::{Deed, Who},
    typed,
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

/// How many requests one case has.
const REQUESTS: Range<usize> = 1..9;

/// Where somebody stands who sends them.
const STATES: &[Step] = &[Step::CreateUser, Step::ConfirmEmail, Step::VerifyPhone, Step::Initiate];

/// Requests as deeds.
pub(super) fn deeds(plan: Plan) -> BoxedStrategy<Vec<Deed>> {
    let states: Vec<_> = STATES.iter().copied().filter(|step| plan.has(*step)).collect();
    let rows = plan.tables().map(|tables| typed::rows(tables, &plan)).unwrap_or_default();
    let fields: Vec<(&'static EndpointRow, &'static FieldRow)> =
        rows.into_iter().flat_map(|row| row.fields.iter().map(move |field| (row, field))).collect();
    let one = select(fields).prop_flat_map(|(row, field)| {
        value(field).prop_map(move |value| typed::ask(row, field, value))
    });
    let walked = select(states).prop_map(|to| Deed::Walk { user: Who::A, to });
    let all = (walked, vec(one, REQUESTS));
    all.prop_map(|(walked, asked)| [walked].into_iter().chain(asked).collect()).boxed()
}

fn value(field: &FieldRow) -> BoxedStrategy<Value> {
    let near = match field.kind {
        Kind::Int32 { .. } | Kind::ZeroOrOne | Kind::Number | Kind::NumberedCode(_) => numbers(),
        Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        _ => texts(),
    };
    prop_oneof![3 => near, 1 => numbers(), 1 => texts(), 1 => others()].boxed()
}

fn numbers() -> BoxedStrategy<Value> {
    let bounds = [
        json!(0),
        json!(-1),
        json!(i32::MAX),
        json!(i32::MIN),
        json!(i64::from(i32::MAX) + 1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(0.5),
        json!(-0.0),
        json!(1e308),
    ];
    let any = any::<i32>().prop_map(Value::from);
    prop_oneof![2 => select(bounds.to_vec()), 1 => any].boxed()
}

fn texts() -> BoxedStrategy<Value> {
    let odd = [
        "",
        " ",
        "null",
        "NaN",
        "0x10",
        "１２３",
        "\u{0}",
        "\u{feff}",
        "\u{202e}txt",
        "é\u{301}",
        "a@b",
        "+359",
        "00000000-0000-0000-0000-000000000000",
        "../../etc",
        "%00",
        "{{7*7}}",
        "' OR 1=1 --",
        "<script>",
        "\r\nSet-Cookie: a=b",
    ];
    let odd = select(odd.to_vec()).prop_map(Value::from);
    // A dollar sign begins what a story stands for by name.
    let any = "[^$]{1}.{0,40}".prop_map(Value::from);
    let long = (1_000..20_000_usize).prop_map(|length| Value::from("x".repeat(length)));
    prop_oneof![4 => odd, 4 => any, 1 => long].boxed()
}

fn others() -> BoxedStrategy<Value> {
    let odd = [json!(null), json!(true), json!([]), json!({}), json!([[]]), json!({ "": null })];
    let deep = (1..60_usize).prop_map(|depth| {
        (0..depth).fold(
            json!(1),
            |inner, at| if at % 2 == 0 { json!([inner]) } else { json!({ "a": inner }) },
        )
    });
    prop_oneof![4 => select(odd.to_vec()), 1 => deep].boxed()
}
