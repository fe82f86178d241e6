//! Names inside an archive: one spelling for each file, and nothing that points outside the package.

/// A path of many bytes is an attack or an accident; no file system would take it.
const LONGEST_PATH: usize = 1_000;
/// What file systems allow for one segment.
const LONGEST_SEGMENT: usize = 255;

/// A name that cannot be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    /// It leaves the package: `..`, an absolute path or a drive.
    Unsafe,
    /// It holds control characters, or nothing.
    Invalid,
    /// Longer than any file system takes.
    TooLong,
}

impl BadName {
    /// The code of the finding.
    pub fn code(self) -> &'static str {
        match self {
            BadName::Unsafe => "path-unsafe",
            BadName::Invalid => "name-invalid",
            BadName::TooLong => "name-too-long",
        }
    }
}

/// A name in its one spelling: slashes forward, no `.` and no empty segment. `None`: the root folder itself.
pub fn normalise(name: &str) -> Result<Option<String>, BadName> {
    if name.chars().any(char::is_control) {
        return Err(BadName::Invalid);
    }
    // Windows reads `\x` as a place of its own.
    if name.starts_with(['/', '\\']) {
        return Err(BadName::Unsafe);
    }
    let mut path = String::with_capacity(name.len());
    for segment in name.split(['/', '\\']) {
        // `.. ` and `...` lose their tail on Windows and become `..`.
        if segment.starts_with("..") && segment.trim_end_matches(['.', ' ']).is_empty() {
            return Err(BadName::Unsafe);
        }
        if segment.len() > LONGEST_SEGMENT {
            return Err(BadName::TooLong);
        }
        if segment.is_empty() || segment == "." {
            continue;
        }
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(segment);
    }
    // And `C:x`.
    if matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic()) {
        return Err(BadName::Unsafe);
    }
    match path.len() {
        0 => Ok(None),
        length if length > LONGEST_PATH => Err(BadName::TooLong),
        _ => Ok(Some(path)),
    }
}

/// What desktop systems leave in archives and nobody means: resource forks, folder settings, thumbnails.
pub fn is_litter(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("__MACOSX/") || path == "__MACOSX" || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_spelling_of_a_path_becomes_one() {
        for name in ["a/b.html", "a\\b.html", "./a//b.html", "a/./b.html"] {
            assert_eq!(normalise(name), Ok(Some("a/b.html".to_owned())), "{name}");
        }
        assert_eq!(normalise("./"), Ok(None));
    }

    #[test]
    fn a_name_that_leaves_the_package_is_refused() {
        for name in ["../a", "..\\a", "a/../../b", "a/..", "/etc/passwd", "\\x", "C:\\x", "c:x", "//host/x", "a/.. /b"]
        {
            assert_eq!(normalise(name), Err(BadName::Unsafe), "{name}");
        }
        assert_eq!(normalise("a\0b"), Err(BadName::Invalid));
        assert_eq!(normalise(&"x".repeat(256)), Err(BadName::TooLong));
        assert_eq!(normalise(&"x/".repeat(800)), Err(BadName::TooLong));
    }

    proptest! {
        #[test]
        fn what_is_accepted_stays_inside(name in "[a.:/\\\\ ]{0,20}") {
            if let Ok(Some(path)) = normalise(&name) {
                prop_assert!(!path.starts_with('/') && !path.contains('\\') && path.split('/').all(|s| s != ".." && !s.is_empty()));
                prop_assert_eq!(normalise(&path), Ok(Some(path.clone())));
            }
        }
    }
}
