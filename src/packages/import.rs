//! From a received file to a stored package: looked through, its files put away, its rows written in one transaction.
//!
//! Invariant: at any moment before the rows are committed, everything of the import is findable by its version (spool files
//! and blobs carry it in their names) and is removed when it fails; after a kill, the sweep at the next start removes it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;

use super::archive::{Archive, Limits, Method};
use super::findings::{Finding, Findings, Refused};
use super::model::{
    ActivityDetails, ActivityKind, CourseDetails, MediaDetails, Outline, OutlineActivity, OutlineCourse, PackageKind,
};
use super::replace::{self, Candidate, KnownCourse};
use super::store::{NewActivity, NewCourse, NewFile, NewPackage, NewVersion};
use super::upload::{self, Upload};
use super::zipped_again::{self, Inner};
use super::{manifest, media_type, store};
use crate::core::{CourseId, Error, Language, LanguageMap, PackageId, PersonId, Result, VersionId};
use crate::media::{self, Media, Probed};
use crate::state::App;
use crate::xapi::format::is_iri;

/// Deflated sound and pictures from this size on are unpacked, so that a player can ask for any part of them.
const UNPACK_FROM: u64 = 1 << 20;

/// Imports at work at a time; more wait. Each is a processor's work and some memory.
static AT_WORK: Semaphore = Semaphore::const_new(2);

/// What is to become of an upload.
#[derive(Clone, Copy)]
pub enum Purpose {
    /// A package of its own, brought by this person.
    New(Option<PersonId>),
    /// A newer version of this package, which waits to be adopted.
    Version(PackageId),
}

/// How an import ended.
pub enum Ended {
    /// Stored.
    Imported(PackageId),
    /// Refused, for these reasons; nothing is left of it.
    Refused(Vec<Finding>),
}

/// Imports `upload`. Goes on to its end if the caller goes away: nothing is left half done.
pub async fn import(app: &App, upload: Upload, purpose: Purpose) -> Result<Ended> {
    let app = app.clone();
    let task = async move {
        let _permit = AT_WORK.acquire().await.map_err(Error::internal)?;
        let version = upload.version;
        let ended = Import { app: app.clone(), upload }.run(purpose).await;
        if !matches!(ended, Ok(Ended::Imported(_))) {
            remove_blobs(&app, version).await?;
        }
        ended
    };
    tokio::spawn(task).await.map_err(Error::internal)?
}

struct Import {
    app: App,
    upload: Upload,
}

/// What looking through the upload gave.
struct Looked {
    outline: Outline,
    files: Vec<NewFile>,
    /// Entries to be unpacked, by their place among the files.
    unpack: Vec<usize>,
    archive: Option<Archive>,
    /// A picture to be stored among the files.
    poster: Option<PathBuf>,
    /// The archive that was in the one received, if it was looked through in its place.
    inner: Option<Inner>,
}

impl Import {
    async fn run(mut self, purpose: Purpose) -> Result<Ended> {
        let mut findings = Findings::new();
        let looked = match sniff(&self.upload.path)? {
            Sniffed::Zip => self.look_through_archive(&mut findings).await?,
            Sniffed::Xml => self.look_at_cmi5(&mut findings).await?,
            Sniffed::Media => self.look_at_media(&mut findings).await?,
            Sniffed::Unknown => {
                findings.add(Finding::error("kind-unknown").file(self.upload.file_name.as_str()));
                Err(Refused)
            }
        };
        let Ok(mut looked) = looked else { return Ok(Ended::Refused(findings.into_list())) };
        if let Some(inner) = looked.inner.take() {
            self.upload.is_its_inner(inner);
        }
        if let Purpose::Version(package) = purpose {
            replace::must_be_of_its_kind(&self.app, package, looked.outline.kind).await?;
        }
        self.put_away(&mut looked).await?;
        let id = match purpose {
            Purpose::New(by) => self.write(looked, findings, by).await?,
            Purpose::Version(package) => self.stage(package, looked, findings).await?,
        };
        Ok(Ended::Imported(id))
    }

    /// Reading and unpacking are a processor's work, so they have a thread of their own.
    async fn look_through_archive(&self, findings: &mut Findings) -> Result<Result<Looked, Refused>> {
        let file = File::open(&self.upload.path)?;
        let (limits, most) = (self.limits(), self.app.config.packages.max_bytes);
        let inner = self.upload.inner_path();
        let taken = std::mem::take(findings);
        let (looked, told) = tokio::task::spawn_blocking(move || {
            let mut findings = taken;
            let looked = look_through(file, &inner, (&limits, most), &mut findings);
            (looked, findings)
        })
        .await
        .map_err(Error::internal)?;
        *findings = told;
        Ok(looked?)
    }

    fn limits(&self) -> Limits {
        let configured = &self.app.config.packages;
        Limits {
            entries: usize::try_from(configured.max_files).unwrap_or(usize::MAX),
            unpacked_bytes: configured.max_unpacked_bytes,
            ..Limits::default()
        }
    }

    async fn look_at_cmi5(&self, findings: &mut Findings) -> Result<Result<Looked, Refused>> {
        if self.upload.size > self.limits().manifest_bytes {
            findings.add(Finding::error("xml-too-large").file(self.upload.file_name.as_str()));
            return Ok(Err(Refused));
        }
        let bytes = tokio::fs::read(&self.upload.path).await?;
        let file = self.whole_file("cmi5.xml", std::str::from_utf8(&bytes).is_ok());
        let outline = manifest::of_bare_cmi5(bytes, &self.limits(), findings);
        Ok(outline.map(|outline| Looked {
            outline,
            files: vec![file],
            unpack: Vec::new(),
            archive: None,
            poster: None,
            inner: None,
        }))
    }

    async fn look_at_media(&self, findings: &mut Findings) -> Result<Result<Looked, Refused>> {
        let poster = self.spool("poster");
        let media = match media::examine(&self.upload.path, &poster).await.map_err(Error::internal)? {
            Probed::Media(media) => media,
            Probed::Nothing(why) => {
                findings.add(Finding::error("media-unreadable").file(self.upload.file_name.as_str()).arg("why", why));
                return Ok(Err(Refused));
            }
        };
        let name = self.media_name(&media);
        let file = self.whole_file(&name, false);
        let outline = media_outline(&name, &self.upload.file_name, &media);
        let poster = media.poster.then_some(poster);
        Ok(Ok(Looked { outline, files: vec![file], unpack: Vec::new(), archive: None, poster, inner: None }))
    }

    /// The name with an ending that says what the file is, whatever the sender wrote.
    fn media_name(&self, media: &Media) -> String {
        let ending = match (media.container.as_str(), media.video_codec.is_some()) {
            (container, true) if container.contains("mp4") => "mp4",
            (container, true) if container.contains("webm") => "webm",
            (container, false) if container.contains("mp4") => "m4a",
            (container, false) if container.contains("webm") => "weba",
            ("mp3", _) => "mp3",
            ("ogg", true) => "ogv",
            ("ogg", false) => "ogg",
            ("wav", _) => "wav",
            ("aac", _) => "aac",
            (_, true) => "mp4",
            (_, false) => "mp3",
        };
        let stem = self.upload.file_name.rsplit_once('.').map_or(self.upload.file_name.as_str(), |(stem, _)| stem);
        format!("{stem}.{ending}")
    }

    /// The upload itself as the one file of the package.
    fn whole_file(&self, path: &str, utf8: bool) -> NewFile {
        NewFile {
            path: path.to_owned(),
            media_type: media_type::with_charset(path, utf8),
            deflated: false,
            offset: 0,
            compressed: self.upload.size,
            size: self.upload.size,
            crc32: 0,
            blob: None,
        }
    }

    fn spool(&self, ending: &str) -> PathBuf {
        self.app.blobs.spool().join(format!("{}.{ending}", self.upload.version))
    }

    /// Puts the upload, unpacked media and the poster into the blob store.
    async fn put_away(&self, looked: &mut Looked) -> Result<()> {
        let prefix = blob_prefix(self.upload.version);
        if let Some(archive) = looked.archive.take() {
            let archive = std::sync::Arc::new(archive);
            for place in std::mem::take(&mut looked.unpack) {
                let part = Spooled(self.spool("part"));
                let (source, target) = (archive.clone(), part.0.clone());
                tokio::task::spawn_blocking(move || source.copy(place, &mut File::create(target)?))
                    .await
                    .map_err(Error::internal)??;
                let key = format!("{prefix}/files/{place}");
                self.app.blobs.put_file(&key, &part.0).await?;
                let file = &mut looked.files[place];
                (file.blob, file.deflated, file.offset, file.compressed) = (Some(key), false, 0, file.size);
            }
        }
        if let Some(poster) = looked.poster.take().map(Spooled) {
            let key = format!("{prefix}/poster");
            let size = tokio::fs::metadata(&poster.0).await?.len();
            self.app.blobs.put_file(&key, &poster.0).await?;
            looked.files.push(NewFile::of_blob(POSTER, "image/jpeg".to_owned(), size, key));
        }
        self.app.blobs.put_file(&upload_key(self.upload.version), &self.upload.path).await
    }

    async fn write(&self, looked: Looked, mut findings: Findings, by: Option<PersonId>) -> Result<PackageId> {
        let app = &self.app;
        let mut tx = app.db.begin_large().await?;
        if let Some(title) = store::same_content(&mut tx, &self.upload.sha256).await? {
            findings.add(Finding::info("same-content-as").arg("title", title));
        }
        let (kind, upload) = (looked.outline.kind, &self.upload);
        let courses = courses(looked.outline.courses, &app.config.public_origin(), &[])?;
        let package = NewPackage { id: PackageId::new(), kind, title: title(&courses), created_by: by };
        let version = NewVersion {
            id: upload.version,
            number: 1,
            file_name: upload.file_name.clone(),
            sha256: upload.sha256.clone(),
            size: store::number(upload.size),
            blob: upload_key(upload.version),
            outline: outline_json(&looked.outline.edition, &courses),
            findings: serde_json::to_string(&findings.into_list())?,
            now: app.clock.now(),
        };
        store::insert(&mut tx, &package, version.now).await?;
        store::insert_version(&mut tx, (package.id, kind), &version, &looked.files, &courses).await?;
        if matches!(kind, PackageKind::Video | PackageKind::Audio) {
            super::media::enqueue(&mut tx, app, package.id, version.id, by).await?;
        }
        tx.commit().await?;
        let (id, kind, files) = (package.id, kind.word(), looked.files.len());
        tracing::info!(package = %id, kind, files, bytes = version.size, "package imported");
        Ok(id)
    }

    /// Keeps what was received until the trainer has decided; what waited before goes.
    async fn stage(&self, package: PackageId, looked: Looked, findings: Findings) -> Result<PackageId> {
        let candidate = Candidate {
            id: self.upload.version,
            file_name: self.upload.file_name.clone(),
            sha256: self.upload.sha256.clone(),
            size: store::number(self.upload.size),
            files: serde_json::to_string(&looked.files)?,
            outline: serde_json::to_string(&looked.outline)?,
            findings: serde_json::to_string(&findings.into_list())?,
            created_at: self.app.clock.now(),
        };
        let earlier = replace::stage(&self.app, package, &candidate).await?;
        if let Some(earlier) = earlier {
            remove_blobs(&self.app, earlier).await?;
        }
        tracing::info!(%package, version = %candidate.id, bytes = candidate.size, "newer version received");
        Ok(package)
    }
}

/// A spool file that goes when it is no longer needed.
struct Spooled(PathBuf);

impl Drop for Spooled {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The path of a media file's poster among the version's files.
const POSTER: &str = "poster.jpg";

pub fn blob_prefix(version: VersionId) -> String {
    format!("packages/{version}")
}

pub fn upload_key(version: VersionId) -> String {
    format!("packages/{version}/upload")
}

/// Removes every blob of a version.
pub async fn remove_blobs(app: &App, version: VersionId) -> Result<()> {
    for (key, _) in app.blobs.list(&blob_prefix(version)).await? {
        app.blobs.delete(&key).await?;
    }
    Ok(())
}

enum Sniffed {
    Zip,
    Xml,
    Media,
    Unknown,
}

/// What a file is by its first bytes; names and declared types are not believed.
fn sniff(path: &Path) -> std::io::Result<Sniffed> {
    let mut head = Vec::with_capacity(512);
    File::open(path)?.take(512).read_to_end(&mut head)?;
    Ok(match head.as_slice() {
        [b'P', b'K', ..] => Sniffed::Zip,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Sniffed::Media,
        [0x1A, 0x45, 0xDF, 0xA3, ..] | [b'I', b'D', b'3', ..] | [b'O', b'g', b'g', b'S', ..] => Sniffed::Media,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Sniffed::Media,
        // MPEG audio and ADTS: eleven bits of synchronisation. A UTF-16 mark begins alike and continues otherwise.
        [0xFF, second, ..] if *second >= 0xE0 && !matches!(second, 0xFE | 0xFF) => Sniffed::Media,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Sniffed::Xml,
        head if is_xml(head) => Sniffed::Xml,
        _ => Sniffed::Unknown,
    })
}

fn is_xml(head: &[u8]) -> bool {
    let text: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text).trim_ascii_start().starts_with(b"<")
}

/// Looks through an archive, or through the one that it holds and nothing else that could be meant; that one is put at `inner`
/// and may have `most` bytes.
fn look_through(
    file: File,
    inner: &Path,
    (limits, most): (&Limits, u64),
    findings: &mut Findings,
) -> std::io::Result<Result<Looked, Refused>> {
    let Ok(archive) = Archive::open(file, limits, findings) else { return Ok(Err(Refused)) };
    let taken = match zipped_again::take_out(&archive, inner, limits, most, findings)? {
        Ok(Some(taken)) => taken,
        Ok(None) => return Ok(look_at_files(archive, limits, findings)),
        Err(refused) => return Ok(Err(refused)),
    };
    let file = File::open(inner)?;
    let looked = Archive::open(file, &taken.limits, findings).and_then(|archive| {
        zipped_again::must_be_the_last(&archive, findings)?;
        look_at_files(archive, &taken.limits, findings)
    });
    Ok(looked.map(|looked| Looked { inner: Some(taken), ..looked }))
}

fn look_at_files(mut archive: Archive, limits: &Limits, findings: &mut Findings) -> Result<Looked, Refused> {
    archive.verify(media_type::is_text, findings)?;
    let outline = manifest::of_archive(&mut archive, limits, findings)?;
    let large = |path: &str, size: u64| size >= UNPACK_FROM && media_type::is_media(path);
    let files: Vec<NewFile> = archive
        .entries
        .iter_mut()
        .map(|entry| NewFile {
            media_type: media_type::with_charset(&entry.path, entry.utf8),
            // From here on an entry is known by its place.
            path: std::mem::take(&mut entry.path),
            deflated: entry.method == Method::Deflated,
            offset: entry.offset,
            compressed: entry.compressed,
            size: entry.size,
            crc32: entry.crc32,
            blob: None,
        })
        .collect();
    let unpack = files
        .iter()
        .enumerate()
        .filter(|(_, file)| file.deflated && large(&file.path, file.size))
        .map(|(place, _)| place)
        .collect();
    Ok(Looked { outline, files, unpack, archive: Some(archive), poster: None, inner: None })
}

fn media_outline(path: &str, file_name: &str, media: &Media) -> Outline {
    let (kind, activity) = match media.video_codec {
        Some(_) => (PackageKind::Video, ActivityKind::Video),
        None => (PackageKind::Audio, ActivityKind::Audio),
    };
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).replace(['_', '-'], " ");
    let title = media.title.as_deref().map(str::trim).filter(|title| !title.is_empty()).unwrap_or(&stem);
    let title = LanguageMap::one("und", title.chars().take(300).collect::<String>());
    let details = MediaDetails {
        duration: media.duration,
        width: media.width,
        height: media.height,
        container: media.container.clone(),
        video_codec: media.video_codec.clone(),
        audio_codec: media.audio_codec.clone(),
        poster: media.poster.then(|| POSTER.to_owned()),
        playable: None,
        completion: None,
    };
    let activity = OutlineActivity {
        parent: None,
        depth: 0,
        identifier: "media".to_owned(),
        title: title.clone(),
        kind: activity,
        href: Some(manifest::encode(path)),
        launchable: true,
        visible: true,
        details: ActivityDetails::Media(details),
    };
    let course = OutlineCourse {
        identifier: "media".to_owned(),
        title,
        description: LanguageMap::default(),
        details: CourseDetails::None,
        activities: vec![activity],
    };
    let codecs: Vec<&str> = media.video_codec.as_deref().into_iter().chain(media.audio_codec.as_deref()).collect();
    Outline { kind, edition: codecs.join(", "), courses: vec![course] }
}

/// What a package is called: as its first course.
pub fn title(courses: &[NewCourse]) -> String {
    courses.first().map(|course| course.title.best(Language::default()).to_owned()).unwrap_or_default()
}

/// The identifiers of courses. What repeats in the manifest is told apart by a number.
pub fn identifiers(outline: &[OutlineCourse]) -> Vec<String> {
    let mut taken = Taken::default();
    outline.iter().map(|course| taken.unique(&course.identifier)).collect()
}

/// Gives courses and activities their identities: those of `known`, by place, are the same courses as before.
pub fn courses(outline: Vec<OutlineCourse>, origin: &str, known: &[Option<KnownCourse>]) -> Result<Vec<NewCourse>> {
    let identifiers = identifiers(&outline);
    outline
        .into_iter()
        .zip(identifiers)
        .enumerate()
        .map(|(place, (course, identifier))| {
            let known = known.get(place).and_then(Option::as_ref);
            let id = known.map_or_else(CourseId::new, |known| known.id);
            let iri = known.map_or_else(|| format!("{origin}/courses/{id}"), |known| known.iri.clone());
            let again = known.is_some();
            let mut taken = Taken::default();
            let activities = course.activities.into_iter().map(|activity| {
                let own = match activity.kind {
                    // Tincan content names itself in its statements, whatever `activity_id` tells it at the launch; by what
                    // is no IRI it cannot, and takes the one it is told.
                    ActivityKind::Xapi if is_iri(&activity.identifier) => activity.identifier.clone(),
                    // cmi5 10.2.1: the LMS gives a unit an identifier of its own; ours is stable over versions.
                    _ => format!("{iri}/activities/{}", manifest::encode_segment(&taken.unique(&activity.identifier))),
                };
                Ok(NewActivity {
                    parent: activity.parent,
                    depth: activity.depth,
                    iri: own,
                    identifier: activity.identifier,
                    title: activity.title,
                    kind: activity.kind.word(),
                    href: activity.href,
                    launchable: activity.launchable,
                    visible: activity.visible,
                    details: serde_json::to_string(&activity.details)?,
                })
            });
            Ok(NewCourse {
                id,
                again,
                activities: activities.collect::<Result<_>>()?,
                identifier,
                iri,
                title: course.title,
                description: course.description,
                details: serde_json::to_string(&course.details)?,
            })
        })
        .collect()
}

/// Names given so far.
#[derive(Default)]
struct Taken(std::collections::HashSet<String>);

impl Taken {
    fn unique(&mut self, name: &str) -> String {
        let mut unique = name.to_owned();
        let mut number = 2;
        while !self.0.insert(unique.clone()) {
            unique = format!("{name}~{number}");
            number += 1;
        }
        unique
    }
}

/// The outline as answers tell it, with titles in every language.
pub fn outline_json(edition: &str, courses: &[NewCourse]) -> String {
    let courses: Vec<_> = courses
        .iter()
        .map(|course| {
            let activities: Vec<_> = course
                .activities
                .iter()
                .enumerate()
                .map(|(index, activity)| {
                    json!({
                        "index": index,
                        "parent": activity.parent,
                        "depth": activity.depth,
                        "identifier": activity.identifier,
                        "title": activity.title,
                        "kind": activity.kind,
                        "launchable": activity.launchable,
                    })
                })
                .collect();
            json!({"id": course.id, "title": course.title, "activities": activities})
        })
        .collect();
    json!({"edition": edition, "courses": courses}).to_string()
}

/// Blobs without a row and without an import on this machine are left alone so long: another machine may be importing them.
const ELSEWHERE: Duration = Duration::from_secs(24 * 3600);

/// Removes what imports that were killed have left: spool files, and blobs of versions that have no row.
pub async fn sweep(app: &App) -> Result<()> {
    let dead = upload::sweep_spool(app)?;
    let alive = upload::under_way(app)?;
    let old = app.clock.now().minus(ELSEWHERE);
    let mut known: Option<(VersionId, bool)> = None;
    for (key, written) in app.blobs.list("packages").await? {
        let Some(version) = key.split('/').nth(1).and_then(|name| name.parse().ok()) else { continue };
        let exists = match known {
            Some((last, exists)) if last == version => exists,
            _ => store::version_exists(&mut app.db.read().await?, version).await?,
        };
        known = Some((version, exists));
        if exists && super::media::is_made(&key) && written < old.0 && !super::media::is_known(app, &key).await? {
            tracing::warn!(key, "removing what an interrupted job left");
            app.blobs.delete(&key).await?;
        }
        if !exists && !alive.contains(&version) && (dead.contains(&version) || written < old.0) {
            tracing::warn!(key, "removing what a killed import left");
            app.blobs.delete(&key).await?;
        }
    }
    Ok(())
}
