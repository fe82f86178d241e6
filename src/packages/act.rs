//! The acts on packages, whoever asks for them: the interface, a page or a command.

use bytes::Bytes;
use futures_util::Stream;

use super::findings::Finding;
use super::import::{self, Ended, Purpose};
use super::native;
use super::report::{FindingReport, PackageReport};
use super::store;
use super::upload::Upload;
use crate::core::{Error, PackageId, PersonId, Result};
use crate::state::App;
use crate::web::Words;

/// Receives and imports a file. Errors: those of [`receive`].
pub async fn import_stream<E>(
    app: &App,
    file_name: &str,
    stream: impl Stream<Item = Result<Bytes, E>>,
    by: Option<PersonId>,
    words: Words,
) -> Result<PackageReport>
where
    E: Into<anyhow::Error>,
{
    let id = receive(app, file_name, stream, Purpose::New(by), words).await?;
    report(app, id, words).await
}

/// Receives a file and makes of it what it is for; answers its package. Errors: `package-refused` with the findings, and those
/// of [`Upload::receive`]; for a newer version also `package-unknown` and `package-kind-differs`.
pub async fn receive<E>(
    app: &App,
    file_name: &str,
    stream: impl Stream<Item = Result<Bytes, E>>,
    purpose: Purpose,
    words: Words,
) -> Result<PackageId>
where
    E: Into<anyhow::Error>,
{
    let upload = Upload::receive(app, file_name, stream).await?;
    match import::import(app, upload, purpose).await? {
        Ended::Imported(id) => Ok(id),
        Ended::Refused(findings) => Err(refusal(&findings, words)),
    }
}

/// A refusal with every finding; the sentence is that of the first error.
pub fn refusal(findings: &[Finding], words: Words) -> Error {
    let findings = FindingReport::all(findings, words);
    let reason = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
    Error::unprocessable("package-refused").arg("reason", reason).with("findings", findings)
}

/// A package in the reader's words. Errors: `package-unknown`.
pub async fn report(app: &App, id: PackageId, words: Words) -> Result<PackageReport> {
    let mut tx = app.db.read().await?;
    let row = store::find(&mut tx, id).await?.ok_or_else(|| Error::not_found("package-unknown"))?;
    PackageReport::of(&row, words)
}

/// Deletes a package with its courses and files. Errors: `package-unknown`; `package-in-use` if somebody has a record in it:
/// what people did is not thrown away with the content; `package-in-programme` if a programme has a step of it.
pub async fn delete(app: &App, id: PackageId) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let records = store::records(&mut tx, id).await?;
    if records > 0 {
        return Err(Error::conflict("package-in-use").arg("count", records).with("records", records));
    }
    let programmes = store::programmes(&mut tx, id).await?;
    if programmes > 0 {
        return Err(Error::conflict("package-in-programme").arg("count", programmes).with("programmes", programmes));
    }
    let versions = store::delete(&mut tx, id).await?.ok_or_else(|| Error::not_found("package-unknown"))?;
    tx.commit().await?;
    native::assets::remove_blobs(app, id).await?;
    for version in versions {
        import::remove_blobs(app, version).await?;
    }
    tracing::info!(package = %id, "package deleted");
    Ok(())
}
