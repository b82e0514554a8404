//! Errands: the mock follows a redirect to the merchant for the person of a scenario, who has no
//! browser. Only addresses of this machine are visited; the trace tells what came of each visit.

use std::{
    net::IpAddr,
    sync::{Arc, Weak},
    time::Duration,
};

use bytes::Bytes;
use contract::trace::Transported;
use http::{Request, header};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use sim::outcome::Visit;
use tokio::{net::TcpStream, sync::mpsc::UnboundedReceiver, time::timeout};
use url::{Host, Url};

use crate::workspace::Workspace;

/// How long a merchant may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs errands one after the other, as a browser would, for as long as the workspace lives.
pub async fn run(mut errands: UnboundedReceiver<Visit>, workspace: Weak<Workspace>) {
    while let Some(visit) = errands.recv().await {
        let came = go(&visit.url).await;
        let Some(workspace) = Weak::upgrade(&workspace) else { return };
        note(&workspace, &visit, came);
    }
}

fn note(workspace: &Arc<Workspace>, visit: &Visit, came: Result<u16, String>) {
    let Visit { user, leg, .. } = *visit;
    let (status, failure) = match came {
        Ok(status) => (Some(status), None),
        Err(why) => (None, Some(why)),
    };
    workspace.transport(Transported::Visited { user, leg, status, failure });
}

async fn go(address: &str) -> Result<u16, String> {
    let url = Url::parse(address).map_err(|error| format!("not visited: {error}"))?;
    let host = visitable(&url)?;
    let port = url.port_or_known_default().unwrap_or(80);
    let visiting = async {
        let socket = TcpStream::connect((host.as_str(), port)).await.map_err(told)?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(socket)).await.map_err(told)?;
        let authority = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        };
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let request = Request::get(target)
            .header(header::HOST, authority)
            .header(header::ACCEPT, "text/html")
            .body(Empty::<Bytes>::new())
            .map_err(told)?;
        let answering = tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(told);
        answering.abort();
        answer.map(|answer| answer.status().as_u16())
    };
    timeout(PATIENCE, visiting).await.unwrap_or_else(|_| Err("no answer in time".to_owned()))
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// The host of an address that may be visited: plain HTTP on this machine.
fn visitable(url: &Url) -> Result<String, String> {
    if url.scheme() != "http" {
        return Err(format!("not visited: {} is not plain http", url.scheme()));
    }
    let (host, is_here) = match url.host() {
        Some(Host::Ipv4(address)) => (address.to_string(), IpAddr::V4(address).is_loopback()),
        Some(Host::Ipv6(address)) => (address.to_string(), IpAddr::V6(address).is_loopback()),
        // Browsers send these names to this machine without asking anybody.
        Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
            ("127.0.0.1".to_owned(), true)
        }
        _ => (String::new(), false),
    };
    if is_here { Ok(host) } else { Err("not visited: it is not on this machine".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_visited() {
        let of = |address: &str| visitable(&Url::parse(address).unwrap());
        for here in ["http://127.0.0.1:9/x", "http://[::1]/", "http://localhost:80/"] {
            assert!(of(here).is_ok(), "{here}");
        }
        assert_eq!(of("http://merchant.localhost/").unwrap(), "127.0.0.1");
        for elsewhere in [
            "https://127.0.0.1/",
            "http://example.org/",
            "http://10.0.0.1/",
            "http://localhost.example.org/",
            "http://127.0.0.1.nip.example/",
        ] {
            let why = of(elsewhere).unwrap_err();
            assert!(why.starts_with("not visited: "), "{elsewhere}: {why}");
        }
    }

    #[tokio::test]
    async fn what_does_not_answer_is_told() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let closed = format!("http://{}/", listener.local_addr().unwrap());
        drop(listener);
        assert!(go(&closed).await.is_err());
        assert!(go("nowhere").await.unwrap_err().starts_with("not visited"));
    }
}
