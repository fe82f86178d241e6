//! Whatever units, trainers and programs do, and in whatever order: sessions stay consistent, and nothing is said or satisfied twice.

use std::collections::BTreeMap;

use super::*;

const SESSION: &str = "https://w3id.org/xapi/cmi5/context/extensions/sessionid";

/// Chance that is the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        // Knuth's MMIX; the high bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let at = self.below(all.len());
        &all[at]
    }
}

/// A course of a block of two units and a unit beside it, one learner, and whatever windows were opened.
struct Story<'a> {
    app: &'a TestApp,
    camille: TestPerson,
    portal: Client,
    registration: String,
    units: Vec<i64>,
    windows: Vec<Unit>,
    sent: Vec<(usize, Value)>,
}

impl Story<'_> {
    async fn begin(app: &TestApp) -> Story<'_> {
        let structure = format!(
            r#"<block id="https://exemple.fr/bloc"><title><langstring lang="fr">Bloc</langstring></title>
            <description><langstring lang="fr">Bloc</langstring></description>{}{}</block>{}"#,
            au("un", r#"moveOn="CompletedAndPassed" masteryScore="0.5""#),
            au("deux", r#"moveOn="NotApplicable""#),
            au("trois", r#"moveOn="CompletedOrPassed""#)
        );
        let course = app.import(cmi5(&structure)).await;
        let camille = app.person(&format!("Camille {}", uuid::Uuid::now_v7()), Role::Learner).await;
        let (registration, _) = camille.start(&course).await;
        let units = course.activities.iter().filter(|activity| activity["kind"] == "au");
        Story {
            app,
            registration,
            units: units.map(|unit| unit["index"].as_i64().expect("an index")).collect(),
            portal: app.token(&["launches/write", "registrations/write"]).await,
            camille,
            windows: Vec::new(),
            sent: Vec::new(),
        }
    }

    async fn open(&mut self, chance: &mut Chance) {
        let unit = *chance.one_of(&self.units);
        let mode = *chance.one_of(&["normal", "normal", "normal", "review"]);
        let path = format!("/player/{}/{unit}/launch", self.registration);
        let answer = self.camille.post_json(&path, &json!({"mode": mode})).await.expect(200).json();
        self.windows.push(Unit::open(self.app, &answer).await);
    }

    /// One thing that happens; each is answered in a way that is foreseen.
    async fn goes_on(&mut self, chance: &mut Chance) {
        // The last windows more than those before, so that much is said in sessions that are open.
        let at = self.windows.len() - 1 - chance.below(self.windows.len().min(2));
        let window = &self.windows[at];
        match chance.below(16) {
            0 => self.open(chance).await,
            1 => {
                let launch = window.data["contextTemplate"]["extensions"][SESSION].as_str().expect("a session");
                let answer = self.portal.post_json(&format!("/api/v1/launches/{launch}/abandon"), &json!({})).await;
                assert!([200, 409].contains(&answer.status.as_u16()), "{}", answer.text());
            }
            2 => {
                let order = json!({"activity": chance.one_of(&self.units), "reason": "Tested Out"});
                self.portal
                    .post_json(&format!("/api/v1/registrations/{}/waive", self.registration), &order)
                    .await
                    .expect(200);
            }
            3 if !self.sent.is_empty() => {
                let (at, statement) = chance.one_of(&self.sent);
                let answer = self.windows[*at].send(self.app, statement).await;
                assert!([200, 401].contains(&answer.status.as_u16()), "what is known is welcome: {}", answer.text());
            }
            4 => self.app.clock.advance(std::time::Duration::from_secs(60)),
            _ => {
                let verb = *chance.one_of(&[
                    "initialized",
                    "initialized",
                    "completed",
                    "passed",
                    "failed",
                    "experienced",
                    "terminated",
                ]);
                let mut statement = match verb {
                    "passed" | "failed" => window.scored(verb, *chance.one_of(&[0.25, 0.75])),
                    _ => window.statement(verb),
                };
                let flaw = chance.below(8);
                match flaw {
                    0 => statement["context"]["extensions"][SESSION] = json!(uuid::Uuid::new_v4()),
                    1 => {
                        _ = statement["context"]["contextActivities"]
                            .as_object_mut()
                            .expect("activities")
                            .remove("category")
                    }
                    _ => {}
                }
                let answer = window.send(self.app, &statement).await;
                let status = answer.status.as_u16();
                assert!([200, 401, 403].contains(&status), "{}", answer.text());
                assert!(flaw != 0 || status != 200, "in another session: {statement}");
                if status == 200 && window.data["launchMode"] == "Normal" {
                    self.sent.push((at, statement));
                }
            }
        }
    }

    /// What was recorded is what the standard allows.
    async fn must_be_consistent(&self) {
        let said = statements(self.app, &self.registration).await;
        let told = format!(
            "{:?}",
            said.iter()
                .map(|one| (last_part(&one["verb"]["id"]), one["context"]["extensions"][SESSION].clone()))
                .collect::<Vec<_>>()
        );
        let mut sessions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut things: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for one in &said {
            let verb = last_part(&one["verb"]["id"]);
            let is_defined = categories(one).iter().any(|category| category == "cmi5") && verb != "experienced";
            let word = if is_defined { verb } else { "allowed".to_owned() };
            let session = one["context"]["extensions"][SESSION].as_str().expect("a session").to_owned();
            if word != "satisfied" {
                sessions.entry(session).or_default().push(word.clone());
            }
            // As the publisher names it.
            things.entry(last_part(&one["context"]["contextActivities"]["grouping"][0]["id"])).or_default().push(word);
        }
        let count = |words: &[String], word: &str| words.iter().filter(|one| *one == word).count();
        for words in sessions.values() {
            if count(words, "waived") > 0 {
                assert_eq!(words.len(), 1, "nothing else is said in that session: {told}");
                continue;
            }
            assert_eq!((words[0].as_str(), count(words, "launched")), ("launched", 1), "{told}");
            assert!(
                words.get(1).is_none_or(|word| word == "initialized" || word == "abandoned"),
                "{words:?} of {told}"
            );
            for word in ["initialized", "completed", "terminated", "abandoned"] {
                assert!(count(words, word) <= 1, "{words:?}");
            }
            assert!(count(words, "passed") + count(words, "failed") <= 1, "{words:?}");
            let end = words.iter().position(|word| word == "terminated" || word == "abandoned");
            assert!(end.is_none_or(|end| end + 1 == words.len()), "{words:?}");
        }
        for (thing, words) in &things {
            for word in ["completed", "passed", "waived", "satisfied"] {
                assert!(count(words, word) <= 1, "{thing}: {words:?}");
            }
            let pass = words.iter().position(|word| word == "passed");
            assert!(pass.is_none_or(|at| !words[at..].iter().any(|word| word == "failed")), "{thing}: {words:?}");
        }
        // What is satisfied follows from what was said of the units, and from nothing else.
        let has = |unit: &str, word: &str| {
            things.get(unit).is_some_and(|words| count(words, word) > 0 || count(words, "waived") > 0)
        };
        let block = has("un", "completed") && has("un", "passed");
        let course = block && (has("trois", "completed") || has("trois", "passed"));
        let satisfied = said.iter().filter(|one| last_part(&one["verb"]["id"]) == "satisfied").count();
        assert_eq!(satisfied, usize::from(block) + usize::from(course), "{told}");
        let completion = report(self.app, &self.registration).await["completion"].clone();
        assert_eq!(completion == "completed", course, "{told}");
    }
}

both_databases! {
    async fn any_order_of_anything_leaves_a_consistent_record(app: TestApp) {
        for seed in 1..=5 {
            let mut chance = Chance(seed * 7_919);
            let mut story = Story::begin(&app).await;
            story.open(&mut chance).await;
            for _ in 0..50 {
                story.goes_on(&mut chance).await;
            }
            story.must_be_consistent().await;
        }
        let rows = app.progress_rows().await;
        preau::progress::rebuild(&app.app).await.expect("a rebuild");
        assert_eq!(app.progress_rows().await, rows);
    }
}
