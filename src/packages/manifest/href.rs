//! From what a manifest writes to what is opened: bases, case, percent signs, parameters.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use url::Url;

use crate::packages::contents::Contents;

/// Everything a path segment may not hold as itself (RFC 3986 section 3.3), and `%`.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Longer addresses, bases included, no server and no browser reads.
const LONGEST: usize = 8_000;

/// What an address of a manifest leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file of the package: its path as it is, the address relative to the root with query and fragment, and whether the
    /// manifest spelled it exactly.
    File { path: String, href: String, exact: bool },
    /// A file the package does not hold, by the path looked for.
    Missing { path: String },
    /// Another site.
    External(String),
    /// `javascript:` and the like, or an address nobody can read.
    Unsafe,
}

/// Resolves `href` against `bases` (outermost first) among the files of the package.
pub fn resolve(bases: &[&str], href: &str, contents: &Contents) -> Target {
    let href = href.trim();
    let (path, tail) = href.split_at(href.find(['?', '#']).unwrap_or(href.len()));
    if bases.iter().map(|base| base.len()).sum::<usize>() + href.len() > LONGEST {
        return Target::Unsafe;
    }
    if let Some(target) = elsewhere(bases, href) {
        return target;
    }
    let path = path.replace('\\', "/");
    // A base without its final slash names, by RFC 3986, the folder above; authors mean the folder itself.
    for lenient in [false, true] {
        let joined = join(bases, &path, lenient);
        let decoded = percent_decode_str(&joined).decode_utf8().ok().map(|decoded| decoded.into_owned());
        for candidate in decoded.iter().chain([&joined]) {
            if let Some(found) = contents.find(candidate) {
                let exact = found == candidate && !lenient;
                return Target::File { path: found.to_owned(), href: encode(found) + tail, exact };
            }
        }
    }
    Target::Missing { path: join(bases, &path, false) }
}

/// The percent-encoded address of a path.
pub fn encode(path: &str) -> String {
    path.split('/').map(|segment| utf8_percent_encode(segment, SEGMENT).to_string()).collect::<Vec<_>>().join("/")
}

/// The percent-encoded form of one segment, whatever it holds.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
        .to_string()
        .replace("%2D", "-")
        .replace("%5F", "_")
        .replace("%2E", ".")
}

/// The address if it lies on another site, by itself or by one of its bases.
fn elsewhere(bases: &[&str], href: &str) -> Option<Target> {
    let mut base: Option<Url> = None;
    for part in bases.iter().copied().chain([href]) {
        let part = part.trim();
        let joined = match &base {
            Some(base) => base.join(part).ok(),
            None if part.starts_with("//") => return Some(Target::Unsafe),
            None if !has_scheme(part) => continue,
            None => Url::parse(part).ok(),
        };
        match joined {
            Some(url) if matches!(url.scheme(), "http" | "https") => base = Some(url),
            _ => return Some(Target::Unsafe),
        }
    }
    base.map(|url| Target::External(url.into()))
}

/// RFC 3986 section 3.1; one letter is a Windows drive.
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// Joins relative paths and removes dot segments; `..` stops at the root, as in a browser.
fn join(bases: &[&str], path: &str, lenient: bool) -> String {
    let mut segments: Vec<String> = Vec::new();
    let mut append = |part: &str, is_base: bool| {
        let part = part.trim().replace('\\', "/");
        if part.starts_with('/') {
            segments.clear();
        }
        let last = part.rsplit('/').next().unwrap_or_default().to_owned();
        for segment in part.split('/') {
            match segment {
                "" | "." => {}
                ".." => drop(segments.pop()),
                other => segments.push(other.to_owned()),
            }
        }
        if is_base && !lenient && !matches!(last.as_str(), "" | "." | "..") {
            segments.pop();
        }
    };
    for base in bases {
        append(base, true);
    }
    append(path, false);
    segments.join("/")
}

/// Adds the `parameters` of an item to the address of its resource (SCORM 2004 CAM 3.4.1.3; SCORM 1.2 CAM 2.3.2.5.5):
/// leading `?` and `&` go, a query is prolonged, a fragment stays last and is never doubled.
pub fn with_parameters(href: &str, parameters: &str) -> String {
    let parameters = parameters.trim().trim_start_matches(['?', '&']);
    let (added_query, added_fragment) = match parameters.split_once('#') {
        Some((query, fragment)) => (query, Some(fragment)),
        None => (parameters, None),
    };
    let (address, fragment) = match href.split_once('#') {
        Some((address, fragment)) => (address, Some(fragment)),
        None => (href, None),
    };
    let mut joined = address.to_owned();
    if !added_query.is_empty() {
        joined.push(match address.find('?') {
            None => '?',
            Some(_) => '&',
        });
        if joined.ends_with("?&") || joined.ends_with("&&") {
            joined.pop();
        }
        joined.push_str(&added_query.replace(' ', "%20"));
    }
    if let Some(fragment) = fragment.or(added_fragment) {
        joined.push('#');
        joined.push_str(&fragment.replace('#', "%23"));
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bases: &[&str], href: &str) -> Option<String> {
        let paths = ["index.html", "res/Page 1.html", "res/a/b.html", "été.html", "100%.html", "a%20b.html"];
        match resolve(bases, href, &Contents::new(paths.into_iter())) {
            Target::File { href, .. } => Some(href),
            _ => None,
        }
    }

    #[test]
    fn three_levels_of_base_are_joined() {
        assert_eq!(file(&["res/", "", "a/"], "b.html?x=1#y").as_deref(), Some("res/a/b.html?x=1#y"));
        assert_eq!(file(&["res"], "a/b.html").as_deref(), Some("res/a/b.html"));
        assert_eq!(file(&["other/"], "../index.html").as_deref(), Some("index.html"));
        assert_eq!(file(&["res/"], "/index.html").as_deref(), Some("index.html"));
        assert_eq!(file(&[], "res\\a\\b.html").as_deref(), Some("res/a/b.html"));
    }

    #[test]
    fn a_file_is_found_encoded_or_not_and_in_any_case() {
        assert_eq!(file(&[], "res/page%201.HTML").as_deref(), Some("res/Page%201.html"));
        assert_eq!(file(&[], "res/Page 1.html").as_deref(), Some("res/Page%201.html"));
        assert_eq!(file(&[], "%C3%A9t%C3%A9.html").as_deref(), Some("%C3%A9t%C3%A9.html"));
        assert_eq!(file(&[], "100%.html").as_deref(), Some("100%25.html"));
        assert_eq!(file(&[], "a%20b.html").as_deref(), Some("a%2520b.html"));
        assert_eq!(file(&[], "absent.html"), None);
    }

    #[test]
    fn other_sites_are_told_from_files_and_scripts() {
        let contents = Contents::default();
        let external = |bases: &[&str], href| resolve(bases, href, &contents);
        assert_eq!(external(&[], "https://a.example/x?y"), Target::External("https://a.example/x?y".into()));
        assert_eq!(external(&["https://a.example/c/"], "x"), Target::External("https://a.example/c/x".into()));
        for href in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//host/x", "http://"] {
            assert_eq!(external(&[], href), Target::Unsafe, "{href}");
        }
    }

    #[test]
    fn parameters_are_joined_as_the_standard_says() {
        for (href, parameters, joined) in [
            ("a.html", "x=1", "a.html?x=1"),
            ("a.html", "?x=1", "a.html?x=1"),
            ("a.html", "&x=1", "a.html?x=1"),
            ("a.html", "?&?x=1", "a.html?x=1"),
            ("a.html?y=2", "?x=1", "a.html?y=2&x=1"),
            ("a.html?", "x=1", "a.html?x=1"),
            ("a.html#top", "?x=1", "a.html?x=1#top"),
            ("a.html", "#part", "a.html#part"),
            ("a.html#top", "#part", "a.html#top"),
            ("a.html", "x=1#part", "a.html?x=1#part"),
            ("a.html", "", "a.html"),
            ("a.html", "x=a b", "a.html?x=a%20b"),
        ] {
            assert_eq!(with_parameters(href, parameters), joined, "{href} + {parameters}");
        }
    }
}
