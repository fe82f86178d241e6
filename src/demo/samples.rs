//! The sample packages and media, imported and published as a trainer would.

use std::path::{Path, PathBuf};

use crate::catalogue;
use crate::core::{CourseId, Kind, Language, Result};
use crate::packages;
use crate::state::App;
use crate::web::Words;

/// A published sample.
#[derive(Debug)]
pub struct Sample {
    /// The course.
    pub course: CourseId,
    /// Its activities that can be opened, by their place in the outline.
    pub activities: Vec<usize>,
}

/// What became of the files.
#[derive(Debug, Default)]
pub struct Samples {
    /// Published courses, in the order of the file names.
    pub courses: Vec<Sample>,
    /// Files that were not imported, with the reason.
    pub refused: Vec<String>,
}

/// Imports and publishes every package and medium in `content`, `content/packages` and `content/media`.
pub async fn import(app: &App, content: &Path) -> Result<Samples> {
    let words = Words::of(Language::Fr);
    let mut samples = Samples::default();
    for path in files(content) {
        match packages::import_path(app, &path, words).await {
            Ok(report) => {
                for course in report.courses {
                    let mut tx = app.db.begin().await?;
                    catalogue::set_published(&mut tx, course.id, Some(app.clock.now())).await?;
                    tx.commit().await?;
                    let open = course.activities.iter().filter(|activity| activity.launchable);
                    samples.courses.push(Sample { course: course.id, activities: open.map(|a| a.index).collect() });
                }
            }
            Err(refused) if refused.kind != Kind::Internal => {
                let reason = words.error(refused.code, &refused.args).unwrap_or_else(|| refused.code.to_owned());
                samples.refused.push(format!("{}: {reason}", path.display()));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(samples)
}

/// The samples in a stable order; folders that do not exist hold none.
fn files(content: &Path) -> Vec<PathBuf> {
    let folders = [content.to_owned(), content.join("packages"), content.join("media")];
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| is_sample(path)).collect();
    files.sort();
    files
}

fn is_sample(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let known = path.extension().is_some_and(|end| ["zip", "mp4", "mp3"].iter().any(|known| end == *known));
    // The probe tries to break out of the content origin: it is for the tests, not for people.
    known && path.is_file() && !name.starts_with("isolation-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_packages_and_media_for_people_are_samples() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("packages/broken")).unwrap();
        std::fs::create_dir(folder.path().join("media")).unwrap();
        for name in [
            "packages/b.zip",
            "packages/isolation-probe.zip",
            "packages/broken/x.zip",
            "media/a.mp4",
            "packages/.sources",
        ] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        let names: Vec<_> =
            files(folder.path()).into_iter().map(|path| path.strip_prefix(folder.path()).unwrap().to_owned()).collect();
        assert_eq!(names, [Path::new("media/a.mp4"), Path::new("packages/b.zip")]);
        assert!(files(Path::new("/nowhere")).is_empty());
    }
}
