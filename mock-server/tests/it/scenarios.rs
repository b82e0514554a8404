//! Scenarios over real sockets: chosen by an address alone or by the control listener, and what a
//! client then gets.

use contract::trace::{Decided, Decision, Line};
use http::{Method, StatusCode};
use serde_json::json;
