//! Edition 2025-09, what requests hold: the questionnaire and the token form. Tables only.
//! Rows of one field that depend on an open question exclude each other.

use super::pages::{KYC, TOKEN};
use crate::{
    FieldRow, Provenance, Variant,
    field::{Kind, Need, Privacy},
    lists::CodeList,
    provenance::{assumed, d25},
    rows::{INT, body, form, kyc, under},
    variant::When,
};

const DATA: Provenance = d25(KYC, "field table");
const CODE: Provenance =
    assumed("the page says that the codes come from the lists, not that they are checked");
const ADDRESS: Provenance =
    assumed("the page wants the address filled in, without saying which members");
const CUT: Provenance =
    assumed("the 2025-09 copy ends before this member; 2026-05 marks it as not required");

pub(super) const QUESTIONNAIRE: &[FieldRow] = &[
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
    under(
        &[When(Variant::CallbackId, "optional")],
        kyc(
            "additionalData.data.BTrustAppCallBackId",
            "AdditionalData.Data.BTrustAppCallBackId",
            Kind::Text,
            Need::Optional,
            Privacy::Personal,
            DATA,
        ),
    ),
    under(
        &[When(Variant::CallbackId, "required")],
        kyc(
            "additionalData.data.BTrustAppCallBackId",
            "AdditionalData.Data.BTrustAppCallBackId",
            Kind::Text,
            Need::Required,
            Privacy::Personal,
            assumed("the page wants it from the B-Trust step"),
        ),
    ),
    kyc(
        "additionalData.data.isCorrespondenceAddressSame",
        "AdditionalData.Data.IsCorrespondenceAddressSame",
        Kind::Boolean,
        Need::Required,
        Privacy::Public,
        DATA,
    ),
    under(
        &[When(Variant::SourceOfFundType, "text"), When(Variant::KycCodes, "checked")],
        kyc(
            "additionalData.data.sourceOfFundId",
            "AdditionalData.Data.SourceOfFundId",
            Kind::Code(CodeList::SourceOfFunds),
            Need::Required,
            Privacy::Public,
            CODE,
        ),
    ),
    under(
        &[When(Variant::SourceOfFundType, "text"), When(Variant::KycCodes, "unchecked")],
        kyc(
            "additionalData.data.sourceOfFundId",
            "AdditionalData.Data.SourceOfFundId",
            Kind::Text,
            Need::Required,
            Privacy::Public,
            CODE,
        ),
    ),
    under(
        &[When(Variant::SourceOfFundType, "integer"), When(Variant::KycCodes, "checked")],
        kyc(
            "additionalData.data.sourceOfFundId",
            "AdditionalData.Data.SourceOfFundId",
            Kind::NumberedCode(CodeList::SourceOfFunds),
            Need::Required,
            Privacy::Public,
            assumed("2024-06 has a number"),
        ),
    ),
    under(
        &[When(Variant::SourceOfFundType, "integer"), When(Variant::KycCodes, "unchecked")],
        kyc(
            "additionalData.data.sourceOfFundId",
            "AdditionalData.Data.SourceOfFundId",
            INT,
            Need::Required,
            Privacy::Public,
            assumed("2024-06 has a number"),
        ),
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
    under(
        &[When(Variant::AddressType, "optional")],
        kyc(
            "additionalData.data.correspondenceAddress.addressType",
            "AdditionalData.Data.CorrespondenceAddress.AddressType",
            Kind::Text,
            Need::Optional,
            Privacy::Personal,
            DATA,
        ),
    ),
    under(
        &[When(Variant::AddressType, "required")],
        kyc(
            "additionalData.data.correspondenceAddress.addressType",
            "AdditionalData.Data.CorrespondenceAddress.AddressType",
            Kind::Text,
            Need::WhenFalse(SAME),
            Privacy::Personal,
            assumed("the page's example has it"),
        ),
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
    under(
        &[When(Variant::TaxResidencesType, "text")],
        kyc(
            "additionalData.data.taxResidences",
            "AdditionalData.Data.TaxResidences",
            Kind::Text,
            Need::Required,
            Privacy::Personal,
            DATA,
        ),
    ),
    under(
        &[When(Variant::TaxResidencesType, "array")],
        kyc(
            "additionalData.data.taxResidences",
            "AdditionalData.Data.TaxResidences",
            Kind::Texts,
            Need::Required,
            Privacy::Personal,
            assumed("2024-06 has an array"),
        ),
    ),
    kyc(
        "additionalData.data.gender",
        "AdditionalData.Data.Gender",
        Kind::Text,
        Need::Optional,
        Privacy::Personal,
        DATA,
    ),
    under(
        &[When(Variant::KycCodes, "checked")],
        kyc(
            "additionalData.data.accountPurposeCode",
            "AdditionalData.Data.AccountPurposeCode",
            Kind::Code(CodeList::AccountPurpose),
            Need::Required,
            Privacy::Public,
            CODE,
        ),
    ),
    under(
        &[When(Variant::KycCodes, "unchecked")],
        kyc(
            "additionalData.data.accountPurposeCode",
            "AdditionalData.Data.AccountPurposeCode",
            Kind::Text,
            Need::Required,
            Privacy::Public,
            CODE,
        ),
    ),
    under(
        &[When(Variant::KycCodes, "checked")],
        kyc(
            "additionalData.data.mainActivityCode",
            "AdditionalData.Data.MainActivityCode",
            Kind::Code(CodeList::MainActivity),
            Need::Required,
            Privacy::Public,
            CODE,
        ),
    ),
    under(
        &[When(Variant::KycCodes, "unchecked")],
        kyc(
            "additionalData.data.mainActivityCode",
            "AdditionalData.Data.MainActivityCode",
            Kind::Text,
            Need::Required,
            Privacy::Public,
            CODE,
        ),
    ),
    under(
        &[When(Variant::KycCodes, "checked")],
        kyc(
            "additionalData.data.financingMethodCode",
            "AdditionalData.Data.FinancingMethodCode",
            Kind::Code(CodeList::FinancingMethod),
            Need::Optional,
            Privacy::Public,
            CUT,
        ),
    ),
    under(
        &[When(Variant::KycCodes, "unchecked")],
        kyc(
            "additionalData.data.financingMethodCode",
            "AdditionalData.Data.FinancingMethodCode",
            Kind::Text,
            Need::Optional,
            Privacy::Public,
            CUT,
        ),
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

pub(super) const TOKEN_FORM: &[FieldRow] = &[
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
