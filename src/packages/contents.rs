//! The files of a package by path, found as browsers and careless authors name them.

use std::collections::HashMap;

/// The paths of a package's files.
#[derive(Debug, Default)]
pub struct Contents {
    exact: HashMap<String, bool>,
    folded: HashMap<String, String>,
}

impl Contents {
    /// From the paths, in their one spelling.
    pub fn new<'a>(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut contents = Self::default();
        for path in paths {
            contents.exact.insert(path.to_owned(), false);
            contents.folded.entry(key(path)).or_insert_with(|| path.to_owned());
        }
        contents
    }

    /// The file at `path`, letters compared exactly first, then without regard to case. Answers its path as it is.
    pub fn find(&self, path: &str) -> Option<&str> {
        match self.exact.get_key_value(path) {
            Some((path, _)) => Some(path),
            None => self.folded.get(&key(path)).map(String::as_str),
        }
    }

    /// Notes that the manifest declares the file.
    pub fn declare(&mut self, path: &str) {
        if let Some(declared) = self.exact.get_mut(path) {
            *declared = true;
        }
    }

    /// The files that no resource declares, in no order.
    pub fn undeclared(&self) -> impl Iterator<Item = &str> {
        self.exact.iter().filter(|(_, declared)| !**declared).map(|(path, _)| path.as_str())
    }

    /// Whether there are no files: the manifest came alone.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }
}

/// What two spellings of a path have in common that differ only in case.
pub fn key(path: &str) -> String {
    path.to_lowercase()
}
