//! Finalising, errors, and what holds over whole runs.
//! The last group needs runs of its own and a model to compare with.

use contract::Variant;

use crate::{
    always,
    stories::{ends, errors, reach},
};

use super::{Effect, Requirement, Source, Target, row};

const FINALIZE: Source = Source::Page("finalize-external-identification-api");
const PERSON: &[Effect] = &[Effect::Users, Effect::Mails, Effect::Sms, Effect::Person];

pub(super) const ROWS: &[Requirement] = &[
    row("SC-FIN-01", "finalise after success", "200 with a GUID and an integer")
        .always()
        .identifying()
        .costs(PERSON)
        .from(&[FINALIZE])
        .tells(ends::once)
        .broken_by(&["sc-fin-01-no-guid"]),
    row("SC-FIN-02", "finalise in every earlier state", "400, and nothing changes")
        .always()
        .identifying()
        .costs(&[Effect::Users])
        .from(&[FINALIZE])
        .tells(ends::too_early)
        .broken_by(&["sc-fin-02-finalised-early"]),
    row("SC-FIN-03", "finalise once more", "the same two identifiers")
        .always()
        .identifying()
        .costs(PERSON)
        .under(&[Variant::RepeatFinalize])
        .from(&[FINALIZE])
        .tells(ends::again)
        .broken_by(&["sc-fin-03-new-identifiers"])
        .along_with(&["SC-FIN-04"]),
    row("SC-FIN-04", "finalise ten times at once", "one outcome, and all agree")
        .always()
        .identifying()
        .on(Target::Mock)
        .from(&[FINALIZE])
        .tells(ends::at_once)
        .broken_by(&["sc-fin-04-two-outcomes"]),
    row("SC-FIN-05", "finalise an unknown, a foreign, an impossible user", "404 or 400")
        .identifying()
        .under(&[Variant::UnknownUser])
        .from(&[FINALIZE])
        .tells(ends::strangers)
        .broken_by(&["sc-fin-05-nobody-finalised"]),
    row("SC-FIN-06", "read the lifecycle after it", "it has moved on; when is told")
        .should()
        .identifying()
        .costs(PERSON)
        .under(&[Variant::Activation])
        .from(&[Source::Page("check-user-status")])
        .tells(ends::lifecycle)
        .broken_by(&["sc-fin-06-lifecycle-stuck"]),
    row(
        "SC-ERR-01",
        "look at every 4xx with a body",
        "a JSON object; of a problem the members are typed and status is the status line's",
    )
    .always()
    .from(&[Source::Rfc(9457, "3.1"), Source::Page("create-user")])
    .tells(errors::refusals)
    .holds(always::refusals_are_json)
    .broken_by(&["sc-err-01-status-differs"]),
    row("SC-ERR-02", "look at the media type of errors", "problem+json; another one is told")
        .should()
        .from(&[Source::Rfc(9457, "3")])
        .holds(always::problems_are_labelled)
        .broken_by(&["sc-err-02-plain-json"]),
    row("SC-ERR-03", "send anything", "never a 5xx")
        .always()
        .from(&[Source::Practice("no input of a client is the server's failure")])
        .tells(errors::anything)
        .holds(always::never_fails)
        .broken_by(&["sc-err-03-falls-over"]),
    row("SC-ERR-04", "use a wrong method", "405 with Allow, but at the token endpoint")
        .from(&[Source::Rfc(9110, "15.5.6")])
        .tells(errors::wrong_methods)
        .broken_by(&["sc-err-04-no-allow"]),
    row(
        "SC-ERR-05",
        "send a wrong media type, broken JSON, a huge body, deep nesting",
        "415, 400 or 413, and the connection can still be used",
    )
    .from(&[Source::Rfc(9110, "15.5")])
    .tells(errors::bad_bodies)
    .broken_by(&["sc-err-05-any-media-type"]),
    row("SC-ERR-06", "read the texts of errors", "no stack trace, no code, no token")
        .always()
        .from(&[Source::Practice("errors end in logs and on screens")])
        .holds(always::errors_are_discreet)
        .broken_by(&["sc-err-06-stack-trace"]),
    row("SC-ERR-07", "look at traceId", "there, of the W3C's form, and never the same twice")
        .should()
        .from(&[Source::Page("confirm-email")])
        .holds(always::problems_can_be_traced)
        .broken_by(&["sc-err-07-same-trace-id"]),
    row(
        "SC-ERR-08",
        "look at Retry-After where it is sent",
        "an integer or a date that makes sense",
    )
    .from(&[Source::Rfc(9110, "10.2.3")])
    .tells(errors::throttled)
    .holds(always::retries_make_sense)
    .broken_by(&["sc-err-08-come-again-soon"]),
    row(
        "SC-PRP-01",
        "random legal and illegal sequences",
        "the answers agree with the model, and what fails is shrunk and kept as steps",
    )
    .always()
    .costs(&[Effect::Users])
    .explored()
    .from(&[Source::Practice("nobody writes every case by hand")])
    .broken_by(&["sc-prp-01-third-time"]),
    row("SC-PRP-02", "two users at the same time", "nothing of one shows at the other")
        .always()
        .costs(&[Effect::Users])
        .from(&[Source::Practice("crosstalk is the worst of leaks")])
        .tells(ends::side_by_side)
        .broken_by(&["sc-prp-02-of-the-other"]),
    row(
        "SC-PRP-03",
        "reach every state, status and documented error",
        "each at least once in a run; the rest is listed",
    )
    .on(Target::Mock)
    .tells(reach::everything)
    .broken_in_test("a report in which something was not reached")
    .from(&[Source::Practice("what was never reached was never tested")]),
    row("SC-PRP-04", "the same seed, script and clock twice", "the same transcript")
        .on(Target::Mock)
        .repeated()
        .broken_in_test("a proxy alters the second run")
        .from(&[Source::Practice("a failure has to come back when it is looked at")]),
    row("SC-PRP-05", "a fault off, on and off", "it shows inside its window alone")
        .on(Target::Mock)
        .identifying()
        .tells(ends::windows)
        .broken_by(&["sc-prp-05-fault-stays"])
        .from(&[Source::Practice("a fault that stays spoils what comes after")]),
    row(
        "SC-PRP-06",
        "the same rows against a mock and the sandbox",
        "no difference in status, members, types or headers that nobody knows of",
    )
    .unwatched("a run sees one target; conformance drift compares two")
    .from(&[Source::Practice("a mock is worth as much as it agrees")]),
    row(
        "SC-PRP-07",
        "go through random schedules of faults as a patient client does",
        "afterwards it comes to the end, and nothing that was said to be done is not",
    )
    .always()
    .identifying()
    .on(Target::Mock)
    .explored()
    .from(&[Source::Practice("faults come together, and never where a case expects them")])
    .broken_by(&["sc-prp-07-forgotten-when-final"]),
    row(
        "SC-PRP-08",
        "send random requests that are typed by the rows",
        "each is answered, never with a 5xx, and every refusal can be read",
    )
    .always()
    .on(Target::Mock)
    .explored()
    .from(&[Source::Practice("nobody thinks of every value")])
    .broken_by(&["sc-prp-08-stumbles-over-a-half"]),
];
