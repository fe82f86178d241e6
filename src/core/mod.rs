//! What every module may use and nothing may do I/O with: identifiers, time, chance that repeats,
//! languages, errors, scores.

mod clock;
mod dice;
mod error;
mod ids;
mod language;
mod memo;
mod score;
mod sequence;

pub use clock::{Clock, Timestamp};
pub use dice::Dice;
pub use error::{Error, Kind, Result};
pub use ids::{
    CourseId, DeliveryId, EnrolmentId, EnrolmentRuleId, EventId, ForwardId, ImportId, JobId, LaunchId, NewsId,
    OrgUnitId, PackageId, PersonId, ProfileId, ProgrammeId, ProgrammeVersionId, QuizAttemptId, RegistrationId,
    RetentionId, SpaceId, StatementId, StepKey, VersionId, WebhookId,
};
pub use language::{Language, LanguageMap, plain_letters};
pub use memo::Memo;
pub use score::{is_another_score, scaled};
pub use sequence::{Numbers, Sequence};
