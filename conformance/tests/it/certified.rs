//! Clients that are no clients: whatever a command does, nothing is passed that was not seen, and
//! nothing of it is left.

use std::path::Path;

use conformance::{
    certify::{
        file::{EXAMPLE, File},
        run::{self, Options},
    },
    control::Control,
};
use judge::{
    Verdict,
    client::{Evidence, Ruling, rulings},
};
use mock_server::MockServer;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    process::Command,
};

async fn certified(script: &str, out: &Path) -> Vec<Ruling> {
    let certs = Path::new(env!("CARGO_TARGET_TMPDIR")).join("certs");
    let mock = MockServer::builder().seed(1).certs_dir(certs).start().await.unwrap();
    let mut file: File = toml::from_str(EXAMPLE).unwrap();
    file.start.command = ["sh", "-c", script].map(str::to_owned).to_vec();
    file.start.directory = Some(out.to_owned());
    let options = Options {
        file,
        control: Control::new(mock.ready().control.parse().unwrap()).unwrap(),
        out: out.to_owned(),
        seed: 1,
        scale: 100,
        only: vec!["outage".to_owned()],
    };
    rulings(&run::run(&options, |_| ()).await.unwrap())
}

#[tokio::test]
async fn a_client_that_does_nothing_right_passes_nothing() {
    for script in [
        "exit 0",
        "exit 3",
        "exit 7",
        "kill -SEGV $$",
        "test -t 0 || exit 2",
        "cat > /dev/null; head -c 3000000 /dev/zero",
        "exec 3<>/dev/null; curl -s http://127.0.0.1:1/; exit 0",
        "curl -sk \"$CERTIFY_API/User\"; exit 0",
        "rm -rf \"$CERTIFY_STATE\"",
    ] {
        let out = tempfile::tempdir().unwrap();
        let found = certified(script, out.path()).await;
        assert_eq!(found.len(), 81, "{script}");
        for ruling in found {
            let seen = ruling.evidence == Evidence::Observed && ruling.verdict == Verdict::Pass;
            assert!(!seen, "{script} passes {}", ruling.id);
            let told = ruling.reason.is_some() || !ruling.findings.is_empty();
            assert!(told, "{script}: {} says why", ruling.id);
        }
    }
}

#[tokio::test]
async fn the_command_in_browser_hands_the_page_to_the_person() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let person = format!("http://{}", listener.local_addr().unwrap());
    for (status, code) in [("202 Accepted", Some(0)), ("413 Too Long", Some(4))] {
        let asked = Command::new(env!("CARGO_BIN_EXE_conformance"))
            .args(["open", &person, "https://borica.test/a"])
            .output();
        let heard = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = Vec::new();
            while !heard.ends_with(b"https://borica.test/a") {
                assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0);
            }
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8(heard).unwrap()
        };
        let (asked, heard) = tokio::join!(asked, heard);
        assert!(heard.starts_with("POST /open HTTP/1.1"), "{heard}");
        assert_eq!(asked.unwrap().status.code(), code, "{status}");
    }
}
