//! The files behind the addresses of the download call: one white pixel for a photograph and a page
//! that says what it is. No real document is ever involved.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use sim::outcome::Document;

use crate::workspace::Workspace;

const PIXEL: &[u8] = include_bytes!("simulated.jpg");

/// Serves a document while its address works.
pub(super) async fn fetch(
    State(world): State<Arc<Workspace>>,
    Path(secret): Path<String>,
) -> Response {
    let at = world.now();
    let found =
        super::secret_of(&secret).and_then(|secret| world.look(|world| world.document(secret, at)));
    match found {
        Some(Document::IdFront | Document::IdBack) => {
            ([(header::CONTENT_TYPE, "image/jpeg")], PIXEL).into_response()
        }
        Some(Document::SignedProfile) => {
            ([(header::CONTENT_TYPE, "application/pdf")], profile()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A PDF of one page with one line; the table of objects is counted while it is written.
fn profile() -> Vec<u8> {
    let line = "BT /F1 18 Tf 72 720 Td (Simulated profile. Not a real document.) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{line}\nendstream", line.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut text = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(format!("{:010} 00000 n \n", text.len()));
        text.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let (start, count) = (text.len(), objects.len() + 1);
    text.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{}", places.concat()));
    text.push_str(&format!(
        "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    ));
    text.into_bytes()
}
