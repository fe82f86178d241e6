//! Plays a case: the learner and the content of its script, on one course.

use std::collections::HashMap;
use std::io::{Seek, Write};
use std::path::Path;

use preau::packages::archive::{Archive, Limits};
use preau::packages::findings::Findings;
use preau::packages::manifest;
use preau::packages::model::{ActivityDetails, OutlineCourse, ScormItem};
use preau::runtime::sequenced;
use preau::scorm::Version;
use preau::scorm::asked::Asked;
use preau::scorm::record::{Changes, Learner, Mode, Record};
use preau::scorm::sequencing::{GlobalObjectives, NodeId, Offer, Outcome, Request, Sequencer, State, Tree};

use super::api::Api;
use super::compare;
use super::script::{Call, Case, Question, Step, Visit};
use crate::support::learning::zip;

const V2004: Version = Version::Scorm2004;

/// The course of a case.
pub struct Course {
    tree: Tree,
    items: Vec<ScormItem>,
    launches: Vec<String>,
}

impl Course {
    /// Reads the manifest of a case; the files that its visits launch are there, and empty.
    pub fn read(folder: &Path, case: &Case) -> Self {
        let manifest = std::fs::read(folder.join("imsmanifest.xml")).expect("the manifest of the case");
        let mut files: Vec<(&str, &[u8])> = vec![("imsmanifest.xml", &manifest)];
        for visit in &case.visits {
            let path = visit.launch.split(['?', '#']).next().unwrap_or_default();
            if !files.iter().any(|(name, _)| *name == path) {
                files.push((path, b""));
            }
        }
        let mut file = tempfile::tempfile().expect("a file for the archive");
        file.write_all(&zip(&files)).expect("room for the archive");
        file.rewind().expect("a file to read from its beginning");
        let (limits, mut findings) = (Limits::default(), Findings::new());
        let mut archive = Archive::open(file, &limits, &mut findings).expect("an archive");
        let outline = manifest::of_archive(&mut archive, &limits, &mut findings).expect("a manifest that is accepted");
        Self::of(outline.courses.into_iter().next().expect("a course"))
    }

    fn of(course: OutlineCourse) -> Self {
        let (mut items, mut launches, mut details) = (Vec::new(), Vec::new(), Vec::new());
        for activity in course.activities {
            let ActivityDetails::Scorm(item) = activity.details else { panic!("an item of SCORM") };
            let place = (activity.parent, activity.identifier.as_str());
            items.push(sequenced::item(place, &item, activity.launchable, activity.visible));
            launches.push(activity.href.unwrap_or_default());
            details.push(*item);
        }
        let tree = Tree::new(sequenced::root(&course.identifier, &course.details), items);
        Self { tree, items: details, launches }
    }

    fn node(&self, name: &str) -> NodeId {
        // Identifiers are compared as the cases write them: white space trimmed and collapsed.
        let plain = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ");
        let found = self.tree.activities().find(|id| plain(self.tree.identifier(*id)) == name);
        found.or_else(|| self.tree.named(name)).unwrap_or_else(|| panic!("the course has no item {name}"))
    }

    fn request(&self, nav: &str) -> Request {
        match nav.split_once(':') {
            Some(("choice", target)) => Request::Choice(self.node(target)),
            Some(("jump", target)) => Request::Jump(self.node(target)),
            _ => Asked::of("", nav).and_then(|asked| asked.request(&self.tree)).expect("a request of the README"),
        }
    }
}

/// One learner in one course.
pub struct Play<'c> {
    course: &'c Course,
    sequencer: Sequencer<'c>,
    records: HashMap<NodeId, Record>,
    /// The content that is open, as long as it has not terminated.
    api: Option<Api>,
    launches: usize,
    faults: Vec<String>,
}

impl<'c> Play<'c> {
    pub fn new(course: &'c Course, objectives: GlobalObjectives) -> Self {
        let sequencer = Sequencer::new(&course.tree, State::default(), objectives);
        Self { course, sequencer, records: HashMap::new(), api: None, launches: 0, faults: Vec::new() }
    }

    /// Plays the case to its end, or to the first wrong delivery. Answers the learner's objectives and what was wrong.
    pub fn run(mut self, case: &Case) -> (GlobalObjectives, Vec<String>) {
        let mut outcome = self.begin(&case.start.nav);
        for (index, visit) in case.visits.iter().enumerate() {
            match self.check_delivery(outcome, visit) {
                Ok(node) => outcome = self.visit(node, visit, index + 1),
                Err(fault) => {
                    self.faults.push(format!("visit {}: {fault}", index + 1));
                    return (self.sequencer.learner().clone(), self.faults);
                }
            }
        }
        if let Outcome::Deliver(node) = outcome {
            self.faults.push(format!("at the end {} is delivered", self.course.tree.identifier(node)));
        }
        if case.ends.checked && self.sequencer.state().current.is_some() {
            self.faults.push(format!("at the end the session goes on ({outcome:?})"));
        }
        (self.sequencer.learner().clone(), self.faults)
    }

    /// The learner opens the course.
    fn begin(&mut self, nav: &str) -> Outcome {
        let is_suspended = self.sequencer.state().suspended.is_some();
        match nav {
            "start" if is_suspended => self.navigate(Request::ResumeAll),
            "start" => self.navigate(Request::Start),
            other => self.navigate(self.course.request(other)),
        }
    }

    fn navigate(&mut self, request: Request) -> Outcome {
        self.restore();
        self.sequencer.navigate(request)
    }

    /// Every request goes to a sequencer that was stored and restored, as between two requests of a browser.
    fn restore(&mut self) {
        let stored = serde_json::to_string(self.sequencer.state()).expect("a state is JSON");
        let state = serde_json::from_str(&stored).expect("a state is read back");
        self.sequencer = Sequencer::new(&self.course.tree, state, self.sequencer.learner().clone());
    }

    fn check_delivery(&self, outcome: Outcome, visit: &Visit) -> Result<NodeId, String> {
        let expected = self.course.node(&visit.activity);
        match outcome {
            Outcome::Deliver(node) if node == expected => {
                let launch = node.index().map_or("", |index| &self.course.launches[index]);
                if launch == visit.launch {
                    Ok(node)
                } else {
                    Err(format!("launches {launch} instead of {}", visit.launch))
                }
            }
            Outcome::Deliver(node) => {
                Err(format!("delivers {} instead of {}", self.course.tree.identifier(node), visit.activity))
            }
            other => Err(format!("{other:?} instead of {}", visit.activity)),
        }
    }

    fn visit(&mut self, node: NodeId, visit: &Visit, number: usize) -> Outcome {
        for question in &visit.ui {
            if self.answer(node, question) != question.expect {
                self.faults.push(format!("visit {number}: {} Not {}", question.question, question.expect));
            }
        }
        let mut outcome = Outcome::Wait;
        if visit.content == "sco" {
            self.open(node);
            self.make(&visit.calls, number);
            if self.api.as_ref().is_some_and(Api::is_terminated) {
                outcome = self.close(node, true);
            }
        }
        self.step(node, visit, outcome, number)
    }

    /// What leads to the next visit.
    fn step(&mut self, node: NodeId, visit: &Visit, outcome: Outcome, number: usize) -> Outcome {
        let then: &Step = &visit.then;
        if then.nav == "relaunch" {
            self.take_away(node, visit, number);
            if let Some(before) = &then.before {
                self.navigate(self.course.request(before));
            }
            let state = self.sequencer.state();
            let session = match (state.current, state.suspended) {
                (None, Some(_)) => "suspended",
                (None, None) => "ended",
                (Some(_), _) => "going on",
            };
            if then.session.as_deref() != Some(session) {
                self.faults.push(format!("visit {number}: the session is {session} before the relaunch"));
            }
            return match &then.choose {
                Some(item) => self.begin(&format!("choice:{item}")),
                None => self.begin("start"),
            };
        }
        if then.by == "content" {
            return outcome;
        }
        self.take_away(node, visit, number);
        self.navigate(self.course.request(&then.nav))
    }

    /// The content is taken away while it is open: its last calls count, what it asks for does not.
    fn take_away(&mut self, node: NodeId, visit: &Visit, number: usize) {
        if self.api.is_some() {
            self.make(&visit.unload, number);
            self.close(node, false);
        }
    }

    fn rules(&self, node: NodeId) -> preau::scorm::record::Rules {
        let item = node.index().map(|index| self.course.items[index].clone()).unwrap_or_default();
        sequenced::rules(item, &self.sequencer, node)
    }

    fn open(&mut self, node: NodeId) {
        self.launches += 1;
        let rules = self.rules(node);
        let attempt = self.sequencer.state().of(node).attempts;
        let launch = self.launches.to_string();
        let (record, entry) = Record::enter(self.records.remove(&node), V2004, &rules, attempt, &launch);
        let learner = Learner { id: "learner".to_owned(), name: "Petit, Camille".to_owned() };
        let mut elements = record.initial(V2004, &learner, &rules, Mode::Normal, entry);
        let mut put = |name: String, valid: bool| drop(elements.insert(name, valid.to_string()));
        put("adl.nav.request_valid.continue".to_owned(), self.sequencer.offers_continue());
        put("adl.nav.request_valid.previous".to_owned(), self.sequencer.offers_previous());
        for target in self.course.tree.activities() {
            let name = self.course.tree.identifier(target);
            put(format!("adl.nav.request_valid.choice.{{target={name}}}"), self.sequencer.may_choose(target));
            put(format!("adl.nav.request_valid.jump.{{target={name}}}"), self.sequencer.may_jump(target));
        }
        self.api = Some(Api::new(&elements));
        self.records.insert(node, record);
    }

    fn make(&mut self, calls: &[Call], number: usize) {
        let api = self.api.as_mut().expect("content that is open");
        for call in calls {
            let placed = match &call.n {
                None => None,
                Some(lookup) => {
                    let Some(place) = api.ids(&lookup.collection).iter().position(|id| *id == lookup.id) else {
                        self.faults.push(format!("visit {number}: {} has no {}", lookup.collection, lookup.id));
                        continue;
                    };
                    call.element.as_ref().map(|element| element.replace("{n}", &place.to_string()))
                }
            };
            let call = Call { element: placed.or_else(|| call.element.clone()), ..call.clone() };
            let answer = api.call(&call);
            let expected =
                call.error.as_ref().and_then(|error| error.as_u64().or_else(|| error.as_str()?.parse().ok()));
            if let Some(fault) = compare::fault(&call, &answer) {
                self.faults.push(format!("visit {number}: {fault}"));
            }
            if expected.is_some_and(|expected| expected != u64::from(api.error())) {
                let element = call.element.as_deref().unwrap_or_default();
                self.faults.push(format!("visit {number}: {}({element}) has error {}", call.function, api.error()));
            }
        }
    }

    /// The content's session is over: what it told is recorded, and what it asked for is done if its request counts.
    fn close(&mut self, node: NodeId, may_ask: bool) -> Outcome {
        let Some(api) = self.api.take() else { return Outcome::Wait };
        let rules = self.rules(node);
        let record = self.records.get_mut(&node).expect("the record of what is open");
        let exit = api.peek("cmi.exit").unwrap_or_default().to_owned();
        let set = api.changes();
        let changes = Changes { set, session_time: api.peek("cmi.session_time"), terminate: true, exit: Some(&exit) };
        let refused = record.commit(V2004, &rules, &self.launches.to_string(), &changes);
        assert_eq!(refused, [], "what the content could set is accepted");
        let told = record.told(V2004, &rules, record.suspended);
        let request = if may_ask { api.peek("adl.nav.request").unwrap_or_default() } else { "" };
        let asked = Asked::of(&exit, request).and_then(|asked| asked.request(&self.course.tree));
        self.restore();
        self.sequencer.terminated(node, &told, asked).unwrap_or(Outcome::Wait)
    }

    fn answer(&self, node: NodeId, question: &Question) -> bool {
        let hides = |part: &str| {
            let item = node.index().map(|index| &self.course.items[index]);
            item.is_some_and(|item| item.hide_lms_ui.iter().any(|hidden| hidden == part))
        };
        let offer = |id: NodeId| -> Offer { self.sequencer.offer(id) };
        let is_choosable = |id: NodeId| offer(id).visible && offer(id).selectable;
        let enabled = match question.about.as_str() {
            "continue" => self.sequencer.offers_continue() && !hides("continue"),
            "previous" => self.sequencer.offers_previous() && !hides("previous"),
            "toc" => match (&question.item, question.is.as_str()) {
                (Some(item), "visible") => offer(self.course.node(item)).visible,
                (Some(item), _) => is_choosable(self.course.node(item)),
                (None, _) => self.course.tree.activities().any(|id| id != node && is_choosable(id)),
            },
            other => panic!("a control that the README does not tell of: {other}"),
        };
        enabled != (question.is == "disabled")
    }
}
