//! The sample packages and media, imported and published as a trainer would.

use std::path::{Path, PathBuf};

use super::library::{Course, Library};
use crate::catalogue;
use crate::core::{Kind, Language, Result};
use crate::packages::{self, PackageReport};
use crate::state::App;
use crate::web::Words;

/// Imports and publishes every package and medium in `content`, `content/packages` and `content/media`. Answers the files that
/// were not imported, with the reason.
pub async fn import(app: &App, content: &Path, library: &mut Library) -> Result<Vec<String>> {
    let words = Words::of(Language::Fr);
    let mut refused = Vec::new();
    for path in files(content) {
        match packages::import_path(app, &path, words).await {
            Ok(report) => publish(app, &path, report, library).await?,
            Err(wrong) if wrong.kind != Kind::Internal => {
                let reason = words.error(wrong.code, &wrong.args).unwrap_or_else(|| wrong.code.to_owned());
                refused.push(format!("{}: {reason}", path.display()));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(refused)
}

async fn publish(app: &App, path: &Path, report: PackageReport, library: &mut Library) -> Result<()> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    for course in report.courses {
        let mut tx = app.db.begin().await?;
        catalogue::set_published(&mut tx, course.id, Some(app.clock.now())).await?;
        tx.commit().await?;
        let open = || course.activities.iter().filter(|activity| activity.launchable);
        let published = Course {
            id: course.id,
            activities: open().map(|activity| activity.index).collect(),
            parts: open().map(|activity| activity.title.clone()).collect(),
            title: course.title.clone(),
            kind: report.kind.word(),
            quiz: None,
        };
        library.0.insert(name.clone().into_owned(), published);
    }
    Ok(())
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
