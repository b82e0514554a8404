//! Sending the person to a page, and hearing from the browser again.
//! Its quirks add to the address, take an old one, or believe the browser.

use contract::{
    Call,
    trace::{Landing, Leg},
};

use super::{Halt, Merchant};

impl Merchant {
    pub(super) async fn journey(&mut self, leg: Leg) -> Result<(), Halt> {
        let user = self.user.and_then(|user| i32::try_from(user).ok()).ok_or(Halt::GaveUp)?;
        let old = self.breaks("CC-ORD-05") && leg == Leg::Signing;
        let address = if old { self.addresses.first() } else { self.addresses.last() };
        let mut address = address.ok_or(Halt::GaveUp)?.clone();
        if self.breaks("CC-RED-07") {
            address += "?ref=shop";
        }
        let back = self.person.clone().open(user, &address).await;
        let back = back.ok_or(Halt::GaveUp)?;
        if self.breaks("CC-ORD-03") && back.after > 0 {
            self.poll_early().await?;
        }
        self.pause(u64::from(back.after) * 1_000).await;
        for _ in 0..back.times {
            self.person.land(&back).await;
        }
        self.started = back.times;
        if self.breaks("CC-RED-05")
            && let Some((_, other)) = back.query.split_once("userId=")
        {
            let other = other.split('&').next().and_then(|id| id.parse().ok());
            self.user = other.or(self.user);
        }
        if back.landing == Landing::Fail && !self.breaks("CC-RED-03") {
            return Err(Halt::GaveUp);
        }

        Ok(())
    }

    async fn poll_early(&mut self) -> Result<(), Halt> {
        let ask = self.ask(Call::IdentificationStatus, None);
        self.send(&ask, None).await.map(|_| ()).map_err(|_| Halt::GaveUp)
    }

    /// The browser comes to the Success URL again, when everything is over.
    pub async fn landed_again(&mut self) {
        if self.breaks("CC-RED-04") {
            // What comes of it, the trace shows.
            let _ = self.initiate(false).await;
        }
    }
}
