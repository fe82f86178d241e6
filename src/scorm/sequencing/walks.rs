//! Random trees and random walks: whatever the settings and the requests are, the session stays consistent.

use proptest::prelude::*;

use super::settings::{
    Action, After, Before, Carried, ChildSet, Clause, Condition, Conditions, Considered, ControlMode, Draw, Map,
    Objective, ObjectiveSettings, RollupRule, Rules, Threshold, Timing,
};
use super::*;

fn any_condition() -> impl Strategy<Value = Conditions> {
    let conditions = vec![
        Condition::Satisfied,
        Condition::ObjectiveStatusKnown,
        Condition::ObjectiveMeasureKnown,
        Condition::MeasureAbove(0.2),
        Condition::MeasureBelow(0.4),
        Condition::Completed,
        Condition::ActivityProgressKnown,
        Condition::Attempted,
        Condition::AttemptLimitExceeded,
        Condition::Always,
        Condition::Untracked,
    ];
    let objectives = vec![Objective::Primary, Objective::Other(0), Objective::Unknown];
    let clause = (prop::sample::select(conditions), any::<bool>(), prop::sample::select(objectives))
        .prop_map(|(condition, negated, objective)| Clause { condition, negated, objective });
    (any::<bool>(), prop::collection::vec(clause, 1..3)).prop_map(|(all, clauses)| Conditions { all, clauses })
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let before = vec![Before::Skip, Before::Disabled, Before::HiddenFromChoice, Before::StopForwardTraversal];
    let after =
        vec![After::ExitParent, After::ExitAll, After::Retry, After::RetryAll, After::Continue, After::Previous];
    (
        prop::collection::vec((prop::sample::select(before), any_condition()), 0..2),
        prop::collection::vec((prop::sample::select(after), any_condition()), 0..2),
        prop::collection::vec(any_condition(), 0..2),
    )
        .prop_map(|(before, after, exit)| Rules { before, after, exit })
}

fn any_rollup() -> impl Strategy<Value = RollupRule> {
    let sets =
        vec![ChildSet::All, ChildSet::Any, ChildSet::None, ChildSet::AtLeastCount(2), ChildSet::AtLeastPercent(0.5)];
    let actions = vec![Action::Satisfied, Action::NotSatisfied, Action::Completed, Action::Incomplete];
    (prop::sample::select(sets), any_condition(), prop::sample::select(actions))
        .prop_map(|(children, conditions, action)| RollupRule { children, conditions, action })
}

fn any_carried() -> impl Strategy<Value = Carried> {
    any::<[bool; 4]>().prop_map(|[satisfied, measure, completed, progress]| Carried {
        satisfied,
        measure,
        completed,
        progress,
        ..Carried::default()
    })
}

fn any_objective(id: &'static str) -> impl Strategy<Value = ObjectiveSettings> {
    let map = (0..3_usize, any_carried(), any_carried()).prop_map(|(target, read, write)| Map {
        target: format!("G{target}"),
        read,
        write,
    });
    (any::<bool>(), prop::collection::vec(map, 0..2)).prop_map(move |(satisfied_by_measure, maps)| ObjectiveSettings {
        id: Some(id.to_owned()),
        satisfied_by_measure,
        minimum_measure: 0.3,
        maps,
    })
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let timing = || prop::sample::select(vec![Timing::Never, Timing::Once, Timing::OnEachNewAttempt]);
    let considered =
        vec![Considered::Always, Considered::IfAttempted, Considered::IfNotSkipped, Considered::IfNotSuspended];
    (
        (any::<[bool; 14]>(), 0.0..1.0_f64, prop::option::weighted(0.2, 0..3_u32)),
        (any_rules(), prop::collection::vec(any_rollup(), 0..2), prop::sample::select(considered)),
        (any_objective("P"), prop::collection::vec(any_objective("O"), 0..2)),
        (timing(), timing(), prop::option::of(1..4_usize)),
    )
        .prop_map(|((flags, weight, attempt_limit), (rules, rollup, considered), objectives, draw)| {
            let [
                choice,
                choice_exit,
                flow,
                forward_only,
                now,
                then,
                untracked,
                a,
                b,
                c,
                d,
                prevent,
                constrain,
                reorder,
            ] = flags;
            Settings {
                control: ControlMode {
                    choice,
                    choice_exit,
                    // Most courses flow; a walk through one that does not is short.
                    flow: flow || choice,
                    forward_only: forward_only && !choice_exit,
                    current_objectives_only: now,
                    current_progress_only: then,
                },
                rules,
                rollup,
                measure_weight: weight,
                required_for_satisfied: considered,
                required_for_incomplete: considered,
                measure_if_active: a,
                threshold: Threshold { by_measure: b && c, minimum: 0.5, weight },
                attempt_limit,
                draw: Draw { selection: draw.0, count: draw.2, randomization: draw.1, reorder },
                tracked: !(untracked && a),
                completion_set_by_content: c,
                objective_set_by_content: d,
                prevent_activation: prevent && a,
                constrain_choice: constrain && b,
                primary: objectives.0,
                objectives: objectives.1,
                ..Settings::default()
            }
        })
}

/// Any outline of up to thirty activities: each stands in the course or in one that comes before it.
fn any_tree() -> impl Strategy<Value = Tree> {
    let item = (any::<prop::sample::Index>(), any::<bool>(), any_settings());
    (any_settings(), any::<bool>(), prop::collection::vec(item, 1..30)).prop_map(|(mut root, shared, drawn)| {
        root.control.flow = true;
        let items = drawn.into_iter().enumerate().map(|(index, (parent, top, settings))| Item {
            parent: (!top && index > 0).then(|| parent.index(index)),
            identifier: format!("I{index}"),
            deliverable: index % 7 != 6,
            visible: true,
            settings,
        });
        Tree::new(
            Root { identifier: "course".to_owned(), settings: root, objectives_of_learner: shared },
            items.collect(),
        )
    })
}

fn without_rules(tree: &Tree) -> Tree {
    let plain = |id| Settings { rules: Rules::default(), ..tree.settings(id).clone() };
    let items = tree.activities().map(|id| {
        let node = tree.node(id);
        Item {
            parent: node.parent.and_then(NodeId::index),
            identifier: node.identifier.clone(),
            deliverable: node.deliverable,
            visible: node.visible,
            settings: plain(id),
        }
    });
    let root = Root { identifier: "course".to_owned(), settings: plain(NodeId::ROOT), objectives_of_learner: false };
    Tree::new(root, items.collect())
}

#[derive(Clone, Debug)]
enum Act {
    Ask(Request),
    Choose(prop::sample::Index),
    Jump(prop::sample::Index),
    Tell(Told),
}

fn any_status() -> impl Strategy<Value = Status> {
    let measures = (prop::option::of(-1.0..1.0_f64), prop::option::of(0.0..1.0_f64));
    (any::<Option<bool>>(), any::<Option<bool>>(), measures).prop_map(|(completed, satisfied, (measure, progress))| {
        Status { completed, satisfied, measure, progress, ..Status::default() }
    })
}

fn any_act() -> impl Strategy<Value = Act> {
    use Request::{
        Abandon, AbandonAll, Continue, Exit, ExitAll, Previous, ResumeAll, Retry, RetryAll, Start, SuspendAll,
    };
    let requests = vec![
        Start, Start, ResumeAll, Continue, Continue, Previous, Retry, RetryAll, Exit, ExitAll, SuspendAll, Abandon,
        AbandonAll,
    ];
    let told =
        (any_status(), any_status(), any::<[bool; 3]>()).prop_map(|(primary, other, [unknown, also, suspended])| {
            let said = Said { status: primary, success_unknown: unknown, completion_unknown: also };
            Told { primary: said, objectives: vec![("O".to_owned(), other.into())], suspended }
        });
    prop_oneof![
        4 => prop::sample::select(requests).prop_map(Act::Ask),
        2 => any::<prop::sample::Index>().prop_map(Act::Choose),
        1 => any::<prop::sample::Index>().prop_map(Act::Jump),
        3 => told.prop_map(Act::Tell),
    ]
}

fn act(tree: &Tree, sequencer: &mut Sequencer<'_>, act: &Act) -> Option<Outcome> {
    let request = match act {
        Act::Ask(request) => *request,
        Act::Choose(index) => Request::Choice(tree.at(index.index(tree.len() - 1))?),
        Act::Jump(index) => Request::Jump(tree.at(index.index(tree.len() - 1))?),
        Act::Tell(told) => {
            let state = sequencer.state();
            let current = state.current.filter(|current| tree.is_leaf(*current) && state.of(*current).active)?;
            sequencer.record(current, told);
            return None;
        }
    };
    Some(sequencer.navigate(request))
}

proptest! {
    #[test]
    fn walks_keep_the_session_consistent(tree in any_tree(), acts in prop::collection::vec(any_act(), 0..60)) {
        let mut sequencer = Sequencer::new(&tree, State::seeded(1), GlobalObjectives::default());
        for step in &acts {
            let before = sequencer.state().clone();
            let outcome = act(&tree, &mut sequencer, step);
            let state = sequencer.state();
            match outcome {
                Some(Outcome::Deliver(id)) => {
                    prop_assert!(tree.is_deliverable(id) && state.current == Some(id));
                    prop_assert!(tree.path(id).iter().all(|id| state.of(*id).active));
                }
                Some(Outcome::End) => prop_assert_eq!(state.current, None),
                Some(Outcome::Wait) => prop_assert!(state.current.is_some_and(|id| !state.of(id).active)),
                Some(Outcome::Refused(code)) if code.starts_with("NB") => prop_assert_eq!(&before, state),
                _ => {}
            }
            // Only the way to the current activity is under way, and all of what holds it is while it is.
            let path = state.current.map_or_else(Vec::new, |id| tree.path(id));
            let is_active = state.current.is_some_and(|id| state.of(id).active);
            for id in std::iter::once(NodeId::ROOT).chain(tree.activities()) {
                let (was, is) = (before.of(id), state.of(id));
                let on_the_way = path.contains(&id);
                prop_assert!(on_the_way || !is.active);
                prop_assert!(!is_active || !on_the_way || is.active);
                prop_assert!(is.attempts >= was.attempts);
                prop_assert!(is.primary.measure.is_none_or(|measure| (-1.0..=1.0).contains(&measure)));
                prop_assert!(is.primary.progress.is_none_or(|progress| (0.0..=1.0).contains(&progress)));
                prop_assert!(is.drawn.as_ref().is_none_or(|drawn| drawn.iter().all(|id2| tree.parent(*id2) == Some(id))));
            }
            if let Some(suspended) = state.suspended {
                prop_assert!(tree.path(suspended).iter().all(|id| state.of(*id).suspended && !state.of(*id).active));
            }
        }
    }

    #[test]
    fn a_restored_state_goes_on_like_the_one_that_was_stored(
        tree in any_tree(), before in prop::collection::vec(any_act(), 0..30), after in prop::collection::vec(any_act(), 0..30)
    ) {
        let mut first = Sequencer::new(&tree, State::seeded(1), GlobalObjectives::default());
        for step in &before {
            act(&tree, &mut first, step);
        }
        let stored = serde_json::to_string(&(first.state(), first.learner())).unwrap();
        let (state, learner) = serde_json::from_str(&stored).unwrap();
        let mut second = Sequencer::new(&tree, state, learner);
        for step in &after {
            prop_assert_eq!(act(&tree, &mut first, step), act(&tree, &mut second, step));
            prop_assert_eq!(first.state(), second.state());
            prop_assert_eq!(first.learner(), second.learner());
        }
    }

    #[test]
    fn what_is_offered_can_be_asked_for(tree in any_tree(), acts in prop::collection::vec(any_act(), 0..30)) {
        let mut sequencer = Sequencer::new(&tree, State::seeded(1), GlobalObjectives::default());
        for step in &acts {
            act(&tree, &mut sequencer, step);
        }
        for (position, offer) in sequencer.offers().into_iter().enumerate() {
            let id = if position == 0 { NodeId::ROOT } else { NodeId::of_index(position - 1) };
            prop_assert_eq!(offer, sequencer.offer(id));
            prop_assert!(!offer.selectable || sequencer.judge(Request::Choice(id)).is_ok());
        }
    }

    #[test]
    fn previous_that_is_offered_leads_somewhere(
        tree in any_tree(), ruled in any::<bool>(), acts in prop::collection::vec(any_act(), 0..30)
    ) {
        let tree = if ruled { tree } else { without_rules(&tree) };
        let mut sequencer = Sequencer::new(&tree, State::seeded(1), GlobalObjectives::default());
        for step in &acts {
            act(&tree, &mut sequencer, step);
            if !sequencer.offers_previous() {
                continue;
            }
            let mut asked = sequencer.clone();
            match asked.navigate(Request::Previous) {
                Outcome::Deliver(_) => {}
                outcome if !ruled => prop_assert!(false, "no rule says otherwise, and yet {outcome:?}"),
                // What is asked for is judged once the current activity has ended: its end may be what bars the way. Nothing
                // is taken away then.
                Outcome::Refused(_) => prop_assert_eq!(asked.state(), sequencer.state()),
                Outcome::Wait | Outcome::End => {}
            }
        }
    }
}
