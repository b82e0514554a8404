//! Servers that are no servers: they close, flood, lie about length, redirect for ever or talk HTML.
//! A run ends with the right exit code and one sentence, and never hangs or falls over.

use std::sync::Arc;

use conformance::{
    doctor,
    play::Player,
    report::Report,
    site::{self, Site},
};
use judge::{Person, Verdict, exam, requirement::Requirement};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;

use crate::stage::{Stage, walked};

/// What a server says: the head, and then so many times the rest.
#[derive(Clone, Copy)]
struct Says {
    head: &'static str,
    rest: &'static str,
    times: usize,
}

const MEGABYTE: usize = 1 << 20;

/// A server that says the same to everybody and then closes.
async fn hostile(says: Says) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let says = Arc::new(says);
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            let says = Arc::clone(&says);
            tokio::spawn(async move { answer(stream, &says).await });
        }
    });
    url
}

/// Whoever hangs up early has heard enough.
async fn answer(mut stream: TcpStream, says: &Says) {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request).await;
    let mut going = stream.write_all(says.head.as_bytes()).await.is_ok();
    let rest = says.rest.repeat(64);
    for _ in 0..says.times / 64 {
        going = going && stream.write_all(rest.as_bytes()).await.is_ok();
    }
    let _ = stream.shutdown().await;
}

async fn judged(says: Says) -> Report {
    let stage = Stage::new(5).await;
    let mut settings = stage.settings(Person::Complete);
    let url = hostile(says).await;
    settings.target.api = url.clone();
    settings.target.auth = url;
    walked(settings).await
}

const fn once(head: &'static str) -> Says {
    Says { head, rest: "", times: 0 }
}

#[tokio::test]
async fn what_never_answers_is_unreachable_and_the_cause_is_told() {
    let flood = Says {
        head: "HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n",
        rest: "0123456789abcdef",
        times: 100 * MEGABYTE / 16,
    };
    let headers = Says { head: "HTTP/1.1 200 OK\r\n", rest: "x-more: again\r\n", times: 1 << 20 };
    for (says, words) in [
        (once(""), "connection"),
        (once("SSH-2.0-OpenSSH_9.6\r\n"), "invalid HTTP"),
        (once("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"), "end of file"),
        (once("HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n"), "content-length"),
        (flood, "larger than"),
        (headers, "message head"),
    ] {
        let report = judged(says).await;
        let told = report.stopped.clone().unwrap_or_default();
        assert_eq!(report.exit_code, 4, "{words}: {told}");
        assert!(told.contains("does not answer at") && told.contains(words), "{words}: {told}");
    }
}

#[tokio::test]
async fn what_answers_nonsense_is_violated() {
    for (head, words) in [
        ("HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n", "answered 302"),
        (
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 14\r\n\r\n<html>Hi</html",
            "cannot be read",
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", "cannot be read"),
    ] {
        let report = judged(once(head)).await;
        let told = report.stopped.clone().unwrap_or_default();
        assert_eq!(report.exit_code, 1, "{words}: {told}");
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[tokio::test]
async fn the_doctor_takes_no_page_for_a_token() {
    let stage = Stage::new(5).await;
    let mut settings = stage.settings(Person::Complete);
    settings.target.auth =
        hostile(once("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>")).await;
    let looks = doctor::examine(settings).await;
    let last = looks.last().unwrap();
    assert!(last.is_ill() && last.what == "token", "{looks:#?}");
    assert!(format!("{:?}", last.found).contains("is this the identity server"), "{last:?}");
}

/// A server that goes on with every hello, whatever it offers.
#[tokio::test]
async fn whoever_takes_an_old_hello_fails() {
    let stage = Stage::new(5).await;
    let mut settings = stage.settings(Person::Complete);
    let row = Requirement::by_id("SC-TOK-09").unwrap();
    let plan = settings.plan();
    let tables = site::tables(settings.edition).unwrap();
    let story = (row.story.unwrap())(&plan);
    let mut verdicts = Vec::new();
    let took =
        Says { head: "\u{16}\u{3}\u{1}\u{0}\u{32}\u{2}\u{0}\u{0}\u{2e}", rest: "", times: 0 };
    let mut taking = hostile(took).await;
    taking.set_scheme("https").unwrap();
    for api in [settings.target.api.clone(), taking] {
        settings.target.api = api;
        let site = Site::open(settings.clone()).await.unwrap();
        Player::new(&site, (row.id, "")).play(&story).await.unwrap();
        verdicts.push(exam::judge(&story, &site.recorder.lines(), plan, tables));
    }
    assert_eq!(verdicts[0].verdict, Verdict::Pass, "{:?}", verdicts[0]);
    let [old, older, weak] = verdicts[1].findings.as_slice() else { panic!("{verdicts:?}") };
    assert_eq!(old.wanted, "'a hello that offers tls-1.0' is refused");
    assert_eq!(weak.wanted, "'a hello that offers weak-suites' is refused");
    assert_eq!(older.got, "the api host takes it");
}
