use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::xapi::{Version, parse};

const ACTIVITY: &str = "https://preau.exemple.fr/activities/1";
const PUBLISHER: &str = "https://exemple.fr/au/un";
const SESSION: &str = "5d6a1f2e-0000-4000-8000-000000000001";
const REGISTRATION: Uuid = Uuid::from_u128(7);

fn terms(mode: &str, mastery: Option<f64>) -> Terms {
    let mut data = json!({
        "launchMode": mode,
        "contextTemplate": {
            "contextActivities": {"grouping": [{"id": PUBLISHER}]},
            "extensions": {(extension::SESSION_ID): SESSION},
        },
    });
    if let Some(mastery) = mastery {
        data["masteryScore"] = json!(mastery);
    }
    Terms::new(REGISTRATION, ACTIVITY, &data)
}

/// A statement of a well-behaved unit.
fn said(verb: &str) -> Value {
    let mut statement = json!({
        "id": Uuid::new_v4(),
        "timestamp": "2026-11-21T12:00:00.000Z",
        "actor": {"account": {"homePage": "https://exemple.fr", "name": "camille"}},
        "verb": {"id": format!("http://adlnet.gov/expapi/verbs/{verb}")},
        "object": {"id": ACTIVITY},
        "context": {
            "registration": REGISTRATION,
            "contextActivities": {"grouping": [{"id": PUBLISHER}], "category": [{"id": category::CMI5}]},
            "extensions": {(extension::SESSION_ID): SESSION},
        },
    });
    match verb {
        "completed" => statement["result"] = json!({"completion": true, "duration": "PT1M"}),
        "passed" => statement["result"] = json!({"success": true, "duration": "PT1M"}),
        "failed" => statement["result"] = json!({"success": false, "duration": "PT1M"}),
        "terminated" => statement["result"] = json!({"duration": "PT1M"}),
        _ => {}
    }
    if ["completed", "passed", "failed"].contains(&verb) {
        statement["context"]["contextActivities"]["category"] =
            json!([{"id": category::CMI5}, {"id": category::MOVE_ON}]);
    }
    statement
}

fn read(terms: &Terms, statement: &Value) -> Result<Deed, &'static str> {
    let text = statement.to_string();
    let parsed = parse(&text, Version::V1).expect("valid xAPI");
    terms.read(&parsed, &text).map_err(|broken| broken.requirement)
}

/// What becomes of `verb` once `change` has been made to it.
fn changed(terms: &Terms, verb: &str, change: impl FnOnce(&mut Value)) -> Result<Deed, &'static str> {
    let mut statement = said(verb);
    change(&mut statement);
    read(terms, &statement)
}

fn without(statement: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    statement.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").remove(name);
}

#[test]
fn what_a_unit_may_say_is_read_as_what_it_is() {
    let normal = terms("Normal", None);
    for (verb, deed) in [
        ("initialized", Deed::Initialized),
        ("completed", Deed::Completed),
        ("passed", Deed::Passed),
        ("failed", Deed::Failed),
        ("terminated", Deed::Terminated),
        ("experienced", Deed::Allowed),
    ] {
        assert_eq!(read(&normal, &said(verb)), Ok(deed));
    }
    // Without the category a verb of cmi5 is only allowed (7.1.3), about whatever it is and in whatever mode.
    let allowed = |statement: &mut Value| {
        without(statement, "/context/contextActivities/category");
        statement["object"]["id"] = json!("https://exemple.fr/page");
    };
    assert_eq!(changed(&terms("Review", None), "completed", allowed), Ok(Deed::Allowed));
}

#[test]
fn every_statement_has_an_id_a_moment_in_utc_and_the_context_of_the_launch() {
    let normal = terms("Normal", None);
    for verb in ["initialized", "experienced"] {
        let broken = |change: fn(&mut Value)| changed(&normal, verb, change).err();
        assert_eq!(broken(|s| without(s, "/id")), Some("9.1.0.0-1 (d)"));
        assert_eq!(broken(|s| without(s, "/timestamp")), Some("9.7.0.0-1 (d)"));
        assert_eq!(broken(|s| s["timestamp"] = json!("2026-11-21T13:00:00+01:00")), Some("9.7.0.0-2 (d)"));
        assert_eq!(broken(|s| s["timestamp"] = json!("2026-11-21T12:00:00+00:00")), None);
        assert_eq!(broken(|s| without(s, "/context/extensions")), Some("9.6.3.1-4 (d)"));
        assert_eq!(broken(|s| s["context"]["extensions"][extension::SESSION_ID] = json!("x")), Some("9.6.3.1-4 (d)"));
        assert_eq!(broken(|s| without(s, "/context/contextActivities/grouping")), Some("10.2.1.0-6 (d)"));
    }
    let mut more = json!({"launchMode": "Normal", "contextTemplate": {"extensions":
        {(extension::SESSION_ID): SESSION, "https://exemple.fr/cle": 1}}});
    more["contextTemplate"]["contextActivities"] = json!({"grouping": [{"id": PUBLISHER}]});
    let fuller = Terms::new(REGISTRATION, ACTIVITY, &more);
    assert_eq!(read(&fuller, &said("initialized")), Err("10.2.1.0-7 (d)"));
}

#[test]
fn what_is_defined_is_about_the_unit_in_its_registration() {
    let normal = terms("Normal", None);
    let broken = |change: fn(&mut Value)| changed(&normal, "initialized", change).err();
    assert_eq!(broken(|s| s["object"]["id"] = json!(PUBLISHER)), Some("8.1.5.0-6 (d)"));
    assert_eq!(broken(|s| without(s, "/context/registration")), Some("9.6.1.0-1 (d)"));
    assert_eq!(broken(|s| s["context"]["registration"] = json!(Uuid::from_u128(8))), Some("9.6.1.0-1 (d)"));
    for (verb, requirement) in
        [(LAUNCHED, "9.3.1.0-1"), (ABANDONED, "9.3.6.0-1"), (WAIVED, "9.3.7.0-1"), (SATISFIED, "9.3.9.0-1")]
    {
        assert_eq!(changed(&normal, "initialized", |s| s["verb"]["id"] = json!(verb)), Err(requirement));
    }
}

#[test]
fn results_have_what_their_verb_asks_for_and_nothing_else() {
    let normal = terms("Normal", None);
    let broken = |verb: &str, pointer: &str, value: Value| {
        changed(&normal, verb, |statement| {
            let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
            if statement.pointer(parent).is_none() {
                statement["result"] = json!({});
            }
            statement.pointer_mut(parent).expect("an object")[name] = value;
        })
        .err()
    };
    assert_eq!(broken("passed", "/result/success", json!(false)), Some("9.5.2.0-1 (d1)"));
    assert_eq!(broken("failed", "/result/success", json!(true)), Some("9.5.2.0-2 (d)"));
    assert_eq!(broken("completed", "/result/success", json!(true)), Some("9.5.2.0-3 (d)"));
    assert_eq!(broken("completed", "/result/completion", json!(false)), Some("9.5.3.0-1 (d1)"));
    assert_eq!(broken("passed", "/result/completion", json!(true)), Some("9.5.3.0-2 (d)"));
    assert_eq!(broken("initialized", "/result/score", json!({"scaled": 1})), Some("9.5.1.0-2 (d)"));
    assert_eq!(broken("passed", "/result/score", json!({"raw": 1, "max": 2})), Some("9.5.1.0-3 (d1)"));
    assert_eq!(broken("passed", "/result/score", json!({"raw": 1, "min": 0})), Some("9.5.1.0-3 (d2)"));
    assert_eq!(broken("passed", "/result/score", json!({"raw": 1, "min": 0, "max": 2})), None);
    for (verb, duration, move_on) in [
        ("completed", "9.5.4.1-2 (d)", "9.6.2.2-1 (d1)"),
        ("passed", "9.5.4.1-3 (d)", "9.6.2.2-1 (d2)"),
        ("failed", "9.5.4.1-4 (d)", "9.6.2.2-1 (d3)"),
    ] {
        assert_eq!(changed(&normal, verb, |s| without(s, "/result/duration")), Err(duration));
        let plain = |s: &mut Value| s["context"]["contextActivities"]["category"] = json!([{"id": category::CMI5}]);
        assert_eq!(changed(&normal, verb, plain), Err(move_on));
    }
    assert_eq!(changed(&normal, "terminated", |s| without(s, "/result")), Err("9.5.4.1-1 (d)"));
    for verb in ["initialized", "experienced"] {
        let counts = |s: &mut Value| {
            s["context"]["contextActivities"]["category"] = json!([{"id": category::CMI5}, {"id": category::MOVE_ON}]);
        };
        assert_eq!(changed(&normal, verb, counts), Err("9.6.2.2-2 (d)"));
    }
}

#[test]
fn a_judgement_agrees_with_the_mastery_score_and_names_it() {
    let strict = terms("Normal", Some(0.8));
    let scored = |verb: &str, scaled: f64, told: Option<f64>| {
        changed(&strict, verb, |s| {
            s["result"]["score"] = json!({"scaled": scaled});
            if let Some(told) = told {
                s["context"]["extensions"][extension::MASTERY_SCORE] = json!(told);
            }
        })
    };
    assert_eq!(scored("passed", 0.8, Some(0.8)), Ok(Deed::Passed));
    assert_eq!(scored("failed", 0.79, Some(0.8)), Ok(Deed::Failed));
    assert_eq!(scored("passed", 0.79, Some(0.8)), Err("9.3.4.0-2 (d2)"));
    assert_eq!(scored("failed", 0.8, Some(0.8)), Err("9.3.5.0-2 (d)"));
    assert_eq!(scored("passed", 0.9, None), Err("9.6.3.2-2 (d)"));
    assert_eq!(scored("passed", 0.9, Some(0.5)), Err("9.6.3.2-2 (d)"));
    assert_eq!(read(&strict, &said("passed")), Ok(Deed::Passed), "without a score there is nothing to compare");
}

#[test]
fn who_only_looks_judges_nothing() {
    for (mode, requirement) in [("Browse", "10.2.2.0-2 (d)"), ("Review", "10.2.2.0-3 (d)")] {
        for verb in ["completed", "passed", "failed"] {
            assert_eq!(read(&terms(mode, None), &said(verb)), Err(requirement));
        }
        assert_eq!(read(&terms(mode, None), &said("terminated")), Ok(Deed::Terminated));
    }
}

#[test]
fn preferences_are_two_members_of_known_form() {
    let judged = |document: &str| preferences(document.as_bytes()).map_err(|broken| broken.requirement);
    assert_eq!(judged(r#"{"languagePreference":"fr-FR, en","audioPreference":"off"}"#), Ok(()));
    for document in
        ["", "[]", "{}", r#"{"languagePreference":"fr"}"#, r#"{"languagePreference":1,"audioPreference":"on"}"#]
    {
        assert_eq!(judged(document), Err("11.0.0.0-5 (d)"), "{document}");
    }
    assert_eq!(judged(r#"{"languagePreference":"français !","audioPreference":"on"}"#), Err("11.1.0.0-1 (d)"));
    assert_eq!(judged(r#"{"languagePreference":"fr","audioPreference":"loud"}"#), Err("11.2.0.0-1"));
}

/// A session whose unit has asked for the preferences, after these deeds.
fn after(deeds: &[Deed]) -> Session {
    let mut session = Session { asked_preferences: true, ..Session::default() };
    for deed in deeds {
        session.take(*deed).expect("allowed");
    }
    session
}

#[test]
fn a_session_goes_from_initialized_to_terminated() {
    use Deed::{Allowed, Completed, Failed, Initialized, Passed, Terminated};
    let refused = |before: &[Deed], deed: Deed| after(before).take(deed).err().map(|broken| broken.requirement);
    for deed in [Completed, Passed, Failed, Terminated, Allowed] {
        assert_eq!(refused(&[], deed), Some("9.3.0.0-4 (d2)"));
        assert_eq!(refused(&[Initialized], deed), None);
        assert_eq!(refused(&[Initialized, Terminated], deed), Some("9.3.0.0-5 (d2)"));
    }
    assert_eq!(refused(&[Initialized], Initialized), Some("9.3.2.0-3 (d)"));
    assert_eq!(refused(&[Initialized, Completed], Completed), Some("9.3.0.0-2 (d)"));
    assert_eq!(refused(&[Initialized, Failed], Passed), Some("9.3.0.0-3 (d)"));
    assert_eq!(refused(&[Initialized, Passed], Failed), Some("9.3.0.0-3 (d)"));
    assert_eq!(Session::default().take(Initialized).err().map(|broken| broken.requirement), Some("11.0.0.0-3 (d2)"));
    let mut abandoned = Session { abandoned: true, ..after(&[Initialized]) };
    assert_eq!(abandoned.take(Terminated).err().map(|broken| broken.requirement), Some("9.3.6.0-2 (d2)"));
}

#[test]
fn what_a_unit_is_once_in_a_registration_it_is_not_again_in_another_session() {
    use Deed::{Completed, Failed, Initialized, Passed};
    let mut again = after(&[Initialized]);
    (again.unit_completed, again.unit_passed) = (true, true);
    let mut refused = |deed: Deed| again.take(deed).err().map(|broken| broken.requirement);
    assert_eq!(refused(Completed), Some("9.3.0.0-6 (d2)"));
    assert_eq!(refused(Passed), Some("9.3.0.0-7 (d2)"));
    assert_eq!(refused(Failed), Some("9.3.0.0-8 (d)"));
}

fn any_deed() -> impl Strategy<Value = Deed> {
    prop::sample::select(vec![
        Deed::Initialized,
        Deed::Completed,
        Deed::Passed,
        Deed::Failed,
        Deed::Terminated,
        Deed::Allowed,
    ])
}

proptest! {
    /// Any order of any deeds, over several sessions of one unit: what was taken keeps the rules, what was refused changed
    /// nothing, and a session that was stored goes on as if it had not been.
    #[test]
    fn any_order_leaves_consistent_sessions(sessions in prop::collection::vec(prop::collection::vec(any_deed(), 0..20), 1..5)) {
        let (mut completed, mut passed) = (0, 0);
        let mut unit = (false, false);
        for deeds in sessions {
            let mut session = Session { asked_preferences: true, unit_completed: unit.0, unit_passed: unit.1, ..Session::default() };
            let mut taken = Vec::new();
            for deed in deeds {
                let before = session.clone();
                if session.take(deed).is_ok() {
                    taken.push(deed);
                } else {
                    prop_assert_eq!(&before, &session);
                }
                let stored = Session { asked_preferences: true, unit_completed: session.unit_completed,
                    unit_passed: session.unit_passed, ..Session::of_words(&session.words()) };
                prop_assert_eq!(&stored, &session);
            }
            let count = |deed: Deed| taken.iter().filter(|one| **one == deed).count();
            prop_assert!(taken.is_empty() || taken[0] == Deed::Initialized);
            prop_assert!(count(Deed::Terminated) == 0 || taken.last() == Some(&Deed::Terminated));
            prop_assert!(count(Deed::Initialized) <= 1 && count(Deed::Passed) + count(Deed::Failed) <= 1);
            prop_assert!(passed == 0 || count(Deed::Failed) == 0);
            completed += count(Deed::Completed);
            passed += count(Deed::Passed);
            unit = (session.unit_completed, session.unit_passed);
            prop_assert_eq!(unit, (completed > 0, passed > 0));
        }
        prop_assert!(completed <= 1 && passed <= 1);
    }
}

/// What is wrong with a statement.
#[derive(Clone, Copy, Debug)]
enum Flaw {
    None,
    NoId,
    AnotherSession,
    AnotherObject,
    NoDuration,
    NoCategory,
}

/// What may happen to a unit that is open twice.
#[derive(Clone, Copy, Debug)]
enum Happens {
    Says(usize, &'static str, Flaw),
    AsksPreferences(usize),
    IsRelaunched(usize),
    IsAbandoned(usize),
}

fn anything() -> impl Strategy<Value = Happens> {
    let window = 0_usize..2;
    let verbs = vec!["initialized", "completed", "passed", "failed", "terminated", "experienced", "launched"];
    let flaws = vec![
        Flaw::None,
        Flaw::None,
        Flaw::None,
        Flaw::NoId,
        Flaw::AnotherSession,
        Flaw::AnotherObject,
        Flaw::NoDuration,
        Flaw::NoCategory,
    ];
    prop_oneof![
        12 => (window.clone(), prop::sample::select(verbs), prop::sample::select(flaws))
            .prop_map(|(window, verb, flaw)| Happens::Says(window, verb, flaw)),
        3 => window.clone().prop_map(Happens::AsksPreferences),
        1 => window.clone().prop_map(Happens::IsRelaunched),
        1 => window.prop_map(Happens::IsAbandoned),
    ]
}

/// A statement with a flaw, which is no longer one of its verb.
fn flawed(verb: &str, flaw: Flaw) -> Value {
    let mut statement = said(verb);
    match flaw {
        Flaw::None => {}
        Flaw::NoId => without(&mut statement, "/id"),
        Flaw::AnotherSession => statement["context"]["extensions"][extension::SESSION_ID] = json!("x"),
        Flaw::AnotherObject => statement["object"]["id"] = json!(PUBLISHER),
        Flaw::NoDuration if statement.pointer("/result/duration").is_some() => {
            without(&mut statement, "/result/duration");
        }
        Flaw::NoDuration => {}
        Flaw::NoCategory => without(&mut statement, "/context/contextActivities/category"),
    }
    statement
}

proptest! {
    /// Whatever statements come, good and bad, in two windows at once, with launches and endings between: what was taken is what
    /// the standard allows, in each session and in the registration.
    #[test]
    fn two_windows_never_say_together_what_one_may_not(story in prop::collection::vec(anything(), 0..80)) {
        let terms = terms("Normal", None);
        let mut windows = [Session::default(), Session::default()];
        let mut taken: [Vec<Deed>; 2] = Default::default();
        let mut unit: Vec<Deed> = Vec::new();
        for event in story {
            match event {
                Happens::AsksPreferences(at) => windows[at].asked_preferences = true,
                Happens::IsAbandoned(at) => windows[at].abandoned = true,
                Happens::IsRelaunched(at) => (windows[at], taken[at]) = Default::default(),
                Happens::Says(at, verb, flaw) => {
                    let Ok(deed) = read(&terms, &flawed(verb, flaw)) else { continue };
                    prop_assert!(matches!(flaw, Flaw::None | Flaw::NoDuration) || deed == Deed::Allowed, "{flaw:?}");
                    let session = &mut windows[at];
                    // As the store keeps it: what was said of the unit is common, the rest is the session's own.
                    session.unit_completed = unit.contains(&Deed::Completed);
                    session.unit_passed = unit.contains(&Deed::Passed);
                    let over = session.is_over();
                    if session.take(deed).is_ok() {
                        prop_assert!(!over);
                        taken[at].push(deed);
                        unit.push(deed);
                    }
                }
            }
            let count = |deeds: &[Deed], deed: Deed| deeds.iter().filter(|one| **one == deed).count();
            for (session, said) in windows.iter().zip(&taken) {
                prop_assert!(said.is_empty() || said[0] == Deed::Initialized && session.asked_preferences);
                prop_assert!(count(said, Deed::Initialized) <= 1 && count(said, Deed::Completed) <= 1);
                prop_assert!(count(said, Deed::Passed) + count(said, Deed::Failed) <= 1);
                prop_assert!(count(said, Deed::Terminated) == 0 || said.last() == Some(&Deed::Terminated));
            }
            prop_assert!(count(&unit, Deed::Completed) <= 1 && count(&unit, Deed::Passed) <= 1);
            let pass = unit.iter().position(|deed| *deed == Deed::Passed);
            prop_assert!(pass.is_none_or(|at| !unit[at..].contains(&Deed::Failed)));
        }
    }
}
