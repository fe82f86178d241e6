//! The built style sheets, scripts, fonts and icons. They are compiled in; a debug build reads them from the folder at each request.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

use crate::core::{Error, Result};

/// The sprite of all icons, assembled by the build.
pub const ICONS: &str = "src/icons.json";
/// The two fonts every page shows at once.
pub const FONTS: [&str; 2] = [
    "node_modules/@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "node_modules/@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-wght-normal.woff2",
];

#[derive(RustEmbed)]
#[folder = "player/dist/"]
#[allow_missing = true]
struct Built;

/// One entry of the build's manifest: where the file of a source path went.
#[derive(Deserialize)]
struct Entry {
    file: String,
}

type Manifest = HashMap<String, Entry>;

static MANIFEST: LazyLock<Manifest> = LazyLock::new(read_manifest);

fn read_manifest() -> Manifest {
    let file = Built::get(".vite/manifest.json");
    file.and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
}

/// The address of the file that was built from `source`. Without a build it leads nowhere, and the page is still readable.
pub fn address(source: &str) -> String {
    // A debug build follows the files as they are rebuilt.
    let found = if cfg!(debug_assertions) {
        read_manifest().remove(source).map(|entry| entry.file)
    } else {
        MANIFEST.get(source).map(|entry| entry.file.clone())
    };
    match found {
        Some(file) => format!("/assets/{file}"),
        None => {
            tracing::debug!(source, "asset is not built");
            "/assets/not-built".to_owned()
        }
    }
}

/// A built file. Its name holds its digest, so it never changes under that name.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Result<Response> {
    let file = Built::get(&name).filter(|_| !name.starts_with('.')).ok_or_else(|| Error::not_found("not-found"))?;
    let tag = entity_tag(&file);
    let unchanged = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = mime_guess::from_path(&name).first_or_octet_stream();
        let charset = if kind.type_() == "text" { "; charset=utf-8" } else { "" };
        ([(header::CONTENT_TYPE, format!("{kind}{charset}"))], file.data).into_response()
    };
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    answer.insert(header::ETAG, tag);
    Ok(response)
}

fn entity_tag(file: &EmbeddedFile) -> HeaderValue {
    let digest = file.metadata.sha256_hash();
    let text: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{text}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_not_there_is_not_found() {
        for name in ["nothing.css", ".vite/manifest.json", "../Cargo.toml"] {
            let answer = serve(Path(name.to_owned()), HeaderMap::new()).await;
            assert_eq!(answer.unwrap_err().code, "not-found");
        }
    }

    #[test]
    fn a_source_that_was_not_built_still_gives_an_address() {
        assert_eq!(address("src/nothing.ts"), "/assets/not-built");
    }
}
