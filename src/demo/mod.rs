//! The demo organisation: a département with people in every role and the sample courses, so that every page has something
//! to show.

mod activity;
mod samples;

use std::fmt;
use std::path::Path;

use axum::Router;

use crate::core::{PersonId, Result, Timestamp};
use crate::identity::{self, NewPerson, Role};
use crate::on_db;
use crate::state::App;
use crate::storage::Tx;

/// The password of everybody in the demo organisation.
pub const PASSWORD: &str = "preau-demo";

const COUNCIL: &str = "Conseil départemental du Val-d’Aubre";

/// Login, name, unit below the council, roles.
type Somebody = (&'static str, &'static str, &'static str, &'static [Role]);

const PEOPLE: [Somebody; 13] = [
    ("camille", "Camille Martin", "Direction des routes/Service entretien et exploitation", &[Role::Learner]),
    (
        "thomas",
        "Thomas Lefèvre",
        "Direction des ressources humaines/Service formation",
        &[Role::Trainer, Role::Learner],
    ),
    ("marc", "Marc Dubois", "Direction des routes/Service entretien et exploitation", &[Role::Manager, Role::Learner]),
    ("helene", "Hélène Roussel", "Direction des ressources humaines", &[Role::Hr]),
    ("amina", "Amina Benali", "Direction du numérique", &[Role::Administrator]),
    ("julien", "Julien Moreau", "Direction des routes/Service entretien et exploitation", &[Role::Learner]),
    ("paul", "Paul Le Goff", "Direction des routes/Service études et travaux", &[Role::Learner]),
    ("ines", "Inès Fontaine", "Direction des solidarités/Maison de l’autonomie", &[Role::Learner]),
    ("emilie", "Émilie Caron", "Direction des solidarités/Protection de l’enfance", &[Role::Learner]),
    ("sophie", "Sophie Garnier", "Direction des solidarités", &[Role::Manager, Role::Learner]),
    ("karim", "Karim Haddad", "Direction de l’éducation/Restauration des collèges", &[Role::Learner]),
    ("nadege", "Nadège Petit", "Direction des ressources humaines/Service formation", &[Role::Trainer]),
    ("yann", "Yann Œuvrard", "Direction de la culture/Archives départementales", &[Role::Learner]),
];

/// Who is shown at the start of the server: one of each role.
const SHOWN: [(&str, Role); 5] = [
    ("camille", Role::Learner),
    ("thomas", Role::Trainer),
    ("marc", Role::Manager),
    ("helene", Role::Hr),
    ("amina", Role::Administrator),
];

/// What became of `--demo`.
#[derive(Debug)]
pub enum Loaded {
    /// The demo organisation is there; with the courses imported just now and what went wrong with others.
    Demo {
        /// Sample courses imported by this start.
        courses: usize,
        /// Files that were not imported, with the reason.
        refused: Vec<String>,
    },
    /// The database holds other people, who are left alone.
    Occupied,
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Loaded::Demo { courses, refused } = self else {
            return f.write_str("The database is not empty: the demo organisation was not loaded.");
        };
        for line in refused {
            writeln!(f, "Not imported: {line}")?;
        }
        if *courses > 0 {
            writeln!(f, "Sample courses published: {courses}")?;
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
const PACKAGES: &str = "SELECT COUNT(*) FROM package";
const DEMO_PEOPLE: &str = "SELECT COUNT(*) FROM person WHERE account_home_page = $1";
/// Marks the people of the demo, so that a second start knows its own.
const HOME_PAGE: &str = "https://demo.preau.example";

/// Fills an empty database with the demo organisation, publishes the samples found below `content`, and lets the learners
/// follow some of them through `router`, as their browsers would.
///
/// Started again, it leaves everything as it is; a database with other people is not touched.
pub async fn load(app: &App, router: Router, content: &Path) -> Result<Loaded> {
    let hash = identity::hash_password(PASSWORD).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let people: i64 = on_db!(tx, c => sqlx::query_scalar(ANYBODY).fetch_one(c).await)?;
    let own: i64 = on_db!(tx, c => sqlx::query_scalar(DEMO_PEOPLE).bind(HOME_PAGE).fetch_one(c).await)?;
    if people > 0 && own == 0 {
        return Ok(Loaded::Occupied);
    }
    if people == 0 {
        for somebody in &PEOPLE {
            add(&mut tx, somebody, &hash, now).await?;
        }
        tracing::info!(people = PEOPLE.len(), "demo organisation loaded");
    }
    // Whoever emptied the catalogue on purpose would not want it back; an import that was cut short goes on.
    let packages: i64 = on_db!(tx, c => sqlx::query_scalar(PACKAGES).fetch_one(c).await)?;
    tx.commit().await?;
    if packages > 0 {
        return Ok(Loaded::Demo { courses: 0, refused: Vec::new() });
    }
    let samples = samples::import(app, content).await?;
    activity::live(app, router, &samples.courses).await?;
    Ok(Loaded::Demo { courses: samples.courses.len(), refused: samples.refused })
}

async fn add(tx: &mut Tx, (login, name, unit, roles): &Somebody, hash: &str, now: Timestamp) -> Result<PersonId> {
    let unit = identity::org_unit_at(tx, &format!("{COUNCIL}/{unit}"), now).await?;
    let new = NewPerson {
        name: (*name).to_owned(),
        login: Some((*login).to_owned()),
        org_unit: Some(unit),
        account: Some((HOME_PAGE.to_owned(), (*login).to_owned())),
        password_hash: Some(hash.to_owned()),
        roles: roles.to_vec(),
        ..NewPerson::default()
    };
    identity::add_person(tx, &new, HOME_PAGE, now).await
}
