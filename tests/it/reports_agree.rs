//! Totals: page, CSV, XLSX and what `preau rebuild` makes of the statements say the same, whatever the statements become.

use std::time::Duration;

use preau::core::Timestamp;
use preau::identity::Role;
use preau::lrs::Scope;
use preau::on_db;
use serde_json::{Value, json};

use crate::both_databases;
use crate::programmes::{SCO, Workshop, finish, one_sco, put_in, unit};
use crate::reports::totals;
use crate::support::learning::{place, tincan};
use crate::support::{Client, TestApp, TestPerson};

/// A service that follows a programme of two steps: the one a SCO, the other content that speaks xAPI through a tool.
struct Service {
    shop: Workshop,
    tool: Client,
    steps: [String; 2],
}

impl Service {
    async fn open(app: &TestApp) -> Self {
        one_sco(app).await;
        app.import(tincan()).await;
        let shop = Workshop::open(app, "Prise de poste").await;
        let steps = [shop.add("before", SCO).await, shop.add("after", "accueil").await];
        shop.act("/publish", &[]).await;
        Self { shop, tool: crate::lrs::tool(app, &[Scope::All]).await, steps }
    }

    /// Opens a step: the registration of its course and the activity.
    async fn begin(&self, learner: &TestPerson, step: usize) -> (String, i64) {
        let open = format!("/programmes/{}/steps/{}/open", self.shop.id(), self.steps[step]);
        let opened = learner.post_form(&open, &[]).await.expect(303);
        place(opened.header("location").expect("the player"))
    }

    /// Opens the second step, and has the tool say that it is completed. Answers the registration.
    async fn welcome(&self, app: &TestApp, learner: &TestPerson) -> String {
        let (registration, _) = self.begin(learner, 1).await;
        let statement = json!({
            "actor": {"account": {"homePage": app.app.config.public_origin(), "name": learner.id}},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": "https://exemple.fr/accueil"},
            "context": {"registration": registration}
        });
        self.tool.post_json("/xapi/statements", &statement).await.expect(200);
        registration
    }

    /// Takes back every statement of a registration that says it is completed. Answers how many there were.
    async fn take_back(&self, registration: &str) -> usize {
        let completed = "verb=http%3A%2F%2Fadlnet.gov%2Fexpapi%2Fverbs%2Fcompleted";
        let said =
            self.tool.get(&format!("/xapi/statements?registration={registration}&{completed}")).await.expect(200);
        let said = said.json()["statements"].as_array().expect("statements").clone();
        let voiding = |statement: &Value| {
            json!({
                "actor": {"mbox": "mailto:rh@exemple.fr"},
                "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
                "object": {"objectType": "StatementRef", "id": statement["id"]}
            })
        };
        let voided: Vec<Value> = said.iter().map(voiding).collect();
        self.tool.post_json("/xapi/statements", &json!(voided)).await.expect(200);
        voided.len()
    }
}

/// Throws away every row of progress, on which every figure stands.
async fn forget(app: &TestApp) {
    let mut tx = app.app.db.begin().await.expect("a transaction");
    for text in [
        "DELETE FROM step_progress",
        "DELETE FROM enrolment_progress",
        "DELETE FROM activity_progress",
        "DELETE FROM registration_progress",
    ] {
        on_db!(tx, c => sqlx::query(text).execute(c).await.map(drop)).expect("no rows");
    }
    tx.commit().await.expect("a commit");
}

/// Enrolled, completed, in progress and late, counted by hand over the rows of the projection.
async fn by_hand(app: &TestApp) -> [i64; 4] {
    const ROWS: &str = "SELECT s.status, e.due_at FROM enrolment e \
        LEFT JOIN enrolment_progress s ON s.enrolment_id = e.id WHERE e.cancelled_at IS NULL";
    let now = app.clock.now();
    let mut tx = app.app.db.read().await.expect("a transaction");
    let rows: Vec<(Option<String>, Option<Timestamp>)> =
        on_db!(tx, c => sqlx::query_as(ROWS).fetch_all(c).await).expect("rows");
    let mut counted = [0; 4];
    for (status, due) in rows {
        let is_done = status.as_deref() == Some("done");
        counted[0] += 1;
        counted[1] += i64::from(is_done);
        counted[2] += i64::from(status.as_deref() == Some("doing"));
        counted[3] += i64::from(!is_done && due.is_some_and(|due| due < now));
    }
    counted
}

/// The totals, which are the same on the page, in the CSV, in both sheets of the XLSX, and in the rows that `preau rebuild`
/// makes after the old ones were thrown away.
async fn agreed(app: &TestApp, hr: &TestPerson) -> [i64; 4] {
    const FILE: &str = "/reports/enrolments.csv";
    // Statements of one moment are stored a little after one another; a report tells what was before it.
    app.clock.advance(Duration::from_secs(60));
    let (told, file) = (totals(hr, "").await, hr.get(FILE).await.expect(200).text());
    forget(app).await;
    assert!(
        totals(hr, "").await.iter().all(|sums| sums[1..3] == [0, 0]),
        "no figure comes from the statements themselves"
    );
    let said = app.command(&["rebuild", "--json"]).await.json();
    assert_eq!(said["enrolments"], told[0][0]);
    let rebuilt = by_hand(app).await;
    assert_eq!(told, [rebuilt; 4]);
    assert_eq!(totals(hr, "").await, told);
    assert_eq!(hr.get(FILE).await.expect(200).text(), file, "each row is as it was");
    rebuilt
}

both_databases! {
    async fn page_csv_xlsx_and_rebuild_agree_and_move_together_with_the_statements(app: TestApp) {
        let service = Service::open(&app).await;
        let (roads, social) = (unit(&app, "Département/Routes").await, unit(&app, "Département/Solidarités").await);
        let mut people = Vec::new();
        for (name, place) in [("Camille", Some(roads)), ("Zoé", Some(roads)), ("Hugo", Some(social)), ("Inès", Some(social)), ("Lou", None)] {
            let person = app.person(name, Role::Learner).await;
            if let Some(place) = place {
                put_in(&app, person.id, place).await;
            }
            people.push(person);
        }
        let [camille, zoe, hugo, ines, lou] = &people[..] else { unreachable!("five people") };
        for place in [roads, social] {
            service.shop.act("/people", &[("unit", &place.to_string()), ("due", "2026-11-30")]).await;
        }
        let programme = service.shop.id();
        let api = app.token(&["enrolments/write"]).await;
        let order = json!({"person": lou.id});
        api.post_json(&format!("/api/v1/programmes/{programme}/enrolments"), &order).await.expect(201);

        let hr = app.person("Hélène", Role::Hr).await;
        assert_eq!(agreed(&app, &hr).await, [5, 0, 0, 0], "nobody has begun, and there is time");
        for learner in [camille, zoe, ines] {
            finish(&app, learner, &programme, &service.steps[0]).await;
        }
        let welcomed = service.welcome(&app, camille).await;
        service.welcome(&app, ines).await;
        app.clock.advance(Duration::from_secs(12 * 86_400));
        assert_eq!(agreed(&app, &hr).await, [5, 2, 1, 2], "Zoé and Hugo are late, Lou has no date");

        // More is learnt: by a tool, and in the player.
        service.welcome(&app, zoe).await;
        let (registration, index) = service.begin(hugo, 0).await;
        let mut launch = hugo.launch(&registration, index).await;
        launch.commit(&app, &[("cmi.core.lesson_status", "incomplete")], "00:02:00", Some("suspend")).await;
        assert_eq!(agreed(&app, &hr).await, [5, 3, 1, 1]);

        // What the tool said of Camille was wrong: it is taken back, with what the service had concluded from it.
        assert_eq!(service.take_back(&welcomed).await, 2);
        assert_eq!(agreed(&app, &hr).await, [5, 2, 2, 2]);
        assert_eq!(totals(&hr, &format!("unit={roads}")).await, [[2, 1, 1, 1]; 4]);

        // Camille does it again.
        service.welcome(&app, camille).await;
        assert_eq!(agreed(&app, &hr).await, [5, 3, 1, 1]);
    }
}
