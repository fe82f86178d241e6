//! The tutoring notebook: a tool of the house beside Préau, in which tutors write down how a new colleague learns at work.
//!
//! It has a key, writes statements from its own server, and says in each that it keeps to the xAPI Profile its makers wrote
//! (`content/tutorat.jsonld`). Three of its statements do not, so that the report on the profile has something to tell.

use serde_json::{Value, json};
use uuid::Uuid;

use super::browser::{Browser, Site};
use super::people::{self, HOME_PAGE};
use crate::core::{Result, Timestamp};

/// Somebody new and who accompanies them, by their logins.
pub struct Tutoring {
    pub newcomer: &'static str,
    pub tutor: &'static str,
    title: &'static str,
    /// What was written down, and when.
    pub notes: &'static [(i64, Note)],
}

/// What a tutor writes down.
#[derive(Clone, Copy)]
pub enum Note {
    /// They met for the first time.
    Begins,
    /// The newcomer did something of the trade, with so much ease: 1, with much help, to 4.
    Practises(&'static str, u8),
    /// Whether the newcomer is at ease without the tutor, if they say so.
    Reviews(Option<bool>),
    /// They meet another day; the profile has no word for it.
    PutsOff,
}

/// When the house begins to use the notebook.
pub const DAY: i64 = -141;

pub static TUTORINGS: [Tutoring; 6] = [
    Tutoring {
        newcomer: "kevin",
        tutor: "bruno",
        title: "Entretien des routes",
        notes: &[
            (-136, Note::Begins),
            (-130, Note::Practises("Poser un balisage d’urgence", 2)),
            (-122, Note::Practises("Débroussailler un accotement", 3)),
            (-108, Note::Practises("Poser un balisage d’urgence", 4)),
            (-94, Note::Reviews(Some(true))),
        ],
    },
    Tutoring {
        newcomer: "mei",
        tutor: "paul",
        title: "Suivi de chantier",
        notes: &[
            (-128, Note::Begins),
            (-120, Note::Practises("Relever un profil en travers", 3)),
            (-113, Note::Practises("Tenir une réunion de chantier", 2)),
            (-106, Note::PutsOff),
            (-92, Note::Reviews(None)),
        ],
    },
    Tutoring {
        newcomer: "fatou",
        tutor: "lucie",
        title: "Accueil du public",
        notes: &[
            (-110, Note::Begins),
            (-103, Note::Practises("Orienter un usager", 3)),
            (-96, Note::Practises("Enregistrer un courrier", 4)),
            (-82, Note::Reviews(Some(true))),
        ],
    },
    Tutoring {
        newcomer: "rosa",
        tutor: "valerie",
        title: "Cuisine des collèges",
        notes: &[
            (-63, Note::Begins),
            (-57, Note::Practises("Contrôler une température à cœur", 5)),
            (-50, Note::Practises("Remplir le cahier d’hygiène", 3)),
            (-40, Note::Reviews(Some(false))),
        ],
    },
    Tutoring {
        newcomer: "vincent",
        tutor: "sandrine",
        title: "Exécution du budget",
        notes: &[
            (-35, Note::Begins),
            (-29, Note::Practises("Engager une dépense", 2)),
            (-20, Note::Practises("Rapprocher une facture", 3)),
            (-9, Note::Reviews(Some(true))),
        ],
    },
    Tutoring {
        newcomer: "clemence",
        tutor: "oceane",
        title: "Prêt et retour",
        notes: &[
            (-13, Note::Begins),
            (-8, Note::Practises("Inscrire un lecteur", 2)),
            (-3, Note::Practises("Réparer une reliure", 3)),
        ],
    },
];

/// Where the notebook would be; the name is reserved for examples, so nothing ever answers there.
const NOTEBOOK: &str = "https://carnet.val-d-aubre.example";
const PROFILE: &[u8] = include_bytes!("content/tutorat.jsonld");

/// Lets the notebook write, and loads the profile it keeps to. Answers its right to write.
pub async fn begin(administrator: &Browser<'_>) -> Result<String> {
    administrator.upload("/api/v1/xapi-profiles", PROFILE).await?;
    let fields = [("name", "Carnet de tutorat"), ("scheme", "bearer"), ("scope", "statements/write")];
    let made = administrator.form("/admin/lrs", &fields).await?;
    // The address of the store stands before the token, which is shown this once.
    let token = made.body.rsplit_once("<code>").and_then(|(_, rest)| rest.split_once("</code>"));
    Ok(format!("Bearer {}", token.map_or("", |(token, _)| token)))
}

/// Says what a tutor wrote down.
pub async fn note(site: &Site, authorization: &str, tutoring: &Tutoring, note: Note, now: Timestamp) -> Result<()> {
    site.tool(authorization, "/xapi/statements", &tutoring.statement(note, now)).await.map(drop)
}

impl Tutoring {
    fn statement(&self, note: Note, now: Timestamp) -> Value {
        let activity = |id: String, kind: &str, name: &str| {
            let kind = format!("{NOTEBOOK}/xapi/types/{kind}");
            json!({"id": id, "definition": {"type": kind, "name": {"fr": name}}})
        };
        let own = activity(format!("{NOTEBOOK}/tutorats/{}", self.newcomer), "tutorat", self.title);
        let (verb, display, result) = match note {
            Note::Begins => ("commence", "a commencé", Value::Null),
            Note::Practises(_, ease) => {
                let extensions = json!({format!("{NOTEBOOK}/xapi/extensions/aisance"): ease});
                ("pratique", "a pratiqué", json!({ "extensions": extensions }))
            }
            Note::Reviews(Some(is_ready)) => ("bilan", "a fait le bilan de", json!({ "success": is_ready })),
            Note::Reviews(None) => ("bilan", "a fait le bilan de", Value::Null),
            Note::PutsOff => ("reporte", "a reporté", Value::Null),
        };
        let mut activities = json!({"category": [{"id": format!("{NOTEBOOK}/xapi/tutorat/v1")}]});
        let object = match note {
            Note::Practises(gesture, _) => {
                activities["parent"] = json!([own]);
                let name: String = url::form_urlencoded::byte_serialize(gesture.as_bytes()).collect();
                activity(format!("{NOTEBOOK}/gestes/{name}"), "geste", gesture)
            }
            _ => own,
        };
        let mut statement = json!({
            "actor": agent(self.newcomer),
            "verb": {"id": format!("{NOTEBOOK}/xapi/verbes/{verb}"), "display": {"fr": display}},
            "object": object,
            "context": {
                "registration": self.registration(),
                "instructor": agent(self.tutor),
                "platform": "Carnet de tutorat",
                "contextActivities": activities,
            },
            "timestamp": now.rfc3339(),
        });
        if !result.is_null() {
            statement["result"] = result;
        }
        statement
    }

    /// One for the whole of it, as the profile wants.
    fn registration(&self) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{NOTEBOOK}/tutorats/{}", self.newcomer).as_bytes())
    }
}

/// Somebody as the directory of the house knows them.
fn agent(login: &str) -> Value {
    let name = people::named(login).map_or(login, |agent| agent.name);
    json!({"name": name, "account": {"homePage": HOME_PAGE, "name": login}})
}
