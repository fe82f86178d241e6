//! The schema of the course structure (cmi5 13.2, `CourseStructure.xsd` of version 1), as far as it speaks of elements and
//! attributes: who stands in whom, in which order, how often. What values may be is judged where they are read.
//!
//! Invariant: of a document that passes, every element and every attribute that stands in the namespace of cmi5 is one that the
//! schema knows at its place; what others have added stands where the schema lets them (`any ##other`) and nowhere else.

use std::collections::BTreeSet;

use super::NAMESPACE;
use crate::packages::findings::Finding;
use crate::packages::manifest::Reading;
use crate::packages::manifest::xml::Element;

const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// What one element may hold.
struct Model {
    /// By name, and whether it must be there.
    attributes: &'static [(&'static str, bool)],
    content: Content,
    /// Whether elements of other namespaces may follow its own, and attributes of other namespaces stand among its own.
    open: bool,
}

enum Content {
    /// These, in this order.
    Sequence(&'static [Slot]),
    /// Each of these once, in any order.
    All(&'static [(&'static str, &'static Model)]),
    /// Text alone.
    Text,
    /// Whatever.
    Anything,
}

/// A place of a sequence.
struct Slot(Need, &'static [(&'static str, &'static Model)]);

#[derive(Clone, Copy, PartialEq)]
enum Need {
    /// Exactly one.
    One,
    /// One or none.
    Optional,
    /// One or more, of any of the names.
    Several,
}

static STRUCTURE: Model = Model {
    attributes: &[],
    content: Content::Sequence(&[
        Slot(Need::One, &[("course", &COURSE)]),
        Slot(Need::Optional, &[("objectives", &OBJECTIVES)]),
        Slot(Need::Several, &[("au", &UNIT), ("block", &BLOCK)]),
    ]),
    open: true,
};

static COURSE: Model = Model {
    attributes: &[("id", true)],
    content: Content::Sequence(&[Slot(Need::One, &[("title", &TEXTS)]), Slot(Need::One, &[("description", &TEXTS)])]),
    open: true,
};

static BLOCK: Model = Model {
    attributes: &[("id", true)],
    content: Content::Sequence(&[
        Slot(Need::One, &[("title", &TEXTS)]),
        Slot(Need::One, &[("description", &TEXTS)]),
        Slot(Need::Optional, &[("objectives", &REFERENCES)]),
        Slot(Need::Several, &[("au", &UNIT), ("block", &BLOCK)]),
    ]),
    open: true,
};

static UNIT: Model = Model {
    attributes: &[
        ("id", true),
        ("moveOn", false),
        ("masteryScore", false),
        ("launchMethod", false),
        ("activityType", false),
    ],
    content: Content::Sequence(&[
        Slot(Need::One, &[("title", &TEXTS)]),
        Slot(Need::One, &[("description", &TEXTS)]),
        Slot(Need::Optional, &[("objectives", &REFERENCES)]),
        Slot(Need::One, &[("url", &TEXT)]),
        Slot(Need::Optional, &[("launchParameters", &ANYTHING)]),
        Slot(Need::Optional, &[("entitlementKey", &ANYTHING)]),
    ]),
    open: true,
};

static OBJECTIVES: Model = Model {
    attributes: &[],
    content: Content::Sequence(&[Slot(Need::Several, &[("objective", &OBJECTIVE)])]),
    open: true,
};

static OBJECTIVE: Model = Model {
    attributes: &[("id", true)],
    content: Content::All(&[("title", &TEXTS), ("description", &TEXTS)]),
    open: false,
};

static REFERENCES: Model = Model {
    attributes: &[],
    content: Content::Sequence(&[Slot(Need::Several, &[("objective", &REFERENCE)])]),
    open: true,
};

static REFERENCE: Model = Model { attributes: &[("idref", false)], content: Content::Sequence(&[]), open: false };

static TEXTS: Model = Model {
    attributes: &[],
    content: Content::Sequence(&[Slot(Need::Several, &[("langstring", &STRING)])]),
    open: true,
};

static STRING: Model = Model { attributes: &[("lang", false)], content: Content::Text, open: true };

static TEXT: Model = Model { attributes: &[], content: Content::Text, open: false };

static ANYTHING: Model = Model { attributes: &[], content: Content::Anything, open: true };

impl Model {
    /// What stands under `name` in it.
    fn child(&self, name: &str) -> Option<&'static Model> {
        let of = |known: &'static [(&str, &'static Model)]| known.iter().find(|(own, _)| *own == name);
        match self.content {
            Content::Sequence(slots) => slots.iter().find_map(|slot| of(slot.1)),
            Content::All(elements) => of(elements),
            Content::Text | Content::Anything => None,
        }
        .map(|(_, model)| *model)
    }
}

/// Tells what breaks the schema, an element at a time, and whose extensions are left aside.
pub fn check(root: Element<'_>, reading: &mut Reading) {
    let mut extensions = BTreeSet::new();
    element(root, &STRUCTURE, reading, &mut extensions);
    let locations =
        root.all_attributes().find(|(namespace, name, _)| (*namespace, *name) == (INSTANCE, "schemaLocation"));
    let located: BTreeSet<&str> =
        locations.map(|(.., pairs)| pairs.split_whitespace().step_by(2).collect()).unwrap_or_default();
    for namespace in extensions {
        // cmi5 13.1.5: who adds elements provides a schema of them, and an LMS may ignore them. The example of the
        // specification names no schema, so that its absence is told and nothing more.
        let finding = match located.contains(namespace) {
            true => Finding::info("cmi5-extension"),
            false => Finding::info("cmi5-extension-without-schema"),
        };
        reading.tell(finding.arg("namespace", namespace), root);
    }
}

fn element<'d>(of: Element<'d>, model: &'static Model, reading: &mut Reading, extensions: &mut BTreeSet<&'d str>) {
    if matches!(model.content, Content::Anything) {
        return;
    }
    attributes(of, model, reading);
    if !matches!(model.content, Content::Text) && of.has_text_beside_elements() {
        reading.tell(Finding::error("cmi5-text-stray").arg("inside", of.name()), of);
    }
    match model.content {
        Content::Sequence(slots) => sequence(of, slots, model.open, reading),
        Content::All(known) => all(of, known, reading),
        Content::Text | Content::Anything => {
            if let Some(child) = of.children().next() {
                unexpected(child, of, String::new(), reading);
            }
        }
    }
    for child in of.children() {
        match child.namespace() {
            NAMESPACE => {
                if let Some(model) = model.child(child.name()) {
                    element(child, model, reading, extensions);
                }
            }
            "" => {}
            other => drop(extensions.insert(other)),
        }
    }
}

fn attributes(of: Element<'_>, model: &Model, reading: &mut Reading) {
    let about = |code, name: &str| Finding::error(code).arg("name", name).arg("inside", of.name());
    for (namespace, name, _) in of.all_attributes() {
        let allowed = match namespace {
            "" => model.attributes.iter().any(|(known, _)| *known == name),
            INSTANCE => true,
            NAMESPACE => false,
            _ => model.open,
        };
        if !allowed {
            reading.tell(about("cmi5-attribute-unknown", name), of);
        }
    }
    for (name, _) in model.attributes.iter().filter(|(_, required)| *required) {
        if of.plain_attribute(name).is_none() {
            reading.tell(about("cmi5-attribute-missing", name), of);
        }
    }
}

/// The first thing out of order is told: what follows it would be told for its sake.
fn sequence(of: Element<'_>, slots: &[Slot], open: bool, reading: &mut Reading) {
    let mut at = 0;
    let mut taken = false;
    let mut extension = None;
    for child in of.children() {
        if child.namespace() != NAMESPACE {
            if !open || child.namespace().is_empty() {
                return misplaced(child, of, reading);
            }
            extension.get_or_insert(child);
            continue;
        }
        let here = |slot: &Slot| slot.1.iter().any(|(name, _)| *name == child.name());
        let wanted = (&slots[at..], taken);
        loop {
            match slots.get(at) {
                Some(slot) if here(slot) && (!taken || slot.0 == Need::Several) => break,
                Some(slot) if taken || slot.0 == Need::Optional => (at, taken) = (at + 1, false),
                _ => return unexpected(child, of, expected(wanted.0, wanted.1), reading),
            }
        }
        if let Some(extension) = extension {
            return misplaced(extension, of, reading);
        }
        taken = true;
    }
    let rest = slots.iter().skip(at + usize::from(taken));
    if let Some(slot) = rest.into_iter().find(|slot| slot.0 != Need::Optional) {
        missing(of, slot.1, reading);
    }
}

/// The names that could stand where the sequence is: of optional places too, up to the first that must be filled.
fn expected(slots: &[Slot], first_taken: bool) -> String {
    let mut names = Vec::new();
    for (place, slot) in slots.iter().enumerate() {
        let filled = place == 0 && first_taken;
        if !filled || slot.0 == Need::Several {
            names.extend(slot.1.iter().map(|(name, _)| format!("<{name}>")));
        }
        if !filled && slot.0 != Need::Optional {
            break;
        }
    }
    names.join(", ")
}

fn all(of: Element<'_>, known: &'static [(&'static str, &'static Model)], reading: &mut Reading) {
    let mut seen = Vec::new();
    for child in of.children() {
        if child.namespace() != NAMESPACE {
            return misplaced(child, of, reading);
        }
        if seen.contains(&child.name()) || !known.iter().any(|(name, _)| *name == child.name()) {
            let left = known.iter().filter(|(name, _)| !seen.contains(name)).map(|(name, _)| format!("<{name}>"));
            return unexpected(child, of, left.collect::<Vec<_>>().join(", "), reading);
        }
        seen.push(child.name());
    }
    if let Some(place) = known.iter().position(|(name, _)| !seen.contains(name)) {
        missing(of, &known[place..=place], reading);
    }
}

fn unexpected(child: Element<'_>, of: Element<'_>, expected: String, reading: &mut Reading) {
    let finding = match expected.is_empty() {
        true => Finding::error("cmi5-element-too-many"),
        false => Finding::error("cmi5-element-unexpected").arg("expected", expected),
    };
    reading.tell(finding.arg("found", child.name()).arg("inside", of.name()), child);
}

/// An element of another namespace where the schema lets none stand; without a namespace it is nobody's.
fn misplaced(child: Element<'_>, of: Element<'_>, reading: &mut Reading) {
    let finding = match child.namespace() {
        "" => Finding::error("cmi5-element-without-namespace"),
        namespace => Finding::error("cmi5-extension-misplaced").arg("namespace", namespace),
    };
    reading.tell(finding.arg("found", child.name()).arg("inside", of.name()), child);
}

fn missing(of: Element<'_>, names: &[(&str, &Model)], reading: &mut Reading) {
    let finding = match (of.name(), names) {
        ("courseStructure", [_, _]) => Finding::error("cmi5-unit-missing"),
        ("block", [_, _]) => Finding::error("cmi5-block-empty"),
        _ => {
            let names: Vec<String> = names.iter().map(|(name, _)| format!("<{name}>")).collect();
            Finding::error("cmi5-element-missing").arg("expected", names.join(", ")).arg("inside", of.name())
        }
    };
    reading.tell(finding, of);
}
