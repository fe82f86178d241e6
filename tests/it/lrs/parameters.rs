//! What every resource asks of the address: parameters that must be there, their forms, and nothing else.

use super::*;

/// A resource with documents: where it is, what names a shelf there, and what names a document.
struct Shelf {
    path: &'static str,
    names: &'static [(&'static str, &'static str)],
    id: &'static str,
}

const AGENT: &str = r#"{"mbox":"mailto:camille@example.fr"}"#;

const SHELVES: [Shelf; 3] = [
    Shelf {
        path: "/xapi/activities/state",
        names: &[
            ("activityId", "http://example.fr/a"),
            ("agent", AGENT),
            ("registration", "ec531277-b57b-4c15-8d91-d292c5b2b8f7"),
        ],
        id: "stateId",
    },
    Shelf { path: "/xapi/agents/profile", names: &[("agent", AGENT)], id: "profileId" },
    Shelf { path: "/xapi/activities/profile", names: &[("activityId", "http://example.fr/a")], id: "profileId" },
];

impl Shelf {
    fn parameters(&self) -> Vec<(&str, &str)> {
        [self.names, &[(self.id, "p")]].concat()
    }
}

const METHODS: [&str; 4] = ["GET", "PUT", "POST", "DELETE"];

fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let pairs = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("{path}?{pairs}")
}

async fn ask(client: &Client, method: &str, path: &str) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let body = if matches!(method, Method::PUT | Method::POST) { b"{\"a\":1}".to_vec() } else { Vec::new() };
    client.send(method, path, body, &[JSON, ("if-none-match", "*")]).await
}

async fn refused(client: &Client, method: &str, path: &str, code: &str) {
    let answer = ask(client, method, path).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some(code)), "{method} {path}");
}

both_databases! {
    async fn documents_are_named_whole_and_by_parameters_of_their_forms(app: TestApp) {
        for client in &both_editions(&app).await {
            for shelf in &SHELVES {
                let all = shelf.parameters();
                for method in METHODS {
                    for (at, (name, _)) in all.iter().enumerate() {
                        let mut less = all.clone();
                        less.remove(at);
                        // A registration may be left out, and the id where all documents are meant.
                        let of_all = *name == shelf.id && (method == "GET" || method == "DELETE" && shelf.id == "stateId");
                        if *name != "registration" && !of_all {
                            refused(client, method, &address(shelf.path, &less), "parameter-missing").await;
                        }
                        let mut doubled = all.clone();
                        doubled.push(all[at]);
                        refused(client, method, &address(shelf.path, &doubled), "parameter-repeated").await;
                        let shouted = name.to_uppercase();
                        let mut wrong = less.clone();
                        wrong.push((&shouted, all[at].1));
                        assert_eq!(ask(client, method, &address(shelf.path, &wrong)).await.status, 400, "{method} {shouted}");
                        let forms: &[&str] = match *name {
                            "agent" => &["camille", "{}", "[]", "{\"mbox\":", r#"{"name":"Camille"}"#, r#"{"mbox":"camille@example.fr"}"#,
                                r#"{"objectType":"Group","member":[{"mbox":"mailto:camille@example.fr"}]}"#, "7", "\"x\""],
                            "activityId" => &["cours", "", "http://a b"],
                            "registration" => &["7", "", "{ec531277-b57b-4c15-8d91-d292c5b2b8f7}"],
                            _ => &["\0"],
                        };
                        for form in forms {
                            let mut wrong = less.clone();
                            wrong.push((name, form));
                            refused(client, method, &address(shelf.path, &wrong), "parameter-wrong").await;
                        }
                    }
                    refused(client, method, &address(shelf.path, &[&all[..], &[("autre", "x")]].concat()), "parameter-unknown").await;
                }
                for since in ["hier", "2026-11-21", "2026-11-21T10:00:00-00:00", ""] {
                    refused(client, "GET", &address(shelf.path, &[shelf.names, &[("since", since)]].concat()), "parameter-wrong").await;
                }
            }
        }
        assert_eq!(app.count("lrs_document").await, 0);
    }

    async fn agents_and_activities_are_asked_for_by_one_parameter_of_its_form(app: TestApp) {
        for client in &both_editions(&app).await {
            for (path, name, good, wrong) in [
                ("/xapi/agents", "agent", AGENT, &["camille", "{}", r#"{"name":"Camille"}"#, r#"{"mbox":"x"}"#][..]),
                ("/xapi/activities", "activityId", "http://example.fr/a", &["cours", "", "http://a b"][..]),
            ] {
                refused(client, "GET", path, "parameter-missing").await;
                for wrong in wrong {
                    refused(client, "GET", &address(path, &[(name, wrong)]), "parameter-wrong").await;
                }
                refused(client, "GET", &address(path, &[(name, good), ("autre", "x")]), "parameter-unknown").await;
                refused(client, "GET", &address(path, &[(name, good), (name, good)]), "parameter-repeated").await;
                assert_eq!(ask(client, "GET", &address(path, &[(&name.to_uppercase(), good)])).await.status, 400);
                ask(client, "GET", &address(path, &[(name, good)])).await.expect(200);
            }
        }
    }

    async fn a_search_has_the_parameters_of_the_standard_spelt_as_there(app: TestApp) {
        let id = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0";
        let filters = [
            ("agent", AGENT), ("verb", "http://example.fr/v"), ("activity", "http://example.fr/a"), ("registration", id),
            ("related_activities", "true"), ("related_agents", "false"), ("since", "2026-11-21T10:00:00Z"),
            ("until", "2026-11-21T14:00:00Z"), ("limit", "1"), ("ascending", "true"),
        ];
        let shown = [("format", "exact"), ("attachments", "false")];
        for client in &both_editions(&app).await {
            client.get(&query(&[&filters[..], &shown[..]].concat())).await.expect(200);
            for (name, good) in filters.into_iter().chain(shown) {
                for spelt in [name.to_uppercase(), format!("{}{}", name[..1].to_uppercase(), &name[1..])] {
                    refused(client, "GET", &query(&[(&spelt, good)]), "parameter-unknown").await;
                }
                refused(client, "GET", &query(&[(name, good), (name, good)]), "parameter-repeated").await;
                let wrong = match name {
                    "agent" => "camille",
                    "verb" | "activity" => "cours",
                    "registration" => "7",
                    "since" | "until" => "2026-11-21T10:00:00-00",
                    "limit" => "-1",
                    _ => "oui",
                };
                refused(client, "GET", &query(&[(name, wrong)]), "parameter-wrong").await;
            }
            for by_id in ["statementId", "voidedStatementId"] {
                refused(client, "GET", &query(&[(by_id, "7")]), "parameter-wrong").await;
                refused(client, "GET", &query(&[(&by_id.to_lowercase(), id)]), "parameter-unknown").await;
                for (name, good) in filters {
                    refused(client, "GET", &query(&[(by_id, id), (name, good)]), "parameter-unknown").await;
                }
                for (name, good) in shown {
                    client.get(&query(&[(by_id, id), (name, good)])).await.expect(404);
                }
            }
            refused(client, "GET", &query(&[("statementId", id), ("voidedStatementId", id)]), "parameter-wrong").await;
            refused(client, "POST", &query(&[("statementId", id)]), "parameter-unknown").await;
            refused(client, "PUT", &query(&[("statementID", id)]), "parameter-missing").await;
            refused(client, "PUT", &query(&[("statementId", id), ("autre", "x")]), "parameter-unknown").await;
        }
    }

    async fn head_is_answered_by_every_resource_as_get_without_a_body(app: TestApp) {
        let clients = both_editions(&app).await;
        store(&clients[0], &statement("camille", "completed", "a")).await;
        for shelf in &SHELVES {
            ask(&clients[0], "PUT", &address(shelf.path, &shelf.parameters())).await.expect(204);
        }
        for client in &clients {
            let mut paths: Vec<String> = SHELVES.iter().map(|shelf| address(shelf.path, &shelf.parameters())).collect();
            paths.extend(SHELVES.iter().map(|shelf| address(shelf.path, shelf.names)));
            paths.extend(["/xapi/statements".to_owned(), "/xapi/about".to_owned(), address("/xapi/agents", &[("agent", AGENT)])]);
            paths.extend([address("/xapi/activities", &[("activityId", "http://example.fr/a")]), query(&[("limit", "x")])]);
            for path in paths {
                let (get, head) = (client.get(&path).await, client.send(Method::HEAD, &path, Vec::new(), &[]).await);
                assert_eq!(head.status, get.status, "{path}");
                assert!(head.body.is_empty(), "{path}");
                for name in ["content-type", "content-length", "etag", "last-modified", "x-experience-api-version"] {
                    assert_eq!(head.header(name), get.header(name), "{path}: {name}");
                }
            }
        }
    }

    async fn a_method_that_a_resource_does_not_have_is_refused_whoever_asks(app: TestApp) {
        for (method, path, allowed) in [
            ("DELETE", "/xapi/statements", "GET, HEAD, POST, PUT, OPTIONS"), ("PATCH", "/xapi/activities/state", "GET, HEAD, POST, PUT, DELETE, OPTIONS"),
            ("POST", "/xapi/agents", "GET, HEAD, OPTIONS"), ("DELETE", "/xapi/activities", "GET, HEAD, OPTIONS"), ("PUT", "/xapi/about", "GET, HEAD, OPTIONS"),
        ] {
            let stranger = app.program().with_header("x-experience-api-version", "1.0.1");
            let answer = ask(&stranger, method, path).await.expect(405);
            assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
        }
    }
}
