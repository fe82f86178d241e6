//! One type an identifier, so that a registration is never passed where a person is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type, Serialize, Deserialize, utoipa::ToSchema)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh identifier, ordered by the time it was made (UUID version 7).
            #[expect(clippy::new_without_default, reason = "a default would hide that each call differs")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::from_str(text).map(Self)
            }
        }
    };
}

id!(/// Somebody who learns, teaches or administers.
    PersonId);
id!(/// A direction or service of the organisation.
    OrgUnitId);
id!(/// An uploaded archive or media file, over all its versions.
    PackageId);
id!(/// One uploaded version of a package.
    VersionId);
id!(/// What a package offers to learn.
    CourseId);
id!(/// One person's record in one course: the xAPI registration.
    RegistrationId);
id!(/// One opening of one activity by one person.
    LaunchId);
id!(/// An xAPI statement.
    StatementId);
id!(/// A file of statements that came from another store.
    ImportId);
id!(/// Another store that gets statements of ours.
    ForwardId);
id!(/// A rule that removes statements after a time.
    RetentionId);
id!(/// One programme over all its versions.
    ProgrammeId);
id!(/// A programme as it was published once, or its draft.
    ProgrammeVersionId);
id!(/// One step of a programme, the same in every version.
    StepKey);
id!(/// A person in a programme; also the xAPI registration of statements about the programme.
    EnrolmentId);
id!(/// Who is to follow a programme.
    EnrolmentRuleId);
id!(/// An intranet space.
    SpaceId);
id!(/// News of a space.
    NewsId);
id!(/// One try at a quiz.
    QuizAttemptId);
id!(/// One version of an xAPI Profile.
    ProfileId);
id!(/// Work that outlives a request.
    JobId);
id!(/// An event that leaves the house.
    EventId);
id!(/// Where events are sent.
    WebhookId);
id!(/// One event on its way to one endpoint.
    DeliveryId);
