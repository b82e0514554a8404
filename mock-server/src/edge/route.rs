//! Which row serves a method and a path. How literally a path is taken is an open question; the
//! identity server tolerates no trailing slash under any reading.

use contract::{
    Call, EndpointRow, Host, Tables, Variant, Variants,
    endpoint::{Gate, parameter},
    label::Label,
};

/// What a request line leads to.
#[derive(Debug)]
pub enum Route<'a> {
    /// A row, with the raw path parameters by name.
    Found {
        /// The row.
        row: &'static EndpointRow,
        /// Each parameter's name and what stands in its place.
        params: Vec<(&'static str, &'a str)>,
    },
    /// The path is known, the method is not.
    WrongMethod {
        /// A call of that path.
        call: Call,
        /// The methods that are known, sorted, joined by commas.
        allow: String,
    },
    /// Nobody's path.
    Unknown,
}

/// Finds the row for a request, under the readings in force.
#[must_use]
pub fn find<'a>(
    (tables, variants): (&Tables, &Variants),
    host: Host,
    method: &str,
    path: &'a str,
) -> Route<'a> {
    let manner = Manner::of(variants);
    let candidates = || {
        // The identity server goes on serving its calls where the gateway serves them too.
        let here = move |row: &&EndpointRow| row.host == host || row.asked_at(variants) == host;
        let rows = tables.endpoints.iter().filter(here);
        rows.filter_map(move |row| Some((row, match_path(row, path, manner)?)))
    };
    let judges_method = |row: &EndpointRow| {
        // The identity server's token endpoints answer every method themselves.
        row.gate == Gate::Certificate || row.call == Call::PlainToken
    };
    let fits = |row: &EndpointRow| row.methods().iter().any(|known| known.name() == method);
    let found = candidates().find(|(row, _)| judges_method(row) || fits(row));
    if let Some((row, params)) = found {
        return Route::Found { row, params };
    }
    let Some((first, _)) = candidates().next() else { return Route::Unknown };
    let known = candidates().flat_map(|(row, _)| row.methods());
    let mut allow: Vec<_> = known.map(|method| method.name()).collect();
    allow.sort_unstable();
    allow.dedup();
    Route::WrongMethod { call: first.call, allow: allow.join(", ") }
}

/// How literally a path is taken.
#[derive(Clone, Copy)]
struct Manner {
    /// The case of literal words matters.
    exact: bool,
    /// One slash more at the end is tolerated.
    slash: bool,
    /// `isIdentificationCompleted` is the word `true`, in the case in which 2026-05 writes it.
    completed: bool,
}

impl Manner {
    fn of(variants: &Variants) -> Self {
        Self {
            exact: variants.reads(Variant::PathCase, "exact"),
            slash: variants.reads(Variant::TrailingSlash, "tolerated"),
            completed: variants.reads(Variant::CompletedFlag, "true-only"),
        }
    }

    fn is_word(self, wanted: &str, sent: &str) -> bool {
        if self.exact { wanted == sent } else { wanted.eq_ignore_ascii_case(sent) }
    }

    fn takes(self, parameter: &str, sent: &str) -> bool {
        let fixed = self.completed && parameter == "isIdentificationCompleted";
        !sent.is_empty() && (!fixed || self.is_word("true", sent))
    }
}

/// A path on its way to the trace: words of any template, flags and decimal numbers stay, whatever
/// else stands in it becomes a label. Which numbers may stay is for the world to say.
#[must_use]
pub fn discreet_path(tables: &Tables, path: &str) -> String {
    let known = |segment: &str| {
        let mut words = tables.endpoints.iter().flat_map(EndpointRow::segments);
        let number = segment.len() <= 20 && segment.bytes().all(|byte| byte.is_ascii_digit());
        let flag = segment.eq_ignore_ascii_case("true") || segment.eq_ignore_ascii_case("false");
        segment.is_empty() || number || flag || words.any(|word| word.eq_ignore_ascii_case(segment))
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let shown = path.split('/').map(|segment| {
        if known(segment) { segment.to_owned() } else { Label::unlisted(segment).to_string() }
    });
    shown.collect::<Vec<_>>().join("/")
}

fn match_path<'a>(
    row: &EndpointRow,
    path: &'a str,
    manner: Manner,
) -> Option<Vec<(&'static str, &'a str)>> {
    let mut path = path.strip_prefix('/')?;
    // In 2024-06 the identity server's host also serves the user's calls, by the framework.
    if manner.slash && row.gate == Gate::Bearer && row.call != Call::UserInfo {
        path = path.strip_suffix('/').unwrap_or(path);
    }
    if !ends_alike(row.path, path) {
        return None;
    }
    let mut params = Vec::new();
    let mut sent = path.split('/');
    for wanted in row.segments() {
        let segment = sent.next()?;
        match parameter(wanted) {
            Some(name) if manner.takes(name, segment) => params.push((name, segment)),
            None if manner.is_word(wanted, segment) => {}
            _ => return None,
        }
    }
    sent.next().is_none().then_some(params)
}

/// Whether a path ends with the words that follow the template's last parameter. Nearly every row
/// is ruled out here, before anything is split.
fn ends_alike(template: &str, path: &str) -> bool {
    let template = template.strip_prefix('/').unwrap_or(template);
    // Bytes, since this is asked of every row with every request.
    let after = template.bytes().rposition(|byte| byte == b'}').map_or(0, |at| at + 1);
    let end = &template[after..];
    let found = path.len().checked_sub(end.len()).map(|at| &path.as_bytes()[at..]);
    found.is_some_and(|found| found.eq_ignore_ascii_case(end.as_bytes()))
}

#[cfg(test)]
mod tests {
    use contract::Edition;

    use super::*;

    fn tables() -> &'static Tables {
        Edition::E2025_09.tables().unwrap()
    }

    fn shown(host: Host, method: &str, path: &str) -> String {
        shown_as(&Variants::default(), host, method, path)
    }

    fn shown_as(variants: &Variants, host: Host, method: &str, path: &str) -> String {
        match find((tables(), variants), host, method, path) {
            Route::Found { row, params } => {
                let params: Vec<_> = params.iter().map(|(n, v)| format!(" {n}={v}")).collect();
                format!("{}{}", row.call, params.concat())
            }
            Route::WrongMethod { call, allow } => format!("{call} allows {allow}"),
            Route::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn finds_rows() {
        for (host, method, path, expected) in [
            (Host::Api, "POST", "/User", "create-user"),
            (Host::Api, "POST", "/user/", "create-user"),
            (Host::Api, "POST", "/user//", "unknown"),
            (Host::Api, "GET", "/User/7/status", "user-status id=7"),
            (Host::Api, "GET", "/User/abc/status", "user-status id=abc"),
            (Host::Api, "GET", "/User//status", "unknown"),
            (Host::Api, "GET", "/User/source-of-funds", "source-of-funds"),
            (Host::Api, "DELETE", "/User/7/status", "user-status allows GET"),
            (Host::Api, "GET", "/User", "create-user allows POST"),
            (Host::Api, "HEAD", "/User/7/status", "user-status allows GET"),
            (Host::Api, "GET", "/", "unknown"),
            (Host::Api, "GET", "*", "unknown"),
            (Host::Api, "POST", "/connect/mtls/token", "unknown"),
            (Host::Auth, "GET", "/Connect/MTLS/Token", "mtls-token"),
            (Host::Auth, "POST", "/connect/mtls/token/", "unknown"),
            (Host::Auth, "POST", "/.well-known/openid-configuration", "discovery allows GET"),
        ] {
            assert_eq!(shown(host, method, path), expected, "{method} {path}");
        }
        let poll = "/Enrollment/5/0/true/get-identification-process-status";
        let expected = "identification-status id=5 userType=0 isIdentificationCompleted=true";
        assert_eq!(shown(Host::Api, "GET", poll), expected);
    }

    #[test]
    fn readings_decide_how_literally_a_path_is_taken() {
        let poll = |flag: &str| format!("/Enrollment/5/0/{flag}/get-identification-process-status");
        let [yes, no, loud] = ["true", "false", "TRUE"].map(poll);
        let stories = [
            ("path-case", "insensitive", "/user/7/STATUS", true),
            ("path-case", "exact", "/user/7/status", false),
            ("path-case", "exact", "/User/7/status", true),
            ("trailing-slash", "tolerated", "/User/7/status/", true),
            ("trailing-slash", "refused", "/User/7/status/", false),
            ("completed-flag", "either", &no, true),
            ("completed-flag", "true-only", &no, false),
            ("completed-flag", "true-only", &yes, true),
            ("completed-flag", "true-only", &loud, true),
        ];
        for (variant, reading, path, served) in stories {
            let mut variants = Variants::default();
            variants.choose(variant, reading).unwrap();
            let shown = shown_as(&variants, Host::Api, "GET", path);
            assert_eq!(shown != "unknown", served, "{variant}={reading} {path}");
        }
    }

    #[test]
    fn the_gateway_serves_what_openid_connect_defines_where_it_issues_and_no_more() {
        let mut variants = Variants::of(Edition::E2024_06);
        let oldest = Edition::E2024_06.tables().unwrap();
        for (reading, served) in [("auth-host", false), ("api-host", true)] {
            variants.choose("issuer", reading).unwrap();
            let is_found = |host, method, path| {
                matches!(find((oldest, &variants), host, method, path), Route::Found { .. })
            };
            for (method, path) in
                [("POST", "/connect/token"), ("GET", "/.well-known/openid-configuration")]
            {
                assert_eq!(is_found(Host::Api, method, path), served, "{reading} {path}");
                assert!(is_found(Host::Auth, method, path), "{reading} {path}");
            }
            assert!(is_found(Host::Auth, "POST", "/api/v1/User"));
            assert!(!is_found(Host::Api, "POST", "/api/v1/User"), "{reading}: a user's call");
        }
    }

    #[test]
    fn a_trace_shows_known_words_and_numbers_only() {
        assert_eq!(discreet_path(tables(), "/User/7/status?token=x"), "/User/7/status");
        let poll = "/Enrollment/5/0/True/get-identification-process-status";
        assert_eq!(discreet_path(tables(), poll), poll);
        let shown = discreet_path(tables(), "/user/eyJhbGciOi/status");
        assert_eq!(shown, "/user/<unlisted 10 characters>/status");
    }
}
