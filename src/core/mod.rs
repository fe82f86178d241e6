//! What every module may use and nothing may do I/O with: identifiers, time, languages, errors, pages of results.

mod clock;
mod error;
mod ids;
mod language;
mod sequence;

pub use clock::{Clock, Timestamp};
pub use error::{Error, Kind, Result};
pub use ids::{CourseId, LaunchId, OrgUnitId, PackageId, PersonId, RegistrationId, StatementId, VersionId};
pub use language::{Language, LanguageMap, plain_letters};
pub use sequence::{Numbers, Sequence};
