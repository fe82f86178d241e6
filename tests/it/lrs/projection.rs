//! Statements and progress in one transaction.

use super::*;

both_databases! {
    async fn the_projection_sees_each_batch_in_its_transaction(app: TestApp) {
        let (_other, address) = app.restarted_with(Box::new(Follower)).await;
        let tool = tool(&app, &[Scope::All]).await.moved_to(address);
        let in_course = |verb| with(statement("camille", verb, "a"), "context", json!({"registration": REGISTRATION}));
        store(&tool, &in_course("completed")).await;
        let all = tool.get("/xapi/statements").await.json();
        let verbs: Vec<&str> = all["statements"].as_array().unwrap().iter().map(|s| s["verb"]["id"].as_str().unwrap()).collect();
        assert_eq!(verbs, ["https://w3id.org/xapi/adl/verbs/satisfied", "http://adlnet.gov/expapi/verbs/completed"]);
        assert_eq!(all["statements"][0]["authority"]["name"], "Préau");
        tool.post_json("/xapi/statements", &in_course("failed")).await.expect(409);
        assert_eq!(ids(&tool, &[]).await.len(), 2, "what the projection refuses is not stored");
    }

    async fn racing_writers_of_one_registration_are_taken_in_by_the_numbers_of_their_statements(app: TestApp) {
        let camille = app.person("Camille", Role::Learner).await;
        let course = app.import(crate::support::learning::tincan()).await;
        let (registration, _) = camille.start(&course).await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (_other, address) = app.restarted_with(Box::new(Witness(seen.clone()))).await;
        let tool = tool(&app, &[Scope::All]).await.moved_to(address);
        let mut about = statement("camille", "experienced", "a");
        about["context"] = json!({"registration": registration});
        let writers = (0..24).map(|_| async { store(&tool, &json!([about, about])).await });
        futures_util::future::join_all(writers).await;
        let seen = seen.lock().unwrap();
        assert!(seen.len() >= 48 && seen.is_sorted(), "{seen:?}");
    }
}

/// Notes the numbers of statements in the order in which they are taken in; slow, so that others have time to overtake.
struct Witness(Arc<Mutex<Vec<i64>>>);

impl Projection for Witness {
    fn prepare<'a>(
        &'a self,
        tx: &'a mut Tx,
        registrations: &'a [RegistrationId],
    ) -> BoxFuture<'a, Result<Vec<RegistrationId>>> {
        Projector.prepare(tx, registrations)
    }

    fn stored<'a>(&'a self, _: &'a App, _: &'a mut Tx, batch: &'a [Stored]) -> BoxFuture<'a, Result<Vec<Statement>>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(batch[0].seq.unsigned_abs() % 7)).await;
            self.0.lock().unwrap().extend(batch.iter().map(|stored| stored.seq));
            Ok(Vec::new())
        })
    }
}

/// A registration that [`Follower`] follows, as it does any.
pub(super) const REGISTRATION: &str = "5a1f0e2c-8f5e-4d52-9c55-0f3a4c6b7d81";

/// A projection that answers "completed" with "satisfied" and will not hear of "failed".
pub(super) struct Follower;

impl Projection for Follower {
    fn prepare<'a>(
        &'a self,
        _: &'a mut Tx,
        registrations: &'a [RegistrationId],
    ) -> BoxFuture<'a, Result<Vec<RegistrationId>>> {
        Box::pin(async { Ok(registrations.to_vec()) })
    }

    fn stored<'a>(&'a self, _: &'a App, _: &'a mut Tx, batch: &'a [Stored]) -> BoxFuture<'a, Result<Vec<Statement>>> {
        Box::pin(async move {
            if batch.iter().any(|stored| stored.statement.verb.id == vocabulary::FAILED) {
                return Err(Error::conflict("registration-over"));
            }
            let completed = batch.iter().filter(|stored| stored.statement.verb.id == vocabulary::COMPLETED);
            let agent = |stored: &Stored| Agent { name: None, ifi: stored.statement.actor.ifi().unwrap().clone() };
            Ok(completed
                .map(|stored| vocabulary::event(agent(stored), vocabulary::SATISFIED, Activity::new("http://c")))
                .collect())
        })
    }
}
