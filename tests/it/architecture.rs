//! The habits of the code, checked: who may import whom, and that every SQL text runs on both databases.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use preau::storage::Db;
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};

use crate::support::{Database, TestApp};

/// The modules in the order of their dependencies: each may import those of the rows above it, and none of its own row.
const LAYERS: &[&[&str]] = &[
    &["core"],
    &["config", "xapi", "scorm", "outbound"],
    &["storage"],
    &["state"],
    &["outbox"],
    &["jobs"],
    &["web"],
    &["identity", "media"],
    &["lrs", "packages"],
    &["progress"],
    &["runtime"],
    &["native", "quiz"],
    &["programmes"],
    &["spaces", "webhooks"],
    &["catalogue"],
    &["reports"],
    &["demo"],
    &["api_doc"],
    &["app"],
    &["check"],
];

/// Modules without I/O: they see nothing but `core`.
const PURE: &[&str] = &["xapi", "scorm"];

fn sources() -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("readable source");
            (path.strip_prefix(&root).expect("below src").to_owned(), text)
        })
        .collect()
}

/// `src/lrs/store.rs` and `src/app.rs` belong to the modules `lrs` and `app`.
fn module_of(path: &Path) -> String {
    let first = path.iter().next().expect("a name").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Top-level modules named after `crate::` in a source, `use` groups included.
fn imports(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        let names = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String = name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if name.chars().next().is_some_and(|first| first.is_ascii_lowercase()) {
                found.insert(name);
            }
        }
    }
    // Macros, not modules.
    found.remove("on_db");
    found.remove("read_once");
    found
}

#[test]
fn modules_import_only_what_lies_below_them() {
    let layer = |module: &str| LAYERS.iter().position(|row| row.contains(&module));
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        if matches!(module.as_str(), "lib" | "main" | "bin") {
            continue;
        }
        let Some(own) = layer(&module) else {
            wrong.push(format!("{}: the module {module} has no place in LAYERS", path.display()));
            continue;
        };
        for import in imports(&text).iter().filter(|import| **import != module) {
            let allowed = match layer(import) {
                Some(_) if PURE.contains(&module.as_str()) => import == "core",
                Some(other) => other < own,
                None => false,
            };
            if !allowed {
                wrong.push(format!("{}: {module} must not import {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An SQL text of the sources and where it may run.
struct Sql {
    place: String,
    text: String,
    sqlite: bool,
    postgres: bool,
}

/// Every string literal that begins like a statement. A constant named `…_SQLITE` or `…_POSTGRES` is of that dialect only;
/// what a query builder completes is not whole and left out.
fn statements() -> Vec<Sql> {
    let mut found = Vec::new();
    for (path, text) in sources() {
        // Comments and quote characters hold quotes that open nothing.
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n").replace("'\"'", "' '");
        let mut rest = code.as_str();
        while let Some(quote) = rest.find('"') {
            let before = &rest[..quote];
            let raw = before.ends_with('#') || before.ends_with('r');
            let (literal, length) = literal(&rest[quote + 1..], raw && before.trim_end_matches('#').ends_with('r'));
            let upper = literal.trim_start();
            let is_sql = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "].iter().any(|verb| {
                upper.starts_with(verb)
                    || upper.starts_with(verb.trim_end()) && upper[verb.len() - 1..].starts_with('\n')
            });
            let declaration = before.rsplit([';', '{', '}']).next().unwrap_or_default();
            if is_sql && !declaration.contains("QueryBuilder") {
                found.push(Sql {
                    place: path.display().to_string(),
                    sqlite: !declaration.contains("POSTGRES"),
                    postgres: !declaration.contains("SQLITE"),
                    text: literal,
                });
            }
            rest = &rest[quote + 1 + length..];
        }
    }
    found
}

/// The value of a literal whose opening quote has been passed, and how many bytes it takes with its closing quote.
fn literal(text: &str, raw: bool) -> (String, usize) {
    if raw {
        let end = text.find("\"#").unwrap_or(text.len());
        return (text[..end].to_owned(), (end + 1).min(text.len()));
    }
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, at + 1),
            '\\' => match characters.next() {
                // A line continuation: the rest is joined by its words.
                Some((_, '\n')) => {
                    let skipped = characters.as_str().len() - characters.as_str().trim_start().len();
                    for _ in 0..characters.as_str()[..skipped].chars().count() {
                        characters.next();
                    }
                }
                Some((_, escaped)) => value.push(escaped),
                None => break,
            },
            character => value.push(character),
        }
    }
    (value, text.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sql_text_is_understood_by_the_databases_it_runs_on() {
    let statements = statements();
    assert!(
        statements.iter().any(|sql| sql.text.contains("FROM secret")),
        "the reader of the sources finds statements"
    );
    let mut wrong = Vec::new();
    for kind in [Database::Sqlite, Database::Postgres] {
        let app = TestApp::start(kind).await;
        for sql in &statements {
            let text = AssertSqlSafe(sql.text.clone()).into_sql_str();
            let refused = match &app.app.db {
                Db::Sqlite { read, .. } if sql.sqlite => read.prepare(text).await.err(),
                Db::Postgres(pool) if sql.postgres => pool.prepare(text).await.err(),
                _ => None,
            };
            if let Some(cause) = refused {
                wrong.push(format!("{kind:?} {}: {cause}\n    {}", sql.place, sql.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
