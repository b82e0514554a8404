//! Polling in two phases.
//! Its quirks are too fast, too slow, too long, too trusting.

use contract::{Call, trace::Leg};

use super::{Halt, Merchant, wire::Lost};

/// How far apart polls begin, in milliseconds.
const PACE: i64 = 3_000;

/// How long a phase is polled, in milliseconds.
const LIMIT: i64 = 118_000;

const READY: &str = "SIGN_SESSION_ID_SUCCESSFULLY_CREATED";
const SIGNED: &str = "DOCUMENT_SIGN_SUCCESS";

/// What a poll told.
enum Told {
    Status(String, Option<String>),
    Wait(i64),
    Passing,
}

impl Merchant {
    pub(super) async fn first_phase(&mut self) -> Result<(), Halt> {
        let address = self.poll(Leg::Identification).await?;
        match address {
            Some(address) => self.addresses.push(address),
            None if self.breaks("CC-POL-11") => {}
            None => return Err(Halt::GaveUp),
        }
        Ok(())
    }

    pub(super) async fn second_phase(&mut self) -> Result<(), Halt> {
        self.poll(Leg::Signing).await.map(|_| ())
    }

    /// Polls until a phase is over; gives the address that its end brought.
    async fn poll(&mut self, leg: Leg) -> Result<Option<String>, Halt> {
        let target = if leg == Leg::Identification { READY } else { SIGNED };
        let (pace, limit) = match self.quirk {
            Some("CC-POL-01") => (1_000, LIMIT),
            Some("CC-POL-02") => (8_000, LIMIT),
            Some("CC-POL-03") => (PACE, 8 * LIMIT),
            _ => (PACE, LIMIT),
        };
        self.connection = None;
        let begun = self.now().millis();
        let (mut failures, mut processing, mut polls, mut last) = (0, 0, 0, String::new());
        loop {
            let sent = self.now().millis();
            polls += 1;
            let mut next = sent + pace;
            match self.one_poll(leg).await? {
                Told::Status(status, address) if status == target => {
                    let more = match leg {
                        Leg::Identification => self.breaks("CC-POL-04"),
                        Leg::Signing => self.breaks("CC-POL-05"),
                    };
                    if more {
                        self.rest_until(next).await;
                        self.one_poll(leg).await?;
                    }
                    return Ok(address);
                }
                Told::Status(status, _) if status == "ERROR" => {
                    if self.breaks("CC-RED-01") && leg == Leg::Identification {
                        let body = serde_json::json!({ "userId": self.user, "correlationType": 0 });
                        self.call(Call::Finalize, Some(body)).await?;
                    }
                    if !self.breaks("CC-POL-06") {
                        return Err(Halt::GaveUp);
                    }
                }
                Told::Status(status, _) => {
                    if leg == Leg::Signing && status == READY && self.breaks("CC-POL-09") {
                        self.journey(Leg::Signing).await?;
                    }
                    failures = 0;
                    processing += u32::from(status == "PROCESSING");
                    if processing == 4 && self.breaks("CC-ORD-04") {
                        let body = serde_json::json!({ "userId": self.user, "correlationType": 0 });
                        self.call(Call::Finalize, Some(body)).await?;
                    }
                    last = status;
                }
                Told::Wait(millis) if !self.breaks("CC-ERR-03") => next = sent + millis,
                Told::Wait(_) => {}
                Told::Passing => {
                    failures += 1;
                    if polls == 2 && leg == Leg::Signing && self.breaks("second-poll-of-phase-b") {
                        return Err(Halt::GaveUp);
                    }
                    if self.breaks("CC-POL-10") && failures <= 2 {
                        next = sent;
                    }
                    if self.breaks("CC-RES-05") && failures > 5 {
                        return Err(Halt::GaveUp);
                    }
                }
            }
            if next > begun + limit {
                return self.out_of_time(&last).await;
            }
            self.rest_until(next).await;
        }
    }

    /// The phase took too long. A careless client finalises all the same.
    async fn out_of_time(&mut self, last: &str) -> Result<Option<String>, Halt> {
        let believes = self.breaks("CC-RED-02") && last != "PROCESSING"
            || self.breaks("CC-FIN-04") && last == "PROCESSING";
        if believes {
            let body = serde_json::json!({ "userId": self.user, "correlationType": 0 });
            self.call(Call::Finalize, Some(body)).await?;
        }
        Err(Halt::GaveUp)
    }

    async fn rest_until(&self, moment: i64) {
        let left = u64::try_from(moment - self.now().millis()).unwrap_or_default();
        if left > 0 {
            self.pause(left).await;
        }
    }

    async fn one_poll(&mut self, leg: Leg) -> Result<Told, Halt> {
        let loops = if self.breaks("CC-RED-06") && leg == Leg::Identification {
            self.started.max(1)
        } else {
            1
        };
        let mut told = Told::Passing;
        for _ in 0..loops {
            told = self.poll_once().await?;
        }
        Ok(told)
    }

    async fn poll_once(&mut self) -> Result<Told, Halt> {
        let ask = self.ask(Call::IdentificationStatus, None);
        let haste = self.breaks("CC-POL-08").then_some(std::time::Duration::from_secs(3));
        let before = self.connection.take();
        let mut result = self.send(&ask, haste).await;
        if let Ok(reply) = &result
            && reply.status == 401
        {
            self.spent = self.token.take();
            result = self.send(&ask, haste).await;
            if self.token.is_none() {
                return Err(Halt::GaveUp);
            }
        }
        match result {
            Ok(reply) if reply.granted() => {
                let changed = before.is_some() && before != reply.connection;
                self.changes = if changed { self.changes + 1 } else { 0 };
                // One change alone may be the pool, which now and then opens a second connection.
                if self.breaks("CC-RES-04") && self.changes > 1 {
                    return Err(Halt::GaveUp);
                }
                self.connection = reply.connection;
                let status = reply.text("videoIdentificationStatus").map(str::to_owned);
                let address = reply.text("videoIdentificationUrl").map(str::to_owned);
                Ok(status.map_or(Told::Passing, |status| Told::Status(status, address)))
            }
            Ok(reply) if reply.status == 429 => {
                let wait = reply
                    .wait
                    .map_or(2 * PACE, |wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
                Ok(Told::Wait(wait.max(PACE)))
            }
            Ok(reply) if reply.status >= 500 || (300..400).contains(&reply.status) => {
                Ok(Told::Passing)
            }
            Ok(_) => Err(Halt::GaveUp),
            Err(Lost::Body) if self.breaks("CC-RES-02") => Err(Halt::GaveUp),
            Err(Lost::NoToken) => Err(Halt::GaveUp),
            Err(_) => Ok(Told::Passing),
        }
    }
}
