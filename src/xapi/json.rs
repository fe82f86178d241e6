//! JSON as statements need it read: every value knows its own text, members keep their order, and a repeated key is seen.
//!
//! `serde_json` lets the last of two equal keys win, rounds long numbers and refuses lone surrogates and `1e400`, all of which
//! a valid extension may hold. A statement is returned as it came (xAPI 1.0.3 Data 2.1.3), so its text must survive.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// Deeper nesting is refused: the reader recurses, and no statement of good will comes near.
const DEPTH: usize = 100;

/// A value and the text it was written as.
#[derive(Clone, Debug)]
pub struct Json<'a> {
    /// The text, without surrounding white space. Always a slice of the parsed document.
    pub raw: &'a str,
    /// What the text says.
    pub value: Value<'a>,
}

/// What a JSON text says. Numbers stay text until somebody knows which kind is meant.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// The members of an object in their order, and the names that occur more than once.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    pub members: Vec<(Cow<'a, str>, Json<'a>)>,
    pub repeated: Vec<Cow<'a, str>>,
}

impl<'a> Object<'a> {
    /// The value of `key`; the first if there are several.
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.members.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

/// Why a text is not JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Offset of the byte that cannot stand there.
    pub offset: usize,
    pub reason: &'static str,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.reason, self.offset)
    }
}

impl std::error::Error for SyntaxError {}

impl<'a> Json<'a> {
    /// Reads one JSON text (RFC 8259).
    pub fn parse(text: &'a str) -> Result<Self, SyntaxError> {
        Self::read(Reader::new(text))
    }

    /// As [`Json::parse`], of a large text: one of the shortest values would be a tree of eighty times its size, and is refused.
    pub fn parse_large(text: &'a str) -> Result<Self, SyntaxError> {
        Self::read(Reader { left: (text.len() / VALUE).max(FEW), ..Reader::new(text) })
    }

    fn read(mut reader: Reader<'a>) -> Result<Self, SyntaxError> {
        reader.space();
        let value = reader.value(0)?;
        reader.end()?;
        Ok(value)
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_object(&self) -> Option<&Object<'a>> {
        match &self.value {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    pub fn as_array(&self) -> Option<&[Json<'a>]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The number as a float; infinite where it is beyond all floats.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Member `key` of an object.
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
        self.as_object()?.get(key)
    }

    /// The value for code that computes with it. What `serde_json` cannot hold is rounded (a lone surrogate to U+FFFD, a
    /// number beyond all floats to `null`); the text in [`Json::raw`] remains the truth.
    pub fn to_serde(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(text) => serde_json::from_str(text).unwrap_or(serde_json::Value::Null),
            Value::String(text) => serde_json::Value::String(text.clone().into_owned()),
            Value::Array(items) => items.iter().map(Json::to_serde).collect(),
            Value::Object(object) => {
                object.members.iter().map(|(key, value)| (key.clone().into_owned(), value.to_serde())).collect()
            }
        }
    }
}

/// `text` as a JSON string literal.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What a value has on average at least, in bytes: a long item of the shortest values would be a tree of eighty times its size.
const VALUE: usize = 16;

/// So many values are never too many.
const FEW: usize = 1_000;

/// Said of an item that is longer than its reader allows.
pub const TOO_LONG: &str = "the value is too long";

/// The items of an array, or the one value there is, read one after the other: only one of them is in memory at a time.
///
/// After an error nothing follows.
pub struct Items<'a> {
    reader: Reader<'a>,
    longest: usize,
    /// Whether the text is an array.
    pub is_array: bool,
    state: ItemsState,
}

#[derive(PartialEq)]
enum ItemsState {
    Begin,
    Between,
    End,
}

impl<'a> Items<'a> {
    /// `longest` is what one item may have, in bytes; a longer one is an error ([`TOO_LONG`]).
    pub fn of(text: &'a str, longest: usize) -> Self {
        let mut reader = Reader::new(text);
        reader.space();
        let is_array = reader.peek() == Some(b'[');
        Self { reader, longest, is_array, state: ItemsState::Begin }
    }

    fn item(&mut self) -> Result<Option<Json<'a>>, SyntaxError> {
        let reader = &mut self.reader;
        match (&self.state, self.is_array) {
            (ItemsState::Begin, true) => {
                reader.at += 1;
                reader.space();
                if reader.peek() == Some(b']') {
                    reader.at += 1;
                    return reader.end().map(|()| None);
                }
            }
            (ItemsState::Between, true) => {
                reader.space();
                match reader.peek() {
                    Some(b',') => reader.at += 1,
                    Some(b']') => {
                        reader.at += 1;
                        return reader.end().map(|()| None);
                    }
                    _ => return Err(reader.wrong("`,` or `]` is missing")),
                }
                reader.space();
            }
            (ItemsState::Begin, false) => {}
            _ => return reader.end().map(|()| None),
        }
        let start = reader.at;
        reader.last = start.saturating_add(self.longest);
        reader.left = (self.longest / VALUE).max(1);
        let item = reader.value(usize::from(self.is_array))?;
        if item.raw.len() > self.longest {
            return Err(SyntaxError { offset: start, reason: TOO_LONG });
        }
        self.state = ItemsState::Between;
        Ok(Some(item))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Json<'a>, SyntaxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == ItemsState::End {
            return None;
        }
        let item = self.item().transpose();
        if !matches!(item, Some(Ok(_))) {
            self.state = ItemsState::End;
        }
        item
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// No value may begin behind.
    last: usize,
    /// How many values may follow.
    left: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, last: usize::MAX, left: usize::MAX }
    }

    /// Nothing but white space may follow.
    fn end(&mut self) -> Result<(), SyntaxError> {
        self.space();
        if self.at == self.text.len() { Ok(()) } else { Err(self.wrong("unexpected text after the value")) }
    }

    fn wrong(&self, reason: &'static str) -> SyntaxError {
        SyntaxError { offset: self.at, reason }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8, reason: &'static str) -> Result<(), SyntaxError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.wrong(reason))
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json<'a>, SyntaxError> {
        if depth > DEPTH {
            return Err(self.wrong("nested too deeply"));
        }
        if self.at > self.last || self.left == 0 {
            return Err(self.wrong(TOO_LONG));
        }
        self.left -= 1;
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(_) => return Err(self.wrong("a JSON value cannot begin so")),
            None => return Err(self.wrong("the text ends too early")),
        };
        Ok(Json { raw: &self.text[start..self.at], value })
    }

    fn word(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, SyntaxError> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.wrong("a JSON value cannot begin so"))
        }
    }

    fn number(&mut self) -> Result<Value<'a>, SyntaxError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        // RFC 8259 section 6: no leading zeros.
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Value::Number(&self.text[start..self.at]))
    }

    fn digits(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.wrong("a digit is missing")) }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, SyntaxError> {
        self.at += 1;
        let start = self.at;
        let mut owned: Option<String> = None;
        let mut copied = start;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let rest = &self.text[copied..self.at];
                    self.at += 1;
                    return Ok(match owned {
                        None => Cow::Borrowed(rest),
                        Some(mut text) => {
                            text.push_str(rest);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(&self.text[copied..self.at]);
                    self.at += 1;
                    let escaped = self.escape()?;
                    owned.get_or_insert_default().push(escaped);
                    copied = self.at;
                }
                Some(0..=0x1f) => return Err(self.wrong("a control character must be escaped")),
                Some(_) => self.at += 1,
                None => return Err(self.wrong("the text ends inside a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.wrong("unknown escape")),
        };
        self.at += 1;
        Ok(character)
    }

    /// Behind `\u`. A surrogate without its other half is allowed by RFC 8259 section 8.2; it is read as U+FFFD.
    fn unicode(&mut self) -> Result<char, SyntaxError> {
        let high = self.four_hex()?;
        if (0xd800..0xdc00).contains(&high) && self.text[self.at..].starts_with("\\u") {
            let back = self.at;
            self.at += 2;
            let low = self.four_hex()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = back;
        }
        Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn four_hex(&mut self) -> Result<u32, SyntaxError> {
        let digits =
            self.text.as_bytes().get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else { return Err(self.wrong("four hexadecimal digits must follow")) };
        let code = digits.iter().fold(0, |code, digit| code * 16 + char::from(*digit).to_digit(16).unwrap_or(0));
        self.at += 4;
        Ok(code)
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, SyntaxError> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(items));
        }
        loop {
            self.space();
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::Array(items));
                }
                _ => return Err(self.wrong("`,` or `]` is missing")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>, SyntaxError> {
        self.at += 1;
        let mut object = Object::default();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(object));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a member name is missing"));
            }
            let key = self.string()?;
            self.space();
            self.expect(b':', "`:` is missing")?;
            self.space();
            let value = self.value(depth + 1)?;
            object.members.push((key, value));
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    object.repeated = repeated(&object.members);
                    return Ok(Value::Object(object));
                }
                _ => return Err(self.wrong("`,` or `}` is missing")),
            }
        }
    }
}

fn repeated<'a>(members: &[(Cow<'a, str>, Json<'a>)]) -> Vec<Cow<'a, str>> {
    // Statement objects are small: comparing is cheaper than hashing up to about a dozen.
    if members.len() <= 12 {
        let again = |at: usize| members[..at].iter().any(|(earlier, _)| *earlier == members[at].0);
        return (1..members.len()).filter(|at| again(*at)).map(|at| members[at].0.clone()).collect();
    }
    let mut seen = HashSet::with_capacity(members.len());
    members.iter().filter(|(key, _)| !seen.insert(key.as_ref())).map(|(key, _)| key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_repeated_key_is_seen_and_the_text_of_every_value_kept() {
        let json = Json::parse(" { \"a\" : 1.50 , \"b\":[true,null], \"a\":\"\\u00e9\\ud83d\\ude00\" } ").unwrap();
        let object = json.as_object().unwrap();
        assert_eq!(object.repeated, ["a"]);
        assert_eq!(json.get("a").unwrap().raw, "1.50");
        assert_eq!(object.members[2].1.as_str(), Some("é😀"));
        assert_eq!(json.get("b").unwrap().raw, "[true,null]");
    }

    #[test]
    fn items_are_read_one_by_one_and_none_is_longer_than_allowed() {
        let read = |text: &'static str| {
            Items::of(text, 99).map(|item| item.map(|json| json.raw).map_err(|wrong| wrong.reason)).collect::<Vec<_>>()
        };
        assert_eq!(read(" [ {\"a\":1} , 2,[] ] "), [Ok("{\"a\":1}"), Ok("2"), Ok("[]")]);
        assert_eq!(read("[]"), []);
        assert_eq!(read(" {} "), [Ok("{}")]);
        assert_eq!(read("{} {}"), [Ok("{}"), Err("unexpected text after the value")]);
        assert_eq!(read("[1 2]"), [Ok("1"), Err("`,` or `]` is missing")]);
        assert_eq!(read("[1,]").last(), Some(&Err("a JSON value cannot begin so")));
        assert_eq!(read("[1").last(), Some(&Err("`,` or `]` is missing")));
        assert_eq!(read("[1] 2").last(), Some(&Err("unexpected text after the value")));
        assert_eq!(read("[[1,2,3,4,5]]"), [Ok("[1,2,3,4,5]")]);
        assert_eq!(read("[[1,2,3,4,5,6]]"), [Err(TOO_LONG)], "too many values");
        let long: &'static str = format!("[1,\"{}\",2]", "x".repeat(98)).leak();
        assert_eq!(read(long), [Ok("1"), Err(TOO_LONG)]);
        assert_eq!(read(""), [Err("the text ends too early")]);
    }

    #[test]
    fn what_valid_extensions_may_hold_is_read() {
        let json = Json::parse(r#"["\ud800", "\u0000", 1e400, 12345678901234567890123]"#).unwrap();
        let items = json.as_array().unwrap();
        assert_eq!(items[0].as_str(), Some("\u{fffd}"));
        assert_eq!(items[1].as_str(), Some("\0"));
        assert_eq!(items[2].as_f64(), Some(f64::INFINITY));
        assert_eq!(items[3].raw, "12345678901234567890123");
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            "{",
            "{\"a\"}",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1.",
            "'a'",
            "\"\n\"",
            "\"\\x\"",
            "nul",
            "1 2",
            "\"\\u12\"",
            "+1",
        ] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
        assert_eq!(Json::parse(&"[".repeat(100_000)).unwrap_err().reason, "nested too deeply");
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde_json(text in "[ -~é\\n]{0,40}") {
            // Where both read it they read the same; where serde_json reads it so do we.
            if let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&text) {
                prop_assert_eq!(Json::parse(&text).unwrap().to_serde(), theirs);
            }
        }

        #[test]
        fn any_text_is_answered(text in "[\\[\\]{}\":,a0\\\\u1-9eE+. -]{0,60}") {
            let ours = Json::parse(&text);
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            prop_assert!(theirs.is_err() || ours.is_ok());
        }
    }
}
