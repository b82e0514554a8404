//! Maps whose keys are more than a text, written as lists of pairs: JSON has no other keys, and no
//! number of ours may lose a digit on the way.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

pub(crate) fn serialize<'a, M, K, V, S>(map: &'a M, serializer: S) -> Result<S::Ok, S::Error>
where
    &'a M: IntoIterator<Item = (&'a K, &'a V)>,
    K: Serialize + 'a,
    V: Serialize + 'a,
    S: Serializer,
{
    serializer.collect_seq(map)
}

pub(crate) fn deserialize<'de, M, K, V, D>(deserializer: D) -> Result<M, D::Error>
where
    M: FromIterator<(K, V)>,
    for<'a> &'a M: IntoIterator,
    K: Deserialize<'de>,
    V: Deserialize<'de>,
    D: Deserializer<'de>,
{
    let pairs = Vec::deserialize(deserializer)?;
    let count = pairs.len();
    let map: M = pairs.into_iter().collect();
    if (&map).into_iter().count() < count {
        return Err(Error::custom("a key stands here twice"));
    }
    Ok(map)
}
