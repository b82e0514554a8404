//! The nearest known word to one that nobody knows, so that a slip of the pen costs no search.
//! Nearness is the number of letters to add, drop or change.

/// The candidate that takes the fewest changes, without regard to case; the earlier of equals.
pub(crate) fn nearest(word: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    let word = word.to_lowercase();
    candidates.into_iter().min_by_key(|candidate| distance(&word, &candidate.to_lowercase()))
}

fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_changes() {
        for (from, to, changes) in
            [("", "", 0), ("", "abc", 3), ("user", "usre", 2), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(from, to), changes, "{from} {to}");
        }
        let known = ["POST /User", "GET /User/{id}/status"].map(str::to_owned);
        assert_eq!(nearest("post /usr", known), Some("POST /User".to_owned()));
    }
}
