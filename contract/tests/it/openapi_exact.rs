//! The documents promise exactly what is served: what a fuzzer once found to differ, each with the
//! answer or the request that differed.

use contract::{Call, Edition, EndpointRow, Method, Tables, Variants, openapi};
use serde_json::{Value, json};

fn tables(edition: Edition) -> &'static Tables {
    edition.tables().unwrap()
}

fn row(edition: Edition, call: Call) -> &'static EndpointRow {
    tables(edition).endpoint(call).unwrap()
}

fn operation<'a>(document: &'a Value, row: &EndpointRow, method: Method) -> &'a Value {
    &document["paths"][row.path][method.name().to_ascii_lowercase()]
}

/// The document of an edition under its own readings and one more.
fn under(edition: Edition, choice: (&str, &str)) -> Value {
    let mut variants = Variants::of(edition);
    variants.choose(choice.0, choice.1).unwrap();
    openapi::document_at(tables(edition), Some(variants), |_| "https://mock.example")
}

fn body<'a>(document: &'a Value, row: &EndpointRow) -> &'a Value {
    &operation(document, row, row.method)["requestBody"]["content"]["application/json"]["schema"]
}

fn accepts(schema: &Value, value: &Value) -> bool {
    jsonschema::validator_for(schema).unwrap().is_valid(value)
}

#[test]
fn every_method_that_is_served_is_an_operation() {
    let mut posted = 0;
    for tables in Edition::served().filter_map(Edition::tables) {
        let document = openapi::document(tables);
        for row in tables.endpoints {
            let methods = document["paths"][row.path].as_object().unwrap().keys();
            let methods = methods.filter(|name| *name != "servers");
            assert_eq!(methods.count(), row.methods().len(), "{}", row.call);
            for method in row.methods().iter().filter(|method| **method != row.method) {
                let operation = operation(&document, row, *method);
                assert_eq!(operation["operationId"], format!("{}-by-post", row.call.name()));
                assert!(operation["requestBody"]["content"].is_object(), "{}", row.call);
                posted += 1;
            }
        }
    }
    assert_eq!(posted, 3, "authorize, endsession and userinfo of 2026-05");
}

#[test]
fn what_a_person_sees_is_a_page() {
    let document = openapi::document(tables(Edition::E2026_05));
    for call in [Call::Authorize, Call::EndSession] {
        let row = row(Edition::E2026_05, call);
        let responses = &operation(&document, row, Method::Get)["responses"];
        for status in ["200", "400"] {
            let content = responses[status]["content"].as_object().unwrap();
            assert_eq!(content.keys().collect::<Vec<_>>(), ["text/html"], "{call} {status}");
        }
        assert!(responses["302"].is_object(), "{call}");
    }
}

#[test]
fn an_id_as_text_has_the_range_of_the_number() {
    let row = row(Edition::DEFAULT, Call::UserStatus);
    assert_eq!(row.fields.len(), 1, "an id in a path is always a text");
    let document = under(Edition::DEFAULT, ("id-type", "number-or-text"));
    let verify = tables(Edition::DEFAULT).endpoint(Call::VerifyPhone).unwrap();
    let schema = &body(&document, verify)["properties"]["id"];
    let good = [json!(1), json!("1"), json!("007"), json!("+5"), json!("2147483647")];
    for id in good {
        assert!(accepts(schema, &id), "{id}");
    }
    for id in ["0", "00", "2147483648", "9999999999", "-1", "", "1.0"] {
        assert!(!accepts(schema, &json!(id)), "{id}");
    }
    let strict = under(Edition::DEFAULT, ("id-type", "number"));
    assert!(!accepts(&body(&strict, verify)["properties"]["id"], &json!("1")));
}

#[test]
fn an_address_that_must_be_given_is_neither_null_nor_empty() {
    let document = openapi::document(tables(Edition::DEFAULT));
    let row = row(Edition::DEFAULT, Call::AddAdditionalData);
    let media = &operation(&document, row, row.method)["requestBody"]["content"];
    let shortest = &media["application/json"]["examples"]["shortest"]["value"];
    let with = |same: bool, city: Value| {
        let mut body = shortest.clone();
        let data = &mut body["additionalData"]["data"];
        data["isCorrespondenceAddressSame"] = json!(same);
        let address = json!({ "addressLine": "1 Road", "city": city, "zipCode": "1000",
            "countryId": "BG", "stateProvinceCounty": "Sofia" });
        data["correspondenceAddress"] = address;
        body
    };
    let schema = body(&document, row);
    assert!(accepts(schema, &with(false, json!("Sofia"))));
    assert!(accepts(schema, &with(true, json!(""))));
    for city in [json!(""), json!(null)] {
        assert!(!accepts(schema, &with(false, city)));
    }
}

#[test]
fn the_identity_server_limits_no_single_parameter() {
    let document = openapi::document(tables(Edition::E2026_05));
    for call in [Call::EndSession, Call::Revocation, Call::PlainToken, Call::MtlsToken] {
        let row = row(Edition::E2026_05, call);
        let text = operation(&document, row, row.method).to_string();
        let request = text.split("\"responses\"").next().unwrap();
        assert!(request.contains("parameters") && !request.contains("maxLength"), "{call}");
    }
}

#[test]
fn under_given_readings_a_refusal_has_one_form() {
    for tables in Edition::served().filter_map(Edition::tables) {
        let readings = Some(Variants::of(tables.edition));
        let document = openapi::document_at(tables, readings, |_| "https://mock.example");
        for row in tables.endpoints {
            let responses = operation(&document, row, row.method)["responses"].as_object().unwrap();
            let rows = responses.values().flat_map(|response| response["x-rows"].as_array());
            let mut problems: Vec<_> =
                rows.flatten().filter_map(|row| row["x-problem"].as_str()).collect();
            let all = problems.len();
            problems.sort_unstable();
            problems.dedup();
            assert_eq!(problems.len(), all, "{} {}", tables.edition, row.call);
        }
    }
}

#[test]
fn a_reading_of_the_completed_flag_is_a_rule_of_the_path() {
    let row = row(Edition::E2026_05, Call::IdentificationStatus);
    for (reading, other) in [("either", true), ("true-only", false)] {
        let document = under(Edition::E2026_05, ("completed-flag", reading));
        let parameters = operation(&document, row, row.method)["parameters"].as_array().unwrap();
        assert_eq!(parameters.len(), 3);
        let flag = parameters.iter().find(|one| one["name"] == "isIdentificationCompleted");
        let schema = &flag.unwrap()["schema"];
        let is_boolean = schema["type"] == "boolean";
        assert_eq!(is_boolean, other, "{reading}: {schema}");
    }
}

#[test]
fn a_new_user_leads_to_every_call_that_names_one() {
    for tables in Edition::served().filter_map(Edition::tables) {
        let document = openapi::document(tables);
        let create = tables.endpoint(Call::CreateUser).unwrap();
        let success = create.successes[0].status.to_string();
        let responses = &operation(&document, create, create.method)["responses"];
        let links = responses[&success]["links"].as_object().unwrap();
        let names = |row: &&EndpointRow| row.fields.iter().any(|field| field.names_user());
        let wanted = tables.endpoints.iter().filter(names).map(|row| row.call.name());
        let mut wanted: Vec<_> = wanted.collect();
        wanted.sort_unstable();
        assert_eq!(links.keys().collect::<Vec<_>>(), wanted, "{}", tables.edition);
        let status = &links["user-status"]["parameters"]["path.id"];
        assert_eq!(status, "$response.body#/id");
    }
    let document = openapi::document(tables(Edition::E2026_05));
    let finalize = row(Edition::E2026_05, Call::Finalize);
    let found = &operation(&document, finalize, finalize.method)["responses"]["200"]["links"];
    assert_eq!(found["kyc-documents"]["operationId"], "kyc-documents");
}
