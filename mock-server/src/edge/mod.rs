//! One request's trip between the socket and the world, in pure pieces: route, decode, encode,
//! and the lines of the trace. The corridor walks through them in order.

pub mod corridor;
pub mod decode;
pub mod distort;
pub mod encode;
pub mod form;
pub mod json;
pub mod lines;
pub mod notice;
pub mod path;
mod people;
pub mod route;
pub(crate) mod selfcheck;

#[cfg(test)]
mod tests;
