//! A client small enough to see every byte and every alert: TLS by rustls, HTTP/1.1 by hand. And
//! the mock server that all tests start, with certificates that are minted once.

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use certs::{MintRequest, Minted, Role};
use mock_server::{MockServer, serve::Builder};
use rustls::{
    AlertDescription, ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::ring,
    version::{TLS12, TLS13},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

pub(crate) fn certs_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("certs")
}

/// The certificates that the servers of all tests share; keys take a while to make.
pub(crate) fn minted() -> &'static Arc<Minted> {
    static MINTED: OnceLock<Arc<Minted>> = OnceLock::new();
    MINTED.get_or_init(|| {
        let now = mock_server::clock::wall();
        let request = MintRequest { dir: &certs_dir(), public_hosts: &[], now };
        Arc::new(certs::open(&request).unwrap())
    })
}

pub(crate) fn builder() -> Builder {
    minted();
    MockServer::builder().clock_stepped().seed(7).certs_dir(certs_dir())
}

pub(crate) async fn server() -> MockServer {
    builder().start().await.unwrap()
}

/// Who asks, and in which version of TLS.
#[derive(Clone)]
pub(crate) struct Client(Arc<ClientConfig>);

pub(crate) type Wire = TlsStream<TcpStream>;

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("cut: {text:?}"));
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_owned(), value.trim().to_owned())
        };
        Self { status, headers: lines.map(header).collect(), body: body.to_owned() }
    }
}

impl Client {
    /// Shows the certificate of a role, or none.
    pub(crate) fn of(role: impl Into<Option<Role>>) -> Self {
        Self::with_version(role.into(), &[&TLS13, &TLS12])
    }

    pub(crate) fn tls13(role: impl Into<Option<Role>>) -> Self {
        Self::with_version(role.into(), &[&TLS13])
    }

    pub(crate) fn tls12(role: impl Into<Option<Role>>) -> Self {
        Self::with_version(role.into(), &[&TLS12])
    }

    fn with_version(role: Option<Role>, versions: &[&'static SupportedProtocolVersion]) -> Self {
        let own = role.map(|role| {
            let chain = minted().chain_der(role).into_iter().map(CertificateDer::from).collect();
            (chain, PrivateKeyDer::Pkcs8(minted().key_der(role).to_vec().into()))
        });
        Self::showing(own, versions)
    }

    /// Shows a chain and its key in PEM, as the portal hands them out.
    pub(crate) fn with_pem(chain: &str, key: &str) -> Self {
        let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<_, _>>();
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
        Self::showing(Some((chain.unwrap(), key)), &[&TLS13])
    }

    fn showing(
        own: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        let minted = minted();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(minted.certificate_der(Role::Ca).to_vec())).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        let config = match own {
            None => config.with_no_client_auth(),
            Some((chain, key)) => config.with_client_auth_cert(chain, key).unwrap(),
        };
        Self(Arc::new(config))
    }

    /// Offers these application protocols.
    pub(crate) fn offering(&self, protocols: &[&[u8]]) -> Self {
        let mut config = ClientConfig::clone(&self.0);
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Self(Arc::new(config))
    }

    pub(crate) async fn connect(&self, address: SocketAddr) -> io::Result<Wire> {
        let socket = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::clone(&self.0)).connect(name, socket).await
    }

    /// Sends one request on a connection of its own and reads to the end.
    pub(crate) async fn send(&self, address: SocketAddr, request: &str) -> io::Result<Answer> {
        let mut wire = self.connect(address).await?;
        wire.write_all(request.as_bytes()).await?;
        wire.flush().await?;
        read_all(&mut wire).await.map(|bytes| Answer::read(&bytes))
    }

    pub(crate) async fn get(&self, address: SocketAddr, path: &str, headers: &str) -> Answer {
        self.send(address, &request("GET", path, headers, "")).await.unwrap()
    }

    pub(crate) async fn post_form(
        &self,
        address: SocketAddr,
        path: &str,
        form: &[(&str, &str)],
    ) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.send(address, &request("POST", path, headers, &body)).await.unwrap()
    }

    /// A token of the first merchant, which must be granted.
    pub(crate) async fn token(&self, address: SocketAddr) -> String {
        self.token_as(address, (Role::MerchantA, "merchant-a-client")).await
    }

    pub(crate) async fn token_as(&self, address: SocketAddr, (role, id): (Role, &str)) -> String {
        let thumbprint = &minted().thumbprint(role).sha1;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("scope", "Tenn.CRM IdentityServerApi"),
            ("IdentityServer:MTLS:X509Certificate", thumbprint),
        ];
        let answer = self.post_form(address, "/connect/mtls/token", &form).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }
}

/// One request to a control listener, which speaks no TLS.
pub(crate) async fn plain(address: SocketAddr, method: &str, path: &str, body: &str) -> Answer {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request(method, path, "", body).as_bytes()).await.unwrap();
    Answer::read(&read_all(&mut socket).await.unwrap())
}

/// A whole request after which the server closes.
pub(crate) fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Length: {length}\r\n{headers}\r\n{body}"
    )
}

/// Everything until the other side has ended, whether or not it said so properly.
pub(crate) async fn read_all(wire: &mut (impl AsyncReadExt + Unpin)) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    match wire.read_to_end(&mut bytes).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && !bytes.is_empty() => {}
        other => drop(other?),
    }
    Ok(bytes)
}

/// The alert behind an error, if one was received.
pub(crate) fn alert_of(error: &io::Error) -> Option<AlertDescription> {
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::AlertReceived(alert) => Some(*alert),
        _ => None,
    }
}
