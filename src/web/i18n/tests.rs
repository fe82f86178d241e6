//! The words are complete: both languages have the same keys, and everything the code asks for is there.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

const FRENCH: Words = Words { language: Language::Fr };
const ENGLISH: Words = Words { language: Language::En };

fn paris() -> TimeZone {
    TimeZone::get("Europe/Paris").unwrap()
}

fn moment(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[test]
fn french_typography_is_set_when_a_file_is_loaded() {
    let set = typeset(
        "a = Reprendre : « l'étape » ; déjà ? Oui ! 40 %\nb = { $n ->\n  [one] un\n *[other] x\n}",
        Language::Fr,
    );
    assert_eq!(
        set,
        "a = Reprendre\u{202F}: «\u{202F}l’étape\u{202F}»\u{202F}; déjà\u{202F}? Oui\u{202F}! 40\u{202F}%\nb = { $n ->\n  [one] un\n *[other] x\n}"
    );
    assert_eq!(typeset("a = Don't: 40%", Language::En), "a = Don’t: 40%");
}

#[test]
fn dates_and_times_follow_the_language() {
    let at = moment("2026-11-26T08:05:00Z");
    assert_eq!(FRENCH.datetime(at, &paris()), "26\u{A0}novembre 2026 à 9\u{A0}h\u{A0}05");
    assert_eq!(ENGLISH.datetime(at, &paris()), "26\u{A0}November 2026 at 09:05");
    assert_eq!(FRENCH.day(at, &paris()), "jeu. 26\u{A0}nov.");
    assert_eq!(FRENCH.date(moment("2026-05-31T23:30:00Z"), &paris()), "1er\u{A0}juin 2026");
}

#[test]
fn numbers_and_durations_follow_the_language() {
    assert_eq!(FRENCH.number(1_284_567.5), "1\u{202F}284\u{202F}567,5");
    assert_eq!(ENGLISH.number(1_284_567.5), "1,284,567.5");
    assert_eq!(FRENCH.number(-0.001), "0");
    assert_eq!(FRENCH.percent(84), "84\u{202F}%");
    assert_eq!(FRENCH.duration(20), "moins d’une minute");
    assert_eq!(FRENCH.duration(720), "12\u{A0}min");
    assert_eq!(FRENCH.duration(3900), "1\u{A0}h\u{A0}05\u{A0}min");
    assert_eq!(FRENCH.duration(f64::NAN), "moins d’une minute");
}

#[test]
fn plurals_follow_the_language() {
    let now = moment("2026-11-26T08:05:00Z");
    assert_eq!(FRENCH.ago(moment("2026-11-26T08:04:00Z"), now, &paris()), "il y a 1 minute");
    assert_eq!(FRENCH.ago(moment("2026-11-26T05:04:00Z"), now, &paris()), "il y a 3 heures");
    assert_eq!(ENGLISH.ago(moment("2026-11-24T05:04:00Z"), now, &paris()), "2 days ago");
}

#[test]
fn every_file_reads_without_fault() {
    for language in Language::ALL {
        for (name, text) in sources(language) {
            if let Err((_, faults)) = FluentResource::try_new(text) {
                panic!("{name}: {faults:?}");
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_keys_and_no_key_twice() {
    let [french, english] = Language::ALL.map(|language| {
        let mut keys = BTreeSet::new();
        for (name, text) in sources(language) {
            for key in keys_of(&text) {
                assert!(keys.insert(key.clone()), "{key} is named twice, again in {name}");
            }
        }
        keys
    });
    let only_french: Vec<_> = french.difference(&english).collect();
    let only_english: Vec<_> = english.difference(&french).collect();
    assert!(only_french.is_empty() && only_english.is_empty(), "only fr: {only_french:?}; only en: {only_english:?}");
}

#[test]
fn every_word_the_code_asks_for_exists() {
    let mut missing = BTreeSet::new();
    for (path, text) in own_sources() {
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in [
            "shell.t(",
            "shell.with(",
            "words.t(",
            "words.with(",
            "words().t(",
            "words().with(",
            "Flash::done(",
            "Flash::fault(",
        ] {
            for key in literals_after(product, call) {
                if !FRENCH.has(&key) || !ENGLISH.has(&key) {
                    missing.insert(format!("{key} ({})", path.display()));
                }
            }
        }
        let of_kind = product.match_indices("Kind::").filter_map(|(at, _)| {
            let rest = product[at + 6..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
            literal(rest.strip_prefix(',')?)
        });
        let named = ["not_found(", "malformed(", "unprocessable(", "conflict("]
            .into_iter()
            .flat_map(|call| literals_after(product, &format!("Error::{call}")));
        for code in
            of_kind.chain(named).filter(|code| code.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')))
        {
            let key = format!("error-{code}");
            if !FRENCH.has(&key) || !ENGLISH.has(&key) {
                missing.insert(format!("{key} ({})", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "no such message in one language or both:\n{}", Vec::from_iter(missing).join("\n"));
}

#[test]
fn every_icon_of_a_template_is_in_the_sprite() {
    let listed: Vec<String> = serde_json::from_str(include_str!("../../../player/src/icons.json")).unwrap();
    let mut missing = BTreeSet::new();
    for (path, text) in own_sources() {
        for call in ["icon(", "icon_alone("] {
            missing.extend(
                literals_after(&text, call)
                    .filter(|name| !listed.contains(name))
                    .map(|name| format!("{name} ({})", path.display())),
            );
        }
    }
    assert!(missing.is_empty(), "not in player/src/icons.json: {missing:?}");
}

/// Names of messages: a line that begins with an identifier and `=`.
fn keys_of(text: &str) -> Vec<String> {
    let starts = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
    starts.filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim().to_owned()).collect()
}

fn own_sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "html" || end == "rs")
                && !path.ends_with("i18n/tests.rs")
            {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found
}

fn literals_after<'t>(text: &'t str, call: &str) -> impl Iterator<Item = String> + use<'t> {
    let length = call.len();
    let starts: Vec<usize> = text.match_indices(call).map(|(at, _)| at + length).collect();
    starts.into_iter().filter_map(move |at| literal(&text[at..]))
}

/// The plain string that `text` starts with, white space aside.
fn literal(text: &str) -> Option<String> {
    let inner = text.trim_start().strip_prefix('"')?;
    inner.split_once('"').map(|(literal, _)| literal.to_owned())
}
