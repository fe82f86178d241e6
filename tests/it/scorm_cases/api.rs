//! `API_1484_11` on the data model, as the launch frame has it: the state of the session, its error codes, and what is committed.

use std::collections::HashMap;
use std::sync::LazyLock;

use preau::scorm::Version;
use preau::scorm::data_model::{DataModel, Elements};
use serde_json::Value;

use super::script::Call;

static TABLE: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../src/scorm/data-model/scorm2004.json")).expect("the table is JSON")
});

#[derive(PartialEq)]
enum Phase {
    Before,
    Running,
    After,
}

pub struct Api {
    model: DataModel,
    phase: Phase,
    error: u32,
    /// What the content set, in the order in which it first did.
    set: Vec<String>,
}

impl Api {
    pub fn new(elements: &Elements) -> Self {
        let model = DataModel::new(Version::Scorm2004, elements, HashMap::new());
        Self { model, phase: Phase::Before, error: 0, set: Vec::new() }
    }

    pub fn error(&self) -> u32 {
        self.error
    }

    pub fn is_terminated(&self) -> bool {
        self.phase == Phase::After
    }

    pub fn peek(&self, element: &str) -> Option<&str> {
        self.model.peek(element)
    }

    /// What a commit of the whole session carries.
    pub fn changes(&self) -> Vec<(&str, &str)> {
        self.set.iter().filter_map(|name| Some((name.as_str(), self.model.peek(name)?))).collect()
    }

    pub fn call(&mut self, call: &Call) -> String {
        let element = call.element.as_deref().unwrap_or_default();
        match call.function.as_str() {
            "Initialize" => self.initialize(element),
            "Terminate" => self.terminate(element),
            "Commit" => self.commit(element),
            "GetValue" => self.get(element),
            "SetValue" => self.set(element, call.value.as_deref().unwrap_or_default()),
            "GetLastError" => self.error.to_string(),
            "GetErrorString" => TABLE["errors"][element].as_str().unwrap_or_default().to_owned(),
            "GetDiagnostic" => {
                let code = if element.is_empty() { self.error.to_string() } else { element.to_owned() };
                TABLE["errors"][&code].as_str().unwrap_or_default().to_owned()
            }
            "ObjectiveIds" => self.ids(element).join("\n"),
            other => panic!("a function that the API does not have: {other}"),
        }
    }

    /// The identifiers of a collection's entries.
    pub fn ids(&mut self, collection: &str) -> Vec<String> {
        let count: usize = self.get(&format!("{collection}._count")).parse().unwrap_or_default();
        (0..count).map(|index| self.get(&format!("{collection}.{index}.id"))).collect()
    }

    fn answer(&mut self, fault: Option<&str>) -> String {
        self.error = fault.map_or(0, |fault| TABLE["codes"][fault].as_u64().expect("a code of the table") as u32);
        if fault.is_none() { "true" } else { "false" }.to_owned()
    }

    fn initialize(&mut self, parameter: &str) -> String {
        let fault = match self.phase {
            _ if !parameter.is_empty() => Some("argument"),
            Phase::Running => Some("already_initialized"),
            Phase::After => Some("terminated"),
            Phase::Before => None,
        };
        if fault.is_none() {
            self.phase = Phase::Running;
        }
        self.answer(fault)
    }

    fn terminate(&mut self, parameter: &str) -> String {
        let fault = match self.phase {
            _ if !parameter.is_empty() => Some("argument"),
            Phase::Before => Some("terminate_before"),
            Phase::After => Some("terminate_after"),
            Phase::Running => None,
        };
        if fault.is_none() {
            self.phase = Phase::After;
        }
        self.answer(fault)
    }

    fn commit(&mut self, parameter: &str) -> String {
        let fault = match self.phase {
            _ if !parameter.is_empty() => Some("argument"),
            Phase::Before => Some("commit_before"),
            Phase::After => Some("commit_after"),
            Phase::Running => None,
        };
        self.answer(fault)
    }

    fn get(&mut self, element: &str) -> String {
        match self.phase {
            Phase::Before => drop(self.answer(Some("get_before"))),
            Phase::After => drop(self.answer(Some("get_after"))),
            Phase::Running => {
                let found = self.model.get(element);
                self.error = found.as_ref().err().map_or(0, |fault| self.model.code(*fault));
                return found.unwrap_or_default();
            }
        }
        String::new()
    }

    fn set(&mut self, element: &str, value: &str) -> String {
        match self.phase {
            Phase::Before => self.answer(Some("set_before")),
            Phase::After => self.answer(Some("set_after")),
            Phase::Running => {
                let done = self.model.set(element, value);
                self.error = done.err().map_or(0, |fault| self.model.code(fault));
                if done.is_ok() && !self.set.iter().any(|name| name == element) {
                    self.set.push(element.to_owned());
                }
                done.is_ok().to_string()
            }
        }
    }
}
