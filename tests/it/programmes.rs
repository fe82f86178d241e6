//! Programmes: built in three bands, published as versions, followed step by step.

use std::time::Duration;

use preau::core::{OrgUnitId, PersonId, SpaceId};
use preau::identity::Role;
use preau::spaces::{self, SpaceRole};
use preau::{on_db, programmes};
use serde_json::json;

use crate::both_databases;
use crate::support::learning::{TestCourse, cmi5, item, place, scorm, tincan};
use crate::support::{TestApp, TestPerson};

/// A trainer with a programme.
pub struct Workshop {
    pub trainer: TestPerson,
    base: String,
}

impl Workshop {
    pub async fn open(app: &TestApp, title: &str) -> Self {
        let trainer = app.person("Nadia Colin", Role::Trainer).await;
        let made = trainer.post_form("/trainer/programmes", &[("title", title)]).await.expect(303);
        let base = made.header("location").expect("the builder").to_owned();
        Self { trainer, base }
    }

    pub fn id(&self) -> String {
        self.base.rsplit('/').next().expect("an id").to_owned()
    }

    pub async fn act(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.trainer.post_form(&format!("{}{path}", self.base), fields).await.expect(303);
        answer.header("location").expect("an address").to_owned()
    }

    /// Adds a step; answers its key.
    pub async fn add(&self, phase: &str, what: &str) -> String {
        let to = self.act("/steps", &[("phase", phase), ("what", what)]).await;
        to.rsplit_once("#step-").unwrap_or_else(|| panic!("{what} was not found: {to}")).1.to_owned()
    }

    async fn edit(&self, key: &str, title: &str, after: &str, opens: &str) {
        let fields = [("title", title), ("minutes", "12"), ("after", after), ("opens", opens), ("required", "yes")];
        self.act(&format!("/steps/{key}"), &fields).await;
    }

    async fn page(&self) -> String {
        self.trainer.get(&self.base).await.expect(200).text()
    }
}

/// Where the titles stand in a page, in order.
fn in_order(page: &str, titles: &[&str]) -> bool {
    let places: Vec<_> = titles.iter().map(|title| page.find(&format!(">{title}</textarea>"))).collect();
    places.iter().all(Option::is_some) && places.is_sorted()
}

/// A unit of the organisation.
pub async fn unit(app: &TestApp, path: &str) -> OrgUnitId {
    let mut tx = app.app.db.begin().await.expect("a transaction");
    let unit = preau::identity::org_unit_at(&mut tx, path, app.clock.now()).await.expect("a unit");
    tx.commit().await.expect("a commit");
    unit
}

pub async fn put_in(app: &TestApp, person: PersonId, unit: OrgUnitId) {
    const PUT: &str = "UPDATE person SET org_unit_id = $2 WHERE id = $1";
    let mut tx = app.app.db.begin().await.expect("a transaction");
    on_db!(tx, c => sqlx::query(PUT).bind(person).bind(unit).execute(c).await.map(drop)).expect("a change");
    tx.commit().await.expect("a commit");
}

/// The rows of the projection, as text.
async fn rows(app: &TestApp) -> Vec<String> {
    const STEPS: &str = "SELECT enrolment_id, step_key, status, score_scaled, last_at, completed_at FROM step_progress \
        ORDER BY enrolment_id, step_key";
    const WHOLE: &str = "SELECT enrolment_id, status, done, total, progress, score_scaled, started_at, last_at, completed_at \
        FROM enrolment_progress ORDER BY enrolment_id";
    type Step = (uuid::Uuid, uuid::Uuid, String, Option<f64>, i64, Option<i64>);
    type Whole = (uuid::Uuid, String, i32, i32, f64, Option<f64>, Option<i64>, Option<i64>, Option<i64>);
    let mut tx = app.app.db.read().await.expect("a transaction");
    let steps: Vec<Step> = on_db!(tx, c => sqlx::query_as(STEPS).fetch_all(c).await).expect("rows");
    let whole: Vec<Whole> = on_db!(tx, c => sqlx::query_as(WHOLE).fetch_all(c).await).expect("rows");
    steps.iter().map(|row| format!("{row:?}")).chain(whole.iter().map(|row| format!("{row:?}"))).collect()
}

/// How many statements with this verb are about the programme.
async fn statements(app: &TestApp, verb: &str) -> usize {
    const BODIES: &str = "SELECT body FROM statement";
    let mut tx = app.app.db.read().await.expect("a transaction");
    let bodies: Vec<String> = on_db!(tx, c => sqlx::query_scalar(BODIES).fetch_all(c).await).expect("rows");
    bodies.iter().filter(|body| body.contains(&format!("/verbs/{verb}\"")) && body.contains("/programmes/")).count()
}

/// Plays a step of one SCO to its end.
pub async fn finish(app: &TestApp, learner: &TestPerson, programme: &str, key: &str) -> String {
    let opened = learner.post_form(&format!("/programmes/{programme}/steps/{key}/open"), &[]).await.expect(303);
    let player = opened.header("location").expect("the player").to_owned();
    let (registration, index) = place(&player);
    let mut launch = learner.launch(&registration, index).await;
    app.clock.advance(Duration::from_secs(60));
    let set = [("cmi.core.lesson_status", "passed"), ("cmi.core.score.raw", "80")];
    launch.commit(app, &set, "00:01:00", Some("")).await;
    player
}

pub async fn one_sco(app: &TestApp) -> TestCourse {
    app.import(scorm("1.2", &item("a", ""), &[("a", "sco")])).await
}

pub const SCO: &str = "Sécurité sur chantier";

both_databases! {
    async fn a_trainer_builds_and_publishes_and_learners_see_it_only_then(app: TestApp) {
        one_sco(&app).await;
        app.import(cmi5(&crate::support::learning::au("un", r#"moveOn="Completed""#))).await;
        let shop = Workshop::open(&app, "  Prise de   poste ").await;
        let learner = app.person("Camille", Role::Learner).await;
        let first = shop.add("before", SCO).await;
        let second = shop.add("before", "cyber").await;
        shop.edit(&first, "Lire les consignes", &second, "").await;
        shop.edit(&second, "Se protéger", "", "").await;
        assert!(in_order(&shop.page().await, &["Prise de poste", "Lire les consignes", "Se protéger"]));
        shop.act(&format!("/steps/{second}/move"), &[("to", "up")]).await;
        assert!(in_order(&shop.page().await, &["Se protéger", "Lire les consignes"]));
        shop.act(&format!("/steps/{first}/move"), &[("phase", "after"), ("place", "0")]).await;
        let page = shop.page().await;
        assert!(page.contains("Après « Se protéger »".replace("« ", "«\u{202f}").replace(" »", "\u{202f}»").as_str()), "{page}");

        // Removed and put back, where it was.
        shop.act(&format!("/steps/{first}/remove"), &[]).await;
        assert!(!in_order(&shop.page().await, &["Lire les consignes"]));
        shop.act(&format!("/steps/{first}/restore"), &[]).await;
        assert!(in_order(&shop.page().await, &["Se protéger", "Lire les consignes"]));

        // A circle is not published, nor seen.
        shop.edit(&second, "Se protéger", &first, "").await;
        shop.act("/publish", &[]).await;
        assert!(shop.page().await.contains("s’attendent en rond"));
        let address = format!("/programmes/{}", shop.id());
        learner.get(&address).await.expect(404);
        learner.post_form(&format!("{address}/begin"), &[]).await.expect(404);
        learner.get(&format!("{}/preview", shop.base)).await.expect(403);
        assert!(shop.trainer.get(&format!("{}/preview", shop.base)).await.expect(200).text().contains("Lire les consignes"));

        shop.edit(&second, "Se protéger", "", "").await;
        shop.act("/publish", &[]).await;
        assert!(shop.page().await.contains("est publié"));
        assert!(learner.get(&address).await.expect(200).text().contains("Commencer ce programme"));
    }

    async fn what_is_typed_must_name_one_content(app: TestApp) {
        one_sco(&app).await;
        let shop = Workshop::open(&app, "Essai").await;
        let to = shop.act("/steps", &[("phase", "during"), ("what", "plomberie")]).await;
        assert!(to.ends_with("#add-during"));
        assert!(shop.page().await.contains("plomberie"));
        let refused = shop.trainer.post_form(&format!("{}/steps", shop.base), &[("phase", "never"), ("what", SCO)]).await;
        refused.expect(400);
    }

    async fn a_learner_goes_through_it_and_completes_it(app: TestApp) {
        one_sco(&app).await;
        app.import(tincan()).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        let first = shop.add("before", SCO).await;
        let second = shop.add("during", "accueil").await;
        let third = shop.add("after", "accueil").await;
        shop.edit(&second, "Accueillir", &first, "").await;
        shop.edit(&third, "Plus tard", "", "2026-12-02").await;
        shop.act("/publish", &[]).await;

        let id = shop.id();
        let address = format!("/programmes/{id}");
        let camille = app.person("Camille", Role::Learner).await;
        let open = |key: &str| format!("{address}/steps/{key}/open");
        camille.post_form(&open(&first), &[]).await.expect(404);
        camille.post_form(&format!("{address}/begin"), &[]).await.expect(303);
        camille.post_form(&format!("{address}/begin"), &[]).await.expect(303);
        assert_eq!(statements(&app, "registered").await, 1, "beginning twice is beginning once");

        // Locked for a reason, on the page and at the door.
        let page = camille.get(&address).await.expect(200).text();
        assert!(page.contains("Ouvre le 2\u{a0}décembre 2026") && page.contains("Après «\u{202f}"), "{page}");
        for key in [&second, &third] {
            let refused = camille.post_form(&open(key), &[]).await.expect(403).text();
            assert!(refused.contains("n’est pas encore ouverte"), "{refused}");
        }

        let player = finish(&app, &camille, &id, &first).await;
        assert!(camille.get(&player).await.expect(200).text().contains(&format!("href=\"{address}\"")), "the way back");
        let page = camille.get(&address).await.expect(200).text();
        assert!(page.contains("1 sur 3"), "{page}");
        let opened = camille.post_form(&open(&second), &[]).await.expect(303);
        let (registration, index) = place(opened.header("location").expect("the player"));
        camille.launch(&registration, index).await;
        app.clock.advance(Duration::from_secs(12 * 86_400));
        camille.post_form(&open(&third), &[]).await.expect(303);
        assert_eq!(statements(&app, "completed").await, 0);

        // Both remaining steps are the same activity: done once, it is done in both.
        let program = preau::xapi::Agent::account(app.app.config.public_origin(), camille.id.to_string());
        let activity = preau::xapi::Activity::new("https://exemple.fr/accueil");
        let statement = preau::xapi::vocabulary::event(program.clone(), preau::xapi::vocabulary::COMPLETED, activity)
            .with_context(preau::xapi::vocabulary::context(registration.parse().expect("an id"), &[], Vec::new(), Vec::new()));
        let mut tx = app.app.db.begin().await.expect("a transaction");
        let stored = preau::lrs::append(&mut tx, &app.app, vec![statement], preau::lrs::Authority::service(&app.app)).await;
        let stored = stored.expect("stored");
        tx.commit().await.expect("a commit");
        assert_eq!(statements(&app, "completed").await, 1);
        assert!(camille.get(&address).await.expect(200).text().contains("3 sur 3"));

        let before = rows(&app).await;
        assert_eq!(before.len(), 4, "{before:#?}");
        assert_eq!(programmes::rebuild(&app.app).await.expect("a rebuild"), 1);
        assert_eq!(rows(&app).await, before);
        assert_eq!(statements(&app, "completed").await, 1, "a rebuild says nothing again");

        // Taken back with what followed for the course, it no longer counts.
        let taken_back = stored.iter().take(2).map(|said| preau::xapi::vocabulary::voiding(program.clone(), said.id.0));
        let mut tx = app.app.db.begin().await.expect("a transaction");
        let service = preau::lrs::Authority::service(&app.app);
        preau::lrs::append(&mut tx, &app.app, taken_back.collect(), service).await.expect("stored");
        tx.commit().await.expect("a commit");
        let after = rows(&app).await;
        assert_ne!(after, before);
        preau::progress::rebuild(&app.app).await.expect("a rebuild");
        programmes::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(rows(&app).await, after);
    }

    async fn a_direction_is_enrolled_with_all_below_it_and_who_joins_later(app: TestApp) {
        one_sco(&app).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        shop.add("during", SCO).await;
        shop.act("/publish", &[]).await;
        let roads = unit(&app, "Routes").await;
        let upkeep = unit(&app, "Routes/Entretien/Équipe nord").await;
        let [camille, zoe, hugo] = [app.person("Camille", Role::Learner).await, app.person("Zoé", Role::Learner).await,
            app.person("Hugo", Role::Learner).await];
        put_in(&app, camille.id, roads).await;
        put_in(&app, zoe.id, upkeep).await;
        let people = format!("{}/people", shop.base);
        shop.act("/people", &[("unit", &roads.to_string()), ("due", "2026-11-30")]).await;
        let page = shop.trainer.get(&people).await.expect(200).text();
        assert!(page.contains("Camille") && page.contains("Zoé") && !page.contains("Hugo"), "{page}");
        assert!(page.contains("2 personnes inscrites") && page.contains("30\u{a0}novembre"), "{page}");
        assert!(zoe.get(&format!("/programmes/{}", shop.id())).await.expect(200).text().contains("30\u{a0}novembre"));

        put_in(&app, hugo.id, upkeep).await;
        assert_eq!(programmes::reconcile_all(&app.app).await.expect("reconciled").enrolled, 1);
        assert_eq!(programmes::reconcile_all(&app.app).await.expect("reconciled"), programmes::Reconciled::default());
        assert_eq!(statements(&app, "registered").await, 3);

        // One is taken out by hand and stays out; undo brings her back.
        let api = app.token(&["enrolments/read"]).await;
        let list = format!("/api/v1/programmes/{}/enrolments", shop.id());
        let listed = api.get(&list).await.expect(200).json();
        let enrolment = listed["enrolments"][0]["id"].as_str().expect("an id").to_owned();
        assert_eq!(listed["enrolments"][0]["person_name"], "Camille");
        shop.act(&format!("/people/{enrolment}/cancel"), &[]).await;
        programmes::reconcile_all(&app.app).await.expect("reconciled");
        assert_eq!(api.get(&list).await.json()["enrolments"].as_array().map(Vec::len), Some(2));
        api.get(&format!("/api/v1/enrolments/{enrolment}")).await.expect(404);
        shop.act(&format!("/people/{enrolment}/restore"), &[]).await;
        assert_eq!(api.get(&format!("/api/v1/enrolments/{enrolment}")).await.expect(200).json()["status"], "todo");

        // The rule ends: nobody is left; and it holds again: the same enrolments are back.
        let page = shop.trainer.get(&people).await.text();
        let rule = page.split("/rules/").nth(1).and_then(|rest| rest.split('/').next()).expect("a rule").to_owned();
        shop.act(&format!("/rules/{rule}/end"), &[]).await;
        assert!(shop.trainer.get(&people).await.text().contains("Personne n’est encore inscrit"));
        shop.act(&format!("/rules/{rule}/resume"), &[]).await;
        assert_eq!(api.get(&list).await.json()["enrolments"][0]["id"], json!(enrolment));
        assert_eq!(statements(&app, "registered").await, 3);
    }

    async fn a_space_and_a_person_are_enrolled_by_the_interface(app: TestApp) {
        const SPACE: &str = "INSERT INTO space (id, name, name_key, description, visibility, created_at) \
            VALUES ($1, 'Accueil', 'accueil', '', 'open', 0)";
        const MEMBER: &str =
            "INSERT INTO space_member (space_id, person_id, role, created_at) VALUES ($1, $2, 'member', 0)";
        one_sco(&app).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        shop.add("during", SCO).await;
        let space = SpaceId::new();
        let camille = app.person("Camille", Role::Learner).await;
        let zoe = app.person("Zoé", Role::Learner).await;
        let mut tx = app.app.db.begin().await.expect("a transaction");
        on_db!(tx, c => sqlx::query(SPACE).bind(space).execute(c).await.map(drop)).expect("a space");
        on_db!(tx, c => sqlx::query(MEMBER).bind(space).bind(zoe.id).execute(c).await.map(drop)).expect("a member");
        tx.commit().await.expect("a commit");

        let api = app.token(&["enrolments/write"]).await;
        let list = format!("/api/v1/programmes/{}/enrolments", shop.id());
        let by_space = json!({"space": space, "due_at": "2026-12-01T12:00:00Z"});
        assert_eq!(api.post_json(&list, &by_space).await.expect(409).json()["code"], "programme-not-published");
        shop.act("/publish", &[]).await;
        assert_eq!(api.post_json(&list, &by_space).await.expect(201).json()["enrolled"], 1);
        assert_eq!(api.post_json(&list, &by_space).await.expect(201).json()["enrolled"], 0);
        assert_eq!(api.post_json(&list, &json!({"person": camille.id})).await.expect(201).json()["enrolled"], 1);
        let listed = api.get(&list).await.expect(200).json();
        assert_eq!(listed["enrolments"][1]["due_at"], "2026-12-01T12:00:00.000Z");
        assert_eq!(api.post_json(&list, &json!({})).await.expect(422).json()["code"], "target-ambiguous");
        assert_eq!(api.post_json(&list, &json!({"person": PersonId::new()})).await.expect(404).json()["code"], "target-unknown");
        let wrong = json!({"person": camille.id, "due_at": "demain"});
        assert_eq!(api.post_json(&list, &wrong).await.expect(422).json()["code"], "due-invalid");
        // Who joins the space later follows the programme at once, until they leave it.
        let lea = app.person("Léa", Role::Learner).await;
        let mut tx = app.app.db.begin().await.expect("a transaction");
        spaces::put_member(&mut tx, &app.app, space, lea.id, SpaceRole::Member).await.expect("a member");
        tx.commit().await.expect("a commit");
        assert_eq!(api.get(&list).await.json()["enrolments"].as_array().map(Vec::len), Some(3));
        // A learner reads nobody's enrolment by the interface.
        let enrolment = listed["enrolments"][0]["id"].as_str().expect("an id");
        zoe.get(&format!("/api/v1/enrolments/{enrolment}")).await.expect(403);
        zoe.get(&list).await.expect(403);
    }

    async fn a_package_that_is_a_step_is_not_deleted(app: TestApp) {
        let course = one_sco(&app).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        let to = shop.act("/steps", &[("phase", "after"), ("course", &course.id.to_string())]).await;
        assert!(to.contains("#step-"), "a course is added by its identifier, too: {to}");
        let program = app.token(&["packages/read", "packages/write"]).await;
        let package = program.get("/api/v1/packages").await.json()["packages"][0]["id"].as_str().expect("an id").to_owned();
        let refused = program.delete(&format!("/api/v1/packages/{package}")).await.expect(409).json();
        assert_eq!((refused["code"].as_str(), &refused["programmes"]), (Some("package-in-programme"), &json!(1)));
    }

    async fn running_enrolments_keep_their_version_until_they_are_moved(app: TestApp) {
        one_sco(&app).await;
        app.import(tincan()).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        let kept = shop.add("before", SCO).await;
        let dropped = shop.add("during", "accueil").await;
        shop.edit(&dropped, "Accueillir", "", "").await;
        shop.act("/publish", &[]).await;
        let camille = app.person("Camille", Role::Learner).await;
        let address = format!("/programmes/{}", shop.id());
        camille.post_form(&format!("{address}/begin"), &[]).await.expect(303);
        finish(&app, &camille, &shop.id(), &kept).await;

        shop.act(&format!("/steps/{dropped}/remove"), &[]).await;
        shop.edit(&kept, "Les bons gestes", "", "").await;
        assert!(camille.get(&address).await.text().contains("Accueillir"), "a draft changes nothing");
        shop.act("/publish", &[]).await;
        let page = camille.get(&address).await.text();
        assert!(page.contains("Accueillir") && !page.contains("Les bons gestes"), "who runs keeps the version");
        let zoe = app.person("Zoé", Role::Learner).await;
        zoe.post_form(&format!("{address}/begin"), &[]).await.expect(303);
        assert!(zoe.get(&address).await.text().contains("Les bons gestes"), "who begins gets the new one");

        assert!(shop.page().await.contains("Faire passer 1 inscrit"));
        shop.act("/move", &[]).await;
        let page = camille.get(&address).await.text();
        assert!(page.contains("Les bons gestes") && page.contains("1 sur 1"), "what was done counts: {page}");
        assert_eq!(statements(&app, "completed").await, 1);
        let before = rows(&app).await;
        programmes::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(rows(&app).await, before);
    }

    async fn two_courses_committed_at_once_both_count(app: TestApp) {
        one_sco(&app).await;
        one_sco(&app).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        let keys = [shop.add("during", SCO).await, shop.add("during", &format!("{SCO} (2)")).await];
        shop.act("/publish", &[]).await;
        for round in 0..5 {
            let learner = app.person(&format!("Camille {round}"), Role::Learner).await;
            learner.post_form(&format!("/programmes/{}/begin", shop.id()), &[]).await.expect(303);
            let mut launches = Vec::new();
            for key in &keys {
                let opened = learner.post_form(&format!("/programmes/{}/steps/{key}/open", shop.id()), &[]).await.expect(303);
                let (registration, index) = place(opened.header("location").expect("the player"));
                launches.push(learner.launch(&registration, index).await);
            }
            let [one, two] = &mut launches[..] else { unreachable!("two steps") };
            let set = [("cmi.core.lesson_status", "passed")];
            tokio::join!(one.commit(&app, &set, "00:01:00", Some("")), two.commit(&app, &set, "00:01:00", Some("")));
            let page = learner.get(&format!("/programmes/{}", shop.id())).await.expect(200).text();
            assert!(page.contains("2 sur 2"), "round {round}");
        }
        assert_eq!(statements(&app, "completed").await, 5);
    }

    async fn check_finds_an_enrolment_that_is_not_where_its_records_put_it(app: TestApp) {
        one_sco(&app).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        let key = shop.add("during", SCO).await;
        shop.act("/publish", &[]).await;
        let camille = app.person("Camille", Role::Learner).await;
        camille.post_form(&format!("/programmes/{}/begin", shop.id()), &[]).await.expect(303);
        finish(&app, &camille, &shop.id(), &key).await;
        let found = async || {
            let said = app.command(&["check", "--json"]).await;
            let told: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
            let line = told["checks"].as_array().expect("checks").iter().find(|line| line["name"] == "enrolments");
            let line = line.expect("a line").clone();
            (line["ok"] == true, line["detail"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(found().await, (true, "1, each as its records and rules say".to_owned()));

        let break_it = async |statement: &'static str| {
            let mut tx = app.app.db.begin().await.expect("a transaction");
            on_db!(tx, c => sqlx::query(statement).execute(c).await.map(drop)).expect("a change");
            tx.commit().await.expect("a commit");
        };
        break_it("UPDATE step_progress SET score_scaled = 0.25").await;
        let (ok, detail) = found().await;
        assert!(!ok && detail.starts_with("of 1: 1 not where their records put them"), "{detail}");
        app.command(&["rebuild"]).await;
        assert!(found().await.0);
        break_it("DELETE FROM enrolment_progress").await;
        let (_, detail) = found().await;
        assert!(detail.contains("1 not where their records put them"), "{detail}");
        programmes::rebuild(&app.app).await.expect("a rebuild");
        assert!(found().await.0);
        break_it("UPDATE enrolment SET rule_id = NULL").await;
        break_it("UPDATE programme_version SET published_at = NULL").await;
        break_it("UPDATE report_enrolment SET due_at = 5").await;
        let (_, detail) = found().await;
        for fault in ["1 on a version that", "1 made by no rule", "1 counted otherwise in reports"] {
            assert!(detail.contains(fault), "{detail}");
        }
    }

    async fn the_home_offers_the_next_step_says_what_is_due_and_what_is_late(app: TestApp) {
        one_sco(&app).await;
        app.import(tincan()).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        let first = shop.add("during", SCO).await;
        let second = shop.add("after", "accueil").await;
        shop.edit(&second, "Accueillir", "", "2026-12-10").await;
        shop.act("/publish", &[]).await;
        let camille = app.person("Camille", Role::Learner).await;
        shop.act("/people", &[("person", "Camille (camille)"), ("due", "2026-11-30")]).await;

        let home = camille.get("/").await.expect(200).text();
        let open = format!("/programmes/{}/steps/{first}/open", shop.id());
        assert!(home.contains(&open) && home.contains("Commencer\u{202f}: Sécurité sur chantier"), "{home}");
        assert!(home.contains("À terminer avant le 30\u{a0}novembre 2026") && home.contains("Étape 1 sur 2"), "{home}");
        assert!(camille.get("/catalogue").await.expect(200).text().contains("Prise de poste"));

        finish(&app, &camille, &shop.id(), &first).await;
        let home = camille.get("/").await.expect(200).text();
        assert!(home.contains("Ouvre le 10\u{a0}décembre 2026") && !home.contains("class=\"resume\""), "nothing to do: {home}");
        app.clock.advance(Duration::from_secs(12 * 86_400));
        let home = camille.get("/").await.expect(200).text();
        assert!(home.contains("En retard de 3 jours"), "{home}");
        app.clock.advance(Duration::from_secs(8 * 86_400));
        let home = camille.get("/").await.expect(200).text();
        assert!(home.contains(&format!("{second}/open")) && home.contains("class=\"resume\""), "{home}");
    }
}
