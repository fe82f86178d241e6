//! The files of a package by path, found as browsers and careless authors name them.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use unicode_normalization::UnicodeNormalization;

/// The paths of a package's files.
#[derive(Debug, Default)]
pub struct Contents<'a> {
    exact: HashMap<&'a str, bool>,
    /// By the digest of their key: 50,000 long paths are not kept a second time for it.
    folded: HashMap<u64, &'a str>,
    digests: RandomState,
}

impl<'a> Contents<'a> {
    /// From the paths, in their one spelling.
    pub fn new(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut contents = Self::default();
        for path in paths {
            contents.exact.insert(path, false);
            contents.folded.entry(contents.digests.hash_one(key(path))).or_insert(path);
        }
        contents
    }

    /// The file at `path`, letters compared exactly first, then without regard to case. Answers its path as it is.
    pub fn find(&self, path: &str) -> Option<&'a str> {
        if let Some((path, _)) = self.exact.get_key_value(path) {
            return Some(path);
        }
        let key = key(path);
        let found = self.folded.get(&self.digests.hash_one(&key)).copied();
        found.filter(|found| self::key(found) == key)
    }

    /// Notes that the manifest declares the file.
    pub fn declare(&mut self, path: &str) {
        if let Some(declared) = self.exact.get_mut(path) {
            *declared = true;
        }
    }

    /// The files that no resource declares, in no order.
    pub fn undeclared(&self) -> impl Iterator<Item = &'a str> {
        self.exact.iter().filter(|(_, declared)| !**declared).map(|(path, _)| *path)
    }

    /// Whether there are no files: the manifest came alone.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }
}

/// What two spellings of a path have in common that differ only in case, or in how an accent is written: a letter and its
/// accent apart, as some systems pack names, or in one, as manifests have them.
pub fn key(path: &str) -> String {
    path.nfc().collect::<String>().to_lowercase()
}
