//! What one more workspace costs: the time until its listeners take connections, and the memory
//! that it holds when nobody uses it.

use std::time::Instant;

use serde_json::Value;
use tokio::net::TcpStream;

use crate::{
    Outcome,
    http::{self, Connection},
    report::{self, Row},
    server::{Kind, Server},
};

/// How many are added.
const COUNT: usize = 200;

/// Adds workspaces to a mock of its own, one after the other.
pub(crate) async fn measure() -> Outcome<[Row; 2]> {
    let mock = Server::start(Kind::Mock)?;
    let mut control = Connection::new(TcpStream::connect(mock.address("control")?).await?);
    // The first one brings what the process needs for any number of them.
    add(&mut control).await?;
    let before = mock.resident_bytes()?;
    let mut times = Vec::new();
    for _ in 0..COUNT {
        let begin = Instant::now();
        add(&mut control).await?;
        times.push(begin.elapsed().as_secs_f64() * 1000.0);
    }
    let after = mock.resident_bytes()?;
    #[expect(clippy::cast_precision_loss, reason = "KiB are shown without fractions")]
    let each = after.saturating_sub(before) as f64 / COUNT as f64 / 1024.0;
    Ok([
        Row::alone("a workspace more, of 200", "ms", report::median(times), 10.0),
        Row::alone("resident memory per idle workspace", "KiB", each, 1024.0),
    ])
}

async fn add(control: &mut Connection<TcpStream>) -> Outcome<()> {
    let request = http::request("POST /v1/workspaces", "", "{}");
    let answer = control.exchange(request.as_bytes()).await?;
    let made: Value = serde_json::from_slice(&answer.body)?;
    if answer.status == 200 { Ok(()) } else { Err(format!("no workspace: {made}").into()) }
}
