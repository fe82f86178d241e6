//! Files put into what is written here. What they are is read from their bytes; names and declared types are not believed.

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::super::store::NewFile;
use crate::core::{Error, PackageId, Result, Timestamp, VersionId};
use crate::on_db;
use crate::state::App;
use crate::storage::{Inner, Tx};

/// A file of a package.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Asset {
    /// Its name in the package: the digest of its bytes with an ending.
    pub name: String,
    /// As its sender called it.
    pub file_name: String,
    /// What it is.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    /// Of a picture, in pixels.
    pub width: Option<i32>,
    /// Of a picture, in pixels.
    pub height: Option<i32>,
}

/// A file whose kind has been found out, to be kept.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its bytes.
    pub bytes: Bytes,
    /// As its sender called it.
    pub file_name: String,
    /// What it is.
    pub media_type: &'static str,
    /// The ending that says so.
    pub ending: &'static str,
    /// Of a picture, in pixels.
    pub pixels: Option<(u32, u32)>,
}

/// Where the blobs of all packages are.
const BLOBS: &str = "native";

/// The prefix of a package's blobs.
pub fn blob_prefix(package: PackageId) -> String {
    format!("{BLOBS}/{package}")
}

/// The key of an asset's blob.
pub fn blob_key(package: PackageId, name: &str) -> String {
    format!("{BLOBS}/{package}/{name}")
}

const INSERT: &str = "INSERT INTO package_asset (package_id, name, file_name, media_type, size, width, height, created_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (package_id, name) DO UPDATE SET file_name = excluded.file_name";

/// Keeps a file. The same bytes are kept once.
pub async fn keep(app: &App, package: PackageId, found: Found) -> Result<Asset> {
    let digest = Sha256::digest(&found.bytes);
    let digest: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let asset = Asset {
        name: format!("{digest}.{}", found.ending),
        file_name: found.file_name,
        media_type: found.media_type.to_owned(),
        size: i64::try_from(found.bytes.len()).unwrap_or(i64::MAX),
        width: found.pixels.map(|(width, _)| side(width)),
        height: found.pixels.map(|(_, height)| side(height)),
    };
    // The blob first: a row never names what is not there.
    let key = blob_key(package, &asset.name);
    app.blobs.put(&key, found.bytes.clone()).await?;
    let mut tx = app.db.begin().await?;
    let now: Timestamp = app.clock.now();
    on_db!(tx, c => sqlx::query(INSERT)
        .bind(package).bind(&asset.name).bind(&asset.file_name).bind(&asset.media_type).bind(asset.size)
        .bind(asset.width).bind(asset.height).bind(now).execute(c).await.map(drop))?;
    // The same bytes, left behind by an upload that was killed, may have been swept a moment ago: never from here on.
    if !app.blobs.exists(&key).await? {
        app.blobs.put(&key, found.bytes).await?;
    }
    tx.commit().await?;
    Ok(asset)
}

/// A blob without a row is left alone so long: its upload may be about to write the row.
const UNDER_WAY: Duration = Duration::from_secs(24 * 3600);

const NAMES: &str = "SELECT package_id, name FROM package_asset";
const HELD_POSTGRES: &str = "SELECT id FROM package WHERE id = $1 FOR UPDATE";

/// Removes the files of uploads that were killed before they could write their row. Answers how many.
pub async fn sweep(app: &App) -> Result<u64> {
    let old = app.clock.now().minus(UNDER_WAY);
    let written = app.blobs.list(BLOBS).await?;
    let mut tx = app.db.read().await?;
    let names: Vec<(PackageId, String)> = on_db!(tx, c => sqlx::query_as(NAMES).fetch_all(c).await)?;
    drop(tx);
    let named: HashSet<String> = names.into_iter().map(|(package, name)| blob_key(package, &name)).collect();
    let mut removed = 0;
    for (key, _) in written.into_iter().filter(|(key, written)| *written < old.0 && !named.contains(key)) {
        let mut parts = key.split('/').skip(1);
        let package = parts.next().and_then(|id| id.parse::<PackageId>().ok());
        let Some((package, name)) = package.zip(parts.next()) else { continue };
        let mut tx = app.db.begin().await?;
        // Who writes a row of the package waits until we are done. SQLite has one writer at a time anyway.
        if let Inner::Postgres(c) = &mut tx.0 {
            sqlx::query(HELD_POSTGRES).bind(package).execute(&mut **c).await?;
        }
        if find(&mut tx, package, name).await?.is_none() {
            tracing::warn!(key, "removing what a killed upload left");
            app.blobs.delete(&key).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

const ALL: &str = "SELECT name, file_name, media_type, size, width, height FROM package_asset WHERE package_id = $1 \
    ORDER BY created_at, name";

/// Every file of a package, in the order they came.
pub async fn all(tx: &mut Tx, package: PackageId) -> Result<Vec<Asset>> {
    Ok(on_db!(tx, c => sqlx::query_as(ALL).bind(package).fetch_all(c).await)?)
}

const OF_VERSION: &str = "SELECT a.name, a.file_name, a.media_type, a.size, a.width, a.height \
    FROM package_version v JOIN package_file f ON f.version_id = v.id \
    JOIN package_asset a ON a.package_id = v.package_id AND a.name = f.path WHERE v.id = $1";

/// The files of a version that have in it the name they have in the package: the pictures of a page.
pub async fn of_version(tx: &mut Tx, version: VersionId) -> Result<Vec<Asset>> {
    Ok(on_db!(tx, c => sqlx::query_as(OF_VERSION).bind(version).fetch_all(c).await)?)
}

const FIND: &str = "SELECT name, file_name, media_type, size, width, height FROM package_asset \
    WHERE package_id = $1 AND name = $2";

/// One file of a package.
pub async fn find(tx: &mut Tx, package: PackageId, name: &str) -> Result<Option<Asset>> {
    Ok(on_db!(tx, c => sqlx::query_as(FIND).bind(package).bind(name).fetch_optional(c).await)?)
}

/// The files a version is to have, from pairs of asset and path. Errors: `asset-unknown`.
pub async fn as_files(tx: &mut Tx, package: PackageId, wanted: &[(String, String)]) -> Result<Vec<NewFile>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let known = all(tx, package).await?;
    let file = |(name, path): &(String, String)| {
        let asset = known.iter().find(|asset| asset.name == *name).ok_or_else(|| Error::not_found("asset-unknown"))?;
        Ok(super::file(path, asset, blob_key(package, name)))
    };
    wanted.iter().map(file).collect()
}

/// Removes every file of a package that is gone.
pub async fn remove_blobs(app: &App, package: PackageId) -> Result<()> {
    for (key, _) in app.blobs.list(&blob_prefix(package)).await? {
        app.blobs.delete(&key).await?;
    }
    Ok(())
}
