//! The statement as a whole: what is accepted, what is refused and where, and that types and text agree.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::core::{Language, LanguageMap, StatementId, Timestamp};

fn base() -> Value {
    json!({
        "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        "actor": {"objectType": "Agent", "name": "Camille Roux", "mbox": "mailto:camille@example.fr"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"fr": "a terminé"}},
        "object": {"objectType": "Activity", "id": "http://example.fr/chantier", "definition": {"name": {"fr": "Sécurité sur chantier"}}},
        "result": {"score": {"scaled": 0.8, "raw": 8, "min": 0, "max": 8}, "completion": true, "duration": "PT12M"},
        "context": {"registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7", "language": "fr-FR",
            "contextActivities": {"parent": {"id": "http://example.fr/parcours"}}, "extensions": {"http://x": null}},
        "timestamp": "2026-11-21T10:00:00.123Z", "version": "1.0.3",
        "attachments": [{"usageType": "http://example.fr/preuve", "display": {"fr": "Preuve"}, "contentType": "text/plain",
            "length": 4, "sha2": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "fileUrl": "http://example.fr/p"}]
    })
}

/// The base with the value at `pointer` replaced (or added); `None` takes it away.
fn with(pointer: &str, value: Option<Value>) -> Value {
    let mut statement = base();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = statement.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    let key = key.replace("~1", "/");
    match value {
        Some(value) => _ = parent.insert(key, value),
        None => _ = parent.shift_remove(&key),
    }
    statement
}

fn problems(statement: &Value, version: Version) -> Vec<(String, &'static str)> {
    match parse(&statement.to_string(), version) {
        Ok(_) => Vec::new(),
        Err(Refusal::Problems(problems)) => {
            problems.into_iter().map(|problem| (problem.pointer, problem.rule)).collect()
        }
        Err(Refusal::Syntax(error)) => panic!("{error}"),
    }
}

#[track_caller]
fn accepts(pointer: &str, value: Value) {
    assert_eq!(problems(&with(pointer, Some(value.clone())), Version::V2), [], "{pointer} = {value}");
}

#[track_caller]
fn refuses(pointer: &str, value: Value, at: &str, rule: &str) {
    let found = problems(&with(pointer, Some(value.clone())), Version::V2);
    assert_eq!(
        found.iter().map(|(at, rule)| (at.as_str(), *rule)).collect::<Vec<_>>(),
        [(at, rule)],
        "{pointer} = {value}"
    );
}

#[test]
fn a_good_statement_is_read_whole() {
    let statement = parse(&base().to_string(), Version::V1).unwrap();
    assert_eq!(statement.registration().unwrap().to_string(), "ec531277-b57b-4c15-8d91-d292c5b2b8f7");
    assert_eq!(statement.activity().unwrap().id, "http://example.fr/chantier");
    assert_eq!(statement.result.unwrap().score.unwrap().raw, Some(8.0));
    assert_eq!(statement.attachments.len(), 1);
}

#[test]
fn what_is_missing_null_unknown_or_of_wrong_type_is_refused_where_it_stands() {
    for (missing, at) in [
        ("/actor", "/actor"),
        ("/verb", "/verb"),
        ("/object", "/object"),
        ("/verb/id", "/verb/id"),
        ("/object/id", "/object/id"),
        ("/actor/mbox", "/actor"),
    ] {
        assert_eq!(problems(&with(missing, None), Version::V1)[0].0, at, "without {missing}");
    }
    refuses("/result/success", Value::Null, "/result/success", "null");
    refuses("/verb/display", Value::Null, "/verb/display", "null");
    refuses("/Result", json!({}), "/Result", "unknown-key");
    refuses("/actor/Name", json!("x"), "/actor/Name", "unknown-key");
    refuses("/result/success", json!("true"), "/result/success", "boolean");
    refuses("/result/score/raw", json!("8"), "/result/score/raw", "number");
    refuses("/object/definition", json!([]), "/object/definition", "object");
    refuses("/attachments", json!({}), "/attachments", "array");
    refuses("/result/response", json!(3), "/result/response", "string");
}

#[test]
fn repeated_keys_are_refused() {
    let text = base().to_string().replacen("\"completion\":true", "\"completion\":true,\"completion\":false", 1);
    let Err(Refusal::Problems(problems)) = parse(&text, Version::V1) else { panic!("accepted") };
    assert_eq!((problems[0].pointer.as_str(), problems[0].rule), ("/result/completion", "repeated-key"));
}

#[test]
fn several_problems_are_told_at_once() {
    let mut statement = with("/verb/id", Some(json!("no iri")));
    statement["result"]["score"]["scaled"] = json!(2);
    statement["context"]["language"] = json!("français");
    let found = problems(&statement, Version::V1);
    assert_eq!(
        found.iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>(),
        ["/verb/id", "/result/score/scaled", "/context/language"]
    );
}

#[test]
fn agents_and_groups_have_one_identifier() {
    refuses("/actor/openid", json!("http://openid.fr/c"), "/actor", "one-ifi");
    refuses("/actor", json!({"account": {"homePage": "nowhere", "name": "c"}}), "/actor/account/homePage", "iri");
    refuses("/actor", json!({"objectType": "Group", "name": "Nobody"}), "/actor", "anonymous-group");
    refuses("/actor", json!({"objectType": "agent", "mbox": "mailto:a@b.fr"}), "/actor/objectType", "object-type");
    let group = json!({"objectType": "Group", "mbox": "mailto:g@b.fr"});
    accepts("/actor", group.clone());
    refuses("/actor", json!({"objectType": "Group", "member": [group]}), "/actor/member/0/objectType", "object-type");
    refuses(
        "/authority",
        json!({"objectType": "Group", "member": [{"mbox": "mailto:a@b.fr"}]}),
        "/authority",
        "authority",
    );
    refuses("/context/team", json!({"mbox": "mailto:a@b.fr"}), "/context/team", "required");
}

#[test]
fn scores_may_touch_their_limits() {
    accepts("/result/score", json!({"raw": 0, "min": 0, "max": 8}));
    accepts("/result/score", json!({"scaled": -1.0}));
    refuses("/result/score", json!({"raw": 9, "min": 0, "max": 8}), "/result/score/raw", "score-raw");
    refuses("/result/score", json!({"min": 8, "max": 8}), "/result/score/min", "score-range");
    refuses("/result/score", json!({"scaled": 1.0001}), "/result/score/scaled", "score-scaled");
}

#[test]
fn interactions_name_their_type_and_their_parts_differ() {
    let part = |id: &str| json!({"id": id, "description": {"fr": id}});
    accepts(
        "/object/definition",
        json!({"interactionType": "choice", "choices": [part("a"), part("b")], "correctResponsesPattern": ["a"]}),
    );
    refuses("/object/definition", json!({"choices": [part("a")]}), "/object/definition/interactionType", "required");
    refuses(
        "/object/definition",
        json!({"interactionType": "Choice"}),
        "/object/definition/interactionType",
        "interaction-type",
    );
    refuses(
        "/object/definition",
        json!({"interactionType": "choice", "choices": [part("a"), part("a")]}),
        "/object/definition/choices",
        "component-ids",
    );
}

#[test]
fn revision_and_platform_belong_to_activities() {
    let mut statement = with("/object", Some(json!({"objectType": "Agent", "mbox": "mailto:a@b.fr"})));
    assert_eq!(problems(&statement, Version::V1), []);
    statement["context"]["platform"] = json!("Préau");
    assert_eq!(problems(&statement, Version::V1), [("/context/platform".to_owned(), "activity-only")]);
}

#[test]
fn sub_statements_follow_the_same_rules() {
    let sub = json!({"objectType": "SubStatement", "actor": {"mbox": "mailto:a@b.fr"}, "verb": {"id": "http://v"}, "object": {"id": "http://o"}});
    accepts("/object", sub.clone());
    let mut wrong = sub.clone();
    wrong["stored"] = json!("2026-11-21T10:00:00Z");
    refuses("/object", wrong, "/object/stored", "unknown-key");
    let mut wrong = sub.clone();
    wrong["object"] = sub.clone();
    refuses("/object", wrong, "/object/object", "nested-sub-statement");
    let mut wrong = sub;
    wrong["verb"]["id"] = json!("v");
    refuses("/object", wrong, "/object/verb/id", "iri");
}

#[test]
fn voiding_names_a_statement() {
    let mut statement = with("/verb", Some(json!({"id": vocabulary::VOIDED})));
    assert_eq!(problems(&statement, Version::V1), [("/object".to_owned(), "voiding")]);
    statement["object"] = json!({"objectType": "StatementRef", "id": "ec531277-b57b-4c15-8d91-d292c5b2b8f7"});
    assert_eq!(problems(&statement, Version::V1), []);
}

#[test]
fn context_agents_are_of_version_two() {
    let parties = json!([{"objectType": "contextAgent", "agent": {"mbox": "mailto:t@b.fr"}, "relevantTypes": ["http://roles/tutor"]}]);
    accepts("/context/contextAgents", parties.clone());
    assert_eq!(
        problems(&with("/context/contextAgents", Some(parties)), Version::V1),
        [("/context/contextAgents".to_owned(), "unknown-key")]
    );
    refuses(
        "/context/contextAgents",
        json!([{"objectType": "contextAgent", "agent": {"mbox": "mailto:t@b.fr"}, "relevantTypes": []}]),
        "/context/contextAgents/0/relevantTypes",
        "relevant-types",
    );
    refuses(
        "/context/contextGroups",
        json!([{"objectType": "contextGroup"}]),
        "/context/contextGroups/0/group",
        "required",
    );
}

#[test]
fn versions_and_attachments() {
    accepts("/version", json!("2.0.0"));
    accepts("/version", json!("1.0.0"));
    refuses("/version", json!("1.1.0"), "/version", "version");
    assert_eq!(problems(&with("/version", Some(json!("2.0.0"))), Version::V1)[0].1, "version");
    let found = problems(&with("/attachments", Some(json!([{"length": 1.5, "sha2": "abc"}]))), Version::V2);
    let found: Vec<&str> = found.iter().map(|(at, _)| at.as_str()).collect();
    let all = ["usageType", "display", "contentType", "length", "sha2"].map(|key| format!("/attachments/0/{key}"));
    assert_eq!(found, all);
}

/// A stand-in for the locale kit: the same files, read by the same library.
struct Words(Language, FluentBundle<FluentResource>);

impl Words {
    fn new(language: Language) -> Self {
        let source = match language {
            Language::Fr => include_str!("../locales/fr/xapi.ftl"),
            Language::En => include_str!("../locales/en/xapi.ftl"),
        };
        let mut bundle = FluentBundle::new(vec![language.tag().parse().unwrap()]);
        bundle.set_use_isolating(false);
        bundle.add_resource(FluentResource::try_new(source.to_owned()).unwrap()).unwrap();
        Self(language, bundle)
    }
}

impl sentence::Phrases for Words {
    fn language(&self) -> Language {
        self.0
    }

    fn say(&self, key: &str, args: &[(&'static str, &str)]) -> String {
        let args: FluentArgs = args.iter().map(|(name, value)| (*name, *value)).collect();
        let pattern =
            self.1.get_message(key).and_then(|message| message.value()).unwrap_or_else(|| panic!("no text {key}"));
        self.1.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

#[test]
fn statements_read_as_sentences() {
    let completed = parse(&base().to_string(), Version::V1).unwrap();
    let agent = || Agent::mbox("mailto:lea@example.fr").named("Léa Petit");
    let quiz = Activity::new("http://example.fr/quiz#q1");
    let answered = vocabulary::event(agent(), vocabulary::ANSWERED, quiz.clone()).with_result(Outcome {
        response: Some("le casque".into()),
        score: Some(Score { raw: Some(2.5), max: Some(5.0), ..Score::default() }),
        duration: Some(IsoDuration::from_seconds(42.0)),
        ..Outcome::default()
    });
    let mut liked = vocabulary::event(agent(), "http://example.fr/verbs/liked", quiz.clone());
    liked.verb.display =
        LanguageMap([("fr".to_owned(), "a aimé".to_owned()), ("en".to_owned(), "liked".to_owned())].into());
    let team = Group { name: None, ifi: None, member: vec![agent(), Agent::account("http://rh", "moussa")] };
    let voided = vocabulary::voiding(agent(), Uuid::nil());
    let slow = vocabulary::event(agent(), vocabulary::PASSED, quiz.clone())
        .with_result(Outcome { duration: Some(IsoDuration::from_seconds(3899.0)), ..vocabulary::scaled(0.925) });
    let sub = SubStatement {
        actor: team.clone().into(),
        verb: vocabulary::verb(vocabulary::COMPLETED),
        object: quiz.clone().into(),
        result: None,
        context: None,
        timestamp: None,
        attachments: Vec::new(),
    };
    let planned =
        Statement::new(agent(), Verb::new("http://example.fr/verbs/planned"), Object::SubStatement(Box::new(sub)));
    let group = Statement::new(team, vocabulary::verb(vocabulary::WAIVED), quiz);
    let mut lines = Vec::new();
    for language in Language::ALL {
        let words = Words::new(language);
        let name_of = |iri: &str| (iri == "http://example.fr/quiz#q1").then(|| "Question 1".to_owned());
        for statement in [&completed, &answered, &liked, &voided, &slow, &planned, &group] {
            lines.push(sentence::sentence(statement, &words, &name_of));
        }
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    Camille Roux a terminé Sécurité sur chantier avec 80 % en 12 min
    Léa Petit a répondu à Question 1 avec 2,5 points sur 5 (réponse : « le casque ») en 42 s
    Léa Petit : « a aimé », Question 1
    Léa Petit a annulé la déclaration 00000000-0000-0000-0000-000000000000
    Léa Petit a réussi Question 1 avec 92,5 % en 1 h 05
    Léa Petit : « planned », « Léa Petit, moussa a terminé Question 1 »
    Léa Petit, moussa bénéficie d’une dispense pour Question 1
    Camille Roux completed Sécurité sur chantier with 80% in 12 min
    Léa Petit answered Question 1 with 2.5 points out of 5 (answer: “le casque”) in 42 s
    Léa Petit: “liked”, Question 1
    Léa Petit withdrew statement 00000000-0000-0000-0000-000000000000
    Léa Petit passed Question 1 with 92.5% in 1 h 05 min
    Léa Petit: “planned”, “Léa Petit, moussa completed Question 1”
    Léa Petit, moussa was exempted from Question 1
    "#);
}

#[test]
fn every_verb_has_a_sentence_in_every_language() {
    for language in Language::ALL {
        let words = Words::new(language);
        for (iri, _) in vocabulary::VERBS {
            let statement =
                vocabulary::event(Agent::mbox("mailto:a@b.fr").named("A"), iri, Activity::new("http://o/cours"));
            let text = sentence::sentence(&statement, &words, &|_| None);
            assert!(text.contains('A') && text.contains("cours"), "{text}");
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    "[a-zé\"\\\\ \\n]{0,8}"
}

fn iri() -> impl Strategy<Value = String> {
    "http://[a-z]{1,8}/[a-z0-9]{0,6}"
}

fn languages() -> impl Strategy<Value = LanguageMap> {
    prop::collection::btree_map(
        prop::sample::select(vec!["fr".to_owned(), "en-US".to_owned(), "und".to_owned()]),
        text(),
        0..3,
    )
    .prop_map(LanguageMap)
}

fn ifi() -> impl Strategy<Value = Ifi> {
    prop_oneof![
        "mailto:[a-z]{1,6}@[a-z]{1,6}\\.fr".prop_map(Ifi::Mbox),
        "[0-9a-f]{40}".prop_map(Ifi::MboxSha1),
        iri().prop_map(Ifi::OpenId),
        (iri(), text()).prop_map(|(home_page, name)| Ifi::Account { home_page, name }),
    ]
}

fn agent() -> impl Strategy<Value = Agent> {
    (prop::option::of(text()), ifi()).prop_map(|(name, ifi)| Agent { name, ifi })
}

fn group() -> impl Strategy<Value = Group> {
    (prop::option::of(text()), prop::option::of(ifi()), prop::collection::vec(agent(), 1..3))
        .prop_map(|(name, ifi, member)| Group { name, ifi, member })
}

fn actor() -> impl Strategy<Value = Actor> {
    prop_oneof![agent().prop_map(Actor::Agent), group().prop_map(Actor::Group)]
}

fn activity() -> impl Strategy<Value = Activity> {
    let definition = (languages(), languages(), prop::option::of(iri())).prop_map(|(name, description, kind)| {
        Box::new(Definition { name, description, kind, ..Definition::default() })
    });
    (iri(), prop::option::of(definition)).prop_map(|(id, definition)| Activity { id, definition })
}

fn object() -> impl Strategy<Value = Object> {
    prop_oneof![
        activity().prop_map(Object::Activity),
        agent().prop_map(Object::Agent),
        group().prop_map(Object::Group),
        any::<u128>().prop_map(|id| Object::StatementRef(StatementRef { id: Uuid::from_u128(id) })),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let score = (prop::option::of(-1.0..1.0_f64), prop::option::of(-1e6..1e6_f64)).prop_map(|(scaled, raw)| Score {
        scaled,
        raw,
        min: None,
        max: None,
    });
    (
        prop::option::of(score),
        any::<Option<bool>>(),
        any::<Option<bool>>(),
        prop::option::of(text()),
        prop::option::of(0.0..1e7_f64),
    )
        .prop_map(|(score, success, completion, response, seconds)| Outcome {
            score,
            success,
            completion,
            response,
            duration: seconds.map(IsoDuration::from_seconds),
            extensions: Extensions::default(),
        })
}

fn statements() -> impl Strategy<Value = Statement> {
    let context = (
        any::<Option<u128>>(),
        prop::option::of(actor()),
        prop::option::of(group()),
        prop::collection::vec(activity(), 0..3),
    )
        .prop_map(|(registration, instructor, team, grouping)| Context {
            registration: registration.map(Uuid::from_u128),
            instructor,
            team,
            context_activities: ContextActivities { grouping, ..ContextActivities::default() },
            ..Context::default()
        });
    (
        any::<Option<u128>>(),
        actor(),
        iri(),
        languages(),
        object(),
        prop::option::of(outcome()),
        prop::option::of(context),
        prop::option::of(0..4_000_000_000_000_000_i64),
    )
        .prop_map(|(id, actor, verb, display, object, result, context, timestamp)| Statement {
            id: id.map(|id| StatementId(Uuid::from_u128(id))),
            result,
            context,
            timestamp: timestamp.map(Timestamp),
            ..Statement::new(actor, Verb { id: verb, display }, object)
        })
}

#[test]
fn a_statement_of_nothing_but_problems_is_told_a_hundred_of_them() {
    let members: Vec<String> = (0..5_000).map(|n| format!("\"k{n}\":null")).collect();
    let Err(Refusal::Problems(problems)) = parse(&format!("{{{}}}", members.join(",")), Version::V1) else {
        panic!("it was taken")
    };
    assert_eq!(problems.len(), 100);
}

proptest! {
    #[test]
    fn what_is_written_reads_back(statement in statements()) {
        let text = serde_json::to_string(&statement).unwrap();
        prop_assert_eq!(parse(&text, Version::V2), Ok(statement));
    }

    #[test]
    fn a_statement_is_the_same_as_itself_stored(statement in statements()) {
        let text = serde_json::to_string(&statement).unwrap();
        let json = json::Json::parse(&text).unwrap();
        let set = body::ServerSet { id: "00000000-0000-0000-0000-000000000000", authority: r#"{"mbox":"mailto:x@y.z"}"#, version: "2.0.0" };
        let body = body::draft(&text, &body::Places::of(&json), &set).at("2026-01-01T00:00:00Z");
        let stored = json::Json::parse(&body).unwrap();
        prop_assert!(equality::same(&json, &stored));
        prop_assert!(statement_is_valid(&body));
        prop_assert!(statement_is_valid(&canonical(&stored, &Languages::default(), &|_| None)));
        let short = ids(&stored);
        prop_assert!(statement_is_valid(&short), "{}", short);
    }

    #[test]
    fn damaged_text_is_answered(statement in statements(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\":,a0 null\\\\]{0,3}") {
        let mut characters: Vec<char> = serde_json::to_string(&statement).unwrap().chars().collect();
        let at = at.index(characters.len());
        characters.splice(at..(at + 2).min(characters.len()), with.chars());
        let text: String = characters.into_iter().collect();
        let _ = parse(&text, Version::V1);
    }
}

fn statement_is_valid(text: &str) -> bool {
    parse(text, Version::V2).is_ok()
}
