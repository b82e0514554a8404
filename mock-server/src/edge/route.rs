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

/// The rows that one listener serves under the readings in force, taken apart once: every request
/// asks here.
#[derive(Debug)]
pub struct Routes {
    templates: Vec<Template>,
    manner: Manner,
}

impl Routes {
    /// What a listener serves.
    #[must_use]
    pub fn new(tables: &Tables, variants: &Variants, host: Host) -> Self {
        // The identity server goes on serving its calls where the gateway serves them too.
        let here = |row: &&EndpointRow| row.host == host || row.asked_at(variants) == host;
        let templates = tables.endpoints.iter().filter(here).map(Template::of).collect();
        Self { templates, manner: Manner::of(variants) }
    }

    /// Finds the row for a request.
    #[must_use]
    pub fn find<'a>(&self, method: &str, path: &'a str) -> Route<'a> {
        let Some(path) = path.strip_prefix('/') else { return Route::Unknown };
        let sent: Vec<&str> = path.split('/').collect();
        let fits = |template: &&Template| template.fits(&sent, self.manner);
        let mut first = None;
        for template in self.templates.iter().filter(fits) {
            if template.serves(method) {
                return Route::Found { row: template.row, params: template.params(&sent) };
            }
            first = first.or(Some(template.row.call));
        }
        let Some(call) = first else { return Route::Unknown };
        let known = self.templates.iter().filter(fits).flat_map(|template| template.row.methods());
        let mut allow: Vec<_> = known.map(|method| method.name()).collect();
        allow.sort_unstable();
        allow.dedup();
        Route::WrongMethod { call, allow: allow.join(", ") }
    }
}

/// A row's path, taken apart.
#[derive(Debug)]
struct Template {
    row: &'static EndpointRow,
    segments: Vec<Segment>,
    /// Whether one slash more at the end may be tolerated.
    lenient: bool,
}

#[derive(Debug)]
enum Segment {
    Word(&'static str),
    Parameter(&'static str),
}

impl Template {
    fn of(row: &'static EndpointRow) -> Self {
        let segment = |text| parameter(text).map_or(Segment::Word(text), Segment::Parameter);
        // In 2024-06 the identity server's host also serves the user's calls, by the framework.
        let lenient = row.gate == Gate::Bearer && row.call != Call::UserInfo;
        Self { row, segments: row.segments().map(segment).collect(), lenient }
    }

    /// Whether a path's segments are of this form.
    fn fits(&self, sent: &[&str], manner: Manner) -> bool {
        let sent = match sent {
            [before @ .., ""] if self.lenient && manner.slash => before,
            whole => whole,
        };
        // The last word tells rows apart soonest.
        let mut pairs = self.segments.iter().zip(sent).rev();
        sent.len() == self.segments.len()
            && pairs.all(|(wanted, sent)| match wanted {
                Segment::Word(word) => manner.is_word(word, sent),
                Segment::Parameter(name) => manner.takes(name, sent),
            })
    }

    fn serves(&self, method: &str) -> bool {
        // The identity server's token endpoints answer every method themselves.
        let judges = self.row.gate == Gate::Certificate || self.row.call == Call::PlainToken;
        judges || self.row.methods().iter().any(|known| known.name() == method)
    }

    fn params<'a>(&self, sent: &[&'a str]) -> Vec<(&'static str, &'a str)> {
        let named = self.segments.iter().zip(sent).filter_map(|(wanted, sent)| match wanted {
            Segment::Parameter(name) => Some((*name, *sent)),
            Segment::Word(_) => None,
        });
        named.collect()
    }
}

/// How literally a path is taken.
#[derive(Clone, Copy, Debug)]
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
        match Routes::new(tables(), variants, host).find(method, path) {
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
                matches!(
                    Routes::new(oldest, &variants, host).find(method, path),
                    Route::Found { .. }
                )
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
