//! Importing, by the interface and by the page, and deleting again.

use super::*;

both_databases! {
    async fn a_package_is_imported_read_and_deleted(app: TestApp) {
        let answer = post(&app, "cours.zip", course(&[("media/plan.svg", b"<svg/>")])).await.expect(201);
        let report = answer.json();
        let id = report["id"].as_str().unwrap();
        assert_eq!(answer.header("location"), Some(format!("/api/v1/packages/{id}").as_str()));
        assert_eq!((report["kind"].as_str(), report["edition"].as_str()), (Some("scorm12"), Some("SCORM 1.2")));
        let course = &report["courses"][0];
        assert_eq!(course["title"], "Sécurité routière");
        let activity = &course["activities"][0];
        assert_eq!((activity["index"].as_i64(), activity["identifier"].as_str()), (Some(0), Some("I")));
        assert_eq!((activity["title"].as_str(), activity["kind"].as_str()), (Some("Le départ"), Some("sco")));
        assert_eq!(codes(&report), ["files-undeclared"]);
        assert!(report["findings"][0]["message"].as_str().unwrap().contains("plan.svg"));

        let reader = app.token(&["packages/read"]).await;
        assert_eq!(reader.get(&format!("/api/v1/packages/{id}")).await.expect(200).json(), report);
        let list = reader.get("/api/v1/packages").await.expect(200).json();
        assert_eq!(list["packages"][0]["id"], report["id"]);
        let english = reader.with_header("accept-language", "en").get(&format!("/api/v1/packages/{id}")).await.json();
        assert!(english["findings"][0]["message"].as_str().unwrap().contains("is announced by no resource"));

        let writer = app.token(&["packages/write"]).await;
        writer.delete(&format!("/api/v1/packages/{id}")).await.expect(204);
        writer.delete(&format!("/api/v1/packages/{id}")).await.expect(404);
        assert_eq!(rows(&app).await, 0);
        assert_eq!(files_on_disk(&app), Vec::<PathBuf>::new());
    }

    async fn twenty_thousand_small_files_are_imported(app: TestApp) {
        let mut writer = ZipWriter::new_append(Cursor::new(course(&[]))).unwrap();
        for n in 0..20_000 {
            writer.start_file(format!("media/{}/{n}.txt", n % 100), SimpleFileOptions::DEFAULT).unwrap();
            writer.write_all(b"x").unwrap();
        }
        let body = writer.finish().unwrap().into_inner();
        let report = post(&app, "x.zip", body).await.expect(201).json();
        assert_eq!(codes(&report), ["files-undeclared"]);
        assert!(rows(&app).await > 20_000);
        let writer = app.token(&["packages/write"]).await;
        writer.delete(&format!("/api/v1/packages/{}", report["id"].as_str().unwrap())).await.expect(204);
        assert_eq!(rows(&app).await, 0);
    }

    async fn who_may_not_import_is_told_so(app: TestApp) {
        let body = course(&[]);
        let send = |client: crate::support::Client| {
            let body = body.clone();
            async move { client.post_bytes("/api/v1/packages", "application/zip", body).await }
        };
        send(app.program()).await.expect(401);
        assert_eq!(send(app.token(&["packages/read"]).await).await.expect(403).json()["code"], "scope-missing");
        let learner = app.person("Camille Martin", Role::Learner).await;
        learner.post_bytes("/api/v1/packages", "application/zip", body.clone()).await.expect(403);
        let trainer = app.person("Thomas Petit", Role::Trainer).await;
        trainer.post_bytes("/api/v1/packages", "application/zip", body).await.expect(201);
    }

    async fn a_package_with_learners_is_not_deleted(app: TestApp) {
        const REGISTER: &str = "INSERT INTO registration \
            (id, person_id, course_id, version_id, attempt, preview, lease, created_at) \
            VALUES ($1, $2, $3, $4, 1, $5, 0, 0)";
        let report = post(&app, "x.zip", course(&[])).await.expect(201).json();
        let learner = app.person("Camille Martin", Role::Learner).await;
        let course: preau::core::CourseId = report["courses"][0]["id"].as_str().unwrap().parse().unwrap();
        let version: VersionId = report["version"].as_str().unwrap().parse().unwrap();
        let mut tx = app.app.db.begin().await.unwrap();
        let registration = preau::core::RegistrationId::new();
        on_db!(tx, c => sqlx::query(REGISTER)
            .bind(registration).bind(learner.id).bind(course).bind(version).bind(false)
            .execute(c).await.map(drop)).unwrap();
        tx.commit().await.unwrap();
        let writer = app.token(&["packages/write"]).await;
        let answer = writer.delete(&format!("/api/v1/packages/{}", report["id"].as_str().unwrap())).await.expect(409).json();
        assert_eq!((answer["code"].as_str(), answer["records"].as_i64()), (Some("package-in-use"), Some(1)));
        assert!(!files_on_disk(&app).is_empty());
    }

    async fn a_package_goes_with_all_that_its_previews_left(app: TestApp) {
        const PREVIEW: &str = "INSERT INTO registration \
            (id, person_id, course_id, version_id, attempt, preview, lease, created_at) \
            VALUES ($1, $2, $3, $4, 1, TRUE, 0, 0)";
        let report = post(&app, "x.zip", course(&[])).await.expect(201).json();
        let trainer = app.person("Nadia", Role::Trainer).await;
        let course: preau::core::CourseId = report["courses"][0]["id"].as_str().unwrap().parse().unwrap();
        let version: VersionId = report["version"].as_str().unwrap().parse().unwrap();
        let (preview, elsewhere) = (preau::core::RegistrationId::new(), preau::core::RegistrationId::new());
        let agent = preau::xapi::Ifi::Mbox("mailto:nadia@example.fr".into());
        let mut tx = app.app.db.begin().await.unwrap();
        on_db!(tx, c => sqlx::query(PREVIEW)
            .bind(preview).bind(trainer.id).bind(course).bind(version)
            .execute(c).await.map(drop)).unwrap();
        for registration in [preview, elsewhere] {
            let state = serde_json::json!({"page": 3});
            preau::lrs::put_state(&mut tx, &app.app, "http://example.fr/a", &agent, registration, "s", &state).await.unwrap();
        }
        tx.commit().await.unwrap();
        let writer = app.token(&["packages/write"]).await;
        writer.delete(&format!("/api/v1/packages/{}", report["id"].as_str().unwrap())).await.expect(204);
        assert_eq!((app.count("registration").await, app.count("lrs_document").await), (0, 1));
    }

    async fn a_trainer_imports_by_the_page_with_or_without_script(app: TestApp) {
        let trainer = app.person("Thomas Petit", Role::Trainer).await;
        let page = trainer.get("/trainer/import").await.expect(200).text();
        assert!(page.contains("data-url=\"/api/v1/packages\"") && page.contains("multipart/form-data"), "{page}");

        let form = |body: &[u8]| {
            let mut form = b"--BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.zip\"\r\n\r\n".to_vec();
            form.extend_from_slice(body);
            form.extend_from_slice(b"\r\n--BOUND--\r\n");
            form
        };
        let media_type = "multipart/form-data; boundary=BOUND";
        let refusal = trainer.post_bytes("/trainer/import", media_type, form(b"PK\x03\x04")).await.expect(422).text();
        assert!(refusal.contains("tronquée") && refusal.contains("Rien n’a été gardé"), "{refusal}");
        let done = trainer.post_bytes("/trainer/import", media_type, form(&course(&[]))).await.expect(303);
        let page = trainer.get(done.header("location").unwrap()).await.expect(200).text();
        for text in ["Sécurité routière", "Le départ", "Publier", "Voir comme un apprenant", "Supprimer ce paquet", "SCORM 1.2"] {
            assert!(page.contains(text), "{text} is missing in {page}");
        }
        let delete = format!("{}/delete", done.header("location").unwrap());
        trainer.post_form(&delete, &[]).await.expect(303);
        trainer.get(done.header("location").unwrap()).await.expect(404);
        let learner = app.person("Camille Martin", Role::Learner).await;
        learner.get("/trainer/import").await.expect(403);
        learner.get(&format!("/trainer/packages/{}", PackageId::new())).await.expect(403);
    }
}
