//! Judging clients: the cases that a client goes through, the rows it is judged by, and the
//! verdicts. All of it is a function of a trace: the same trace gives the same verdicts, anywhere
//! and later.

pub mod bundle;
pub mod case;
pub mod cases;
pub mod declaration;
pub mod explore;
pub mod row;
pub mod rows;
pub mod verdicts;
pub mod view;

pub use bundle::{Bundle, Head, Played};
pub use case::{Case, Extra, Feature, Group, Human};
pub use declaration::Declaration;
pub use row::{Cases, Found, Level, Row, Watch, Weight};
pub use verdicts::{Evidence, InCase, Ruling, rulings};
