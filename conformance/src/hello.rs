//! Hellos of long ago, written by hand: a TLS library that is well kept refuses to send them. Only
//! the first record of the answer is looked at (RFC 5246, 6.2.1 and 7.4.1.2).

use std::time::Duration;

use judge::story::Hello;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use url::{Host, Url};

/// How long a server may think about it.
const LIMIT: Duration = Duration::from_secs(10);

/// A record that is an alert, and one that is a handshake message.
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// The handshake message with which a server takes a hello.
const SERVER_HELLO: u8 = 2;

/// What each hello offers: the version, and the suites by their numbers (IANA, TLS Cipher Suites).
const fn offers(hello: Hello) -> ([u8; 2], &'static [u16]) {
    match hello {
        Hello::Tls10 => ([3, 1], &[0xc014, 0xc013, 0x0035, 0x002f, 0x000a]),
        Hello::Tls11 => ([3, 2], &[0xc014, 0xc013, 0x0035, 0x002f, 0x000a]),
        // NULL, export, RC4, DES and anonymous suites.
        Hello::WeakSuites => (
            [3, 3],
            &[0x0001, 0x0002, 0x003b, 0x0003, 0x0008, 0x0004, 0x0005, 0x0009, 0x0018, 0x0034],
        ),
    }
}

/// What a server answered, in a word or two: `server hello`, `alert 70`, `closed`, `nothing`.
///
/// # Errors
/// When no connection can be made at all.
pub async fn say(url: &Url, hello: Hello) -> Result<String, String> {
    let host = url.host().ok_or("the address has no host")?;
    let port = url.port_or_known_default().unwrap_or(443);
    let connecting = match host {
        Host::Domain(name) => TcpStream::connect((name, port)).await,
        Host::Ipv4(address) => TcpStream::connect((address, port)).await,
        Host::Ipv6(address) => TcpStream::connect((address, port)).await,
    };
    let mut stream = connecting.map_err(|error| error.to_string())?;
    let name = url.domain().unwrap_or_default();
    let exchange = async {
        stream.write_all(&record(hello, name)).await?;
        let mut head = [0; 7];
        let mut read = 0;
        while read < head.len() {
            match stream.read(&mut head[read..]).await? {
                0 => break,
                more => read += more,
            }
        }
        Ok::<_, std::io::Error>(told(&head[..read]))
    };
    match tokio::time::timeout(LIMIT, exchange).await {
        Err(_) => Ok("nothing".to_owned()),
        // A reset is a plain way to say no.
        Ok(Err(_)) => Ok("closed".to_owned()),
        Ok(Ok(told)) => Ok(told),
    }
}

fn told(head: &[u8]) -> String {
    match head {
        [] => "closed".to_owned(),
        [ALERT, _, _, _, _, _, description] => format!("alert {description}"),
        [HANDSHAKE, _, _, _, _, SERVER_HELLO, ..] => "server hello".to_owned(),
        [first, ..] => format!("record {first}"),
    }
}

/// The hello as one record.
fn record(hello: Hello, name: &str) -> Vec<u8> {
    let (version, suites) = offers(hello);
    let mut body = Vec::from(version);
    // The random part is nobody's secret: no handshake comes of it.
    body.extend([7; 32]);
    body.push(0);
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    with_length(&mut body, &suites);
    body.extend([1, 0]);
    with_length(&mut body, &extensions(name));
    let mut message = vec![1, 0];
    with_length(&mut message, &body);
    let mut record = vec![HANDSHAKE, 3, 1];
    with_length(&mut record, &message);
    record
}

fn extensions(name: &str) -> Vec<u8> {
    let mut all = Vec::new();
    let mut extension = |number: u16, data: &[u8]| {
        all.extend(number.to_be_bytes());
        with_length(&mut all, data);
    };
    if !name.is_empty() {
        let mut entry = vec![0];
        with_length(&mut entry, name.as_bytes());
        let mut list = Vec::new();
        with_length(&mut list, &entry);
        extension(0, &list);
    }
    // secp256r1 and secp384r1; uncompressed points; RSA and ECDSA with SHA-256 and SHA-1.
    extension(10, &[0, 4, 0, 23, 0, 24]);
    extension(11, &[1, 0]);
    extension(13, &[0, 8, 4, 1, 4, 3, 2, 1, 2, 3]);
    all
}

/// Adds bytes behind their number, which is 16 bits wide.
fn with_length(to: &mut Vec<u8>, bytes: &[u8]) {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    to.extend(length.to_be_bytes());
    to.extend(bytes);
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn lengths_add_up() {
        for hello in Hello::ALL.iter().copied() {
            let record = record(hello, "api.example");
            let length = |at: usize| usize::from(u16::from_be_bytes([record[at], record[at + 1]]));
            assert_eq!(length(3), record.len() - 5, "the record");
            assert_eq!((record[5], record[6]), (1, 0), "a client hello of less than 64 KiB");
            assert_eq!(length(7), record.len() - 9, "the message");
        }
    }

    #[tokio::test]
    async fn what_comes_back_is_told() {
        for (answer, wanted) in [
            (&[22, 3, 1, 0, 50, 2, 0, 0, 46][..], "server hello"),
            (&[21, 3, 1, 0, 2, 2, 70][..], "alert 70"),
            (&[][..], "closed"),
            (&b"HTTP/1.1 400 Bad Request\r\n"[..], "record 72"),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("https://{}/", listener.local_addr().unwrap()).parse().unwrap();
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut hello = [0; 1024];
                let _ = stream.read(&mut hello).await;
                let _ = stream.write_all(answer).await;
            });
            assert_eq!(say(&url, Hello::Tls10).await.unwrap(), wanted);
        }
    }
}
