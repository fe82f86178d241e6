//! Courses made in the test, and the launch frame played by the test.

use std::io::{Cursor, Write};

use preau::identity::Role;
use serde_json::{Value, json};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Answer, Client, TestApp, TestPerson};

/// A course as its import answered.
pub struct TestCourse {
    /// Of what it is a course.
    pub package: String,
    pub id: String,
    pub activities: Vec<Value>,
}

const PAGE: &str = "<!doctype html><title>Page</title>";

/// An archive of these files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a name");
        archive.write_all(bytes).expect("memory");
    }
    archive.finish().expect("an archive").into_inner()
}

/// An archive of texts.
pub fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    zip(&files.iter().map(|(name, text)| (*name, text.as_bytes())).collect::<Vec<_>>())
}

/// A SCORM manifest: `items` is what the organization holds, `resources` its files with their SCORM type.
pub fn scorm(edition: &str, items: &str, resources: &[(&str, &str)]) -> Vec<u8> {
    scorm_in("", edition, items, resources)
}

/// The same with attributes of its organization.
pub fn scorm_in(organization: &str, edition: &str, items: &str, resources: &[(&str, &str)]) -> Vec<u8> {
    let (ns, cp, attribute) = match edition {
        "1.2" => {
            ("http://www.imsproject.org/xsd/imscp_rootv1p1p2", "http://www.adlnet.org/xsd/adlcp_rootv1p2", "scormtype")
        }
        _ => ("http://www.imsglobal.org/xsd/imscp_v1p1", "http://www.adlnet.org/xsd/adlcp_v1p3", "scormType"),
    };
    let listed: String = resources
        .iter()
        .map(|(name, kind)| {
            format!(
                r#"<resource identifier="R-{name}" type="webcontent" adlcp:{attribute}="{kind}" href="{name}.html"><file href="{name}.html"/></resource>"#
            )
        })
        .collect();
    let manifest = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <manifest identifier="M" version="1.0" xmlns="{ns}" xmlns:adlcp="{cp}" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
        <metadata><schema>ADL SCORM</schema><schemaversion>{edition}</schemaversion></metadata>
        <organizations default="O"><organization identifier="O" {organization}><title>Sécurité sur chantier</title>{items}</organization></organizations>
        <resources>{listed}</resources></manifest>"#
    );
    let names: Vec<String> = resources.iter().map(|(name, _)| format!("{name}.html")).collect();
    let mut files = vec![("imsmanifest.xml", manifest.as_str())];
    files.extend(names.iter().map(|name| (name.as_str(), PAGE)));
    archive(&files)
}

/// `<item>` of one resource, with what stands inside.
pub fn item(name: &str, inside: &str) -> String {
    format!(r#"<item identifier="{name}" identifierref="R-{name}"><title>Étape {name}</title>{inside}</item>"#)
}

/// A cmi5 package of these units, as (identifier, moveOn).
pub fn cmi5(structure: &str) -> Vec<u8> {
    let xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
        <course id="https://exemple.fr/cours/cyber"><title><langstring lang="fr">Cyber</langstring></title>
        <description><langstring lang="fr">Gestes</langstring></description></course>{structure}</courseStructure>"#
    );
    archive(&[("cmi5.xml", &xml), ("au.html", PAGE)])
}

/// `<au>` of a cmi5 structure.
pub fn au(id: &str, attributes: &str) -> String {
    format!(
        r#"<au id="https://exemple.fr/au/{id}" {attributes}><title><langstring lang="fr">{id}</langstring></title>
        <description><langstring lang="fr">{id}</langstring></description><url>au.html?theme=1</url></au>"#
    )
}

/// A tincan package of one activity.
pub fn tincan() -> Vec<u8> {
    let xml = r#"<?xml version="1.0" encoding="UTF-8"?><tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
        <activity id="https://exemple.fr/accueil" type="http://adlnet.gov/expapi/activities/course"><name lang="fr">Accueil</name>
        <description lang="fr">Accueillir</description><launch lang="fr">index.html</launch></activity></activities></tincan>"#;
    archive(&[("tincan.xml", xml), ("index.html", PAGE)])
}

/// So many seconds of silence.
pub fn wave(seconds: u32) -> Vec<u8> {
    let samples = vec![0_u8; 16_000 * seconds as usize];
    let mut wave = b"RIFF".to_vec();
    wave.extend_from_slice(&(36 + 16_000 * seconds).to_le_bytes());
    wave.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1F\0\0\x80\x3E\0\0\x02\0\x10\0data");
    wave.extend_from_slice(&(16_000 * seconds).to_le_bytes());
    wave.extend_from_slice(&samples);
    wave
}

impl TestApp {
    /// Imports a package; it stays a draft.
    pub async fn import_draft(&self, name: &'static str, package: Vec<u8>) -> TestCourse {
        let program = self.token(&["packages/write"]).await;
        let answer = program.post_bytes(&format!("/api/v1/packages?filename={name}"), "application/zip", package).await;
        let report = answer.expect(201).json();
        let course = &report["courses"][0];
        TestCourse {
            package: report["id"].as_str().expect("an id").to_owned(),
            id: course["id"].as_str().expect("an id").to_owned(),
            activities: course["activities"].as_array().expect("activities").clone(),
        }
    }

    /// Imports a package and publishes its course.
    pub async fn import(&self, package: Vec<u8>) -> TestCourse {
        self.import_file("cours.zip", package).await
    }

    /// Imports a file and publishes its course.
    pub async fn import_file(&self, name: &'static str, file: Vec<u8>) -> TestCourse {
        let course = self.import_draft(name, file).await;
        let trainer = self.person(&format!("Formateur {}", uuid::Uuid::now_v7()), Role::Trainer).await;
        trainer.post_form(&format!("/trainer/courses/{}/publish", course.id), &[]).await.expect(303);
        course
    }

    /// Every row of the progress tables, as text.
    pub async fn progress_rows(&self) -> Vec<String> {
        use preau::storage::Db;
        const TABLES: [&str; 6] = [
            "activity_progress",
            "registration_progress",
            "answer",
            "step_progress",
            "enrolment_progress",
            "report_enrolment",
        ];
        let mut rows = Vec::new();
        for table in TABLES {
            let text = match &self.app.db {
                Db::Sqlite { .. } => sqlite_rows(table),
                Db::Postgres(_) => format!("SELECT CAST(t AS TEXT) FROM {table} t ORDER BY 1"),
            };
            let sql = sqlx::AssertSqlSafe(text);
            let found: Vec<String> = match &self.app.db {
                Db::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_all(read).await.expect("rows"),
                Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_all(pool).await.expect("rows"),
            };
            rows.extend(found.into_iter().map(|row| format!("{table}: {row}")));
        }
        rows
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        use preau::storage::Db;
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        match &self.app.db {
            Db::Sqlite { read, .. } => sqlx::query_scalar(sql).fetch_one(read).await.expect("a count"),
            Db::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await.expect("a count"),
        }
    }
}

fn sqlite_rows(table: &str) -> String {
    let columns = match table {
        "activity_progress" => {
            "hex(registration_id), activity_index, completion, success, quote(score_scaled), quote(score_raw), \
             quote(score_min), quote(score_max), quote(progress), seconds, first_at, last_at, quote(completed_at)"
        }
        "registration_progress" => {
            "hex(registration_id), completion, success, quote(score_scaled), progress, done, total, seconds, \
             quote(last_index), first_at, last_at, quote(completed_at)"
        }
        "answer" => {
            "hex(registration_id), hex(activity_key), hex(question_key), times, first_seq, quote(first_response), \
             quote(first_success), quote(first_latency), last_seq, quote(last_response), quote(last_success)"
        }
        "step_progress" => {
            "hex(enrolment_id), hex(step_key), status, quote(score_scaled), last_at, quote(completed_at)"
        }
        "enrolment_progress" => {
            "hex(enrolment_id), status, done, total, progress, quote(score_scaled), quote(started_at), quote(last_at), \
             quote(completed_at)"
        }
        _ => {
            "hex(person_id), hex(programme_id), hex(enrolment_id), quote(org_unit_id), created_at, quote(due_at), \
             quote(started_at), quote(completed_at)"
        }
    };
    let joined: Vec<String> = columns.split(", ").map(str::to_owned).collect();
    format!("SELECT {} FROM {table} ORDER BY 1", joined.join(" || '|' || "))
}

impl TestPerson {
    /// Starts a course: the registration and the activity the player opens on.
    pub async fn start(&self, course: &TestCourse) -> (String, i64) {
        let answer = self.post_form(&format!("/courses/{}/start", course.id), &[]).await.expect(303);
        place(answer.header("location").expect("an address"))
    }

    /// Opens an activity, as the player page does.
    pub async fn launch(&self, registration: &str, activity: i64) -> Launch {
        self.try_launch(registration, activity).await.map_err(|answer| answer.text()).expect("a launch")
    }

    /// Opens an activity, or tells how it was refused.
    pub async fn try_launch(&self, registration: &str, activity: i64) -> Result<Launch, Answer> {
        let path = format!("/player/{registration}/{activity}/launch");
        let headers = [("content-type", "application/json"), ("accept", "application/json")];
        let order = json!({"mode": "normal"}).to_string().into_bytes();
        let answer = self.send(reqwest::Method::POST, &path, order, &headers).await;
        if answer.status == 200 { Ok(Launch { answer: answer.json(), sequence: 0 }) } else { Err(answer) }
    }

    /// Asks where to go next.
    pub async fn navigate(&self, registration: &str, request: &str, target: Option<i64>) -> Value {
        let order = json!({"request": request, "target": target});
        self.post_json(&format!("/player/{registration}/navigate"), &order).await.expect(200).json()
    }
}

/// `/player/REGISTRATION/ACTIVITY?mode=…`
pub fn place(address: &str) -> (String, i64) {
    let path = address.split('?').next().unwrap_or_default();
    let mut parts = path.split('/').skip(2);
    let registration = parts.next().expect("a registration").to_owned();
    (registration, parts.next().and_then(|index| index.parse().ok()).expect("an activity"))
}

/// An open activity; the test plays the frame.
pub struct Launch {
    pub answer: Value,
    pub sequence: i64,
}

impl Launch {
    /// What the content reads when it begins; empty if it reads nothing.
    pub fn reads(&self, element: &str) -> &str {
        self.answer["runtime"]["elements"][element].as_str().unwrap_or_default()
    }

    /// The next commit, as the frame would send it.
    pub fn next(&mut self, set: &[(&str, &str)], session_time: &str, exit: Option<&str>) -> Value {
        self.sequence += 1;
        let set: serde_json::Map<String, Value> =
            set.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({"lease": self.answer["lease"], "sequence": self.sequence, "set": set, "session_time": session_time,
            "terminate": exit.is_some(), "exit": exit, "nav_request": null})
    }

    /// Sends a commit.
    pub async fn send(&self, content: &Client, commit: &Value) -> Answer {
        let secret = self.answer["secret"].as_str().expect("a secret");
        let authorization = format!("Bearer {secret}");
        let headers = [("content-type", "application/json"), ("authorization", authorization.as_str())];
        let address = self.answer["commit_url"].as_str().expect("an address");
        content.send(reqwest::Method::POST, address, commit.to_string().into_bytes(), &headers).await
    }

    /// Commits and expects it to be saved.
    pub async fn commit(&mut self, app: &TestApp, set: &[(&str, &str)], time: &str, exit: Option<&str>) -> Value {
        let commit = self.next(set, time, exit);
        self.send(&app.content(), &commit).await.expect(200).json()
    }
}
