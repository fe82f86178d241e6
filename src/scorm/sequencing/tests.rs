//! The engine on small trees by hand: the rules that are easy to get wrong.

use super::reading::Element;
use super::settings::ControlMode;
use super::*;

fn item(parent: Option<usize>, name: &str, deliverable: bool, settings: Settings) -> Item {
    Item { parent, identifier: name.to_owned(), deliverable, visible: true, settings }
}

fn course(settings: Settings, items: Vec<Item>) -> Tree {
    Tree::new(Root { identifier: "course".to_owned(), settings, objectives_of_learner: true }, items)
}

fn begun(tree: &Tree) -> Sequencer<'_> {
    Sequencer::new(tree, State::default(), GlobalObjectives::default())
}

fn told(status: Status) -> Told {
    Told { primary: status.into(), ..Told::default() }
}

fn flowing() -> Settings {
    Settings::free()
}

/// A course with two groups of two activities each.
fn two_by_two(group: Settings) -> Tree {
    course(
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
        Outcome::Wait => "wait".to_owned(),
        Outcome::Refused(code) => code.to_owned(),
    }
}

fn walk(tree: &Tree, requests: &[Request]) -> Vec<String> {
    let mut sequencer = begun(tree);
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
    let control = ControlMode { choice: false, choice_exit: false, flow: true, ..ControlMode::default() };
    let tree = two_by_two(Settings { control, ..Settings::default() });
    let d = tree.named("D").unwrap();
    assert_eq!(walk(&tree, &[Request::Start, Request::Choice(d)]), ["A", "NB.2.1-10"]);
    let open = course(
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
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Choice(b));
    sequencer.record(b, &Told { suspended: true, ..told(Status { completed: Some(false), ..Status::default() }) });
    assert_eq!(sequencer.navigate(Request::SuspendAll), Outcome::End);

    let stored = serde_json::to_string(sequencer.state()).unwrap();
    let mut later = Sequencer::new(&tree, serde_json::from_str(&stored).unwrap(), GlobalObjectives::default());
    assert_eq!(later.navigate(Request::ResumeAll), Outcome::Deliver(b));
    assert_eq!(later.state().of(b).attempts, 1);
    assert_eq!(later.state().of(b).primary.completed, Some(false));
}

#[test]
fn a_course_is_complete_when_every_activity_is() {
    let tree = two_by_two(flowing());
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Start);
    for _ in 0..3 {
        sequencer.navigate(Request::Continue);
        assert_eq!(sequencer.state().of(NodeId::ROOT).primary.completed, None);
    }
    // The last one ends by itself: content that says nothing has done what it had to do.
    assert_eq!(sequencer.navigate(Request::Continue), Outcome::End);
    assert_eq!(sequencer.state().of(NodeId::ROOT).primary.completed, Some(true));
    assert_eq!(sequencer.state().of(NodeId::ROOT).primary.satisfied, Some(true));
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
    assert_eq!((settings.measure_weight, settings.primary.minimum_measure), (0.5, 0.6));
    assert_eq!(settings.rollup.len(), 1);

    // One completed activity is enough here, and the group is passed from 0.6 on.
    let group = Settings { control: ControlMode { flow: true, ..ControlMode::default() }, ..settings };
    let tree = two_by_two(group);
    let (a, m1) = (tree.named("A").unwrap(), tree.named("M1").unwrap());
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Start);
    sequencer.record(a, &told(Status { completed: Some(true), measure: Some(1.0), ..Status::default() }));
    sequencer.navigate(Request::Exit);
    let group = sequencer.standing(m1);
    assert_eq!((group.completed, group.measure, group.satisfied), (Some(true), Some(0.5), Some(false)));
}

/// A course read from the JSON form of its sequencing: the group's own, and that of each of its activities.
fn read(json: serde_json::Value) -> Settings {
    Settings::read(&serde_json::from_value(json).unwrap())
}

fn rule(kind: &str, condition: &str, action: &str) -> serde_json::Value {
    serde_json::json!({"name": "sequencingRules", "children": [{"name": kind, "children": [
        {"name": "ruleConditions", "children": [{"name": "ruleCondition", "attributes": {"condition": condition}}]},
        {"name": "ruleAction", "attributes": {"action": action}},
    ]}]})
}

fn flow() -> serde_json::Value {
    serde_json::json!({"name": "controlMode", "attributes": {"flow": "true"}})
}

/// `primaryObjective` with one map to a global objective.
fn mapped(target: &str, map: &[(&str, &str)]) -> serde_json::Value {
    let mut attributes = serde_json::Map::from_iter([("targetObjectiveID".to_owned(), target.into())]);
    attributes.extend(map.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
    serde_json::json!({"name": "objectives", "children": [{"name": "primaryObjective", "attributes": {"objectiveID": "P"},
        "children": [{"name": "mapInfo", "attributes": attributes}]}]})
}

#[test]
fn what_is_satisfied_elsewhere_is_skipped_here_and_in_the_next_course() {
    let by_content = serde_json::json!({"name": "deliveryControls", "attributes": {"objectiveSetByContent": "true"}});
    let writes =
        read(serde_json::json!({"children": [mapped("shared", &[("writeSatisfiedStatus", "true")]), by_content]}));
    let reads =
        read(serde_json::json!({"children": [mapped("shared", &[]), rule("preConditionRule", "satisfied", "skip")]}));
    let items = || {
        vec![
            item(None, "A", true, writes.clone()),
            item(None, "B", true, reads.clone()),
            item(None, "C", true, Settings::default()),
        ]
    };
    let tree = course(flowing(), items());
    let a = tree.named("A").unwrap();
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Start);
    sequencer.record(a, &told(Status { satisfied: Some(true), ..Status::default() }));
    assert_eq!(name(&tree, sequencer.navigate(Request::Continue)), "C");

    let next =
        course(flowing(), vec![item(None, "B", true, reads.clone()), item(None, "C", true, Settings::default())]);
    let mut later = Sequencer::new(&next, State::default(), sequencer.learner().clone());
    assert_eq!(name(&next, later.navigate(Request::Start)), "C");

    // A course that keeps its objectives for itself begins each attempt without them.
    let own = Root { identifier: "course".to_owned(), settings: flowing(), objectives_of_learner: false };
    let tree = Tree::new(own, items());
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Start);
    sequencer.record(a, &told(Status { satisfied: Some(true), ..Status::default() }));
    assert_eq!(name(&tree, sequencer.navigate(Request::Continue)), "C");
    assert_eq!(sequencer.learner(), &GlobalObjectives::default());
    sequencer.navigate(Request::ExitAll);
    sequencer.navigate(Request::Start);
    assert_eq!(name(&tree, sequencer.navigate(Request::Continue)), "B");
}

#[test]
fn a_postcondition_goes_before_what_was_asked_for() {
    let retried = read(serde_json::json!({"children": [rule("postConditionRule", "objectiveStatusKnown", "retry")]}));
    let tree = course(flowing(), vec![item(None, "A", true, retried), item(None, "B", true, Settings::default())]);
    let (a, b) = (tree.named("A").unwrap(), tree.named("B").unwrap());
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Start);
    sequencer.record(a, &told(Status { satisfied: Some(false), ..Status::default() }));
    assert_eq!(sequencer.navigate(Request::Choice(b)), Outcome::Deliver(a));
    assert_eq!((sequencer.state().of(a).attempts, sequencer.standing(a).satisfied), (2, None));
    // What waits to be taken up again is not judged.
    sequencer.record(a, &Told { suspended: true, ..told(Status { satisfied: Some(false), ..Status::default() }) });
    assert_eq!(sequencer.navigate(Request::Choice(b)), Outcome::Deliver(b));
    assert_eq!(sequencer.navigate(Request::Choice(a)), Outcome::Deliver(a));
    assert_eq!(sequencer.state().of(a).attempts, 2);
}

#[test]
fn an_exit_rule_ends_its_group_and_the_course_goes_on_behind_it() {
    let left = read(serde_json::json!({"children": [flow(), rule("exitConditionRule", "attempted", "exit")]}));
    let tree = two_by_two(left);
    use Request::{Continue, Start};
    assert_eq!(walk(&tree, &[Start, Continue, Continue]), ["A", "C", "end"]);
}

#[test]
fn an_activity_is_disabled_when_its_attempts_are_used_up() {
    let once =
        read(serde_json::json!({"children": [{"name": "limitConditions", "attributes": {"attemptLimit": "1"}}]}));
    let tree = course(flowing(), vec![item(None, "A", true, once), item(None, "B", true, Settings::default())]);
    let (a, b) = (tree.named("A").unwrap(), tree.named("B").unwrap());
    use Request::{Choice, Previous};
    assert_eq!(walk(&tree, &[Choice(a), Choice(b), Choice(a), Previous]), ["A", "B", "DB.1.1-3", "SB.2.2-2"]);
    let mut sequencer = begun(&tree);
    sequencer.navigate(Choice(a));
    sequencer.navigate(Choice(b));
    assert!(!sequencer.offer(a).selectable && !sequencer.offers_previous() && sequencer.offers_continue());
}

#[test]
fn what_is_around_a_constrained_group_is_chosen_only_where_it_leads_to_its_neighbours() {
    let constrained = Settings { constrain_choice: true, ..flowing() };
    let mut items = Vec::new();
    for (group, settings) in [flowing(), flowing(), constrained, flowing(), flowing()].into_iter().enumerate() {
        items.push(item(None, &format!("M{group}"), false, settings));
        items.push(item(Some(group * 2), &format!("A{group}"), true, Settings::default()));
    }
    let tree = course(flowing(), items);
    let selectable = |tree: &Tree, from: &str| {
        let mut sequencer = begun(tree);
        sequencer.navigate(Request::Choice(tree.named(from).unwrap()));
        let offers = std::iter::once(NodeId::ROOT).chain(tree.activities()).zip(sequencer.offers());
        offers.filter(|(_, offer)| offer.selectable).map(|(id, _)| tree.identifier(id).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(selectable(&tree, "A2"), ["M1", "A1", "M2", "A2", "M3", "A3"]);
    // The course leads to the first of its groups, so it may be chosen where that one may.
    let first = Settings { constrain_choice: true, ..flowing() };
    assert_eq!(selectable(&two_by_two(first), "C"), ["course", "M1", "A", "B", "M2", "C", "D"]);
}

#[test]
fn what_is_not_to_be_left_by_choice_holds_its_learner_until_it_has_ended() {
    let held = Settings { control: ControlMode { choice_exit: false, ..flowing().control }, ..flowing() };
    let tree = two_by_two(held.clone());
    let [m1, a, b, c] = ["M1", "A", "B", "C"].map(|name| tree.named(name).unwrap());
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Start);
    let may = |sequencer: &Sequencer<'_>, ids: [NodeId; 4]| ids.map(|id| sequencer.may_choose(id));
    assert_eq!(may(&sequencer, [m1, a, b, c]), [false, true, true, false]);

    let tree = course(
        flowing(),
        vec![
            item(None, "A", true, Settings { control: held.control, ..Settings::default() }),
            item(None, "M", false, flowing()),
            item(Some(1), "B", true, Settings::default()),
        ],
    );
    let [a, m, b] = ["A", "M", "B"].map(|name| tree.named(name).unwrap());
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Start);
    assert_eq!(may(&sequencer, [NodeId::ROOT, a, m, b]), [false; 4]);
    assert_eq!(sequencer.navigate(Request::Exit), Outcome::Wait);
    assert_eq!(may(&sequencer, [NodeId::ROOT, a, m, b]), [true; 4]);
}

#[test]
fn previous_is_offered_whatever_follows_from_leaving() {
    let onwards = read(serde_json::json!({"children": [rule("postConditionRule", "attempted", "continue")]}));
    let tree = course(
        flowing(),
        vec![
            item(None, "A", true, Settings::default()),
            item(None, "B", true, onwards),
            item(None, "C", true, Settings::default()),
        ],
    );
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Choice(tree.named("B").unwrap()));
    assert!(sequencer.offers_previous());
    assert_eq!(name(&tree, sequencer.navigate(Request::Previous)), "C");
}

#[test]
fn a_jump_goes_where_no_choice_may() {
    let closed = ControlMode { choice: false, choice_exit: false, flow: true, ..ControlMode::default() };
    let tree = two_by_two(Settings { control: closed, ..Settings::default() });
    let d = tree.named("D").unwrap();
    let mut sequencer = begun(&tree);
    assert_eq!(sequencer.navigate(Request::Jump(d)), Outcome::Refused("NB.2.1-2"));
    sequencer.navigate(Request::Start);
    assert!(!sequencer.may_choose(d) && sequencer.may_jump(d));
    assert_eq!(sequencer.navigate(Request::Jump(d)), Outcome::Deliver(d));
}

#[test]
fn an_abandoned_activity_leaves_the_session_without_one() {
    let tree = two_by_two(flowing());
    let a = tree.named("A").unwrap();
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Start);
    sequencer.record(a, &told(Status { completed: Some(true), ..Status::default() }));
    assert_eq!(sequencer.navigate(Request::Abandon), Outcome::Wait);
    assert_eq!((sequencer.state().current, sequencer.standing(a).completed), (Some(a), None));
    assert_eq!(sequencer.navigate(Request::Choice(NodeId::ROOT)), Outcome::Deliver(a));
}

#[test]
fn a_group_draws_as_many_activities_as_it_says_and_keeps_them_until_its_next_attempt() {
    let drawn = read(serde_json::json!({"children": [flow(), {"name": "randomizationControls", "attributes":
        {"selectionTiming": "onEachNewAttempt", "selectCount": "2", "randomizationTiming": "onEachNewAttempt",
         "reorderChildren": "true"}}]}));
    let names: Vec<String> = (0..8).map(|index| format!("Q{index}")).collect();
    let items = names.iter().map(|name| item(None, name, true, Settings::default())).collect();
    let tree = course(drawn, items);
    let run = |sequencer: &mut Sequencer<'_>| {
        [Request::Start, Request::Continue, Request::Continue].map(|request| name(&tree, sequencer.navigate(request)))
    };
    let mut seen = std::collections::HashSet::new();
    let mut sequencer = Sequencer::new(&tree, State::seeded(7), GlobalObjectives::default());
    for _ in 0..40 {
        let [first, second, end] = run(&mut sequencer);
        assert_ne!(first, second);
        assert_eq!(end, "end");
        seen.extend([first, second]);
    }
    assert_eq!(seen.len(), 8);
    // What was not drawn cannot be reached.
    sequencer.navigate(Request::Start);
    let choosable = tree.activities().filter(|id| sequencer.offer(*id).selectable).count();
    assert_eq!(choosable, 2);
    // The same seed draws the same.
    let draw = |seed| run(&mut Sequencer::new(&tree, State::seeded(seed), GlobalObjectives::default()));
    assert_eq!(draw(3), draw(3));
}

#[test]
fn a_group_that_counts_its_present_attempt_only_forgets_the_one_before() {
    for (present_only, satisfied) in [("true", None), ("false", Some(true))] {
        let control = serde_json::json!({"name": "controlMode", "attributes":
            {"flow": "true", "useCurrentAttemptObjectiveInfo": present_only}});
        let any = serde_json::json!({"name": "rollupRules", "children": [
            {"name": "rollupRule", "attributes": {"childActivitySet": "any"}, "children": [
                {"name": "rollupConditions", "children":
                    [{"name": "rollupCondition", "attributes": {"condition": "satisfied"}}]},
                {"name": "rollupAction", "attributes": {"action": "satisfied"}}]}]});
        let by_content = read(serde_json::json!({"children":
            [{"name": "deliveryControls", "attributes": {"objectiveSetByContent": "true"}}]}));
        let tree = course(
            read(serde_json::json!({"children": [control, any]})),
            vec![item(None, "A", true, by_content.clone()), item(None, "B", true, by_content)],
        );
        let (a, b) = (tree.named("A").unwrap(), tree.named("B").unwrap());
        let mut sequencer = begun(&tree);
        sequencer.navigate(Request::Start);
        sequencer.record(a, &told(Status { satisfied: Some(true), ..Status::default() }));
        sequencer.navigate(Request::ExitAll);
        assert_eq!(sequencer.standing(NodeId::ROOT).satisfied, Some(true));
        sequencer.navigate(Request::Choice(b));
        sequencer.navigate(Request::Exit);
        assert_eq!(sequencer.standing(NodeId::ROOT).satisfied, satisfied, "{present_only}");
    }
}

#[test]
fn what_is_told_on_the_way_counts_for_the_course_before_the_attempt_ends() {
    let tree = course(flowing(), vec![item(None, "A", true, Settings::default())]);
    let a = tree.named("A").unwrap();
    let mut sequencer = begun(&tree);
    sequencer.navigate(Request::Start);
    sequencer.record(a, &told(Status { completed: Some(true), ..Status::default() }));
    assert_eq!(sequencer.standing(NodeId::ROOT).completed, None);
    assert_eq!(sequencer.course_standing().completed, Some(true));
}

#[test]
fn two_thousand_activities_are_sequenced_in_no_time() {
    let groups = (0..40).map(|index| item(None, &format!("G{index}"), false, flowing()));
    let leaves = (0..2000).map(|index| item(Some(index / 50), &format!("I{index}"), true, Settings::default()));
    let tree = course(flowing(), groups.chain(leaves).collect());
    let begin = std::time::Instant::now();
    let mut sequencer = begun(&tree);
    assert_eq!(name(&tree, sequencer.navigate(Request::Start)), "I0");
    let last = tree.named("I1999").unwrap();
    assert_eq!(sequencer.navigate(Request::Choice(last)), Outcome::Deliver(last));
    let requests = begin.elapsed();
    assert!(sequencer.offers().iter().all(|offer| offer.visible && offer.selectable));
    let offers = begin.elapsed() - requests;
    assert_eq!(sequencer.navigate(Request::Continue), Outcome::End);
    println!("2,000 activities: two requests {requests:?}, the whole table of contents {offers:?}");
}
