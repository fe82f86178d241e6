//! An organisation, made from a seed: the same numbers give the same rows.

use std::time::Instant;

use anyhow::ensure;
use preau::on_db;
use preau::state::App;
use preau::storage::Tx;
use sqlx::QueryBuilder;
use uuid::Uuid;

/// How large.
#[derive(clap::Args)]
pub struct Size {
    /// People.
    #[arg(long, default_value_t = 10_000)]
    pub people: usize,
    /// Programmes.
    #[arg(long, default_value_t = 200)]
    pub programmes: usize,
    /// Enrolments, each with its progress.
    #[arg(long, default_value_t = 1_000_000)]
    pub enrolments: usize,
    /// Published courses.
    #[arg(long, default_value_t = 30)]
    pub courses: usize,
    /// Courses that a person has begun.
    #[arg(long, default_value_t = 10)]
    pub registrations: usize,
}

const DAY: i64 = 86_400_000_000;
/// Directions of the organisation, and services of each.
const DIRECTIONS: usize = 10;
const SERVICES: usize = 6;
/// Values a statement binds at most, on the stricter of the databases.
const BOUND: usize = 30_000;
/// Rows written in one transaction.
const TRANSACTION: usize = 50_000;

/// SplitMix64: plain, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }

    fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.roll(usize::MAX) as u64, self.roll(usize::MAX) as u64)
    }
}

/// Writes rows of one table with few statements.
macro_rules! insert {
    ($app:expr, $table:literal, $columns:expr, $rows:expr, |$row:ident, $values:ident| $push:block) => {{
        let begun = Instant::now();
        let mut count = 0;
        for rows in $rows.chunks(TRANSACTION) {
            let mut tx = $app.db.begin().await?;
            for piece in rows.chunks(BOUND / $columns.split(',').count()) {
                on_db!(tx, c => {
                    let mut query = QueryBuilder::<Database>::new(concat!("INSERT INTO ", $table, " ("));
                    query.push($columns).push(") ");
                    query.push_values(piece, |mut $values, $row| $push);
                    query.build().execute(c).await.map(drop)
                })?;
            }
            tx.commit().await?;
            count += rows.len();
        }
        println!("{count:>9} rows of {} in {:.1} s", $table, begun.elapsed().as_secs_f64());
    }};
}

/// Fills the database.
pub async fn fill(app: &App, size: &Size) -> anyhow::Result<()> {
    const PEOPLE: &str = "SELECT COUNT(*) FROM person";
    let mut tx = app.db.read().await?;
    let people: i64 = on_db!(tx, c => sqlx::query_scalar(PEOPLE).fetch_one(c).await)?;
    drop(tx);
    ensure!(people == 0, "the database is not empty");
    ensure!(size.enrolments <= size.people * size.programmes, "a person follows a programme once");

    let dice = &mut Dice(20_261_122);
    let now = app.clock.now().0;
    let units = units(app, dice, now).await?;
    let people: Vec<(Uuid, String, Option<Uuid>)> = (0..size.people)
        .map(|n| (dice.id(), format!("Personne {:05}", (n * 7919) % size.people), Some(units[dice.roll(units.len())])))
        .collect();
    insert!(
        app,
        "person",
        "id, name, name_key, login, org_unit_id, account_home_page, account_name, created_at",
        people,
        |row, values| {
            let key = row.1.to_lowercase();
            values.push_bind(row.0).push_bind(&row.1).push_bind(key.clone()).push_bind(key.replace(' ', "."));
            values.push_bind(row.2).push_bind("https://load.preau.example").push_bind(row.0.to_string()).push_bind(now);
        }
    );
    let roles: Vec<(Uuid, &str)> = people
        .iter()
        .zip(0..)
        .flat_map(|((id, ..), n)| {
            let more = match n {
                0 => Some("hr"),
                1 => Some("manager"),
                _ => None,
            };
            [Some("learner"), more].into_iter().flatten().map(|role| (*id, role))
        })
        .collect();
    insert!(app, "person_role", "person_id, role", roles, |row, values| {
        values.push_bind(row.0).push_bind(row.1);
    });
    let courses = courses(app, dice, now, size.courses).await?;
    let programmes = programmes(app, dice, now, size, &courses).await?;
    registrations(app, dice, now, size, &people, &courses).await?;
    enrolments(app, dice, now, size, &people, &programmes).await?;

    let mut tx = app.db.begin().await?;
    analyse(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// What the databases do by themselves in the course of a day.
async fn analyse(tx: &mut Tx) -> anyhow::Result<()> {
    on_db!(tx, c => sqlx::query("ANALYZE").execute(c).await.map(drop))?;
    Ok(())
}

/// One top, directions, services; answers the services.
async fn units(app: &App, dice: &mut Dice, now: i64) -> anyhow::Result<Vec<Uuid>> {
    let top = dice.id();
    let mut rows = vec![(top, None, "Conseil départemental".to_owned())];
    let mut services = Vec::new();
    for direction in 1..=DIRECTIONS {
        let id = dice.id();
        rows.push((id, Some(top), format!("Direction {direction:02}")));
        for service in 1..=SERVICES {
            services.push(dice.id());
            rows.push((services[services.len() - 1], Some(id), format!("Service {direction:02}-{service}")));
        }
    }
    insert!(app, "org_unit", "id, parent_id, name, created_at", rows, |row, values| {
        values.push_bind(row.0).push_bind(row.1).push_bind(&row.2).push_bind(now);
    });
    Ok(services)
}

/// A course as its identifier and its version.
async fn courses(app: &App, dice: &mut Dice, now: i64, count: usize) -> anyhow::Result<Vec<(Uuid, Uuid)>> {
    let rows: Vec<(Uuid, Uuid, Uuid)> = (0..count).map(|_| (dice.id(), dice.id(), dice.id())).collect();
    insert!(app, "package", "id, kind, title, created_at", rows, |row, values| {
        values.push_bind(row.0).push_bind("page").push_bind("Page").push_bind(now);
    });
    insert!(
        app,
        "package_version",
        "id, package_id, number, file_name, sha256, size, content, outline, findings, created_at",
        rows,
        |row, values| {
            values
                .push_bind(row.1)
                .push_bind(row.0)
                .push_bind(1_i32)
                .push_bind("page")
                .push_bind(row.1.as_bytes().to_vec());
            values.push_bind(0_i64).push_bind("{}").push_bind("{}").push_bind("[]").push_bind(now);
        }
    );
    insert!(
        app,
        "course",
        "id, package_id, version_id, identifier, iri, kind, title, position, published_at, created_at",
        rows,
        |row, values| {
            values.push_bind(row.2).push_bind(row.0).push_bind(row.1).push_bind("c");
            values.push_bind(format!("https://load.preau.example/{}", row.2)).push_bind("page");
            values.push_bind(format!("{{\"fr\":\"Cours {}\"}}", &row.2.to_string()[..4]));
            values.push_bind(0_i32).push_bind(now).push_bind(now);
        }
    );
    insert!(
        app,
        "activity",
        "version_id, course_id, activity_index, depth, identifier, iri, title, kind, launchable, details",
        rows,
        |row, values| {
            values.push_bind(row.1).push_bind(row.2).push_bind(0_i32).push_bind(0_i32).push_bind("a");
            values.push_bind(format!("https://load.preau.example/{}/a", row.2)).push_bind("{\"fr\":\"Lire\"}");
            values.push_bind("page").push_bind(true).push_bind("{}");
        }
    );
    Ok(rows.into_iter().map(|(_, version, course)| (course, version)).collect())
}

/// A programme as its identifier and its version, with three steps.
async fn programmes(
    app: &App,
    dice: &mut Dice,
    now: i64,
    size: &Size,
    courses: &[(Uuid, Uuid)],
) -> anyhow::Result<Vec<(Uuid, Uuid)>> {
    let rows: Vec<(Uuid, Uuid, usize)> = (0..size.programmes).map(|n| (dice.id(), dice.id(), n)).collect();
    insert!(app, "programme", "id, title, summary, iri, created_at, published_at", rows, |row, values| {
        values.push_bind(row.0).push_bind(format!("Parcours {:03}", row.2)).push_bind("");
        values.push_bind(format!("https://load.preau.example/{}", row.0)).push_bind(now).push_bind(now);
    });
    insert!(app, "programme_version", "id, programme_id, number, created_at, published_at", rows, |row, values| {
        values.push_bind(row.1).push_bind(row.0).push_bind(1_i32).push_bind(now).push_bind(now);
    });
    let mut steps = Vec::new();
    for (_, version, n) in &rows {
        for (place, phase) in ["before", "during", "after"].into_iter().enumerate() {
            steps.push((*version, dice.id(), phase, courses[(n + place) % courses.len()].0));
        }
    }
    insert!(app, "step", "version_id, step_key, phase, position, title, course_id, required", steps, |row, values| {
        values.push_bind(row.0).push_bind(row.1).push_bind(row.2).push_bind(0_i32).push_bind("Étape");
        values.push_bind(row.3).push_bind(true);
    });
    Ok(rows.into_iter().map(|(programme, version, _)| (programme, version)).collect())
}

async fn registrations(
    app: &App,
    dice: &mut Dice,
    now: i64,
    size: &Size,
    people: &[(Uuid, String, Option<Uuid>)],
    courses: &[(Uuid, Uuid)],
) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for (person, ..) in people {
        let first = dice.roll(courses.len());
        for n in 0..size.registrations.min(courses.len()) {
            let (course, version) = courses[(first + n) % courses.len()];
            let begun = now - DAY * (1 + dice.roll(360) as i64);
            rows.push((dice.id(), *person, course, version, begun, dice.roll(3) > 0));
        }
    }
    insert!(
        app,
        "registration",
        "id, person_id, course_id, version_id, attempt, preview, lease, created_at",
        rows,
        |row, values| {
            values.push_bind(row.0).push_bind(row.1).push_bind(row.2).push_bind(row.3);
            values.push_bind(1_i32).push_bind(false).push_bind(0_i64).push_bind(row.4);
        }
    );
    insert!(
        app,
        "registration_progress",
        "registration_id, completion, success, progress, done, total, seconds, last_index, first_at, last_at, completed_at",
        rows,
        |row, values| {
            let (word, share, done) = if row.5 { ("completed", 1.0, 1) } else { ("incomplete", 0.4, 0) };
            values
                .push_bind(row.0)
                .push_bind(word)
                .push_bind("unknown")
                .push_bind(share)
                .push_bind(done)
                .push_bind(1_i32);
            values
                .push_bind(900.0)
                .push_bind(0_i32)
                .push_bind(row.4)
                .push_bind(row.4 + DAY)
                .push_bind(row.5.then_some(row.4 + DAY));
        }
    );
    Ok(())
}

/// An enrolment with its progress.
struct Enrolment {
    id: Uuid,
    person: Uuid,
    programme: Uuid,
    version: Uuid,
    created: i64,
    due: Option<i64>,
    started: Option<i64>,
    completed: Option<i64>,
}

async fn enrolments(
    app: &App,
    dice: &mut Dice,
    now: i64,
    size: &Size,
    people: &[(Uuid, String, Option<Uuid>)],
    programmes: &[(Uuid, Uuid)],
) -> anyhow::Result<()> {
    let each = size.enrolments.div_ceil(people.len());
    let mut rows = Vec::with_capacity(size.enrolments);
    for (person, ..) in people {
        let first = dice.roll(programmes.len());
        for n in 0..each.min(size.enrolments - rows.len()) {
            let (programme, version) = programmes[(first + n) % programmes.len()];
            let created = now - DAY * (1 + dice.roll(500) as i64);
            let started = (dice.roll(10) > 2).then(|| created + DAY * dice.roll(60) as i64).filter(|at| *at < now);
            let completed =
                started.filter(|_| dice.roll(10) > 2).map(|at| at + DAY * dice.roll(90) as i64).filter(|at| *at < now);
            let due = (dice.roll(2) > 0).then_some(created + DAY * 120);
            rows.push(Enrolment {
                id: dice.id(),
                person: *person,
                programme,
                version,
                created,
                due,
                started,
                completed,
            });
        }
    }
    insert!(app, "enrolment", "id, person_id, programme_id, version_id, due_at, created_at", rows, |row, values| {
        values.push_bind(row.id).push_bind(row.person).push_bind(row.programme).push_bind(row.version);
        values.push_bind(row.due).push_bind(row.created);
    });
    insert!(
        app,
        "enrolment_progress",
        "enrolment_id, status, done, total, progress, started_at, last_at, completed_at",
        rows,
        |row, values| {
            let (status, done, share) = match (row.started, row.completed) {
                (_, Some(_)) => ("done", 3_i32, 1.0),
                (Some(_), None) => ("doing", 1, 0.33),
                (None, None) => ("todo", 0, 0.0),
            };
            values.push_bind(row.id).push_bind(status).push_bind(done).push_bind(3_i32).push_bind(share);
            values.push_bind(row.started).push_bind(row.started).push_bind(row.completed);
        }
    );
    Ok(())
}
