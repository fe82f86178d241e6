//! Who comes in at `/xapi/`: bearer tokens, origins, limits.

use super::*;
use crate::support::Database;

fn program(app: &TestApp, token: &str) -> Client {
    app.program().with_token(token).with_header("x-experience-api-version", "1.0.3")
}

both_databases! {
    async fn a_bearer_token_does_what_its_scopes_say_and_is_told_what_it_lacks(app: TestApp) {
        let writer = program(&app, &app.bearer(&["statements/write", "statements/read/mine"]).await);
        let own = store(&writer, &statement("camille", "completed", "a")).await;
        let tool = tool(&app, &[Scope::All]).await;
        store(&tool, &statement("lea", "completed", "a")).await;
        assert_eq!(ids(&writer, &[]).await, own, "mine are those the token wrote");
        let said = writer.get(&query(&[("statementId", &own[0])])).await.expect(200).json();
        assert_eq!(said["authority"]["name"], "test");
        assert_eq!(said["authority"]["account"]["homePage"], app.app.config.public_origin());

        let profile = "/xapi/activities/profile?activityId=http://example.fr/a";
        let refused = writer.get(profile).await.expect(403);
        assert_eq!(
            refused.header("www-authenticate"),
            Some("Bearer realm=\"preau\", error=\"insufficient_scope\", scope=\"profile\"")
        );
        let unknown = program(&app, "preau_nonsense").get("/xapi/statements").await.expect(401);
        assert_eq!(unknown.header("www-authenticate"), Some("Bearer realm=\"preau\", error=\"invalid_token\""));
        assert_eq!(unknown.json()["code"], "token-unknown");

        let other = program(&app, &app.bearer(&["packages/read"]).await);
        other.get("/xapi/statements").await.expect(403);
        let all = program(&app, &app.bearer(&["all"]).await);
        assert_eq!(ids(&all, &[]).await.len(), 2);
    }

    async fn each_scope_opens_what_the_standard_says_and_nothing_else(app: TestApp) {
        let others = store(&tool(&app, &[Scope::All]).await, &statement("camille", "completed", "a")).await.remove(0);
        let others = query(&[("statementId", &others)]);
        let agent: String = url::form_urlencoded::byte_serialize(mbox("camille").as_bytes()).collect();
        let state = format!("/xapi/activities/state?activityId=http://example.fr/a&agent={agent}");
        let profile = "/xapi/activities/profile?activityId=http://example.fr/a";
        for scope in Scope::EVERY {
            let tool = program(&app, &app.bearer(&[scope.name()]).await);
            let new = [("if-none-match", "*")];
            let named = |path: &str, name: &str| format!("{path}&{name}={}", Uuid::new_v4());
            let answers = [
                ("write", tool.post_json("/xapi/statements", &statement("lea", "completed", "b")).await),
                ("read", tool.get("/xapi/statements").await),
                ("read others", tool.get(&others).await),
                ("write state", put(&tool, &named(&state, "stateId"), &json!({}), &new).await),
                ("read state", tool.get(&state).await),
                ("write profile", put(&tool, &named(profile, "profileId"), &json!({}), &new).await),
                ("read profile", tool.get(profile).await),
            ];
            let mut open = Vec::new();
            for (what, answer) in &answers {
                match answer.status.as_u16() {
                    200 | 204 => open.push(*what),
                    // What somebody else wrote is not there for who reads their own.
                    status => assert!(status == 403 || status == 404 && *what == "read others", "{scope:?} {what}: {status}"),
                }
            }
            let expected: &[&str] = match scope {
                Scope::StatementsWrite => &["write"],
                Scope::StatementsReadMine => &["read"],
                Scope::StatementsRead => &["read", "read others"],
                Scope::State => &["write state", "read state"],
                Scope::Profile => &["write profile", "read profile"],
                // What it adds to the right to write is another story, below.
                Scope::Define => &[],
                Scope::AllRead => &["read", "read others", "read state", "read profile"],
                Scope::Forget => unreachable!("no caller can be given it"),
                Scope::All => &answers.each_ref().map(|(what, _)| *what),
            };
            assert_eq!(open, expected, "{scope:?}");
        }
    }

    async fn only_a_token_with_define_changes_what_is_known_of_an_activity(app: TestApp) {
        let mut named = statement("lea", "completed", "defined");
        named["object"]["definition"] = json!({"name": {"fr": "Défini"}});
        let known = "/xapi/activities?activityId=http://example.fr/defined";
        let reader = tool(&app, &[Scope::AllRead]).await;
        store(&program(&app, &app.bearer(&["statements/write"]).await), &named).await;
        assert!(reader.get(known).await.expect(200).json().get("definition").is_none());
        store(&program(&app, &app.bearer(&["statements/write", "define"]).await), &named).await;
        assert_eq!(reader.get(known).await.expect(200).json()["definition"]["name"]["fr"], "Défini");
    }

    async fn unknown_callers_of_one_address_are_told_to_wait_and_known_ones_are_not(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let stranger = speaking(app.program(), &Credential { key: "no".into(), secret: "body".into() }, "1.0.3");
        let rate = app.app.config.lrs.rate_per_address;
        for _ in 0..rate * 10 {
            stranger.get("/xapi/statements").await.expect(401);
        }
        let told = stranger.get("/xapi/statements").await.expect(429);
        assert_eq!(told.header("retry-after"), Some("1"));
        assert_eq!(told.json()["code"], "too-many-requests");
        tool.get("/xapi/statements").await.expect(200);
        // The proxy in front says that somebody else asks.
        let elsewhere = [("x-forwarded-for", "198.51.100.7")];
        stranger.send(Method::GET, "/xapi/statements", Vec::new(), &elsewhere).await.expect(401);
        app.clock.advance(Duration::from_secs(1));
        stranger.get("/xapi/statements").await.expect(401);
    }
}

async fn pages_of_named_origins_may_use_the_store_and_others_may_not(kind: Database) {
    let app = TestApp::start_with(kind, |config| config.lrs.origins = vec!["https://bi.example.fr".into()]).await;
    let tool = tool(&app, &[Scope::All]).await;
    for (origin, allowed) in [("https://bi.example.fr", true), ("https://evil.example", false), ("null", false)] {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        for path in ["/xapi/statements", "/oauth/token"] {
            let asked = app.program().send(Method::OPTIONS, path, Vec::new(), &headers).await.expect(204);
            let told = asked.header("access-control-allow-origin");
            assert_eq!(told, allowed.then_some(origin), "{origin}");
        }
        let got = tool.send(Method::GET, "/xapi/statements", Vec::new(), &[("origin", origin)]).await.expect(200);
        assert_eq!(got.header("access-control-allow-origin"), allowed.then_some(origin), "{origin}");
        let varies = got.headers.get_all("vary").iter().any(|value| value.to_str().is_ok_and(|v| v.contains("Origin")));
        assert!(varies, "a cache must not give one page's answer to another");
    }
}

async fn a_credential_that_sends_too_much_is_told_when_to_go_on(kind: Database) {
    let app = TestApp::start_with(kind, |config| config.lrs.rate_per_credential = 2).await;
    let (busy, calm) = (tool(&app, &[Scope::All]).await, tool(&app, &[Scope::All]).await);
    for _ in 0..20 {
        busy.get("/xapi/statements").await.expect(200);
    }
    assert_eq!(busy.get("/xapi/statements").await.expect(429).header("retry-after"), Some("1"));
    calm.get("/xapi/statements").await.expect(200);
    app.clock.advance(Duration::from_millis(500));
    busy.get("/xapi/statements").await.expect(200);
    busy.get("/xapi/statements").await.expect(429);
}

macro_rules! on_each {
    ($($name:ident)+) => {
        $(mod $name {
            use super::Database;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(Database::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(Database::Postgres).await;
            }
        })+
    };
}
on_each!(pages_of_named_origins_may_use_the_store_and_others_may_not a_credential_that_sends_too_much_is_told_when_to_go_on);
