//! Sending statements on to another store.

use std::net::SocketAddr;

use preau::jobs;

use super::*;
use crate::support::{Database, TestPerson};
use crate::webhooks::{Receiver, with_house};

const PAGE: &str = "/admin/statements/forwards";

/// The application, for which the machine itself is a network of the house, and an administrator of it.
async fn house(app: &TestApp) -> (App, SocketAddr, TestPerson) {
    let (running, address) = with_house(app).await;
    let TestPerson { id, browser } = app.person("Agathe", Role::Administrator).await;
    (running, address, TestPerson { id, browser: browser.moved_to(address) })
}

async fn add(agathe: &TestPerson, url: &str, credential: &Credential, more: &[(&str, &str)]) -> Answer {
    let fields = [("name", "Département"), ("url", url), ("login", &credential.key), ("secret", &credential.secret)];
    agathe.post_form(PAGE, &[&fields[..], more].concat()).await
}

/// Lets what was stored settle, and sends what is due.
async fn later(app: &TestApp, running: &App, seconds: u64) {
    app.clock.advance(Duration::from_secs(seconds));
    jobs::run_due(running, &preau::app::jobs()).await.unwrap();
}

/// The credential of a tool of another application.
async fn credential(app: &TestApp) -> Credential {
    let mut tx = app.app.db.begin().await.unwrap();
    let credential = lrs::create_credential(&mut tx, "Préau", &[Scope::All], app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    credential
}

both_databases! {
    async fn another_store_gets_what_is_stored_here_in_its_order(app: TestApp) {
        let (running, _, agathe) = house(&app).await;
        let tool = tool(&app, &[Scope::All]).await;
        let other = TestApp::start(Database::Sqlite).await;
        let credential = credential(&other).await;
        let theirs = speaking(other.program(), &credential, "1.0.3");
        let batch: Vec<Value> = (0..120).map(|n| statement("camille", "experienced", &format!("page-{n}"))).collect();
        let mut all = store(&tool, &json!(batch)).await;
        add(&agathe, &format!("http://{}/xapi", other.address), &credential, &[]).await.expect(303);
        assert!(agathe.get(PAGE).await.expect(200).text().contains("rien d’envoyé"));

        later(&app, &running, 60).await;
        let told = ids(&theirs, &[("ascending", "true"), ("limit", "0")]).await;
        assert_eq!(told, all);
        let page = agathe.get(PAGE).await.expect(200).text();
        assert!(page.contains("120 déclarations envoyées") && page.contains("À jour"), "{page}");
        assert!(!page.contains(&credential.secret), "a secret is never shown again");

        all.extend(store(&tool, &statement("lea", "completed", "chantier")).await);
        assert!(agathe.get(PAGE).await.expect(200).text().contains("Envoi en cours"));
        later(&app, &running, 60).await;
        assert_eq!(ids(&theirs, &[("ascending", "true"), ("limit", "0")]).await, all);
    }

    async fn what_does_not_arrive_is_sent_again_later_each_time_and_nothing_overtakes_it(app: TestApp) {
        let (running, _, agathe) = house(&app).await;
        let tool = tool(&app, &[Scope::All]).await;
        let receiver = Receiver::start(&[503, 401, 200]).await;
        add(&agathe, &receiver.url(), &credential(&app).await, &[]).await.expect(303);
        let first = store(&tool, &statement("camille", "completed", "a")).await;
        later(&app, &running, 60).await;
        let second = store(&tool, &statement("camille", "completed", "b")).await;
        let page = agathe.get(PAGE).await.expect(200).text();
        assert!(page.contains("Le destinataire a répondu 503") && page.contains("En retard de") && page.contains("prochain essai"), "{page}");
        later(&app, &running, 20).await;
        assert!(agathe.get(PAGE).await.expect(200).text().contains("Le destinataire a répondu 401"));
        // The second pause is longer than the first.
        later(&app, &running, 12).await;
        assert_eq!(receiver.got().len(), 2);
        later(&app, &running, 20).await;
        let got = receiver.got();
        let last: Vec<Value> = serde_json::from_str(&got[2].1).unwrap();
        assert_eq!(last.iter().map(|s| s["id"].as_str().unwrap()).collect::<Vec<_>>(), [first[0].as_str(), second[0].as_str()]);
        assert_eq!(got[2].0.get("x-experience-api-version").unwrap(), "1.0.3");
        let page = agathe.get(PAGE).await.expect(200).text();
        assert!(page.contains("À jour") && !page.contains("a répondu"), "{page}");
    }

    async fn a_store_that_answers_slowly_holds_no_other_up(app: TestApp) {
        let (running, _, agathe) = house(&app).await;
        let tool = tool(&app, &[Scope::All]).await;
        // The first never answers.
        let (slow, quick) = (Receiver::start(&[0]).await, Receiver::start(&[200]).await);
        for receiver in [&slow, &quick] {
            add(&agathe, &receiver.url(), &credential(&app).await, &[]).await.expect(303);
        }
        let pages: Vec<Value> = (0..120).map(|n| statement("camille", "experienced", &format!("page-{n}"))).collect();
        let mut all = store(&tool, &json!(pages)).await;
        app.clock.advance(Duration::from_secs(60));
        // A task of its own, as in the server: one that is looked at only now and then could keep the database's writer meanwhile.
        let mut work = tokio::spawn(async move { jobs::run_due(&running, &preau::app::jobs()).await });
        let mut until = async |count: usize| {
            tokio::select! {
                _ = &mut work => panic!("the work ended while a store was waited for"),
                () = quick.has_got(count) => {}
            }
        };
        until(3).await;
        // What comes while the slow one keeps us waiting does not wait for it either.
        all.extend(store(&tool, &statement("lea", "completed", "chantier")).await);
        app.clock.advance(Duration::from_secs(60));
        until(4).await;
        let got = quick.got().into_iter().flat_map(|(_, text)| serde_json::from_str::<Vec<Value>>(&text).unwrap());
        assert_eq!(got.map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), all, "in their order");
        let page = agathe.get(PAGE).await.expect(200).text();
        assert!(slow.got().len() == 1 && !page.contains("prochain essai"), "it is still waited for: {page}");
        work.abort();
    }

    async fn a_statement_that_the_receiver_refuses_holds_the_others_back_no_longer(app: TestApp) {
        let (running, _, agathe) = house(&app).await;
        let tool = tool(&app, &[Scope::All]).await;
        // The batch is refused, then the first alone; the second alone is taken.
        let receiver = Receiver::start(&[400, 400, 200]).await;
        add(&agathe, &receiver.url(), &credential(&app).await, &[("version", "2.0.0")]).await.expect(303);
        store(&tool, &json!([statement("camille", "completed", "a"), statement("camille", "completed", "b")])).await;
        later(&app, &running, 60).await;
        let page = agathe.get(PAGE).await.expect(200).text();
        assert!(page.contains("1 déclaration envoyée") && page.contains("1 refusée par le destinataire") && page.contains("À jour"), "{page}");
        assert_eq!(receiver.got().len(), 3);
        assert_eq!(receiver.got()[0].0.get("x-experience-api-version").unwrap(), "2.0.0");
    }

    async fn a_store_gets_only_what_its_filter_says_and_nothing_while_it_is_paused(app: TestApp) {
        let (running, _, agathe) = house(&app).await;
        let tool = tool(&app, &[Scope::All]).await;
        let other = TestApp::start(Database::Sqlite).await;
        let credential = credential(&other).await;
        let theirs = speaking(other.program(), &credential, "1.0.3");
        store(&tool, &statement("camille", "completed", "before")).await;
        app.clock.advance(Duration::from_secs(60));
        let only = [("verb", "http://adlnet.gov/expapi/verbs/completed"), ("from-now", "yes")];
        add(&agathe, &format!("http://{}/xapi/", other.address), &credential, &only).await.expect(303);
        app.clock.advance(Duration::from_secs(1));
        let all = store(&tool, &json!([statement("camille", "completed", "a"), statement("camille", "failed", "a")])).await;
        let page = agathe.get(PAGE).await.expect(200).text();
        let line = page.split("action=\"").find(|part| part.starts_with(PAGE) && part.contains("/pause")).expect("a line");
        let line = line.split("/pause").next().unwrap().to_owned();
        agathe.post_form(&format!("{line}/pause"), &[]).await.expect(303);
        later(&app, &running, 60).await;
        assert_eq!(ids(&theirs, &[]).await, [""; 0]);
        agathe.post_form(&format!("{line}/resume"), &[]).await.expect(303);
        later(&app, &running, 60).await;
        assert_eq!(ids(&theirs, &[]).await, [all[0].clone()]);
        assert!(agathe.get(&format!("{line}/remove")).await.expect(200).text().contains("Département"), "it is asked first");
        agathe.post_form(&format!("{line}/remove"), &[]).await.expect(303);
        agathe.post_form(&format!("{line}/remove"), &[]).await.expect(404);
        assert!(agathe.get(PAGE).await.expect(200).text().contains("Rien n’est envoyé"));
    }

    async fn statements_go_nowhere_that_is_private_and_the_form_says_what_is_wrong(app: TestApp) {
        let agathe = app.person("Agathe", Role::Administrator).await;
        let nobody = Credential { key: "clé".into(), secret: "secret".into() };
        let page = add(&agathe, "https://127.0.0.1/xapi", &nobody, &[]).await.expect(422).text();
        assert!(page.contains("Cette adresse est privée") && page.contains("value=\"Département\"") && !page.contains("value=\"secret\""), "{page}");
        let page = add(&agathe, "https://lrs.example.fr/xapi", &Credential { key: "a:b".into(), secret: "x".into() }, &[("activity", "chantier")]).await.expect(422).text();
        assert!(page.contains("sans deux-points") && page.contains("l’identifiant complet"), "{page}");
        assert_eq!(app.count("statement_forward").await, 0);
    }
}
