//! Keeps the rows up to date, in the transaction that stores the statements.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::follow_up;
use super::model::{ActivityProgress, Completion, RegistrationProgress, Success};
use super::store::{self, Enrolled, OutlineRow};
use super::{answers, fold, rebuild};
use crate::core::{RegistrationId, Result};
use crate::lrs::{self, Authority};
use crate::outbox;
use crate::packages::completing::{By, Completing};
use crate::state::{App, Projection};
use crate::storage::Tx;
use crate::xapi::vocabulary::{ABANDONED, COMPLETED, LAUNCHED, PASSED, SATISFIED, WAIVED, extension};
use crate::xapi::{Agent, Ifi, Statement, Stored};

/// The projection of this product.
pub struct Projector;

impl Projection for Projector {
    fn prepare<'a>(
        &'a self,
        tx: &'a mut Tx,
        registrations: &'a [RegistrationId],
    ) -> BoxFuture<'a, Result<Vec<RegistrationId>>> {
        store::hold(tx, registrations).boxed()
    }

    fn stored<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
        batch: &'a [Stored],
    ) -> BoxFuture<'a, Result<Vec<Statement>>> {
        async move {
            let mut more = Vec::new();
            for (id, statements) in by_registration(batch) {
                let Some(mut course) = Standing::load(tx, id).await? else { continue };
                answers::keep(tx, id, &answers::told(&course, &statements)).await?;
                let was_completed = course.is_completed();
                let is_changed = course.fold(&statements);
                if let Some(index) = course.index_said_elsewhere(&statements)
                    && Completing::of(tx, course.enrolled.course_id).await?.by == By::Said
                {
                    more.extend(follow_up::activity_completed(&course, index));
                }
                if is_changed {
                    course.save(tx).await?;
                    more.extend(follow_up::after(&course, &statements));
                    if !was_completed && course.is_completed() {
                        outbox::emit(tx, app, follow_up::completed_event(&course)).await?;
                    }
                }
            }
            // A statement that takes another one back: what followed from that one is folded again without it.
            for target in batch.iter().filter(|stored| stored.statement.voids()).filter_map(|s| s.statement.target()) {
                if let Some(id) = store::registration_of(tx, target).await? {
                    rebuild::registration(tx, id).await?;
                }
            }
            Ok(more)
        }
        .boxed()
    }
}

/// The statements of each registration, in order. One POST may speak of several.
pub fn by_registration(batch: &[Stored]) -> BTreeMap<RegistrationId, Vec<&Stored>> {
    let mut found: BTreeMap<RegistrationId, Vec<&Stored>> = BTreeMap::new();
    for stored in batch {
        if let Some(id) = stored.registration {
            found.entry(id).or_default().push(stored);
        }
    }
    found
}

/// Somebody begins a course: what follows from that alone is said at once. Units of cmi5 that ask for nothing are enough
/// already, and blocks and courses of them are satisfied (cmi5 9.6.1).
pub async fn begun(tx: &mut Tx, app: &App, id: RegistrationId) -> Result<()> {
    let Some(course) = Standing::load(tx, id).await? else { return Ok(()) };
    let more = follow_up::after(&course, &[]);
    lrs::append(tx, app, more, Authority::service(app)).await.map(drop)
}

/// What has made an activity enough: the how-manieth of the statements folded, and its cmi5 session.
#[derive(Clone, Debug)]
pub struct Brought {
    pub place: usize,
    pub session: Option<Value>,
}

/// One registration with its outline and rows.
pub struct Standing {
    pub enrolled: Enrolled,
    pub outline: Arc<Vec<OutlineRow>>,
    pub activities: BTreeMap<i32, ActivityProgress>,
    /// What statements say of the course itself.
    pub course: Option<ActivityProgress>,
    pub last_index: Option<i32>,
    /// The activities that have become enough since it was read, with what made them so.
    pub brought: BTreeMap<i32, Brought>,
    changed: Vec<i32>,
}

impl Standing {
    /// Reads a registration that is held; `None` if it is not one of ours, or a preview.
    pub async fn load(tx: &mut Tx, id: RegistrationId) -> Result<Option<Self>> {
        let Some(enrolled) = store::find(tx, id).await? else { return Ok(None) };
        let outline = store::outline(tx, enrolled.course_id, enrolled.version_id).await?;
        let activities = store::activities(tx, id).await?;
        Ok(Some(Self::of(enrolled, outline, activities)))
    }

    /// A registration of which these rows are known.
    pub fn of(enrolled: Enrolled, outline: Arc<Vec<OutlineRow>>, rows: Vec<(i32, ActivityProgress)>) -> Self {
        let mut activities: BTreeMap<i32, ActivityProgress> = rows.into_iter().collect();
        let last_index = enrolled.last_index;
        let course = activities.remove(&COURSE);
        let (brought, changed) = Default::default();
        Self { enrolled, outline, activities, course, last_index, brought, changed }
    }

    /// Of these statements those that tell what the learner did. Looking at a unit is none of it (cmi5 10.2.2: Browse and
    /// Review).
    pub fn deeds<'s>(&self, statements: &[&'s Stored]) -> Vec<&'s Stored> {
        let learner = Agent::account(&self.enrolled.account_home_page, &self.enrolled.account_name).ifi.key();
        let is_theirs = |statement: &Statement| statement.actor.ifi().map(Ifi::key) == Some(learner);
        let counts =
            |statement: &Statement| is_theirs(statement) && !is_presumed(statement) && !is_only_looking(statement);
        statements.iter().copied().filter(|stored| counts(&stored.statement)).collect()
    }

    /// Takes statements into account; whether any was about this course or its activities.
    pub fn fold(&mut self, statements: &[&Stored]) -> bool {
        let mut any = false;
        for (place, stored) in self.deeds(statements).into_iter().enumerate() {
            let Some(iri) = stored.statement.activity().map(|activity| activity.id.as_str()) else { continue };
            let Some(index) = self.index_of(iri) else { continue };
            let begun = || ActivityProgress::begun(stored.stored);
            let was_enough = self.is_enough(index);
            let row = if index == COURSE {
                self.course.get_or_insert_with(begun)
            } else {
                self.last_index = Some(index);
                self.activities.entry(index).or_insert_with(begun)
            };
            let judges = self.enrolled.course_kind != "cmi5" || fold::is_cmi5_defined(&stored.statement);
            fold::apply(row, &stored.statement, stored.stored, judges);
            if !was_enough && self.is_enough(index) {
                let session = follow_up::session(&stored.statement).cloned();
                self.brought.insert(index, Brought { place, session });
            }
            if !self.changed.contains(&index) {
                self.changed.push(index);
            }
            any = true;
        }
        any
    }

    /// The activity that content of an xAPI package is about when it says `completed` or `passed` of whatever, unless that
    /// activity is completed: the one it says it of, or the one that was opened last.
    pub fn index_said_elsewhere(&self, statements: &[&Stored]) -> Option<i32> {
        if self.enrolled.course_kind != "xapi" {
            return None;
        }
        let deeds = self.deeds(statements);
        let said =
            deeds.iter().map(|stored| &stored.statement).find(|s| [COMPLETED, PASSED].contains(&s.verb.id.as_str()))?;
        let named = said.activity().and_then(|activity| self.index_of(&activity.id));
        let index = named.filter(|index| *index != COURSE).or(self.last_index)?;
        let known = self.activities.get(&index);
        known.is_none_or(|row| row.completion != Completion::Completed).then_some(index)
    }

    /// Whether nothing more is to be done in the activity at this position.
    fn is_enough(&self, index: i32) -> bool {
        let found = self.outline.binary_search_by_key(&index, |activity| activity.activity_index);
        found.is_ok_and(|at| is_done(&self.outline[at], self.activities.get(&index)))
    }

    /// Which activity an identifier names. Plain xAPI content uses the one in its manifest.
    pub fn index_of(&self, iri: &str) -> Option<i32> {
        if iri == self.enrolled.course_iri {
            // A course of one activity may share its identifier with it; then it is the activity that is meant.
            let twin = self.outline.iter().find(|activity| activity.iri == iri);
            return Some(twin.map_or(COURSE, |activity| activity.activity_index));
        }
        let own = self.outline.iter().find(|activity| activity.iri == iri);
        let found = own.or_else(|| self.outline.iter().find(|activity| activity.identifier == iri));
        found.map(|activity| activity.activity_index)
    }

    /// Writes what changed.
    pub async fn save(&mut self, tx: &mut Tx) -> Result<()> {
        let id = self.enrolled.id;
        for index in std::mem::take(&mut self.changed) {
            let row = if index == COURSE { self.course.as_ref() } else { self.activities.get(&index) };
            if let Some(row) = row {
                store::put_activity(tx, id, index, row).await?;
            }
        }
        if let Some(whole) = self.whole() {
            store::put_registration(tx, id, &whole).await?;
        }
        Ok(())
    }

    /// The activities that can be opened, with what is known of them.
    pub fn steps(&self) -> impl Iterator<Item = (&OutlineRow, Option<&ActivityProgress>)> {
        self.outline
            .iter()
            .filter(|activity| activity.launchable)
            .map(|activity| (activity, self.activities.get(&activity.activity_index)))
    }

    /// Whether the course as a whole is completed.
    pub fn is_completed(&self) -> bool {
        self.whole().is_some_and(|whole| whole.completed_at.is_some())
    }

    /// The mean of what was scored in its activities.
    pub fn mean_score(&self) -> Option<f64> {
        let scores: Vec<f64> = self.steps().filter_map(|(_, row)| row?.score.scaled).collect();
        (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
    }

    /// What its activities came to, once every one is done or failed: failed if one of those that were judged is.
    pub fn judgement(&self) -> Success {
        let is_over = self
            .steps()
            .all(|(activity, row)| is_done(activity, row) || row.is_some_and(|row| row.success == Success::Failed));
        let judged = || self.steps().filter_map(|(_, row)| Some(row?.success)).filter(|s| *s != Success::Unknown);
        if !is_over || judged().next().is_none() {
            Success::Unknown
        } else if judged().any(|success| success == Success::Failed) {
            Success::Failed
        } else {
            Success::Passed
        }
    }

    /// The row of the whole course; `None` while there is nothing to tell.
    pub fn whole(&self) -> Option<RegistrationProgress> {
        let rows = || self.activities.values().chain(self.course.as_ref());
        let first_at = rows().map(|row| row.first_at).min()?;
        let last_at = rows().map(|row| row.last_at).max()?;
        let steps: Vec<_> = self.steps().collect();
        let done = steps.iter().filter(|(activity, row)| is_done(activity, *row)).count();
        let parts: f64 = steps
            .iter()
            .map(|(activity, row)| match row {
                row if is_done(activity, *row) => 1.0,
                Some(row) => row.progress.unwrap_or_default(),
                None => 0.0,
            })
            .sum();
        let course = self.course.as_ref();
        let completed_at = course.and_then(|row| row.completed_at);
        Some(RegistrationProgress {
            completion: if completed_at.is_some() {
                Completion::Completed
            } else {
                rows().map(|row| row.completion).max()?.min(Completion::Incomplete)
            },
            success: match self.enrolled.course_kind.as_str() {
                // Of a course there is no `passed` in cmi5: what its units came to is what it came to.
                "cmi5" => self.judgement(),
                _ => course.map_or(Success::Unknown, |row| row.success),
            },
            score: course.and_then(|row| row.score.scaled).or_else(|| self.mean_score()),
            progress: match (completed_at, steps.len()) {
                (Some(_), _) => 1.0,
                (None, 0) => 0.0,
                (None, count) => parts / count as f64,
            },
            done: small(done),
            total: small(steps.len()),
            hundredths: self.activities.values().map(|row| row.hundredths).sum(),
            last_index: self.last_index,
            first_at,
            last_at,
            completed_at,
        })
    }
}

/// What only the learning system says (cmi5 9.3.1, 9.3.6 to 9.3.9), said by somebody else.
fn is_presumed(statement: &Statement) -> bool {
    matches!(statement.verb.id.as_str(), LAUNCHED | ABANDONED | WAIVED | SATISFIED) && !Authority::is_service(statement)
}

/// Whether a cmi5 unit was launched in a mode that leaves no record.
fn is_only_looking(statement: &Statement) -> bool {
    let mode = statement.context.as_ref().and_then(|context| context.extensions.get(extension::LAUNCH_MODE));
    mode.is_some_and(|mode| mode != "Normal")
}

/// No outline comes near two thousand million activities.
fn small(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Where statements about the course itself are folded, beside the activities.
pub const COURSE: i32 = -1;

/// Whether nothing more is to be done in an activity.
pub fn is_done(activity: &OutlineRow, row: Option<&ActivityProgress>) -> bool {
    let completed = row.is_some_and(|row| row.completion == Completion::Completed);
    let passed = row.is_some_and(|row| row.success == Success::Passed);
    activity.enough.is_met(completed, passed)
}
