//! Patterns: in which order the statements of a registration come (Structure 9, Communication 2.2).
//!
//! The specification matches greedily and never goes back, so what an element makes of the statements from some place on is
//! always the same. It is remembered: a pattern that names others twice at forty levels stays cheap.

use std::collections::HashMap;

use super::Profile;
use crate::core::LanguageMap;

/// An order of statements.
#[derive(Debug)]
pub struct Pattern {
    pub id: String,
    pub name: LanguageMap,
    /// Only these are asked whether statements follow them; the others are parts.
    pub is_primary: bool,
    pub(in crate::xapi) element: Element,
}

/// What a pattern is made of: names of templates and of other patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::xapi) enum Element {
    Sequence(Vec<String>),
    Alternates(Vec<String>),
    Optional(String),
    OneOrMore(String),
    ZeroOrMore(String),
}

impl Element {
    /// What it names.
    pub fn parts(&self) -> &[String] {
        match self {
            Element::Sequence(parts) | Element::Alternates(parts) => parts,
            Element::Optional(part) | Element::OneOrMore(part) | Element::ZeroOrMore(part) => {
                std::slice::from_ref(part)
            }
        }
    }
}

/// How statements stand to the patterns of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Course {
    /// None of them allows this order.
    Broken,
    /// So far in order; more is to come.
    Begun,
    /// In order and complete.
    Followed,
}

/// What an element made of the statements from a place on, and where the rest begins.
type Matched = (Outcome, usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Success,
    Partial,
    Failure,
}

impl Profile {
    /// Whether there is an order to keep.
    pub fn has_order(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.is_primary)
    }

    /// How statements in the order of their timestamps, each as the templates it matches, stand to the patterns: the best of
    /// what the primary ones say.
    pub fn course(&self, statements: &[Vec<&str>]) -> Course {
        let patterns = self.patterns.iter().map(|pattern| (pattern.id.as_str(), &pattern.element)).collect();
        let mut matcher = Matcher { patterns, statements, known: HashMap::new() };
        let primary = self.patterns.iter().filter(|pattern| pattern.is_primary);
        let courses = primary.map(|pattern| match matcher.element(&pattern.id, 0) {
            (Outcome::Success, rest) if rest == statements.len() => Course::Followed,
            (Outcome::Partial, rest) if rest == statements.len() => Course::Begun,
            _ => Course::Broken,
        });
        courses.max().unwrap_or(Course::Followed)
    }
}

struct Matcher<'p> {
    patterns: HashMap<&'p str, &'p Element>,
    statements: &'p [Vec<&'p str>],
    known: HashMap<(&'p str, usize), Matched>,
}

impl<'p> Matcher<'p> {
    fn element(&mut self, id: &'p str, from: usize) -> Matched {
        if let Some(known) = self.known.get(&(id, from)) {
            return *known;
        }
        let matched = match self.patterns.get(id).copied() {
            None => self.template(id, from),
            Some(Element::Sequence(parts)) => self.sequence(parts, from),
            Some(Element::Alternates(parts)) => self.alternates(parts, from),
            Some(Element::Optional(part)) => match self.element(part, from) {
                _ if from == self.statements.len() => (Outcome::Success, from),
                (Outcome::Failure, _) => (Outcome::Success, from),
                matched => matched,
            },
            Some(Element::OneOrMore(part)) => match self.element(part, from) {
                (Outcome::Success, rest) if rest > from => self.repeated(part, rest),
                matched => matched,
            },
            Some(Element::ZeroOrMore(part)) => self.repeated(part, from),
        };
        self.known.insert((id, from), matched);
        matched
    }

    fn template(&self, id: &str, from: usize) -> Matched {
        match self.statements.get(from) {
            None => (Outcome::Partial, from),
            Some(templates) if templates.contains(&id) => (Outcome::Success, from + 1),
            Some(_) => (Outcome::Failure, from),
        }
    }

    fn sequence(&mut self, parts: &'p [String], from: usize) -> Matched {
        let mut at = from;
        for part in parts {
            match self.element(part, at) {
                (Outcome::Success, rest) => at = rest,
                (Outcome::Partial, _) => return (Outcome::Partial, self.statements.len()),
                (Outcome::Failure, _) => return (Outcome::Failure, from),
            }
        }
        (Outcome::Success, at)
    }

    /// The longest of what matches; a part that is only begun counts where none matches.
    fn alternates(&mut self, parts: &'p [String], from: usize) -> Matched {
        let mut best = (Outcome::Failure, from);
        for part in parts {
            match (self.element(part, from), best.0) {
                ((Outcome::Success, rest), Outcome::Success) => best.1 = best.1.max(rest),
                ((Outcome::Success, rest), _) => best = (Outcome::Success, rest),
                ((Outcome::Partial, _), Outcome::Failure) => best = (Outcome::Partial, self.statements.len()),
                _ => {}
            }
        }
        best
    }

    /// As often as it goes; one more that is only begun makes the whole begun.
    fn repeated(&mut self, part: &'p str, from: usize) -> Matched {
        let mut at = from;
        while at < self.statements.len() {
            match self.element(part, at) {
                (Outcome::Success, rest) if rest > at => at = rest,
                (Outcome::Partial, _) => return (Outcome::Partial, self.statements.len()),
                _ => break,
            }
        }
        (Outcome::Success, at)
    }
}

/// A pattern that is within itself, or the pattern at which they are nested too deeply (Structure 9): by its place.
pub(in crate::xapi) fn circle(patterns: &[Pattern], deepest: usize) -> Option<usize> {
    /// How deep each is nested; `None` while it is being measured.
    fn depth(
        at: usize,
        patterns: &[Pattern],
        places: &HashMap<&str, usize>,
        known: &mut HashMap<usize, Option<usize>>,
        left: usize,
    ) -> Option<usize> {
        match known.get(&at) {
            Some(found) => return *found,
            None if left == 0 => return None,
            None => _ = known.insert(at, None),
        }
        let mut deepest = 0;
        for part in patterns[at].element.parts() {
            if let Some(place) = places.get(part.as_str()) {
                deepest = deepest.max(depth(*place, patterns, places, known, left - 1)?);
            }
        }
        known.insert(at, Some(deepest + 1));
        Some(deepest + 1)
    }
    let places: HashMap<&str, usize> =
        patterns.iter().enumerate().map(|(place, pattern)| (pattern.id.as_str(), place)).collect();
    let mut known = HashMap::new();
    (0..patterns.len())
        .find(|at| depth(*at, patterns, &places, &mut known, deepest).is_none_or(|depth| depth > deepest))
}
