//! `preau import FILE...`: the same import, from a file of the machine.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio_util::io::ReaderStream;

use super::act;
use super::report::PackageReport;
use crate::core::{Error, Kind, Language, Result};
use crate::state::App;
use crate::web::Words;

/// What became of the files of a command.
pub struct Imported {
    /// For people.
    pub text: String,
    /// For scripts: the answer of `POST /api/v1/packages` for a single file, else `{"packages": [...]}`.
    pub json: Value,
    /// Whether every file was imported.
    pub all: bool,
}

/// Imports `files` one after the other. Scripts get the sentences in the language of the service, like callers of the
/// interface; people at a terminal in that of the command.
pub async fn import_files(app: &App, files: &[PathBuf], for_script: bool) -> anyhow::Result<Imported> {
    let words = Words::of(if for_script { Language::default() } else { Language::En });
    let (mut text, mut answers, mut all) = (String::new(), Vec::new(), true);
    for path in files {
        let (answer, imported) = import_file(app, path, words).await?;
        all &= imported;
        text += &in_words(path, &answer);
        answers.push(answer);
    }
    let json = if answers.len() == 1 { answers.remove(0) } else { json!({ "packages": answers }) };
    Ok(Imported { text: text.trim_end().to_owned(), json, all })
}

async fn import_file(app: &App, path: &Path, words: Words) -> anyhow::Result<(Value, bool)> {
    match import_path(app, path, words).await {
        Ok(report) => Ok((serde_json::to_value(report)?, true)),
        Err(error) if error.kind == Kind::Internal => Err(error.into()),
        Err(error) => {
            let title = words.error(error.code, &error.args).unwrap_or_else(|| error.code.to_owned());
            let mut answer = json!({"status": error.kind.status().as_u16(), "code": error.code, "title": title});
            if let (Some(members), Some(extra)) = (answer.as_object_mut(), error.extra) {
                members.extend(*extra);
            }
            Ok((answer, false))
        }
    }
}

/// Imports a file of the machine. Errors: those of [`act::import_stream`], and `file-unreadable`.
pub async fn import_path(app: &App, path: &Path, words: Words) -> Result<PackageReport> {
    let unreadable = |cause: std::io::Error| {
        Error::malformed("file-unreadable").arg("file", path.display()).arg("cause", &cause).caused_by(cause)
    };
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    act::import_stream(app, &name, ReaderStream::with_capacity(file, 64 << 10), None, words).await
}

/// What a person at a terminal reads: `file: title (kind), n activities`, then the findings.
fn in_words(path: &Path, answer: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = match answer["id"].as_str() {
        Some(id) => format!("{}: {} ({}) {id}\n", path.display(), text(&answer["title"]), text(&answer["edition"])),
        None => format!("{}: {}\n", path.display(), text(&answer["title"])),
    };
    for finding in answer["findings"].as_array().into_iter().flatten() {
        let file = text(&finding["place"]["file"]);
        let place = match (file.as_str(), finding["place"]["line"].as_u64()) {
            ("", _) => String::new(),
            (file, Some(line)) => format!(" [{file}:{line}]"),
            (file, None) => format!(" [{file}]"),
        };
        lines += &format!("  {}: {}{place}\n", text(&finding["severity"]), text(&finding["message"]));
    }
    lines
}
