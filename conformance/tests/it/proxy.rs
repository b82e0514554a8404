//! A proxy of our own between the runner and the mock, which alters one thing in a thousand
//! answers: what no scenario of the mock can be, since the mock is itself to be doubted here.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use conformance::{
    full::Stop,
    http,
    properties::{self, Sort},
    run::Settings,
    site::Site,
    tls::{self, Files, ThumbprintHash},
};
use contract::trace;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use judge::{Person, Verdict, repeat};
use tokio::net::TcpListener;
use url::Url;

use crate::stage::{Stage, walked};

/// So many answers pass as they are.
const THOUSAND: usize = 1000;

/// What is done to an answer, the how manyth it is; it says whether it did anything.
type Alter = fn(&Method, &str, &mut Response<Bytes>, usize) -> bool;

#[derive(Default)]
struct Counts {
    answers: AtomicUsize,
    before_the_first: AtomicUsize,
    altered: AtomicUsize,
}

/// Puts the proxy before the API of a stage.
async fn before(stage: &Stage, settings: &mut Settings, alter: Alter) -> Arc<Counts> {
    let ready = stage.ready();
    let files = Files {
        ca: &ready.ca,
        client_certificate: &ready.client_cert,
        client_key: &ready.client_key,
    };
    let identity = tls::open(files, ThumbprintHash::default()).unwrap();
    let upstream = http::client(Some(identity.merchant)).unwrap();
    let base = settings.target.api.clone();
    let counts = Arc::new(Counts::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    settings.target.api = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let own = Arc::clone(&counts);
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            let (upstream, base, counts) = (upstream.clone(), base.clone(), Arc::clone(&own));
            let service = service_fn(move |request| {
                let (upstream, base, counts) =
                    (upstream.clone(), base.clone(), Arc::clone(&counts));
                async move {
                    Ok::<_, Infallible>(passed(request, &upstream, &base, (&counts, alter)).await)
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    counts
}

async fn passed(
    request: Request<Incoming>,
    upstream: &reqwest::Client,
    base: &Url,
    (counts, alter): (&Counts, Alter),
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let url = base.join(&head.uri.to_string()).unwrap();
    let mut headers = head.headers.clone();
    headers.remove("host");
    let sent = upstream.request(head.method.clone(), url).headers(headers).body(body).send().await;
    let came = sent.unwrap();
    let mut response = Response::builder().status(came.status());
    for (name, value) in came.headers().iter().filter(|(name, _)| *name != "content-length") {
        response = response.header(name, value);
    }
    let mut response = response.body(came.bytes().await.unwrap()).unwrap();
    let nth = counts.answers.fetch_add(1, Ordering::Relaxed) + 1;
    if alter(&head.method, head.uri.path(), &mut response, nth)
        && counts.altered.fetch_add(1, Ordering::Relaxed) == 0
    {
        counts.before_the_first.store(nth - 1, Ordering::Relaxed);
    }
    response.map(Full::new)
}

/// Whoever asks for the code once more before there was any is told that it was sent.
fn sent_before_it_could_be(
    method: &Method,
    path: &str,
    response: &mut Response<Bytes>,
    nth: usize,
) -> bool {
    let is_it = method == Method::POST && path.ends_with("/resend-code");
    let alters = is_it && nth > THOUSAND && response.status().is_client_error();
    if alters {
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().remove("content-type");
        *response.body_mut() = Bytes::new();
    }
    alters
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_thing_in_a_thousand_answers_is_found_and_shrunk_to_one_step() {
    let stage = Stage::new(7).await;
    let mut settings = stage.settings(Person::Complete);
    let counts = before(&stage, &mut settings, sent_before_it_could_be).await;
    let site = Site::open(settings).await.unwrap();
    let explored =
        Box::pin(properties::explore(&site, (Sort::Sequences, 7), (&[], 0..600), &Stop::default()))
            .await
            .unwrap();
    let found = explored.failure.unwrap();
    let (answers, altered) =
        (counts.before_the_first.load(Ordering::Relaxed), counts.altered.load(Ordering::Relaxed));
    assert!(answers >= THOUSAND && altered > 1, "{answers} {altered}");
    // Somebody has to be there to ask; the rest is one step.
    let [created, step] = found.deeds.as_slice() else { panic!("{}", found.told()) };
    assert_eq!(created.words(), "a create-user");
    assert_eq!(step.words(), "a resend-phone-code");
    assert_eq!(found.was, [vec![201], vec![204]]);

    let sound = Stage::new(8).await;
    let sound = Site::open(sound.settings(Person::Complete)).await.unwrap();
    let (is, settled) = Box::pin(found.replay(&sound)).await.unwrap();
    assert_eq!((is[1].as_slice(), settled.verdict), (&[400][..], Verdict::Pass));
}

/// One word of one late answer.
fn one_word(_: &Method, path: &str, response: &mut Response<Bytes>, _: usize) -> bool {
    let alters = path.ends_with("finalize-external-identification");
    if alters {
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        *response.body_mut() = Bytes::from(text.replace("individualId\":7", "individualId\":8"));
    }
    alters
}

fn nothing(_: &Method, _: &str, _: &mut Response<Bytes>, _: usize) -> bool {
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_run_that_differs_in_one_word_is_noticed() {
    let mut traces = Vec::new();
    for alter in [nothing as Alter, nothing, one_word] {
        let stage = Stage::new(7).await;
        let mut settings = stage.settings(Person::Complete);
        let path = settings.trace.clone();
        let counts = before(&stage, &mut settings, alter).await;
        walked(settings).await;
        assert!(counts.answers.load(Ordering::Relaxed) > 10, "it went through the proxy");
        traces.push(trace::read(&std::fs::read_to_string(path).unwrap()).unwrap());
    }
    assert_eq!(repeat::judge(&traces[0], &traces[1]).verdict, Verdict::Pass);
    let noticed = repeat::judge(&traces[0], &traces[2]);
    assert_eq!(noticed.verdict, Verdict::Fail);
    let [finding] = noticed.findings.as_slice() else { panic!("{noticed:?}") };
    assert!(finding.wanted.contains("\"individualId\":7"), "{finding:?}");
    assert!(finding.got.contains("\"individualId\":8"), "{finding:?}");
}
