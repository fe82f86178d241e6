//! For which programme something is written.

use serde::Deserialize;

use crate::core::ProgrammeId;

/// The programme somebody writes for, kept in the address until it is published.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct For {
    /// Empty if it is for none.
    #[serde(default)]
    pub programme: String,
    #[serde(default)]
    pub phase: String,
}

impl For {
    /// Only what names a programme and a phase of it goes on.
    pub fn checked(&self) -> Self {
        let known = self.programme.parse::<ProgrammeId>().is_ok();
        let phase = ["before", "during", "after"].contains(&self.phase.as_str());
        if known && phase { self.clone() } else { Self::default() }
    }

    /// An address that goes on knowing it.
    pub fn on(&self, address: String) -> String {
        if self.programme.is_empty() {
            return address;
        }
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}programme={}&phase={}", self.programme, self.phase)
    }

    /// What adds the finished course to the programme: where that is posted, and the phase. Nothing if it is for none.
    pub fn step(&self) -> Option<(String, &str)> {
        let to = format!("/trainer/programmes/{}/steps", self.programme);
        (!self.programme.is_empty()).then_some((to, &self.phase))
    }
}
