//! One case as the judges of clients see it: the lines of its trace, joined and in order.
//! Nothing is judged here; what belongs together is put together.

use contract::{
    Call, Instant,
    trace::{
        Decided, Exchange, Line, Page, Redirected, Transported,
        client::{Ending, Note},
    },
};

use super::{case::Case, declaration::Declaration};

/// A request with what became of it.
#[derive(Debug)]
pub struct Seen<'a> {
    /// Where it stands in the trace: the number of its line, from 0.
    pub line: usize,
    /// Its step.
    pub step: u64,
    /// When it was whole.
    pub at: Instant,
    /// The request and the answer that was meant.
    pub said: &'a Exchange,
    /// The rules that were armed for its answer.
    pub armed: Vec<&'a str>,
    /// The line on which its answer left.
    pub left: Option<usize>,
    /// The connection by which it left.
    pub connection: u64,
    /// Whether its answer was so large that a client may refuse to read it.
    pub oversized: bool,
    /// Whether the client got a whole answer that it had to read.
    pub whole: bool,
}

impl Seen<'_> {
    /// Whether it is this call.
    #[must_use]
    pub fn is(&self, call: Call) -> bool {
        self.said.call == Some(call)
    }

    /// Whether the client was told that it succeeded.
    #[must_use]
    pub fn granted(&self) -> bool {
        self.whole && (200..300).contains(&self.said.status)
    }

    /// The status that a poll told.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.said.answer.as_ref()?.get("videoIdentificationStatus")?.as_str()
    }

    /// The number of its body.
    #[must_use]
    pub fn body(&self) -> Option<u32> {
        use contract::trace::client::Noticed;
        self.said.noticed.iter().find_map(|noticed| match noticed {
            Noticed::Body(number) => Some(*number),
            _ => None,
        })
    }
}

/// A fault that was armed, and whether it arrived.
#[derive(Debug)]
pub struct Fault<'a> {
    /// The line.
    pub line: usize,
    /// The connection.
    pub connection: u64,
    /// The step that armed it.
    pub step: u64,
    /// The rule.
    pub rule: &'a str,
    /// What it does.
    pub effect: &'a str,
    /// Whether it reached the client.
    pub delivered: bool,
}

/// A line of another kind, with its place and moment.
#[derive(Debug)]
pub struct At<'a, T> {
    /// The line.
    pub line: usize,
    /// The step.
    pub step: u64,
    /// The moment.
    pub at: Instant,
    /// What it tells.
    pub what: &'a T,
}

/// One case.
#[derive(Debug)]
pub struct View<'a> {
    /// Which.
    pub case: &'static Case,
    /// What was declared of the client.
    pub declared: &'a Declaration,
    /// The requests to the API and the identity server.
    pub requests: Vec<Seen<'a>>,
    /// What people did on pages.
    pub pages: Vec<At<'a, Page>>,
    /// Where browsers were sent.
    pub landings: Vec<At<'a, Redirected>>,
    /// What the harness told.
    pub notes: Vec<At<'a, Note>>,
    /// Faults, as the sockets saw them.
    pub faults: Vec<Fault<'a>>,
    /// Connections to the API and the identity server whose handshake succeeded: number, role of
    /// the certificate, host.
    pub handshakes: Vec<(usize, u64, Option<&'a str>, contract::Host)>,
    /// Handshakes that failed: line, connection, host.
    pub refused: Vec<(usize, u64, contract::Host)>,
    /// Connections that closed, with their lines.
    pub closed: Vec<(usize, u64)>,
    /// How many times as fast as real time the clock of the world ran.
    pub scale: i64,
    /// Whether lines were lost.
    pub evicted: bool,
    /// Whether the healthy runs before and after it were finished.
    pub enclosed: bool,
    /// The moment of the last line.
    pub end: Instant,
}

impl<'a> View<'a> {
    /// The view of these lines.
    #[must_use]
    pub fn of(
        (case, scale): (&'static Case, i64),
        declared: &'a Declaration,
        lines: &'a [Line],
    ) -> Self {
        let mut view = Self {
            case,
            declared,
            requests: Vec::new(),
            pages: Vec::new(),
            landings: Vec::new(),
            notes: Vec::new(),
            faults: Vec::new(),
            handshakes: Vec::new(),
            refused: Vec::new(),
            closed: Vec::new(),
            scale,
            evicted: false,
            enclosed: true,
            end: Instant::STEPPED_START,
        };
        for (number, line) in lines.iter().enumerate() {
            match line {
                Line::Trace(_) => {}
                Line::Decision(decision) => {
                    view.end = decision.at;
                    view.decided(number, (decision.step, decision.at), &decision.what);
                }
                Line::Transport(transport) => view.transported(number, &transport.what),
            }
        }
        view
    }

    fn decided(&mut self, line: usize, (step, at): (u64, Instant), what: &'a Decided) {
        match what {
            Decided::Exchange(said) => self.requests.push(Seen {
                line,
                step,
                at,
                said,
                armed: Vec::new(),
                left: None,
                connection: 0,
                oversized: false,
                whole: false,
            }),
            Decided::Armed(armed) => {
                if let Some(seen) = self.of_step(step) {
                    seen.armed.push(rule_of(&armed.fault));
                    seen.oversized |= armed.effect == "body huge";
                }
            }
            Decided::Page(what) => self.pages.push(At { line, step, at, what }),
            Decided::Redirected(what) => self.landings.push(At { line, step, at, what }),
            Decided::Client(what) => self.notes.push(At { line, step, at, what }),
            _ => {}
        }
    }

    fn transported(&mut self, line: usize, what: &'a Transported) {
        match what {
            Transported::Delivered { connection, step, cut, .. } => {
                let (connection, cut) = (*connection, *cut);
                if let Some(seen) = self.of_step(*step) {
                    seen.left = Some(line);
                    seen.connection = connection;
                    seen.whole |= !cut && !seen.oversized;
                }
            }
            Transported::Fault { connection, step, fault, effect, delivered } => {
                self.faults.push(Fault {
                    line,
                    connection: *connection,
                    step: *step,
                    rule: rule_of(fault),
                    effect,
                    delivered: *delivered,
                })
            }
            Transported::Handshake { connection, host, certificate, .. } => {
                self.handshakes.push((line, *connection, certificate.as_deref(), *host));
            }
            Transported::HandshakeFailed { connection, host, .. } => {
                self.refused.push((line, *connection, *host));
            }
            Transported::Closed { connection, .. } => self.closed.push((line, *connection)),
            Transported::Evicted { .. } => self.evicted = true,
            Transported::Visited { .. } | Transported::Aborted { .. } => {}
        }
    }

    fn of_step(&mut self, step: u64) -> Option<&mut Seen<'a>> {
        self.requests.iter_mut().rev().find(|seen| seen.step == step)
    }

    /// By how much an interval may be missed: the larger of a tenth and 250 ms of real time.
    #[must_use]
    pub fn tolerance(&self, millis: i64) -> i64 {
        (millis / 10).max(250 * self.scale)
    }

    /// All requests of a call.
    pub fn calls(&self, call: Call) -> impl DoubleEndedIterator<Item = &Seen<'a>> {
        self.requests.iter().filter(move |seen| seen.is(call))
    }

    /// All polls.
    pub fn polls(&self) -> impl DoubleEndedIterator<Item = &Seen<'a>> {
        self.calls(Call::IdentificationStatus)
    }

    /// All token calls.
    pub fn token_calls(&self) -> impl DoubleEndedIterator<Item = &Seen<'a>> {
        let is_one = |seen: &&Seen<'a>| seen.is(Call::MtlsToken) || seen.is(Call::PlainToken);
        self.requests.iter().filter(is_one)
    }

    /// The requests for which this rule was armed.
    pub fn hit(&self, rule: &'static str) -> impl DoubleEndedIterator<Item = &Seen<'a>> {
        self.requests.iter().filter(move |seen| seen.armed.contains(&rule))
    }

    /// The requests after a line.
    pub fn after(&self, line: usize) -> impl DoubleEndedIterator<Item = &Seen<'a>> {
        self.requests.iter().filter(move |seen| seen.line > line)
    }

    /// The user that this client made last, as far as it knows.
    #[must_use]
    pub fn user(&self) -> Option<i64> {
        let mut made = self.calls(Call::CreateUser).filter(|seen| seen.granted());
        made.next_back().and_then(|seen| seen.said.answer.as_ref()?.get("id")?.as_i64())
    }

    /// How the client ended, the last time.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.notes.iter().rev().find_map(|note| match note.what {
            Note::Ended(ending) => Some(*ending),
            _ => None,
        })
    }

    /// Whether the client went away before a slow answer came. Where in the trace that stands is a
    /// matter of luck: the server hears of it when it can.
    #[must_use]
    pub fn left_alone(&self, slow: &Seen<'_>) -> bool {
        self.faults.iter().any(|fault| fault.step == slow.step && !fault.delivered)
    }

    /// Whether the client was alive after a line: it asked something, or ended as agreed.
    #[must_use]
    pub fn alive_after(&self, line: usize) -> bool {
        let ended = matches!(self.ending(), Some(Ending::Done | Ending::GaveUp));
        ended || self.after(line).next().is_some()
    }

    /// Whether the onboarding was finalised and the client was told.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.calls(Call::Finalize).any(Seen::granted)
    }

    /// The first landing on the Success URL after a journey.
    #[must_use]
    pub fn landed(&self, leg: contract::trace::Leg) -> Option<&At<'a, Redirected>> {
        self.landings
            .iter()
            .find(|at| at.what.leg == leg && at.what.to == contract::trace::Landing::Success)
    }
}

fn rule_of(fault: &str) -> &str {
    fault.rsplit('/').next().unwrap_or(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::cases;

    /// A poll with this effect on its answer, which left whole.
    fn lines(effect: &str) -> Vec<Line> {
        let at = Instant::STEPPED_START.to_string();
        let decision =
            |what: &str| format!(r#"{{"class":"decision","step":4,"at":"{at}","what":{what}}}"#);
        let exchange = r#"{"exchange":{"call":"identification-status","host":"api",
            "method":"GET","path":"/x","status":200}}"#;
        let armed = format!(r#"{{"armed":{{"fault":"case/huge","effect":"{effect}"}}}}"#);
        let left = r#"{"class":"transport","us":1,"what":{"delivered":{"connection":2,"step":4,
            "status":200,"bytes":9}}}"#;
        let texts = [decision(exchange), decision(&armed), left.to_owned()];
        texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
    }

    #[test]
    fn nobody_has_to_read_an_answer_that_is_far_too_large() {
        let declared: Declaration = serde_json::from_value(serde_json::json!({
            "name": "a client", "version": "1", "edition": "2025-09",
        }))
        .unwrap();
        for (effect, whole) in [("body huge", false), ("body unknown-member", true)] {
            let lines = lines(effect);
            let view = View::of((cases::HEALTHY, 1), &declared, &lines);
            let poll = view.polls().next().unwrap();
            assert_eq!((poll.whole, poll.connection, &*poll.armed), (whole, 2, &["huge"][..]));
        }
    }

    #[test]
    fn a_client_that_went_away_is_told_from_one_that_waits() {
        let declared: Declaration = serde_json::from_value(serde_json::json!({
            "name": "a client", "version": "1", "edition": "2025-09",
        }))
        .unwrap();
        for delivered in [true, false] {
            let mut lines = lines("delay 7s");
            let fault = format!(
                r#"{{"class":"transport","us":2,"what":{{"fault":{{"connection":2,"step":4,
                "fault":"case/huge","effect":"delay 7s","delivered":{delivered}}}}}}}"#
            );
            lines.push(serde_json::from_str(&fault).unwrap());
            let view = View::of((cases::HEALTHY, 1), &declared, &lines);
            assert_eq!(view.left_alone(view.polls().next().unwrap()), !delivered);
        }
    }
}
