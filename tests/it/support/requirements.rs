//! Tables that say which tests show a requirement, held against the sources.

use std::collections::BTreeMap;
use std::path::Path;

/// Of requirements with the tests that show them (`file::function`, separated by blanks): which name none, or one that is not
/// there.
pub fn unknown_tests<'t>(rows: impl Iterator<Item = (&'t str, &'t str)>) -> Vec<String> {
    let mut sources: BTreeMap<&str, String> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (id, tests) in rows {
        if tests.trim().is_empty() {
            wrong.push(format!("{id} names no test"));
        }
        for test in tests.split_whitespace() {
            let Some((file, function)) = test.split_once("::") else {
                wrong.push(format!("{id}: {test} is no file::function"));
                continue;
            };
            let source = sources.entry(file).or_insert_with(|| {
                std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap_or_default()
            });
            if !is_test(source, function) {
                wrong.push(format!("{id}: there is no test {test}"));
            }
        }
    }
    wrong
}

/// Whether `source` has the function, as a test of its own or as a story told on both databases.
fn is_test(source: &str, function: &str) -> bool {
    let story = format!("    async fn {function}(app: TestApp) {{");
    let own = [format!("#[test]\nfn {function}() {{"), format!("#[test]\n    fn {function}() {{")];
    source.contains(&story) || own.iter().any(|own| source.contains(own))
}
