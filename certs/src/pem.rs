//! PEM, the text form of keys and certificates: written here, read by a library.
//! One place writes the labels, so that what is written can always be read back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_parser::pem::Pem;

/// What a PEM block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Certificate,
    PrivateKey,
    Crl,
}

impl Label {
    fn text(self) -> &'static str {
        match self {
            Self::Certificate => "CERTIFICATE",
            Self::PrivateKey => "PRIVATE KEY",
            Self::Crl => "X509 CRL",
        }
    }
}

/// DER as one PEM block, 64 characters a line.
pub(crate) fn encode(label: Label, der: &[u8]) -> String {
    let label = label.text();
    let mut text = format!("-----BEGIN {label}-----\n");
    // 48 bytes are 64 characters of base64.
    for line in der.chunks(48) {
        text.push_str(&STANDARD.encode(line));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}

/// The DER of every block of a PEM file that holds only one kind.
pub(crate) fn decode(label: Label, pem: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let label = label.text();
    let mut blocks = Vec::new();
    for block in Pem::iter_from_buffer(pem) {
        let block = block.map_err(|error| format!("it is not PEM ({error})"))?;
        if block.label != label {
            return Err(format!("it holds {:?} instead of {label:?}", block.label));
        }
        blocks.push(block.contents);
    }
    Ok(blocks)
}

/// The DER of the only block of a PEM file.
pub(crate) fn decode_one(label: Label, pem: &[u8]) -> Result<Vec<u8>, String> {
    let found = decode(label, pem)?.try_into();
    let [der] = found
        .map_err(|blocks: Vec<_>| format!("it holds {} PEM blocks instead of one", blocks.len()))?;
    Ok(der)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_whatever_its_length() {
        for length in [0_u8, 1, 47, 48, 49, 96, 200] {
            let der: Vec<u8> = (0..length).collect();
            let text = encode(Label::Certificate, &der);
            assert!(text.lines().all(|line| line.len() <= 64));
            assert_eq!(decode_one(Label::Certificate, text.as_bytes()), Ok(der));
        }
    }

    #[test]
    fn other_labels_other_counts_and_other_text_are_refused() {
        let one = encode(Label::PrivateKey, b"key");
        assert!(decode_one(Label::Certificate, one.as_bytes()).is_err());
        let two = one.repeat(2);
        assert!(decode_one(Label::PrivateKey, two.as_bytes()).is_err());
        assert_eq!(decode(Label::PrivateKey, two.as_bytes()).unwrap().len(), 2);
        assert!(decode_one(Label::PrivateKey, b"no pem at all").is_err());
        assert!(decode_one(Label::PrivateKey, b"").is_err());
        assert!(decode_one(Label::PrivateKey, &one.as_bytes()[..one.len() / 2]).is_err());
    }
}
