//! Statements and their attachments in one message: `multipart/mixed` (1.0.3 Communication 1.5.2, RFC 2046).
//!
//! The [`Reader`] is fed as bytes arrive and gives them back as parts. It keeps no more than a line, however large a part is,
//! and never looks at a byte twice but for those of a line.

use std::fmt;

use bytes::{Buf as _, Bytes, BytesMut};
use memchr::{memchr, memmem};

/// Bytes of the headers of one part, and of what stands before the first part and behind the last.
const MOST_AROUND: usize = 8 * 1024;
/// Headers of one part.
const MOST_HEADERS: usize = 32;
/// Blanks between a boundary and the end of its line (RFC 2046 calls them transport padding).
const MOST_PADDING: usize = 128;
/// RFC 2046 section 5.1.1.
const MOST_BOUNDARY: usize = 70;

/// The boundary that a `Content-Type` names; `None` if it names none that may be one.
pub fn boundary(content_type: &str) -> Option<String> {
    let mut found = None;
    let mut rest = content_type.split_once(';')?.1;
    while !rest.trim().is_empty() {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = parameter(after.trim_start())?;
        if name.trim().eq_ignore_ascii_case("boundary") && found.replace(value).is_some() {
            return None;
        }
        rest = after;
    }
    found.filter(|boundary| {
        (1..=MOST_BOUNDARY).contains(&boundary.len())
            && boundary.bytes().all(|byte| (b' '..=b'~').contains(&byte))
            && !boundary.ends_with(' ')
    })
}

/// The value of a parameter at the start of `text`, and what follows the semicolon behind it.
fn parameter(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        // Many clients do not quote what RFC 2045 wants quoted; up to the semicolon it is meant all the same.
        let (value, rest) = text.split_once(';').unwrap_or((text, ""));
        return Some((value.trim().to_owned(), rest));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => value.push(letters.next()?.1),
            '"' => {
                let rest = quoted[at + 1..].trim_start();
                return if rest.is_empty() { Some((value, rest)) } else { Some((value, rest.strip_prefix(';')?)) };
            }
            letter => value.push(letter),
        }
    }
    None
}

/// The headers of one part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The value of `name`, whatever its case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn add(&mut self, line: &[u8]) -> Result<(), Fault> {
        let text = String::from_utf8_lossy(line);
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            // RFC 822 section 3.1.1: the header before goes on.
            let (_, value) = self.0.last_mut().ok_or(Fault("a header begins with a blank"))?;
            value.push(' ');
            value.push_str(text.trim());
            return Ok(());
        }
        let (name, value) = text.split_once(':').ok_or(Fault("a header has no colon"))?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Fault("a header has no name that may be one"));
        }
        if self.get(name).is_some() {
            return Err(Fault("a header of a part is given twice"));
        }
        if self.0.len() == MOST_HEADERS {
            return Err(Fault("a part has too many headers"));
        }
        self.0.push((name.to_owned(), value.trim().to_owned()));
        Ok(())
    }
}

/// Why a message is not `multipart/mixed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fault(pub &'static str);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Fault {}

/// What comes next in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A part begins.
    Part(Headers),
    /// Some of its content, never empty.
    Content(Bytes),
    /// It has ended.
    End,
    /// All is read that was fed.
    Hungry,
    /// The message has ended.
    Done,
}

enum State {
    Preamble {
        skipped: usize,
    },
    Headers {
        headers: Headers,
        bytes: usize,
    },
    /// `fresh`: nothing of it was given out, so that a boundary may stand without a line break before it.
    Content {
        fresh: bool,
    },
    Epilogue {
        skipped: usize,
    },
}

/// What a line is that begins with the boundary, and where the next begins.
enum Verdict {
    /// Something else, that only begins so.
    Other,
    /// That depends on what has not arrived.
    Open,
    Next(usize),
    Last(usize),
}

/// Reads a message as it arrives: [`Reader::feed`], then [`Reader::step`] until it is hungry; [`Reader::end`] at the end.
pub struct Reader {
    /// Two dashes and the boundary.
    delimiter: Vec<u8>,
    /// Finds the delimiter with the line break before it, which belongs to it. Some clients write bare line feeds; then a
    /// carriage return before one is content. The first boundary tells.
    finder: memmem::Finder<'static>,
    buffer: BytesMut,
    ended: bool,
    state: State,
}

impl Reader {
    pub fn new(boundary: &str) -> Self {
        let delimiter = format!("--{boundary}").into_bytes();
        Self {
            finder: memmem::Finder::new(&[b"\r\n", delimiter.as_slice()].concat()).into_owned(),
            delimiter,
            buffer: BytesMut::new(),
            ended: false,
            state: State::Preamble { skipped: 0 },
        }
    }

    /// More of the message.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Nothing more will come.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// What comes next.
    pub fn step(&mut self) -> Result<Step, Fault> {
        loop {
            let step = match self.state {
                State::Preamble { skipped } => self.preamble(skipped)?,
                State::Headers { .. } => self.header()?,
                State::Content { fresh } => self.content(fresh)?,
                State::Epilogue { skipped } => Some(self.epilogue(skipped)?),
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// The length of the next line, its end included; `None` if it has not arrived whole.
    fn line(&self, most: usize) -> Result<Option<usize>, Fault> {
        match memchr(b'\n', &self.buffer) {
            Some(at) if at < most => Ok(Some(at + 1)),
            None if self.buffer.len() < most => Ok(None),
            _ => Err(Fault("a line outside the parts' content is too long")),
        }
    }

    /// What the line is whose boundary ends at `at`.
    fn verdict(&self, at: usize) -> Verdict {
        let mut rest = &self.buffer[at..];
        if !self.ended && (rest.is_empty() || rest == b"-") {
            return Verdict::Open;
        }
        let is_last = rest.starts_with(b"--");
        if is_last {
            rest = &rest[2..];
        }
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let end = |after: usize| {
            let next = at + if is_last { 2 } else { 0 } + padding + after;
            if is_last { Verdict::Last(next) } else { Verdict::Next(next) }
        };
        match &rest[padding..] {
            _ if padding > MOST_PADDING => Verdict::Other,
            [b'\n', ..] => end(1),
            [b'\r', b'\n', ..] => end(2),
            [] if self.ended && is_last => end(0),
            [] | [b'\r'] if !self.ended => Verdict::Open,
            _ => Verdict::Other,
        }
    }

    fn preamble(&mut self, skipped: usize) -> Result<Option<Step>, Fault> {
        let delimiter = self.delimiter.len();
        let Some(line) = self.line(MOST_AROUND)? else {
            return if self.ended { Err(Fault("no line is the boundary")) } else { Ok(Some(Step::Hungry)) };
        };
        if self.buffer.starts_with(&self.delimiter) {
            match self.verdict(delimiter) {
                Verdict::Next(next) => {
                    if !self.buffer[..next].ends_with(b"\r\n") {
                        let needle = [b"\n", self.delimiter.as_slice()].concat();
                        self.finder = memmem::Finder::new(&needle).into_owned();
                    }
                    self.buffer.advance(next);
                    self.state = State::Headers { headers: Headers::default(), bytes: 0 };
                    return Ok(None);
                }
                Verdict::Last(_) => return Err(Fault("the message has no part")),
                Verdict::Other | Verdict::Open => {}
            }
        }
        if skipped + line > MOST_AROUND {
            return Err(Fault("too much stands before the first part"));
        }
        self.buffer.advance(line);
        self.state = State::Preamble { skipped: skipped + line };
        Ok(None)
    }

    fn header(&mut self) -> Result<Option<Step>, Fault> {
        let line = self.line(MOST_AROUND)?;
        let delimiter = self.delimiter.len();
        // Without headers or content a part is nothing but its boundaries.
        let at_boundary = self.buffer.starts_with(&self.delimiter)
            && matches!(self.verdict(delimiter), Verdict::Next(_) | Verdict::Last(_));
        let State::Headers { headers, bytes } = &mut self.state else { return Ok(None) };
        if at_boundary {
            let headers = std::mem::take(headers);
            self.state = State::Content { fresh: true };
            return Ok(Some(Step::Part(headers)));
        }
        let Some(line) = line else {
            return if self.ended {
                Err(Fault("the message ends in the headers of a part"))
            } else {
                Ok(Some(Step::Hungry))
            };
        };
        *bytes += line;
        if *bytes > MOST_AROUND {
            return Err(Fault("the headers of a part are too long"));
        }
        let text = self.buffer.split_to(line);
        let text = text.strip_suffix(b"\n").unwrap_or(&text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if !text.is_empty() {
            headers.add(text)?;
            return Ok(None);
        }
        let headers = std::mem::take(headers);
        self.state = State::Content { fresh: true };
        Ok(Some(Step::Part(headers)))
    }

    fn content(&mut self, fresh: bool) -> Result<Option<Step>, Fault> {
        let delimiter = self.delimiter.len();
        if fresh {
            let arrived = self.buffer.len().min(delimiter);
            if self.buffer[..arrived] == self.delimiter[..arrived] {
                match self.verdict_if(arrived == delimiter, delimiter) {
                    Verdict::Open => return Ok(Some(Step::Hungry)),
                    Verdict::Next(next) => return Ok(Some(self.end_part(next, false))),
                    Verdict::Last(next) => return Ok(Some(self.end_part(next, true))),
                    Verdict::Other => {}
                }
            }
        }
        let (length, mut from) = (self.finder.needle().len(), 0);
        while let Some(found) = self.finder.find(&self.buffer[from..]) {
            let at = from + found;
            let behind = at + length;
            let (next, is_last) = match self.verdict(behind) {
                Verdict::Other => {
                    from = behind;
                    continue;
                }
                Verdict::Open => return Ok(Some(self.give(at))),
                Verdict::Next(next) => (next, false),
                Verdict::Last(next) => (next, true),
            };
            return Ok(Some(if at > 0 { self.give(at) } else { self.end_part(next, is_last) }));
        }
        if self.ended {
            return Err(Fault("the message ends in a part: its last boundary is missing"));
        }
        // What remains may be the beginning of a boundary.
        Ok(Some(self.give(self.buffer.len().saturating_sub(length - 1))))
    }

    fn verdict_if(&self, has_arrived: bool, at: usize) -> Verdict {
        match (has_arrived, self.ended) {
            (true, _) => self.verdict(at),
            (false, false) => Verdict::Open,
            (false, true) => Verdict::Other,
        }
    }

    fn give(&mut self, length: usize) -> Step {
        if length == 0 {
            return Step::Hungry;
        }
        self.state = State::Content { fresh: false };
        Step::Content(self.buffer.split_to(length).freeze())
    }

    fn end_part(&mut self, next: usize, is_last: bool) -> Step {
        self.buffer.advance(next);
        self.state = if is_last {
            State::Epilogue { skipped: 0 }
        } else {
            State::Headers { headers: Headers::default(), bytes: 0 }
        };
        Step::End
    }

    fn epilogue(&mut self, skipped: usize) -> Result<Step, Fault> {
        let skipped = skipped + self.buffer.len();
        if skipped > MOST_AROUND {
            return Err(Fault("too much stands behind the last part"));
        }
        self.buffer.clear();
        self.state = State::Epilogue { skipped };
        Ok(if self.ended { Step::Done } else { Step::Hungry })
    }
}

/// What stands before the content of a part that is written. The line break before it ends the part before.
pub fn opening(boundary: &str, headers: &[(&str, &str)]) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("\r\n--{boundary}\r\n{headers}\r\n")
}

/// What stands behind the last part.
pub fn closing(boundary: &str) -> String {
    format!("\r\n--{boundary}--\r\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Part = (Headers, Vec<u8>);

    /// All parts of a message that arrives in pieces of `piece` bytes.
    fn read(boundary: &str, message: &[u8], piece: usize) -> Result<Vec<Part>, Fault> {
        let mut reader = Reader::new(boundary);
        let mut parts: Vec<Part> = Vec::new();
        let mut pieces = message.chunks(piece.max(1));
        loop {
            match reader.step()? {
                Step::Part(headers) => parts.push((headers, Vec::new())),
                Step::Content(bytes) => {
                    assert!(!bytes.is_empty());
                    parts.last_mut().unwrap().1.extend_from_slice(&bytes);
                }
                Step::End => {}
                Step::Hungry => match pieces.next() {
                    Some(piece) => reader.feed(piece),
                    None => reader.end(),
                },
                Step::Done => return Ok(parts),
            }
        }
    }

    fn contents(boundary: &str, message: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
        let whole = read(boundary, message, usize::MAX);
        for piece in [1, 2, 3, 7] {
            assert_eq!(read(boundary, message, piece), whole, "in pieces of {piece}");
        }
        whole.map(|parts| parts.into_iter().map(|(_, content)| content).collect())
    }

    #[test]
    fn what_real_clients_send_is_read() {
        let parts = [b"{}".to_vec(), b"a\r\nb".to_vec()];
        for message in [
            "--b\r\nContent-Type: application/json\r\n\r\n{}\r\n--b\r\nX: y\r\n\r\na\r\nb\r\n--b--\r\n",
            "\r\n--b\r\nContent-Type:application/json\r\n\r\n{}\r\n--b\r\n\r\na\r\nb\r\n--b--",
            "Some words before.\r\n--b \t\r\n\r\n{}\r\n--b\r\n\r\na\r\nb\r\n--b--  \r\nAnd some behind.",
        ] {
            assert_eq!(contents("b", message.as_bytes()).as_deref(), Ok(&parts[..]), "{message:?}");
        }
        // With bare line feeds a carriage return is content.
        let bare = b"--b\nX: y\n\n{}\r\n--b\nX: y\n\na\r\nb\n--b--\n";
        assert_eq!(contents("b", bare), Ok(vec![b"{}\r".to_vec(), b"a\r\nb".to_vec()]));
        let empty = b"--b\r\n\r\n\r\n--b\r\n\r\n--b\r\nX: y\r\n--b--";
        assert_eq!(contents("b", empty), Ok(vec![Vec::new(), Vec::new(), Vec::new()]));
    }

    #[test]
    fn content_that_looks_like_a_boundary_is_content() {
        let message = b"--b\r\n\r\n--bc\r\n--b-\r\n--b x\r\n--b--x\n--b\nx--b\r\n\r\n--\r\r\n--b--";
        let content = b"--bc\r\n--b-\r\n--b x\r\n--b--x\n--b\nx--b\r\n\r\n--\r".to_vec();
        assert_eq!(contents("b", message), Ok(vec![content]));
    }

    #[test]
    fn what_is_no_such_message_is_refused() {
        let long = |text: &str| text.repeat(MOST_AROUND);
        let cases: Vec<(String, &str)> = vec![
            (String::new(), "no line is the boundary"),
            ("{}".into(), "no line is the boundary"),
            ("--b--\r\n".into(), "the message has no part"),
            ("--b\r\nX: y\r\n".into(), "the message ends in the headers of a part"),
            ("--b\r\n\r\n{}\r\n--b".into(), "the message ends in a part: its last boundary is missing"),
            ("--b\r\n\r\n{}".into(), "the message ends in a part: its last boundary is missing"),
            ("--b\r\nno colon\r\n\r\n".into(), "a header has no colon"),
            ("--b\r\n: y\r\n\r\n".into(), "a header has no name that may be one"),
            ("--b\r\nX : y\r\n\r\n".into(), "a header has no name that may be one"),
            ("--b\r\n y\r\n\r\n".into(), "a header begins with a blank"),
            ("--b\r\nX: y\r\nx: z\r\n\r\n".into(), "a header of a part is given twice"),
            (format!("--b\r\nX: {}\r\n\r\n", long("y")), "a line outside the parts' content is too long"),
            (long("x\n"), "too much stands before the first part"),
            (format!("--b\r\n\r\n\r\n--b--\r\n{}", long("xx")), "too much stands behind the last part"),
        ];
        for (message, why) in cases {
            assert_eq!(contents("b", message.as_bytes()), Err(Fault(why)), "{}", &message[..message.len().min(80)]);
        }
        let many: String = (0..40).map(|n| format!("X{n}: y\r\n")).collect();
        assert_eq!(contents("b", format!("--b\r\n{many}\r\n").as_bytes()), Err(Fault("a part has too many headers")));
        let folded = format!("--b\r\nX: y\r\n{}\r\n", " z\r\n".repeat(4_000));
        assert_eq!(contents("b", folded.as_bytes()), Err(Fault("the headers of a part are too long")));
    }

    #[test]
    fn headers_are_found_whatever_their_case() {
        let message =
            b"--b\r\ncontent-TYPE:text/plain;\r\n charset=utf-8\r\nX-Experience-API-Hash:  ab \r\n\r\n\r\n--b--";
        let (headers, _) = read("b", message, 5).unwrap().remove(0);
        assert_eq!(headers.get("Content-Type"), Some("text/plain; charset=utf-8"));
        assert_eq!(headers.get("x-experience-api-hash"), Some("ab"));
        assert_eq!(headers.get("Content"), None);
    }

    #[test]
    fn the_boundary_is_found_as_clients_write_it() {
        for (content_type, expected) in [
            ("multipart/mixed; boundary=abc", Some("abc")),
            ("multipart/mixed;charset=utf-8; BOUNDARY = \"a; b\\\"c\" ; x=y", Some("a; b\"c")),
            ("multipart/mixed; boundary=abcABC0123'()+_,-./:=?", Some("abcABC0123'()+_,-./:=?")),
            ("multipart/mixed; boundary=-------314159265358979323846", Some("-------314159265358979323846")),
            ("multipart/mixed", None),
            ("multipart/mixed;", None),
            ("multipart/mixed; boundary=", None),
            ("multipart/mixed; boundary=\"a", None),
            ("multipart/mixed; boundary=\"a\"b", None),
            ("multipart/mixed; boundary=\"a \"", None),
            ("multipart/mixed; boundary=a; boundary=b", None),
            ("multipart/mixed; boundary=é", None),
        ] {
            assert_eq!(boundary(content_type).as_deref(), expected, "{content_type}");
        }
        assert_eq!(boundary(&format!("multipart/mixed; boundary={}", "x".repeat(71))), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_however_it_arrives(
            parts in proptest::collection::vec(proptest::collection::vec("[ab\\r\\n-]{0,6}", 0..8), 1..5),
            piece in 1_usize..40,
        ) {
            // Of these letters contents come that nearly hold the boundary again and again.
            let contents: Vec<Vec<u8>> = parts.into_iter().map(|words| words.concat().into_bytes()).collect();
            let boundary = "a-b-a-b-a-b-a-b-a-b-a-b-a";
            prop_assume!(contents.iter().all(|content| !String::from_utf8_lossy(content).contains(boundary)));
            let mut message = Vec::new();
            for content in &contents {
                message.extend_from_slice(opening(boundary, &[("X", "y")]).as_bytes());
                message.extend_from_slice(content);
            }
            message.extend_from_slice(closing(boundary).as_bytes());
            let read: Vec<Vec<u8>> =
                read(boundary, &message, piece).unwrap().into_iter().map(|(_, content)| content).collect();
            prop_assert_eq!(read, contents);
        }

        #[test]
        fn however_a_message_arrives_it_reads_the_same(message in "(--b|--b--|\\r\\n|\\n|X: y|[ -~]|\\r){0,40}", piece in 1_usize..9) {
            prop_assert_eq!(read("b", message.as_bytes(), piece), read("b", message.as_bytes(), usize::MAX));
        }
    }
}
