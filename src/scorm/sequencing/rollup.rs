//! Rollup (SN 4.6, processes RB.1): the status of a group follows from its children.

use super::tree::{Action, ChildSet, Condition, Considered, NodeId, RollupRule, State, Tree};

/// RB.1.5 Overall Rollup Process: after `from` changed, every activity above it is judged again, from below upwards.
pub fn overall(tree: &Tree, state: &mut State, from: NodeId) {
    let mut path = tree.path(from);
    if tree.is_leaf(from) {
        path.pop();
    }
    for id in path.into_iter().rev() {
        if !tree.settings(id).tracked {
            continue;
        }
        measure(tree, state, id);
        objective(tree, state, id);
        progress(tree, state, id);
    }
}

/// RB.1.1 Measure Rollup: the weighted mean of the children's measures; a child without one counts as zero.
/// RB.1.1.b does the same for what is completed.
fn measure(tree: &Tree, state: &mut State, id: NodeId) {
    let (mut sum, mut weights, mut any) = (0.0, 0.0, false);
    let (mut done, mut done_weights, mut any_done) = (0.0, 0.0, false);
    for child in tree.children(id).iter().filter(|child| tree.settings(**child).tracked) {
        let (settings, tracking) = (tree.settings(*child), state.of(*child));
        weights += settings.measure_weight;
        if let Some(measure) = tracking.measure {
            sum += settings.measure_weight * measure;
            any = true;
        }
        done_weights += settings.threshold.weight;
        if let Some(progress) = tracking.progress {
            done += settings.threshold.weight * progress;
            any_done = true;
        }
    }
    let tracking = state.of_mut(id);
    tracking.measure = (any && weights > 0.0).then(|| sum / weights);
    tracking.progress = (any_done && done_weights > 0.0).then(|| done / done_weights);
}

/// RB.1.2 Objective Rollup: by measure (RB.1.2.a) where the objective says so, else by rules (RB.1.2.b).
fn objective(tree: &Tree, state: &mut State, id: NodeId) {
    let settings = tree.settings(id);
    let satisfied = if settings.satisfied_by_measure {
        let decides = settings.measure_if_active || !state.of(id).active;
        state.of(id).measure.filter(|_| decides).map(|measure| measure >= settings.minimum_measure)
    } else {
        let not_satisfied = check(
            tree,
            state,
            id,
            Action::NotSatisfied,
            &default_rule(Condition::ObjectiveStatusKnown, Action::NotSatisfied),
        );
        let satisfied =
            check(tree, state, id, Action::Satisfied, &default_rule(Condition::Satisfied, Action::Satisfied));
        decided(satisfied, not_satisfied, state.of(id).satisfied)
    };
    state.of_mut(id).satisfied = satisfied;
}

/// RB.1.3 Activity Progress Rollup: by measure (RB.1.3.a) where the threshold says so, else by rules (RB.1.3.b).
fn progress(tree: &Tree, state: &mut State, id: NodeId) {
    let threshold = tree.settings(id).threshold;
    let completed = if threshold.by_measure {
        state.of(id).progress.map(|progress| progress >= threshold.minimum)
    } else {
        let incomplete = check(
            tree,
            state,
            id,
            Action::Incomplete,
            &default_rule(Condition::ActivityProgressKnown, Action::Incomplete),
        );
        let completed =
            check(tree, state, id, Action::Completed, &default_rule(Condition::Completed, Action::Completed));
        decided(completed, incomplete, state.of(id).completed)
    };
    state.of_mut(id).completed = completed;
}

/// The positive rule is applied last and wins; without either the status stays as it was.
fn decided(positive: bool, negative: bool, before: Option<bool>) -> Option<bool> {
    if positive {
        Some(true)
    } else if negative {
        Some(false)
    } else {
        before
    }
}

/// The rule that holds where a group brings none for either outcome (RB.1.2.b and RB.1.3.b, step 1).
fn default_rule(condition: Condition, action: Action) -> RollupRule {
    RollupRule { children: ChildSet::All, all_conditions: false, conditions: vec![(condition, false)], action }
}

/// RB.1.4 Rollup Rule Check Subprocess, with `default` where the group has no rule for this status at all.
fn check(tree: &Tree, state: &State, id: NodeId, action: Action, default: &RollupRule) -> bool {
    let concerns_objective = |action| matches!(action, Action::Satisfied | Action::NotSatisfied);
    let rules = &tree.settings(id).rules;
    if rules.iter().any(|rule| concerns_objective(rule.action) == concerns_objective(action)) {
        rules.iter().filter(|rule| rule.action == action).any(|rule| holds(tree, state, id, rule))
    } else {
        holds(tree, state, id, default)
    }
}

fn holds(tree: &Tree, state: &State, id: NodeId, rule: &RollupRule) -> bool {
    let judged: Vec<Option<bool>> = tree
        .children(id)
        .iter()
        .filter(|child| tree.settings(**child).tracked && contributes(tree, state, **child, rule.action))
        .map(|child| evaluate(state, *child, rule))
        .collect();
    let met = judged.iter().filter(|outcome| **outcome == Some(true)).count();
    match rule.children {
        // No child speaks for or against: the rule says nothing.
        _ if judged.is_empty() => false,
        ChildSet::All => met == judged.len(),
        ChildSet::Any => met > 0,
        ChildSet::None => judged.iter().all(|outcome| *outcome == Some(false)),
        ChildSet::AtLeastCount(count) => met >= count,
        ChildSet::AtLeastPercent(percent) => met as f64 / judged.len() as f64 >= percent,
    }
}

/// RB.1.4.1 Evaluate Rollup Conditions Subprocess; `None` is "unknown".
fn evaluate(state: &State, child: NodeId, rule: &RollupRule) -> Option<bool> {
    if rule.conditions.is_empty() {
        return None;
    }
    let tracking = state.of(child);
    let known = |condition: &Condition| match condition {
        Condition::Satisfied => tracking.satisfied,
        Condition::ObjectiveStatusKnown => Some(tracking.satisfied.is_some()),
        Condition::ObjectiveMeasureKnown => Some(tracking.measure.is_some()),
        Condition::Completed => tracking.completed,
        Condition::ActivityProgressKnown => Some(tracking.completed.is_some()),
        Condition::Attempted => Some(tracking.attempts > 0),
        Condition::Untracked => None,
    };
    let outcomes = rule.conditions.iter().map(|(condition, negated)| known(condition).map(|value| value != *negated));
    // Three-valued logic: false is below unknown is below true; "all" is the lowest, "any" the highest.
    let rank = |outcome: &Option<bool>| outcome.map_or(1, |value| if value { 2 } else { 0 });
    if rule.all_conditions { outcomes.min_by_key(rank) } else { outcomes.max_by_key(rank) }.flatten()
}

/// RB.1.4.2 Check Child for Rollup Subprocess.
fn contributes(tree: &Tree, state: &State, child: NodeId, action: Action) -> bool {
    let (settings, tracking) = (tree.settings(child), state.of(child));
    let (takes_part, considered) = match action {
        Action::Satisfied => (settings.rollup_objective, settings.required_for_satisfied),
        Action::NotSatisfied => (settings.rollup_objective, settings.required_for_not_satisfied),
        Action::Completed => (settings.rollup_progress, settings.required_for_completed),
        Action::Incomplete => (settings.rollup_progress, settings.required_for_incomplete),
    };
    takes_part
        && match considered {
            Considered::Always | Considered::IfNotSkipped => true,
            Considered::IfAttempted => tracking.attempts > 0,
            Considered::IfNotSuspended => tracking.attempts > 0 && !tracking.suspended,
        }
}
