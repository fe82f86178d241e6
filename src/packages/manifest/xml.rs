//! A small XML tree for manifests: namespaces resolved, lines kept, nothing expanded, everything bounded.

use std::collections::HashSet;
use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use crate::packages::findings::{Finding, Findings, Refused};

/// Deeper documents are not manifests.
const DEEPEST: usize = 100;
/// Elements and attributes together; a manifest that lists 50,000 files has 100,000 to 250,000.
const MOST_NODES: usize = 300_000;

/// A name with its namespace, kept once for all that bear it: a manifest has few names and may have very many elements.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// Local name.
    pub local: Box<str>,
    /// Namespace, empty if none.
    pub namespace: Box<str>,
}

/// An element.
#[derive(Debug)]
pub struct Element {
    /// Its name.
    pub name: Rc<Name>,
    /// Line of the start tag, from 1.
    pub line: u32,
    attributes: Box<[Attribute]>,
    /// Child elements in order.
    pub children: Vec<Element>,
    text: String,
}

#[derive(Debug)]
struct Attribute {
    name: Rc<Name>,
    value: Box<str>,
}

impl Element {
    /// Whether it has this local name, in whatever namespace: manifests of all editions share one vocabulary.
    pub fn is(&self, name: &str) -> bool {
        &*self.name.local == name
    }

    /// The attribute of this local name: without namespace first, else in any.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let named = || self.attributes.iter().filter(|attribute| &*attribute.name.local == name);
        named()
            .find(|attribute| attribute.name.namespace.is_empty())
            .or_else(|| named().next())
            .map(|attribute| attribute.value.trim())
    }

    /// As [`Element::attribute`], with another spelling of the letters accepted: `scormType` is often written `scormtype`.
    pub fn attribute_any_case(&self, name: &str) -> Option<&str> {
        self.attribute(name).or_else(|| {
            let found = self.attributes.iter().find(|attribute| attribute.name.local.eq_ignore_ascii_case(name));
            found.map(|attribute| attribute.value.trim())
        })
    }

    /// `xml:base`.
    pub fn base(&self) -> Option<&str> {
        let is_base = |name: &Name| &*name.local == "base" && name.namespace.ends_with("/XML/1998/namespace");
        self.attributes.iter().find(|attribute| is_base(&attribute.name)).map(|attribute| attribute.value.trim())
    }

    /// `xml:lang`, or `lang` as cmi5 and tincan write it.
    pub fn language(&self) -> Option<&str> {
        self.attribute("lang").filter(|language| !language.is_empty())
    }

    /// Whether an attribute is in a namespace whose name holds `part`.
    pub fn has_attribute_namespace(&self, part: &str) -> bool {
        self.attributes.iter().any(|attribute| attribute.name.namespace.contains(part))
    }

    /// All attributes by local name.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|attribute| (&*attribute.name.local, attribute.value.trim()))
    }

    /// The first child of this local name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.is(name))
    }

    /// The children of this local name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.is(name))
    }

    /// The text directly inside, trimmed.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// The text directly inside, exactly as written.
    pub fn text_verbatim(&self) -> &str {
        &self.text
    }

    /// The trimmed text of the first child of this name, if it is not empty.
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(Element::text).filter(|text| !text.is_empty())
    }
}

/// Reads the manifest `file`. A document type, an unknown entity and a broken structure are error findings.
pub fn parse(file: &str, text: &str, findings: &mut Findings) -> Result<Element, Refused> {
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
    text: &'a str,
    reader: NsReader<&'a [u8]>,
    names: HashSet<Rc<Name>>,
    nodes: usize,
    /// Where the event began that is being handled.
    event_start: usize,
    /// Lines are counted up to here.
    counted: usize,
    line: u32,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            reader: NsReader::from_str(text),
            names: HashSet::new(),
            nodes: 0,
            event_start: 0,
            counted: 0,
            line: 1,
        }
    }

    /// The tree, or what is wrong and on which line.
    fn parse(mut self) -> Result<Element, (Problem, u32)> {
        match self.document() {
            Ok(root) => Ok(root),
            Err(problem) => {
                let reader_error = usize::try_from(self.reader.error_position()).unwrap_or(usize::MAX);
                Err((problem, self.line_at(reader_error.max(self.event_start))))
            }
        }
    }

    fn document(&mut self) -> Result<Element, Problem> {
        let mut root = None;
        let mut open: Vec<Element> = Vec::new();
        loop {
            self.event_start = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
            match self.reader.read_event().map_err(Problem::malformed)? {
                Event::Start(start) => {
                    if open.len() >= DEEPEST {
                        return Err(Problem::TooLarge);
                    }
                    let element = self.element(&start)?;
                    open.push(element);
                }
                Event::Empty(start) => {
                    let element = self.element(&start)?;
                    close(element, &mut open, &mut root)?;
                }
                Event::End(_) => {
                    let element = open.pop().ok_or_else(|| Problem::malformed("end tag without a start tag"))?;
                    close(element, &mut open, &mut root)?;
                }
                Event::Text(text) => add_text(&mut open, &text)?,
                Event::CData(text) => add_text(&mut open, &text)?,
                Event::GeneralRef(reference) => {
                    let resolved = match reference.resolve_char_ref().map_err(Problem::malformed)? {
                        Some(character) => String::from(character),
                        None => quick_xml::escape::resolve_xml_entity(&reference)
                            .ok_or_else(|| Problem::Malformed(format!("unknown entity &{};", &*reference)))?
                            .to_owned(),
                    };
                    add_text(&mut open, &resolved)?;
                }
                Event::DocType(_) => return Err(Problem::Doctype),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof if !open.is_empty() => {
                    let name = open.last().map(|element| element.name.local.to_string()).unwrap_or_default();
                    return Err(Problem::Malformed(format!("<{name}> is never closed")));
                }
                Event::Eof => return root.ok_or_else(|| Problem::malformed("no element at all")),
            }
        }
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Result<Element, Problem> {
        let line = self.line_at(self.event_start);
        let (namespace, local) = self.reader.resolver().resolve_element(start.name());
        let name = intern(&mut self.names, bound(&namespace), local.into_inner());
        self.count()?;
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(Problem::malformed)?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            self.count()?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(Problem::malformed)?;
            let (namespace, local) = self.reader.resolver().resolve_attribute(attribute.key);
            let name = intern(&mut self.names, bound(&namespace), local.into_inner());
            attributes.push(Attribute { name, value: value.into() });
        }
        let attributes = attributes.into_boxed_slice();
        Ok(Element { name, line, attributes, children: Vec::new(), text: String::new() })
    }

    fn count(&mut self) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes > MOST_NODES { Err(Problem::TooLarge) } else { Ok(()) }
    }

    /// The line of a byte position; positions only grow.
    fn line_at(&mut self, position: usize) -> u32 {
        let end = position.min(self.text.len());
        if end > self.counted {
            let lines = self.text.as_bytes()[self.counted..end].iter().filter(|byte| **byte == b'\n').count();
            self.line += u32::try_from(lines).unwrap_or(u32::MAX);
            self.counted = end;
        }
        self.line
    }
}

/// The one copy of a name.
fn intern(names: &mut HashSet<Rc<Name>>, namespace: &str, local: &str) -> Rc<Name> {
    let name = Name { local: local.into(), namespace: namespace.into() };
    match names.get(&name) {
        Some(known) => known.clone(),
        None => {
            let name = Rc::new(name);
            names.insert(name.clone());
            name
        }
    }
}

/// An undeclared prefix is a frequent slip of hand-made manifests; the local name says what is meant.
fn bound<'a>(namespace: &ResolveResult<'a>) -> &'a str {
    match namespace {
        ResolveResult::Bound(namespace) => namespace.0,
        ResolveResult::Unbound | ResolveResult::Unknown(_) => "",
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), Problem> {
    match open.last_mut() {
        Some(parent) => {
            // White space between elements is not worth its memory.
            if parent.text.trim().is_empty() {
                parent.text = String::new();
            }
            parent.children.push(element);
        }
        None if root.is_some() => return Err(Problem::malformed("more than one root element")),
        None => *root = Some(element),
    }
    Ok(())
}

fn add_text(open: &mut [Element], text: &str) -> Result<(), Problem> {
    match open.last_mut() {
        Some(element) if element.text.is_empty() && text.trim().is_empty() && !element.children.is_empty() => {}
        Some(element) => element.text.push_str(text),
        None if text.trim_matches(['\u{feff}', '\0', '\u{1a}']).trim().is_empty() => {}
        None => return Err(Problem::malformed("text outside the root element")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Element, Finding> {
        let mut findings = Findings::new();
        parse("m.xml", text, &mut findings).map_err(|Refused| findings.into_list().remove(0))
    }

    #[test]
    fn names_are_resolved_and_lines_kept() {
        let root = read(
            "<?xml version='1.0'?>\n<m xmlns='urn:a' xmlns:p='urn:b'\n  xml:base='dir/'>\n <p:i p:x='1' x='a&amp;&#233;'>A &lt;b&gt; <![CDATA[<c>]]></p:i>\n</m>",
        )
        .unwrap();
        assert_eq!((&*root.name.namespace, root.base(), root.line), ("urn:a", Some("dir/"), 2));
        let item = root.child("i").unwrap();
        assert_eq!((&*item.name.namespace, item.line, item.text()), ("urn:b", 4, "A <b> <c>"));
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
