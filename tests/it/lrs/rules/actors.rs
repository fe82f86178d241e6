//! Agents, groups and authorities, wherever one may stand.

use super::*;

/// Where an agent may stand.
const AGENTS: [&str; 5] = ["/actor", "/object", "/context/instructor", "/context/team/member/0", "/authority"];
/// Where a group may stand.
const GROUPS: [&str; 4] = ["/actor", "/object", "/context/instructor", "/context/team"];

fn agent(key: &str, value: Value) -> Value {
    with(with(json!({"objectType": "Agent"}), "name", json!("Camille")), key, value)
}

fn group(key: &str, value: Value) -> Value {
    with(with(json!({"objectType": "Group"}), "name", json!("Voirie")), key, value)
}

/// A whole statement with `actor` at `place`; what only an activity may have around it is gone.
fn placed(place: &str, actor: Value) -> Value {
    let mut statement = whole();
    put_at(&mut statement, place, Some(actor));
    if place == "/object" {
        put_at(&mut statement, "/context/revision", None);
        put_at(&mut statement, "/context/platform", None);
    }
    statement
}

/// Each identifier that an agent or group may have.
fn identifiers() -> [(&'static str, Value); 4] {
    [
        ("mbox", json!("mailto:camille@example.fr")),
        ("mbox_sha1sum", json!("ebd31e95054c018b10727ccffd2ef2ec3a016ee9")),
        ("openid", json!("https://openid.example.fr/camille")),
        ("account", json!({"homePage": "https://rh.example.fr", "name": "camille"})),
    ]
}

/// Identifiers that are none.
fn broken() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("mbox", json!("camille@example.fr"), "mbox"),
        ("mbox", json!("http://example.fr/camille"), "mbox"),
        ("mbox", json!("mailto:example.fr"), "mbox"),
        ("mbox", json!(["mailto:camille@example.fr"]), "mbox"),
        ("mbox_sha1sum", json!("ebd31e95"), "mbox-sha1sum"),
        ("mbox_sha1sum", json!({}), "mbox-sha1sum"),
        ("openid", json!("openid.example.fr/camille"), "iri"),
        ("openid", json!(7), "iri"),
        ("account", json!("camille"), "object"),
        ("account", json!({"name": "camille"}), "required"),
        ("account", json!({"homePage": "https://rh.example.fr"}), "required"),
        ("account", json!({"homePage": "rh.example.fr", "name": "camille"}), "iri"),
        ("account", json!({"homePage": "https://rh.example.fr", "name": 7}), "string"),
        ("account", json!({"homePage": "https://rh.example.fr", "name": "camille", "site": "x"}), "unknown-key"),
    ]
}

both_databases! {
    async fn an_agent_has_one_identifier_of_its_form_wherever_it_stands(app: TestApp) {
        let judge = Judge::of(&app).await;
        for place in AGENTS {
            for (key, value, rule) in broken() {
                judge.refuses_all(&placed(place, agent(key, value)), place, rule).await;
            }
            for (key, value, rule) in [
                ("name", json!(7), "string"), ("objectType", json!(7), "object-type"), ("objectType", json!("agent"), "object-type"),
                ("openid", json!("https://openid.example.fr/c"), "one-ifi"), ("member", json!([]), "unknown-key"),
            ] {
                let wrong = with(agent("mbox", json!("mailto:camille@example.fr")), key, value);
                judge.refuses_all(&placed(place, wrong), place, rule).await;
            }
            judge.refuses_all(&placed(place, json!({"objectType": "Agent", "name": "Camille"})), place, "one-ifi").await;
        }
        judge.has_nothing().await;
        for place in &AGENTS[..4] {
            for (key, value) in identifiers() {
                let good = agent(key, value);
                for client in &judge.clients {
                    takes(client, &placed(place, good.clone()), place, &good).await;
                    takes(client, &sub(&placed(place, good.clone())), &format!("/object{place}"), &good).await;
                }
            }
        }
    }

    async fn a_group_has_members_or_an_identifier_wherever_it_stands(app: TestApp) {
        let judge = Judge::of(&app).await;
        let (one, other) = (json!({"mbox": "mailto:moussa@example.fr"}), json!({"openid": "https://openid.example.fr/lea"}));
        for place in GROUPS {
            for (key, value, rule) in broken() {
                judge.refuses_all(&placed(place, group(key, value.clone())), place, rule).await;
                let mut listed = group(key, value);
                listed["member"] = json!([one]);
                judge.refuses_all(&placed(place, listed), place, rule).await;
            }
            for (key, value, rule) in [
                ("name", json!(7), "string"), ("objectType", json!("group"), "object-type"),
                ("openid", json!("https://openid.example.fr/c"), "one-ifi"), ("member", json!({}), "array"),
                ("member", json!(["moussa"]), "object"), ("member", json!([{"name": "Moussa"}]), "one-ifi"),
                ("member", json!([{"objectType": "Group", "mbox": "mailto:a@example.fr"}]), "object-type"),
            ] {
                let wrong = with(group("mbox", json!("mailto:voirie@example.fr")), key, value);
                judge.refuses_all(&placed(place, wrong), place, rule).await;
            }
            for nobody in [json!({"objectType": "Group"}), json!({"objectType": "Group", "member": []})] {
                judge.refuses_all(&placed(place, nobody), place, "anonymous-group").await;
            }
        }
        judge.refuses("/context/team", one.clone(), "required").await;
        judge.refuses("/context/team", agent("mbox", json!("mailto:a@example.fr")), "object-type").await;
        judge.has_nothing().await;
        for place in GROUPS {
            let mut good: Vec<Value> = identifiers().into_iter().map(|(key, value)| group(key, value)).collect();
            good.push(with(good[0].clone(), "member", json!([one, other])));
            good.push(json!({"objectType": "Group", "member": [one, other]}));
            for client in &judge.clients {
                for good in &good {
                    takes(client, &placed(place, good.clone()), place, good).await;
                    takes(client, &sub(&placed(place, good.clone())), &format!("/object{place}"), good).await;
                }
            }
        }
    }

    async fn an_authority_is_an_agent_or_two_members_and_the_store_sets_its_own(app: TestApp) {
        let judge = Judge::of(&app).await;
        let members = |count: usize| -> Vec<Value> {
            (0..count).map(|n| json!({"mbox": format!("mailto:{n}@example.fr")})).collect()
        };
        for count in [1, 3] {
            judge.refuses("/authority", json!({"objectType": "Group", "member": members(count)}), "authority").await;
        }
        judge.refuses("/authority", json!({"objectType": "Group"}), "anonymous-group").await;
        for (key, value) in identifiers() {
            let identified = with(group(key, value), "member", json!(members(2)));
            judge.refuses("/authority", identified, "authority").await;
        }
        judge.has_nothing().await;
        for given in [Some(json!({"objectType": "Group", "member": members(2)})), Some(agent("mbox", json!("mailto:x@example.fr"))), None] {
            let mut good = whole();
            put_at(&mut good, "/authority", given);
            for client in &judge.clients {
                let id = store(client, &good).await.remove(0);
                let kept = client.get(&query(&[("statementId", &id)])).await.expect(200).json();
                assert_eq!(kept["authority"]["name"], "Outil", "whose credential brought it");
            }
        }
    }
}
