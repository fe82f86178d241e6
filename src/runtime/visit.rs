//! Activities whose page the server makes itself: a text, a document, a link, a quiz.
//!
//! A visit is one person at one such activity. Opening it makes a launch, as the player's script does for content that is
//! framed; what the person does on the page then arrives as ordinary forms. A form names what it changes, so two tabs cannot
//! mix anything up and none of them needs the lease; opening takes it all the same, so that content framed elsewhere in the
//! same registration is told. Nothing is recorded in a mode that only looks, whatever a page asks for.

use std::time::Duration;

use crate::core::{Error, LaunchId, RegistrationId, Result};
use crate::lrs;
use crate::runtime::access::PlayerOf;
use crate::runtime::course::Course;
use crate::runtime::launch::{arrive, first_id, locked, look, take_over};
use crate::runtime::model::{Activity, LaunchRow, Mode, Registration};
use crate::runtime::{statements, store};
use crate::scorm::sequencing::NodeId;
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::xapi::vocabulary::TERMINATED;
use crate::xapi::{IsoDuration, Outcome, Statement};

/// Within this time a page that is loaded again goes on with the same visit.
const SAME_VISIT: Duration = Duration::from_secs(30 * 60);
/// The longest time a visit is counted for: who leaves a page open overnight has not read all night.
const LONGEST: f64 = 3600.0;

/// One person at one activity.
pub struct Visit {
    /// Whose record it is.
    pub registration: Registration,
    /// What they look at.
    pub activity: Activity,
    /// How.
    pub mode: Mode,
    course: Course,
    node: NodeId,
}

/// A visit that has just been opened.
pub struct Opened {
    /// The visit.
    pub visit: Visit,
    /// Names it when it ends.
    pub launch: LaunchId,
    /// Whether it began now, and not some minutes ago.
    pub is_new: bool,
}

impl Visit {
    /// Somebody at an activity of one of these kinds, to read in `tx`. Errors: `activity-unknown`.
    pub async fn of(tx: &mut Tx, player: &PlayerOf, index: i32, kinds: &[&str], asked: Mode) -> Result<Self> {
        Self::at(tx, player.registration.clone(), index, kinds, player.mode(asked)).await
    }

    /// As [`Visit::of`], with the record held until the transaction ends: what follows writes to it.
    pub async fn held(tx: &mut Tx, player: &PlayerOf, index: i32, kinds: &[&str], asked: Mode) -> Result<Self> {
        let registration = locked(tx, player.registration.id).await?;
        Self::at(tx, registration, index, kinds, player.mode(asked)).await
    }

    /// As [`Visit::held`], for what the service ends by itself when nobody is there: what it records is the learner's.
    pub async fn held_by_itself(tx: &mut Tx, id: RegistrationId, index: i32, kinds: &[&str]) -> Result<Self> {
        let registration = locked(tx, id).await?;
        let mode = if registration.preview { Mode::Browse } else { Mode::Normal };
        Self::at(tx, registration, index, kinds, mode).await
    }

    async fn at(tx: &mut Tx, registration: Registration, index: i32, kinds: &[&str], mode: Mode) -> Result<Self> {
        let course = Course::load(tx, &registration).await?;
        let (activity, node) = course.launchable(index)?;
        if !kinds.contains(&activity.kind.as_str()) {
            return Err(Error::not_found("activity-unknown"));
        }
        Ok(Self { activity: activity.clone(), node, mode, registration, course })
    }

    /// Opens the activity: the learner is there from now on. A page that is loaded again within half an hour goes on with the
    /// visit it began. Errors: `navigation-refused` when the course does not let the learner go there now.
    pub async fn open(self, tx: &mut Tx, app: &App, player: &PlayerOf) -> Result<Opened> {
        let Self { registration, activity, mode, .. } = &self;
        let (id, index, now) = (registration.id, activity.activity_index, app.clock.now());
        let moves = registration.moves(*mode);
        let mut sequencer = self.course.sequencer(registration);
        if !moves {
            look(&mut sequencer, &self.course, self.node)?;
        } else if registration.current_index == Some(index)
            && let Some(launch) = store::going_on(tx, registration, index, *mode, now.minus(SAME_VISIT)).await?
        {
            return Ok(Opened { visit: self, launch, is_new: false });
        } else {
            arrive(&mut sequencer, &self.course, registration, self.node, index, None)?;
        }
        let row = LaunchRow {
            id: first_id(tx, player).await?,
            registration_id: id,
            activity_index: index,
            mode: mode.word().to_owned(),
            // No content is launched, so nobody is to have this secret.
            secret_hash: Secrets::digest(&Secrets::token()),
            lease: if moves { take_over(tx, app, registration).await? } else { registration.lease },
            sequence: 0,
            return_url: player.grant.as_ref().and_then(|grant| grant.return_url.clone()),
            navigation: None,
            tolerance: None,
        };
        store::insert_launch(tx, &row, now).await?;
        if moves {
            self.course.save(tx, registration, Some(index), &sequencer).await?;
        }
        tracing::info!(launch = %row.id, registration = %id, activity = index, mode = mode.word(), "opened");
        Ok(Opened { visit: self, launch: row.id, is_new: true })
    }

    /// Ends a visit and tells how long it was, by what the page counted and never longer than it can have been. A visit that
    /// has ended, or is none of this activity, is left alone.
    pub async fn end(&self, tx: &mut Tx, app: &App, launch: LaunchId, seconds: Option<f64>) -> Result<()> {
        let (id, index, now) = (self.registration.id, self.activity.activity_index, app.clock.now());
        let Some(began) = store::end_launch(tx, launch, id, index, now).await? else { return Ok(()) };
        let longest = (now.0.saturating_sub(began.0) as f64 / 1_000_000.0).clamp(0.0, LONGEST);
        let told = seconds.filter(|seconds| seconds.is_finite()).map_or(longest, |seconds| seconds.clamp(0.0, longest));
        let result = Outcome { duration: Some(IsoDuration::from_seconds(told)), ..Outcome::default() };
        self.record(tx, app, vec![self.about(TERMINATED).with_result(result)]).await
    }

    /// Whether what happens here is recorded.
    pub fn is_recorded(&self) -> bool {
        self.registration.records(self.mode)
    }

    /// "The learner did it to this activity", in the setting of the course.
    pub fn about(&self, verb: &str) -> Statement {
        statements::about(&self.registration, &self.activity, verb)
    }

    /// "The learner did it to a part of this activity", such as a question.
    pub fn about_part(&self, verb: &str, part: crate::xapi::Activity) -> Statement {
        statements::about_part(&self.registration, &self.activity, verb, part)
    }

    /// Appends statements to the learner's record, and moves the progress with them; does nothing where nothing is recorded.
    pub async fn record(&self, tx: &mut Tx, app: &App, said: Vec<Statement>) -> Result<()> {
        if self.is_recorded() && !said.is_empty() {
            lrs::append(tx, app, said, lrs::Authority::service(app)).await?;
        }
        Ok(())
    }
}
