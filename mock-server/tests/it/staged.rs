//! Refusals that a scenario puts in the place of an answer have the form of their row, headers
//! included: in these builds an undeclared answer would become a 500.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use contract::{
    Edition, EndpointRow, Host, Method, Problem, Variants, endpoint::parameter, scenario::read,
};
use http::{Request, header};
use mock_server::{
    MockServer,
    config::Limits,
    edge::corridor::{self, Corridor, Documents},
    serve::Closing,
};
use sim::{
    Command, Envelope,
    command::{ScriptRequest, Whom},
};
use tower::ServiceExt as _;

use crate::client::builder;

#[tokio::test]
async fn every_declared_refusal_of_every_call_can_be_staged() {
    for edition in Edition::served() {
        let tables = edition.tables().unwrap();
        let variants = Variants::of(edition);
        let of_edition = builder().settings(|meant| {
            meant.edition = edition;
            meant.variants = variants;
        });
        let server = of_edition.start().await.unwrap();
        let [api, auth] = [Host::Api, Host::Auth].map(|host| router(&server, host));
        let mut staged = 0;
        for row in tables.endpoints {
            let router = if row.host == Host::Auth { &auth } else { &api };
            for problem in tables.refused(row).iter().map(|refused| refused.row.problem) {
                let Some(form) = tables.problem(problem, Some(row.call), &variants) else {
                    continue;
                };
                stage(&server, &format!("s{staged}"), &scenario(row, problem));
                let answer = router.clone().oneshot(asking(row)).await.unwrap();
                let what = format!("{edition} {} {problem:?}", row.call);
                assert_eq!(answer.status().as_u16(), form.status, "{what}: {answer:?}");
                staged += 1;
            }
        }
        assert!(staged > 100, "{edition}: {staged}");
    }
}

/// A listener without its socket.
fn router(server: &MockServer, host: Host) -> Router {
    corridor::router(Corridor {
        host,
        workspace: Arc::clone(server.workspace()),
        limits: Limits::default(),
        closing: Closing::new(Duration::from_secs(1)),
        documents: Arc::new(Documents { discovery: String::new(), jwks: String::new() }),
    })
}

fn stage(server: &MockServer, name: &str, text: &str) {
    let scenario = read(text).unwrap_or_else(|wrong| panic!("{}", wrong[0].of_file(name)));
    let step = |request| {
        server.workspace().step(Envelope::own(Command::Script(request)));
    };
    step(ScriptRequest::Load { name: name.to_owned(), scenario: scenario.scenario.into() });
    let scenario = Some(name.to_owned());
    step(ScriptRequest::Choose { whom: Whom::Default, scenario });
}

fn scenario(row: &EndpointRow, problem: Problem) -> String {
    format!(
        "title = \"t\"\nwhy = \"w\"\n[[rule]]\nid = \"r\"\nwhen = {{ call = \"{}\", nth = 1 }}\n\
         then = {{ answer = {{ problem = \"{}\" }} }}\n",
        row.call,
        problem.name()
    )
}

fn asking(row: &EndpointRow) -> Request<Body> {
    let segments = row.segments().map(|segment| match parameter(segment) {
        Some("isIdentificationCompleted") => "true",
        Some("userType") => "0",
        Some(_) => "100001",
        None => segment,
    });
    let path = format!("/{}", segments.collect::<Vec<_>>().join("/"));
    let method = if row.method == Method::Get { "GET" } else { "POST" };
    let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
    request.body(Body::empty()).unwrap()
}
