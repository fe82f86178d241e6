//! Content that speaks xAPI itself: what a cmi5 unit and an xAPI package send from the content origin, by their launch alone.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::browser::Browser;
use super::lives::Far;
use super::past::Past;
use crate::core::{Error, Result};
use crate::xapi::vocabulary::{COMPLETED, FAILED, INITIALIZED, PASSED, TERMINATED, category, document, extension};

/// Content that has been launched, and what its learner will make of it.
pub struct Unit<'a> {
    pub browser: &'a Browser<'a>,
    pub past: &'a Past,
    pub far: Far,
    /// Whether it has said before that it was completed.
    pub is_complete: bool,
    /// In per cent.
    pub score: u64,
    /// How long they stay.
    pub time: Duration,
}

/// What the launch address says.
struct Launch(HashMap<String, String>);

impl Launch {
    fn read(address: &str) -> Result<Self> {
        let url = Url::parse(address).map_err(Error::internal)?;
        Ok(Self(url.query_pairs().into_owned().collect()))
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn resource(&self, path: &str) -> String {
        format!("{}{path}", self.get("endpoint"))
    }

    /// The learner did it to what was launched.
    fn statement(&self, activity: &str, verb: &str, context: &Value, at: &str) -> Result<Value> {
        let actor: Value = serde_json::from_str(self.get("actor"))?;
        let object = json!({"objectType": "Activity", "id": activity});
        let id = Uuid::new_v4();
        Ok(
            json!({"id": id, "actor": actor, "verb": {"id": verb}, "object": object, "context": context, "timestamp": at}),
        )
    }
}

impl Unit<'_> {
    fn now(&self) -> String {
        self.past.clock().now().rfc3339()
    }

    fn passes(&self, mastery: u64) -> bool {
        self.score >= mastery
    }

    async fn send(&self, launch: &Launch, authorization: &str, statements: Vec<Value>) -> Result<()> {
        let address = launch.resource("statements");
        self.browser.content(Method::POST, &address, authorization, Some(&Value::Array(statements))).await.map(drop)
    }

    /// A cmi5 unit: fetches its token, reads its launch data, and says how it begins, goes and ends (cmi5 8 to 10).
    pub async fn cmi5(&self, address: &str) -> Result<()> {
        let launch = Launch::read(address)?;
        let fetched = self.browser.content(Method::POST, launch.get("fetch"), "", None).await?.json();
        let authorization = format!("Basic {}", fetched["auth-token"].as_str().unwrap_or_default());
        let activity = launch.get("activityId");
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("activityId", activity),
                ("agent", launch.get("actor")),
                ("registration", launch.get("registration")),
                ("stateId", document::LAUNCH_DATA),
            ])
            .finish();
        let address = launch.resource(&format!("activities/state?{query}"));
        let data = self.browser.content(Method::GET, &address, &authorization, None).await?.json();

        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("agent", launch.get("actor")), ("profileId", document::LEARNER_PREFERENCES)])
            .finish();
        let address = launch.resource(&format!("agents/profile?{query}"));
        // Nobody of the demo has said what they prefer, and so there is no such document; asking is what counts (cmi5 11).
        let _none = self.browser.content(Method::GET, &address, &authorization, None).await;

        let mut context = data["contextTemplate"].clone();
        context["registration"] = launch.get("registration").into();
        context["contextActivities"]["category"] = json!([{"id": category::CMI5}]);
        let begun = launch.statement(activity, INITIALIZED, &context, &self.now())?;
        self.send(&launch, &authorization, vec![begun]).await?;
        self.past.pass(self.time);

        let now = self.now();
        let duration = format!("PT{}S", self.time.as_secs());
        let mut said = Vec::new();
        if self.far == Far::Done {
            let mut judged = context.clone();
            judged["contextActivities"]["category"] = json!([{"id": category::CMI5}, {"id": category::MOVE_ON}]);
            if !self.is_complete {
                let mut completed = launch.statement(activity, COMPLETED, &judged, &now)?;
                completed["result"] = json!({"completion": true, "duration": duration});
                said.push(completed);
            }
            // A unit without a mark to reach judges nobody.
            if let Some(mastery) = data["masteryScore"].as_f64() {
                let passes = self.passes((mastery * 100.0).ceil() as u64);
                judged["extensions"][extension::MASTERY_SCORE] = mastery.into();
                let verb = if passes { PASSED } else { FAILED };
                let mut outcome = launch.statement(activity, verb, &judged, &now)?;
                let score = json!({"scaled": self.score as f64 / 100.0});
                outcome["result"] = json!({"success": passes, "score": score, "duration": duration});
                said.push(outcome);
            }
        }
        let mut ended = launch.statement(activity, TERMINATED, &context, &now)?;
        ended["result"] = json!({"duration": duration});
        said.push(ended);
        self.send(&launch, &authorization, said).await
    }

    /// An xAPI package: the address holds everything, the end says it all.
    pub async fn tincan(&self, address: &str) -> Result<()> {
        let launch = Launch::read(address)?;
        let (authorization, activity) = (launch.get("auth"), launch.get("activity_id"));
        let context = json!({"registration": launch.get("registration")});
        let begun = launch.statement(activity, INITIALIZED, &context, &self.now())?;
        self.send(&launch, authorization, vec![begun]).await?;
        self.past.pass(self.time);
        if self.far != Far::Done {
            return Ok(());
        }
        let mut ended = launch.statement(activity, COMPLETED, &context, &self.now())?;
        ended["result"] = json!({
            "completion": true,
            "success": self.passes(70),
            "score": {"scaled": self.score as f64 / 100.0, "raw": self.score, "min": 0, "max": 100},
            "duration": format!("PT{}S", self.time.as_secs()),
        });
        self.send(&launch, authorization, vec![ended]).await
    }
}
