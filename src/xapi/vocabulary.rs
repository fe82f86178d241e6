//! The verbs, types and extensions Préau uses itself, each where it is defined.
//!
//! - ADL vocabulary: <https://registry.tincanapi.com>, served at `http://adlnet.gov/expapi/…`
//! - cmi5 (Quartz): <https://github.com/AICC/CMI-5_Spec_Current/blob/quartz/cmi5_spec.md>, section 9
//! - video profile 1.0: <https://w3id.org/xapi/video>
//! - SCORM profile: <https://github.com/adlnet/xAPI-SCORM-Profile>

use super::model::{Activity, Actor, Agent, Context, ContextActivities, Object, Outcome, Score, Statement, Verb};
use crate::core::LanguageMap;

/// 1.0.3 Data 2.3.2: the only verb the specification itself defines.
pub const VOIDED: &str = "http://adlnet.gov/expapi/verbs/voided";

pub const ANSWERED: &str = "http://adlnet.gov/expapi/verbs/answered";
pub const ATTEMPTED: &str = "http://adlnet.gov/expapi/verbs/attempted";
pub const COMMENTED: &str = "http://adlnet.gov/expapi/verbs/commented";
pub const COMPLETED: &str = "http://adlnet.gov/expapi/verbs/completed";
pub const EXPERIENCED: &str = "http://adlnet.gov/expapi/verbs/experienced";
pub const FAILED: &str = "http://adlnet.gov/expapi/verbs/failed";
pub const INITIALIZED: &str = "http://adlnet.gov/expapi/verbs/initialized";
pub const INTERACTED: &str = "http://adlnet.gov/expapi/verbs/interacted";
pub const LAUNCHED: &str = "http://adlnet.gov/expapi/verbs/launched";
pub const PASSED: &str = "http://adlnet.gov/expapi/verbs/passed";
pub const PROGRESSED: &str = "http://adlnet.gov/expapi/verbs/progressed";
pub const REGISTERED: &str = "http://adlnet.gov/expapi/verbs/registered";
pub const RESPONDED: &str = "http://adlnet.gov/expapi/verbs/responded";
pub const RESUMED: &str = "http://adlnet.gov/expapi/verbs/resumed";
pub const SCORED: &str = "http://adlnet.gov/expapi/verbs/scored";
pub const SUSPENDED: &str = "http://adlnet.gov/expapi/verbs/suspended";
pub const TERMINATED: &str = "http://adlnet.gov/expapi/verbs/terminated";

/// cmi5 section 9.3: the LMS says that a session ended without `terminated`.
pub const ABANDONED: &str = "https://w3id.org/xapi/adl/verbs/abandoned";
/// cmi5 section 9.3: a block or course met its `moveOn`.
pub const SATISFIED: &str = "https://w3id.org/xapi/adl/verbs/satisfied";
/// cmi5 section 9.3: met by other means.
pub const WAIVED: &str = "https://w3id.org/xapi/adl/verbs/waived";

/// Video profile, verbs.
pub const PLAYED: &str = "https://w3id.org/xapi/video/verbs/played";
pub const PAUSED: &str = "https://w3id.org/xapi/video/verbs/paused";
pub const SEEKED: &str = "https://w3id.org/xapi/video/verbs/seeked";

/// Every verb above, with the name its sentence has in the locale files (`verb-NAME`).
pub const VERBS: [(&str, &str); 24] = [
    (VOIDED, "voided"),
    (ANSWERED, "answered"),
    (ATTEMPTED, "attempted"),
    (COMMENTED, "commented"),
    (COMPLETED, "completed"),
    (EXPERIENCED, "experienced"),
    (FAILED, "failed"),
    (INITIALIZED, "initialized"),
    (INTERACTED, "interacted"),
    (LAUNCHED, "launched"),
    (PASSED, "passed"),
    (PROGRESSED, "progressed"),
    (REGISTERED, "registered"),
    (RESPONDED, "responded"),
    (RESUMED, "resumed"),
    (SCORED, "scored"),
    (SUSPENDED, "suspended"),
    (TERMINATED, "terminated"),
    (ABANDONED, "abandoned"),
    (SATISFIED, "satisfied"),
    (WAIVED, "waived"),
    (PLAYED, "played"),
    (PAUSED, "paused"),
    (SEEKED, "seeked"),
];

/// Types of activities (`definition.type`).
pub mod kind {
    pub const COURSE: &str = "http://adlnet.gov/expapi/activities/course";
    pub const LESSON: &str = "http://adlnet.gov/expapi/activities/lesson";
    pub const MODULE: &str = "http://adlnet.gov/expapi/activities/module";
    pub const ASSESSMENT: &str = "http://adlnet.gov/expapi/activities/assessment";
    pub const LINK: &str = "http://adlnet.gov/expapi/activities/link";
    /// Activity Streams 1.0, which the ADL vocabulary takes over for what is read.
    pub const PAGE: &str = "http://activitystrea.ms/schema/1.0/page";
    pub const DOCUMENT: &str = "http://activitystrea.ms/schema/1.0/file";
    pub const ATTEMPT: &str = "http://adlnet.gov/expapi/activities/attempt";
    pub const INTERACTION: &str = "http://adlnet.gov/expapi/activities/cmi.interaction";
    pub const OBJECTIVE: &str = "http://adlnet.gov/expapi/activities/objective";
    /// cmi5 section 9.4.
    pub const CMI5_COURSE: &str = "https://w3id.org/xapi/cmi5/activitytype/course";
    pub const CMI5_BLOCK: &str = "https://w3id.org/xapi/cmi5/activitytype/block";
    pub const VIDEO: &str = "https://w3id.org/xapi/video/activity-type/video";
    pub const AUDIO: &str = "http://activitystrea.ms/schema/1.0/audio";
}

/// Context activities that say by which rules a statement was made (`contextActivities.category`).
pub mod category {
    /// cmi5 section 9.6.2.1: statements "cmi5 defined".
    pub const CMI5: &str = "https://w3id.org/xapi/cmi5/context/categories/cmi5";
    /// cmi5 section 9.6.2.2: statements that count for `moveOn`.
    pub const MOVE_ON: &str = "https://w3id.org/xapi/cmi5/context/categories/moveon";
    pub const VIDEO: &str = "https://w3id.org/xapi/video";
    pub const SCORM: &str = "https://w3id.org/xapi/scorm";
}

/// Keys of extensions.
pub mod extension {
    /// cmi5 section 9.6.3.
    pub const SESSION_ID: &str = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";
    pub const MASTERY_SCORE: &str = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
    pub const LAUNCH_MODE: &str = "https://w3id.org/xapi/cmi5/context/extensions/launchmode";
    pub const LAUNCH_URL: &str = "https://w3id.org/xapi/cmi5/context/extensions/launchurl";
    pub const MOVE_ON: &str = "https://w3id.org/xapi/cmi5/context/extensions/moveon";
    pub const LAUNCH_PARAMETERS: &str = "https://w3id.org/xapi/cmi5/context/extensions/launchparameters";
    /// cmi5 section 9.5.5.
    pub const REASON: &str = "https://w3id.org/xapi/cmi5/result/extensions/reason";
    pub const PROGRESS: &str = "https://w3id.org/xapi/cmi5/result/extensions/progress";
    /// Video profile, result.
    pub const TIME: &str = "https://w3id.org/xapi/video/extensions/time";
    pub const TIME_FROM: &str = "https://w3id.org/xapi/video/extensions/time-from";
    pub const TIME_TO: &str = "https://w3id.org/xapi/video/extensions/time-to";
    pub const PLAYED_SEGMENTS: &str = "https://w3id.org/xapi/video/extensions/played-segments";
    pub const VIDEO_PROGRESS: &str = "https://w3id.org/xapi/video/extensions/progress";
    /// Video profile, context.
    pub const LENGTH: &str = "https://w3id.org/xapi/video/extensions/length";
    pub const VIDEO_SESSION_ID: &str = "https://w3id.org/xapi/video/extensions/session-id";
    pub const COMPLETION_THRESHOLD: &str = "https://w3id.org/xapi/video/extensions/completion-threshold";
    pub const SPEED: &str = "https://w3id.org/xapi/video/extensions/speed";
    pub const VOLUME: &str = "https://w3id.org/xapi/video/extensions/volume";
    pub const FULL_SCREEN: &str = "https://w3id.org/xapi/video/extensions/full-screen";
    pub const CC_ENABLED: &str = "https://w3id.org/xapi/video/extensions/cc-subtitle-enabled";
    pub const CC_LANGUAGE: &str = "https://w3id.org/xapi/video/extensions/cc-subtitle-lang";
}

/// Documents the profiles define.
pub mod document {
    /// cmi5 section 10: written by the LMS before a launch.
    pub const LAUNCH_DATA: &str = "LMS.LaunchData";
    /// cmi5 section 11.
    pub const LEARNER_PREFERENCES: &str = "cmi5LearnerPreferences";
}

/// A verb of the table with its English name as display, which every reader of another tool can show.
pub fn verb(iri: &str) -> Verb {
    let display = VERBS.iter().find(|(known, _)| *known == iri).map(|(_, name)| LanguageMap::one("en", *name));
    Verb { id: iri.to_owned(), display: display.unwrap_or_default() }
}

/// What a statement of our own runtime says of its setting: registration, category, and the activities around.
pub fn context(
    registration: uuid::Uuid,
    categories: &[&str],
    parent: Vec<Activity>,
    grouping: Vec<Activity>,
) -> Context {
    let category = categories.iter().map(|iri| Activity::new(*iri)).collect();
    Context {
        registration: Some(registration),
        context_activities: ContextActivities { parent, grouping, category, other: Vec::new() },
        ..Context::default()
    }
}

/// "The agent did it to the activity", to be completed by `with_result` and `with_context`.
pub fn event(agent: Agent, verb_iri: &str, activity: Activity) -> Statement {
    Statement::new(Actor::Agent(agent), verb(verb_iri), Object::Activity(activity))
}

/// An attempt at an activity, which the SCORM profile (3.2, 5) has in the grouping of all that is said in it.
pub fn attempt(iri: &str, id: uuid::Uuid) -> Activity {
    let name = [("en", "Attempt"), ("fr", "Tentative")].map(|(tag, name)| (tag.to_owned(), name.to_owned()));
    Activity::described(format!("{iri}?attemptId={id}"), LanguageMap(name.into()), kind::ATTEMPT)
}

/// A statement that takes `target` back (1.0.3 Data 2.3.2).
pub fn voiding(agent: Agent, target: uuid::Uuid) -> Statement {
    Statement::new(Actor::Agent(agent), verb(VOIDED), super::model::StatementRef { id: target })
}

/// A result that is a score and nothing else.
pub fn scaled(score: f64) -> Outcome {
    Outcome { score: Some(Score { scaled: Some(score), ..Score::default() }), ..Outcome::default() }
}
