//! The KYC questionnaire of 2025-09 and 2026-05: the same members, with sources of their own.
//! Rows of one field that depend on an open question exclude each other.

use crate::{
    FieldRow, Provenance, Variant,
    field::{Kind, Need, Privacy},
    lists::CodeList,
    provenance::assumed,
    rows::{INT, body, kyc, under},
    variant::When,
};

/// Where an edition's questionnaire comes from.
pub(crate) struct Sources {
    /// The members that its page lists.
    pub(crate) data: Provenance,
    /// That codes are checked.
    pub(crate) code: Provenance,
    /// Which members of an address must be filled in.
    pub(crate) address: Provenance,
    /// The last members.
    pub(crate) tail: Provenance,
}

const SAME: &str = "additionalData.data.isCorrespondenceAddressSame";

/// The rows of an edition.
pub(crate) const fn questionnaire(s: &Sources) -> [FieldRow; 35] {
    [
        body("id", "Id", INT, Need::Required, s.data),
        body("additionalData", "AdditionalData", Kind::Object, Need::Required, s.data),
        body(
            "additionalData.type",
            "AdditionalData.Type",
            Kind::Marker("EnrollAdditionalData"),
            Need::Required,
            s.data,
        ),
        body("additionalData.data", "AdditionalData.Data", Kind::Object, Need::Required, s.data),
        kyc(
            "additionalData.data.userId",
            "AdditionalData.Data.UserId",
            INT,
            Need::Required,
            Privacy::Public,
            s.data,
        ),
        under(
            &[When(Variant::CallbackId, "optional")],
            kyc(
                "additionalData.data.BTrustAppCallBackId",
                "AdditionalData.Data.BTrustAppCallBackId",
                Kind::Text,
                Need::Optional,
                Privacy::Personal,
                s.data,
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
                assumed("2025-09 wants it from the B-Trust step"),
            ),
        ),
        kyc(
            "additionalData.data.isCorrespondenceAddressSame",
            "AdditionalData.Data.IsCorrespondenceAddressSame",
            Kind::Boolean,
            Need::Required,
            Privacy::Public,
            s.data,
        ),
        under(
            &[When(Variant::SourceOfFundType, "text"), When(Variant::KycCodes, "checked")],
            kyc(
                "additionalData.data.sourceOfFundId",
                "AdditionalData.Data.SourceOfFundId",
                Kind::Code(CodeList::SourceOfFunds),
                Need::Required,
                Privacy::Public,
                s.code,
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
                s.code,
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
            s.data,
        ),
        kyc(
            "additionalData.data.correspondenceAddress",
            "AdditionalData.Data.CorrespondenceAddress",
            Kind::Object,
            Need::WhenFalse(SAME),
            Privacy::Public,
            s.data,
        ),
        under(
            &[When(Variant::AddressType, "optional")],
            kyc(
                "additionalData.data.correspondenceAddress.addressType",
                "AdditionalData.Data.CorrespondenceAddress.AddressType",
                Kind::Text,
                Need::Optional,
                Privacy::Personal,
                s.data,
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
                assumed("the example of 2025-09 has it"),
            ),
        ),
        kyc(
            "additionalData.data.correspondenceAddress.addressLine",
            "AdditionalData.Data.CorrespondenceAddress.AddressLine",
            Kind::Text,
            Need::WhenFalse(SAME),
            Privacy::Personal,
            s.address,
        ),
        kyc(
            "additionalData.data.correspondenceAddress.city",
            "AdditionalData.Data.CorrespondenceAddress.City",
            Kind::Text,
            Need::WhenFalse(SAME),
            Privacy::Personal,
            s.address,
        ),
        kyc(
            "additionalData.data.correspondenceAddress.stateProvinceCounty",
            "AdditionalData.Data.CorrespondenceAddress.StateProvinceCounty",
            Kind::Text,
            Need::Optional,
            Privacy::Personal,
            s.data,
        ),
        kyc(
            "additionalData.data.correspondenceAddress.zipCode",
            "AdditionalData.Data.CorrespondenceAddress.ZipCode",
            Kind::Text,
            Need::WhenFalse(SAME),
            Privacy::Personal,
            s.address,
        ),
        kyc(
            "additionalData.data.correspondenceAddress.countryId",
            "AdditionalData.Data.CorrespondenceAddress.CountryId",
            Kind::Text,
            Need::WhenFalse(SAME),
            Privacy::Personal,
            s.address,
        ),
        kyc(
            "additionalData.data.secondaryLanguage",
            "AdditionalData.Data.SecondaryLanguage",
            Kind::Text,
            Need::Optional,
            Privacy::Personal,
            s.data,
        ),
        under(
            &[When(Variant::TaxResidencesType, "text")],
            kyc(
                "additionalData.data.taxResidences",
                "AdditionalData.Data.TaxResidences",
                Kind::Text,
                Need::Required,
                Privacy::Personal,
                s.data,
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
            s.data,
        ),
        under(
            &[When(Variant::KycCodes, "checked")],
            kyc(
                "additionalData.data.accountPurposeCode",
                "AdditionalData.Data.AccountPurposeCode",
                Kind::Code(CodeList::AccountPurpose),
                Need::Required,
                Privacy::Public,
                s.code,
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
                s.code,
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
                s.code,
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
                s.code,
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
                s.tail,
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
                s.tail,
            ),
        ),
        kyc(
            "additionalData.data.enrollIP",
            "AdditionalData.Data.EnrollIP",
            Kind::Text,
            Need::Optional,
            Privacy::Personal,
            s.tail,
        ),
        kyc(
            "additionalData.data.enrollLatitude",
            "AdditionalData.Data.EnrollLatitude",
            Kind::Number,
            Need::Optional,
            Privacy::Personal,
            s.tail,
        ),
        kyc(
            "additionalData.data.enrollLongitude",
            "AdditionalData.Data.EnrollLongitude",
            Kind::Number,
            Need::Optional,
            Privacy::Personal,
            s.tail,
        ),
        kyc(
            "additionalData.data.enrollChannel",
            "AdditionalData.Data.EnrollChannel",
            Kind::Text,
            Need::Optional,
            Privacy::Personal,
            s.tail,
        ),
    ]
}
