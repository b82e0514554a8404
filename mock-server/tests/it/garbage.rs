//! Generated garbage through the real router, for every call of every edition under usual and
//! random readings: each request is typed by the rows, then bent. Whatever comes back is an answer
//! that the rows of the call declare, and never a failure of the server. (In these builds an answer
//! that the OpenAPI document does not declare becomes a 500, so "never 5xx" holds for that too.)

use std::{collections::BTreeSet, sync::Arc};

use axum::{Router, body::Body};
use certs::Role;
use contract::{
    Call, Edition, EndpointRow, FieldRow, Host, Tables, Variant, Variants,
    endpoint::BodyKind,
    field::{Kind, Place},
};
use http::{Request, header};
use mock_server::{
    MockServer,
    edge::corridor::{self, Corridor, Documents},
    serve::Closing,
};
use proptest::{
    collection::vec, prelude::*, sample::Index, strategy::ValueTree as _, test_runner::TestRunner,
};
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

use crate::client::{Client, builder};

/// A server behind routers without sockets, under one choice of readings.
struct Stand {
    server: MockServer,
    tables: &'static Tables,
    api: Router,
    auth: Router,
    /// A good token, where one could be had.
    token: String,
    users: Vec<i32>,
}

impl Stand {
    async fn of(edition: Edition, variants: Variants) -> Self {
        let settings = builder().settings(|meant| {
            meant.edition = edition;
            meant.variants = variants;
        });
        let server = settings.start().await.unwrap();
        let closing = Closing::new(std::time::Duration::from_secs(1));
        let documents = Arc::new(documents(&server).await);
        let router = |host| {
            let workspace = Arc::clone(server.workspace());
            let (limits, closing) = (mock_server::config::Limits::default(), closing.clone());
            let documents = Arc::clone(&documents);
            corridor::router(Corridor { host, workspace, limits, closing, documents })
        };
        let (api, auth) = (router(Host::Api), router(Host::Auth));
        let tables = edition.tables().unwrap();
        let mut stand =
            Self { server, tables, api, auth, token: "none".to_owned(), users: Vec::new() };
        if edition == Edition::E2025_09 && variants == Variants::of(edition) {
            let client = Client::of(Role::MerchantA);
            stand.token = client.token(stand.server.bound().auth).await;
        }
        stand.users = stand.create_users().await;
        stand
    }

    /// Two users, if the readings let a user be created so.
    async fn create_users(&self) -> Vec<i32> {
        let Some(row) = self.tables.endpoint(Call::CreateUser) else { return Vec::new() };
        for email in ["a@example.org", "b@example.org"] {
            let body = json!({ "merchantId": 1001, "email": email }).to_string();
            self.send(row.host, self.request("POST", row.path, ("application/json", &body))).await;
        }
        self.server.workspace().look(|world| world.user_ids(None, 10))
    }

    fn request(&self, method: &str, path: &str, (kind, body): (&str, &str)) -> Request<Body> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        if !kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        request.body(Body::from(body.to_owned())).unwrap()
    }

    async fn send(&self, host: Host, request: Request<Body>) -> u16 {
        let router = if host == Host::Auth { &self.auth } else { &self.api };
        router.clone().oneshot(request).await.unwrap().status().as_u16()
    }

    /// The statuses that the rows of a call declare, and those of a request that leads nowhere.
    fn declared(&self, row: &EndpointRow) -> BTreeSet<u16> {
        let refused = self.tables.refused(row).into_iter().map(|refused| refused.row.status);
        let outside = self.tables.refused_outside().into_iter().map(|row| row.status);
        let succeeds = row.succeeds().into_iter().map(|row| row.status);
        refused.chain(outside).chain(succeeds).collect()
    }
}

/// The identity server's documents, as the running server shows them.
async fn documents(server: &MockServer) -> Documents {
    let client = Client::of(Role::MerchantA);
    let host = server.bound().auth;
    let path = "/.well-known/openid-configuration";
    let discovery = client.get(host, path, "").await.body;
    let jwks = client.get(host, &format!("{path}/jwks"), "").await.body;
    Documents { discovery, jwks }
}

/// What is sent, before it is fitted to a call.
#[derive(Clone, Debug)]
struct Garbage {
    call: Index,
    method: &'static str,
    media_type: &'static str,
    members: Vec<(Index, Bent)>,
    extra: Option<String>,
    segments: Vec<String>,
    own_user: bool,
    raw: Option<String>,
}

/// How a member is bent.
#[derive(Clone, Debug)]
enum Bent {
    Fitting,
    Missing,
    Json(String),
}

fn bent() -> impl Strategy<Value = Bent> {
    let odd = prop_oneof![
        Just("null".to_owned()),
        Just("2147483648".to_owned()),
        Just("-1".to_owned()),
        Just("1e400".to_owned()),
        Just("[[[[]]]]".to_owned()),
        Just("{\"$type\":\"x\"}".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        "\\PC{0,16}".prop_map(|text| json!(text).to_string()),
        "[\\u{0}-\\u{ffff}]{0,4}".prop_map(|text| json!(text).to_string()),
        (1..6000_usize).prop_map(|length| json!("x".repeat(length)).to_string()),
    ];
    prop_oneof![3 => Just(Bent::Fitting), 1 => Just(Bent::Missing), 3 => odd.prop_map(Bent::Json)]
}

fn garbage() -> impl Strategy<Value = Garbage> {
    let method = prop_oneof![
        9 => Just(""),
        1 => prop_oneof![Just("GET"), Just("POST"), Just("PUT"), Just("DELETE"), Just("PATCH")],
    ];
    let media_type = prop_oneof![
        9 => Just("fitting"),
        2 => prop_oneof![
            Just(""),
            Just("text/plain"),
            Just("application/json-patch+json"),
            Just("application/json; charset=utf-16"),
            Just("multipart/form-data; boundary=x"),
            Just("application/x-www-form-urlencoded"),
        ],
    ];
    let segment = prop_oneof!["[a-zA-Z0-9%._~+-]{1,12}", "-?[0-9]{1,11}", "true|false|0|1|2"];
    let raw = prop_oneof![4 => Just(None), 1 => "\\PC{0,40}".prop_map(Some)];
    (
        (any::<Index>(), method, media_type, vec((any::<Index>(), bent()), 0..6)),
        (proptest::option::of("[a-zA-Z]{1,8}"), vec(segment, 3), any::<bool>(), raw),
    )
        .prop_map(|((call, method, media_type, members), (extra, segments, own_user, raw))| {
            Garbage { call, method, media_type, members, extra, segments, own_user, raw }
        })
}

impl Garbage {
    fn path(&self, stand: &Stand, row: &EndpointRow) -> String {
        let mut own = stand.users.first().filter(|_| self.own_user).map(ToString::to_string);
        let mut segments = self.segments.iter().cycle();
        let parts = row.path.split('/').map(|part| match part.starts_with('{') {
            true => own.take().or_else(|| segments.next().cloned()).unwrap_or_default(),
            false => part.to_owned(),
        });
        let path = parts.collect::<Vec<_>>().join("/");
        // A request line holds no bare percent sign; what is escaped is tested elsewhere.
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for field in fields(row, Place::Query) {
            match self.bent(row, field) {
                Bent::Fitting => query.append_pair(field.name, "x"),
                Bent::Missing => &mut query,
                Bent::Json(text) => query.append_pair(field.name, &text),
            };
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}", path.replace('%', "%25"))
    }

    fn body(&self, stand: &Stand, row: &EndpointRow) -> String {
        if let Some(raw) = &self.raw {
            return raw.clone();
        }
        match row.body {
            BodyKind::None => String::new(),
            BodyKind::Form => self.form(row),
            BodyKind::Json => self.json(stand, row),
        }
    }

    fn form(&self, row: &EndpointRow) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for field in fields(row, Place::Form) {
            match self.bent(row, field) {
                Bent::Fitting => form.append_pair(field.name, "client_credentials"),
                Bent::Missing => &mut form,
                Bent::Json(text) => form.append_pair(field.name, &text),
            };
        }
        form.finish()
    }

    /// A whole body with some members bent. Bent values are put in as text, so they may be what
    /// no JSON library would write.
    fn json(&self, stand: &Stand, row: &EndpointRow) -> String {
        let mut root = Map::new();
        let mut bent_texts = Vec::new();
        for field in fields(row, Place::Body) {
            let value = match self.bent(row, field) {
                Bent::Missing => continue,
                Bent::Fitting => fitting(stand, field),
                Bent::Json(text) => {
                    bent_texts.push(text);
                    json!(format!("<bent {}>", bent_texts.len() - 1))
                }
            };
            put(&mut root, field.name, value);
        }
        if let Some(extra) = &self.extra {
            root.insert(extra.clone(), json!({ "deep": [1, null] }));
        }
        let mut body = Value::Object(root).to_string();
        for (index, text) in bent_texts.iter().enumerate() {
            body = body.replacen(&format!("\"<bent {index}>\""), text, 1);
        }
        body
    }

    fn bent(&self, row: &EndpointRow, field: &FieldRow) -> Bent {
        let at = row.fields.iter().position(|known| std::ptr::eq(known, field)).unwrap();
        let found = self.members.iter().find(|(index, _)| index.index(row.fields.len()) == at);
        found.map_or(Bent::Fitting, |(_, bent)| bent.clone())
    }
}

fn fields(row: &EndpointRow, place: Place) -> impl Iterator<Item = &FieldRow> {
    row.fields.iter().filter(move |field| field.place == place)
}

fn fitting(stand: &Stand, field: &FieldRow) -> Value {
    match field.kind {
        Kind::Int32 { min } => {
            let user = stand.users.first().copied().unwrap_or(min);
            json!(if matches!(field.key, "Id" | "UserId") { user } else { min.max(1001) })
        }
        Kind::ZeroOrOne => json!(0),
        Kind::Boolean => json!(true),
        Kind::Number => json!(1.5),
        Kind::Text => json!("x"),
        Kind::Email => json!("c@example.org"),
        Kind::Phone => json!("+359880000001"),
        Kind::Marker(text) => json!(text),
        Kind::Code(_) => json!("1"),
        Kind::NumberedCode(_) => json!(1),
        Kind::Object => json!({}),
        Kind::Texts => json!(["BG"]),
    }
}

fn put(root: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            root.entry(name).or_insert(value);
        }
        Some((first, rest)) => {
            let below = root.entry(first).or_insert_with(|| json!({}));
            if let Value::Object(below) = below {
                put(below, rest, value);
            }
        }
    }
}

/// The usual readings, and others drawn from a fixed source: every reading of every question stands
/// in some of them.
fn choices(edition: Edition) -> Vec<Variants> {
    let most = Variant::ALL.iter().map(|variant| variant.row().readings.len()).max().unwrap_or(1);
    let others = (0..most).map(|turn| {
        let mut variants = Variants::of(edition);
        for (at, variant) in Variant::ALL.iter().enumerate() {
            let row = variant.row();
            let reading = row.readings[(turn + at) % row.readings.len()].id;
            variants.choose(row.id, reading).unwrap();
        }
        variants
    });
    std::iter::once(Variants::of(edition)).chain(others).collect()
}

const CASES: usize = 120;

fn try_edition(edition: Edition) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut runner = TestRunner::deterministic();
        for variants in choices(edition) {
            let stand = Stand::of(edition, variants).await;
            for _ in 0..CASES {
                let garbage = garbage().new_tree(&mut runner).unwrap().current();
                try_one(&stand, &garbage).await;
            }
            stand.server.stop().await;
        }
    });
}

async fn try_one(stand: &Stand, garbage: &Garbage) {
    let row = garbage.call.get(stand.tables.endpoints);
    let kind = match (garbage.media_type, row.body) {
        ("fitting", BodyKind::Json) => "application/json",
        ("fitting", BodyKind::Form) => "application/x-www-form-urlencoded",
        ("fitting", BodyKind::None) => "",
        (other, _) => other,
    };
    let method = if garbage.method.is_empty() { row.method.name() } else { garbage.method };
    let (path, body) = (garbage.path(stand, row), garbage.body(stand, row));
    let status = stand.send(row.host, stand.request(method, &path, (kind, &body))).await;
    let declared = stand.declared(row);
    let variants = stand.server.workspace().variants();
    let told = format!("{method} {path} {kind}\n{body}\n{variants}");
    assert!(status < 500, "{status}: {told}");
    // Another call may have the path under the method that was sent.
    let elsewhere = !garbage.method.is_empty();
    assert!(elsewhere || declared.contains(&status), "{status} is not declared: {told}");
}

#[test]
fn every_call_of_2024_06() {
    try_edition(Edition::E2024_06);
}

#[test]
fn every_call_of_2025_09() {
    try_edition(Edition::E2025_09);
}

#[test]
fn every_call_of_2026_05() {
    try_edition(Edition::E2026_05);
}

#[test]
fn every_reading_of_every_question_is_tried() {
    for variant in Variant::ALL {
        let row = variant.row();
        for reading in row.readings {
            let tried = choices(Edition::DEFAULT);
            assert!(tried.iter().any(|all| all.reads(*variant, reading.id)), "{}", reading.id);
        }
    }
}
