//! Who may call what: every route of the sources times everybody who may knock. A route without a row fails here.

use std::collections::BTreeMap;
use std::path::Path;

use preau::identity::Role;
use reqwest::Method;

use crate::both_databases;
use crate::support::{Answer, Client};

/// Who gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Anybody, signed in or not.
    Everybody,
    /// Whoever is signed in; whose record it is, is the matter of the slice's own tests.
    SignedIn,
    /// These roles.
    Roles(&'static [Role]),
    /// These roles, and programs with this scope.
    Programs(&'static [Role], &'static str),
    /// Nobody by a login: a secret in the request decides (launch, ticket, LRS credential).
    Secret,
}

use Who::{Everybody, Programs, Secret, SignedIn};

const TRAINERS: &[Role] = &[Role::Trainer, Role::Administrator];
const ADMINISTRATORS: &[Role] = &[Role::Administrator];
const READERS: &[Role] = &[Role::Hr, Role::Administrator];
const REPORT_READERS: &[Role] = &[Role::Manager, Role::Hr, Role::Administrator];

/// The matrix: a row a route, in the order of the alphabet.
const ROUTES: &[(&str, Who)] = &[
    ("GET /", SignedIn),
    ("GET /admin/lrs", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/lrs", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/lrs/{credential}", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/lrs/{credential}", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/lrs/{credential}/revoke", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/lrs/{credential}/revoke", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/lrs/{credential}/rotate", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/lrs/retention", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/lrs/retention", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/lrs/retention/{rule}", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/lrs/retention/{rule}", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/lrs/retention/{rule}/off", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/lrs/retention/{rule}/on", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/lrs/retention/{rule}/remove", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/lrs/retention/{rule}/remove", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/people", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/people", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/people/{person}/disable", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/people/{person}/enable", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/people/erasures", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/people/{person}/erase", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/people/{person}/erase", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/people/{person}/password", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/people/{person}/records", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/people/{person}/records", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/spaces", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/spaces", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/spaces/{space}", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/spaces/{space}", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/spaces/{space}/archive", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/spaces/{space}/restore", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/statements", Who::Roles(READERS)),
    ("GET /admin/statements/forwards", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/forwards", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/forwards/{forward}/pause", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/statements/forwards/{forward}/remove", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/forwards/{forward}/remove", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/forwards/{forward}/resume", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/statements/imports", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/imports", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/statements/imports/{import}", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/statements/imports/{import}/work", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/imports/{import}/cancel", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/imports/{import}/resume", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/statements/new", Who::Roles(READERS)),
    ("GET /admin/statements/{statement}", Who::Roles(READERS)),
    ("GET /admin/statements/{statement}/files/{sha2}", Who::Roles(READERS)),
    ("GET /admin/statements/{statement}/void", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/{statement}/void", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/statements/profiles", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/profiles", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/statements/profiles/{profile}", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/profiles/{profile}/check", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/statements/profiles/{profile}/remove", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/statements/profiles/{profile}/remove", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/webhooks", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/webhooks", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/webhooks/{endpoint}", Who::Roles(ADMINISTRATORS)),
    ("GET /admin/webhooks/{endpoint}/delete", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/webhooks/{endpoint}/delete", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/webhooks/{endpoint}/deliveries/{delivery}/replay", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/webhooks/{endpoint}/pause", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/webhooks/{endpoint}/resume", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/webhooks/{endpoint}/secret", Who::Roles(ADMINISTRATORS)),
    ("POST /admin/webhooks/{endpoint}/test", Who::Roles(ADMINISTRATORS)),
    ("POST /api/v1/launches", Programs(ADMINISTRATORS, "launches/write")),
    ("POST /api/v1/launches/{id}/abandon", Programs(ADMINISTRATORS, "launches/write")),
    ("GET /api/v1/courses/{course}/interactions", Programs(TRAINERS, "registrations/read")),
    ("GET /api/v1/courses/{course}/playing", Programs(TRAINERS, "packages/read")),
    ("PUT /api/v1/courses/{course}/playing", Programs(TRAINERS, "packages/write")),
    ("GET /api/v1/enrolments/{id}", Programs(TRAINERS, "enrolments/read")),
    ("GET /api/v1/me", SignedIn),
    ("GET /api/v1/openapi.json", Everybody),
    ("GET /api/v1/packages", Programs(TRAINERS, "packages/read")),
    ("POST /api/v1/packages", Programs(TRAINERS, "packages/write")),
    ("DELETE /api/v1/packages/{id}", Programs(TRAINERS, "packages/write")),
    ("GET /api/v1/packages/{id}", Programs(TRAINERS, "packages/read")),
    ("GET /api/v1/packages/{id}/tolerance", Programs(TRAINERS, "packages/read")),
    ("PUT /api/v1/packages/{id}/tolerance", Programs(TRAINERS, "packages/write")),
    ("POST /api/v1/packages/{id}/versions", Programs(TRAINERS, "packages/write")),
    ("DELETE /api/v1/packages/{id}/versions/{version}", Programs(TRAINERS, "packages/write")),
    ("POST /api/v1/packages/{id}/versions/{version}/adopt", Programs(TRAINERS, "packages/write")),
    ("GET /api/v1/programmes/{id}/enrolments", Programs(TRAINERS, "enrolments/read")),
    ("POST /api/v1/programmes/{id}/enrolments", Programs(TRAINERS, "enrolments/write")),
    ("GET /api/v1/registrations/{id}", Programs(TRAINERS, "registrations/read")),
    ("POST /api/v1/registrations/{id}/waive", Programs(TRAINERS, "registrations/write")),
    ("PUT /api/v1/spaces/{external_id}", Programs(ADMINISTRATORS, "spaces/write")),
    ("DELETE /api/v1/spaces/{external_id}/members/{login}", Programs(ADMINISTRATORS, "spaces/write")),
    ("PUT /api/v1/spaces/{external_id}/members/{login}", Programs(ADMINISTRATORS, "spaces/write")),
    ("GET /api/v1/statement-imports/{id}", Programs(ADMINISTRATORS, "statements/write")),
    ("POST /api/v1/statement-imports", Programs(ADMINISTRATORS, "statements/write")),
    ("GET /api/v1/statements.csv", Programs(READERS, "statements/read")),
    ("GET /api/v1/statements.ndjson", Programs(READERS, "statements/read")),
    ("GET /api/v1/xapi-profiles", Programs(ADMINISTRATORS, "xapi-profiles")),
    ("POST /api/v1/xapi-profiles", Programs(ADMINISTRATORS, "xapi-profiles")),
    ("DELETE /api/v1/xapi-profiles/{id}", Programs(ADMINISTRATORS, "xapi-profiles")),
    ("GET /api/v1/xapi-profiles/{id}", Programs(ADMINISTRATORS, "xapi-profiles")),
    ("GET /api/v1/xapi-profiles/{id}/document", Programs(ADMINISTRATORS, "xapi-profiles")),
    ("GET /assets/{file}", Everybody),
    ("GET /catalogue", SignedIn),
    ("GET /courses/{course}", SignedIn),
    ("POST /courses/{course}/again", SignedIn),
    ("POST /courses/{course}/start", SignedIn),
    ("GET /design", Everybody),
    ("POST /embed/open", Everybody),
    ("GET /embed/spaces/{space}", Everybody),
    ("POST /embed/spaces/{space}/sign-in", Everybody),
    ("POST /embed/spaces/{space}/sign-out", Everybody),
    ("GET /feeds/spaces/{space}", Secret),
    ("GET /healthz", Everybody),
    ("GET /launch/{token}", Secret),
    ("GET /learn/{registration}/{activity}", SignedIn),
    ("POST /learn/{registration}/{activity}/finish", SignedIn),
    ("POST /learn/{registration}/{activity}/left", SignedIn),
    ("GET /learn/{registration}/{activity}/open", SignedIn),
    ("GET /me", SignedIn),
    ("POST /me/locale", Everybody),
    ("POST /me/password", SignedIn),
    ("GET /me/record", SignedIn),
    ("GET /me/record.csv", SignedIn),
    ("GET /me/record.xlsx", SignedIn),
    ("OPTIONS /oauth/token", Everybody),
    ("POST /oauth/token", Secret),
    ("POST /player/{registration}/navigate", SignedIn),
    ("GET /player/{registration}/{activity}", SignedIn),
    ("GET /player/{registration}/{activity}/captions/{language}", SignedIn),
    ("GET /player/window", Everybody),
    ("POST /player/{registration}/{activity}/launch", SignedIn),
    ("POST /player/{registration}/{activity}/media", SignedIn),
    ("POST /player/{registration}/{activity}/spent", SignedIn),
    ("GET /quiz/{registration}/{activity}", SignedIn),
    ("POST /quiz/{registration}/{activity}/answers", SignedIn),
    ("GET /quiz/{registration}/{activity}/questions/{number}", SignedIn),
    ("GET /quiz/{registration}/{activity}/results/{number}", SignedIn),
    ("GET /quiz/{registration}/{activity}/review", SignedIn),
    ("POST /quiz/{registration}/{activity}/start", SignedIn),
    ("POST /quiz/{registration}/{activity}/submit", SignedIn),
    ("GET /programmes/{programme}", SignedIn),
    ("POST /programmes/{programme}/begin", SignedIn),
    ("POST /programmes/{programme}/steps/{step}/open", SignedIn),
    ("GET /readyz", Everybody),
    ("GET /reports", Who::Roles(REPORT_READERS)),
    ("GET /reports/enrolments", Who::Roles(REPORT_READERS)),
    ("GET /reports/enrolments.csv", Who::Roles(REPORT_READERS)),
    ("GET /reports/enrolments.xlsx", Who::Roles(REPORT_READERS)),
    ("GET /reports/enrolments/{enrolment}", Who::Roles(REPORT_READERS)),
    ("GET /reports/registrations/{registration}", Who::Roles(REPORT_READERS)),
    ("GET /sign-in", Everybody),
    ("POST /sign-in", Everybody),
    ("POST /sign-out", Everybody),
    ("GET /spaces", SignedIn),
    ("GET /spaces/{space}", SignedIn),
    ("POST /spaces/{space}/feed", SignedIn),
    ("POST /spaces/{space}/feed/revoke", SignedIn),
    ("GET /spaces/{space}/manage", SignedIn),
    ("POST /spaces/{space}/members", SignedIn),
    ("GET /spaces/{space}/members/search", SignedIn),
    ("POST /spaces/{space}/members/{person}/remove", SignedIn),
    ("POST /spaces/{space}/members/{person}/restore/{role}", SignedIn),
    ("POST /spaces/{space}/news", SignedIn),
    ("POST /spaces/{space}/news/{news}/remove", SignedIn),
    ("POST /spaces/{space}/news/{news}/restore", SignedIn),
    ("POST /spaces/{space}/programmes", SignedIn),
    ("POST /spaces/{space}/programmes/{programme}/remove", SignedIn),
    ("POST /spaces/{space}/programmes/{programme}/restore", SignedIn),
    ("GET /trainer", Who::Roles(TRAINERS)),
    ("GET /trainer/content/new", Who::Roles(TRAINERS)),
    ("POST /trainer/content/new", Who::Roles(TRAINERS)),
    ("GET /trainer/content/{package}", Who::Roles(TRAINERS)),
    ("POST /trainer/content/{package}", Who::Roles(TRAINERS)),
    ("POST /trainer/content/{package}/file", Who::Roles(TRAINERS)),
    ("GET /trainer/content/{package}/files/{name}", Who::Roles(TRAINERS)),
    ("POST /trainer/content/{package}/pictures", Who::Roles(TRAINERS)),
    ("POST /trainer/content/{package}/preview", Who::Roles(TRAINERS)),
    ("POST /trainer/content/{package}/publish", Who::Roles(TRAINERS)),
    ("GET /trainer/courses/{course}/answers", Who::Roles(TRAINERS)),
    ("GET /trainer/courses/{course}/answers.csv", Who::Roles(TRAINERS)),
    ("GET /trainer/courses/{course}/learners", Who::Roles(TRAINERS)),
    ("GET /trainer/courses/{course}/learners/{registration}", Who::Roles(TRAINERS)),
    ("POST /trainer/courses/{course}/learners/{registration}/waive", Who::Roles(TRAINERS)),
    ("GET /trainer/courses/{course}/playing", Who::Roles(TRAINERS)),
    ("POST /trainer/courses/{course}/playing", Who::Roles(TRAINERS)),
    ("POST /trainer/courses/{course}/preview", Who::Roles(TRAINERS)),
    ("POST /trainer/courses/{course}/publish", Who::Roles(TRAINERS)),
    ("POST /trainer/courses/{course}/unpublish", Who::Roles(TRAINERS)),
    ("GET /trainer/import", Who::Roles(TRAINERS)),
    ("POST /trainer/import", Who::Roles(TRAINERS)),
    ("GET /trainer/packages/{package}", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/tolerance", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/captions", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/captions/check", Who::Roles(TRAINERS)),
    ("GET /trainer/packages/{package}/captions/{language}", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/captions/{language}", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/captions/{language}/remove", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/captions/{language}/restore", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/completion", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/delete", Who::Roles(TRAINERS)),
    ("GET /trainer/packages/{package}/media", Who::Roles(TRAINERS)),
    ("GET /trainer/packages/{package}/replace", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/replace", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/replace/{version}/adopt", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/replace/{version}/discard", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/media/again", Who::Roles(TRAINERS)),
    ("POST /trainer/packages/{package}/media/cancel", Who::Roles(TRAINERS)),
    ("GET /trainer/quizzes/{package}", Who::Roles(TRAINERS)),
    ("POST /trainer/quizzes/{package}/order", Who::Roles(TRAINERS)),
    ("GET /trainer/quizzes/{package}/preview", Who::Roles(TRAINERS)),
    ("POST /trainer/quizzes/{package}/preview", Who::Roles(TRAINERS)),
    ("POST /trainer/quizzes/{package}/publish", Who::Roles(TRAINERS)),
    ("POST /trainer/quizzes/{package}/questions", Who::Roles(TRAINERS)),
    ("GET /trainer/quizzes/{package}/questions/{question}", Who::Roles(TRAINERS)),
    ("POST /trainer/quizzes/{package}/questions/{question}", Who::Roles(TRAINERS)),
    ("POST /trainer/quizzes/{package}/questions/{question}/{act}", Who::Roles(TRAINERS)),
    ("GET /trainer/quizzes/{package}/results", Who::Roles(TRAINERS)),
    ("POST /trainer/quizzes/{package}/settings", Who::Roles(TRAINERS)),
    ("GET /trainer/programmes", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes", Who::Roles(TRAINERS)),
    ("GET /trainer/programmes/{programme}", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/discard", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/move", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/offer", Who::Roles(TRAINERS)),
    ("GET /trainer/programmes/{programme}/people", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/people", Who::Roles(TRAINERS)),
    ("GET /trainer/programmes/{programme}/people/search", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/people/{enrolment}/cancel", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/people/{enrolment}/restore", Who::Roles(TRAINERS)),
    ("GET /trainer/programmes/{programme}/preview", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/publish", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/rules/{rule}/end", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/rules/{rule}/resume", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/steps", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/steps/{step}", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/steps/{step}/move", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/steps/{step}/remove", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/steps/{step}/restore", Who::Roles(TRAINERS)),
    ("POST /trainer/programmes/{programme}/withdraw", Who::Roles(TRAINERS)),
    ("ANY /xapi/{*resource}", Secret),
    // The content origin, where no login exists.
    ("GET content:/c/{capability}/{*path}", Secret),
    ("GET content:/frame/", Everybody),
    ("GET content:/frame/left", Everybody),
    ("OPTIONS content:/runtime/cmi5/fetch/{token}", Everybody),
    ("POST content:/runtime/cmi5/fetch/{token}", Secret),
    ("POST content:/runtime/launches/{launch}/commit", Secret),
    ("GET content:/runtime/launches/{launch}/state", Secret),
];

/// Every route of the sources: `METHOD /path`, those of functions named `content…` as `METHOD content:/path`.
fn routes() -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                // The REST interface is nested there, and read from its own document.
                let nests = path.ends_with("src/api_doc.rs");
                read(&std::fs::read_to_string(&path).expect("readable source"), nests, found);
            }
        }
    }
    fn read(source: &str, nests: bool, found: &mut Vec<String>) {
        // Routes reached in another way would escape the matrix.
        for other in [".route_service(", ".nest(", ".nest_service(", ".fallback_service("] {
            assert!(nests || !source.contains(other), "the matrix of authorisation does not read {other}");
        }
        for (at, _) in source.match_indices(".route(") {
            let arguments = balanced(&source[at + ".route(".len()..]);
            let Some((path, handlers)) = arguments.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'))
            else {
                panic!("a route whose path is no literal: {arguments}");
            };
            let function = source[..at].rfind("fn ").map_or("", |start| &source[start + 3..at]);
            let origin = if function.starts_with("content") { "content:" } else { "" };
            let handlers = handler_variable(source, handlers).unwrap_or_else(|| handlers.to_owned());
            for method in ["get", "post", "put", "patch", "delete", "options", "any"] {
                if calls(&handlers, method) {
                    found.push(format!("{} {origin}{path}", method.to_uppercase()));
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

/// The text up to the parenthesis that closes the one before it.
fn balanced(text: &str) -> &str {
    let mut depth = 1;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// `.route("/path", name)` where `let name = get(…)…;` stands before it.
fn handler_variable(source: &str, handlers: &str) -> Option<String> {
    let name = handlers.trim_matches([',', ' ', '\n']);
    let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let (_, rest) = is_name.then(|| source.split_once(&format!("let {name} = ")))??;
    rest.split_once(';').map(|(value, _)| value.to_owned())
}

/// Whether `method(` is called, and not as the end of another word.
fn calls(handlers: &str, method: &str) -> bool {
    handlers.match_indices(&format!("{method}(")).any(|(at, _)| {
        !handlers[..at].chars().next_back().is_some_and(|before| before.is_ascii_alphanumeric() || before == '_')
    })
}

/// The operations of the REST interface, from its own document.
fn operations(document: &serde_json::Value) -> Vec<String> {
    let paths = document["paths"].as_object().expect("paths");
    let methods = ["get", "post", "put", "patch", "delete"];
    paths
        .iter()
        .flat_map(|(path, item)| {
            let there = methods.iter().filter(|method| item.get(**method).is_some());
            there.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect()
}

/// An address of the route with identifiers that nobody has.
fn address(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{activity}" => "0".to_owned(),
        "{*resource}" => "statements".to_owned(),
        part if part.starts_with('{') => "01a2007a-eb3d-7755-be34-d0bd31f27701".to_owned(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Whether the door stayed shut: not signed in, or not allowed.
fn is_refused(answer: &Answer) -> bool {
    let to_sign_in = answer.header("location").is_some_and(|location| location.starts_with("/sign-in?next="));
    matches!(answer.status.as_u16(), 401 | 403) || to_sign_in
}

async fn knock(client: &Client, route: &str) -> Answer {
    let (method, path) = route.split_once(' ').expect("method and path");
    let method: Method = if method == "ANY" { Method::GET } else { method.parse().expect("a method") };
    client.send(method, &address(path.trim_start_matches("content:")), Vec::new(), &[]).await
}

both_databases! {
    async fn every_route_lets_in_whom_its_row_names_and_nobody_else(app: TestApp) {
        let mut known: BTreeMap<&str, Who> = BTreeMap::new();
        for (route, who) in ROUTES {
            assert!(known.insert(route, *who).is_none(), "{route} has two rows");
        }
        let document = app.program().get("/api/v1/openapi.json").await.expect(200).json();
        let mut all: Vec<String> = routes().into_iter().chain(operations(&document)).collect();
        // Both origins serve these alike.
        all.sort();
        all.dedup();
        all.retain(|route| route != "GET content:/assets/{file}");
        let without: Vec<_> = all.iter().filter(|route| !known.contains_key(route.as_str())).collect();
        assert!(without.is_empty(), "say in ROUTES of tests/it/authorisation.rs who may call: {without:#?}");
        let gone: Vec<_> = known.keys().filter(|route| !all.iter().any(|there| there == *route)).collect();
        assert!(gone.is_empty(), "rows without a route: {gone:#?}");

        let mut wrong = Vec::new();
        for (route, who) in ROUTES {
            let on_content = route.contains(" content:");
            let nobody = if on_content { app.content() } else { app.browser() };
            let mut callers = vec![("nobody".to_owned(), nobody, matches!(who, Everybody))];
            if !on_content {
                for role in Role::ALL {
                    let allowed = match who {
                        Everybody | SignedIn => true,
                        Who::Roles(roles) | Programs(roles, _) => roles.contains(&role),
                        Secret => false,
                    };
                    let name = format!("{role} for {route}");
                    callers.push((role.to_string(), app.person(&name, role).await.browser, allowed));
                }
                if let Programs(_, scope) = who {
                    let other = if scope.starts_with("registrations") { "packages/read" } else { "registrations/read" };
                    callers.push((format!("program with {scope}"), app.token(&[scope]).await, true));
                    callers.push((format!("program with {other}"), app.token(&[other]).await, false));
                }
            }
            for (caller, client, allowed) in callers {
                let answer = knock(&client, route).await;
                let fault = answer.status.is_server_error();
                // A secret that is none: refused, unknown, or its header is missing.
                // The fetch address of cmi5 says so in its body (8.2.3).
                let is_none = matches!(answer.status.as_u16(), 400 | 404) || answer.text().contains(r#""error-code":"#);
                let refused = is_refused(&answer) || *who == Secret && is_none;
                if fault || refused == allowed {
                    wrong.push(format!("{route}, {caller}: {} (allowed: {allowed})", answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
