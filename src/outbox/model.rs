//! Events and their kinds.

use std::str::FromStr;

use serde::Serialize;
use serde_json::{Value, json};

use crate::core::{PersonId, ProgrammeId, Timestamp};

/// The version of every body. It grows when a member changes its meaning or goes; new members leave it as it is.
const VERSION: u32 = 1;

/// What an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// Somebody is to follow a programme.
    EnrolmentCreated,
    /// Somebody has done all a programme asks for.
    ProgrammeCompleted,
    /// Somebody has completed a course.
    CourseCompleted,
    /// A programme, or a new version of it, can be followed.
    ProgrammePublished,
    /// Nothing: an administrator tries an endpoint out. Never in the outbox of everybody.
    Test,
}

impl EventKind {
    /// What an endpoint can ask for.
    pub const ALL: [EventKind; 4] = [
        EventKind::EnrolmentCreated,
        EventKind::ProgrammeCompleted,
        EventKind::CourseCompleted,
        EventKind::ProgrammePublished,
    ];

    /// The stable name: `type` of the body.
    pub fn name(self) -> &'static str {
        match self {
            EventKind::EnrolmentCreated => "enrolment.created",
            EventKind::ProgrammeCompleted => "programme.completed",
            EventKind::CourseCompleted => "course.completed",
            EventKind::ProgrammePublished => "programme.published",
            EventKind::Test => "test",
        }
    }
}

impl FromStr for EventKind {
    type Err = ();
    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(())
    }
}

/// Something that happened, for those outside who want to know.
#[derive(Clone, Debug)]
pub struct Event {
    kind: EventKind,
    data: Value,
    programme: Option<ProgrammeId>,
    person: Option<PersonId>,
}

impl Event {
    /// What happened, with the `data` of its body: identifiers, IRIs and titles; no more of a person than who they are.
    pub fn new(kind: EventKind, data: impl Serialize) -> Self {
        // Bodies are plain structs and `json!` values: they always have a JSON form.
        let data = serde_json::to_value(data).unwrap_or_default();
        Self { kind, data, programme: None, person: None }
    }

    /// It is about this programme: endpoints of a space hear of it if the space shows the programme.
    pub fn programme(mut self, id: ProgrammeId) -> Self {
        self.programme = Some(id);
        self
    }

    /// It is about this person: endpoints of a space hear of it if the person is a member.
    pub fn person(mut self, id: PersonId) -> Self {
        self.person = Some(id);
        self
    }

    pub(super) fn kind(&self) -> EventKind {
        self.kind
    }

    pub(super) fn about(&self) -> (Option<ProgrammeId>, Option<PersonId>) {
        (self.programme, self.person)
    }

    /// The body as it will be sent, in the shape that Standard Webhooks recommends.
    pub fn body(&self, at: Timestamp) -> String {
        let (kind, data) = (self.kind.name(), &self.data);
        json!({ "type": kind, "timestamp": at.rfc3339(), "version": VERSION, "data": data }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_says_what_happened_when_and_in_which_version() {
        let event = Event::new(EventKind::CourseCompleted, json!({"course": {"id": "c"}}));
        let expected = r#"{"type":"course.completed","timestamp":"1970-01-01T00:00:01.000Z","version":1,"data":{"course":{"id":"c"}}}"#;
        assert_eq!(event.body(Timestamp(1_000_000)), expected);
    }

    #[test]
    fn an_endpoint_can_ask_for_every_kind_by_its_name_and_for_no_other() {
        for kind in EventKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert!("test".parse::<EventKind>().is_err());
    }
}
