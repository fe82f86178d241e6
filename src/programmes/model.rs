//! A programme as its rules see it: steps in three phases, what keeps one locked, and what is missing before publishing.
//! Pure: pages, the projection and the interface ask the same functions.

use std::collections::{HashMap, HashSet};

use crate::core::{CourseId, LanguageMap, ProgrammeId, ProgrammeVersionId, StepKey, Timestamp};

/// When a step has its place: before, during or after the main part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Before,
    During,
    After,
}

impl Phase {
    /// In their order.
    pub const ALL: [Self; 3] = [Self::Before, Self::During, Self::After];

    /// The word in the database and in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::During => "during",
            Self::After => "after",
        }
    }

    /// The phase of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.word() == word)
    }
}

impl From<String> for Phase {
    /// Reads the database's word, which allows no other.
    fn from(word: String) -> Self {
        Self::of_word(&word).unwrap_or(Self::During)
    }
}

/// One step of one version, with the course behind it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Step {
    pub step_key: StepKey,
    #[sqlx(try_from = "String")]
    pub phase: Phase,
    pub position: i32,
    pub title: String,
    pub course_id: CourseId,
    /// The one activity meant, if it is not the whole course.
    pub activity_identifier: Option<String>,
    /// How long it takes, as the trainer says.
    pub minutes: Option<i32>,
    pub required: bool,
    /// The step that has to be done first.
    pub after_key: Option<StepKey>,
    /// When it opens.
    pub opens_at: Option<Timestamp>,
    #[sqlx(try_from = "String")]
    pub course_title: LanguageMap,
    pub course_kind: String,
    /// Whether the course is in the catalogue.
    pub course_published: bool,
    /// Whether its present version has what the step opens.
    pub openable: bool,
}

/// A programme, over all its versions.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Programme {
    pub id: ProgrammeId,
    pub title: String,
    pub summary: String,
    pub iri: String,
    pub published_at: Option<Timestamp>,
    pub archived_at: Option<Timestamp>,
}

impl Programme {
    /// Whether anybody may find and begin it.
    pub fn is_open(&self) -> bool {
        self.published_at.is_some() && self.archived_at.is_none()
    }
}

/// One version of a programme; without `published_at` it is the draft.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Version {
    pub id: ProgrammeVersionId,
    pub number: i32,
    pub published_at: Option<Timestamp>,
}

/// Why a step cannot be opened yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Another step comes first: its title.
    After(String),
    /// It opens later.
    Until(Timestamp),
}

/// The first reason that keeps `step` closed at `now` for somebody who has done the steps of `done`.
pub fn lock_of(step: &Step, steps: &[Step], done: &HashSet<StepKey>, now: Timestamp) -> Option<Lock> {
    if let Some(opens) = step.opens_at.filter(|opens| *opens > now) {
        return Some(Lock::Until(opens));
    }
    // A step that is no longer there keeps nobody waiting.
    let first = steps.iter().find(|other| Some(other.step_key) == step.after_key)?;
    (!done.contains(&first.step_key)).then(|| Lock::After(first.title.clone()))
}

/// The steps that count for completion: the required ones, or all where none is.
pub fn counted(steps: &[Step]) -> impl Iterator<Item = &Step> {
    let any = steps.iter().any(|step| step.required);
    steps.iter().filter(move |step| step.required || !any)
}

/// One line of the checklist before publishing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Locale keys are `check-KEY` when it is fine and `check-KEY-todo` for what to do.
    pub key: &'static str,
    /// The steps (or nothing) that keep it from being fine; empty and `fine` go together unless it is about the whole.
    pub steps: Vec<String>,
    pub fine: bool,
}

/// What has to be so before a programme is published.
pub fn checklist(title: &str, steps: &[Step]) -> Vec<Check> {
    let about = |key, found: Vec<&Step>| Check {
        key,
        fine: found.is_empty(),
        steps: found.into_iter().map(|step| step.title.clone()).collect(),
    };
    let loops: Vec<&Step> = steps.iter().filter(|step| waits_for_itself(step, steps)).collect();
    vec![
        Check { key: "title", steps: Vec::new(), fine: !title.trim().is_empty() },
        Check { key: "steps", steps: Vec::new(), fine: !steps.is_empty() },
        about("published", steps.iter().filter(|step| !step.course_published).collect()),
        about("openable", steps.iter().filter(|step| !step.openable).collect()),
        about("order", loops),
    ]
}

/// Whether following "after" leads from a step back to itself.
fn waits_for_itself(step: &Step, steps: &[Step]) -> bool {
    let after: HashMap<StepKey, StepKey> =
        steps.iter().filter_map(|step| Some((step.step_key, step.after_key?))).collect();
    std::iter::successors(after.get(&step.step_key), |key| after.get(key))
        .take(steps.len())
        .any(|key| *key == step.step_key)
}

/// Where a step is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// One place up; from the top of a phase to the end of the one before.
    Up,
    /// One place down; from the end of a phase to the top of the next.
    Down,
    /// A place in a phase, counted without the step itself.
    To(Phase, usize),
}

/// The steps of each phase after a move, in order. A move that leads nowhere changes nothing.
pub fn moved(steps: &[Step], key: StepKey, to: Move) -> [Vec<StepKey>; 3] {
    let mut bands = Phase::ALL
        .map(|phase| steps.iter().filter(|step| step.phase == phase).map(|step| step.step_key).collect::<Vec<_>>());
    let found = bands.iter().enumerate().find_map(|(band, keys)| Some((band, keys.iter().position(|k| *k == key)?)));
    let Some((band, place)) = found else { return bands };
    let target = match to {
        Move::Up if place > 0 => Some((band, place - 1)),
        Move::Up => band.checked_sub(1).map(|band| (band, bands[band].len())),
        Move::Down if place + 1 < bands[band].len() => Some((band, place + 1)),
        Move::Down => (band + 1 < bands.len()).then_some((band + 1, 0)),
        Move::To(phase, place) => Some((phase as usize, place)),
    };
    if let Some((to_band, to_place)) = target {
        bands[band].remove(place);
        let end = bands[to_band].len();
        bands[to_band].insert(to_place.min(end), key);
    }
    bands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(title: &str, phase: Phase, after: Option<&Step>) -> Step {
        Step {
            step_key: StepKey::new(),
            phase,
            position: 0,
            title: title.to_owned(),
            course_id: CourseId::new(),
            activity_identifier: None,
            minutes: None,
            required: true,
            after_key: after.map(|step| step.step_key),
            opens_at: None,
            course_title: LanguageMap::default(),
            course_kind: "scorm12".to_owned(),
            course_published: true,
            openable: true,
        }
    }

    #[test]
    fn a_step_waits_for_its_date_then_for_the_step_before_it() {
        let first = step("Lire", Phase::Before, None);
        let second = Step { opens_at: Some(Timestamp(50)), ..step("Jouer", Phase::During, Some(&first)) };
        let steps = [first.clone(), second.clone()];
        let nothing = HashSet::new();
        assert_eq!(lock_of(&first, &steps, &nothing, Timestamp(0)), None);
        assert_eq!(lock_of(&second, &steps, &nothing, Timestamp(0)), Some(Lock::Until(Timestamp(50))));
        assert_eq!(lock_of(&second, &steps, &nothing, Timestamp(50)), Some(Lock::After("Lire".into())));
        assert_eq!(lock_of(&second, &steps, &HashSet::from([first.step_key]), Timestamp(50)), None);
        assert_eq!(
            lock_of(&second, std::slice::from_ref(&second), &nothing, Timestamp(50)),
            None,
            "the first one was removed"
        );
    }

    #[test]
    fn a_circle_of_conditions_is_found_and_a_chain_is_not() {
        let mut first = step("A", Phase::Before, None);
        let second = step("B", Phase::Before, Some(&first));
        let fine = checklist("Titre", &[first.clone(), second.clone()]);
        assert!(fine.iter().all(|check| check.fine), "{fine:?}");
        first.after_key = Some(second.step_key);
        let third = step("C", Phase::Before, Some(&second));
        let wrong = checklist("Titre", &[first, second, third]);
        let order = wrong.iter().find(|check| check.key == "order").unwrap();
        assert_eq!((order.fine, order.steps.as_slice()), (false, &["A".to_owned(), "B".to_owned()][..]));
    }

    #[test]
    fn an_empty_programme_is_not_published() {
        let failing: Vec<_> =
            checklist(" ", &[]).into_iter().filter(|check| !check.fine).map(|check| check.key).collect();
        assert_eq!(failing, ["title", "steps"]);
    }

    #[test]
    fn a_step_moves_within_its_phase_and_over_its_ends() {
        let steps = [step("A", Phase::Before, None), step("B", Phase::Before, None), step("C", Phase::During, None)];
        let [a, b, c] = [steps[0].step_key, steps[1].step_key, steps[2].step_key];
        assert_eq!(moved(&steps, b, Move::Up), [vec![b, a], vec![c], vec![]]);
        assert_eq!(moved(&steps, b, Move::Down), [vec![a], vec![b, c], vec![]]);
        assert_eq!(moved(&steps, c, Move::Up), [vec![a, b, c], vec![], vec![]]);
        assert_eq!(moved(&steps, a, Move::Up), [vec![a, b], vec![c], vec![]]);
        assert_eq!(moved(&steps, a, Move::To(Phase::After, 9)), [vec![b], vec![c], vec![a]]);
    }

    #[test]
    fn optional_steps_count_only_where_no_step_is_required() {
        let optional = Step { required: false, ..step("B", Phase::During, None) };
        let steps = [step("A", Phase::Before, None), optional.clone()];
        assert_eq!(counted(&steps).map(|step| step.title.as_str()).collect::<Vec<_>>(), ["A"]);
        assert_eq!(counted(&[optional]).count(), 1);
    }
}
