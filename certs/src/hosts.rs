//! Public hosts: the names and addresses that a user adds to the server certificate.
//!
//! They are brought into one spelling, so that the same host asked for twice is minted once.

use crate::CertsError;
use std::net::IpAddr;

/// Each host in its usual spelling (lower case, short address), or what is wrong with it.
pub(crate) fn normalise(hosts: &[String]) -> Result<Vec<String>, CertsError> {
    hosts.iter().map(|host| normalise_one(host)).collect()
}

fn normalise_one(host: &str) -> Result<String, CertsError> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    match objection(host) {
        Some(reason) => Err(CertsError::BadHost { host: host.to_owned(), reason }),
        None => Ok(host.to_ascii_lowercase()),
    }
}

fn objection(host: &str) -> Option<&'static str> {
    // Names of containers often have an underscore, and TLS clients accept it.
    let ordinary = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let labels = || host.split('.');
    if host.is_empty() {
        Some("it is empty")
    } else if host.len() > 253 {
        Some("it has more than 253 characters")
    } else if !host.chars().all(|c| ordinary(c) || c == '.') {
        Some("a host name has only letters, digits, hyphens, underscores and dots")
    } else if labels().any(|label| label.is_empty() || label.len() > 63) {
        Some("the part between two dots has 1 to 63 characters")
    } else if labels().any(|label| label.starts_with('-') || label.ends_with('-')) {
        Some("no part begins or ends with a hyphen")
    } else if labels().next_back().is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit())) {
        Some("it looks like an address but is none")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_get_one_spelling() {
        let given = ["Mock.Example", "my_service", "192.0.2.7", "2001:DB8:0::1"].map(String::from);
        let spelled = normalise(&given).unwrap();
        assert_eq!(spelled, ["mock.example", "my_service", "192.0.2.7", "2001:db8::1"]);
    }

    #[test]
    fn what_is_no_host_is_refused_by_name() {
        let long_label = "a".repeat(64);
        let long_name = "abc.".repeat(64);
        for bad in [
            "",
            "https://mock.example",
            "mock.example:8443",
            "*.example",
            "mock..example",
            "-mock",
            "192.0.2.700",
            "mück.example",
            "[::1]",
            &long_label,
            &long_name,
        ] {
            let error = normalise(&[bad.to_owned()]).unwrap_err();
            assert!(error.to_string().contains(&format!("{bad:?}")), "{error}");
        }
    }
}
