//! What the vendors themselves call a failure, one row per value. Polls show these words under
//! the reading poll-after-failure=vendor-status: 2026-05 speaks of vendor-specific codes and
//! lists none, so each row says where the vendor has its word from.

use crate::{
    Provenance, Variant, Variants, provenance::assumed, status::IdentificationStatus, trace::Leg,
    variant::When,
};

/// One vendor's word for one way to fail.
#[derive(Debug)]
pub struct VendorRow {
    /// Who says it.
    pub vendor: &'static str,
    /// The readings under which this vendor is asked.
    pub when: &'static [When],
    /// In which journey.
    pub leg: Leg,
    /// Whether it simply took too long.
    pub expired: bool,
    /// The word.
    pub status: IdentificationStatus,
    /// Where the row comes from.
    pub provenance: Provenance,
}

const BORICA: &[When] = &[When(Variant::IdentityProvider, "b-trust")];
const ONFIDO_SIGNHOST: &[When] = &[When(Variant::IdentityProvider, "onfido-signhost")];

/// Every word.
pub const VENDORS: &[VendorRow] = &[
    VendorRow {
        vendor: "Borica/B-Trust",
        when: BORICA,
        leg: Leg::Identification,
        expired: false,
        status: IdentificationStatus::Rejected,
        provenance: assumed("its identification shows no codes; a signature's status says so"),
    },
    VendorRow {
        vendor: "Borica/B-Trust",
        when: BORICA,
        leg: Leg::Identification,
        expired: true,
        status: IdentificationStatus::Expired,
        provenance: assumed("its identification shows no codes; a signature's status says so"),
    },
    VendorRow {
        vendor: "Borica/B-Trust",
        when: BORICA,
        leg: Leg::Signing,
        expired: false,
        status: IdentificationStatus::Rejected,
        provenance: assumed("B-Trust's signing API: the status of a signature that was declined"),
    },
    VendorRow {
        vendor: "Borica/B-Trust",
        when: BORICA,
        leg: Leg::Signing,
        expired: true,
        status: IdentificationStatus::Expired,
        provenance: assumed("B-Trust's signing API: the status of a signature past its deadline"),
    },
    VendorRow {
        vendor: "Onfido",
        when: ONFIDO_SIGNHOST,
        leg: Leg::Identification,
        expired: false,
        status: IdentificationStatus::Declined,
        provenance: assumed("Onfido Studio: the status of a workflow run that did not pass"),
    },
    VendorRow {
        vendor: "Onfido",
        when: ONFIDO_SIGNHOST,
        leg: Leg::Identification,
        expired: true,
        status: IdentificationStatus::Abandoned,
        provenance: assumed("Onfido Studio: the status of a workflow run nobody came back to"),
    },
    VendorRow {
        vendor: "Signhost",
        when: ONFIDO_SIGNHOST,
        leg: Leg::Signing,
        expired: false,
        status: IdentificationStatus::SignhostRejected,
        provenance: assumed("Signhost's guide: 40 is a transaction that a signer rejected"),
    },
    VendorRow {
        vendor: "Signhost",
        when: ONFIDO_SIGNHOST,
        leg: Leg::Signing,
        expired: true,
        status: IdentificationStatus::SignhostExpired,
        provenance: assumed("Signhost's guide: 50 is a transaction that was not signed in time"),
    },
];

/// The row of a failure under these readings.
#[must_use]
pub fn row(variants: &Variants, leg: Leg, expired: bool) -> Option<&'static VendorRow> {
    let fits =
        |row: &&VendorRow| variants.meet(row.when) && (row.leg, row.expired) == (leg, expired);
    VENDORS.iter().find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reach::choices;

    const EACH: [(Leg, bool); 4] = [
        (Leg::Identification, false),
        (Leg::Identification, true),
        (Leg::Signing, false),
        (Leg::Signing, true),
    ];

    #[test]
    fn each_failure_under_each_reading_has_one_row_and_each_row_is_read() {
        let mut read = std::collections::BTreeSet::new();
        for variants in choices(VENDORS.iter().flat_map(|row| row.when)) {
            for (leg, expired) in EACH {
                let fits = |row: &VendorRow| {
                    variants.meet(row.when) && (row.leg, row.expired) == (leg, expired)
                };
                let fitting: Vec<_> =
                    (0..VENDORS.len()).filter(|index| fits(&VENDORS[*index])).collect();
                assert_eq!(fitting.len(), 1, "{leg:?}, expired: {expired}");
                let found = row(&variants, leg, expired).map(|row| (row.vendor, row.status));
                let wanted = &VENDORS[fitting[0]];
                assert_eq!(found, Some((wanted.vendor, wanted.status)));
                read.extend(fitting);
            }
        }
        assert_eq!(read.len(), VENDORS.len(), "a row is never read");
    }

    #[test]
    fn a_vendors_word_is_one_vendors_and_a_failure() {
        for row in VENDORS {
            assert!(row.status.is_vendors() && row.status.is_failure(), "{}", row.status);
            let others = VENDORS.iter().filter(|other| other.status == row.status);
            assert!(others.clone().all(|other| other.vendor == row.vendor), "{}", row.status);
        }
    }

    #[test]
    fn signhost_says_numbers_and_the_others_words() {
        let number = |row: &VendorRow| row.status.name().parse::<u16>().is_ok();
        for row in VENDORS {
            assert_eq!(number(row), row.vendor == "Signhost", "{}", row.status);
        }
    }
}
