//! Bad input as a table, then whatever proptest can think of.

use contract::{Call, Edition};
use proptest::prelude::*;

use super::*;

pub(super) fn row(call: Call) -> &'static EndpointRow {
    Edition::E2025_09.tables().unwrap().endpoint(call).unwrap()
}

fn body(call: Call, body: &str) -> Result<Ask, Refusal> {
    let raw = Raw { media_type: Some("application/json"), body: body.as_bytes() };
    decode(row(call), &[], &raw, &Variants::default()).ask
}

fn lenient(call: Call, body: &str) -> Result<Ask, Refusal> {
    let mut variants = Variants::default();
    variants.choose("json-reading", "newtonsoft").unwrap();
    let raw = Raw { media_type: Some("application/json"), body: body.as_bytes() };
    decode(row(call), &[], &raw, &variants).ask
}

pub(super) fn reading(variant: &str, reading: &str) -> Variants {
    let mut variants = Variants::default();
    variants.choose(variant, reading).unwrap();
    variants
}

pub(super) fn shown(ask: Result<Ask, Refusal>) -> String {
    match ask {
        Ok(ask) => format!("{ask:?}"),
        Err(refusal) => {
            let errors = refusal.errors.iter().map(|error| {
                let texts: Vec<_> = error.texts.iter().map(Text::full).collect();
                format!(" {}: {}", error.key, texts.join(" / "))
            });
            format!("{}{}", refusal.problem.name(), errors.collect::<Vec<_>>().join(" |"))
        }
    }
}

#[test]
fn create_user() {
    for (sent, expected) in [
        (
            r#"{"merchantId":1001,"email":"a@b.bg"}"#,
            r#"CreateUser { merchant: 1001, email: Some("a@b.bg") }"#,
        ),
        (
            r#"{"merchantId":1001,"email":null,"x":[1]}"#,
            "CreateUser { merchant: 1001, email: None }",
        ),
        (
            r#"{"MERCHANTID":1,"email":"a@b.bg","email":"c@d.bg"}"#,
            r#"CreateUser { merchant: 1, email: Some("c@d.bg") }"#,
        ),
        (
            r#"{"merchantId":1,"additionalData":{"type":null,"data":{"x":[{}]},"more":1}}"#,
            "CreateUser { merchant: 1, email: None }",
        ),
        (r#"{"merchantId":1,"email":"a"}"#, "validation Email: Invalid email address"),
        (
            r#"{"merchantId":1,"email":""}"#,
            "validation Email: The Email field is required. / Email address is required",
        ),
        (
            r#"{"email":"a"}"#,
            "validation MerchantId: The MerchantId field is required. \
             | Email: Invalid email address",
        ),
        (
            r#"{"merchantId":0}"#,
            "validation MerchantId: The field MerchantId must be between 1 and 2147483647.",
        ),
        (r#"{"merchantId":null}"#, "validation MerchantId: The MerchantId field is required."),
    ] {
        assert_eq!(shown(body(Call::CreateUser, sent)), expected, "{sent}");
    }
    let long = format!(r#"{{"merchantId":1,"email":"{}@example.org"}}"#, "a".repeat(300));
    assert_eq!(shown(body(Call::CreateUser, &long)), "validation Email: Invalid email address");
}

/// What a refused body says, without the sentence about the request that closes every one.
fn faults_of(call: Call, sent: &str) -> String {
    let all = shown(body(call, sent));
    let start = all.strip_prefix("malformed-json ").unwrap_or_else(|| panic!("{all}"));
    let end = start.strip_suffix(" | request: The request field is required.");
    end.unwrap_or_else(|| panic!("{all}")).to_owned()
}

/// A body of initiate, and what is wrong with its types, key first, place (line and position) last.
const WRONG_TYPES: &[(&str, &str, &str, (u32, u32))] = &[
    (
        r#"{"userId":"172"}"#,
        "userId",
        "Error converting value \"172\" to type 'System.Int32'.",
        (1, 15),
    ),
    (r#"{"userId":"abc"}"#, "userId", "Could not convert string to integer: abc.", (1, 15)),
    (
        r#"{"userId":2147483648}"#,
        "userId",
        "JSON integer 2147483648 is too large or small for an Int32.",
        (1, 20),
    ),
    (r#"{"userId":1.5}"#, "userId", "Input string '1.5' is not a valid integer.", (1, 13)),
    (r#"{"userId":1e3}"#, "userId", "Input string '1e3' is not a valid integer.", (1, 13)),
    (
        "{\n\"USERid\": {\"x\": 1} }",
        "USERid",
        "Unexpected character encountered while parsing value: {.",
        (2, 11),
    ),
    (
        r#"{"userId":[1]}"#,
        "userId",
        "Unexpected character encountered while parsing value: [.",
        (1, 11),
    ),
    (
        r#"{"userId":true}"#,
        "userId",
        "Unexpected character encountered while parsing value: t.",
        (1, 11),
    ),
    (
        r#"{"userId":false}"#,
        "userId",
        "Unexpected character encountered while parsing value: f.",
        (1, 11),
    ),
    (
        r#"{"userId":1,"isRestartIdentification":"true"}"#,
        "isRestartIdentification",
        "Error converting value \"true\" to type 'System.Boolean'.",
        (1, 44),
    ),
    (
        r#"{"userId":1,"userLanguage":7}"#,
        "userLanguage",
        "Error converting value 7 to type 'System.String'.",
        (1, 28),
    ),
];

#[test]
fn wrong_types_are_named_with_their_place() {
    for (sent, key, sentence, (line, position)) in WRONG_TYPES {
        let place = format!("Path '{key}', line {line}, position {position}.");
        assert_eq!(faults_of(Call::Initiate, sent), format!("{key}: {sentence} {place}"), "{sent}");
    }
    // All of them at once, nested ones under their path, and rules only once the types are right.
    let several =
        r#"{"id":"x","additionalData":{"type":7,"data":{"userId":true}},"email":"broken"}"#;
    assert_eq!(
        faults_of(Call::AddAdditionalData, several),
        "id: Could not convert string to integer: x. Path 'id', line 1, position 9. \
         | additionalData.type: Error converting value 7 to type 'System.String'. \
         Path 'additionalData.type', line 1, position 36. \
         | additionalData.data.userId: Unexpected character encountered while parsing value: t. \
         Path 'additionalData.data.userId', line 1, position 55."
    );
    let array = faults_of(Call::CreateUser, r#"{"merchantId":1,"additionalData":[]}"#);
    assert!(array.starts_with("additionalData: Cannot deserialize the current JSON array"));
    assert!(array.ends_with("Path 'additionalData', line 1, position 34."), "{array}");
}

#[test]
fn broken_bodies() {
    let empty = ": A non-empty request body is required.";
    for (sent, expected) in [
        ("", empty),
        (" \n", empty),
        ("null", empty),
        (
            "{\n\"merchantId\"\n}",
            ": Invalid character after parsing property name. Expected ':' but got: }. \
             Path '', line 3, position 0.",
        ),
        (
            r#"{"merchantId":1,"email":"a"#,
            "email: Unterminated string. Expected delimiter: \". \
             Path 'email', line 1, position 26.",
        ),
        ("7", ": Error converting value to an object. Path '', line 1, position 1."),
    ] {
        assert_eq!(faults_of(Call::CreateUser, sent), expected, "{sent}");
    }
    assert!(faults_of(Call::CreateUser, "[]").starts_with(": Cannot deserialize"));
    // The keys stay unique, even if a member has the name of the action's parameter.
    assert_eq!(
        shown(body(Call::CreateUser, r#"{"request":"#)),
        "malformed-json request: Unexpected end when deserializing object. \
         Path 'request', line 1, position 11. / The request field is required."
    );
}

#[test]
fn the_lenient_reading_converts() {
    for (sent, expected) in [
        (
            r#"{"userId":" 172 ","isRestartIdentification":"True",
                "userLanguage":"","browserLanguage":7}"#,
            "Initiate { user: 172, restart: true, language: Some(\"7\") }",
        ),
        (
            r#"{"userId":1,"isRestartIdentification":1}"#,
            "Initiate { user: 1, restart: true, language: None }",
        ),
        (
            r#"{"userId":1,"isRestartIdentification":0.0,"userLanguage":true}"#,
            "Initiate { user: 1, restart: false, language: Some(\"true\") }",
        ),
    ] {
        assert_eq!(shown(lenient(Call::Initiate, sent)), expected, "{sent}");
        assert!(body(Call::Initiate, sent).is_err(), "{sent}");
    }
    let still = shown(lenient(Call::Initiate, r#"{"userId":"abc"}"#));
    assert!(still.contains("Could not convert string to integer: abc."), "{still}");
    let still = shown(lenient(Call::Initiate, r#"{"userId":1,"isRestartIdentification":"x"}"#));
    assert!(still.contains("Error converting value \"x\" to type 'System.Boolean'."), "{still}");
}

#[test]
fn codes_are_texts_and_never_quoted() {
    let wrong = shown(body(Call::VerifyPhone, r#"{"id":5,"code":714982}"#));
    assert!(
        wrong.starts_with("malformed-json code: Error converting value to type 'System.String'.")
    );
    assert!(!wrong.contains("714982"));
    assert_eq!(
        shown(lenient(Call::VerifyPhone, r#"{"id":"5","code":714982}"#)),
        "VerifyPhone { user: 5, code: \"714982\" }"
    );
    for (sent, expected) in [
        (r#"{"id":5,"code":""}"#, "validation Code: The Code field is required."),
        (r#"{"id":5}"#, "validation Code: The Code field is required."),
        (
            r#"{"id":5,"code":"1","correlationType":2}"#,
            "validation CorrelationType: The field CorrelationType is invalid.",
        ),
    ] {
        assert_eq!(shown(body(Call::VerifyPhone, sent)), expected);
    }
    let token = shown(body(Call::ConfirmEmail, r#"{"id":5,"token":null}"#));
    assert_eq!(token, "validation Token: The Token field is required.");
}

#[test]
fn phones_are_e164() {
    for (phone, good) in [("+359881234567", true), ("0881234567", false), ("", false)] {
        let sent = format!(r#"{{"id":5,"phoneNumber":"{phone}"}}"#);
        let found = shown(body(Call::SendPhoneCode, &sent));
        assert_eq!(found.starts_with("SendPhoneCode"), good, "{found}");
    }
}

const QUESTIONNAIRE: &str = r#"{"id":7,"additionalData":{"type":"EnrollAdditionalData","data":{
    "userId":7,"isCorrespondenceAddressSame":false,"sourceOfFundId":"8","taxResidences":"BG",
    "accountPurposeCode":"1","mainActivityCode":"1","correspondenceAddress":
    {"addressLine":"x","city":"x","zipCode":"1","countryId":"BG"}}}}"#;

#[test]
fn the_questionnaire_must_be_complete() {
    let is_good = |sent: &str| body(Call::AddAdditionalData, sent).is_ok();
    assert!(is_good(QUESTIONNAIRE), "{}", shown(body(Call::AddAdditionalData, QUESTIONNAIRE)));
    let prefix = "validation AdditionalData.Data.";
    for (from, to, expected) in [
        (
            r#""userId":7"#,
            r#""userId":8"#,
            "UserId: The field AdditionalData.Data.UserId is invalid.",
        ),
        (
            r#""sourceOfFundId":"8""#,
            r#""sourceOfFundId":"99""#,
            "SourceOfFundId: The field AdditionalData.Data.SourceOfFundId is invalid.",
        ),
        (
            r#""taxResidences":"BG""#,
            r#""taxResidences":"""#,
            "TaxResidences: The AdditionalData.Data.TaxResidences field is required.",
        ),
        (
            r#""city":"x","#,
            "",
            "CorrespondenceAddress.City: \
             The AdditionalData.Data.CorrespondenceAddress.City field is required.",
        ),
        (
            r#""correspondenceAddress""#,
            r#""elsewhere""#,
            "CorrespondenceAddress: \
             The AdditionalData.Data.CorrespondenceAddress field is required.",
        ),
    ] {
        let found = shown(body(Call::AddAdditionalData, &QUESTIONNAIRE.replace(from, to)));
        assert_eq!(found, format!("{prefix}{expected}"));
    }
    assert!(is_good(
        &QUESTIONNAIRE.replace("Same\":false", "Same\":true").replace("\"x\"", "\"\"")
    ));
    let marker = QUESTIONNAIRE.replace("EnrollAdditionalData", "Other");
    assert!(shown(body(Call::AddAdditionalData, &marker)).contains("AdditionalData.Type"));
    assert!(
        shown(body(Call::AddAdditionalData, r#"{"id":7}"#)).contains("The AdditionalData field")
    );
}

#[test]
fn media_types() {
    for (media_type, good) in [
        (Some("application/json"), true),
        (Some("Application/JSON; charset=UTF-8"), true),
        (Some("application/json-patch+json"), true),
        (Some("text/json"), true),
        (Some("application/json; charset=utf-16"), false),
        (Some("text/plain"), false),
        (Some("application/x-www-form-urlencoded"), false),
        (Some(""), false),
        (None, false),
    ] {
        let raw = Raw { media_type, body: br#"{"userId":7}"# };
        let found = decode(row(Call::Finalize), &[], &raw, &Variants::default()).ask;
        assert_eq!(found.is_ok(), good, "{media_type:?}");
        if let Err(refusal) = found {
            assert_eq!(refusal.problem, Problem::UnsupportedMediaType);
        }
    }
}

fn path(call: Call, params: &[Param<'_>]) -> Decoded {
    decode(row(call), params, &Raw { media_type: None, body: b"ignored" }, &Variants::default())
}

#[test]
fn paths() {
    for (id, expected) in [
        ("7", "UserStatus { user: 7 }"),
        ("0", "validation id: The field id must be between 1 and 2147483647."),
        ("-1", "validation id: The field id must be between 1 and 2147483647."),
        ("2147483647", "UserStatus { user: 2147483647 }"),
        ("2147483648", "validation id: The value '2147483648' is not valid."),
        ("abc", "validation id: The value 'abc' is not valid."),
        ("%7Bid%7D", "validation id: The value '%7Bid%7D' is not valid."),
    ] {
        assert_eq!(shown(path(Call::UserStatus, &[("id", id)]).ask), expected);
    }
    let poll = |user_type, completed| {
        let params =
            [("id", "7"), ("userType", user_type), ("isIdentificationCompleted", completed)];
        path(Call::IdentificationStatus, &params)
    };
    for (sent, completed, expected) in
        [(("0", "true"), true, 0), (("1", "FALSE"), false, 1), (("-0", "True"), true, 0)]
    {
        let ask = Ask::IdentificationStatus { user: 7, user_type: expected, completed };
        assert_eq!(poll(sent.0, sent.1).ask, Ok(ask));
    }
    assert_eq!(
        shown(poll("2", "1").ask),
        "validation userType: The field userType is invalid. \
         | isIdentificationCompleted: The value '1' is not valid."
    );
    let shown_path = poll("2", "secret").path.unwrap();
    assert_eq!(
        shown_path,
        "/Enrollment/7/<unlisted 1 digits>/<unlisted 6 characters>\
         /get-identification-process-status"
    );
}

/// JSON that comes near the real thing: the members of the row with values of any type.
fn near_body(call: Call) -> impl Strategy<Value = String> {
    let names: Vec<&str> = row(call).fields.iter().map(|field| field.name).collect();
    let value = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f32>().prop_filter("finite", |n| n.is_finite()).prop_map(|number| number.to_string()),
        ".{0,12}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just("{}".to_owned()),
        Just("[{}]".to_owned()),
    ];
    let member = (proptest::sample::select(names), value);
    proptest::collection::vec(member, 0..8).prop_map(|members| {
        let members: Vec<_> = members
            .into_iter()
            .map(|(name, value)| format!("\"{}\":{value}", name.rsplit('.').next().unwrap()))
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

/// Anything, and what comes near a good one.
fn any_segment() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{1,12}", "[-+]?[0-9]{1,11}", "[-+]?[01]", "true|False|TRUE"]
}

fn is_documented(row: &EndpointRow, ask: &Result<Ask, Refusal>) -> bool {
    ask.as_ref().err().is_none_or(|refusal| row.problems.contains(&refusal.problem))
}

#[test]
fn the_length_of_a_text_is_counted_in_characters_as_json_schema_counts() {
    let verify = |length| format!(r#"{{"id":5,"code":"{}"}}"#, "ж".repeat(length));
    let accepted = body(Call::VerifyPhone, &verify(FieldRow::MAX_TEXT));
    assert!(accepted.is_ok(), "{accepted:?}");
    let refused = shown(body(Call::VerifyPhone, &verify(FieldRow::MAX_TEXT + 1)));
    assert_eq!(refused, "validation Code: The field Code is invalid.");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..Default::default()
    })]

    #[test]
    fn any_bytes_get_an_answer_of_the_row(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for row in Edition::served().filter_map(Edition::tables).flat_map(|all| all.endpoints) {
            let raw = Raw { media_type: Some("application/json"), body: &bytes };
            for library in ["newtonsoft", "system-text-json"] {
                if row.body == BodyKind::Json {
                    let found = decode(row, &[], &raw, &reading("json-library", library));
                    prop_assert!(is_documented(row, &found.ask), "{}: {found:?}", row.call);
                }
            }
        }
    }

    #[test]
    fn near_misses_get_an_answer_of_the_row(
        (call, sent) in prop_oneof![
            Just(Call::CreateUser), Just(Call::VerifyPhone), Just(Call::Initiate),
            Just(Call::AddAdditionalData), Just(Call::SendEmailConfirmation), Just(Call::Finalize),
        ].prop_flat_map(|call| near_body(call).prop_map(move |sent| (call, sent))),
    ) {
        for found in [body(call, &sent), lenient(call, &sent)] {
            prop_assert!(is_documented(row(call), &found), "{call} {sent}: {found:?}");
        }
    }

    #[test]
    fn any_path_gets_an_answer_of_the_row(texts in [any_segment(), any_segment(), any_segment()]) {
        for call in [Call::UserStatus, Call::ResendPhoneCode, Call::IdentificationStatus] {
            let variants = Variants::default();
            let names = row(call).fields_in(Place::Path, &variants).map(|field| field.name);
            let params: Vec<_> = names.zip(texts.iter().map(String::as_str)).collect();
            let found = path(call, &params);
            prop_assert!(is_documented(row(call), &found.ask), "{call} {found:?}");
            prop_assert_eq!(found.path.is_some(), found.ask.is_err());
        }
    }
}
