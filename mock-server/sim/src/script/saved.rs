//! Scenarios as they are saved: each version once, however many users go through it. One that was
//! loaded anew under its old name is another version.

use std::{collections::BTreeMap, sync::Arc};

use contract::scenario::Scenario;
use serde::{Deserialize, Serialize};

use super::{Count, Counted, Named, Scripts};

/// Which version: its place in the list.
type Place = usize;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saved {
    versions: Vec<(Arc<str>, Arc<Scenario>)>,
    loaded: Vec<(Arc<str>, Arc<Scenario>)>,
    default: Option<Place>,
    merchants: Vec<(i32, Place)>,
    next: Vec<Place>,
    patterns: Vec<(String, Place)>,
    users: Vec<(i32, Place)>,
    #[serde(with = "crate::pairs")]
    counts: BTreeMap<Counted, Count>,
    healed: Vec<Option<String>>,
}

/// Gives each version its place.
#[derive(Default)]
struct Versions {
    places: BTreeMap<(Arc<str>, usize), Place>,
    list: Vec<(Arc<str>, Arc<Scenario>)>,
}

impl Versions {
    fn place(&mut self, named: &Named) -> Place {
        let identity = Arc::as_ptr(&named.scenario).addr();
        *self.places.entry((Arc::clone(&named.name), identity)).or_insert_with(|| {
            self.list.push((Arc::clone(&named.name), Arc::clone(&named.scenario)));
            self.list.len() - 1
        })
    }
}

impl From<Scripts> for Saved {
    fn from(scripts: Scripts) -> Self {
        let mut versions = Versions::default();
        let mut place = |named: &Named| versions.place(named);
        let default = scripts.default.as_ref().map(&mut place);
        let merchants = scripts.merchants.iter().map(|(id, named)| (*id, place(named))).collect();
        let next = scripts.next.iter().map(&mut place).collect();
        let patterns = scripts.patterns.iter().map(|(text, named)| (text.clone(), place(named)));
        let patterns = patterns.collect();
        let users = scripts.users.iter().map(|(id, named)| (*id, place(named))).collect();
        Self {
            versions: versions.list,
            loaded: scripts.loaded.into_iter().collect(),
            default,
            merchants,
            next,
            patterns,
            users,
            counts: scripts.counts,
            healed: scripts.healed,
        }
    }
}

impl TryFrom<Saved> for Scripts {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Self, String> {
        let named = |(name, scenario): &(Arc<str>, Arc<Scenario>)| Named::new(name, scenario);
        let versions: Vec<_> = saved.versions.iter().map(named).collect();
        let at = |place: Place| {
            let missing = || format!("there is no scenario {place} among {}", versions.len());
            versions.get(place).cloned().ok_or_else(missing)
        };
        Ok(Self {
            loaded: saved.loaded.into_iter().collect(),
            default: saved.default.map(at).transpose()?,
            merchants: by_id(saved.merchants, at)?,
            next: saved.next.into_iter().map(at).collect::<Result<_, _>>()?,
            patterns: {
                let pairs = saved.patterns.into_iter();
                pairs.map(|(text, place)| Ok((text, at(place)?))).collect::<Result<_, String>>()?
            },
            users: by_id(saved.users, at)?,
            counts: saved.counts,
            healed: saved.healed,
        })
    }
}

fn by_id(
    pairs: Vec<(i32, Place)>,
    at: impl Fn(Place) -> Result<Named, String>,
) -> Result<BTreeMap<i32, Named>, String> {
    pairs.into_iter().map(|(id, place)| Ok((id, at(place)?))).collect()
}
