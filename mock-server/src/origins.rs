//! The addresses of the four listeners as a client writes them: scheme, host and port, without
//! a slash at the end.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use contract::{Host, trace::Leg};
use sim::outcome::SessionLink;

/// The four origins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origins {
    /// Stands for the public gateway.
    pub api: String,
    /// Stands for the identity server.
    pub auth: String,
    /// Stands for the identification provider.
    pub identity: String,
    /// The control listener.
    pub control: String,
}

/// Where the four listeners are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The API.
    pub api: SocketAddr,
    /// The identity server.
    pub auth: SocketAddr,
    /// The hosted pages.
    pub identity: SocketAddr,
    /// Control.
    pub control: SocketAddr,
}

impl Origins {
    /// The origins of bound listeners. A public host stands in for the address of all, but not
    /// for control's while that is on loopback, where it speaks no TLS.
    #[must_use]
    pub fn of(bound: &Bound, public_host: Option<&str>) -> Self {
        let public = |address| origin("https", 443, public_host, address);
        Self {
            api: public(bound.api),
            auth: public(bound.auth),
            identity: public(bound.identity),
            control: if bound.control.ip().is_loopback() {
                origin("http", 80, None, bound.control)
            } else {
                public(bound.control)
            },
        }
    }

    /// One of them.
    #[must_use]
    pub fn of_host(&self, host: Host) -> &str {
        match host {
            Host::Api => &self.api,
            Host::Auth => &self.auth,
            Host::Identity => &self.identity,
            Host::Control => &self.control,
        }
    }

    /// The address of a hosted page.
    #[must_use]
    pub fn page(&self, link: &SessionLink) -> String {
        let word = match link.leg {
            Leg::Identification => "session",
            Leg::Signing => "sign",
        };
        format!("{}/{word}/{:032x}", self.identity, link.secret)
    }
}

fn origin(scheme: &str, usual: u16, name: Option<&str>, address: SocketAddr) -> String {
    let named = name.map(|name| match name.parse::<IpAddr>() {
        Ok(address) => in_url(address),
        Err(_) => name.to_ascii_lowercase(),
    });
    let host = named.unwrap_or_else(|| in_url(reachable(address.ip())));
    match address.port() {
        port if port == usual => format!("{scheme}://{host}"),
        port => format!("{scheme}://{host}:{port}"),
    }
}

/// A listener on every address is reached on loopback.
const fn reachable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        other => other,
    }
}

fn in_url(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(api: &str) -> Bound {
        let other = "127.0.0.1:443".parse().unwrap();
        let control = "127.0.0.1:8440".parse().unwrap();
        Bound { api: api.parse().unwrap(), auth: other, identity: other, control }
    }

    #[test]
    fn origins_are_what_a_client_can_reach() {
        for (address, host, expected) in [
            ("127.0.0.1:8443", None, "https://127.0.0.1:8443"),
            ("0.0.0.0:8443", None, "https://127.0.0.1:8443"),
            ("[::]:8443", None, "https://[::1]:8443"),
            ("0.0.0.0:443", Some("Mock.Example"), "https://mock.example"),
            ("0.0.0.0:8443", Some("2001:db8::1"), "https://[2001:db8::1]:8443"),
        ] {
            let origins = Origins::of(&bound(address), host);
            assert_eq!(origins.api, expected);
            assert_eq!(origins.control, "http://127.0.0.1:8440");
        }
    }

    #[test]
    fn control_speaks_tls_beyond_loopback() {
        let at = |control: &str| Bound { control: control.parse().unwrap(), ..bound("[::1]:1") };
        let origins = Origins::of(&at("192.0.2.1:8440"), None);
        assert_eq!(origins.control, "https://192.0.2.1:8440");
        let origins = Origins::of(&at("0.0.0.0:8440"), Some("mock.example"));
        assert_eq!(origins.control, "https://mock.example:8440");
    }

    #[test]
    fn pages_are_at_the_identity_listener() {
        let origins = Origins::of(&bound("127.0.0.1:1"), None);
        let link = SessionLink { leg: Leg::Signing, session: 1, secret: 0xab };
        let page = origins.page(&link);
        assert_eq!(page, "https://127.0.0.1/sign/000000000000000000000000000000ab");
    }
}
