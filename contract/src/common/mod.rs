//! What editions share because the later one does not restate the earlier, or because both are
//! silent. Tables only.

pub(crate) mod answers;
pub(crate) mod questionnaire;
pub(crate) mod refusals;
