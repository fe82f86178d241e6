//! `imsss:sequencing`: the control modes typed, everything else kept whole for the sequencing engine.

use std::collections::{BTreeMap, HashMap};

use super::Reading;
use super::xml::Element;
use crate::packages::findings::Finding;
use crate::packages::model::{ControlMode, Fragment, Sequencing};

/// The reusable sequencing of `imsss:sequencingCollection`, by `ID`.
pub struct Collection<'a>(HashMap<&'a str, Element<'a>>);

impl<'a> Collection<'a> {
    /// The collections of a manifest.
    pub fn of(manifest: Element<'a>) -> Self {
        let all = manifest.all("sequencingCollection").flat_map(|collection| collection.all("sequencing"));
        Self(all.filter_map(|sequencing| Some((sequencing.attribute("ID")?, sequencing))).collect())
    }

    /// The sequencing of an item or organization, with what it refers to merged in: what stands locally replaces the shared
    /// part of the same name (SCORM 2004 SN 3.1).
    pub fn sequencing(&self, item: Element<'_>, reading: &mut Reading) -> Option<Sequencing> {
        let local = item.child("sequencing")?;
        let mut element = fragment(local, reading);
        if let Some(reference) = local.attribute("IDRef") {
            match self.0.get(reference) {
                Some(shared) => {
                    // By namespace too: imsss and adlseq have objectives each.
                    let stands = |child: Element<'_>| {
                        let mut own = local.children();
                        own.any(|own| own.is(child.name()) && own.namespace() == child.namespace())
                    };
                    let inherited = shared.children().map(stands);
                    let missing: Vec<bool> = inherited.map(|stands| !stands).collect();
                    let shared = fragment(*shared, reading);
                    let inherited = shared.children.into_iter().zip(missing).filter(|(_, missing)| *missing);
                    element.children.extend(inherited.map(|(child, _)| child));
                    for (name, value) in shared.attributes {
                        element.attributes.entry(name).or_insert(value);
                    }
                }
                None => {
                    reading.tell(Finding::warning("sequencing-reference-dangling").arg("reference", reference), local)
                }
            }
        }
        Some(Sequencing { control: control_mode(&element), element })
    }
}

fn control_mode(sequencing: &Fragment) -> ControlMode {
    let defaults = ControlMode::default();
    let Some(element) = sequencing.child("controlMode") else { return defaults };
    let flag =
        |name: &str, default| element.attributes.get(name).map_or(default, |value| boolean(value).unwrap_or(default));
    ControlMode {
        choice: flag("choice", defaults.choice),
        choice_exit: flag("choiceExit", defaults.choice_exit),
        flow: flag("flow", defaults.flow),
        forward_only: flag("forwardOnly", defaults.forward_only),
        use_current_attempt_objective_info: flag("useCurrentAttemptObjectiveInfo", true),
        use_current_attempt_progress_info: flag("useCurrentAttemptProgressInfo", true),
    }
}

/// `xs:boolean`, with the capitals some tools write.
pub fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Elements inside each other that are kept. The vocabulary has five; JSON that nests too deeply is not read again.
const DEEPEST: usize = 20;

/// The element whole, as far as there is room.
fn fragment(element: Element<'_>, reading: &mut Reading) -> Fragment {
    fragment_at(element, 1, reading)
}

fn fragment_at(element: Element<'_>, depth: usize, reading: &mut Reading) -> Fragment {
    let attributes: BTreeMap<String, String> =
        element.attributes().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let text = element.text();
    // What a node of the map and the texts need beside the fragment itself.
    let map = if attributes.is_empty() { 0 } else { 600 };
    let texts = attributes.iter().map(|(name, value)| 64 + name.len() + value.len()).sum::<usize>();
    reading.spend(150 + map + texts + text.len());
    let mut children = Vec::new();
    for child in element.children() {
        if reading.is_full() || depth >= DEEPEST {
            break;
        }
        children.push(fragment_at(child, depth + 1, reading));
    }
    Fragment { name: element.name().to_owned(), attributes, text: text.to_owned(), children }
}
