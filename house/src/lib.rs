//! The house rules are executable: `tests/it` reads the repository and fails when a wall is
//! breached or a rule of style is broken. This library is empty on purpose.
