//! The records as an administrator reads them.

use super::*;

both_databases! {
    async fn administrators_read_the_records_as_sentences(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let admin = app.person("Agathe", Role::Administrator).await;
        let empty = admin.get("/admin/statements").await.expect(200).text();
        assert!(empty.contains("Rien n’est encore enregistré"), "{empty}");
        let mut one = statement("Camille Roux", "completed", "chantier");
        one["actor"]["mbox"] = json!("mailto:camille@example.fr");
        one["object"]["definition"] = json!({"name": {"fr": "Sécurité sur chantier"}});
        one["result"] = json!({"score": {"scaled": 0.8}, "duration": "PT12M"});
        store(&tool, &one).await;
        let batch: Vec<Value> = (0..60).map(|n| statement("lea", "experienced", &format!("page-{n}"))).collect();
        store(&tool, &json!(batch)).await;
        let page = admin.get("/admin/statements").await.expect(200).text();
        assert!(page.contains("lea a consulté page-59") && !page.contains("Camille Roux"), "{page}");
        let older = page.split("href=\"").find(|part| part.starts_with("/admin/statements?before=")).expect("an older page");
        let older = older.split('"').next().unwrap();
        let page = admin.get(older).await.expect(200).text();
        assert!(page.contains("Camille Roux a terminé Sécurité sur chantier avec 80\u{202f}% en 12\u{a0}min"), "{page}");
        let found = admin.get("/admin/statements?person=Camille&activity=chantier&verb=http://adlnet.gov/expapi/verbs/completed&since=2026-11-21&until=2026-11-21").await.expect(200).text();
        assert!(found.contains("Camille Roux a terminé") && !found.contains("lea a consulté"), "{found}");
        assert!(admin.get("/admin/statements?until=2026-11-20").await.text().contains("Aucun enregistrement"));
        let learner = app.person("Marc", Role::Learner).await;
        learner.get("/admin/statements").await.expect(403);
        app.person("Rose", Role::Hr).await.get("/admin/statements").await.expect(200);
        app.browser().get("/admin/statements").await.expect(303);
    }
}
