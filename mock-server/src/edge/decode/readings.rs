//! Every reading of every question about what a request may hold: the same body, another answer.
//! The answers stand in the order of the rows' readings.

use contract::Call;

use super::{
    tests::{reading, row, shown},
    *,
};

/// What a body comes to under each reading of a question, in the order of the row.
fn under_each(variant: Variant, call: Call, (media_type, body): (&str, &str)) -> Vec<String> {
    let raw = Raw { media_type: Some(media_type), body: body.as_bytes() };
    let told = |id| shown(decode(row(call), &[], &raw, &reading(variant.row().id, id)).ask);
    variant.row().readings.iter().map(|reading| told(reading.id)).collect()
}

const JSON: &str = "application/json";

#[test]
fn readings_of_members() {
    let asked = "ConfirmEmail { user: 5, token: \"1\" }";
    let loud = r#"{"ID":5,"token":"1"}"#;
    assert_eq!(
        under_each(Variant::MemberCase, Call::ConfirmEmail, (JSON, loud)),
        [asked, "validation Id: The Id field is required."]
    );
    let patch = "application/json-patch+json";
    let good = r#"{"id":5,"token":"1"}"#;
    assert_eq!(
        under_each(Variant::PatchMediaType, Call::ConfirmEmail, (patch, good)),
        [asked, "unsupported-media-type"]
    );
    for media_type in [JSON, "application/vnd.x+json"] {
        let told = under_each(Variant::PatchMediaType, Call::ConfirmEmail, (media_type, good));
        assert_eq!(told, [asked, asked]);
    }
    let text = r#"{"id":"5","token":"1"}"#;
    let told = under_each(Variant::IdType, Call::ConfirmEmail, (JSON, text));
    assert!(told[0].starts_with("malformed-json id: Error converting") && told[1] == asked);
    let told =
        under_each(Variant::JsonLibrary, Call::ConfirmEmail, (JSON, r#"{"id":[],"token":7}"#));
    assert_eq!(
        told,
        [
            "malformed-json id: Unexpected character encountered while parsing value: [. Path 'id', \
             line 1, position 7. | token: Error converting value to type 'System.String'. Path \
             'token', line 1, position 18. | request: The request field is required.",
            "malformed-json $.id: The JSON value could not be converted to System.Int32. Path: $.id \
             | LineNumber: 0 | BytePositionInLine: 7. | request: The request field is required.",
        ]
    );
    let nobody = r#"{"merchantId":5}"#;
    let told = under_each(Variant::EmailAtCreation, Call::CreateUser, (JSON, nobody));
    assert_eq!(
        told,
        [
            "CreateUser { merchant: 5, email: None }",
            "validation Email: The Email field is required. / Email address is required",
        ]
    );
    let phone = r#"{"id":5,"phoneNumber":"1"}"#;
    assert_eq!(
        under_each(Variant::ValidationWording, Call::SendPhoneCode, (JSON, phone)),
        [
            "validation PhoneNumber: Invalid phone number",
            "validation PhoneNumber: 'Phone Number' is not in the correct format.",
        ]
    );
}

/// A questionnaire with some members changed.
fn questionnaire(changes: &[(&str, serde_json::Value)]) -> String {
    let mut data = serde_json::json!({
        "userId": 5, "isCorrespondenceAddressSame": false, "sourceOfFundId": "8",
        "correspondenceAddress": {
            "addressLine": "a", "city": "b", "zipCode": "1000", "countryId": "BG"
        },
        "taxResidences": "BG", "accountPurposeCode": "1", "mainActivityCode": "1",
    });
    for (name, value) in changes {
        data[*name] = value.clone();
    }
    let marker = "EnrollAdditionalData";
    serde_json::json!({"id": 5, "additionalData": {"type": marker, "data": data}}).to_string()
}

#[test]
fn readings_of_the_questionnaire() {
    let told = |variant, changes: &[(&str, serde_json::Value)]| {
        let body = questionnaire(changes);
        let told = under_each(variant, Call::AddAdditionalData, (JSON, &body));
        let word = |told: &String| told.split([' ', ':']).next().unwrap_or_default().to_owned();
        told.iter().map(word).collect::<Vec<_>>()
    };
    let taken = "AddAdditionalData";
    assert_eq!(told(Variant::CallbackId, &[]), [taken, "validation"]);
    let named = [("BTrustAppCallBackId", "x".into())];
    assert_eq!(told(Variant::CallbackId, &named), [taken, taken]);
    assert_eq!(told(Variant::AddressType, &[]), [taken, "validation"]);
    assert_eq!(told(Variant::SourceOfFundType, &[]), [taken, "malformed-json"]);
    let number = [("sourceOfFundId", 8.into())];
    assert_eq!(told(Variant::SourceOfFundType, &number), ["malformed-json", taken]);
    let unknown = [("sourceOfFundId", 99.into())];
    assert_eq!(told(Variant::SourceOfFundType, &unknown), ["malformed-json", "validation"]);
    assert_eq!(told(Variant::TaxResidencesType, &[]), [taken, "malformed-json"]);
    let array = [("taxResidences", serde_json::json!(["BG", "DE"]))];
    assert_eq!(told(Variant::TaxResidencesType, &array), ["malformed-json", taken]);
    for bad in [serde_json::json!([]), serde_json::json!([""])] {
        let told = told(Variant::TaxResidencesType, &[("taxResidences", bad)]);
        assert_eq!(told, ["malformed-json", "validation"]);
    }
    let strange = [("mainActivityCode", "99".into())];
    assert_eq!(told(Variant::KycCodes, &strange), ["validation", taken]);
}
