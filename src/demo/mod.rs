//! The demo organisation: a département with sixty people in every role, spaces, programmes, and half a year of what they did,
//! so that every page has something to show.
//!
//! Invariant: nothing is written behind the product's back. People are added as the administrator's page adds them; all the
//! rest goes through the server's own addresses, on a clock that runs from half a year ago to the present ([`past`]). Who does
//! what, when and how well is thrown by dice with a fixed seed ([`lives`]), so every demo tells the same story.
//!
//! Its last act lets the sixtieth person in. Fewer of its people in the database: the loading was cut short.

mod browser;
mod learner;
mod library;
mod lives;
mod past;
mod people;
mod programmes;
mod questions;
mod samples;
mod spaces;
mod speaking;
mod story;
mod tutoring;

use std::fmt;
use std::path::Path;

use axum::Router;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

use self::browser::Site;
use self::past::{FIRST_DAY, Past};
use self::people::{AGENTS, HOME_PAGE, SHOWN};
use self::story::Story;
use crate::core::Result;
use crate::identity;
use crate::on_db;
use crate::state::App;

/// The password of everybody in the demo organisation.
pub const PASSWORD: &str = "preau-demo";

/// What became of `--demo`.
#[derive(Debug)]
pub enum Loaded {
    /// The demo organisation is there; with the courses published just now and what went wrong with samples.
    Demo {
        /// Courses published by this start.
        courses: usize,
        /// Files that were not imported, with the reason.
        refused: Vec<String>,
    },
    /// An earlier start was cut short while it loaded: a part of the organisation is there.
    Partial,
    /// The database holds other people, who are left alone.
    Occupied,
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loaded::Occupied => {
                return f.write_str("The database is not empty: the demo organisation was not loaded.");
            }
            Loaded::Partial => writeln!(
                f,
                "The demo organisation is incomplete: its first start was interrupted. For the whole of it, start again with \
                 an empty database and data folder."
            )?,
            Loaded::Demo { courses, refused } => {
                for line in refused {
                    writeln!(f, "Not imported: {line}")?;
                }
                if *courses > 0 {
                    writeln!(f, "Courses published: {courses}")?;
                }
            }
        }
        writeln!(f, "Demo logins, all with the password {PASSWORD}:")?;
        for (at, (login, role)) in SHOWN.iter().enumerate() {
            let end = if at + 1 < SHOWN.len() { "\n" } else { "" };
            write!(f, "  {login:<10} {role}{end}")?;
        }
        Ok(())
    }
}

const ANYBODY: &str = "SELECT COUNT(*) FROM person";
const DEMO_PEOPLE: &str = "SELECT COUNT(*) FROM person WHERE account_home_page = $1";

/// Days between two lines of the log.
const A_MONTH: i64 = 30;

/// Fills an empty database with the demo organisation: its people, the samples found below `content`, spaces, programmes, and
/// half a year of activity through the addresses of `router`, which is called with the application on the demo's clock.
///
/// Started again, it leaves everything as it is; a database with other people is not touched.
pub async fn load(app: &App, router: fn(&App) -> Router, content: &Path) -> Result<Loaded> {
    let mut tx = app.db.begin().await?;
    let people: i64 = on_db!(tx, c => sqlx::query_scalar(ANYBODY).fetch_one(c).await)?;
    let own: i64 = on_db!(tx, c => sqlx::query_scalar(DEMO_PEOPLE).bind(HOME_PAGE).fetch_one(c).await)?;
    match (people, usize::try_from(own).unwrap_or_default()) {
        (0, _) => {}
        (_, 0) => return Ok(Loaded::Occupied),
        (_, own) if own < AGENTS.len() => return Ok(Loaded::Partial),
        _ => return Ok(Loaded::Demo { courses: 0, refused: Vec::new() }),
    }
    let past = Past::before(app.clock.now(), &app.config.time_zone);
    let there = app.at(past.clock());
    let hash = identity::hash_password(PASSWORD).await?;
    let (first, last) = AGENTS.split_at(AGENTS.len() - 1);
    let added = people::add(&mut tx, first, &hash, there.clock.now()).await?;
    tx.commit().await?;
    tracing::info!(people = added.len(), "demo: the organisation is there, its courses come");

    // Half a year makes thousands of lines of log, which nobody reads: a line a month says how far it is.
    let site = Site::new(there.clone(), router(&there));
    let (mut story, refused) = Story::begin(site, past, added, content).with_subscriber(NoSubscriber::new()).await?;
    tracing::info!(courses = story.courses(), "demo: the courses are there, half a year of activity follows");
    for day in (FIRST_DAY..0).step_by(A_MONTH as usize) {
        story.live_until(day + A_MONTH).with_subscriber(NoSubscriber::new()).await?;
        tracing::info!(days_left = -(day + A_MONTH).min(0), "demo: another month");
    }
    let mut tx = app.db.begin().await?;
    people::add(&mut tx, last, &hash, app.clock.now()).await?;
    tx.commit().await?;
    crate::programmes::reconcile_all(app).await?;
    Ok(Loaded::Demo { courses: story.courses(), refused })
}
