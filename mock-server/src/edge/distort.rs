//! What scenarios do to an answer after the world has given it and before it reaches the socket.
//! Changes of the text are pure, so the trace shows what the client gets; what is done to the
//! connection stands in [`outgoing`] and in the socket under HTTP.

pub mod body;
mod members;
pub mod note;
pub mod outgoing;
pub mod patch;

use contract::scenario::fault::Effect;
use sim::outcome::Armed;

use super::encode::Encoded;

/// The answer as the client gets it, as far as it is a matter of text. Also says of each fault
/// whether it could be done.
#[must_use]
pub fn rewritten(mut encoded: Encoded, armed: &[Armed]) -> (Encoded, Vec<bool>) {
    let mut done = Vec::with_capacity(armed.len());
    for armed in armed {
        done.push(match &armed.effect {
            Effect::Patch(patch) => {
                let (patched, done) = patch::patched(encoded, patch);
                encoded = patched;
                done
            }
            Effect::Body(fault) => match body::changed(&encoded, fault) {
                Some(changed) => {
                    encoded = changed;
                    true
                }
                None => false,
            },
            _ => !armed.void,
        });
    }
    (encoded, done)
}
