//! A client that runs already: it is posted to for each case, and its answer is its end.
//! 2xx is done, 409 an orderly failure, anything else a crash.

use std::time::Duration;

use contract::trace::client::Ending;
use url::Url;

use super::{assignment::Assignment, child::Ran};
use crate::http;

/// Tells a client that runs already to begin, and waits for its answer, at most so long.
pub async fn triggered(url: &Url, given: &Assignment, limit: Duration) -> Ran {
    let http = http::client(None);
    let ending = match http {
        Err(_) => Ending::Crashed,
        Ok(http) => match http.post(url.clone()).json(given).timeout(limit).send().await {
            Ok(answer) if answer.status().is_success() => Ending::Done,
            Ok(answer) if answer.status().as_u16() == 409 => Ending::GaveUp,
            Ok(_) => Ending::Crashed,
            Err(error) if error.is_timeout() => Ending::Stopped,
            Err(_) => Ending::Crashed,
        },
    };
    Ran { ending, words: String::new() }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    async fn asked(answer: &str) -> (Ran, String) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/begin", listener.local_addr().unwrap()).parse().unwrap();
        let given = Assignment::sample();
        let heard = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = Vec::new();
            while !heard.ends_with(b"}") {
                assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(heard).unwrap()
        };
        tokio::join!(triggered(&url, &given, LONG), heard)
    }

    #[tokio::test]
    async fn the_answer_says_how_it_ended() {
        for (status, ending) in [
            ("204 No Content", Ending::Done),
            ("409 Conflict", Ending::GaveUp),
            ("500 Internal Server Error", Ending::Crashed),
        ] {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            let (ran, heard) = asked(&answer).await;
            assert_eq!(ran.ending, ending, "{status}");
            assert!(heard.starts_with("POST /begin"), "{heard}");
            assert!(heard.contains("\"clientId\":\"a-client\""), "{heard}");
        }
        assert_eq!(asked("").await.0.ending, Ending::Crashed);
    }

    #[tokio::test]
    async fn one_that_does_not_answer_is_stopped_and_one_that_is_not_there_crashed() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let given = Assignment::sample();
        let silent = triggered(&url, &given, Duration::from_millis(50)).await;
        assert_eq!(silent.ending, Ending::Stopped);
        drop(listener);
        assert_eq!(triggered(&url, &given, LONG).await.ending, Ending::Crashed);
    }
}
