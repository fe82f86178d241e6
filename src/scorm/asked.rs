//! What content asks of the sequencing when its session ends.

use super::sequencing::{Request, Tree};

/// What the end of a session asks of the sequencing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    Continue,
    Previous,
    Choice(&'a str),
    Jump(&'a str),
    Exit,
    ExitAll,
    SuspendAll,
    Abandon,
    AbandonAll,
}

impl<'a> Asked<'a> {
    /// What `cmi.exit` and `adl.nav.request` say together: a time-out or a logout ends the course whatever else was asked for
    /// (RTE 4.2.8).
    pub fn of(exit: &str, request: &'a str) -> Option<Self> {
        if matches!(exit, "time-out" | "logout") {
            return Some(Self::ExitAll);
        }
        Some(match request {
            "continue" => Self::Continue,
            "previous" => Self::Previous,
            "exit" => Self::Exit,
            "exitAll" => Self::ExitAll,
            "suspendAll" => Self::SuspendAll,
            "abandon" => Self::Abandon,
            "abandonAll" => Self::AbandonAll,
            other => {
                // As the content writes it, or as it travels: `choice:TARGET`.
                let (target, kind) = match other.strip_prefix("{target=") {
                    Some(rest) => rest.split_once('}')?,
                    None => other.split_once(':').map(|(kind, target)| (target, kind))?,
                };
                match kind {
                    "choice" => Self::Choice(target),
                    "jump" => Self::Jump(target),
                    _ => return None,
                }
            }
        })
    }

    /// The navigation request; `None` if the course has no such activity.
    pub fn request(&self, tree: &Tree) -> Option<Request> {
        Some(match self {
            Self::Continue => Request::Continue,
            Self::Previous => Request::Previous,
            Self::Choice(target) => Request::Choice(tree.named(target)?),
            Self::Jump(target) => Request::Jump(tree.named(target)?),
            Self::Exit => Request::Exit,
            Self::ExitAll => Request::ExitAll,
            Self::SuspendAll => Request::SuspendAll,
            Self::Abandon => Request::Abandon,
            Self::AbandonAll => Request::AbandonAll,
        })
    }
}
