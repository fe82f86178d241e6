//! Rules that remove statements after a time.

use std::task::Poll;

use preau::jobs;
use preau::storage::Db;

use super::attachments::{attachment, headers_of, json_part, message, send, sha256};
use super::*;
use crate::programmes::{SCO, Workshop, finish, one_sco};
use crate::support::TestPerson;
use crate::webhooks::{Receiver, with_house};

const PAGE: &str = "/admin/lrs/retention";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Words a rule that keeps statements for thirty days; answers the address of its page.
async fn rule(agathe: &TestPerson, more: &[(&str, &str)]) -> String {
    let fields = [("name", "Trente jours"), ("days", "30")];
    let made = agathe.post_form(PAGE, &[&fields[..], more].concat()).await.expect(303);
    made.header("location").expect("the page of the rule").to_owned()
}

/// Switches a rule on, as somebody does who has its page before them.
async fn switch_on(agathe: &TestPerson, rule: &str) {
    let seen = seen(&agathe.get(rule).await.expect(200).text());
    agathe.post_form(&format!("{rule}/on"), &[("seen", &seen)]).await.expect(303);
}

/// What the page of a rule says it shows.
fn seen(page: &str) -> String {
    let field = page.split("name=\"seen\" value=\"").nth(1).expect("the rule is off");
    field.split('"').next().unwrap().to_owned()
}

/// A night passes.
async fn night(app: &TestApp, running: &App) {
    app.clock.advance(DAY);
    jobs::run_due(running, &preau::app::jobs()).await.unwrap();
}

fn reference(who: &str, verb: &str, id: &str) -> Value {
    with(statement(who, verb, "x"), "object", json!({"objectType": "StatementRef", "id": id}))
}

/// A statement that another one's context mentions.
fn mentioning(id: &str) -> Value {
    json!({"statement": {"objectType": "StatementRef", "id": id}})
}

const REGISTRATIONS: &str = "SELECT id FROM registration";
const MENTIONS: &str = "SELECT entity, seq FROM statement_link WHERE usage = 6 ORDER BY entity, seq";
const FORGET_MENTIONS: &str = "DELETE FROM statement_link WHERE usage = 6";

both_databases! {
    async fn a_rule_removes_what_tools_wrote_long_ago_and_nothing_that_anything_rests_on(app: TestApp) {
        // What Préau needs: a programme that was completed, with all that was said of it.
        one_sco(&app).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        let step = shop.add("during", SCO).await;
        shop.act("/publish", &[]).await;
        let camille = app.person("Camille Roux", Role::Learner).await;
        camille.post_form(&format!("/programmes/{}/begin", shop.id()), &[]).await.expect(303);
        finish(&app, &camille, &shop.id(), &step).await;
        let tool = tool(&app, &[Scope::All]).await;
        let mut tx = app.app.db.read().await.unwrap();
        let registration: Uuid = on_db!(tx, c => sqlx::query_scalar(REGISTRATIONS).fetch_one(c).await).unwrap();
        drop(tx);
        let within = |id: Uuid| with(statement("lea", "answered", "question"), "context", json!({"registration": id}));
        store(&tool, &within(registration)).await;
        let pair = store(&tool, &json!([statement("lea", "completed", "a"), statement("lea", "completed", "b")])).await;
        store(&tool, &json!([reference("lea", "commented", &pair[0]), reference("paul", "voided", &pair[1])])).await;
        let needed = app.count("statement").await;
        let (links, progress) = (app.count("statement_link").await, app.progress_rows().await);

        // What nothing rests on: plain, in a registration of somebody else's, with a file, and brought in from elsewhere.
        let mut plain = statement("noe", "completed", "simulateur");
        plain["id"] = json!(Uuid::new_v4());
        store(&tool, &json!([plain, within(Uuid::new_v4())])).await;
        let with_file = with(statement("noe", "completed", "dossier"), "attachments", json!([attachment("text/plain", &sha256(b"Moi"), 3)]));
        let text = with_file.to_string();
        send(&tool, message(&[(json_part(), text.as_bytes()), (headers_of("text/plain", &sha256(b"Moi")), b"Moi".as_slice())])).await.expect(200);
        let foreign = with(statement("noe", "failed", "ancien"), "id", json!(Uuid::new_v4()));
        let program = app.token(&["statements/write"]).await;
        program.post_bytes("/api/v1/statement-imports?filename=a.ndjson", "application/x-ndjson", foreign.to_string().into_bytes()).await.expect(202);
        jobs::run_due(&app.app, &preau::app::jobs()).await.unwrap();
        assert_eq!((app.count("statement").await, app.count("statement_origin").await), (needed + 4, 1));

        app.clock.advance(DAY * 40);
        let young = store(&tool, &statement("noe", "completed", "simulateur")).await;
        let agathe = app.person("Agathe", Role::Administrator).await;
        let rule = rule(&agathe, &[]).await;
        night(&app, &app.app).await;
        assert_eq!(app.count("statement").await, needed + 5, "a rule is off until somebody has seen what it would remove");
        let page = agathe.get(&rule).await.expect(200).text();
        assert!(page.contains("<p>4 déclarations.</p>") && page.contains("Arrêtée"), "{page}");

        switch_on(&agathe, &rule).await;
        jobs::run_due(&app.app, &preau::app::jobs()).await.unwrap();
        assert_eq!(app.count("statement").await, needed + 5, "it begins the next night");
        night(&app, &app.app).await;
        assert_eq!(app.count("statement").await, needed + 1);
        let young_links = app.count("statement_link").await - links;
        assert_eq!(young_links, 4, "the young one has its actor, authority, verb and object; of the others nothing is left");
        assert_eq!((app.count("statement_attachment").await, app.count("statement_origin").await), (0, 0));
        for filter in [("agent", mbox("noe")), ("activity", "http://example.fr/simulateur".to_owned())] {
            assert_eq!(ids(&tool, &[(filter.0, &filter.1)]).await, young);
        }
        app.clock.advance(DAY);
        lrs::sweep(&app.app).await.unwrap();
        assert_eq!(app.count("attachment").await, 0, "the files go with the next sweep");
        preau::progress::rebuild(&app.app).await.expect("a rebuild");
        preau::programmes::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(app.progress_rows().await, progress, "a rebuild gives the same progress");
        let page = agathe.get(&rule).await.expect(200).text();
        for told in ["<p>Rien", "4 déclarations supprimées", "dernier passage", "En marche"] {
            assert!(page.contains(told), "{told}: {page}");
        }

        // What is sent again is a new statement.
        let again = store(&tool, &plain).await;
        assert_eq!(again, [plain["id"].as_str().unwrap()]);
        let told = tool.get(&query(&[("statementId", &again[0])])).await.expect(200).json();
        assert!(told["stored"].as_str().unwrap() > "2026-12-31", "{told}");
        night(&app, &app.app).await;
        assert_eq!(app.count("statement").await, needed + 2);
        assert!(agathe.get(&rule).await.expect(200).text().contains("4 déclarations supprimées"));
    }

    async fn what_the_context_of_another_statement_mentions_stays(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let old = store(&tool, &json!([statement("noe", "completed", "a"), statement("noe", "completed", "b"), statement("noe", "completed", "c")])).await;
        app.clock.advance(DAY * 40);
        // The second is mentioned by what somebody plans to do, the third by a text alone.
        let planned = json!({"objectType": "SubStatement", "actor": {"mbox": "mailto:noe@example.fr"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/attempted"}, "object": {"id": "http://example.fr/b"}, "context": mentioning(&old[1])});
        let text = json!({"response": format!("\"statement\":{{\"objectType\":\"StatementRef\",\"id\":\"{}\"}}", old[2])});
        let young = store(&tool, &json!([
            with(statement("lea", "commented", "a"), "context", mentioning(&old[0].to_uppercase())),
            with(statement("lea", "planned", "b"), "object", planned),
            with(statement("lea", "commented", "c"), "result", text),
        ])).await;
        let agathe = app.person("Agathe", Role::Administrator).await;
        let rule = rule(&agathe, &[]).await;
        assert!(agathe.get(&rule).await.expect(200).text().contains("<p>1 déclaration.</p>"));

        // Statements of before this was written down have it, too.
        let mentions = async || {
            let mut tx = app.app.db.read().await.unwrap();
            let all: Vec<(Uuid, i64)> = on_db!(tx, c => sqlx::query_as(MENTIONS).fetch_all(c).await).unwrap();
            all
        };
        let written = mentions().await;
        assert_eq!(written.len(), 2);
        let mut tx = app.app.db.begin().await.unwrap();
        on_db!(tx, c => sqlx::query(FORGET_MENTIONS).execute(c).await.map(drop)).unwrap();
        let migration = match &app.app.db {
            Db::Sqlite { .. } => include_str!("../../../migrations/sqlite/0011_mentions.sql"),
            Db::Postgres { .. } => include_str!("../../../migrations/postgres/0011_mentions.sql"),
        };
        on_db!(tx, c => sqlx::raw_sql(migration).execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(mentions().await, written);

        switch_on(&agathe, &rule).await;
        night(&app, &app.app).await;
        assert_eq!(ids(&tool, &[("ascending", "true")]).await, [&old[..2], &young[..]].concat());
        assert!(agathe.get(&rule).await.expect(200).text().contains("1 déclaration supprimée"));
    }

    async fn a_rule_is_about_what_its_filter_finds_and_says_so_before(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let early = app.person("Agathe", Role::Administrator).await;
        let page = early.get(PAGE).await.expect(200).text();
        let holder = page.split("<option value=\"").find(|part| part.contains(">Outil<")).expect("the tool is offered");
        let holder = holder.split('"').next().unwrap().to_owned();
        let other = super::tool(&app, &[Scope::All]).await;
        let part_of = |whole: &str| json!({"contextActivities": {"parent": [{"id": format!("http://example.fr/{whole}")}]}});
        let all = store(&tool, &json!([
            statement("noe", "completed", "a"),
            statement("noe", "failed", "a"),
            with(statement("noe", "completed", "a-1"), "context", part_of("a")),
            statement("noe", "completed", "b"),
        ])).await;
        let others = store(&other, &statement("noe", "completed", "a")).await;
        app.clock.advance(DAY * 31);
        let agathe = app.person("Berthe", Role::Administrator).await;
        let filter = [("verb", "http://adlnet.gov/expapi/verbs/completed"), ("activity", "http://example.fr/a"), ("sender", &holder)];
        let only = rule(&agathe, &[&filter[..], &[("only-activity", "yes")]].concat()).await;
        let whole = rule(&agathe, &filter).await;
        let page = agathe.get(&only).await.expect(200).text();
        assert!(page.contains("<p>1 déclaration.</p>") && page.contains("Outil · "), "{page}");
        let list = page.split("href=\"/admin/statements?").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        let list = agathe.get(&format!("/admin/statements?{list}")).await.expect(200).text();
        assert!(list.contains(&all[0]) && !list.contains(&all[1]) && !list.contains(&all[2]) && !list.contains(&others[0]), "{list}");
        assert!(agathe.get(&whole).await.expect(200).text().contains("<p>2 déclarations.</p>"));
        switch_on(&agathe, &whole).await;
        night(&app, &app.app).await;
        assert_eq!(ids(&tool, &[("ascending", "true")]).await, [&all[1], &all[3], &others[0]].map(String::clone));
    }

    async fn what_a_forward_has_still_to_send_waits_for_it(app: TestApp) {
        let (running, address) = with_house(&app).await;
        let tool = tool(&app, &[Scope::All]).await;
        store(&tool, &json!([statement("noe", "completed", "a"), statement("noe", "failed", "a"), statement("noe", "completed", "b")])).await;
        app.clock.advance(DAY * 40);
        let TestPerson { id, browser } = app.person("Agathe", Role::Administrator).await;
        let agathe = TestPerson { id, browser: browser.moved_to(address) };
        // Two nights of silence: what is not sent is tried again less and less often, every hour and a half at last.
        let receiver = Receiver::start(&[503, 503, 200]).await;
        let forward = [("name", "Département"), ("url", &receiver.url()), ("login", "x"), ("secret", "y"), ("verb", "http://adlnet.gov/expapi/verbs/completed")];
        agathe.post_form("/admin/statements/forwards", &forward).await.expect(303);
        jobs::run_due(&running, &preau::app::jobs()).await.unwrap();
        assert_eq!(receiver.got().len(), 1, "it does not answer");

        let rule = rule(&agathe, &[]).await;
        assert!(agathe.get(&rule).await.expect(200).text().contains("<p>1 déclaration.</p>"), "only what it does not get");
        switch_on(&agathe, &rule).await;
        night(&app, &running).await;
        assert_eq!((receiver.got().len(), app.count("statement").await), (2, 2));
        night(&app, &running).await;
        assert_eq!(receiver.got().len(), 3, "now it has them");
        night(&app, &running).await;
        assert_eq!(app.count("statement").await, 0);
        assert!(agathe.get(&rule).await.expect(200).text().contains("3 déclarations supprimées"));
    }

    async fn a_night_that_was_killed_goes_on_where_it_was_and_counts_nothing_twice(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let kept = store(&tool, &statement("lea", "completed", "a")).await;
        let reply = store(&tool, &reference("lea", "commented", &kept[0])).await;
        for _ in 0..3 {
            let some: Vec<Value> = (0..400).map(|n| statement("noe", "experienced", &format!("page-{n}"))).collect();
            store(&tool, &json!(some)).await;
        }
        app.clock.advance(DAY * 40);
        let young = store(&tool, &json!([statement("noe", "completed", "a"), statement("noe", "completed", "b")])).await;
        // Somebody is reading page after page meanwhile.
        let first = tool.get(&query(&[("limit", "3")])).await.expect(200).json();
        let more = first["more"].as_str().unwrap().to_owned();
        let agathe = app.person("Agathe", Role::Administrator).await;
        let rule = rule(&agathe, &[]).await;
        assert!(agathe.get(&rule).await.expect(200).text().contains("<p>1\u{202f}200 déclarations.</p>"));
        switch_on(&agathe, &rule).await;
        app.clock.advance(DAY);

        let handlers = preau::app::jobs();
        let mut work = Box::pin(jobs::run_due(&app.app, &handlers));
        while app.count("statement").await == 1_204 {
            let is_at_work = std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_pending())).await;
            assert!(is_at_work, "it ended before it could be killed");
        }
        drop(work);
        let left = app.count("statement").await;
        assert!((5..1_204).contains(&left), "killed in the middle: {left}");
        assert_eq!(app.count("statement_retention_day").await, 1);
        // Another process takes the job over when nothing was heard of it for long enough.
        app.clock.advance(Duration::from_secs(3600));
        jobs::run_due(&app.app, &handlers).await.unwrap();
        assert_eq!(ids(&tool, &[("ascending", "true")]).await, [&kept[..], &reply[..], &young[..]].concat());
        let page = agathe.get(&rule).await.expect(200).text();
        assert!(page.contains("1\u{202f}200 déclarations supprimées"), "{page}");
        night(&app, &app.app).await;
        assert!(agathe.get(&rule).await.expect(200).text().contains("1\u{202f}200 déclarations supprimées"));

        let rest = tool.get(&more).await.expect(200).json();
        assert_eq!(ids_of(&rest), [reply[0].clone(), kept[0].clone()], "the pages go on behind what is gone");
        let told = tool.get(&query(&[("statementId", &reply[0])])).await.expect(200).json();
        let stored = told["stored"].as_str().unwrap().to_owned();
        assert_eq!(ids(&tool, &[("since", &stored), ("ascending", "true")]).await, young);
        assert_eq!(ids(&tool, &[("until", &stored), ("ascending", "true")]).await, [&kept[..], &reply[..]].concat());
    }

    async fn a_rule_that_says_something_else_than_what_was_seen_is_not_switched_on(app: TestApp) {
        let agathe = app.person("Agathe", Role::Administrator).await;
        let page = agathe.post_form(PAGE, &[("name", " "), ("days", "29"), ("activity", "chantier")]).await.expect(422).text();
        for wrong in ["Donnez un nom", "de 30 à 36\u{202f}500", "l’identifiant complet", "value=\"29\""] {
            assert!(page.contains(wrong), "{wrong}: {page}");
        }
        assert_eq!(app.count("statement_retention").await, 0);
        let rule = rule(&agathe, &[]).await;
        let old = seen(&agathe.get(&rule).await.expect(200).text());
        app.clock.advance(Duration::from_secs(1));
        agathe.post_form(&rule, &[("name", "Un an"), ("days", "0")]).await.expect(422);
        agathe.post_form(&rule, &[("name", "Un an"), ("days", "365")]).await.expect(303);
        agathe.post_form(&format!("{rule}/on"), &[("seen", &old)]).await.expect(409);
        agathe.post_form(&format!("{rule}/on"), &[]).await.expect(409);
        switch_on(&agathe, &rule).await;
        assert!(agathe.get(PAGE).await.expect(200).text().contains("En marche"));
        // To word it anew switches it off.
        agathe.post_form(&rule, &[("name", "Deux ans"), ("days", "730")]).await.expect(303);
        let page = agathe.get(&rule).await.expect(200).text();
        assert!(page.contains("Deux ans") && page.contains("Arrêtée") && page.contains("gardées 730 jours"), "{page}");
        switch_on(&agathe, &rule).await;
        agathe.post_form(&format!("{rule}/off"), &[]).await.expect(303);
        assert!(agathe.get(&rule).await.expect(200).text().contains("Arrêtée"));
        assert!(agathe.get(&format!("{rule}/remove")).await.expect(200).text().contains("Deux ans"), "it is asked first");
        agathe.post_form(&format!("{rule}/remove"), &[]).await.expect(303);
        for path in ["", "/on", "/off", "/remove"] {
            agathe.post_form(&format!("{rule}{path}"), &[("name", "Un an"), ("days", "365")]).await.expect(404);
        }
        assert!(agathe.get(PAGE).await.expect(200).text().contains("Aucune règle"));
    }

    async fn a_rule_that_was_removed_still_tells_how_much_it_removed(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        store(&tool, &statement("noe", "completed", "a")).await;
        app.clock.advance(DAY * 40);
        let agathe = app.person("Agathe", Role::Administrator).await;
        let rule = rule(&agathe, &[]).await;
        switch_on(&agathe, &rule).await;
        night(&app, &app.app).await;
        agathe.post_form(&format!("{rule}/remove"), &[]).await.expect(303);
        store(&tool, &statement("noe", "completed", "a")).await;
        app.clock.advance(DAY * 40);
        let page = app.person("Berthe", Role::Administrator).await.get(PAGE).await.expect(200).text();
        assert!(page.contains("Règles retirées") && page.contains("1 déclaration supprimée") && page.contains("règle retirée le"), "{page}");
        night(&app, &app.app).await;
        assert_eq!(app.count("statement").await, 1, "it removes nothing more");
    }
}
