//! Edition 2025-09: Borica/B-Trust and the eleven steps. Tables only.
//!
//! The pages of this edition end early in the copies that could be read; what they leave open is
//! carried over from 2026-05 or argued, and each such row is *assumed* and says why.

use crate::{
    Call, Edition, EndpointRow, FieldRow, Host, Method, Problem, Tables,
    endpoint::{BodyKind, Gate},
    field::{Kind, Need, Place, Privacy},
    lists::CodeList,
    problem::{Family, ProblemRow},
    provenance::{Provenance, assumed, d25},
};

pub(crate) static TABLES: Tables =
    Tables { edition: Edition::E2025_09, endpoints: ENDPOINTS, problems: PROBLEMS };

const CREATE: &str = "create-user";
const CONFIRM: &str = "confirm-email";
const RESEND_MAIL: &str = "send-email-verification-code";
const SEND_CODE: &str = "send-verification-code";
const RESEND_CODE: &str = "resend-phone-verification-code";
const VERIFY: &str = "verify-the-phone-number";
const STATUS: &str = "check-user-status";
const INITIATE: &str = "initiate-external-identification-api";
const POLL: &str = "get-identification-process-status";
const KYC: &str = "user-add-additional-data";
const FINALIZE: &str = "finalize-external-identification-api";
const TOKEN: &str = "client-authentication";

const LIST_REASON: &str = "2025-09 says that the codes come from lists; 2026-05 gives the paths";

const ENDPOINTS: &[EndpointRow] = &[
    EndpointRow {
        call: Call::CreateUser,
        host: Host::Api,
        method: Method::Post,
        path: "/User",
        gate: Gate::Bearer,
        body: BodyKind::Json,
        fields: &[
            body("merchantId", "MerchantId", INT, Need::Required, d25(CREATE, "fields")),
            FieldRow {
                privacy: Privacy::Personal,
                ..body("email", "Email", Kind::Email, Need::Optional, d25(CREATE, "fields"))
            },
            body(
                "additionalData",
                "AdditionalData",
                Kind::Object,
                Need::Optional,
                d25(CREATE, "fields"),
            ),
            body(
                "additionalData.type",
                "AdditionalData.Type",
                Kind::Text,
                Need::Optional,
                d25(CREATE, "fields"),
            ),
            body(
                "additionalData.data",
                "AdditionalData.Data",
                Kind::Object,
                Need::Optional,
                d25(CREATE, "fields"),
            ),
        ],
        success: 201,
        problems: &[
            Problem::Unauthorized,
            Problem::Forbidden,
            Problem::UnsupportedMediaType,
            Problem::MalformedJson,
            Problem::Validation,
            Problem::EmailAlreadyRegistered,
            Problem::WorldFull,
        ],
        shown: &[(Problem::Validation, "400 response")],
        provenance: d25(CREATE, "endpoint"),
    },
    EndpointRow {
        call: Call::ConfirmEmail,
        host: Host::Api,
        method: Method::Post,
        path: "/User/email/confirm",
        gate: Gate::Bearer,
        body: BodyKind::Json,
        fields: &[
            body("id", "Id", INT, Need::Required, d25(CONFIRM, "fields")),
            FieldRow {
                privacy: Privacy::Secret,
                ..body("token", "Token", Kind::Text, Need::Required, d25(CONFIRM, "fields"))
            },
            body(
                "correlationType",
                "CorrelationType",
                Kind::ZeroOrOne,
                Need::Optional,
                d25(CONFIRM, "fields"),
            ),
        ],
        success: 200,
        problems: &[
            Problem::Unauthorized,
            Problem::UnsupportedMediaType,
            Problem::MalformedJson,
            Problem::Validation,
            Problem::InvalidUser,
            Problem::InvalidToken,
        ],
        shown: &[
            (Problem::Validation, "400 response"),
            (Problem::InvalidUser, "400 response"),
            (Problem::InvalidToken, "400 response"),
        ],
        provenance: d25(CONFIRM, "endpoint"),
    },
    EndpointRow {
        call: Call::SendEmailConfirmation,
        host: Host::Api,
        method: Method::Post,
        path: "/User/email/send-confirmation",
        gate: Gate::Bearer,
        body: BodyKind::Json,
        fields: &[
            body("id", "Id", INT, Need::Required, d25(RESEND_MAIL, "fields")),
            FieldRow {
                privacy: Privacy::Personal,
                ..body("email", "Email", Kind::Email, Need::Required, d25(RESEND_MAIL, "fields"))
            },
        ],
        success: 204,
        problems: &[
            Problem::Unauthorized,
            Problem::UnsupportedMediaType,
            Problem::MalformedJson,
            Problem::Validation,
            Problem::UserNotFound,
            Problem::EmailMismatch,
            Problem::EmailAlreadyRegistered,
        ],
        shown: &[(Problem::Validation, "400 response"), (Problem::MalformedJson, "400 response")],
        provenance: d25(RESEND_MAIL, "endpoint"),
    },
    EndpointRow {
        call: Call::SendPhoneCode,
        host: Host::Api,
        method: Method::Post,
        path: "/User/phone-number/send-code",
        gate: Gate::Bearer,
        body: BodyKind::Json,
        fields: &[
            body("id", "Id", INT, Need::Required, d25(SEND_CODE, "fields")),
            FieldRow {
                privacy: Privacy::Personal,
                ..body(
                    "phoneNumber",
                    "PhoneNumber",
                    Kind::Phone,
                    Need::Required,
                    d25(SEND_CODE, "fields"),
                )
            },
            body(
                "correlationType",
                "CorrelationType",
                Kind::ZeroOrOne,
                Need::Optional,
                assumed("2026-05 lists it; the neighbouring calls of 2025-09 have it too"),
            ),
        ],
        success: 204,
        problems: &[
            Problem::Unauthorized,
            Problem::UnsupportedMediaType,
            Problem::MalformedJson,
            Problem::Validation,
            Problem::UserNotFound,
            Problem::EmailNotConfirmed,
            Problem::PhoneAlreadyRegistered,
            Problem::PhoneNotEligible,
        ],
        shown: &[
            (Problem::PhoneAlreadyRegistered, "400 response"),
            (Problem::UserNotFound, "404 response"),
        ],
        provenance: d25(SEND_CODE, "endpoint"),
    },
    EndpointRow {
        call: Call::ResendPhoneCode,
        host: Host::Api,
        method: Method::Post,
        path: "/User/{id}/phone-number/resend-code",
        gate: Gate::Bearer,
        body: BodyKind::None,
        fields: &[path("id", INT, d25(RESEND_CODE, "path"))],
        success: 204,
        problems: &[
            Problem::Unauthorized,
            Problem::Validation,
            Problem::UserNotFound,
            Problem::PhoneNotEligible,
        ],
        shown: &[(Problem::UserNotFound, "404 response")],
        provenance: d25(RESEND_CODE, "endpoint"),
    },
    EndpointRow {
        call: Call::VerifyPhone,
        host: Host::Api,
        method: Method::Post,
        path: "/User/phone-number/verify",
        gate: Gate::Bearer,
        body: BodyKind::Json,
        fields: &[
            body("id", "Id", INT, Need::Required, d25(VERIFY, "fields")),
            FieldRow {
                privacy: Privacy::Secret,
                ..body("code", "Code", Kind::Text, Need::Required, d25(VERIFY, "fields"))
            },
            body(
                "correlationType",
                "CorrelationType",
                Kind::ZeroOrOne,
                Need::Optional,
                assumed("2026-05 lists it; the neighbouring calls of 2025-09 have it too"),
            ),
        ],
        success: 200,
        problems: &[
            Problem::Unauthorized,
            Problem::UnsupportedMediaType,
            Problem::MalformedJson,
            Problem::Validation,
            Problem::UserNotFound,
            Problem::InvalidCode,
        ],
        shown: &[(Problem::Validation, "400 response"), (Problem::InvalidCode, "400 response")],
        provenance: d25(VERIFY, "endpoint"),
    },
    EndpointRow {
        call: Call::Initiate,
        host: Host::Api,
        method: Method::Post,
        path: "/Enrollment/initiate-external-identification",
        gate: Gate::Bearer,
        body: BodyKind::Json,
        fields: &[
            body("userId", "UserId", INT, Need::Required, d25(INITIATE, "fields")),
            body(
                "isRestartIdentification",
                "IsRestartIdentification",
                Kind::Boolean,
                Need::Optional,
                d25(INITIATE, "fields"),
            ),
            body(
                "localTimezone",
                "LocalTimezone",
                Kind::Text,
                Need::Optional,
                d25(INITIATE, "fields"),
            ),
            body("userAgent", "UserAgent", Kind::Text, Need::Optional, d25(INITIATE, "fields")),
            body(
                "browserLanguage",
                "BrowserLanguage",
                Kind::Text,
                Need::Optional,
                d25(INITIATE, "fields"),
            ),
            body(
                "userLanguage",
                "UserLanguage",
                Kind::Text,
                Need::Optional,
                d25(INITIATE, "fields"),
            ),
            body("deviceName", "DeviceName", Kind::Text, Need::Optional, d25(INITIATE, "fields")),
            body(
                "correlationType",
                "CorrelationType",
                Kind::ZeroOrOne,
                Need::Optional,
                d25(INITIATE, "fields"),
            ),
        ],
        success: 200,
        problems: &[
            Problem::Unauthorized,
            Problem::UnsupportedMediaType,
            Problem::MalformedJson,
            Problem::Validation,
            Problem::UserNotFound,
            Problem::EmailNotConfirmed,
            Problem::PhoneNotVerified,
            Problem::RestartRequired,
            Problem::AlreadyIdentified,
        ],
        shown: &[],
        provenance: d25(INITIATE, "endpoint"),
    },
    EndpointRow {
        call: Call::IdentificationStatus,
        host: Host::Api,
        method: Method::Get,
        path: "/Enrollment/{id}/{userType}/{isIdentificationCompleted}/get-identification-process-status",
        gate: Gate::Bearer,
        body: BodyKind::None,
        fields: &[
            path("id", INT, d25(POLL, "path")),
            path("userType", Kind::ZeroOrOne, d25(POLL, "path")),
            path("isIdentificationCompleted", Kind::Boolean, d25(POLL, "path")),
        ],
        success: 200,
        problems: &[
            Problem::Unauthorized,
            Problem::Validation,
            Problem::UserNotFound,
            Problem::SessionNotFound,
            Problem::NotStartedYet,
        ],
        shown: &[],
        provenance: d25(POLL, "endpoint"),
    },
    EndpointRow {
        call: Call::AddAdditionalData,
        host: Host::Api,
        method: Method::Post,
        path: "/User/add-additional-data",
        gate: Gate::Bearer,
        body: BodyKind::Json,
        fields: QUESTIONNAIRE,
        success: 200,
        problems: &[
            Problem::Unauthorized,
            Problem::UnsupportedMediaType,
            Problem::MalformedJson,
            Problem::Validation,
            Problem::UserNotFound,
        ],
        shown: &[],
        provenance: d25(KYC, "endpoint"),
    },
    EndpointRow {
        call: Call::Finalize,
        host: Host::Api,
        method: Method::Post,
        path: "/Enrollment/finalize-external-identification",
        gate: Gate::Bearer,
        body: BodyKind::Json,
        fields: &[
            body("userId", "UserId", INT, Need::Required, d25(FINALIZE, "fields")),
            FieldRow {
                privacy: Privacy::Personal,
                ..body(
                    "bTrustAppCallBackId",
                    "BTrustAppCallBackId",
                    Kind::Text,
                    Need::Optional,
                    d25(FINALIZE, "fields"),
                )
            },
            body(
                "correlationType",
                "CorrelationType",
                Kind::ZeroOrOne,
                Need::Optional,
                d25(FINALIZE, "fields"),
            ),
        ],
        success: 200,
        problems: &[
            Problem::Unauthorized,
            Problem::UnsupportedMediaType,
            Problem::MalformedJson,
            Problem::Validation,
            Problem::UserNotFound,
            Problem::NotSignedYet,
        ],
        shown: &[],
        provenance: d25(FINALIZE, "endpoint"),
    },
    EndpointRow {
        call: Call::UserStatus,
        host: Host::Api,
        method: Method::Get,
        path: "/User/{id}/status",
        gate: Gate::Bearer,
        body: BodyKind::None,
        fields: &[path("id", INT, d25(STATUS, "path"))],
        success: 200,
        problems: &[Problem::Unauthorized, Problem::Validation, Problem::UserNotFound],
        shown: &[],
        provenance: d25(STATUS, "endpoint"),
    },
    list(Call::SourceOfFunds, "/User/source-of-funds"),
    list(Call::AccountPurpose, "/User/account-purpose"),
    list(Call::MainActivity, "/User/main-activity"),
    list(Call::FinancingMethod, "/User/financing-method"),
    EndpointRow {
        call: Call::MtlsToken,
        host: Host::Auth,
        method: Method::Post,
        path: "/connect/mtls/token",
        gate: Gate::Certificate,
        body: BodyKind::Form,
        fields: TOKEN_FORM,
        success: 200,
        problems: &[
            Problem::CertificateRefused,
            Problem::InvalidRequest,
            Problem::InvalidClient,
            Problem::UnsupportedGrantType,
            Problem::UnauthorizedClient,
            Problem::InvalidScope,
        ],
        shown: &[],
        provenance: d25(TOKEN, "section 2"),
    },
    EndpointRow {
        call: Call::PlainToken,
        host: Host::Auth,
        method: Method::Post,
        path: "/connect/token",
        gate: Gate::Open,
        body: BodyKind::Form,
        fields: TOKEN_FORM,
        success: 200,
        problems: &[
            Problem::InvalidRequest,
            Problem::InvalidClient,
            Problem::UnsupportedGrantType,
            Problem::UnauthorizedClient,
            Problem::InvalidScope,
        ],
        shown: &[],
        provenance: assumed("the identity server always has it; our clients own no shared secret"),
    },
    EndpointRow {
        call: Call::Discovery,
        host: Host::Auth,
        method: Method::Get,
        path: "/.well-known/openid-configuration",
        gate: Gate::Open,
        body: BodyKind::None,
        fields: &[],
        success: 200,
        problems: &[],
        shown: &[],
        provenance: assumed("the identity server always serves it; no readable page shows it"),
    },
    EndpointRow {
        call: Call::Jwks,
        host: Host::Auth,
        method: Method::Get,
        path: "/.well-known/openid-configuration/jwks",
        gate: Gate::Open,
        body: BodyKind::None,
        fields: &[],
        success: 200,
        problems: &[],
        shown: &[],
        provenance: assumed("the identity server always serves it; no readable page shows it"),
    },
];

const DATA: Provenance = d25(KYC, "field table");
const CODE: Provenance =
    assumed("the page says that the codes come from the lists, not that they are checked");
const ADDRESS: Provenance =
    assumed("the page wants the address filled in, without saying which members");
const CUT: Provenance =
    assumed("the 2025-09 copy ends before this member; 2026-05 marks it as not required");

const QUESTIONNAIRE: &[FieldRow] = &[
    body("id", "Id", INT, Need::Required, DATA),
    body("additionalData", "AdditionalData", Kind::Object, Need::Required, DATA),
    body(
        "additionalData.type",
        "AdditionalData.Type",
        Kind::Marker("EnrollAdditionalData"),
        Need::Required,
        DATA,
    ),
    body("additionalData.data", "AdditionalData.Data", Kind::Object, Need::Required, DATA),
    kyc(
        "additionalData.data.userId",
        "AdditionalData.Data.UserId",
        INT,
        Need::Required,
        Privacy::Public,
        DATA,
    ),
    kyc(
        "additionalData.data.BTrustAppCallBackId",
        "AdditionalData.Data.BTrustAppCallBackId",
        Kind::Text,
        Need::Optional,
        Privacy::Personal,
        DATA,
    ),
    kyc(
        "additionalData.data.isCorrespondenceAddressSame",
        "AdditionalData.Data.IsCorrespondenceAddressSame",
        Kind::Boolean,
        Need::Required,
        Privacy::Public,
        DATA,
    ),
    kyc(
        "additionalData.data.sourceOfFundId",
        "AdditionalData.Data.SourceOfFundId",
        Kind::Code(CodeList::SourceOfFunds),
        Need::Required,
        Privacy::Public,
        CODE,
    ),
    kyc(
        "additionalData.data.residenceAddressZipCode",
        "AdditionalData.Data.ResidenceAddressZipCode",
        Kind::Text,
        Need::Optional,
        Privacy::Personal,
        DATA,
    ),
    kyc(
        "additionalData.data.correspondenceAddress",
        "AdditionalData.Data.CorrespondenceAddress",
        Kind::Object,
        Need::WhenFalse(SAME),
        Privacy::Public,
        DATA,
    ),
    kyc(
        "additionalData.data.correspondenceAddress.addressType",
        "AdditionalData.Data.CorrespondenceAddress.AddressType",
        Kind::Text,
        Need::Optional,
        Privacy::Personal,
        DATA,
    ),
    kyc(
        "additionalData.data.correspondenceAddress.addressLine",
        "AdditionalData.Data.CorrespondenceAddress.AddressLine",
        Kind::Text,
        Need::WhenFalse(SAME),
        Privacy::Personal,
        ADDRESS,
    ),
    kyc(
        "additionalData.data.correspondenceAddress.city",
        "AdditionalData.Data.CorrespondenceAddress.City",
        Kind::Text,
        Need::WhenFalse(SAME),
        Privacy::Personal,
        ADDRESS,
    ),
    kyc(
        "additionalData.data.correspondenceAddress.stateProvinceCounty",
        "AdditionalData.Data.CorrespondenceAddress.StateProvinceCounty",
        Kind::Text,
        Need::Optional,
        Privacy::Personal,
        DATA,
    ),
    kyc(
        "additionalData.data.correspondenceAddress.zipCode",
        "AdditionalData.Data.CorrespondenceAddress.ZipCode",
        Kind::Text,
        Need::WhenFalse(SAME),
        Privacy::Personal,
        ADDRESS,
    ),
    kyc(
        "additionalData.data.correspondenceAddress.countryId",
        "AdditionalData.Data.CorrespondenceAddress.CountryId",
        Kind::Text,
        Need::WhenFalse(SAME),
        Privacy::Personal,
        ADDRESS,
    ),
    kyc(
        "additionalData.data.secondaryLanguage",
        "AdditionalData.Data.SecondaryLanguage",
        Kind::Text,
        Need::Optional,
        Privacy::Personal,
        DATA,
    ),
    kyc(
        "additionalData.data.taxResidences",
        "AdditionalData.Data.TaxResidences",
        Kind::Text,
        Need::Required,
        Privacy::Personal,
        DATA,
    ),
    kyc(
        "additionalData.data.gender",
        "AdditionalData.Data.Gender",
        Kind::Text,
        Need::Optional,
        Privacy::Personal,
        DATA,
    ),
    kyc(
        "additionalData.data.accountPurposeCode",
        "AdditionalData.Data.AccountPurposeCode",
        Kind::Code(CodeList::AccountPurpose),
        Need::Required,
        Privacy::Public,
        CODE,
    ),
    kyc(
        "additionalData.data.mainActivityCode",
        "AdditionalData.Data.MainActivityCode",
        Kind::Code(CodeList::MainActivity),
        Need::Required,
        Privacy::Public,
        CODE,
    ),
    kyc(
        "additionalData.data.financingMethodCode",
        "AdditionalData.Data.FinancingMethodCode",
        Kind::Code(CodeList::FinancingMethod),
        Need::Optional,
        Privacy::Public,
        CUT,
    ),
    kyc(
        "additionalData.data.enrollIP",
        "AdditionalData.Data.EnrollIP",
        Kind::Text,
        Need::Optional,
        Privacy::Personal,
        CUT,
    ),
    kyc(
        "additionalData.data.enrollLatitude",
        "AdditionalData.Data.EnrollLatitude",
        Kind::Number,
        Need::Optional,
        Privacy::Personal,
        CUT,
    ),
    kyc(
        "additionalData.data.enrollLongitude",
        "AdditionalData.Data.EnrollLongitude",
        Kind::Number,
        Need::Optional,
        Privacy::Personal,
        CUT,
    ),
    kyc(
        "additionalData.data.enrollChannel",
        "AdditionalData.Data.EnrollChannel",
        Kind::Text,
        Need::Optional,
        Privacy::Personal,
        CUT,
    ),
];

const SAME: &str = "additionalData.data.isCorrespondenceAddressSame";

const TOKEN_FORM: &[FieldRow] = &[
    form("client_id", Need::Required, Privacy::Public, d25(TOKEN, "section 2")),
    form("grant_type", Need::Required, Privacy::Public, d25(TOKEN, "section 2")),
    form("scope", Need::Required, Privacy::Public, d25(TOKEN, "section 2")),
    form(
        "IdentityServer:MTLS:X509Certificate",
        Need::Required,
        Privacy::Secret,
        d25(TOKEN, "section 2"),
    ),
    form("username", Need::Optional, Privacy::Secret, d25(TOKEN, "section 2")),
    form("password", Need::Optional, Privacy::Secret, d25(TOKEN, "section 2")),
    form("client_secret", Need::Optional, Privacy::Secret, d25(TOKEN, "section 2")),
];

const PROBLEMS: &[ProblemRow] = &[
    row(
        Problem::RouteNotFound,
        404,
        Family::Empty,
        "",
        assumed("the framework's routing answers 404 without a body"),
    ),
    row(
        Problem::MethodNotAllowed,
        405,
        Family::Empty,
        "",
        assumed("the framework's routing answers 405 with Allow and no body"),
    ),
    row(
        Problem::UnsupportedMediaType,
        415,
        Family::Plain,
        "Unsupported Media Type",
        assumed("the framework answers a problem document when no formatter fits"),
    ),
    row(
        Problem::BodyTooLarge,
        413,
        Family::Empty,
        "",
        assumed("the framework's server answers 413 without a body"),
    ),
    row(
        Problem::BodyTimeout,
        408,
        Family::Empty,
        "",
        assumed("the framework's server answers 408 to a body that is too slow"),
    ),
    row(
        Problem::MalformedRequest,
        400,
        Family::Empty,
        "",
        assumed("the framework's server answers 400 without a body to what is not HTTP"),
    ),
    row(
        Problem::Unauthorized,
        401,
        Family::Empty,
        "",
        assumed("no page shows a body; the framework's bearer challenge has none"),
    ),
    row(
        Problem::Forbidden,
        403,
        Family::Empty,
        "",
        assumed("a token that is good but does not reach the merchant is forbidden without a body"),
    ),
    row(
        Problem::Validation,
        400,
        Family::F1,
        "One or more validation errors occurred.",
        d25(CREATE, "400 response"),
    ),
    row(
        Problem::MalformedJson,
        400,
        Family::F7,
        "One or more validation errors occurred.",
        assumed("2024-06 shows this body on a neighbouring service of the same platform"),
    ),
    row(
        Problem::InvalidToken,
        400,
        Family::F2Short,
        "Invalid token.",
        d25(CONFIRM, "400 response"),
    ),
    row(
        Problem::InvalidUser,
        400,
        Family::F2Short,
        "Invalid User",
        assumed("confirm-email names the case; its body is cut, so it takes its neighbour's shape"),
    ),
    row(Problem::UserNotFound, 404, Family::F4, "", d25(SEND_CODE, "404 response")),
    row(
        Problem::EmailAlreadyRegistered,
        400,
        Family::F2,
        "Email already registered",
        assumed("no page tells; worded like the documented 'Phone already registered'"),
    ),
    row(
        Problem::EmailMismatch,
        400,
        Family::F2,
        "Email does not match",
        assumed("the address must equal the registered one; no page shows the refusal"),
    ),
    row(
        Problem::EmailNotConfirmed,
        400,
        Family::F2,
        "Email not confirmed",
        assumed("confirm-email says the user cannot go on without it; no page shows the refusal"),
    ),
    row(
        Problem::PhoneAlreadyRegistered,
        400,
        Family::F2,
        "Phone already registered",
        d25(SEND_CODE, "400 response"),
    ),
    row(
        Problem::PhoneNotEligible,
        400,
        Family::F2,
        "Phone not eligible",
        assumed("2026-05 answers 400 for a verified or missing number, without a text"),
    ),
    row(
        Problem::PhoneNotVerified,
        400,
        Family::F2,
        "Phone not verified",
        assumed("2026-05 answers 400 to a user in the wrong state, without a text"),
    ),
    row(Problem::InvalidCode, 400, Family::F2, "Invalid code.", d25(VERIFY, "400 response")),
    row(
        Problem::RestartRequired,
        400,
        Family::F2,
        "Identification must be restarted",
        assumed("2026-05 answers 400 to a user in the wrong state, without a text"),
    ),
    row(
        Problem::AlreadyIdentified,
        400,
        Family::F2,
        "User already identified",
        assumed("2026-05 answers 400 to a user in the wrong state, without a text"),
    ),
    row(
        Problem::SessionNotFound,
        404,
        Family::F4,
        "",
        assumed("2026-05 answers 400 or 404 to an unknown session; 404 fits a missing thing"),
    ),
    row(
        Problem::NotStartedYet,
        400,
        Family::F2,
        "Identification not started",
        assumed("2026-05 answers 400 or 404 to an unknown session, without a text"),
    ),
    row(
        Problem::NotSignedYet,
        400,
        Family::F2,
        "Documents not signed",
        assumed("2026-05 answers 400 before DOCUMENT_SIGN_SUCCESS, without a text"),
    ),
    row(
        Problem::WorldFull,
        503,
        Family::Plain,
        "The mock holds as many users as it may. Reset it, or raise limits.users.",
        assumed("the mock's own limit; the provider has no such answer"),
    ),
    row(Problem::ServerError, 500, Family::Empty, "", d25(SEND_CODE, "500 response")),
    row(
        Problem::CertificateRefused,
        403,
        Family::Empty,
        "",
        assumed("see the variant mtls-refusal"),
    ),
    row(
        Problem::InvalidRequest,
        400,
        Family::OAuth,
        "invalid_request",
        assumed("the page's errors are cut; RFC 6749 section 5.2 as the identity server writes it"),
    ),
    row(
        Problem::InvalidClient,
        400,
        Family::OAuth,
        "invalid_client",
        assumed("the page's errors are cut; the identity server answers 400, never 401"),
    ),
    row(
        Problem::UnsupportedGrantType,
        400,
        Family::OAuth,
        "unsupported_grant_type",
        assumed("the page's errors are cut; RFC 6749 section 5.2 as the identity server writes it"),
    ),
    row(
        Problem::UnauthorizedClient,
        400,
        Family::OAuth,
        "unauthorized_client",
        assumed("password is only for tenants configured for it; RFC 6749 section 5.2"),
    ),
    row(
        Problem::InvalidScope,
        400,
        Family::OAuth,
        "invalid_scope",
        assumed("the page's errors are cut; RFC 6749 section 5.2 as the identity server writes it"),
    ),
];

const INT: Kind = Kind::Int32 { min: 1 };

const fn body(
    name: &'static str,
    key: &'static str,
    kind: Kind,
    need: Need,
    provenance: Provenance,
) -> FieldRow {
    FieldRow { name, key, place: Place::Body, kind, need, privacy: Privacy::Public, provenance }
}

const fn kyc(
    name: &'static str,
    key: &'static str,
    kind: Kind,
    need: Need,
    privacy: Privacy,
    provenance: Provenance,
) -> FieldRow {
    FieldRow { name, key, place: Place::Body, kind, need, privacy, provenance }
}

const fn path(name: &'static str, kind: Kind, provenance: Provenance) -> FieldRow {
    FieldRow {
        name,
        key: name,
        place: Place::Path,
        kind,
        need: Need::Required,
        privacy: Privacy::Public,
        provenance,
    }
}

const fn form(
    name: &'static str,
    need: Need,
    privacy: Privacy,
    provenance: Provenance,
) -> FieldRow {
    FieldRow { name, key: name, place: Place::Form, kind: Kind::Text, need, privacy, provenance }
}

const fn list(call: Call, path: &'static str) -> EndpointRow {
    EndpointRow {
        call,
        host: Host::Api,
        method: Method::Get,
        path,
        gate: Gate::Bearer,
        body: BodyKind::None,
        fields: &[],
        success: 200,
        problems: &[Problem::Unauthorized],
        shown: &[],
        provenance: assumed(LIST_REASON),
    }
}

const fn row(
    problem: Problem,
    status: u16,
    family: Family,
    text: &'static str,
    provenance: Provenance,
) -> ProblemRow {
    ProblemRow { problem, status, family, text, provenance, carried: carried(problem) }
}

/// Why a call whose own page does not show a refusal answers with it all the same.
const fn carried(problem: Problem) -> &'static str {
    match problem {
        Problem::RouteNotFound
        | Problem::MethodNotAllowed
        | Problem::UnsupportedMediaType
        | Problem::BodyTooLarge
        | Problem::BodyTimeout
        | Problem::MalformedRequest => "the framework refuses it before any call is reached",
        Problem::ServerError => "neighbouring pages list 500 without a body",
        Problem::Unauthorized => "every page demands a bearer token; 2026-05 lists the 401",
        Problem::Forbidden => "no page tells what another merchant's token gets",
        Problem::Validation => "the page states the rule; its refusal is cut or not shown",
        Problem::MalformedJson => "send-confirmation refuses invalid JSON; so would its neighbours",
        Problem::UserNotFound => "2026-05 answers 404; this page does not show the case",
        Problem::InvalidToken | Problem::InvalidUser | Problem::InvalidCode => {
            "only its own page shows it"
        }
        Problem::EmailAlreadyRegistered => "see the variant duplicate-email",
        Problem::EmailMismatch => "the address must equal the registered one; no page shows more",
        Problem::EmailNotConfirmed | Problem::PhoneNotVerified => "see the variant step-order",
        Problem::PhoneAlreadyRegistered => "only its own page shows it",
        Problem::PhoneNotEligible => "2026-05 refuses a number that is missing or verified",
        Problem::RestartRequired | Problem::AlreadyIdentified => {
            "2026-05 refuses a user in the wrong state"
        }
        Problem::SessionNotFound | Problem::NotStartedYet => "see the variant poll-before-initiate",
        Problem::NotSignedYet => "2026-05 refuses before DOCUMENT_SIGN_SUCCESS",
        Problem::WorldFull => "the mock's own limit",
        Problem::CertificateRefused => "see the variant mtls-refusal",
        Problem::InvalidRequest
        | Problem::InvalidClient
        | Problem::UnsupportedGrantType
        | Problem::UnauthorizedClient
        | Problem::InvalidScope => "the page's errors are cut; the identity server answers so",
    }
}
