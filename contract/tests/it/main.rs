//! Tests of the law as a whole: its tables, its provenance, its golden messages, its trace format.

mod golden;
mod names;
mod provenance;
mod tables;
mod trace_format;
