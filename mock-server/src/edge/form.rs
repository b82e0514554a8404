//! `application/x-www-form-urlencoded`, read without losing order or duplicates, which a library
//! that fills a struct would.

/// The fields in the order in which they were sent. Broken percent sequences stay as they are, and
/// bytes that are no UTF-8 become replacement characters: such a value matches nothing.
#[must_use]
pub fn parse(body: &[u8]) -> Vec<(String, String)> {
    let pairs = url::form_urlencoded::parse(body);
    pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(body: &str) -> Vec<(String, String)> {
        parse(body.as_bytes())
    }

    #[test]
    fn keeps_order_and_duplicates() {
        let expected = [("b", "1"), ("a", "2"), ("b", "3"), ("c", "")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(fields("b=1&a=2&b=3&c"), expected);
    }

    #[test]
    fn reads_the_colons_of_the_thumbprint_field_raw_and_encoded() {
        let name = "IdentityServer:MTLS:X509Certificate";
        for body in
            ["IdentityServer:MTLS:X509Certificate=AB", "IdentityServer%3AMTLS%3AX509Certificate=AB"]
        {
            assert_eq!(fields(body), [(name.to_owned(), "AB".to_owned())]);
        }
    }

    #[test]
    fn survives_broken_input() {
        assert_eq!(fields("a=%zz&b=%"), [("a".into(), "%zz".into()), ("b".into(), "%".into())]);
        assert_eq!(parse(b"a=%ff").len(), 1);
        assert!(fields("").is_empty());
    }
}
