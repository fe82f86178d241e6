//! What cmi5 (Quartz, 1st Edition) allows a unit to say in a session, and when.
//!
//! A statement is judged twice. [`Terms::read`] looks at it alone: the terms were fixed by the launch, so nothing has to be asked of
//! the database. [`Session::take`] looks at what came before it; what it has to remember is a handful of yes and no, so that the
//! thousandth statement costs what the first one does.
//!
//! Every refusal names the requirement as `@cmi5/requirements` numbers it: `(d)` is what follows from it for the learning system.

use std::fmt;

use serde_json::Value;
use uuid::Uuid;

use super::format::is_language_tag;
use super::json::Json;
use super::model::{Actor, Context, Extensions, Outcome, Statement};
use super::vocabulary::{
    ABANDONED, COMPLETED, FAILED, INITIALIZED, LAUNCHED, PASSED, SATISFIED, TERMINATED, WAIVED, category, extension,
};

/// A rule that was broken: the number of the requirement, and what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    pub requirement: &'static str,
    pub rule: &'static str,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (cmi5 {})", self.rule, self.requirement)
    }
}

/// Holds, or the rule is broken.
fn must(holds: bool, requirement: &'static str, rule: &'static str) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken { requirement, rule }) }
}

/// How the unit was launched (10.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Normal,
    Browse,
    Review,
}

/// What the launch fixed: the learner is known by the credential and asked for elsewhere.
#[derive(Clone, Debug)]
pub struct Terms {
    registration: Uuid,
    /// What the launch address calls the unit (8.1.5).
    activity: String,
    mode: Mode,
    mastery_score: Option<f64>,
    /// Extensions of the context template (10.2.1), the session among them.
    extensions: Extensions,
    /// Activities of the grouping in the context template: the unit as its publisher names it (9.6.2.3).
    grouping: Vec<String>,
}

impl Terms {
    /// The terms of a launch, from the `LMS.LaunchData` (10.2) that its unit reads.
    pub fn new(registration: Uuid, activity: &str, launch_data: &Value) -> Self {
        let template = &launch_data["contextTemplate"];
        let grouping = template["contextActivities"]["grouping"].as_array().map_or(&[][..], Vec::as_slice);
        Self {
            registration,
            activity: activity.to_owned(),
            mode: match launch_data["launchMode"].as_str() {
                Some("Normal") => Mode::Normal,
                Some("Review") => Mode::Review,
                _ => Mode::Browse,
            },
            mastery_score: launch_data["masteryScore"].as_f64(),
            extensions: template["extensions"].as_object().cloned().unwrap_or_default(),
            grouping: grouping.iter().filter_map(|activity| activity["id"].as_str()).map(str::to_owned).collect(),
        }
    }

    /// What a statement is in the session. `text` is its JSON as it came: the model knows a moment, not how it was written.
    pub fn read(&self, statement: &Statement, text: &str) -> Result<Deed, Broken> {
        must(statement.id.is_some(), "9.1.0.0-1 (d)", "a statement must bring its id")?;
        must(statement.timestamp.is_some(), "9.7.0.0-1 (d)", "a statement must say when it happened")?;
        must(is_in_utc(text), "9.7.0.0-2 (d)", "the timestamp must be in UTC")?;
        let nowhere = Context::default();
        let context = statement.context.as_ref().unwrap_or(&nowhere);
        self.keeps_to_template(context)?;
        let deed = self.deed(statement, context)?;
        let counts = has(context, category::MOVE_ON);
        let result = statement.result.as_ref();
        let outcome = result.is_some_and(|result| result.success.is_some() || result.completion.is_some());
        must(
            !counts || deed != Deed::Allowed && outcome,
            "9.6.2.2-2 (d)",
            "the category `moveon` is for cmi5 defined statements with `success` or `completion`",
        )?;
        Ok(deed)
    }

    fn keeps_to_template(&self, context: &Context) -> Result<(), Broken> {
        let session = extension::SESSION_ID;
        must(
            context.extensions.get(session) == self.extensions.get(session),
            "9.6.3.1-4 (d)",
            "the context must have the session id of the launch data",
        )?;
        let kept = self.extensions.iter().all(|(key, value)| context.extensions.get(key) == Some(value));
        must(kept, "10.2.1.0-7 (d)", "the context must have the extensions of the context template as they are")?;
        let named = &context.context_activities.grouping;
        let grouped = self.grouping.iter().all(|id| named.iter().any(|activity| activity.id == *id));
        must(grouped, "10.2.1.0-6 (d)", "the context must have the activities of the context template")
    }

    fn deed(&self, statement: &Statement, context: &Context) -> Result<Deed, Broken> {
        if !has(context, category::CMI5) {
            return Ok(Deed::Allowed);
        }
        let deed = match statement.verb.id.as_str() {
            INITIALIZED => Deed::Initialized,
            COMPLETED => Deed::Completed,
            PASSED => Deed::Passed,
            FAILED => Deed::Failed,
            TERMINATED => Deed::Terminated,
            LAUNCHED => return Err(own("9.3.1.0-1")),
            ABANDONED => return Err(own("9.3.6.0-1")),
            WAIVED => return Err(own("9.3.7.0-1")),
            SATISFIED => return Err(own("9.3.9.0-1")),
            // The category alone makes no statement "cmi5 defined" (7.1.3): it takes one of the verbs.
            _ => return Ok(Deed::Allowed),
        };
        must(
            matches!(statement.actor, Actor::Agent(_)),
            "9.2.0.0-2",
            "the actor of a cmi5 defined statement is an Agent",
        )?;
        must(
            statement.activity().is_some_and(|activity| activity.id == self.activity),
            "8.1.5.0-6 (d)",
            "the object must be the activityId of the launch address",
        )?;
        must(
            context.registration == Some(self.registration),
            "9.6.1.0-1 (d)",
            "the context must have the registration of the launch address",
        )?;
        self.judges_mode(deed)?;
        let none = Outcome::default();
        self.judge_result(deed, statement.result.as_ref().unwrap_or(&none), context)?;
        Ok(deed)
    }

    fn judges_mode(&self, deed: Deed) -> Result<(), Broken> {
        let counts = matches!(deed, Deed::Completed | Deed::Passed | Deed::Failed);
        let rule = "completed, passed and failed are for sessions whose launchMode is Normal";
        match self.mode {
            Mode::Browse => must(!counts, "10.2.2.0-2 (d)", rule),
            Mode::Review => must(!counts, "10.2.2.0-3 (d)", rule),
            Mode::Normal => Ok(()),
        }
    }

    fn judge_result(&self, deed: Deed, result: &Outcome, context: &Context) -> Result<(), Broken> {
        let (completed, judged) = (deed == Deed::Completed, matches!(deed, Deed::Passed | Deed::Failed));
        match deed {
            Deed::Passed => must(result.success == Some(true), "9.5.2.0-1 (d1)", "`passed` has `success` true")?,
            Deed::Failed => must(result.success == Some(false), "9.5.2.0-2 (d)", "`failed` has `success` false")?,
            _ => must(result.success.is_none(), "9.5.2.0-3 (d)", "`success` is for `passed` and `failed`")?,
        }
        if completed {
            must(result.completion == Some(true), "9.5.3.0-1 (d1)", "`completed` has `completion` true")?;
        } else {
            must(result.completion.is_none(), "9.5.3.0-2 (d)", "`completion` is for `completed`")?;
        }
        let timed = match deed {
            Deed::Terminated => Some("9.5.4.1-1 (d)"),
            Deed::Completed => Some("9.5.4.1-2 (d)"),
            Deed::Passed => Some("9.5.4.1-3 (d)"),
            Deed::Failed => Some("9.5.4.1-4 (d)"),
            Deed::Initialized | Deed::Allowed => None,
        };
        if let Some(requirement) = timed {
            must(result.duration.is_some(), requirement, "the result must have a `duration`")?;
        }
        let moved = match deed {
            Deed::Completed => Some("9.6.2.2-1 (d1)"),
            Deed::Passed => Some("9.6.2.2-1 (d2)"),
            Deed::Failed => Some("9.6.2.2-1 (d3)"),
            _ => None,
        };
        if let Some(requirement) = moved {
            must(
                has(context, category::MOVE_ON),
                requirement,
                "what counts for moveOn must have the category `moveon`",
            )?;
        }
        let Some(score) = &result.score else { return Ok(()) };
        must(judged, "9.5.1.0-2 (d)", "`score` is for `passed` and `failed`")?;
        if score.raw.is_some() {
            must(score.min.is_some(), "9.5.1.0-3 (d1)", "a `raw` score needs `min`")?;
            must(score.max.is_some(), "9.5.1.0-3 (d2)", "a `raw` score needs `max`")?;
        }
        let Some(mastery) = self.mastery_score else { return Ok(()) };
        match (deed, score.scaled) {
            (Deed::Passed, Some(scaled)) => {
                must(scaled >= mastery, "9.3.4.0-2 (d2)", "who passed has no score below the masteryScore")?;
            }
            (Deed::Failed, Some(scaled)) => {
                must(scaled < mastery, "9.3.5.0-2 (d)", "who failed has a score below the masteryScore")?;
            }
            _ => {}
        }
        let told = context.extensions.get(extension::MASTERY_SCORE).and_then(Value::as_f64);
        must(told == Some(mastery), "9.6.3.2-2 (d)", "a score must come with the masteryScore in the context")
    }
}

fn own(requirement: &'static str) -> Broken {
    Broken { requirement, rule: "only the learning system says so" }
}

fn has(context: &Context, category: &str) -> bool {
    context.context_activities.category.iter().any(|activity| activity.id == category)
}

/// Whether the timestamp is written in UTC: `Z`, or no distance from it.
fn is_in_utc(text: &str) -> bool {
    let read = Json::parse(text).ok();
    let member = read.as_ref().and_then(Json::as_object).and_then(|object| object.get("timestamp"));
    let written = member.and_then(Json::as_str).unwrap_or_default();
    ["Z", "z", "+00:00", "+0000", "+00"].iter().any(|end| written.ends_with(end))
}

/// What a statement is in the session of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Initialized,
    Completed,
    Passed,
    Failed,
    Terminated,
    /// Anything else: "cmi5 allowed" (7.1.3).
    Allowed,
}

impl Deed {
    /// The word under which it is remembered; nothing is of what is only allowed.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Deed::Initialized => Some("initialized"),
            Deed::Completed => Some("completed"),
            Deed::Passed => Some("passed"),
            Deed::Failed => Some("failed"),
            Deed::Terminated => Some("terminated"),
            Deed::Allowed => None,
        }
    }

    const REMEMBERED: [Deed; 5] = [Deed::Initialized, Deed::Completed, Deed::Passed, Deed::Failed, Deed::Terminated];
}

/// What was said in one session, and of its unit in all sessions of the registration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    said: Vec<Deed>,
    /// The learning system has given it up (9.3.6).
    pub abandoned: bool,
    /// The unit has asked for the learner's preferences (11).
    pub asked_preferences: bool,
    /// Said of the unit in this registration, in whatever session.
    pub unit_completed: bool,
    pub unit_passed: bool,
}

impl Session {
    /// The session of these remembered words.
    pub fn of_words(words: &str) -> Self {
        let known = |word: &str| Deed::REMEMBERED.into_iter().find(|deed| deed.word() == Some(word));
        Self { said: words.split(' ').filter_map(known).collect(), ..Self::default() }
    }

    /// What is to be remembered of it.
    pub fn words(&self) -> String {
        self.said.iter().filter_map(|deed| deed.word()).collect::<Vec<_>>().join(" ")
    }

    fn has(&self, deed: Deed) -> bool {
        self.said.contains(&deed)
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.abandoned || self.has(Deed::Terminated)
    }

    /// Takes in what comes next; a session that refuses has not changed.
    pub fn take(&mut self, deed: Deed) -> Result<(), Broken> {
        must(!self.abandoned, "9.3.6.0-2 (d2)", "the session was abandoned")?;
        must(!self.has(Deed::Terminated), "9.3.0.0-5 (d2)", "nothing follows `terminated`")?;
        if deed == Deed::Initialized {
            must(!self.has(deed), "9.3.2.0-3 (d)", "a session is initialized once")?;
            must(
                self.asked_preferences,
                "11.0.0.0-3 (d2)",
                "a unit reads the learner's preferences before it is initialized",
            )?;
        } else {
            must(self.has(Deed::Initialized), "9.3.0.0-4 (d2)", "nothing goes before `initialized`")?;
        }
        match deed {
            Deed::Completed => {
                must(!self.has(deed), "9.3.0.0-2 (d)", "a verb is used once in a session")?;
                must(!self.unit_completed, "9.3.0.0-6 (d2)", "a unit is completed once in a registration")?;
                self.unit_completed = true;
            }
            Deed::Passed | Deed::Failed => {
                let judged = self.has(Deed::Passed) || self.has(Deed::Failed);
                must(!judged, "9.3.0.0-3 (d)", "a session has one of `passed` and `failed`")?;
                if deed == Deed::Passed {
                    must(!self.unit_passed, "9.3.0.0-7 (d2)", "a unit is passed once in a registration")?;
                    self.unit_passed = true;
                } else {
                    must(!self.unit_passed, "9.3.0.0-8 (d)", "nobody fails who has passed")?;
                }
            }
            Deed::Initialized | Deed::Terminated | Deed::Allowed => {}
        }
        if deed != Deed::Allowed {
            self.said.push(deed);
        }
        Ok(())
    }
}

/// Why somebody need not do a unit (9.5.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    TestedOut,
    EquivalentUnit,
    EquivalentOutsideActivity,
    Administrative,
}

impl Reason {
    pub const ALL: [Reason; 4] =
        [Reason::TestedOut, Reason::EquivalentUnit, Reason::EquivalentOutsideActivity, Reason::Administrative];

    /// As the statement says it.
    pub fn word(self) -> &'static str {
        match self {
            Reason::TestedOut => "Tested Out",
            Reason::EquivalentUnit => "Equivalent AU",
            Reason::EquivalentOutsideActivity => "Equivalent Outside Activity",
            Reason::Administrative => "Administrative",
        }
    }

    /// The reason of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// What a learner prefers, as a unit may write it (11): both members are there, with the values the specification knows.
pub fn preferences(document: &[u8]) -> Result<(), Broken> {
    let read: Value = serde_json::from_slice(document).unwrap_or_default();
    let told = |name: &str| read.get(name).and_then(Value::as_str);
    let shape = "the preferences are a JSON object with `languagePreference` and `audioPreference`";
    let (Some(languages), Some(audio)) = (told("languagePreference"), told("audioPreference")) else {
        return must(false, "11.0.0.0-5 (d)", shape);
    };
    let tags = languages.split(',').all(|tag| is_language_tag(tag.trim()));
    // Nobody has to prefer a language.
    must(
        languages.is_empty() || tags,
        "11.1.0.0-1 (d)",
        "`languagePreference` is a list of language tags (RFC 5646) with commas between",
    )?;
    must(matches!(audio, "on" | "off"), "11.2.0.0-1", "`audioPreference` is `on` or `off`")
}

#[cfg(test)]
mod tests;
