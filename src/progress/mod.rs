//! Progress: where each learner stands, as a projection of statements.
//!
//! Invariant: a row is nothing but the fold of the statements of its registration, in the order they were stored. It is kept
//! up to date in the transaction that stores them ([`Projector`]), and [`rebuild`] makes the same rows again from them.

mod answers;
mod attempts;
mod fold;
mod follow_up;
mod model;
mod pages;
mod projection;
mod read;
mod rebuild;
mod store;

pub use answers::api;
pub use attempts::{AttemptRow, Attempts, Came, attempts, sum};
pub use model::{ActivityProgress, Completion, Enough, Figures, RegistrationProgress, Status, Success, percent};
pub use pages::{Told, routes, sentences};
pub use projection::{Projector, begun};
pub use read::{
    ActivityRow, CourseRow, LearnerRow, Reached, activities_of, of_course, of_person, of_registration, standing,
};
pub use rebuild::{Rebuilt, rebuild};
pub use store::registration_of;
