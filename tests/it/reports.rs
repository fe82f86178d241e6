//! Reports: figures, lists and files say the same, to those who may read them, and at the same cost whatever their size.

use std::io::{Cursor, Read};
use std::time::Duration;

use calamine::{Data, DataType, Reader, Xlsx};
use flate2::read::GzDecoder;
use preau::core::{EnrolmentId, OrgUnitId, PersonId, ProgrammeId, ProgrammeVersionId};
use preau::identity::{self, NewPerson, Role};
use preau::on_db;
use reqwest::Method;

use crate::both_databases;
use crate::support::{Answer, TestApp, TestPerson};

const DAY: i64 = 86_400_000_000;

/// An organisation with a programme, made by SQL: reports read what others write.
pub struct House<'a> {
    pub app: &'a TestApp,
    version: ProgrammeVersionId,
    pub programme: ProgrammeId,
}

/// How far somebody is.
#[derive(Clone, Copy)]
pub enum Far {
    Todo,
    Doing,
    Done,
}

impl<'a> House<'a> {
    pub async fn new(app: &'a TestApp, title: &str) -> Self {
        const PROGRAMME: &str =
            "INSERT INTO programme (id, title, summary, iri, created_at) VALUES ($1, $2, '', $3, $4)";
        const VERSION: &str = "INSERT INTO programme_version (id, programme_id, number, created_at, published_at) VALUES ($1, $2, 1, $3, $3)";
        let (programme, version) = (ProgrammeId::new(), ProgrammeVersionId::new());
        let now = app.clock.now();
        let mut tx = app.app.db.begin().await.expect("a transaction");
        on_db!(tx, c => sqlx::query(PROGRAMME).bind(programme).bind(title).bind(format!("urn:{programme}")).bind(now)
            .execute(c).await.map(drop))
        .expect("a programme");
        on_db!(tx, c => sqlx::query(VERSION).bind(version).bind(programme).bind(now).execute(c).await.map(drop))
            .expect("a version");
        tx.commit().await.expect("a commit");
        Self { app, version, programme }
    }

    /// The unit at a path.
    pub async fn unit(&self, path: &str) -> OrgUnitId {
        let mut tx = self.app.app.db.begin().await.expect("a transaction");
        let unit = identity::org_unit_at(&mut tx, path, self.app.clock.now()).await.expect("a unit");
        tx.commit().await.expect("a commit");
        unit
    }

    /// Somebody who works in a unit.
    pub async fn person(&self, name: &str, unit: Option<OrgUnitId>) -> PersonId {
        let new =
            NewPerson { name: name.to_owned(), org_unit: unit, roles: vec![Role::Learner], ..NewPerson::default() };
        let mut tx = self.app.app.db.begin().await.expect("a transaction");
        let home = self.app.app.config.public_origin();
        let id = identity::add_person(&mut tx, &new, &home, self.app.clock.now()).await.expect("a person");
        tx.commit().await.expect("a commit");
        id
    }

    /// Enrols a person some days ago, due so many days later, as far as told.
    pub async fn enrol(&self, person: PersonId, days_ago: i64, due_after: Option<i64>, far: Far) -> EnrolmentId {
        const ENROLMENT: &str = "INSERT INTO enrolment (id, person_id, programme_id, version_id, due_at, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        const PROGRESS: &str = "INSERT INTO enrolment_progress \
            (enrolment_id, status, done, total, progress, score_scaled, started_at, last_at, completed_at) \
            VALUES ($1, $2, $3, 2, $4, $5, $6, $6, $7)";
        let id = EnrolmentId::new();
        let created = self.app.clock.now().0 - days_ago * DAY;
        let mut tx = self.app.app.db.begin().await.expect("a transaction");
        on_db!(tx, c => sqlx::query(ENROLMENT).bind(id).bind(person).bind(self.programme).bind(self.version)
            .bind(due_after.map(|days| created + days * DAY)).bind(created).execute(c).await.map(drop))
        .expect("an enrolment");
        let (status, done, share, score, started, completed) = match far {
            Far::Todo => ("todo", 0_i32, 0.0, None, None, None),
            Far::Doing => ("doing", 1, 0.5, None, Some(created + DAY), None),
            Far::Done => ("done", 2, 1.0, Some(0.84), Some(created + DAY), Some(created + 2 * DAY)),
        };
        on_db!(tx, c => sqlx::query(PROGRESS).bind(id).bind(status).bind(done).bind(share).bind(score).bind(started)
            .bind(completed).execute(c).await.map(drop))
        .expect("its progress");
        tx.commit().await.expect("a commit");
        id
    }

    /// A manager of a unit, signed in.
    pub async fn manager(&self, unit: OrgUnitId) -> TestPerson {
        const MOVE: &str = "UPDATE person SET org_unit_id = $1 WHERE id = $2";
        let manager = self.app.person(&format!("Responsable {}", uuid::Uuid::now_v7()), Role::Manager).await;
        let mut tx = self.app.app.db.begin().await.expect("a transaction");
        on_db!(tx, c => sqlx::query(MOVE).bind(unit).bind(manager.id).execute(c).await.map(drop)).expect("moved");
        tx.commit().await.expect("a commit");
        manager
    }
}

/// A page with the ampersands of its addresses as they are followed.
async fn read(reader: &TestPerson, path: &str) -> String {
    reader.get(path).await.expect(200).text().replace("&#38;", "&")
}

/// The number of a tile of the page, by its label.
fn figure(page: &str, label: &str) -> String {
    let (_, rest) = page.split_once(&format!("figure-label\">{label}<")).unwrap_or_else(|| panic!("{label} in {page}"));
    let (_, rest) = rest.split_once("figure-number\">").expect("a number");
    rest.split('<').next().expect("a number").to_owned()
}

fn csv_rows(answer: &Answer) -> Vec<Vec<String>> {
    let text = answer.text();
    let text = text.strip_prefix('\u{FEFF}').expect("a mark for Excel");
    assert!(text.ends_with("\r\n"));
    text.trim_end().split("\r\n").map(|line| line.split(';').map(str::to_owned).collect()).collect()
}

fn workbook(answer: &Answer) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(answer.body.clone())).expect("a workbook")
}

/// Everything that tells totals: (enrolled, completed, in progress, late), from page, CSV, XLSX rows and XLSX summary.
pub async fn totals(reader: &TestPerson, filters: &str) -> [[i64; 4]; 4] {
    let page = reader.get(&format!("/reports?{filters}")).await.expect(200).text();
    let on_page =
        ["Inscrits", "Terminés", "En cours", "En retard"].map(|label| figure(&page, label).parse().expect("a number"));
    let csv = csv_rows(&reader.get(&format!("/reports/enrolments.csv?{filters}")).await.expect(200));
    let count = |column: usize, word: &str| csv[1..].iter().filter(|row| row[column] == word).count() as i64;
    let in_csv = [csv.len() as i64 - 1, count(3, "Terminé"), count(3, "En cours"), count(4, "oui")];
    let mut book = workbook(&reader.get(&format!("/reports/enrolments.xlsx?{filters}")).await.expect(200));
    let rows = book.worksheet_range("Inscriptions").expect("the sheet of rows");
    let count = |column: usize, word: &str| rows.rows().skip(1).filter(|row| row[column] == *word).count() as i64;
    let in_rows = [rows.height() as i64 - 1, count(3, "Terminé"), count(3, "En cours"), count(4, "oui")];
    let sheet = book.worksheet_range("Synthèse").expect("the sheet of figures");
    let cell = |label: &str| {
        let row = sheet.rows().find(|row| row[0] == *label).unwrap_or_else(|| panic!("{label} in {sheet:?}"));
        row[1].get_float().expect("a number") as i64
    };
    [on_page, in_csv, in_rows, ["Inscrits", "Terminés", "En cours", "En retard"].map(cell)]
}

both_databases! {
    async fn page_csv_and_xlsx_say_the_same_with_every_filter(app: TestApp) {
        let house = House::new(&app, "Accueil du public").await;
        let roads = house.unit("Département/Routes").await;
        let works = house.unit("Département/Routes/Travaux").await;
        let social = house.unit("Département/Solidarités").await;
        for (n, (unit, far)) in [
            (Some(roads), Far::Done), (Some(works), Far::Done), (Some(works), Far::Doing), (Some(social), Far::Todo),
            (Some(social), Far::Doing), (None, Far::Done), (None, Far::Todo),
        ].into_iter().enumerate() {
            let person = house.person(&format!("Personne {n}"), unit).await;
            house.enrol(person, 40, Some(30), far).await;
        }
        let hr = app.person("Hélène", Role::Hr).await;
        // Four are past their date and not completed.
        assert_eq!(totals(&hr, "").await, [[7, 3, 2, 4]; 4]);
        assert_eq!(totals(&hr, &format!("unit={roads}")).await, [[3, 2, 1, 1]; 4], "a unit with all below it");
        assert_eq!(totals(&hr, &format!("unit={works}")).await, [[2, 1, 1, 1]; 4]);
        assert_eq!(totals(&hr, "status=late").await, [[4, 0, 2, 4]; 4]);
        assert_eq!(totals(&hr, &format!("status=done&programme={}", house.programme)).await, [[3, 3, 0, 0]; 4]);
        // Enrolled 40 days ago, completed two days later: in an early period nobody is late yet.
        assert_eq!(totals(&hr, "from=2026-10-12&to=2026-10-13").await, [[7, 0, 5, 0]; 4]);
        // What was completed before a period is no part of it.
        assert_eq!(totals(&hr, "period=month").await, [[4, 0, 2, 4]; 4]);
        let empty = hr.get("/reports?from=2020-01-01&to=2020-02-01").await.expect(200).text();
        assert!(empty.contains("Aucune inscription"), "{empty}");
    }

    async fn a_figure_opens_its_list_a_row_its_proof_and_files_carry_the_filters(app: TestApp) {
        let house = House::new(&app, "Accueil du public").await;
        let roads = house.unit("Département/Routes").await;
        let camille = house.person("Camille Martin", Some(roads)).await;
        let enrolment = house.enrol(camille, 40, Some(30), Far::Doing).await;
        let hr = app.person("Hélène", Role::Hr).await;
        let filters = format!("period=year&unit={roads}");
        let page = read(&hr, &format!("/reports?period=year&unit={roads}")).await;
        assert!(page.contains(&format!("/reports/enrolments?{filters}&status=late")), "{page}");
        assert!(page.contains("Situation au 21"), "{page}");
        let list = read(&hr, &format!("/reports/enrolments?period=year&unit={roads}&status=late")).await;
        assert!(list.contains("Camille Martin") && list.contains(&format!("/reports/enrolments/{enrolment}?{filters}&status=late")), "{list}");
        assert!(list.contains("1 ligne, CSV") && list.contains(&format!("/reports/enrolments.csv?{filters}&status=late")), "{list}");
        let proof = read(&hr, &format!("/reports/enrolments/{enrolment}?{filters}&status=late")).await;
        assert!(proof.contains(&format!("href=\"/reports/enrolments?{filters}&status=late\"")), "the way back keeps the filters: {proof}");
        assert!(proof.contains("Camille Martin") && proof.contains(&format!("/admin/statements?registration={enrolment}")), "{proof}");
        let csv = hr.get(&format!("/reports/enrolments.csv?period=year&unit={roads}&status=late")).await.expect(200);
        assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"inscriptions_routes_cette-annee_en-retard_2026-11-21.csv\""));
        assert_eq!(csv_rows(&csv).len(), 2);
    }

    async fn a_workbook_has_typed_cells_and_text_is_never_a_formula(app: TestApp) {
        let house = House::new(&app, "=HYPERLINK(\"http://exemple.fr\")").await;
        let person = house.person("\t=1+1", None).await;
        house.enrol(person, 40, Some(30), Far::Done).await;
        let hr = app.person("Hélène", Role::Hr).await;
        let csv = hr.get("/reports/enrolments.csv").await.expect(200).text();
        let row = csv.lines().nth(1).expect("a row");
        assert!(row.starts_with("'") && row.contains("\"'=HYPERLINK(\"\"http://exemple.fr\"\")\""), "{row:?}");
        assert!(row.contains(";100%;84%;2026-10-12;2026-11-11;2026-10-13;2026-10-14;"), "{row:?}");

        let mut book = workbook(&hr.get("/reports/enrolments.xlsx").await.expect(200));
        let rows = book.worksheet_range("Inscriptions").expect("the sheet of rows");
        assert_eq!(rows[(1, 2)], Data::String("=HYPERLINK(\"http://exemple.fr\")".into()));
        assert_eq!((rows[(1, 5)].get_float(), rows[(1, 6)].get_float()), (Some(1.0), Some(0.84)));
        let Data::DateTime(day) = &rows[(1, 7)] else { panic!("a date: {:?}", rows[(1, 7)]) };
        // 12 October 2026, as Excel counts days.
        assert_eq!(day.as_f64(), 46307.0);
        let formulas = book.worksheet_formula("Inscriptions").expect("formulas");
        assert!(formulas.used_cells().next().is_none(), "{formulas:?}");
    }

    async fn a_file_is_as_whole_compressed_as_it_is_plain(app: TestApp) {
        let house = House::new(&app, "Accueil du public").await;
        let person = house.person("Camille", None).await;
        house.enrol(person, 40, Some(30), Far::Done).await;
        let hr = app.person("Hélène", Role::Hr).await;
        for path in ["/reports/enrolments.csv", "/reports/enrolments.xlsx", "/me/record.csv"] {
            let plain = hr.get(path).await.expect(200);
            let packed = hr.send(Method::GET, path, Vec::new(), &[("accept-encoding", "gzip")]).await.expect(200);
            let mut unpacked = packed.body.clone();
            if packed.header("content-encoding") == Some("gzip") {
                unpacked.clear();
                GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).expect("a whole file");
            }
            assert!(unpacked == plain.body, "{path}");
        }
    }

    async fn a_workbook_says_that_it_was_made_when_it_was_asked_for(app: TestApp) {
        app.clock.advance(Duration::from_secs(400 * 24 * 3600));
        let hr = app.person("Hélène", Role::Hr).await;
        let body = hr.get("/reports/enrolments.xlsx").await.expect(200).body;
        let mut told = String::new();
        let mut book = zip::ZipArchive::new(Cursor::new(body)).expect("an archive");
        book.by_name("docProps/core.xml").expect("its properties").read_to_string(&mut told).expect("text");
        let day = app.clock.now().rfc3339()[..10].to_owned();
        assert!(told.contains(&format!(">{day}T")), "{told}");
    }

    async fn a_manager_sees_the_own_unit_with_all_below_it_and_nothing_else(app: TestApp) {
        let house = House::new(&app, "Accueil du public").await;
        let roads = house.unit("Département/Routes").await;
        let works = house.unit("Département/Routes/Travaux").await;
        let social = house.unit("Département/Solidarités").await;
        let camille = house.person("Camille Martin", Some(works)).await;
        let ines = house.person("Inès Fontaine", Some(social)).await;
        let own = house.enrol(camille, 10, None, Far::Doing).await;
        let other = house.enrol(ines, 10, None, Far::Done).await;
        let manager = house.manager(roads).await;
        assert_eq!(totals(&manager, "").await, [[1, 0, 1, 0]; 4]);
        assert_eq!(totals(&manager, &format!("unit={works}")).await, [[1, 0, 1, 0]; 4]);
        let page = manager.get("/reports").await.expect(200).text();
        assert!(!page.contains("Solidarités") && !page.contains("Département"), "{page}");
        let list = manager.get("/reports/enrolments").await.expect(200).text();
        assert!(list.contains("Camille Martin") && !list.contains("Inès Fontaine"), "{list}");
        for path in ["/reports", "/reports/enrolments", "/reports/enrolments.csv", "/reports/enrolments.xlsx"] {
            manager.get(&format!("{path}?unit={social}")).await.expect(404);
            manager.get(&format!("{path}?unit=everything")).await.expect(404);
        }
        let proof = manager.get(&format!("/reports/enrolments/{own}")).await.expect(200).text();
        assert!(!proof.contains("/admin/statements"), "{proof}");
        manager.get(&format!("/reports/enrolments/{other}")).await.expect(404);

        // Whoever moves to another unit is seen there, with what they did before.
        const MOVE: &str = "UPDATE person SET org_unit_id = $1 WHERE id = $2";
        let mut tx = app.app.db.begin().await.expect("a transaction");
        on_db!(tx, c => sqlx::query(MOVE).bind(roads).bind(ines).execute(c).await.map(drop)).expect("moved");
        tx.commit().await.expect("a commit");
        assert_eq!(totals(&manager, "").await, [[2, 1, 1, 0]; 4]);

        // A manager of no unit sees nobody; learners and trainers see no report.
        let nowhere = app.person("Sans service", Role::Manager).await;
        assert!(nowhere.get("/reports").await.expect(200).text().contains("Aucune inscription"));
        assert!(!nowhere.get("/reports/enrolments").await.expect(200).text().contains("Camille"));
        nowhere.get(&format!("/reports/enrolments/{own}")).await.expect(404);
        for role in [Role::Learner, Role::Trainer] {
            app.person(&format!("Autre {role}"), role).await.get("/reports").await.expect(403);
        }
    }

    async fn learners_see_and_take_along_their_own_record(app: TestApp) {
        let house = House::new(&app, "Accueil du public").await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        assert!(camille.get("/me/record").await.expect(200).text().contains("encore rien suivi"));
        house.enrol(camille.id, 40, Some(30), Far::Done).await;
        let course = app.import(crate::support::learning::tincan()).await;
        let (registration, index) = camille.start(&course).await;
        camille.launch(&registration, index).await;
        let other = app.person("Inès Fontaine", Role::Learner).await;
        house.enrol(other.id, 40, Some(30), Far::Doing).await;
        let page = camille.get("/me/record").await.expect(200).text();
        assert!(page.contains("Accueil du public") && page.contains("1 formation terminée"), "{page}");
        let rows = csv_rows(&camille.get("/me/record.csv").await.expect(200));
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert_eq!(rows[1][..5], ["Programme", "Accueil du public", "Terminé", "100%", "84%"]);
        assert_eq!(rows[2][..3], ["Formation", "Accueil", "En cours"]);
        let mut book = workbook(&camille.get("/me/record.xlsx").await.expect(200));
        let sheet = book.worksheet_range_at(0).expect("a sheet").expect("its cells");
        assert_eq!(sheet.height(), 3);
    }

    async fn a_list_is_paged_by_name_and_every_row_appears_once(app: TestApp) {
        let house = House::new(&app, "Accueil du public").await;
        for n in 0..120 {
            let person = house.person(&format!("Personne {:03}", (n * 37) % 120), None).await;
            house.enrol(person, 3, None, Far::Todo).await;
        }
        let hr = app.person("Hélène", Role::Hr).await;
        let link = |page: &str, word: &str| {
            let at = page.find(&format!("enrolments?period=12-months&{word}="))?;
            Some(format!("/reports/{}", page[at..].split('"').next()?))
        };
        let names = |page: &str| page.split("Personne ").skip(1).map(|rest| rest[..3].to_owned()).collect::<Vec<_>>();
        let mut seen = Vec::new();
        let mut path = Some("/reports/enrolments".to_owned());
        let mut last = String::new();
        while let Some(next) = path {
            last = read(&hr, &next).await;
            seen.extend(names(&last));
            path = link(&last, "after");
        }
        let expected: Vec<String> = (0..120).map(|n| format!("{n:03}")).collect();
        assert_eq!(seen, expected);
        let before = read(&hr, &link(&last, "before").expect("a way back")).await;
        assert_eq!(names(&before), expected[50..100]);
        let first = read(&hr, &link(&before, "before").expect("a way back")).await;
        assert_eq!(names(&first), expected[..50]);
        assert_eq!(link(&first, "before"), None);
    }

    async fn a_cancelled_enrolment_is_in_no_report_until_it_is_taken_up_again(app: TestApp) {
        const CANCEL: &str = "UPDATE enrolment SET cancelled_at = $1 WHERE id = $2";
        let house = House::new(&app, "Accueil du public").await;
        let person = house.person("Camille", None).await;
        let enrolment = house.enrol(person, 40, None, Far::Done).await;
        let hr = app.person("Hélène", Role::Hr).await;
        for (at, expected) in [(Some(app.clock.now()), 1), (None, 2)] {
            let mut tx = app.app.db.begin().await.expect("a transaction");
            on_db!(tx, c => sqlx::query(CANCEL).bind(at).bind(enrolment).execute(c).await.map(drop)).expect("changed");
            tx.commit().await.expect("a commit");
            let rows = csv_rows(&hr.get("/reports/enrolments.csv").await.expect(200));
            assert_eq!(rows.len(), expected, "{rows:?}");
        }
    }
}
