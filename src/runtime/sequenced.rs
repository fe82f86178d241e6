//! A SCORM 2004 course as the sequencing engine needs it, from what its manifest says.

use crate::packages::model::{CompletionThreshold, CourseDetails, Fragment, ScormItem};
use crate::scorm::record;
use crate::scorm::sequencing::reading::Element;
use crate::scorm::sequencing::settings::Threshold;
use crate::scorm::sequencing::{Item, NodeId, Root, Sequencer, Settings};
use crate::scorm::tolerance::Tolerance;

/// The course as a whole: its organization.
pub fn root(identifier: &str, details: &CourseDetails) -> Root {
    let (settings, objectives_of_learner) = match details {
        CourseDetails::Scorm { sequencing, completion_threshold, objectives_global_to_system, .. } => {
            let read = sequencing.as_ref().map_or_else(Settings::default, |sequencing| settings(&sequencing.element));
            (with_threshold(read, completion_threshold.as_ref()), *objectives_global_to_system)
        }
        _ => (Settings::default(), true),
    };
    Root { identifier: identifier.to_owned(), settings, objectives_of_learner }
}

/// One item of the outline.
pub fn item(
    (parent, identifier): (Option<usize>, &str),
    details: &ScormItem,
    deliverable: bool,
    visible: bool,
) -> Item {
    let read = details.sequencing.as_ref().map_or_else(Settings::default, |sequencing| settings(&sequencing.element));
    let settings = with_threshold(read, details.completion_threshold.as_ref());
    Item { parent, identifier: identifier.to_owned(), deliverable, visible, settings }
}

/// What the manifest, and the sequencing now, say of an activity to its content.
pub fn rules(details: ScormItem, sequencer: &Sequencer<'_>, node: NodeId) -> record::Rules {
    let settings = sequencer.tree().settings(node);
    record::Rules {
        mastery_score: details.mastery_score,
        scaled_passing_score: settings.primary.satisfied_by_measure.then_some(settings.primary.minimum_measure),
        completion_threshold: settings.threshold.by_measure.then_some(settings.threshold.minimum),
        max_time_allowed: details.max_time_allowed.or_else(|| settings.attempt_duration.clone()),
        time_limit_action: details.time_limit_action,
        launch_data: details.data_from_lms,
        objectives: sequencer.objectives(node),
        primary_objective: settings.primary.id.clone(),
        tolerance: Tolerance::default(),
    }
}

fn with_threshold(settings: Settings, threshold: Option<&CompletionThreshold>) -> Settings {
    let Some(threshold) = threshold else { return settings };
    let threshold = Threshold {
        by_measure: threshold.completed_by_measure,
        minimum: threshold.min_progress_measure,
        weight: threshold.progress_weight,
    };
    Settings { threshold, ..settings }
}

/// The engine reads the manifest's element by itself: the two modules share its JSON form, not a type.
fn settings(element: &Fragment) -> Settings {
    let read = serde_json::to_value(element).and_then(serde_json::from_value::<Element>);
    read.map_or_else(|_| Settings::default(), |element| Settings::read(&element))
}
