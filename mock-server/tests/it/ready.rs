//! The ready line and file.

use crate::client::{Client, builder};

#[tokio::test]
async fn the_ready_file_tells_where_everything_is_and_everything_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ready.json");
    let ready_file = path.clone();
    let server =
        builder().settings(|meant| meant.ready_file = Some(ready_file)).start().await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, server.ready().line() + "\n");
    let ready: serde_json::Value = serde_json::from_str(&text).unwrap();
    for file in ["ca", "client_cert", "client_key"] {
        let path = std::path::Path::new(ready[file].as_str().unwrap());
        assert!(path.is_absolute() && path.is_file(), "{path:?}");
    }
    let expected = [
        ("api", format!("https://{}", server.bound().api)),
        ("auth", format!("https://{}", server.bound().auth)),
        ("identity", format!("https://{}", server.bound().identity)),
        ("control", format!("http://{}", server.bound().control)),
        ("client_id", "merchant-a-client".to_owned()),
        ("edition", "2025-09".to_owned()),
    ];
    for (name, value) in expected {
        assert_eq!(ready[name], value);
    }
    assert_eq!((ready["merchant_id"].as_i64(), ready["seed"].as_i64()), (Some(1001), Some(7)));
    for address in [server.bound().api, server.bound().auth, server.bound().identity] {
        Client::of(None).connect(address).await.unwrap();
    }
}

#[tokio::test]
async fn a_public_host_stands_in_the_addresses() {
    let certs = tempfile::tempdir().unwrap();
    let hosts = vec!["mock.example".to_owned()];
    let server = builder()
        .settings(|meant| meant.public_hosts = hosts)
        .certs_dir(certs.path())
        .start()
        .await
        .unwrap();
    let port = server.bound().api.port();
    assert_eq!(server.ready().api, format!("https://mock.example:{port}"));
    assert!(server.ready().control.starts_with("http://127.0.0.1:"));
}
