//! What a record is over several sessions.

use super::*;

const V12: Version = Version::Scorm12;
const V2004: Version = Version::Scorm2004;

fn learner() -> Learner {
    Learner { id: "7".into(), name: "Camille Petit".into() }
}

fn changes<'a>(set: &[(&'a str, &'a str)], time: &'a str, exit: Option<&'a str>) -> Changes<'a> {
    Changes { set: set.to_vec(), session_time: Some(time), terminate: exit.is_some(), exit }
}

#[test]
fn the_next_session_begins_where_the_last_one_was_suspended() {
    let mut record = Record::default();
    record.open(V12, &Rules::default(), false, "one");
    record.commit(V12, &Rules::default(), "one", &changes(&[("cmi.core.lesson_location", "3")], "00:01:00", None));
    record.commit(V12, &Rules::default(), "one", &changes(&[("cmi.suspend_data", "abc")], "00:02:30", Some("suspend")));
    record.open(V12, &Rules::default(), false, "two");
    let elements = record.initial(V12, &learner(), &Rules::default(), Mode::Normal, Entry::Resumed);
    assert_eq!(elements["cmi.core.lesson_location"], "3");
    assert_eq!(elements["cmi.suspend_data"], "abc");
    assert_eq!(elements["cmi.core.entry"], "resume");
    // The session's time is told as a whole each time, never added up.
    assert_eq!(elements["cmi.core.total_time"], "0000:02:30.00");
}

#[test]
fn a_session_that_was_cut_off_still_counts() {
    let mut record = Record::default();
    record.open(V2004, &Rules::default(), false, "one");
    record.commit(V2004, &Rules::default(), "one", &changes(&[("cmi.location", "3")], "PT5M", None));
    record.open(V2004, &Rules::default(), false, "two");
    let elements = record.initial(V2004, &learner(), &Rules::default(), Mode::Normal, Entry::Resumed);
    assert_eq!((elements["cmi.entry"].as_str(), elements["cmi.total_time"].as_str()), ("resume", "PT0H5M0S"));
    assert_eq!(elements["cmi.location"], "3");
}

#[test]
fn what_the_system_owns_cannot_be_committed() {
    let mut record = Record::default();
    record.open(V2004, &Rules::default(), false, "one");
    let set = [("cmi.total_time", "PT9H"), ("cmi.credit", "no-credit"), ("cmi.score.scaled", "0.5")];
    let rules = Rules { scaled_passing_score: Some(0.6), ..Rules::default() };
    let refused = record.commit(V2004, &rules, "one", &changes(&set, "PT1M", Some("normal")));
    assert_eq!(refused, [("cmi.total_time", Fault::ReadOnly), ("cmi.credit", Fault::ReadOnly)]);
    // The threshold decides, whatever the content says.
    record.commit(V2004, &rules, "one", &changes(&[("cmi.success_status", "passed")], "PT1M", None));
    assert_eq!(record.standing(V2004, &rules).satisfied, Some(false));
}

#[test]
fn a_mastery_score_decides_at_the_end_of_a_session() {
    let rules = Rules { mastery_score: Some(70.0), ..Rules::default() };
    for (raw, satisfied) in [("69", false), ("70", true)] {
        let mut record = Record::default();
        record.open(V12, &Rules::default(), false, "one");
        let set = [("cmi.core.score.raw", raw), ("cmi.core.lesson_status", "completed")];
        record.commit(V12, &rules, "one", &changes(&set, "00:01:00", None));
        assert_eq!(record.standing(V12, &rules).satisfied, None);
        record.commit(V12, &rules, "one", &changes(&[], "00:01:00", Some("")));
        assert_eq!(record.standing(V12, &rules).satisfied, Some(satisfied));
    }
}

#[test]
fn content_that_says_nothing_is_completed_when_it_ends_but_not_when_it_is_suspended() {
    for (exit, completed) in [("", Some(true)), ("suspend", None)] {
        let mut record = Record::default();
        record.open(V12, &Rules::default(), false, "one");
        record.commit(V12, &Rules::default(), "one", &changes(&[], "00:01:00", Some(exit)));
        assert_eq!(record.standing(V12, &Rules::default()).completed, completed);
    }
}

#[test]
fn a_2004_attempt_that_ended_is_followed_by_a_new_one() {
    let mut record = Record::default();
    record.open(V2004, &Rules::default(), false, "one");
    record.commit(V2004, &Rules::default(), "one", &changes(&[("cmi.location", "9")], "PT1M", Some("normal")));
    assert!(record.is_over(V2004));
    record.open(V2004, &Rules::default(), true, "two");
    let elements = record.initial(V2004, &learner(), &Rules::default(), Mode::Normal, Entry::First);
    assert_eq!(elements["cmi.entry"], "ab-initio");
    assert!(!elements.contains_key("cmi.location"));
}
