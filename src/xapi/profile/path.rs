//! JSONPath as xAPI Profiles restrict it (1.0 Structure 8.1): children and elements by name, number or `*`, unions of these
//! by `,`, descendants by `..`, whole expressions joined by `|`; no filters, no scripts, no slices.
//!
//! Not a library of RFC 9535: those know neither `|` nor a path without `$`, allow what is forbidden here, and answer a place
//! as often as a path names it, so that a short path (`[*,*,*][*,*,*]…`) is more work than any server has. Here a place
//! counts once: a path costs its length times the size of the statement at most.

use std::collections::HashSet;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use serde_json::Value;

/// Longest path, in bytes.
const LONGEST: usize = 2_000;

/// Places in a JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    text: String,
    /// Joined by `|`.
    expressions: Vec<Vec<Segment>>,
}

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Segment {
    /// `..`: from the place itself and everything below.
    descends: bool,
    selectors: Vec<Selector>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Selector {
    Name(String),
    Index(usize),
    All,
}

impl Path {
    /// Reads a path; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.len() > LONGEST {
            return Err("is too long");
        }
        let mut reader = Reader { rest: text.chars().peekable() };
        let mut expressions = vec![reader.expression()?];
        loop {
            reader.space();
            match reader.rest.next() {
                Some('|') => expressions.push(reader.expression()?),
                Some(_) => return Err("has a character that cannot stand there"),
                None => return Ok(Self { text: text.to_owned(), expressions }),
            }
        }
    }

    /// The values at these places of `value`, each once.
    pub fn values<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        let mut found = Places::default();
        for expression in &self.expressions {
            let mut here = vec![value];
            for segment in expression {
                here = segment.below(here);
            }
            here.into_iter().for_each(|value| found.add(value));
        }
        found.values
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Where `wanted`, a part of `whole`, stands in it, as a JSON pointer (RFC 6901).
pub fn pointer_to(whole: &Value, wanted: &Value) -> Option<String> {
    if std::ptr::eq(whole, wanted) {
        return Some(String::new());
    }
    let below = |key: &str, value: &Value| {
        pointer_to(value, wanted).map(|rest| format!("/{}{rest}", key.replace('~', "~0").replace('/', "~1")))
    };
    match whole {
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| below(&index.to_string(), item)),
        Value::Object(members) => members.iter().find_map(|(key, value)| below(key, value)),
        _ => None,
    }
}

/// Values by their place: two equal values at two places are two.
#[derive(Default)]
struct Places<'v> {
    seen: HashSet<*const Value>,
    values: Vec<&'v Value>,
}

impl<'v> Places<'v> {
    fn add(&mut self, value: &'v Value) {
        if self.seen.insert(value) {
            self.values.push(value);
        }
    }
}

impl Segment {
    fn below<'v>(&self, from: Vec<&'v Value>) -> Vec<&'v Value> {
        let from = if self.descends { descendants(from) } else { from };
        let mut found = Places::default();
        for value in from {
            for selector in &self.selectors {
                match (selector, value) {
                    (Selector::Name(name), Value::Object(members)) => {
                        members.get(name).into_iter().for_each(|value| found.add(value));
                    }
                    (Selector::Index(index), Value::Array(items)) => {
                        items.get(*index).into_iter().for_each(|value| found.add(value));
                    }
                    (Selector::All, Value::Object(members)) => members.values().for_each(|value| found.add(value)),
                    (Selector::All, Value::Array(items)) => items.iter().for_each(|value| found.add(value)),
                    _ => {}
                }
            }
        }
        found.values
    }
}

/// These values and everything below them.
fn descendants(from: Vec<&Value>) -> Vec<&Value> {
    let mut found = Places::default();
    let mut ahead = from;
    ahead.reverse();
    while let Some(value) = ahead.pop() {
        if !found.seen.insert(value) {
            continue;
        }
        found.values.push(value);
        match value {
            Value::Array(items) => ahead.extend(items.iter().rev()),
            Value::Object(members) => ahead.extend(members.values().rev()),
            _ => {}
        }
    }
    found.values
}

struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
}

impl Reader<'_> {
    fn space(&mut self) {
        while self.rest.next_if(|letter| letter.is_ascii_whitespace()).is_some() {}
    }

    fn expression(&mut self) -> Result<Vec<Segment>, &'static str> {
        self.space();
        let mut segments = Vec::new();
        let has_root = self.rest.next_if_eq(&'$').is_some();
        if !has_root && !matches!(self.rest.peek(), Some('.' | '[')) {
            // `context.registration`: examples of the specification leave `$.` out.
            segments.push(Segment { descends: false, selectors: vec![self.name()?] });
        }
        loop {
            match self.rest.peek() {
                Some('.') => {
                    self.rest.next();
                    let descends = self.rest.next_if_eq(&'.').is_some();
                    let selectors =
                        if descends && self.rest.peek() == Some(&'[') { self.union()? } else { vec![self.name()?] };
                    segments.push(Segment { descends, selectors });
                }
                Some('[') => {
                    let selectors = self.union()?;
                    segments.push(Segment { descends: false, selectors });
                }
                _ => return Ok(segments),
            }
        }
    }

    fn name(&mut self) -> Result<Selector, &'static str> {
        if self.rest.next_if_eq(&'*').is_some() {
            return Ok(Selector::All);
        }
        let mut name = String::new();
        while let Some(letter) =
            self.rest.next_if(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$' | '@' | ':'))
        {
            name.push(letter);
        }
        if name.is_empty() { Err("lacks a name") } else { Ok(Selector::Name(name)) }
    }

    fn union(&mut self) -> Result<Vec<Selector>, &'static str> {
        self.rest.next();
        let mut selectors = Vec::new();
        loop {
            self.space();
            selectors.push(self.selector()?);
            self.space();
            match self.rest.next() {
                Some(',') => {}
                Some(']') => return Ok(selectors),
                _ => return Err("lacks `,` or `]`"),
            }
        }
    }

    fn selector(&mut self) -> Result<Selector, &'static str> {
        match self.rest.peek() {
            Some('*') => {
                self.rest.next();
                Ok(Selector::All)
            }
            Some('\'' | '"') => self.quoted(),
            Some('0'..='9') => {
                let mut digits = String::new();
                while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                digits.parse().map(Selector::Index).map_err(|_| "has a number that is too large")
            }
            Some('?' | '(' | '@') => Err("has a filter or a script, which profiles must not use"),
            _ => Err("may only have names in quotes, numbers and `*` between brackets"),
        }
    }

    fn quoted(&mut self) -> Result<Selector, &'static str> {
        let quote = self.rest.next();
        let mut name = String::new();
        loop {
            match self.rest.next() {
                end if end == quote => return Ok(Selector::Name(name)),
                Some('\\') => name.extend(self.rest.next()),
                Some(letter) => name.push(letter),
                None => return Err("ends inside quotes"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_found_and_named() {
        let value = json!({
            "a": {"b": [1, {"c": 2}, {"c": 3}], "http://x/y~z": {"d": [true]}},
            "c": 4
        });
        let found = |path: &str| -> Vec<String> {
            let path = Path::parse(path).unwrap_or_else(|wrong| panic!("{path} {wrong}"));
            path.values(&value).into_iter().map(|place| pointer_to(&value, place).expect("a place")).collect()
        };
        assert_eq!(found("$"), [""]);
        assert_eq!(found("a.b[1].c"), ["/a/b/1/c"]);
        assert_eq!(found("$.a.b[*].c"), ["/a/b/1/c", "/a/b/2/c"]);
        assert_eq!(found("$['a'][\"b\"][0, 2]"), ["/a/b/0", "/a/b/2"]);
        assert_eq!(found("$.a['http://x/y~z'].d[0]"), ["/a/http:~1~1x~1y~0z/d/0"]);
        assert_eq!(found("$..c"), ["/c", "/a/b/1/c", "/a/b/2/c"]);
        assert_eq!(found("$.c | $.a.b[1].c|c"), ["/c", "/a/b/1/c"], "a place counts once");
        assert_eq!(found("$.c.*"), [""; 0]);
        assert_eq!(found("$.a.b['0']"), [""; 0], "an element has no name");
        assert_eq!(found("$.a[*,'b',*].*[*,*]").len(), 3);
    }

    #[test]
    fn what_profiles_may_not_use_is_refused() {
        for wrong in [
            "",
            "$.",
            "$[",
            "$[]",
            "$['a",
            "$[?(@.x)]",
            "$[(@.length-1)]",
            "$[-1]",
            "$[0:2]",
            "$.a b",
            "a|",
            "|a",
            "$...a",
        ] {
            assert!(Path::parse(wrong).is_err(), "{wrong} should be refused");
        }
        assert!(Path::parse(&"$.a".repeat(2_000)).is_err());
    }
}
