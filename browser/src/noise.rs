//! What a browser's own logs say against a page: errors on the console, requests that failed, and
//! requests to anything but this machine.

use std::collections::BTreeMap;

use serde_json::Value;
use url::{Host, Url};

/// Complaints of the two logs of Chromium's driver.
pub(crate) fn complaints(console: &Value, network: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut asked = BTreeMap::new();
    for entry in console.as_array().into_iter().flatten() {
        if entry["level"] == "SEVERE" {
            found.push(format!("console: {}", entry["message"].as_str().unwrap_or_default()));
        }
    }
    for entry in network.as_array().into_iter().flatten() {
        let text = entry["message"].as_str().unwrap_or_default();
        let event: Value = serde_json::from_str(text).unwrap_or_default();
        let (method, params) = (&event["message"]["method"], &event["message"]["params"]);
        match method.as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => {
                let url = params["request"]["url"].as_str().unwrap_or_default();
                asked.insert(params["requestId"].to_string(), url.to_owned());
                if !is_of_this_machine(url) {
                    found.push(format!("request that left this machine: {url}"));
                }
            }
            // A page that is left takes its requests with it.
            "Network.loadingFailed" if params["canceled"] != true => {
                let url = asked.get(&params["requestId"].to_string());
                let url = url.map_or("of an earlier page", String::as_str);
                found.push(format!("failed request: {} {url} {params}", params["errorText"]));
            }
            _ => {}
        }
    }
    found
}

fn is_of_this_machine(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    match url.host() {
        // data:, blob:, about: and the browser's own pages.
        None => true,
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => {
            matches!(url.scheme(), "chrome" | "chrome-extension" | "devtools")
                || name == "localhost"
                || name.ends_with(".localhost")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(method: &str, params: &Value) -> Value {
        let message = json!({ "message": { "method": method, "params": params } });
        json!({ "message": message.to_string() })
    }

    fn sent(url: &str) -> Value {
        event("Network.requestWillBeSent", &json!({ "request": { "url": url } }))
    }

    #[test]
    fn nothing_is_said_against_a_quiet_page() {
        let console = json!([{ "level": "INFO", "message": "hello" }]);
        let network = json!([
            sent("https://127.0.0.1:8445/session/1"),
            sent("data:,"),
            sent("http://localhost:8440/"),
            event("Network.loadingFailed", &json!({ "canceled": true })),
        ]);
        assert_eq!(complaints(&console, &network), Vec::<String>::new());
    }

    #[test]
    fn errors_failures_and_strangers_are_told() {
        let console = json!([{ "level": "SEVERE", "message": "it broke" }]);
        let network = json!([
            sent("https://fonts.example/a.css"),
            sent("http://10.0.0.1/"),
            event("Network.loadingFailed", &json!({ "errorText": "net::ERR_FAILED" })),
        ]);
        let found = complaints(&console, &network);
        assert_eq!(found.len(), 4, "{found:?}");
        assert!(found[0].contains("it broke") && found[3].contains("ERR_FAILED"));
    }
}
