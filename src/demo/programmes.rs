//! The programmes of the demo: their steps, when each was published, and whom it was opened to.

use super::browser::{Answer, Browser};
use super::library::Library;
use super::past::Past;
use super::people::{COUNCIL, CULTURE, FINANCE, NATURE, ROADS, SCHOOLS, SOLIDARITY};
use crate::core::{Error, ProgrammeId, Result};
use crate::programmes::Phase;

/// A programme as its trainer has it in mind.
pub struct Plan {
    pub name: &'static str,
    title: &'static str,
    summary: &'static str,
    /// When it is built, in days from today.
    pub day: i64,
    /// Whether it is published; the other is still being built today.
    published: bool,
    steps: &'static [Step],
}

impl Plan {
    /// How many steps it has.
    pub fn length(&self) -> usize {
        self.steps.len()
    }
}

/// A step of a programme.
#[derive(Clone, Copy)]
pub struct Step {
    phase: Phase,
    /// A course of the [`Library`].
    opens: &'static str,
    /// One activity of it, by its place among those that can be opened.
    part: Option<usize>,
    title: &'static str,
    minutes: u32,
    /// The step that comes first, by its place.
    after: Option<usize>,
    /// The day it opens, from today.
    on: Option<i64>,
    optional: bool,
}

const fn step(phase: Phase, opens: &'static str, title: &'static str, minutes: u32) -> Step {
    Step { phase, opens, part: None, title, minutes, after: None, on: None, optional: false }
}

impl Step {
    const fn part(self, part: usize) -> Self {
        Self { part: Some(part), ..self }
    }

    const fn after(self, place: usize) -> Self {
        Self { after: Some(place), ..self }
    }

    const fn on(self, day: i64) -> Self {
        Self { on: Some(day), ..self }
    }

    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

use Phase::{After, Before, During};

pub static PLANS: [Plan; 6] = [
    Plan {
        name: "chantier",
        title: "Travailler en sécurité sur les chantiers routiers",
        summary: "Préparer son chantier, poser et déposer la signalisation, protéger son équipe et soi-même.",
        day: -178,
        published: true,
        steps: &[
            step(Before, "avant-chantier", "Préparer son chantier", 8),
            step(Before, "scorm2004-simple", "Ménager son dos", 15),
            step(During, "scorm12-single", "Travailler au bord de la route", 20).after(0),
            step(During, "chantier", "Revoir la pose en images", 2).after(2),
            step(After, "quiz-chantier", "Vérifier ses acquis", 10).after(2),
        ],
    },
    Plan {
        name: "bienvenue",
        title: "Bienvenue au Département",
        summary: "Les repères de la première semaine, les gestes qui protègent, l’écriture à l’usager.",
        day: -152,
        published: true,
        steps: &[
            step(Before, "bienvenue", "Lire les repères de la première semaine", 5),
            step(Before, "livret-accueil", "Parcourir le livret d’accueil", 10).optional(),
            step(During, "scorm2004-simple", "Prendre soin de son dos au bureau", 15),
            step(After, "cmi5-one-au", "Écrire simplement à l’usager", 15).after(2),
        ],
    },
    Plan {
        name: "accueil",
        title: "Accueillir le public",
        summary: "Accueillir, écouter, orienter, répondre par écrit, et rester serein quand le ton monte.",
        day: -126,
        published: true,
        steps: &[
            step(Before, "accueil", "Écouter une matinée à l’accueil", 1),
            step(During, "tincan-accueil", "Accueillir, écouter, orienter", 20).after(0),
            step(After, "cmi5-one-au", "Répondre par un courrier clair", 15).after(1),
        ],
    },
    Plan {
        name: "incendie",
        title: "Prévention incendie",
        summary: "Donner l’alerte, évacuer, utiliser un extincteur : les réflexes de chacun.",
        day: -92,
        published: true,
        steps: &[
            step(Before, "consignes-incendie", "Lire les consignes", 5),
            step(During, "scorm2004-pretest-posttest", "S’exercer aux trois réflexes", 30).after(0),
        ],
    },
    Plan {
        name: "numerique",
        title: "Le numérique au quotidien",
        summary: "Protéger les données des usagers, ses comptes et son poste. Pour tous les agents.",
        day: -62,
        published: true,
        steps: &[
            step(Before, "scorm12-two-scos", "Comprendre le RGPD", 10).part(0),
            step(During, "scorm12-two-scos", "S’exercer sur des cas du quotidien", 12).part(1).after(0),
            step(During, "cmi5-two-aus", "Prendre les bons réflexes de cybersécurité", 25),
            step(After, "cnil", "Aller plus loin avec la CNIL", 5).optional(),
            step(After, "quiz-numerique", "Faire le point", 10).after(2),
        ],
    },
    Plan {
        name: "encadrer",
        title: "Encadrer une équipe de proximité",
        summary: "En préparation avec les managers : premiers pas, entretien professionnel, prévention.",
        day: -6,
        published: false,
        steps: &[
            step(Before, "consignes-incendie", "Connaître les consignes de son bâtiment", 5),
            step(During, "scorm12-two-scos", "Protéger les données de son équipe", 25).after(0),
        ],
    },
];

/// What the second version of the first programme adds: who began before keeps the first.
pub static REVISION: (&str, i64, Step) =
    ("chantier", -36, step(After, "scorm2004-pretest-posttest", "Savoir utiliser un extincteur", 10).part(3).on(14));

/// Whom a programme is opened to.
#[derive(Clone, Copy)]
pub enum Whom {
    Person(&'static str),
    /// A direction, or everybody where it is empty.
    Unit(&'static str),
    Space(&'static str),
}

/// A rule: the programme, the day it is made, whom it names, and the day by which they are to be done.
pub struct Opening {
    pub programme: &'static str,
    pub day: i64,
    pub whom: Whom,
    pub due: Option<i64>,
}

const fn opening(programme: &'static str, day: i64, whom: Whom, due: i64) -> Opening {
    Opening { programme, day, whom, due: Some(due) }
}

pub static OPENINGS: [Opening; 13] = [
    opening("chantier", -174, Whom::Unit(ROADS), -104),
    Opening { programme: "bienvenue", day: -150, whom: Whom::Space("nouveaux-arrivants"), due: None },
    opening("accueil", -122, Whom::Space("accueil-public"), -52),
    opening("accueil", -98, Whom::Unit(SOLIDARITY), -26),
    opening("incendie", -88, Whom::Unit(SCHOOLS), -18),
    opening("bienvenue", -75, Whom::Person("nicolas"), -40),
    opening("numerique", -58, Whom::Unit(""), 12),
    opening("incendie", -44, Whom::Unit(CULTURE), 16),
    opening("bienvenue", -40, Whom::Person("arthur"), 5),
    opening("chantier", -30, Whom::Unit(NATURE), 28),
    opening("bienvenue", -21, Whom::Person("alice"), 9),
    opening("incendie", -17, Whom::Unit(FINANCE), 38),
    opening("incendie", -9, Whom::Person("camille"), 6),
];

/// Who begins a programme by themselves, and when.
pub static BEGINNINGS: [(&str, &str, i64); 4] =
    [("clemence", "accueil", -61), ("david", "accueil", -47), ("malika", "accueil", -33), ("noemie", "incendie", -25)];

/// The place of a unit in the organisation.
pub fn unit_path(direction: &str) -> String {
    format!("{COUNCIL}/{direction}").trim_end_matches('/').to_owned()
}

/// Builds a programme as its trainer does, and publishes it if it is to be. Steps whose course is not there are left out; without
/// any there is no programme.
pub async fn build(trainer: &Browser<'_>, plan: &Plan, library: &Library, past: &Past) -> Result<Option<ProgrammeId>> {
    if plan.steps.iter().all(|step| library.named(step.opens).is_none()) {
        return Ok(None);
    }
    let begun = trainer.form("/trainer/programmes", &[("title", plan.title)]).await?;
    let id: ProgrammeId = begun.leads_to().parse().map_err(Error::internal)?;
    let builder = format!("/trainer/programmes/{id}");
    trainer.form(&builder, &[("title", plan.title), ("summary", plan.summary)]).await?;
    let mut keys = Vec::new();
    for step in plan.steps {
        keys.push(add(trainer, &builder, step, &keys, library, past).await?);
    }
    if plan.published {
        trainer.form(&format!("{builder}/publish"), &[]).await?;
    }
    Ok(Some(id))
}

/// Adds a step at the end of its phase and publishes the next version.
pub async fn revise(trainer: &Browser<'_>, id: ProgrammeId, step: &Step, library: &Library, past: &Past) -> Result<()> {
    let builder = format!("/trainer/programmes/{id}");
    if add(trainer, &builder, step, &[], library, past).await?.is_some() {
        trainer.form(&format!("{builder}/publish"), &[]).await?;
    }
    Ok(())
}

/// Adds a step and says when it opens; answers its key. `keys` are those of the steps before it.
async fn add(
    trainer: &Browser<'_>,
    builder: &str,
    step: &Step,
    keys: &[Option<String>],
    library: &Library,
    past: &Past,
) -> Result<Option<String>> {
    let Some(course) = library.named(step.opens) else { return Ok(None) };
    let phase = step.phase.word();
    let added = match step.part {
        Some(part) => {
            let part = course.parts.get(part).map_or("", String::as_str);
            let what = format!("{} › {part}", course.title);
            trainer.form(&format!("{builder}/steps"), &[("phase", phase), ("what", &what)]).await?
        }
        None => {
            let course = course.id.to_string();
            trainer.form(&format!("{builder}/steps"), &[("phase", phase), ("course", &course)]).await?
        }
    };
    let key = key(&added).ok_or_else(|| Error::internal(anyhow::anyhow!("no step opens {}", step.opens)))?;
    let minutes = step.minutes.to_string();
    let after = step.after.and_then(|place| keys.get(place)?.clone()).unwrap_or_default();
    let opens = step.on.map(|day| past.day(day)).unwrap_or_default();
    let mut fields = vec![("title", step.title), ("minutes", &minutes), ("after", &after), ("opens", &opens)];
    if !step.optional {
        fields.push(("required", "yes"));
    }
    trainer.form(&format!("{builder}/steps/{key}"), &fields).await?;
    Ok(Some(key))
}

/// The builder leads to the step that was added.
fn key(added: &Answer) -> Option<String> {
    added.location.split_once("#step-").map(|(_, key)| key.to_owned())
}
