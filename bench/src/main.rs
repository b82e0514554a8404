//! `make bench`: how much of a bare server's speed is left when state, checks and the trace are on.
//!
//! Both servers run as processes of their own and take turns within one run, so that a noisy
//! machine hurts both alike. Read the ratios, not the absolute numbers.

mod bare;
mod http;
mod load;
mod report;
mod runner;
mod server;
mod setup;
mod workspaces;

use std::{path::PathBuf, process::ExitCode};

use http::Connection;
use load::Load;
use report::Row;
use server::{Kind, Server};
use tokio::net::TcpStream;

/// Requests per round; a round is short so that both servers meet the same weather.
const REQUESTS: usize = 8_000;
const HANDSHAKES: usize = 400;
const USERS: usize = 100_000;
const ROUNDS: usize = 30;
const STARTS: usize = 15;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("bare") => bare::serve(&certs_dir()).await,
        Some(other) => Err(format!("unknown argument '{other}'; run without any").into()),
        None => run().await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::complain(&*error);
            ExitCode::FAILURE
        }
    }
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn certs_dir() -> PathBuf {
    PathBuf::from(".certs")
}

async fn run() -> Outcome<()> {
    let certs = server::open_certs(&certs_dir())?;
    let mut rows = vec![starts()?];
    let bare = Server::start(Kind::Bare)?;
    let mock = Server::start(Kind::Mock)?;
    let world = setup::prepare(&mock, &certs).await?;
    let loads = [
        Load::to(&bare, &certs, &setup::poll_request(&world))?,
        Load::to(&mock, &certs, &setup::poll_request(&world))?,
    ];
    rows.push(
        compare("status polls, kept-alive mutual TLS", "per s", 0.75, &loads, Load::polls).await?,
    );
    rows.push(
        compare("full mutual-TLS handshakes", "per s", 0.90, &loads, Load::handshakes).await?,
    );
    rows.push(idle_rules(&certs, &loads[1]).await?);
    rows.push(memory(&mock, &certs, &world).await?);
    rows.extend(workspaces::measure().await?);
    rows.extend(runner::measure(&loads[1]).await?);
    report::print(&rows);
    report::note(self_check(&mock).await?);
    Ok(())
}

/// What 200 rules cost that never happen: the mock without them is the baseline.
async fn idle_rules(certs: &certs::Minted, plain: &Load) -> Outcome<Row> {
    let ruled = Server::start(Kind::Ruled)?;
    let world = setup::prepare(&ruled, certs).await?;
    let loads = [plain.clone(), Load::to(&ruled, certs, &setup::poll_request(&world))?];
    let name = "the same with 200 idle rules, against none";
    compare(name, "per s", 0.95, &loads, Load::polls).await
}

/// Whether the mock held each answer against its document while it was measured; it says so itself.
async fn self_check(mock: &Server) -> Outcome<&'static str> {
    let control = TcpStream::connect(mock.address("control")?).await?;
    let request = http::request("GET /v1/health", "", "");
    let answer = Connection::new(control).exchange(request.as_bytes()).await?;
    let health: serde_json::Value = serde_json::from_slice(&answer.body)?;
    match health["selfCheck"].as_bool() {
        Some(false) => Ok("self-check: compiled out of release builds; the rates are the baseline"),
        _ => Err("the mock checks its own answers: measure a release build".into()),
    }
}

/// Start to the ready line, both servers in turn.
fn starts() -> Outcome<Row> {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..STARTS {
        for (kind, times) in [Kind::Bare, Kind::Mock].into_iter().zip(&mut times) {
            times.push(Server::start(kind)?.ready_after.as_secs_f64() * 1000.0);
        }
    }
    let [bare, mock] = times.map(report::median);
    Ok(Row::below("start to ready, certificates minted", "ms", (bare, mock), 30.0))
}

async fn compare(
    name: &'static str,
    unit: &'static str,
    aim: f64,
    loads: &[Load; 2],
    measure: impl AsyncFn(&Load) -> Outcome<f64>,
) -> Outcome<Row> {
    let mut rates = [Vec::new(), Vec::new()];
    for load in loads {
        measure(load).await?;
    }
    for round in 0..ROUNDS {
        // Who comes first changes, so that a slow spell that lasts two rounds favours nobody.
        for index in if round % 2 == 0 { [0, 1] } else { [1, 0] } {
            rates[index].push(measure(&loads[index]).await?);
        }
    }
    Ok(Row::ratio(name, unit, &rates, aim))
}

/// Resident memory that a user costs, trace and inbox at their limits included.
async fn memory(mock: &Server, certs: &certs::Minted, world: &setup::Prepared) -> Outcome<Row> {
    let before = mock.resident_bytes()?;
    Load::to(mock, certs, "")?.create_users(world, USERS).await?;
    let after = mock.resident_bytes()?;
    #[expect(clippy::cast_precision_loss, reason = "bytes per user are shown without fractions")]
    let each = after.saturating_sub(before) as f64 / USERS as f64;
    Ok(Row::alone("resident memory per user at 100,000 users", "bytes", each, 1200.0))
}
