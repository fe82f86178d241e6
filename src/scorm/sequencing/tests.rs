//! The engine on small trees by hand, and on random trees and walks by property.

use proptest::prelude::*;

use super::navigation::Told;
use super::tree::{ControlMode, Element};
use super::*;

fn item(parent: Option<usize>, name: &str, deliverable: bool, settings: Settings) -> Item {
    Item { parent, identifier: name.to_owned(), deliverable, settings }
}

fn flowing() -> Settings {
    Settings::free()
}

/// A course with two groups of two activities each.
fn two_by_two(group: Settings) -> Tree {
    Tree::new(
        flowing(),
        vec![
            item(None, "M1", false, group.clone()),
            item(Some(0), "A", true, Settings::default()),
            item(Some(0), "B", true, Settings::default()),
            item(None, "M2", false, group),
            item(Some(3), "C", true, Settings::default()),
            item(Some(3), "D", true, Settings::default()),
        ],
    )
}

fn name(tree: &Tree, outcome: Outcome) -> String {
    match outcome {
        Outcome::Deliver(id) => tree.identifier(id).to_owned(),
        Outcome::End => "end".to_owned(),
        Outcome::Refused(code) => code.to_owned(),
    }
}

fn walk(tree: &Tree, requests: &[Request]) -> Vec<String> {
    let mut sequencer = Sequencer::new(tree, State::default());
    requests.iter().map(|request| name(tree, sequencer.navigate(*request))).collect()
}

#[test]
fn a_flowing_course_is_walked_from_its_first_to_its_last_activity() {
    let tree = two_by_two(flowing());
    use Request::{Continue, Previous, Start};
    assert_eq!(walk(&tree, &[Start, Continue, Continue, Continue, Continue]), ["A", "B", "C", "D", "end"]);
    assert_eq!(
        walk(&tree, &[Start, Continue, Continue, Previous, Previous, Previous]),
        ["A", "B", "C", "B", "A", "SB.2.1-3"]
    );
}

#[test]
fn without_flow_activities_can_only_be_chosen() {
    let tree = two_by_two(Settings::default());
    let d = tree.named("D").unwrap();
    assert_eq!(walk(&tree, &[Request::Start, Request::Choice(d), Request::Continue]), ["SB.2.2-1", "D", "NB.2.1-4"]);
    let m1 = tree.named("M1").unwrap();
    assert_eq!(walk(&tree, &[Request::Choice(m1)]), ["SB.2.9-9"]);
}

#[test]
fn a_group_without_choice_or_exit_holds_its_learner() {
    let control = ControlMode { choice: false, choice_exit: false, flow: true, forward_only: false };
    let tree = two_by_two(Settings { control, ..Settings::default() });
    let d = tree.named("D").unwrap();
    assert_eq!(walk(&tree, &[Request::Start, Request::Choice(d)]), ["A", "NB.2.1-10"]);
    let open = Tree::new(
        flowing(),
        vec![
            item(
                None,
                "M",
                false,
                Settings { control: ControlMode { choice: true, ..control }, ..Settings::default() },
            ),
            item(Some(0), "A", true, Settings::default()),
            item(None, "B", true, Settings::default()),
        ],
    );
    let b = open.named("B").unwrap();
    assert_eq!(walk(&open, &[Request::Start, Request::Choice(b)]), ["A", "NB.2.1-8"]);
}

#[test]
fn a_group_that_only_goes_forward_is_entered_at_its_beginning() {
    let control = ControlMode { flow: true, forward_only: true, ..ControlMode::default() };
    let tree = two_by_two(Settings { control, ..Settings::default() });
    use Request::{Choice, Continue, Previous, Start};
    assert_eq!(walk(&tree, &[Start, Continue, Previous]), ["A", "B", "NB.2.1-5"]);
    let (a, b) = (tree.named("A").unwrap(), tree.named("B").unwrap());
    assert_eq!(walk(&tree, &[Choice(b), Choice(a)]), ["B", "SB.2.4-2"]);
}

#[test]
fn a_suspended_course_resumes_at_the_same_attempt() {
    let tree = two_by_two(flowing());
    let b = tree.named("B").unwrap();
    let mut sequencer = Sequencer::new(&tree, State::default());
    sequencer.navigate(Request::Choice(b));
    sequencer.record(b, Told { completed: Some(false), suspended: true, ..Told::default() });
    assert_eq!(sequencer.navigate(Request::SuspendAll), Outcome::End);

    let stored = serde_json::to_string(sequencer.state()).unwrap();
    let mut later = Sequencer::new(&tree, serde_json::from_str(&stored).unwrap());
    assert_eq!(later.navigate(Request::ResumeAll), Outcome::Deliver(b));
    assert_eq!(later.state().of(b).attempts, 1);
    assert_eq!(later.state().of(b).completed, Some(false));
}

#[test]
fn a_course_is_complete_when_every_activity_is() {
    let tree = two_by_two(flowing());
    let mut sequencer = Sequencer::new(&tree, State::default());
    sequencer.navigate(Request::Start);
    for _ in 0..3 {
        sequencer.navigate(Request::Continue);
        assert_eq!(sequencer.state().of(NodeId::ROOT).completed, None);
    }
    // The last one ends by itself: content that says nothing has done what it had to do.
    assert_eq!(sequencer.navigate(Request::Continue), Outcome::End);
    assert_eq!(sequencer.state().of(NodeId::ROOT).completed, Some(true));
    assert_eq!(sequencer.state().of(NodeId::ROOT).satisfied, Some(true));
}

#[test]
fn settings_are_read_from_the_manifest() {
    let element: Element = serde_json::from_value(serde_json::json!({
        "name": "sequencing",
        "children": [
            {"name": "controlMode", "attributes": {"choice": "false", "flow": "1"}},
            {"name": "rollupRules", "attributes": {"objectiveMeasureWeight": "0.5"}, "children": [
                {"name": "rollupRule", "attributes": {"childActivitySet": "atLeastCount", "minimumCount": "1"}, "children": [
                    {"name": "rollupConditions", "attributes": {"conditionCombination": "any"},
                     "children": [{"name": "rollupCondition", "attributes": {"condition": "completed"}}]},
                    {"name": "rollupAction", "attributes": {"action": "completed"}},
                ]},
            ]},
            {"name": "objectives", "children": [{"name": "primaryObjective", "attributes": {"satisfiedByMeasure": "true"},
                "children": [{"name": "minNormalizedMeasure", "text": "0.6"}]}]},
        ],
    }))
    .unwrap();
    let settings = Settings::read(&element);
    assert!(settings.control.flow && !settings.control.choice && settings.control.choice_exit);
    assert_eq!((settings.measure_weight, settings.minimum_measure), (0.5, 0.6));
    assert_eq!(settings.rules.len(), 1);

    // One completed activity is enough here, and the group is passed from 0.6 on.
    let group = Settings { control: ControlMode { flow: true, ..ControlMode::default() }, ..settings };
    let tree = two_by_two(group);
    let (a, m1) = (tree.named("A").unwrap(), tree.named("M1").unwrap());
    let mut sequencer = Sequencer::new(&tree, State::default());
    sequencer.navigate(Request::Start);
    sequencer.record(a, Told { completed: Some(true), measure: Some(1.0), ..Told::default() });
    let group = sequencer.state().of(m1);
    assert_eq!((group.completed, group.measure, group.satisfied), (Some(true), Some(0.5), Some(false)));
}

#[test]
fn two_thousand_activities_are_sequenced_in_no_time() {
    let items = (0..2000).map(|index| item(None, &format!("I{index}"), true, Settings::default())).collect();
    let tree = Tree::new(flowing(), items);
    let mut sequencer = Sequencer::new(&tree, State::default());
    assert_eq!(sequencer.navigate(Request::Start), Outcome::Deliver(tree.at(0).unwrap()));
    let last = tree.at(1999).unwrap();
    assert_eq!(sequencer.navigate(Request::Choice(last)), Outcome::Deliver(last));
    assert_eq!(sequencer.navigate(Request::Continue), Outcome::End);
}

fn any_settings() -> impl Strategy<Value = Settings> {
    (any::<[bool; 6]>(), 0.0..1.0_f64).prop_map(
        |([choice, choice_exit, flow, forward_only, tracked, by_measure], weight)| Settings {
            control: ControlMode { choice, choice_exit, flow, forward_only },
            tracked,
            satisfied_by_measure: by_measure,
            measure_weight: weight,
            ..Settings::default()
        },
    )
}

/// Any outline of up to thirty activities: each stands in the course or in one that comes before it.
fn any_tree() -> impl Strategy<Value = Tree> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any_settings()), 1..30).prop_map(|drawn| {
        let items = drawn.into_iter().enumerate().map(|(index, (parent, top, settings))| {
            let parent = (!top && index > 0).then(|| parent.index(index));
            item(parent, &format!("I{index}"), index % 7 != 6, settings)
        });
        Tree::new(Settings::free(), items.collect())
    })
}

#[derive(Clone, Debug)]
enum Act {
    Ask(Request),
    Choose(prop::sample::Index),
    Tell(Told),
}

fn any_act() -> impl Strategy<Value = Act> {
    use Request::{Abandon, AbandonAll, Continue, Exit, ExitAll, Previous, ResumeAll, Start, SuspendAll};
    let requests = vec![Start, ResumeAll, Continue, Previous, Exit, ExitAll, SuspendAll, Abandon, AbandonAll];
    let told = (any::<Option<bool>>(), any::<Option<bool>>(), prop::option::of(-1.0..1.0_f64), any::<bool>());
    prop_oneof![
        4 => prop::sample::select(requests).prop_map(Act::Ask),
        2 => any::<prop::sample::Index>().prop_map(Act::Choose),
        2 => told.prop_map(|(completed, satisfied, measure, suspended)| {
            Act::Tell(Told { completed, satisfied, measure, progress: None, suspended })
        }),
    ]
}

fn act(tree: &Tree, sequencer: &mut Sequencer<'_>, act: &Act) -> Option<Outcome> {
    match act {
        Act::Ask(request) => Some(sequencer.navigate(*request)),
        Act::Choose(index) => Some(sequencer.navigate(Request::Choice(tree.at(index.index(tree.len() - 1))?))),
        Act::Tell(told) => {
            let current = sequencer.state().current?;
            sequencer.record(current, *told);
            None
        }
    }
}

proptest! {
    #[test]
    fn walks_keep_the_session_consistent(tree in any_tree(), acts in prop::collection::vec(any_act(), 0..60)) {
        let mut sequencer = Sequencer::new(&tree, State::default());
        for step in &acts {
            let before = sequencer.state().clone();
            let outcome = act(&tree, &mut sequencer, step);
            let state = sequencer.state();
            match outcome {
                Some(Outcome::Deliver(id)) => {
                    prop_assert!(tree.is_deliverable(id));
                    prop_assert_eq!(state.current, Some(id));
                    prop_assert!(tree.path(id).iter().all(|id| state.of(*id).active));
                }
                Some(Outcome::Refused(code)) if code.starts_with("NB") => prop_assert_eq!(&before, state),
                _ => {}
            }
            // Only the way to the current activity is under way.
            let path = state.current.map_or_else(Vec::new, |id| tree.path(id));
            for id in tree.activities() {
                prop_assert!(!state.of(id).active || path.contains(&id));
                prop_assert!(state.of(id).attempts >= before.of(id).attempts);
                prop_assert!(state.of(id).measure.is_none_or(|measure| (-1.0..=1.0).contains(&measure)));
            }
            prop_assert!(state.suspended.is_none() || state.current.is_none() || state.suspended != state.current);
        }
    }

    #[test]
    fn a_restored_state_goes_on_like_the_one_that_was_stored(
        tree in any_tree(), before in prop::collection::vec(any_act(), 0..30), after in prop::collection::vec(any_act(), 0..30)
    ) {
        let mut first = Sequencer::new(&tree, State::default());
        for step in &before {
            act(&tree, &mut first, step);
        }
        let stored = serde_json::to_string(first.state()).unwrap();
        let mut second = Sequencer::new(&tree, serde_json::from_str(&stored).unwrap());
        for step in &after {
            prop_assert_eq!(act(&tree, &mut first, step), act(&tree, &mut second, step));
            prop_assert_eq!(first.state(), second.state());
        }
    }

    #[test]
    fn what_would_be_delivered_is_delivered(tree in any_tree(), acts in prop::collection::vec(any_act(), 0..30)) {
        let mut sequencer = Sequencer::new(&tree, State::default());
        for step in &acts {
            act(&tree, &mut sequencer, step);
        }
        for request in [Request::Continue, Request::Previous] {
            let promised = sequencer.would_deliver(request);
            let mut trial = Sequencer::new(&tree, sequencer.state().clone());
            prop_assert_eq!(promised, matches!(trial.navigate(request), Outcome::Deliver(_)));
        }
    }
}
