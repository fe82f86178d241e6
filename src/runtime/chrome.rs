//! What surrounds every activity: way back, title, place in the course, saved state, outline, previous and next.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::core::{RegistrationId, Result};
use crate::progress::{self, ActivityRow, Status};
use crate::runtime::access::PlayerOf;
use crate::runtime::model::{Activity, Mode};
use crate::storage::Tx;
use crate::web::Shell;

/// The frame of a player page. A page has it as its field `chrome`, beside `shell`, and extends
/// `runtime/templates/chrome.html`.
pub struct PlayerChrome {
    /// Of the activity.
    pub title: String,
    /// Of the course.
    pub course_title: String,
    /// Where the learner came from.
    pub back_url: String,
    /// The word of the mode.
    pub mode: &'static str,
    /// The place among the activities that can be opened, from 1.
    pub step_number: usize,
    /// How many there are.
    pub step_count: usize,
    /// Every activity.
    pub outline: Vec<OutlineEntry>,
    /// Whether the course's rules may let the learner choose a group of activities, or the course as a whole.
    pub chooses_groups: bool,
    /// The activity before this one; empty if there is none.
    pub previous_url: String,
    /// The activity after this one; empty if there is none.
    pub next_url: String,
    /// The saved state: `saved` or `not-recorded`; empty where the island of the page says it.
    pub saved_state: &'static str,
    /// The same in words.
    pub saved_word: String,
}

/// One line of the outline.
pub struct OutlineEntry {
    pub index: i32,
    parent: Option<i32>,
    pub depth: i32,
    identifier: String,
    pub title: String,
    pub kind: String,
    pub launchable: bool,
    pub status: &'static str,
    pub status_word: String,
    pub url: String,
    pub current: bool,
}

impl PlayerChrome {
    /// Reads what surrounds an activity of this registration.
    pub async fn of(tx: &mut Tx, player: &PlayerOf, activity: &Activity, mode: Mode, shell: &Shell) -> Result<Self> {
        Self::without(tx, player, activity, mode, shell, &HashSet::new()).await
    }

    /// The same, without the activities that the course's rules hide now.
    pub async fn without(
        tx: &mut Tx,
        player: &PlayerOf,
        activity: &Activity,
        mode: Mode,
        shell: &Shell,
        hidden: &HashSet<i32>,
    ) -> Result<Self> {
        let registration = &player.registration;
        let index = activity.activity_index;
        let language = shell.words.language();
        let rows = progress::activities_of(tx, registration.id).await?;
        let outline: Vec<OutlineEntry> = rows
            .iter()
            .filter(|row| row.visible && !hidden.contains(&row.activity_index) || row.activity_index == index)
            .map(|row| {
                let status = status(row);
                OutlineEntry {
                    index: row.activity_index,
                    parent: row.parent_index,
                    depth: row.depth,
                    identifier: row.identifier.clone(),
                    title: row.title.best(language).to_owned(),
                    // The player's name for xAPI packages is the one their launch has.
                    kind: if row.kind == "xapi" { "tincan".to_owned() } else { row.kind.clone() },
                    launchable: row.launchable,
                    status,
                    status_word: shell.t(&format!("player-word-status-{status}")),
                    url: address(registration.id, row.activity_index, mode),
                    current: row.activity_index == index,
                }
            })
            .collect();
        let steps: Vec<&OutlineEntry> = outline.iter().filter(|entry| entry.launchable).collect();
        let place = steps.iter().position(|entry| entry.current).unwrap_or_default();
        let url = |step: Option<&&OutlineEntry>| step.map(|step| step.url.clone()).unwrap_or_default();
        let saved_state = if registration.records(mode) { "saved" } else { "not-recorded" };
        Ok(Self {
            title: activity.title.best(language).to_owned(),
            course_title: registration.course_title.best(language).to_owned(),
            back_url: player.way_out(),
            mode: mode.word(),
            step_number: place + 1,
            step_count: steps.len(),
            previous_url: url(place.checked_sub(1).and_then(|before| steps.get(before))),
            next_url: url(steps.get(place + 1)),
            saved_state,
            saved_word: shell.t(&format!("player-word-{saved_state}")),
            outline,
            chooses_groups: false,
        })
    }

    /// The same, for a page whose island says the saved state once it knows it.
    pub fn without_state(mut self) -> Self {
        self.saved_state = "";
        self.saved_word.clear();
        self
    }

    /// The same, for a course whose groups of activities can be chosen: the rules then lead to one of each.
    pub fn choosing_groups(mut self, chooses: bool) -> Self {
        self.chooses_groups = chooses;
        self
    }

    /// The outline as the player's script reads it.
    pub fn outline_json(&self) -> Vec<Value> {
        self.outline.iter().map(OutlineEntry::json).collect()
    }

    /// Whether the learner has done this activity.
    pub fn is_done(&self) -> bool {
        self.outline.iter().any(|entry| entry.current && entry.status == "done")
    }

    /// Whether the course has a name of its own beside its only activity.
    pub fn names_course(&self) -> bool {
        self.course_title != self.title
    }
}

impl OutlineEntry {
    fn json(&self) -> Value {
        json!({
            "index": self.index,
            "parent": self.parent,
            "title": self.title,
            "kind": self.kind,
            "launchable": self.launchable,
            "status": self.status,
            "url": self.url,
            "identifier": self.identifier,
        })
    }
}

/// The player's address of an activity.
pub fn address(id: RegistrationId, index: i32, mode: Mode) -> String {
    format!("/player/{id}/{index}{}", mode.query())
}

/// The player's word for where somebody stands: its outline tells what is left to do, not how well it was done.
fn status(row: &ActivityRow) -> &'static str {
    match Status::of_words(row.completion.as_deref(), row.success.as_deref()) {
        Status::Passed => Status::Done.word(),
        status => status.word(),
    }
}
