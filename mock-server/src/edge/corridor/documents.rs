//! What the identity server publishes about itself: where everything is, and the keys by which its
//! tokens are checked.

/// What the identity server publishes about itself; the same for as long as it runs.
#[derive(Debug)]
pub struct Documents {
    /// The OpenID provider configuration.
    pub discovery: String,
    /// The token keys.
    pub jwks: String,
}
