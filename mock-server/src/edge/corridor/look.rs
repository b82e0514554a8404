//! A closer look at a request, when its client is judged: what it shows beyond what the API reads
//! of it.

use std::sync::PoisonError;

use contract::{EndpointRow, trace::client::Noticed};

use super::{TRACEPARENT, Visit, head::trace_parent};
use crate::edge::notice::Look;

impl Visit<'_> {
    pub(super) fn notice(&self, row: &'static EndpointRow, body: &[u8]) {
        let noticed = self.look(Some(row), body);
        *self.noticed.lock().unwrap_or_else(PoisonError::into_inner) = Some(noticed);
    }

    /// What there is to notice beyond what the API reads; nothing unless clients are judged.
    pub(super) fn look(&self, row: Option<&'static EndpointRow>, body: &[u8]) -> Vec<Noticed> {
        let workspace = &self.corridor.workspace;
        let Some(noticer) = workspace.noticer() else { return Vec::new() };
        let context = self.text(&TRACEPARENT).as_deref().and_then(trace_parent);
        let (query, headers) = (self.query, self.headers);
        let address = format!("{}?{query}", self.path.as_deref().unwrap_or_default());
        let look = Look { row, address: &address, query, headers, context, body };
        workspace.look(|world| noticer.look(&look, world))
    }
}
