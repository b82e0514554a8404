//! The binary as a pipeline sees it: its output, its exit codes, its end.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Command, Output, Stdio},
};

use crate::client::{builder, certs_dir, minted};

const FREE: [&str; 8] = [
    "--api",
    "127.0.0.1:0",
    "--auth",
    "127.0.0.1:0",
    "--identity",
    "127.0.0.1:0",
    "--control",
    "127.0.0.1:0",
];

fn mock_server() -> Command {
    Command::new(env!("CARGO_BIN_EXE_mock-server"))
}

fn output(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = mock_server().args(arguments).output().unwrap();
    (status.code(), String::from_utf8([stdout, stderr].concat()).unwrap())
}

#[test]
fn a_wrong_command_line_or_file_ends_with_2_and_says_what_is_right() {
    for (arguments, told) in [
        (&["serve", "--clock", "fast"][..], "stepped"),
        (&["serve", "--edition", "2026-06"], "2025-09"),
        (&["serve", "--variant", "mtls-refusal=maybe"], "http-403-empty"),
        (&["serve", "--api", "here"], "127.0.0.1:8443"),
        (&["serve", "--config", "no/such.toml"], "no/such.toml"),
        (&["dance"], "serve"),
        (&["spec", "explain", "POST /Usr"], "did you mean 'POST /User'"),
        (&["spec", "explain", "create-user", "418"], "the nearest is 415"),
        (&["spec", "openapi", "1999-12"], "2025-09"),
    ] {
        let (code, text) = output(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {text}");
        assert!(text.contains(told), "{text}");
    }
}

#[test]
fn a_taken_port_ends_with_1_and_names_the_flag() {
    minted();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = certs_dir();
    let mut arguments = vec!["serve", "--certs-dir", dir.to_str().unwrap()];
    arguments.extend(FREE);
    let place = arguments.iter().position(|word| *word == "--identity").unwrap();
    arguments[place + 1] = &address;
    let (code, text) = output(&arguments);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains(&address) && text.contains("--identity"), "{text}");
}

#[test]
fn a_damaged_certificate_ends_with_1_and_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("ca.TEST-ONLY.cert.pem"), "no certificate").unwrap();
    let mut arguments = vec!["serve", "--certs-dir", dir.path().to_str().unwrap()];
    arguments.extend(FREE);
    let (code, text) = output(&arguments);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("ca.TEST-ONLY.cert.pem"), "{text}");
}

#[cfg(unix)]
#[test]
fn it_says_when_it_is_ready_and_ends_with_0_when_it_is_told_to() {
    minted();
    for signal in ["-TERM", "-INT"] {
        let mut child = mock_server()
            .args(["serve", "--clock", "x10", "--seed", "3", "--certs-dir"])
            .arg(certs_dir())
            .args(FREE)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready: serde_json::Value =
            serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!((ready["seed"].as_u64(), ready["merchant_id"].as_u64()), (Some(3), Some(1001)));
        let control = ready["control"].as_str().unwrap().strip_prefix("http://").unwrap();
        std::net::TcpStream::connect(control).unwrap();
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(killed.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(lines.next().is_none(), "standard output holds the ready line alone");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_during_the_start_ends_it_without_a_ready_line() {
    let dir = tempfile::tempdir().unwrap();
    // A pipe that nobody writes to: the start waits for its end for ever.
    let pipe = dir.path().join("ca.TEST-ONLY.cert.pem");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut child = mock_server()
        .args(["serve", "--certs-dir"])
        .arg(dir.path())
        .args(FREE)
        .env("RUST_LOG", "info")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(log.next().unwrap().unwrap().contains("starting"));
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.unwrap().success());
    let Output { status, stdout, .. } = child.wait_with_output().unwrap();
    assert_eq!((status.code(), stdout.as_slice()), (Some(0), &b""[..]));
}

#[tokio::test]
async fn a_ready_file_speaks_of_a_server_that_runs() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ready.json");
    let with_file = || builder().settings(|meant| meant.ready_file = Some(path.clone()));
    std::fs::write(&path, "of a server that is gone").unwrap();

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let failed = with_file().settings(|meant| meant.identity = address).start().await;
    assert!(failed.is_err() && !path.exists(), "a start that fails leaves no old file");

    let server = with_file().start().await.unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), server.ready().line() + "\n");
    server.stop().await;
    assert!(!path.exists(), "a server that stopped is not ready");

    let first = with_file().start().await.unwrap();
    let second = with_file().start().await.unwrap();
    drop(first);
    let left = std::fs::read_to_string(&path).unwrap();
    assert_eq!(left, second.ready().line() + "\n", "the file of another server stays");

    std::fs::create_dir(dir.path().join("folder")).unwrap();
    let folder = dir.path().join("folder");
    let refused = builder().settings(|meant| meant.ready_file = Some(folder)).start().await;
    assert!(refused.unwrap_err().to_string().contains("folder"));
}

#[test]
fn the_tables_are_printed() {
    minted();
    let dir = certs_dir();
    let (code, text) = output(&["certs", "--certs-dir", dir.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    let thumbprint = minted().thumbprint(certs::Role::MerchantA);
    for told in ["merchant-a", "client-revoked", &thumbprint.sha1, &thumbprint.sha256] {
        assert!(text.contains(told), "{told} is not in {text}");
    }
    let (_, curl) = text.split_once("curl ").unwrap();
    assert!(curl.contains("https://127.0.0.1:8444/connect/mtls/token"), "{curl}");
    assert!(curl.contains(&format!("IdentityServer:MTLS:X509Certificate={}", thumbprint.sha1)));
    let (code, text) = output(&["spec", "variants"]);
    assert_eq!(code, Some(0));
    assert!(text.lines().count() >= 40, "{text}");
    for (arguments, told) in [
        (&["variants", "--long"][..], "http-403-empty (default)"),
        (&["variants", "--edition", "2024-06"], "bad-request"),
        (&["openapi"], "\"openapi\": \"3.1.0\""),
        (&["openapi", "2025-09"], "\"version\": \"2025-09\""),
        (&["explain", "POST /User", "400"], "Invalid email address"),
        (&["explain", "confirm-email", "--edition", "2025-09"], "Invalid token."),
        (&["contract"], "## Edition 2025-09"),
    ] {
        let (code, text) = output(&[&["spec"], arguments].concat());
        assert_eq!(code, Some(0), "{arguments:?}: {text}");
        assert!(text.contains(told), "{arguments:?}: {text}");
    }
}
