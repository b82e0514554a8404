//! What scenarios do to an answer after the world has given it and before it reaches the socket.
//! Changes of the text are pure, so the trace shows what the client gets.

pub mod patch;

use contract::scenario::fault::Effect;
use sim::outcome::Armed;

use super::encode::Encoded;

/// The answer as the client gets it, as far as it is a matter of text.
#[must_use]
pub fn rewritten(encoded: Encoded, armed: &[Armed]) -> Encoded {
    armed.iter().fold(encoded, |encoded, armed| match &armed.effect {
        Effect::Patch(patch) => patch::patched(encoded, patch),
        _ => encoded,
    })
}
