//! The codes of the questionnaire: fetched from the target's lists and chosen by chance, never
//! written down here.

use contract::{lists::CodeList, wire::ListEntry};

use crate::{
    chance::Chance,
    client::{CallError, Merchant},
};

/// One code of each list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// Where the money comes from.
    pub source_of_funds: String,
    /// What the account is for.
    pub account_purpose: String,
    /// What the person does.
    pub main_activity: String,
    /// How the account is funded.
    pub financing_method: String,
}

/// Fetches the four lists and chooses from each.
///
/// # Errors
/// When a list cannot be had or is empty.
pub async fn choose(merchant: &Merchant, chance: Chance) -> Result<Choices, CallError> {
    Ok(Choices {
        source_of_funds: one(merchant, chance, CodeList::SourceOfFunds).await?,
        account_purpose: one(merchant, chance, CodeList::AccountPurpose).await?,
        main_activity: one(merchant, chance, CodeList::MainActivity).await?,
        financing_method: one(merchant, chance, CodeList::FinancingMethod).await?,
    })
}

async fn one(merchant: &Merchant, chance: Chance, list: CodeList) -> Result<String, CallError> {
    let call = list.call();
    let entries = merchant.code_list(list).await?;
    let chosen: Option<&ListEntry> = chance.pick(call.name(), &entries);
    chosen
        .map(|entry| entry.value.clone())
        .ok_or_else(|| CallError::Unreadable { call, reason: "the list is empty".to_owned() })
}
