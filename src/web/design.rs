//! The component page: every component, in light and dark, working by keyboard. It is where the look is checked.

use askama::Template;
use axum::response::Response;

use super::page::render;
use super::shell::Shell;
use crate::core::Result;

#[derive(Template)]
#[template(path = "web/templates/design.html")]
struct DesignPage {
    shell: Shell,
    sides: [Side; 2],
    swatches: [&'static str; 18],
    courses: [Course; 3],
    bars: [Bar; 4],
    steps: [&'static str; 4],
}

/// One theme; every sample is drawn once a side.
struct Side {
    theme: &'static str,
    word: &'static str,
}

impl Side {
    /// An id that the other side does not have.
    fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.theme)
    }
}

struct Course {
    title: &'static str,
    time: &'static str,
    steps: &'static str,
}

struct Bar {
    name: &'static str,
    percent: u8,
    count: u16,
}

const SWATCHES: [&str; 18] = [
    "paper",
    "surface",
    "sunk",
    "line",
    "line-strong",
    "ink",
    "ink-soft",
    "action",
    "action-wash",
    "deep",
    "attention",
    "attention-wash",
    "attention-fill",
    "done",
    "done-wash",
    "done-fill",
    "fault",
    "fault-wash",
];

/// `GET /design`. For everybody: it shows nothing of anybody.
pub async fn show(shell: Shell) -> Result<Response> {
    render(&DesignPage {
        shell,
        sides: [Side { theme: "light", word: "clair" }, Side { theme: "dark", word: "sombre" }],
        swatches: SWATCHES,
        courses: [
            Course { title: "Sécurité routière sur chantier", time: "45 min", steps: "8 étapes" },
            Course { title: "Accueillir le public", time: "25 min", steps: "4 étapes" },
            Course { title: "Protéger les données des usagers", time: "12 min", steps: "1 étape" },
        ],
        bars: [
            Bar { name: "Routes", percent: 84, count: 412 },
            Bar { name: "Autonomie", percent: 66, count: 324 },
            Bar { name: "Collèges", percent: 41, count: 201 },
            Bar { name: "Archives", percent: 9, count: 44 },
        ],
        steps: ["Lire les règles de balisage", "Poser une déviation", "Répondre au quiz", "Signer la feuille"],
    })
}
