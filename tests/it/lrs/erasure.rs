//! Erasing a person: nobody is found any more, and everything is still counted.

use preau::{jobs, programmes, progress};

use super::attachments::{attachment, headers_of, json_part, message, send, sha256};
use super::imports::{foreign, ndjson, sent};
use super::signatures::{sign, signed};
use super::*;
use crate::programmes::{SCO, Workshop, finish, one_sco};
use crate::reports::totals;
use crate::support::TestPerson;

/// Asks for an erasure, and lets it be done.
async fn erase(app: &TestApp, administrator: &TestPerson, person: PersonId) {
    administrator.post_form(&format!("/admin/people/{person}/erase"), &[]).await.expect(303);
    jobs::run_due(&app.app, &preau::app::jobs()).await.unwrap();
}

/// How statements name somebody who works here.
async fn account(app: &TestApp, person: PersonId) -> Value {
    let person = preau::identity::person(&mut app.app.db.read().await.unwrap(), person).await.unwrap();
    json!({"account": {"homePage": person.account_home_page, "name": person.account_name}, "name": person.name})
}

const ADDRESS: &str = "UPDATE person SET email = $2 WHERE id = $1";

async fn give_address(app: &TestApp, person: PersonId, address: &str) {
    let mut tx = app.app.db.begin().await.unwrap();
    on_db!(tx, c => sqlx::query(ADDRESS).bind(person).bind(address).execute(c).await.map(drop)).unwrap();
    tx.commit().await.unwrap();
}

both_databases! {
    async fn an_erased_person_is_found_nowhere_and_what_they_learnt_is_still_counted(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let agathe = app.person("Agathe", Role::Administrator).await;
        let camille = app.person("Camille Roux", Role::Learner).await;
        give_address(&app, camille.id, "camille@example.fr").await;
        let account = account(&app, camille.id).await;
        let mut own = statement("x", "answered", "question");
        own["actor"] = account.clone();
        own["result"] = json!({"response": "Moi, Camille", "success": true});
        let mut about = statement("lea", "completed", "chantier");
        about["context"] = json!({"instructor": account});
        about["result"] = json!({"response": "Bien"});
        let by_mail = statement("camille", "completed", "chantier");
        let all = store(&tool, &json!([own, about, by_mail, statement("lea", "failed", "chantier")])).await;
        // What refers to a statement of theirs is found under them, too.
        let mut reply = statement("lea", "commented", "x");
        reply["object"] = json!({"objectType": "StatementRef", "id": all[0]});
        let reply = store(&tool, &reply).await.remove(0);
        let who = account.to_string();
        assert_eq!(ids(&tool, &[("agent", &who), ("ascending", "true")]).await, [all[0].clone(), reply.clone()]);
        let document = format!("/xapi/activities/state?{}", url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("activityId", "http://example.fr/question"), ("agent", who.as_str()), ("stateId", "place")]).finish());
        put(&tool, &document, &json!({"page": 3}), &[]).await.expect(204);

        let asked = agathe.get(&format!("/admin/people/{}/erase", camille.id)).await.expect(200).text();
        assert!(asked.contains("Effacer Camille Roux"), "{asked}");
        agathe.post_form(&format!("/admin/people/{}/erase", agathe.id), &[]).await.expect(409);
        agathe.post_form(&format!("/admin/people/{}/erase", camille.id), &[]).await.expect(303);
        camille.get("/me").await.expect(303);
        assert!(agathe.get("/admin/people/erasures").await.expect(200).text().contains("En cours"));
        jobs::run_due(&app.app, &preau::app::jobs()).await.unwrap();

        for agent in [&who, &mbox("camille")] {
            assert_eq!(ids(&tool, &[("agent", agent), ("related_agents", "true")]).await, [""; 0]);
        }
        assert_eq!(ids(&tool, &[("ascending", "true")]).await, [&all[..], std::slice::from_ref(&reply)].concat());
        let text = tool.get("/xapi/statements").await.expect(200).text();
        assert!(!text.to_lowercase().contains("camille") && !text.contains(&camille.id.to_string()), "{text}");
        assert!(text.contains("Bien"), "what others said stays");
        let nobody = tool.get(&query(&[("statementId", &all[0])])).await.expect(200).json();
        assert!(nobody["actor"]["account"]["name"].as_str().unwrap().starts_with("erased-"));
        assert_eq!((&nobody["result"]["response"], &nobody["result"]["success"]), (&json!(""), &json!(true)));
        let same = nobody["actor"].to_string();
        let found = ids(&tool, &[("agent", &same), ("related_agents", "true"), ("ascending", "true")]).await;
        assert_eq!(found, [all[0].clone(), all[1].clone(), reply]);
        assert_eq!((app.count("lrs_document").await, app.count("person_erasure").await), (0, 1));
        assert!(!agathe.get("/admin/people").await.expect(200).text().contains("Camille"));
        let record = agathe.get("/admin/people/erasures").await.expect(200).text();
        for told in ["Agathe", "3 déclarations réécrites", "aucun fichier retiré", "1 document retiré", "Terminé le"] {
            assert!(record.contains(told), "{told}: {record}");
        }
        // Asked again, there is nothing left to do.
        erase(&app, &agathe, camille.id).await;
        assert_eq!((app.count("statement").await, app.count("person_erasure").await), (5, 1));
    }

    async fn an_erased_person_vouched_for_nothing_in_another_store(app: TestApp) {
        let program = app.token(&["statements/write"]).await;
        let agathe = app.person("Agathe", Role::Administrator).await;
        let camille = app.person("Camille Roux", Role::Trainer).await;
        give_address(&app, camille.id, "camille@example.fr").await;
        let [by_camille, by_store] = [Uuid::new_v4(), Uuid::new_v4()];
        let mut vouched = foreign(by_camille, "lea", "chantier");
        vouched["authority"] = json!({"mbox": "mailto:camille@example.fr", "name": "Camille Roux"});
        sent(&app, &program, ndjson(&[vouched, foreign(by_store, "lea", "chantier")])).await;
        let page = async |id: Uuid| agathe.get(&format!("/admin/statements/{id}")).await.expect(200).text();
        assert!(page(by_camille).await.contains("<dd>Camille Roux</dd>"));

        erase(&app, &agathe, camille.id).await;
        let told = page(by_camille).await;
        assert!(!told.to_lowercase().contains("camille") && told.contains("<dd>erased-"), "{told}");
        assert!(page(by_store).await.contains("<dd>lrs</dd>"));
    }

    async fn whose_records_an_erased_person_read_is_forgotten(app: TestApp) {
        let agathe = app.person("Agathe", Role::Administrator).await;
        let [rose, paul] = [app.person("Rose", Role::Hr).await, app.person("Paul", Role::Hr).await];
        let unit = crate::programmes::unit(&app, "Routes/Atelier").await.to_string();
        for hr in [&rose, &paul] {
            agathe.post_form(&format!("/admin/people/{}/records", hr.id), &[("unit", &unit)]).await.expect(303);
        }
        assert_eq!(app.count("hr_unit").await, 2);
        erase(&app, &agathe, rose.id).await;
        assert_eq!(app.count("hr_unit").await, 1);
    }

    async fn what_an_erased_person_learnt_counts_in_every_report_and_a_rebuild_agrees(app: TestApp) {
        one_sco(&app).await;
        let shop = Workshop::open(&app, "Prise de poste").await;
        let step = shop.add("during", SCO).await;
        shop.act("/publish", &[]).await;
        let (agathe, rose) = (app.person("Agathe", Role::Administrator).await, app.person("Rose", Role::Hr).await);
        let [camille, lea] = [app.person("Camille Roux", Role::Learner).await, app.person("Léa", Role::Learner).await];
        for learner in [&camille, &lea] {
            learner.post_form(&format!("/programmes/{}/begin", shop.id()), &[]).await.expect(303);
            finish(&app, learner, &shop.id(), &step).await;
        }
        app.clock.advance(Duration::from_secs(60));
        let who = account(&app, camille.id).await;
        assert!(rose.get("/reports/enrolments").await.expect(200).text().contains("Camille Roux"));
        let (rows, figures) = (app.progress_rows().await, totals(&rose, "").await);
        assert_eq!(figures[0][1], 2, "both have completed it");
        let statements = app.count("statement").await;

        erase(&app, &agathe, camille.id).await;
        programmes::reconcile_all(&app.app).await.expect("reconciled");
        assert_eq!(app.progress_rows().await, rows);
        progress::rebuild(&app.app).await.expect("a rebuild");
        programmes::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(app.progress_rows().await, rows, "a rebuild from the rewritten statements gives the same rows");
        assert_eq!((totals(&rose, "").await, app.count("statement").await), (figures, statements));
        let list = rose.get("/reports/enrolments").await.expect(200).text();
        assert!(!list.contains("Camille") && list.contains("Léa"), "{list}");
        let tool = tool(&app, &[Scope::All]).await;
        assert_eq!(ids(&tool, &[("agent", &who.to_string()), ("related_agents", "true")]).await, [""; 0]);
    }

    async fn signatures_and_files_go_with_who_made_them_and_the_declarations_too(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let agathe = app.person("Agathe", Role::Administrator).await;
        let camille = app.person("Camille Roux", Role::Learner).await;
        let account = account(&app, camille.id).await;
        // A colleague signs a statement that names her; she attaches a file to one of her own.
        let mut about = statement("lea", "completed", "chantier");
        about["context"] = json!({"instructor": account});
        let signature = sign(&json!({"alg": "RS256"}), &about.to_string(), 2);
        send(&tool, signed(&about, &signature)).await.expect(200);
        let mut own = statement("x", "completed", "dossier");
        own["actor"] = account.clone();
        own["attachments"] = json!([attachment("text/plain", &sha256(b"Moi"), 3)]);
        let text = own.to_string();
        let parts = [(json_part(), text.as_bytes()), (headers_of("text/plain", &sha256(b"Moi")), b"Moi".as_slice())];
        send(&tool, message(&parts)).await.expect(200);
        assert_eq!(app.count("statement_attachment").await, 2);

        erase(&app, &agathe, camille.id).await;
        assert_eq!(app.count("statement_attachment").await, 0);
        let page = tool.get("/xapi/statements").await.expect(200).json();
        for statement in page["statements"].as_array().unwrap() {
            assert_eq!(statement["attachments"], json!([]), "nothing is declared that is not there");
        }
        let record = agathe.get("/admin/people/erasures").await.expect(200).text();
        assert!(record.contains("2 fichiers retirés"), "{record}");
        lrs::sweep(&app.app).await.unwrap();
        app.clock.advance(Duration::from_secs(2 * 24 * 3600));
        lrs::sweep(&app.app).await.unwrap();
        assert_eq!(app.count("attachment").await, 0, "the files themselves go with the next sweep");
    }
}
