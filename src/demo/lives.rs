//! How the demo's people go about what they are asked to learn: pure, and the same each time the demo is loaded.

use super::people::{Agent, CULTURE, DIGITAL, FINANCE, NATURE, ROADS, SCHOOLS, SOLIDARITY, STAFF};
use crate::core::Dice;

/// How somebody takes a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Begins within days and goes straight through.
    Eager,
    /// Begins in good time, a step now and then.
    Steady,
    /// Begins when it is nearly due.
    Late,
    /// Begins, and stops half-way.
    Wavering,
    /// Never opens it.
    Absent,
    /// Does all of it today.
    Today,
}

/// How far somebody goes in what they open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Far {
    /// Looks at the beginning.
    Begun,
    /// Stops half-way.
    Half,
    /// Goes to the end.
    Done,
}

/// One sitting: the day from today, the minute of the day, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    pub day: i64,
    pub minute: i64,
    pub far: Far,
}

/// Those whose pages are looked at first: what they have done is chosen, not thrown.
const CHOSEN: [(&str, &str, Manner); 10] = [
    ("camille", "chantier", Manner::Eager),
    ("camille", "numerique", Manner::Wavering),
    ("camille", "incendie", Manner::Absent),
    ("marc", "chantier", Manner::Steady),
    ("marc", "numerique", Manner::Steady),
    ("thomas", "numerique", Manner::Eager),
    ("agathe", "incendie", Manner::Today),
    ("antoine", "incendie", Manner::Today),
    ("sandrine", "incendie", Manner::Today),
    ("julien", "chantier", Manner::Wavering),
];

/// How an agent takes a programme. Some directions are keener than others, as everywhere.
pub fn manner(agent: &Agent, programme: &str) -> Manner {
    let chosen = CHOSEN.iter().find(|(login, name, _)| *login == agent.login && *name == programme);
    if let Some((.., manner)) = chosen {
        return *manner;
    }
    let keen = match agent.direction {
        CULTURE => 30,
        STAFF | DIGITAL => 20,
        ROADS => 8,
        FINANCE => 0,
        SOLIDARITY => -6,
        SCHOOLS => -18,
        NATURE => -24,
        _ => 4,
    };
    match Dice::of(&format!("{} {programme}", agent.login)).below(100) as i64 + keen {
        82.. => Manner::Eager,
        46.. => Manner::Steady,
        34.. => Manner::Late,
        14.. => Manner::Wavering,
        _ => Manner::Absent,
    }
}

/// What somebody knows before they begin, in per cent of the right answers.
pub fn skill(agent: &Agent) -> u64 {
    55 + Dice::of(&format!("{} knows", agent.login)).below(43)
}

/// The sittings of a programme of so many steps, begun after the day `enrolled`, with a day by which it is due or about six
/// weeks. They may reach beyond today; more are planned than there are steps, for not all goes well at once.
pub fn visits(manner: Manner, enrolled: i64, due: Option<i64>, steps: usize, dice: &mut Dice) -> Vec<Visit> {
    let span = (due.unwrap_or(enrolled + 45) - enrolled).max(7);
    let mut between = |from: i64, to: i64| from + dice.below((to - from).max(0).unsigned_abs() + 1) as i64;
    let (first, pause) = match manner {
        Manner::Eager => (between(1, 4), (0, 3)),
        Manner::Steady => (between(span / 6, span / 2), (2, 7)),
        Manner::Late => (between(span * 5 / 6, span * 21 / 20), (2, 6)),
        Manner::Wavering => (between(span / 10, span / 2), (3, 9)),
        Manner::Absent => return Vec::new(),
        Manner::Today => (-enrolled, (0, 0)),
    };
    let planned = match manner {
        Manner::Wavering => between(1, (steps as i64 - 1).max(1)),
        _ => steps as i64 + 3,
    };
    let mut day = enrolled + first;
    let mut visits = Vec::new();
    for place in 0..planned {
        // At work; now and then somebody has only the evening.
        let minute = if between(0, 11) == 0 { between(19 * 60, 21 * 60) } else { office(between(0, 420)) };
        let far = match manner {
            Manner::Wavering if place + 1 == planned => {
                if between(0, 2) == 0 {
                    Far::Begun
                } else {
                    Far::Half
                }
            }
            _ => Far::Done,
        };
        visits.push(Visit { day, minute, far });
        day += between(pause.0, pause.1);
    }
    visits
}

/// A minute of the working hours: half past eight to noon, half past one to five.
fn office(minute: i64) -> i64 {
    if minute < 210 { 8 * 60 + 30 + minute } else { 10 * 60 + minute }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::people::{AGENTS, named};

    #[test]
    fn people_differ_and_remain_the_same() {
        let manners: Vec<Manner> = AGENTS.iter().map(|agent| manner(agent, "numerique")).collect();
        for expected in [Manner::Eager, Manner::Steady, Manner::Late, Manner::Wavering, Manner::Absent] {
            assert!(manners.iter().filter(|manner| **manner == expected).count() >= 3, "{expected:?} in {manners:?}");
        }
        assert_eq!(manners, AGENTS.iter().map(|agent| manner(agent, "numerique")).collect::<Vec<_>>());
        assert_eq!(manner(named("camille").unwrap(), "chantier"), Manner::Eager);
        assert!(AGENTS.iter().all(|agent| (55..98).contains(&skill(agent))));
    }

    #[test]
    fn sittings_follow_the_enrolment_and_are_in_order() {
        for (manner, seed) in [Manner::Eager, Manner::Steady, Manner::Late, Manner::Wavering].into_iter().zip(0..) {
            let visits = visits(manner, -58, Some(12), 5, &mut Dice::new(seed));
            assert!(!visits.is_empty() && visits[0].day > -58, "{manner:?}: {visits:?}");
            assert!(visits.windows(2).all(|pair| pair[0].day <= pair[1].day), "{manner:?}: {visits:?}");
        }
        assert_eq!(visits(Manner::Absent, -58, None, 5, &mut Dice::new(1)), []);
        let stops = visits(Manner::Wavering, -58, None, 5, &mut Dice::new(3));
        assert!(stops.len() < 5 && stops.last().is_some_and(|visit| visit.far != Far::Done), "{stops:?}");
    }
}
