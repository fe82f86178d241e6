//! How long content was in front of its learner, where the course's trainers decided that this completes it.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::core::{Error, LaunchId, RegistrationId, Result};
use crate::lrs;
use crate::packages::completing::Completing;
use crate::progress::{self, Completion};
use crate::runtime::access::PlayerOf;
use crate::runtime::course::Course;
use crate::runtime::launch::locked;
use crate::runtime::model::{Mode, ProgressAnswer};
use crate::runtime::{statements, store};
use crate::state::App;
use crate::web::Path;
use crate::xapi::vocabulary::COMPLETED;
use crate::xapi::{IsoDuration, Outcome};

/// What the player page tells now and then.
#[derive(Debug, Deserialize)]
pub struct Spent {
    launch: LaunchId,
    /// Seconds since the launch in which the content was seen.
    seconds: f64,
}

/// What it gets back.
#[derive(Debug, Serialize)]
pub struct Noted {
    progress: ProgressAnswer,
}

/// Keeps how long the content of a launch was seen: never longer than it can have been, and never less than was told before, so
/// that a repeated or late message changes nothing. What is enough for the course's rule completes the activity, once.
///
/// Errors: `launch-unknown`, `lease-lost`.
pub async fn tell(
    player: PlayerOf,
    State(app): State<App>,
    Path((id, index)): Path<(RegistrationId, i32)>,
    Json(spent): Json<Spent>,
) -> Result<Json<Noted>> {
    let mut tx = app.db.begin().await?;
    let registration = locked(&mut tx, id).await?;
    let launch = store::launch(&mut tx, spent.launch).await?;
    let launch = launch
        .filter(|launch| launch.registration_id == player.registration.id && launch.activity_index == index)
        .ok_or_else(|| Error::not_found("launch-unknown"))?;
    let mode = Mode::of_word(&launch.mode);
    if registration.moves(mode) && launch.lease != registration.lease {
        return Err(Error::conflict("lease-lost"));
    }
    let enough = Completing::of(&mut tx, registration.course_id).await?.seconds();
    if let Some(enough) = enough.filter(|_| registration.records(mode)) {
        let whole = store::spend(&mut tx, launch.id, spent.seconds, app.clock.now()).await?;
        let (completion, _) = progress::standing(&mut tx, id, index).await?.activity();
        if whole >= enough && completion != Completion::Completed {
            let course = Course::load(&mut tx, &registration).await?;
            let (activity, _) = course.launchable(index)?;
            let duration = IsoDuration::from_seconds(whole as f64);
            let result = Outcome { completion: Some(true), duration: Some(duration), ..Outcome::default() };
            let said = statements::about(&registration, activity, COMPLETED).with_result(result);
            lrs::append(&mut tx, &app, vec![said], lrs::Authority::service(&app)).await?;
        }
    }
    let progress = ProgressAnswer::from(progress::standing(&mut tx, id, index).await?);
    tx.commit().await?;
    Ok(Json(Noted { progress }))
}
