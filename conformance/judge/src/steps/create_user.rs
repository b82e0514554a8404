//! Step 1: a user is created once, with 201 and an id that fits an int32. Creating is the one call
//! that nobody may repeat, so a second one is a fault too.

use contract::{Call, step::Step};
use serde_json::Value;

use super::common::{made, member, shown};
use crate::{finding::Findings, view::View};

pub(super) fn check(view: &View<'_>, findings: &mut Findings) {
    let Some(created) = made(view, Step::CreateUser, findings) else { return };
    let id = member(&created, "id");
    let fits = |id: i64| (1..=i64::from(i32::MAX)).contains(&id);
    if !id.and_then(Value::as_i64).is_some_and(fits) {
        let wanted = format!("id is a whole number from 1 to {}", i32::MAX);
        findings.broken(wanted, shown(id), created.number);
    }
    for again in view.calls(Call::CreateUser).iter().filter(|seen| seen.number > created.number) {
        let wanted = "the user is created once, since creating cannot be repeated safely";
        findings.broken(wanted, "another create-user call", again.number);
    }
}

#[cfg(test)]
mod tests {
    use contract::{Call, step::Step};
    use serde_json::json;

    use crate::{Verdict, steps::sample::Sample};

    #[test]
    fn wrong_ids_fail() {
        for id in [json!("2072"), json!(0), json!(2_147_483_648_i64), json!(1.5), json!(null)] {
            let sample = Sample::healthy()
                .edit(Call::CreateUser, |seen| seen.answer = Some(json!({ "id": id })));
            assert_eq!(sample.verdict(Step::CreateUser).verdict, Verdict::Fail, "{id}");
        }
    }

    #[test]
    fn another_status_fails_and_names_its_place() {
        let sample = Sample::healthy().edit(Call::CreateUser, |seen| seen.status = 200);
        let judged = sample.verdict(Step::CreateUser);
        assert_eq!(judged.verdict, Verdict::Fail);
        assert_eq!(judged.findings[0].wanted, "create-user answers 201");
        assert_eq!(judged.findings[0].at, [sample.number(Call::CreateUser)]);
    }

    #[test]
    fn creating_twice_fails() {
        let sample = Sample::healthy().precede(Call::CreateUser, |_| {});
        assert_eq!(sample.verdict(Step::CreateUser).verdict, Verdict::Fail);
    }

    #[test]
    fn no_call_is_not_exercised() {
        let sample = Sample::healthy().without(Call::CreateUser);
        assert_eq!(sample.verdict(Step::CreateUser).verdict, Verdict::NotExercised);
    }
}
