//! Bad input as a table, then whatever proptest can think of.

use contract::{Call, Edition};
use proptest::prelude::*;

use super::*;

fn row(call: Call) -> &'static EndpointRow {
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

fn shown(ask: Result<Ask, Refusal>) -> String {
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
        (r#"{"merchantId":1,"email":"a"}"#, "validation Email: Invalid email address"),
        (
            r#"{"merchantId":1,"email":""}"#,
            "validation Email: The Email field is required. / Email address is required",
        ),
        (
            r#"{"email":"a"}"#,
            "validation MerchantId: The MerchantId field is required. | Email: Invalid email address",
        ),
        (
            r#"{"merchantId":0}"#,
            "validation MerchantId: The field MerchantId must be between 1 and 2147483647.",
        ),
        (
            r#"{"merchantId":"9"}"#,
            "malformed-json merchantId: Error converting value \"9\" to type 'System.Int32'. Path 'merchantId', line 1, position 17. | request: The request field is required.",
        ),
        (
            r#"{"merchantId":"abc"}"#,
            "malformed-json merchantId: Could not convert string to integer: abc. Path 'merchantId', line 1, position 19. | request: The request field is required.",
        ),
        (
            r#"{"merchantId":2147483648}"#,
            "malformed-json merchantId: JSON integer 2147483648 is too large or small for an Int32. Path 'merchantId', line 1, position 24. | request: The request field is required.",
        ),
        (
            r#"{"merchantId":1.5}"#,
            "malformed-json merchantId: Input string '1.5' is not a valid integer. Path 'merchantId', line 1, position 17. | request: The request field is required.",
        ),
        (
            r#"{"merchantId":true,"email":7}"#,
            "malformed-json merchantId: Error converting value True to type 'System.Int32'. Path 'merchantId', line 1, position 18. | email: Error converting value to type 'System.String'. Path 'email', line 1, position 28. | request: The request field is required.",
        ),
        (
            "",
            "malformed-json : A non-empty request body is required. | request: The request field is required.",
        ),
        (
            " \n",
            "malformed-json : A non-empty request body is required. | request: The request field is required.",
        ),
        (
            "null",
            "malformed-json : A non-empty request body is required. | request: The request field is required.",
        ),
        (
            "{\n\"merchantId\"\n}",
            "malformed-json : Invalid character after parsing property name. Expected ':' but got: }. Path '', line 3, position 0. | request: The request field is required.",
        ),
    ] {
        assert_eq!(shown(body(Call::CreateUser, sent)), expected, "{sent}");
    }
    assert!(shown(body(Call::CreateUser, "[]")).starts_with("malformed-json : Cannot deserialize"));
    assert!(shown(body(Call::CreateUser, "7")).starts_with("malformed-json : Error converting"));
    let long = format!(r#"{{"merchantId":1,"email":"{}@example.org"}}"#, "a".repeat(300));
    assert_eq!(shown(body(Call::CreateUser, &long)), "validation Email: Invalid email address");
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
            "CorrespondenceAddress.City: The AdditionalData.Data.CorrespondenceAddress.City field is required.",
        ),
        (
            r#""correspondenceAddress""#,
            r#""elsewhere""#,
            "CorrespondenceAddress: The AdditionalData.Data.CorrespondenceAddress field is required.",
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
    assert!(poll("0", "true").ask.is_ok() && poll("1", "FALSE").ask.is_ok());
    assert_eq!(
        shown(poll("2", "1").ask),
        "validation userType: The field userType is invalid. | isIdentificationCompleted: The value '1' is not valid."
    );
    let shown_path = poll("2", "secret").path.unwrap();
    assert_eq!(
        shown_path,
        "/Enrollment/7/<unlisted 1 digits>/<unlisted 6 characters>/get-identification-process-status"
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

fn is_documented(row: &EndpointRow, ask: &Result<Ask, Refusal>) -> bool {
    ask.as_ref().err().is_none_or(|refusal| row.problems.contains(&refusal.problem))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_bytes_get_an_answer_of_the_row(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for call in Call::ALL {
            let raw = Raw { media_type: Some("application/json"), body: &bytes };
            if row(*call).body == BodyKind::Json {
                let found = decode(row(*call), &[], &raw, &Variants::default());
                prop_assert!(is_documented(row(*call), &found.ask), "{call}: {found:?}");
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
    fn any_path_gets_an_answer_of_the_row(text in "\\PC{1,12}") {
        let found = path(Call::UserStatus, &[("id", &text)]);
        prop_assert!(is_documented(row(Call::UserStatus), &found.ask), "{found:?}");
        prop_assert_eq!(found.path.is_some(), found.ask.is_err());
    }
}
