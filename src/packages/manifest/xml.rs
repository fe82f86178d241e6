//! A small XML tree for manifests: namespaces resolved, lines kept, nothing expanded, everything bounded.
//!
//! Invariant: a document needs a few dozen bytes an element or attribute beside its source. Names and values are places in
//! the source; only what was written with references lies elsewhere, and is shorter there.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use crate::packages::findings::{Finding, Findings, Refused};

/// Deeper documents are not manifests.
const DEEPEST: usize = 100;
/// Elements and attributes together; a manifest that lists 50,000 files has 100,000 to 250,000.
const MOST_NODES: usize = 300_000;
/// Attributes of one element.
const MOST_ATTRIBUTES: usize = 256;
/// Different namespaces; real manifests have a dozen.
const MOST_NAMESPACES: usize = 1_000;
/// Bytes of a namespace that are looked at.
const NAMESPACE_BYTES: usize = 300;

/// A document that was read.
#[derive(Debug)]
pub struct Document<'a> {
    source: &'a str,
    /// What the source writes with references, as it is meant.
    unescaped: String,
    namespaces: Vec<Box<str>>,
    /// Depth first, in the order of the source.
    elements: Vec<Node>,
    /// Those of the first element, then those of the second and so on.
    attributes: Vec<Attribute>,
}

/// A piece of the source, or of what was unescaped.
#[derive(Clone, Copy, Debug, Default)]
struct Piece {
    start: u32,
    /// The highest bit: of what was unescaped.
    length: u32,
}

const UNESCAPED: u32 = 1 << 31;

#[derive(Debug)]
struct Node {
    name: Piece,
    /// Line of the start tag, from 1.
    line: u32,
    parent: u32,
    /// The first element that is not inside.
    end: u32,
    /// Place of the first attribute.
    attributes: u32,
    text: Piece,
    namespace: u16,
    /// Whether text that is more than space follows an element inside.
    tail: bool,
}

#[derive(Debug)]
struct Attribute {
    name: Piece,
    value: Piece,
    namespace: u16,
}

impl<'a> Document<'a> {
    /// The outermost element.
    pub fn root(&self) -> Element<'_> {
        Element { document: self, index: 0 }
    }

    fn piece(&self, piece: Piece) -> &str {
        let (start, length) = (piece.start as usize, (piece.length & !UNESCAPED) as usize);
        let text = if piece.length & UNESCAPED == 0 { self.source } else { &self.unescaped };
        text.get(start..start + length).unwrap_or_default()
    }
}

/// An element of a document.
#[derive(Clone, Copy, Debug)]
pub struct Element<'d> {
    document: &'d Document<'d>,
    index: usize,
}

impl<'d> Element<'d> {
    fn node(self) -> &'d Node {
        &self.document.elements[self.index]
    }

    /// Local name.
    pub fn name(self) -> &'d str {
        self.document.piece(self.node().name)
    }

    /// Namespace, empty if none.
    pub fn namespace(self) -> &'d str {
        self.document.namespaces.get(usize::from(self.node().namespace)).map_or("", |namespace| namespace)
    }

    /// Line of the start tag, from 1.
    pub fn line(self) -> u32 {
        self.node().line
    }

    /// Whether it has this local name, in whatever namespace: manifests of all editions share one vocabulary.
    pub fn is(self, name: &str) -> bool {
        self.name() == name
    }

    /// All attributes with their namespace, empty if none.
    pub fn all_attributes(self) -> impl Iterator<Item = (&'d str, &'d str, &'d str)> {
        let document = self.document;
        let end =
            document.elements.get(self.index + 1).map_or(document.attributes.len(), |next| next.attributes as usize);
        document.attributes[self.node().attributes as usize..end].iter().map(move |attribute| {
            let namespace = document.namespaces.get(usize::from(attribute.namespace)).map_or("", |namespace| namespace);
            (namespace, document.piece(attribute.name), document.piece(attribute.value).trim())
        })
    }

    /// The attribute of this local name: without namespace first, else in any.
    pub fn attribute(self, name: &str) -> Option<&'d str> {
        let named = || self.all_attributes().filter(|(_, local, _)| *local == name);
        named().find(|(namespace, ..)| namespace.is_empty()).or_else(|| named().next()).map(|(.., value)| value)
    }

    /// The attribute of this name that stands in no namespace.
    pub fn plain_attribute(self, name: &str) -> Option<&'d str> {
        let plain = |(namespace, local, _): &(&str, &str, &str)| namespace.is_empty() && *local == name;
        self.all_attributes().find(plain).map(|(.., value)| value)
    }

    /// As [`Element::attribute`], with another spelling of the letters accepted: `scormType` is often written `scormtype`.
    pub fn attribute_any_case(self, name: &str) -> Option<&'d str> {
        self.attribute(name).or_else(|| {
            self.all_attributes().find(|(_, local, _)| local.eq_ignore_ascii_case(name)).map(|(.., value)| value)
        })
    }

    /// `xml:base` of the elements around it and its own, outermost first.
    pub fn bases(self) -> Vec<&'d str> {
        let is_base =
            |(namespace, local, _): &(&str, &str, &str)| *local == "base" && namespace.ends_with("/XML/1998/namespace");
        let mut bases = Vec::new();
        let mut at = Some(self);
        while let Some(element) = at {
            bases.extend(element.all_attributes().find(is_base).map(|(.., value)| value));
            let parent = element.node().parent as usize;
            at = (element.index > 0).then_some(Element { index: parent, ..element });
        }
        bases.reverse();
        bases
    }

    /// `xml:lang`, or `lang` as cmi5 and tincan write it. Longer than a language is none.
    pub fn language(self) -> Option<&'d str> {
        self.attribute("lang").filter(|language| (1..=100).contains(&language.len()))
    }

    /// Whether an attribute is in a namespace whose name holds `part`.
    pub fn has_attribute_namespace(self, part: &str) -> bool {
        self.all_attributes().any(|(namespace, ..)| namespace.contains(part))
    }

    /// All attributes by local name.
    pub fn attributes(self) -> impl Iterator<Item = (&'d str, &'d str)> {
        self.all_attributes().map(|(_, local, value)| (local, value))
    }

    /// The elements directly inside, in order.
    pub fn children(self) -> impl Iterator<Item = Element<'d>> {
        let (document, end) = (self.document, self.node().end as usize);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then_some(Element { document, index: next })?;
            next = child.node().end as usize;
            Some(child)
        })
    }

    /// It and every element inside.
    pub fn subtree(self) -> impl Iterator<Item = Element<'d>> {
        let document = self.document;
        (self.index..self.node().end as usize).map(move |index| Element { document, index })
    }

    /// The first child of this local name.
    pub fn child(self, name: &str) -> Option<Element<'d>> {
        self.children().find(|child| child.is(name))
    }

    /// The children of this local name.
    pub fn all<'n>(self, name: &'n str) -> impl Iterator<Item = Element<'d>> + use<'d, 'n> {
        self.children().filter(move |child| child.is(name))
    }

    /// The text directly inside, before the first child, trimmed.
    pub fn text(self) -> &'d str {
        self.text_verbatim().trim()
    }

    /// The same text exactly as written.
    pub fn text_verbatim(self) -> &'d str {
        self.document.piece(self.node().text)
    }

    /// Whether text that is more than space stands among the elements inside.
    pub fn has_text_beside_elements(self) -> bool {
        self.node().tail || !self.text().is_empty()
    }

    /// The trimmed text of the first child of this name, if it is not empty.
    pub fn child_text(self, name: &str) -> Option<&'d str> {
        self.child(name).map(Element::text).filter(|text| !text.is_empty())
    }
}

/// Reads the manifest `file`. A document type, an unknown entity and a broken structure are error findings.
pub fn parse<'a>(file: &str, text: &'a str, findings: &mut Findings) -> Result<Document<'a>, Refused> {
    Parser::new(text).parse().map_err(|(problem, line)| {
        let finding = match problem {
            Problem::Doctype => Finding::error("xml-doctype"),
            Problem::TooLarge => Finding::error("xml-too-large"),
            Problem::Malformed(detail) => Finding::error("xml-malformed").arg("detail", detail),
        };
        findings.add(finding.file(file).line(line));
        Refused
    })
}

enum Problem {
    Doctype,
    TooLarge,
    Malformed(String),
}

impl Problem {
    fn malformed(detail: impl ToString) -> Self {
        Self::Malformed(detail.to_string())
    }
}

struct Parser<'a> {
    document: Document<'a>,
    reader: NsReader<&'a [u8]>,
    /// The elements that are not closed yet.
    open: Vec<usize>,
    nodes: usize,
    /// Where the event began that is being handled.
    event_start: usize,
    /// Lines are counted up to here.
    counted: usize,
    line: u32,
}

impl<'a> Parser<'a> {
    fn new(source: &'a str) -> Self {
        // Pages that are never written cost nothing; a list that grows would be held twice while it moves.
        let most = |sign: u8| source.bytes().filter(|byte| *byte == sign).take(MOST_NODES).count();
        let document = Document {
            source,
            unescaped: String::new(),
            namespaces: vec!["".into()],
            elements: Vec::with_capacity(most(b'<')),
            attributes: Vec::with_capacity(most(b'=')),
        };
        let reader = NsReader::from_str(source);
        Self { document, reader, open: Vec::new(), nodes: 0, event_start: 0, counted: 0, line: 1 }
    }

    /// The tree, or what is wrong and on which line.
    fn parse(mut self) -> Result<Document<'a>, (Problem, u32)> {
        match self.read() {
            Ok(()) => Ok(self.document),
            Err(problem) => {
                let reader_error = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                Err((problem, self.line_at(reader_error.max(self.event_start))))
            }
        }
    }

    fn read(&mut self) -> Result<(), Problem> {
        if self.document.source.len() >= UNESCAPED as usize {
            return Err(Problem::TooLarge);
        }
        loop {
            self.event_start = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            match self.reader.read_event().map_err(Problem::malformed)? {
                Event::Start(start) => {
                    if self.open.len() >= DEEPEST {
                        return Err(Problem::TooLarge);
                    }
                    self.element(&start)?;
                }
                Event::Empty(start) => {
                    self.element(&start)?;
                    self.close()?;
                }
                Event::End(_) => self.close()?,
                Event::Text(text) => self.text(&text)?,
                Event::CData(text) => self.text(&text)?,
                Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(Problem::malformed)? {
                    Some(character) => self.text(character.encode_utf8(&mut [0; 4]))?,
                    None => {
                        let resolved = quick_xml::escape::resolve_xml_entity(&reference)
                            .ok_or_else(|| Problem::Malformed(format!("unknown entity &{};", &*reference)))?;
                        self.text(resolved)?;
                    }
                },
                Event::DocType(_) => return Err(Problem::Doctype),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => break,
            }
        }
        match self.open.last() {
            Some(open) => {
                let name = Element { document: &self.document, index: *open }.name();
                Err(Problem::Malformed(format!("<{name}> is never closed")))
            }
            None if self.document.elements.is_empty() => Err(Problem::malformed("no element at all")),
            None => Ok(()),
        }
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Result<(), Problem> {
        if self.open.is_empty() && !self.document.elements.is_empty() {
            return Err(Problem::malformed("more than one root element"));
        }
        self.count()?;
        let line = self.line_at(self.event_start);
        let (namespace, local) = self.reader.resolver().resolve_element(start.name());
        let namespace = intern(&mut self.document.namespaces, bound(&namespace))?;
        let index = self.document.elements.len();
        let node = Node {
            name: self.place(local.into_inner()),
            line,
            parent: number(self.open.last().copied().unwrap_or_default()),
            end: number(index + 1),
            attributes: number(self.document.attributes.len()),
            text: Piece::default(),
            namespace,
            tail: false,
        };
        self.document.elements.push(node);
        self.open.push(index);
        for (position, attribute) in start.attributes().enumerate() {
            if position >= MOST_ATTRIBUTES {
                return Err(Problem::TooLarge);
            }
            self.count()?;
            let attribute = attribute.map_err(Problem::malformed)?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let value = match attribute.normalized_value(XmlVersion::Implicit1_0).map_err(Problem::malformed)? {
                Cow::Borrowed(written) => self.place(written),
                Cow::Owned(meant) => self.unescaped(&meant),
            };
            let (namespace, local) = self.reader.resolver().resolve_attribute(attribute.key);
            let namespace = intern(&mut self.document.namespaces, bound(&namespace))?;
            let name = self.place(local.into_inner());
            self.document.attributes.push(Attribute { name, value, namespace });
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Problem> {
        let index = self.open.pop().ok_or_else(|| Problem::malformed("end tag without a start tag"))?;
        self.document.elements[index].end = number(self.document.elements.len());
        Ok(())
    }

    /// Text belongs to the element it stands in, as far as no child comes before it: manifests have no mixed content.
    fn text(&mut self, text: &str) -> Result<(), Problem> {
        let Some(open) = self.open.last().copied() else {
            let nothing = text.trim_matches(['\u{feff}', '\0', '\u{1a}']).trim().is_empty();
            return if nothing { Ok(()) } else { Err(Problem::malformed("text outside the root element")) };
        };
        if open + 1 < self.document.elements.len() {
            self.document.elements[open].tail |= !text.trim().is_empty();
            return Ok(());
        }
        if text.is_empty() {
            return Ok(());
        }
        let before = self.document.elements[open].text;
        self.document.elements[open].text = if before.length == 0 {
            self.place(text)
        } else {
            let start = match before.length & UNESCAPED {
                0 => {
                    let source = self.document.source;
                    let (start, length) = (before.start as usize, before.length as usize);
                    self.unescaped(&source[start..start + length])
                }
                _ => before,
            };
            // Nothing else is unescaped between two pieces of one text, so that this one follows.
            self.unescaped(text);
            Piece { length: start.length + number(text.len()), ..start }
        };
        Ok(())
    }

    /// The place of a part of the source; what is no part of it is kept.
    fn place(&mut self, text: &str) -> Piece {
        let source = self.document.source.as_bytes().as_ptr_range();
        let part = text.as_bytes().as_ptr_range();
        if source.start <= part.start && part.end <= source.end {
            let start = part.start as usize - source.start as usize;
            Piece { start: number(start), length: number(text.len()) }
        } else {
            self.unescaped(text)
        }
    }

    /// Keeps what is written otherwise in the source. Never longer than there, so it fits.
    fn unescaped(&mut self, text: &str) -> Piece {
        let start = self.document.unescaped.len();
        self.document.unescaped.push_str(text);
        Piece { start: number(start), length: number(text.len()) | UNESCAPED }
    }

    fn count(&mut self) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes > MOST_NODES { Err(Problem::TooLarge) } else { Ok(()) }
    }

    /// The line of a byte position; positions only grow.
    fn line_at(&mut self, position: usize) -> u32 {
        let end = position.min(self.document.source.len());
        if end > self.counted {
            let lines =
                self.document.source.as_bytes()[self.counted..end].iter().filter(|byte| **byte == b'\n').count();
            self.line += u32::try_from(lines).unwrap_or(u32::MAX);
            self.counted = end;
        }
        self.line
    }
}

/// The place of a namespace among those known.
fn intern(known: &mut Vec<Box<str>>, namespace: &str) -> Result<u16, Problem> {
    let namespace = &namespace[..namespace.floor_char_boundary(NAMESPACE_BYTES)];
    let place = known.iter().position(|known| **known == *namespace).unwrap_or(known.len());
    if place == known.len() {
        if place >= MOST_NAMESPACES {
            return Err(Problem::TooLarge);
        }
        known.push(namespace.into());
    }
    u16::try_from(place).map_err(|_| Problem::TooLarge)
}

/// Places are below 2^31: longer sources are not read.
fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// An undeclared prefix is a frequent slip of hand-made manifests; the local name says what is meant.
fn bound<'a>(namespace: &ResolveResult<'a>) -> &'a str {
    match namespace {
        ResolveResult::Bound(namespace) => namespace.0,
        ResolveResult::Unbound | ResolveResult::Unknown(_) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Document<'_>, Finding> {
        let mut findings = Findings::new();
        parse("m.xml", text, &mut findings).map_err(|Refused| findings.into_list().remove(0))
    }

    #[test]
    fn names_are_resolved_and_lines_kept() {
        let document = read(
            "<?xml version='1.0'?>\n<m xmlns='urn:a' xmlns:p='urn:b'\n  xml:base='dir/'>\n <p:i p:x='1' x='a&amp;&#233;'>A &lt;b&gt; <![CDATA[<c>]]></p:i>\n</m>",
        )
        .unwrap();
        let root = document.root();
        assert_eq!((root.namespace(), root.bases(), root.line()), ("urn:a", vec!["dir/"], 2));
        let item = root.child("i").unwrap();
        assert_eq!((item.namespace(), item.line(), item.text()), ("urn:b", 4, "A <b> <c>"));
        assert_eq!(item.attribute("x"), Some("a&é"));
    }

    #[test]
    fn what_is_not_a_plain_well_formed_document_is_refused_with_its_line() {
        let refused = |text: &str| {
            let finding = read(text).unwrap_err();
            (finding.code.into_owned(), finding.place.line.unwrap())
        };
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bbb\"><!ENTITY c \"&b;&b;\">]>\n<a>&c;</a>";
        assert_eq!(refused(bomb).0, "xml-doctype");
        assert_eq!(refused("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>").0, "xml-doctype");
        assert_eq!(refused("<a>\n<b>\n</a>"), ("xml-malformed".into(), 3));
        assert_eq!(refused("<a>\n&nbsp;</a>"), ("xml-malformed".into(), 2));
        for text in ["", "hello", "<a/><b/>", "<a b='1' b='2'/>", "<a b=1/>", "<a b='&x;'/>", "<a><b></a></b>", "<a>"] {
            assert_eq!(refused(text).0, "xml-malformed", "{text}");
        }
        assert_eq!(refused(&"<a>".repeat(500)).0, "xml-too-large");
        assert_eq!(refused(&format!("<a>{}</a>", "<b/>".repeat(MOST_NODES))).0, "xml-too-large");
        let attributes: String = (0..=MOST_ATTRIBUTES).map(|n| format!(" a{n}=''")).collect();
        assert_eq!(refused(&format!("<a{attributes}/>")).0, "xml-too-large");
        let namespaces: String = (0..=MOST_NAMESPACES).map(|n| format!("<b xmlns='urn:{n}'/>")).collect();
        assert_eq!(refused(&format!("<a>{namespaces}</a>")).0, "xml-too-large");
    }

    #[test]
    fn a_tree_is_walked_in_order_and_text_is_what_stands_before_the_first_child() {
        let document = read("<a>x<!-- - -->&amp;y<b l='&lt;'>1<c>&#50;</c>-</b><b>3</b>-</a>").unwrap();
        let root = document.root();
        assert_eq!((root.text(), root.subtree().count()), ("x&y", 4));
        assert_eq!(root.all("b").map(Element::text).collect::<Vec<_>>(), ["1", "3"]);
        let first = root.child("b").unwrap();
        assert_eq!((first.attribute("l"), first.child_text("c"), first.children().count()), (Some("<"), Some("2"), 1));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = read(&text);
        }

        #[test]
        fn no_nearly_xml_makes_it_panic(text in "(<|>|/|a|b|=|'|\"|&|;|#|x|1|!|\\[|\\]|-|\\?|:| |\n|xmlns|CDATA){0,60}") {
            let _ = read(&text);
        }
    }
}
