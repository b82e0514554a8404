//! The program `conformance`. It only hands over to the library, so that tests can reach
//! everything.

use std::process::ExitCode;

fn main() -> ExitCode {
    conformance::cli::main()
}
