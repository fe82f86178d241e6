//! What the demo organisation learns from: the sample packages and media, and what its trainers write in Préau itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::browser::{Browser, Site};
use crate::core::{CourseId, Error, PackageId, PersonId, Result};
use crate::packages::model::PackageKind;
use crate::packages::native;
use crate::quiz::model::Quiz;

/// A published course.
pub struct Course {
    pub id: CourseId,
    pub title: String,
    /// The word of its kind.
    pub kind: &'static str,
    /// Its activities that can be opened, by their place in the outline.
    pub activities: Vec<usize>,
    /// The titles of its activities, in the same order.
    pub parts: Vec<String>,
    /// What is asked, where it is a quiz.
    pub quiz: Option<Quiz>,
}

/// Every course, by the name the demo's stories give it: the file's for a sample.
#[derive(Default)]
pub struct Library(pub BTreeMap<String, Course>);

impl Library {
    pub fn named(&self, name: &str) -> Option<&Course> {
        self.0.get(name)
    }

    pub fn course(&self, id: CourseId) -> Option<&Course> {
        self.0.values().find(|course| course.id == id)
    }
}

/// What is written here.
enum Written {
    /// Markdown, with a picture whose place the text names.
    Page { text: &'static str, picture: Option<(&'static str, &'static [u8])> },
    /// A file, with a sentence about it.
    Document { text: &'static str, file_name: &'static str, file: &'static [u8] },
    /// An address, with a sentence about it.
    Link { text: &'static str, address: &'static str },
    /// Questions, as they are kept.
    Quiz(&'static str),
}

const WRITTEN: [(&str, &str, Written); 8] = [
    (
        "avant-chantier",
        "Avant de partir sur le chantier",
        Written::Page {
            text: include_str!("content/avant-chantier.md"),
            picture: Some(("balisage", include_bytes!("content/balisage.png"))),
        },
    ),
    (
        "consignes-incendie",
        "Que faire si l’alarme sonne ?",
        Written::Page { text: include_str!("content/consignes-incendie.md"), picture: None },
    ),
    (
        "bienvenue",
        "Votre première semaine",
        Written::Page { text: include_str!("content/bienvenue.md"), picture: None },
    ),
    (
        "teletravail",
        "Télétravailler : les repères",
        Written::Page { text: include_str!("content/teletravail.md"), picture: None },
    ),
    (
        "livret-accueil",
        "Livret d’accueil",
        Written::Document {
            text: "Horaires, congés, santé, droits et obligations : deux pages à garder.",
            file_name: "Livret d’accueil.pdf",
            file: include_bytes!("content/livret-accueil.pdf"),
        },
    ),
    (
        "cnil",
        "Le RGPD expliqué par la CNIL",
        Written::Link {
            text: "Les définitions, les droits des personnes, les bons réflexes des agents.",
            address: "https://www.cnil.fr/fr/comprendre-le-rgpd",
        },
    ),
    ("quiz-chantier", "Sécurité sur chantier : le quiz", Written::Quiz(include_str!("content/quiz-chantier.json"))),
    (
        "quiz-numerique",
        "Le numérique au quotidien : le quiz",
        Written::Quiz(include_str!("content/quiz-numerique.json")),
    ),
];

/// Something begun and not finished, so that the list of drafts shows one.
const DRAFT: (&str, &str) = (
    "Mener un entretien professionnel",
    "## Préparer\n\nRelire le dernier compte rendu, choisir un lieu calme, prévoir une heure.\n\n## Pendant l’entretien\n\n*À écrire.*",
);

/// Writes and publishes everything, in the trainer's editors.
pub async fn write(site: &mut Site, trainer: PersonId, library: &mut Library) -> Result<()> {
    for (name, title, what) in &WRITTEN {
        let (kind, package) = match what {
            Written::Quiz(questions) => ("quiz", quiz(site, trainer, title, questions).await?),
            _ => text(&site.browser(trainer).await?, title, what).await?,
        };
        let mut tx = site.app.db.read().await?;
        let made = native::raw_draft(&mut tx, package).await?;
        let unpublished = || Error::internal(anyhow::anyhow!("the demo’s {name} cannot be published"));
        let quiz = if kind == "quiz" { Some(Quiz::read(&made.content)?) } else { None };
        let course = Course {
            id: made.course.ok_or_else(unpublished)?,
            title: made.title,
            kind,
            activities: vec![0],
            parts: vec![(*title).to_owned()],
            quiz,
        };
        library.0.insert((*name).to_owned(), course);
    }
    let browser = site.browser(trainer).await?;
    let package = begin(&browser, "page", DRAFT.0).await?;
    let fields =
        [("revision", "0"), ("title", DRAFT.0), ("text", DRAFT.1), ("language", "fr"), ("finish", "confirmed")];
    browser.form(&format!("/trainer/content/{package}"), &fields).await?;
    Ok(())
}

async fn begin(browser: &Browser<'_>, kind: &str, title: &str) -> Result<PackageId> {
    let begun = browser.form("/trainer/content/new", &[("kind", kind), ("title", title)]).await?;
    begun.leads_to().parse().map_err(Error::internal)
}

/// A page, document or link, from the empty editor to the published version.
async fn text(browser: &Browser<'_>, title: &str, what: &Written) -> Result<(&'static str, PackageId)> {
    let (kind, finish) = match what {
        Written::Page { .. } => ("page", "confirmed"),
        Written::Document { .. } => ("document", "opened"),
        _ => ("link", "opened"),
    };
    let package = begin(browser, kind, title).await?;
    let editor = format!("/trainer/content/{package}");
    // A file is saved with the draft, so what follows is written over its first revision.
    let (revision, text, address) = match what {
        Written::Page { text, picture: Some((place, bytes)) } => {
            let kept = browser.upload(&format!("{editor}/pictures?filename={place}.png"), bytes).await?.json();
            let name = kept["name"].as_str().unwrap_or_default();
            ("0", text.replace(&format!("({place})"), &format!("({name})")), "")
        }
        Written::Document { text, file_name, file } => {
            let name: String = url::form_urlencoded::byte_serialize(file_name.as_bytes()).collect();
            browser.upload(&format!("{editor}/file?filename={name}"), file).await?;
            ("1", (*text).to_owned(), "")
        }
        Written::Link { text, address } => ("0", (*text).to_owned(), *address),
        Written::Page { text, .. } | Written::Quiz(text) => ("0", (*text).to_owned(), ""),
    };
    let fields = [
        ("revision", revision),
        ("title", title),
        ("text", &text),
        ("language", "fr"),
        ("finish", finish),
        ("address", address),
        ("open", "yes"),
    ];
    browser.form(&format!("{editor}/publish"), &fields).await?;
    Ok((kind, package))
}

/// A quiz: its questions come in the form in which they are kept, as an import brings them.
async fn quiz(site: &mut Site, trainer: PersonId, title: &str, questions: &str) -> Result<PackageId> {
    let content: Value = serde_json::from_str(questions)?;
    let mut tx = site.app.db.begin().await?;
    let package = native::create(&mut tx, &site.app, PackageKind::Quiz, title, &content, Some(trainer)).await?;
    tx.commit().await?;
    let browser = site.browser(trainer).await?;
    browser.form(&format!("/trainer/quizzes/{package}/publish"), &[("open", "yes")]).await?;
    Ok(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quizzes_written_for_the_demo_are_fit_to_be_asked() {
        for (name, _, what) in &WRITTEN {
            let Written::Quiz(questions) = what else { continue };
            let quiz = Quiz::read(questions).unwrap();
            assert_eq!(quiz.problems(), [], "{name}");
            let kinds: std::collections::BTreeSet<_> = quiz.questions.iter().map(|q| q.body.name()).collect();
            assert_eq!(kinds.len(), 5, "{name} asks in every way there is");
        }
    }
}
