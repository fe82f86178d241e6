//! The activity tree (SN 2.1): the activities of a course, their places and their settings.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::settings::Settings;

/// An activity of a tree. The root is the course itself, which the outline does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(usize);

impl NodeId {
    /// The course.
    pub const ROOT: NodeId = NodeId(0);

    /// The activity at this position of the outline.
    pub fn of_index(index: usize) -> Self {
        Self(index + 1)
    }

    /// Its position in the outline; the root has none.
    pub fn index(self) -> Option<usize> {
        self.0.checked_sub(1)
    }

    pub(super) fn position(self) -> usize {
        self.0
    }
}

/// The course as a whole.
#[derive(Clone, Debug)]
pub struct Root {
    /// Its name in the manifest, by which content may choose it.
    pub identifier: String,
    pub settings: Settings,
    /// Whether its global objectives are the learner's in all courses (`adlseq:objectivesGlobalToSystem`), or of this one.
    pub objectives_of_learner: bool,
}

/// One entry of the outline, in document order: a parent stands before its children.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its group, by position in the outline; none if it stands directly in the course.
    pub parent: Option<usize>,
    /// Its name in the manifest.
    pub identifier: String,
    /// Whether there is something to open.
    pub deliverable: bool,
    /// Whether the table of contents shows it (`isvisible`).
    pub visible: bool,
    pub settings: Settings,
}

/// One activity with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub identifier: String,
    pub parent: Option<NodeId>,
    pub children: Vec<NodeId>,
    pub deliverable: bool,
    pub visible: bool,
    pub depth: usize,
    /// Its place among its siblings in the manifest.
    pub place: usize,
    pub settings: Settings,
}

/// The activities of one course.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    objectives_of_learner: bool,
    /// By global objective, whose primary objective reads it.
    readers: HashMap<String, Vec<NodeId>>,
}

impl Tree {
    /// The tree of an outline. An entry whose parent does not stand before it is put directly into the course.
    pub fn new(root: Root, items: Vec<Item>) -> Self {
        let mut nodes = vec![Node {
            identifier: root.identifier,
            parent: None,
            children: Vec::new(),
            deliverable: false,
            visible: true,
            depth: 0,
            place: 0,
            settings: root.settings,
        }];
        for (index, item) in items.into_iter().enumerate() {
            let id = NodeId::of_index(index);
            let parent = item.parent.filter(|parent| *parent < index).map_or(NodeId::ROOT, NodeId::of_index);
            nodes[parent.0].children.push(id);
            nodes.push(Node {
                identifier: item.identifier,
                parent: Some(parent),
                children: Vec::new(),
                deliverable: item.deliverable,
                visible: item.visible,
                depth: nodes[parent.0].depth + 1,
                place: nodes[parent.0].children.len() - 1,
                settings: item.settings,
            });
        }
        let mut readers: HashMap<String, Vec<NodeId>> = HashMap::new();
        for (position, node) in nodes.iter().enumerate() {
            for map in node.settings.primary.maps.iter().filter(|map| map.read.is_any()) {
                readers.entry(map.target.clone()).or_default().push(NodeId(position));
            }
        }
        Self { nodes, objectives_of_learner: root.objectives_of_learner, readers }
    }

    /// How many activities there are, the course included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether the course holds nothing.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() == 1
    }

    /// Every activity in the order of the outline, without the course.
    pub fn activities(&self) -> impl Iterator<Item = NodeId> + use<> {
        (1..self.nodes.len()).map(NodeId)
    }

    /// The activity at a position of the outline, if there is one.
    pub fn at(&self, index: usize) -> Option<NodeId> {
        (index + 1 < self.nodes.len()).then(|| NodeId::of_index(index))
    }

    /// The activity of that name in the manifest; the course has one too, and an activity of the same name goes before it.
    pub fn named(&self, identifier: &str) -> Option<NodeId> {
        let named = |id: &NodeId| self.node(*id).identifier == identifier;
        self.activities().find(named).or_else(|| Some(NodeId::ROOT).filter(named))
    }

    /// The name of an activity in the manifest.
    pub fn identifier(&self, id: NodeId) -> &str {
        &self.node(id).identifier
    }

    /// Its rules.
    pub fn settings(&self, id: NodeId) -> &Settings {
        &self.node(id).settings
    }

    /// Its group.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// The activities inside it, as they stand in the manifest.
    pub fn children(&self, id: NodeId) -> &[NodeId] {
        &self.node(id).children
    }

    /// Whether it has no activities inside.
    pub fn is_leaf(&self, id: NodeId) -> bool {
        self.node(id).children.is_empty()
    }

    /// Whether it is a leaf with something to open.
    pub fn is_deliverable(&self, id: NodeId) -> bool {
        self.is_leaf(id) && self.node(id).deliverable
    }

    /// Whether the manifest lets the table of contents show it.
    pub fn is_visible(&self, id: NodeId) -> bool {
        self.node(id).visible
    }

    /// Whether the global objectives are the learner's in all courses.
    pub fn has_objectives_of_learner(&self) -> bool {
        self.objectives_of_learner
    }

    /// Whether any activity has a map to a global objective.
    pub fn has_global_objectives(&self) -> bool {
        self.nodes.iter().any(|node| node.settings.all_objectives().any(|(_, objective)| !objective.maps.is_empty()))
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    pub(super) fn holds(&self, id: NodeId) -> bool {
        id.0 < self.nodes.len()
    }

    /// The activities whose primary objective reads a global one.
    pub(super) fn readers(&self, global: &str) -> &[NodeId] {
        self.readers.get(global).map_or(&[], Vec::as_slice)
    }

    /// The way from `id` up to the root, both included.
    pub(super) fn upwards(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(id), |id| self.parent(*id))
    }

    /// The way from the root to `id`, both included.
    pub fn path(&self, id: NodeId) -> Vec<NodeId> {
        let mut path: Vec<NodeId> = self.upwards(id).collect();
        path.reverse();
        path
    }

    /// The lowest activity that holds both, or is one of them.
    pub fn common_ancestor(&self, a: NodeId, b: NodeId) -> NodeId {
        let (mut a, mut b) = (a, b);
        while a != b {
            let lower = if self.node(a).depth >= self.node(b).depth { &mut a } else { &mut b };
            *lower = self.parent(*lower).unwrap_or(NodeId::ROOT);
        }
        a
    }

    /// Whether `id` is `group` or inside it.
    pub(super) fn is_within(&self, id: NodeId, group: NodeId) -> bool {
        self.common_ancestor(id, group) == group
    }
}
