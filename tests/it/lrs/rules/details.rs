//! Results, contexts, attachments, and the small languages: identifiers, moments, durations, tags.

use super::*;

both_databases! {
    async fn a_score_may_touch_its_limits_and_not_pass_them(app: TestApp) {
        let judge = Judge::of(&app).await;
        for (score, rule) in [
            (json!(4), "object"), (json!([]), "object"), (json!({"points": 4}), "unknown-key"),
            (json!({"scaled": 1.0001}), "score-scaled"), (json!({"scaled": -1.0001}), "score-scaled"),
            (json!({"raw": 9, "min": 0, "max": 8}), "score-raw"), (json!({"raw": -1, "min": 0, "max": 8}), "score-raw"),
            (json!({"raw": 9, "max": 8}), "score-raw"), (json!({"min": 8, "max": 8}), "score-range"), (json!({"min": 9, "max": 8}), "score-range"),
        ] {
            judge.refuses("/result/score", score, rule).await;
        }
        judge.has_nothing().await;
        for score in [
            json!({"raw": 0, "min": 0, "max": 8}), json!({"raw": 8, "min": 0, "max": 8}), json!({"scaled": 1}), json!({"scaled": -1.0}),
            json!({"raw": -7.5}), json!({"min": -8, "max": 8}), json!({}),
        ] {
            judge.takes("/result/score", score).await;
        }
    }

    async fn durations_are_of_iso_8601_and_come_back_as_they_were_sent(app: TestApp) {
        let judge = Judge::of(&app).await;
        for wrong in [json!("P4W1D"), json!("12:30"), json!("P"), json!("PT"), json!("PT1H30"), json!("PA1H"), json!("P1S"), json!(90), json!({})] {
            judge.refuses("/result/duration", wrong, "duration").await;
        }
        judge.has_nothing().await;
        for good in ["P4W", "PT0S", "P3Y1M29DT4H35M59.14S", "PT16559.14S", "P1DT12H36M0.12567S", "PT0,5H", "P3Y"] {
            judge.takes("/result/duration", json!(good)).await;
        }
        // Beyond hundredths of a second two durations are one.
        for (client, id) in judge.clients.iter().zip([Uuid::new_v4(), Uuid::new_v4()]) {
            let path = query(&[("statementId", &id.to_string())]);
            let lasting = |duration: &str| with(statement("camille", "completed", "a"), "result", json!({"duration": duration}));
            put(client, &path, &lasting("P1DT12H36M0.1237S"), &[]).await.expect(204);
            put(client, &path, &lasting("P1DT12H36M0.12S"), &[]).await.expect(204);
            put(client, &path, &lasting("P1DT12H36M0.13S"), &[]).await.expect(409);
        }
    }

    async fn a_context_has_members_of_their_forms(app: TestApp) {
        let judge = Judge::of(&app).await;
        let activity = json!({"id": "http://example.fr/chantier"});
        for (place, value, rule) in [
            ("/context/registration", json!("7"), "uuid"), ("/context/registration", json!(7), "uuid"),
            ("/context/registration", json!({}), "uuid"), ("/context/registration", json!("ec531277-b57b-4c15-8d91-d292c5b2b8fg"), "uuid"),
            ("/context/registration", json!("{ec531277-b57b-4c15-8d91-d292c5b2b8f7}"), "uuid"),
            ("/context/instructor", json!("Nadia"), "object"), ("/context/team", json!("Voirie"), "object"),
            ("/context/language", json!("français"), "language-tag"), ("/context/language", json!(["fr"]), "language-tag"),
            ("/context/statement", json!("6690e6c9-3ef0-4ed3-8b37-7f3964730bee"), "object"),
            ("/context/statement", json!({"id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}), "required"),
            ("/context/statement", json!({"objectType": "StatementRef"}), "required"),
            ("/context/statement", json!({"objectType": "StatementRef", "id": "7"}), "uuid"),
            ("/context/statement", json!({"objectType": "SubStatement", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}), "object-type"),
            ("/context/extensions", json!("x"), "extensions"), ("/context/extensions", json!({"salle": 1}), "extension-key"),
            ("/context/contextActivities", json!([activity]), "object"), ("/context/contextActivities", json!("x"), "object"),
            ("/context/contextActivities", json!({"sibling": [activity]}), "unknown-key"),
        ] {
            judge.refuses(place, value, rule).await;
        }
        for kind in ["parent", "grouping", "category", "other"] {
            let place = format!("/context/contextActivities/{kind}");
            judge.refuses(&place, json!("http://example.fr/a"), "object").await;
            judge.refuses(&place, json!([{"name": "x"}]), "required").await;
            judge.refuses(&place, json!([{"id": "x"}]), "iri").await;
            judge.refuses(&place, json!({"objectType": "Agent", "mbox": "mailto:a@example.fr"}), "object-type").await;
            judge.refuses(&place, json!([activity, 7]), "object").await;
        }
        judge.has_nothing().await;
        for (place, value) in [
            ("/context", json!({})), ("/context/contextActivities", json!({})), ("/context/extensions", json!({})),
            ("/context/registration", json!("EC531277-B57B-7C15-8D91-D292C5B2B8F7")), ("/context/contextActivities/other", json!([])),
            ("/context/instructor", json!({"objectType": "Group", "member": [{"mbox": "mailto:a@example.fr"}]})),
        ] {
            judge.takes(place, value).await;
        }
    }

    async fn a_single_context_activity_comes_back_in_a_list(app: TestApp) {
        let judge = Judge::of(&app).await;
        let activity = |name: &str| json!({"id": format!("http://example.fr/{name}")});
        let mut alone = whole();
        alone["context"]["contextActivities"] =
            json!({"parent": activity("p"), "grouping": activity("g"), "category": activity("c"), "other": activity("o")});
        let listed = json!({"parent": [activity("p")], "grouping": [activity("g")], "category": [activity("c")], "other": [activity("o")]});
        for client in &judge.clients {
            takes(client, &alone, "/context/contextActivities", &listed).await;
            takes(client, &sub(&alone), "/object/context/contextActivities", &listed).await;
            for format in ["exact", "ids", "canonical"] {
                let page = client.get(&query(&[("format", format), ("limit", "1")])).await.expect(200).json();
                assert_eq!(page["statements"][0]["object"]["context"]["contextActivities"], listed, "{format}");
            }
        }
    }

    async fn revision_and_platform_stand_beside_activities_only(app: TestApp) {
        let judge = Judge::of(&app).await;
        let bare = |object: Value, context: Value| with(with(statement("camille", "asked", "x"), "object", object), "context", context);
        let agent = json!({"objectType": "Agent", "mbox": "mailto:a@example.fr"});
        let group = json!({"objectType": "Group", "mbox": "mailto:g@example.fr"});
        let reference = json!({"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"});
        for key in ["revision", "platform"] {
            let at = format!("/context/{key}");
            for object in [&agent, &group, &reference, &sub(&whole())["object"]] {
                let wrong = bare((*object).clone(), json!({key: "3"}));
                for client in &judge.clients {
                    refuses(client, &wrong, &at, "activity-only").await;
                    if object["objectType"] != "SubStatement" {
                        refuses(client, &sub(&wrong), &format!("/object{at}"), "activity-only").await;
                    }
                }
            }
            judge.takes("/object", json!({"id": "http://example.fr/sans-type"})).await;
        }
    }

    async fn an_attachment_is_described(app: TestApp) {
        let judge = Judge::of(&app).await;
        for key in ["usageType", "display", "contentType", "length", "sha2"] {
            judge.refuses_without(&format!("/attachments/0/{key}"), "required").await;
        }
        for (place, value, rule) in [
            ("/attachments", json!({}), "array"), ("/attachments", json!("x"), "array"), ("/attachments/0", json!("x"), "object"),
            ("/attachments/0", json!(7), "object"), ("/attachments/0/usageType", json!("preuve"), "iri"),
            ("/attachments/0/contentType", json!("png"), "media-type"), ("/attachments/0/contentType", json!(7), "media-type"),
            ("/attachments/0/length", json!(1.5), "length"), ("/attachments/0/length", json!(-1), "length"),
            ("/attachments/0/sha2", json!("abc"), "sha2"), ("/attachments/0/sha2", json!(7), "sha2"),
            ("/attachments/0/fileUrl", json!("photo.png"), "iri"), ("/attachments/0/fileUrl", json!(7), "iri"),
        ] {
            judge.refuses(place, value, rule).await;
        }
        judge.has_nothing().await;
        judge.takes("/attachments/0/contentType", json!("text/plain; charset=utf-8")).await;
        judge.takes("/attachments/0/length", json!(0)).await;
        judge.takes("/attachments", json!([])).await;
    }

    async fn extensions_are_named_by_iris_and_hold_anything(app: TestApp) {
        let judge = Judge::of(&app).await;
        for place in ["/result/extensions", "/context/extensions", "/object/definition/extensions"] {
            for (wrong, rule) in [
                (json!([]), "extensions"), (json!("x"), "extensions"), (json!({"essais": 1}), "extension-key"),
                (json!({"": 1}), "extension-key"), (json!({"http://example.fr/a b": 1}), "extension-key"),
            ] {
                judge.refuses(place, wrong, rule).await;
            }
            for value in [json!(null), json!(""), json!({}), json!([]), json!([1, "a", {"b": null}]), json!(true), json!(1.5)] {
                judge.takes(place, json!({"http://example.fr/x": value, "urn:x:y": 1})).await;
            }
            judge.takes(place, json!({})).await;
        }
    }

    async fn ids_are_uuids_and_moments_name_an_instant(app: TestApp) {
        let judge = Judge::of(&app).await;
        for id in [json!("7"), json!(7), json!({}), json!("fd41c918b88b4b20a0a5a4c32391aaa0"), json!("fd41c918-b88b-4b20-a0a5-a4c32391aaa0a"),
            json!("fd41c918-b88b-4b20-a0a5-a4c32391aaag"), json!("urn:uuid:fd41c918-b88b-4b20-a0a5-a4c32391aaa0")] {
            judge.refuses("/id", id, "uuid").await;
        }
        for wrong in ["2026-11-21", "21/11/2026", "2026-11-21T10:00:00-00", "2026-11-21T10:00:00-0000", "2026-11-21T10:00:00-00:00",
            "2026-02-30T10:00:00Z", "2026-11-21T25:00:00Z", "hier", ""] {
            judge.refuses("/timestamp", json!(wrong), "timestamp").await;
            judge.refuses("/stored", json!(wrong), "timestamp").await;
        }
        judge.refuses("/timestamp", json!(1_000), "timestamp").await;
        judge.has_nothing().await;
        // Noon by the server's clock: five minutes ahead and more are taken as well.
        for good in ["2026-11-21T10:00:00.123Z", "2026-11-21T11:00:00.5+01:00", "2026-11-21T05:00:00-05:00", "2026-11-21T12:05:00Z",
            "2031-01-01T00:00:00+00:00", "2026-11-21T10:00:00.123456789Z"] {
            judge.takes("/timestamp", json!(good)).await;
        }
        let [old, new] = &judge.clients;
        // 1.0.3 reads ISO 8601, 2.0 RFC 3339: without an offset the moment is of no place.
        takes(old, &with(whole(), "timestamp", json!("2026-11-21T10:00:00")), "/timestamp", &json!("2026-11-21T10:00:00")).await;
        refuses(new, &with(whole(), "timestamp", json!("2026-11-21T10:00:00")), "/timestamp", "timestamp").await;
    }

    async fn what_the_store_sets_it_sets_whatever_was_sent(app: TestApp) {
        for client in &both_editions(&app).await {
            let sent = with(statement("camille", "completed", "a"), "stored", json!("2001-01-01T00:00:00Z"));
            let posted = store(client, &sent).await.remove(0);
            let id = Uuid::new_v4().to_string();
            put(client, &query(&[("statementId", &id)]), &sent, &[]).await.expect(204);
            for id in [posted, id] {
                let answer = client.get(&query(&[("statementId", &id)])).await.expect(200);
                let kept = answer.json();
                assert_eq!(kept["id"], json!(id));
                let stored = kept["stored"].as_str().expect("a moment");
                assert!(stored.starts_with("2026-11-21T12:00:00."), "{stored}");
                assert_eq!(stored.len(), "2026-11-21T12:00:00.000000Z".len(), "milliseconds and more");
                assert_eq!(kept["timestamp"], kept["stored"], "who names no moment means that of storing");
                assert_eq!(answer.header("last-modified"), Some("Sat, 21 Nov 2026 12:00:00 GMT"));
            }
        }
    }

    async fn a_statement_keeps_the_version_it_came_with(app: TestApp) {
        let judge = Judge::of(&app).await;
        for wrong in [json!("0.9.9"), json!("1.1.0"), json!("1"), json!("2.0"), json!("3.0.0"), json!("1.0.x"), json!("un"), json!(1.0), json!(" 1.0.3")] {
            judge.refuses("/version", wrong, "version").await;
        }
        let [old, new] = &judge.clients;
        refuses(old, &with(whole(), "version", json!("2.0.0")), "/version", "version").await;
        judge.has_nothing().await;
        for (client, versions, own) in [(old, &["1.0", "1.0.0", "1.0.3", "1.0.9"][..], "1.0.0"), (new, &["1.0", "1.0.3", "2.0.0", "2.0.1"][..], "2.0.0")] {
            for version in versions {
                takes(client, &with(whole(), "version", json!(version)), "/version", &json!(version)).await;
            }
            takes(client, &whole(), "/version", &json!(own)).await;
        }
    }

    async fn language_tags_follow_their_standard(app: TestApp) {
        let judge = Judge::of(&app).await;
        for tag in ["something-long", "a12345678", "de-419-DE", "en-something-AU", "fr_FR", "a-DE", "zh-z-aaa-z-bbb", "ar-a-aaa-b-bbb-a-ccc", ""] {
            judge.refuses("/context/language", json!(tag), "language-tag").await;
            judge.refuses("/verb/display", json!({tag: "x"}), "language-tag").await;
            judge.refuses("/object/definition/name", json!({tag: "x"}), "language-tag").await;
        }
        judge.has_nothing().await;
        for tag in ["de", "fr-CA", "zh-Hant", "sr-Latn-RS", "cmn", "es-419", "zh-Hans-CN", "ase", "tlh", "x-interne", "i-klingon"] {
            judge.takes("/context/language", json!(tag)).await;
            judge.takes("/verb/display", json!({tag: "x"})).await;
        }
    }

    async fn a_member_stands_once(app: TestApp) {
        let text = whole().to_string();
        for client in &both_editions(&app).await {
            for (once, twice) in [
                (r#""timestamp":"#, r#""timestamp":"2026-11-21T10:00:00Z","timestamp":"#),
                (r#""success":true"#, r#""success":true,"success":true"#),
                (r#""fr":"a répondu à""#, r#""fr":"a répondu à","fr":"x""#),
                (r#""http://example.fr/x/niveau":2"#, r#""http://example.fr/x/niveau":2,"http://example.fr/x/niveau":3"#),
            ] {
                let wrong = text.replacen(once, twice, 1);
                assert_ne!(wrong, text);
                let answer = client.post_bytes("/xapi/statements", "application/json", wrong.into_bytes()).await.expect(400);
                assert_eq!(answer.json()["problems"][0]["rule"], "repeated-key", "{twice}");
            }
        }
    }

    async fn context_agents_and_groups_are_of_the_newer_edition(app: TestApp) {
        let [old, new] = &both_editions(&app).await;
        let agent = json!({"mbox": "mailto:tutrice@example.fr", "name": "Tutrice"});
        let group = json!({"objectType": "Group", "member": [agent]});
        let types = json!(["http://example.fr/roles/tutrice"]);
        for (list, kind, part, party) in [("contextAgents", "contextAgent", "agent", &agent), ("contextGroups", "contextGroup", "group", &group)] {
            let said = |value: Value| with(statement("camille", "completed", "a"), "context", json!({list: value}));
            let at = format!("/context/{list}");
            let good = json!([{"objectType": kind, part: party, "relevantTypes": types}, {"objectType": kind, part: party}]);
            refuses(old, &said(good.clone()), &at, "unknown-key").await;
            takes(new, &said(good.clone()), &at, &good).await;
            takes(new, &sub(&said(good.clone())), &format!("/object{at}"), &good).await;
            for (wrong, rule) in [
                (json!({}), "array"), (json!(["x"]), "object"), (json!([{part: party}]), "required"),
                (json!([{"objectType": kind}]), "required"), (json!([{"objectType": kind.to_uppercase(), part: party}]), "object-type"),
                (json!([{"objectType": kind, part: {"name": "x"}}]), ""), (json!([{"objectType": kind, part: party, "role": "x"}]), "unknown-key"),
                (json!([{"objectType": kind, part: party, "relevantTypes": []}]), "relevant-types"),
                (json!([{"objectType": kind, part: party, "relevantTypes": ["tutrice"]}]), "iri"),
                (json!([{"objectType": kind, part: party, "relevantTypes": "http://example.fr/t"}]), "array"),
            ] {
                refuses(new, &said(wrong.clone()), &at, rule).await;
                refuses(new, &sub(&said(wrong)), &format!("/object{at}"), rule).await;
            }
        }
    }
}
